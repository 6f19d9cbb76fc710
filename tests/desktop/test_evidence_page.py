"""Evidence: found while typing, tagged and pinned without a mouse, over a real workspace."""

from threading import Event

import pytest
from accessibility import nameless, too_small, unreached
from page_kit import Bench
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from fieldwork.desktop.appearance.tokens import appearance
from fieldwork.desktop.pages.evidence import EvidencePage
from fieldwork.desktop.pages.hits import snippet_runs
from fieldwork.domain.finding_records import OpenQuestion
from fieldwork.domain.records import EvidenceLink, Finding, NoteLine, Session, Tag, Visit
from fieldwork.domain.values import new_id
from fieldwork.store import sifting
from fieldwork.store.reading import records
from fieldwork.store.recording import Change, record
from fieldwork.store.workspace import raw
from fieldwork.work import evidence_filters, saved_searches, themes, undoing
from worlds import NOW, bare_inspection, small_inspection


@pytest.fixture
def bench(qtbot, tmp_path, monkeypatch):
    monkeypatch.setenv("FIELDWORK_KDF_MEMORY", "65536")
    made = Bench(qtbot, small_inspection(tmp_path), "Evidence", lambda desk: EvidencePage(desk, lambda: NOW))
    yield made
    made.close()


def choose(bench, words: str) -> bytes:
    """Go by keyboard to the hit that begins with these words."""
    bench.page.hits.setFocus()
    index = next(i for i, row in enumerate(bench.page.hits.rows) if row.title.startswith(words))
    bench.page.hits.go(index)
    return bench.page.hits.rows[index].ident


def test_a_snippet_becomes_runs_with_what_was_found_marked():
    assert snippet_runs("no \x02Redaction\x03 of \x02video\x03.") == (
        ("no ", ""), ("Redaction", "mark"), (" of ", ""), ("video", "mark"), (".", "")
    )  # fmt: skip
    assert snippet_runs("plain") == (("plain", ""),)


def test_it_opens_with_the_keyboard_in_the_search_and_the_latest_lines(bench):
    assert bench.window.focusWidget() is bench.page.field
    assert len(bench.page.hits.rows) == 20
    assert bench.page.hits.rows[0].title.startswith("Disclosure schedules come last")
    assert bench.page.count.text() == "20 pieces, newest first"


def test_results_follow_what_is_typed_and_the_newest_query_wins(bench):
    page = bench.page
    QTest.keyClicks(page.field, "redact*")  # seven searches, none waited for
    bench.settle()
    assert [row.title for row in page.hits.rows] == [
        row.title for row in page.hits.rows if "edact" in row.title
    ]
    assert len(page.hits.rows) == 5
    assert any(style == "mark" and text.startswith("Redact") for text, style in page.hits.rows[0].runs)
    assert page.count.text() == "5 pieces, best first"
    page.field.setText("no such words")
    bench.settle()
    assert page.count.text() == "Nothing found"


def test_scope_and_theme_narrow_what_is_found(bench):
    page = bench.page
    QTest.keyClicks(page.field, "redact*")
    QTest.keyClick(page.field, Qt.Key.Key_S, Qt.KeyboardModifier.AltModifier)
    bench.settle()
    assert page.scopes.current() == 1 and len(page.hits.rows) == 4
    page.field.clear()
    page.themes.setFocus()
    page.themes.go(next(i for i, row in enumerate(page.themes.rows) if row.title == "IT"))
    bench.settle()
    assert page.count.text() == "2 pieces under IT, newest first"
    assert {row.chips for row in page.hits.rows} == {(("IT", "concern"),)}
    bench.press(Qt.Key.Key_X)
    assert len(page.hits.rows) == 16


def test_enter_opens_the_place_of_the_evidence(bench):
    line = choose(bench, "Nobody taught us")
    bench.press(Qt.Key.Key_Return, bench.page.hits)
    assert bench.went == [("Interviews", line)]


