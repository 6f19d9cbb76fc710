"""A file that nobody has is taken by who starts it; two who take it unseen see that both did."""

import pytest

from fieldwork.domain.faults import Fault
from fieldwork.domain.records import Answer, CaseFile, Device, Examination, TeamMember
from fieldwork.domain.values import new_id
from fieldwork.store.reading import dump, find, get, records
from fieldwork.store.recording import Change
from fieldwork.work import (
    acts,
    claiming,
    examining,
    file_view,
    files,
    question_sets,
    same,
    settling,
    team,
    undoing,
)
from fieldwork.work.done import do
from laptops import team as laptops_of
from laptops import together
from worlds import wall

FORM = """| survey |
| | type | name | label |
| | begin group | A | About |
| | select_one yn | A01 | Sent? |
| | end group | | |
| choices |
| | list_name | name | label |
| | yn | Y | Yes |
| | yn | N | No |
| settings |
| | form_id | version |
| | small | 1 |
"""


@pytest.fixture
def laptops(tmp_path):
    """Three laptops with a question set and two files, one of them allocated to nobody."""
    form = tmp_path / "form.md"
    form.write_text(FORM, encoding="utf-8")
    some = laptops_of(tmp_path, 3)
    question_sets.import_questions(some[0], form)
    for reference in ("F1", "F2"):
        files.add_case_file(some[0], reference=reference, stratum="volume", at=wall(20, 9))
    together(*some)
    yield some
    for laptop in some:
        laptop.close()


def me(laptop):
    return laptop.identity.member


def file(laptop, reference="F1"):
    return files.find_file(laptop, reference)


def label(laptop):
    return get(laptop, TeamMember, me(laptop)).label


def test_who_starts_a_file_that_nobody_has_takes_it_in_the_same_act(laptops):
    one = laptops[0]
    done = examining.start_examination(one, file=file(one).id, at=wall(24, 14, 3))
    assert done.changed.keys() == {Examination.kind, CaseFile.kind}
    assert file(one).allocated == me(one)
    undoing.undo(one)
    assert file(one).allocated is None


def test_the_first_answer_takes_it_too_and_the_second_changes_nothing_more(laptops):
    one = laptops[0]
    assert CaseFile.kind in examining.answer(one, file="F1", question="A01", value="Y").changed
    assert file(one).allocated == me(one)
    assert examining.answer(one, file="F1", question="A01", value="N").changed.keys() == {Answer.kind}


def test_a_file_that_somebody_has_stays_theirs_when_a_second_examines_it(laptops):
    one, two, _ = laptops
    claiming.claim(one, file=file(one).id)
    together(*laptops)
    before = dump(two)
    with pytest.raises(Fault, match=f"F1 was taken by {label(one)}"):
        claiming.claim(two, file=file(two).id)
    assert dump(two) == before
    examining.answer(two, file="F1", question="A01", value="Y")
    examining.answer(one, file="F1", question="A01", value="Y")
    together(*laptops)
    assert all(team.conflicts(laptop) == [] for laptop in laptops)
    assert file(one).allocated == me(one)
    (state,) = [s for s in files.file_states(one) if s.file.reference == "F1"]
    assert {e.examiner for e in state.examinations} == {me(one), me(two)}


def test_one_may_examine_beside_whoever_takes_it_without_a_clash(laptops):
    one, two, _ = laptops
    examining.start_examination(one, file=file(one).id)
    examining.start_examination(two, file=file(two).id, claim=False)
    together(*laptops)
    assert team.conflicts(one) == [] and file(two).allocated == me(one)


def test_both_took_it_is_said_as_what_it_is_and_the_losers_examination_is_kept(laptops):
    one, two, three = laptops
    examining.answer(one, file="F1", question="A01", value="Y", at=wall(24, 14, 3))
    examining.answer(two, file="F1", question="A01", value="N", at=wall(24, 14, 5))
    together(*laptops)
    (clash,) = settling.clashes(three)
    assert clash.title == "Both took file F1"
    assert clash.question == f"{label(one)} at 14:03, {label(two)} at 14:05"
    assert [side.words for side in clash.sides] == [label(one), label(two)]
    (row,) = team.conflict_rows(three)
    assert row["words"] == f"Both took file F1: {label(one)} at 14:03, {label(two)} at 14:05"
    team.resolve(two, conflict=clash.id, keep="theirs", reason="They began first")
    together(*laptops)
    assert [team.conflicts(laptop) for laptop in laptops] == [[], [], []]
    for laptop in laptops:
        assert file(laptop).allocated == me(one)
        kept = find(laptop, Examination, examining.examination_id(file(laptop).id, me(two)))
        assert examining.pane_of(laptop, kept).answer("A01").value == "N"
    assert dump(one) == dump(two) == dump(three)
    assert file_view.view_file(two, file(two).id).pane.answer("A01").value == "N"


