"""Drawing a sample from a list of cases, and putting the next reserve in the place of a file."""

import json
from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

from fieldwork.analysis.drawing import Choice, Ranked, choose, frame_digest, in_order
from fieldwork.domain.faults import Fault
from fieldwork.domain.records import Body, CaseFile, Draw, DrawnCase, DrawnStratum, Stratum, Visit
from fieldwork.domain.same import alike
from fieldwork.domain.values import Id, derived_id, typable
from fieldwork.store.members import lead_or_fault
from fieldwork.store.reading import get, records
from fieldwork.store.recording import Change
from fieldwork.store.same import sets
from fieldwork.store.state import DELETED
from fieldwork.store.workspace import Workspace
from fieldwork.work.done import Done, do
from fieldwork.work.files import checked_header
from fieldwork.work.frames import Frame, read_frame, read_overlap, read_targets
from fieldwork.work.inspections import stratum_id

CHOSEN, REPLACED = "chosen", "replaced"
FIRST_TRANCHE = "1"
_UNTOUCHED = {"tranche": "", "case_file": None, "replaces": None, "reason": ""} | dict.fromkeys(
    ("chosen", "replaced", "paired"), 0
)


def draw_id(seed: str, frame: str, columns: Sequence[str]) -> Id:
    """The id of a draw: on every laptop the same for one seed, frame (its digest) and way to make strata."""
    return derived_id(Draw.kind, seed, frame, " ".join(columns))


def drawn_stratum_id(draw: Id, stratum: Id, tranche: str) -> Id:
    return derived_id(DrawnStratum.kind, draw, stratum, tranche)


def drawn_case_id(draw: Id, reference: str) -> Id:
    return derived_id(DrawnCase.kind, draw, reference)


def drawn_file_id(reference: str) -> Id:
    """The id of a case file that a draw makes: the same whichever laptop draws it."""
    return derived_id(CaseFile.kind, "drawn", reference)


@dataclass(frozen=True)
class _Before:
    """What stands of a draw already: its cases by reference, and how much was wanted, by stratum and tranche.

    undone: references of cases that it had, until the act was undone.
    """

    cases: Mapping[str, DrawnCase]
    undone: Set[str]
    wanted: Mapping[tuple[Id | None, str], DrawnStratum]


def draw_sample(
    workspace: Workspace,
    *,
    frame: Path,
    strata: Sequence[str],
    target: str,
    seed: str,
    overlap: str = "",
    tranche: str = FIRST_TRANCHE,
    visit: Id | None = None,
    at: int | None = None,
) -> Done:
    """Draw a stratified sample from a list of cases; chosen ones become case files, the others are reserves.

    target: a number for each stratum, or a file of them. overlap: per cent for blind pairs, "" as before.
    Only a lead draws. Again with a larger target or for another tranche draws on; the same again changes nothing.
    Raises Fault when frame or targets are faulty, or ask for less than was drawn.
    """
    read = read_frame(Path(frame), strata)
    return draw(
        workspace, read, target=target, seed=seed, overlap=overlap, tranche=tranche, visit=visit, at=at
    )


def draw(
    workspace: Workspace,
    frame: Frame,
    *,
    target: str,
    seed: str,
    overlap: str = "",
    tranche: str = FIRST_TRANCHE,
    visit: Id | None = None,
    at: int | None = None,
) -> Done:
    """As `draw_sample`, of a frame that was read."""
    lead_or_fault(workspace, "draws a sample")
    if not seed.strip() or not seed.isprintable():
        raise Fault("A draw needs a seed of one line, so that it can be made again; give one.")
    tranche = tranche.strip()
    if not tranche or not tranche.isprintable():
        raise Fault("A tranche needs a name of one line; give one, or leave it out for the first.")
    if visit is not None:
        visit = get(workspace, Visit, visit).id
    targets = read_targets(target, frame)
    percent = read_overlap(overlap) if overlap.strip() else None
    digest = frame_digest(frame.cases)
    id = draw_id(seed, digest, frame.columns)
    _refuse_another_list(workspace, id, seed, frame)
    drawing = _Drawing(workspace, frame, id, seed, tranche, visit)
    changes = drawing.changes(targets, percent)
    fields = {"seed": seed, "frame": digest, "columns": " ".join(frame.columns), "cases": len(frame.cases)}
    first = Change(Draw.kind, drawing.draw, {**fields, DELETED: None})
    reason = f"{frame.name}, SHA-256 {frame.digest}"
    return do(workspace, "draw a sample", [first, *changes], id=drawing.draw, reason=reason, at=at)


