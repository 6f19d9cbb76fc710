"""Results on screen by keys: bars, table, heat map, one section, the files behind a figure, out as a file."""

import csv
import io

import pytest
from accessibility import nameless, too_small, unreached
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from counted import examined_inspection
from fieldwork.analysis.intervals import share
from fieldwork.desktop.appearance.tokens import PALETTES, appearance, contrast
from fieldwork.desktop.desk import Desk
from fieldwork.desktop.kit import Text
from fieldwork.desktop.kit.bar_parts import BarLine, Figure
from fieldwork.desktop.kit.bars import StackedBars
from fieldwork.desktop.kit.heat import ink_on, shade
from fieldwork.desktop.main_window import MainWindow
from fieldwork.desktop.pages.result_words import interval, percent
from fieldwork.desktop.session import places
from fieldwork.desktop.settings import Settings
from fieldwork.work.result_desk import COUNTED, Cell
from worlds import bare_inspection

KEY = Qt.Key


@pytest.fixture(scope="module")
def workspace(tmp_path_factory):
    workspace = examined_inspection(tmp_path_factory.mktemp("results"))
    yield workspace
    workspace.close()


class Window:
    """The real window with its real places, at the results."""

    def __init__(self, qtbot, workspace) -> None:
        self.desk = Desk(workspace)
        self.window = MainWindow(self.desk, places(), Settings())
        self.window.commands.bind("results", lambda: self.desk.go("Reports", "results"))
        qtbot.addWidget(self.window)
        self.window.resize(1280, 800)
        self.window.show()
        qtbot.waitExposed(self.window)
        self.window.activateWindow()
        self.window.go("Reports")
        self.settle()
        self.press(KEY.Key_R)
        self.page = self.window.page("Reports").results

    def settle(self) -> None:
        for _ in range(3):
            assert self.desk.lanes.wait_idle(60_000)
            QTest.qWait(10)

    def press(self, *keys, modifier=Qt.KeyboardModifier.NoModifier) -> None:
        for key in keys:
            QTest.keyClick(self.window.focusWidget() or self.window, key, modifier)
            self.settle()

    def said(self) -> str:
        return self.page.said.text()


@pytest.fixture
def bench(qtbot, workspace):
    made = Window(qtbot, workspace)
    yield made
    made.window.close()
    made.settle()


def test_figures_are_gone_to_and_told_in_words(bench):
    page = bench.page
    assert page.head.sub.text().startswith("6 of 6 files examined")
    assert bench.window.focusWidget() is page.bars
    assert page.cell == Cell("B01", "FM")  # the first bar; facts of the case stand above it
    bench.press(KEY.Key_Home)
    assert bench.said() == (
        "A03 Flags. 2 of 4 answered Domestic abuse; not drawn at random: counts only. Small: n is 5 or fewer."
    )
    bench.press(KEY.Key_Down, KEY.Key_Down)
    assert bench.said().startswith("B01 The plan fits the case. 2 of 4 fully met; not drawn at random")
    assert bench.said().endswith("Small: n is 5 or fewer.")
    bench.press(KEY.Key_Right)
    assert page.cell == Cell("B01", "PM") and "1 of 4 partially met" in bench.said()
    bench.press(KEY.Key_Right, KEY.Key_Right)
    assert page.cell == Cell("B01", COUNTED)
    bench.press(KEY.Key_Right, KEY.Key_Right)
    assert bench.said().startswith("B01 The plan fits the case. 1 file where examiners differ, outside n.")
    assert page.bars.accessibleDescription() == bench.said()
    bench.press(KEY.Key_Right)  # nothing further
    assert page.cell == Cell("B01", "(examiners differ)")
    assert "No percentages and no intervals: not drawn at random" in page.notes.text()


def test_the_files_behind_a_figure_and_back(bench):
    bench.press(KEY.Key_Return)
    files = bench.window.page("Files")
    assert bench.window.here == "Files"
    assert [row.title for row in files.list.rows if not row.head] == ["A-V-001", "A-V-002"]
    assert files.behind.text().startswith(
        "The 2 files behind this figure: B01 The plan fits the case. 2 of 4"
    )
    assert not files.shows.isVisible() and bench.window.focusWidget() is files.list
    bench.press(KEY.Key_Return)
    assert files.marking.pane.file.reference == "A-V-001"
    bench.press(KEY.Key_Escape)
    assert files.stack.currentIndex() == 0 and files.behind.isVisible()
    bench.press(KEY.Key_Escape)
    assert bench.window.here == "Reports" and bench.page.cell == Cell("B01", "FM")
    assert bench.window.focusWidget() is bench.page.bars
    bench.window.go("Files")
    assert not files.behind.isVisible() and files.shows.isVisible() and len(files.shown()) == 6


