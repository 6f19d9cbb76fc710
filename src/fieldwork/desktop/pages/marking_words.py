"""The words of the marking pane: facts, dates, answers and sections of a file as a person reads them."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from datetime import date

from fieldwork.desktop.kit import ANSWERS, GlanceMark, GlanceSection, Row
from fieldwork.domain.question_set import (
    CHOICE_KINDS,
    LEADS,
    LIST_KINDS,
    Question,
    QuestionSet,
    Section,
    Wording,
)
from fieldwork.domain.records import Answer, CaseFile
from fieldwork.domain.values import codes
from fieldwork.questions.repeating import parted, place_of
from fieldwork.work import file_dates, repeating
from fieldwork.work.examining import Pane

LEAD_WORDS = {
    "P": "Police examiners",
    "C": "Prosecution examiners",
    "J": "Police and prosecution examiners",
}
_REFERENCE = re.compile(r"\$\{(\w+)\}")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def lead_words(question: Question) -> str:
    return LEAD_WORDS.get(question.lead, LEADS.get(question.lead, ""))


def in_words(question: Question, value: str) -> str:
    """An answer as a person reads it."""
    if question.kind not in CHOICE_KINDS:
        return value
    given = codes(value) if question.kind in LIST_KINDS else (value,)
    found = [question.choice(code) for code in given if code]
    return ", ".join(str(choice.label) for choice in found if choice)


def came_back(question: Question, before: Answer | None, now: Answer | None, word: str) -> str:
    """How an answer stands after undo or redo: "back to partially met"; word: "back to" or "again"."""

    def of(held: Answer | None, name: str) -> str:
        return str(getattr(held, name) or "") if held else ""

    if of(before, "value") != of(now, "value"):
        said = in_words(question, of(now, "value")) or "not answered"
        return f"{word} {said[:1].lower()}{said[1:]}"
    changed = [name for name in ("reason", "comment") if of(before, name) != of(now, name)]
    return f"{word} {' and '.join(f'its former {name}' for name in changed)}" if changed else "as it was"


SAYS_NOTHING = ("none", "na", "NA", "not_applicable")  # as a fact without its question


def facts(pane: Pane, stratum: str) -> list[str]:
    """Stratum and the answered choices of the first section: route, work stream, flags, status, plea."""
    told = [stratum] if stratum else []
    first = pane.questions.sections[0].code if pane.questions.sections else ""
    for question in pane.asked:
        held = pane.answer(question.code)
        if question.section != first or question.kind not in CHOICE_KINDS or not held:
            continue
        if held.value and held.value not in SAYS_NOTHING:
            told.append(in_words(question, held.value))
    return list(dict.fromkeys(told))


Track = tuple[list[tuple[str, str]], list[int | None], list[int | None]]


def dates(file: CaseFile, holidays: Collection[date] = ()) -> Track:
    """Steps, and the days and working days between them, for the date track; years where they differ."""
    known = sorted(file_dates.known_days(file).items(), key=lambda step: step[1])
    many = len({when.year for _, when in known}) > 1
    steps = [
        (
            file_dates.DATES[name],
            f"{when.day} {_MONTHS[when.month - 1]}" + (f" {when.year}" if many or not at else ""),
        )
        for at, (name, when) in enumerate(known)
    ]
    between = file_dates.gaps(file, holidays)
    return steps, [gap.days for gap in between], [gap.working for gap in between]


def mark(pane: Pane, question: Question, dormant: bool = False) -> str:
    """The code by which the glance strip draws a question."""
    if dormant:
        return "dormant"
    held = pane.answer(question.code)
    if held is None or not held.value:
        return ""
    return held.value if question.scored and held.value in ANSWERS else "given"


def _parts(questions: QuestionSet) -> list[Section]:
    """The sections, and one more for the questions of a form that stand in none."""
    loose = any(not q.section and q.answerable for q in questions.questions)
    return [*([Section("", Wording((("", "Questions"),)))] if loose else []), *questions.sections]


def _lead(part: Section) -> str:
    """A section's letter: its code where that is one, else the first of its name."""
    return part.code if 0 < len(part.code) <= 2 else (str(part.label) or part.code)[:1].upper()


