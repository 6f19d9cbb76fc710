"""Results of the questions: files examined twice, choices that are gone, versions, the clock, queries."""

import csv
from dataclasses import replace
from datetime import datetime

import openpyxl
import pytest
import sqlalchemy as sa

from fieldwork.analysis.intervals import CENSUS, wilson
from fieldwork.analysis.scores import NOT_ASKED
from fieldwork.domain.records import Answer, CaseFile, DrawnCase, Examination
from fieldwork.domain.values import derived_id
from fieldwork.reports import composing
from fieldwork.reports.document import Paragraph, Table
from fieldwork.store.reading import get, records
from fieldwork.store.recording import Change
from fieldwork.work import (
    counting,
    examining,
    exporting,
    gathering,
    inspections,
    panes,
    question_sets,
    result_desk,
    results,
    sampling,
)
from fieldwork.work.done import do
from fieldwork.work.plain_answers import plain_answers
from fieldwork.work.result_tables import figures_digest
from fieldwork.work.standing_for import RATES, TWO_DRAWS
from worlds import small_inspection, wall

HEADS = "| survey |\n| | type | name | label | relevant | scale | required |\n"
CHOICES = "| choices |\n| | list_name | name | label |\n"
MET = "".join(f"| | met | {code} | {code} |\n" for code in ("FM", "PM", "NM", "NA", "NK"))
FLAGS = "".join(f"| | flags | {code} | {code} |\n" for code in ("abuse", "hate", "rape"))
YES = "| | yn | Y | Yes |\n| | yn | N | No |\n"
FIRST = (
    HEADS
    + "| | begin group | A | About | | | |\n"
    + "| | select_multiple flags | A03 | Flags | | | |\n"
    + "| | select_one yn | A04 | Sent? | | | |\n"
    + "| | select_one met | A05 | Full file | ${A04} = 'Y' | met | |\n"
    + "| | select_one yn | A06 | Old question | | | |\n"
    + "| | select_one yn | A07 | Late? | today() > date('2026-12-01') | | |\n"
    + "| | end group | | | | | |\n"
    + CHOICES
)
SECOND = FIRST.replace("| | select_one yn | A06 | Old question | | | |\n", "")


@pytest.fixture
def workspace(tmp_path, monkeypatch):
    monkeypatch.setenv("FIELDWORK_KDF_MEMORY", "65536")
    monkeypatch.setenv("FIELDWORK_HOME", str(tmp_path / "home"))
    workspace = small_inspection(tmp_path)
    put_in_use(workspace, tmp_path, FIRST + MET + FLAGS + YES)
    yield workspace
    workspace.close()


def put_in_use(workspace, folder, form, version="1"):
    path = folder / "form.md"
    settings = f"| settings |\n| | form_id | version |\n| | small | {version} |\n"
    path.write_text(form + settings, encoding="utf-8")
    return question_sets.import_questions(workspace, path).id


def examined(workspace, reference, answers, examiner=b"1" * 16):
    """A finished examination with these answers, whatever they are."""
    (file,) = records(workspace, CaseFile, reference=reference)
    id = examining.examination_id(file.id, examiner)
    fields = {
        "case_file": file.id,
        "examiner": examiner,
        "question_set": inspections.inspection_of(workspace).question_set,
        "started": wall(24, 9),
        "finished": wall(24, 15),
    }
    changes = [Change(Examination.kind, id, fields)]
    for code, value in answers.items():
        held = {"examination": id, "question": code, "value": value}
        changes.append(Change(Answer.kind, derived_id(Answer.kind, id, code, ""), held))
    do(workspace, "answer", changes)
    return get(workspace, Examination, id)


def both(workspace, reference, one, other):
    examined(workspace, reference, one)
    examined(workspace, reference, other, examiner=b"2" * 16)


def of(group, code):
    (found,) = [counted for counted in group.questions if counted.question.code == code]
    return found


