"""What applies to given answers: what is asked, what is required, what fails, what is calculated.

A question whose condition is false is not asked, and its stored answer counts as empty for all others;
keeping that dormant answer is the caller's. Answers in a repeat come as a list of mappings under the
repeat's code, and are named in the result as `repeat[1]/question`.
"""

import math
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from fieldwork.domain.question_set import CHOICE_KINDS, LIST_KINDS, Choice, Question, QuestionSet
from fieldwork.questions.compiling import TEXT_REFERENCE, CompiledSet, Node, choice_cell, compiled
from fieldwork.questions.functions import typed
from fieldwork.questions.values import (
    Scalar,
    StoredTruth,
    Value,
    stored,
    text_moment,
    text_time,
    to_list,
    to_number,
    to_scalar,
    to_text,
    to_truth,
)

Answer = str | float | bool | list[Any] | None
"""One answer: text or code, number, several codes, or for a repeat a list of mappings. None: unanswered."""

MOST_INSTANCES = 1000
_YES_CODES = ("Y", "yes", "true", "1", "OK")
_NO_CODES = ("N", "no", "false", "0")
_MISFITS = {
    "integer": "Give a whole number.",
    "decimal": "Give a number.",
    "date": "Give a date, such as 2025-07-31.",
    "time": "Give a time, such as 14:05.",
    "dateTime": "Give a date and time, such as 2025-07-31T14:05.",
}


@dataclass(frozen=True)
class AnswerFault:
    """An answer that breaks a rule of its question, and the message for the person who gave it."""

    code: str
    message: str


@dataclass(frozen=True)
class _Result:
    """What was found for one node in one instance (0 outside repeats)."""

    asked: bool
    value: Value
    required: bool = False
    fault: str = ""
    choices: tuple[str, ...] | None = None
    read_only: bool = False


@dataclass(frozen=True)
class Applied:
    """The question set as it stands for given answers. Codes are in the order of the form."""

    asked: tuple[str, ...]
    """Questions and notes that apply."""
    required: tuple[str, ...]
    """Of these, the ones that must be answered and are not."""
    faults: tuple[AnswerFault, ...]
    calculated: Mapping[str, str | float | bool | None]
    """Results of calculations that apply; None where a number cannot be computed yet."""
    choices: Mapping[str, tuple[str, ...]]
    """For questions with a choice filter, the codes that can be chosen."""
    instances: Mapping[str, int]
    """How many instances each repeat that applies has."""
    read_only: tuple[str, ...]
    """Questions that apply and are shown only: their answer is not to be changed."""
    unknown: tuple[str, ...]
    """Codes among the answers that the question set does not have."""
    results: Mapping[tuple[str, int], _Result] = field(repr=False, compare=False)
    now: datetime = field(repr=False, compare=False)
    language: str = field(default="", repr=False, compare=False)
    """The language of messages and choice names, "" for the set's default."""

    def applies(self, code: str, instance: int = 0) -> bool:
        """Whether this question, header field or group applies (in that instance of its repeat)."""
        result = self.results.get((code, instance))
        return result is not None and result.asked

    def text(self, code: str, instance: int = 0) -> str:
        """The value of a question or calculation as text; "" where it does not apply or is unanswered."""
        result = self.results.get((code, instance)) or self.results.get((code, 0))
        return to_text(result.value) if result else ""

    def filled(self, text: str, instance: int = 0) -> str:
        """A label or message with each ${name} in it replaced by the value of that question."""
        return TEXT_REFERENCE.sub(lambda match: self.text(match[1], instance), text)


