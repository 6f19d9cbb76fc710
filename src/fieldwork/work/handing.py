"""Packages on their way: which of a folder are new here, what they would bring, where one is written."""

import hashlib
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice
from pathlib import Path

from fieldwork.domain.faults import Fault
from fieldwork.domain.progress import Told, untold
from fieldwork.domain.records import KINDS
from fieldwork.domain.values import Id
from fieldwork.exchange import package, sharing
from fieldwork.exchange.sharing import Merged, Shared
from fieldwork.store.conflicting import conflict_count
from fieldwork.store.receipts import Receipt, digests
from fieldwork.store.workspace import Workspace
from fieldwork.work import team
from fieldwork.work.inspections import inspection_of
from fieldwork.work.keeping import could_have
from fieldwork.work.leading import Erasure, LastMerge, erasures, last_merge_now
from fieldwork.work.same import candidates
from fieldwork.work.settling import Clash, clash_of
from fieldwork.work.who_has_what import Having, HubStatus, hub_status, who_has_what

PACK_SUFFIX = ".fieldpack"
GROUPS = (
    ("Note lines", ("note_line",)),
    ("Answers", ("answer", "examination")),
    ("Themes on lines", ("tag",)),
    ("Words marked out", ("excerpt", "mask")),
    ("Findings", ("finding", "evidence_link", "finding_kind", "sign_off", "result_cell", "quote_release")),
    ("Open questions", ("open_question",)),
    ("Documents and figures", ("document", "figure", "attachment", "attachment_wish")),
    ("Visits and sessions", ("visit", "session")),
    (
        "Guides, templates and roles",
        ("topic_guide", "guide_topic", "covered_topic", "session_template", "role"),
    ),
    ("Sealed diaries", ("diary_note",)),
    ("Coding checks", ("coding_check", "coding_done")),
    ("Case files", ("case_file", "stratum")),
    ("Joint marking", ("joint_marking", "sealed_part", "sealed_key", "release", "agreed_answer")),
    ("Moderation", ("dip_draw", "moderation", "moderated_mark")),
    ("Samples", ("draw", "drawn_stratum", "drawn_case")),
    ("Team", ("device", "invitation", "team_member")),
)
OTHER = "Everything else"
MOST_FOLDERS = 200


@dataclass(frozen=True)
class TeamNow:
    """The team as it stands: laptops, packages newest first, changes not shared, conflicts open, who has what.

    twice: how many pairs look like one thing entered twice. lead: whether this laptop's word decides.
    keyed: laptops that this one could hand keys of sealed files on to.
    """

    laptops: tuple[team.Laptop, ...]
    receipts: tuple[Receipt, ...]
    unshared: int
    conflicts: int
    havings: tuple[Having, ...] = ()
    hub: HubStatus | None = None
    twice: int = 0
    lead: bool = False
    last_merge: LastMerge = field(default_factory=LastMerge)
    erasures: tuple[Erasure, ...] = ()
    keyed: frozenset[Id] = frozenset()


def team_now(workspace: Workspace) -> TeamNow:
    laptops = tuple(team.laptops(workspace))
    return TeamNow(
        laptops,
        tuple(team.receipts(workspace)),
        team.unshared_changes(workspace),
        conflict_count(workspace),
        tuple(who_has_what(workspace)),
        hub_status(workspace),
        len(candidates(workspace)),
        any(laptop.here and laptop.leads for laptop in laptops),
        last_merge_now(workspace),
        tuple(erasures(workspace)),
        could_have(workspace),
    )


@dataclass(frozen=True)
class Found:
    """Packages at a place. Left aside are those that came in before (taken), were made here (own) or refused.

    deeper: folders in the folders one named, and how many packages each holds; nothing of those was looked at.
    """

    paths: tuple[Path, ...]
    taken: int = 0
    own: int = 0
    refused: int = 0
    deeper: Mapping[Path, int] = field(default_factory=dict)


def packages_at(workspace: Workspace, places: Sequence[Path]) -> Found:
    """The packages a person means: in a folder all that are new here, and files named one by one."""
    known = digests(workspace)
    paths: dict[Path, None] = {}
    deeper: dict[Path, int] = {}
    counts: Counter[str] = Counter()
    for place in places:
        if not place.is_dir():
            paths[place] = None
            continue
        try:
            inside = _packages_in(place)
            deeper |= _one_level_down(place)
        except OSError as error:
            raise Fault(f"{place} cannot be read: {error.strerror or error}.") from error
        for path in inside:
            way = known.get(_digest(path))
            if way in (None, "not yet"):
                paths[path] = None
            else:
                counts[way] += 1
    return Found(tuple(paths), counts["in"], counts["out"], counts["refused"], deeper)


def _packages_in(folder: Path) -> list[Path]:
    return sorted(path for path in folder.iterdir() if path.suffix.lower() == package.SUFFIX)


def _one_level_down(place: Path) -> dict[Path, int]:
    """Folders in a folder that hold packages, and how many; one that cannot be read is passed over."""
    found = {}
    folders = (path for path in sorted(place.iterdir()) if path.is_dir() and not path.name.startswith("."))
    for folder in islice(folders, MOST_FOLDERS):
        with suppress(OSError):
            if count := len(_packages_in(folder)):
                found[folder] = count
    return found


