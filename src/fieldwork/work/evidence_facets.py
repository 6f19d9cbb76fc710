"""What stands beside the list of evidence: each facet in words, with how many pieces have what."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from fieldwork.domain.question_set import MET_CODES
from fieldwork.domain.records import KINDS, Phase, Stratum, Theme, Visit
from fieldwork.domain.vocabulary import DIRECTIONS, METHODS, MODES, STRENGTHS
from fieldwork.store.reading import records
from fieldwork.store.workspace import Workspace, go_on
from fieldwork.work.evidence_filters import FLAGS, Filters, facets
from fieldwork.work.inspections import body_names

MOST = 8  # codes of a facet that are shown, beside those that are chosen
TITLES = {
    "theme": "Theme",
    "direction": "Direction",
    "method": "Method",
    "body": "Body",
    "outcome": "Answer",
    "strength": "Strength",
    "mode": "Mode",
    "phase": "Phase",
    "visit": "Visit",
    "stratum": "Stratum",
    "author": "Noted by",
    "kind": "Kind",
}
FLAG_WORDS = {"untagged": "no theme yet", "unpinned": "not pinned yet"}
OUTCOMES = dict(
    zip(MET_CODES, ("fully met", "partially met", "not met", "not applicable", "not known"), strict=True)
)
NOT_SAID = "not said"


@dataclass(frozen=True)
class FacetLine:
    """A code of a facet in words, with how many pieces have it, and whether it is chosen."""

    facet: str
    code: str
    words: str
    count: int
    chosen: bool


@dataclass(frozen=True)
class Side:
    """How many pieces fit, what is still to do with them, and the facets that tell them apart, with their titles."""

    total: int
    flags: tuple[FacetLine, ...]
    facets: tuple[tuple[str, tuple[FacetLine, ...]], ...]


def side(workspace: Workspace, query: str, filters: Filters, *, stopping: Callable[[], bool] = go_on) -> Side:
    """The counts beside what `look_up` finds. stopping: whether nobody waits for them any more."""
    counts = facets(workspace, query, filters, stopping=stopping)
    names = _names(workspace)
    shown = []
    for facet, title in TITLES.items():
        number = dict(counts.by.get(facet, ()))
        chosen = filters.of(facet)
        codes = [code for code, _ in counts.by.get(facet, ())][:MOST]
        codes += [code for code in chosen if code not in codes]
        known = names.get(facet, {})
        if facet in _IN_ORDER:
            order = {code: place for place, code in enumerate(known)}
            codes.sort(key=lambda code: order.get(code, len(order)))
        lines = tuple(
            FacetLine(facet, code, known.get(code, code) or NOT_SAID, number.get(code, 0), code in chosen)
            for code in codes
        )
        if len(lines) > 1 or chosen:
            shown.append((title, lines))
    flags = tuple(
        FacetLine(flag, "", FLAG_WORDS[flag], counts.flags.get(flag, 0), getattr(filters, flag))
        for flag in FLAGS
    )
    return Side(counts.total, flags, tuple(shown))


_IN_ORDER = ("direction", "strength", "method", "mode", "phase", "outcome", "kind")  # else the most first


def _names(workspace: Workspace) -> Mapping[str, Mapping[str, str]]:
    return {
        "theme": {one.id.hex(): one.name for one in records(workspace, Theme)},
        "direction": DIRECTIONS,
        "strength": STRENGTHS,
        "method": METHODS,
        "body": body_names(workspace),
        "mode": MODES,
        "phase": {one.id.hex(): one.name for one in records(workspace, Phase, order="position")},
        "visit": {one.id.hex(): one.title for one in records(workspace, Visit, order="planned_start")},
        "stratum": {one.id.hex(): one.name for one in records(workspace, Stratum)},
        "outcome": OUTCOMES,
        "kind": {kind: cls.words for kind, cls in KINDS.items()},
    }
