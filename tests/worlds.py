"""Small inspections to test with, built by the acts a person would do. Everybody in them is a role."""

import contextlib
import os
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from fieldwork.domain.values import Id
from fieldwork.store.beside import files_of, private, write_envelope
from fieldwork.store.keys import FileKey, envelope_path
from fieldwork.store.workspace import Workspace
from fieldwork.work import examining, files, findings, inspections, notes, visits

NOW = datetime(2026, 11, 24, 14, 3)
PASSPHRASE = "eleven quiet herons over mud"


def wall(day: int, hour: int, minute: int = 0) -> int:
    """Wall milliseconds of a moment in the November of the small inspection."""
    return int(datetime(2026, 11, day, hour, minute).timestamp() * 1000)


def bare_inspection(folder: Path) -> Workspace:
    """An inspection just set up: no visit, no session, no file."""
    return made_once("bare", Path(folder) / "small.fieldwork", _set_up)


def small_inspection(folder: Path) -> Workspace:
    """One visit of three days to P33 and A02, on its second: three sessions, twelve lines, six files."""
    return made_once("small", Path(folder) / "small.fieldwork", _at_work)


@dataclass(frozen=True)
class _Shut:
    """An inspection as it stood when it was made and shut: its file, the key file beside it and what opens it."""

    file: bytes
    envelope: bytes
    key: FileKey


_made: dict[tuple[str, int], _Shut] = {}
_handed_out: Counter[str] | None = None  # in this test; None outside the suite: each is made anew


def begin_test() -> None:
    """From here on inspections are copies of ones made earlier in this process.

    Every one that a single test asks for is another inspection, of another laptop with other keys: two
    copies of one file that met would be a fork.
    """
    global _handed_out
    _handed_out = Counter()


@contextlib.contextmanager
def made_anew() -> Iterator[None]:
    """What outlives one test would meet the copies of later ones: meanwhile nothing is a copy."""
    global _handed_out
    held, _handed_out = _handed_out, None
    try:
        yield
    finally:
        _handed_out = held


def made_once(name: str, path: Path, make: Callable[[Path], Workspace]) -> Workspace:
    """An open workspace as `make` makes it at a path; name: of what is made, the same for the same."""
    if _handed_out is None or any(beside.exists() for beside in files_of(path)):
        return make(path)  # where something stands already it is refused as for anybody
    which = name, _handed_out[name]
    _handed_out[name] += 1
    if which not in _made:
        with make(path) as made:
            key = made.file_key
        assert not path.with_name(path.name + "-wal").exists()
        _made[which] = _Shut(path.read_bytes(), envelope_path(path).read_bytes(), key)
    else:
        with open(path, "xb", opener=private) as file:
            file.write(_made[which].file)
        write_envelope(path, _made[which].envelope)
    return Workspace.open_with_key(path, _made[which].key)


def _set_up(path: Path) -> Workspace:
    os.environ.setdefault("FIELDWORK_KDF_MEMORY", "65536")
    return inspections.new_inspection(
        path,
        PASSPHRASE,
        title="Joint case building, phase 2",
        lead="HMCPSI",
        partner="HMICFRS",
        device="HMCPSI laptop 4",
        at=wall(20, 9),
    )


def _at_work(path: Path) -> Workspace:
    workspace = _set_up(path)
    visit = visits.plan_visit(
        workspace,
        title="Leicestershire with CPS East Midlands",
        bodies=["P33", "A02"],
        start="2026-11-23",
        end="2026-11-25",
        at=wall(20, 10),
    ).id
    assert visit is not None
    group, points = _sessions(workspace, visit)
    _files(workspace, visit)
    _points(workspace, visit, points)
    assert group
    return workspace


def _sessions(workspace: Workspace, visit: Id) -> tuple[Id, list[Id]]:
    plan = [
        ("Inspector, file quality team", "interview", "P33", "supervisor", wall(24, 10), 1),
        ("Focus group, response constables", "focus_group", "P33", "frontline", wall(24, 13, 30), 9),
        ("Reviewing lawyer, charging team", "interview", "A02", "legal", wall(24, 14, 30), 1),
        ("Disclosure lead", "interview", "P33", "middle", wall(25, 9), 1),
    ]
    ids = []
    for title, method, body, band, start, expected in plan:
        done = visits.plan_session(
            workspace,
            visit=visit,
            title=title,
            role=title,
            method=method,
            body=body,
            grade_band=band,
            planned_start=start,
            planned_present=expected,
            at=wall(20, 11),
        )
        assert done.id is not None
        ids.append(done.id)
    written: list[Id] = []
    for session, start, texts in ((ids[0], wall(24, 10), INSPECTOR), (ids[1], wall(24, 13, 32), GROUP)):
        visits.start_session(workspace, session=session, present=7, at=start)
        for number, text in enumerate(texts):
            when = start + number * 150_000
            line = notes.write_line(workspace, session=session, text=text, typed=when, at=when).id
            assert line is not None
            written.append(line)
    visits.finish_session(workspace, session=ids[0], at=wall(24, 10, 50))
    return ids[1], written


INSPECTOR = (
    "> Triage sends about a third of files back. #file_quality-",
    '"We hear of a fault weeks later, if at all." #relationships-',
    "A named lawyer settles most questions in minutes. #relationships+",
    "! Check whether charging clinics still run on Thursdays",
    "@ Minutes of the last three performance meetings",
    "Redaction is done twice for one file in five. #it-",
)
GROUP = (
    "> Redacting body-worn video took most of a night shift. #it-",
    "A: Nobody taught us the redaction tool. [4 of 7] #capability-",
    'B: "I ring the lawyer and it is sorted." #relationships+',
    "! Who decides when a summary goes back to the officer?",
    "@ Redaction guide the file unit sent round in spring",
    "C: Disclosure schedules come last, at the end of a shift. #disclosure",
)


def _files(workspace: Workspace, visit: Id) -> None:
    strata = (("volume", "Volume crime, charged", 24), ("rasso", "RASSO, charged", 12))
    for code, name, target in strata:
        inspections.set_stratum(workspace, code=code, name=name, target=target, at=wall(20, 11))
    for number in range(1, 7):
        stratum = "volume" if number <= 4 else "rasso"
        files.add_case_file(
            workspace,
            reference=f"A-{stratum[0].upper()}-{number:03}",
            stratum=stratum,
            visit=visit,
            force="P33",
            area="A02",
            reported="2026-03-04",
            charged="2026-07-14",
            at=wall(20, 12),
        )
    examining.answer(workspace, file="A-V-001", question="A01", value="cps_charge_fct", at=wall(24, 9))


def _points(workspace: Workspace, visit: Id, lines: list[Id]) -> None:
    findings.add_finding(
        workspace,
        text="A named lawyer settles things in minutes",
        kind="strength",
        visit=visit,
        evidence=[lines[2], lines[8]],
        at=wall(24, 12),
    )
    findings.add_finding(
        workspace,
        text="Redaction costs whole shifts",
        kind="concern",
        visit=visit,
        evidence=[lines[5], lines[6], lines[7]],
        at=wall(24, 12, 5),
    )
    findings.add_finding(
        workspace, text="Feedback comes weeks late", kind="concern", visit=visit, at=wall(24, 12, 6)
    )