def _refuse_another_list(workspace: Workspace, draw: Id, seed: str, frame: Frame) -> None:
    """A list that was altered since makes another draw, whose targets and reserves would be counted beside the first's.

    Raises Fault where a case of it stands in a draw with this seed from another list, or by other strata.
    """
    listed = {case.reference for case in frame.cases}
    for other in records(workspace, Draw, seed=seed):
        if other.id == draw:
            continue
        drawn = {one.reference for one in records(workspace, DrawnCase, draw=other.id)} & listed
        if drawn:
            raise Fault(
                f"{len(drawn)} of these cases, {min(drawn)} among them, stand in a draw with this seed from another "
                "list or by other strata. Draw on from that list, or give another seed for a sample beside it."
            )


class _Drawing:
    """One draw being made or continued."""

    def __init__(
        self, workspace: Workspace, frame: Frame, draw: Id, seed: str, tranche: str, visit: Id | None
    ) -> None:
        self.frame, self.draw, self.tranche = frame, draw, tranche
        self.ordered = in_order(frame.cases, seed)
        # by their ids, since what an erased one was called is in the frame alone
        called = {drawn_case_id(draw, case.reference): case.reference for case in frame.cases}
        cases = {called.get(c.id, c.reference): c for c in records(workspace, DrawnCase, draw=draw)}
        ever = {called.get(c.id, c.reference) for c in records(workspace, DrawnCase, draw=draw, hidden=True)}
        self.before = _Before(
            cases,
            ever - cases.keys(),
            {(one.stratum, one.tranche): one for one in records(workspace, DrawnStratum, draw=draw)},
        )
        self.files = _Files(workspace, visit)
        held = records(workspace, Stratum, apart=True)
        together = sets(workspace)
        known = {key: together.of(one.id) for one in held for key in (one.name, one.code)}
        self.strata = {name: known.get(name) or stratum_id(name) for name in self.ordered}
        self.new_strata = [
            Change(Stratum.kind, self.strata[name], {"code": name, "name": name, DELETED: None})
            for name in self.ordered
            if name not in known
        ]

    def changes(self, targets: Mapping[str, int], percent: Fraction | None) -> list[Change]:
        changes: list[Change] = [*self.new_strata]
        for name, ordered in self.ordered.items():
            changes += self._stratum(name, ordered, targets[name], percent)
        return changes

    def _stratum(
        self, name: str, ordered: Sequence[Ranked], target: int, percent: Fraction | None
    ) -> list[Change]:
        stratum = self.strata[name]
        held = self.before.wanted.get((stratum, self.tranche))
        share = self._share(name, held, target, percent)
        held_cases = self.before.cases
        some = {one.reference: held_cases[one.reference] for one in ordered if one.reference in held_cases}
        standing = {name for name, c in some.items() if c.standing == CHOSEN and c.tranche == self.tranche}
        choice = choose(
            ordered,
            target,
            share,
            standing=standing,
            gone={one for one, c in some.items() if one not in standing and (c.standing or not c.reference)},
            paired={one for one, c in some.items() if c.paired and one in standing},
        )
        if choice.short:
            raise Fault(
                f"Stratum {name}: {target} are wanted in tranche {self.tranche}, and {target - choice.short} of "
                f"the frame's {len(ordered)} are left for it; give a smaller target, or a larger frame."
            )
        wanted = {
            "draw": self.draw,
            "stratum": stratum,
            "tranche": self.tranche,
            "target": target,
            "cases": len(ordered),
            "overlap": str(share) if share else "",
            DELETED: None,
        }
        id = held.id if held else drawn_stratum_id(self.draw, stratum, self.tranche)
        first = Change(DrawnStratum.kind, id, wanted)
        if not target and held is None:
            return self._cases(stratum, ordered, choice)
        return [first, *self._cases(stratum, ordered, choice)]

    def _share(self, name: str, held: DrawnStratum | None, target: int, percent: Fraction | None) -> Fraction:
        """The per cent for blind pairs. What was drawn is never drawn back."""
        before = _held_share(held.overlap) if held else Fraction(0)
        if held is not None and target < (held.target or 0):
            raise Fault(
                f"Stratum {name}: {held.target} were drawn in tranche {self.tranche} already, so the target "
                f"cannot be {target}; a draw only grows."
            )
        if percent is not None and percent < before:
            raise Fault(
                f"Stratum {name}: {float(before):g} per cent were drawn for blind pairs already; a draw only "
                "grows."
            )
        return before if percent is None else percent

    def _cases(self, stratum: Id, ordered: Sequence[Ranked], choice: Choice) -> list[Change]:
        """Changes for the cases of a stratum: those that are new in the frame, chosen, or marked for a pair."""
        chosen = {one.reference for one in choice.new}
        paired = {one.reference for one in choice.overlap}
        changes: list[Change] = []
        for place, one in enumerate(ordered, 1):
            reference = one.reference
            fields: dict[str, object] = {}
            if reference not in self.before.cases:
                header = self.frame.headers[reference]
                fields = {"draw": self.draw, "stratum": stratum, "reference": reference, "rank": one.rank}
                fields |= {"header": _packed(header), DELETED: None}
                if reference in self.before.undone:
                    fields |= _UNTOUCHED
                if reference not in chosen and (here := self.files.here(reference)) is not None:
                    fields["case_file"] = here
            if reference in chosen:
                file, made = self.files.made(reference, stratum, place, self.frame.headers[reference])
                fields |= {"chosen": 1, "tranche": self.tranche, "case_file": file}
                changes += made
            if reference in paired:
                fields["paired"] = 1
            if fields:
                changes.append(Change(DrawnCase.kind, drawn_case_id(self.draw, reference), fields))
        return changes


