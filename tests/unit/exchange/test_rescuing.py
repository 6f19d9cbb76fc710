"""A damaged workspace: set aside whole, the newest good backup back, and on it all that can still be read."""

import shutil
from pathlib import Path

import pytest
import sqlcipher3.dbapi2 as sqlcipher

import laptops
from fieldwork.cli import main
from fieldwork.domain.faults import Fault
from fieldwork.domain.records import NoteLine
from fieldwork.exchange import erasing, joining, rescuing, sharing
from fieldwork.store import backup, keeping, salvage
from fieldwork.store.connection import connect
from fieldwork.store.drafts import Drafts
from fieldwork.store.reading import dump, records
from fieldwork.store.recording import Change, record
from fieldwork.store.verifying import verify
from fieldwork.store.workspace import Workspace

WORDS = "eleven quiet herons over mud"
PAGE = 4096


@pytest.fixture(autouse=True)
def own_home(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FIELDWORK_HOME", str(tmp_path_factory.mktemp("home")))
    monkeypatch.setenv("FIELDWORK_KDF_MEMORY", "65536")
    monkeypatch.setenv("FIELDWORK_PASSPHRASE", WORDS)


def write(workspace: Workspace, first: int, last: int) -> None:
    for number in range(first, last):
        text = f"line {number} " + "as it was said in the room " * 12
        record(workspace, "write", [Change("note_line", b"line%012d" % number, {"text": text})])


def lines(path: Path) -> set[int]:
    with Workspace.open(path, WORDS) as workspace:
        assert verify(workspace) == []
        records = [r for r in dump(workspace)["records"] if r["kind"] == "note_line"]
    return {int(bytes.fromhex(r["id"])[4:]) for r in records if r["fields"].get("text")}


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """40 lines, a backup, 40 more lines and a draft."""
    path = tmp_path / "joint.fieldwork"
    with Workspace.create(path, WORDS, laptops._found) as workspace:
        write(workspace, 0, 40)
        keeping.keep(workspace, "daily")
        write(workspace, 40, 80)
        drafts = Drafts(workspace)
        drafts.keep(b"line%012d" % 99, "note_line", {"text": "half a sent"})
        drafts.close()
    return path


def newer_page(path: Path) -> int:
    """A page that holds values of newer lines, and none of the backup's: found by harming one after the other."""
    with Workspace.open(path, WORDS, writing=False) as workspace:
        key = workspace.file_key
    data, copy = path.read_bytes(), path.with_name("probe")

    def reads(query: str) -> bool:
        try:
            db = connect(copy, key)
        except Fault:
            return False
        try:
            return bool(db.execute(query).fetchall())
        except sqlcipher.DatabaseError:
            return False
        finally:
            db.close()

    for page in range(len(data) // PAGE, 1, -1):
        harmed = bytearray(data)
        harmed[(page - 1) * PAGE + 700] ^= 0x10
        copy.write_bytes(harmed)
        newer = "SELECT vals FROM payload WHERE entry BETWEEN 55 AND 65"
        if not reads(newer) and reads("SELECT vals FROM payload WHERE entry < 45"):
            break
    for part in path.parent.glob("probe*"):
        part.unlink()
    return page


def harm(path: Path, page: int) -> bytes:
    data = bytearray(path.read_bytes())
    data[(page - 1) * PAGE + 700] ^= 0x10
    path.write_bytes(data)
    return bytes(data)


def test_a_page_that_holds_newer_lines(path: Path, tmp_path: Path) -> None:
    """What the backup holds is all there; of the newer lines those whose pages are whole."""
    page = newer_page(path)
    data = harm(path, page)
    new = tmp_path / "new.fieldwork"
    done = rescuing.rescue(path, new, WORDS)
    found = lines(new)
    assert set(range(40)) <= found and 0 < done.lost < 30 and done.damaged == 1
    # of one's own, all that can be read is vouched for; what builds on a lost line waits
    assert done.unsigned == 0 and done.brought + done.lost >= 40
    assert len(found) == 40 + done.brought - done.waiting
    assert done.drafts == 1 and done.set_aside is not None
    aside = done.set_aside / path.name
    assert aside.read_bytes() == data and not path.exists()
    with Workspace.open(new, WORDS) as workspace:
        drafts = Drafts(workspace)
        assert [draft.fields["text"] for draft in drafts.all()] == ["half a sent"]
        drafts.close()
        assert workspace.identity.label == "laptop 0 (rescued)"
        write(workspace, 200, 201)


def test_what_waits_comes_with_a_colleagues_package(path: Path, tmp_path: Path) -> None:
    with Workspace.open(path, WORDS) as workspace:
        code = joining.make_pack(workspace, tmp_path / "p.fieldpack")
        second = joining.join(
            joining.open_pack(tmp_path / "p.fieldpack", code),
            tmp_path / "second.fieldwork",
            WORDS,
            device="HMICFRS 1",
            inspectorate="HMICFRS",
        )
    with second:
        shared = sharing.share(second, tmp_path / "all.fieldpackage", everything=True)
    harm(path, newer_page(path))
    done = rescuing.rescue(path, tmp_path / "new.fieldwork", WORDS)
    assert done.lost
    with Workspace.open(tmp_path / "new.fieldwork", WORDS) as workspace:
        merged = sharing.merge(workspace, [shared.path])
        assert not merged.refused
    assert lines(tmp_path / "new.fieldwork") == set(range(80))


def test_the_first_page_gone_leaves_the_backup(path: Path, tmp_path: Path) -> None:
    data = harm(path, 1)
    with pytest.raises(Fault, match="fieldwork rescue"):
        Workspace.open(path, WORDS)
    done = rescuing.rescue(path, path, WORDS)
    assert lines(path) == set(range(40))
    assert done.brought == 0 and done.drafts == 1
    assert done.set_aside is not None and (done.set_aside / path.name).read_bytes() == data


def test_without_a_backup_what_can_be_read_comes_back(path: Path, tmp_path: Path) -> None:
    for one in keeping.kept(path):
        one.path.unlink()
    harm(path, newer_page(path))
    done = rescuing.rescue(path, tmp_path / "new.fieldwork", WORDS)
    assert done.backup is None and done.before == 0 and done.lost
    found = lines(tmp_path / "new.fieldwork")
    assert len(found) >= 40 and set(range(40)) <= found


def test_what_was_erased_takes_nothing_with_it_that_came_after(path: Path, tmp_path: Path) -> None:
    shutil.rmtree(keeping.folder_of(path))
    with Workspace.open(path, WORDS) as workspace:
        erasing.ask(workspace, [b"line%012d" % 50], scope="a line", cause="a name", hold_checked=True)
        write(workspace, 80, 90)
    new = tmp_path / "new.fieldwork"
    done = rescuing.rescue(path, new, WORDS, even_so=True)
    assert (done.backup, done.lost, done.unsigned, done.waiting) == (None, 0, 0, 0)
    with Workspace.open(new, WORDS) as workspace:
        held = {line.id: line.text for line in records(workspace, NoteLine)}
        assert verify(workspace) == []
    assert held.pop(b"line%012d" % 50) == "[erased]"
    assert len(held) == 89 and all(text.startswith("line ") for text in held.values())


def test_with_neither_all_is_as_it_was(path: Path, tmp_path: Path) -> None:
    for one in keeping.kept(path):
        one.path.unlink()
    harm(path, 1)
    before = {p.name: p.read_bytes() for p in tmp_path.iterdir() if p.is_file()}
    for to in (path, tmp_path / "new.fieldwork"):
        with pytest.raises(Fault, match="new pack"):
            rescuing.rescue(path, to, WORDS)
        assert {p.name: p.read_bytes() for p in tmp_path.iterdir() if p.is_file()} == before
        assert not [p for p in tmp_path.iterdir() if ".damaged-" in p.name or p.name.startswith(".rescue")]


def test_a_backup_that_is_damaged_itself_is_passed_over(path: Path, tmp_path: Path) -> None:
    with Workspace.open(path, WORDS) as workspace:
        newer = keeping.keep(workspace, "merge")
    data = bytearray(newer.read_bytes())
    data[-1] ^= 1
    newer.write_bytes(data[: len(data) // 2])
    harm(path, 1)
    done = rescuing.rescue(path, tmp_path / "new.fieldwork", WORDS)
    assert [newer.name in why for why in done.passed_over] == [True]
    assert lines(tmp_path / "new.fieldwork") == set(range(40))


def test_a_backup_of_before_the_passphrase_changed(path: Path, tmp_path: Path) -> None:
    with Workspace.open(path, WORDS) as workspace:
        workspace.change_passphrase("nine loud geese upon sand")
    harm(path, 1)
    with pytest.raises(Fault, match="passphrase does not open"):
        rescuing.rescue(path, tmp_path / "new.fieldwork", WORDS)
    rescuing.rescue(path, tmp_path / "new.fieldwork", "nine loud geese upon sand")
    Workspace.open(tmp_path / "new.fieldwork", "nine loud geese upon sand").close()


def test_altered_content_is_never_taken(path: Path, tmp_path: Path) -> None:
    """With the key a row can be changed so that every page is sound: its hash then is another."""
    with Workspace.open(path, WORDS) as workspace, workspace.write() as db:
        db.exec_driver_sql("UPDATE payload SET vals = ? WHERE entry = 60", (b"\x91\xa3lie",))
        key = workspace.file_key
    found = salvage.salvage(path, key, tmp_path)
    assert found.lost == 1 and found.damaged == 0
    assert all(b"lie" not in str(group.values).encode() for e in found.entries for group in e.groups)


def test_an_open_window_is_in_the_way(path: Path, tmp_path: Path) -> None:
    with Workspace.open(path, WORDS), pytest.raises(Fault, match="another Fieldwork"):
        rescuing.rescue(path, tmp_path / "new.fieldwork", WORDS)


def test_by_the_command_line(path: Path, tmp_path: Path, capsys) -> None:
    harm(path, newer_page(path))
    assert main(["verify", str(path)]) in (1, 2)
    told = capsys.readouterr()
    assert "fieldwork rescue" in told.out + told.err
    assert main(["rescue", str(path), "--to", str(tmp_path / "new.fieldwork")]) == 1
    out = capsys.readouterr().out
    assert "set aside whole" in out and "cannot be read" in out
    assert main(["verify", str(tmp_path / "new.fieldwork")]) == 0
    assert backup.SUFFIX in "".join(p.name for p in keeping.folder_of(path).iterdir())


def test_words_dropped_by_an_erasure_that_is_no_longer_in_force(path: Path, tmp_path: Path) -> None:
    """Their act and those behind it are there: a later merge may bring the words back."""
    with Workspace.open(path, WORDS) as workspace:
        gone = b"line%012d" % 50
        erasing.ask(workspace, [gone], scope="a note line", cause="a name", hold_checked=True)
        key = workspace.file_key
        with workspace.write() as db:
            db.exec_driver_sql("DELETE FROM erased")
    found = salvage.salvage(path, key, tmp_path)
    assert found.lost == 0 and [entry.lacks for entry in found.entries].count(True) == 1


def test_harmed_values_are_not_taken_for_erased_ones(path: Path, tmp_path: Path) -> None:
    with Workspace.open(path, WORDS, writing=False) as workspace:
        key = workspace.file_key
    harm(path, newer_page(path))
    found = salvage.salvage(path, key, tmp_path)
    assert found.lost and not any(entry.lacks for entry in found.entries)
