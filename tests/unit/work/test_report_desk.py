"""What a report can be about, and writing it without replacing what is wanted."""

import pytest

from fieldwork.domain.faults import Fault
from fieldwork.work import report_desk
from worlds import small_inspection


@pytest.fixture
def workspace(tmp_path, monkeypatch):
    monkeypatch.setenv("FIELDWORK_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("FIELDWORK_KDF_MEMORY", "65536")
    with small_inspection(tmp_path) as made:
        yield made


def test_only_what_was_held_or_begun_can_be_reported_on(workspace):
    assert [one.title for one in report_desk.subjects(workspace, "visit")] == [
        "Leicestershire with CPS East Midlands"
    ]
    sessions = report_desk.subjects(workspace, "session")
    assert [(one.title, one.day) for one in sessions] == [
        ("Focus group, response constables", "2026-11-24"),
        ("Inspector, file quality team", "2026-11-24"),
    ]
    assert [(one.title, one.sub) for one in report_desk.subjects(workspace, "file")] == [
        ("File A-V-001", "Volume crime, charged, not finished")
    ]
    assert report_desk.subjects(workspace, "") == []


def test_a_file_that_is_there_stays_until_replacing_is_asked_for(workspace, tmp_path):
    there = tmp_path / "results.csv"
    there.write_text("mine")
    with pytest.raises(report_desk.TakenFault, match="is there already"):
        report_desk.export(workspace, "results", there)
    assert there.read_text() == "mine"
    assert report_desk.export(workspace, "results", there, replace=True).paths == (there,)
    assert there.read_text(encoding="utf-8-sig") != "mine"


def test_a_folder_that_is_not_there_is_a_fault(workspace, tmp_path):
    with pytest.raises(Fault, match="There is no folder"):
        report_desk.export(workspace, "results", tmp_path / "none" / "results.csv")
