"""Promise 7: a thousand planted words typed, merged, shared, backed up and exported; then every file is searched."""

from __future__ import annotations

import contextlib
import io
import os
import random
import re
import signal
from pathlib import Path

from fieldwork.commandline.running import run as command_line
from fieldwork.domain.records import NoteLine, Session
from fieldwork.domain.values import new_id
from fieldwork.store.drafts import Drafts
from fieldwork.store.reading import records
from fieldwork.store.searching import search
from fieldwork.store.workspace import Workspace
from fieldwork.work import examining, findings, notes, team
from fieldwork.work.drafting import OpenLine, keep_draft, write_open_lines

from . import Tally, scratch
from .faults import in_child
from .kills import Typing
from .stage import Stage, set_stage

WORDS, LENGTH, LETTERS = 1000, 11, "abcdefghijklmnopqrstuvwxyz"
ENDS = ("normal", "killed", "exception", "locked")
ENCODINGS = ("utf-8", "utf-16-le", "utf-16-be")


def run(rounds: int, seed: int) -> Tally:
    """rounds: sessions, each with words of its own and ending in the next of the ways."""
    tally = Tally(7)
    for number in range(rounds):
        tally.rounds += 1
        dice = random.Random(seed + number)
        words = ["".join(dice.choices(LETTERS, k=LENGTH)) for _ in range(WORDS)]
        end = ENDS[number % len(ENDS)]
        with scratch() as base:
            stage = set_stage(base)
            stage.again()
            try:
                _round(stage, words, end, tally)
            except Exception as error:
                tally.fail(f"seed {seed + number}, {end}: {type(error).__name__} {str(error)[:300]}")
    return tally


def _round(stage: Stage, words: list[str], end: str, tally: Tally) -> None:
    _a_colleague_types(stage, words[:100])
    done = in_child(lambda: _work(stage, words[100:], end), None, stage.base)
    assert (done.code is None) == (end in ("killed", "locked")), done.err[-300:]
    if end == "locked":
        _locked(stage)
    folders = [stage.work, stage.home, stage.temp]
    searched, hits = search_files(folders, words)
    tally.counts["files searched"] += len(searched)
    tally.counts["words planted"] += len(words)
    tally.counts[f"ended: {end}"] += 1
    tally.counts["hits"] += len(hits)
    for hit in hits[:3]:
        tally.fail(f"{end}: {hit}")
    _control(stage, words)
    with Workspace.open_with_key(stage.path, stage.key) as workspace:
        assert all(search(workspace, words[at]) for at in (100, 300, 500)), "the words were never written"


def _a_colleague_types(stage: Stage, words: list[str]) -> None:
    """A package with planted words; the colleague's own files are not searched, their laptop is another."""
    elsewhere = stage.base / "elsewhere" / "colleague.fieldwork"
    with Workspace.open(elsewhere, os.environ["FIELDWORK_PASSPHRASE"]) as other:
        session = records(other, Session)[0].id
        notes.write_line(other, session=session, text=" ".join(words))
        shared = team.share(other, stage.base / "elsewhere", everything=True)
        Path(shared.path).rename(stage.work / "planted.fieldpackage")


def _work(stage: Stage, words: list[str], end: str) -> int:
    """Everything that text goes through; ends as told."""
    parts = [words[at : at + 20] for at in range(0, len(words), 20)]
    with Workspace.open_with_key(stage.path, stage.key) as workspace:
        drafts = Drafts(workspace)
        session = records(workspace, Session, state="open")[0].id
        for number, part in enumerate(parts):
            text = " ".join(part)
            line = OpenLine(new_id(), session, f"{number:04}", text, typed=1)
            keep_draft(workspace, drafts, line.id, [line])
            if number % 10 != 9:
                write_open_lines(workspace, [line])
                drafts.drop(line.id)
        findings.add_finding(workspace, text=" ".join(parts[0]), kind="concern")
        examining.answer(
            workspace, file="A-V-004", question="A01", value="cps_charge_fct", reason=" ".join(parts[1])
        )
        held = records(workspace, NoteLine)[0]
        notes.write_line(workspace, session=held.session, line=held.id, text=" ".join(parts[2]))
        team.merge(workspace, [stage.work / "planted.fieldpackage"])
        team.share(workspace, stage.work / "out.fieldpackage", everything=True)
        search(workspace, parts[3][0])
        for arguments in (
            ("backup", str(stage.path), "--to", str(stage.work / "out.fieldwork-backup")),
            ("export", str(stage.path), "--format", "json", "--to", str(stage.side / "said.json")),
            ("search", str(stage.path), parts[4][0]),
        ):
            with contextlib.redirect_stdout(io.StringIO()):
                assert command_line(list(arguments)) == 0
        if end in ("killed", "locked"):
            os.kill(os.getpid(), signal.SIGKILL)
        if end == "exception":
            raise RuntimeError("in the middle")
        drafts.close()
    return 0


def _locked(stage: Stage) -> None:
    """The window opens what was left, shows it, and locks."""
    typing = Typing(stage.base / "round", stage.path, "look")
    typing.until("open", 60)
    typing.process.wait(60)
    typing.kill()
    assert next(said for said in typing.told if "open" in said)["open"], "the window showed no draft"


def search_files(folders: list[Path], words: list[str]) -> tuple[list[Path], list[str]]:
    """All files below, and which hold which word, whatever its case, in UTF-8 or either UTF-16."""
    files = [path for folder in folders for path in sorted(folder.rglob("*")) if path.is_file()]
    wanted = {word.encode() for word in words}
    hits = []
    for path in files:
        data = path.read_bytes().lower()
        for text in (data, data[::2], data[1::2]):  # every other byte of UTF-16 is the letter
            for run in re.findall(b"[a-z]{%d,}" % LENGTH, text):
                found = {run[at : at + LENGTH] for at in range(len(run) - LENGTH + 1)} & wanted
                hits += [f"{path.name} holds {word.decode()}" for word in found]
    return files, hits


def _control(stage: Stage, words: list[str]) -> None:
    """One word in a file of each encoding must be found, or the search finds nothing at all."""
    for encoding in ENCODINGS:
        plain = stage.temp / "control"
        plain.write_bytes(bytes(999) + words[7].upper().encode(encoding))
        assert set(search_files([stage.temp], words)[1]) == {f"control holds {words[7]}"}, (
            "the search is blind"
        )
        plain.unlink()
