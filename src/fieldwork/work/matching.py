"""Which of one examiner's entries of a repeat (suspects, submissions) is which of another's: told by their order."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import zip_longest

from fieldwork.domain.marking_records import RepeatInstance
from fieldwork.domain.question_set import Question, QuestionSet
from fieldwork.domain.values import Id
from fieldwork.questions.leading import POLICE
from fieldwork.questions.repeating import parted, place_of, sequence
from fieldwork.work.instances import Instances
from fieldwork.work.pane import Pane


@dataclass(frozen=True)
class Matched:
    """The entries of several examinations of one file side by side, the first of each beside the first.

    instances: by repeat, each named by the first examination that has it, with all the labels it was given.
    own: for each examination in the order given, the id of its entry (hex) by the id it is named by here.
    sequence: every question once for each of them.
    """

    instances: Instances
    own: tuple[Mapping[str, str], ...]
    sequence: tuple[Question, ...]
    named: Mapping[str, str]

    def common(self, place: str) -> str:
        """What the place of any of the examinations is named here."""
        code, instance = parted(place)
        return place_of(code, self.named.get(instance, instance))

    def place_in(self, number: int, place: str) -> str | None:
        """The place in one of the examinations, by its number from 0; None where that has no such entry."""
        code, instance = parted(place)
        if not instance:
            return place
        own = self.own[number].get(instance)
        return place_of(code, own) if own is not None else None

    def number(self, repeat: str, id: str) -> int:
        """Which of its repeat's an entry is, from 1."""
        return next(n for n, one in enumerate(self.instances[repeat], 1) if one.id.hex() == id)

    def called(self, pane: Pane, place: str) -> str:
        """The entry a place is in, as a person reads it; "" outside repeats."""
        both = replace(pane, instances=self.instances, sequence=self.sequence)
        return both.instance_called(place)


def matched(panes: Sequence[Pane]) -> Matched:
    """The entries of these examinations of one file; of a pair the police examiner's name those that both have."""
    order = sorted(range(len(panes)), key=lambda n: _rank(panes[n]))
    instances: dict[str, tuple[RepeatInstance, ...]] = {}
    own: list[dict[str, str]] = [{} for _ in panes]
    named: dict[str, str] = {}
    for repeat in dict.fromkeys(code for n in order for code in panes[n].instances):
        standing = []
        for beside in zip_longest(*(panes[n].instances.get(repeat, ()) for n in order)):
            first = next(one for one in beside if one is not None)
            labels = dict.fromkeys(one.label for one in beside if one is not None and one.label)
            standing.append(replace(first, label=" / ".join(labels)))
            for n, one in zip(order, beside, strict=True):
                if one is not None:
                    own[n][first.id.hex()] = one.id.hex()
                    named[one.id.hex()] = first.id.hex()
        instances[repeat] = tuple(standing)
    ids = {repeat: [one.id.hex() for one in some] for repeat, some in instances.items()}
    return Matched(instances, tuple(own), sequence(panes[0].questions, ids), named)


def with_entries(together: Matched, questions: QuestionSet, more: Iterable[RepeatInstance]) -> Matched:
    """With entries that none of the examinations has, each behind the others of its repeat."""
    instances = dict(together.instances)
    for one in sorted(more, key=lambda one: one.id):
        if one.id.hex() not in together.named and one.repeat in instances:
            instances[one.repeat] = (*instances[one.repeat], one)
    ids = {repeat: [one.id.hex() for one in some] for repeat, some in instances.items()}
    return replace(together, instances=instances, sequence=sequence(questions, ids))


def _rank(pane: Pane) -> tuple[bool, bytes]:
    return pane.share is not None and pane.share.side != POLICE, pane.examination.id


def by_file(panes: Iterable[Pane]) -> dict[Id, list[Pane]]:
    """Panes by their case file."""
    found: dict[Id, list[Pane]] = {}
    for pane in panes:
        found.setdefault(pane.file.id, []).append(pane)
    return found
