"""Questions asked of each of several, judged by more than one: by a pair, and moderated."""

import pytest

import laptops
from decrypted import plain
from fieldwork.domain.faults import Fault
from fieldwork.domain.marking_records import AgreedAnswer, ModeratedMark, RepeatInstance
from fieldwork.store.reading import canonical, dump, records
from fieldwork.work import (
    adding_agreed,
    agreed,
    calibration,
    drifting,
    examining,
    files,
    joint,
    moderating,
    moderation_list,
    question_sets,
    reconciling,
    repeating,
    results,
    undoing,
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
    use(lead, tmp_path, FORM)
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

    # for calibration the first that each entered stands beside the first
    file = files.add_case_file(lead, reference="F-2", stratum="one").id
    calibration.calibrate(lead, file=file)
    laptops.together(lead, other)
    for one, values in ((lead, ("FM", "NM")), (other, ("FM",))):
        for number, value in enumerate(values, 1):
            add(one, file, "suspect")
            give(one, file, **{f"suspect{number}_{code}": value for code in ("S00", "S01", "S02")})
        give(one, file, many="0")
        examining.finish_examination(one, file=file)
    laptops.together(lead, other)
    for one in (lead, other):
        joint.release(one)
    laptops.together(lead, other)
    first = calibration.calibrated(other).questions[0]
    marks = [(one.reference, sorted(value for _, value in one.given)) for one in first.marks]
    assert marks == [("F-2, Suspect 1", ["FM", "FM"]), ("F-2, Suspect 2", ["", "NM"])]
    assert (first.files, first.figures["raw"].value, _counts(lead)["S01"]) == (1, 1.0, {"NM": 1})
    for one in (lead, other):
        one.close()


def _counts(workspace):
    [every] = results.results(workspace)
    return {
        one.question.code: {
            key: share.count for key, share in (one.met or one.choice).shares.items() if share.count
        }
        for one in every.questions
    }


PAIRED = """
| survey | | | | | | |
| | type | name | label | relevant | lead | scale | repeat_count |
| | begin group | A | About | | | | |
| | select_one yn | A01 | Sent? | | | | |
| | begin repeat | victim | Victim | | | | |
| | select_one yn | V01 | Kept informed? | | | | |
| | end repeat | | | | | | |
| | end group | | | | | | |
| | begin group | B | Suspects | | | | |
| | begin repeat | suspect | Suspect | | | | |
| | select_one met | S01 | Interview fit? | | J | met | |
| | select_one met | S02 | Summary fit? | | P | met | |
| | select_one met | S03 | Advice fit? | ${S01} = 'NM' | C | met | |
| | end repeat | | | | | | |
| | begin repeat | charge | Charge | | | | |
| | select_one met | G01 | Rightly chosen? | | C | met | |
| | end repeat | | | | | | |
| | integer | many | How many submissions? | | J | | |
| | begin repeat | submission | Submission | | | | ${many} |
| | select_one met | T01 | Complete? | | J | met | |
| | end repeat | | | | | | |
| | end group | | | | | | |
| choices | | | |
| | list_name | name | label |
| | yn | Y | Yes |
| | yn | N | No |
""" + "".join(f"| | met | {code} | {code} |\n" for code in ("FM", "PM", "NM", "NA", "NK"))


def use(workspace, folder, text):
    path = folder / "form.md"
    path.write_text(text, "utf-8")
    question_sets.import_questions(workspace, path)


def add(workspace, file, repeat, label=""):
    return repeating.add_instance(workspace, file=file, repeat=repeat, label=label).id


def told(workspace, file):
    return {one.called: one.what for one in reconciling.to_reconcile(workspace, file).open}


def test_two_enter_suspects_unseen_by_each_other_and_settle_which_there_are(tmp_path):
    some = laptops.team(tmp_path, 3)
    lead, police, prosecution = some
    member = {one: one.identity.member for one in some}
    file = files.add_case_file(lead, reference="F-1", stratum="one").id
    laptops.together(*some)

    def pair():
        joint.pair_up(lead, file=file, police=member[police], prosecution=member[prosecution])

    unfit = PAIRED.replace("G01 | Rightly chosen? | | C |", "G01 | Rightly chosen? | ${S02} = 'FM' | C |")
    use(lead, tmp_path, unfit)
    with pytest.raises(Fault, match=r'The repeat "charge" .* could be entered by neither'):
        pair()
    split = PAIRED.replace("repeat_count |", "repeat_count | section |").replace(
        "| | begin repeat | charge",
        "| | begin repeat | loss | Loss | | | | |\n| | text | L01 | What? | | | | | A |\n"
        "| | text | L02 | Why? | | | | | |\n| | end repeat | | | | | | |\n| | begin repeat | charge",
    )
    use(lead, tmp_path, split)
    with pytest.raises(Fault, match='The repeat "loss" of the question set stands partly in section A'):
        pair()
    use(lead, tmp_path, PAIRED)
    pair()
    laptops.together(*some)

    # what is agreed first, is entered in the open
    with pytest.raises(Fault, match="A01 comes first"):
        add(police, file, "suspect")
    give(police, file, A01="Y")
    victims = [add(police, file, "victim"), add(police, file, "victim")]
    with pytest.raises(Fault, match="V01, Victim 1, V01, Victim 2 comes first"):
        add(police, file, "suspect")
    give(police, file, victim1_V01="Y", victim2_V01="N")
    laptops.together(*some)
    repeating.drop_instance(prosecution, file=file, instance=victims[1], reason="No victim")
    laptops.together(*some)

    # the rest unseen
    wait = {}
    wait[police] = [add(police, file, "suspect", "kittiwake"), add(police, file, "suspect")]
    undoing.undo(police)
    assert len(examining.open_file(police, file).instances["suspect"]) == 1
    wait[police][1] = add(police, file, "suspect")
    extra = add(police, file, "suspect")
    give(police, file, suspect3_S01="FM")
    repeating.drop_instance(police, file=file, instance=extra, reason="Entered twice")
    with pytest.raises(Fault, match="Charge is not asked"):
        add(police, file, "charge")
    with pytest.raises(Fault, match="S03 is led by the prosecution"):
        give(police, file, suspect1_S03="FM")
    with pytest.raises(Fault, match=r"unanswered .S01, kittiwake, S02, kittiwake, S01, Suspect 2"):
        examining.finish_examination(police, file=file)
    give(police, file, suspect1_S01="FM", suspect1_S02="FM", suspect2_S01="PM", suspect2_S02="FM")
    give(police, file, many="2", submission1_T01="FM", submission2_T01="PM")
    wait[prosecution] = [add(prosecution, file, "suspect", name) for name in ("merganser", "", "dotterel")]
    give(prosecution, file, suspect1_S01="FM", suspect2_S01="NM", suspect2_S03="PM", suspect3_S01="NM")
    add(prosecution, file, "charge")
    give(prosecution, file, suspect3_S03="PM", charge1_G01="FM", many="1", submission1_T01="FM")
    examining.finish_examination(police, file=file)
    laptops.together(*some)
    for one in some:
        raw, said = plain(one.path, one.file_key), canonical(dump(one))
        for id in (*wait[police], *wait[prosecution], extra):
            assert id not in raw and id.hex() not in said, "how many there are stands in clear"
        assert not any(word in raw for word in (b"kittiwake", b"merganser", b"dotterel"))
        assert {held.repeat for held in records(one, RepeatInstance, hidden=True)} == {"victim"}
    other = examining.open_file(prosecution, file, member[police])
    assert other.closed and other.instances["suspect"] == () and len(other.instances["victim"]) == 1
    assert [one.id for one in examining.open_file(police, file).instances["suspect"]] == wait[police]
    with pytest.raises(Fault, match="settled at reconciliation"):
        add(prosecution, file, "victim")

    examining.finish_examination(prosecution, file=file)
    laptops.together(*some)
    joint.release(lead)
    laptops.together(*some)
    assert len({canonical(dump(one)["records"]) for one in some}) == 1
    for one in some:
        held = examining.open_file(one, file, member[police])
        assert [i.label for i in held.instances["suspect"]] == ["kittiwake", ""]
    assert told(police, file) == {
        "S01, Suspect 2": "differs",
        "suspect, dotterel": "entered by one alone",
        "many": "differs",
    }
    view = reconciling.to_reconcile(lead, file)
    alone = next(one for one in view.all if one.what == "entered by one alone")
    assert (alone.one.value, alone.other.value) == ("no", "yes")
    assert view.worded(alone).startswith("dotterel \u00b7 One examiner entered it")
    assert view.pane.called(f"S01/{wait[police][0].hex()}") == "S01, kittiwake / merganser"
    assert _differing(lead) == {"S01": 2, "S03": 2, "T01": 2}

    agree = reconciling.agree
    place = f"suspect/{wait[prosecution][2].hex()}"
    with pytest.raises(Fault, match="S01, Suspect 2: say in a line"):
        agree(police, file=file, question="suspect[2]/S01", value="NM")
    agree(police, file=file, question="suspect[2]/S01", value="NM", reason="None was made.")
    agree(prosecution, file=file, question=place, value="yes", reason="The driver, too.")
    agree(prosecution, file=file, question="many", value="2", reason="Counted again.")
    laptops.together(*some)
    assert told(police, file) == {"S02, dotterel": "asked now", "T01, Submission 2": "asked of one alone"}
    agree(police, file=file, question="suspect[3]/S02", value="FM")
    agree(police, file=file, question="submission[2]/T01", value="PM", reason="It lacked a form.")
    laptops.together(*some)
    for one in some:
        assert reconciling.finished(one, file)
        assert _counts(one) == {
            "S01": {"FM": 1, "NM": 2}, "S02": {"FM": 3}, "S03": {"PM": 2}, "G01": {"FM": 1},
            "T01": {"FM": 1, "PM": 1}, "A01": {"Y": 1}, "V01": {"Y": 1},
        }  # fmt: skip
        assert not any(_differing(one).values())

    # moderated: of what the two matched there is one line each
    third = moderating.open_moderation(lead, file)
    assert [row.called for row in third.rows if row.question.code.startswith("S01")] == [
        "S01, kittiwake / merganser", "S01, Suspect 2", "S01, dotterel",
    ]  # fmt: skip
    row = third.row(f"S01/{wait[police][1].hex()}")
    assert [given.answer.value for given in row.given] == ["PM", "NM"] and row.agreed.value == "NM"
    moderating.moderate(lead, file=file, question="suspect[1]/S01", value="PM", reason="Short.")
    moderating.agree_moderated(lead, file=file, question="suspect[1]/S01", value="PM", reason="Agreed.")
    assert _counts(lead)["S01"] == {"PM": 1, "NM": 2}

    # settled again as not there: nothing in it counts
    agree(prosecution, file=file, question=place, value="no", reason="One and the same.")
    laptops.together(*some)
    assert _counts(police)["S01"] == {"PM": 1, "NM": 1} and _counts(police)["S02"] == {"FM": 2}

    # one that both missed is added by both, unseen by each other: both are kept, until one is said not to be there
    missed = {"file": file, "repeat": "suspect", "label": "lookout", "reason": "On the record."}
    with pytest.raises(Fault, match="settled by its two examiners"):
        adding_agreed.add_agreed(lead, **missed)
    with pytest.raises(Fault, match="though neither"):
        adding_agreed.add_agreed(police, **{**missed, "reason": " "})
    with pytest.raises(Fault, match="nothing is entered several times"):
        adding_agreed.add_agreed(police, **{**missed, "repeat": "submission"})
    for one in (police, prosecution):
        adding_agreed.add_agreed(one, **missed)
    laptops.together(*some)
    view = reconciling.to_reconcile(police, file)
    added = [one for one in view.all if one.within == "lookout" and one.what == "entered by one alone"]
    assert len(added) == 2 and all(one.settled and "added here" in view.worded(one) for one in added)
    assert {one.what for one in view.open} == {"asked now"} and _counts(lead)["S02"] == {"FM": 2}
    agree(police, file=file, question=added[1].question.code, value="no", reason="The same one.")
    for one in reconciling.to_reconcile(police, file).open:
        agree(police, file=file, question=one.question.code, value="FM", reason="Read again.")
    laptops.together(*some)
    # whoever moderates judges the one that was added too, against what the two settled on
    rows = {row.called: row for row in moderating.open_moderation(lead, file).rows}
    assert rows["S02, lookout"].original == "FM" and rows["S02, lookout"].given == ()
    moderating.moderate(
        lead, file=file, question=rows["S02, lookout"].question.code, value="PM", reason="Thin."
    )
    assert moderating.open_moderation(lead, file).row(rows["S02, lookout"].question.code).to_agree
    for one in some:
        assert reconciling.finished(one, file)
        assert _counts(one)["S02"] == {"FM": 3} and _counts(one)["S01"] == {"PM": 1, "NM": 1, "FM": 1}
        one.close()


def _differing(workspace):
    [every] = results.results(workspace)
    return {one.question.code: one.differing for one in every.questions if one.differing}
