"""Marked words that are not found, in the window: said under Team, found again or let go by keys alone."""

import os

import pytest
from accessibility import nameless, too_small, unreached
from page_kit import Bench
from PySide6.QtCore import Qt

from fieldwork.desktop.pages.team import TeamPage
from fieldwork.domain.note_records import Excerpt
from fieldwork.domain.records import NoteLine, Tag
from fieldwork.store.reading import get, records
from fieldwork.work import codebook, excerpts, notes, themes, undoing, visits
from fieldwork.work.excerpt_repair import to_repair
from laptops import START, give, team
from worlds import NOW

K = Qt.Key
WAS = "They wait for files \U0001f4c1 for weeks, and then the files come back late"
NOW_SAYS = "Here \U0001f4c1 files always wait, and months later they have come back"


@pytest.fixture
def pair(tmp_path):
    one, two = team(tmp_path, 2)
    note = visits.start_session(one, title="Focus group", at=START).id
    for name in ("Timeliness", "Files"):
        codebook.add_theme(one, name=name)
    lines = [notes.write_line(one, session=note, text=text).id for text in (WAS, "Nobody says when")]
    give(one, two)
    for words, theme in (("come back late", "Timeliness"), ("for weeks", "Files")):
        at = WAS.index(words)
        excerpts.tag_words(
            one,
            target=lines[0],
            start=at,
            end=at + len(words),
            theme=themes.find_theme(one, theme).id,
            direction="concern",
        )
    notes.write_line(two, session=note, line=lines[0], text=NOW_SAYS)
    give(two, one)
    one.lines = lines
    yield one, two
    two.close()


@pytest.fixture
def bench(qtbot, pair):
    made = Bench(qtbot, pair[0], "Team", lambda desk: TeamPage(desk, lambda: NOW))
    yield made
    made.close()


def shown(bench, name):
    if folder := os.environ.get("PICTURES_TO"):
        bench.window.grab().save(f"{folder}/{name}.png")


def test_words_are_found_again_and_let_go_by_keys(bench):
    line = bench.workspace.lines[0]
    assert {one.lost.quote for one in to_repair(bench.workspace)} == {"come back late", "for weeks"}
    card = bench.page.overview
    assert card.lost_card.isVisible() and "two places are not found" in card.lost_words.text()
    shown(bench, "words-card")
    bench.press(K.Key_W)
    view = bench.page.lost
    assert bench.page.stack.currentWidget() is view and len(view.waiting) == 2
    if view.at.lost.quote != "come back late":
        bench.press(K.Key_J)
    assert "Timeliness, concern" in view.stands.text()
    # the likest words are chosen; the person takes in one more to the left
    start, end = view.span()
    assert NOW_SAYS[start:end] == "come back"
    shown(bench, "words-lost")
    bench.press(K.Key_Return)
    assert view.text.hasFocus()
    view._choose((NOW_SAYS.index("have"), len(NOW_SAYS)))
    bench.press(K.Key_Return)
    [mark] = [m for m in excerpts.spans(bench.workspace, [line])[line] if m.span]
    assert NOW_SAYS[mark.span.start : mark.span.end] == "have come back"
    assert [one.lost.quote for one in to_repair(bench.workspace)] == ["for weeks"]
    assert nameless(bench.window) == [] and not unreached(view) and not too_small(view)
    bench.press(K.Key_2)
    assert to_repair(bench.workspace) == [] and view.nothing.isVisible()
    assert len(records(bench.workspace, Excerpt)) == 1
    assert [tag.direction for tag in records(bench.workspace, Tag, target=line)] == ["concern"]
    assert get(bench.workspace, NoteLine, line).text == NOW_SAYS
    undoing.undo(bench.workspace)
    bench.page.lost.read()
    bench.settle()
    assert [one.lost.quote for one in view.waiting] == ["for weeks"]
    bench.press(K.Key_Escape)
    assert bench.page.stack.currentWidget() is bench.page.overview


def test_words_of_a_line_that_was_taken_out_are_nobodys_work(bench):
    notes.delete_line(bench.workspace, line=bench.workspace.lines[0])
    assert to_repair(bench.workspace) == []
    bench.page.overview.read()
    bench.settle()
    assert not bench.page.overview.lost_card.isVisible()


def test_nothing_is_done_where_no_words_are_chosen(bench):
    bench.press(K.Key_W)
    view = bench.page.lost
    view._choose(None)
    assert not view.these.isEnabled()
    bench.press(K.Key_1)
    assert "Choose the words" in view.said.text() and len(to_repair(bench.workspace)) == 2
    later = view.at.lost.excerpt
    bench.press(K.Key_L, view.list)
    assert view.at.lost.excerpt != later and view.waiting[-1].lost.excerpt == later
