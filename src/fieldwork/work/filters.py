"""What evidence is narrowed to, as a value that can be kept as text."""

import json
from collections.abc import Iterable
from dataclasses import dataclass, replace

from fieldwork.domain.faults import Fault
from fieldwork.domain.fields import is_day
from fieldwork.domain.values import Id
from fieldwork.store.searching import KIND_GROUPS

GROUNDS = (
    "method",
    "mode",
    "body",
    "phase",
    "visit",
    "stratum",
)  # what follows from where a piece is at home
OF_TAGS = ("theme", "direction", "strength")
FACETS = ("kind", *OF_TAGS, *GROUNDS, "author", "outcome")
FLAGS = ("untagged", "unpinned")


@dataclass(frozen=True)
class Filters:
    """What evidence is narrowed to: of each facet any of the codes that are chosen, of several facets all.

    chosen: facet and codes, both in order. since, until: first and last day, YYYY-MM-DD. within: as in `search --in`.
    """

    chosen: tuple[tuple[str, tuple[str, ...]], ...] = ()
    within: str = ""
    question: str = ""
    since: str = ""
    until: str = ""
    untagged: bool = False
    unpinned: bool = False

    def of(self, facet: str) -> tuple[str, ...]:
        """The codes chosen of a facet, none where it does not narrow."""
        return dict(self.chosen).get(facet, ())

    def only(self, facet: str, codes: Iterable[str]) -> "Filters":
        """With just these codes of a facet."""
        chosen = {**dict(self.chosen), facet: tuple(sorted(set(codes)))}
        return replace(self, chosen=tuple(sorted((name, some) for name, some in chosen.items() if some)))

    def toggled(self, facet: str, code: str) -> "Filters":
        """With a code of a facet chosen, or no more."""
        return self.only(facet, {*self.of(facet)} ^ {code})

    def cleared(self) -> "Filters":
        """Without anything that narrows but where to search."""
        return Filters(within=self.within)

    def __bool__(self) -> bool:
        return self != self.cleared()

    def to_json(self) -> str:
        """Canonical JSON: the same filters are the same text."""
        plain = {name: value for name, value in vars(self).items() if value}
        plain["chosen"] = {name: list(codes) for name, codes in self.chosen}
        return json.dumps(plain, ensure_ascii=False, sort_keys=True, separators=(",", ":"))

    @classmethod
    def from_json(cls, text: str) -> "Filters":
        """Filters as they were written. Raises Fault for what is none, or of a newer version."""
        try:
            plain = json.loads(text)
            chosen = plain.pop("chosen", {})
            made = cls(**plain)
            for facet, codes in chosen.items():
                made = made.only(facet, codes)
        except (TypeError, ValueError, AttributeError) as error:
            raise Fault("These filters cannot be read; a newer version may have written them.") from error
        checked(made)
        return made


def checked(filters: Filters) -> None:
    """Raises Fault for a facet that is none, an id or a day that is none."""
    words = (filters.within, filters.question, filters.since, filters.until)
    if not all(isinstance(word, str) for word in words) or filters.within not in ("", *KIND_GROUPS):
        raise Fault("These filters cannot be read; a newer version may have written them.")
    for day in (filters.since, filters.until):
        if day and not is_day(day):
            raise Fault(f'"{day}" is not a day; write it as 2025-03-31.')
    for facet, codes in filters.chosen:
        if facet not in FACETS or not all(isinstance(code, str) for code in codes):
            raise Fault(f'Evidence cannot be narrowed by "{facet}"; a newer version may know how.')
        if facet in ("theme", "phase", "visit", "stratum"):
            for code in codes:
                id_of(code)


def id_of(code: str) -> Id:
    try:
        return bytes.fromhex(code)
    except ValueError:
        raise Fault(f'"{code}" is no id of a record.') from None
