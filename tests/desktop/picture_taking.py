"""The real window over the demonstrated visit, and what is seen in it as small PNG files."""

import io
from collections.abc import Callable
from pathlib import Path

from picture_scenes import (
    HALF_DONE,
    UP_TO,
    Visit,
    prepare,
    to_afternoon,
    to_moderate,
    to_reconcile,
    to_wash_up,
)
from PIL import Image
from PySide6.QtCore import QBuffer, QIODevice, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget

from fieldwork.desktop.appearance.tokens import appearance
from fieldwork.desktop.application import make_application
from fieldwork.desktop.front import Front, opened
from fieldwork.desktop.main_window import MainWindow
from fieldwork.desktop.session import UnlockedSession
from fieldwork.desktop.settings import Settings

USUAL, NARROW = (1280, 800), (640, 900)
INTERVIEW = "2025-03-11T15:14:40"
REASON = (
    "Summary and both key statements are there. The interview summary leaves out the prepared statement, and "
    "body-worn video is named on the list but not linked."
)
TYPED = "> Thinks a joint list of return reasons would show both sides where files fail #gov"


class Camera:
    """Grabs a window under several appearances and keeps the pictures asked for."""

    def __init__(self, folder: Path, wanted: set[str]) -> None:
        self.folder, self.wanted = folder, wanted

    def wants(self, *names: str) -> bool:
        return not self.wanted or bool(self.wanted & set(names))

    def take(
        self, window: QWidget, name: str, choice: str = "light", factor: float = 1.0, size=USUAL
    ) -> None:
        if not self.wants(name):
            return
        appearance.apply(choice, factor)
        window.resize(*size)
        settle(window)
        keep(window, self.folder / f"{name}.png")
        if (choice, factor, size) != ("light", 1.0, USUAL):
            appearance.apply("light", 1.0)
            window.resize(*USUAL)
            settle(window)


def settle(window: QWidget) -> None:
    """Until nothing is read, written or laid out any more."""
    for _ in range(4):
        if isinstance(window, MainWindow):
            assert window.desk.lanes.wait_idle(30_000)
        QTest.qWait(40)


def keep(window: QWidget, path: Path) -> None:
    """A PNG in its true colours, as small as it can be packed."""
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    window.grab().save(buffer, "PNG")
    Image.open(io.BytesIO(bytes(buffer.data()))).convert("RGB").save(path, optimize=True)
    print(f"{path.name}  {path.stat().st_size // 1024} kB", flush=True)


def take_all(folder: Path, to: Path, wanted: set[str], set_clock: Callable[[str], None]) -> None:
    """All pictures, in the order of the visit."""
    settings = Settings(appearance="light")
    make_application(settings=settings).setCursorFlashTime(0)
    camera = Camera(to, wanted)
    visit = prepare(folder, set_clock)
    take_front(camera, visit, settings)
    to_afternoon(visit)
    session = UnlockedSession(opened(visit.lead), settings)
    session.show()
    session._away.stop()  # the clock jumps from picture to picture, and nobody was asleep meanwhile
    window = session.window
    settle(window)
    take_afternoon(camera, window, visit)
    take_interview(camera, window, visit)
    take_wash_up(camera, window, visit)
    window.close()
    settle(window)
    visit.close()


def take_front(camera: Camera, visit: Visit, settings: Settings) -> None:
    for name, path in (("first-run-light", None), ("unlock-light", visit.lead.path)):
        if camera.wants(name):
            front = Front(path, settings)
            if path is not None:
                front.show_unlock(f"{path.name}, locked at 13:24. What you typed is saved.")
            front.show()
            settle(front)
            front.lanes.wait_idle()
            camera.take(front, name)
            front.close()
            front.deleteLater()


def take_afternoon(camera: Camera, window: MainWindow, visit: Visit) -> None:
    """Tuesday, 14:38."""
    renew(window)
    show(window, "Today")
    camera.take(window, "today-light")
    show(window, "Visits", visit.labels["visit"])
    camera.take(window, "visit-light")
    show(window, "Files", (visit.labels[HALF_DONE], UP_TO))
    type_keys(window, "2")
    type_keys(window, REASON)
    for name, choice in (("light", "light"), ("dark", "dark"), ("contrast", "contrast")):
        camera.take(window, f"marking-{name}", choice)
    camera.take(window, "marking-narrow", size=NARROW)
    camera.take(window, "marking-200", factor=2.0)
    show(window, "Evidence")
    type_keys(window, "schedul")
    camera.take(window, "evidence-light")
    take_moderation(camera, window, visit)
    take_pairs(camera, window, visit)