def test_by_body_table_and_heat_map_keep_the_place(bench):
    page = bench.page
    bench.press(KEY.Key_B)
    assert page.by == "body" and page.bys.current() == 1
    assert page.cell == Cell("B01", "FM", "P33", "body")  # still at the question, where it is not 0
    heads = [line for line in page.bars.lines if line.head == 2]
    assert heads[2].title == "The plan fits the case" and heads[2].note.startswith("Counts only")
    titles = [line.title for line in page.bars.lines if not line.head][:4]
    assert titles == [
        "Humberside Police", "Leicestershire Police", "CPS East Midlands", "CPS Yorkshire and Humberside",
    ]  # fmt: skip
    assert page.bars.go_to(Cell("B01", "FM", "P33", "body"))
    bench.press(KEY.Key_T)
    assert bench.window.focusWidget() is page.grid and page.cell == Cell("B01", "FM", "P33", "body")
    bench.press(KEY.Key_Right)
    assert page.cell == Cell("B01", COUNTED, "P33", "body")  # figures of none hold nothing to open
    bench.press(KEY.Key_M)
    assert bench.window.focusWidget() is page.heat and page.cell == Cell("B01", COUNTED, "P33", "body")
    assert bench.said().startswith(
        "B01 The plan fits the case. Leicestershire Police: 2 of 2 fully met; not drawn at random: counts only."
    )
    bench.press(KEY.Key_Left)
    assert page.cell.group == "P16"
    bench.press(KEY.Key_Down)
    assert page.cell.question == "B02"
    bench.press(KEY.Key_M)
    assert bench.window.focusWidget() is page.bars
    for by in ("stratum", "phase", "unit", "flag", ""):
        bench.press(KEY.Key_B)
        assert page.by == by
    bench.press(KEY.Key_M)
    assert page.grouping() == "body" and page.bys.current() == 1  # a heat map has groups in any case
    assert [column.words for column in page.heat.grid.columns[1:3]] == [
        "Humberside Police", "Leicestershire Police",
    ]  # fmt: skip


def test_what_a_screen_reader_hears_of_a_cell(bench):
    bench.press(KEY.Key_M)
    heat = bench.page.heat.grid
    row = next(i for i, line in enumerate(heat.rows) if line.cells[0].text == "B01")
    spoken = heat.data(heat.index(row, 2), Qt.ItemDataRole.AccessibleTextRole)
    assert spoken.startswith(
        "B01 The plan fits the case. Leicestershire Police: 2 of 2 fully met; not drawn at random: counts only."
    )
    assert heat.headerData(2, Qt.Orientation.Horizontal, Qt.ItemDataRole.AccessibleTextRole) == (
        "Leicestershire Police, 4 files"
    )
    bench.press(KEY.Key_T)
    grid = bench.page.grid.grid
    heads = [grid.headerData(i, Qt.Orientation.Horizontal) for i in range(grid.columnCount())]
    line = next(i for i, row in enumerate(grid.rows) if row.cells[0].text.startswith("B01"))
    told = [grid.data(grid.index(line, i)) for i in range(grid.columnCount())]
    assert dict(zip(heads, told, strict=True)) == {
        "Question": "B01  The plan fits the case", "Fully": "2", "Partially": "1", "Not met": "1",
        "Chosen": "", "n": "4, small", "N/A": "1", "Not known": "0", "Not asked": "0",
        "No answer": "0", "Differ": "1",
    }  # fmt: skip
    hears = [grid.data(grid.index(line, i), Qt.ItemDataRole.AccessibleTextRole) for i in (1, 5)]
    assert hears == ["2 fully met", "4. Small: 5 or fewer."]


def test_one_section_alone(bench):
    page = bench.page
    bench.press(KEY.Key_Slash)
    assert bench.window.focusWidget() is page.sections
    bench.press(KEY.Key_Down, KEY.Key_Down)
    assert page.sections.code() == "B"
    assert [line.code for line in page.bars.lines if not line.head] == ["B01", "B02"]
    bench.press(KEY.Key_Return)
    assert bench.window.focusWidget() is page.bars and page.cell.question == "B01"


