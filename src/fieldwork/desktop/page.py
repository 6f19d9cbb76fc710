"""What every place of the window is."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QApplication, QVBoxLayout, QWidget

from fieldwork.desktop.commands import caps, find
from fieldwork.desktop.desk import Desk
from fieldwork.desktop.kit.controls import Button
from fieldwork.desktop.kit.rows import RowList
from fieldwork.domain.values import Id


class Page(QWidget):
    """One place. Build the widgets in __init__, read the workspace in `refresh`, never the other way.

    `scope` is the name under which commands.py lists this page's own commands.
    """

    title = ""
    scope = ""
    commands_changed = Signal()

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.desk = desk
        self.narrow = False
        self.short = False
        self.setAccessibleName(self.title)

    def fill(self, widget: QWidget) -> None:
        """Let `widget` be the whole page."""
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(widget)

    def refresh(self, changed: object = None) -> None:
        """Read again what is shown; `changed` is what an act returned, None for everything."""

    def commands(self) -> dict[str, Callable[[], object]]:
        """Handlers by command name: this page's own, and global ones it takes over while it is shown."""
        return {}

    def take_focus(self) -> None:
        """Put the keyboard where work goes on."""
        self.focusNextChild()

    def leave(self) -> None:
        """The person goes elsewhere: hand over what is not yet handed over."""

    def unsaved(self) -> str:
        """One sentence naming what was typed here and is not on disk, "" when all of it is."""
        return ""

    def open(self, target: object) -> None:
        """Show the record another place or the palette asked for."""

    def shape(self, narrow: bool, short: bool) -> None:
        """The window became narrow or short, or no longer is; called before the first showing too."""

    def record_here(self) -> Id | None:
        """The record one is at, whose history the window can show; typed words of it are handed over first."""
        at = QApplication.focusWidget()
        row = at.current() if isinstance(at, RowList) and self.isAncestorOf(at) else None
        return row.ident if row is not None and isinstance(row.ident, bytes) else None

    def button(self, command: str, kind: str = "plain", big: bool = False, words: str = "") -> Button:
        """A button for one of this page's commands, with its words, key and icon out of the table."""
        entry = find(command)
        button = Button(words or entry.words, caps(entry.first_key), kind, entry.icon, big)
        button.clicked.connect(lambda: self.run(command))
        return button

    def run(self, command: str) -> None:
        """Do a command of this page as its key would."""
        handler = self.commands().get(command)
        if handler is not None:
            handler()
