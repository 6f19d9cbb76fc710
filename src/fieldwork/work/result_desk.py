"""What the results page shows: every question by group in plain values, and the files behind each figure."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path
from typing import Final

from fieldwork.analysis.intervals import BY_HAND, CENSUS, NOTHING, Share, may_be_ranked
from fieldwork.analysis.scores import NOT_ASKED, Score
from fieldwork.domain.faults import Fault
from fieldwork.domain.question_set import LIST_KINDS, MET_POINTS, Question
from fieldwork.domain.records import Phase, Stratum
from fieldwork.domain.values import Id
from fieldwork.store.reading import records
from fieldwork.store.workspace import Workspace
from fieldwork.work import exporting
from fieldwork.work.counting import DIFFER, Answer, agreed_answer, file_answers, of_each
from fieldwork.work.files import file_states
from fieldwork.work.inspections import body_names
from fieldwork.work.report_desk import TakenFault
from fieldwork.work.results import Counted, Results, grouping, results

__all__ = ["DIFFER", "NOT_ASKED", "Cell", "Group", "Line", "Part", "Row", "Section", "Table", "behind", "compared",
           "export", "table"]  # fmt: skip

COUNTED: Final = "(counted)"
"""Stands for every answer that is in n."""
UNANSWERED: Final = "(no answer)"
FEW: Final = 5
"""An n of so many or fewer is said to be small."""
MET_WORDS: Final = {"FM": "fully met", "PM": "partially met", "NM": "not met"}
APART_WORDS: Final = {
    "NA": "not applicable",
    "NK": "not known",
    NOT_ASKED: "not asked",
    UNANSWERED: "no answer",
    DIFFER: "where examiners differ",
}
MOST_PAIRS = 3


@dataclass(frozen=True)
class Cell:
    """Where the files behind a figure are found.

    outcome: a code of the scale or of a choice, COUNTED, NOT_ASKED, UNANSWERED or DIFFER. group: as
    `results` names it, "" for all files; by: what the groups are.
    """

    question: str
    outcome: str
    group: str = ""
    by: str = ""
    visit: Id | None = None


@dataclass(frozen=True)
class Part:
    """One figure: how many files, what it says, and where they are."""

    cell: Cell
    words: str
    count: int
    share: Share | None = None


@dataclass(frozen=True)
class Line:
    """One question in one group. parts are in n (of several choices a file may be in more than one).

    apart: what stands outside n, figures of none left out. share: of fully met; None for choices.
    """

    group: str
    words: str
    n: int
    parts: tuple[Part, ...]
    apart: tuple[Part, ...]
    share: Share | None

    @property
    def small(self) -> bool:
        """Whether n is too small to say much."""
        return 0 < self.n <= FEW


@dataclass(frozen=True)
class Row:
    """One question in every group. compared: in words, whether its groups can be told apart."""

    question: str
    section: str
    wording: str
    scored: bool
    several: bool
    lines: tuple[Line, ...]
    compared: str = ""


@dataclass(frozen=True)
class Group:
    """Files that are counted together: as `results` names them, in words, and how many."""

    name: str
    words: str
    files: int


@dataclass(frozen=True)
class Section:
    """A section with its score in each group."""

    code: str
    label: str
    scores: tuple[Score, ...]


@dataclass(frozen=True)
class Table:
    """All results by something ("" for all files together); finished of files in the sample are examined."""

    by: str
    visit: Id | None
    groups: tuple[Group, ...]
    sections: tuple[Section, ...]
    rows: tuple[Row, ...]
    finished: int
    files: int

    def rows_of(self, section: str = "") -> tuple[Row, ...]:
        """The questions of one section, "" for all."""
        return tuple(row for row in self.rows if not section or row.section == section)

    def row(self, question: str) -> Row | None:
        """The line of a question, None where it was not counted."""
        return next((row for row in self.rows if row.question == question), None)


def table(workspace: Workspace, *, by: str = "", visit: Id | None = None) -> Table:
    """Every question of the finished files by body, stratum, phase, unit or flag; of one visit if given.

    Groups stand in the order of their register, never of merit.
    """
    some = results(workspace, visit=visit, by=by)
    names = _names(workspace, by)
    order = {name: place for place, name in enumerate(names)}
    some = sorted(some, key=lambda r: (r.group.startswith("("), order.get(r.group, len(order)), r.group))
    groups = tuple(Group(r.group if by else "", names.get(r.group) or r.group, r.files) for r in some)
    first = some[0] if some else None
    sections = tuple(
        Section(code, label, tuple(r.scores[code] for r in some))
        for code, label in (first.labels.items() if first else ())
    )
    rows = [_row(number, some, groups, by, visit) for number in range(len(first.questions) if first else 0)]
    states = [state for state in file_states(workspace, visit=visit) if state.in_sample]
    return Table(by, visit, groups, sections, tuple(rows), sum(s.finished for s in states), len(states))


def _names(workspace: Workspace, by: str) -> dict[str, str]:
    """Groups in their order, with what they are called."""
    if by == "body":
        return body_names(workspace)
    if by == "stratum":
        return {one.name: one.name for one in records(workspace, Stratum, order="code")}
    if by == "phase":
        return {one.name: one.name for one in records(workspace, Phase, order="position")}
    return {}


def _row(number: int, some: Sequence[Results], groups: Sequence[Group], by: str, visit: Id | None) -> Row:
    counted = some[0].questions[number]
    question = counted.question
    lines = tuple(
        _line(result.questions[number], group, by, visit) for result, group in zip(some, groups, strict=True)
    )
    return Row(
        question.code,
        question.section,
        counted.wording,
        question.scored,
        question.kind in LIST_KINDS,
        lines,
        compared(lines) if by and question.scored else "",
    )


def _line(counted: Counted, group: Group, by: str, visit: Id | None) -> Line:
    question = counted.question

    def part(outcome: str, words: str, count: int, share: Share | None = None) -> Part:
        return Part(Cell(question.code, outcome, group.name, by, visit), words, count, share)

    held = counted.met or counted.choice
    assert held is not None
    outside = {NOT_ASKED: held.not_asked, UNANSWERED: held.unanswered, DIFFER: counted.differing}
    if counted.met is not None:
        met = counted.met
        outside = {"NA": met.not_applicable, "NK": met.not_known, **outside}
        parts = [part(code, MET_WORDS[code], met.shares[code].count, met.shares[code]) for code in MET_POINTS]
        share: Share | None = met.fully_met_share
    else:
        assert counted.choice is not None
        shares = counted.choice.shares
        parts = [part(code, _choice(question, code), one.count, one) for code, one in shares.items()]
        share = None
    apart = [part(code, APART_WORDS[code], count) for code, count in outside.items() if count]
    apart += [part(code, f"no longer a choice: {code}", count) for code, count in counted.outside.items()]
    return Line(group.name, group.words, held.n, tuple(parts), tuple(apart), share)


def _choice(question: Question, code: str) -> str:
    choice = question.choice(code)
    return str(choice.label if choice else "") or code


def compared(lines: Sequence[Line]) -> str:
    """In words, which groups can be told apart by their intervals; never which is better."""
    held = [line for line in lines if line.share is not None and line.n]
    if len(held) < 2:
        return ""
    reasons = [why for line in held if (why := _without(line.share)) not in ("", CENSUS, NOTHING)]
    if reasons:
        because = reasons[0].removesuffix(": counts only")
        return f"Counts only: {because}, so the groups are not set against each other."
    apart = [
        f"{one.words} and {other.words}"
        for one, other in combinations(held, 2)
        if one.share and other.share and may_be_ranked(one.share, other.share)
    ]
    if not apart:
        return "The intervals overlap: no difference between the groups can be told."
    more = f" and {len(apart) - MOST_PAIRS} more pairs" if len(apart) > MOST_PAIRS else ""
    rest = "" if len(apart) == len(held) * (len(held) - 1) // 2 else " All others overlap."
    return f"The intervals do not overlap for {'; '.join(apart[:MOST_PAIRS])}{more}.{rest}"


def _without(share: Share | None) -> str:
    """Why a share has no interval, "" where it has one."""
    if share is None or share.interval is not None:
        return ""
    return share.without or (BY_HAND if share.n else NOTHING)


def behind(workspace: Workspace, cell: Cell) -> list[Id]:
    """The case files that a figure counts, by reference.

    They are told apart by the very rules `results` counts by, so that a figure and its files cannot part.
    """
    asked, files = file_answers(workspace, cell.visit)
    asking = next((question for question, _ in asked.questions if question.code == cell.question), None)
    scored = asking is not None and asking.scored
    groups = grouping(workspace, cell.by)
    found = []
    for examined in files:
        inside = not cell.by or cell.group in groups(examined)
        answers = of_each(examined, asking) if asking else [agreed_answer(examined, cell.question)]
        if inside and any(cell.outcome in _outcomes(answer, scored) for answer in answers):
            found.append(examined.file)
    return [file.id for file in sorted(found, key=lambda file: (file.reference, file.id))]


def _outcomes(agreed: Answer, scored: bool) -> frozenset[str]:
    """What a file counts as: each code of its answer, and whether that is in n; or why it has none."""
    if agreed in (NOT_ASKED, DIFFER):
        return frozenset((str(agreed),))
    if not agreed:
        return frozenset((UNANSWERED,))
    chosen = frozenset((agreed,) if isinstance(agreed, str) else agreed)
    return chosen | {COUNTED} if not scored or chosen <= MET_POINTS.keys() else chosen


def export(
    workspace: Workspace,
    *,
    to: Path,
    by: str = "",
    visit: Id | None = None,
    section: str = "",
    replace: bool = False,
) -> Path:
    """Write what `fieldwork results --to` writes, of one visit or section where named.

    A file that is there already is only replaced when asked to.
    Raises Fault when the folder is not there, the name is taken, or it does not end in .csv or .xlsx.
    """
    to = Path(to).expanduser()
    if not to.is_absolute() or not to.parent.is_dir():
        raise Fault(f"There is no folder {to.parent}; choose another one.")
    if to.exists() and not replace:
        raise TakenFault(f"{to.name} is there already; write it again to replace it.")
    exporting.write_results(workspace, to, by=by, visit=visit, section=section)
    return to
