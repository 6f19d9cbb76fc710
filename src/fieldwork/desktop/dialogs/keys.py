"""The keys of an open inspection: another passphrase, a recovery key on paper. Panels over the page, never modal."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtWidgets import QWidget

from fieldwork.desktop.desk import Desk, sentence_for
from fieldwork.desktop.dialogs.act_panel import ActPanel
from fieldwork.desktop.dialogs.passphrase import fault_of, watch
from fieldwork.desktop.dialogs.recover import label, secret
from fieldwork.desktop.kit import Field, Text

LANE = "keys"


class _KeyPanel(ActPanel):
    """The passphrase and further fields; closing it forgets what was typed."""

    def __init__(
        self, desk: Desk, host: QWidget, title: str, says: str, go: str, further: Sequence[QWidget]
    ) -> None:
        super().__init__(desk, host, title, go, "Close")
        self.now = secret("Passphrase now")
        self.closed.connect(self._forget)
        self.set_title(title)
        words = Text(says, "small", "quiet", wrap=True)
        self.fill((words, 8, label("Passphrase now", self.now), self.now, *further))

    def show_panel(self) -> None:
        self.go.show()
        self.go.setEnabled(True)
        self.open()
        self.now.setFocus()

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
            (
                label("New passphrase", self.new),
                self.new,
                self.strength,
                label("The same again", self.again),
                self.again,
            ),
        )
        watch(self.new, self.strength)
        self.asked.connect(self.accept)

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
            (label("Folder, or folder and file name", self.path), self.path),
        )
        self.asked.connect(self.accept)

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
