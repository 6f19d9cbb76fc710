"""Which questions are asked of thousands of files: the rules of `applying`, each worked out once for what it reads."""

import re
import weakref
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any

from fieldwork.domain.question_set import QuestionSet
from fieldwork.questions.applying import evaluated
from fieldwork.questions.compiling import Node, compiled
from fieldwork.questions.expressions import Expression

_NEVER_ITS_OWN = frozenset(("selected", "count-selected", "not", "if", "coalesce", "true", "false"))
_CALLED = re.compile(r"([a-z][\w:-]*)\s*\(")
_WORTH = ("relevant", "calculation")

MOST_KEPT = 20_000

Key = tuple[object, ...]


@dataclass(frozen=True, eq=False)
class _Step:
    """A node: what its condition and calculation read, and what they came to for what was read."""

    code: str
    parent: str
    reads: tuple[str, ...]
    own: bool
    clock: bool
    calculates: bool
    known: dict[Key, tuple[bool, object]]


_ready: dict[int, tuple["weakref.ref[QuestionSet]", "Asking"]] = {}


def asking(questions: QuestionSet) -> "Asking":
    """As `Asking`, made once for each set, so that what it has worked out is kept."""
    key = id(questions)
    known = _ready.get(key)
    if known is not None and known[0]() is questions:
        return known[1]
    made = Asking(questions)
    _ready[key] = (weakref.ref(questions, partial(_forget, _ready, key)), made)
    return made


def _forget(ready: dict[int, Any], key: int, _gone: object) -> None:
    ready.pop(key, None)  # handed in: at the very end of a process the module has no names any more


class Asking:
    """A question set without repeats, ready for many files. Raises ValueError for one with repeats, FormFault."""

    def __init__(self, questions: QuestionSet) -> None:
        ready = compiled(questions)
        if any(node.is_repeat for node in ready.order):
            raise ValueError("a set with repeats is applied to one file at a time")
        self._questions = questions
        self._steps = tuple(_step(node) for node in ready.order)

    def asked(self, given: Mapping[str, Any], now: datetime) -> set[str]:
        """Codes of all that applies for these answers (text, or a list of codes) at this time, groups too."""
        values: dict[str, object] = {}
        asked = {""}
        whole: Mapping[str, tuple[bool, object]] | None = None
        for step in self._steps:
            code = step.code
            if step.parent not in asked:
                continue
            if step.reads or step.own or step.clock:
                key: Key = tuple([values.get(read) for read in step.reads])
                if step.own:
                    key += (_plain(given.get(code)),)
                if step.clock:
                    key += (now,)
                found = step.known.get(key)
                if found is None:
                    whole = evaluated(self._questions, given, now) if whole is None else whole
                    applies, value = whole[code]
                    if len(step.known) >= MOST_KEPT:
                        step.known.clear()
                    found = step.known[key] = applies, _plain(value)
                if not found[0]:
                    continue
                if step.calculates:
                    values[code] = found[1]
            if code in given and not step.calculates:
                values[code] = _plain(given[code])
            asked.add(code)
        return asked


def _plain(value: object) -> object:
    return tuple(value) if isinstance(value, list) else value


def _step(node: Node) -> _Step:
    some = [node.expressions[name] for name in _WORTH if name in node.expressions]
    reads = sorted({code for one in some for code in one.references})
    clock = any(one.uses_clock for one in some)
    own = any(map(_may_read_its_own, some))
    return _Step(node.code, node.parent, tuple(reads), own, clock, "calculation" in node.expressions, {})


def _may_read_its_own(expression: Expression) -> bool:
    return "." in expression.text or bool({*_CALLED.findall(expression.text)} - _NEVER_ITS_OWN)
