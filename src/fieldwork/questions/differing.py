"""Two versions of a question set side by side: what came, what went, what reads or works differently."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from fieldwork.domain.question_set import Choice, Question, QuestionSet, Wording
from fieldwork.questions.carried import Carried, Item, carried, items_of, said_anew
from fieldwork.questions.compiling import TEXT_REFERENCE
from fieldwork.questions.faults import FormFault

_TEXTS = {
    "label": "label",
    "hint": "hint",
    "guidance": "guidance_hint",
    "required_message": "required_message",
    "constraint_message": "constraint_message",
}
_RULES = {
    "required": "required",
    "relevant": "relevant",
    "constraint": "constraint",
    "calculation": "calculation",
    "choice_filter": "choice_filter",
    "repeat_count": "repeat_count",
    "default": "default",
    "appearance": "appearance",
    "read_only": "read_only",
    "lead": "lead",
    "section": "section",
    "trigger": "trigger",
}
_SAME_WORDS = 0.9
"""Likeness (0 to 1) from which a changed label passes for a corrected one."""
_LIKELY = 0.8


@dataclass(frozen=True)
class Difference:
    """One cell that differs. `code` is the new one; for a choice, `choice` is its new code."""

    code: str
    column: str
    before: str
    after: str
    row: int = 0
    choice: str = ""


@dataclass(frozen=True)
class Differing:
    """All that is different between two versions. Codes are in the order of the version they stand in."""

    added: tuple[str, ...]
    removed: tuple[str, ...]
    carried: Carried
    likely_renamed: tuple[tuple[str, str], ...]
    """Of what was added and removed, pairs that read nearly the same: a suggestion, nothing more."""
    moved: tuple[str, ...]
    reworded: tuple[Difference, ...]
    rules: tuple[Difference, ...]
    choices_added: tuple[Difference, ...]
    choices_removed: tuple[Difference, ...]
    choices_renamed: tuple[Difference, ...]
    choices_reworded: tuple[Difference, ...]
    faults: tuple[FormFault, ...]
    """Why the new version cannot follow the old: codes used again for something else, maps that are wrong."""

    @property
    def same(self) -> bool:
        """Whether nothing differs."""
        lists = (self.added, self.removed, self.moved, self.reworded, self.rules, self.faults)
        choices = (self.choices_added, self.choices_removed, self.choices_renamed, self.choices_reworded)
        ways = (self.carried.renamed, self.carried.split, self.carried.joined)
        return not any((*lists, *choices, *ways))


def differing(old: QuestionSet, new: QuestionSet) -> Differing:
    """What differs from `old` to `new`, which follows it."""
    faults: list[FormFault] = []
    before, after = items_of(old), items_of(new)
    way = carried(before, after, faults)
    pairs = [(before[was], after[code]) for was, code in way.counterparts()]
    kept = {code for codes in way.origins.values() for code in codes}
    added = tuple(code for code, codes in way.origins.items() if not codes)
    removed = tuple(code for code in before if code not in kept)
    choices = _ChoicesApart(faults)
    for one, other in pairs:
        if isinstance(one, Question) and isinstance(other, Question):
            choices.compare(one, other)
    return Differing(
        added=added,
        removed=removed,
        carried=way,
        likely_renamed=tuple(_likely(before, after, removed, added)),
        moved=_moved([one.code for one in before.values()], pairs),
        reworded=tuple(each for pair in pairs for each in _texts(*pair)),
        rules=tuple(each for pair in pairs for each in _rules(*pair, dict(way.counterparts()))),
        choices_added=tuple(choices.added),
        choices_removed=tuple(choices.removed),
        choices_renamed=tuple(choices.renamed),
        choices_reworded=tuple(choices.reworded),
        faults=_one_a_place(faults),
    )


def reused(earlier: Iterable[QuestionSet], new: QuestionSet) -> tuple[FormFault, ...]:
    """Codes of the new version that stood for something else in any of the earlier ones."""
    return _one_a_place(
        fault for old in earlier for fault in differing(old, new).faults if fault.column == "name"
    )


def _one_a_place(faults: Iterable[FormFault]) -> tuple[FormFault, ...]:
    # One choice list serves many questions: one fault in it is enough.
    return tuple({fault.place: fault for fault in reversed(list(faults))}.values())[::-1]


def same_meaning(before: Wording, after: Wording) -> bool:
    """Whether a label is the same but for case, punctuation or a corrected letter.

    Compared in the first language both have.
    """
    languages = [language for language, _text in before.by_language if language in dict(after.by_language)]
    one, other = (_plain(each.of(languages[0] if languages else "")) for each in (before, after))
    if one == other:
        return True
    # A word or a figure more or less is another meaning: "met" and "not met", "stage 1" and "stage 2".
    if len(one.split()) != len(other.split()) or re.findall(r"\d+", one) != re.findall(r"\d+", other):
        return False
    return _likeness(one, other) >= _SAME_WORDS


def _plain(text: str) -> str:
    return " ".join(re.sub(r"[^\w\s]", " ", text.casefold()).split())


def _likeness(one: str, other: str) -> float:
    return SequenceMatcher(None, one, other, autojunk=False).ratio()


def _kind(item: Item) -> str:
    if isinstance(item, Question):
        return f"{item.kind} {item.list_name}".strip()
    return "repeat" if item.repeats else "group"


def _texts(one: Item, other: Item) -> Iterator[Difference]:
    for name, column in _TEXTS.items():
        yield from _worded(
            other.code, column, getattr(one, name, Wording()), getattr(other, name, Wording()), other.row
        )


def _worded(
    code: str, column: str, before: Wording, after: Wording, row: int, choice: str = ""
) -> Iterator[Difference]:
    said, says = dict(before.by_language), dict(after.by_language)
    for language in dict.fromkeys((*said, *says)):
        if said.get(language, "") != says.get(language, ""):
            heading = column if language == "default" else f"{column}::{language}"
            yield Difference(code, heading, said.get(language, ""), says.get(language, ""), row, choice)


def _rules(one: Item, other: Item, names: Mapping[str, str]) -> Iterator[Difference]:
    """Rules that work differently; that a code they read was renamed is none."""
    cells = {"type": (_kind(one), _kind(other)), "group": (_around(one, names), _around(other, {}))}
    for name, column in _RULES.items():
        cells[column] = (_cell(one, name, names), _cell(other, name, {}))
    further = (dict(one.extra), dict(other.extra))
    for heading in dict.fromkeys((*further[0], *further[1])):
        if heading != "was":
            cells[heading] = (further[0].get(heading, ""), further[1].get(heading, ""))
    for column, (before, after) in cells.items():
        if before != after:
            yield Difference(other.code, column, before, after, other.row)


def _around(item: Item, names: Mapping[str, str]) -> str:
    groups = item.groups if isinstance(item, Question) else item.parents
    return " ".join(names.get(code, code) for code in groups)


def _cell(item: Item, name: str, names: Mapping[str, str]) -> str:
    value = getattr(item, name, "")
    if isinstance(value, tuple):
        return " ".join(value)
    if name == "section":
        return names.get(value, value)
    return TEXT_REFERENCE.sub(lambda found: f"${{{names.get(found[1], found[1])}}}", value)


def _moved(before: Sequence[str], pairs: Sequence[tuple[Item, Item]]) -> tuple[str, ...]:
    """New codes of what stands at another place among what both versions have."""
    names = {one.code: other.code for one, other in pairs}
    stood = [names[code] for code in before if code in names]
    stands = [other.code for _one, other in pairs]
    blocks = SequenceMatcher(None, stood, stands, autojunk=False).get_matching_blocks()
    still = {code for block in blocks for code in stands[block.b : block.b + block.size]}
    return tuple(code for code in stands if code not in still)


def _likely(
    before: Mapping[str, Item], after: Mapping[str, Item], removed: Iterable[str], added: Iterable[str]
) -> Iterator[tuple[str, str]]:
    free = list(added)
    for code in removed:
        label = _plain(str(before[code].label))
        alike = [
            (_likeness(label, _plain(str(after[each].label))), each)
            for each in free
            if _kind(after[each]).split()[0] == _kind(before[code]).split()[0]
        ]
        share, best = max(alike, default=(0.0, ""))
        if label and share >= _LIKELY:
            free.remove(best)
            yield code, best


class _ChoicesApart:
    """Collects what differs between the choices of questions that are in both versions."""

    def __init__(self, faults: list[FormFault]) -> None:
        self.faults = faults
        self.added: list[Difference] = []
        self.removed: list[Difference] = []
        self.renamed: list[Difference] = []
        self.reworded: list[Difference] = []

    def compare(self, one: Question, other: Question) -> None:
        before = {choice.code: choice for choice in one.choices}
        kept: set[str] = set()
        for choice in other.choices:
            origin = self._origin(before, other, choice)
            if origin is None:
                self.added.append(
                    Difference(other.code, "name", "", str(choice.label), choice.row, choice.code)
                )
                continue
            kept.add(origin.code)
            if origin.code != choice.code:
                self.renamed.append(
                    Difference(other.code, "name", origin.code, choice.code, choice.row, choice.code)
                )
            self.reworded += _worded(other.code, "label", origin.label, choice.label, choice.row, choice.code)
            self._score(other.code, origin, choice)
        self.removed += [
            Difference(other.code, "name", str(choice.label), "", 0, code)
            for code, choice in before.items()
            if code not in kept
        ]

    def _score(self, code: str, origin: Choice, choice: Choice) -> None:
        if origin.score != choice.score:
            texts = ["" if each is None else f"{each:g}" for each in (origin.score, choice.score)]
            self.reworded.append(Difference(code, "score", texts[0], texts[1], choice.row, choice.code))

    def _origin(self, before: Mapping[str, Choice], question: Question, choice: Choice) -> Choice | None:
        """The choice this one was, None for a new one; a code used again for another is a fault."""
        standing = before.get(choice.code)
        said = said_anew(choice, standing)
        if standing and choice.code not in said and (said or not same_meaning(standing.label, choice.label)):
            self._fault(
                choice,
                "name",
                f'the choice "{choice.code}" of "{question.code}" was "{standing.label}" and would now be '
                f'"{choice.label}"',
                "a choice code is never reused: give it a new code, or write its own code in the column "
                '"was" if it means the same',
            )
            return standing
        if len(said) > 1:
            self._fault(choice, "was", "a choice can have been one choice only", "name the nearest one")
        if said and said[0] not in before:
            self._fault(
                choice, "was", f'"{question.code}" had no choice "{said[0]}" before', "check its spelling"
            )
            return None
        if said and said[0] != choice.code and question.choice(said[0]):
            self._fault(
                choice,
                "was",
                f'"{choice.code}" cannot have been "{said[0]}", which is still there',
                "give that a new code",
            )
        return before[said[0]] if said else standing

    def _fault(self, choice: Choice, column: str, reason: str, remedy: str) -> None:
        self.faults.append(FormFault(reason, "choices", choice.row, column, remedy))