def apply(
    question_set: QuestionSet,
    answers: Mapping[str, Answer],
    now: datetime,
    *,
    previous: Applied | None = None,
    changed: Collection[str] = (),
    language: str = "",
) -> Applied:
    """What applies for these answers at this time, with messages and choice names in this language.

    With `previous`, an earlier result for the same set, only what hangs on the codes in `changed` is
    evaluated again; for an answer in a repeat, name the repeat.

    Raises FormFault if the set's expressions are broken.
    """
    ready = compiled(question_set)
    evaluation = _Evaluation(ready, answers, now, language)
    if previous is None or previous.language != language:
        evaluation.run(ready.order)
    else:
        touched = {*changed, *(ready.on_the_clock if now != previous.now else ())}
        hanging = ready.hanging_on(touched)
        evaluation.results.update((at, one) for at, one in previous.results.items() if at[0] not in hanging)
        evaluation.run([node for node in ready.order if node.code in hanging])
    return evaluation.applied()


def evaluated(
    question_set: QuestionSet, answers: Mapping[str, Answer], now: datetime
) -> dict[str, tuple[bool, Value]]:
    """Whether each node outside repeats applies, and its value: what `apply` finds, without its checks."""
    ready = compiled(question_set)
    evaluation = _Evaluation(ready, answers, now)
    evaluation.evaluate(ready.order)
    return {code: (one.asked, one.value) for (code, place), one in evaluation.results.items() if not place}


def initial_answers(question_set: QuestionSet, now: datetime) -> dict[str, Answer]:
    """The answers a new file starts with: the defaults, fixed and computed, of questions outside repeats."""
    ready = compiled(question_set)
    answers: dict[str, Answer] = {}
    for node in ready.nodes.values():
        question = node.question
        if question and not node.repeat and question.default and not question.default_is_expression:
            several = question.kind in LIST_KINDS
            answers[node.code] = question.default.split() if several else question.default
    evaluation = _Evaluation(ready, answers, now)
    evaluation.run(ready.order)
    for node in ready.order:
        if node.default and not node.repeat:
            evaluation.enter(node, 0)
            answers[node.code] = to_text(node.default.evaluate(evaluation))
    return answers