def test_a_pair_that_differs_on_its_flags_stands_in_no_flags_group(workspace):
    both(workspace, "A-V-001", {"A03": "rape", "A04": "Y"}, {"A03": "hate", "A04": "Y"})
    both(workspace, "A-V-002", {"A03": "rape hate"}, {"A03": "hate rape"})
    examined(workspace, "A-V-003", {"A04": "N"})
    groups = {group.group: group for group in results.results(workspace, by="flag")}
    assert {name: group.files for name, group in groups.items()} == {
        "(examiners differ)": 1, "(none)": 1, "hate": 1, "rape": 1,
    }  # fmt: skip
    apart = groups["(examiners differ)"]
    assert (of(apart, "A03").differing, of(apart, "A04").choice.shares["Y"].count) == (1, 1)


def test_several_choices_are_compared_without_their_order(workspace):
    both(workspace, "A-V-001", {"A03": "abuse rape"}, {"A03": "rape abuse"})
    (group,) = results.results(workspace)
    flags = of(group, "A03")
    assert flags.differing == 0
    assert {code: share.count for code, share in flags.choice.shares.items()} == {
        "abuse": 1, "hate": 0, "rape": 1,
    }  # fmt: skip


def test_several_choices_are_kept_in_the_order_of_the_question(workspace):
    question = examining.question_set(workspace).question("A03")
    assert examining.checked_value(question, "rape  abuse rape") == "abuse rape"


def test_one_answer_beside_a_blank_is_the_answer_but_asked_and_not_asked_differ(workspace):
    both(workspace, "A-V-001", {"A04": "Y", "A05": "FM"}, {"A04": "Y"})
    both(workspace, "A-V-002", {"A04": "Y", "A05": "FM"}, {"A04": "N", "A05": "FM"})
    both(workspace, "A-V-003", {"A04": "Y", "A05": "FM"}, {"A04": "Y", "A05": "NM"})
    both(workspace, "A-V-004", {"A04": "Y"}, {"A04": "Y"})
    (group,) = results.results(workspace)
    full = of(group, "A05")
    assert (full.met.fully_met, full.met.n, full.met.unanswered, full.differing) == (1, 1, 1, 2)


def test_a_code_that_is_no_choice_any_more_has_a_row_of_its_own(workspace, tmp_path):
    examined(workspace, "A-V-001", {"A03": "rape", "A04": "Y", "A05": "PM"})
    examined(workspace, "A-V-002", {"A03": "rape abuse", "A04": "Y", "A05": "PARTLY"})
    put_in_use(workspace, tmp_path, FIRST + MET + FLAGS.replace("rape", "stalking") + YES, "2")
    (group,) = results.results(workspace)
    assert (of(group, "A05").outside, of(group, "A05").met.n) == ({"PARTLY": 1}, 1)
    heads, rows = results.result_rows([group])
    said = {(row[2], row[4]): dict(zip(heads, row, strict=True)) for row in rows}
    gone = said["A03", "no longer a choice: rape"]
    assert (gone["count"], gone["n"], gone["share of n (%)"]) == ("2", "2", "")
    assert (gone["low (%)"], gone["no interval because"]) == ("", "not drawn at random: counts only")
    assert said["A03", "abuse abuse"]["count"] == "1"
    assert said["A05", "no longer a choice: PARTLY"]["count"] == "1"
    report = composing.question_results(gathering.results_facts(workspace))
    cells = [cell for block in report.blocks for row in getattr(block, "rows", ()) for cell in row]
    assert any("No longer a choice: rape: 2" in str(cell) for cell in cells)
    assert any("No longer a choice: PARTLY: 1" in str(cell) for cell in cells)


def test_a_question_only_an_older_version_asks_is_listed_and_says_so(workspace, tmp_path):
    examined(workspace, "A-V-001", {"A04": "Y", "A06": "N"})
    put_in_use(workspace, tmp_path, SECOND + MET + FLAGS + YES, "2")
    both(workspace, "A-V-002", {"A04": "N"}, {"A04": "N"})
    (group,) = results.results(workspace)
    old = of(group, "A06")
    assert (old.choice.shares["N"].count, old.choice.n, old.choice.not_asked) == (1, 1, 1)
    assert old.wording == "Old question (only in version 1)"
    assert of(group, "A04").wording == "Sent?"
    _, rows = results.result_rows([group])
    assert [row[3] for row in rows if row[2] == "A06"] == ["Old question (only in version 1)"] * 2


