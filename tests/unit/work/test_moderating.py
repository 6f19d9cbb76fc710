"""Moderation: what waits for it, whose file it is, and the agreed answer that counts afterwards."""

from datetime import date

import pytest

from fieldwork.analysis.drawing import Case, rank
from fieldwork.domain.faults import Fault
from fieldwork.domain.marking_records import AgreedAnswer, DipDraw, ModeratedMark, Moderation
from fieldwork.domain.question_set import Question, Wording
from fieldwork.domain.records import Answer
from fieldwork.questions.given_values import as_one_answer
from fieldwork.store.conflicting import conflicts
from fieldwork.store.history import history
from fieldwork.store.reading import dump, get, records
from fieldwork.store.recording import Change
from fieldwork.store.same import sets
from fieldwork.work import (
    acts,
    agreed,
    drifting,
    examining,
    files,
    joint,
    moderating,
    moderation_list,
    reconciling,
    results,
    same,
    settling,
)
from fieldwork.work.done import do
from laptops import together
from marking_world import mark, three_laptops
from worlds import wall


@pytest.fixture
def laptops(tmp_path):
    some = three_laptops(tmp_path)
    yield some
    for laptop in some:
        laptop.close()


def file_of(workspace, reference):
    return files.find_file(workspace, reference).id


def told(workspace):
    """What waits, by reference: causes, and whether it is one's own and done."""
    return {
        one.file.reference: ([(c.cause, c.question) for c in one.causes], one.own, one.done)
        for one in moderation_list.waiting(workspace)
    }


def value_of(workspace, reference, code):
    one = agreed.agreed_answers(workspace).get(file_of(workspace, reference), {}).get((code, ""))
    return one.value if one else None


def test_the_dip_sample_is_the_first_by_rank_of_every_stratum():
    cases = [Case(f"F{n:02}", "volume" if n < 21 else "rasso") for n in range(1, 26)]
    drawn = moderation_list.dip_of(cases, 10, "seed")
    by_hand = sorted((f"F{n:02}" for n in range(1, 21)), key=lambda one: rank("seed", one))[:2]
    rare = min((f"F{n:02}" for n in range(21, 26)), key=lambda one: rank("seed", one))
    assert drawn == [rare, *by_hand]
    assert moderation_list.dip_of(cases[::-1], 10, "seed") == drawn
    assert len(moderation_list.dip_of(cases, 100, "seed")) == 25


def test_several_choices_in_any_order_are_one_answer_and_a_ranking_is_its_order():
    kinds = {kind: Question("Q", kind, Wording()) for kind in ("select_multiple", "rank")}
    said = {kind: {as_one_answer(one, value) for value in ("a b", "b a")} for kind, one in kinds.items()}
    assert {kind: len(some) for kind, some in said.items()} == {"select_multiple": 1, "rank": 2}


def test_a_draw_is_made_by_a_lead_of_finished_files_and_twice_is_one(laptops):
    lead, other, third = laptops
    with pytest.raises(Fault, match="No file is finished"):
        moderation_list.draw_dip(lead)
    for reference in ("V1", "V2", "R1"):
        mark(other, reference)
    mark(other, "R2", finish=False)
    together(*laptops)
    with pytest.raises(Fault, match="Only a lead draws"):
        moderation_list.draw_dip(other)
    with pytest.raises(Fault, match="1 to 100 per cent of the finished files, not 0"):
        moderation_list.draw_dip(lead, percent=0)
    first = moderation_list.draw_dip(lead, percent=50, seed="s")
    assert moderation_list.draw_dip(lead, percent=50).changed == {}
    (draw,) = records(lead, DipDraw)
    volume = min(("V1", "V2"), key=lambda one: rank("s", one))
    assert (draw.id, draw.seed, draw.percent) == (first.id, "s", 50)
    assert moderation_list.dipped(lead) == {file_of(lead, volume), file_of(lead, "R1")}

    # the same file entered twice: the draw names one of the two, and it is read as the one that is shown
    twin = files.add_case_file(lead, reference="R1 again", stratum="rasso").id
    same.join_records(lead, one=file_of(lead, "R1"), other=twin)
    together(*laptops)
    waits = {one.file.id: one for one in moderation_list.waiting(third)}
    assert waits.keys() == {file_of(third, volume), file_of(third, "R1")} and twin in sets(third).shown
    assert all([c.cause for c in one.causes] == ["dip"] and not one.done for one in waits.values())
    assert told(other)[volume] == ([("dip", "")], True, False)


