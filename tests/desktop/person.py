"""Somebody at a laptop with a keyboard and nothing else, and a camera for each step they take."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget

from fieldwork.desktop.appearance.tokens import appearance
from fieldwork.desktop.front import opened
from fieldwork.desktop.kit import Runs, Text
from fieldwork.desktop.kit.conflict import VersionCard
from fieldwork.desktop.pages.team import TeamPage
from fieldwork.desktop.session import UnlockedSession
from fieldwork.desktop.settings import Settings
from fieldwork.store.workspace import Workspace

LOOKS = (("light", 1.0), ("dark", 1.0), ("light", 2.0), ("dark", 2.0))


def squashed(window: QWidget) -> list[str]:
    """Words and versions in sight that are lower than what they hold needs."""
    found = []
    for widget in window.findChildren(QWidget):
        meant = isinstance(widget, Text | Runs | VersionCard) and widget.isVisible()
        if (
            meant
            and widget.hasHeightForWidth()
            and widget.height() < widget.heightForWidth(widget.width()) - 1
        ):
            found.append(widget.text() if isinstance(widget, Text) else widget.accessibleName())
    return found


class Person:
    """At the lead's laptop, with a keyboard and nothing else. keys: how many were pressed, words typed apart."""

    def __init__(self, workspace: Workspace, look: Callable[[str, Person], None] | None = None) -> None:
        self.session = UnlockedSession(opened(workspace), Settings(appearance="light"))
        self.window, self.desk = self.session.window, self.session.desk
        self.said: list[str] = []
        self.desk.failed.connect(self.said.append)
        self.keys = self.letters = 0
        self.steps: list[tuple[str, int]] = []
        self._look = look
        self.window.resize(1280, 800)
        self.session.show()
        QTest.qWaitForWindowActive(self.window)
        self.settle()

    @property
    def team(self) -> TeamPage:
        page = self.window.page("Team")
        assert isinstance(page, TeamPage)
        return page

    def settle(self) -> None:
        for _ in range(3):
            assert self.desk.lanes.wait_idle(60_000)
            QTest.qWait(6)

    def until(self, what: Callable[[], object]) -> None:
        """Wait for what a key has begun, however busy the machine is."""
        for _ in range(3000):
            if what():
                break
            QTest.qWait(6)
        assert what()
        self.settle()

    def press(self, key: Qt.Key, held: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
        self.keys += 1
        QTest.keyClick(self.window.focusWidget() or self.window, key, held)
        self.settle()

    def type(self, text: str) -> None:
        self.letters += len(text)
        QTest.keyClicks(self.window.focusWidget() or self.window, text)
        self.settle()

    def step(self, name: str) -> None:
        """Something stands on the screen that a person would look at, and no words in it are cut."""
        self.steps.append((name, self.keys))
        cut = squashed(self.window)
        assert not cut, f"{name}: cut off: {cut}"
        if self._look is not None:
            self._look(f"{len(self.steps):02}-{name}", self)

    def close(self) -> None:
        self.window.close()
        self.desk.lanes.wait_idle(10_000)
        QTest.qWait(150)


def photographed(folder: Path) -> Callable[[str, Person], None]:
    """A camera for every step: light and dark, at 100% and 200%."""

    def look(name: str, person: Person) -> None:
        for choice, factor in LOOKS:
            appearance.apply(choice, factor)
            person.settle()
            person.window.grab().save(str(folder / f"{name}-{choice}-{round(factor * 100)}.png"))
        appearance.apply("light", 1.0)
        person.settle()

    return look
