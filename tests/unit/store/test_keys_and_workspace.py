"""Opening and closing the encrypted file: keys, and every way in which it can go wrong."""

import os
import sqlite3
import stat
import subprocess
import sys
import textwrap
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

import laptops
from fieldwork.domain.faults import Fault
from fieldwork.store import keys, migrations, workspace
from fieldwork.store.backup import back_up
from fieldwork.store.beside import home
from fieldwork.store.drafts import Drafts
from fieldwork.store.outgoing import write_out
from fieldwork.store.recording import Change, record
from fieldwork.store.workspace import Workspace, raw

WORDS = "eleven quiet herons over mud"


@pytest.fixture(autouse=True)
def own_home(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FIELDWORK_HOME", str(tmp_path_factory.mktemp("home")))
    monkeypatch.setenv("FIELDWORK_KDF_MEMORY", "65536")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A workspace file with one laptop in it, closed."""
    path = tmp_path / "joint.fieldwork"
    Workspace.create(path, WORDS, laptops._found).close()
    return path


@pytest.fixture
def opened(path: Path) -> Iterator[Workspace]:
    with Workspace.open(path, WORDS) as workspace:
        yield workspace


def refused(path: Path, words: str = WORDS, **more: bool) -> str:
    with pytest.raises(Fault) as caught:
        Workspace.open(path, words, **more).close()
    sentence = str(caught.value)
    assert sentence.endswith(".") and "\n" not in sentence
    return sentence


# -- keys


def test_the_passphrase_opens_and_another_does_not() -> None:
    key = keys.new_file_key()
    envelope = keys.wrap(key, WORDS)
    assert keys.unwrap(envelope, WORDS, "x") == key
    with pytest.raises(Fault, match="passphrase does not open"):
        keys.unwrap(envelope, WORDS.upper(), "x")


def _envelope(memory: int, passes: int, like: bytes) -> bytes:
    length = int.from_bytes(like[6:8], "big")
    head = msgspec.msgpack.decode(like[8 : 8 + length])
    packed = msgspec.msgpack.encode([memory, passes, *head[2:]])
    return like[:6] + len(packed).to_bytes(2, "big") + packed + like[8 + length :]


def test_weaker_parameters_cannot_be_slipped_in() -> None:
    envelope = keys.wrap(keys.new_file_key(), WORDS)
    assert _envelope(65536, 2, envelope) == envelope
    for memory, passes in ((8, 2), (65535, 2), (65536, 0), (65536, 1), (65537, 2), (1 << 40, 2)):
        with pytest.raises(Fault):
            keys.unwrap(_envelope(memory, passes, envelope), WORDS, "x")


@pytest.mark.parametrize(("memory", "passes"), [((1 << 20) + 1, 2), (65536, 17), (4 << 20, 64)])
def test_what_would_stop_a_laptop_is_not_tried(memory: int, passes: int) -> None:
    envelope = keys.wrap(keys.new_file_key(), WORDS)
    with pytest.raises(Fault, match="asks for more memory or time"):
        keys.unwrap(_envelope(memory, passes, envelope), WORDS, "x")


def test_less_than_the_least_memory_is_never_written(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FIELDWORK_KDF_MEMORY", "8")
    assert _envelope(65536, 2, envelope := keys.wrap(keys.new_file_key(), WORDS)) == envelope


def test_a_damaged_envelope_is_refused() -> None:
    envelope = keys.wrap(keys.new_file_key(), WORDS)
    for data in (b"", b"FWKEY1", envelope[:20], b"x" * 100, envelope[:8] + b"\xc1" + envelope[9:]):
        with pytest.raises(Fault):
            keys.unwrap(data, WORDS, "x")


def test_a_new_passphrase_rewraps_and_leaves_the_data_alone(path: Path) -> None:
    before = path.read_bytes()
    with Workspace.open(path, WORDS) as workspace:
        workspace.change_passphrase("another one altogether")
    assert path.read_bytes() == before
    assert "passphrase does not open" in refused(path)
    Workspace.open(path, "another one altogether").close()
    with Workspace.open(path, "another one altogether") as workspace, pytest.raises(Fault):
        workspace.change_passphrase("")


def test_the_key_file_is_found_again_on_this_laptop(path: Path) -> None:
    keys.envelope_path(path).unlink()
    Workspace.open(path, WORDS).close()
    for copy in (home() / "keys").iterdir():
        copy.unlink()
    assert "key file" in refused(path)


def test_the_old_passphrase_does_not_live_on_in_the_copy(path: Path) -> None:
    with Workspace.open(path, WORDS) as workspace:
        workspace.change_passphrase("another one altogether")
    keys.envelope_path(path).unlink()
    assert "passphrase does not open" in refused(path)


# -- opening


def test_missing(tmp_path: Path) -> None:
    assert "is not there" in refused(tmp_path / "none.fieldwork")


def test_not_a_workspace(path: Path, tmp_path: Path) -> None:
    other = tmp_path / "text.fieldwork"
    other.write_text("not a database at all, only some words " * 100)
    assert "not a Fieldwork workspace" in refused(other)
    keys.envelope_path(other).write_bytes(keys.envelope_path(path).read_bytes())
    assert "not a Fieldwork workspace" in refused(other)


def test_nothing_readable_is_in_the_file(path: Path) -> None:
    with Workspace.open(path, WORDS) as workspace:
        record(workspace, "plan", [Change("visit", b"v" * 16, {"title": "Leicestershire"})])
        data = b"".join(file.read_bytes() for file in path.parent.iterdir())
    assert b"Leicestershire" not in data and b"SQLite format" not in data
    with pytest.raises(sqlite3.DatabaseError):
        sqlite3.connect(path).execute("SELECT * FROM sqlite_schema")


def test_a_newer_version_is_refused_and_left_alone(path: Path) -> None:
    with Workspace.open(path, WORDS) as workspace, workspace.write() as db:
        raw(db).execute(f"PRAGMA user_version = {migrations.CURRENT + 1}")
    before = path.read_bytes()
    assert "newer Fieldwork" in refused(path)
    assert "newer Fieldwork" in refused(path, writing=False)
    assert path.read_bytes() == before


def test_one_writer_and_readers_beside_it(path: Path, opened: Workspace) -> None:
    assert "open in another Fieldwork" in refused(path)
    with Workspace.open(path, WORDS, writing=False) as reader:
        assert reader.inspection == opened.inspection
        with pytest.raises(Fault, match="reading only"), reader.write():
            pass


def test_a_damaged_page_is_a_sentence(path: Path) -> None:
    data = bytearray(path.read_bytes())
    for at in (100, 4096 + 50, len(data) - 40):
        broken = path.with_name("broken.fieldwork")
        flipped = bytearray(data)
        flipped[at] ^= 1
        broken.write_bytes(flipped)
        keys.envelope_path(broken).write_bytes(keys.envelope_path(path).read_bytes())
        try:
            with Workspace.open(broken, WORDS) as workspace:
                from fieldwork.store.verifying import verify

                assert verify(workspace)
        except Fault as fault:
            assert "damaged" in str(fault) and str(fault).endswith(".")
        for leftover in path.parent.glob("broken*"):
            leftover.unlink()


def test_a_folder_that_cannot_be_written(tmp_path: Path) -> None:
    if os.name != "posix":
        pytest.skip("folder rights are told by POSIX modes here")
    folder = tmp_path / "closed"
    folder.mkdir()
    folder.chmod(stat.S_IRUSR | stat.S_IXUSR)
    if os.geteuid() == 0:
        pytest.skip("root may write every folder, so rights cannot be tested as root")
    with pytest.raises(Fault, match="rights"):
        Workspace.create(folder / "x.fieldwork", WORDS, laptops._found)
    assert list(folder.iterdir()) == []


@pytest.mark.skipif(
    os.name != "posix", reason="whose a file is is told by POSIX modes here; run it on Linux or macOS"
)
def test_what_holds_keys_or_evidence_is_its_owners_alone_from_the_first_moment(tmp_path: Path) -> None:
    path, seen = tmp_path / "joint.fieldwork", set()

    def look(workspace: Workspace) -> None:
        laptops._found(workspace)
        seen.update((one.name, stat.S_IMODE(one.stat().st_mode)) for one in tmp_path.iterdir())

    before = os.umask(0)
    try:
        with Workspace.create(path, WORDS, look) as workspace:
            drafts = Drafts(workspace)
            drafts.keep(bytes(16), "note_line", {"text": "typed"})
            back_up(workspace, tmp_path / "joint.fieldwork-backup")
            workspace.change_passphrase("another nine slow oxen")
            drafts.close()
        write_out(tmp_path / "code", b"ABCD", "code file", secret=True)
    finally:
        os.umask(before)
    found = {one.name: stat.S_IMODE(one.stat().st_mode) for one in tmp_path.iterdir()}
    found |= {"keys": stat.S_IMODE((home() / "keys").stat().st_mode)}
    found |= {one.name: stat.S_IMODE(one.stat().st_mode) for one in (home() / "keys").iterdir()}
    assert len(found) >= 7
    wrong = {name: oct(mode) for name, mode in [*found.items(), *seen] if mode & 0o077}
    assert {name for name in wrong if not name.endswith("-lock")} == set()


def test_creation_refuses_what_cannot_be(path: Path, tmp_path: Path) -> None:
    for where, words in (
        (path, WORDS),
        (tmp_path / "a.fieldwork", ""),
        (tmp_path / "no" / "a.fieldwork", WORDS),
    ):
        with pytest.raises(Fault):
            Workspace.create(where, words, laptops._found)


def test_a_failed_creation_leaves_nothing_behind(tmp_path: Path) -> None:
    def fail(workspace: Workspace) -> None:
        laptops._found(workspace)
        raise OSError(28, "No space left on device")

    with pytest.raises(Fault, match="No space left"):
        Workspace.create(tmp_path / "new.fieldwork", WORDS, fail)
    assert list(tmp_path.iterdir()) == []
    assert list((home() / "keys").glob("*")) == []
    Workspace.create(tmp_path / "new.fieldwork", WORDS, laptops._found).close()


def test_a_killed_creation_leaves_nothing_under_the_name(tmp_path: Path) -> None:
    """Half an inspection would open, nameless, and stand in the way of making it again."""
    program = f"""
        import os, laptops
        from pathlib import Path
        from fieldwork.store.workspace import Workspace
        def fill(workspace):
            laptops._found(workspace)
            os._exit(9)
        Workspace.create(Path({str(tmp_path / "new.fieldwork")!r}), {WORDS!r}, fill)
    """
    folder = Path(laptops.__file__).parent
    done = subprocess.run([sys.executable, "-c", textwrap.dedent(program)], cwd=folder, check=False)
    assert done.returncode == 9
    assert [file.name for file in tmp_path.iterdir() if file.name.startswith("new.fieldwork")] in (
        [],
        ["new.fieldwork-lock"],
    )
    with Workspace.create(tmp_path / "new.fieldwork", WORDS, laptops._found) as workspace:
        assert workspace.identity.label == "laptop 0"
    assert not [file.name for file in tmp_path.iterdir() if "part" in file.name]


@pytest.mark.parametrize("name", ["new.drafts", "new.fieldwork-wal"])
def test_what_an_earlier_workspace_left_is_not_touched(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_bytes(b"typed before")
    with pytest.raises(Fault, match="earlier workspace"):
        Workspace.create(tmp_path / "new.fieldwork", WORDS, laptops._found)
    assert [(file.name, file.read_bytes()) for file in tmp_path.iterdir()] == [(name, b"typed before")]


def test_a_write_that_fails_never_happened(opened: Workspace) -> None:
    with pytest.raises(RuntimeError), opened.write() as db:
        db.exec_driver_sql("INSERT INTO meta (name, value) VALUES ('x', 1)")
        raise RuntimeError
    assert opened.meta("x") is None


# -- migrations


def test_a_step_that_fails_changes_nothing(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def step(db) -> None:  # type: ignore[no-untyped-def]
        db.exec_driver_sql("CREATE TABLE half (x)")
        raise RuntimeError("in the middle")

    monkeypatch.setattr(migrations, "STEPS", {**migrations.STEPS, migrations.CURRENT + 1: step})
    monkeypatch.setattr(migrations, "CURRENT", migrations.CURRENT + 1)
    with pytest.raises(RuntimeError):
        Workspace.open(path, WORDS)
    monkeypatch.undo()
    with Workspace.open(path, WORDS, writing=False) as workspace, workspace.read() as db:
        assert migrations.version_of(db) == migrations.CURRENT
        assert raw(db).execute("SELECT 1 FROM sqlite_schema WHERE name = 'half'").fetchone() is None


def test_a_step_is_taken_once_and_only_when_writing(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def step(db) -> None:  # type: ignore[no-untyped-def]
        db.exec_driver_sql("CREATE TABLE further (x)")

    monkeypatch.setattr(migrations, "STEPS", {**migrations.STEPS, migrations.CURRENT + 1: step})
    monkeypatch.setattr(migrations, "CURRENT", migrations.CURRENT + 1)
    assert "older version" in refused(path, writing=False)
    for _ in range(2):
        with Workspace.open(path, WORDS) as workspace, workspace.read() as db:
            assert migrations.version_of(db) == migrations.CURRENT


def test_an_emptied_file_is_no_new_workspace(path: Path) -> None:
    """The library takes an empty file for a new one; here it is evidence that was lost."""
    path.write_bytes(b"")
    with pytest.raises(Fault, match="is empty"):
        Workspace.open(path, WORDS)
    assert path.read_bytes() == b""


def test_of_two_that_are_made_at_once_under_one_name_neither_is_lost(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The second had seen the name free, and gets the lock when the first is done."""
    path, locked, others = tmp_path / "joint.fieldwork", workspace._locked, ["one"]

    def late(wanted: Path) -> object:
        if others and wanted == path:
            others.pop()
            Workspace.create(path, WORDS, laptops._found).close()
        return locked(wanted)

    monkeypatch.setattr(workspace, "_locked", late)
    with pytest.raises(Fault, match="exists already"):
        Workspace.create(path, "another passphrase altogether", laptops._found)
    Workspace.open(path, WORDS).close()