def test_an_answer_that_calls_for_a_second_look_waits_unless_it_is_dormant(laptops):
    _, other, third = laptops
    mark(other, "V1", B01="NM")
    mark(other, "V2", B02="PM")
    mark(other, "V3", B02="NM")
    examining.answer(other, file="V3", question="A01", value="N")
    examining.finish_examination(other, file=file_of(other, "V3"))
    together(*laptops)
    assert told(third) == {
        "V1": ([("trigger", "B01")], False, False),
        "V2": ([("trigger", "B02")], False, False),
    }
    moderating.moderate(third, file=file_of(third, "V1"), question="B01", value="NM")
    moderating.finish_moderation(third, file=file_of(third, "V1"))
    assert told(third)["V1"] == ([("trigger", "B01")], False, True)
    # a further answer of that kind, merged later, opens it again
    examining.answer(other, file="V1", question="B02", value="NM", reason="None seen.")
    examining.finish_examination(other, file=file_of(other, "V1"))
    together(*laptops)
    assert told(third)["V1"] == ([("trigger", "B01"), ("trigger", "B02")], False, False)
    # while its examiner works on it again nothing waits
    examining.answer(other, file="V2", question="B02", value="FM")
    together(*laptops)
    assert "V2" not in told(third)


def test_own_mark_agreement_and_finish_and_the_agreed_answer_counts(laptops):
    lead, other, third = laptops
    mark(other, "V1", B01="NM", B02="PM")
    together(*laptops)
    id = file_of(third, "V1")
    moderating.moderate(third, file=id, question="B01", value="PM", reason=" The form came later. ")
    with pytest.raises(Fault, match=r"1 to mark \(B02\)"):
        moderating.finish_moderation(third, file=id)
    moderating.moderate(third, file=id, question="B02", value="PM")
    view = moderating.open_moderation(third, id)
    row = view.row("B01")
    assert (row.original, row.mark.value, row.mark.reason) == ("NM", "PM", "The form came later.")
    assert row.differs and row.to_agree and row.triggers and not view.row("B02").differs
    assert [one.question.code for one in view.rows] == ["A01", "B01", "B02", "B03"]
    assert view.rows[3].needed is False  # no dip sample: only what called for it
    with pytest.raises(Fault, match="differ at B01; agree"):
        moderating.finish_moderation(third, file=id)
    with pytest.raises(Fault, match="why the answer is another one"):
        moderating.agree_moderated(third, file=id, question="B01", value="PM")
    moderating.agree_moderated(third, file=id, question="B01", value="PM", reason="Served two days later.")
    moderating.finish_moderation(third, file=id)
    together(*laptops)
    assert value_of(lead, "V1", "B01") == "PM" and value_of(lead, "V1", "B02") is None
    (held,) = records(lead, AgreedAnswer)
    original = get(lead, Answer, held.one)
    assert (original.value, original.reason, held.source) == ("NM", "The form was missing.", "moderated")
    assert told(lead)["V1"][2]
    (all_files,) = results.results(lead)
    met = {one.question.code: one.met for one in all_files.questions}
    assert (met["B01"].partially_met, met["B01"].not_met, met["B01"].n) == (1, 0, 1)
    assert (met["B02"].partially_met, met["B02"].n) == (1, 1)

    # a change of what was agreed is a new version, the earlier one stays in the history
    moderating.agree_moderated(third, file=id, question="B01", value="FM", reason="Found it in the end.")
    steps = [(one.before, one.after) for one in history(third, held.id) if one.field == "value"]
    assert sorted(steps) == [((), "PM"), (("PM",), "FM")]
    assert value_of(third, "V1", "B01") == "FM"

    # once the original is another one, it has to be looked at again
    together(*laptops)
    examining.answer(other, file="V1", question="B01", value="FM")
    examining.finish_examination(other, file=id)
    assert told(other)["V1"][0] == [("trigger", "B02"), ("changed", "B01")]
    assert not told(other)["V1"][2]


