"""Findings with the evidence for and against them counted, many at once."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from fieldwork.domain.finding_status import USUAL, Needs, Status, status
from fieldwork.domain.records import EvidenceLink, Finding
from fieldwork.domain.values import Id
from fieldwork.store.columns import columns
from fieldwork.store.reading import records
from fieldwork.store.workspace import Workspace
from fieldwork.work.finding_kinds import names as names_of_kinds
from fieldwork.work.finding_kinds import rank_of
from fieldwork.work.inspections import inspection_of
from fieldwork.work.pieces import Piece, facts_of

AGAINST = "against"
Link = tuple[Id, str, bool]
"""A piece of evidence, for or against, and whether that is answered."""


@dataclass(frozen=True)
class Point:
    """A finding with its evidence counted: by method, for and against, and the bodies behind it.

    against: all that speaks against it; answered: how much of that is answered. gone: evidence that was deleted
    since, or has not come here; it counts for nothing. Words of a line count as the line does. kind_name: what
    its kind is called here.
    """

    finding: Finding
    methods: tuple[tuple[str, int], ...]
    bodies: tuple[str, ...]
    pieces: int
    against: int
    gone: tuple[Id, ...] = ()
    answered: int = 0
    kind_name: str = ""

    @property
    def unanswered(self) -> int:
        """How much speaks against it and is not answered: any contests it."""
        return self.against - self.answered

    def status(self, needs: Needs) -> Status:
        """What its evidence makes of it."""
        return status(len(self.methods), len(self.bodies), self.unanswered, needs)

    def supported(self, needs: Needs) -> bool:
        """Whether enough methods and bodies stand behind it, and nothing unanswered against it."""
        return self.status(needs) == "supported"


def needs_of(workspace: Workspace) -> Needs:
    """From how many methods and bodies on a finding of this inspection is supported."""
    inspection = inspection_of(workspace)
    return Needs(inspection.methods_needed or USUAL.methods, inspection.bodies_needed or USUAL.bodies)


def points(workspace: Workspace, visit: Id | None = None) -> list[Point]:
    """Findings (of a visit, if given), strengths first, each with its evidence counted."""
    found = records(workspace, Finding, visit=visit) if visit else records(workspace, Finding)
    rank = rank_of(workspace)
    found.sort(key=lambda f: (rank.get(f.finding_kind, len(rank)), f.position, f.id))
    return counted(workspace, found)


def counted(workspace: Workspace, findings: Sequence[Finding]) -> list[Point]:
    """These findings in this order, each with its evidence counted."""
    links: dict[Id, list[Link]] = {finding.id: [] for finding in findings}
    with workspace.read() as db:
        names = ("finding", "evidence", "bearing", "answered")
        for _, finding, evidence, bearing, answered in columns(db, EvidenceLink, names, links, by="finding"):
            if evidence is not None:
                links[finding].append((evidence, bearing, bool(answered.strip())))
    facts = facts_of(workspace, {link[0] for some in links.values() for link in some})
    called = names_of_kinds(workspace)
    return [_counted(one, sorted(links[one.id]), facts, called.get(one.finding_kind, "")) for one in findings]


def _counted(finding: Finding, links: Sequence[Link], facts: dict[Id, Piece], kind: str) -> Point:
    methods: Counter[str] = Counter()
    bodies: set[str] = set()
    gone: list[Id] = []
    against = replied = 0
    for evidence, bearing, answered in links:
        piece = facts.get(evidence)
        if piece is None or not piece.method:
            gone.append(evidence)
        elif bearing == AGAINST:
            against += 1
            replied += answered
        else:
            methods[piece.method] += 1
            bodies.update(piece.bodies)
    by_method = tuple(sorted(methods.items()))
    return Point(
        finding, by_method, tuple(sorted(bodies)), methods.total(), against, tuple(gone), replied, kind
    )


def evidence_place(workspace: Workspace, evidence: Id | None) -> tuple[str, tuple[str, ...]] | None:
    """The method a piece of evidence was gathered by and the bodies it is about; None when it is gone."""
    piece = facts_of(workspace, [evidence]).get(evidence) if evidence is not None else None
    return (piece.method, piece.bodies) if piece is not None and piece.method else None
