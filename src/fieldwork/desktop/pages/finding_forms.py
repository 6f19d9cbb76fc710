"""What is asked of a piece of evidence on a finding: how it is answered, and how its words are printed outside."""

from __future__ import annotations

from PySide6.QtCore import Signal

from fieldwork.desktop.desk import Desk, sentence_for
from fieldwork.desktop.kit import Choice, Field, TextArea
from fieldwork.desktop.pages.form_line import FormLine
from fieldwork.domain.values import Id, typable
from fieldwork.work import findings, quote_releases
from fieldwork.work.finding_evidence import Evidence
from fieldwork.work.quote_releases import Offered

SPOKEN = ("note_line", "answer", "agreed_answer", "excerpt")  # whose words can be printed
NAMED = (("", "without the body"), ("1", "with the body's name"))


class Answering(FormLine):
    """What stands against a finding, answered. `done` once it is written."""

    done = Signal()

    def __init__(self, desk: Desk) -> None:
        super().__init__(
            "Answer what stands against it", {"text": ("How it is answered", Field(), 520)}, "Keep"
        )
        self.desk = desk
        self._to: tuple[Id, Id] | None = None
        self.kept.connect(self._keep)

    def ask(self, finding: Id, piece: Evidence) -> str:
        """Begin with the answer there is; the title to open it under."""
        self._to = finding, piece.id
        self.put(text=typable(piece.answered))
        return f"Answer: {piece.words}"

    def _keep(self) -> None:
        if self._to is not None:
            finding, evidence = self._to
            self.desk.act(
                findings.answer_contrary,
                finding=finding,
                evidence=evidence,
                text=self.text("text"),
                then=lambda _: self.done.emit(),
                otherwise=lambda error: self.wrong("text", sentence_for(error)),
            )


class Releasing(FormLine):
    """Words released for printing outside the team. `asked(title)` once they are read; `done(sentence)`; `refused`."""

    asked = Signal(str)
    done = Signal(str)
    refused = Signal(object)

    def __init__(self, desk: Desk) -> None:
        super().__init__(
            "Print these words outside the team",
            {
                "wording": ("As printed, names out", TextArea(lines=2, most=6), 420),
                "attribution": ("Whose words, by role", Field(), 240),
                "named": ("Body", Choice(list(NAMED)), 200),
            },
            "Release",
        )
        self.desk = desk
        self._belongs: Id | None = None
        self.kept.connect(self._release)

    def ask(self, belongs: Id) -> None:
        """Read the words as they stand, and open on them."""
        self.desk.ask(quote_releases.to_release, belongs, then=self._offer, otherwise=self.refused.emit)

    def _offer(self, found: Offered) -> None:
        self._belongs, held = found.belongs, found.held
        wording = (
            held.wording if held is not None and held.stands else found.masked.strip(quote_releases.MARKS)
        )
        self.put(
            wording=typable(wording),
            attribution=held.attribution if held is not None else found.attribution,
            named="1" if held is not None and held.body else "",
        )
        self.asked.emit("Print these words outside the team")

    def _release(self) -> None:
        self.desk.act(
            quote_releases.release_quote,
            belongs=self._belongs,
            wording=self.text("wording"),
            attribution=self.text("attribution"),
            body_named=self.text("named") == "1",
            then=lambda _: self.done.emit("Released: the published themes print it with the finding."),
            otherwise=lambda error: self.wrong("wording", sentence_for(error)),
        )

    def withdraw(self, belongs: Id) -> None:
        """Let them no longer be printed."""
        self.desk.act(
            quote_releases.withdraw_quote,
            belongs=belongs,
            then=lambda _: self.done.emit("These words are not printed outside any more."),
            otherwise=self.refused.emit,
        )
