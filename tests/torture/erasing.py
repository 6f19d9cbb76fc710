"""Promise 20: killed before or after every call of an erasure and of the change of key that follows it."""

from __future__ import annotations

import random
import shutil
from pathlib import Path

import msgspec

from decrypted import plain
from fieldwork.domain.records import Approval, Erasing, NoteLine, Session
from fieldwork.domain.values import Id, new_id
from fieldwork.store import keeping, keys, recovery
from fieldwork.store.backup import copy_database, read_backup
from fieldwork.store.beside import files_of, next_envelope_path
from fieldwork.store.clearing import cleared_at, open_workspace
from fieldwork.store.drafts import Drafts
from fieldwork.store.keys import FileKey
from fieldwork.store.reading import dump, records
from fieldwork.store.verifying import verify
from fieldwork.store.workspace import Workspace
from fieldwork.work import drafting, leading, notes

from . import Tally, scratch
from .acts import Act, check, command
from .faults import COUNTING, KILLING, Plan, in_child, the_state
from .stage import PASSPHRASE, Stage, lines_in, set_stage

CALLS = ("open", "write", "fsync", "rename", "unlink", "truncate")
SAID, CLEARED = "said.fieldwork", "cleared.fieldwork"  # before an erasure; after one, its key not yet changed
PLANTED, STEM = "Zebedee Quillfeather, twice", b"quillfeath"
TYPED = "still being typed"


def run(rounds: int, seed: int) -> Tally:
    """rounds: at most so many kills; 0 for one at every call: before, after or in the middle of it, by the seed."""
    tally = Tally(20)
    with scratch() as base:
        stage = set_stage(base)
        with_words(stage)
        the_state().watch(*stage.watched)
        plans = [
            (act, Plan(KILLING, CALLS, at, after=(at + seed) % 3 == 1, torn=(at + seed) % 3 == 2))
            for act in erasing_acts()
            for at in range(1, _calls(stage, act) + 1)
        ]
        tally.counts["calls"] = len(plans)
        if rounds and rounds < len(plans):
            plans = random.Random(seed).sample(plans, rounds)
        for act, plan in plans:
            stage.again()
            outcome = in_child(command(stage, act), plan, base)
            tally.rounds += 1
            try:
                assert outcome.code is None, "it was not killed"
                done = check(stage, act, outcome)
                tally.counts[f"{act.name}: {'done' if done else 'not begun'}"] += 1
            except Exception as error:
                tally.fail(f"{act.name}, {plan}: {type(error).__name__} {error}")
    return tally


def _calls(stage: Stage, act: Act) -> int:
    stage.again()
    calm = in_child(command(stage, act), Plan(COUNTING, CALLS), stage.base)
    assert calm.code == 0 and check(stage, act, calm), calm.err
    return calm.count


def erasing_acts() -> list[Act]:
    return [
        Act(
            "erase",
            lambda stage: ["replay", f"{stage.work / SAID}", f"{stage.work / 'erase.jsonl'}"],
            lambda stage: found(stage, SAID),
        ),
        Act(
            "new key",
            lambda stage: ["replay", f"{stage.work / CLEARED}", f"{stage.work / 'nothing.jsonl'}"],
            lambda stage: found(stage, CLEARED),
        ),
    ]


def with_words(stage: Stage) -> None:
    """Put two workspaces among the files of the start: one says what is to be erased, in the other it was."""
    path = stage.start / SAID
    for ending in ("", "-key"):
        shutil.copy(stage.start / f"small.fieldwork{ending}", path.with_name(SAID + ending))
    lines, recipient = recovery.new_key()
    (stage.side / "recovery").write_text(lines, "utf-8")
    with Workspace.open(path, PASSPHRASE) as workspace:
        workspace.set_recovery(PASSPHRASE, recipient)
        session = records(workspace, Session, state="open")[0].id
        line = notes.write_line(workspace, session=session, text=f"> {PLANTED}").id
        assert line is not None
        drafts = Drafts(workspace)
        typing = [drafting.OpenLine(new_id(), session, "b0", TYPED)]
        drafting.keep_draft(workspace, drafts, new_id(), typing)
        drafting.keep_draft(workspace, drafts, line, [drafting.OpenLine(line, session, "a0", PLANTED)])
        drafts.close()
        keeping.keep(workspace, "daily")
        kept = canonical_but(dump(workspace), line)
    act = {"act": "erase", "records": [line.hex()], "cause": "typed by mistake", "hold_checked": True}
    (stage.start / "erase.jsonl").write_bytes(msgspec.json.encode(act) + b"\n")
    (stage.start / "nothing.jsonl").write_text("\n", "utf-8")
    (stage.side / "line").write_text(line.hex())
    (stage.side / "kept").write_text(kept, "utf-8")
    for one in files_of(path):
        if one.exists():
            shutil.copy(one, one.with_name(one.name.replace("said", "cleared")))
    shutil.copytree(keeping.folder_of(path), keeping.folder_of(stage.start / CLEARED))
    for one in keeping.folder_of(stage.start / CLEARED).iterdir():
        one.rename(one.with_name(one.name.replace("said", "cleared")))
    with Workspace.open(stage.start / CLEARED, PASSPHRASE) as workspace:
        leading.erase(workspace, records=[line], cause="typed by mistake", hold_checked=True)
    for lock in stage.start.glob("*-lock"):
        lock.unlink()


