"""Blocks to pages: where each stands, before anything is drawn."""

from collections.abc import Sequence
from typing import Protocol

from fieldwork.reports.pdf import style
from fieldwork.reports.pdf.pen import Pen
from fieldwork.reports.pdf.text import Anchor


class Flowing(Protocol):
    """What a page is made of. Heights are in points; `above` and `below` are the space wanted around it."""

    above: float
    below: float
    with_next: bool

    @property
    def anchor(self) -> Anchor | None:
        """The bookmark that points here, if any."""

    @property
    def height(self) -> float:
        """Height without the space around."""

    def least(self) -> float:
        """The smallest beginning that may stand at a page's foot."""

    def split(self, room: float) -> "tuple[Flowing, Flowing] | None":
        """A beginning at most `room` high and the rest, or None."""

    def draw(self, pen: Pen, top: float) -> None:
        """Draw with the upper edge at `top`."""


class NewPage:
    """Asks the flow to go on at the top of a page."""


Placed = tuple[float, Flowing]
"""A block and its upper edge, in points from the paper's lower edge."""


def to_pages(blocks: Sequence[Flowing | NewPage]) -> list[list[Placed]]:
    """The blocks on pages. Space is dropped at a page's head, and headings stay with what they head.

    A block that fits no page and cannot be split is placed alone and overflows: text and tables never are
    one.
    """
    pages: list[list[Placed]] = [[]]
    top_edge = style.PAGE_HEIGHT - style.TOP
    y = top_edge
    space = 0.0

    def turn() -> None:
        nonlocal y, space
        pages.append([])
        y, space = top_edge, 0.0

    for index, block in enumerate(blocks):
        if isinstance(block, NewPage):
            if pages[-1]:
                turn()
            continue
        rest: Flowing | None = block
        if pages[-1] and _least_with_next(blocks, index) > y - max(space, block.above) - style.BOTTOM + 1e-6:
            turn()
        while rest is not None:
            gap = max(space, rest.above) if pages[-1] else 0.0
            room = y - gap - style.BOTTOM
            if rest.height <= room + 1e-6:
                parts: tuple[Flowing, Flowing | None] = (rest, None)
            elif (pair := rest.split(room)) is not None:
                parts = pair
            elif pages[-1]:
                turn()
                continue
            else:
                parts = (rest, None)
            placed, rest = parts
            pages[-1].append((y - gap, placed))
            y -= gap + placed.height
            space = placed.below
            if rest is not None:
                turn()
    if not pages[-1] and len(pages) > 1:
        pages.pop()
    return pages


def _least_with_next(blocks: Sequence[Flowing | NewPage], index: int) -> float:
    """Room that the block needs together with what it must not be parted from; at most a page."""
    needed, space = 0.0, 0.0
    for place in range(index, len(blocks)):
        block = blocks[place]
        if isinstance(block, NewPage):
            break
        gap = max(space, block.above) if place > index else 0.0
        if not block.with_next:
            needed += gap + block.least()
            break
        needed += gap + block.height
        space = block.below
    return min(needed, style.TEXT_HEIGHT)
