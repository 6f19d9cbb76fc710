"""The way of codes from one version of a set to the next, as the new workbook tells it.

A column `was` on the survey or choices sheet names the code (or codes) a question or choice had in the version
before. Several rows that were one question are its parts; one row that was several has joined them. A row that
names its own code says that it means the same under other words.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from fieldwork.domain.question_set import Choice, Group, Question, QuestionSet
from fieldwork.questions.faults import FormFault

COLUMN = "was"

Item = Question | Group


def items_of(question_set: QuestionSet) -> dict[str, Item]:
    """Header fields, groups and questions by code."""
    every: list[Item] = [*question_set.headers, *question_set.groups, *question_set.questions]
    return {item.code: item for item in every}


def said_of(item: Item | Choice) -> tuple[str, ...]:
    """The codes in the column `was`, none where the code is as it was."""
    return tuple(dict(item.extra).get(COLUMN, "").replace(",", " ").split())


@dataclass(frozen=True)
class Carried:
    """Where each code of the new version comes from."""

    origins: Mapping[str, tuple[str, ...]]
    """New code to the old ones; () for what is new."""

    @property
    def renamed(self) -> tuple[tuple[str, str], ...]:
        """Old and new code of what only changed its code."""
        times = self._times()
        return tuple(
            (old[0], new)
            for new, old in self.origins.items()
            if len(old) == 1 and old[0] != new and times[old[0]] == 1
        )

    @property
    def split(self) -> tuple[tuple[str, tuple[str, ...]], ...]:
        """Old code, and the new codes it came apart into."""
        return tuple(
            (code, tuple(new for new, old in self.origins.items() if code in old))
            for code, times in self._times().items()
            if times > 1
        )

    @property
    def joined(self) -> tuple[tuple[tuple[str, ...], str], ...]:
        """Old codes, and the new code they became."""
        return tuple((old, new) for new, old in self.origins.items() if len(old) > 1)

    def counterparts(self) -> Iterator[tuple[str, str]]:
        """Old and new code of everything that is the same thing in both, in the order of the new version."""
        times = self._times()
        for new, old in self.origins.items():
            if len(old) == 1 and times[old[0]] == 1:
                yield old[0], new

    def _times(self) -> Counter[str]:
        return Counter(code for old in self.origins.values() for code in old)


def carried(old: Mapping[str, Item], new: Mapping[str, Item], faults: list[FormFault]) -> Carried:
    """How the codes were carried over; a column `was` that cannot be true is added to the faults."""
    origins: dict[str, tuple[str, ...]] = {}
    for code, item in new.items():
        said = said_of(item)
        known = tuple(each for each in said if each in old)
        for each in said:
            if each not in old:
                faults.append(_fault(item, f'the version before has no "{each}"', "check its spelling"))
            elif each != code and each in new:
                faults.append(
                    _fault(
                        item,
                        f'"{code}" cannot have been "{each}", which is still there',
                        "give that a new code",
                    )
                )
        origins[code] = known if said else (code,) if code in old else ()
    for code, item in new.items():
        if said_of(item) and code in old and code not in origins[code]:
            faults.append(
                FormFault(
                    f'the code "{code}" stood for another question in the version before',
                    "survey",
                    item.row,
                    "name",
                    "a code is never reused: give it a new one",
                )
            )
    return Carried(origins)


def _fault(item: Item, reason: str, remedy: str) -> FormFault:
    return FormFault(reason, "survey", item.row, COLUMN, remedy)
