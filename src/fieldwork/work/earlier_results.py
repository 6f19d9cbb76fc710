"""Results of earlier inspections as they were published: taken in from a list, and set beside those of now."""

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from fieldwork.analysis.intervals import Difference, Share, difference, may_be_ranked
from fieldwork.domain.faults import Fault
from fieldwork.domain.marking_records import EarlierResult
from fieldwork.domain.question_set import MET_POINTS
from fieldwork.domain.records import Phase, QuestionSetVersion, Stratum
from fieldwork.domain.values import Id, derived_id
from fieldwork.store.reading import canonical, records
from fieldwork.store.recording import Change
from fieldwork.store.workspace import Workspace
from fieldwork.work.done import Done, do
from fieldwork.work.earlier_lists import Figure, read_earlier
from fieldwork.work.examining import question_set
from fieldwork.work.inspections import body_names
from fieldwork.work.result_desk import Row, Table, table

NAMED: Final = 8
"""Questions that are named in one sentence."""


@dataclass(frozen=True)
class Source:
    """Where earlier results come from. figures: how many; unread: of these, those that are no figures."""

    source: str
    address: str
    read_on: str
    figures: int
    provisional: int = 0
    unread: int = 0


@dataclass(frozen=True)
class Beside:
    """One earlier figure beside that of now. now: None where the question or choice is not counted now."""

    group: str
    question: str
    wording: str
    choice: str
    then: Share
    now: Share | None
    apart: Difference | None
    provisional: bool = False

    @property
    def words(self) -> str:
        """How far they are apart, as far as can be said."""
        if self.now is None or self.apart is None:
            return "not counted now"
        interval, points = self.apart.interval, self.apart.points
        if interval is None or points is None:
            if self.apart.without.endswith("counts only") or points is None:
                return self.apart.without
            return f"{points:+.1f} points; {self.apart.without}"
        said = f"{points:+.1f} points (95% {interval.low * 100:+.1f} to {interval.high * 100:+.1f})"
        if not may_be_ranked(self.then, self.now):
            return f"{said}; the intervals overlap, so no difference can be told"
        return f"{said}; {'more' if points > 0 else 'fewer'} than then"


# -- taking them in


def import_earlier(
    workspace: Workspace,
    path: Path,
    *,
    source: str = "",
    address: str = "",
    read_on: str = "",
    drawn: str = "",
    at: int | None = None,
) -> Done:
    """Take in a list of earlier results; one that is here already under its source, group and question is replaced."""
    return take_earlier(
        workspace, read_earlier(path, source=source, address=address, read_on=read_on, drawn=drawn), at=at
    )


def take_earlier(workspace: Workspace, some: Sequence[Figure], *, at: int | None = None) -> Done:
    """As `import_earlier`, of results that were read. A source is one however its letters are cased."""
    spelt = {one.source.casefold(): one.source for one in records(workspace, EarlierResult)}
    named = [(one, spelt.get(one.source.casefold(), one.source)) for one in some]
    changes = [
        Change(
            EarlierResult.kind,
            derived_id(EarlierResult.kind, source, one.group, one.question),
            {
                "source": source,
                "address": one.address,
                "read_on": one.read_on,
                "group": one.group,
                "question": one.question,
                "counts": canonical({"files": one.counts, "random": one.at_random}),
                "n": one.n,
                "provisional": int(one.provisional),
            },
        )
        for one, source in named
    ]
    return do(workspace, "import earlier results", changes, at=at)


def unknown_said(workspace: Workspace, some: Sequence[Figure]) -> str:
    """In a sentence, to which questions no version of the question set here has; "" where all are known."""
    versions = [one.id for one in records(workspace, QuestionSetVersion)]
    known = {question.code for id in versions for question in question_set(workspace, id).answerable}
    strange = list(dict.fromkeys(one.question for one in some if one.question not in known))
    if not strange:
        return ""
    more = f" and {len(strange) - NAMED} more" if len(strange) > NAMED else ""
    named = ", ".join(strange[:NAMED]) + more
    return f"no question set here asks {named}: what is said of it is kept, and stands beside nothing of now"


# -- what is here