class _Evaluation:
    """One walk over the nodes; the scope in which their expressions are evaluated."""

    def __init__(
        self, ready: CompiledSet, answers: Mapping[str, Answer], now: datetime, language: str = ""
    ) -> None:
        self.ready = ready
        self.language = language
        self.answers = answers
        self.now = now.replace(tzinfo=None)
        self.asked_at = now
        self.results: dict[tuple[str, int], _Result] = {}
        self._node: Node | None = None
        self._instance = 0
        self._own: Value = ""
        self._choice: Choice | None = None

    # What expressions can see (functions.Scope)

    def answer(self, code: str) -> Value:
        node = self.ready.nodes[code]
        if not node.repeat:
            return self._value(code, 0)
        if self._node is not None and self._node.repeat == node.repeat:
            return self._value(code, self._instance)
        found = [self.results.get((code, place)) for place in self._places(node.repeat)]
        return [to_scalar(stored(one.value)) for one in found if one is not None and one.asked]

    def own_answer(self) -> Value:
        return self._own

    def position(self) -> float:
        return float(max(self._instance, 1))

    def column(self, heading: str) -> Value:
        return choice_cell(self._choice, heading) if self._choice else []

    def choice_label(self, choice: str, code: str) -> str:
        node = self.ready.nodes.get(code)
        found = node.question.choice(choice) if node and node.question else None
        return found.label.of(self.language) if found else ""

    def answer_at(self, code: str, position: int) -> Value:
        return self._value(code, position)

    # The walk

    def enter(self, node: Node, instance: int) -> None:
        """Let the scope stand at this node, in this instance of its repeat."""
        self._node, self._instance = node, instance
        self._own = self._stored(node, instance)

    def evaluate(self, nodes: Collection[Node]) -> None:
        """What applies and its value, of nodes that stand in order."""
        for node in nodes:
            for place in self._places(node.repeat):
                self.enter(node, place)
                self.results[node.code, place] = self._evaluated(node, place)

    def run(self, nodes: Collection[Node]) -> None:
        """Evaluate the nodes, which stand in order: first what applies and its value, then the checks."""
        self.evaluate(nodes)
        for node in nodes:
            if node.question:
                for place in self._places(node.repeat):
                    self._check(node, node.question, place)

    def _value(self, code: str, place: int) -> Value:
        result = self.results.get((code, place))
        return stored(result.value) if result else ""

    def _places(self, repeat: str) -> range:
        """The instances in which a node of this repeat stands: 1, 2, ...; only 0 outside repeats."""
        if not repeat:
            return range(1)
        return range(1, len(to_list(self._value(repeat, 0))) + 1)

    def _evaluated(self, node: Node, place: int) -> _Result:
        around = self.ready.nodes.get(node.parent)
        asked = around is None or self.results[around.code, place if around.repeat else 0].asked
        condition = node.expressions.get("relevant")
        if not asked or (condition is not None and not condition.truth(self)):
            return _Result(False, [] if node.is_repeat else "")
        if node.is_repeat:
            return _Result(True, [float(count + 1) for count in range(self._instance_count(node))])
        calculation = node.expressions.get("calculation")
        return _Result(True, calculation.evaluate(self) if calculation else self._own)

    def _instance_count(self, node: Node) -> int:
        given = self.answers.get(node.code)
        here = len(given) if isinstance(given, list) else 0
        if count := node.expressions.get("repeat_count"):
            wanted = to_number(count.evaluate(self))
            here = 0 if math.isnan(wanted) or wanted < 0 else int(min(wanted, MOST_INSTANCES))
        return min(here, MOST_INSTANCES)

    def _stored(self, node: Node, place: int) -> Value:
        """The answer as given, in the type its question makes of it; "" if there is none."""
        question = node.question
        if question is None:
            return ""
        source: Any = self.answers
        if node.repeat:
            instances = self.answers.get(node.repeat)
            source = instances[place - 1] if isinstance(instances, list) and place <= len(instances) else {}
        answer = source.get(node.code) if isinstance(source, Mapping) else None
        return typed_answer(question, answer)

    # The checks

    def _check(self, node: Node, question: Question, place: int) -> None:
        result = self.results[node.code, place]
        if not result.asked or not question.answerable:
            return
        self._node, self._instance, self._own = node, place, result.value
        empty = to_text(result.value) == ""
        required = node.expressions.get("required")
        choices = self._open_choices(node, question)
        read_only = node.expressions.get("read_only")
        self.results[node.code, place] = _Result(
            True,
            result.value,
            required=empty and required is not None and required.truth(self),
            fault="" if empty else self._fault(node, question, result.value, choices),
            choices=choices,
            read_only=read_only is not None and read_only.truth(self),
        )

    def _open_choices(self, node: Node, question: Question) -> tuple[str, ...] | None:
        choice_filter = node.expressions.get("choice_filter")
        if choice_filter is None:
            return None
        open_codes = []
        for choice in question.choices:
            self._choice = choice
            if choice_filter.truth(self):
                open_codes.append(choice.code)
        self._choice = None
        return tuple(open_codes)

    def _fault(self, node: Node, question: Question, value: Value, choices: tuple[str, ...] | None) -> str:
        if said := misfit(question, value, choices):
            return said
        constraint = node.expressions.get("constraint")
        if constraint is None or constraint.truth(self):
            return ""
        return TEXT_REFERENCE.sub(
            lambda match: to_text(self.answer(match[1])),
            question.constraint_message.of(self.language) or "This answer is not allowed here.",
        )

    # The outcome

    def applied(self) -> Applied:
        """Everything found, in the order of the form."""
        asked, required, faults, read_only = [], [], [], []
        calculated: dict[str, str | float | bool | None] = {}
        choices: dict[str, tuple[str, ...]] = {}
        for name, node, result in self._found():
            question = node.question
            if question is None or not result.asked:
                continue
            if question.calculation:
                calculated[name] = plain(result.value)
            if question.kind != "calculate":
                asked.append(name)
            if result.required:
                required.append(name)
            if result.read_only:
                read_only.append(name)
            if result.fault:
                faults.append(AnswerFault(name, result.fault))
            if result.choices is not None:
                choices[name] = result.choices
        repeats = [node.code for node in self.ready.order if node.is_repeat]
        return Applied(
            asked=tuple(asked),
            required=tuple(required),
            faults=tuple(faults),
            calculated=calculated,
            choices=choices,
            instances={
                code: len(to_list(self._value(code, 0))) for code in repeats if self.results[code, 0].asked
            },
            read_only=tuple(read_only),
            unknown=self._unknown(),
            results=self.results,
            now=self.asked_at,
            language=self.language,
        )

    def _found(self) -> list[tuple[str, Node, _Result]]:
        """Name, node and result of every question in the order of the form, a repeat's instances in turn."""
        found: list[tuple[str, Node, _Result]] = []
        block: list[Node] = []
        for place, node in enumerate(self.ready.shown):
            if not node.repeat:
                found.append((node.code, node, self.results[node.code, 0]))
                continue
            block.append(node)
            following = self.ready.shown[place + 1] if place + 1 < len(self.ready.shown) else None
            if following is None or following.repeat != node.repeat:
                for instance in self._places(node.repeat):
                    found.extend(
                        (
                            f"{node.repeat}[{instance}]/{member.code}",
                            member,
                            self.results[member.code, instance],
                        )
                        for member in block
                    )
                block = []
        return found

    def _unknown(self) -> tuple[str, ...]:
        nodes = self.ready.nodes
        unknown = [code for code in self.answers if code not in nodes]
        for code, answer in self.answers.items():
            if isinstance(answer, list) and code in nodes and nodes[code].is_repeat:
                for place, instance in enumerate(answer, start=1):
                    unknown.extend(f"{code}[{place}]/{name}" for name in instance if name not in nodes)
        return tuple(unknown)


