"""Files: the case files by stratum with how far each is, and the marking pane of the one opened."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QStackedWidget, QWidget

from fieldwork.desktop import resuming
from fieldwork.desktop.desk import Desk
from fieldwork.desktop.kit import (
    Box,
    Empty,
    Field,
    Row,
    RowList,
    Segments,
    Text,
    col,
    page_head,
    row,
    scroll,
)
from fieldwork.desktop.page import Page
from fieldwork.desktop.pages.file_rows import file_row, fits, is_finished, nothing_left, to_do
from fieldwork.desktop.pages.files_behind import Behind, FilesBehind
from fieldwork.desktop.pages.files_moderation import ToModerate
from fieldwork.desktop.pages.files_pairs import FilesPairs
from fieldwork.desktop.pages.files_strata import show_strata, stratum_words
from fieldwork.desktop.pages.files_taking import Taking
from fieldwork.desktop.pages.marking import MarkingPane
from fieldwork.desktop.pages.marking_saving import Typed, typed_of
from fieldwork.desktop.pages.moderating import ModeratingPane
from fieldwork.domain.records import Answer, CaseFile
from fieldwork.domain.values import Id
from fieldwork.store.drafts import Draft
from fieldwork.work import claiming, file_queue, file_view
from fieldwork.work.file_view import FileLine

SHOWS = ("To do", "All", "Finished", "To moderate", "To reconcile")
TO_MODERATE, TO_RECONCILE = 3, 4
LISTED = (
    *("case_file", "stratum", "examination", "answer", "team_member", "drawn_case", "drawn_stratum"),
    *("joint_marking", "release", "agreed_answer"),
)
SETTLE_MS = 150


class FilesPage(Page):
    """`open(target)`: an id of a case file, examination or answer; (file id, code); "resume"; or FilesBehind."""

    title = "Files"
    scope = "files"

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(desk, parent)
        self.lines: list[FileLine] = []
        self._left: tuple[Id, str] | None = None
        self._asked_left = self._resume_wanted = self._loaded = False
        self._recovering: Typed | None = None
        self._show, self._said = 0, ""
        self._again = QTimer(self, interval=SETTLE_MS, singleShot=True)
        self._again.timeout.connect(self._read)
        self.marking = MarkingPane(desk, self.button)
        self.marking.closed.connect(self.show_list)
        self.marking.moved.connect(self._moved)
        self.marking.reshaped.connect(self.commands_changed)
        self.stack = QStackedWidget()
        self.pairs = FilesPairs(desk, self.button, self._to_list, self)
        self.pairs.renewed.connect(self._pairs_read)
        self.pairs.moved.connect(self._panel_moved)
        self.pairs.pane.closed.connect(self._reconciled)
        self.pairs.pane.onward.connect(lambda: self.pairs.go_on(self.lines, self.reconcile))
        self.pairs.pane.reshaped.connect(self.commands_changed)
        told = (self._say, self._panel_moved, self._to_list)
        self.to_moderate = ToModerate(desk, self._show_lines, *told)
        self.taking = Taking(desk, *told)
        self.stack.addWidget(self._build_list())
        self.stack.addWidget(self.marking)
        self.moderating = ModeratingPane(desk, self.button)
        self.moderating.closed.connect(self._moderated)
        self.moderating.reshaped.connect(self.commands_changed)
        self.stack.addWidget(self.moderating)
        self.stack.addWidget(self.pairs.pane)
        self.fill(self.stack)

    # The list

    def _build_list(self) -> QWidget:
        self.next = self.button("file.next", "primary")
        self.carry_on = self.button("files.resume")
        self.head = page_head("Files", "", self.carry_on, self.next)
        self.filter = Field("", "Reference, body or unit", "Filter the files", icon="search")
        self.filter.textChanged.connect(self._show_lines)
        self.filter.returnPressed.connect(self._to_list)
        self.shows = Segments(*SHOWS, name="Which files")
        self.shows.chosen.connect(self._choose_show)
        self.list = RowList(name="Case files", lead=0, fit=False, chooses=True)
        self.list.opened.connect(self._open_row)
        self.count = Text("", "small", "quiet", wrap=True)
        self.empty = Empty("folder-open", "No case files yet", "They come from the case list, under Set-up.")
        self.strata = Box(space=8)
        self.tools = row((self.filter, 1), self.shows, space=12)
        self.behind = Behind(self.button("files.behind"))
        asking = (self.pairs.offer, self.pairs.pairing, self.to_moderate.slot, self.taking.slot)
        self.room = Box()
        below = (self.tools, self.count, (self.list, 1), (self.empty, 1), (self.room, 1))
        self.body = col(self.head, self.behind, *asking, *below, space=12)
        self.side = scroll(self.strata, "Progress by stratum")
        self.beside = Box((self.body, 3), (self.side, 1), down=False, space=32, margins=(32, 24, 32, 12))
        self.carry_on.hide()
        self.empty.hide()
        return self.beside

    def refresh(self, changed: object = None) -> None:
        self.marking.refresh(changed)
        self.moderating.refresh(changed)
        self.pairs.refresh(changed)
        if changed is None:
            self._read()
        elif not isinstance(changed, Mapping) or any(kind in LISTED for kind in changed):
            self._again.start()

    def _read(self) -> None:
        if not self._asked_left:
            self._asked_left = True
            self.desk.ask(resuming.left_at, then=self._take_left)
        if self.stack.currentIndex() and self.lines:
            return  # read again on the way back to the list
        self.desk.ask(file_view.list_files, then=self._take_lines)

    def _take_lines(self, lines: Sequence[FileLine]) -> None:
        self.lines, self._loaded = list(lines), True
        self._show_lines()
        self.to_moderate.read()
        self.pairs.read()

    def _pairs_read(self) -> None:
        self._show_lines()
        self.commands_changed.emit()

    def _take_left(self, left: tuple[Id, str] | None) -> None:
        if self._left is None:
            self._left = left
        self._show_lines()
        if self._resume_wanted and self._left is not None:
            self._resume_wanted = False
            self._open_file(*self._left)

    def _choose_show(self, index: int) -> None:
        self._show, self._said = index, ""
        self._show_lines()

    def shown(self) -> list[FileLine]:
        """The lines that pass the filter, in the list's order."""
        waits = (to_do, lambda _: True, is_finished, self.to_moderate.waits, self.pairs.waits)[self._show]
        figure, wanted = self.behind.figure, self.filter.text().lower().split()
        some = (one for one in self.lines if (one.state.file.id in figure.files if figure else waits(one)))
        return [line for line in some if fits(line, wanted)]

    def _moderates(self) -> bool:
        return self._show == TO_MODERATE and self.behind.figure is None

    def _reconciles(self) -> bool:
        return self._show == TO_RECONCILE and self.behind.figure is None

    def _show_lines(self) -> None:
        if not self._loaded:
            return
        shown = self.shown()
        rows: list[Row] = []
        stratum: object = self
        for line in shown:
            if line.state.file.stratum != stratum:
                stratum = line.state.file.stratum
                rows.append(Row(stratum_words(self.lines, line), head=True, ident=("stratum", stratum)))
            if self._moderates():
                rows.append(self.to_moderate.row(line))
            elif self._reconciles():
                rows.append(self.pairs.row(line))
            else:
                left = self._left is not None and line.state.file.id == self._left[0]
                rows.append(file_row(line, left, self.pairs.words(line.state.file.id)))
        self.list.set_rows(rows)
        self.empty.setVisible(not self.lines)
        self._make_room()
        self.count.setVisible(bool(self.lines) and (not self.short or not shown or bool(self._said)))
        self._show_count(shown)
        show_strata(self.strata, self.lines)
        self._show_left()
        if self.list.row() < 0:
            self._select_start()

    def _say(self, sentence: str) -> None:
        """What was done last stands before the count until something else is chosen."""
        self._said = sentence
        self._show_lines()

    def _show_count(self, shown: Sequence[FileLine]) -> None:
        mine = [line for line in self.lines if line.mine]
        done = sum(is_finished(line) for line in mine)
        due = sum(line.due for line in mine)
        again = f", {due} to look at again" if due else ""
        self.head.set("Files", f"{done} of {len(mine)} for you are finished{again}" if self.lines else "")
        filtered = bool(self.filter.text().strip())
        if self._moderates() and not filtered:
            words = self.to_moderate.count(len(shown))
        elif self._reconciles() and not filtered:
            words = self.pairs.count(len(shown))
        elif not shown and self.lines:
            kept = nothing_left(self.lines) if self._show == 0 else "None."
            words = "No file fits the filter." if filtered else kept
        else:
            words = f"{len(shown)} {'file' if len(shown) == 1 else 'files'} shown"
        self.count.setText(f"{self._said} {words}".strip())
        self.next.setEnabled(bool(mine) and done < len(mine))

    def _show_left(self) -> None:
        line = next((one for one in self.lines if self._left and one.state.file.id == self._left[0]), None)
        open_still = line is not None and not (line.state.mine and line.state.mine.finished)
        self.carry_on.setVisible(open_still)
        if line is not None and self._left is not None:
            code = f" at {self._left[1]}" if self._left[1] and not self.narrow else ""
            self.carry_on.set_text(f"Carry on: {line.state.file.reference}{code}")

    def _select_start(self) -> None:
        rows = self.list.rows
        begun = (one.state.file.id for one in self.shown() if one.answered)
        start = self._left[0] if self._left else next(begun, None)
        at = next((i for i, r in enumerate(rows) if r.ident == start), -1)
        self.list.go(at if at >= 0 else next((i for i, r in enumerate(rows) if not r.head), -1))

    def _asking(self) -> bool:
        """Whether something is being chosen over the list."""
        return any(one.active for one in (self.pairs.pairing, self.to_moderate, self.taking))

    def _make_room(self) -> None:
        """In a short window what is chosen from stands in the place of the list, or little would be seen of either."""
        aside = self.short and self._asking()
        self.room.setVisible(aside)
        for part in (self.tools, self.list):
            part.setVisible((bool(self.lines) or not self._loaded) and not aside)

    def _panel_moved(self) -> None:
        self._make_room()
        self.commands_changed.emit()

    def _to_list(self) -> None:
        self._make_room()
        self.list.setFocus(Qt.FocusReason.OtherFocusReason)

    def _open_row(self, index: int) -> None:
        ident = self.list.rows[index].ident
        if isinstance(ident, bytes) and self._moderates():
            self.moderate(ident)
        elif isinstance(ident, bytes) and self._reconciles():
            self.reconcile(ident)
        elif isinstance(ident, bytes):
            self._open_file(ident, self.behind.figure.question if self.behind.figure else "")

    def show_behind(self, figure: FilesBehind | None) -> None:
        """List only the files behind a figure, with words saying so; None lists them as always."""
        self.behind.set(figure)
        self.shows.setVisible(figure is None)
        if figure is not None:
            self.filter.clear()
            self.stack.setCurrentIndex(0)
        self._show_lines()
        self.list.go(next((i for i, one in enumerate(self.list.rows) if not one.head), -1))
        self.commands_changed.emit()

    def _leave_behind(self) -> None:
        self.show_behind(None)
        self.desk.go("Reports", "results")

    # One file

    def show_waiting(self, which: int = TO_MODERATE) -> None:
        """The files that are to be moderated, or reconciled."""
        if self.behind.figure is not None:
            self.show_behind(None)
        self.shows.choose(which)
        self._choose_show(which)
        if self.stack.currentIndex():
            self.show_list()

    def moderate(self, file: Id | None = None, question: str = "") -> None:
        """Open a file for moderation: the one given, else the one the list is at."""
        current = self.list.current()
        id = file if file is not None else current.ident if current is not None else None
        if isinstance(id, bytes):
            self.moderating.open_file(id, question)
            self._show_pane(2)

    def _show_pane(self, index: int) -> None:
        self.stack.setCurrentIndex(index)
        self.commands_changed.emit()
        self.take_focus()

    def reconcile(self, file: Id | None = None, question: str = "") -> None:
        """Open a file for reconciliation: the one given, else the one the list is at."""
        current = self.list.current()
        id = file if file is not None else current.ident if current is not None else None
        if isinstance(id, bytes):
            self.pairs.pane.open_file(id, question)
            self._show_pane(3)

    def _reconciled(self, sentence: str) -> None:
        self.pairs.said = sentence
        self.show_list()

    def _moderated(self, sentence: str) -> None:
        self.to_moderate.said = sentence
        self.show_list()

    def _open_file(self, file: Id, question: str = "") -> None:
        if not question and self._left is not None and self._left[0] == file:
            question = self._left[1]
        self.marking.open_file(file, question)
        if self.stack.currentIndex() != 1:
            self.stack.setCurrentIndex(1)
            self.commands_changed.emit()
        self.take_focus()

    def show_list(self) -> None:
        """Back to the list, at the file one comes from."""
        at = self._left[0] if self._left else None
        self.stack.setCurrentIndex(0)
        self.desk.ask(file_view.list_files, then=self._take_lines)
        for index, one in enumerate(self.list.rows):
            if one.ident == at:
                self.list.go(index)
        self.commands_changed.emit()
        self.take_focus()

    def _moved(self, file: Id, code: str) -> None:
        self._left = (file, code)
        key = self._workspace_key()
        if key:
            where = [file.hex(), code]
            self.desk.lanes.start("settings", lambda _: resuming.remember(key, "files", where))
        if self._recovering is not None and self._recovering.file == file:
            typed, self._recovering = self._recovering, None
            QTimer.singleShot(0, self, lambda: self.marking.renewal.recover(typed))

    def _workspace_key(self) -> str:
        inspection = getattr(self.desk.workspace, "inspection", None)
        return inspection.hex() if isinstance(inspection, bytes) else ""

    def open_next(self) -> None:
        """The next file for this examiner: one begun first, else the first in the list."""
        self.desk.ask(file_queue.next_file, then=self._take_next)

    def _take_next(self, file: CaseFile | None) -> None:
        if file is not None:
            self._open_file(file.id)
        else:
            self.count.setText(nothing_left(self.lines))

    def claim(self) -> None:
        """Take the file the list is at, if nobody has it."""
        current = self.list.current()
        if current is not None and isinstance(current.ident, bytes):
            reference = current.title
            self.desk.act(
                claiming.claim,
                file=current.ident,
                then=lambda _: self._say(f"File {reference} is yours."),
            )

    def resume_left(self) -> None:
        """Go on where this device left off."""
        if self._left is not None:
            self._open_file(*self._left)
        elif not self._asked_left or not self.lines:
            self._resume_wanted = True
            self._read()
        else:
            self.open_next()

    # What the window calls

    def open(self, target: object) -> None:
        if target == "resume":
            self.resume_left()
        elif isinstance(target, FilesBehind):
            self.show_behind(target)
            self._read()
        elif target in ("moderate", "reconcile"):
            self.show_waiting(TO_MODERATE if target == "moderate" else TO_RECONCILE)
        elif isinstance(target, CaseFile):
            self._open_file(target.id)
        elif isinstance(target, tuple) and len(target) == 2:
            self._open_file(target[0], str(target[1]))
        elif isinstance(target, bytes):
            self.desk.ask(file_view.place_of, target, then=self._take_place)

    def _take_place(self, place: tuple[Id, str] | None) -> None:
        if place is not None:
            self._open_file(*place)

    def resume(self, drafts: Iterable[Draft]) -> bool:
        """Take in what an earlier run left among the drafts: the last one is typed on, the others are saved.

        Returns whether one is open here again, so that the window may show this place.
        """
        found = [draft for draft in drafts if draft.kind == Answer.kind and typed_of(draft) is not None]
        for draft in found:
            self.marking.saving.took_over(draft.id)
        for draft in found[:-1]:
            typed = typed_of(draft)
            assert typed is not None
            self.marking.saving.write(typed)
        if not found:
            return False
        typed = self._recovering = typed_of(found[-1])
        assert typed is not None
        self._open_file(typed.file, typed.question)
        return True

    def take_focus(self) -> None:
        if self.stack.currentIndex() == 1:
            self.marking.take_focus()
        elif self.stack.currentIndex() == 2:
            self.moderating.take_focus()
        elif self.stack.currentIndex() == 3:
            self.pairs.pane.take_focus()
        elif not self._asking():
            self._to_list()

    def record_here(self) -> Id | None:
        if self.stack.currentIndex() == 1:
            return self.marking.extras.record_here()
        if self.stack.currentIndex() == 2:
            return self.moderating.record_here()
        if self.stack.currentIndex() == 3:
            return self.pairs.pane.record_here()
        return super().record_here()

    def leave(self) -> None:
        self.marking.hand_over()
        self.marking.timer.rest()
        self.marking.saving.keep_again()
        self.moderating.hand_over()
        self.pairs.pane.hand_over()

    def unsaved(self) -> str:
        return self.marking.saving.not_on_disk()

    def shape(self, narrow: bool, short: bool) -> None:
        self.marking.shape(narrow, short)
        self.moderating.shape(narrow, short)
        self.pairs.pane.shape(narrow, short)
        self._show_left()
        self.count.setVisible(bool(self.lines) and (not short or not self.shown()))
        self.side.setVisible(not narrow)
        side = 20 if narrow else 32
        self.beside.spaced.margins = (side, 12 if short else 24, side, 12)
        self.beside.spaced.apply()
        self.tools.turn(down=narrow)
        self._make_room()

    def commands(self) -> dict[str, Callable[[], object]]:
        if self.stack.currentIndex() == 1:
            return self.marking.commands()
        if self.stack.currentIndex() == 2:
            return self.moderating.commands()
        if self.stack.currentIndex() == 3:
            return self.pairs.pane.commands()
        if panel := next((one for one in (self.to_moderate, self.taking) if one.active), None):
            return {"file.back": panel.leave}
        handlers: dict[str, Callable[[], object]] = {
            **({"files.behind": self._leave_behind} if self.behind.figure else {}),
            "file.next": self.open_next,
            "files.resume": self.resume_left,
            "file.claim": self.claim,
            "file.take": lambda: self.taking.take(self.shown(), self.list.current(), self.to_moderate.leads),
            "file.again": lambda: self.taking.again(self.list.current()),
            "moderate.open": self.moderate,
            "moderate.waiting": self.show_waiting,
            "pair.waiting": lambda: self.show_waiting(TO_RECONCILE),
            "reconcile.open": self.reconcile,
            **self.pairs.commands(self.list.current),
            "files.find": lambda: self.filter.setFocus(Qt.FocusReason.ShortcutFocusReason),
        }
        if self.to_moderate.leads:
            handlers["moderate.dip"] = self.to_moderate.draw
            handlers["moderate.calibrate"] = lambda: self.to_moderate.calibrate(self.list.current())
        return handlers

    def run(self, command: str) -> None:
        panes = (self.marking, self.moderating, self.pairs.pane, self)
        both = {name: act for pane in panes for name, act in pane.commands().items()}
        if command in both:
            both[command]()