def test_several_are_taken_or_given_all_or_none(laptops):
    one, two, _ = laptops
    some = [file(one).id, file(one, "F2").id]
    claiming.claim(two, file=some[1])
    together(*laptops)
    with pytest.raises(Fault, match="F2 was taken by"):
        claiming.take(one, files=some)
    assert file(one).allocated is None
    with pytest.raises(Fault, match="Only a lead says who has"):
        claiming.give(two, files=some, member=me(one))
    claiming.take(two, files=[*some, *some])
    assert file(two).allocated == me(two)
    claiming.give(one, files=some, member=me(laptops[2]))
    together(*laptops)
    (clash,) = team.conflicts(one)
    assert clash.record == some[0], "taken and given unseen; the other was seen"


def test_settled_alike_on_two_laptops_is_no_new_clash(laptops):
    one, two, _ = laptops
    for laptop in (one, two):
        claiming.claim(laptop, file=file(laptop).id)
    together(*laptops)
    (clash,) = team.conflicts(one)
    keep = next(v.change for v in clash.versions if v.value == me(one))
    for laptop in (one, two):
        team.resolve(laptop, conflict=clash.id, keep=keep)
    together(*laptops)
    assert [team.conflicts(laptop) for laptop in laptops] == [[], [], []]


def test_given_to_one_and_taken_by_another_says_who_gave_it(laptops):
    lead, two, _ = laptops
    files.allocate(lead, file=file(lead).id, member=me(laptops[2]), at=wall(24, 14, 3))
    examining.start_examination(two, file=file(two).id, at=wall(25, 9))
    together(*laptops)
    (clash,) = settling.clashes(lead)
    assert clash.title == "File F1 was given to two"
    assert clash.question == (
        f"{label(laptops[2])}, by {lead.identity.person} at 14:03 on 24 November, {label(two)} at 09:00 on 25 November"
    )


def test_three_who_took_it_are_all_named(laptops):
    for minute, laptop in enumerate(laptops):
        claiming.claim(laptop, file=file(laptop).id, at=wall(24, 14, minute))
    together(*laptops)
    (clash,) = settling.clashes(laptops[1])
    assert clash.title == "3 people took file F1"
    assert clash.question.count(" at 14:0") == 3


def test_a_laptop_without_a_member_takes_nothing(laptops):
    one = laptops[0]
    do(one, "a colleague's", [])
    one.__dict__["identity"] = type(one.identity)(**{**one.identity.__dict__, "member": None})
    with pytest.raises(Fault, match="no member"):
        claiming.claim(one, file=file(one).id)
    assert records(one, Device)


def test_a_script_takes_and_starts_files(laptops, tmp_path):
    one = laptops[0]
    script = tmp_path / "script.jsonl"
    script.write_text(
        '{"act": "claim-file", "file": "F1"}\n{"act": "start-file", "file": "F2", "claim": false}\n',
        encoding="utf-8",
    )
    assert len(list(acts.replay(one, script))) == 2
    assert (file(one).allocated, file(one, "F2").allocated) == (me(one), None)


def test_of_a_file_entered_twice_whoever_has_one_entry_has_it(laptops):
    one, two, _ = laptops
    other = new_id()
    fields = {"reference": "f1", "allocated": me(two)}
    do(one, "a colleague's", [Change(CaseFile.kind, other, fields)])
    same.join_records(one, one=file(one).id, other=other)
    with pytest.raises(Fault, match=f"F1 was taken by {label(two)}"):
        claiming.claim(one, file=file(one).id)
    examining.start_examination(one, file=file(one).id)
    assert file(one).allocated is None
