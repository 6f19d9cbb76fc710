"""The words of the question set: its versions, sections and questions, and what differs between two."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from fieldwork.desktop.kit import Row
from fieldwork.desktop.pages import words
from fieldwork.desktop.pages.marking_words import kind_words, lead_words
from fieldwork.domain.question_set import Question, QuestionSet
from fieldwork.questions.side_by_side import Pair
from fieldwork.questions.wording import InWords
from fieldwork.work.question_sets import Version

LOOSE = "Questions in no section"


def version_rows(versions: Sequence[Version], shown: object, today: date) -> list[Row]:
    return [
        Row(
            f"Version {one.version}" if one.version else "A version without a name",
            f"{one.title or one.form}, {words.when_words(one.at, today)} by {one.who or 'a colleague'}, "
            f"{words.counted(one.files, 'examination', 'examinations')}",
            trail="in use" if one.in_use else "",
            on=one.id == shown,
            ident=one.id,
        )
        for one in versions
    ]


def question_rows(questions: QuestionSet) -> list[Row]:
    """Every question under the head of its section; what only tells or works out is named as such."""
    sections = {section.code: str(section.label) or section.code for section in questions.sections}
    rows: list[Row] = []
    section: str | None = None
    for question in questions.questions:
        if question.section != section:
            section = question.section
            count = sum(one.answerable for one in questions.questions_in(section))
            rows.append(
                Row(f"{sections.get(section, LOOSE)} ({count})", head=True, ident=("section", section))
            )
        rows.append(_row(question))
    return rows


def _row(question: Question) -> Row:
    kind = {"note": "only tells", "calculate": "worked out"}.get(question.kind) or kind_words(question)
    parts = [kind]
    if question.relevant:
        parts.append("on a condition")
    if question.lead != "J" and question.answerable:
        parts.append(lead_words(question).lower())
    return Row(
        str(question.label) or question.code,
        ", ".join(parts),
        lead=question.code if len(question.code) <= 4 else "",
        ident=question.code,
    )


def detail(questions: QuestionSet, code: str) -> list[tuple[str, str]]:
    """All about a question, as (what, text); the wording comes first, without a name."""
    question = questions.question(code)
    say = InWords(questions)
    told = [
        ("", str(question.label) or question.code),
        ("Code", question.code),
        ("Hint", str(question.hint)),
        ("Guidance", str(question.guidance)),
        ("Answered by", lead_words(question) if question.answerable else ""),
        ("Asked only where", say.say(question.relevant) if question.relevant else ""),
        ("Must be answered", _required(question, say)),
        ("Right only where", say.say(question.constraint, code) if question.constraint else ""),
        ("Worked out as", say.say(question.calculation) if question.calculation else ""),
        ("Answers", "\n".join(f"{one.code}  {one.label}" for one in question.choices)),
    ]
    return [(name, text) for name, text in told if text]


def _required(question: Question, say: InWords) -> str:
    if question.required in ("", "true()"):
        return "always" if question.required else ""
    return f"where {say.say(question.required, question.code)}"


def pair_rows(pairs: Sequence[Pair]) -> list[Row]:
    rows: list[Row] = []
    kind = ""
    for place, pair in enumerate(pairs):
        if pair.kind != kind:
            kind = pair.kind
            count = sum(one.kind == kind for one in pairs)
            rows.append(Row(f"{kind} ({count})", head=True, ident=("kind", kind)))
        said = " ".join((pair.after or pair.before).split())
        rows.append(
            Row(
                pair.title,
                said if len(said) <= 120 else f"{said[:119]}\N{HORIZONTAL ELLIPSIS}",
                icon="circle-alert" if kind == "Refused" else "",
                tone="danger",
                ident=place,
            )
        )
    return rows
