"""The list of files as the window shows it, and one file opened."""

import pytest

from fieldwork.domain.records import Answer, CaseFile, Examination, TeamMember
from fieldwork.domain.values import new_id
from fieldwork.store.recording import Change, moment, record
from fieldwork.work import examining, file_queue, file_view, files, themes
from worlds import small_inspection


@pytest.fixture
def workspace(tmp_path, monkeypatch):
    monkeypatch.setenv("FIELDWORK_KDF_MEMORY", "65536")
    monkeypatch.setenv("FIELDWORK_HOME", str(tmp_path / "home"))
    workspace = small_inspection(tmp_path)
    yield workspace
    workspace.close()


def file_of(workspace, reference):
    return files.find_file(workspace, reference).id


def colleague(workspace, label="HMICFRS laptop 2", inspectorate="HMICFRS"):
    member = new_id()
    fields = {"label": label, "inspectorate": inspectorate}
    record(workspace, "x", [Change(TeamMember.kind, member, fields)])
    return member


def test_the_list_says_how_far_each_file_is(workspace):
    lines = {line.state.file.reference: line for line in file_view.list_files(workspace)}
    assert list(lines) == ["A-R-005", "A-R-006", "A-V-001", "A-V-002", "A-V-003", "A-V-004"]
    assert (lines["A-V-001"].answered, lines["A-V-001"].asked) == (1, 47)
    assert (lines["A-V-002"].answered, lines["A-V-002"].asked) == (0, 0)
    assert lines["A-V-001"].bodies == ("Leicestershire Police", "CPS East Midlands")
    assert all(line.mine and not line.examiner for line in lines.values())


def test_a_file_given_to_a_colleague_is_theirs(workspace):
    member = colleague(workspace)
    files.allocate(workspace, file=file_of(workspace, "A-V-002"), member=member)
    lines = {line.state.file.reference: line for line in file_view.list_files(workspace)}
    assert not lines["A-V-002"].mine and lines["A-V-002"].examiner == "HMICFRS laptop 2"
    assert file_queue.next_file(workspace, file_of(workspace, "A-V-001")).reference == "A-V-003"


def test_a_file_opened_knows_its_place_and_neighbours(workspace):
    view = file_view.view_file(workspace, file_of(workspace, "A-V-001"))
    assert (view.place, view.all, view.on_visit, view.stratum) == (3, 6, True, "Volume crime, charged")
    assert view.before == file_of(workspace, "A-R-006") and view.after == file_of(workspace, "A-V-002")
    assert view.moment == moment(workspace)
    first = file_view.view_file(workspace, file_of(workspace, "A-R-005"))
    assert first.before is None


def test_another_examiner_is_told_of_in_words(workspace):
    member, file = colleague(workspace), file_of(workspace, "A-V-001")
    id = examining.examination_id(file, member)
    record(
        workspace, "x", [Change(Examination.kind, id, {"case_file": file, "examiner": member, "started": 1})]
    )
    assert file_view.view_file(workspace, file).others == ("the HMICFRS examiner has begun",)
    record(workspace, "x", [Change(Examination.kind, id, {"finished": 2})])
    assert file_view.view_file(workspace, file).others == ("the HMICFRS examiner has finished",)


def test_themes_of_answers_by_question(workspace):
    file = file_of(workspace, "A-V-001")
    held = examining.open_file(workspace, file).answer("A01")
    theme = themes.find_theme(workspace, "disclosure")
    themes.tag(workspace, target=held.id, theme=theme.id, direction="concern")
    assert file_view.view_file(workspace, file).tags == {"A01": (("disclosure", "concern"),)}


def test_storing_an_answer_says_the_moment_after_it(workspace):
    stored = file_view.store_answer(
        workspace, file=file_of(workspace, "A-V-002"), question="A01", value="police_charge"
    )
    assert stored.moment == moment(workspace)
    assert set(stored.changed) == {Answer.kind, CaseFile.kind, Examination.kind}


def test_what_an_id_stands_for(workspace):
    file = file_of(workspace, "A-V-001")
    pane = examining.open_file(workspace, file)
    assert file_view.place_of(workspace, file) == (file, "")
    assert file_view.place_of(workspace, pane.answer("A01").id) == (file, "A01")
    assert file_view.place_of(workspace, pane.examination.id) == (file, "")
    assert file_view.place_of(workspace, new_id()) is None
