"""The tree of themes: how it is read, and what names, colours and places in it are like."""

import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from fieldwork.domain.faults import Fault
from fieldwork.domain.order import between, run_of
from fieldwork.domain.records import Theme
from fieldwork.domain.values import Id
from fieldwork.store.reading import records
from fieldwork.store.workspace import Workspace
from fieldwork.work.themes import theme_code

MAX_DEPTH: Final = 3
LONGEST_NAME: Final = 200
_COLOUR = re.compile(r"#[0-9a-f]{6}")


@dataclass(frozen=True)
class Entry:
    """A theme where it stands in the codebook: depth 0 at the top.

    too_deep: two who moved themes unseen by each other have put it below the third level.
    """

    theme: Theme
    depth: int

    @property
    def too_deep(self) -> bool:
        return self.depth >= MAX_DEPTH


def codebook(workspace: Workspace, *, withdrawn: bool = True) -> list[Entry]:
    """All themes in order, each behind the one it stands below."""
    found = in_order(records(workspace, Theme, order="position"))
    return [one for one in found if withdrawn or not one.theme.withdrawn]


def in_order(themes: Sequence[Theme]) -> list[Entry]:
    """Themes, sorted by place, as a tree; those that stand below each other in a ring begin at the top."""
    known = {theme.id for theme in themes}
    below: dict[Id | None, list[Theme]] = {}
    for theme in themes:
        below.setdefault(theme.parent if theme.parent in known else None, []).append(theme)
    put: dict[Id, Entry] = {}

    def walk(some: Iterable[Theme], depth: int) -> None:
        for theme in some:
            if theme.id not in put:
                put[theme.id] = Entry(theme, depth)
                walk(below.get(theme.id, ()), depth + 1)

    walk(below.get(None, ()), 0)
    for theme in themes:
        walk([theme], 0)
    return list(put.values())


def checked_name(name: str) -> str:
    """A name in one line. Raises Fault for none and for one that is too long."""
    name = " ".join(name.split())
    if not theme_code(name):
        raise Fault("A theme needs a name; give one.")
    if len(name) > LONGEST_NAME:
        raise Fault(
            f"A theme's name is at most {LONGEST_NAME} characters long; put the rest into its guidance."
        )
    return name


def checked_colour(colour: str) -> str:
    """A colour as it is kept, #rrggbb in small letters, or "". Raises Fault for another."""
    colour = colour.strip().lower()
    if colour and not _COLOUR.fullmatch(colour):
        raise Fault(f'"{colour}" is no colour; give it as #rrggbb, such as #005ea5.')
    return colour


def free_code(taken: Collection[str], name: str, above: str = "") -> str:
    """A code that is not taken: of the name, else with the code of the theme above, else numbered."""
    own = theme_code(name)
    wanted = [own, *([f"{above}_{own}"] if above else [])]
    numbered = (f"{wanted[-1]}_{number}" for number in range(2, len(taken) + 3))
    return next(code for code in (*wanted, *numbered) if code not in taken)


def last_place(entries: Sequence[Entry]) -> str:
    """The place of the theme that stands last, "" without any."""
    return max((entry.theme.position for entry in entries), default="")


def place_behind(place: str, code: str) -> str:
    """A place at the end: two who add the same theme behind the same one give it the same."""
    return between(place, "", run=run_of(code))
