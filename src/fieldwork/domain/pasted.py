"""What was pasted into a note, made fit to be lines of it; what cannot be is counted, never dropped in silence."""

import re
from dataclasses import dataclass

from fieldwork.domain.faults import Fault

LONGEST_PASTE = 1_000_000  # characters; more is a document, not a note
LONGEST_LINE = 20_000  # characters of one line, which is laid out anew at every key
MOST_LINES = 5_000
DEEPEST = 3

# control signs but for tabs and line ends, stands for pictures, and what Unicode keeps for programs themselves
_UNWRITABLE = re.compile("[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\ufeff\ufffc\ufdd0-\ufdef\ufffe\uffff]")
_HALVES = re.compile("[\ud800-\udfff]")


@dataclass(frozen=True)
class Pasted:
    """lines: (text, indent) of those that say something; told: one sentence on what is not as it was, or ""."""

    lines: tuple[tuple[str, int], ...]
    told: str = ""


def pasted(text: str) -> Pasted:
    """A text as lines. Windows' line ends, tabs, emoji, joiners and marks of direction stay what they are.

    A tab at the beginning is a level of indent. Raises Fault with a sentence where it is too much.
    """
    if len(text) > LONGEST_PASTE:
        raise Fault(
            f"That is {len(text):,} characters, more than the {LONGEST_PASTE:,} a note takes at once; nothing was "
            "pasted. Paste less."
        )
    whole, halves = _HALVES.subn("\ufffd", text)
    clean, signs = _UNWRITABLE.subn("", whole)
    lines = tuple((line.strip(), _indent(line)) for line in clean.splitlines() if line.strip())
    if len(lines) > MOST_LINES:
        raise Fault(
            f"That is {len(lines):,} lines, more than the {MOST_LINES:,} a note takes at once; nothing was pasted. "
            "Paste less."
        )
    longest = max((len(line) for line, _ in lines), default=0)
    if longest > LONGEST_LINE:
        raise Fault(
            f"One line of it has {longest:,} characters, more than the {LONGEST_LINE:,} a line takes; nothing was "
            "pasted. Part it first."
        )
    return Pasted(lines, _told(signs, halves))


def _indent(line: str) -> int:
    """Tabs before a line; a line of a table, with tabs between its words too, is none the deeper for one."""
    return min(len(line) - len(line.lstrip("\t")), DEEPEST)


def _told(signs: int, halves: int) -> str:
    parts = [
        f"{_many(signs, 'control sign was', 'control signs were')} left out" if signs else "",
        f"{_many(halves, 'broken character is', 'broken characters are')} shown as \ufffd" if halves else "",
    ]
    said = " and ".join(part for part in parts if part)
    return f"Pasted; {said}." if said else ""


def _many(number: int, one: str, several: str) -> str:
    return f"{number:,} {one if number == 1 else several}"