def test_nobody_moderates_their_own_file_even_if_their_laptop_does_not_know_it(laptops):
    lead, other, third = laptops
    mark(other, "V1", B01="NM")
    own = file_of(other, "V1")
    for act in (
        lambda: moderating.moderate(other, file=own, question="B01", value="FM"),
        lambda: moderating.agree_moderated(other, file=own, question="B01", value="FM", reason="Kinder."),
        lambda: moderating.finish_moderation(other, file=own),
    ):
        with pytest.raises(Fault, match="is your own: nobody moderates"):
            act()
    assert moderating.open_moderation(other, own).why_not
    together(*laptops)
    moderating.moderate(third, file=own, question="B01", value="PM")
    moderating.agree_moderated(third, file=own, question="B01", value="PM", reason="Half of it was there.")
    moderating.finish_moderation(third, file=own)
    # meanwhile, unseen here, the same member marked the file on another laptop
    fields = {"case_file": own, "examiner": third.identity.member, "started": 5, "question_set": None}
    id = examining.examination_id(own, third.identity.member)
    do(lead, "start a file", [Change("examination", id, fields)])
    assert value_of(third, "V1", "B01") == "PM" and told(third)["V1"][2]
    together(*laptops)
    for workspace in laptops:
        assert value_of(workspace, "V1", "B01") is None
        (one,) = moderation_list.waiting(workspace)
        assert one.looks == () and len(one.void) == 1 and not one.done
    assert len(records(lead, Moderation)) == len(records(lead, ModeratedMark)) == 1


def test_two_moderators_keep_their_marks_and_a_clash_of_what_they_agreed_is_settled_by_people(laptops):
    lead, other, third = laptops
    mark(other, "V1", B01="NM")
    together(*laptops)
    id = file_of(lead, "V1")
    for workspace, value in ((lead, "PM"), (third, "FM")):
        moderating.moderate(workspace, file=id, question="B01", value=value)
        moderating.agree_moderated(workspace, file=id, question="B01", value=value, reason="It was there.")
        moderating.finish_moderation(workspace, file=id)
    together(*laptops)
    assert len({str(dump(one)["records"]) for one in laptops}) == 1
    assert len(records(other, Moderation)) == len(records(other, ModeratedMark)) == 2
    fields = {(one.kind, one.field) for one in conflicts(other)}
    assert ("agreed_answer", "value") in fields
    clash = next(c for c in settling.clashes(other) if c.field == "value")
    assert clash.where == "Agreed answer B01, file V1"
    assert {side.words for side in clash.sides} == {"PM", "FM"}  # what the form calls them
    (colleague,) = moderating.open_moderation(third, id).others
    assert colleague.endswith("has moderated it")


def test_moderation_by_script(laptops):
    lead, other, _ = laptops
    mark(other, "V1", B01="NM")
    together(*laptops)
    script = acts.Script(lead, {})
    for line in (
        {"act": "draw-dip", "percent": 100, "seed": "s", "as": "d"},
        {"act": "moderate", "file": "V1", "question": "B01", "value": "PM", "reason": "Came late."},
        {"act": "agree-answer", "file": "V1", "question": "B01", "value": "PM", "reason": "Came late."},
    ):
        script.perform(line)
    with pytest.raises(Fault, match=r"2 to mark \(B02, B03\)"):
        script.perform({"act": "finish-moderation", "file": "V1"})
    for code in ("B02", "B03"):
        script.perform({"act": "moderate", "file": "V1", "question": code, "value": "FM"})
    script.perform({"act": "finish-moderation", "file": "V1"})
    assert told(lead)["V1"] == ([("dip", ""), ("trigger", "B01")], False, True)
    with pytest.raises(Fault, match='"XX" is not one of its answers'):
        script.perform({"act": "moderate", "file": "V1", "question": "B02", "value": "XX"})
    with pytest.raises(Fault, match="no such question"):
        script.perform({"act": "moderate", "file": "V1", "question": "Q9", "value": "FM"})
    with pytest.raises(Fault, match="no examination of it is finished"):
        script.perform({"act": "moderate", "file": "V2", "question": "B01", "value": "FM"})