def _digest(path: Path) -> bytes:
    """Of a package's bytes; of one that cannot be read or is too large b"", so that the merge refuses it."""
    try:
        return hashlib.sha256(package.read_file(path)).digest()
    except Fault:
        return b""


@dataclass(frozen=True)
class KindCount:
    """How much of one kind comes in: records, and what of them waits for a decision."""

    words: str
    touched: int
    to_decide: int


@dataclass(frozen=True)
class Preview:
    """What a merge would do, or has done. good: the packages nothing speaks against."""

    found: Found
    merged: Merged
    good: tuple[Path, ...]
    kinds: tuple[KindCount, ...]
    clashes: tuple[Clash, ...]

    @property
    def changed(self) -> object:
        return self.merged.changed

    @property
    def closed(self) -> tuple[Path, ...]:
        """Packages this laptop has no key for."""
        outcomes = zip(self.found.paths, self.merged.outcomes, strict=True)
        return tuple(path for path, said in outcomes if said.refused == package.CLOSED)

    @property
    def brings_something(self) -> bool:
        return any(outcome.entries > outcome.duplicate for outcome in self.merged.outcomes)

    def total(self, name: str) -> int:
        """Over all packages: "new", "changed", "duplicate", "waiting" or "conflicting"."""
        if name == "conflicting":
            return len(self.merged.conflicts)
        return sum(getattr(outcome, name) for outcome in self.merged.outcomes)


def preview(workspace: Workspace, places: Sequence[Path], told: Told = untold) -> Preview:
    """Exactly what taking these in would do; nothing is changed."""
    found = packages_at(workspace, places)
    return preview_of(workspace, found, sharing.merge(workspace, found.paths, dry_run=True, told=told))


def take(
    workspace: Workspace, paths: Sequence[Path], told: Told = untold, *, backed_up: bool = False
) -> Preview:
    """Take packages in, and say what it did as the preview said what it would.

    backed_up: the backup before it was made already, or somebody decided to go without.
    """
    merged = team.merge(workspace, paths, backed_up=backed_up, told=told)
    return preview_of(workspace, Found(tuple(paths)), merged)


def preview_put_aside(workspace: Workspace, told: Told = untold) -> Preview:
    """Exactly what merging again would do that merges taken back have left here; nothing is changed."""
    return _again(workspace, team.merge(workspace, (), put_aside=True, dry_run=True, told=told))


def take_put_aside(workspace: Workspace, told: Told = untold, *, backed_up: bool = False) -> Preview:
    """Merge again what merges taken back have left here, without their packages."""
    return _again(workspace, team.merge(workspace, (), put_aside=True, backed_up=backed_up, told=told))


def _again(workspace: Workspace, merged: Merged) -> Preview:
    (outcome,) = merged.outcomes
    outcome.sender = ""  # it is what several wrote, and none of them sent it
    return preview_of(workspace, Found((Path(outcome.name),)), merged)


def preview_of(workspace: Workspace, found: Found, merged: Merged) -> Preview:
    """What a merge did, or would do, as a page shows it."""
    good = tuple(path for path, said in zip(found.paths, merged.outcomes, strict=True) if not said.refused)
    waiting = Counter(conflict.kind for conflict in merged.conflicts)
    counts: dict[str, list[int]] = {}
    for kind in sorted(merged.changed.keys() | waiting.keys()):
        words = next((name for name, kinds in GROUPS if kind in kinds), OTHER)
        held = counts.setdefault(words, [0, 0])
        held[0] += len(merged.changed.get(kind, ()))
        held[1] += waiting[kind]
    order = [*(name for name, _ in GROUPS), OTHER]
    kinds = tuple(KindCount(words, *counts[words]) for words in order if words in counts)
    clashes = tuple(clash_of(workspace, c) for c in merged.conflicts if c.kind in KINDS)
    return Preview(found, merged, good, kinds, clashes)


# -- out


def share(workspace: Workspace, to: Path) -> Shared:
    """Write a package into a folder, or under a name nothing has yet."""
    to = _place(to, package.SUFFIX)
    if to.exists() and not to.is_dir():
        raise Fault(f"There is already a file {to.name}; give a folder or another name.")
    return team.share(workspace, to)


@dataclass(frozen=True)
class HandedOut:
    """An inspection pack that was written, and the code that opens it once."""

    path: Path
    code: str


def hand_out(workspace: Workspace, to: Path) -> HandedOut:
    """Write an inspection pack for one more laptop, into a folder or under a name nothing has yet."""
    to = _place(to, PACK_SUFFIX)
    if to.is_dir():
        stem = re.sub(r"[^a-z0-9]+", "-", inspection_of(workspace).title.lower()).strip("-") or "inspection"
        stamp = datetime.now().strftime("%Y-%m-%d-%H%M%S")
        to = to / f"{stem[:40]}-{stamp}{PACK_SUFFIX}"
    if to.exists():
        raise Fault(f"There is already a file {to.name}; give a folder or another name.")
    return HandedOut(to, team.pack(workspace, to))


def _place(to: Path, suffix: str) -> Path:
    if to.is_dir():
        return to
    if not to.parent.is_dir():
        raise Fault(f"There is no folder {to.parent}; check that the stick is in.")
    return to if to.suffix else to.with_name(to.name + suffix)