def test_t_puts_a_theme_with_its_direction_on_the_chosen_line(bench):
    line = choose(bench, "Redaction guide")
    bench.press(Qt.Key.Key_T)
    field = bench.page.tag_line.field
    assert bench.window.focusWidget() is field
    QTest.keyClicks(field, "discl-")
    assert field.text() == "discl" and bench.page.tag_line.direction() == "concern"
    bench.press(Qt.Key.Key_Return, field)
    tags = records(bench.workspace, Tag, target=line)
    assert [tag.direction for tag in tags] == ["concern"]
    assert "Tagged disclosure, concern" in bench.page.said.text()
    assert bench.window.focusWidget() is bench.page.hits
    assert bench.page.hits.current().chips == (("disclosure", "concern"),)
    row = next(row for row in bench.page.themes.rows if row.title == "disclosure")
    assert row.sub == "1 concern, 1 neutral"


def test_p_pins_to_a_point_of_the_visit(bench):
    line = choose(bench, "We hear of a fault")
    bench.press(Qt.Key.Key_P)
    field = bench.page.point_line.field
    QTest.keyClicks(field, "Feedback")
    bench.press(Qt.Key.Key_Return, field)
    link = records(bench.workspace, EvidenceLink, evidence=line)[0]
    finding = next(f for f in records(bench.workspace, Finding) if f.id == link.finding)
    assert finding.text == "Feedback comes weeks late" and link.bearing == "for"


def test_p_writes_a_new_point_with_the_line_as_its_evidence(bench):
    line = choose(bench, "Nobody taught us")
    bench.press(Qt.Key.Key_P)
    field = bench.page.point_line.field
    QTest.keyClicks(field, "Tools came without training")
    bench.press(Qt.Key.Key_Down, field)
    bench.press(Qt.Key.Key_Return, field)
    new = next(f for f in records(bench.workspace, Finding) if f.text == "Tools came without training")
    assert new.finding_kind == "concern" and new.visit is not None
    assert [link.evidence for link in records(bench.workspace, EvidenceLink, finding=new.id)] == [line]


def test_sent_here_for_a_point_p_pins_to_it_at_once(bench):
    point = next(f for f in records(bench.workspace, Finding) if f.text.startswith("Feedback"))
    bench.window.go("Evidence", ("pin", point.id, point.text))
    bench.settle()
    assert bench.page.pin_line.isVisible()
    line = choose(bench, "We hear of a fault")
    bench.press(Qt.Key.Key_P)
    assert records(bench.workspace, EvidenceLink, evidence=line)[0].finding == point.id
    bench.window.go("Today")
    assert not bench.page.pin_line.isVisible()


def test_escape_leaves_a_line_and_letters_stay_text_in_the_search(bench):
    choose(bench, "Nobody taught us")
    bench.press(Qt.Key.Key_T)
    bench.press(Qt.Key.Key_Escape)
    assert not bench.page.tag_line.isVisible() and bench.window.focusWidget() is bench.page.hits
    bench.page.take_focus()
    bench.press(Qt.Key.Key_T)
    assert bench.page.field.text() == "t" and not bench.page.tag_line.isVisible()


def test_a_tag_made_elsewhere_is_seen_here(bench):
    line = choose(bench, "Redaction guide")
    theme = themes.find_theme(bench.workspace, "victims")
    bench.desk.act(themes.tag, target=line, theme=theme.id, direction="mixed")
    bench.settle()
    assert bench.page.hits.current().chips == (("victims", "mixed"),)


def test_typing_is_not_held_up_by_searching(bench):
    """While the search lane is held, letters still land; the newest query is answered once it is free."""
    page = bench.page
    free = Event()
    bench.desk.lanes.start("search", lambda _: free.wait(20))
    for letter in "redaction of the file":
        QTest.keyClick(page.field, letter)
        QTest.qWait(5)
    assert page.field.text() == "redaction of the file"
    assert bench.desk.lanes.busy()
    free.set()
    bench.settle()


