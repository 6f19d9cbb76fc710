"""Workspaces of the size of a national inspection, made through the recording that every act uses."""

import contextlib
import os
import random
import shutil
from collections.abc import Iterator
from pathlib import Path

from fieldwork.domain.records import NoteLine, Session
from fieldwork.domain.values import Id, new_id
from fieldwork.store.recording import Change, record
from fieldwork.store.workspace import Workspace
from fieldwork.work import team as team_work
from fieldwork.work.generating import generate
from laptops import START, team

TEXT = (
    "the triage team sends files back for redaction and disclosure schedules that were not reviewed before "
    "charge supervisors said feedback comes weeks late while named lawyers settle questions in minutes "
    "body worn video is linked without timings victims needs were recorded early in most files seen here "
    "officers learn the system from each other training was cancelled twice and nobody owns the shared inbox "
    "gatekeepers reject summaries which leave out prepared statements or early advice given by the area"
)
WORDS = TEXT.split()
AT_ONCE = 2000  # records in one entry
FIELDS = 5  # of a line
LINES = 20_000  # to search where no national inspection is
PASSPHRASE = "made up for a benchmark"


def sentence(chance: random.Random) -> str:
    return " ".join(chance.choices(WORDS, k=chance.randint(8, 22))).capitalize() + "."


def add_lines(workspace: Workspace, count: int, seed: int = 1) -> list[Id]:
    """`count` note lines of five fields in sessions of fifty; returns the sessions' ids."""
    chance = random.Random(seed)
    sessions: list[Id] = []
    changes: list[Change] = []
    for number in range(count):
        if number % 50 == 0:
            sessions.append(new_id())
            title = f"Interview {len(sessions)}, {chance.choice(WORDS)}"
            fields = {"title": title, "method": "interview", "body": "P33", "state": "done"}
            changes.append(Change(Session.kind, sessions[-1], fields))
        line = {
            "session": sessions[-1],
            "place": f"{number % 50:04}",
            "text": sentence(chance),
            "author": "inspector",
            "typed": START + number * 20_000,
        }
        changes.append(Change(NoteLine.kind, new_id(), line))
        if len(changes) >= AT_ONCE or number == count - 1:
            record(workspace, "script", changes)
            changes = []
    return sessions


@contextlib.contextmanager
def evidence_to_search(folder: Path, scale: float) -> Iterator[Workspace]:
    """A national inspection with FIELDWORK_LONG, else some twenty thousand lines."""
    if os.environ.get("FIELDWORK_LONG") and scale >= 1:
        with merged_national(folder) as workspace:
            yield workspace
        return
    (workspace,) = team(folder, 1)
    with workspace:
        add_lines(workspace, max(50, round(LINES * scale)))
        yield workspace


def merged_national(folder: Path) -> Workspace:
    """The lead's workspace with all packages of a national inspection merged; kept where FIELDWORK_NATIONAL says."""
    kept = Path(os.environ.get("FIELDWORK_NATIONAL") or folder)
    merged = kept / "merged" / "one.fieldwork"
    if not merged.exists():
        source = kept / "national"
        if not source.exists():
            source.mkdir(parents=True)
            generate(source / "one.fieldwork", PASSPHRASE, size="national")
        merged.parent.mkdir(parents=True, exist_ok=True)
        for ending in ("-key", ""):
            shutil.copy(source / f"one.fieldwork{ending}", merged.with_name(f"part.fieldwork{ending}"))
        with Workspace.open(merged.with_name("part.fieldwork"), PASSPHRASE) as workspace:
            team_work.merge(workspace, sorted((source / "one-packages").iterdir()), backed_up=True)
        for ending in ("-key", ""):  # whole, or not there
            merged.with_name(f"part.fieldwork{ending}").replace(merged.with_name(f"one.fieldwork{ending}"))
    return Workspace.open(merged, PASSPHRASE)