def test_figures_stand_still_while_the_clock_goes_on(workspace, monkeypatch):
    examined(workspace, "A-V-001", {"A07": "Y"})

    class Later(datetime):
        @classmethod
        def now(cls, tz=None):
            return cls(2027, 5, 1)

    monkeypatch.setattr(panes, "datetime", Later)
    (group,) = results.results(workspace)
    assert (of(group, "A07").choice.n, of(group, "A07").choice.not_asked) == (0, 1)


@pytest.mark.parametrize("by", ["", "stratum", "phase", "flag"])
def test_more_files_make_no_more_queries(workspace, by):
    counted = []

    def note(*_):
        counted.append(1)

    with workspace.read() as db:
        engine = db.engine
    sa.event.listen(engine, "before_cursor_execute", note)
    numbers = []
    for reference in ("A-V-001", "A-V-002", "A-R-005"):
        examined(workspace, reference, {"A04": "Y"})
        counted.clear()
        results.results(workspace, by=by)
        numbers.append(len(counted))
    sa.event.remove(engine, "before_cursor_execute", note)
    assert len(set(numbers)) == 1


def test_answers_given_before_a_renaming_count_under_the_code_of_now(workspace, tmp_path):
    examined(workspace, "A-V-001", {"A04": "N", "A06": "Y"})
    heads = HEADS.replace("| required |", "| required | was |")
    rows = FIRST.removeprefix(HEADS).replace("A06 | Old question | | |", "A16 | Old question | | | | A06")
    yes = YES.replace("| | yn | N | No |", "| | yn | NO | No | N |")
    choices = CHOICES.replace("| label |", "| label | was |")
    second = (heads + rows).replace(CHOICES, choices) + MET + FLAGS + yes
    put_in_use(workspace, tmp_path, second, "2")
    examined(workspace, "A-V-002", {"A04": "NO", "A16": "NO"})
    (group,) = results.results(workspace)
    shares = {code: of(group, code).choice.shares for code in ("A04", "A16")}
    assert {choice: share.count for choice, share in shares["A16"].items()} == {"Y": 1, "NO": 1}
    assert {choice: share.count for choice, share in shares["A04"].items()} == {"Y": 0, "NO": 2}
    assert not [counted for counted in group.questions if counted.older]


def drawn_files(workspace, tmp_path, rows, targets, seed="s"):
    """A draw; the references it chose, by stratum."""
    frame = tmp_path / "frame.csv"
    frame.write_text("reference,stratum\n" + "".join(f"{row}\n" for row in rows), "utf-8")
    wanted = tmp_path / "targets.csv"
    wanted.write_text("stratum,target\n" + "".join(f"{row}\n" for row in targets), "utf-8")
    sampling.draw_sample(workspace, frame=frame, strata=["stratum"], target=str(wanted), seed=seed)
    drawn = [one for one in records(workspace, DrawnCase) if one.standing == "chosen"]
    return {
        name: [one.reference for one in drawn if one.reference.startswith(name)]
        for name in (row.split(",")[0] for row in targets)
    }


def frame_of(**sizes):
    return [f"{name}-{number:03},{name}" for name, size in sizes.items() for number in range(size)]


