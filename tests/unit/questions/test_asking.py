"""What is asked of thousands of files is what is asked of each by itself."""

import random
from datetime import datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fieldwork.assets import asset
from fieldwork.questions.applying import apply
from fieldwork.questions.asking import Asking
from fieldwork.questions.reading import read_form

SHIPPED = read_form(Path(str(asset("questions/joint-case-building.xlsx"))))
SURVEY = """| survey |
| | type | name | label | relevant | calculation |
| | integer | a | How many? | | |
| | text | b | Words | ${a} > 2 | |
| | calculate | c | | ${a} != '' | ${a} + string-length(${b}) |
| | begin group | g | Group | ${c} > 4 | |
| | select_multiple l | d | Several | | |
| | text | e | Its own | . != 'no' or ${a} = 3 | |
| | calculate | k | | | today() |
| | end group | | | | |
| | select_one l | f | Late | ${k} > date('2026-06-01') and not(selected(${d}, 'x')) | |
| | text | h | Hangs on one that may be dormant | ${b} = 'q' or ${f} = 'y' | |
| choices |
| | list_name | name | label |
| | l | x | X |
| | l | y | Y |
| settings |
| | form_id | version |
| | small | 1 |
"""
TIMES = (datetime(2026, 1, 5, 9), datetime(2026, 11, 5, 9))
ANSWERS = {
    "a": st.sampled_from(("", "0", "2", "3", "7", "many")),
    "b": st.sampled_from(("", "q", "qqqqq")),
    "c": st.just("9"),
    "d": st.lists(st.sampled_from("xyz"), unique=True),
    "e": st.sampled_from(("", "no", "yes")),
    "f": st.sampled_from(("", "x", "y")),
    "h": st.sampled_from(("", "w")),
}


@pytest.fixture(scope="module")
def small(tmp_path_factory):
    path = tmp_path_factory.mktemp("form") / "small.md"
    path.write_text(SURVEY, "utf-8")
    return read_form(path)


def questions_of(some, asked, place):
    """Without groups, header fields and calculations, which nobody is asked."""
    return {q.code for q in some.questions if q.kind != "calculate" and asked[q.code][place]}


def columns(files):
    return {code: [answers.get(code) for answers in files] for code in {c for one in files for c in one}}


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.fixed_dictionaries({}, optional=ANSWERS), st.sampled_from(TIMES)), max_size=12))
def test_of_many_files_as_of_each(small, files):
    asking = Asking(small)
    for some in (files[:5], files[5:], files):  # what was worked out before is kept
        asked = asking.asked(columns([answers for answers, _ in some]), [now for _, now in some])
        for place, (answers, now) in enumerate(some):
            assert questions_of(small, asked, place) == set(apply(small, answers, now).asked)


def test_of_the_shipped_set_too():
    chance = random.Random(4)
    asking, said = Asking(SHIPPED), {question.code for question in SHIPPED.questions}
    files = []
    for _ in range(150):
        answers = {}
        for question in (*SHIPPED.headers, *SHIPPED.questions):
            codes = ["", "gone", *(choice.code for choice in question.choices)] if question.choices else ["5"]
            several = question.kind == "select_multiple"
            if chance.random() < 0.8:
                answers[question.code] = chance.sample(codes, k=2) if several else chance.choice(codes)
        files.append(answers)
    asked = asking.asked(columns(files), TIMES[:1] * len(files))
    for place, answers in enumerate(files):
        found = {code for code in said if asked[code][place]}
        assert found == set(apply(SHIPPED, answers, TIMES[0]).asked)