def plain(value: Value) -> str | float | bool | None:
    """A value as JSON can hold it: numbers as numbers, None for NaN and infinities, dates as ISO 8601."""
    scalar = to_scalar(value)
    if isinstance(scalar, float):
        if math.isnan(scalar) or math.isinf(scalar):
            return None
        return int(scalar) if scalar == int(scalar) else scalar
    if isinstance(scalar, StoredTruth):
        return to_truth(scalar)
    return to_text(scalar) if isinstance(scalar, date) else scalar


def typed_answer(question: Question, answer: Answer) -> Scalar:
    if answer is None:
        return ""
    if isinstance(answer, bool):
        return _truth_code(question, answer)
    if isinstance(answer, list | tuple):
        return " ".join(str(code) for code in answer)
    if isinstance(answer, int | float):
        number = float(answer)
        return number if question.kind in ("integer", "decimal") else to_text(number)
    text = str(answer)
    if question.kind in CHOICE_KINDS:
        text = text.strip()
    return typed(question.kind, text)


def _truth_code(question: Question, answer: bool) -> str:
    """A plain true or false as the code this question has for it."""
    codes = _YES_CODES if answer else _NO_CODES
    if question.kind == "acknowledge":
        return "OK" if answer else ""
    return next((code for code in codes if question.choice(code)), "true" if answer else "false")


def _whole(value: Scalar) -> bool:
    return isinstance(value, float) and math.isfinite(value) and value == int(value)


_FITS: dict[str, Callable[[Scalar], bool]] = {
    "integer": _whole,
    "decimal": lambda value: isinstance(value, float) and math.isfinite(value),
    "date": lambda value: isinstance(value, date) and not isinstance(value, datetime),
    "dateTime": lambda value: isinstance(value, date) or text_moment(to_text(value)) is not None,
    "time": lambda value: text_time(to_text(value)) is not None,
}


def misfit(question: Question, value: Value, choices: tuple[str, ...] | None) -> str:
    """The message for an answer that is not of its question's kind, "" if it is."""
    if question.kind in CHOICE_KINDS:
        given = to_text(value).split() if question.kind in LIST_KINDS else [to_text(value)]
        for code in given:
            if question.choice(code) is None or (choices is not None and code not in choices):
                return f'"{code}" is not one of the choices.'
        return ""
    fits = _FITS.get(question.kind)
    if fits is None or question.calculation or fits(to_scalar(value)):
        return ""
    return _MISFITS[question.kind]
