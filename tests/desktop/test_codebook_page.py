"""The codebook in Set-up, by keys: themes added, described, moved, merged, parted, read in and written out."""

import random

import pytest
from accessibility import nameless, too_small, unreached
from page_kit import Bench
from PySide6.QtCore import QMimeData, QPointF, Qt
from PySide6.QtGui import QDropEvent
from PySide6.QtWidgets import QApplication, QLabel

from fieldwork.desktop.appearance.tokens import contrast
from fieldwork.desktop.kit.theme_colour import SHIPPED, ThemeChip, on_colour
from fieldwork.desktop.pages.set_up import SetUpPage
from fieldwork.domain.records import Theme
from fieldwork.store.reading import get
from fieldwork.work import codebook, themes, undoing
from worlds import NOW, small_inspection

K_NONE = Qt.KeyboardModifier.NoModifier
K, ALT, SHIFT = Qt.Key, Qt.KeyboardModifier.AltModifier, Qt.KeyboardModifier.ShiftModifier


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("codebook")


@pytest.fixture
def bench(qtbot, tmp_path):
    made = Bench(qtbot, small_inspection(tmp_path), "Set-up", lambda desk: SetUpPage(desk, lambda: NOW))
    made.press(K.Key_T)
    yield made
    made.close()


def names(bench):
    return [row.title.replace("\u2003", ".") for row in bench.page.codebook.list.rows]


def go(bench, name):
    bench.page.codebook.list.go([each.strip(".") for each in names(bench)].index(name))


def theme(bench, name):
    return themes.find_theme(bench.workspace, name)


def said(bench):
    return "\n".join(label.text() for label in bench.page.codebook.detail.findChildren(QLabel))


def test_a_codebook_is_made_by_keys(bench):
    view = bench.page.codebook
    assert view.head.sub.text() == "36 themes on 2 levels" and QApplication.focusWidget() is view.list
    go(bench, "disclosure")
    assert "Unused material" in said(bench) and "1 neutral" in said(bench) and "#disclosure" in said(bench)
    bench.press_with(K.Key_A, SHIFT)
    assert view.line.title.text() == "A new theme below disclosure"
    bench.type(QApplication.focusWidget(), "Sensitive material")
    bench.press(K.Key_Return)
    assert view.at().theme.name == "Sensitive material" and view.at().depth == 1
    bench.press(K.Key_A)
    bench.type(QApplication.focusWidget(), "sensitive material")
    bench.press(K.Key_Return)
    assert 'There is a theme "Sensitive material" in that place already' in view.line.problem.text()
    bench.press(K.Key_Escape)

    bench.press(K.Key_E)
    view.line.put(name="Sensitive unused", guidance="One.\nTwo.", colour="#ffbf47")
    bench.press(K.Key_Return)
    held = theme(bench, "sensitive unused")
    assert (held.guidance, held.colour, held.code) == ("One.\nTwo.", "#ffbf47", "sensitive_material")
    assert view.detail.findChildren(ThemeChip)[0].accessibleName() == "Sensitive unused"
    bench.press(K.Key_E)
    bench.press(K.Key_Return)  # nothing is changed: nothing is written
    undoing.undo(bench.workspace)
    assert get(bench.workspace, Theme, held.id).name == "Sensitive material"
    view.read()
    bench.settle()

    place = names(bench).index(".Sensitive material")
    bench.press_with(K.Key_Up, ALT)
    assert names(bench).index(".Sensitive material") == place - 1 and view.at().theme.id == held.id
    bench.press_with(K.Key_Right, ALT)
    assert "..Sensitive material" in names(bench)
    bench.press_with(K.Key_Left, ALT)
    bench.press_with(K.Key_Left, ALT)
    assert "Sensitive material" in names(bench) and view.at().theme.id == held.id
    bench.press_with(K.Key_Down, ALT)
    assert names(bench)[-1] != "Sensitive material" or names(bench)[-2] != "disclosure"


def test_themes_are_merged_parted_and_offered_no_more(bench):
    view = bench.page.codebook
    go(bench, "relationships")
    bench.press(K.Key_M)
    bench.type(QApplication.focusWidget(), "capab")
    bench.press(K.Key_Return)
    assert view.said.text() == "" and "relationships" not in [each.strip(".") for each in names(bench)]
    assert view.at().theme.name == "capability" and view.at().total == 4
    assert "relationships" in said(bench)
    bench.press_with(K.Key_M, SHIFT)
    assert view.at().theme.name == "relationships" and view.at().total == 3
    bench.press(K.Key_X)
    assert view.at().theme.withdrawn and view.list.current().trail == "withdrawn"
    assert "relationships" not in [one.name for one in themes.complete(bench.workspace, "rel")]
    bench.press(K.Key_X)
    assert not view.at().theme.withdrawn