def test_with_no_evidence_it_says_what_will_be_here(qtbot, tmp_path, monkeypatch):
    monkeypatch.setenv("FIELDWORK_KDF_MEMORY", "65536")
    bench = Bench(qtbot, bare_inspection(tmp_path), "Evidence", lambda desk: EvidencePage(desk, lambda: NOW))
    assert bench.page.nothing.isVisible() and not bench.page.hits.isVisible()
    bench.close()


@pytest.mark.parametrize(("size", "factor"), [((1280, 800), 1.0), ((640, 900), 1.0), ((1280, 800), 2.0)])
def test_every_control_has_a_name_a_size_and_is_reached(bench, size, factor):
    appearance.apply("light", factor)
    bench.window.resize(*size)
    bench.settle()
    assert bench.window.width() == size[0]
    choose(bench, "Nobody taught us")
    bench.page.run("evidence.theme")
    bench.settle()
    assert nameless(bench.window) == []
    assert too_small(bench.window) == []
    bench.press(Qt.Key.Key_Escape)
    bench.page.take_focus()
    assert unreached(bench.page) == []


def tick(bench, words: str) -> None:
    """Go to the facets by key, to the line that says this, and tick it."""
    if not bench.page.facets.list.hasFocus():
        bench.page.run("evidence.narrow")
    rows = bench.page.facets.list.rows
    bench.page.facets.list.go(next(i for i, row in enumerate(rows) if row.title == words))
    bench.press(Qt.Key.Key_Space, bench.page.facets.list)


def counts(bench) -> dict[str, str]:
    return {row.title: row.trail for row in bench.page.facets.list.rows if not row.head}


def test_facets_narrow_by_keys_and_count_what_would_be_found(bench):
    page = bench.page
    bench.press(Qt.Key.Key_F, page.hits)
    assert page.facets.list.hasFocus()
    before = counts(bench)
    assert (before["interview"], before["focus group"], before["no theme yet"]) == ("9", "7", "5")
    tick(bench, "focus group")
    assert len(page.hits.rows) == 7 and page.count.text() == "7 pieces, narrowed by method, newest first"
    assert counts(bench)["interview"] == "9"  # as if nothing were chosen of methods
    tick(bench, "interview")
    assert len(page.hits.rows) == 16
    assert "ticked" in page.facets.list.current().spoken()
    bench.press(Qt.Key.Key_Return, page.facets.list)
    assert page.hits.hasFocus()
    bench.press(Qt.Key.Key_U)
    assert len(page.hits.rows) == int(counts(bench)["no theme yet"]) and not any(
        r.chips for r in page.hits.rows
    )
    bench.press(Qt.Key.Key_X)
    assert len(page.hits.rows) == 20 and counts(bench) == before
    QTest.keyClicks(page.field, "redact")
    bench.settle()
    assert counts(bench)["interview"] == "1" and len(page.hits.rows) == 5
    for row, number in counts(bench).items():
        tick(bench, row)
        assert len(page.hits.rows) == int(number), row
        tick(bench, row)


