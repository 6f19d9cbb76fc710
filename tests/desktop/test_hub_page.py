"""Sending to a hub and fetching from it, in the window and by keys, against a PostgreSQL of the tests' own."""

import pytest
from page_kit import Bench
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from test_team_page import Laptops, template, three  # noqa: F401

from blind_pair import fill, member_of
from fieldwork.desktop.pages.team import TeamPage
from fieldwork.domain.faults import Fault
from fieldwork.domain.records import NoteLine
from fieldwork.store.reading import dump, get
from fieldwork.work import apart, examining, files, hub, joint, leading, team
from laptops import give

K = Qt.Key


@pytest.fixture(autouse=True)
def here(request, monkeypatch):
    """What a second process does is done in this one, but where a test asks for it."""
    if "second_process" not in request.fixturenames:
        for name in ("look_at_hub", "send_and_fetch"):
            monkeypatch.setattr(apart, name, apart._WORK[name])


@pytest.fixture
def second_process():
    """Asked for by a test that works as the window does."""


@pytest.fixture
def hubbed(postgres, three):  # noqa: F811
    """Ours, second and third know each other and are enrolled at a hub; `access` by laptop."""
    three.give(three.second, three.third)
    team.merge(three.ours, sorted(three.stick.iterdir()))
    three.url = postgres.url(postgres.new_database())
    folder = three.folder / "access"
    folder.mkdir()
    made = hub.init(three.ours, three.url, logins=folder)
    three.access = dict(zip(("ours", "second", "third"), _by_laptop(made.access), strict=True))
    return three


def _by_laptop(paths):
    order = ("HMCPSI-laptop-4", "HMICFRS-laptop-2", "HMCPSI-laptop-5")
    return [next(path for path in paths if path.name.startswith(name)) for name in order]


@pytest.fixture
def bench(qtbot, hubbed):
    made = Bench(qtbot, hubbed.ours, "Team", TeamPage)
    yield made
    made.close()


def first_time(bench, text):
    bench.press(K.Key_H)
    page = bench.page.by_hub
    assert bench.page.stack.currentWidget() is page and page.path.hasFocus()
    page.path.setText(str(text))
    bench.press(K.Key_Return, page.path)
    return page


def test_sent_at_once_where_nothing_comes_in_and_the_access_file_is_wanted_once(bench, hubbed):
    page = first_time(bench, hubbed.access["ours"])
    assert page.finished and page.said.text().startswith("Nothing new at the hub. Sent: ")
    assert page.path.text().startswith("postgresql://127.0.0.1:") and "@" not in page.path.text()
    assert not page.brought.isVisible()
    hubbed.reword(hubbed.ours, "Triage sends about half of files back.")
    bench.press(K.Key_Escape)
    bench.press(K.Key_H)
    assert page.finished and page.said.text() == "Nothing new at the hub. Sent: 1 change."
    line = next(line for line in bench.page.overview.havings.lines if line.words.startswith("Hub "))
    assert line.words.startswith("Hub 127.0.0.1:")
    assert bench.said == []


def test_sending_says_first_which_answers_of_a_pair_it_opens(bench, hubbed):
    file = files.find_file(hubbed.ours, "A-V-002").id
    pair = {"police": member_of(hubbed.second), "prosecution": member_of(hubbed.third)}
    joint.pair_up(hubbed.ours, file=file, **pair)
    give(hubbed.ours, hubbed.second, hubbed.third)
    fill(hubbed.second, file, first=True)
    give(hubbed.second, hubbed.third)
    page = first_time(bench, hubbed.access["ours"])
    assert page.finished and "Opened" not in page.report()
    for laptop in (hubbed.second, hubbed.third):
        fill(laptop, file)
        examining.finish_examination(laptop, file=file)
        give(laptop, hubbed.ours)
    bench.press(K.Key_Escape)
    bench.press(K.Key_H)
    assert not page.finished and not joint.is_open(hubbed.ours, file), "nothing is opened unasked"
    assert "have finished A-V-002: sending opens their answers" in page.head.sub.text()
    assert page.go.text() == "Send and fetch"
    bench.press(K.Key_Return)
    assert page.finished and page.report().endswith("Opened: A-V-002.") and joint.is_open(hubbed.ours, file)


