"""Questions asked of each of several, judged by more than one: moderated."""

import pytest

import laptops
from fieldwork.domain.faults import Fault
from fieldwork.domain.marking_records import AgreedAnswer, ModeratedMark
from fieldwork.store.reading import records
from fieldwork.work import (
    agreed,
    drifting,
    examining,
    files,
    moderating,
    moderation_list,
    question_sets,
    repeating,
    results,
)

FORM = """
| survey | | | | | | |
| | type | name | label | scale | trigger | repeat_count |
| | begin group | B | Suspects | | | |
| | begin repeat | suspect | Suspect | | | |
| | text | S00 | Name | | | |
| | select_one met | S01 | Was the interview of ${S00} fit? | met | NM | |
| | select_one met | S02 | Was the summary fit? | met | | |
| | end repeat | | | | | |
| | end group | | | | | |
| | integer | many | How many submissions? | | | |
| | begin repeat | submission | Submission | | | ${many} |
| | select_one met | T01 | Was it complete? | met | | |
| | end repeat | | | | | |
| choices | | | |
| | list_name | name | label |
""" + "".join(f"| | met | {code} | {code} |\n" for code in ("FM", "PM", "NM", "NA", "NK"))


def give(workspace, file, **places):
    """Answers by "suspect[2]/S01", written suspect2_S01."""
    for name, value in places.items():
        repeat, _, code = name.rpartition("_")
        place = f"{repeat[:-1]}[{repeat[-1]}]/{code}" if repeat else name
        reason = "None was made." if value in ("PM", "NM") else None
        examining.answer_file(workspace, file=file, question=place, value=value, reason=reason)


def test_each_suspect_is_moderated_and_agreed_on_for_itself(tmp_path):
    lead, other = laptops.team(tmp_path, 2)
    path = tmp_path / "form.md"
    path.write_text(FORM, "utf-8")
    question_sets.import_questions(lead, path)
    file = files.add_case_file(lead, reference="F-1", stratum="one").id
    laptops.together(lead, other)
    some = [repeating.add_instance(other, file=file, repeat="suspect", label=name).id for name in ("", "Kay")]
    give(other, file, suspect1_S00="one", suspect1_S01="NM", suspect1_S02="FM", suspect2_S00="two")
    give(other, file, suspect2_S01="NM", suspect2_S02="PM", many="2", submission1_T01="FM")
    give(other, file, submission2_T01="NM")
    examining.finish_examination(other, file=file)
    laptops.together(lead, other)

    (waits,) = moderation_list.waiting(lead)
    places = [f"S01/{one.hex()}" for one in some]
    assert [(c.cause, c.question) for c in waits.causes] == [("trigger", place) for place in places]
    view = moderating.open_moderation(lead, file)
    assert [(row.called, row.needed, row.original) for row in view.rows] == [
        ("S01, Suspect 1", True, "NM"),
        ("S02, Suspect 1", False, "FM"),
        ("S01, Kay", True, "NM"),
        ("S02, Kay", False, "PM"),
        ("T01, Submission 1", False, "FM"),
        ("T01, Submission 2", False, "NM"),
    ]
    moderating.moderate(lead, file=file, question="suspect[1]/S01", value="NM")
    with pytest.raises(Fault, match=r"1 to mark \(S01, Kay\)"):
        moderating.finish_moderation(lead, file=file)
    moderating.moderate(lead, file=file, question=places[1], value="PM", reason="It came late.")
    moderating.moderate(lead, file=file, question="submission[2]/T01", value="FM")
    with pytest.raises(Fault, match="differ at S01, Kay, T01, Submission 2; agree"):
        moderating.finish_moderation(lead, file=file)
    for place in ("suspect[3]/S01", "S01", "suspect[1]/S00", "many"):
        with pytest.raises(Fault, match="cannot be moderated"):
            moderating.moderate(lead, file=file, question=place, value="FM")
    moderating.agree_moderated(lead, file=file, question="suspect[2]/S01", value="PM", reason="Agreed.")
    with pytest.raises(Fault, match="T01, Submission 2: say in a line"):
        moderating.agree_moderated(lead, file=file, question="submission[2]/T01", value="FM")
    moderating.agree_moderated(lead, file=file, question="submission[2]/T01", value="FM", reason="It was.")
    moderating.finish_moderation(lead, file=file)
    laptops.together(lead, other)

    assert {one.instance for one in records(other, ModeratedMark)} >= {one.hex() for one in some}
    held = {(one.question, one.instance): (one.value, one.source) for one in records(other, AgreedAnswer)}
    assert held["S01", some[1].hex()] == ("PM", "moderated") and len(held) == 2
    assert [one.done for one in moderation_list.waiting(other)] == [True]
    row = moderating.open_moderation(other, file).row(places[1])
    assert (row.mark, row.agreed.value, row.given[0].answer.value) == (None, "PM", "NM")
    assert _counts(other) == {
        "S01": {"NM": 1, "PM": 1}, "S02": {"FM": 1, "PM": 1}, "T01": {"FM": 2},
    }  # fmt: skip
    [told] = drifting.drifting(lead)
    assert [(span.own.count, span.own.n) for span in told.spans] == [(1, 3)]

    # an answer given otherwise since calls for another look; of a suspect that is dropped nothing is left to do
    give(other, file, suspect2_S01="FM")
    examining.finish_examination(other, file=file)
    laptops.together(lead, other)
    (waits,) = moderation_list.waiting(lead)
    assert ("changed", places[1]) in [(c.cause, c.question) for c in waits.causes] and not waits.done
    repeating.drop_instance(other, file=file, instance=some[1], reason="Not a suspect")
    examining.finish_examination(other, file=file)
    laptops.together(lead, other)
    (waits,) = moderation_list.waiting(lead)
    assert [(c.cause, c.question) for c in waits.causes] == [("trigger", places[0])] and waits.done
    assert _counts(lead) == {"S01": {"NM": 1}, "S02": {"FM": 1}, "T01": {"FM": 2}}
    assert agreed.agreed_answers(lead)[file]["S01", some[1].hex()].value == "PM"  # kept, and counts nowhere
    for one in (lead, other):
        one.close()


def _counts(workspace):
    [every] = results.results(workspace)
    return {
        one.question.code: {key: share.count for key, share in one.met.shares.items() if share.count}
        for one in every.questions
    }
