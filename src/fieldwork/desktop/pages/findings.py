"""The findings of the inspection: what each says, what stands for it and against it, and who has signed it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any, ClassVar

from PySide6.QtWidgets import QApplication

from fieldwork.desktop.appearance.tokens import dp
from fieldwork.desktop.desk import Desk, sentence_for
from fieldwork.desktop.dialogs.asking import Question
from fieldwork.desktop.kit import (
    Choice,
    Empty,
    Field,
    Pane,
    Row,
    RowList,
    Text,
    TextArea,
    col,
    even,
    flow,
    page_head,
    row,
    scroll,
)
from fieldwork.desktop.kit.layout import Box, turn_page
from fieldwork.desktop.pages import words
from fieldwork.desktop.pages.finding_forms import SPOKEN, Answering, Releasing
from fieldwork.desktop.pages.finding_grid import MatrixPart
from fieldwork.desktop.pages.finding_words import (
    HEADS,
    HEARD,
    ORDER,
    finding_row,
    group_of,
    home_of,
    piece_row,
    signature_words,
)
from fieldwork.desktop.pages.form_line import FormLine
from fieldwork.desktop.pages.reading import Latest, ReadingPage
from fieldwork.domain.values import Id, typable
from fieldwork.work import finding_desk, finding_matrix, findings, signing
from fieldwork.work.done import Done
from fieldwork.work.finding_desk import FindingsNow, Listed, Opened
from fieldwork.work.finding_evidence import Evidence

LIST_WIDTH = 304


class FindingsPage(ReadingPage):
    """Targets of `open`: a finding's id."""

    title = "Findings"
    scope = "findings"
    watches: ClassVar = HEARD

    def __init__(self, desk: Desk, now: Callable[[], datetime] = datetime.now) -> None:
        super().__init__(desk)
        self._now = now
        self._reads = Latest(desk)
        self.shown: FindingsNow | None = None
        self.at: Id | None = None
        self._editing: Id | None = None
        self._front = "list"  # of a narrow window: "list" or "finding"
        self.list = RowList(name="Findings", fit=False, chooses=True)
        self.list.moved.connect(self._list_moved)
        self.list.opened.connect(lambda _: self._to_front("finding"))
        self.new_button = self.button("findings.new", "quiet", words="New")
        self.side = Pane(
            row(Text("Findings", "strong"), None, self.new_button),
            (self.list, 1),
            margins=(12, 20, 10, 12),
            space=8,
        )
        self.empty = Empty(
            "lightbulb",
            "No finding yet",
            "n writes one. Evidence is pinned to it from the Evidence page; what supports it is counted by itself.",
        )
        self._make_view()
        self.line = FormLine(
            "A new finding",
            {
                "text": ("What was found, in a sentence that can be tested", TextArea(lines=2, most=6), 520),
                "title": ("Title in the list", Field(), 260),
                "kind": ("Kind", Choice(), 180),
            },
            "Keep",
        )
        self.line.kept.connect(self._keep)
        self.line.left.connect(self._close)
        self.answering, self.releasing = Answering(self.desk), Releasing(self.desk)
        self.answering.done.connect(self._close)
        self.releasing.asked.connect(lambda title: self._open_form(self.releasing, title))
        self.releasing.done.connect(self._released)
        self.releasing.refused.connect(self._refused)
        for form in (self.answering, self.releasing):
            form.left.connect(self._close)
        whole = col(
            self.line, self.answering, self.releasing, self.view, None, space=12, margins=(32, 20, 32, 12)
        )
        self.scrolled = scroll(whole, "The finding")
        self.middle = Box((self.scrolled, 1), self.empty)
        self.forms = (self.line, self.answering, self.releasing)
        self.area = row((self.side, 0), (self.middle, 1), space=0)
        self.fill(self.area)
        self.empty.hide()

    def _make_view(self) -> None:
        self.head = page_head(
            "", "", self.button("findings.reword", "quiet"), self.button("findings.sign", "primary")
        )
        self.told = Text("", "small", "quiet", wrap=True)
        self.signed = Text("", "small", wrap=True)
        self.changed = Text("", "small", "warn", wrap=True)
        self.said = Text("", "small", "quiet", wrap=True)
        self.said.hide()
        self.for_it = RowList(name="Evidence for it", chooses=True)
        self.against = RowList(name="Evidence against it", chooses=True)
        for some in (self.for_it, self.against):
            some.opened.connect(lambda _: self._open_piece())
            some.moved.connect(lambda _: self._renew())
        self.for_head, self.against_head = Text("For", "strong"), Text("Against", "strong")
        self.counted = Text("", "caption", "quiet")
        names = ("pin", "turn", "answer", "unpin", "version", "withdraw")
        self.on_it = {f"findings.{name}": self.button(f"findings.{name}", "quiet") for name in names}
        self.buttons = flow(*self.on_it.values(), space=4)
        self.sides = row(
            (even(col(row(self.for_head, None, self.counted), self.for_it, None, space=6)), 1),
            (even(col(self.against_head, self.against, None, space=6)), 1),
            space=32,
        )
        self.matrix = MatrixPart(self.button("findings.plan"))
        self.view = col(
            self.head,
            self.told,
            self.signed,
            self.changed,
            self.said,
            self.buttons,
            self.sides,
            self.matrix,
            None,
            space=10,
        )

    # Reading

    def read(self) -> None:
        self._reads.ask(finding_desk.findings_now, self.at, then=self._take)

    def _take(self, now: FindingsNow) -> None:
        self.shown = now
        self.at = now.opened.listed.finding.id if now.opened is not None else None
        rows: list[Row] = []
        for group in ORDER:
            some = [one for one in now.listed if group_of(one) == group]
            if some:
                rows.append(Row(f"{HEADS[group]}: {len(some)}", head=True, ident=group))
                rows += [finding_row(one, group) for one in some]
        self.list.blockSignals(True)
        self.list.set_rows(rows)
        place = next((at for at, one in enumerate(rows) if one.ident == self.at), -1)
        if place >= 0:
            self.list.go(place)
        self.list.blockSignals(False)
        self._show(now.opened)
        self._arrange()
        self._renew()
        at = QApplication.focusWidget()
        if self.isVisible() and (at is None or at in (self, self.middle) or not self.isAncestorOf(at)):
            self.take_focus()

    def _renew(self) -> None:
        """Only what can be done now is offered."""
        offered = self.commands()
        self.matrix.gaps.setVisible("findings.plan" in offered)
        for name, button in self.on_it.items():
            button.setVisible(name in offered)
        self.commands_changed.emit()

    def _list_moved(self, index: int) -> None:
        ident = self.list.rows[index].ident if 0 <= index < len(self.list.rows) else None
        if isinstance(ident, bytes) and ident != self.at:
            self.at = ident
            self.said.hide()
            self.read()

    def _show(self, opened: Opened | None) -> None:
        if opened is None:
            return
        one = opened.listed
        finding, point = one.finding, one.point
        version = f", version {one.signing.version}" if one.signing.version > 1 else ""
        theme = f", {opened.theme}" if opened.theme else ""
        self.head.set(finding.text, f"Finding {one.number}, {one.status}: {one.kind}{theme}{version}")
        methods = words.method_counts(point.methods)
        bodies = ", ".join(opened.bodies)
        self.told.setText(
            f"{methods[:1].upper()}{methods[1:]}; {bodies}."
            if methods and bodies
            else methods or "No evidence for it yet."
        )
        self._show_signatures(opened)
        self.for_head.setText(f"For: {point.pieces}")
        methods = words.counted(len(point.methods), "method", "methods")
        self.counted.setText(f"{methods}, {words.counted(len(point.bodies), 'body', 'bodies')}")
        against = [piece for piece in opened.evidence if piece.against]
        answered = sum(bool(piece.answered) for piece in against)
        self.against_head.setText(f"Against: {len(against)}" + (f", {answered} answered" if answered else ""))
        self.for_it.set_rows([piece_row(piece) for piece in opened.evidence if not piece.against])
        self.against.set_rows([piece_row(piece) for piece in against])
        for some in (self.for_it, self.against):
            some.setVisible(bool(some.rows))
            if some.row() < 0 and some.rows:
                some.go(0)
        self.matrix.put(opened.matrix, opened.asked)

    def _plan_gaps(self) -> None:
        one = self._one()
        if one is not None:
            self.desk.act(
                finding_matrix.plan_gaps, finding=one.finding.id,
                then=lambda _: self._say("Each gap is an open question now; they stand with their visits."),
                otherwise=self._refused,
            )  # fmt: skip

    def _show_signatures(self, opened: Opened) -> None:
        standing = opened.listed.signing
        told = [signature_words(one) for one in standing.signatures.values()]
        told += [f"{inspectorate} lead has not signed" for inspectorate in standing.missing]
        self.signed.setText(". ".join(told) + "." if told else "")
        changed = ", ".join(opened.changed[:3]) + (
            f" and {len(opened.changed) - 3} more" if len(opened.changed) > 3 else ""
        )
        self.changed.setText(f"Changed since it was signed: {changed}." if opened.changed else "")
        self.changed.setVisible(bool(opened.changed))

    # Writing

    def _new(self) -> None:
        self._editing = None
        self._offer_kinds()
        self.line.put(text="", title="", kind="concern")
        self._open_form(self.line, "A new finding")

    def _reword(self) -> None:
        one = self._one()
        if one is not None:
            self._editing = one.finding.id
            self._offer_kinds(one)
            self.line.put(
                text=typable(one.finding.text), title=one.finding.title, kind=one.finding.finding_kind
            )
            self._open_form(self.line, f"Finding {one.number}")

    def _offer_kinds(self, one: Listed | None = None) -> None:
        """The kinds of this inspection, and the one a finding has though it is offered no more."""
        offered = dict(self.shown.kinds) if self.shown is not None else {}
        if one is not None:
            offered.setdefault(one.finding.finding_kind, one.kind)
        choice = self.line.widgets["kind"]
        assert isinstance(choice, Choice)
        choice.set_options(list(offered.items()))

    def _keep(self) -> None:
        typed: dict[str, Any] = {name: self.line.text(name) for name in ("text", "title", "kind")}
        given: dict[str, Any] = {
            "then": self._kept,
            "otherwise": lambda error: self.line.wrong("text", sentence_for(error)),
        }
        if self._editing is None:
            self.desk.act(findings.add_finding, **typed, **given)
        else:
            self.desk.act(findings.change_finding, finding=self._editing, **typed, **given)

    def _kept(self, done: Done) -> None:
        self.at = done.id or self.at
        self._close()
        self.read()

    def _open_form(self, form: FormLine, title: str) -> None:
        self._to_front("finding")
        self.view.hide()
        self.empty.hide()
        self.scrolled.show()
        form.show()
        form.open_line(title)
        self.commands_changed.emit()

    def _close(self) -> None:
        for form in self.forms:
            form.hide()
        self._arrange()
        self.take_focus()
        self.commands_changed.emit()

    # Evidence

    def _lists(self) -> RowList:
        """The list of evidence that the keyboard is in; that for it otherwise."""
        return self.against if self.against.hasFocus() or not self.for_it.rows else self.for_it

    def _piece(self) -> Evidence | None:
        return self._piece_of(self._lists())

    def _piece_of(self, some_list: RowList) -> Evidence | None:
        current = some_list.current()
        some = self.shown.opened.evidence if self.shown and self.shown.opened else ()
        return next((one for one in some if current is not None and one.id == current.ident), None)

    def _pin(self) -> None:
        one = self._one()
        if one is not None:
            self.desk.go("Evidence", ("pin", one.finding.id, one.finding.title or one.finding.text))

    def _turn(self) -> None:
        """What was for it is against it, and the other way round."""
        one, piece = self._one(), self._piece()
        if one is not None and piece is not None:
            bearing = "for" if piece.against else "against"
            self.desk.act(
                findings.turn, finding=one.finding.id, evidence=piece.id, bearing=bearing,
                then=self._done, otherwise=self._refused,
            )  # fmt: skip

    def _unpin(self) -> None:
        one, piece = self._one(), self._piece()
        if one is not None and piece is not None:
            self.desk.act(
                findings.unpin,
                finding=one.finding.id,
                evidence=piece.id,
                then=self._done,
                otherwise=self._refused,
            )

    def _answer(self) -> None:
        one, piece = self._one(), self._piece_of(self.against)
        if one is not None and piece is not None:
            self._open_form(self.answering, self.answering.ask(one.finding.id, piece))

    def _released(self, sentence: str) -> None:
        self._close()
        self._say(sentence)
        self.read()

    def _open_piece(self) -> None:
        piece = self._piece()
        where = home_of(piece) if piece is not None else None
        if where is not None:
            self.desk.go(*where)

    # Signing

    def _sign(self) -> None:
        opened = self.shown.opened if self.shown else None
        if opened is None:
            return
        if opened.may_not_sign:
            self._say(opened.may_not_sign)
            return
        one = opened.listed
        self.desk.act(
            signing.sign,
            finding=one.finding.id,
            digest=one.signing.digest.hex(),
            then=self._signed_it,
            otherwise=self._refused,
        )

    def _signed_it(self, _: Done) -> None:
        self._say("Signed. It counts for both once the other lead has signed and you have merged.")

    def _withdraw(self) -> None:
        self._ask(
            "Withdraw the signature",
            "Withdraw it",
            signing.withdraw_signature,
            "Say in a line why it is withdrawn.",
        )

    def _version(self) -> None:
        self._ask(
            "Open a new version", "Open it", signing.new_version, "Say in a line why it is opened again."
        )

    def _ask(self, title: str, go: str, act: Callable[..., Any], wanted: str) -> None:
        one = self._one()
        if one is not None:
            says = (
                "What was signed stays in the history. Both leads sign again once it is as it should be.",
            )
            self.desk.put(
                Question(title, says, go, act, self._done, {"finding": one.finding.id}, wanted=wanted)
            )

    # What the page is

    def _one(self) -> Listed | None:
        return self.shown.opened.listed if self.shown is not None and self.shown.opened is not None else None

    def _done(self, _: object) -> None:
        self.said.hide()

    def _refused(self, error: BaseException) -> None:
        self._say(sentence_for(error))

    def _say(self, sentence: str) -> None:
        self.said.setText(sentence)
        self.said.show()

    def _to_front(self, what: str) -> None:
        self._front = what
        self._arrange()
        self.commands_changed.emit()
        if what == "finding" and not any(form.isVisible() for form in self.forms):
            self._lists().setFocus()

    def _arrange(self) -> None:
        some = self.shown is not None and bool(self.shown.listed)
        asking = any(not form.isHidden() for form in self.forms)
        alone = self.narrow and self._front == "list" and some and not asking
        self.side.setVisible(not self.narrow or alone)
        self.middle.setVisible(not alone)
        self.view.setVisible(some and not asking)
        self.scrolled.setVisible(some or asking)
        self.empty.setVisible(not some and not asking)

    def shape(self, narrow: bool, short: bool) -> None:
        self.narrow, self.short = narrow, short
        self.side.setMaximumWidth(16777215 if narrow else dp(LIST_WIDTH))
        self.side.setMinimumWidth(1 if narrow else dp(LIST_WIDTH))
        self.sides.turn(narrow)
        self._arrange()

    def commands(self) -> dict[str, Callable[[], object]]:
        handlers: dict[str, Callable[[], object]] = {"findings.new": self._new}
        if self.narrow and self._front == "finding":
            handlers["findings.back"] = self._back
        opened = self.shown.opened if self.shown is not None else None
        if opened is None or any(form.isVisible() for form in self.forms):
            return handlers
        standing, piece = opened.listed.signing, self._piece()
        handlers |= {
            "findings.list": self._back,
            "findings.sign": self._sign,
            "findings.further": self._further,
        }
        if opened.mine in standing.signatures:
            handlers["findings.withdraw"] = self._withdraw
        if piece is not None and opened.lead and piece.kind in SPOKEN:
            handlers["findings.release"] = lambda: self.releasing.ask(piece.id)
            if piece.released:
                handlers["findings.unrelease"] = lambda: self.releasing.withdraw(piece.id)
        if standing.locked:
            return handlers | {"findings.version": self._version}
        handlers |= {"findings.reword": self._reword, "findings.pin": self._pin}
        if piece is not None:
            handlers |= {"findings.turn": self._turn, "findings.unpin": self._unpin}
        if opened.matrix.gaps:
            handlers["findings.plan"] = self._plan_gaps
        if self.against.rows:
            handlers["findings.answer"] = self._answer
        return handlers

    def _further(self) -> None:
        turn_page(self.scrolled, 1)

    def _back(self) -> None:
        self._to_front("list")
        self.list.setFocus()

    def open(self, target: object) -> None:
        if isinstance(target, bytes):
            self.at = target
            self._front = "finding"
            self.read()

    def record_here(self) -> Id | None:
        return super().record_here() or self.at

    def take_focus(self) -> None:
        wanted = self.list if self.list.isVisible() and self.list.rows else self.middle
        wanted.setFocus()
