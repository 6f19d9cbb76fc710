"""Text from people: what is printed instead of what cannot be, and what may be a link."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fieldwork.reports.plain import clean_text, file_stem, long_date, one_line, safe_link

any_text = st.text(st.characters(exclude_categories=[]), max_size=60)


@pytest.mark.parametrize(
    ("typed", "printed"),
    [
        ("bell \x07", "bell [U+0007]"),
        ("\ud800", "[U+D800]"),
        ("\u202egnp.exe", "[U+202E]gnp.exe"),
        ("a\r\nb\rc\u2028d\x0be", "a\nb\nc\nd\ne"),
        ("a\tb", "a b"),
        ("e\u0301", "é"),
        ("[U+0007]", "[U+0007]"),
        ("Tŷ & <b>", "Tŷ & <b>"),
    ],
)
def test_nothing_vanishes(typed, printed):
    assert clean_text(typed) == printed


@settings(max_examples=300, deadline=None)
@given(any_text)
def test_cleaned_text_is_settled_and_can_be_written(text):
    cleaned = clean_text(text)
    assert clean_text(cleaned) == cleaned
    assert cleaned.encode("utf-8").decode("utf-8") == cleaned
    assert all(char == "\n" or ord(char) >= 32 for char in cleaned)
    assert "\n" not in one_line(text)


@pytest.mark.parametrize("href", ["https://example.org/a?b=1&c=%20", "mailto:a@example.org", "#key"])
def test_links_that_may_be(href):
    assert safe_link(href) == href


@pytest.mark.parametrize(
    "href",
    [
        "",
        "#",
        "javascript:alert(1)",
        "JaVaScRiPt:alert(1)",
        "java\tscript:alert(1)",
        " https://example.org",
        "https://",
        "https:/example.org",
        "http://example.org",
        "file:///etc/passwd",
        "//example.org",
        "data:text/html,x",
        "mailto:nobody",
        "https://[broken",
        "https://example.org/\x00",
    ],
)
def test_links_that_may_not_be(href):
    assert safe_link(href) == ""


def test_dates_name_their_zone():
    assert long_date(datetime(2026, 3, 1, 9, 5, tzinfo=UTC)) == "1 March 2026, 09:05 UTC"
    half = timezone(timedelta(hours=-3, minutes=-30))
    assert long_date(datetime(2026, 12, 31, 23, 59, tzinfo=half)) == "31 December 2026, 23:59 UTC−03:30"
    assert long_date(datetime(2026, 7, 1, 0, 0, tzinfo=timezone(timedelta(hours=1)))).endswith("UTC+01:00")


def test_file_names_are_plain():
    assert file_stem("Tŷ’s files / by: stratum", "table") == "tys-files-by-stratum"
    assert file_stem("../../", "table") == "table"
