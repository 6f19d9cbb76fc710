"""The theme board: counts by body and method that open the evidence they count, by keys."""

import os

import pytest
from accessibility import nameless, too_small, unreached
from page_kit import Bench
from PySide6.QtCore import Qt

from fieldwork.desktop.pages.evidence_place import EvidencePlace
from fieldwork.domain.records import Tag
from fieldwork.store.reading import records
from fieldwork.work import codebook, examining, files, themes
from fieldwork.work.evidence_filters import Filters, total
from fieldwork.work.theme_table import theme_table
from worlds import NOW, small_inspection, wall

K = Qt.Key


@pytest.fixture
def bench(qtbot, tmp_path):
    workspace = small_inspection(tmp_path)
    file = files.find_file(workspace, "A-V-001").id
    answer = examining.answer(workspace, file="A-V-001", question="B01", value="FM", at=wall(24, 9)).id
    theme = themes.find_theme(workspace, "relationships")
    themes.tag(workspace, target=answer, theme=theme.id, direction="strength")
    made = Bench(qtbot, workspace, "Evidence", lambda desk: EvidencePlace(desk, lambda: NOW))
    made.file = file
    yield made
    made.close()


def test_every_count_is_what_the_evidence_finds(bench):
    """The board is counted in sets; the list is narrowed piece by piece."""
    one, other = (themes.find_theme(bench.workspace, name) for name in ("relationships", "capability"))
    both = records(bench.workspace, Tag, theme=other.id)[0].target
    themes.tag(bench.workspace, target=both, theme=one.id)
    codebook.merge_themes(bench.workspace, theme=other.id, into=one.id)
    table = theme_table(bench.workspace)
    assert table.themes and len(table.methods) >= 3 and len(table.bodies) >= 1
    some = 0
    for entry in table.themes:
        for method in ("", *(code for code, _ in table.methods)):
            for body in ("", *(code for code, _ in table.bodies)):
                filters = Filters().only("theme", [entry.theme.id.hex()])
                filters = filters.only("method", [method] if method else [])
                filters = filters.only("body", [body] if body else [])
                number = table.of(entry.theme.id, method, body).total
                assert number == total(bench.workspace, "", filters), (entry.theme.name, method, body)
                some += number > 0
    assert some > 10


def test_a_count_opens_its_evidence(bench):
    place = bench.page
    place.list.hits.setFocus()
    bench.press_with(K.Key_B, Qt.KeyboardModifier.ShiftModifier)
    board = place.board
    assert place.here() is board and board.grid.hasFocus()
    if folder := os.environ.get("PICTURES_TO"):
        bench.window.grab().save(f"{folder}/theme-board.png")
    assert nameless(bench.window) == [] and not unreached(board) and not too_small(board)
    theme = themes.find_theme(bench.workspace, "relationships")
    assert board.grid.go_to((theme.id, "", ""))
    cell = board.grid.grid.cell(board.grid.currentIndex())
    number = board.shown.of(theme.id).total
    assert cell.text.startswith(f"{number} +")
    bench.press(K.Key_C)
    assert [column.words for column in board.grid.grid.columns][:2] == ["Theme", "All"]
    assert "Case-file examination" in [column.words for column in board.grid.grid.columns]
    assert board.grid.go_to((theme.id, "file_examination", ""))
    bench.press(K.Key_Return)
    assert place.here() is place.list and len(place.list.hits.rows) == 1
    assert place.list.hits.rows[0].sub.startswith("File A-V-001, B01")
    bench.press_with(K.Key_B, Qt.KeyboardModifier.ShiftModifier)
    bench.press(K.Key_Escape)
    assert place.here() is place.list