def test_drawn_files_carry_intervals_narrowed_by_what_they_were_drawn_from(workspace, tmp_path):
    chosen = drawn_files(workspace, tmp_path, frame_of(Hate=40, Rape=10), ["Hate,8", "Rape,10"])
    for number, reference in enumerate(chosen["Hate"]):
        examined(
            workspace, reference, {"A04": "Y" if number < 6 else "N", "A05": "FM" if number < 3 else "NM"}
        )
    for reference in chosen["Rape"]:
        examined(workspace, reference, {"A04": "Y", "A05": "PM"})
    groups = {group.group: group for group in results.results(workspace, by="stratum")}
    full = of(groups["Hate"], "A05").met
    # six of eight were asked, so they stand for thirty of the forty
    assert full.fully_met_share.interval == wilson(3, 6, population=30) != wilson(3, 6)
    assert of(groups["Hate"], "A04").choice.shares["Y"].interval == wilson(6, 8, population=40)
    assert of(groups["Rape"], "A05").met.shares["PM"].without == CENSUS
    (both_strata,) = results.results(workspace)
    assert of(both_strata, "A04").choice.shares["Y"].without == RATES
    heads, rows = results.result_rows([groups["Hate"]])
    lines = [dict(zip(heads, row, strict=True)) for row in rows if row[2] == "A05"]
    assert [(line["choice"], line["count"], line["n"]) for line in lines] == [
        ("FM", "3", "6"), ("PM", "0", "6"), ("NM", "3", "6"),
    ]  # fmt: skip
    interval = wilson(3, 6, population=30)
    assert (lines[0]["share of n (%)"], lines[0]["low (%)"], lines[0]["high (%)"]) == (
        "50.0", f"{interval.low * 100:.1f}", f"{interval.high * 100:.1f}",
    )  # fmt: skip
    (section,) = [row for row in rows if row[2] == "section A"]
    assert section[-4:] == ["50.0", "", "", results.POINTS]
    everything = [dict(zip(heads, row, strict=True)) for row in results.result_rows([both_strata])[1]]
    assert {line["share of n (%)"] for line in everything} == {""}  # counts and points alone
    (section,) = [line for line in everything if line["question"] == "section A"]
    assert (section["count"], section["no interval because"]) == ("16 of 32", RATES)
    facts = gathering.results_facts(workspace)
    (scores, *_), (intro, *_) = _tables(facts), _said(facts)
    assert scores.head == ("Section", "Points", "Possible", "n")
    assert f"No percentages and no intervals: {RATES}." in intro
    hate = replace(facts, sections=gathering.section_facts(groups["Hate"]))
    (scores, *_), (intro, *_) = _tables(hate), _said(hate)
    assert scores.head[-1] == "Score" and scores.rows[0][-1] == "50.0%" and "No percentages" not in intro
    desk = result_desk.table(workspace)
    on_screen = [one.scores[0].words for one in desk.sections if one.scores[0].n]
    assert (
        on_screen == [one.score.words for one in facts.sections if one.score.n] == ["16 of 32 points, n 16"]
    )


def _tables(facts):
    return [one for one in composing.question_results(facts).blocks if isinstance(one, Table)]


def _said(facts):
    some = [one for one in composing.question_results(facts).blocks if isinstance(one, Paragraph)]
    return ["".join(run.text for run in one.runs) for one in some]


def test_strata_drawn_in_proportion_are_put_together_and_a_file_by_hand_takes_the_interval_away(
    workspace, tmp_path
):
    chosen = drawn_files(workspace, tmp_path, frame_of(Hate=40, Rape=21), ["Hate,8", "Rape,4"])
    for reference in (*chosen["Hate"], *chosen["Rape"]):
        examined(workspace, reference, {"A04": "Y"})
    share = of(results.results(workspace)[0], "A04").choice.shares["Y"]
    assert share.interval == wilson(12, 12, population=61)
    examined(workspace, "A-V-001", {"A04": "N"})
    share = of(results.results(workspace)[0], "A04").choice.shares["Y"]
    assert (share.interval, share.count, share.n) == (None, 12, 13)
    assert share.without == "1 of 13 files were not drawn at random: counts only"


def test_lists_with_a_case_in_common_are_not_put_together(workspace, tmp_path):
    hate = drawn_files(workspace, tmp_path, frame_of(Hate=10), ["Hate,2"])["Hate"]
    rape = drawn_files(workspace, tmp_path, [*frame_of(Rape=10), f"{hate[0]},Rape"], ["Rape,2"], "t")["Rape"]
    for reference in (*hate, *rape):
        examined(workspace, reference, {"A04": "Y"})
    assert of(results.results(workspace)[0], "A04").choice.shares["Y"].without == TWO_DRAWS


def test_read_together_answers_are_those_of_the_panes(workspace, tmp_path):
    both(workspace, "A-V-001", {"A03": "rape hate", "A04": "Y", "A05": "FM"}, {"A03": "", "A06": "Z"})
    put_in_use(workspace, tmp_path, SECOND + MET + FLAGS + YES, version="2")
    examined(workspace, "A-V-002", {"A04": "N", "A05": "NM", "A09": "gone"})
    asked, files = counting.file_answers(workspace)
    panes = counting.finished_panes(workspace)
    apart = {}
    for pane in panes:
        apart.setdefault(pane.file.id, []).append(counting.answers_of(pane, asked.names))
    assert {one.file.id: sorted(map(repr, one.given)) for one in files} == {
        file: sorted(map(repr, some)) for file, some in apart.items()
    }
    done, held = counting.counted_examinations(workspace)
    assert len(plain_answers(workspace, done, held, asked.names)) == len(panes) == 3


