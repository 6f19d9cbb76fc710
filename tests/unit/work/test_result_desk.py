"""Results for the page: each figure has as many files behind it as it says; groups in words, never ranked."""

import openpyxl
import pytest

from fieldwork.analysis.intervals import share
from fieldwork.domain.faults import Fault
from fieldwork.domain.records import CaseFile
from fieldwork.store.reading import get, records
from fieldwork.work import exporting, result_desk, results, visits
from fieldwork.work.result_desk import COUNTED, Cell, Line, behind, compared, table
from fieldwork.work.result_tables import figures_digest
from fieldwork.work.results import BY


@pytest.fixture(scope="module")
def workspace(tmp_path_factory):
    from counted import examined_inspection, renamed

    folder = tmp_path_factory.mktemp("counted")
    workspace = examined_inspection(folder)
    renamed(workspace, folder)
    yield workspace
    workspace.close()


@pytest.mark.parametrize("by", ["", *BY])
def test_each_figure_has_as_many_files_behind_it_as_it_says(workspace, by):
    told = table(workspace, by=by)
    assert (told.finished, told.files) == (6, 6)
    seen = 0
    for row in told.rows:
        for line in row.lines:
            total = Cell(row.question, COUNTED, line.group, by)
            assert len(behind(workspace, total)) == line.n
            for part in (*line.parts, *line.apart):
                assert len(behind(workspace, part.cell)) == part.count, part
                seen += part.count
    assert seen > 20


def test_files_behind_come_by_reference(workspace):
    found = behind(workspace, Cell("B01", COUNTED))
    assert [get(workspace, CaseFile, id).reference for id in found] == [
        "A-R-005", "A-R-006", "A-V-001", "A-V-002",
    ]  # fmt: skip
    assert len(behind(workspace, Cell("B01", "FM", "P16", "body"))) == 0
    assert len(behind(workspace, Cell("B01", "NM", "P16", "body"))) == 1
    assert len(behind(workspace, Cell("A14", "NO"))) == 2  # given as N to A04, before it was renamed


def test_bodies_stand_in_the_order_of_the_register_by_name(workspace):
    told = table(workspace, by="body")
    assert [(group.name, group.words, group.files) for group in told.groups] == [
        ("P16", "Humberside Police", 2),
        ("P33", "Leicestershire Police", 4),
        ("A02", "CPS East Midlands", 4),
        ("A14", "CPS Yorkshire and Humberside", 2),
    ]
    row = told.row("B01")
    assert [line.n for line in row.lines] == [2, 2, 2, 2] and all(line.small for line in row.lines)
    assert {part.words: part.count for part in row.lines[1].apart} == {
        "not applicable": 1, "where examiners differ": 1,
    }  # fmt: skip
    assert row.compared.startswith("Counts only: not drawn at random")


def _line(words, count, n, **how):
    return Line(words, words, n, (), (), share(count, n, **how))


def test_groups_are_told_apart_in_words_only_where_their_intervals_are():
    one, other, third = _line("Kent", 90, 100), _line("Essex", 10, 100), _line("Surrey", 50, 100)
    assert compared([one, _line("Essex", 85, 100)]) == (
        "The intervals overlap: no difference between the groups can be told."
    )
    assert compared([one, other]) == "The intervals do not overlap for Kent and Essex."
    near = _line("Norfolk", 88, 100)
    assert compared([one, near, other]) == (
        "The intervals do not overlap for Kent and Essex; Norfolk and Essex. All others overlap."
    )
    assert compared([one, near, other, third]).count(" and ") == 4  # three pairs and how many more
    assert compared([one, _line("Essex", 1, 2, at_random=False)]).startswith("Counts only")
    assert compared([one]) == compared([one, _line("Essex", 0, 0)]) == ""


def test_it_writes_what_the_command_writes_and_replaces_nothing_unasked(workspace, tmp_path):
    to, same = tmp_path / "results.csv", tmp_path / "same.csv"
    result_desk.export(workspace, to=to, by="body")
    exporting.write_results(workspace, same, by="body")
    assert to.read_bytes() == same.read_bytes() and to.stat().st_size > 500
    with pytest.raises(Fault, match="is there already"):
        result_desk.export(workspace, to=to, by="")
    with pytest.raises(Fault, match="no folder"):
        result_desk.export(workspace, to=tmp_path / "nowhere" / "results.csv")
    result_desk.export(workspace, to=to, by="", replace=True)
    assert to.read_bytes() != same.read_bytes()


def test_it_writes_what_is_shown_one_section_of_one_visit(workspace, tmp_path):
    to = tmp_path / "part.xlsx"
    (visit,) = {one.visit for one in records(workspace, CaseFile)}
    elsewhere = visits.plan_visit(workspace, title="Elsewhere", bodies=["P33"], start="2026-11-30").id
    result_desk.export(workspace, to=to, visit=elsewhere, section="B")
    assert openpyxl.load_workbook(to)["files"].max_row == 1, "no file is of that visit"
    result_desk.export(workspace, to=to, visit=visit, section="B", replace=True)
    book = openpyxl.load_workbook(to)
    rows = [
        ["" if cell is None else str(cell) for cell in row]
        for row in book["results"].iter_rows(values_only=True)
    ]
    (group,) = results.of_section(results.results(workspace, visit=visit), "B")
    heads, told = results.result_rows([group])
    assert rows == [heads, *told] and {row[1] for row in told} == {"B"}
    assert figures_digest([group]) in book.properties.description
    references = {row[0] for row in book["files"].iter_rows(min_row=2, values_only=True)}
    assert len(references) == group.files == 6
    assert {row[1] for row in book["codebook"].iter_rows(min_row=2, values_only=True)} == {"B"}
