"""How we mark: notes per question that two laptops both keep, found again, and carried to a renamed question."""

import pytest

from fieldwork.domain.faults import Fault
from fieldwork.work import acts, evidence, file_view, finding_places, marking_notes
from laptops import together
from marking_world import SURVEY, form, put_in_use, three_laptops
from worlds import wall


def test_notes_of_two_laptops_are_both_kept_found_and_follow_a_renamed_question(tmp_path):
    lead, other, third = three_laptops(tmp_path, per_stratum=1)
    marking_notes.note_marking(
        lead, question="B01", text="An unsigned summary is partially met.", at=wall(20, 9)
    )
    marking_notes.note_marking(other, question="B01", text="  No summary at all is not met. ", at=wall(22, 9))
    together(lead, other, third)
    held = marking_notes.notes_of(third, "B01")
    assert [(one.text, one.noted) for one in held] == [
        ("No summary at all is not met.", "2026-11-22"),
        ("An unsigned summary is partially met.", "2026-11-20"),
    ]
    assert all(one.author for one in held) and marking_notes.notes_of(third, "B02") == ()

    (found,) = evidence.look_up(third, "unsigned")
    assert (found.kind, found.where, found.author) == ("marking_note", "How we mark, B01", held[1].author)
    (place,) = finding_places.find_places(third, "unsig")
    assert place.place == "Files"
    file, code = file_view.place_of(third, place.id)
    assert code == "B01" and file_view.view_file(third, file).pane.file.reference

    renamed = SURVEY.replace("| B01 |", "| B09 |").replace("NM | true() | |", "NM | true() | B01 |", 1)
    put_in_use(lead, tmp_path, form("2", renamed))
    together(lead, third)
    assert [one.question for one in marking_notes.notes_of(third, "B09")] == ["B01", "B01"]

    marking_notes.withdraw_marking_note(third, note=held[0].id)
    assert [one.id for one in marking_notes.notes_of(third, "B09")] == [held[1].id]
    assert evidence.look_up(third, "summary", within="answers")[0].id == held[1].id
    for workspace in (lead, other, third):
        workspace.close()


def test_a_note_needs_words_and_a_question_of_the_set(tmp_path):
    lead, *others = three_laptops(tmp_path, per_stratum=1)
    with pytest.raises(Fault, match="in a sentence"):
        marking_notes.note_marking(lead, question="B01", text="  ")
    with pytest.raises(Fault, match='no question "Z9"'):
        marking_notes.note_marking(lead, question="Z9", text="Nothing.")
    script = acts.Script(lead, {})
    script.perform({"act": "note-marking", "as": "n", "question": "B02", "text": "Late is partially met."})
    script.perform({"act": "withdraw-marking-note", "note": "$n"})
    assert marking_notes.notes_by_question(lead) == {}
    for workspace in (lead, *others):
        workspace.close()