def test_export_report_and_back(bench, tmp_path):
    page, to = bench.page, tmp_path / "by body.csv"
    bench.press(KEY.Key_B, KEY.Key_E)
    field = page.form.widgets["to"]
    assert bench.window.focusWidget() is field and field.text().endswith(".csv") and "by-body" in field.text()
    field.setText(str(tmp_path / "nowhere" / "x.csv"))
    bench.press(KEY.Key_Return)
    assert page.form.problem.text().startswith("There is no folder")
    field.setText(str(to))
    bench.press(KEY.Key_Return)
    assert bench.said().endswith(str(to)) and not page.form.isVisible()
    groups = {row["group"] for row in csv.DictReader(io.StringIO(to.read_text("utf-8-sig")))}
    assert groups == {"P16", "P33", "A02", "A14"}
    bench.press(KEY.Key_E)
    field.setText(str(to))
    bench.press(KEY.Key_Return)
    assert "is there already" in page.form.problem.text()
    bench.press(KEY.Key_Return)
    assert bench.said().startswith("Written at")
    bench.press(KEY.Key_Slash, KEY.Key_Down, KEY.Key_Down, KEY.Key_Return, KEY.Key_E)
    assert "Export section B, by body" in texts(page.form) and "results-B-by-body" in field.text()
    field.setText(str(to))
    bench.press(KEY.Key_Return, KEY.Key_Return)
    assert f"section B, by body: {to}" in bench.said()
    rows = list(csv.DictReader(io.StringIO(to.read_text("utf-8-sig"))))
    assert {row["section"] for row in rows} == {"B"} and {row["group"] for row in rows} == groups
    bench.press(KEY.Key_R)
    reports = bench.window.page("Reports")
    assert reports.here() is reports.reports and reports.reports.kinds.current().ident == "results"
    bench.press(KEY.Key_R, modifier=Qt.KeyboardModifier.ControlModifier)
    assert reports.here() is page
    bench.press(KEY.Key_Escape)
    assert reports.here() is reports.reports


def texts(widget):
    return " ".join(one.text() for one in widget.findChildren(Text))


@pytest.mark.parametrize(("size", "factor"), [((1280, 800), 1.0), ((640, 900), 1.0), ((1280, 800), 2.0)])
def test_every_control_has_a_name_a_size_and_is_reached(bench, size, factor):
    page = bench.page
    appearance.apply("light", factor)
    bench.window.resize(*size)
    bench.settle()
    assert bench.window.width() == size[0]
    narrow = (size, factor) != ((1280, 800), 1.0)
    assert page.grid.isVisible() is narrow  # a narrow window has the table alone
    assert ("result.heat" in page.commands()) is not narrow
    for view in (0,) if narrow else (0, 1, 2):
        page.show_view(view)
        bench.settle()
        assert nameless(bench.window) == []
        assert too_small(bench.window) == []
        assert unreached(page) == []
    if narrow:
        bench.press(KEY.Key_Down)
        assert page.cell is not None and bench.said()


def test_with_nothing_examined_it_says_what_will_be_here(qtbot, tmp_path):
    workspace = bare_inspection(tmp_path)
    bench = Window(qtbot, workspace)
    assert bench.page.empty.isVisible() and not bench.page.stack.isVisible()
    bench.window.close()
    bench.settle()
    workspace.close()


@pytest.mark.parametrize("name", PALETTES)
def test_figures_are_read_on_every_shade_and_part(qtbot, name):
    appearance.apply(name)
    for step in range(21):
        ground = shade(step / 20)
        assert contrast(ink_on(ground).name(), ground.name()) >= 4.5
    for tone in ("fully", "partly", "notmet"):
        ground = PALETTES[name][tone]
        assert contrast(ink_on(ground).name(), ground.name()) >= 4.5


def test_an_interval_is_a_line_and_words(qtbot):
    one = share(38, 96)
    assert (percent(one), interval(one)) == ("40%", "30\u201350%")
    bars = StackedBars("Bars")
    qtbot.addWidget(bars)
    bars.resize(1000, 300)
    figures = tuple(Figure(code, code, count, code) for code, count in (("FM", 38), ("PM", 57), ("NM", 1)))
    line = BarLine("First submission complete", "D04", figures, share="40%", interval="30\u201350%")
    bars.put([line])
    plain = bars.grab().toImage()
    bars.put([BarLine(**{**line.__dict__, "whisker": (0.3, 0.5)})])
    assert bars.grab().toImage() != plain
    spots = bars._spots(0)
    assert [spot.words for spot in spots] == ["", "", "", "1 NM"]  # too narrow for its count: told beside it
    parts = [spot.rect.width() for spot in spots[:3]]
    assert parts[0] / sum(parts) == pytest.approx(38 / 96)  # true to scale
    assert [spot.figure.count for spot in bars._ways(0)] == [38, 57, 1]  # each gone to once
