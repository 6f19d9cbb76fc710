"""Earlier results: read with every refusal by row and column, and beside those of now."""

import openpyxl
import pytest

from counted import FORM, ONE, examined_inspection
from fieldwork.analysis.intervals import difference, share
from fieldwork.domain.faults import Fault
from fieldwork.domain.marking_records import EarlierResult
from fieldwork.domain.records import Answer, CaseFile, Examination
from fieldwork.domain.values import derived_id
from fieldwork.store.reading import records
from fieldwork.store.recording import Change
from fieldwork.work import earlier_lists, examining, question_sets, sampling
from fieldwork.work.done import do
from fieldwork.work.earlier_lists import read_earlier
from fieldwork.work.earlier_results import (
    Beside,
    beside,
    figures_of,
    import_earlier,
    sources,
    take_earlier,
    unknown_said,
)
from worlds import bare_inspection, wall

HEADS = "source,group,question,fully,partially,not_met,n,drawn"


def listed(folder, *rows, heads=HEADS):
    path = folder / "earlier.csv"
    path.write_text("\n".join((heads, *rows)) + "\n", "utf-8")
    return path


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        (["One,,B01,12,5,3,21,"], "row 2, column n: 12 + 5 + 3 makes 20, not 21"),
        (["One,,B01,60%,5,3,20,"], 'row 2, column fully: "60%" is no count of files; give a whole number'),
        (["One,,B01,12,5,,20,"], "row 2, column not_met: the count is missing"),
        (["One,,B01,-1,5,3,7,"], 'row 2, column fully: "-1" is no count'),
        (
            ["One,,B01,1,0,0,1,", "One,all files,B01,1,0,0,1,"],
            "row 3, column question: it stands in row 2 already",
        ),
        (["One,,,1,0,0,1,"], "row 2, column question: the code of the question is missing"),
        ([",,B01,1,0,0,1,"], "row 2: say which source it is from"),
        (["One,,B01,1,0,0,1,lottery"], 'row 2, column drawn: "lottery" is not known; use random or by hand'),
        ([], "has no row with a result"),
    ],
)
def test_a_list_is_refused_by_row_and_column(tmp_path, rows, said):
    with pytest.raises(Fault) as fault:
        read_earlier(listed(tmp_path, *rows))
    assert said in str(fault.value) and str(fault.value).startswith("earlier.csv")


def test_a_list_by_choice_is_refused_by_row_and_column(tmp_path):
    heads = "question,choice,count,n,read_on,provisional"
    for rows, said in (
        (["A04,Y,5,4,,"], "row 2, column count: 5 is more than the 4 files"),
        (["A04,Y,2,4,,", "A04,N,2,5,,"], "row 3, column n: 5 files here and 4 in row 2"),
        (["A04,Y,2,4,,", "A04,Y,2,4,,"], "row 3, column choice: it stands in row 2"),
        (
            ["A04,Y,2,4,,", "A04,N,2,4,2020-01-01,"],
            "row 3: address, read_on, drawn and provisional are not those",
        ),
        (["A04,,2,4,,"], "row 2, column choice: the choice is missing"),
        (["A04,Y,2,4,31/3/2020,"], 'row 2, column read_on: "31/3/2020" is no day'),
        (["A04,Y,2,4,,maybe"], 'row 2, column provisional: "maybe" is not known; use Y or N'),
    ):
        with pytest.raises(Fault) as fault:
            read_earlier(listed(tmp_path, *rows, heads=heads), source="One")
        assert said in str(fault.value)
    with pytest.raises(Fault, match="the counts are missing; add the columns fully"):
        read_earlier(listed(tmp_path, "A04,4", heads="question,n"), source="One")
    with pytest.raises(Fault, match="cannot stand together"):
        read_earlier(listed(tmp_path, "A", heads=f"{HEADS},choice,count"))


