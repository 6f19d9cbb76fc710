"""Trying again after a failure: soon, in growing steps, never long after; and what outlives its page."""

from PySide6.QtCore import QObject
from shiboken6 import Shiboken

from fieldwork.desktop.desk import Desk
from fieldwork.desktop.pages.note_keeping import Keeper
from fieldwork.desktop.pages.reading import Latest
from fieldwork.desktop.retrying import FIRST_MS, MOST_MS, Retry


def test_steps_grow_to_a_bound_and_begin_anew_once_all_is_well(qtbot):
    retry = Retry(lambda: None)
    steps = []
    for _ in range(8):
        retry.again()
        steps.append(retry.interval())
        retry.stop()
    assert steps[0] == FIRST_MS and steps == sorted(steps)
    assert steps[1] > steps[0] and steps[-1] == MOST_MS < 2000
    retry.worked()
    retry.again()
    assert retry.interval() == FIRST_MS


def test_a_second_failure_does_not_put_off_what_waits(qtbot):
    called = []
    retry = Retry(lambda: called.append(1))
    retry.again()
    retry.again()
    assert retry.tries == 1 and retry.isActive()
    qtbot.waitUntil(lambda: called == [1], timeout=4 * FIRST_MS)


def test_a_write_that_fails_after_its_page_is_gone_disturbs_nobody(qtbot) -> None:
    page = QObject()
    retry = Retry(lambda: None, page)
    Shiboken.delete(page)
    retry.again()
    retry.worked()
    assert retry.tries == 0


def test_a_draft_that_fails_after_its_note_is_gone_disturbs_nobody(qtbot) -> None:
    desk = Desk(None)
    desk.drafts = _NoDisk()
    page = QObject()
    keeper = Keeper(desk, page)
    said = []
    keeper.troubled.connect(said.append)
    keeper.keep(bytes(16), ())
    assert desk.lanes.wait_idle() and len(said) == 1
    keeper._again()
    Shiboken.delete(page)
    assert desk.lanes.wait_idle() and len(said) == 1


def test_an_answer_for_a_page_that_is_gone_disturbs_nobody(qtbot) -> None:
    desk = Desk(None)
    page = _Page()
    Latest(desk).ask(lambda _: "read", then=page.take)
    Shiboken.delete(page)
    assert desk.lanes.wait_idle()


class _Page(QObject):
    def take(self, result: object) -> None:
        self.setObjectName(str(result))


class _NoDisk:
    def __getattr__(self, name):
        raise OSError("no disk")
