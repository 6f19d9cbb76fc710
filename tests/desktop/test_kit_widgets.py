"""The kit's widgets: what they say, what keys do, how they grow."""

import pytest
from gallery import ROWS, Gallery, sections
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QInputMethodEvent, QKeyEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QVBoxLayout, QWidget

from fieldwork.desktop.appearance.tokens import appearance
from fieldwork.desktop.desk import Desk
from fieldwork.desktop.kit import (
    AnswerBar,
    Button,
    ChoiceColumn,
    Completion,
    Field,
    GlanceStrip,
    OptionFlow,
    Row,
    RowList,
    Runs,
    Segments,
    Text,
    TextArea,
    choice_keys,
)
from fieldwork.desktop.kit.controls import Pressable


@pytest.fixture
def shown(qtbot):
    def show(widget, size=(900, 700)):
        host = QWidget()
        layout = QVBoxLayout(host)
        layout.addWidget(widget)
        layout.addStretch(1)
        qtbot.addWidget(host)
        host.resize(*size)
        host.show()
        host.activateWindow()
        qtbot.waitUntil(host.isActiveWindow)
        widget.host = host
        return widget

    return show


def commit(widget, text):
    """Type text as an input method would: QTest aborts on a character outside Latin-1."""
    event = QInputMethodEvent()
    event.setCommitString(text)
    QApplication.sendEvent(widget, event)


def pressed(key, text=""):
    return QKeyEvent(QKeyEvent.Type.KeyPress, key, Qt.KeyboardModifier.NoModifier, text)


# answers


def test_answers_are_exclusive_and_say_so(shown, qtbot):
    bar = shown(AnswerBar("PM"))
    assert bar.code() == "PM"
    with qtbot.waitSignal(bar.chosen) as told:
        QTest.mouseClick(bar.buttons[2], Qt.MouseButton.LeftButton)
    assert told.args == ["NM"]
    assert [button.isChecked() for button in bar.buttons] == [False, False, True, False, False]
    bar.choose("")
    assert bar.code() == ""
    with qtbot.waitSignal(bar.chosen) as told:
        bar.press(5)
    assert told.args == ["NK"]


@pytest.mark.parametrize(("width", "rows"), [(900, 1), (620, 2), (420, 3), (230, 5)])
def test_answers_reflow_by_width(qapp, width, rows):
    bar = AnswerBar()
    assert bar.heightForWidth(width) == rows * 44 + (rows - 1) * 8


# choices


def test_choice_keys_leave_the_letters_of_the_marking_pane_free():
    keys = choice_keys(40)
    assert keys[:10] == ["1", "2", "3", "4", "5", "6", "7", "8", "9", "a"]
    assert not set("cgtx") & set(keys)
    assert keys[-1] == ""


def test_a_key_picks_one_of_a_column(shown, qtbot):
    column = shown(ChoiceColumn([("y", "Yes"), ("n", "No")], "y", "Referred"))
    column.lines[0].setFocus()
    with qtbot.waitSignal(column.chosen) as told:
        QTest.keyClick(column.lines[0], Qt.Key.Key_2)
    assert told.args == ["n"]
    assert column.code() == "n"


def test_a_key_toggles_one_of_several(shown, qtbot):
    options = shown(OptionFlow([("a", "summary"), ("b", "interview")], ["a"]))
    with qtbot.waitSignal(options.changed) as told:
        assert options.press("2")
    assert told.args == [["a", "b"]]
    assert not options.press("9")


# rows


def test_arrows_skip_headings_and_enter_opens(shown, qtbot):
    rows = shown(RowList(ROWS, name="Schedule"))
    rows.setFocus()
    assert rows.row() == 1
    QTest.keyClick(rows, Qt.Key.Key_Down)
    with qtbot.waitSignal(rows.opened) as told:
        QTest.keyClick(rows, Qt.Key.Key_Return)
    assert told.args == [2]


def test_new_rows_keep_the_current_one(shown):
    rows = shown(RowList(ROWS, name="Schedule"))
    rows.go(3)
    rows.set_rows([Row("New first", ident="z"), *ROWS])
    assert rows.current() is not None
    assert rows.current().ident == "c"
    rows.set_rows([Row("New first", ident="z"), Row("Another", ident="y")])
    assert rows.row() == 1


