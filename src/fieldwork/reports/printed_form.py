"""A question set on paper: what is asked, in which words, with boxes to tick and lines to write on."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from fieldwork.domain.question_set import (
    CHOICE_KINDS,
    CODES_NEEDING_A_REASON,
    Group,
    Question,
    QuestionSet,
    Wording,
)
from fieldwork.questions.compiling import TEXT_REFERENCE
from fieldwork.questions.wording import InWords, quoted
from fieldwork.reports.document import Block, Bullets, Heading, Paragraph, Report, Run, Table

_LEADS = {"P": "For the police examiner", "C": "For the prosecution examiner"}
_WANTED = {
    "select_one": "Tick one.",
    "select_multiple": "Tick all that apply.",
    "rank": "Number the boxes in order, 1 for the first.",
    "integer": "A whole number:",
    "decimal": "A number:",
    "date": "A date (day, month, year):",
    "time": "A time (hours and minutes):",
    "dateTime": "A date and a time:",
    "acknowledge": "Tick when done.",
    "text": "In words:",
}
_ONE_LINE = frozenset({"integer", "decimal", "date", "time", "dateTime"})
_TEXT_LINES, _REASON_LINES = 3, 2


@dataclass(frozen=True)
class FormCover:
    """What stands at the head of a printed form. date: aware."""

    inspection: str
    marking: str
    reference: str
    author: str
    date: datetime


def printed_form(question_set: QuestionSet, cover: FormCover, language: str = "") -> Report:
    """The set as a form to fill in by hand, in the language asked for, "" for its own."""
    return Report(
        title=question_set.title or question_set.form_id,
        subtitle=cover.inspection,
        marking=cover.marking,
        reference=cover.reference,
        author=cover.author,
        date=cover.date,
        version=question_set.version,
        blocks=tuple(_Printer(question_set, language or question_set.default_language).blocks()),
    )


class _Printer:
    def __init__(self, question_set: QuestionSet, language: str) -> None:
        self.set, self.language = question_set, language
        self.words = InWords(question_set, language)
        self.groups = {group.code: group for group in question_set.groups}
        asked = question_set.answerable
        self.required = sum(one.required == "true()" for one in asked) * 2 > len(asked)
        """Whether most must be answered, so that the others are named."""
        self.sections = {section.code: section for section in question_set.sections}

    def blocks(self) -> Iterator[Block]:
        yield from self._file()
        section: str | None = None
        open_groups: tuple[str, ...] = ()
        for question in self.set.questions:
            if question.section != section:
                section, open_groups = question.section, ()
                yield Heading(1, self._section(section), f"section-{question.code}")
            for depth, code in enumerate(question.groups):
                if question.groups[: depth + 1] != open_groups[: depth + 1]:
                    yield from self._group(self.groups[code], depth, question)
            open_groups = question.groups
            yield from self._question(question)

    def _file(self) -> Iterator[Block]:
        """What is known of the file before the first question, and how to fill the form in."""
        asked = len(self.set.answerable)
        every = (
            " What is asked must be answered, unless it says that it need not be." if self.required else ""
        )
        yield Heading(1, "The file", "file")
        yield Paragraph(
            (
                Run(
                    f"{asked} questions. A question with a condition is asked only where the condition holds; "
                    f"leave it empty otherwise.{every}"
                ),
            )
        )
        labels = [
            "Reference",
            "Examiner",
            "Date",
            *(self._text(one.label) or one.code for one in self.set.headers),
        ]
        yield Table(
            "Facts of the file", ("Fact", "Write here"), tuple((one, "") for one in labels), (38, 62), True
        )

    def _section(self, code: str) -> str:
        section = self.sections.get(code)
        name = self._text(section.label) if section else ""
        return name or code or "Questions in no section"

    def _group(self, group: Group, depth: int, first: Question) -> Iterator[Block]:
        label = self._text(group.label)
        if label and label != self._section(first.section):
            yield Heading(depth + 2, label, f"group-{group.code}-{first.code}")
        said = [self._text(group.hint), self._text(group.guidance)]
        if group.repeats:
            said.append("Asked once for each; use a further sheet where there are several.")
        if group.relevant:
            said.append(f"These are asked only where {self.words.say(group.relevant)}.")
        for text in said:
            if text:
                yield Paragraph((Run(text, "emphasis"),))

    def _question(self, question: Question) -> Iterator[Block]:
        if question.kind == "calculate":
            yield from self._calculated(question)
            return
        label = self._text(question.label) or question.code
        asks = question.answerable
        yield Paragraph(
            (Run(self._filled(label), "strong"),), question.code if asks else "", keep=asks, opens=True
        )
        for said in (self._text(question.hint), self._text(question.guidance)):
            if said:
                yield Paragraph((Run(self._filled(said), "emphasis"),), keep=asks)
        rules = " ".join(self._rules(question))
        if asks:
            yield from self._answer(question, rules)
        elif rules:
            yield Paragraph((Run(rules),))

    def _calculated(self, question: Question) -> Iterator[Block]:
        label = self._text(question.label)
        said = self.words.say(question.calculation) if question.calculation else ""
        if said:
            named = f"{label} is worked out: " if label else "Worked out: "
            yield Paragraph((Run(f"{named}{said}."),), question.code)

    def _rules(self, question: Question) -> Iterator[str]:
        if question.lead in _LEADS and question.answerable:
            yield f"{_LEADS[question.lead]}."
        if question.relevant:
            yield f"Asked only where {self.words.say(question.relevant)}."
        if question.required == "true()":
            if not self.required:
                yield "Must be answered."
        elif not question.required and self.required and question.answerable:
            yield "Need not be answered."
        if question.required not in ("", "true()"):
            yield f"Must be answered where {self.words.say(question.required, question.code)}."
        if question.constraint:
            message = self._text(question.constraint_message)
            yield (
                message
                if message
                else f"Right only where {self.words.say(question.constraint, question.code)}."
            )
        if question.choice_filter:
            yield f"Of these answers, those for which {self.words.say(question.choice_filter, question.code)}."

    def _answer(self, question: Question, rules: str) -> Iterator[Block]:
        told = (Run(" ".join(part for part in (rules, _WANTED.get(question.kind, "In words:")) if part)),)
        if question.kind not in CHOICE_KINDS:
            if question.kind == "acknowledge":
                yield Bullets((told,), boxes=True)
            else:
                yield Paragraph(told, lines=1 if question.kind in _ONE_LINE else _TEXT_LINES)
            return
        yield Paragraph(told, keep=True)
        yield Bullets(
            tuple((Run(self._text(one.label) or one.code),) for one in question.choices), boxes=True
        )
        reasons = [choice for choice in question.choices if choice.code in CODES_NEEDING_A_REASON]
        if question.scored and reasons:
            named = " or ".join(quoted(self._text(one.label) or one.code) for one in reasons)
            yield Paragraph((Run(f"Reason, where the answer is {named}:"),), lines=_REASON_LINES)

    def _text(self, wording: Wording) -> str:
        return wording.of(self.language)

    def _filled(self, text: str) -> str:
        """A text with the names of questions where it would show their answers."""
        return TEXT_REFERENCE.sub(lambda found: f"[{self.words.called(found[1])}]", text)