def take_moderation(camera: Camera, window: MainWindow, visit: Visit) -> None:
    """The lead moderates a colleague's file that the dip sample holds: one mark differs."""
    names = ("list", "light", "dark", "contrast", "narrow", "200")
    if not camera.wants(*(f"moderation-{name}" for name in names)):
        return
    file, code = to_moderate(visit)
    renew(window)
    show(window, "Files", "moderate")
    camera.take(window, "moderation-list")
    page = window.page("Files")
    page.moderate(file, code)
    settle(window)
    type_keys(window, "1")
    type_keys(window, "The second statement answers the point; it was sent with the first.")
    for name in ("light", "dark", "contrast"):
        camera.take(window, f"moderation-{name}", name)
    camera.take(window, "moderation-narrow", size=NARROW)
    camera.take(window, "moderation-200", factor=2.0)


def take_pairs(camera: Camera, window: MainWindow, visit: Visit) -> None:
    """Both have finished a file: the offer to open it, pairing up another, and what they do not agree on."""
    looks = ("light", "dark", "contrast", "narrow", "200", "narrow-200")
    if not camera.wants(
        "pairs-offer", "pairs-offer-narrow", "pairing-light", *(f"reconcile-{one}" for one in looks)
    ):
        return
    file = to_reconcile(visit)
    renew(window)
    page = window.page("Files")
    show(window, "Files")
    page.show_list()
    page.shows.choose(1)
    page._choose_show(1)
    settle(window)
    camera.take(window, "pairs-offer")
    camera.take(window, "pairs-offer-narrow", size=NARROW)
    page.run("pair.up")
    for _ in range(3):
        settle(window)
        QTest.keyClick(window.focusWidget(), Qt.Key.Key_Return)
    settle(window)
    camera.take(window, "pairing-light")
    page.pairs.pairing.leave()
    page.run("pair.release")
    settle(window)
    page.reconcile(file)
    settle(window)
    type_keys(window, "2")
    type_keys(window, "Both statements were there when the file went out.")
    for name in ("light", "dark", "contrast"):
        camera.take(window, f"reconcile-{name}", name)
    camera.take(window, "reconcile-narrow", size=NARROW)
    camera.take(window, "reconcile-200", factor=2.0)
    camera.take(window, "reconcile-narrow-200", "contrast", 2.0, NARROW)


def take_interview(camera: Camera, window: MainWindow, visit: Visit) -> None:
    """Tuesday, 15:15: the remote interview is being noted, the last line is not finished."""
    visit.set_clock(INTERVIEW)
    visit.go_on("lead", INTERVIEW)
    renew(window)
    show(window, "Interviews", visit.labels["s7"])
    settle(window)
    type_keys(window, TYPED)
    camera.take(window, "note-light")
    camera.take(window, "note-dark", "dark")
    camera.take(window, "note-200", factor=2.0)


def take_wash_up(camera: Camera, window: MainWindow, visit: Visit) -> None:
    """Wednesday, 15:06: everything comes together, and one point was worded twice."""
    to_wash_up(visit)
    renew(window)
    show(window, "Team", Path(visit.stick.name))
    camera.take(window, "merge-preview-light")
    window.commands.run("team.merge")
    settle(window)
    camera.take(window, "conflict-light")
    camera.take(window, "conflict-dark", "dark")
    show(window, "Reports")
    camera.take(window, "reports-light")
    take_results(camera, window)


def take_results(camera: Camera, window: MainWindow) -> None:
    """All the files of the visit together, then by stratum."""
    show(window, "Reports", "results")
    if camera.wants("results-files-light"):
        QTest.keyClick(window.focusWidget(), Qt.Key.Key_Return)
        settle(window)
        camera.take(window, "results-files-light")
        window.commands.run("files.behind")
        settle(window)
    camera.take(window, "results-light")
    camera.take(window, "results-dark", "dark")
    camera.take(window, "results-narrow", size=NARROW)
    camera.take(window, "results-200", factor=2.0)
    for _ in ("by body", "by stratum"):
        window.commands.run("result.by")
        settle(window)
    window.commands.run("result.heat")
    settle(window)
    camera.take(window, "results-heat-light")
    camera.take(window, "results-heat-contrast", "contrast")


def show(window: MainWindow, place: str, target: object = None) -> None:
    window.go(place)
    settle(window)
    if target is not None:
        window.go(place, target)
        settle(window)


def type_keys(window: MainWindow, keys: str) -> None:
    """Where the keyboard is; then wait until it is on disk."""
    QTest.keyClicks(window.focusWidget() or window, keys)
    QTest.qWait(1500)
    settle(window)


def renew(window: MainWindow) -> None:
    """Acts were done beside the window: let every page read again."""
    window.desk.changed.emit(None)
    settle(window)
