"""The recovery key: four lines on paper that open the file, once the passphrase is forgotten."""

import os
import random
import signal
import time
from pathlib import Path

import msgspec
import pypdfium2
import pytest

import laptops
from fieldwork.cli import main
from fieldwork.domain.faults import Fault
from fieldwork.exchange import joining
from fieldwork.store import backup as backups
from fieldwork.store import keys, recovery
from fieldwork.store.beside import home, rewrap
from fieldwork.store.workspace import Workspace
from fieldwork.work.inspections import new_inspection

WORDS, NEW = "eleven quiet herons over mud", "nine loud geese upon sand"


@pytest.fixture(autouse=True)
def own_home(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FIELDWORK_HOME", str(tmp_path_factory.mktemp("home")))
    monkeypatch.setenv("FIELDWORK_KDF_MEMORY", "65536")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "joint.fieldwork"
    Workspace.create(path, WORDS, laptops._found).close()
    return path


def with_key(path: Path, words: str = WORDS) -> str:
    """Make a recovery key; returns its lines."""
    lines, recipient = recovery.new_key()
    with Workspace.open(path, words) as workspace:
        workspace.set_recovery(words, recipient)
        assert workspace.recoverable
    return lines


def opens(path: Path, words: str) -> bool:
    try:
        Workspace.open(path, words).close()
    except Fault as fault:
        assert "passphrase does not open" in str(fault)
        return False
    return True


def test_the_lines_say_the_key_and_how_it_is_typed_does_not_matter() -> None:
    lines, recipient = recovery.new_key()
    identity = recovery.identity_of(lines)
    import pyrage

    assert str(pyrage.x25519.Identity.from_str(identity).to_public()) == recipient
    loose = lines.lower().replace("0", "o").replace("1", "l").replace(" ", "-")
    assert recovery.identity_of(loose) == identity
    assert recovery.identity_of(f"# a note\r\n\r\n{lines}\r\n") == identity
    assert recovery.identity_of(lines.replace("\n", " ")) == identity


def test_a_slip_is_named_by_its_line() -> None:
    lines = recovery.new_key()[0].splitlines()
    letters, missed = "0123456789ABCDEFGHJKMNPQRSTVWXYZ", 0
    for number in range(4):
        for at in (0, 4, 7, 13):
            for other in letters:
                if other != lines[number][at] and lines[number][at] != " ":
                    slipped = list(lines)
                    slipped[number] = lines[number][:at] + other + lines[number][at + 1 :]
                    missed += not recovery.line_fault(number, slipped[number])
    assert missed <= 3  # of 496, where one in 1,024 slips by and is met by the comparison of keys
    with pytest.raises(Fault, match="Line 2 has 14 characters instead of 15"):
        recovery.identity_of("\n".join([lines[0], lines[1][:-1], *lines[2:]]))
    with pytest.raises(Fault, match="Line 1 has a slip"):
        recovery.identity_of("\n".join([lines[1], lines[0], *lines[2:]]))  # two lines changed places
    with pytest.raises(Fault, match="there are 3 here"):
        recovery.identity_of("\n".join(lines[:3]))


def test_it_opens_the_file_and_sets_a_new_passphrase(path: Path) -> None:
    before = path.read_bytes()
    lines = with_key(path)
    key = recovery.unwrap(keys.envelope_path(path).read_bytes(), lines, path.name)
    with Workspace.open_with_key(path, key) as workspace:
        workspace.change_passphrase(NEW)
    assert path.read_bytes() == before
    assert opens(path, NEW) and not opens(path, WORDS)
    assert recovery.unwrap(keys.envelope_path(path).read_bytes(), lines, path.name) == key


def test_the_secret_half_is_kept_nowhere(path: Path) -> None:
    lines = with_key(path)
    secret = recovery.identity_of(lines)
    kept = [path.read_bytes(), *(p.read_bytes() for p in home().rglob("*") if p.is_file())]
    kept += [p.read_bytes() for p in path.parent.iterdir() if p.is_file()]
    with Workspace.open(path, WORDS) as workspace:
        kept.append(" ".join(map(str, _everything(workspace))).encode())
    for data in kept:
        assert secret.encode() not in data and lines.splitlines()[0].encode() not in data


def _everything(workspace: Workspace) -> list[object]:
    with workspace.read() as db:
        return [
            db.exec_driver_sql("SELECT * FROM meta").fetchall(),
            db.exec_driver_sql("SELECT * FROM activity").fetchall(),
        ]


def test_a_newer_key_ends_the_older(path: Path) -> None:
    old, new = with_key(path), with_key(path)
    envelope = keys.envelope_path(path).read_bytes()
    recovery.unwrap(envelope, new, path.name)
    with pytest.raises(Fault, match="newer one has taken its place"):
        recovery.unwrap(envelope, old, path.name)


def test_a_wrong_passphrase_makes_no_key(path: Path) -> None:
    with Workspace.open(path, WORDS) as workspace, pytest.raises(Fault, match="passphrase does not open"):
        workspace.set_recovery(NEW, recovery.new_key()[1])
    assert opens(path, WORDS)


def test_no_key_was_made(path: Path) -> None:
    with pytest.raises(Fault, match="No recovery key was made"):
        recovery.unwrap(keys.envelope_path(path).read_bytes(), recovery.new_key()[0], path.name)


def test_what_stands_in_the_envelope_cannot_be_altered(path: Path) -> None:
    """Taken out, put in the place of another or asked for less: neither key opens what was altered."""
    lines = with_key(path)
    good = keys.envelope_path(path).read_bytes()
    length = int.from_bytes(good[6:8], "big")
    head, sealed = msgspec.msgpack.decode(good[8 : 8 + length]), good[8 + length :]

    def remade(magic: bytes, parts: list[object]) -> bytes:
        packed = msgspec.msgpack.encode(parts)
        return magic + len(packed).to_bytes(2, "big") + packed + sealed

    assert remade(b"FWKEY2", head) == good
    mine = recovery.wrap_for(keys.new_file_key(), recovery.new_key()[1])
    altered = [
        remade(b"FWKEY1", head[:6]),  # as if there were no recovery key
        remade(b"FWKEY2", [65536, 1, *head[2:]]),
        remade(b"FWKEY2", [*head[:6], mine.recipient, mine.sealed, mine.mac]),
    ]
    for envelope in altered:
        with pytest.raises(Fault):
            keys.unwrap(envelope, WORDS, path.name)
    for at in range(8, len(good), 61):
        flipped = good[:at] + bytes([good[at] ^ 1]) + good[at + 1 :]
        with pytest.raises(Fault):
            keys.unwrap(flipped, WORDS, path.name)
    file_key = keys.unwrap(good, WORDS, path.name)
    assert recovery.kept(good, file_key) is not None
    assert recovery.kept(altered[2], file_key) is None  # a new passphrase does not carry a stranger's wrap on
    with pytest.raises(Fault, match="does not open"):
        recovery.unwrap(altered[2], lines, path.name)


def test_an_envelope_without_one_is_as_it_was(path: Path) -> None:
    assert keys.envelope_path(path).read_bytes().startswith(b"FWKEY1")


def test_a_backup_comes_back_with_it(path: Path, tmp_path: Path) -> None:
    lines = with_key(path)
    with Workspace.open(path, WORDS) as workspace:
        backup = backups.back_up(workspace, tmp_path)
    joining.restore(backup, tmp_path / "back.fieldwork", NEW, recovery_key=lines).close()
    assert opens(tmp_path / "back.fieldwork", NEW) and not opens(tmp_path / "back.fieldwork", WORDS)
    assert recovery.unwrap(keys.envelope_path(tmp_path / "back.fieldwork").read_bytes(), lines, "back")


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs a process to kill: run on Linux or macOS")
def test_killed_while_it_is_changed_one_passphrase_opens(path: Path) -> None:
    lines = with_key(path)
    before = path.read_bytes()
    chance = random.Random(20261122)
    key = recovery.unwrap(keys.envelope_path(path).read_bytes(), lines, path.name)
    kept = recovery.kept(keys.envelope_path(path).read_bytes(), key)
    pair = [keys.wrap(key, words, recovery=kept) for words in (NEW, WORDS)]
    for _ in range(4):
        child = os.fork()
        if child == 0:
            while True:
                for envelope in pair:
                    rewrap(path, envelope)
        time.sleep(0.05 + chance.random() * 0.1)
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        assert [opens(path, WORDS), opens(path, NEW)].count(True) == 1
        copies = list((home() / "keys").glob("[!.]*"))
        assert all(copy.read_bytes()[:6] == b"FWKEY2" for copy in copies)
        assert recovery.unwrap(keys.envelope_path(path).read_bytes(), lines, path.name)
    assert path.read_bytes() == before


def test_by_the_command_line(tmp_path: Path, monkeypatch, capsys) -> None:
    from pdf_gate import check_pdf

    path = tmp_path / "joint.fieldwork"
    new_inspection(path, WORDS, title="Joint", lead="HMCPSI", partner="HMICFRS").close()
    monkeypatch.setenv("FIELDWORK_PASSPHRASE", WORDS)
    sheet = tmp_path / "key.pdf"
    assert main(["recovery", str(path), "--to", str(sheet)]) == 0
    check_pdf(sheet)
    with pypdfium2.PdfDocument(sheet) as pdf:
        assert len(pdf) == 1
        page = pdf[0]
        words = page.get_textpage()
        text = words.get_text_range()
        words.close()
        page.close()
    printed = [line[3:] for line in text.splitlines() if line[:2] in ("1.", "2.", "3.", "4.")][:4]
    (tmp_path / "typed").write_text("\n".join(printed), "utf-8")
    (tmp_path / "new").write_text(NEW, "utf-8")
    assert "OFFICIAL-SENSITIVE" in text and "joint.fieldwork" in text
    call = ["passphrase", str(path), "--recovery-key-file", str(tmp_path / "typed")]
    assert main([*call, "--new-passphrase-file", str(tmp_path / "new")]) == 0
    assert opens(path, NEW) and not opens(path, WORDS)
    (tmp_path / "typed").write_text("\n".join([printed[0], printed[1][::-1], *printed[2:]]), "utf-8")
    capsys.readouterr()
    assert main([*call, "--new-passphrase-file", str(tmp_path / "new"), "--json"]) == 2
    assert "Line 2" in capsys.readouterr().out
    assert main(["recovery", str(path), "--to", str(tmp_path / "other.pdf")]) == 2  # not the passphrase now
    assert not (tmp_path / "other.pdf").exists()
    weak = tmp_path / "weak"
    weak.write_text("password1234", "utf-8")
    monkeypatch.setenv("FIELDWORK_PASSPHRASE", NEW)
    capsys.readouterr()
    assert main(["passphrase", str(path), "--new-passphrase-file", str(weak)]) == 0
    assert "weak" in capsys.readouterr().err
