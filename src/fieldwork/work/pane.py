"""A case file as its examiner sees it: what is asked, what was answered, what is still to do."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

from fieldwork.domain.question_set import Question, QuestionSet, needs_reason
from fieldwork.domain.records import Answer, CaseFile, Examination
from fieldwork.questions.applying import Applied
from fieldwork.questions.repeating import parted
from fieldwork.work.instances import Instances
from fieldwork.work.joint import Share


@dataclass(frozen=True)
class Pane:
    """A file as its examiner sees it.

    answers: by the place of their question (its code, outside repeats), dormant ones included; applied says
    which are asked. Of a file that is marked jointly they hold what was agreed first, too, and nothing where the
    examination is closed to this laptop. sequence: every question in order, in a repeat once for each of its
    instances, under its place.
    """

    file: CaseFile
    examination: Examination
    questions: QuestionSet
    answers: Mapping[str, Answer]
    applied: Applied
    share: Share | None = None
    """What this examiner is asked, where the file is marked jointly."""
    closed: bool = False
    """Whether nobody but its author may read it yet."""
    released: bool = False
    """Whether it was sealed and is open to all: nothing in it changes any more."""
    differing: frozenset[str] = frozenset()
    """Of a pair's examinations read as one: what is still to settle between them."""
    instances: Instances = field(default_factory=dict)
    sequence: tuple[Question, ...] = ()

    @property
    def by_itself(self) -> bool:
        """Whether no second examiner's answers stand beside these."""
        return self.share is None or self.share.alone

    @property
    def asked(self) -> tuple[Question, ...]:
        """The questions that apply now, in order, without notes and calculations."""
        wanted = set(self.applied.asked)
        return tuple(q for q in self.sequence if q.answerable and not q.calculation and q.code in wanted)

    def question(self, place: str) -> Question:
        """The question at a place. Raises KeyError where there is none."""
        if place in self._places:
            return self._places[place]
        return self.questions.question(place)

    def at(self, place: str) -> Question | None:
        """The question a person answers at a place, None where there is none now."""
        found = self._places.get(place)
        return found if found is not None and found.answerable else None

    @cached_property
    def _places(self) -> Mapping[str, Question]:
        return {question.code: question for question in self.sequence}

    def filled(self, question: Question, text: object) -> str:
        """A wording of a question with each ${name} in it replaced by what was answered there."""
        return self.applied.filled(str(text), self.number(question.code) or 0)

    def number(self, place: str) -> int | None:
        """Which of its repeat's instances a place is in, from 1; None outside repeats."""
        return self.number_of(place) or None

    def number_of(self, place: str) -> int:
        """As `number`, of any place or entry; 0 outside repeats."""
        instance = parted(place)[1]
        numbered = (one for some in self.instances.values() for one in enumerate(some, 1)) if instance else ()
        return next((at for at, one in numbered if one.id.hex() == instance), 0)

    def called(self, place: str) -> str:
        """A place as a person reads it: "S01", or "S01, Suspect 2"."""
        code, instance = parted(place)
        return f"{code}, {self.instance_called(place)}" if instance else code

    def instance_called(self, place: str) -> str:
        """The instance a place is in, in words: its name, or its number among the others; "" outside repeats."""
        number = self.number(place)
        if number is None:
            return ""
        repeat = self.question(place).repeat
        given = self.instances[repeat][number - 1].label
        label = self.questions.group(repeat).label
        return given or f"{self.applied.filled(str(label), number) if label else repeat} {number}"

    def answer(self, code: str) -> Answer | None:
        return self.answers.get(code)

    def answered(self, question: Question) -> bool:
        held = self.answers.get(question.code)
        return held is not None and held.value != ""

    def settled(self, question: Question) -> bool:
        """Answered, or shown only."""
        return self.answered(question) or question.code in self.applied.read_only

    def missing_reason(self, question: Question) -> bool:
        held = self.answers.get(question.code)
        return held is not None and needs_reason(question, held.value) and not held.reason.strip()

    @property
    def unanswered(self) -> tuple[Question, ...]:
        """Asked and to be answered: without those that are shown only."""
        fixed = set(self.applied.read_only)
        return tuple(q for q in self.asked if not self.answered(q) and q.code not in fixed)

    @property
    def needed(self) -> tuple[Question, ...]:
        """Of the unanswered ones, those that keep the file from being finished.

        In a set that marks no question as required, every question is.
        """
        if not any(q.required for q in self.questions.questions):
            return self.unanswered
        required = set(self.applied.required)
        return tuple(q for q in self.unanswered if q.code in required)

    @property
    def dormant(self) -> tuple[Question, ...]:
        """Questions with a kept answer that are not asked now."""
        wanted = set(self.applied.asked)
        return tuple(q for q in self.sequence if q.answerable and q.code not in wanted and self.answered(q))

    @property
    def without_reason(self) -> tuple[Question, ...]:
        return tuple(q for q in self.asked if self.missing_reason(q))

    @property
    def complete(self) -> bool:
        return not self.needed and not self.without_reason and not self.applied.faults

    def next_unanswered(self, after: str = "") -> Question | None:
        """The first question still to answer behind `after`, else the first of all."""
        asked = list(self.asked)
        place = next((n + 1 for n, q in enumerate(asked) if q.code == after), 0)
        open_ones = {q.code for q in self.unanswered}
        for question in asked[place:] + asked[:place]:
            if question.code in open_ones:
                return question
        return None
