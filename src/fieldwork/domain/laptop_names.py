"""What a laptop may be called: one line of plain text, short enough for a list."""

from unicodedata import category

LONGEST = 60  # characters
_NO_NAME = frozenset({"Cc", "Cs", "Zl", "Zp"})  # controls, line ends
_TURNING = frozenset(map(chr, (*range(0x202A, 0x202F), *range(0x2066, 0x206A))))  # what turns text round


def belongs(sign: str) -> bool:
    """Whether a sign may stand in the name of a laptop."""
    return category(sign) not in _NO_NAME and sign not in _TURNING


def with_ending(name: str, ending: str) -> str:
    """The name with " (ending)" behind it, and still a name: its front is shortened, no sign stays that may not."""
    front = " ".join("".join(sign if belongs(sign) else " " for sign in name).split())
    tail = f"({ending})"
    return f"{front[: LONGEST - len(tail) - 1].rstrip()} {tail}".lstrip()
