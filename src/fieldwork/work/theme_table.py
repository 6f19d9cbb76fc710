"""The theme board: how much evidence there is on each theme, by body and method, and which way it points."""

from collections.abc import Hashable, Mapping
from dataclasses import dataclass

from fieldwork.domain.records import Body, NoteLine
from fieldwork.domain.values import Id
from fieldwork.domain.vocabulary import METHODS
from fieldwork.store.reading import records
from fieldwork.store.theme_counts import carrying
from fieldwork.store.workspace import Workspace
from fieldwork.work.evidence_filters import homes_now
from fieldwork.work.pieces import Homes
from fieldwork.work.theme_tree import Entry, codebook


@dataclass(frozen=True)
class Ways:
    """How many pieces there are, and how many of them say that something is good and that it is of concern."""

    total: int = 0
    strength: int = 0
    concern: int = 0


NONE = Ways()
ALL = ""  # every method, or every body


@dataclass(frozen=True)
class ThemeTable:
    """themes: the codebook in its order. bodies, methods: code and name of those any evidence with a theme is of.

    counts: by theme, method and body, ALL for every one of them. A joint answer is about two bodies, and one piece.
    """

    themes: tuple[Entry, ...]
    bodies: tuple[tuple[str, str], ...]
    methods: tuple[tuple[str, str], ...]
    counts: Mapping[tuple[Id, str, str], Ways]

    def of(self, theme: Id, method: str = ALL, body: str = ALL) -> Ways:
        return self.counts.get((theme, method, body), NONE)


def theme_table(workspace: Workspace) -> ThemeTable:
    """The board as it stands."""
    homes = homes_now(workspace)
    numbers: dict[Hashable, int] = {}
    grounds: dict[Id, int] = {}
    first: dict[int, Id] = {}  # one home of each ground: those are alike in all that counts here
    for id, session in homes.sessions.items():
        grounds[id] = numbers.setdefault((session.method, session.body), len(numbers))
    for id, held in homes.examinations.items():
        file = homes.files.get(held.file or b"")
        alike = (held.question_set, file.force, file.area) if file is not None else None
        grounds[id] = numbers.setdefault(alike, len(numbers))
    for id, number in grounds.items():
        first.setdefault(number, id)
    counts: dict[tuple[Id, str, str], list[int]] = {}
    ways: dict[tuple[int, str], list[tuple[str, str]]] = {}
    for one in carrying(workspace, grounds):
        places = ways.get((one.ground, one.question))
        if places is None:
            method, bodies = _ground(homes, first[one.ground], one.question)
            places = sorted({(m, b) for m in (ALL, method) for b in (ALL, *bodies)})
            ways[one.ground, one.question] = places
        for place in places:
            so_far = counts.setdefault((one.theme, *place), [0, 0, 0])
            so_far[0] += one.pieces
            so_far[1] += one.strength
            so_far[2] += one.concern
    found = {key: Ways(*some) for key, some in counts.items()}
    seen_methods, seen_bodies = {method for _, method, _ in found}, {body for _, _, body in found}
    register = records(workspace, Body, order="position")
    return ThemeTable(
        tuple(codebook(workspace)),
        tuple((one.code, one.name) for one in register if one.code and one.code in seen_bodies),
        tuple((code, name) for code, name in METHODS.items() if code in seen_methods),
        found,
    )


def _ground(homes: Homes, home: Id, question: str) -> tuple[str, tuple[str, ...]]:
    """How the evidence of a session or examination is gathered, and whom it is about."""
    if home in homes.sessions:
        piece = homes.in_session(b"", NoteLine.kind, home, "", None)
    else:
        piece = homes.answered(b"", home, question)
    return piece.method, piece.bodies
