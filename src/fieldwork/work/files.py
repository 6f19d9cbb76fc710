"""Case files and their strata: added one by one or from a case list; how far each is."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from fieldwork.domain.faults import Fault
from fieldwork.domain.marking_records import JointMarking
from fieldwork.domain.records import Body, CaseFile, DrawnStratum, Examination, Stratum, TeamMember, Visit
from fieldwork.domain.same import alike
from fieldwork.domain.values import Id, new_id
from fieldwork.store.drawn import Place, places
from fieldwork.store.members import lead_or_fault
from fieldwork.store.reading import get, records
from fieldwork.store.recording import Change
from fieldwork.store.same import sets
from fieldwork.store.workspace import Workspace
from fieldwork.work.calibration_files import calibrating
from fieldwork.work.done import Done, do
from fieldwork.work.inspections import stratum_id
from fieldwork.work.joint import members_of
from fieldwork.work.tables import read_table

DATES = ("reported", "submitted", "charged", "first_hearing", "revisit")
YES_OR_NO = ("has_victim", "file_prepared", "live")
COLUMNS = ("reference", "stratum", "force", "area", "unit", *YES_OR_NO, *DATES)
NEEDED = ("reference", "stratum")
ALLOCATES = "says who has a file"


def add_case_file(
    workspace: Workspace,
    *,
    reference: str,
    stratum: str,
    visit: Id | None = None,
    allocated: Id | None = None,
    at: int | None = None,
    **header: str,
) -> Done:
    """Add a case file under its reference. header: force, area, unit, has_victim (Y or N) and dates.

    Only a lead gives it to another at once.
    """
    if allocated not in (None, workspace.identity.member):
        lead_or_fault(workspace, ALLOCATES)
    same = [
        file for file in records(workspace, CaseFile, apart=True) if alike(file.reference) == alike(reference)
    ]
    if same:
        raise Fault(f"There is a case file {same[0].reference} already; references are used once.")
    fields = checked_header({"reference": reference, "stratum": stratum, **header}, f"file {reference}")
    extra: dict[str, object] = {
        "visit": visit,
        "allocated": allocated,
        "position": len(records(workspace, CaseFile)) + 1,
    }
    change, new = _changes(workspace, [fields], [extra])
    return do(workspace, "case file", [*new, *change], id=change[0].id, at=at)


def describe_case_file(workspace: Workspace, *, file: Id, at: int | None = None, **header: str) -> Done:
    """Change a case file's header: force, area, unit, has_victim and dates."""
    held = get(workspace, CaseFile, file)
    fields = checked_header({"reference": held.reference, "stratum": "-", **header}, f"file {held.reference}")
    given = {name: fields[name] for name in header}
    return do(workspace, "describe a file", [Change(CaseFile.kind, held.id, given)], id=held.id, at=at)


def allocate(workspace: Workspace, *, file: Id, member: Id, at: int | None = None) -> Done:
    """Give a case file to an examiner; only a lead does, where it is not nobody's and given to oneself."""
    held = get(workspace, CaseFile, file)
    if member != workspace.identity.member or held.allocated not in (None, member):
        lead_or_fault(workspace, ALLOCATES)
    get(workspace, TeamMember, member)
    change = Change(CaseFile.kind, held.id, {"allocated": member})
    return do(workspace, "allocate", [change], id=held.id, at=at)


@dataclass(frozen=True)
class CaseList:
    """What a case list holds: one mapping of fields a case."""

    rows: tuple[dict[str, str], ...]
    strata: tuple[str, ...]
    left_out: tuple[str, ...]  # columns that mean nothing here


