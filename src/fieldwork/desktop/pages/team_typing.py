"""What is being typed while a conflict is decided: on disk soon after, gone once it is decided."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QObject, QTimer

from fieldwork.desktop.desk import Desk
from fieldwork.domain.values import Id, derived_id
from fieldwork.store.drafts import Draft

DRAFT = "conflict"
PAUSE_MS = 600
Place = tuple[Id, str]
"""A record and a field of it."""


@dataclass
class Deciding:
    """What is being decided at one place and is not an act yet. choice: a change, "both", "write" or ""."""

    choice: str = ""
    text: str | None = None
    reason: str = ""

    @property
    def typed(self) -> bool:
        return bool(self.reason.strip() or self.text is not None)


class Typing(QObject):
    """Decisions under way, by place; what is typed of them lies among the drafts."""

    def __init__(self, desk: Desk, parent: QObject | None = None, kind: str = DRAFT) -> None:
        super().__init__(parent)
        self.desk, self.kind = desk, kind
        self.under_way: dict[Place, Deciding] = {}
        self._waiting: set[Place] = set()
        self._on_disk: set[Place] = set()
        self._pause = QTimer(self, interval=PAUSE_MS, singleShot=True)
        self._pause.timeout.connect(self.hand_over)

    def at(self, place: Place) -> Deciding:
        return self.under_way.setdefault(place, Deciding())

    def touched(self, place: Place) -> None:
        """Something was typed there; on through continuous typing it is kept all the same."""
        self._waiting.add(place)
        if not self._pause.isActive():
            self._pause.start()

    def hand_over(self) -> None:
        """Put what is typed on disk now."""
        self._pause.stop()
        drafts = getattr(self.desk, "drafts", None)
        for place in self._waiting if drafts is not None else ():
            deciding = self.under_way.get(place)
            if deciding is not None:
                self._on_disk.add(place)
                self._start(_keep, drafts, self.kind, place, deciding.choice, deciding.text, deciding.reason)
        self._waiting.clear()

    def settled(self, place: Place) -> None:
        """It is an act now."""
        self.under_way.pop(place, None)
        self._waiting.discard(place)
        drafts = getattr(self.desk, "drafts", None)
        if drafts is not None and place in self._on_disk:
            self._on_disk.discard(place)
            self._start(lambda kept, at: kept.drop(_id(self.kind, at)), drafts, place)

    def recover(self, then: Callable[[], object]) -> None:
        """Take up what was typed when the window last ended."""
        drafts = getattr(self.desk, "drafts", None)
        if drafts is not None:
            self.desk.ask(lambda _: drafts.all(), then=lambda found: self._take(found, then), lane="drafts")

    def _take(self, found: list[Draft], then: Callable[[], object]) -> None:
        for draft in found:
            record, field = draft.fields.get("record"), draft.fields.get("field")
            if draft.kind != self.kind or not isinstance(record, bytes):
                continue
            text = draft.fields.get("text")
            place = (record, str(field))
            self._on_disk.add(place)
            self.under_way.setdefault(
                place,
                Deciding(
                    str(draft.fields.get("choice") or ""),
                    None if text is None else str(text),
                    str(draft.fields.get("reason") or ""),
                ),
            )
        then()

    def _start(self, function: Callable[..., object], *args: Any) -> None:
        job = self.desk.lanes.start("drafts", lambda _: function(*args))
        job.failed.connect(self.desk.tell)


def _id(kind: str, place: Place) -> Id:
    return derived_id(kind, *place)


def _keep(drafts: Any, kind: str, place: Place, choice: str, text: str | None, reason: str) -> int:
    record, field = place
    fields = {"record": record, "field": field, "choice": choice, "text": text, "reason": reason}
    return int(drafts.keep(_id(kind, place), kind, fields))
