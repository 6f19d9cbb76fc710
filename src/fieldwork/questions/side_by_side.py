"""Two versions of a set side by side, one pair of texts for each thing that differs, in words for people."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from fieldwork.domain.question_set import Question, QuestionSet
from fieldwork.questions.carried import Item, items_of
from fieldwork.questions.differing import Difference, Differing
from fieldwork.questions.faults import FormFault
from fieldwork.questions.wording import InWords

COLUMNS = {
    "label": "wording",
    "guidance_hint": "guidance",
    "required": "where it must be answered",
    "required_message": "what is said where it is not answered",
    "relevant": "where it is asked",
    "constraint": "what is right",
    "constraint_message": "what is said of a wrong answer",
    "calculation": "how it is worked out",
    "choice_filter": "which answers are offered",
    "repeat_count": "how often it repeats",
    "default": "what it starts with",
    "read_only": "where it cannot be changed",
    "lead": "who answers it",
    "trigger": "answers that call for moderation",
    "type": "sort of answer",
    "group": "groups around it",
    "name": "code",
}
_EXPRESSIONS = frozenset(
    {"required", "relevant", "constraint", "calculation", "choice_filter", "repeat_count", "read_only"}
)
_CODES_NAMED = 5


@dataclass(frozen=True)
class Pair:
    """One thing that differs. kind: the heading it stands under; before, after: "" for nothing."""

    kind: str
    title: str
    before: str
    after: str


def pairs(
    old: QuestionSet, new: QuestionSet, found: Differing, refusals: Sequence[FormFault] = ()
) -> list[Pair]:
    """All that differs, in the order a lead reads it: what cannot be first, then what went and came."""
    before, after = items_of(old), items_of(new)
    sayers = InWords(old), InWords(new)
    several = len({*old.languages, *new.languages}) > 1
    return [
        *(Pair("Refused", fault.place, "", fault.what) for fault in refusals),
        *(Pair("Removed", code, _asked(before[code]), "") for code in found.removed),
        *(Pair("Added", code, "", _asked(after[code])) for code in found.added),
        *_carried(found, before, after),
        *_cells("Reworded", found.reworded, sayers, several),
        *_cells("Works differently", found.rules, sayers, several),
        *_choices("Choices removed", found.choices_removed),
        *_choices("Choices added", found.choices_added),
        *_choices("Choices renamed", found.choices_renamed),
        *_choices("Choices reworded", found.choices_reworded),
        *(Pair("Moved", code, _asked(after[code]), "It stands at another place.") for code in found.moved),
    ]


def _asked(item: Item) -> str:
    """A question with its answers, a group by its name."""
    label = str(item.label) or item.code
    if isinstance(item, Question) and item.choices:
        return f"{label}\n{', '.join(str(choice.label) or choice.code for choice in item.choices)}"
    return label


def _carried(found: Differing, before: dict[str, Item], after: dict[str, Item]) -> Iterator[Pair]:
    def said(items: dict[str, Item], codes: Iterable[str]) -> str:
        return "\n".join(f"{code}: {items[code].label or code}" for code in codes)

    for was, code in found.carried.renamed:
        yield Pair("Renamed", f"{was} is now {code}", said(before, [was]), said(after, [code]))
    for was, codes in found.carried.split:
        yield Pair("Split", f"{was} came apart", said(before, [was]), said(after, codes))
    for each, code in found.carried.joined:
        yield Pair("Joined", f"{' and '.join(each)} became {code}", said(before, each), said(after, [code]))
    for was, code in found.likely_renamed:
        yield Pair(
            "Perhaps renamed",
            f"{was} may be {code}: if so, write {was} in its column was",
            said(before, [was]),
            said(after, [code]),
        )


def _cells(
    kind: str, cells: Iterable[Difference], sayers: tuple[InWords, InWords], several: bool
) -> Iterator[Pair]:
    """several: languages, so that each text names its own."""
    for each in cells:
        column, _, language = each.column.partition("::")
        named = COLUMNS.get(column, column.replace("_", " ")) + (
            f", {language}" if language and several else ""
        )
        texts = [each.before, each.after]
        if column in _EXPRESSIONS:
            texts = [
                sayer.say(text, each.code) if text else "" for sayer, text in zip(sayers, texts, strict=True)
            ]
        yield Pair(kind, f"{each.code}, {named}", *texts)


def _choices(kind: str, cells: Iterable[Difference]) -> Iterator[Pair]:
    """What is the same for several questions, since they share a list, once."""
    same: dict[tuple[str, str, str, str], list[str]] = {}
    for each in cells:
        same.setdefault((each.column, each.before, each.after, each.choice), []).append(each.code)
    for (column, before, after, choice), codes in same.items():
        more = f" and {len(codes) - _CODES_NAMED} more" if len(codes) > _CODES_NAMED else ""
        what = (
            f", {COLUMNS.get(column, column)}" if column.partition("::")[0] not in ("name", "label") else ""
        )
        yield Pair(kind, f"{', '.join(codes[:_CODES_NAMED])}{more}, choice {choice}{what}", before, after)