def test_texts_numbers_and_dates_leave_as_columns_that_run_nothing(workspace, tmp_path):
    written = "| | text | A08 | In words | | | |\n| | integer | A09 | Days | | | |\n| | date | A10 | Charged | | | |\n"
    form = FIRST.replace("| | end group", written + "| | end group")
    put_in_use(workspace, tmp_path, form + MET + FLAGS + YES, "2")
    formula, long = '=HYPERLINK("http://x")', "long " * 7000
    examined(workspace, "A-V-001", {"A04": "Y", "A08": formula, "A09": "-12", "A10": "2026-03-01"})
    both(workspace, "A-V-002", {"A08": long, "A09": "3"}, {"A08": long, "A09": "4"})
    wide, book = tmp_path / "files.csv", tmp_path / "all.xlsx"
    exporting.write_files(workspace, wide)
    with wide.open(encoding="utf-8-sig", newline="") as file:
        first, second = csv.DictReader(file)
    assert [first[head] for head in ("A04", "A08", "A09", "A10")] == ["Y", f"'{formula}", "-12", "2026-03-01"]
    assert list(first)[8:] == ["A03", "A04", "A05", "A06", "A07", "A08", "A09", "A10"]  # as the form asks
    assert (second["A08"].strip(), second["A09"], second["A10"]) == (long.strip(), results.DIFFER, "")
    exporting.write_workbook(workspace, book)
    read = openpyxl.load_workbook(book)
    heads, one, other = read["files"].iter_rows()
    cells = {head.value: (a, b) for head, a, b in zip(heads, one, other, strict=True)}
    assert (cells["A08"][0].value, cells["A08"][0].data_type) == (formula, "s")
    assert (cells["A09"][0].value, cells["A09"][1].value) == (-12, results.DIFFER)
    assert cells["A08"][1].value.endswith("(cut here: the whole text stands in the CSV)")
    codebook = {row[0]: row[2:5] for row in read["codebook"].iter_rows(values_only=True)}
    assert codebook["A08"] == ("In words", "text", None) and codebook["A10"][1] == "date"
    assert not any(counted.question.code == "A08" for counted in results.results(workspace)[0].questions)


def test_files_and_codebook_leave_beside_the_results(workspace, tmp_path):
    both(
        workspace, "A-V-001", {"A03": "rape hate", "A04": "Y", "A05": "FM"}, {"A03": "hate rape", "A04": "N"}
    )
    examined(workspace, "A-V-002", {"A04": "N"})
    wide, book = tmp_path / "files.csv", tmp_path / "all.xlsx"
    exporting.write_files(workspace, wide)
    with wide.open(encoding="utf-8-sig", newline="") as file:
        first, second = csv.DictReader(file)
    asked = ("reference", "drawn", "examinations", "A03", "A04", "A05", "A06")
    assert [first[head] for head in asked] == [
        "A-V-001", "by hand", "2", "hate rape", results.DIFFER, results.DIFFER, "",
    ]  # fmt: skip
    assert [second[head] for head in asked] == ["A-V-002", "by hand", "1", "", "N", NOT_ASKED, ""]
    exporting.write_workbook(workspace, book)
    bytes_then = book.read_bytes()
    read = openpyxl.load_workbook(book)
    assert read.sheetnames == ["results", "files", "codebook"]
    heads, *rows = read["codebook"].iter_rows(values_only=True)
    points = {row[4]: row[6] for row in rows if row[0] == "A05"}
    assert heads[4:] == ("choice", "choice wording", "points", "version")
    assert points == {"FM": 2, "PM": 1, "NM": 0, "NA": None, "NK": None}
    assert {row[7] for row in rows} == {"1"}
    heads, rows = results.result_rows(results.results(workspace))
    held = [
        ["" if cell is None else str(cell) for cell in row]
        for row in read["results"].iter_rows(values_only=True)
    ]
    assert held[0] == heads and [row[:5] for row in held[1:]] == [row[:5] for row in rows]
    assert read.properties.description.split()[-1] == figures_digest(results.results(workspace))
    exporting.write_workbook(workspace, book)
    assert book.read_bytes() == bytes_then
