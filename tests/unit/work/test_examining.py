"""What is asked of a file, what keeps it open, and what an answer changes before it is written."""

import pytest

from fieldwork.domain.faults import Fault
from fieldwork.work import examining, file_view, files
from worlds import small_inspection


@pytest.fixture
def workspace(tmp_path, monkeypatch):
    monkeypatch.setenv("FIELDWORK_KDF_MEMORY", "65536")
    monkeypatch.setenv("FIELDWORK_HOME", str(tmp_path / "home"))
    workspace = small_inspection(tmp_path)
    yield workspace
    workspace.close()


def pane_of(workspace, reference="A-V-001"):
    return examining.open_file(workspace, files.find_file(workspace, reference).id)


def test_revised_is_what_the_next_reading_shows(workspace):
    before = pane_of(workspace)
    shown = examining.revised(before, "D04", value="PM", reason="Thin.")
    assert "D05" in shown.applied.asked and "D05" not in before.applied.asked
    examining.answer(workspace, file="A-V-001", question="D04", value="PM", reason="Thin.")
    held = pane_of(workspace)
    assert held.applied.asked == shown.applied.asked
    assert held.answer("D04") == shown.answer("D04")


def test_revised_words_leave_what_is_asked_alone(workspace):
    before = pane_of(workspace)
    shown = examining.revised(before, "A01", comment="Seen twice.")
    assert shown.applied is before.applied
    assert shown.answer("A01").comment == "Seen twice." and shown.answer("A01").value == "cps_charge_fct"
    assert before.answer("A01").comment == ""


def test_an_answer_whose_question_is_closed_is_dormant_and_takes_words(workspace):
    examining.answer(workspace, file="A-V-001", question="B03", value="NM", reason="Nothing seen.")
    examining.answer(workspace, file="A-V-001", question="B04", value="late")
    examining.answer(workspace, file="A-V-001", question="B03", value="FM")
    pane = pane_of(workspace)
    assert [q.code for q in pane.dormant] == ["B04"]
    examining.answer(workspace, file="A-V-001", question="B04", comment="Kept for later.")
    assert pane_of(workspace).answer("B04").comment == "Kept for later."
    with pytest.raises(Fault, match="not asked"):
        examining.answer(workspace, file="A-V-001", question="B04", value="other")
    with pytest.raises(Fault, match="not asked"):
        examining.answer(workspace, file="A-V-001", question="D05", comment="Never answered.")


def answer_all(workspace, but=()):
    while True:
        pane = pane_of(workspace)
        todo = [q for q in pane.unanswered if q.code not in but]
        if not todo:
            return pane
        question = todo[0]
        value = question.choices[0].code if question.choices else "2"
        examining.answer(workspace, file="A-V-001", question=question.code, value=value)


def test_a_question_that_is_not_required_does_not_keep_the_file_open(workspace):
    pane = answer_all(workspace, but=("N03",))
    assert [q.code for q in pane.unanswered] == ["N03"]
    assert pane.needed == () and pane.complete
    done = file_view.finish_file(workspace, file=pane.file.id)
    assert done.next.reference == "A-V-002" and done.same_stratum
    assert pane_of(workspace).examination.finished


def test_a_required_question_keeps_it_open(workspace):
    pane = answer_all(workspace, but=("N01",))
    assert [q.code for q in pane.needed] == ["N01"] and not pane.complete
    with pytest.raises(Fault, match="N01"):
        file_view.finish_file(workspace, file=pane.file.id)


def test_a_missing_reason_keeps_it_open(workspace):
    pane = answer_all(workspace)
    examining.answer(workspace, file="A-V-001", question="B01", value="PM")
    with pytest.raises(Fault, match="reason is missing at B01"):
        file_view.finish_file(workspace, file=pane.file.id)


def test_an_answer_after_finishing_opens_the_file_again(workspace):
    pane = answer_all(workspace)
    file_view.finish_file(workspace, file=pane.file.id)
    examining.answer(workspace, file="A-V-001", question="B01", comment="Only words.")
    assert pane_of(workspace).examination.finished
    examining.answer(workspace, file="A-V-001", question="B01", value="NA")
    assert pane_of(workspace).examination.finished is None


@pytest.mark.parametrize(
    ("code", "value"),
    [
        ("A06", "two"),
        ("A06", "1.5"),
        ("A06", "nan"),
        ("A06", "1e9999"),
        ("B01", "perhaps"),
        ("A03", "rape unheard_of"),
    ],
)
def test_values_that_are_no_answers_are_refused(workspace, code, value):
    question = pane_of(workspace).questions.question(code)
    with pytest.raises(Fault, match=code):
        examining.checked_value(question, value)
