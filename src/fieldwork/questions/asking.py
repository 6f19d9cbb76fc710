"""Which questions are asked of thousands of files: the rules of `applying`, each worked out once for what it reads."""

import re
import weakref
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache, partial
from typing import Any

from fieldwork.domain.question_set import QuestionSet
from fieldwork.questions.applying import evaluated
from fieldwork.questions.compiling import Node, compiled
from fieldwork.questions.expressions import Expression

_NEVER_ITS_OWN = frozenset(
    ("selected", "count-selected", "not", "if", "coalesce", "true", "false", "and", "or")
)
_CALLED = re.compile(r"([a-z][\w:-]*)\s*\(")
_WORTH = ("relevant", "calculation")

MOST_KEPT = 20_000

Key = tuple[object, ...]

Given = Mapping[str, Sequence[Any]]
"""By code, the answer of each file: text or a list of codes, None where there is none."""


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

    @property
    def depends(self) -> bool:
        return bool(self.reads or self.own or self.clock)

    def found(
        self, key: Key, place: int, whole: Callable[[int], Mapping[str, tuple[bool, object]]]
    ) -> tuple[bool, object]:
        """Whether it applies and what it comes to for what was read; whole: all nodes of the file at a place."""
        if not key[0]:
            return False, None
        found = self.known.get(key)
        if found is None:
            if len(self.known) >= MOST_KEPT:
                self.known.clear()
            applies, value = whole(place)[self.code]
            found = self.known[key] = applies, _plain(value)
        return found


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
        steps = [_step(node) for node in ready.order]
        read = {code for step in steps for code in step.reads}
        self._questions = questions
        self._always = _unconditional(steps)
        self._told = [s.code for s in steps if s.code in self._always & read and not s.calculates]
        self._steps = [(step, step.code in read) for step in steps if step.code not in self._always]

    def asked(self, given: Given, times: Sequence[datetime]) -> Mapping[str, Sequence[bool]]:
        """By code, groups too, whether it applies to each of as many files as there are times."""
        everywhere = [True] * len(times)
        nothing = [None] * len(times)
        asked: dict[str, Sequence[bool]] = dict.fromkeys(("", *self._always), everywhere)
        values: dict[str, Sequence[object]] = {code: _said(given, code, nothing) for code in self._told}
        alike: dict[Key, tuple[Mapping[Key, int], Sequence[int]]] = {}
        whole = cache(lambda place: self._whole(given, place, times[place]))
        for step, is_read in self._steps:
            where = asked[step.parent]
            if step.depends:
                within = "" if where is everywhere else step.parent
                of = (within, step.reads, step.clock, step.code if step.own else "")
                if of not in alike:
                    columns = [where, *(values.get(code, nothing) for code in step.reads)]
                    columns += [_said(given, step.code, nothing)] * step.own + [times] * step.clock
                    alike[of] = _alike(columns)
                firsts, numbers = alike[of]
                found = [step.found(key, place, whole) for key, place in firsts.items()]
                where = [found[number][0] for number in numbers]
                if step.calculates:
                    values[step.code] = [found[number][1] for number in numbers]
            if is_read and not step.calculates:
                said = zip(_said(given, step.code, nothing), where, strict=True)
                values[step.code] = [one if applies else None for one, applies in said]
            asked[step.code] = where
        return asked

    def _whole(self, given: Given, place: int, now: datetime) -> Mapping[str, tuple[bool, object]]:
        one = {code: said[place] for code, said in given.items() if said[place] is not None}
        return evaluated(self._questions, one, now)


def _alike(columns: Sequence[Sequence[object]]) -> tuple[Mapping[Key, int], Sequence[int]]:
    """Files that read the same: the place of the first by what they read, and for each file the number of its like."""
    keys = list(zip(*columns, strict=True))
    firsts = {key: place for place, key in reversed(list(enumerate(keys)))}
    number = {key: number for number, key in enumerate(firsts)}
    return firsts, [number[key] for key in keys]


def _unconditional(steps: Sequence[_Step]) -> frozenset[str]:
    """What applies whatever is answered."""
    found = {""}
    for step in steps:
        if step.parent in found and not step.depends:
            found.add(step.code)
    return frozenset(found - {""})


def _said(given: Given, code: str, nothing: Sequence[object]) -> Sequence[object]:
    said = given.get(code, nothing)
    return [_plain(one) for one in said] if any(isinstance(one, list) for one in said) else said


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
