"""Rules that contradict each other are found, and only where it is sure that they do."""

from datetime import date, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from question_forms import NOW, faults, form

from fieldwork.domain.question_set import Choice, Question, QuestionSet
from fieldwork.questions.applying import apply
from fieldwork.questions.reasoning import never_true

HEAD = "type | name | label | constraint | default | choice_filter | relevant | calculation |\n"
CHOICES = """
    list_name | name | label | shade |
    c | a | A | dark |
    c | b | B | dark |
    c | c | C | light |
    c | 4 | D | light |
"""
NEVER = [
    ("integer", ". > 5 and . < 3"),
    ("integer", ". > 3 and . < 4"),
    ("integer", ". = 2.5"),
    ("integer", "not(. <= 3 or . >= 4)"),
    ("integer", ". > 5 and . < 3 and ${other} = 'x'"),
    ("integer", "${q} > 5 and 3 > ${q}"),
    ("integer", "false()"),
    ("integer", "1 = 2"),
    ("integer", ". > 9007199254740993 and . < 9007199254740994"),
    ("decimal", ". >= 1 and . < 1"),
    ("decimal", ". > '5' and . <= 2 * 2"),
    ("decimal", ". > 'five'"),
    ("decimal", ". = '' or . = 'x'"),
    ("date", ". > '2025-03-01' and . < '2025-03-02'"),
    ("date", ". >= date('2025-03-02') and . <= '2025-03-01'"),
    ("date", ". = '2025-02-30'"),
    ("date", ". > '9999-12-31'"),
    ("dateTime", ". > '2025-03-01T10:00' and . < '2025-03-01T09:00'"),
    ("text", ". = 'a' and . = 'b'"),
    ("text", ". = ''"),
    ("select_one c", ". = 'z'"),
    ("select_one c", ". = 'a' and . = 'b'"),
    ("select_one c", ". > 4"),
    ("select_one c", "string-length(.) > 1"),
    ("select_one c", "regex(., '[d-z]') and contains(., 'a')"),
    ("select_multiple c", "count-selected(.) > 4"),
    ("select_multiple c", "count-selected(.) < 1"),
    ("select_multiple c", "selected(., 'a') and not(selected(., 'a'))"),
    ("select_multiple c", "selected(., 'z')"),
    ("select_multiple c", "selected(., 'a') and selected(., 'b') and count-selected(.) = 1"),
    ("select_multiple c", ". = 'a' and selected(., 'b')"),
]
SOMETIMES = [
    ("integer", ". > 3 and . < 5"),
    ("integer", ". > 5 or . < 3"),
    ("integer", ". > 1.5 and . < 2.5"),
    ("integer", ". > 9007199254740992 and . < 9007199254740995"),
    ("integer", ". > 1000000000000000000000000"),
    ("integer", ". > ${other} and . < ${other}"),
    ("integer", ". mod 2 = 0 and . > 3"),
    ("decimal", ". > 3 and . < 4"),
    ("decimal", ". > 3 and . < 3.0000000001"),
    ("decimal", ". < -1"),
    ("date", ". > today() and . < today()"),
    ("date", ". > '2025-03-01' and . < '2025-03-03'"),
    ("date", ". > '2025-03-01T10:00' and . < '2025-03-02T10:00'"),
    ("date", ". > 20000 and . < 20002"),
    ("dateTime", ". > '2025-03-01T10:00' and . < '2025-03-01T10:01'"),
    ("dateTime", ". = '2025-03-01T10:00'"),
    ("time", ". > '10:00' and . < '09:00'"),
    ("text", ". = 5 and . != '5'"),
    ("text", ". != 'a' and . != 'b'"),
    ("text", "regex(., 'a') and regex(., 'b')"),
    ("text", "string-length(.) > 3"),
    ("select_one c", ". = 4"),
    ("select_one c", ". != 'a' and . != 'b'"),
    ("select_one c", "jr:choice-name(., '${q}') = 'A'"),
    ("select_multiple c", "count-selected(.) = 4"),
    ("select_multiple c", ". = 'b a'"),
    ("select_multiple c", "not(selected(., 'a')) and count-selected(.) = 3"),
    ("rank c", "selected-at(., 0) = 'a' and selected-at(., 1) = 'a'"),
    ("acknowledge", ". = 'no'"),
]


