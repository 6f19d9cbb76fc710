"""A backup comes back whole or not at all, and a restore that was cut off can be done again."""

import os
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

import laptops
from fieldwork.domain.faults import Fault
from fieldwork.domain.records import Device
from fieldwork.exchange import joining
from fieldwork.store import backup as backups
from fieldwork.store import history, recording
from fieldwork.store.keys import envelope_path
from fieldwork.store.reading import records
from fieldwork.store.recording import Change, record
from fieldwork.store.verifying import verify
from fieldwork.store.workspace import Workspace
from fieldwork.work.done import laptop_name

WORDS = "eleven quiet herons over mud"
VISIT = b"visit-0000000000"


@pytest.fixture(autouse=True)
def own_home(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FIELDWORK_HOME", str(tmp_path_factory.mktemp("home")))
    monkeypatch.setenv("FIELDWORK_KDF_MEMORY", "65536")


@pytest.fixture
def backup(tmp_path: Path) -> Path:
    folder = tmp_path / "before"
    folder.mkdir()
    with Workspace.create(folder / "joint.fieldwork", WORDS, laptops._found) as workspace:
        record(workspace, "plan", [Change("visit", VISIT, {"title": "north"})])
        return backups.back_up(workspace, tmp_path / "joint.fieldwork-backup")


def restored(backup: Path, path: Path) -> None:
    with joining.restore(backup, path, WORDS) as workspace:
        assert workspace.identity.label == "laptop 0 (restored)"
        assert [step.after for step in history.history(workspace, VISIT)] == ["north"]
        assert len(records(workspace, Device)) == 2
        record(workspace, "plan", [Change("visit", VISIT, {"title": "south"})])
        assert verify(workspace) == []
    with Workspace.open(path, WORDS) as workspace:
        assert workspace.identity.label == "laptop 0 (restored)"


def test_a_long_name_stays_a_name_however_often_it_is_restored(tmp_path: Path) -> None:
    long = "HMICFRS laptop of the lead inspector in the second hotel 17"
    with Workspace.create(tmp_path / "first.fieldwork", WORDS, laptops._found) as workspace:
        record(workspace, "admit", [Change("device", workspace.device, {"label": long})])
        kept = backups.back_up(workspace, tmp_path / "first.fieldwork-backup")
    for name in ("second", "third"):
        with joining.restore(kept, tmp_path / f"{name}.fieldwork", WORDS) as workspace:
            label = workspace.identity.label
            assert laptop_name(label) == label and label.endswith("(restored)")
            assert label.startswith("HMICFRS laptop of the lead inspector")
            kept = backups.back_up(workspace, tmp_path / f"{name}.fieldwork-backup")


def test_restored_under_a_new_name(backup: Path, tmp_path: Path) -> None:
    folder = tmp_path / "after"
    folder.mkdir()
    restored(backup, folder / "back.fieldwork")
    assert {file.name for file in folder.iterdir()} <= {
        "back.fieldwork",
        "back.fieldwork-key",
        "back.fieldwork-lock",
    }
    with pytest.raises(Fault, match="exists already"):
        joining.restore(backup, folder / "back.fieldwork", WORDS)


@pytest.mark.parametrize("place", ["take_effect", "_sign_tip"])
def test_what_fails_leaves_nothing(
    backup: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, place: str
) -> None:
    folder = tmp_path / "after"
    folder.mkdir()

    def fail(*_: object) -> None:
        raise Fault("The disk is full.")

    with monkeypatch.context() as patched:
        patched.setattr(recording, place, fail)
        with pytest.raises(Fault, match="disk is full"):
            joining.restore(backup, folder / "back.fieldwork", WORDS)
    assert list(folder.iterdir()) == []
    restored(backup, folder / "back.fieldwork")


@pytest.mark.parametrize(
    "last", ["backup.copy_database", "recording.take_effect", "backup.write_envelope", "backup.sync_folder"]
)
def test_killed_anywhere_it_can_be_restored_again(backup: Path, tmp_path: Path, last: str) -> None:
    """The restoring program dies just after (or, while recording, inside) one of its steps."""
    path = tmp_path / "after" / "back.fieldwork"
    path.parent.mkdir()
    module, name = last.split(".")
    program = f"""
        import os
        from pathlib import Path
        from fieldwork.exchange import joining
        from fieldwork.store import {module}
        done = {module}.{name}
        def last(*args):
            done(*args)
            os._exit(9)
        {module}.{name} = last
        joining.restore(Path({str(backup)!r}), Path({str(path)!r}), {WORDS!r})
    """
    found = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(program)], env=dict(os.environ), check=False
    )
    assert found.returncode == 9
    if last == "backup.sync_folder":
        with Workspace.open(path, WORDS) as workspace:
            assert workspace.identity.label == "laptop 0 (restored)" and verify(workspace) == []
    else:
        assert not path.exists()
        restored(backup, path)


def test_another_key_file_is_not_overwritten(backup: Path, tmp_path: Path) -> None:
    path = tmp_path / "other.fieldwork"
    envelope_path(path).write_bytes(b"of a file that was moved away")
    with pytest.raises(Fault, match="exists already"):
        joining.restore(backup, path, WORDS)
    assert envelope_path(path).read_bytes() == b"of a file that was moved away"
