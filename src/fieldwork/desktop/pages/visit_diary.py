"""The sealed diary of a session: opened by a key, kept while it is typed, closed by Escape."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, Qt, QTimer
from PySide6.QtGui import QKeyEvent

from fieldwork.desktop.desk import sentence_for
from fieldwork.desktop.kit import Button, Text, TextArea, row
from fieldwork.desktop.kit.layout import Box
from fieldwork.work import diary
from fieldwork.work.diary import Diary

if TYPE_CHECKING:
    from fieldwork.desktop.pages.visits import VisitsPage

PAUSE_MS = 800
_SAYS = (
    "Sealed for your own laptops: in no report, export or search, and nobody else's laptop opens it. "
    "That you opened it stands in this laptop's log."
)


class DiaryForm(Box):
    """One diary at a time. What is typed is on disk, sealed, within a second, and in the file once it is closed."""

    def __init__(self, page: VisitsPage) -> None:
        self._page, self._desk = page, page.desk
        self.diary: Diary | None = None
        self._on_disk = ""
        self.title = Text("Sealed diary", "strong", wrap=True)
        self.area = TextArea(name="Sealed diary", lines=6, most=14)
        self.also = Text("", "small", "quiet", wrap=True)
        self.problem = Text("", "small", "danger", wrap=True)
        self.close_button = Button("Keep and close", "Esc")
        self.close_button.clicked.connect(self.close_diary)
        says = Text(_SAYS, "small", "quiet", wrap=True)
        super().__init__(
            self.title, says, self.area, self.also, self.problem, row(self.close_button, None), space=6
        )
        self._pause = QTimer(self, interval=PAUSE_MS, singleShot=True)
        self._pause.timeout.connect(self._keep_draft)
        self.area.textChanged.connect(self._typed)
        self.area.installEventFilter(self)
        self.hide()

    def ask(self) -> None:
        """Open the diary of the chosen session."""
        session = self._page.view.session()
        if session is not None:
            self.close_diary()
            self._desk.act(diary.open_diary, session.id, self._desk.drafts, then=self._show)

    def _show(self, opened: Diary) -> None:
        self.diary, self._on_disk = opened, opened.text
        self.title.setText(f"Sealed diary: {opened.title}")
        self.area.setReadOnly(False)
        self.area.set_text(opened.text)
        self.also.setText(
            "\n".join(f"Written apart on another laptop of yours: {one}" for one in opened.also)
        )
        self.also.setVisible(bool(opened.also))
        self.problem.hide()
        self.show()
        self.area.setFocus()
        self.area.to_end()

    def close_diary(self) -> None:
        """Keep what is typed and shut it. It stays open, with the sentence, where that is refused."""
        self._pause.stop()
        opened = self.diary
        if opened is None:
            return
        self.area.setReadOnly(True)  # what is typed now would come after what is kept
        self._desk.act(
            diary.write_diary,
            diary=opened,
            text=self.area.text(),
            drafts=self._desk.drafts,
            then=lambda _: self._closed(opened),
            otherwise=lambda error: self._refused(sentence_for(error)),
        )

    def _closed(self, opened: Diary) -> None:
        if self.diary is not opened:
            return
        typing = self.area.hasFocus()
        self.diary, self._on_disk = None, ""
        self.area.set_text("")
        self.also.setText("")
        self.hide()
        drafts = self._desk.drafts
        if drafts is not None:  # behind a draft that was still on its way
            self._desk.lanes.start("drafts", lambda _: drafts.drop(opened.note))
        if typing:
            self._page.take_focus()

    def _refused(self, sentence: str) -> None:
        self.area.setReadOnly(False)
        self.problem.setText(sentence)
        self.problem.show()

    def unsaved(self) -> str:
        """What is typed here and not on disk, in a sentence."""
        if self.diary is None or self.area.text() == self._on_disk:
            return ""
        return "What you typed in the sealed diary is not on disk yet."

    def _typed(self) -> None:
        if self.diary is not None and not self._pause.isActive():
            self._pause.start()

    def _keep_draft(self) -> None:
        opened, text = self.diary, self.area.text()
        drafts = self._desk.drafts
        if opened is None or drafts is None or text == self._on_disk:
            return
        job = self._desk.lanes.start("drafts", lambda _: diary.keep_draft(drafts, opened, text))
        job.succeeded.connect(lambda _: self._kept(opened, text))
        job.failed.connect(lambda error: self._refused(sentence_for(error)))

    def _kept(self, opened: Diary, text: str) -> None:
        if self.diary is opened:
            self._on_disk = text
            if self.area.text() != text:
                self._typed()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if isinstance(event, QKeyEvent) and event.key() == Qt.Key.Key_Escape:
            if event.type() == QEvent.Type.ShortcutOverride:
                event.accept()
                return True
            if event.type() == QEvent.Type.KeyPress:
                self.close_diary()
                return True
        return super().eventFilter(watched, event)
