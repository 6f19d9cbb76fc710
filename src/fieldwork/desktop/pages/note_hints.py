"""The row of keys below a note."""

from fieldwork.desktop.kit import KeyHint, Pane, flow

HINTS = (
    ('"', "quote"),
    (">", "paraphrase"),
    ("!", "follow-up"),
    ("@", "document"),
    ("#", "theme"),
    ("Alt \u2190 \u2192", "at a theme"),
    ("Alt A\u2013H", "speaker"),
    ("Alt N", "nods"),
    ("F9", "blank"),
)


def hints() -> Pane:
    return Pane(
        flow(*(KeyHint(key, words) for key, words in HINTS), space=8), lines="t", margins=(24, 10, 24, 10)
    )
