"""Questions asked of each of several: added on two laptops, dropped, counted by the form, in results."""

import pytest

import laptops
from fieldwork.domain.faults import Fault
from fieldwork.domain.marking_records import RepeatInstance
from fieldwork.domain.records import Answer
from fieldwork.domain.values import new_id
from fieldwork.store.conflicting import conflicts
from fieldwork.store.recording import Change, record
from fieldwork.work import examining, files, repeating, reporting, results
from fieldwork.work.inspections import new_inspection
from fieldwork.work.question_sets import import_questions

FORM = """
| survey | | | | | | |
| | type | name | label | relevant | repeat_count | calculation |
| | text | summary | What happened? | | | |
| | begin group | S | Suspects | | | |
| | begin repeat | suspect | Suspect | | | |
| | select_one yn | S01 | Was suspect ${S03} interviewed? | | | |
| | text | S02 | Why not? | ${S01} = 'N' | | |
| | text | S03 | Role | | | |
| | end repeat | | | | | |
| | end group | | | | | |
| | integer | many | How many submissions? | | | |
| | begin repeat | submission | Submission | | ${many} | |
| | select_one yn | T01 | Was it complete? | | | |
| | end repeat | | | | | |
| | calculate | seen | | | | count(${S01}) |
| choices | | | |
| | list_name | name | label |
| | yn | Y | Yes |
| | yn | N | No |
"""


def founded(folder, form=FORM):
    path = folder / "form.md"
    path.write_text(form, "utf-8")
    workspace = new_inspection(
        folder / "a.fieldwork", "x", title="T", lead="HMCPSI", partner="HMICFRS", questions=path
    )
    files.add_case_file(workspace, reference="F-1", stratum="one")
    return workspace


def pane_of(workspace):
    return examining.open_file(workspace, files.find_file(workspace, "F-1").id)


def give(workspace, place, value):
    return examining.answer(workspace, file="F-1", question=place, value=value)


def called(workspace):
    return [pane_of(workspace).called(q.code) for q in pane_of(workspace).asked]


def test_added_asked_answered_dropped_and_counted(tmp_path):
    with founded(tmp_path) as workspace:
        file = pane_of(workspace).file.id
        assert called(workspace) == ["summary", "many"]
        one = repeating.add_instance(workspace, file=file, repeat="suspect").id
        two = repeating.add_instance(workspace, file=file, repeat="suspect", label="The driver").id
        assert called(workspace) == [
            "summary", "S01, Suspect 1", "S03, Suspect 1", "S01, The driver", "S03, The driver", "many",
        ]  # fmt: skip
        give(workspace, "suspect[1]/S01", "N")
        give(workspace, f"S01/{two.hex()}", "Y")
        give(workspace, "suspect[2]/S03", "driver")
        pane = pane_of(workspace)
        assert pane.filled(pane.question(f"S01/{two.hex()}"), pane.question(f"S01/{two.hex()}").label) == (
            "Was suspect driver interviewed?"
        )
        assert pane.applied.calculated["seen"] == 2
        assert f"S02/{one.hex()}" in {q.code for q in pane.asked}
        assert f"S02/{two.hex()}" not in {q.code for q in pane.asked}
        kept = {(a.question, a.instance) for a in pane.answers.values()}
        assert kept == {("S01", one.hex()), ("S01", two.hex()), ("S03", two.hex())}
        give(workspace, "many", "2")
        give(workspace, "submission[2]/T01", "Y")
        assert called(workspace)[-2:] == ["T01, Submission 1", "T01, Submission 2"]
        give(workspace, "many", "1")
        pane = pane_of(workspace)
        assert [pane.called(q.code) for q in pane.dormant] == ["T01, Submission 2"]  # kept, not asked
        give(workspace, "many", "2")
        assert pane_of(workspace).dormant == ()
        repeating.drop_instance(workspace, file=file, instance=one, reason="Not a suspect after all")
        pane = pane_of(workspace)
        assert [i.id for i in pane.instances["suspect"]] == [two]
        assert pane.applied.calculated["seen"] == 1
        for call, words in (
            (
                lambda: give(workspace, "S01", "Y"),
                r"S01 is asked of each suspect; say which, as suspect\[1\]/S01",
            ),
            (lambda: give(workspace, "suspect[2]/S01", "Y"), "There is no question"),
            (lambda: repeating.add_instance(workspace, file=file, repeat="witness"), "There is no repeat"),
            (lambda: repeating.add_instance(workspace, file=file, repeat="submission"), "follows from"),
            (
                lambda: repeating.drop_instance(workspace, file=file, instance=one, reason="x"),
                "no such entry",
            ),
            (lambda: repeating.drop_instance(workspace, file=file, instance=two, reason=" "), "Say in a few"),
        ):
            with pytest.raises(Fault, match=words):
                call()
        repeating.add_instance(workspace, file=file, repeat="suspect")
        for place, value in (
            ("suspect[2]/S01", "Y"), ("suspect[2]/S03", "owner"), ("submission[1]/T01", "N"), ("summary", "x"),
        ):  # fmt: skip
            give(workspace, place, value)
        assert pane_of(workspace).complete
        examining.finish_examination(workspace, file=file)
        [every] = results.results(workspace)
        counts = {c.question.code: c.choice for c in every.questions}
        given = {code: {key: share.count for key, share in counts[code].shares.items()} for code in counts}
        assert given == {"S01": {"Y": 2, "N": 0}, "T01": {"Y": 1, "N": 1}}
        reporting.export(workspace, "file_record", tmp_path / "f.html", file=file)
        page = (tmp_path / "f.html").read_text("utf-8")
        assert "The driver" in page and two.hex() not in page


