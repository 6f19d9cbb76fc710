"""Sizes (points), colours (red, green, blue from 0 to 1) and the page's measures."""

from typing import Final

from fieldwork.reports import palette

Colour = tuple[float, float, float]


def _colour(hexadecimal: str) -> Colour:
    red, green, blue = bytes.fromhex(hexadecimal)
    return red / 255, green / 255, blue / 255


INK: Final = _colour("17191C")
MUTED: Final = _colour("565A61")
ACCENT: Final = _colour("0B5F6B")
ACCENT_SOFT: Final = _colour("E1EFF0")
HAIRLINE: Final = _colour("C9CCD1")
WRITTEN_ON: Final = _colour("7A7F87")
WATERMARK: Final = _colour("F1F1EE")
WHITE: Final = _colour("FFFFFF")
LINK: Final = _colour("1D4F91")

SERIES: Final = tuple((_colour(ground), _colour(ink)) for ground, ink in palette.SERIES)
"""(ground, count printed on it) of a chart's series."""

PAGE_WIDTH: Final = 595.2756
PAGE_HEIGHT: Final = 841.8898
LEFT: Final = 62.0
RIGHT: Final = 62.0
TOP: Final = 76.0  # from the paper's edge to the text
BOTTOM: Final = 78.0
TEXT_WIDTH: Final = PAGE_WIDTH - LEFT - RIGHT
TEXT_HEIGHT: Final = PAGE_HEIGHT - TOP - BOTTOM

BODY: Final = 10.5
BODY_LEADING: Final = 15.5
SMALL: Final = 8.75
SMALL_LEADING: Final = 12.0
CAPTION: Final = 9.5
CAPTION_LEADING: Final = 13.0
TITLE: Final = 22.0
TITLE_LEADING: Final = 28.0
SUBTITLE: Final = 13.0
SUBTITLE_LEADING: Final = 18.0
# Size, leading, space above and below of headings, by level from 1; deeper levels look like the last.
HEADINGS: Final = ((16.0, 21.0, 22.0, 8.0), (12.5, 17.0, 16.0, 5.0), (10.5, 15.5, 12.0, 3.0))
OPENING_GAP: Final = 16.0
"""Space above a paragraph that begins something new."""
KEPT_GAP: Final = 4.0
"""Space below a paragraph that stays with what follows."""
RULE_GAP: Final = 22.0
"""Between ruled lines: room for handwriting."""
PARAGRAPH_GAP: Final = 8.0
"""Space below a paragraph."""
