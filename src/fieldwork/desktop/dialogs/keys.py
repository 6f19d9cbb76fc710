"""The keys of an open inspection: another passphrase, a recovery key on paper. Panels over the page, never modal."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from fieldwork.desktop.appearance.tokens import dp
from fieldwork.desktop.desk import Desk, sentence_for
from fieldwork.desktop.dialogs.passphrase import fault_of, watch
from fieldwork.desktop.dialogs.recover import label, secret
from fieldwork.desktop.kit import Button, Field, Text, col, flow, scroll
from fieldwork.desktop.overlay import Overlay

LANE = "keys"


class _KeyPanel(Overlay):
    """A title, fields, one button; Enter in a field does it, Escape closes and forgets what was typed."""

    def __init__(self, desk: Desk, host: QWidget, title: str, says: str, go: str) -> None:
        super().__init__(host, 560)
        self.desk = desk
        self.now = secret("Passphrase now")
        self.said = Text("", "body", wrap=True)
        self.go = Button(go, "Enter", "primary")
        self.leave = Button("Close", "Esc", "quiet")
        self.go.clicked.connect(self.accept)
        self.leave.clicked.connect(self.close_panel)
        self.closed.connect(self._forget)
        self.setAccessibleName(title)
        self.inner = col(
            Text(title, "title", wrap=True),
            Text(says, "small", "quiet", wrap=True),
            8,
            *self.parts(),
            self.said,
            4,
            flow(self.go, self.leave, space=8),
            space=6,
            margins=(20, 16, 20, 16),
        )
        layout = QVBoxLayout(self)
        layout.setContentsMargins(2, 2, 2, 2)
        layout.addWidget(scroll(self.inner, title))
        self.said.hide()

    def parts(self) -> list[QWidget]:
        """Labels and fields, in order; the first is where the keyboard begins."""
        raise NotImplementedError

    def fields(self) -> list[Field]:
        return list(self.inner.findChildren(Field))

    def show_panel(self) -> None:
        self.go.show()
        self.go.setEnabled(True)
        self.open()
        self.now.setFocus()

    def wanted_height(self) -> int:
        return self.inner.heightForWidth(dp(self._dp_width) - dp(8)) + dp(12)

    def say(self, sentence: str, tone: str = "quiet") -> None:
        self.said.set_tone(tone)
        self.said.setText(sentence)
        self.said.setVisible(bool(sentence))
        self.place()

    def accept(self) -> None:
        raise NotImplementedError

    def failed(self, error: BaseException) -> None:
        self.go.setEnabled(True)
        self.say(sentence_for(error), "danger")
        self.now.setFocus()

    def ended(self, sentence: str) -> None:
        self._clear()
        self.go.hide()
        self.say(sentence, "text")
        self.leave.setFocus()

    def _clear(self) -> None:
        for field in self.fields():
            field.clear()

    def _forget(self) -> None:
        self._clear()
        self.say("")

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.go.isVisible():
            if self.go.isEnabled():
                self.accept()
        else:
            super().keyPressEvent(event)


class PassphrasePanel(_KeyPanel):
    def __init__(self, desk: Desk, host: QWidget) -> None:
        self.new, self.again = secret("New passphrase"), secret("The new passphrase again")
        self.strength = Text("", "small", "quiet", wrap=True)
        super().__init__(
            desk,
            host,
            "Change the passphrase",
            "From then on only the new one opens this file; a recovery key goes on working. Backups made before open "
            "with the passphrase of their day.",
            "Change it",
        )
        watch(self.new, self.strength)

    def parts(self) -> list[QWidget]:
        return [
            label("Passphrase now", self.now),
            self.now,
            label("New passphrase", self.new),
            self.new,
            self.strength,
            label("The same again", self.again),
            self.again,
        ]

    def accept(self) -> None:
        from fieldwork.work import securing

        if not self.now.text():
            self.say("Type the passphrase that opens it now.", "danger")
            self.now.setFocus()
        elif fault := fault_of(self.new.text(), self.again.text()):
            self.say(fault, "danger")
            self.new.setFocus()
        else:
            self.go.setEnabled(False)
            self.say("Working out the key\u2026")
            self.desk.act(
                securing.change_passphrase,
                self.new.text(),
                now=self.now.text(),
                then=lambda _: self.ended("The passphrase is changed."),
                otherwise=self.failed,
                lane=LANE,
            )


class RecoveryPanel(_KeyPanel):
    def __init__(self, desk: Desk, host: QWidget) -> None:
        self.path = Field(name="Folder, or folder and file name", hint="where the PDF is written")
        super().__init__(
            desk,
            host,
            "Make a recovery key",
            "A page to print: it opens this file when the passphrase is forgotten. Fieldwork keeps no copy. An earlier "
            "recovery key ends with it. Print it, put it in a safe, and delete the PDF.",
            "Make it",
        )

    def parts(self) -> list[QWidget]:
        return [
            label("Passphrase now", self.now),
            self.now,
            label("Folder, or folder and file name", self.path),
            self.path,
        ]

    def show_panel(self) -> None:
        if not self.path.text():
            self.path.setText(str(Path.home()))
        super().show_panel()

    def accept(self) -> None:
        from fieldwork.work import securing

        for field, words in (
            (self.now, "Type the passphrase."),
            (self.path, "Say where the PDF is written."),
        ):
            if not field.text().strip():
                self.say(words, "danger")
                field.setFocus()
                return
        self.go.setEnabled(False)
        self.say("The key is being made\u2026")
        self.desk.act(
            securing.make_recovery_key,
            Path(self.path.text().strip()),
            self.now.text(),
            then=self._made,
            otherwise=self.failed,
            lane=LANE,
        )

    def _made(self, path: Path) -> None:
        self.ended(f"Written to {path}. Print it, put the page in a safe, and delete the file.")
