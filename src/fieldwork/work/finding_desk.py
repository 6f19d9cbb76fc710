"""Findings of the inspection as the window shows them: the list by status, one with all its evidence."""

from collections.abc import Mapping
from dataclasses import dataclass

from fieldwork.domain.finding_status import Status
from fieldwork.domain.records import Finding, TeamMember, Theme
from fieldwork.domain.values import Id
from fieldwork.store.members import leads
from fieldwork.store.reading import find, records
from fieldwork.store.workspace import Workspace
from fieldwork.work import finding_kinds
from fieldwork.work.describing import describe_record
from fieldwork.work.finding_counts import Point, counted, needs_of
from fieldwork.work.finding_evidence import Evidence, evidence_of
from fieldwork.work.finding_matrix import Matrix, matrix
from fieldwork.work.inspections import body_names, inspection_of
from fieldwork.work.open_questions import open_questions
from fieldwork.work.signing import Signing, signings


@dataclass(frozen=True)
class Listed:
    """A finding in the list. number: its place in the order of writing, from 1; kind: as it is called."""

    point: Point
    number: int
    kind: str
    status: Status
    signing: Signing

    @property
    def finding(self) -> Finding:
        return self.point.finding


@dataclass(frozen=True)
class Opened:
    """One finding with its evidence. bodies: what those behind it are called.

    may_not_sign: why this laptop may not sign it now, "" where it may. mine: this laptop's inspectorate.
    changed: in words, what was changed since it was signed. asked: how many of its gaps are open questions.
    lead: whether this laptop's word decides.
    """

    listed: Listed
    theme: str
    evidence: tuple[Evidence, ...]
    bodies: tuple[str, ...]
    may_not_sign: str
    mine: str
    changed: tuple[str, ...]
    matrix: Matrix
    asked: int
    lead: bool = False


@dataclass(frozen=True)
class FindingsNow:
    """All findings of the inspection, and the one that is open, if any. kinds: those that can be given, by code."""

    listed: tuple[Listed, ...]
    opened: Opened | None
    kinds: Mapping[str, str]


def findings_now(workspace: Workspace, at: Id | None = None) -> FindingsNow:
    """The findings of the inspection in the order they were written, with one of them open."""
    some = [one for one in records(workspace, Finding, order="position") if one.visit is None]
    needs, names = needs_of(workspace), finding_kinds.names(workspace)
    standing = signings(workspace, [one.id for one in some])
    listed = tuple(
        Listed(
            point,
            number,
            names.get(point.finding.finding_kind, point.finding.finding_kind),
            point.status(needs),
            standing[point.finding.id],
        )
        for number, point in enumerate(counted(workspace, some), 1)
    )
    chosen = next((one for one in listed if one.finding.id == at), listed[0] if listed else None)
    opened = _opened(workspace, chosen) if chosen is not None else None
    return FindingsNow(listed, opened, finding_kinds.offered(workspace))


def _opened(workspace: Workspace, one: Listed) -> Opened:
    names = body_names(workspace)
    theme = find(workspace, Theme, one.finding.theme) if one.finding.theme else None
    me = find(workspace, TeamMember, workspace.identity.member) if workspace.identity.member else None
    mine = me.inspectorate if me is not None else ""
    return Opened(
        one,
        theme.name if theme else "",
        tuple(evidence_of(workspace, one.finding.id, one.signing.changed)),
        tuple(names.get(code, code) for code in one.point.bodies),
        _why_not(workspace, one, mine),
        mine,
        tuple(describe_record(workspace, id) for id in one.signing.changed),
        matrix(workspace, one.finding.id),
        len(open_questions(workspace, finding=one.finding.id)),
        workspace.device in leads(workspace),
    )


def _why_not(workspace: Workspace, one: Listed, mine: str) -> str:
    inspection = inspection_of(workspace)
    if workspace.device not in leads(workspace) or mine not in (inspection.lead, inspection.partner):
        return "A lead of either inspectorate signs, each on their own laptop; a lead is made one on the Team page."
    if one.signing.unsettled:
        return "Something behind it was changed on two laptops at once; settle that first."
    if not one.point.pieces + one.point.against:
        return "Evidence comes first; a pins some."
    standing = one.signing.signatures.get(mine)
    return f"{mine} has signed it." if standing is not None and standing.stands else ""