def test_a_long_chain_is_judged_and_a_very_long_one_left_open(tmp_path):
    for count, never in ((90, True), (900, False)):
        chain = " or ".join(f". = {number}.5" for number in range(count))
        question = Question("q", "integer", constraint=chain)
        assert never_true(chain, ".", question, answered=True) is never


def row(kind, constraint="", default="", filtered="", relevant=""):
    return (
        f"{HEAD} {kind} | q | Q | {constraint} | {default} | {filtered} | {relevant} | |\n text | other | O |"
    )


@pytest.mark.parametrize(("kind", "constraint"), NEVER)
def test_a_constraint_that_can_never_be_true_is_a_fault(tmp_path, kind, constraint):
    found = faults(tmp_path, row(kind, constraint), CHOICES)
    assert [(each.sheet, each.row, each.column) for each in found] == [("survey", 2, "constraint")]
    assert found[0].reason == f'no answer to "q" can ever meet the constraint "{constraint}"'


@pytest.mark.parametrize(("kind", "constraint"), SOMETIMES)
def test_a_constraint_that_may_be_true_is_none(tmp_path, kind, constraint):
    assert form(tmp_path, row(kind, constraint), CHOICES).question("q").constraint == constraint


LIMITS = {
    "integer": (st.integers(-9, 9).map(str), st.integers(-12, 12)),
    "decimal": (
        st.integers(-18, 18).map(lambda half: str(half / 2)),
        st.integers(-48, 48).map(lambda n: n / 4),
    ),
    "date": (
        st.dates(date(2025, 1, 1), date(2025, 1, 9)).map(lambda day: f"'{day}'"),
        st.dates(date(2024, 12, 28), date(2025, 1, 13)).map(str),
    ),
    "dateTime": (
        st.datetimes(datetime(2025, 1, 1), datetime(2025, 1, 2)).map(lambda at: f"'{at:%Y-%m-%dT%H:%M}'"),
        st.datetimes(datetime(2024, 12, 31), datetime(2025, 1, 3)).map(lambda at: f"{at:%Y-%m-%dT%H:%M:%S}"),
    ),
    "select_one": (st.sampled_from(["'a'", "'b'", "'c'", "'z'", "4"]), st.sampled_from(["a", "b", "c", "4"])),
    "text": (st.sampled_from(["'a'", "'b'", "''", "5"]), st.sampled_from(["a", "b", "5", "5.0", "ab"])),
    "select_multiple": (
        st.sampled_from(["'a'", "'b'", "'z'", "'b a'"]),
        st.lists(st.sampled_from(["a", "b", "c", "4"]), min_size=1, unique=True),
    ),
}


def conditions(kind):
    limit = LIMITS[kind][0]
    atoms = st.builds(".{}{}".format, st.sampled_from([" < ", " <= ", " > ", " >= ", " = ", " != "]), limit)
    if kind == "select_multiple":
        counts = st.builds("count-selected(.) {} {}".format, st.sampled_from("<>="), st.integers(0, 5))
        atoms = atoms | counts | st.builds("selected(., {})".format, limit)
    return st.recursive(
        atoms | st.sampled_from(["true()", "false()", "${other} = 'x'", ". + 1 > 2"]),
        lambda inner: (
            st.builds("({} and {})".format, inner, inner)
            | st.builds("({} or {})".format, inner, inner)
            | st.builds("not({})".format, inner)
        ),
        max_leaves=6,
    )


