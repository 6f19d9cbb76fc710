"""After an erasure the file gets a new key: passphrase and recovery key stay, the old key opens nothing any more."""

import shutil
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import NamedTuple

import pytest

import laptops
from fieldwork.domain.faults import Fault
from fieldwork.domain.records import NoteLine, Session
from fieldwork.domain.values import new_id
from fieldwork.store import backup as backups
from fieldwork.store import beside, clearing, keeping, keys, recovery, rekeying
from fieldwork.store.clearing import cleared_at, open_workspace
from fieldwork.store.connection import connect
from fieldwork.store.drafts import Drafts
from fieldwork.store.keys import FileKey
from fieldwork.store.reading import canonical, dump, find, records
from fieldwork.store.recording import Change, record
from fieldwork.store.verifying import verify
from fieldwork.store.workspace import Workspace
from fieldwork.work import leading, securing

WORDS, NEW = "eleven quiet herons over mud", "nine loud geese upon sand"


class Made(NamedTuple):
    """Files of a workspace with a draft and a backup, whose only words were erased; it was not opened since."""

    folder: Path
    home: Path
    lines: str
    derive: object


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Made]:
    folder, home = tmp_path_factory.mktemp("made"), tmp_path_factory.mktemp("home")
    line, session = new_id(), new_id()
    derive = cache(keys._derive)  # the same words and salts again and again: nothing of it is tried here
    with pytest.MonkeyPatch.context() as patched:
        patched.setenv("FIELDWORK_HOME", str(home))
        patched.setenv("FIELDWORK_KDF_MEMORY", "65536")
        patched.setattr(keys, "_derive", derive)
        lines, recipient = recovery.new_key()
        with Workspace.create(folder / "joint.fieldwork", WORDS, laptops._found) as workspace:
            workspace.set_recovery(WORDS, recipient)
            record(workspace, "note", [Change("session", session, {"title": "Lead", "method": "interview"})])
            words = {"session": session, "text": "a name", "place": "a0"}
            record(workspace, "note", [Change("note_line", line, words)])
            drafts = Drafts(workspace)
            drafts.keep(new_id(), "note", {"text": "still being typed"})
            drafts.close()
            keeping.keep(workspace, "daily")
            leading.erase(workspace, records=[line], cause="typed by mistake", hold_checked=True)
            held = find(workspace, NoteLine, line)
            assert held is not None and held.text == "[erased]"
            assert cleared_at(workspace) is None
    yield Made(folder, home, lines, derive)


