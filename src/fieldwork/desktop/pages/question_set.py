"""The question set: what is asked, its versions side by side, a workbook read in, the set written out."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from PySide6.QtCore import QStandardPaths, Qt, QTimer, Signal
from PySide6.QtWidgets import QFileDialog, QWidget

from fieldwork.desktop.desk import Desk, sentence_for
from fieldwork.desktop.kit import (
    Button,
    Card,
    Empty,
    Field,
    RowList,
    Text,
    col,
    even,
    flow,
    page_head,
    scroll,
)
from fieldwork.desktop.kit.layout import Box, turn_page
from fieldwork.desktop.kit.text import Runs
from fieldwork.desktop.pages import words
from fieldwork.desktop.pages.form_line import FormLine
from fieldwork.desktop.pages.question_set_words import detail, pair_rows, question_rows, version_rows
from fieldwork.desktop.pages.reading import Latest
from fieldwork.domain.words import word_differences
from fieldwork.work import question_sets, setting_up
from fieldwork.work.done import Done
from fieldwork.work.setting_up import Compared, SetNow

WORKBOOKS = "Question sets (*.xlsx *.xls *.csv *.md)"
LANE = "preview"  # drawing a PDF takes seconds: nothing else waits for it


class QuestionSetView(Box):
    """`renewed` when other keys hold."""

    renewed = Signal()

    def __init__(self, desk: Desk, button: Callable[..., Button], now: Callable[[], datetime]) -> None:
        super().__init__(space=10)
        self.desk, self._now = desk, now
        self._reads = Latest(desk)
        self.shown: SetNow | None = None
        self.compared: Compared | None = None
        self._at = b""
        self._front = "list"  # what a window without room for all shows: "list", "about" or "versions"
        self._narrow = self._short = False
        self._lines(button)
        self.head = page_head(
            "Question set",
            "",
            button("setup.read"),
            button("setup.write"),
            button("setup.print"),
        )
        self.notices = Text("", "small", wrap=True)
        self.said = Text("", "small", "quiet", wrap=True)
        self.keys = flow(button("setup.use", "primary"), button("setup.leave", "quiet"), space=8)
        self.versions = RowList(name="Versions of the question set")
        self.versions.opened.connect(lambda _: self._show_version())
        self.compare_button = button("setup.compare", "quiet")
        self.list = RowList(name="Questions", fit=False, lead=56)
        self.pairs = RowList(name="Differences", fit=False)
        for one in (self.list, self.pairs):
            one.moved.connect(lambda _: self._show_detail())
            one.opened.connect(lambda _: self._to_front("about"))
        self.detail = col(space=10, margins=(4, 0, 4, 8))
        self.about = scroll(self.detail, "About the question")
        self.side = col(Text("Versions", "strong"), self.versions, flow(self.compare_button), None, space=8)
        self.side_area = scroll(self.side, "Versions")
        self.empty = Empty("clipboard-check", "No question set yet", "i reads one in from a workbook.")
        self.body = Box(
            (even(self.side_area), 3),
            (self.list, 5),
            (self.pairs, 5),
            (even(self.about), 4),
            down=False,
            space=24,
        )
        self.forms = scroll(col(self.reading, self.writing, None, space=0), "What is asked for")
        self.add(self.head, self.said, self.notices, self.keys)
        self.add((self.forms, 1), (self.body, 1), (self.empty, 1))
        for part in (self.said, self.notices, self.keys, self.empty, self.forms, self.pairs):
            part.hide()

    def _lines(self, button: Callable[..., Button]) -> None:
        self.browse = button("setup.browse", "quiet")
        self.reading = FormLine(
            "Read in a workbook: what it changes is shown before anything is changed",
            {"path": ("Folder and file name of the workbook", Field(), 420)},
            "Look at it",
            {"path": self.browse},
        )
        self.writing = FormLine(
            "Write the version that is shown",
            {"path": ("Folder and file name", Field(), 420)},
            "Write it",
        )
        for line in (self.reading, self.writing):
            line.left.connect(self._close_forms)
        self.reading.kept.connect(self.look)
        self.writing.kept.connect(self.write)

    # Reading

    def read(self) -> None:
        if self.compared is None:
            self._reads.ask(setting_up.set_now, self._at or None, then=self._take)

    def _take(self, now: SetNow) -> None:
        self.shown = now
        self._show()
        self.renewed.emit()

    def _show(self) -> None:
        now = self.shown
        assert now is not None
        at, questions = now.version, now.questions
        self.versions.set_rows(version_rows(now.versions, now.shown, self._now().date()))
        self.notices.hide()
        self.keys.hide()
        self._arrange()
        if questions is None:
            self.head.set("Question set", "none in use")
            return
        count = words.counted(len(questions.answerable), "question", "questions")
        sections = words.counted(len(questions.sections), "section", "sections")
        version = f"version {questions.version}" if questions.version else "a version without a name"
        use = "in use" if at and at.in_use else "not in use"
        self.head.set(questions.title or questions.form_id, f"{version}, {use}: {count} in {sections}")
        self.list.setAccessibleName(f"Questions of {version}")
        self.list.set_rows(question_rows(questions))
        if self.list.row() < 0:
            self.list.go(1)
        self._show_detail()

    def _show_detail(self) -> None:
        current = self._listed().current()
        self.detail.clear()
        if current is None:
            return
        if self.compared is not None and isinstance(current.ident, int):
            self._show_pair(current.ident)
        elif self.shown is not None and self.shown.questions is not None and isinstance(current.ident, str):
            for name, text in detail(self.shown.questions, current.ident):
                if name:
                    self.detail.add(
                        col(
                            Text(name, "caption", "quiet"),
                            *(Text(line, "small", wrap=True) for line in text.split("\n")),
                            space=2,
                        )
                    )
                else:
                    self.detail.add(Text(text, "strong", wrap=True))
        self.detail.add(None)

    def _show_pair(self, place: int) -> None:
        """Before and after, the words that differ marked."""
        assert self.compared is not None
        pair = self.compared.pairs[place]
        self.detail.add(Text(f"{pair.kind}: {pair.title}", "strong", wrap=True))
        if pair.kind == "Refused":
            self.detail.add(Text(pair.after, "body", "danger", wrap=True))
            return
        both = word_differences(pair.before, pair.after)
        whole = not pair.before or not pair.after
        for name, text, runs in (("Before", pair.before, both[0]), ("After", pair.after, both[1])):
            plain = [(text or "Nothing", "" if text else "quiet")] if whole else runs
            card = Card(
                Text(name, "caption", "quiet"),
                Runs([(part.replace("\n", "\u2028"), look) for part, look in plain], "body"),
                pad=12,
                space=4,
            )
            card.setAccessibleName(f"{name}: {text or 'nothing'}")
            self.detail.add(card)

    # Versions

    def _show_version(self) -> None:
        current = self.versions.current()
        if current is not None and isinstance(current.ident, bytes):
            self._at, self._front = current.ident, "list"
            self.read()
            self._arrange()
            self.take_focus()

    def compare(self) -> None:
        """The version the list is at beside the one in use."""
        current = self.versions.current()
        row = current if current is not None and current.trail != "in use" else None
        row = row or next((one for one in self.versions.rows if one.trail != "in use"), None)
        if row is not None:
            self.desk.ask(setting_up.compare, row.ident, then=self._compare_taken)

    def _compare_taken(self, compared: Compared) -> None:
        self.compared, self._front = compared, "list"
        self._close_forms()
        offer = compared.offer
        count = words.counted(len(compared.pairs), "difference", "differences")
        refused = bool(offer and offer.refusals)
        head = f"{count}; it cannot take the place of the set in use" if refused else count
        self.head.set(compared.title, head if compared.pairs else "Nothing differs.")
        self.said.hide()
        self.notices.setText("\n".join(compared.notices))
        self.notices.setVisible(bool(compared.notices))
        self.keys.setVisible(offer is not None)
        self.keys.findChildren(Button)[0].setVisible(self._usable())
        self.pairs.set_rows(pair_rows(compared.pairs))
        self.pairs.go(1)
        self._show_detail()
        self.renewed.emit()
        self.take_focus()

    def _usable(self) -> bool:
        offer = self.compared.offer if self.compared is not None else None
        return offer is not None and not offer.refusals and not offer.in_use

    def leave(self) -> None:
        """Back to the list; from there, back from a comparison to the set. Nothing is changed."""
        if self._front != "list":
            self._to_front("list")
            return
        self.compared = None
        self._at = b""
        self.said.hide()
        self.keys.hide()
        self.notices.hide()
        self.read()
        self.renewed.emit()
        self.take_focus()

    # Reading in

    def ask_for_workbook(self) -> None:
        self._open(self.reading)

    def pick(self) -> None:
        """The system's own dialogue, for who prefers it."""
        dialog = QFileDialog(self, "Read in a question set")
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptOpen)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.setNameFilter(WORKBOOKS)
        dialog.fileSelected.connect(self._picked)
        dialog.open()

    def _picked(self, path: str) -> None:
        self.reading.put(path=path)
        self.look()

    def look(self) -> None:
        path = self.reading.text("path")
        if not path:
            self.reading.wrong("path", "Say which workbook: its folder and file name.")
            return
        self.desk.ask(
            setting_up.look_at,
            Path(path),
            then=self._compare_taken,
            otherwise=lambda error: self.reading.wrong("path", sentence_for(error)),
        )

    def use(self) -> None:
        """Put the form that was looked at in use."""
        if not self._usable():
            return
        assert self.compared is not None and self.compared.offer is not None
        offer = self.compared.offer
        self.desk.act(question_sets.put_in_use, offer, then=lambda done: self._used(done, offer.new.version))

    def _used(self, done: Done, version: str) -> None:
        self.leave()
        named = f"Version {version}" if version else "The new version"
        self._say(
            f"{named} is in use since {self._now():%H:%M:%S}. Answers given before stay as they are; Ctrl Z puts "
            "the set before back in use."
        )

    # Writing out

    def write_workbook(self) -> None:
        self._offer_path(".xlsx", "Write the version that is shown as a workbook (.xlsx)")

    def print_form(self) -> None:
        self._offer_path(".pdf", "Print the version that is shown: a form as .pdf, .docx or .html")

    def _offer_path(self, ending: str, title: str) -> None:
        now = self.shown
        if now is None or now.questions is None:
            return
        folder = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.DocumentsLocation)
        name = f"{now.questions.form_id}-{now.questions.version or 'questions'}{ending}"
        self.writing.put(path=str(Path(folder or Path.home()) / "".join(_plain(name))))
        self._open(self.writing, title)

    def write(self) -> None:
        path = self.writing.text("path")
        if not path:
            self.writing.wrong("path", "Say where to: a folder and a file name.")
            return
        self.writing.keep.setEnabled(False)
        self.desk.act(
            setting_up.hand_out,
            to=Path(path),
            version=self.shown.shown if self.shown else None,
            lane=LANE,
            then=self._written,
            otherwise=self._not_written,
        )

    def _written(self, path: Path) -> None:
        self.writing.keep.setEnabled(True)
        self._say(f"Written at {self._now():%H:%M:%S}: {path}")
        self._close_forms()

    def _not_written(self, error: BaseException) -> None:
        self.writing.keep.setEnabled(True)
        self.writing.wrong("path", sentence_for(error))

    def _say(self, sentence: str) -> None:
        self.said.setText(sentence)
        self.said.show()

    # What the page calls

    def shape(self, narrow: bool, short: bool) -> None:
        self._narrow, self._short = narrow, short
        self.body.turn(down=narrow)
        self._arrange()
        QTimer.singleShot(0, self, self._keep_in_sight)

    def _keep_in_sight(self) -> None:
        self._listed().scrollTo(self._listed().currentIndex())

    def _listed(self) -> RowList:
        return self.list if self.compared is None else self.pairs

    def _arrange(self) -> None:
        """What there is room for: beside each other, one under the other, or one at a time."""
        compared, small = self.compared is not None, self._narrow or self._short
        asking = not (self.reading.isHidden() and self.writing.isHidden())
        nothing = not compared and self.shown is not None and self.shown.questions is None
        versions = small and self._front == "versions"
        self.forms.setVisible(asking)
        self.empty.setVisible(nothing and not asking)
        self.body.setVisible(not nothing and not asking)
        self.side_area.setVisible(not compared and (versions or not small))
        for one in (self.list, self.pairs):
            hidden = versions or (self._short and self._front == "about")
            one.setVisible(one is self._listed() and not hidden)
        self.about.setVisible(self._front == "about" or not (self._short or versions))
        self.head.sub.setVisible(not self._short)

    def _to_front(self, what: str) -> None:
        """Show that where there is no room for all; Esc goes back to the list."""
        if what == "about" and not self._short:
            return
        self._front = what
        self._arrange()
        self.renewed.emit()
        self.take_focus()

    def _open(self, line: FormLine, title: str = "") -> None:
        self.reading.hide()
        self.writing.hide()
        line.show()
        self._arrange()
        line.open_line(title)

    def _close_forms(self) -> None:
        self.reading.hide()
        self.writing.hide()
        self._arrange()
        self.take_focus()

    def commands(self) -> dict[str, Callable[[], object]]:
        handlers: dict[str, Callable[[], object]] = {"setup.list": lambda: self._to_front("list")}
        if self._front != "list":
            handlers["setup.leave"] = self.leave
        if self._front == "about":
            handlers |= {
                "setup.further": lambda: turn_page(self.about, 1),
                "setup.earlier": lambda: turn_page(self.about, -1),
            }
        if self.compared is not None:
            handlers["setup.leave"] = self.leave
            if self._usable():
                handlers["setup.use"] = self.use
            return handlers
        now = self.shown
        if now is None:
            return handlers
        if now.questions is not None:
            handlers |= {"setup.write": self.write_workbook, "setup.print": self.print_form}
            handlers["setup.versions"] = lambda: self._to_front("versions")
        if len(now.versions) > 1:
            handlers["setup.compare"] = self.compare
        if now.lead:
            handlers |= {"setup.read": self.ask_for_workbook, "setup.browse": self.pick}
        return handlers

    def fit_buttons(self) -> None:
        """Only what can be done now is offered."""
        offered = self.commands()
        read, write, printing = self.head.findChildren(Button)[:3]
        for shown, name in ((read, "setup.read"), (write, "setup.write"), (printing, "setup.print")):
            shown.setVisible(name in offered)
        self.compare_button.setVisible("setup.compare" in offered)

    def take_focus(self) -> None:
        wanted: QWidget = self.versions if self._front == "versions" else self._listed()
        (wanted if wanted.isVisible() else self).setFocus()


def _plain(name: str) -> list[str]:
    """A file name that troubles no system."""
    return [sign if sign.isalnum() or sign in "-_. " else "-" for sign in name]
