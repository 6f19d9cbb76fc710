"""What was done is said to be done when only what should have followed it failed."""

import pytest

from fieldwork.cli import main
from fieldwork.domain.faults import Fault, Stands, standing
from fieldwork.store import activity, backup, beside, keys
from fieldwork.store.workspace import Workspace
from fieldwork.work import securing
from worlds import PASSPHRASE, bare_inspection

FULL = "The disk that holds small.fieldwork is full; nothing was changed. Free some space and try again."


@pytest.fixture
def workspace(tmp_path):
    with bare_inspection(tmp_path) as made:
        yield made


@pytest.fixture
def no_log(monkeypatch):
    def full(*_):
        raise Fault(FULL)

    monkeypatch.setattr(activity, "_log", full)


def test_a_passphrase_whose_line_in_the_log_is_missing_is_changed_all_the_same(workspace, no_log):
    with pytest.raises(Stands) as told:
        securing.change_passphrase(workspace, "seven loud geese in fog", now=PASSPHRASE)
    assert str(told.value) == (
        "The passphrase is changed. It stands, and need not be done again; only its line in this laptop's log is "
        "missing. The disk that holds small.fieldwork is full."
    )
    assert told.value.code == 1
    keys.unwrap(beside.read_envelope(workspace.path), "seven loud geese in fog", "it")


def test_a_recovery_key_that_holds_keeps_its_page(workspace, no_log, tmp_path):
    page = tmp_path / "key.pdf"
    with pytest.raises(Stands, match=r"recovery key is written to .*key\.pdf"):
        securing.make_recovery_key(workspace, page, PASSPHRASE)
    assert page.exists() and workspace.recoverable


def test_a_name_the_disk_does_not_confirm(workspace, tmp_path, monkeypatch):
    def failing(_):
        raise OSError(5, "Input/output error")

    monkeypatch.setattr(beside, "sync_folder", failing)
    with pytest.raises(Stands, match="is in place and opens it"):
        workspace.change_passphrase("seven loud geese in fog")
    keys.unwrap(beside.read_envelope(workspace.path), "seven loud geese in fog", "it")
    monkeypatch.setattr(backup, "sync_folder", failing)
    with pytest.raises(Stands, match="is written and was checked"):
        backup.back_up(workspace, tmp_path / "out.fieldwork-backup")
    assert backup.read_backup(tmp_path / "out.fieldwork-backup")


def test_a_refusal_before_that_point_is_a_refusal(workspace, monkeypatch):
    def failing(*_, **__):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(beside, "write_whole", failing)
    with pytest.raises(Fault, match="what opened it before still does") as told:
        workspace.change_passphrase("seven loud geese in fog")
    assert not isinstance(told.value, Stands)
    keys.unwrap(beside.read_envelope(workspace.path), PASSPHRASE, "it")


def test_at_the_command_line_it_is_one_sentence_and_exit_code_1(tmp_path, no_log, monkeypatch, capsys):
    bare_inspection(tmp_path).close()
    monkeypatch.setenv("FIELDWORK_PASSPHRASE", PASSPHRASE)
    path, to = tmp_path / "small.fieldwork", tmp_path / "out.fieldpackage"
    assert main(["share", str(path), "--to", str(to)]) == 1
    said = capsys.readouterr().err
    assert said.startswith("fieldwork: The package out.fieldpackage is written. It stands") and to.exists()
    assert "nothing was changed" not in said
    Workspace.open(path, PASSPHRASE).close()


def test_what_says_so_already_is_not_wrapped_again():
    with pytest.raises(Stands, match=r"^inner$"), standing("Outer.", "something"):
        raise Stands("inner")
