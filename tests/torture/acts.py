"""The acts that are interrupted, each as its command line, and what may be found afterwards: all of it or nothing."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from fieldwork.commandline.running import run
from fieldwork.exchange import package
from fieldwork.store import keys
from fieldwork.store.backup import copy_database, read_backup
from fieldwork.store.connection import connect
from fieldwork.store.reading import canonical, dump
from fieldwork.store.verifying import verify
from fieldwork.store.workspace import Workspace, get_meta

from .faults import Outcome
from .stage import ACTS_IN_SCRIPT, NAME, NEW_PASSPHRASE, PASSPHRASE, Stage, opens_with, state_of

LOG_PAGES = 2  # the file's first page, and the one with the line that the change gets in the log
SAMPLES = Path(__file__).parents[1] / "samples"
SAMPLE_PASSPHRASE = "a sample for the tests alone"


@dataclass
class Act:
    """arguments: of the command line. found: raises AssertionError when neither all nor nothing of it is there,
    and returns whether it was done. made: names in the work folder that only the finished act leaves."""

    name: str
    arguments: Callable[[Stage], list[str]]
    found: Callable[[Stage], bool]
    made: tuple[str, ...] = ()
    partly: bool = False
    known: dict[str, str] = field(default_factory=dict)


def command(stage: Stage, act: Act) -> Callable[[], int]:
    return lambda: run(act.arguments(stage))


def check(stage: Stage, act: Act, outcome: Outcome) -> bool:
    """Look at what an act left. Raises AssertionError with what is wrong; returns whether it was done."""
    if outcome.code is not None:
        assert outcome.code in (0, 1, 2), f"exit code {outcome.code}: {outcome.err[-300:]}"
        assert "Traceback" not in outcome.err and "did not work" not in outcome.err, outcome.err[-300:]
        said = [text for text in outcome.err.splitlines() if text.startswith("fieldwork: ")]
        refused = (
            outcome.code == 1 and ": refused. " in outcome.out
        )  # a package: the answer of a merge says why
        assert outcome.code == 0 or said or refused, f"not a sentence: {outcome.err!r} {outcome.out!r}"
    done = act.found(stage)
    assert done or outcome.code != 0, "it said it was done, and it is not"
    return done


# -- what is found


def _before(stage: Stage) -> str:
    kept = stage.side / "before"
    if not kept.exists():
        copy = stage.side / "before.fieldwork"
        shutil.copy(stage.start / NAME, copy)
        kept.write_text(state_of(copy, stage.key), "utf-8")
    return kept.read_text("utf-8")


def _entries(stage: Stage, path: Path) -> int:
    with Workspace.open_with_key(path, stage.key) as workspace, workspace.read() as db:
        return db.exec_driver_sql("SELECT count(*) FROM entry").scalar_one()


def entries_at_start(stage: Stage) -> int:
    kept = stage.side / "entries"
    if not kept.exists():
        copy = stage.side / "counted.fieldwork"
        shutil.copy(stage.start / NAME, copy)
        kept.write_text(str(_entries(stage, copy)))
    return int(kept.read_text())


def script_done(stage: Stage) -> int:
    """How many lines of the script stand, each whole."""
    after = state_of(stage.path, stage.key)
    done = _entries(stage, stage.path) - entries_at_start(stage)
    assert 0 <= done <= ACTS_IN_SCRIPT, f"{done} entries more than before"
    texts = ("first", "second", None, "third", "fourth")
    for number, text in enumerate(texts):
        if text:
            assert (f"Typed by the script, {text}" in after) == (done > number), f"act {number + 1} is half"
    assert (done == 0) == (after == _before(stage))
    return done


def _replayed(stage: Stage) -> bool:
    return script_done(stage) == ACTS_IN_SCRIPT


def _merged(stage: Stage) -> bool:
    after = state_of(stage.path, stage.key)
    if after == _before(stage):
        return False
    missing = [n for n in range(24) if f"> A colleague's line {n} " not in after and f"line {n}" not in after]
    assert not missing, f"merged in part: line {missing[0]} is missing"
    kept = stage.side / "merged"
    if not kept.exists():
        kept.write_text(after, "utf-8")
    assert after == kept.read_text("utf-8"), "merged to another state than before"
    return True


def _unchanged(stage: Stage) -> None:
    assert state_of(stage.path, stage.key) == _before(stage), "the inspection was changed"


def _shared(stage: Stage) -> bool:
    _unchanged(stage)
    out = stage.work / "out.fieldpackage"
    with Workspace.open_with_key(stage.path, stage.key) as workspace:
        with workspace.read() as db:
            identities = [get_meta(db, "identity"), get_meta(db, "epoch_identity")]
            receipts = db.exec_driver_sql("SELECT count(*) FROM receipt").scalar_one()
        if out.exists():
            parcel = package.unseal(package.read_file(out), identities, workspace.inspection, out.name)
            assert parcel.entries, "the package is empty"
        assert receipts <= int(out.exists()), "a receipt for a package that is not there"
    return out.exists() and receipts == 1


def backup_is_good(path: Path, stage: Stage, passphrase: str = PASSPHRASE) -> None:
    """Raises AssertionError when a file that has a backup's name does not open and verify."""
    envelope, _ = read_backup(path)
    key = keys.unwrap(envelope, passphrase, path.name)
    copy = stage.side / "opened-backup"
    copy_database(path, copy)
    connect(copy, key).close()
    assert state_of(copy, key), "an empty backup"
    for file in stage.side.glob("opened-backup*"):
        file.unlink()


