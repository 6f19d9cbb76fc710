"""Workspaces made by every version so far open, verify, and say what they said."""

import shutil
import sys
from pathlib import Path

import pytest

from fieldwork.domain.records import NoteLine, Session
from fieldwork.store import migrations
from fieldwork.store.keys import envelope_path
from fieldwork.store.reading import records, search
from fieldwork.store.verifying import verify
from fieldwork.store.workspace import Workspace

SAMPLES = Path(__file__).resolve().parents[2] / "samples"
sys.path.insert(0, str(SAMPLES))
from make_sample import PASSPHRASE  # noqa: E402


@pytest.mark.parametrize("version", range(1, migrations.CURRENT + 1))
def test_a_workspace_of_an_earlier_version(version: int, tmp_path: Path) -> None:
    path = tmp_path / "sample.fieldwork"
    shutil.copy(SAMPLES / f"version{version}.fieldwork", path)
    shutil.copy(envelope_path(SAMPLES / f"version{version}.fieldwork"), envelope_path(path))
    with Workspace.open(path, PASSPHRASE) as workspace:
        assert verify(workspace) == []
        assert [session.title for session in records(workspace, Session)] == ["Disclosure lead"]
        assert [line.text for line in records(workspace, NoteLine)] == ["Schedules come late"]
        assert len(search(workspace, "schedule")) == 1
        with workspace.read() as db:
            assert migrations.version_of(db) == migrations.CURRENT