def canonical_but(state: dict, line: Id) -> str:
    """The state less the line that is erased and what the erasure itself said."""
    left_out = (Erasing.kind, Approval.kind)
    kept = [one for one in state["records"] if one["id"] != line.hex() and one["kind"] not in left_out]
    return msgspec.json.encode(kept, order="deterministic").decode()


def found(stage: Stage, name: str) -> bool:
    """Whether the words are erased; raises AssertionError where a key fails, a word is left or another is lost."""
    path = stage.work / name
    old = stage.key
    line = bytes.fromhex((stage.side / "line").read_text())
    kept = (stage.side / "kept").read_text("utf-8")
    _opens_on_a_copy(stage, path, kept, line)
    with open_workspace(path, PASSPHRASE) as workspace:
        problems = verify(workspace)
        assert not problems, problems[0]
        assert canonical_but(dump(workspace), line) == kept, "something else was changed"
        said = {one.text for one in records(workspace, NoteLine) if one.id == line}
        cleared, key = cleared_at(workspace), workspace.file_key
    assert TYPED in lines_in(path, key), "what was being typed is lost"
    if said != {"[erased]"}:
        assert said == {PLANTED} and key == old, f"half erased: {said}"
        return False
    assert cleared, "something is left to clear away"
    assert key != old and not next_envelope_path(path).exists()
    _nothing_left(stage, path, key)
    return True


def _opens_on_a_copy(stage: Stage, path: Path, kept: str, line: Id) -> None:
    """As it was left, for reading with the passphrase and for writing with the recovery key."""
    folder = stage.side / "copied"
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(stage.work, folder)
    copy = folder / path.name
    with Workspace.open(copy, PASSPHRASE, writing=False) as workspace:
        assert canonical_but(dump(workspace), line) == kept, "read, it says something else"
    lines = (stage.side / "recovery").read_text("utf-8")
    with Workspace.open_by(copy, lambda envelope: recovery.unwrap(envelope, lines, copy.name)) as workspace:
        assert canonical_but(dump(workspace), line) == kept, "by the recovery key it says something else"
        assert TYPED in {one.text for one in _open_lines(workspace)}, (
            "by the recovery key the drafts are lost"
        )


def _open_lines(workspace: Workspace) -> list[drafting.OpenLine]:
    drafts = Drafts(workspace)
    assert drafts.set_aside is None, "the drafts could not be read"
    lines = [line for found in drafting.left_open(workspace, drafts.all()) for line in found.lines]
    drafts.close()
    return lines


def _nothing_left(stage: Stage, path: Path, key: FileKey) -> None:
    """No page of any file says the words under either key, and no envelope holds the old key."""
    mine = [
        path,
        *files_of(path),
        *keeping.folder_of(path).rglob("*"),
        *stage.home.rglob("*"),
        *stage.temp.rglob("*"),
    ]
    for file in {one for one in mine if one.is_file()}:
        database = file
        if file.suffix == ".fieldwork-backup":
            assert keys.read(read_backup(file)[0], file.name).file_salt == key.salt, (
                f"{file.name}: the old key"
            )
            database = stage.side / "database"
            copy_database(file, database)
        elif "key" in file.name or file.parent.name == "keys":
            assert keys.read(file.read_bytes(), file.name).file_salt == key.salt, f"{file.name}: the old key"
        for under in (key, stage.key):
            assert STEM not in plain(database, under).lower(), f"{file.name} still says the words"
    assert keeping.kept(path), "the backup is gone"