def read_case_list(path: Path) -> CaseList:
    """Read a case list from CSV or XLSX. Columns: reference, stratum; and force, area, unit, has_victim, dates.

    Raises Fault, with the row, for a missing column, a wrong encoding, an empty or doubled reference.
    """
    table = read_table(path, NEEDED)
    table.refuse_errors(COLUMNS)
    rows: list[dict[str, str]] = []
    first_at: dict[str, int] = {}
    for number, cells in table.rows:
        said = {column: cell for column, cell in cells.items() if column in COLUMNS}
        for column in NEEDED:
            if not said.get(column):
                raise Fault(f"{table.where(number, column)}: it is empty; every case needs one.")
        reference = said["reference"]
        if alike(reference) in first_at:
            raise Fault(
                f"{table.where(number, 'reference')}: {reference} stands in row {first_at[alike(reference)]} "
                "already; give each case once."
            )
        first_at[alike(reference)] = number
        rows.append(checked_header(said, table.where(number)))
    if not rows:
        raise Fault(f"{table.name} holds no case; nothing was imported.")
    left_out = tuple(column for column in table.heads if column not in COLUMNS)
    return CaseList(tuple(rows), tuple(dict.fromkeys(row["stratum"] for row in rows)), left_out)


def checked_header(said: Mapping[str, str], where: str) -> dict[str, str]:
    """What a case list says of a file, as it is kept. Raises Fault, with the column, for what cannot be."""
    fields = {name: (value or "").strip() for name, value in said.items()}
    for name in fields:
        if name not in COLUMNS:
            raise Fault(f'{where}: a case file has no field "{name}".')
    for name in DATES:
        if fields.get(name):
            try:
                fields[name] = date.fromisoformat(fields[name]).isoformat()
            except ValueError as error:
                raise Fault(
                    f'{where}, column {name}: "{fields[name]}" is not a date; write it as 2025-03-31.'
                ) from error
    for name in YES_OR_NO:
        if fields.get(name, "").upper() not in ("", "Y", "N", "YES", "NO"):
            raise Fault(f'{where}, column {name}: "{fields[name]}" is not Y or N.')
        if name in fields:
            fields[name] = fields[name].upper()[:1]
    if not fields.get("reference"):
        raise Fault(f"{where}: a case file needs a reference.")
    return fields


def _changes(
    workspace: Workspace, rows: Sequence[dict[str, str]], extras: Sequence[dict[str, object]]
) -> tuple[list[Change], list[Change]]:
    """Changes for case files and for the strata they name that are not there yet."""
    known = {body.code for body in records(workspace, Body)}
    held = records(workspace, Stratum, apart=True)
    by_code = {stratum.code: stratum.id for stratum in held}
    by_name = {stratum.name: stratum.id for stratum in held}
    made: dict[str, Change] = {}
    changes: list[Change] = []
    for row, extra in zip(rows, extras, strict=True):
        for column in ("force", "area"):
            if row.get(column) and row[column] not in known:
                raise Fault(f'File {row["reference"]}: there is no body "{row[column]}" in the register.')
        name = row["stratum"]
        stratum = by_code.get(name) or by_name.get(name)
        if stratum is None:
            stratum = stratum_id(name)
            made.setdefault(name, Change(Stratum.kind, stratum, {"code": name, "name": name}))
        changes.append(Change(CaseFile.kind, new_id(), {**row, **extra, "stratum": stratum}))
    return changes, list(made.values())


def import_cases(workspace: Workspace, path: Path, *, visit: Id | None = None, at: int | None = None) -> Done:
    """Take a case list in, all of it or nothing. Raises Fault when a reference is here already."""
    return take_cases(workspace, read_case_list(path), Path(path).name, visit=visit, at=at)


def take_cases(
    workspace: Workspace, cases: CaseList, name: str, *, visit: Id | None = None, at: int | None = None
) -> Done:
    """As `import_cases`, of a list that was read; name: of its file."""
    if visit is not None:
        get(workspace, Visit, visit)
    held = {alike(file.reference) for file in records(workspace, CaseFile, apart=True)}
    for row in cases.rows:
        if alike(row["reference"]) in held:
            raise Fault(
                f"{name}: the case {row['reference']} is in this inspection already; "
                "take it out of the list and import again."
            )
    extras: list[dict[str, object]] = [
        {"visit": visit, "position": len(held) + place} for place in range(1, len(cases.rows) + 1)
    ]
    changes, new = _changes(workspace, cases.rows, extras)
    return do(workspace, "import cases", [*new, *changes], at=at)


# -- what the list of files shows


