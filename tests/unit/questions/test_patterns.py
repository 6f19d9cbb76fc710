"""Patterns in forms: matched in linear time, or refused when the form is read."""

import pytest
from question_forms import NOW, faults, form

from fieldwork.questions.applying import apply
from fieldwork.questions.patterns import matches

HEAD = "type | name | label | constraint |\n"


@pytest.mark.parametrize("wanted", ["(a+)+b", "(a|aa)+b", "(a|a?)+b", "(.*a){9}b", "(a?){1000}a{1000}b"])
def test_no_pattern_hangs_on_a_long_answer(wanted):
    # With backtracking each of these would outlast the machine; the suite's own time limit would end it.
    assert not matches("a" * 100_000, wanted)


@pytest.mark.parametrize(
    ("text", "wanted", "fits"),
    [
        ("Siân", r"\p{L}+", True),
        ("Siân", "[[:alpha:]]+", False),
        ("2025-07", r"\d{4}-\d{2}", True),
        ("x2025-07", r"\d{4}-\d{2}", False),
        ("two\nlines", ".*", False),
        ("", "a?", True),
        ("\ud800", ".", True),
        ("a", "(", False),
        ("x" * 20_000 + "y", "x*", False),
    ],
)
def test_what_fits(text, wanted, fits):
    assert matches(text, wanted) is fits


@pytest.mark.parametrize(
    ("wanted", "unsupported"),
    [("(", False), ("[z-a]", False), (r"(a)\\1", True), ("(?=a)a", True), ("a++", True), ("a{2000}", True)],
)
def test_a_pattern_that_cannot_be_matched_is_refused_with_its_place(tmp_path, wanted, unsupported):
    found = faults(tmp_path, f"{HEAD} text | q | Q | regex(., '{wanted.replace(chr(92) * 2, chr(92))}') |")
    assert [(each.row, each.column) for each in found] == [(2, "constraint")]
    assert "has a pattern that cannot be read" in found[0].sentence
    assert found[0].unsupported is unsupported


def test_a_pattern_that_is_worked_out_is_bounded_too(tmp_path):
    read = form(tmp_path, f"{HEAD} text | p | P | |\n text | q | Q | regex(., ${{p}}) |")
    applied = apply(read, {"p": "(a+)+b", "q": "a" * 10_000}, NOW)
    assert [fault.code for fault in applied.faults] == ["q"]


@pytest.mark.parametrize("score", ["nan", "inf", "-inf", "two", "1_0", "1e400", "1,5"])
def test_a_score_is_written_in_digits(tmp_path, score):
    found = faults(
        tmp_path,
        "type | name | label |\n select_one yn | q | Q |",
        f"list_name | name | label | score |\n yn | Y | Yes | {score} |\n yn | N | No | 0 |",
    )
    assert [(each.sheet, each.row, each.column) for each in found] == [("choices", 2, "score")]


def test_scores_with_fractions_are_kept(tmp_path):
    read = form(
        tmp_path,
        "type | name | label |\n select_one yn | q | Q |",
        "list_name | name | label | score |\n yn | Y | Yes | 0.5 |\n yn | N | No | -1 |",
    )
    assert [choice.score for choice in read.question("q").choices] == [0.5, -1]
