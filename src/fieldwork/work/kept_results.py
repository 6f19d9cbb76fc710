"""What there is to set results against, tables saved here and results of earlier inspections, told in one way."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from fieldwork.analysis.intervals import Difference, Share
from fieldwork.analysis.moving import Counted
from fieldwork.domain.faults import Fault
from fieldwork.store.workspace import Workspace
from fieldwork.work import earlier_results, saved_results
from fieldwork.work.earlier_lists import Figure, read_earlier
from fieldwork.work.earlier_results import Beside, Source
from fieldwork.work.inspections import body_names
from fieldwork.work.result_desk import MET_WORDS
from fieldwork.work.result_tables import figures_digest
from fieldwork.work.results import results
from fieldwork.work.saved_results import Saved, Since

LISTS = (".csv", ".xlsx", ".xlsm")


@dataclass(frozen=True)
class Kept:
    """Tables that were saved, the newest first, and the sources of earlier results."""

    saved: tuple[Saved, ...]
    earlier: tuple[Source, ...]


@dataclass(frozen=True)
class Line:
    """One figure then and now, None where it was not counted; words: how they differ, as far as can be said."""

    group: str
    question: str
    wording: str
    answer: str
    before: Counted | Share | None
    now: Counted | Share | None
    words: str
    apart: Difference | None = None
    provisional: bool = False


@dataclass(frozen=True)
class Against:
    """The present results set against others. held: what they were set against; of a table only what moved.

    cells: how many figures were compared; digest: of the present ones, grouped and limited in the same way.
    """

    held: Saved | Source
    lines: tuple[Line, ...]
    cells: int
    digest: str

    @property
    def said(self) -> str:
        """What was compared, in a sentence."""
        if isinstance(self.held, Source):
            day = f", read on {self.held.read_on}" if self.held.read_on else ""
            some = f"{self.cells} figures" if self.cells != 1 else "1 figure"
            return f"{some} of {self.held.source}{day}, beside those of now."
        moved = (
            "nothing has moved" if not self.lines else f"{len(self.lines)} of {self.cells} figures have moved"
        )
        return f"Since {self.held.title}, saved on {self.held.day}{self.held.by_whom}, {moved}."


def kept(workspace: Workspace) -> Kept:
    """Everything results can be set against."""
    return Kept(tuple(saved_results.saved_tables(workspace)), tuple(earlier_results.sources(workspace)))


def against(workspace: Workspace, name: str, *, by: str = "") -> Against:
    """The results of now against saved ones (by title or id), those of a source, or those in a CSV or XLSX.

    by: what the groups of earlier results are. Raises Fault where nothing is called so.
    """
    held = kept(workspace)
    if any(name in (one.title, one.id.hex()) for one in held.saved):
        return against_saved(workspace, name)
    if any(one.source == name for one in held.earlier):
        return against_earlier(workspace, name, by=by)
    path = Path(name)
    if path.suffix.lower() in LISTS and path.is_file():
        some = read_earlier(path, source=path.name)
        day = max(one.read_on for one in some)
        return _beside(workspace, Source(path.name, "", day, len(some)), some, by)
    known = [one.title for one in held.saved] + [one.source for one in held.earlier]
    raise Fault(
        f'"{name}" is no saved table, no source of earlier results and no list of them; '
        f"there are: {'; '.join(known) or 'none yet'}."
    )


def against_saved(workspace: Workspace, name: str) -> Against:
    """What has moved since a table was saved. name: its title or id."""
    since: Since = saved_results.moved_since(workspace, saved_results.find_saved(workspace, name))
    bodies = body_names(workspace) if since.saved.by == "body" else {}
    lines = []
    for move in since.moves:
        group, question, answer = move.key
        group = bodies.get(group, group) if since.saved.by else ""
        wording, told = since.wordings.get(question, ""), MET_WORDS.get(answer, answer)
        lines.append(Line(group, question, wording, told, move.before, move.now, str(move)))
    return Against(since.saved, tuple(lines), since.cells, since.digest)


def against_earlier(workspace: Workspace, source: str, *, by: str = "") -> Against:
    """The earlier results of a source beside those of now."""
    some = earlier_results.figures_of(workspace, source)
    (held,) = (one for one in earlier_results.sources(workspace) if one.source == source)
    return _beside(workspace, held, some, by)


def _beside(workspace: Workspace, held: Source, some: Sequence[Figure], by: str) -> Against:
    lines = tuple(_line(one) for one in earlier_results.beside(workspace, some, by=by))
    return Against(held, lines, len(lines), figures_digest(results(workspace, by=by)))


def _line(one: Beside) -> Line:
    answer = MET_WORDS.get(one.choice, one.choice)
    return Line(
        one.group, one.question, one.wording, answer, one.then, one.now, one.words, one.apart, one.provisional
    )