def sources(workspace: Workspace) -> list[Source]:
    """The sources whose results are here, by name."""
    held: dict[str, list[EarlierResult]] = {}
    for one in records(workspace, EarlierResult):
        held.setdefault(one.source, []).append(one)
    return [
        Source(
            name,
            next((one.address for one in some if one.address), ""),
            max(one.read_on for one in some),
            len(some),
            sum(bool(one.provisional) for one in some),
            sum(_figure(one) is None for one in some),
        )
        for name, some in sorted(held.items())
    ]


def figures_of(workspace: Workspace, source: str) -> list[Figure]:
    """The results of one source that can be read. Raises Fault where there is no such source."""
    some = records(workspace, EarlierResult, source=source)
    if not some:
        known = "; ".join(one.source for one in sources(workspace)) or "none yet"
        raise Fault(f'There are no earlier results from "{source}"; there are: {known}.')
    found = [figure for one in some if (figure := _figure(one)) is not None]
    return sorted(found, key=lambda one: (one.group, one.question))


def _figure(one: EarlierResult) -> Figure | None:
    """A result as it is kept, None where it is none: whoever wrote it may have written anything."""
    try:
        held = json.loads(one.counts)
        counts, random = dict(held["files"]), held["random"]
    except (ValueError, TypeError, KeyError, RecursionError):
        return None
    whole = isinstance(one.n, int) and all(type(c) is int and 0 <= c <= one.n for c in counts.values())
    if not whole or random not in (True, False, None) or one.n is None:
        return None
    return Figure(
        one.source,
        one.address,
        one.read_on,
        one.group,
        one.question,
        counts,
        one.n,
        random,
        bool(one.provisional),
    )


# -- beside the results of now


def beside(
    workspace: Workspace, some: Sequence[Figure], *, by: str = "", visit: Id | None = None
) -> list[Beside]:
    """Each earlier figure with that of now: the same question, group and choice, in the order of the form.

    by: what the groups of the earlier results are; if not said, the first of body, stratum and phase that knows one.
    """
    groups = {one.group for one in some}
    tables = {"": table(workspace, visit=visit)} if "" in groups else {}
    if groups - {""}:
        tables[by or _by(workspace, groups)] = table(workspace, by=by or _by(workspace, groups), visit=visit)
    order = {row.question: place for told in tables.values() for place, row in enumerate(told.rows)}
    found: list[Beside] = []
    for one in sorted(some, key=lambda one: (order.get(one.question, len(order)), one.question, one.group)):
        told = next((t for by_, t in tables.items() if bool(by_) == bool(one.group)), None)
        found += _lines(one, told)
    return found


def _by(workspace: Workspace, groups: set[str]) -> str:
    """What the groups are, told by their names; body where no register knows them."""
    wanted = {group.casefold() for group in groups}
    known = {
        "body": {name for pair in body_names(workspace).items() for name in pair},
        "stratum": {one.name for one in records(workspace, Stratum)},
        "phase": {one.name for one in records(workspace, Phase)},
    }
    fits = Counter({by: len(wanted & {name.casefold() for name in names}) for by, names in known.items()})
    return fits.most_common(1)[0][0]


def _lines(one: Figure, told: Table | None) -> list[Beside]:
    row = told.row(one.question) if told is not None else None
    group, shares = _now(row, one.group) if row is not None else (one.group, {})
    found = []
    for choice in sorted(
        one.counts, key=lambda code: list(MET_POINTS).index(code) if code in MET_POINTS else 9
    ):
        then, (words, now) = one.then(choice), shares.get(choice.casefold(), (choice, None))
        apart = difference(now, then) if now is not None else None
        wording = row.wording if row is not None else ""
        found.append(Beside(group, one.question, wording, words, then, now, apart, one.provisional))
    return found


def _now(row: Row, group: str) -> tuple[str, dict[str, tuple[str, Share | None]]]:
    """The group in words, and its shares of now by code and by wording."""
    wanted = group.casefold()
    line = next((one for one in row.lines if wanted in (one.group.casefold(), one.words.casefold())), None)
    if line is None:
        return group, {}
    shares = {part.words.casefold(): (part.words, part.share) for part in line.parts}
    shares |= {part.cell.outcome.casefold(): (part.words, part.share) for part in line.parts}
    return line.words if group else "", shares