def test_several_are_marked_and_dealt_with_in_one_act(bench):
    page = bench.page
    page.hits.setFocus()
    page.hits.go(0)
    bench.press(Qt.Key.Key_Space)
    for _ in range(2):
        bench.press_with(Qt.Key.Key_Down, Qt.KeyboardModifier.ShiftModifier)
    some = [row.ident for row in page.hits.rows[:3]]
    assert page.hits.marked() == [0, 1, 2] and page.count.text().endswith("; 3 marked")
    assert page.hits.rows[0].spoken().startswith("marked, ")
    bench.press(Qt.Key.Key_T)
    QTest.keyClicks(page.tag_line.field, "victims+")
    bench.press(Qt.Key.Key_Return, page.tag_line.field)
    theme = themes.find_theme(bench.workspace, "victims").id
    assert {tag.target for tag in records(bench.workspace, Tag, theme=theme)} == {*some}
    assert page.hits.marked() == [] and "Tagged victims, strength (3 pieces)" in page.said.text()
    assert len(undoing.undo(bench.workspace).changed["tag"]) == 3
    bench.press_with(Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    assert len(page.hits.marked()) == len(page.hits.rows)
    bench.press(Qt.Key.Key_Escape)
    assert page.hits.marked() == []
    page.hits.mark(some)
    bench.press(Qt.Key.Key_P)
    assert page.point_line.label.text().startswith("Pin 3 marked pieces")
    QTest.keyClicks(page.point_line.field, "-Feedback")
    bench.press(Qt.Key.Key_Return, page.point_line.field)
    links = [link for link in records(bench.workspace, EvidenceLink) if link.evidence in some]
    assert {link.bearing for link in links} == {"against"} and {link.evidence for link in links} == {*some}


def test_what_is_not_wanted_any_more_is_given_up(qtbot, bench, monkeypatch):
    """A count that would take minutes ends with the next letter, and says nothing."""
    begun, steps = Event(), []
    real = evidence_filters.sifting.cells

    def endless(db, sieve):
        if sieve.match == '"slow"':
            begun.set()
            raw(db).execute(
                "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 9e11) SELECT max(i) FROM n"
            )
            steps.append("came to its end")
        return real(db, sieve)

    monkeypatch.setattr(evidence_filters.sifting, "cells", endless)
    page = bench.page
    page.field.setText("slow")
    qtbot.waitUntil(begun.is_set, timeout=20_000)
    page.field.setText("redact")
    bench.settle()
    assert len(page.hits.rows) == 5 and counts(bench)["focus group"] == "3"
    assert steps == [] and bench.said == []


def test_more_comes_as_one_scrolls_and_nothing_moves(qtbot, tmp_path, monkeypatch):
    monkeypatch.setenv("FIELDWORK_KDF_MEMORY", "65536")
    workspace = small_inspection(tmp_path)
    session = records(workspace, Session)[0].id
    lines = [{"session": session, "text": f"kestrel {n}", "typed": 7} for n in range(400)]
    record(workspace, "script", [Change(NoteLine.kind, new_id(), line) for line in lines])
    bench = Bench(qtbot, workspace, "Evidence", lambda desk: EvidencePage(desk, lambda: NOW))
    page = bench.page
    bench.type(page.field, "kestrel")
    assert len(page.hits.rows) < 200 and page.count.text() == "400 pieces, best first"
    page.hits.setFocus()
    page.hits.go(20)
    first = [row.ident for row in page.hits.rows[:30]]
    while len(page.hits.rows) < 400:
        before = len(page.hits.rows)
        page.hits.go(before - 1)
        bench.settle()
        assert len(page.hits.rows) > before and page.hits.row() == before - 1
    assert [row.ident for row in page.hits.rows[:30]] == first
    assert len({row.ident for row in page.hits.rows}) == 400
    monkeypatch.setattr(sifting, "RANKED", 300)
    bench.type(page.field, "*")
    assert page.count.text() == "400 pieces, what came here last first, since so many have these words"
    bench.close()


def test_narrow_one_pane_is_shown_and_its_key_leads_back(bench):
    page = bench.page
    bench.window.resize(640, 900)
    bench.settle()
    assert page.middle.isVisible() and not page.facets.isVisible() and not page.pane.isVisible()
    page.hits.setFocus()
    bench.press(Qt.Key.Key_F)
    assert page.facets.isVisible() and not page.middle.isVisible() and page.facets.list.hasFocus()
    tick(bench, "focus group")
    bench.press(Qt.Key.Key_Escape)
    assert page.middle.isVisible() and page.hits.hasFocus() and len(page.hits.rows) == 7
    bench.press(Qt.Key.Key_B)
    assert page.pane.isVisible() and not page.middle.isVisible()


def test_a_wash_up_shows_today_unpinned_and_asks_for_tomorrow(bench):
    page = bench.page
    visit = records(bench.workspace, Visit)[0]
    before = len(page.hits.rows)
    bench.window.go("Evidence", ("wash-up", visit.id, "2026-11-24", visit.title))
    bench.settle()
    assert "Wash-up of Leicestershire" in page.said.text() and 0 < len(page.hits.rows) < before
    page.hits.setFocus()
    page.hits.go(0)
    bench.press(Qt.Key.Key_Q)
    bench.press(Qt.Key.Key_Return)
    assert "in a sentence" in page.asking.problem.text()
    bench.type(bench.window.focusWidget(), "Who chases late files?")
    bench.window.grab()
    bench.press(Qt.Key.Key_Return)
    assert "To be asked: \u201cWho chases late files?\u201d" in page.said.text() and page.hits.hasFocus()
    [asked] = records(bench.workspace, OpenQuestion)
    assert asked.text == "Who chases late files?" and asked.visit == visit.id
    bench.press(Qt.Key.Key_X)
    assert len(page.hits.rows) == before + 1  # the question is found too
    assert nameless(page) == [] and not unreached(page)


def test_a_search_is_saved_found_again_and_taken_out_by_keys(bench):
    page = bench.page
    bench.type(page.field, "redact*")
    page.hits.setFocus()
    bench.press(Qt.Key.Key_Space)
    bench.press_with(Qt.Key.Key_U, Qt.KeyboardModifier.ShiftModifier)
    rows = [row.title for row in page.hits.rows]
    bench.press(Qt.Key.Key_S, page.hits)
    bench.type(bench.window.focusWidget(), "Redaction, unpinned")
    bench.press(Qt.Key.Key_Return)
    assert "Saved as \u201cRedaction, unpinned\u201d" in page.said.text() and page.hits.hasFocus()
    bench.press(Qt.Key.Key_X)
    page.field.clear()
    bench.settle()
    assert len(page.hits.rows) > len(rows)
    page.hits.setFocus()
    bench.press(Qt.Key.Key_L)
    QTest.qWait(20)
    assert [row.trail for row in page.saved.line._offered] == ["\u201credact*\u201d, not pinned yet"]
    bench.press(Qt.Key.Key_Return)
    bench.settle()
    assert page.field.text() == "redact*" and [row.title for row in page.hits.rows] == rows
    bench.press_with(Qt.Key.Key_L, Qt.KeyboardModifier.ShiftModifier)
    QTest.qWait(20)
    bench.press(Qt.Key.Key_Return)
    assert saved_searches.saved_searches(bench.workspace) == []
    undoing.undo(bench.workspace)
    assert [one.title for one in saved_searches.saved_searches(bench.workspace)] == ["Redaction, unpinned"]
    assert nameless(page) == [] and not unreached(page)


def test_a_finding_begins_with_the_evidence_that_is_marked(bench):
    page = bench.page
    page.hits.setFocus()
    page.hits.go(0)
    bench.press(Qt.Key.Key_Space)
    bench.press(Qt.Key.Key_Down)
    bench.press(Qt.Key.Key_Space)
    marked = {one.id for one in page._selected()}
    before = len(records(bench.workspace, Finding))
    bench.press(Qt.Key.Key_N)
    assert "with 2 pieces of evidence for it" in page.beginning.title.text()
    bench.press(Qt.Key.Key_Return)
    assert "needs a sentence" in page.beginning.problem.text()
    bench.type(bench.window.focusWidget(), "Nobody has time for redaction")
    bench.press(Qt.Key.Key_Return)
    made = next(one for one in records(bench.workspace, Finding) if one.text.startswith("Nobody has time"))
    assert len(records(bench.workspace, Finding)) == before + 1 and made.visit is None
    assert {one.evidence for one in records(bench.workspace, EvidenceLink, finding=made.id)} == marked
    assert bench.went[-1] == ("Findings", made.id)
