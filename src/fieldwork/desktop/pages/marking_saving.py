"""Answers on their way to the disk: in order, never waited for, and none of them lost."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field

from PySide6.QtCore import QObject, QTimer, Signal

from fieldwork.desktop.desk import Desk, sentence_for
from fieldwork.domain.records import Answer
from fieldwork.domain.values import Id
from fieldwork.work import file_view
from fieldwork.work.examining import answer_id

PAUSE_MS = 600  # a pause in typing this long puts the draft on disk
LONGEST_S = 1.5  # so does typing on for this long
IDLE_MS = 30_000  # after this long a draft becomes an entry

Place = tuple[Id, str]
"""A case file and the code of a question."""


@dataclass
class Typed:
    """What is typed at one question and is not an entry yet.

    fields: by name (value, reason, comment). as_of: what was known when the first key was pressed; None
    while a write of the same words is still on its way.
    """

    file: Id
    examination: Id
    question: str
    fields: dict[str, str] = field(default_factory=dict)
    as_of: int | None = None

    @property
    def answer(self) -> Id:
        return answer_id(self.examination, self.question)

    def kept(self) -> dict[str, object]:
        """The fields of its draft."""
        return {
            "file": self.file,
            "examination": self.examination,
            "question": self.question,
            **self.fields,
        }


@dataclass(frozen=True)
class Unsaved:
    """A write that did not succeed."""

    fields: Mapping[str, str]
    sentence: str


class Saving(QObject):
    """The writes of one marking pane.

    `stored(file, code, moment)` after a commit; `refused(file, code)` when it did not work: `unsaved` then
    holds the words. `idle()` when typing rested for half a minute.
    """

    stored = Signal(object, str, int)
    refused = Signal(object, str)
    idle = Signal()

    def __init__(self, desk: Desk, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.desk = desk
        self.unsaved: dict[Place, Unsaved] = {}
        self._flying: Counter[Place] = Counter()
        self._ids: Counter[Id] = Counter()
        self._drafted: dict[Id, int] = {}
        self._typed: Typed | None = None
        self._since = 0.0
        self._pause = QTimer(self, interval=PAUSE_MS, singleShot=True)
        self._pause.timeout.connect(self.keep_draft)
        self._idle = QTimer(self, interval=IDLE_MS, singleShot=True)
        self._idle.timeout.connect(self.idle)

    # Writing

    def flying(self, place: Place) -> bool:
        """Whether something of this question is on its way."""
        return bool(self._flying[place])

    def busy(self) -> bool:
        return bool(self._flying.total())

    def own(self, changed: Mapping[str, frozenset[Id]]) -> bool:
        """Whether a change is nothing but our own writes coming back."""
        return all(self._ids[id] for ids in changed.values() for id in ids)

    def write(self, typed: Typed, *, draft: bool = False) -> None:
        """Write the fields of one question. draft: they may lie among the drafts, which then forget them."""
        place = (typed.file, typed.question)
        fields = dict(typed.fields)
        ids = (typed.answer, typed.examination)
        self._flying[place] += 1
        self._ids.update(ids)
        kept = self._drafted.get(typed.answer, 0)

        def landed() -> None:
            self._flying[place] -= 1
            self._ids.subtract(ids)

        def then(stored: file_view.Stored) -> None:
            landed()
            old = self.unsaved.get(place)
            if old is not None and set(old.fields) <= set(fields):
                del self.unsaved[place]
                self.drop_draft(typed.answer)
            elif draft and kept == self._drafted.get(typed.answer, 0):
                self.drop_draft(typed.answer)
            self.stored.emit(typed.file, typed.question, stored.moment)

        def otherwise(error: BaseException) -> None:
            landed()
            self.refuse(typed, sentence_for(error))

        self.desk.act(
            file_view.store_answer,
            file=typed.file,
            question=typed.question,
            as_of=typed.as_of,
            then=then,
            otherwise=otherwise,
            **fields,
        )

    def refuse(self, typed: Typed, sentence: str) -> None:
        """These words could not be written: hold them, put them among the drafts, and say so."""
        place = (typed.file, typed.question)
        old = self.unsaved.get(place)
        held = {**(old.fields if old else {}), **typed.fields}
        self.unsaved[place] = Unsaved(held, sentence)
        self._keep(Typed(typed.file, typed.examination, typed.question, held, typed.as_of))
        self.refused.emit(typed.file, typed.question)

    def retry(self, typed: Typed) -> bool:
        """Write again what was refused there; whether there was anything."""
        failed = self.unsaved.get((typed.file, typed.question))
        if failed is None:
            return False
        again = Typed(typed.file, typed.examination, typed.question, dict(failed.fields), typed.as_of)
        self.write(again, draft=True)
        return True

    # Drafts

    def typing(self, typed: Typed) -> None:
        """The person typed: keep it within a second of a pause and two seconds of going on."""
        now = time.monotonic()
        if not self._pause.isActive():
            self._since = now
        self._typed = typed
        self._idle.start()
        if now - self._since > LONGEST_S:
            self.keep_draft()
            self._since = now
        self._pause.start()

    def rest(self) -> None:
        """Nothing typed waits any more."""
        self._typed = None
        self._pause.stop()
        self._idle.stop()

    def keep_draft(self) -> None:
        if self._typed is not None:
            self._keep(self._typed)

    def _keep(self, typed: Typed) -> None:
        drafts = getattr(self.desk, "drafts", None)
        if drafts is None:
            return
        id, fields, as_of = typed.answer, typed.kept(), typed.as_of
        self._drafted[id] = self._drafted.get(id, 0) + 1
        job = self.desk.lanes.start("drafts", lambda _: drafts.keep(id, Answer.kind, fields, as_of))
        job.succeeded.connect(lambda at: self.desk.saved.emit(at / 1000))
        job.failed.connect(self.desk.tell)

    def drop_draft(self, id: Id) -> None:
        drafts = getattr(self.desk, "drafts", None)
        if drafts is None or not self._drafted.pop(id, 0):
            return
        self.desk.lanes.start("drafts", lambda _: drafts.drop(id)).failed.connect(self.desk.tell)

    def took_over(self, id: Id) -> None:
        """A draft of an earlier run is on disk; it is dropped once its words are an entry."""
        self._drafted[id] = self._drafted.get(id, 0) + 1