def _backed_up(stage: Stage) -> bool:
    _unchanged(stage)
    out = stage.work / "out.fieldwork-backup"
    if out.exists():
        backup_is_good(out, stage)
    return out.exists()


def _rekeyed(stage: Stage) -> bool:
    _unchanged(stage)
    before, after = ((folder / NAME).read_bytes() for folder in (stage.start, stage.work))
    changed = sum(before[at : at + 4096] != after[at : at + 4096] for at in range(0, len(before), 4096))
    assert len(before) == len(after) and changed <= LOG_PAGES, f"{changed} data pages were changed"
    old, new = (opens_with(stage.path, words) for words in (PASSPHRASE, NEW_PASSPHRASE))
    assert old != new, f"opens with {'both' if old else 'neither'}"
    return new


def _new_file(name: str) -> Callable[[Stage], bool]:
    def found(stage: Stage) -> bool:
        path = stage.work / name
        if not path.exists():
            assert not path.with_name(name + "-wal").exists(), "a log without its file"
            return False
        with Workspace.open(path, PASSPHRASE) as workspace:
            problems = verify(workspace)
            assert not problems, problems[0]
            assert workspace.identity.label, "a laptop without a name"
        return True

    return found


def _packed(stage: Stage) -> bool:
    state_of(stage.path, stage.key)
    return (stage.work / "out.fieldpack").exists()


def _migrated(stage: Stage) -> bool:
    with Workspace.open(stage.work / "old.fieldwork", SAMPLE_PASSPHRASE) as workspace:
        problems = verify(workspace)
        assert not problems, problems[0]
        text = canonical(dump(workspace))
        assert "Schedules come late" in text and "Disclosure lead" in text, "the sample lost what it said"
    return True


def _dumped(stage: Stage) -> bool:
    _unchanged(stage)
    return True


def with_sample(stage: Stage) -> None:
    """Put a workspace of the first version of the tables, and an empty script, among the files of the start."""
    shutil.copy(SAMPLES / "version1.fieldwork", stage.start / "old.fieldwork")
    shutil.copy(SAMPLES / "version1.fieldwork-key", stage.start / "old.fieldwork-key")
    (stage.start / "old-words").write_text(SAMPLE_PASSPHRASE, "utf-8")
    (stage.start / "nothing.jsonl").write_text("\n", "utf-8")


def all_acts() -> dict[str, Act]:
    def at(*words: str) -> Callable[[Stage], list[str]]:
        return lambda stage: [w.format(p=stage.path, w=stage.work) for w in words]

    acts = [
        Act("replay", at("replay", "{p}", "{w}/acts.jsonl"), _replayed, partly=True),
        Act("merge", at("merge", "{p}", "{w}/from-a-colleague.fieldpackage"), _merged),
        Act("share", at("share", "{p}", "--to", "{w}/out.fieldpackage"), _shared),
        Act("backup", at("backup", "{p}", "--to", "{w}/out.fieldwork-backup"), _backed_up),
        Act("passphrase", at("passphrase", "{p}", "--new-passphrase-file", "{w}/new"), _rekeyed),
        Act(
            "restore",
            at("restore", "{w}/earlier.fieldwork-backup", "{w}/back.fieldwork"),
            _new_file("back.fieldwork"),
            made=("back.fieldwork",),
        ),
        Act(
            "join",
            at(
                *("join", "{w}/for-a-colleague.fieldpack", "{w}/joined.fieldwork", "--device", "laptop 3"),
                *("--body", "HMICFRS", "--code-file", "{w}/code"),
            ),
            _new_file("joined.fieldwork"),
            made=("joined.fieldwork",),
        ),
        Act("pack", at("pack", "{p}", "--to", "{w}/out.fieldpack", "--code-file", "{w}/out-code"), _packed),
        Act(
            "migrate",
            at("replay", "{w}/old.fieldwork", "{w}/nothing.jsonl", "--passphrase-file", "{w}/old-words"),
            _migrated,
        ),
        Act("dump", at("dump", "{p}"), _dumped),
    ]
    return {act.name: act for act in acts}
