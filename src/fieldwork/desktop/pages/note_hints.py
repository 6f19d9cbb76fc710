"""The row of keys below a note."""

from fieldwork.desktop.kit import KeyHint, Pane, Text, flow

HINTS = (
    ('"', "quote"),
    (">", "paraphrase"),
    ("!", "follow-up"),
    ("@", "document"),
    ("#", "theme"),
    ("Tab", "indent"),
    ("Alt \u2190 \u2192", "at a theme"),
    ("Alt A\u2013H", "speaker"),
    ("Alt N", "nods"),
    ("F9", "blank"),
)


def hints(told: Text) -> Pane:
    """The keys of a note; told: what nobody has to do anything about, above them."""
    keys = flow(*(KeyHint(key, words) for key, words in HINTS), space=8)
    return Pane(told, keys, lines="t", margins=(24, 10, 24, 10), space=6)
