"""What the keys of the marking pane do."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent

from fieldwork.desktop.pages import marking_instances
from fieldwork.desktop.pages.marking_dates import open_dates
from fieldwork.desktop.pages.marking_form import next_language
from fieldwork.desktop.pages.marking_pins import ask_point

if TYPE_CHECKING:
    from fieldwork.desktop.pages.marking import MarkingPane

_MOVES = {Qt.Key.Key_Down: 1, Qt.Key.Key_Up: -1}


def handlers(marking: MarkingPane) -> dict[str, Callable[[], object]]:
    """Handlers of the pane by command name; the digits of the scale only where it is asked."""
    found: dict[str, Callable[[], object]] = {
        "answer.next": marking.forward,
        "answer.comment": marking.extras.comment,
        "answer.theme": marking.extras.theme,
        "answer.pin": lambda: ask_point(marking),
        "answer.guidance": marking.question.toggle_guidance,
        "answer.note": marking.extras.note,
        "answer.go": marking.extras.go,
        "answer.rest": marking.extras.rest,
        "answer.finish": marking.finish,
        "answer.down": lambda: marking.step(1),
        "answer.up": lambda: marking.step(-1),
        "answer.clear": marking.clear_answer,
        "answer.retry": marking.retry,
        "answer.language": lambda: next_language(marking),
        "file.timer": marking.timer.toggle,
        "instance.add": lambda: marking_instances.add(marking),
        "instance.drop": lambda: marking_instances.drop(marking),
        "instance.next": lambda: marking_instances.step(marking, 1),
        "instance.previous": lambda: marking_instances.step(marking, -1),
        "file.head": marking.head.toggle,
        "file.dates": lambda: open_dates(marking),
        "file.next": lambda: marking.neighbour(1),
        "file.previous": lambda: marking.neighbour(-1),
        "file.back": marking.back,
    }
    if marking.on_scale:
        for digit in "12345":
            found[f"answer.{digit}"] = lambda key=digit: _by_digit(marking, key)  # type: ignore[misc]
    return found


def _by_digit(marking: MarkingPane, key: str) -> None:
    if marking.stack.currentIndex() == 0:
        marking.question.press(key)


def press_key(marking: MarkingPane, event: QKeyEvent) -> bool:
    """Do what a key means that no field and no command used; whether it means anything."""
    if event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier & ~Qt.KeyboardModifier.ShiftModifier:
        return False
    if event.key() in _MOVES:
        marking.step(_MOVES[Qt.Key(event.key())])
    elif event.key() == Qt.Key.Key_Backspace:
        marking.clear_answer()
    else:
        return marking.question.press(event.text())
    return True