def test_hand_picked_files_are_set_beside_as_counts(tmp_path):
    workspace = examined_inspection(tmp_path)
    book = openpyxl.Workbook()
    for row in (
        ("Question", "Group", "Choice", "Count", "N", "Provisional"),
        ("A04", "", "Yes", 3, 5, "Y"), ("A04", "", "N", 2, 5, "Y"), ("A99", None, "Y", 1, 5, None),
    ):  # fmt: skip
        book.active.append(row)
    book.save(tmp_path / "choices.xlsx")
    how = {"source": "Phase 1, 2021", "address": "https://example.org/1", "read_on": "2026-11-20"}
    import_earlier(workspace, tmp_path / "choices.xlsx", **how)
    path = listed(
        tmp_path, "Phase 0,Leicestershire Police,B01,2,1,1,4,random", "Phase 0,P16,B01,1,0,0,1,random"
    )
    import_earlier(workspace, path)
    assert import_earlier(workspace, path).entry is None  # it was here already
    assert [(one.source, one.figures, one.provisional) for one in sources(workspace)] == [
        ("Phase 0", 2, 0), ("Phase 1, 2021", 2, 1),
    ]  # fmt: skip
    assert sources(workspace)[1].read_on == "2026-11-20"
    told = beside(workspace, figures_of(workspace, "Phase 1, 2021"))
    assert [(one.question, one.choice, str(one.then), one.now and str(one.now), one.words) for one in told] == [
        ("A04", "No", "2 of 5", "2 of 6", "not drawn at random: counts only"),
        ("A04", "Yes", "3 of 5", "4 of 6", "not drawn at random: counts only"),
        ("A99", "Y", "1 of 5", None, "not counted now"),
    ]  # fmt: skip
    assert told[0].provisional and not told[2].provisional
    told = beside(workspace, figures_of(workspace, "Phase 0"))
    assert {(one.group, one.choice): (one.then.count, one.now.count, one.now.n) for one in told} == {
        ("Leicestershire Police", "fully met"): (2, 2, 2), ("Leicestershire Police", "partially met"): (1, 0, 2),
        ("Leicestershire Police", "not met"): (1, 0, 2), ("Humberside Police", "fully met"): (1, 0, 2),
        ("Humberside Police", "partially met"): (0, 1, 2), ("Humberside Police", "not met"): (0, 1, 2),
    }  # fmt: skip
    # a source is one however its letters are cased, in a list and with what is here
    again = read_earlier(listed(tmp_path, "PHASE 0,P16,B01,0,1,0,1,random", "phase 0,,Z9,0,1,0,1,random"))
    assert {one.source for one in again} == {"PHASE 0"}
    assert unknown_said(workspace, again).startswith(
        "no question set here asks Z9: what is said of it is kept"
    )
    assert unknown_said(workspace, again[:1]) == ""
    take_earlier(workspace, again[:1])
    assert [(one.source, one.figures) for one in sources(workspace)] == [("Phase 0", 2), ("Phase 1, 2021", 2)]
    assert [one.counts["PM"] for one in figures_of(workspace, "Phase 0") if one.group == "P16"] == [1]
    with pytest.raises(Fault, match='no earlier results from "Phase 9"; there are: Phase 0; Phase 1, 2021'):
        figures_of(workspace, "Phase 9")
    (one,) = records(workspace, EarlierResult, question="A99")
    for counts in ("", "[]", '{"files": {"Y": 9}, "random": null}', '{"files": {"Y": "a"}, "random": 1}'):
        do(workspace, "import earlier results", [Change(EarlierResult.kind, one.id, {"counts": counts})])
        assert sources(workspace)[1].unread == 1 and len(figures_of(workspace, "Phase 1, 2021")) == 1
    workspace.close()


def test_two_random_draws_carry_the_interval_of_their_difference(tmp_path):
    workspace = bare_inspection(tmp_path)
    (tmp_path / "form.md").write_text(FORM, "utf-8")
    version = question_sets.import_questions(workspace, tmp_path / "form.md").id
    frame = tmp_path / "frame.csv"
    frame.write_text("reference,stratum\n" + "".join(f"H-{n},Hate\n" for n in range(60)), "utf-8")
    sampling.draw_sample(workspace, frame=frame, strata=["stratum"], target="20", seed="s")
    changes = []
    for number, file in enumerate(records(workspace, CaseFile)):
        id = examining.examination_id(file.id, ONE)
        fields = {"case_file": file.id, "examiner": ONE, "question_set": version}
        changes.append(
            Change(Examination.kind, id, {**fields, "started": wall(24, 9), "finished": wall(24, 15)})
        )
        held = {"examination": id, "question": "B01", "value": "FM" if number < 18 else "NM"}
        changes.append(Change(Answer.kind, derived_id(Answer.kind, id, "B01", ""), held))
    do(workspace, "answer", changes)
    then = read_earlier(
        listed(tmp_path, "One,,B01,4,12,4,20,random", "Two,,B01,16,2,2,20,Random", "Three,,B01,4,12,4,20,by hand",
               "Four,,B01,4,12,4,20,")
    )  # fmt: skip
    words = {one.source: beside(workspace, [one])[0].words for one in then}
    now = share(18, 20, population=60)
    apart = difference(now, share(4, 20)).interval
    assert words["One"] == (
        f"+70.0 points (95% {apart.low * 100:+.1f} to {apart.high * 100:+.1f}); more than then"
    )
    assert words["Two"].startswith("+10.0 points (95% -") and words["Two"].endswith(
        "the intervals overlap, so no difference can be told"
    )
    assert words["Three"] == earlier_lists.THEN_BY_HAND and words["Four"] == earlier_lists.THEN_UNSAID
    census = share(9, 20, population=20)
    both = Beside("", "B01", "", "", census, census, difference(census, census))
    assert both.words == "+0.0 points; all there are were counted"
    workspace.close()
