"""Work off the thread: order, progress, errors, cancelling, and a window that stays alive."""

import threading
import time

import pytest
from PySide6.QtCore import QTimer
from stalls import StallProbe

from fieldwork.desktop.desk import Desk
from fieldwork.desktop.jobs import Lanes
from fieldwork.domain.faults import Fault


@pytest.fixture
def lanes(qtbot):
    lanes = Lanes()
    yield lanes
    lanes.cancel_all()
    assert lanes.wait_idle(5000)


def test_a_quick_job_waits_for_its_caller_to_connect(lanes, qtbot):
    got = []
    lanes.start("read", lambda job: 7).succeeded.connect(got.append)
    assert lanes.wait_idle()
    assert got == [7]


def test_a_lane_is_serial_and_lanes_are_not(lanes):
    order = []

    def work(name, seconds):
        time.sleep(seconds)
        order.append(name)

    lanes.start("write", lambda job: work("first", 0.15))
    lanes.start("write", lambda job: work("second", 0))
    lanes.start("read", lambda job: work("beside", 0))
    assert lanes.wait_idle()
    assert order == ["beside", "first", "second"]


def test_signals_arrive_on_the_windows_thread(lanes):
    threads = []
    job = lanes.start("read", lambda job: threading.get_ident())
    job.succeeded.connect(lambda there: threads.extend([there, threading.get_ident()]))
    assert lanes.wait_idle()
    assert threads[0] != threads[1] == threading.get_ident()


def test_progress_comes_at_most_every_50_ms(lanes):
    def count(job):
        end = time.monotonic() + 0.4
        done = 0
        while time.monotonic() < end:
            done += 1
            job.report(done)

    told = []
    lanes.start("read", count).progressed.connect(lambda done, of: told.append(done))
    assert lanes.wait_idle()
    assert 2 <= len(told) <= 9


def test_a_job_can_be_stopped(lanes, qtbot):
    job = lanes.start("read", lambda job: [job.report(number) for number in iter(int, 1)])
    with qtbot.waitSignals([job.cancelled, job.finished], timeout=5000):
        QTimer.singleShot(30, job.cancel)


def test_a_job_stopped_before_it_began_never_runs(lanes):
    ran = []
    job = lanes.start("read", lambda job: ran.append(1))
    job.cancel()
    assert lanes.wait_idle()
    assert ran == []


def test_errors_end_in_one_place(lanes):
    errors = []
    lanes.failed.connect(errors.append)
    lanes.start("write", lambda job: 1 / 0)
    assert lanes.wait_idle()
    assert [type(error) for error in errors] == [ZeroDivisionError]


def test_waiting_gives_up_in_time(lanes):
    release = threading.Event()
    lanes.start("read", lambda job: release.wait(5))
    start = time.monotonic()
    assert not lanes.wait_idle(100)
    assert time.monotonic() - start < 2
    release.set()


def test_an_error_can_be_taken_by_the_caller(qtbot):
    desk, mine, theirs = Desk(), [], []
    desk.failed.connect(theirs.append)

    def refuse(workspace):
        raise Fault("Wrong passphrase.")

    desk.act(refuse, otherwise=mine.append)
    assert desk.lanes.wait_idle()
    assert [str(error) for error in mine] == ["Wrong passphrase."]
    assert theirs == []


def test_asking_hands_on_the_result_without_saving(qtbot):
    desk, got = Desk(workspace=[1, 2]), []
    with qtbot.assertNotEmitted(desk.saved):
        desk.ask(lambda workspace, start: sum(workspace, start), 4, then=got.append)
        assert desk.lanes.wait_idle()
    assert got == [7]


def test_a_busy_job_does_not_hold_up_the_window(lanes, qtbot):
    def burn(job):
        end = time.perf_counter() + 0.5
        while time.perf_counter() < end:
            sum(range(500))

    with StallProbe() as probe:
        started = time.perf_counter()
        job = lanes.start("read", burn)
        with qtbot.waitSignal(job.finished, timeout=10000):
            pass
        took_ms = (time.perf_counter() - started) * 1000
    assert probe.worst_ms < took_ms / 2, probe.culprits[:3]


def test_the_probe_sees_a_stall(qtbot):
    with StallProbe() as probe:
        QTimer.singleShot(10, lambda: time.sleep(0.12))
        qtbot.wait(300)
    assert probe.worst_ms > 110
    assert any("test_kit_jobs" in culprit for culprit in probe.culprits)
