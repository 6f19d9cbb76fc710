"""Answers on their way to the disk: in order, never waited for, and none of them lost."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from PySide6.QtCore import QObject, QTimer, Signal

from fieldwork.desktop.desk import Desk, sentence_for
from fieldwork.desktop.retrying import Retry
from fieldwork.domain.records import Answer
from fieldwork.domain.values import Id
from fieldwork.questions.repeating import parted
from fieldwork.store.drafts import Draft
from fieldwork.work import file_view
from fieldwork.work.examining import answer_id

PAUSE_MS = 600  # a pause in typing this long puts the draft on disk
LONGEST_S = 1.5  # so does typing on for this long
HELD_MS = 300  # an answer that waits longer for its entry, behind a merge, lies among the drafts meanwhile
IDLE_MS = 30_000  # after this long a draft becomes an entry

Place = tuple[Id, str]
"""A case file and the code of a question."""


@dataclass
class Typed:
    """What is typed at one question and is not an entry yet.

    fields: by name (value, reason, comment). as_of: what was known when the first key was pressed, None
    for all there is. left: an earlier run left it among the drafts.
    """

    file: Id
    examination: Id
    question: str
    fields: dict[str, str] = field(default_factory=dict)
    as_of: int | None = None
    left: bool = False

    @property
    def place(self) -> Place:
        return self.file, self.question

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
    """A write that did not succeed, and what was known when its words were typed."""

    fields: Mapping[str, str]
    sentence: str
    as_of: int | None = None
    left: bool = False


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
        self.seen: dict[Id, int] = {}  # up to where an answer was seen, because it was written here
        self._held: dict[Id, Typed] = {}  # on their way, all that is of one answer together
        self._missed: dict[Id, Typed] = {}  # neither entry nor draft: the drafts file could not be written
        self._flying: Counter[Place] = Counter()
        self._ids: Counter[Id] = Counter()
        self._drafted: dict[Id, int] = {}
        self._typed: Typed | None = None
        self._since = 0.0
        self._pause = QTimer(self, interval=PAUSE_MS, singleShot=True)
        self._pause.timeout.connect(self.keep_draft)
        self._idle = QTimer(self, interval=IDLE_MS, singleShot=True)
        self._idle.timeout.connect(self.idle)
        self._retry = Retry(self.keep_again, self)

    # Writing

    def flying(self, place: Place) -> bool:
        """Whether something of this question is on its way."""
        return bool(self._flying[place])

    def busy(self) -> bool:
        return bool(self._flying.total())

    def own(self, changed: Mapping[str, frozenset[Id]]) -> bool:
        """Whether a change is nothing but our own writes coming back."""
        return all(self._ids[id] for ids in changed.values() for id in ids)

    def write(self, typed: Typed) -> None:
        """Write the fields of one question; the drafts, which may hold them meanwhile, forget them then."""
        place, fields = typed.place, dict(typed.fields)
        ids = (typed.answer, typed.examination)
        self._flying[place] += 1
        self._ids.update(ids)
        self._held[typed.answer] = self._whole(typed)
        QTimer.singleShot(HELD_MS, self, lambda: self._keep_held(typed.answer))

        def landed() -> None:
            self._flying[place] -= 1
            self._ids.subtract(ids)
            if not self._flying[place]:
                self._held.pop(typed.answer, None)

        def then(stored: file_view.Stored) -> None:
            landed()
            old = self.unsaved.get(place)
            if old is not None and set(old.fields) <= set(fields):
                del self.unsaved[place]
            if not self._needed(typed):
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
            seen=self.seen,
            left=typed.left,
            then=then,
            otherwise=otherwise,
            **fields,
        )

    def refuse(self, typed: Typed, sentence: str) -> None:
        """These words could not be written: hold them, put them among the drafts, and say so."""
        old = self.unsaved.get(typed.place)
        held = {**(old.fields if old else {}), **typed.fields}
        first = old or typed
        self.unsaved[typed.place] = Unsaved(held, sentence, first.as_of, first.left)
        self._keep(typed)
        self.refused.emit(typed.file, typed.question)

    def retry(self, typed: Typed) -> bool:
        """Write again what was refused there; whether there was anything."""
        failed = self.unsaved.get((typed.file, typed.question))
        if failed is None:
            return False
        self.write(replace(typed, fields=dict(failed.fields), as_of=failed.as_of, left=failed.left))
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
        whole = self._whole(typed)
        id, fields, as_of = whole.answer, whole.kept(), whole.as_of
        self._drafted[id] = self._drafted.get(id, 0) + 1
        job = self.desk.lanes.start("drafts", lambda _: drafts.keep(id, Answer.kind, fields, as_of))
        job.succeeded.connect(lambda at: self._kept(id, at))
        job.failed.connect(lambda error: self._not_kept(whole, error))

    def _whole(self, typed: Typed) -> Typed:
        """What is typed, with all else of the same answer that was refused or is on its way."""
        failed, held = self.unsaved.get(typed.place), self._held.get(typed.answer)
        before = [some for some in (failed, held) if some is not None]
        fields = {name: text for some in (*before, typed) for name, text in some.fields.items()}
        first = before[0] if before else typed
        return replace(typed, fields=fields, as_of=first.as_of, left=first.left)

    def _keep_held(self, id: Id) -> None:
        if id in self._held:
            self._keep(self._held[id])

    def _needed(self, typed: Typed) -> bool:
        """Whether words of this answer are still to become an entry."""
        typing = self._typed is not None and self._typed.answer == typed.answer
        return typing or self.flying(typed.place) or typed.place in self.unsaved

    def _kept(self, id: Id, at: int) -> None:
        self._missed.pop(id, None)
        if not self._missed:
            self._retry.worked()
        self.desk.saved.emit(at / 1000)

    def _not_kept(self, typed: Typed, error: object) -> None:
        if not self._retry.tries:
            self.desk.tell(error)
        if self._needed(typed):
            self._missed[typed.answer] = typed
            self._retry.again()

    def keep_again(self) -> None:
        """Try again at once what could not be put among the drafts."""
        missed, self._missed = self._missed, {}
        if not missed:
            self._retry.worked()
        for typed in missed.values():
            if self._needed(typed):
                self._keep(typed)

    def not_on_disk(self) -> str:
        """What is neither an entry nor a draft on disk, in one sentence; "" when nothing is."""
        if getattr(self.desk, "drafts", None) is None:
            left = list(self.unsaved)
        else:
            left = [typed.place for typed in self._missed.values()]
            left += [self._typed.place] if self._typed is not None else []
        codes = ", ".join(sorted({parted(code)[0] for _, code in left}))
        return f"What you answered at {codes} is not on disk yet." if left else ""

    def drop_draft(self, id: Id) -> None:
        self._missed.pop(id, None)
        drafts = getattr(self.desk, "drafts", None)
        if drafts is None or not self._drafted.pop(id, 0):
            return
        self.desk.lanes.start("drafts", lambda _: drafts.drop(id)).failed.connect(self.desk.tell)

    def took_over(self, id: Id) -> None:
        """A draft of an earlier run is on disk; it is dropped once its words are an entry."""
        self._drafted[id] = self._drafted.get(id, 0) + 1


def typed_of(draft: Draft) -> Typed | None:
    """The words of a draft; None for one that is not of an answer."""
    file, examination = draft.fields.get("file"), draft.fields.get("examination")
    if not isinstance(file, bytes) or not isinstance(examination, bytes):
        return None
    words = {name: str(draft.fields[name]) for name in ("value", "reason", "comment") if name in draft.fields}
    return Typed(file, examination, str(draft.fields.get("question", "")), words, draft.as_of, left=True)