def test_drift_is_counted_by_week_against_what_was_settled_and_for_leads_alone(laptops):
    lead, other, third = laptops
    mark(other, "V1", at=wall(23, 9), B01="NM", B02="FM")  # a Monday
    mark(other, "V2", at=wall(30, 9), B01="NM")
    mark(third, "R1", at=wall(24, 9), B01="NM")
    together(*laptops)
    for reference, value in (("V1", "PM"), ("V2", "NM"), ("R1", "NM")):
        id = file_of(lead, reference)
        moderating.moderate(lead, file=id, question="B01", value=value)
        moderating.moderate(lead, file=id, question="B02", value="FM")
        if value == "PM":
            moderating.agree_moderated(lead, file=id, question="B01", value="PM", reason="It was there.")
        moderating.finish_moderation(lead, file=id)
    together(*laptops)
    found = {one.member: one.spans for one in drifting.drifting(lead)}
    assert found.keys() == {other.identity.member, third.identity.member}
    monday = date(2026, 11, 23).toordinal()
    told_of = [
        (one.begins, str(one.own), one.others.count, one.others.n) for one in found[other.identity.member]
    ]
    assert told_of == [(monday, "1 of 2", 2, 2), (monday + 7, "2 of 2", 0, 0)]
    for workspace in (other, third):
        with pytest.raises(Fault, match="Only a lead sees how examiners drift"):
            drifting.drifting(workspace)


def test_a_blind_pair_is_moderated_whole_once_it_is_open(laptops):
    lead, other, third = laptops
    id = file_of(lead, "V1")
    joint.pair_up(lead, file=id, police=other.identity.member, prosecution=third.identity.member)
    together(*laptops)
    examining.answer(other, file="V1", question="A01", value="Y")
    together(*laptops)
    for workspace, value in ((other, "NM"), (third, "FM")):
        for question in examining.open_file(workspace, id).unanswered:
            given = value if question.code == "B01" else "FM"
            reason = "None seen." if given == "NM" else None
            examining.answer(workspace, file="V1", question=question.code, value=given, reason=reason)
        examining.finish_examination(workspace, file=id)
    together(*laptops)
    assert told(lead) == {}
    with pytest.raises(Fault, match="finished and open here"):
        moderating.open_moderation(lead, id)
    for workspace in laptops:
        joint.release(workspace)
    together(*laptops)
    assert told(lead)["V1"] == ([("trigger", "B01")], False, False)
    view = moderating.open_moderation(lead, id)
    row = view.row("B01")
    assert sorted(one.answer.value for one in row.given) == ["FM", "NM"] and row.original == ""
    assert {one.question.code for one in view.rows} >= {"B01", "B02", "B03"}

    # what the two reconcile is the answer a moderator judges, and a mark that differs from it is settled
    reconciling.agree(other, file=id, question="B01", value="FM", reason="Seen by both.")
    together(*laptops)
    assert moderating.open_moderation(lead, id).row("B01").original == "FM"
    moderating.moderate(lead, file=id, question="B01", value="FM")
    assert not moderating.open_moderation(lead, id).row("B01").differs
    moderating.moderate(lead, file=id, question="B01", value="PM")
    assert [one.question.code for one in moderating.open_moderation(lead, id).open] == ["B01"]
    with pytest.raises(Fault, match="you and the examiner differ at B01"):
        moderating.finish_moderation(lead, file=id)
    moderating.agree_moderated(lead, file=id, question="B01", value="PM", reason="Between the two.")
    assert not moderating.open_moderation(lead, id).open
    moderating.finish_moderation(lead, file=id)
    assert value_of(lead, "V1", "B01") == "PM"
    assert told(other)["V1"][1] and told(third)["V1"][1]  # each of the pair's own
