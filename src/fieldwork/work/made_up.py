"""Made-up words and answers for evidence that nobody gave: sentences from word lists, answers that fit their file.

Everything is drawn from a `Random`, so that one seed always gives the same.
"""

import json
from collections.abc import Sequence
from datetime import datetime
from functools import cache
from random import Random
from typing import Any, NamedTuple

from fieldwork.assets import asset
from fieldwork.domain.question_set import Question, QuestionSet, needs_reason
from fieldwork.domain.values import Id
from fieldwork.questions.applying import apply

ROUTES = ("cps_charge_fct", "cps_charge_fct", "police_charge", "cps_nfa", "cps_charge_tt", "advice_only")
MET = ("FM", "FM", "FM", "FM", "FM", "PM", "PM", "PM", "NM", "NM", "NA", "NK")
NOW = datetime(2025, 6, 30, 12)  # what conditions on dates are read at


class Given(NamedTuple):
    """An answer as it may stand in a file: needs_reason where partially or not met was chosen."""

    question: Question
    value: str
    needs_reason: bool


class MadeUp:
    """Sentences, ids and choices of one laptop."""

    def __init__(self, seed: str) -> None:
        self.random = Random(seed)
        self.words = _lists("generate/sentences.json")
        self.reasons = _lists("demo/reasons.json")

    def one(self, some: Sequence[Any]) -> Any:
        return some[int(self.random.random() * len(some))]

    def likely(self, share: float) -> bool:
        return self.random.random() < share

    def between(self, least: int, most: int) -> int:
        return least + int(self.random.random() * (most - least + 1))

    def id(self, at: int) -> Id:
        """As `new_id`, of a made-up moment (wall milliseconds)."""
        random = bytearray(self.random.getrandbits(80).to_bytes(10, "big"))
        random[0] = 0x70 | random[0] & 0x0F
        random[2] = 0x80 | random[2] & 0x3F
        return at.to_bytes(6, "big") + bytes(random)

    def sentence(self) -> str:
        parts = [self.one(self.words[name]) for name in ("who", "does", "what")]
        if self.likely(0.7):
            parts.append(self.one(self.words["when"]))
        text = " ".join(parts)
        if self.likely(0.4):
            text += "; " + self.one(self.words["so"])
        return text[0].upper() + text[1:] + "."

    def reason(self, given: Given) -> str:
        """Why an answer is less than fully met; for another answer an examiner's remark."""
        if given.needs_reason and self.likely(0.3):
            some: Sequence[str] = self.reasons[given.value].get(given.question.section, ())
            if some:
                return str(self.one(some))
        return self.sentence()


@cache
def _lists(name: str) -> dict[str, Any]:
    return json.loads(asset(name).read_text("utf-8"))


def answer_sheets(made: MadeUp, questions: QuestionSet, count: int) -> list[tuple[Given, ...]]:
    """Whole sets of answers, each to every question that its earlier answers leave asked."""
    return [_sheet(made, questions) for _ in range(count)]


def _sheet(made: MadeUp, questions: QuestionSet) -> tuple[Given, ...]:
    answers: dict[str, Any] = {"has_victim": "Y" if made.likely(0.8) else "N", "file_prepared": "Y"}
    sheet: list[Given] = []
    for question in questions.questions:
        if not question.answerable or question.code not in apply(questions, answers, NOW).asked:
            continue
        value = _value(made, question)
        answers[question.code] = value.split() if question.kind == "select_multiple" else value
        sheet.append(Given(question, value, needs_reason(question, value)))
    return tuple(sheet)


def _value(made: MadeUp, question: Question) -> str:
    if question.code == "A01":
        return str(made.one(ROUTES))
    if question.scored:
        return str(made.one(MET))
    if question.kind == "select_multiple":
        codes = [choice.code for choice in question.choices if choice.code != "none"]
        return " ".join(code for code in codes if made.likely(0.2)) or codes[0]
    if question.choices:
        return str(made.one(question.choices).code)
    return str(made.between(1, 3)) if question.kind == "integer" else made.sentence()