@pytest.fixture
def path(made: Made, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    shutil.copytree(made.folder, tmp_path / "work")
    shutil.copytree(made.home, tmp_path / "home")
    monkeypatch.setenv("FIELDWORK_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("FIELDWORK_KDF_MEMORY", "65536")
    monkeypatch.setattr(keys, "_derive", made.derive)
    return tmp_path / "work" / "joint.fieldwork"


def key_of(path: Path, words: str = WORDS) -> FileKey:
    return keys.unwrap(keys.envelope_path(path).read_bytes(), words, path.name)


def opens(path: Path, key: FileKey) -> bool:
    try:
        connect(path, key).close()
    except Fault:
        return False
    return True


def is_whole(path: Path, old: FileKey, state: str) -> None:
    """The file, its drafts and its backup stand under one key which is not the old one; nothing is lost."""
    with open_workspace(path, WORDS) as workspace:
        key = workspace.file_key
        assert verify(workspace) == [] and canonical(dump(workspace)) == state
        assert cleared_at(workspace)
        drafts = Drafts(workspace)
        assert drafts.set_aside is None and [one.fields["text"] for one in drafts.all()] == [
            "still being typed"
        ]
        drafts.close()
    assert key != old and key.salt != old.salt and key_of(path) == key
    assert opens(path, key) and not opens(path, old) and not opens(beside.drafts_path(path), old)
    (kept,) = keeping.kept(path)
    assert key_of_backup(kept.path) == key
    assert not beside.next_envelope_path(path).exists()
    assert [copy.name for copy in (beside.home() / "keys").iterdir()] == [key.salt.hex()]
    assert (beside.home() / "keys" / key.salt.hex()).read_bytes() == keys.envelope_path(path).read_bytes()


def key_of_backup(path: Path) -> FileKey:
    return keys.unwrap(backups.read_backup(path)[0], WORDS, path.name)


def state_of(path: Path, key: FileKey) -> str:
    with Workspace.open_with_key(path, key, writing=False) as workspace:
        return canonical(dump(workspace))


def test_the_next_opening_changes_the_key(path: Path) -> None:
    old = key_of(path)
    state = state_of(path, old)
    is_whole(path, old, state)
    new = key_of(path)
    open_workspace(path, WORDS).close()
    assert key_of(path) == new, "once is enough"
    keys.envelope_path(path).unlink()
    open_workspace(path, WORDS).close()  # by the second copy


def test_the_recovery_key_goes_on_opening_it(path: Path, made: Made) -> None:
    old = key_of(path)
    open_workspace(path, WORDS).close()
    assert key_of(path) != old
    securing.recover(path, made.lines, NEW).close()
    Workspace.open(path, NEW).close()


def test_reading_changes_nothing(path: Path) -> None:
    old = key_of(path)
    open_workspace(path, WORDS, writing=False).close()
    assert key_of(path) == old


def test_it_waits_while_somebody_reads(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("fieldwork.store.connection.ALONE_SECONDS", 0.1)
    old = key_of(path)
    state = state_of(path, old)
    reader = connect(path, old)
    with open_workspace(path, WORDS) as workspace:
        assert workspace.file_key == old and cleared_at(workspace) is None
        assert reader.execute("SELECT count(*) FROM entry").fetchone()
    reader.close()
    assert not beside.next_envelope_path(path).exists()
    is_whole(path, old, state)


@pytest.mark.parametrize("cut_off", ["_rewrite", "_rewrite_drafts", "_switch", "_blot", "write_envelope"])
@pytest.mark.parametrize("after", [False, True])
def test_cut_off_anywhere_the_next_opening_goes_on(
    path: Path, made: Made, monkeypatch: pytest.MonkeyPatch, cut_off: str, after: bool
) -> None:
    """Here by an exception in every step; tests/torture kills it at every call of the C library."""
    old = key_of(path)
    state = state_of(path, old)
    step = getattr(rekeying, cut_off)

    def cut(*given: object, **named: object) -> None:
        if after:
            step(*given, **named)
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(rekeying, cut_off, cut)
        with pytest.raises(KeyboardInterrupt):
            open_workspace(path, WORDS)
    for name in ("by passphrase", "by recovery key"):
        copy = path.parent / name / path.name
        copy.parent.mkdir()
        for file in beside.files_of(path):
            if file.exists():
                shutil.copy(file, copy.parent)
    with Workspace.open(path.parent / "by passphrase" / path.name, WORDS, writing=False) as reading:
        assert canonical(dump(reading)) == state
    recovered = securing.recover(path.parent / "by recovery key" / path.name, made.lines, NEW)
    assert canonical(dump(recovered)) == state
    recovered.close()
    with pytest.raises(Fault, match="passphrase does not open"):
        open_workspace(path, NEW)
    is_whole(path, old, state)


def test_a_full_disk_keeps_nobody_from_working(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    old = key_of(path)
    state = state_of(path, old)

    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(rekeying, "write_whole", full)
        with open_workspace(path, WORDS) as workspace:
            assert workspace.file_key == old and workspace.writes
    is_whole(path, old, state)


def test_a_file_of_an_earlier_version_is_caught_up(path: Path) -> None:
    old = key_of(path)
    state = state_of(path, old)
    with Workspace.open(path, WORDS) as workspace, workspace.write() as db:
        db.exec_driver_sql("DELETE FROM meta WHERE name = ?", (clearing.UNCLEARED,))
    is_whole(path, old, state)


def test_an_erasure_stands_where_the_disk_refuses_to_clear_after_it(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    line = new_id()

    def refused(*_: object) -> None:
        raise Fault("The disk is full.")

    with Workspace.open(path, WORDS) as workspace, monkeypatch.context() as patched:
        old = workspace.file_key
        session = records(workspace, Session)[0].id
        record(
            workspace, "note", [Change("note_line", line, {"session": session, "text": "b", "place": "b0"})]
        )
        patched.setattr(clearing, "_clear_tables", refused)
        leading.erase(workspace, records=[line], cause="typed by mistake", hold_checked=True)
        assert workspace.meta(clearing.UNCLEARED) == 1
    is_whole(path, old, state_of(path, old))