def test_same_rows_with_other_words_reset_nothing(shown, qtbot):
    rows = shown(RowList(ROWS, name="Schedule"))
    with qtbot.assertNotEmitted(rows.model().modelReset):
        rows.set_rows([*ROWS[:-1], Row("Other words", ident="f")])
    assert rows.rows[-1].title == "Other words"


def test_row_heights_follow_the_text_size(shown, qtbot):
    rows = shown(RowList([Row("One"), Row("Two", "below")], name="Few"))
    low = rows.sizeHint().height()
    appearance.apply(factor=2.0)
    assert rows.sizeHint().height() == pytest.approx(2 * low, abs=2)


def test_a_long_title_wraps_instead_of_being_cut(qapp):
    rows = RowList([Row("A title much too long for a narrow list, which nobody may cut")], name="x")
    assert rows.heightForWidth(180) > rows.heightForWidth(900)


def test_what_a_row_says(qapp):
    row = Row(
        "RASSO", "sub", lead="D", mark="!", answer="PM", progress=(1, 2), chips=(("feedback", "concern"),)
    )
    assert row.spoken() == "D, follow-up, RASSO, sub, Partially met, feedback concern, 1 of 2"


# text


def test_runs_count_utf16_units(qapp):
    runs = Runs([("\U0001f642 ", ""), ("marked", "mark")])
    assert runs.accessibleName() == "\U0001f642 marked"
    assert "marked" in runs.accessibleDescription()
    assert runs.heightForWidth(60) > runs.heightForWidth(600)


def test_set_text_counts_no_references_to_none(qapp):
    import sys

    label = Text("before")
    before = sys.getrefcount(None)
    for number in range(1000):
        label.setText(str(number))
    assert abs(sys.getrefcount(None) - before) < 100


# fields


