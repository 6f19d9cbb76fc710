"""F1: the keys of this screen, then those that hold everywhere, straight out of the table."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtWidgets import QBoxLayout, QWidget

from fieldwork.desktop.appearance.tokens import dp
from fieldwork.desktop.commands import Command, caps
from fieldwork.desktop.kit.controls import Button
from fieldwork.desktop.kit.layout import Spaced, row
from fieldwork.desktop.kit.rows import Row, RowList
from fieldwork.desktop.kit.text import Text
from fieldwork.desktop.overlay import Overlay


def sheet_rows(commands: Sequence[Command], screen: str) -> list[Row]:
    """Rows with headings; a command without a key is left out."""
    here = [command for command in commands if command.scope and command.keys]
    everywhere = [command for command in commands if not command.scope and command.keys]
    rows: list[Row] = []
    for heading, part in ((screen, here), ("Everywhere", everywhere)):
        if part:
            rows.append(Row(heading, head=True))
            rows += [Row(command.words, key=caps(command.first_key), ident=command.name) for command in part]
    return rows


class KeySheet(Overlay):
    def __init__(self, host: QWidget) -> None:
        super().__init__(host, 520)
        self.setAccessibleName("Keys of this screen")
        layout = QBoxLayout(QBoxLayout.Direction.TopToBottom, self)
        self._spaced = Spaced(layout, 6, (16, 12, 10, 12))
        close = Button("Close", "Esc", "quiet")
        close.clicked.connect(self.close_panel)
        self.list = RowList(tall=32, name="Keys", fit=False, pad=6)
        layout.addWidget(row(Text("Keys of this screen", "title"), None, close))
        layout.addWidget(self.list, 1)

    def show_keys(self, commands: Sequence[Command], screen: str) -> None:
        self.list.set_rows(sheet_rows(commands, screen))
        self.open()
        self.list.setFocus()

    def wanted_height(self) -> int:
        rows = self.list.heightForWidth(dp(480))
        return rows + dp(76)

    def rescale(self) -> None:
        self._spaced.apply()
        super().rescale()
