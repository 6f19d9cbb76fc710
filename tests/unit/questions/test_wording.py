"""Conditions in words, for forms on paper."""

import pytest
from question_forms import form

from fieldwork.questions.wording import InWords

SURVEY = """
    type | name | label | header |
    date | charged | Date of charge | yes |
    select_one yn | a | A? | |
    select_multiple yn | m | M? | |
    integer | n | N? | |
    date | d | D? | |
    text | t | T? | |
"""
CHOICES = """
    list_name | name | label |
    yn | Y | Yes |
    yn | N | No |
"""


@pytest.fixture(scope="module")
def words(tmp_path_factory):
    return InWords(form(tmp_path_factory.mktemp("form"), SURVEY, CHOICES))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("${a} = 'Y'", "a is “Yes”"),
        ("${a} = 'Y' or ${a} = 'N' or selected(${a}, 'N')", "a is “Yes”, “No” or “No”"),
        ("selected(${m}, 'Y') and ${n} >= 3", "m includes “Yes” and n is at least 3"),
        ("not(selected(${m}, 'Y')) or not(${a} != 'N')", "m does not include “Yes” or a is “No”"),
        ("(${a} = 'Y' or ${n} < 2) and ${t} != ''", "(a is “Yes” or n is less than 2) and t is answered"),
        ("not(${t} = '')", "t is answered"),
        ("${d} < today()", "d is before today"),
        (". >= ${charged}", "the answer is on or after the file's date of charge"),
        ("${charged} + 28 > now()", "the file's date of charge + 28 is after now"),
        ("if(${n} > 1, 'b', -1)", "“b” if n is more than 1, else −1"),
        ("count-selected(${m}) * (2 div 3)", "the number of answers to m × (2 ÷ 3)"),
        ("regex(${t}, '[a-z]+')", "t has the form “[a-z]+”"),
        ("not(true() and false())", "it is not so that true and false"),
        ("substr(${t}, 0, 2) = 'ab'", "substr(t, 0, 2) is “ab”"),
        ("coalesce(${t}, ${n}) != 4", "t, or else n is not 4"),
        ("starts-with(${t}, 'x')", "t begins with “x”"),
        ("${a} = 'Z'", "a is “Z”"),
    ],
)
def test_conditions_in_words(words, text, said):
    assert words.say(text, "d") == said


def test_what_cannot_be_read_is_said_as_it_is_written(words):
    assert words.say("${a} = = 'Y'") == "${a} = = 'Y'"
    assert words.say("../t = 'x'") == "../t is “x”"


def test_a_text_that_is_a_choice_of_the_questions_own(words):
    assert words.say(". = 'N'", "a") == "the answer is “No”"