def _held_share(said: str) -> Fraction:
    """A percentage as it is kept, such as "10" or "25/2"; whatever else a colleague's program wrote is none."""
    try:
        share = Fraction(said) if len(said) <= 24 and set(said) <= set("0123456789/") else Fraction(0)
    except (ValueError, ZeroDivisionError):
        return Fraction(0)
    return min(share, Fraction(100))


def _packed(header: Mapping[str, str]) -> str:
    rest = {name: value for name, value in header.items() if name != "reference"}
    return json.dumps(rest, ensure_ascii=False, sort_keys=True) if rest else ""


def _unpacked(reference: str, header: str) -> dict[str, str]:
    """A header as it was packed; what no frame could have said, a colleague's program may have, is left out."""
    try:
        said = json.loads(typable(header) or "{}")
        plain = {str(name): str(value) for name, value in said.items()} if isinstance(said, dict) else {}
        return checked_header({**plain, "reference": reference}, f"file {reference}")
    except (ValueError, RecursionError, Fault):
        return {"reference": reference}


class _Files:
    """The case files there are, and those that a draw makes."""

    def __init__(self, workspace: Workspace, visit: Id | None = None) -> None:
        self._workspace, self._visit = workspace, visit
        together = sets(workspace)
        held = records(workspace, CaseFile, apart=True)
        self._held = {alike(file.reference): together.of(file.id) for file in held}
        bodies = records(workspace, Body)
        self._bodies = {key.casefold(): body.code for body in bodies for key in (body.name, body.code)}

    def here(self, reference: str) -> Id | None:
        return self._held.get(alike(reference))

    def made(
        self, reference: str, stratum: Id, place: int, header: Mapping[str, str]
    ) -> tuple[Id, list[Change]]:
        """The case file under a reference, and what makes it where there is none."""
        held = self.here(reference)
        if held is not None:
            file = get(self._workspace, CaseFile, held)
            lacking = {"stratum": stratum, "visit": self._visit}
            given = {name: value for name, value in lacking.items() if value and getattr(file, name) is None}
            return held, [Change(CaseFile.kind, held, given)] if given else []
        fields: dict[str, object] = {
            **header,
            "reference": reference,
            "stratum": stratum,
            "position": place,
            DELETED: None,
        }
        for column in ("force", "area"):
            if column in fields:
                fields[column] = self._bodies.get(str(fields[column]).casefold(), "")
        if self._visit is not None:
            fields["visit"] = self._visit
        id = drawn_file_id(reference)
        return id, [Change(CaseFile.kind, id, {name: value for name, value in fields.items() if value != ""})]


