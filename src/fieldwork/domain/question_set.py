"""Question sets: what is asked of a case file, in which words, under which conditions.

A question set comes from an XLSForm workbook and is a value: it never changes. A changed workbook is a new
version. Expressions (conditions, constraints, calculations) stand here as the text the author wrote;
`fieldwork.questions` gives them their meaning.
"""

from dataclasses import dataclass, field

MET_CODES = ("FM", "PM", "NM", "NA", "NK")
"""The five-point met scale: fully, partially, not met, not applicable, not known."""
MET_POINTS = {"FM": 2, "PM": 1, "NM": 0}
"""Points of the answers that are scored. "NA" and "NK" stand outside the denominator."""
CODES_NEEDING_A_REASON = frozenset({"PM", "NM"})

UNNAMED_LANGUAGE = "default"
"""The language of a label column that names none (`label`, not `label::English (en)`)."""

LEADS = {"P": "police examiner", "C": "prosecution examiner", "J": "both examiners"}

KINDS_WITHOUT_ANSWER = frozenset({"note", "calculate"})
CHOICE_KINDS = frozenset({"select_one", "select_multiple", "rank"})
LIST_KINDS = frozenset({"select_multiple", "rank"})


@dataclass(frozen=True)
class Wording:
    """A text in one or several languages: pairs of language name and text, in the workbook's order."""

    by_language: tuple[tuple[str, str], ...] = ()

    def of(self, language: str = "") -> str:
        """The text in `language`; failing that the one of no named language, failing that the first."""
        texts = dict(self.by_language)
        if language in texts:
            return texts[language]
        if UNNAMED_LANGUAGE in texts:
            return texts[UNNAMED_LANGUAGE]
        return self.by_language[0][1] if self.by_language else ""

    def __str__(self) -> str:
        return self.of()

    def __bool__(self) -> bool:
        return bool(self.by_language)


@dataclass(frozen=True)
class Choice:
    """One answer that can be chosen. `score` is None where it counts for nothing (not applicable)."""

    code: str
    label: Wording = Wording()
    score: float | None = None
    extra: tuple[tuple[str, str], ...] = ()
    """Further columns of the choices sheet, which a choice filter may read: pairs of heading and text."""
    row: int = field(default=0, compare=False)


@dataclass(frozen=True)
class Question:
    """One row of the survey sheet that asks, tells or calculates something.

    `required` and `read_only` are expressions: "" for no, "true()" for always.
    """

    code: str
    kind: str
    """text, integer, decimal, date, time, dateTime, select_one, select_multiple, rank, acknowledge, note
    or calculate."""
    label: Wording = Wording()
    hint: Wording = Wording()
    guidance: Wording = Wording()
    required: str = ""
    required_message: Wording = Wording()
    relevant: str = ""
    constraint: str = ""
    constraint_message: Wording = Wording()
    calculation: str = ""
    choice_filter: str = ""
    default: str = ""
    default_is_expression: bool = False
    appearance: str = ""
    read_only: str = ""
    section: str = ""
    """Code of the section it counts in, "" for none."""
    groups: tuple[str, ...] = ()
    """Codes of the groups and repeats around it, outermost first."""
    repeat: str = ""
    """Code of the repeat it is in, "" for none."""
    lead: str = "J"
    scale: str = ""
    """"met" for the five-point met scale, else ""."""
    trigger: tuple[str, ...] = ()
    """Answers that call for moderation or raise an immediate concern."""
    list_name: str = ""
    choices: tuple[Choice, ...] = ()
    extra: tuple[tuple[str, str], ...] = ()
    """Further columns of the survey sheet: pairs of heading and text."""
    row: int = field(default=0, compare=False)
    """Row in the survey sheet, 1-based; for messages only, no part of the question's identity."""

    @property
    def scored(self) -> bool:
        """Whether its answers carry points (the met scale)."""
        return self.scale == "met"

    @property
    def answerable(self) -> bool:
        """Whether a person answers it: a note tells and a calculation computes."""
        return self.kind not in KINDS_WITHOUT_ANSWER

    def choice(self, code: str) -> Choice | None:
        """The choice with this code, or None."""
        return next((choice for choice in self.choices if choice.code == code), None)


@dataclass(frozen=True)
class Group:
    """A group of questions (`repeats` false) or a repeat: a group answered once per suspect, say."""

    code: str
    label: Wording = Wording()
    hint: Wording = Wording()
    guidance: Wording = Wording()
    relevant: str = ""
    appearance: str = ""
    repeats: bool = False
    repeat_count: str = ""
    """Expression for how many times it repeats, "" where the person decides."""
    parents: tuple[str, ...] = ()
    """Codes of the groups around it, outermost first."""
    extra: tuple[tuple[str, str], ...] = ()
    row: int = field(default=0, compare=False)


@dataclass(frozen=True)
class Section:
    """A part of the set whose points are summed: a top-level group, or a name in column `section`."""

    code: str
    label: Wording = Wording()


@dataclass(frozen=True)
class QuestionSet:
    """A whole set, in one version."""

    form_id: str
    version: str
    title: str
    languages: tuple[str, ...]
    default_language: str
    sections: tuple[Section, ...]
    groups: tuple[Group, ...]
    questions: tuple[Question, ...]
    """In the order they are asked; notes and calculations included, header fields not."""
    headers: tuple[Question, ...] = ()
    """Facts of the file that conditions read, no questions of the examination (column `header`)."""
    settings: tuple[tuple[str, str], ...] = ()
    """Further columns of the settings sheet: pairs of heading and text."""
    warnings: tuple[str, ...] = field(default=(), compare=False)
    """What the reader noticed and put up with."""

    def question(self, code: str) -> Question:
        """The question or header field with this code. Raises KeyError if there is none."""
        for question in (*self.questions, *self.headers):
            if question.code == code:
                return question
        raise KeyError(code)

    def group(self, code: str) -> Group:
        """The group or repeat with this code. Raises KeyError if there is none."""
        for group in self.groups:
            if group.code == code:
                return group
        raise KeyError(code)

    def questions_in(self, section: str) -> tuple[Question, ...]:
        """The questions that count in the section with this code, in order."""
        return tuple(question for question in self.questions if question.section == section)

    @property
    def answerable(self) -> tuple[Question, ...]:
        """The questions a person answers, in order: no notes, no calculations, no header fields."""
        return tuple(question for question in self.questions if question.answerable)

    @property
    def scored(self) -> tuple[Question, ...]:
        """The questions on the met scale, in order."""
        return tuple(question for question in self.questions if question.scored)


def needs_reason(question: Question, value: object) -> bool:
    """Whether this answer must be explained: partially met and not met call for a reason."""
    return question.scored and value in CODES_NEEDING_A_REASON
