"""What the leads of an inspection have said of findings: what they may be, and when one is supported."""

from collections import Counter
from dataclasses import dataclass

from fieldwork.domain.records import Finding
from fieldwork.store.members import leads
from fieldwork.store.reading import records
from fieldwork.store.workspace import Workspace
from fieldwork.work.finding_counts import needs_of
from fieldwork.work.finding_kinds import Kind, kinds


@dataclass(frozen=True)
class Listed:
    """A kind of finding, and how many findings are of it."""

    kind: Kind
    used: int


@dataclass(frozen=True)
class Rules:
    """The kinds in order; how many methods and bodies support a finding; lead: whether one may change it."""

    kinds: tuple[Listed, ...]
    methods: int
    bodies: int
    lead: bool


def rules_now(workspace: Workspace) -> Rules:
    """As they stand."""
    counts = Counter(one.finding_kind for one in records(workspace, Finding))
    needs = needs_of(workspace)
    some = tuple(Listed(one, counts[one.code]) for one in kinds(workspace))
    return Rules(some, needs.methods, needs.bodies, workspace.device in leads(workspace))
