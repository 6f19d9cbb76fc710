"""Drift: how often each rater's marks were what the team settled on, span by span of time.

Marks that were judged again are not drawn at random (a trigger brings its answer in), so shares are counts and n
without an interval, and raters are not ranked.
"""

from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass

from fieldwork.analysis.intervals import Share, share


@dataclass(frozen=True)
class Judged:
    """A mark that was judged again. when: in any unit of time; own: the rater's mark; agreed: what was settled on."""

    rater: Hashable
    when: int
    own: str
    agreed: str


@dataclass(frozen=True)
class Span:
    """One span of time of one rater. begins: in the unit of `when`. others: all other raters in the same span."""

    begins: int
    own: Share
    others: Share


def drift(
    marks: Iterable[Judged], window: int, start: int | None = None
) -> Mapping[Hashable, tuple[Span, ...]]:
    """By rater, every span in which they have a judged mark, in order of time.

    window: how long a span is; start: where the first begins, that of the earliest mark if not given.
    Raises ValueError unless the window is positive.
    """
    if window <= 0:
        raise ValueError(f"a span of time is longer than nought, not {window}")
    some = list(marks)
    if not some:
        return {}
    first = min(one.when for one in some) if start is None else start
    counts: dict[int, dict[Hashable, tuple[int, int]]] = {}
    for one in some:
        span = counts.setdefault((one.when - first) // window, {})
        same, n = span.get(one.rater, (0, 0))
        span[one.rater] = (same + (one.own == one.agreed), n + 1)
    found: dict[Hashable, list[Span]] = {}
    for number in sorted(counts):
        span = counts[number]
        all_same, all_n = (sum(parts) for parts in zip(*span.values(), strict=True))
        for rater, (same, n) in span.items():
            own = share(same, n, at_random=False)
            others = share(all_same - same, all_n - n, at_random=False)
            found.setdefault(rater, []).append(Span(first + number * window, own, others))
    return {rater: tuple(spans) for rater, spans in found.items()}