def test_a_field_keeps_its_undo_and_then_lets_go(shown):
    field = shown(Field("", name="Words"))
    field.setFocus()
    commit(field, "typed é漢")
    key = QKeyEvent(QKeyEvent.Type.ShortcutOverride, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    key.ignore()
    QApplication.sendEvent(field, key)
    assert key.isAccepted()
    field.undo()
    assert not field.isUndoAvailable()
    key.ignore()
    QApplication.sendEvent(field, key)
    assert not key.isAccepted()


def test_an_area_grows_and_keeps_exact_text(shown, qtbot):
    area = shown(TextArea("", "Reason", lines=2))
    low = area.sizeHint().height()
    area.setFocus()
    commit(area, "line one\nline two é\U0001f642\nthree\nfour\nfive")
    qtbot.waitUntil(lambda: area.height() > low)
    assert area.text().endswith("four\nfive")
    area.set_text("afresh")
    assert not area.document().isUndoAvailable()


def test_enter_submits_where_asked(shown, qtbot):
    area = shown(TextArea("x", "Reason", enter_submits=True))
    area.setFocus()
    with qtbot.waitSignal(area.submitted):
        QTest.keyClick(area, Qt.Key.Key_Return)
    QTest.keyClick(area, Qt.Key.Key_Return, Qt.KeyboardModifier.ShiftModifier)
    assert area.text().count("\n") + area.text().count("\u2028") == 1


# glance, segments, completion


def test_the_strip_tells_its_counts(qapp):
    strip = GlanceStrip(sections(), "D04")
    assert strip.accessibleName() == "Answers at a glance, 22 of 32 given"
    assert "C Early advice: 3 of 3" in strip.accessibleDescription()
    assert strip.heightForWidth(200) > strip.heightForWidth(900)


def test_a_click_on_the_strip_goes_to_the_question(shown, qtbot):
    strip = shown(GlanceStrip(sections()))
    with qtbot.waitSignal(strip.chosen) as told:
        QTest.mouseClick(strip, Qt.MouseButton.LeftButton, pos=QPoint(13 + 13 + 6, 12))
    assert told.args == ["A02"]


def test_segments_by_arrow(shown, qtbot):
    segments = shown(Segments("Mine", "By time"))
    segments._buttons[0].setFocus()
    with qtbot.waitSignal(segments.chosen) as told:
        QTest.keyClick(segments._buttons[0], Qt.Key.Key_Right)
    assert told.args == [1]


def test_completion_takes_digits_and_enter_and_stays_above_the_floor(shown, qtbot):
    field = shown(Field("", name="Line"))
    offer = Completion(field.host)
    rows = [Row(f"theme {i}") for i in range(12)]
    offer.offer("Themes", rows, QPoint(40, 500), 640)
    assert offer.geometry().bottom() <= 640
    assert len(offer._list.rows) < 9
    with qtbot.waitSignal(offer.taken) as told:
        assert offer.handle(
            QKeyEvent(QKeyEvent.Type.KeyPress, Qt.Key.Key_2, Qt.KeyboardModifier.NoModifier, "2")
        )
    assert told.args == [1]
    assert not offer.handle(
        QKeyEvent(QKeyEvent.Type.KeyPress, Qt.Key.Key_2, Qt.KeyboardModifier.NoModifier, "2")
    )
    offer.offer("Themes", rows, QPoint(40, 100), 640)
    offer.handle(pressed(Qt.Key.Key_Down))
    with qtbot.waitSignal(offer.taken) as told:
        offer.handle(pressed(Qt.Key.Key_Return))
    assert told.args == [1]


# the whole gallery while the text size changes


def cut_words(root):
    """Widgets whose words do not fit in them."""
    cut = []
    for widget in root.findChildren(QWidget):
        if not widget.isVisibleTo(root):
            continue
        if isinstance(widget, Pressable) and not widget.sizePolicy().hasHeightForWidth():
            if widget.width() < widget.sizeHint().width() or widget.height() < widget.sizeHint().height():
                cut.append((widget, widget.text()))
        elif isinstance(widget, (Text, Runs)):
            wraps = isinstance(widget, Runs) or widget.wordWrap()
            if wraps and widget.height() < widget.heightForWidth(widget.width()):
                cut.append((widget, widget.text()))
            if not wraps and widget.width() < widget.sizeHint().width():
                cut.append((widget, widget.text()))
        elif isinstance(widget, (AnswerBar, GlanceStrip, RowList)):
            if widget.height() < widget.heightForWidth(widget.width()):
                cut.append((widget, widget.accessibleName()))
        elif isinstance(widget, (Field, Button)) and widget.height() < widget.sizeHint().height():
            cut.append((widget, widget.accessibleName()))
    return cut


@pytest.mark.parametrize("width", [1280, 640])
def test_text_grows_to_twice_without_a_cut_word(qtbot, width):
    gallery = Gallery(Desk())
    qtbot.addWidget(gallery)
    gallery.resize(width, 800)
    gallery.show()
    qtbot.waitExposed(gallery)
    for factor in (1.0, 1.25, 1.5, 2.0, 1.0):
        appearance.apply(factor=factor)
        qtbot.wait(60)
        assert cut_words(gallery) == [], factor
    assert gallery.inner.width() <= width


@pytest.mark.parametrize("factor", [1.0, 2.0])
@pytest.mark.parametrize("palette", ["light", "dark", "contrast"])
def test_a_live_change_looks_like_a_fresh_start(qtbot, palette, factor):
    def picture(gallery):
        qtbot.addWidget(gallery)
        gallery.resize(1100, 700)
        gallery.show()
        qtbot.waitExposed(gallery)
        return gallery

    changed = picture(Gallery(Desk()))
    appearance.apply(palette, factor)
    qtbot.wait(60)
    fresh = picture(Gallery(Desk()))
    qtbot.wait(60)
    if QApplication.focusWidget():
        QApplication.focusWidget().clearFocus()
    qtbot.waitUntil(lambda: changed.inner.size() == fresh.inner.size(), timeout=10_000)
    assert changed.inner.grab().toImage() == fresh.inner.grab().toImage()


@pytest.mark.parametrize("palette", ["light", "dark", "contrast"])
def test_a_chosen_item_of_a_qt_list_can_be_read(shown, qtbot, palette):
    """Its ground is soft, so Qt's own ink for a selection would vanish on it."""
    from PySide6.QtGui import QColor
    from PySide6.QtWidgets import QListWidget

    from fieldwork.desktop.appearance.tokens import colours

    appearance.apply(palette)
    items = shown(QListWidget())
    items.addItems(["MMMMMMMM", "two"])
    items.setCurrentRow(0)
    qtbot.wait(30)
    picture = items.viewport().grab(items.visualItemRect(items.item(0))).toImage()
    seen = {picture.pixel(x, y) for x in range(8, 80) for y in range(picture.height())}
    assert QColor(colours().text).rgb() in seen
