"""Expressions mean what XForms says they mean."""

import math
from datetime import datetime

import pytest

from fieldwork.questions.expressions import ExpressionFault, compile_expression

NOW = datetime(2025, 7, 31, 14, 5, 30)


class Answers:
    """A scope with a few fixed answers."""

    now = NOW

    def answer(self, code):
        return {"n": 3.0, "word": "late", "several": "a b c", "many": [1.0, "", 5.0]}.get(code, "")

    def own_answer(self):
        return "own"

    def position(self):
        return 2.0

    def column(self, heading):
        return {"name": "x"}.get(heading, [])

    def choice_label(self, choice, code):
        return f"{code}/{choice}"

    def answer_at(self, code, position):
        return f"{code}@{position}"


def value(text):
    return compile_expression(text).evaluate(Answers())


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1 + 2 * 3", 7.0),
        ("(1 + 2) * 3", 9.0),
        ("10 - 4 - 3", 3.0),
        ("7 div 2", 3.5),
        ("-7 mod 2", -1.0),
        ("5 mod -2", 1.0),
        ("1 div 0", math.inf),
        ("--2", 2.0),
        ("${n} -1", 2.0),
        (".5 + 1.", 1.5),
        ("1 = 1.0", True),
        ("'1' = 1", True),
        ("'1.0' = '1'", False),
        ("'a' < 'b'", False),
        ("'10' > '9'", True),
        ("true() = 'x'", True),
        ("${nothing} = ''", True),
        ("${nothing} != 1", True),
        ("${nothing} = 0", False),
        ("${nothing} < 1", False),
        ("not(${nothing})", True),
        ("not(${n} = 3)", False),
        ("1 = 1 and 2 = 3 or 4 = 4", True),
        ("1 = 2 or 2 = 2 and 3 = 4", False),
        ("1 < 2 = true()", True),
        (". = 'own'", True),
        ("${many} = 5", True),
        ("${many} != 5", True),
        ("sum(${many})", 6.0),
        ("count(${many})", 3.0),
        ("count-non-empty(${many})", 2.0),
        ("min(${many})", 1.0),
        ("max(${many}, 9)", 9.0),
        ("if(${n} > 2, 'more', 'less')", "more"),
        ("selected(${several}, 'b')", True),
        ("selected(${several}, 'bc')", False),
        ("count-selected(${several})", 3.0),
        ("selected-at(${several}, 1)", "b"),
        ("selected-at(${several}, 9)", ""),
        ("jr:choice-name(${word}, '${word}')", "word/late"),
        ("coalesce(${nothing}, 'b')", "b"),
        ("once('new')", "own"),
        ("regex('AB12', '[A-Z]+[0-9]+')", True),
        ("regex('AB12x', '[A-Z]+[0-9]+')", False),
        ("contains('late', 'at')", True),
        ("starts-with('late', 'la')", True),
        ("ends-with('late', 'te')", True),
        ("substr('abcdef', 1, 3)", "bc"),
        ("substr('abcdef', -2)", "ef"),
        ("string-length('four')", 4.0),
        ("concat('a', 1, true())", "a1true"),
        ("string(2.50)", "2.5"),
        ("string(1000000)", "1000000"),
        ("number('3 ')", 3.0),
        ("int(-3.7)", -3.0),
        ("round(2.5)", 3.0),
        ("round(-2.5)", -2.0),
        ("round(2.345, 2)", 2.35),
        ("boolean('false')", True),
        ("boolean-from-string('false')", False),
        ("abs(-2)", 2.0),
        ("pow(2, 10)", 1024.0),
        ("position(..)", 2.0),
        ("indexed-repeat(${word}, ${n}, 2)", "word@2"),
        ("checklist(1, 2, true(), false(), ${n} = 3)", True),
        ("checklist(-1, 1, true(), true())", False),
        ("weighted-checklist(3, -1, true(), 2, ${word} = 'late', 1)", True),
        ("string(today())", "2025-07-31"),
        ("string(today() - 1 = decimal-date-time('2025-07-30'))", "true"),
        ("date('2025-07-31') = today()", True),
        ("today() > '2025-07-30'", True),
        ("now() > today()", True),
        ("format-date(today(), '%e %b %Y (%a) %m/%y')", "31 Jul 2025 (Thu) 07/25"),
        ("string(date(20300))", "2025-07-31"),
        ("decimal-date-time('1970-01-02T12:00:00')", 1.5),
        (
            "format-date-time(decimal-date-time('2025-07-31T06:00:00') + 0.25, '%Y-%m-%d %H:%M')",
            "2025-07-31 12:00",
        ),
        ("string(date-time(decimal-date-time('2025-07-31T14:05:07')))", "2025-07-31T14:05:07.000"),
        ("string(date(today() + 0.75))", "2025-07-31"),
        ("substring-before('a-b', '-')", "a"),
        ("substring-after('a-b', '-')", "b"),
        ("substring-after('a-b', '')", "a-b"),
        ("substring-before('a-b', '')", ""),
        ("translate('abc', 'ab', 'x')", "xc"),
        ("name = 'x'", True),
        ("missing = ''", False),
    ],
)
def test_values(text, expected):
    found = value(text)
    assert found == expected
    assert isinstance(found, type(expected))


@pytest.mark.parametrize("text", ["${word} + 1", "0 div 0", "number('')", "number('1e3')", "min(${nothing})"])
def test_what_cannot_be_computed_is_not_a_number(text):
    assert math.isnan(value(text))


def test_only_the_branch_taken_is_evaluated():
    assert value("true() or ${many} = regex('(', ${word})") is True


@pytest.mark.parametrize(
    ("text", "position", "reason"),
    [
        ("", 0, "too early"),
        ("1 +", 3, "too early"),
        ("${a} ${b}", 6, 'does not expect "${b}"'),
        ("'open", 1, "quotation mark"),
        ("${a b}", 1, "broken reference"),
        ("/data/a = 1", 1, "path"),
        ("${a}[1]", 5, "path"),
        ("1 + made-up(2)", 5, '"made-up" at character 5'),
        ("pulldata('a', 'b')", 1, "outside the form"),
        ("random()", 1, "another value each time"),
        ("if(1, 2)", 1, 'gives "if" 2 values where it takes 3'),
        ("selected(${a})", 1, "takes 2"),
        ("regex(., '(')", 1, "pattern"),
        ("${last-saved#a}", 1, "earlier file"),
        (".. = 1", 1, "outside position"),
        ("a & b", 3, 'does not expect "&"'),
    ],
)
def test_faults_say_where(text, position, reason):
    with pytest.raises(ExpressionFault) as caught:
        compile_expression(text)
    assert caught.value.position == position
    assert reason in caught.value.reason


def test_what_an_expression_reads_is_known():
    expression = compile_expression(
        "if(selected(${a}, 'x'), ../b, jr:choice-name(., '${c}')) or cf = today()"
    )
    assert expression.references == {"a", "b", "c"}
    assert expression.columns == {"cf"}
    assert expression.uses_clock
    assert not compile_expression("${a} = 'today()'").uses_clock


def test_deep_nesting_is_refused_and_long_chains_are_not():
    assert value("(" * 50 + "1" + ")" * 50) == 1.0
    assert value(" or ".join(["${word} = 'x'"] * 2_000 + ["${n} = 3"])) is True
    for text in ("not(" * 3_000 + "1" + ")" * 3_000, "-" * 3_000 + "1", "1" + " + 1" * 3_000):
        with pytest.raises(ExpressionFault, match="nested too deeply"):
            value(text)
