"""How long the window is held up while a large package is merged and while a PDF is made."""

import statistics
import tempfile
from collections.abc import Callable
from pathlib import Path

from gallery import places
from PySide6.QtCore import QEventLoop, QTimer
from stalls import StallProbe

from fieldwork.desktop.application import make_application
from fieldwork.desktop.desk import Desk
from fieldwork.desktop.jobs import Job
from fieldwork.desktop.main_window import MainWindow
from fieldwork.desktop.settings import Settings
from fieldwork.reports.pdf.render import pdf_bytes
from fieldwork.store.workspace import Workspace
from fieldwork.work.apart import take
from fieldwork.work.team import share
from laptops import team

from . import Pair
from ._workspaces import FIELDS, add_lines
from .pdf import report_of

CHANGES = 50_000
IDLE_SECONDS = 4.0
TOO_LONG = 600.0


def run(scale: float = 1.0) -> dict[str, Pair]:
    settings = Settings(appearance="light")
    make_application(settings=settings)
    with tempfile.TemporaryDirectory() as folder:
        here, there = team(Path(folder), 2)
        with here, there:
            add_lines(there, max(10, round(CHANGES / FIELDS * scale)))
            package = share(there, Path(folder)).path
            window = MainWindow(Desk(here), places(), settings)
            window.show()
            window.go("Files")
            window.desk.lanes.wait_idle()
            try:
                return measured(window, package, scale)
            finally:
                window.close()
                window.deleteLater()


def measured(window: MainWindow, package: Path, scale: float) -> dict[str, Pair]:
    desk, report = window.desk, report_of(scale)
    resting = idle(IDLE_SECONDS * min(1.0, scale * 10))
    merging = busy(lambda: desk.act(take, [package], progress=lambda *_: None))
    making = busy(lambda: desk.ask(_pdf, report, then=len, lane="export"))
    found: dict[str, Pair] = {}
    for what, gaps in ((f"merge of {CHANGES * scale:,.0f} changes", merging), ("PDF being made", making)):
        found[f"{what}, worst gap in the window"] = Pair(max(gaps), max(resting))
        found[f"{what}, 99th percentile of gaps"] = Pair(_highest(gaps), _highest(resting))
    return found


def _pdf(workspace: Workspace, report):
    return pdf_bytes(report)


def _highest(gaps: list[float]) -> float:
    """The 99th percentile."""
    return statistics.quantiles(gaps, n=100)[98] if len(gaps) > 1 else gaps[0]


def idle(seconds: float) -> list[float]:
    """Gaps between beats, in ms, of a window that rests."""
    loop = QEventLoop()
    with StallProbe() as probe:
        QTimer.singleShot(round(seconds * 1000), loop.quit)
        loop.exec()
    return [gap * 1000 for gap in probe.gaps]


def busy(start: Callable[[], Job]) -> list[float]:
    """Gaps between beats, in ms, until a job has finished."""
    ended: list[str] = []
    loop = QEventLoop()
    with StallProbe(50) as probe:
        job = start()
        job.failed.connect(lambda error: ended.append(str(error)))
        job.succeeded.connect(lambda _: ended.append(""))
        job.finished.connect(loop.quit)
        QTimer.singleShot(round(TOO_LONG * 1000), loop, loop.quit)
        loop.exec()
    if ended != [""]:
        raise RuntimeError(f"the job did not succeed: {ended or 'too long'}")
    for culprit in probe.culprits[:3]:
        print(culprit)
    return [gap * 1000 for gap in probe.gaps]
