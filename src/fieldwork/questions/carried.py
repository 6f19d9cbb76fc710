"""The way of codes from one version of a set to the next, as the new workbook tells it.

A column `was` on the survey or choices sheet names the code (or codes) a question or choice had in the version
before. Several rows that were one question are its parts; one row that was several has joined them. A row that
names its own code says that it means the same under other words. What stood there in the version before already is
no news.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
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


def said_anew(item: Item | Choice, before: Item | Choice | None) -> tuple[str, ...]:
    """As `said_of`, without what the same row said in the version before: it was carried over then."""
    said = said_of(item)
    return () if before is not None and said == said_of(before) and item.code not in said else said


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
        said = said_anew(item, old.get(code))
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
        if said_anew(item, old.get(code)) and code in old and code not in origins[code]:
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


@dataclass(frozen=True)
class NamesNow:
    """What codes of earlier versions are called in a later one. Since none is ever reused, each has one meaning."""

    questions: Mapping[str, str]
    choices: Mapping[tuple[str, str], str]

    def question(self, code: str) -> str:
        """The code a question has now, its own where it is not asked any more or came apart."""
        return self.questions.get(code, code)

    def choice(self, question: str, code: str) -> str:
        """The code a choice has now, of a question by its code of now."""
        return self.choices.get((question, code), code)


def names_now(earlier: Iterable[QuestionSet], now: QuestionSet) -> NamesNow:
    """How to read answers given under earlier versions in the words of `now`, over any number of renamings."""
    versions = [*earlier, now]
    ways: dict[str, list[str]] = {}
    for one in versions:
        _collect(ways, [*items_of(one).values()])
    standing = items_of(now)
    codes = {code for one in versions for code in items_of(one)}
    questions = {code: found for code in codes if (found := _followed(code, standing, ways)) != code}
    choices: dict[tuple[str, str], str] = {}
    for code, item in standing.items():
        if isinstance(item, Question) and item.choices:
            was = {code} | {each for each, other in questions.items() if other == code}
            lists = [q.choices for one in versions for q in (*one.headers, *one.questions) if q.code in was]
            choices |= {(code, old): new for old, new in _choices_now(lists, item).items()}
    return NamesNow(questions, choices)


def _choices_now(lists: Sequence[tuple[Choice, ...]], now: Question) -> dict[str, str]:
    ways: dict[str, list[str]] = {}
    for choices in lists:
        _collect(ways, choices)
    standing = {choice.code for choice in now.choices}
    codes = {choice.code for choices in lists for choice in choices}
    return {code: found for code in codes if (found := _followed(code, standing, ways)) != code}


def _collect(ways: dict[str, list[str]], items: Sequence[Item | Choice]) -> None:
    """Old code to new, of what one version says was renamed; what came apart or was joined has no way."""
    times = Counter(was for item in items for was in said_of(item))
    for item in items:
        said = said_of(item)
        if len(said) == 1 and times[said[0]] == 1 and said[0] != item.code:
            ways.setdefault(said[0], []).append(item.code)


def _followed(code: str, standing: Collection[str], ways: Mapping[str, Sequence[str]]) -> str:
    waiting, seen = [code], {code}
    while waiting:
        at = waiting.pop(0)
        if at in standing:
            return at
        further = [each for each in ways.get(at, ()) if each not in seen]
        seen.update(further)
        waiting += further
    return code
