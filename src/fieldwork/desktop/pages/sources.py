"""Documents and figures: the log, what each shows and stands behind, written and changed by keys."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any, ClassVar

from PySide6.QtCore import Signal
from PySide6.QtGui import QDragEnterEvent, QDropEvent

from fieldwork.desktop.appearance.tokens import dp
from fieldwork.desktop.desk import Desk, sentence_for
from fieldwork.desktop.dialogs.asking import Question
from fieldwork.desktop.kit import Choice, Empty, Pane, Row, RowList, Text, col, flow, page_head, row, scroll
from fieldwork.desktop.kit.layout import even
from fieldwork.desktop.pages import source_words
from fieldwork.desktop.pages.form_line import FormLine
from fieldwork.desktop.pages.pick import PickLine
from fieldwork.desktop.pages.reading import Latest, ReadingPage
from fieldwork.desktop.pages.source_files import SourceFiles
from fieldwork.domain.finding_records import Document
from fieldwork.domain.values import Id
from fieldwork.work import findings, sources
from fieldwork.work.done import Done
from fieldwork.work.sources import Asked, Log, Source

BEARINGS = ("for", "against")


class SourcesPage(ReadingPage):
    """A list, and the one it is at. `left` when the person goes back to the evidence."""

    title = "Documents and figures"
    scope = "evidence"
    watches: ClassVar = frozenset(
        {"document", "figure", "evidence_link", "finding", "note_line", "visit", "body", "session"}
        | {"attachment", "attachment_wish"}
    )
    left = Signal()

    def __init__(self, desk: Desk, now: Callable[[], datetime] = datetime.now) -> None:
        super().__init__(desk)
        self._now, self._logs = now, Latest(desk)
        self.log: Log | None = None
        self.at: Id | None = None
        self._editing: Id | None = None
        self._asked: Asked | None = None
        self._moment: int | None = None
        self._build()
        self.setAcceptDrops(True)

    # Building

    def _build(self) -> None:
        self.head = page_head(
            self.title, " ", self.button("source.document"), self.button("source.figure"), back="Evidence"
        )
        self.said = Text("", "small", "quiet", wrap=True)
        self.said.hide()
        self.list = RowList(name=self.title, fit=False, chooses=True)
        self.list.moved.connect(lambda _: self._moved())
        self.list.opened.connect(lambda _: self._opened())
        self.empty = Empty(
            "file-text",
            "No document and no figure is logged yet",
            "Log what was read and what it shows, never its words (a), or a published or supplied figure exactly as it "
            "was printed (g). Both can be pinned to points and findings.",
        )
        self.what = Text("", "strong", wrap=True)
        self.facts = Text("", "small", "quiet", wrap=True)
        self.shows = Text("", "body", wrap=True)
        self.behind = Text("", "small", wrap=True)
        tools = ("source.change", "source.attach", "source.remove")
        self.tools = flow(self.button("source.pin", "primary"), *map(self.button, tools))
        self.come = self.button("source.come", "primary")
        self.files = SourceFiles(self.desk)
        self.files.said.connect(self._say)
        self.files.renewed.connect(self.commands_changed)
        self.files.left.connect(self.take_focus)
        told = col(
            self.what, self.facts, self.shows, self.behind, self.tools, self.files, flow(self.come), None,
            space=10, margins=(24, 8, 24, 12),
        )  # fmt: skip
        self.detail = Pane((scroll(even(told), "What it is"), 1), lines="l")
        self.document_form = FormLine("A document", source_words.document_fields(), "Keep")
        self.figure_form = FormLine("A figure", source_words.figure_fields(), "Keep")
        for form, keep in ((self.document_form, self._keep_document), (self.figure_form, self._keep_figure)):
            form.kept.connect(keep)
            form.left.connect(self._close)
        self.point_line = PickLine(
            self, "Point", "Type a point's or a finding's words; \u2212 first: against it", bearings=True
        )
        self.point_line.picked.connect(self._pin)
        self.point_line.left.connect(self.take_focus)
        self.writing = scroll(even(col(self.document_form, self.figure_form, None)), "What is written")
        self.writing.hide()
        self.lists = col(self.list, self.empty, space=0)
        self.both = row((self.lists, 3), (self.detail, 4), space=0)
        self.body = col(
            self.head, self.said, self.point_line, (self.writing, 1), (self.both, 1), space=10,
            margins=(32, 24, 32, 12),
        )  # fmt: skip
        self.fill(self.body)

    def shape(self, narrow: bool, short: bool) -> None:
        side = 20 if narrow else 32
        self.body.spaced.margins = (side, 12 if short else 24, side, 8 if short else 12)
        self.body.spaced.apply()
        self.both.turn(narrow)
        self.lists.setMaximumHeight(dp(150 if short else 260) if narrow else 16777215)

    # Reading

    def read(self) -> None:
        self._logs.ask(sources.log, then=self._take)

    def _take(self, log: Log) -> None:
        self.log = log
        rows = source_words.list_rows(log)
        self.list.blockSignals(True)
        self.list.set_rows(rows)
        at = next((n for n, one in enumerate(rows) if one.ident == self.at and not one.head), -1)
        if at < 0:
            at = next((n for n, one in enumerate(rows) if not one.head), -1)
        self.list.go(at)
        self.list.blockSignals(False)
        self.list.setVisible(bool(rows))
        self.empty.setVisible(not rows)
        self.detail.setVisible(bool(rows))
        self.head.set(self.title, source_words.counts(log), back="Evidence")
        had_keyboard = self.isVisible() and self.focusWidget() is None
        self._moved()
        if had_keyboard:
            self.take_focus()

    def _moved(self) -> None:
        current = self.list.current()
        self.at = current.ident if current is not None and isinstance(current.ident, bytes) else None
        source, asked = self._source(), self._line()
        told = source_words.told(source) if source else source_words.asked_told(asked) if asked else None
        self.what.setText(told.what if told else "")
        for text, words in (
            (self.facts, told.facts if told else ""),
            (self.shows, told.shows if told else ""),
            (self.behind, told.behind if told else ""),
        ):
            text.setText(words)
            text.setVisible(bool(words))
        self.files.put(source.id if source else None, source.files if source else ())
        self.tools.setVisible(source is not None)
        self.come.setVisible(asked is not None)
        self.commands_changed.emit()

    def _source(self) -> Source | None:
        some = (*self.log.documents, *self.log.figures) if self.log is not None else ()
        return next((one for one in some if one.id == self.at), None)

    def _line(self) -> Asked | None:
        some = self.log.asked if self.log is not None else ()
        return next((one for one in some if one.line == self.at), None)

    def _opened(self) -> None:
        """Enter: what asks for a document opens where it was noted, what is logged opens to be changed."""
        line = self._line()
        if line is not None:
            self.desk.go("Interviews", line.line)
        elif self._source() is not None:
            self._change()

    # Writing

    def _offer(self, form: FormLine, visit: Id | None, body: str) -> None:
        assert self.log is not None
        for name, none, options in (
            ("body", "no one body", self.log.bodies),
            ("visit", "no visit", self.log.visits),
        ):
            choice = form.widgets[name]
            assert isinstance(choice, Choice)
            choice.set_options([("", none), *options])
        form.put(body=body, visit=visit.hex() if visit else "")

    def _begin(self, form: FormLine) -> None:
        self._editing, self._asked = None, None
        self._moment = self.log.moment if self.log is not None else None
        self._close()
        for name in form.widgets:
            form.put(**{name: ""})

    def _come(self) -> None:
        """The document that a line asks for is here."""
        self._new_document(self._line())

    def _new_document(self, asked: Asked | None = None) -> None:
        if self.log is None:
            return
        self._begin(self.document_form)
        self._asked = asked
        today = self._now().date().isoformat()
        self._offer(self.document_form, asked.visit if asked else None, asked.body if asked else "")
        self.document_form.put(title=asked.text if asked else "", received=today if asked else "")
        self._open(
            self.document_form, "The document that was asked for" if asked else "A document that was read"
        )

    def _new_figure(self) -> None:
        if self.log is None:
            return
        self._begin(self.figure_form)
        self._offer(self.figure_form, None, "")
        self.figure_form.put(read_on=self._now().date().isoformat())
        source_words.show_reason(self.figure_form, False)
        self._open(self.figure_form, "A figure, exactly as it was printed")

    def _change(self) -> None:
        source = self._source()
        if source is None:
            return
        form = self.document_form if isinstance(source.record, Document) else self.figure_form
        self._begin(form)
        self._editing = source.id
        self._offer(form, source.record.visit, source.record.body)
        form.put(**source_words.typed(source))
        if form is self.figure_form:
            source_words.show_reason(form, True)
        self._open(form, f"Change: {source_words.called(source)}")

    def _open(self, form: FormLine, title: str) -> None:
        self.said.hide()
        self.both.hide()
        self.writing.show()
        form.open_line(title)
        self.commands_changed.emit()

    def _typed(self, form: FormLine) -> dict[str, Any]:
        typed: dict[str, Any] = {name: form.text(name) for name in form.widgets}
        typed["visit"] = bytes.fromhex(typed["visit"]) if typed["visit"] else None
        return typed

    def _keep_document(self) -> None:
        typed = self._typed(self.document_form)
        given = self._given(self.document_form, "title")
        if self._editing is not None:
            self.desk.act(
                sources.change_document,
                document=self._editing,
                no_visit=typed["visit"] is None,
                as_of=self._moment,
                **typed,
                **given,
            )
        else:
            asked = self._asked.line if self._asked is not None else None
            self.desk.act(sources.log_document, asked_in=asked, **typed, **given)

    def _keep_figure(self) -> None:
        typed = self._typed(self.figure_form)
        typed["provisional"] = typed["provisional"] == source_words.PROVISIONAL
        given = self._given(self.figure_form, "reason" if self._editing is not None else "title")
        if self._editing is not None:
            self.desk.act(
                sources.change_figure,
                of=self._editing,
                no_visit=typed["visit"] is None,
                as_of=self._moment,
                **typed,
                **given,
            )
        else:
            del typed["reason"]
            self.desk.act(sources.log_figure, **typed, **given)

    def _given(self, form: FormLine, wrong: str) -> dict[str, Any]:
        return {"then": self._kept, "otherwise": lambda error: form.wrong(wrong, sentence_for(error))}

    def _kept(self, done: Done) -> None:
        self.at = done.id or self.at
        self._close()
        self.read()
        self.take_focus()

    def _close(self) -> None:
        for form in (self.document_form, self.figure_form):
            form.hide()
        self.point_line.close_line()
        self.writing.hide()
        self.both.show()
        self.take_focus()
        self.commands_changed.emit()

    # Pinning and taking off

    def _ask_point(self) -> None:
        self.desk.ask(sources.points, then=self._offer_points)

    def _offer_points(self, some: list[tuple[Id, str, str]]) -> None:
        source = self._source()
        if source is None:
            return
        if not some:
            self._say("There is no point and no finding yet; write one on Findings first.")
            return
        rows = [Row(text, trail=kind, ident=id) for id, text, kind in some]
        self.point_line.ask(f"Pin \u201c{source_words.called(source)}\u201d to", rows)

    def _pin(self, finding: Id) -> None:
        source, bearing = self._source(), BEARINGS[self.point_line.bearing()]
        if source is not None:
            said = "Pinned." if bearing == "for" else "Pinned against it."
            self.desk.act(
                findings.pin, finding=finding, evidence=source.id, bearing=bearing,
                then=lambda _: self._say(f"{said} Ctrl Z takes it back."),
                otherwise=lambda error: self._say(sentence_for(error)),
            )  # fmt: skip
        self.take_focus()

    def _remove(self) -> None:
        source = self._source()
        if source is None:
            return
        document = isinstance(source.record, Document)
        given = {"document" if document else "of": source.id}
        behind = len(source.points)
        says = [f"\u201c{source_words.called(source)}\u201d stays in the history, and Ctrl Z brings it back."]
        if behind:
            says.append(
                f"It stands behind {behind} of the points and findings, which will say that it is gone."
            )
        act = sources.remove_document if document else sources.remove_figure
        self.desk.put(Question("Take it off the log", tuple(says), "Take it off", act, self._removed, given))

    def _removed(self, _: Done) -> None:
        self._say("Taken off the log. Ctrl Z brings it back.")
        self.take_focus()

    def _say(self, sentence: str) -> None:
        self.said.setText(sentence)
        self.said.setVisible(bool(sentence))

    # What the page is

    def commands(self) -> dict[str, Callable[[], object]]:
        handlers: dict[str, Callable[[], object]] = {"source.back": self._back}
        if self.document_form.isVisible() or self.figure_form.isVisible():
            return handlers
        handlers |= {"source.document": self._new_document, "source.figure": self._new_figure}
        if self._line() is not None:
            handlers["source.come"] = self._come
        if self._source() is not None:
            handlers |= {
                "source.pin": self._ask_point,
                "source.change": self._change,
                "source.remove": self._remove,
                **self.files.commands(),
            }
        return handlers

    def _back(self) -> None:
        self._close()
        self.left.emit()

    def open(self, target: object) -> None:
        if isinstance(target, bytes):
            self.at = target
            self.read()

    def leave(self) -> None:
        self.said.hide()
        self.point_line.close_line()
        self._stale = True  # a file may come beside a package that changes no record

    # Dropping a file on the page

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if self._source() is not None and event.mimeData().hasUrls():
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        paths = [url.toLocalFile() for url in event.mimeData().urls() if url.isLocalFile()]
        if len(paths) == 1:
            self.files.take(paths[0])
        else:
            self._say("Drop one file of this laptop at a time.")
        event.acceptProposedAction()

    def record_here(self) -> Id | None:
        return super().record_here() or self.at

    def take_focus(self) -> None:
        for form in (self.document_form, self.figure_form):
            if form.isVisible():
                next(iter(form.widgets.values())).setFocus()
                return
        (self.list if not self.list.isHidden() else self.head).setFocus()
