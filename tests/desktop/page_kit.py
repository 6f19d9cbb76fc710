"""A page in the real window over a small inspection, and waiting for what it reads and writes."""

from gallery import ICONS, KEYS, Plain
from PySide6.QtTest import QTest

from fieldwork.desktop.desk import Desk
from fieldwork.desktop.frame import Place
from fieldwork.desktop.main_window import MainWindow
from fieldwork.desktop.page import Page


class Elsewhere(Plain):
    """Stands for the other places: remembers what it was asked to open."""

    def open(self, target: object) -> None:
        self.opened = target


class Bench:
    """One page of the window with a workspace; the other places only remember what they were asked."""

    def __init__(self, qtbot, workspace, name: str, make) -> None:
        self.workspace = workspace
        self.desk = Desk(workspace)
        self.said: list[str] = []
        self.went: list[tuple[str, object]] = []
        self.desk.failed.connect(self.said.append)
        self.desk.going.connect(lambda place, target: self.went.append((place, target)))
        places = [
            Place(place, icon, key, make if place == name else Elsewhere)
            for key, (place, icon) in zip(KEYS, ICONS.items(), strict=True)
        ]
        self.window = MainWindow(self.desk, places)
        qtbot.addWidget(self.window)
        self.window.resize(1280, 800)
        self.window.show()
        qtbot.waitExposed(self.window)
        self.window.activateWindow()
        self.window.go(name)
        self.settle()
        self.window.go(name)
        self.page: Page = self.window.page(name)

    def settle(self) -> None:
        """Until nothing is read or written any more."""
        for _ in range(3):
            assert self.desk.lanes.wait_idle(60_000)
            QTest.qWait(15)

    def press(self, key, widget=None) -> None:
        """A key where the keyboard is, or on a widget."""
        QTest.keyClick(widget or self.window.focusWidget() or self.window, key)
        self.settle()

    def press_with(self, key, modifier) -> None:
        """A key with Ctrl or Alt held."""
        QTest.keyClick(self.window.focusWidget() or self.window, key, modifier)
        self.settle()

    def type(self, widget, text: str) -> None:
        widget.setFocus()
        QTest.keyClicks(widget, text)
        self.settle()

    def close(self) -> None:
        self.window.close()
        self.desk.lanes.wait_idle(60_000)
        self.workspace.close()