def test_what_comes_in_is_seen_first_then_taken_in_and_its_conflict_is_next(bench, hubbed):
    first_time(bench, hubbed.access["ours"])
    hubbed.reword(hubbed.ours, "Triage sends about half of files back.")
    hubbed.reword(hubbed.second, "Triage sends a third of all files back.")
    address = str(hubbed.access["second"])
    hub.pull(hubbed.second, address)
    hub.push(hubbed.second, address)
    bench.press(K.Key_Escape)
    before = dump(hubbed.ours)
    bench.press(K.Key_H)
    page = bench.page.by_hub
    assert not page.finished and dump(hubbed.ours) == before
    assert page.brought.badges["conflicting"].accessibleName().startswith("1 ")
    assert "1 act of this laptop would go there" in page.head.sub.text()
    assert page.go.text() == "Take it in, and send" and page.go.hasFocus()
    (line,) = page.brought.packages.lines
    assert line.words == "HMICFRS laptop 2" and "hub" not in line.sub
    bench.press(K.Key_Return)
    assert bench.page.stack.currentWidget() is bench.page.conflicts
    assert page.report().startswith("Fetched: ") and page.report().endswith("Sent: 1 change.")
    bench.press(K.Key_2)
    bench.press(K.Key_Return)
    assert get(hubbed.ours, NoteLine, hubbed.line().id).text == "Triage sends a third of all files back."
    bench.press(K.Key_Escape)
    bench.press(K.Key_H)
    assert page.report().endswith("Sent: 1 change.")
    hub.pull(hubbed.second, address)
    both = (get(laptop, NoteLine, hubbed.line().id).text for laptop in (hubbed.second, hubbed.ours))
    assert set(both) == {"Triage sends a third of all files back."}
    assert not team.conflicts(hubbed.second)


def test_a_hub_that_is_not_there_or_not_ours_is_one_sentence_and_changes_nothing(bench, hubbed, postgres):
    before = dump(hubbed.ours)
    page = first_time(bench, "postgresql://127.0.0.1:1/fieldwork?connect_timeout=2")
    assert "cannot be reached" in page.said.text() and page.path.hasFocus() and not page.busy
    for text, words in (
        ("", "Say where the hub is"),
        ("nonsense", "The hub's address is none"),
        (str(hubbed.access["second"]), "is no access file for this laptop"),
        (str(hubbed.folder / "missing.fieldhub"), "cannot be read"),
        (hubbed.url.replace("keeper@", "keeper:secret@").replace("postgres", "none", 1), "address is none"),
        (hubbed.url.replace("/postgres", "/template1"), "There is no hub at"),
    ):
        page.path.setText(text)
        bench.press(K.Key_Return, page.path)
        assert words in page.said.text() and "secret" not in page.said.text(), (text, page.said.text())
    assert dump(hubbed.ours) == before and bench.said == []
    assert not page.finished and bench.page.overview.shown.unshared


def test_a_laptop_taken_off_the_hub_is_refused_there(hubbed):
    leading.remove(hubbed.ours, device="HMICFRS laptop 2")
    hub.init(hubbed.ours, hubbed.url)
    with pytest.raises(Fault, match=r"taken off the hub|does not let this login in"):
        hub.pull(hubbed.second, str(hubbed.access["second"]))


def test_in_a_process_of_its_own_it_goes_on_and_is_stopped_by_its_key(bench, hubbed, second_process, qtbot):
    page = bench.page.by_hub
    steps = []
    heard = page.underway.heard
    page.underway.heard = lambda *what: (heard(*what), steps.append(page.underway.step.text()))
    bench.press(K.Key_H)
    page.path.setText(str(hubbed.access["ours"]))
    QTest.keyClick(page.path, K.Key_Return)
    qtbot.waitUntil(page.underway.can_stop)
    QTest.keyClick(bench.window, K.Key_X, Qt.KeyboardModifier.AltModifier)
    bench.settle()
    assert page.said.text().startswith("Stopped.") and not page.busy and not page.underway.isVisible()
    bench.press(K.Key_Return, page.path)
    assert page.finished and "Sent: " in page.said.text()
    assert any(step.startswith("Step 3 of 3: sending, ") for step in steps)
