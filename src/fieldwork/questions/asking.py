"""Which questions are asked of thousands of files: the rules of `applying`, each worked out once for what it reads."""

import re
import weakref
from collections.abc import Mapping, Sequence
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

    @property
    def depends(self) -> bool:
        return bool(self.reads or self.own or self.clock)

    @property
    def stands_alone(self) -> bool:
        """Whether what its condition reads is all that says whether it applies, where its group does."""
        return bool(self.reads) and not (self.own or self.clock or self.calculates)


@dataclass(frozen=True, eq=False)
class _Block:
    """Nodes that read the same, and those that apply for what was read. told: those of them that others read."""

    reads: tuple[str, ...]
    codes: tuple[str, ...]
    told: tuple[str, ...]
    known: dict[Key, frozenset[str]]


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
        rest = [step for step in steps if step.code not in self._always]
        blocks: dict[tuple[str, ...], list[str]] = {}
        for step in rest:
            if step.stands_alone and step.parent in {"", *self._always}:
                blocks.setdefault(step.reads, []).append(step.code)
        self._steps: list[tuple[_Step | _Block, bool]] = []
        for step in rest:
            codes = blocks.get(step.reads, [])
            if step.code not in codes:
                self._steps.append((step, step.code in read))
            elif step.code == codes[0]:
                told = tuple(code for code in codes if code in read)
                self._steps.append((_Block(step.reads, tuple(codes), told, {}), False))

    def asked(self, given: Mapping[str, Any], now: datetime) -> set[str]:
        """Codes of all that applies for these answers (text, or a list of codes) at this time, groups too."""
        values: dict[str, object] = {code: _plain(given[code]) for code in self._told if code in given}
        asked = {"", *self._always}
        whole: Mapping[str, tuple[bool, object]] | None = None
        for step, is_read in self._steps:
            if isinstance(step, _Block):
                together = tuple([values.get(read) for read in step.reads])
                some = step.known.get(together)
                if some is None:
                    whole = evaluated(self._questions, given, now) if whole is None else whole
                    if len(step.known) >= MOST_KEPT:
                        step.known.clear()
                    some = step.known[together] = frozenset(code for code in step.codes if whole[code][0])
                asked |= some
                for code in step.told:
                    if code in some and code in given:
                        values[code] = _plain(given[code])
                continue
            code = step.code
            if step.parent not in asked:
                continue
            if step.depends:
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
            if is_read and not step.calculates and code in given:
                values[code] = _plain(given[code])
            asked.add(code)
        return asked


def _unconditional(steps: Sequence[_Step]) -> frozenset[str]:
    """What applies whatever is answered."""
    found = {""}
    for step in steps:
        if step.parent in found and not step.depends:
            found.add(step.code)
    return frozenset(found - {""})


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
