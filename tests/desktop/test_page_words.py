"""Days, times and counts as people say and type them."""

from datetime import date, datetime, time

import pytest

from fieldwork.desktop.pages import words
from fieldwork.domain.records import Visit

TODAY = date(2026, 11, 24)


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("2026-11-25", date(2026, 11, 25)),
        ("25/11/2026", date(2026, 11, 25)),
        ("25.11.26", date(2026, 11, 25)),
        ("25 Nov", date(2026, 11, 25)),
        ("Wednesday 25th November", date(2026, 11, 25)),
        ("4 Jan", date(2027, 1, 4)),
        ("tomorrow", date(2026, 11, 25)),
        ("today", TODAY),
        ("31 Nov", None),
        ("25 Ma", None),
        ("soon", None),
        ("", None),
    ],
)
def test_a_day_is_read_as_people_type_it(typed, meant):
    assert words.read_day(typed, TODAY) == meant


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("14:30", time(14, 30)),
        ("1430", time(14, 30)),
        ("9.05", time(9, 5)),
        ("9", time(9)),
        ("25", None),
        ("9:60", None),
    ],
)
def test_a_time_is_read_as_people_type_it(typed, meant):
    assert words.read_time(typed) == meant


@pytest.mark.parametrize(
    ("first", "last", "said"),
    [
        ("2026-11-23", "2026-11-25", "day 2 of 3"),
        ("2026-11-25", "2026-11-26", "begins tomorrow"),
        ("2026-12-06", "", "begins in 12 days"),
        ("2026-11-20", "2026-11-23", "ended yesterday"),
        ("2026-11-09", "2026-11-10", "ended 14 days ago"),
        ("", "", ""),
    ],
)
def test_where_in_the_visit_a_day_is(first, last, said):
    assert words.visit_words(Visit(id=b"v" * 16, planned_start=first, planned_end=last), TODAY) == said


def test_spans_and_counts():
    assert words.span_words("2026-11-23", "2026-11-25") == "23 to 25 November 2026"
    assert words.span_words("2026-11-30", "2026-12-02") == "30 November to 2 December 2026"
    assert words.span_words("2026-11-23", "") == "23 November 2026"
    assert words.method_counts((("focus_group", 1), ("interview", 3), ("file_examination", 4))) == (
        "1 focus group, 3 interviews, 4 files"
    )
    assert words.method_counts((("file_examination", 1),)) == "1 file"


def test_how_far_off_a_moment_is():
    now = datetime(2026, 11, 24, 14, 3)
    at = lambda hour, minute, day=24: int(datetime(2026, 11, day, hour, minute).timestamp() * 1000)  # noqa: E731
    assert words.ahead_words(at(14, 30), now) == "in 27 min"
    assert words.ahead_words(at(13, 50), now) == "13 min late"
    assert words.ahead_words(at(17, 3), now) == "in 3 h"
    assert words.ahead_words(at(14, 30, 25), now) == ""
    assert words.when_words(at(10, 0, 23), TODAY) == "yesterday 10:00"
