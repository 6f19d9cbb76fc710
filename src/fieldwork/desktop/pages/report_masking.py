"""Words that may name people, kept out from where they are seen: chosen, and printed as something else from then on."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Signal

from fieldwork.desktop.desk import Desk, sentence_for
from fieldwork.desktop.kit import Field, Row
from fieldwork.desktop.kit.layout import Box
from fieldwork.desktop.pages.choosing import SeveralPanel
from fieldwork.desktop.pages.form_line import FormLine
from fieldwork.work import masking


class KeepingOut(Box):
    """`changed` when other keys hold; `done(sentence)` once the words are masked."""

    changed = Signal()
    done = Signal(str)

    def __init__(self, desk: Desk) -> None:
        super().__init__(space=6)
        self.desk = desk
        self.panel: SeveralPanel | None = None
        self._words: Sequence[str] = ()
        self.slot = Box()
        self.naming = FormLine(
            "What is printed in their place",
            {"instead": ("In their place", Field(hint="nothing: [left out]"), 220)},
            "Keep out",
        )
        self.naming.kept.connect(self._mask)
        self.naming.left.connect(self.shut)
        self.add(self.slot, self.naming)
        self.hide()

    def ask(self, some: Sequence[tuple[str, str]]) -> None:
        """Which of these words, each with what it may be, are kept out of whatever leaves."""
        self.shut()
        rows = [Row(words, what, ident=words) for words, what in some]
        self.panel = SeveralPanel(
            "Which words are kept out of reports?", rows, (), "go on", (1, "Choose words with Space.")
        )
        self.panel.chosen.connect(self._name)
        self.panel.closed.connect(self.shut)
        self.slot.add(self.panel)
        self.show()
        self.panel.take_focus()
        self.changed.emit()

    def _name(self, words: Sequence[str]) -> None:
        self._words = words
        self._close_panel()
        self.naming.put(instead="")
        self.naming.open_line(f"What is printed in place of {', '.join(words)}")

    def _mask(self) -> None:
        instead = self.naming.text("instead")
        self.desk.act(
            masking.mask_everywhere,
            words=self._words,
            way="pseudonym" if instead else "redact",
            instead=instead,
            then=lambda _: self._masked(),
            otherwise=lambda error: self.naming.wrong("instead", sentence_for(error)),
        )

    def _masked(self) -> None:
        words = ", ".join(self._words)
        self.shut()
        self.done.emit(
            f"Kept out wherever they stand in notes and answers: {words}. Ctrl Z lets them out again."
        )

    def _close_panel(self) -> None:
        self.panel = None
        self.slot.clear()

    def shut(self) -> None:
        """Put it away; nothing is masked."""
        self._close_panel()
        self.naming.hide()
        self.hide()
        self.changed.emit()
