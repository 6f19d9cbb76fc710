"""What became of a finding: its versions, who signed which, and what stands behind it."""

from dataclasses import dataclass

from fieldwork.domain.finding_records import SignOff
from fieldwork.domain.records import Finding, TeamMember
from fieldwork.domain.values import Id
from fieldwork.store.history import history
from fieldwork.store.reading import find, get, records
from fieldwork.store.workspace import Workspace
from fieldwork.work.finding_evidence import Evidence, evidence_of
from fieldwork.work.references import references
from fieldwork.work.signing import Signing, counted_signers, signings


@dataclass(frozen=True)
class SignedVersion:
    """A signature under a version of a finding. at: wall ms; counts: a lead of that inspectorate wrote it."""

    version: int
    inspectorate: str
    member: str
    at: int
    withdrawn: bool
    counts: bool


@dataclass(frozen=True)
class Version:
    """A version of a finding and the last sentence it had. opened: wall ms; reason: why it was opened."""

    number: int
    text: str
    opened: int
    person: str
    reason: str


@dataclass(frozen=True)
class FindingHistory:
    """All of it, the oldest first. pieces: what stands behind it now, each with its reference as it is printed."""

    finding: Id
    signing: Signing
    versions: tuple[Version, ...]
    signed: tuple[SignedVersion, ...]
    pieces: tuple[tuple[str, Evidence], ...]


def signed_versions(workspace: Workspace, finding: Id) -> tuple[SignedVersion, ...]:
    """Every signature that was put under a finding, by version and time."""
    kept = records(workspace, SignOff, finding=finding)
    counting = counted_signers(workspace, kept)
    found = []
    for one in kept:
        member = find(workspace, TeamMember, one.member)
        who = counting.get(one.id) or (member.label if member is not None else "")
        counts = one.id in counting and not one.withdrawn
        found.append(
            SignedVersion(
                one.version or 1, one.inspectorate, who, one.signed or 0, bool(one.withdrawn), counts
            )
        )
    return tuple(sorted(found, key=lambda one: (one.version, one.at, one.inspectorate)))


def finding_history(workspace: Workspace, finding: Id) -> FindingHistory:
    """The versions, signatures and pieces of a finding."""
    get(workspace, Finding, finding)
    standing = signings(workspace, [finding])[finding]
    pieces = evidence_of(workspace, finding, (*standing.changed, *standing.unsettled))
    named = references(workspace, [one.id for one in pieces])
    return FindingHistory(
        finding,
        standing,
        _versions(workspace, finding),
        signed_versions(workspace, finding),
        tuple((named[one.id], one) for one in pieces),
    )


def _versions(workspace: Workspace, finding: Id) -> tuple[Version, ...]:
    """Each version with what its sentence was when the next was opened."""
    found: list[Version] = []
    text = ""
    for step in history(workspace, finding):
        if not step.counts:
            continue
        if not found:
            found.append(Version(1, "", step.wall, step.person, ""))
        if step.field == "text":
            text = str(step.after or "")
        if step.field == "version" and isinstance(step.after, int) and step.after > found[-1].number:
            found.append(Version(step.after, text, step.wall, step.person, step.reason))
        last = found[-1]
        found[-1] = Version(last.number, text, last.opened, last.person, last.reason)
    return tuple(found)