@pytest.mark.parametrize("kind", LIMITS)
@settings(max_examples=150, deadline=None)
@given(data=st.data())
def test_never_is_said_of_nothing_that_some_answer_meets(kind, data):
    condition = data.draw(conditions(kind))
    choices = tuple(Choice(code) for code in "abc4") if kind.startswith("select") else ()
    question = Question("q", kind, constraint=condition, choices=choices, row=2)
    if not never_true(condition, ".", question, answered=True):
        return
    asked = QuestionSet("f", "1", "F", ("default",), "default", (), (), (question, Question("other", "text")))
    for other in ("", "x"):
        for answer in data.draw(st.lists(LIMITS[kind][1], min_size=1, max_size=30)):
            applied = apply(asked, {"q": answer, "other": other}, NOW)
            assert [fault.code for fault in applied.faults] == ["q"], (condition, answer)


@pytest.mark.parametrize(
    ("kind", "constraint", "default", "filtered", "reason"),
    [
        ("integer", "", "abc", "", 'the default "abc" of "q" is no answer to it'),
        ("integer", "", "2.5", "", "is no answer to it"),
        ("decimal", "", "1,5", "", "is no answer to it"),
        ("date", "", "2025-02-30", "", "is no answer to it"),
        ("date", "", "yesterday", "", "is no answer to it"),
        ("time", "", "25:00", "", "is no answer to it"),
        ("integer", ". > 5", "3", "", 'breaks its constraint ". > 5"'),
        ("integer", ". > 5 and . < ${other}", "3", "", "breaks its constraint"),
        ("text", "regex(., '[0-9]+')", "abc", "", "breaks its constraint"),
        ("date", ". > '2025-01-01'", "2024-12-31", "", "breaks its constraint"),
        ("select_one c", ". != 'a'", "a", "", "breaks its constraint"),
        ("select_multiple c", "count-selected(.) < 2", "a b", "", "breaks its constraint"),
        ("select_one c", "", "a", "shade = 'light'", "leaves out"),
        ("select_multiple c", "", "c a", "shade = 'light' and ${other} = 'x'", 'leaves out "a"'),
    ],
)
def test_a_default_that_contradicts_its_question(tmp_path, kind, constraint, default, filtered, reason):
    found = faults(tmp_path, row(kind, constraint, default, filtered), CHOICES)
    assert [(each.row, each.column) for each in found] == [(2, "default")]
    assert reason in found[0].sentence


@pytest.mark.parametrize(
    ("kind", "constraint", "default", "filtered"),
    [
        ("integer", ". > 5", "7", ""),
        ("integer", ". > ${other}", "3", ""),
        ("date", "", "today()", ""),
        ("date", ". < today()", "2025-01-01", ""),
        ("select_one c", "", "c", "shade = 'light'"),
        ("select_one c", "", "a", "shade = ${other}"),
        ("select_multiple c", "", "c a", "shade = 'light' or name = 'a'"),
    ],
)
def test_a_default_that_may_fit(tmp_path, kind, constraint, default, filtered):
    assert form(tmp_path, row(kind, constraint, default, filtered), CHOICES).question("q").default == default


def test_what_can_never_be_asked_is_told(tmp_path):
    read = form(
        tmp_path,
        HEAD + "integer | n | N |\n text | a | A | | | | ${n} > 5 and ${n} < 3 |\n"
        "text | b | B | | | | ${n} > 5 or ${n} < 3 |\n text | c | C | | | | ${n} = '' |\n"
        "begin repeat | r | R |\n integer | m | M |\n text | d | D | | | | ${m} > 5 and ${m} < 3 |\n"
        "end repeat |\n text | e | E | | | | ${m} > 5 and ${m} < 3 |",
    )
    assert [warning.partition(": ")[0] for warning in read.warnings] == [
        "survey, row 3, column relevant",
        "survey, row 8, column relevant",
    ]
    assert '"a" can never be asked' in read.warnings[0]


def test_contradictions_are_told_beside_other_faults(tmp_path):
    found = faults(
        tmp_path,
        HEAD + "barcode | b | B |\n integer | n | N | . > 5 and . < 3 | | | ${b} = 1 | |\n"
        "text | t | T | . = | | | | |\n integer | m | M | | abc | | | |",
    )
    assert [(each.row, each.column, each.unsupported) for each in found] == [
        (2, "type", True),
        (3, "constraint", False),
        (4, "constraint", False),
        (5, "default", False),
    ]
