"""Promise 19: the PDF says what the database says.

Every text field of every record is given naughty strings and names; every kind of report is written, read again
in the order of its tags, and says what the report says, after the stated marks for what cannot be printed. The
lines of an interview are also looked for as they stand in the database.
"""

import tempfile
from pathlib import Path
from random import Random
from typing import Any

from report_samples import NAMES, NAUGHTY

import pdf_gate
import worlds
from fieldwork.domain.records import KINDS, CaseFile, NoteLine, Session, Visit, field_rules
from fieldwork.reports.html import render_html
from fieldwork.reports.pdf.fonts import printable
from fieldwork.store.reading import records
from fieldwork.store.recording import Change, record
from fieldwork.store.workspace import Workspace
from fieldwork.work import reporting

from . import Tally, tally

KEPT = {"question_set_version", "device", "invitation", "epoch", "epoch_key"}  # keys and the form itself
CODES = {
    "method",
    "mode",
    "state",
    "finding_kind",
    "grade_band",
    "role",
    "lead",
    "partner",
    "bearing",
    "mark",
}


def run(rounds: int, seed: int) -> Tally:
    return tally(19, rounds, tried(rounds, seed))


def tried(rounds: int, seed: int) -> dict[str, Any]:
    """Each round spoils all text anew and writes the four kinds of report."""
    rng = Random(seed)
    found: dict[str, Any] = {"seed": seed, "reports": 0, "fields": 0, "differ": 0, "examples": []}
    with tempfile.TemporaryDirectory(prefix="naughty-") as name:
        folder = Path(name)
        with worlds.small_inspection(folder) as workspace:
            for _ in range(rounds):
                found["fields"] += _spoil(workspace, rng)
                for kind, about in _subjects(workspace):
                    found["reports"] += 1
                    try:
                        _check(workspace, kind, about, folder / "report.pdf")
                    except AssertionError as error:
                        found["differ"] += 1
                        found["examples"].append(f"{kind}: {error!s:.400}")
    found["held"] = not found["differ"] and found["reports"] > 0
    return found


def _spoil(workspace: Workspace, rng: Random) -> int:
    """Every text field of every record but codes and days; returns how many fields were written."""
    changes = []
    for kind, cls in KINDS.items():
        rules = [r for r in field_rules(kind).values() if r.storage == "TEXT" and not r.day]
        names = [rule.name for rule in rules if rule.name not in CODES]
        if kind in KEPT or not names:
            continue
        for held in records(workspace, cls):
            fields = {name: _said(rng) for name in names}
            changes.append(Change(kind, held.id, fields))
    record(workspace, "spoil", changes)
    return sum(len(change.fields) for change in changes)


def _said(rng: Random) -> str:
    return " ".join(rng.choice((*NAUGHTY, *NAMES)) for _ in range(rng.choice((1, 1, 2))))


def _subjects(workspace: Workspace) -> list[tuple[str, dict[str, bytes]]]:
    return [
        ("visit_summary", {"visit": records(workspace, Visit)[0].id}),
        *(("interview_record", {"session": held.id}) for held in records(workspace, Session)[:2]),
        ("file_record", {"file": records(workspace, CaseFile)[0].id}),
        ("results", {}),
    ]


def _check(workspace: Workspace, kind: str, about: dict[str, bytes], to: Path) -> None:
    report = reporting.compose(workspace, kind, **about)  # type: ignore[arg-type]
    to.write_bytes(reporting.pdf_bytes(report))
    pdf_gate.check_reading(to, report)
    assert "<script" not in render_html(report).lower().replace("&lt;script", "")
    if "session" in about:
        read = _collapsed(pdf_gate.tree_text(to))
        for line in records(workspace, NoteLine, session=about["session"]):
            words = _collapsed(printable(line.text)[0])
            assert words in read, f"the line {words!r} is not in the PDF"


def _collapsed(text: str) -> str:
    return " ".join(text.split())