@dataclass(frozen=True)
class FileState:
    """A case file in a list: its stratum, and how far each examination is.

    standing: "chosen" or "replaced" where it was drawn, "reserve" where a draw left it over, "" where no draw
    knows it; paired: drawn for a blind pair. examiners: who marks it, where several do on purpose.
    """

    file: CaseFile
    stratum: Stratum | None
    examinations: tuple[Examination, ...]
    mine: Examination | None
    standing: str = ""
    paired: bool = False
    examiners: tuple[Id, ...] = ()
    calibrating: bool = False
    """Whether they do so for calibration; such a file is outside the sample."""

    def is_for(self, member: Id | None) -> bool:
        """Whether a member is to examine it: one of a pair, who has it, or anybody where nobody has."""
        return member in self.examiners if self.examiners else self.file.allocated in (member, None)

    @property
    def finished(self) -> bool:
        return any(examination.finished for examination in self.examinations)

    @property
    def in_sample(self) -> bool:
        """Whether it is to be examined and counts. A reserve is not, unless somebody has it or has begun."""
        if self.calibrating:
            return False
        if self.standing == "reserve":
            return self.file.allocated is not None or bool(self.examinations)
        return self.standing != "replaced"

    def waits_for(self, member: Id | None) -> bool:
        """Whether it is to be examined by a member, in the sample or for calibration."""
        return (self.in_sample or self.calibrating) and self.is_for(member)

    def due(self, today: date) -> bool:
        """Whether this examiner finished it before the day it was to be looked at again, and that has come."""
        if not (self.file.revisit and self.mine and self.mine.finished):
            return False
        done = date.fromtimestamp(self.mine.finished / 1000).isoformat()
        return done < self.file.revisit <= today.isoformat()


def foremost(some: Iterable[Examination]) -> Examination | None:
    """Of several examinations by one examiner, of a file that was entered twice: the one to go on with."""
    return min(
        some, key=lambda e: (e.finished is None, e.started is None, e.started or 0, e.id), default=None
    )


def strata(workspace: Workspace) -> dict[Id, Stratum]:
    """The strata by id; the target of one that was drawn is what all tranches of all draws want of it."""
    drawn: Counter[Id | None] = Counter()
    for one in records(workspace, DrawnStratum):
        drawn[one.stratum] += max(one.target or 0, 0)
    return {
        one.id: replace(one, target=drawn[one.id]) if one.id in drawn else one
        for one in records(workspace, Stratum)
    }


def file_states(
    workspace: Workspace, *, visit: Id | None = None, replaced: bool = False, calibration: bool = False
) -> list[FileState]:
    """The case files to examine, of one visit if given, by stratum and place in the draw.

    Reserves are left out, and so are replaced files and those for calibration unless asked for.
    """
    apart = calibrating(workspace)
    known = strata(workspace)
    drawn = places(workspace)
    files = records(workspace, CaseFile, visit=visit) if visit else records(workspace, CaseFile)
    examinations: dict[Id, list[Examination]] = {}
    for examination in records(workspace, Examination):
        if examination.case_file is not None:
            examinations.setdefault(examination.case_file, []).append(examination)
    me = workspace.identity.member
    joined = sets(workspace)
    joint = {
        joined.of(one.case_file): members_of(one) for one in records(workspace, JointMarking) if one.case_file
    }
    states = []
    for file in files:
        some = tuple(examinations.get(file.id, ()))
        mine = foremost(examination for examination in some if examination.examiner == me)
        place = drawn.get(file.id, Place(""))
        state = FileState(
            *(file, known.get(file.stratum or b""), some, mine, place.standing, place.paired),
            examiners=joint.get(file.id, ()),
            calibrating=file.id in apart,
        )
        if (
            state.in_sample
            or (state.calibrating and calibration)
            or (replaced and state.standing == "replaced")
        ):
            states.append(state)
    return sorted(
        states, key=lambda s: (s.stratum.code if s.stratum else "", s.file.position or 0, s.file.reference)
    )


def find_file(workspace: Workspace, reference: str) -> CaseFile:
    """The case file under a reference, exactly so or else but for case and spaces. Raises Fault when there is none."""
    found = records(workspace, CaseFile, apart=True, reference=reference) or [
        file for file in records(workspace, CaseFile, apart=True) if alike(file.reference) == alike(reference)
    ]
    if not found:
        raise Fault(f"There is no case file {reference} here; check the reference.")
    return get(workspace, CaseFile, found[0].id)
