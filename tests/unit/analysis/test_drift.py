"""Drift, counted by hand."""

import pytest

from fieldwork.analysis.drift import Judged, drift
from fieldwork.analysis.intervals import BY_HAND


def marks(rater, when, *pairs):
    return [Judged(rater, when, own, agreed) for own, agreed in pairs]


def told(spans):
    return [(one.begins, one.own.count, one.own.n, one.others.count, one.others.n) for one in spans]


def test_shares_by_span_beside_all_others():
    some = [
        *marks("a", 100, ("FM", "FM"), ("PM", "NM"), ("NM", "NM")),
        *marks("b", 106, ("FM", "FM")),
        *marks("b", 107, ("FM", "PM"), ("PM", "PM")),
        *marks("a", 121, ("NM", "PM")),
    ]
    found = drift(some, 7)
    assert told(found["a"]) == [(100, 2, 3, 1, 1), (121, 0, 1, 0, 0)]
    assert told(found["b"]) == [(100, 1, 1, 2, 3), (107, 1, 2, 0, 0)]
    assert found["a"][0].own.fraction == pytest.approx(2 / 3) and found["a"][0].own.without == BY_HAND
    assert found["a"][1].others.fraction is None
    assert told(drift(some, 7, 98)["a"]) == [(98, 2, 3, 0, 0), (119, 0, 1, 0, 0)]
    assert drift(some[::-1], 7) == found


def test_nothing_and_a_span_of_no_length():
    assert drift([], 7) == {}
    with pytest.raises(ValueError, match="longer than nought"):
        drift([], 0)