def glance(pane: Pane) -> list[GlanceSection]:
    """Every question asked, and every dormant answer, by section."""
    asked, dormant = {q.code for q in pane.asked}, {q.code for q in pane.dormant}
    sections = []
    for part in _parts(pane.questions):
        marks = tuple(
            GlanceMark(q.code, mark(pane, q, q.code in dormant), pane.called(q.code))
            for q in pane.sequence
            if q.section == part.code and (q.code in asked or q.code in dormant)
        )
        if marks:
            sections.append(GlanceSection(_lead(part), str(part.label), marks))
    return sections


def several_words(pane: Pane, question: Question) -> str:
    """What the key that adds one of several adds here, "" where a form has nothing to add."""
    groups = repeating.open_repeats(pane)
    here = [group for group in groups if group.code == question.repeat]
    if not here and len(groups) > 1:
        return "One more"
    return f"One more: {repeating.called(pane, (here or groups)[0])}" if groups else ""


ADD = "+"
"""Before the code of a repeat: the row that adds one to it."""


def section_key(question: Question) -> str:
    """What names the row of the section list a question stands in."""
    return place_of(question.section, parted(question.code)[1])


def section_rows(pane: Pane, here: str) -> list[Row]:
    """The section list: answered of asked, a tick where nothing is open; `here` is a section's key.

    Each of several has a row of its own, and a repeat that has none yet says how one is added.
    """
    rows = []
    asked: dict[str, list[Question]] = {}
    for question in pane.asked:
        asked.setdefault(section_key(question), []).append(question)
    by_section: dict[str, list[tuple[str, list[Question]]]] = {}
    for key, questions in asked.items():
        by_section.setdefault(parted(key)[0], []).append((key, questions))
    more = repeating.open_repeats(pane)
    for part in _parts(pane.questions):
        for key, questions in by_section.get(part.code, ()):
            name = pane.instance_called(questions[0].code) or str(part.label)
            lead = "" if parted(key)[1] and part.code in asked else _lead(part)
            rows.append(_section_row(pane, key, questions, name, lead, key == here))
        for group in more:
            first = next((q for q in pane.questions.questions if q.repeat == group.code), None)
            if not pane.instances[group.code] and first is not None and first.section == part.code:
                name = f"{repeating.called(pane, group)}: none yet"
                rows.append(Row(name, lead=_lead(part), trail=ADD, ident=f"{ADD}{group.code}"))
    return rows


def _section_row(
    pane: Pane, key: str, questions: Sequence[Question], name: str, lead: str, here: bool
) -> Row:
    given = sum(pane.settled(q) for q in questions)
    whole = given == len(questions) and not any(pane.missing_reason(q) for q in questions)
    if whole:
        trail = "\u2713"
    elif given == len(questions):
        trail = "reason"
    else:
        trail = f"{given}/{len(questions)}"
    return Row(name, lead=lead, trail=trail, on=here, done=whole, ident=key)


def section_of(questions: QuestionSet, code: str) -> str:
    """The words of a section."""
    return next((str(part.label) for part in questions.sections if part.code == code), "")


def because(question: Question) -> str:
    """Which questions decide whether this one is asked."""
    named = list(dict.fromkeys(_REFERENCE.findall(question.relevant)))
    named = [code.replace("_", " ") for code in named]
    if not named:
        return "Asked of every file."
    if len(named) == 1:
        return f"Asked because of {named[0]}."
    return f"Asked because of {', '.join(named[:-1])} and {named[-1]}."


def kind_words(question: Question) -> str:
    """What sort of answer is wanted."""
    if question.scored:
        return "five-point scale"
    words = {
        "select_one": "choose one",
        "select_multiple": "choose any",
        "rank": "put in order",
        "integer": "a whole number",
        "decimal": "a number",
        "date": "a date",
        "time": "a time",
        "dateTime": "a date and time",
        "acknowledge": "tick",
    }
    return words.get(question.kind, "in words")


def told(count: int, one: str, many: str) -> str:
    return f"{count} {one if count == 1 else many}"
