"""What a screen reader is told on every page of a colleague's window, while a pair's answers are sealed."""

from collections.abc import Iterator, Sequence
from itertools import product

import pytest
from evening import Person
from PySide6.QtCore import QAbstractTableModel, QModelIndex, Qt
from PySide6.QtGui import QAccessible, QAccessibleInterface
from PySide6.QtWidgets import QAbstractItemView, QApplication, QWidget

from blind_pair import FILE, IN_CLEAR, OF_POLICE, OF_PROSECUTION, TAKEN_BACK, reopened
from fieldwork.domain.marking_records import JointMarking
from fieldwork.domain.records import Examination
from fieldwork.store.reading import records
from fieldwork.work import examining, reporting

K, CTRL, ALT = Qt.Key, Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.AltModifier
TEXTS = (QAccessible.Text.Name, QAccessible.Text.Description, QAccessible.Text.Value, QAccessible.Text.Help)
ROLES = (
    Qt.ItemDataRole.DisplayRole,
    Qt.ItemDataRole.ToolTipRole,
    Qt.ItemDataRole.AccessibleTextRole,
    Qt.ItemDataRole.AccessibleDescriptionRole,
)
DEEP = 30


def told(window: QWidget, but: Sequence[QWidget] = ()) -> str:
    """Names, descriptions, values and help of every widget, seen or not, cells of lists and painted parts too."""
    said: list[str] = []
    for widget in (window, *window.findChildren(QWidget)):
        interface = QAccessible.queryAccessibleInterface(widget)
        view = widget if isinstance(widget, QAbstractItemView) else None
        if interface is not None and widget not in but:
            said += _said(interface, DEEP if view is not None else 0)
        if view is not None and view.model() is not None:
            said += _rows(view)
    return "\n".join(said).lower()


def _said(interface: QAccessibleInterface, depth: int) -> Iterator[str]:
    yield from (words for kind in TEXTS if (words := interface.text(kind)))
    for number in range(interface.childCount() if depth < DEEP else 0):
        part = interface.child(number)
        if part is not None and part.isValid() and not isinstance(part.object(), QWidget):
            yield from _said(part, depth + 1)


def _rows(view: QAbstractItemView) -> Iterator[str]:
    """What a reader is told of every line of a list, those scrolled out of sight too."""
    model, root = view.model(), QModelIndex()
    columns = model.columnCount(root) if isinstance(model, QAbstractTableModel) else 1
    for row, column, role in product(range(model.rowCount(root)), range(columns), ROLES):
        words = model.index(row, column).data(role)
        if isinstance(words, str):
            yield words


class Listener:
    """Goes through the window by its keys and commands, and keeps where which of the words was told."""

    def __init__(self, person: Person, sealed: Sequence[str]) -> None:
        self.person, self.window, self.sealed = person, person.window, sealed
        self.leaks: list[str] = []
        self.heard = ""
        self.places = 0

    def listen(self, where: str, but: Sequence[QWidget] = ()) -> str:
        self.settle()
        now = told(self.window, but)
        self.leaks += [f"{word}: {where}" for word in self.sealed if word in now]
        self.heard += now
        self.places += 1
        return now

    def settle(self) -> None:
        for _ in range(3):
            assert self.person.desk.lanes.wait_idle(60_000)
            QApplication.processEvents()

    def run(self, *commands: str) -> None:
        for name in commands:
            self.window.commands.run(name)
            self.listen(name)

    def go(self, place: str, target: object = None) -> None:
        self.window.go(place, target)
        self.listen(f"{place} {target}")

    # every place

    def where_answers_show(self, file: bytes) -> None:
        self.files(file)
        self.histories(file)
        self.evidence()
        self.palette()

    def everywhere_else(self) -> None:
        for place in self.window.places:
            self.go(place.name)
        self.team()
        self.reports()

    def files(self, file: bytes) -> None:
        self.go("Files")
        page = self.window.page("Files")
        for show in range(5):
            page._choose_show(show)
            self.listen(f"files shown {show}")
        self.go("Files", file)
        assert page.marking.pane.file.reference == FILE
        for question in examining.open_file(self.person.desk.workspace, file).asked[::9]:
            self.go("Files", (file, question.code))
        self.run("answer.comment", "file.back", "answer.finish", "file.back", "file.back")

    def histories(self, file: bytes) -> None:
        some = records(self.person.desk.workspace, Examination, case_file=file)
        (joint,) = records(self.person.desk.workspace, JointMarking)
        for id in (file, joint.id, *(one.id for one in some)):
            self.window._history_panel().show_record(id)
            self.listen(f"history {id.hex()}")
        self.window.history.close_panel()

    def evidence(self) -> None:
        self.go("Evidence")
        page = self.window.page("Evidence").list
        for word in (*self.sealed, IN_CLEAR):
            for scope in ("all", "notes", "answers", "findings"):
                page.field.setText(f"{word[:-1]}*")
                found = self.listen(f"search {scope}", but=[page.field])
                assert (IN_CLEAR in found) == (word == IN_CLEAR and scope in ("all", "answers")), scope
                self.window.commands.run("evidence.scope")
        page.field.clear()
        self.run("evidence.board")
        for row in range(len(page.themes.rows)):
            page.themes.go(row)
            self.listen(f"theme {row}")
        page._clear()

    def team(self) -> None:
        self.go("Team")
        views = ("team.agreement", "team.drift", "team.decide", "team.twice")
        for name in views:
            self.run(name, "team.back")

    def reports(self) -> None:
        self.go("Reports")
        page = self.window.page("Reports").reports
        for kind in range(len(reporting.KINDS)):
            page.kinds.go(kind)
            self.settle()
            for subject in range(max(len(page.subjects.rows), 1)):
                page.subjects.go(subject)
                self.listen(f"report {kind} {subject}")
                while page.sheet.page is not None and page.sheet.page.number + 1 < page.sheet.page.of:
                    self.run("report.further")
        self.run("report.results", "result.table", "result.by", "result.by", "result.by", "result.by")
        self.run("result.by", "result.heat", "result.back")

    def palette(self) -> None:
        palette = self.window.palette_panel
        self.window.commands.run("palette")
        for typed in (*self.sealed, FILE):
            palette.field.setText(typed)
            self.listen(f"palette {typed}", but=[palette.field])
        palette.close_panel()


@pytest.mark.parametrize("who", ["prosecution", "lead"])
def test_the_window_of_a_colleague_tells_no_sealed_word(qapp, sealed_pair, tmp_path, who):
    """The other examiner's on every page; the lead's, who keeps the keys, where answers show."""
    team = reopened(sealed_pair, tmp_path)
    workspace = getattr(team, who)
    for other in team.all:
        if other is not workspace:
            other.close()
    own = OF_PROSECUTION if who == "prosecution" else ""
    sealed = [word for word in (OF_POLICE, OF_PROSECUTION, TAKEN_BACK) if word != own]
    listener = Listener(Person(workspace), sealed)
    listener.where_answers_show(team.file)
    if own:
        listener.everywhere_else()
    assert listener.leaks == [] and listener.places > 30
    assert own in listener.heard, "what is one's own is there to be heard"
    listener.person.close()
