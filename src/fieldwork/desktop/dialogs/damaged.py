"""The file is damaged: say what that means, offer to bring back what can be brought back, say what was."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from fieldwork.desktop.dialogs.recover import label, secret
from fieldwork.desktop.dialogs.sheet import Sheet
from fieldwork.desktop.kit import Button, Text, col, flow


class DamagedSheet(Sheet):
    """`rescue_asked` with the passphrase; `open_asked` once something was rescued."""

    rescue_asked = Signal(str)
    open_asked = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(640, parent=parent)
        self.title = Text("", "title", wrap=True)
        self.told = Text("", "body", wrap=True)
        self.passphrase = secret("Passphrase")
        self.label = label("Passphrase", self.passphrase)
        self.said = Text("", "body", wrap=True)
        self.report = col(space=6)
        self.rescue = Button("Bring back what can be read", "Enter", "primary", big=True)
        self.leave = Button("Leave it as it is", "Esc", "quiet")
        self.rescue.clicked.connect(self.accept)
        self.leave.clicked.connect(self.left)
        self.done = False
        layout = QVBoxLayout(self.body)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(
            col(
                self.title,
                self.told,
                self.report,
                8,
                self.label,
                self.passphrase,
                self.said,
                8,
                flow(self.rescue, self.leave, space=8),
                space=6,
            )
        )

    def offer(self, file: str, backup: str, passphrase: str = "") -> None:
        """backup: when the newest backup was made, in words, "" for none."""
        self.done = False
        self.title.setText(f"{file} is damaged")
        stands = (
            f"The newest backup is of {backup}. It comes back under a new identity of this laptop, and what can "
            "still be read of the damaged file is brought over as far as its signatures reach."
            if backup
            else "There is no backup beside it. What can still be read is brought over as far as signatures reach."
        )
        self.told.setText(
            f"A page of the file does not hold what was written to it. {stands} The damaged file is set aside whole "
            "and never written to. What was shared comes back with colleagues' packages."
        )
        self.passphrase.setText(passphrase)
        self._say("", "text")
        self._show(False)

    def set_busy(self) -> None:
        self.rescue.setEnabled(False)
        self._say("Being read, page by page\u2026", "quiet")

    def refuse(self, sentence: str) -> None:
        self._say(sentence, "danger")
        self.rescue.setEnabled(True)
        self.passphrase.setFocus()

    def tell_done(self, lines: Sequence[str]) -> None:
        self.done = True
        self.title.setText("Brought back")
        self.report.clear()
        self.report.add(*(Text(line, "body", wrap=True) for line in lines))
        self._say("", "text")
        self._show(True)
        self.rescue.setFocus()

    def _show(self, done: bool) -> None:
        for part in (self.told, self.label, self.passphrase):
            part.setVisible(not done)
        self.report.setVisible(done)
        self.leave.set_text("Later" if done else "Leave it as it is")
        self.rescue.set_text("Open it" if done else "Bring back what can be read")
        self.rescue.setEnabled(True)

    def _say(self, sentence: str, tone: str) -> None:
        self.said.set_tone(tone)
        self.said.setText(sentence)
        self.said.setVisible(bool(sentence))

    def accept(self) -> None:
        if not self.rescue.isEnabled() or not self.passphrase.text():
            return
        (self.open_asked if self.done else self.rescue_asked).emit(self.passphrase.text())

    def forget(self) -> None:
        self.passphrase.clear()

    def take_focus(self) -> None:
        self.passphrase.setFocus()