def test_a_theme_is_split_by_keys(bench):
    view = bench.page.codebook
    go(bench, "relationships")
    before = view.at().total
    bench.press_with(K.Key_S, SHIFT)
    panel = view.splitting.panel
    assert panel.isVisible() and len(panel.list.rows) == before == 3
    bench.press(K.Key_Return)
    assert "Choose what goes" in panel.below.text()
    bench.press(K.Key_Space)
    bench.window.grab()
    bench.press(K.Key_Return)
    bench.type(QApplication.focusWidget(), "relationships")
    bench.press(K.Key_Return)
    assert "already" in view.splitting.naming.problem.text()
    bench.type(QApplication.focusWidget(), " with the CPS")
    bench.press(K.Key_Return)
    assert view.at().theme.name == "relationships with the CPS" and view.at().total == 1
    go(bench, "relationships")
    assert view.at().total == 2 and not view.forms.isVisible()
    bench.press_with(K.Key_S, SHIFT)
    bench.press(K.Key_Escape)
    assert QApplication.focusWidget() is view.list and view.splitting.panel is None
    undoing.undo(bench.workspace)
    view.read()
    bench.settle()
    assert view.at().total == 3


def drag(bench, name, onto, part):
    """Drop a theme on a row: at the top, the middle or the bottom of it."""
    view = bench.page.codebook
    go(bench, name)
    at = [each.strip(".") for each in names(bench)].index(onto)
    rect = view.list.visualRect(view.list.model().index(at, 0))
    place = QPointF(rect.left() + 20, rect.top() + rect.height() * part)
    event = QDropEvent(place, Qt.DropAction.MoveAction, QMimeData(), Qt.MouseButton.LeftButton, K_NONE)
    view.list.dropEvent(event)
    bench.settle()


def test_themes_are_dragged(bench):
    view = bench.page.codebook
    first, second = [one.theme.name for one in view.shown if not one.depth][:2]
    leaf = next(one.theme.name for one in view.shown if one.depth)
    drag(bench, second, first, 0.1)
    assert names(bench)[0] == second
    drag(bench, leaf, second, 0.5)
    place = names(bench).index("." + leaf)
    assert names(bench)[place - 1] == second and view.at().theme.name == leaf
    drag(bench, leaf, second, 0.05)
    assert names(bench)[:2] == [leaf, second]
    drag(bench, leaf, leaf, 0.5)
    assert names(bench)[:2] == [leaf, second]
    drag(bench, second, leaf, 0.5)
    assert names(bench)[:2] == [leaf, "." + second]
    drag(bench, leaf, second, 0.5)
    assert "below itself" in view.said.text() and names(bench)[:2] == [leaf, "." + second]


def test_a_file_is_looked_at_first_and_taken_by_a_second_enter(bench, tmp_path):
    view = bench.page.codebook
    (tmp_path / "a.csv").write_text(
        "name,parent,guidance\nBail,,New.\nconditions,Bail,\nIT,,Other words.\n", "utf-8"
    )
    bench.press(K.Key_I)
    view.reading.put(path=str(tmp_path / "gone.qdc"))
    bench.press(K.Key_Return)
    assert "gone.qdc" in view.reading.problem.text()
    view.reading.put(path=str(tmp_path / "a.csv"))
    bench.press(K.Key_Return)
    assert view.reading.problem.text() == (
        "2 themes new (Bail, conditions) and 1 theme described anew (IT). Enter takes it."
    )
    assert theme(bench, "bail") is None
    bench.press(K.Key_Return)
    assert theme(bench, "bail") and theme(bench, "it").guidance == "Other words."
    assert names(bench)[-2:] == ["Bail", ".conditions"] and view.said.text() == "Read in at 14:03:00."
    bench.press(K.Key_W)
    view.writing.put(path=str(tmp_path / "out.qdc"))
    bench.press(K.Key_Return)
    assert view.said.text() == f"Written at 14:03:00: {tmp_path / 'out.qdc'}"
    assert b"Bail" in (tmp_path / "out.qdc").read_bytes()


def test_words_on_any_colour_can_be_read():
    chance = random.Random(5)
    some = [code for code, _ in SHIPPED] + [f"#{chance.randrange(1 << 24):06x}" for _ in range(1000)]
    assert min(contrast(on_colour(colour), colour) for colour in some) >= 4.5


@pytest.mark.parametrize("size", [(1280, 800), (640, 480)])
def test_everything_has_a_name_and_is_reached(bench, size):
    bench.window.resize(*size)
    bench.settle()
    for key in (None, K.Key_E):
        if key is not None:
            bench.press(key)
        assert nameless(bench.page) == [] and too_small(bench.page) == [] and unreached(bench.page) == []
    assert codebook.codebook_now(bench.workspace)
