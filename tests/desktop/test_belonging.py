"""A laptop that was removed is told so for as long as it is so; the badge counts all that waits for a decision."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from test_team_page import Laptops, merging_here, template, three  # noqa: F401

from fieldwork.desktop.front import opened
from fieldwork.desktop.session import UnlockedSession
from fieldwork.desktop.settings import Settings
from fieldwork.domain.records import CaseFile
from fieldwork.domain.values import new_id
from fieldwork.store.recording import Change, record
from fieldwork.work import belonging, leading, team

K = Qt.Key


def settle(session):
    for _ in range(3):
        assert session.desk.lanes.wait_idle(20_000)
        QTest.qWait(15)


@pytest.fixture
def at(qtbot):
    """The real window on a laptop."""
    open_ones = []

    def make(workspace):
        session = UnlockedSession(opened(workspace), Settings(appearance="light"))
        open_ones.append(session)
        session.show()
        session.window.resize(1280, 800)
        settle(session)
        return session

    yield make
    for session in open_ones:
        session.window.close()
        qtbot.waitUntil(lambda s=session: not s.desk.lanes.busy(), timeout=10_000)
        QTest.qWait(100)


def take_from(session, place):
    """A folder looked at in the window."""
    session.desk.go("Team", "take")
    settle(session)
    taking = session.window.page("Team").taking
    taking.path.setText(str(place))
    QTest.keyClick(taking.path, K.Key_Return)
    settle(session)
    return taking


def test_who_was_removed_is_told_what_is_so_and_what_to_do(at, three):  # noqa: F811
    three.give(three.second, three.third)
    team.merge(three.ours, sorted(three.stick.iterdir()))
    leading.remove(three.ours, device="HMCPSI laptop 5")
    after = three.folder / "after"
    after.mkdir()
    sent = team.share(three.ours, after).path
    session = at(three.third)
    banner = session.window.banner
    assert banner.text() == "" and not banner.isVisible()
    taking = take_from(session, after)
    refused = taking.brought.packages.lines[0].sub
    assert "after this laptop was removed" in refused and "a lead" in refused
    assert banner.isVisible() and "this laptop was removed" in banner.text() and "Ask a lead" in banner.text()
    take_from(session, after)
    assert banner.text().startswith("The last package does not open")
    session.desk.go("Today")
    session.desk.saved.emit(0.0)
    assert banner.isVisible()
    assert team.merge(three.second, [sent]).refused == []


def test_a_package_that_opens_puts_the_doubt_away(at, three):  # noqa: F811
    three.give(three.third)
    team.merge(three.ours, sorted(three.stick.iterdir()))
    leading.remove(three.ours, device="HMCPSI laptop 5")
    closed = team.share(three.ours, three.folder / "closed.fieldpackage").path
    belonging.set_aside(three.third, [closed])
    session = at(three.third)
    assert session.window.banner.isVisible()
    second = three.folder / "of-a-colleague"
    second.mkdir()
    team.share(three.second, second)
    take_from(session, second)
    QTest.keyClick(session.window.focusWidget(), K.Key_Return)
    settle(session)
    assert not session.window.banner.isVisible()


def test_who_takes_in_what_a_removed_laptop_wrote_is_told_that_it_does_not_count(three):  # noqa: F811
    three.give(three.third)
    team.merge(three.ours, sorted(three.stick.iterdir()))
    leading.remove(three.ours, device="HMCPSI laptop 5")
    three.reword(three.third, "Written after the removal.", 1)
    later = team.share(three.third, three.folder / "later.fieldpackage").path
    for dry in (True, False):
        (outcome,) = team.merge(three.ours, [later], dry_run=dry).outcomes
        assert not outcome.refused
        assert (
            "HMCPSI laptop 5 was removed from the inspection: 1 act it wrote since is kept and counts for nothing "
            "until a lead accepts it." in outcome.notes
        )
    (again,) = team.merge(three.ours, [later]).outcomes
    assert not [note for note in again.notes if "removed" in note]


def test_a_laptop_that_is_shut_out_is_told(three):  # noqa: F811
    assert belonging.outside(three.second) == ""
    with three.second.write() as db:
        db.exec_driver_sql("UPDATE device_known SET limited = 1 WHERE id = ?", (three.second.device,))
    assert belonging.outside(three.second) == belonging.SHUT_OUT


def test_the_badge_counts_pairs_entered_twice_too(at, three):  # noqa: F811
    line = three.line()
    three.reword(three.ours, "Triage sends about half of files back.")
    three.reword(three.second, "Triage sends a third of all files back.")
    assert line is not None
    three.give(three.second)
    team.merge(three.ours, sorted(three.stick.iterdir()))
    session = at(three.ours)
    assert session.desk.status.badges == {"Team": "1"}
    for fields in ({"reference": "a-v-002"}, {"reference": "A-V-002 "}):
        session.desk.act(record, "case file", [Change(CaseFile.kind, new_id(), {"force": "P33", **fields})])
        settle(session)
    assert session.desk.status.badges == {"Team": "3"}
    three.reword(three.ours, "Another line.", 2)
    session.desk.changed.emit({"note_line": frozenset()})
    settle(session)
    assert session.desk.status.badges == {"Team": "3"}


def test_packages_one_folder_down_are_offered(at, three):  # noqa: F811
    three.reword(three.second, "Triage sends a third of all files back.")
    three.give(three.second)
    session = at(three.ours)
    taking = take_from(session, three.folder)
    assert taking.said.text() == (
        "No new package lies here itself, but the folder stick in it holds 1 package. Enter looks there."
    )
    assert taking.path.text() == str(three.stick) and taking.path.hasFocus()
    QTest.keyClick(taking.path, K.Key_Return)
    settle(session)
    assert taking.go.text() == "Merge one package"