def test_a_repeat_inside_a_repeat_is_refused_by_name(tmp_path):
    nested = FORM.replace(
        "| | text | S03 | Role | | | |",
        "| | text | S03 | Role | | | |\n| | begin repeat | offence | Offence | | | |\n"
        "| | text | O1 | Which? | | | |\n| | end repeat | | | | | |",
    )
    with pytest.raises(Fault, match="a repeat inside a repeat"):
        founded(tmp_path, nested)
    with founded(tmp_path) as workspace:
        path = tmp_path / "nested.md"
        path.write_text(nested, "utf-8")
        with pytest.raises(Fault, match="a repeat inside a repeat"):
            import_questions(workspace, path)


def test_two_laptops_add_one_each_and_an_unseen_answer_brings_one_back(tmp_path):
    first, second = laptops.team(tmp_path, 2)
    path = tmp_path / "form.md"
    path.write_text(FORM, "utf-8")
    import_questions(first, path)
    files.add_case_file(first, reference="F-1", stratum="one")
    file = pane_of(first).file.id
    mine = repeating.add_instance(first, file=file, repeat="suspect").id
    pane = pane_of(first)
    laptops.together(first, second)

    def there():
        return examining.open_file(second, file, first.identity.member)

    # what the examiner's other laptop writes
    theirs = new_id()
    fields = {"examination": pane.examination.id, "repeat": "suspect", "position": "5"}
    record(second, "add one of several", [Change(RepeatInstance.kind, theirs, fields)])
    also = repeating.add_instance(first, file=file, repeat="suspect").id
    laptops.together(first, second)
    ids = [one.id for one in pane_of(first).instances["suspect"]]
    assert set(ids) == {mine, theirs, also}
    assert [one.id for one in there().instances["suspect"]] == ids
    assert not conflicts(first)

    repeating.drop_instance(first, file=file, instance=mine, reason="Entered twice")
    given = {"examination": pane.examination.id, "question": "S01", "instance": mine.hex(), "value": "Y"}
    unseen = examining.answer_id(pane.examination.id, f"S01/{mine.hex()}")
    record(second, "answer", [Change(Answer.kind, unseen, given)])
    assert mine not in {one.id for one in pane_of(first).instances["suspect"]}
    laptops.together(first, second)
    for held in (pane_of(first), there()):
        assert [one.id for one in held.instances["suspect"]] == ids
        assert held.answer(f"S01/{mine.hex()}").value == "Y"
    for one in (first, second):
        one.close()