def unknown_bodies(workspace: Workspace, frame: Frame) -> list[str]:
    """What a frame says in its columns force and area that is no body of the register."""
    known = {key.casefold() for body in records(workspace, Body) for key in (body.name, body.code)}
    said = {header.get(column, "") for header in frame.headers.values() for column in ("force", "area")}
    return sorted(one for one in said if one and one.casefold() not in known)


def replace_file(workspace: Workspace, *, file: Id, reason: str, at: int | None = None) -> Done:
    """Put the next reserve of its stratum in the place of a drawn file, which is kept and marked; only a lead does.

    Who has the file, and its visit, pass to the one that replaces it. Done.id is that file.
    Raises Fault when the file was not drawn, was replaced already, or no reserve is left.
    """
    lead_or_fault(workspace, "replaces a file of the sample")
    held = get(workspace, CaseFile, file)
    if not reason.strip():
        raise Fault(f"Say in a few words why file {held.reference} is replaced.")
    drawn = records(workspace, DrawnCase, case_file=held.id)
    chosen = [one for one in drawn if one.standing == CHOSEN] or [
        one for one in drawn if one.standing == REPLACED and not _replacement(workspace, one)
    ]
    if not chosen:
        gone = next((one for one in drawn if one.standing == REPLACED), None)
        stand_in = _replacement(workspace, gone) if gone else None
        raise Fault(
            f"File {held.reference} was replaced by {stand_in.reference} already."
            if stand_in
            else f"File {held.reference} was not drawn, so no reserve stands behind it."
        )
    changes: list[Change] = []
    made: list[Id] = []
    for one in chosen:
        changes += _replaced(workspace, held, one, reason.strip(), made)
    return do(workspace, "replace a file", changes, id=made[0], reason=reason.strip(), at=at)


def replacements(workspace: Workspace) -> dict[Id, str]:
    """Of files that were replaced, by id: which case took the place, and why."""
    instead = {one.replaces: one.reference for one in records(workspace, DrawnCase, chosen=1)}
    said: dict[Id, str] = {}
    for one in records(workspace, DrawnCase, replaced=1):
        if one.case_file is not None:
            by = f"replaced by {instead[one.id]}" if one.id in instead else "replaced"
            said[one.case_file] = f"{by}: {one.reason}" if one.reason else by
    return said


def _replacement(workspace: Workspace, one: DrawnCase) -> DrawnCase | None:
    return next(iter(records(workspace, DrawnCase, draw=one.draw, replaces=one.id)), None)


def _replaced(
    workspace: Workspace, file: CaseFile, one: DrawnCase, reason: str, made: list[Id]
) -> list[Change]:
    same = records(workspace, DrawnCase, draw=one.draw, stratum=one.stratum, order=("rank", "reference"))
    following = next((case for case in same if not case.standing), None)
    if following is None or one.stratum is None:
        raise Fault(
            f"No reserve is left behind file {file.reference}; draw again from a list that holds more cases."
        )
    header = _unpacked(following.reference, following.header)
    place = 1 + [case.id for case in same].index(following.id)
    id, changes = _Files(workspace, _same_place(file, header)).made(
        following.reference, one.stratum, place, header
    )
    if file.allocated is not None and id == drawn_file_id(following.reference):
        changes.append(Change(CaseFile.kind, id, {"allocated": file.allocated}))
    made.append(id)
    taking = {
        "chosen": 1,
        "tranche": one.tranche,
        "case_file": id,
        "replaces": one.id,
        **({"paired": 1} if one.paired else {}),
    }
    return [
        *changes,
        Change(DrawnCase.kind, one.id, {"replaced": 1, "reason": reason}),
        Change(DrawnCase.kind, following.id, taking),
    ]


def _same_place(file: CaseFile, header: Mapping[str, str]) -> Id | None:
    """The visit a replacement belongs to: that of the file, unless the frame says it is of another body."""
    elsewhere = any(
        header.get(name) and getattr(file, name) and header[name] != getattr(file, name)
        for name in ("force", "area")
    )
    return None if elsewhere else file.visit
