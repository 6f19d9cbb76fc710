"""Files of documents by keys: attached clean, looked at, copied out, taken off, asked for, dropped on the page."""

import io
from pathlib import Path

import pytest
from accessibility import nameless, too_small, unreached
from page_kit import Bench
from PIL import Image
from PySide6.QtCore import QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QDropEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from fieldwork.desktop.pages.evidence_place import EvidencePlace
from fieldwork.domain.finding_records import Attachment, AttachmentWish
from fieldwork.store import attached
from fieldwork.store.reading import records
from fieldwork.work import sources
from worlds import NOW, small_inspection

K, SHIFT = Qt.Key, Qt.KeyboardModifier.ShiftModifier


def photo(size=(640, 480)) -> bytes:
    out, exif = io.BytesIO(), Image.Exif()
    exif[0x010F] = "Camera"
    Image.effect_noise(size, 60).convert("RGB").save(out, "JPEG", exif=exif)
    return out.getvalue()


@pytest.fixture
def bench(qtbot, tmp_path):
    workspace = small_inspection(tmp_path)
    sources.log_document(workspace, title="Whiteboard of the file unit", shows="Four in ten come back.")
    made = Bench(qtbot, workspace, "Evidence", lambda desk: EvidencePlace(desk, lambda: NOW))
    made.window.go("Evidence", "sources")
    made.settle()
    yield made
    made.close()


def attach(bench, path: Path) -> None:
    bench.press_with(K.Key_A, SHIFT)
    QTest.keyClicks(QApplication.focusWidget(), str(path))
    bench.press(K.Key_Return)
    bench.settle()


def test_a_photograph_is_attached_looked_at_copied_and_taken_off(bench, tmp_path):
    page, path = bench.page.sources, tmp_path / "board.jpg"
    path.write_bytes(photo())
    attach(bench, path)
    (held,) = records(bench.workspace, Attachment)
    assert (
        page.said.text() == "board.jpg is attached, without the camera. It goes to colleagues who ask for it."
    )
    assert (
        page.files.list.rows[0].title == "board.jpg" and "without the camera" in page.files.list.rows[0].sub
    )
    assert bench.window.focusWidget() is page.list and page.files.taking.isHidden()
    bench.press(K.Key_O)
    assert page.files.picture.isVisible() and page.files.picture.accessibleName() == "Picture board.jpg"
    assert page.files.picture.width() == page.files.picture.height() * 4 // 3
    bench.press(K.Key_W)
    field = QApplication.focusWidget()
    field.clear()
    QTest.keyClicks(field, str(tmp_path / "copy.jpg"))
    bench.press(K.Key_Return)
    assert (tmp_path / "copy.jpg").read_bytes().startswith(b"\xff\xd8") and "in clear" in page.said.text()
    bench.press_with(K.Key_X, SHIFT)
    assert records(bench.workspace, Attachment) == [] and not page.files.list.isVisible()
    assert not page.files.picture.isVisible() and attached.holds(bench.workspace, held)


def test_what_is_not_taken_is_said_where_it_was_typed(bench, tmp_path):
    page, path = bench.page.sources, tmp_path / "tool.png"
    path.write_bytes(b"MZ" + bytes(400))
    attach(bench, path)
    assert (
        "neither a picture" in page.files.taking.problem.text() and records(bench.workspace, Attachment) == []
    )
    assert QApplication.focusWidget() is page.files.taking.widgets["path"]
    bench.press(K.Key_Escape)
    assert bench.window.focusWidget() is page.list


def test_a_file_of_another_laptop_is_asked_for(bench, tmp_path):
    page, path = bench.page.sources, tmp_path / "board.jpg"
    path.write_bytes(photo())
    attach(bench, path)
    (held,) = records(bench.workspace, Attachment)
    attached.path_of(bench.workspace, held.file).unlink()
    page.read()
    bench.settle()
    assert page.files.list.rows[0].trail == "not on this laptop: r asks for it"
    assert {"source.open", "source.copy"}.isdisjoint(page.commands())
    bench.press(K.Key_R)
    assert [one.attachment for one in records(bench.workspace, AttachmentWish, wanted=1)] == [held.id]
    assert page.files.list.rows[0].trail == "asked for" and "source.wish" not in page.commands()


def test_a_file_is_dropped_on_the_page(bench, tmp_path):
    page, path = bench.page.sources, tmp_path / "board.jpg"
    path.write_bytes(photo())
    for some in ([path], [path, path]):
        dropped = QMimeData()
        dropped.setUrls([QUrl.fromLocalFile(str(one)) for one in some])
        page.dropEvent(
            QDropEvent(
                QPointF(9, 9),
                Qt.DropAction.CopyAction,
                dropped,
                Qt.MouseButton.LeftButton,
                Qt.KeyboardModifier(0),
            )
        )
        bench.settle()
    assert len(records(bench.workspace, Attachment)) == 1 and page.said.text().startswith("Drop one file")


def test_everything_has_a_name_and_is_reached(bench, tmp_path):
    page, path = bench.page.sources, tmp_path / "board.jpg"
    path.write_bytes(photo())
    attach(bench, path)
    for key in (K.Key_O, K.Key_W):
        bench.press(key)
        assert nameless(page) == [] and too_small(page) == [] and unreached(page) == []
