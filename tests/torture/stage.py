"""What the torture works on: two laptops of one team, files to give back to each round, and what is looked at after."""

from __future__ import annotations

import hashlib
import io
import json
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import redirect_stdout, suppress
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import worlds
from fieldwork.commandline.running import run
from fieldwork.domain.faults import Fault
from fieldwork.domain.records import NoteLine, Session
from fieldwork.store import keys
from fieldwork.store.beside import drafts_path
from fieldwork.store.drafts import Drafts
from fieldwork.store.keys import FileKey
from fieldwork.store.reading import canonical, dump, records
from fieldwork.store.verifying import verify
from fieldwork.store.workspace import Workspace
from fieldwork.work import notes, team
from fieldwork.work.drafting import left_open

PASSPHRASE = worlds.PASSPHRASE
NEW_PASSPHRASE = "nine loud geese under ice"
NAME = "small.fieldwork"

keys._derive = cache(
    keys._derive
)  # the same passphrase and salt thousands of times: nothing of it is tried here


@dataclass(frozen=True)
class Stage:
    """start: the files every round begins with. work, home, temp: where a round happens (watched)."""

    base: Path
    key: FileKey

    @property
    def start(self) -> Path:
        return self.base / "start"

    @property
    def side(self) -> Path:
        return self.base / "side"

    @property
    def work(self) -> Path:
        return self.base / "round" / "work"

    @property
    def home(self) -> Path:
        return self.base / "round" / "home"

    @property
    def temp(self) -> Path:
        return self.base / "round" / "temp"

    @property
    def watched(self) -> tuple[Path, ...]:
        return (self.base / "round",)

    @property
    def path(self) -> Path:
        return self.work / NAME

    def again(self) -> None:
        """Everything as it was at the start."""
        shutil.rmtree(self.base / "round", ignore_errors=True)
        for folder in (self.home, self.temp):
            folder.mkdir(parents=True)
        shutil.copytree(self.start, self.work)
        os.environ["FIELDWORK_HOME"] = str(self.home)
        tempfile.tempdir = str(self.temp)


def set_stage(base: Path, lines: int = 24) -> Stage:
    """A lead's inspection, a colleague's package it has not taken in, a backup, a pack, and scripts.

    TORTURE_STAGE names a folder where it is kept for the next process that wants one.
    """
    tempfile.tempdir = None  # of the stage before this one
    kept = Path(os.environ["TORTURE_STAGE"]) if "TORTURE_STAGE" in os.environ else None
    if kept is None:
        return _made(base, lines)
    if not (kept / "stage").exists():
        folder = kept / f"stage-{os.getpid()}"
        folder.mkdir()
        made = _made(folder, lines)
        (folder / "key").write_bytes(made.key.key + made.key.salt)
        with suppress(OSError):  # another process was first
            folder.rename(kept / "stage")
    shutil.copytree(kept / "stage", base, dirs_exist_ok=True)
    os.environ.update(FIELDWORK_HOME=str(base / "home"), FIELDWORK_PASSPHRASE=PASSPHRASE)
    data = (kept / "stage" / "key").read_bytes()
    return Stage(base, FileKey(data[:32], data[32:]))


def _made(base: Path, lines: int) -> Stage:
    start, side, elsewhere = base / "start", base / "side", base / "elsewhere"
    for folder in (start, side, elsewhere, base / "home"):
        folder.mkdir()
    os.environ.update(FIELDWORK_HOME=str(base / "home"), FIELDWORK_PASSPHRASE=PASSPHRASE)
    os.environ["FIELDWORK_KDF_MEMORY"] = "65536"
    with worlds.small_inspection(start) as lead:
        code = team.pack(lead, start / "for-a-colleague.fieldpack")
        other = team.join(
            start / "for-a-colleague.fieldpack",
            elsewhere / "colleague.fieldwork",
            PASSPHRASE,
            code=code,
            device="HMICFRS laptop 2",
            inspectorate="HMICFRS",
        )
        with other:
            session = records(other, Session)[0].id
            for number in range(lines):
                notes.write_line(other, session=session, text=f"> A colleague's line {number} #it-")
            shared = team.share(other, start)
        Path(shared.path).rename(start / "from-a-colleague.fieldpackage")
        key = lead.file_key
    (start / "small.fieldwork-lock").unlink(missing_ok=True)
    (start / "code").write_text(code, "utf-8")
    (start / "new").write_text(NEW_PASSPHRASE, "utf-8")
    (start / "acts.jsonl").write_text("".join(_script(session.hex())), "utf-8")
    with redirect_stdout(io.StringIO()):
        assert run(["backup", str(start / NAME), "--to", str(start / "earlier.fieldwork-backup")]) == 0
    return Stage(base, key)


ACTS_IN_SCRIPT = 6


def _script(session: str) -> Iterator[str]:
    acts = [
        {"act": "line", "session": session, "text": "> Typed by the script, first #it-"},
        {"act": "line", "session": session, "text": "! Typed by the script, second"},
        {"act": "answer", "file": "A-V-002", "question": "A01", "value": "cps_charge_fct"},
        {"act": "line", "session": session, "text": "Typed by the script, third " + "and at length " * 900},
        {"act": "line", "session": session, "text": "@ Typed by the script, fourth"},
        {"act": "finish-session", "session": session},
    ]
    assert len(acts) == ACTS_IN_SCRIPT
    return (json.dumps(act) + "\n" for act in acts)


# -- what is looked at


def digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def opens_with(path: Path, passphrase: str) -> bool:
    try:
        keys.unwrap(keys.envelope_path(path).read_bytes(), passphrase, path.name)
    except Fault:
        return False
    return True


def state_of(path: Path, key: FileKey) -> str:
    """The whole state as text. Raises AssertionError with what `verify` says when it says anything."""
    with Workspace.open_with_key(path, key) as workspace:
        problems = verify(workspace)
        assert not problems, problems[0]
        return canonical(dump(workspace))


def lines_in(path: Path, key: FileKey) -> set[str]:
    """The text of every note line, drafts included, of a workspace that verifies."""
    with Workspace.open_with_key(path, key) as workspace:
        problems = verify(workspace)
        assert not problems, problems[0]
        texts = {line.text for line in records(workspace, NoteLine)}
        if drafts_path(path).exists():
            drafts = Drafts(workspace)
            assert drafts.set_aside is None, "the drafts could not be read"
            texts |= {line.text for found in left_open(workspace, drafts.all()) for line in found.lines}
            drafts.close()
        return texts
