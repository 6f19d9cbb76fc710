"""The shipped question set says what its table says."""

import csv
import importlib.util
import re
import time
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from question_forms import NOW

from fieldwork.assets import asset
from fieldwork.questions.applying import apply
from fieldwork.questions.codec import from_json, to_json
from fieldwork.questions.reading import read_form

HERE = Path(__file__).parent
TABLE = (HERE / "joint-case-building-conditions.csv").read_text(encoding="utf-8")
ROWS = list(csv.DictReader(TABLE.splitlines()))
SOURCE = HERE.parents[3] / "shared" / "data" / "joint-case-building-questions.csv"
BUILDER = HERE.parents[2] / "packaging" / "build_question_set.py"

SHIPPED = read_form(Path(str(asset("questions/joint-case-building.xlsx"))))
CODES = {question.code: [choice.code for choice in question.choices] for question in SHIPPED.questions}


def asked(**answers):
    return set(apply(SHIPPED, answers, NOW).asked)


def test_its_size():
    assert len(SHIPPED.questions) == len(SHIPPED.answerable) == 75
    assert len(SHIPPED.sections) == 14
    assert len(SHIPPED.scored) == 53
    assert [header.code for header in SHIPPED.headers] == ["has_victim", "file_prepared"]
    assert SHIPPED.warnings == ()


def test_it_follows_its_table():
    assert [(question.code, question.lead) for question in SHIPPED.questions] == [
        (row["code"], row["lead"]) for row in ROWS
    ]
    titles = {section.code: str(section.label) for section in SHIPPED.sections}
    assert [f"{question.section} {titles[question.section]}" for question in SHIPPED.questions] == [
        row["section"] for row in ROWS
    ]
    kinds = Counter(row["answer_type"] for row in ROWS)
    assert len(SHIPPED.scored) == kinds["FPN"]
    assert sum(question.kind == "select_multiple" for question in SHIPPED.questions) == kinds["MS"]


def test_scores_triggers_and_labels():
    scale = SHIPPED.question("B01").choices
    assert [(choice.code, choice.score) for choice in scale] == [
        ("FM", 2), ("PM", 1), ("NM", 0), ("NA", None), ("NK", None),
    ]  # fmt: skip
    triggers = {question.code: question.trigger for question in SHIPPED.questions if question.trigger}
    assert triggers == {"I01": ("NM",), "M04": ("NM",), "N04": ("Y",)}
    assert str(SHIPPED.question("D05").choice("cctv_bwv").label) == "CCTV or body-worn video"
    assert [choice.code for choice in SHIPPED.question("N02").choices] == [
        "governance", "relationships", "capability", "file_quality",
        "disclosure", "decisions", "it", "victims",
    ]  # fmt: skip
    for question in SHIPPED.questions:
        labels = [str(choice.label) for choice in question.choices]
        assert len(set(labels)) == len(labels)
        assert all(label and "_" not in label for label in labels)


@pytest.mark.parametrize(
    ("answers", "there", "not_there"),
    [
        ({}, "A01 A05 B01 C01 F04 N04", "A06 B05 D01 E01 F02 H02 I01 L01 M01"),
        ({"A01": "cps_charge_fct"}, "A06 D01 E01 F06 H01 I01 I02 K02 M01", "B05 B07 I06 I08 M04 L04 L05"),
        ({"A01": "cps_nfa"}, "A06 D01 E01 I01 I03 I06 K02", "I02 I04 M01 B05"),
        ({"A01": "police_charge"}, "B07 E01 M01 M03 M04", "A06 D01 I01 H02 K02"),
        ({"A01": "police_nfa"}, "B05 B06 F04", "E01 F01 F02 F03 G01 K01 D01"),
        ({"A01": "police_nfa", "file_prepared": "Y"}, "B05 E01 F01 G01 K01", "D01 F02"),
        ({"A01": "oocd"}, "E01 F01 G01 K01", "D01 I01 M01 B05"),
        ({"A01": "admin_finalised"}, "I08 D01 E01", "I01 M01"),
        ({"B03": "PM"}, "B04", ""),
        ({"B03": "NA"}, "", "B04"),
        ({"A01": "oocd", "F01": "NA"}, "F01", "F02 F03"),
        ({"A01": "oocd", "F01": "NK"}, "F02 F03", ""),
        ({"A01": "oocd", "F01": "FM", "F02": "NM"}, "F02 F07", ""),
        ({"A01": "police_nfa", "F01": "FM", "F02": "NM"}, "", "F01 F02 F07"),
        ({"A01": "cps_nfa", "H01": "NK"}, "H01", "H02"),
        ({"A01": "cps_nfa", "H01": "NM"}, "H02", ""),
        ({"A01": "cps_nfa", "K02": "NM"}, "K03", ""),
        ({"A01": "oocd", "K02": "NM"}, "", "K02 K03"),
        ({"A01": "cps_nfa", "has_victim": "Y"}, "L01 L02 L03 L04", "L05"),
        ({"A01": "oocd", "has_victim": "Y"}, "L01", "L04"),
        ({"has_victim": "N"}, "", "L01 L04"),
        ({"A03": ["rape", "domestic_abuse"]}, "L05", ""),
        ({"A03": ["rape"]}, "", "L05"),
    ],
)
def test_conditions_by_hand(answers, there, not_there):
    found = asked(**answers)
    assert set(there.split()) <= found
    assert not set(not_there.split()) & found


def test_none_stands_alone():
    assert apply(SHIPPED, {"A03": ["none", "rape"]}, NOW).faults[0].code == "A03"
    assert apply(SHIPPED, {"A03": ["none"]}, NOW).faults == ()


REFERRED = {"cps_charge_fct", "cps_charge_tt", "cps_nfa", "advice_only", "admin_finalised", "live_pre_charge"}


def holds(term, answers):
    """One term of the table's own language, read straight from the answers that stand."""
    route = answers.get("A01", "")
    cps_charged = route in {"cps_charge_fct", "cps_charge_tt"}
    named = {
        "always": True,
        "referred": route in REFERRED,
        "cps_charged": cps_charged,
        "charged": cps_charged or route == "police_charge",
        "cps_decision": cps_charged or route == "cps_nfa",
        "has_file": bool(route) and not (route == "police_nfa" and answers.get("file_prepared") != "Y"),
        "has_victim": answers.get("has_victim") == "Y",
    }
    if term in named:
        return named[term]
    if term.startswith("flag "):
        return term.removeprefix("flag ") in answers.get("A03", [])
    code, operator, values = term.split()
    answer = answers.get("A01" if code == "route" else code, "")
    if operator == "in":
        return answer in values.split(",")
    return answer != "" and answer not in values.split(",")


def expected(answers):
    """The codes the table asks for, walking it from top to bottom; later rows see only standing answers."""
    standing = {code: answer for code, answer in answers.items() if code in ("has_victim", "file_prepared")}
    found = []
    for row in ROWS:
        terms = re.split(r" (and|or) ", row["applies_when"])
        truth = holds(terms[0], standing)
        for operator, term in zip(terms[1::2], terms[2::2], strict=True):
            truth = (
                (truth and holds(term, standing)) if operator == "and" else (truth or holds(term, standing))
            )
        if truth:
            found.append(row["code"])
            if row["code"] in answers:
                standing[row["code"]] = answers[row["code"]]
    return found


def answer_for(code):
    choices = CODES.get(code) or ["Y", "N"]
    if code in ("A03", "D05", "G02", "J02", "N02"):
        return st.lists(st.sampled_from(choices), unique=True, max_size=3)
    return st.sampled_from(choices)


NAMED = {code for row in ROWS for code in re.findall(r"\b([A-N]\d\d)\b", row["applies_when"])}
DECIDING = sorted({"A01", "A03", "has_victim", "file_prepared"} | NAMED)


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.fixed_dictionaries({}, optional={code: answer_for(code) for code in DECIDING}))
def test_conditions_equal_an_independent_reading_of_the_table(answers):
    assert list(apply(SHIPPED, answers, NOW).asked) == expected(answers)


@settings(max_examples=100, deadline=None)
@given(
    st.fixed_dictionaries({}, optional={code: answer_for(code) for code in DECIDING}),
    st.sampled_from(DECIDING).flatmap(lambda code: st.tuples(st.just(code), answer_for(code))),
)
def test_one_changed_answer_gives_the_same_as_starting_afresh(answers, change):
    code, answer = change
    after = {**answers, code: answer}
    earlier = apply(SHIPPED, answers, NOW)
    assert apply(SHIPPED, after, NOW, previous=earlier, changed=[code]) == apply(SHIPPED, after, NOW)


def test_it_is_quick():
    answers = {code: codes[0] for code, codes in CODES.items() if codes}
    apply(SHIPPED, answers, NOW)
    fastest = min(timed(lambda: apply(SHIPPED, answers, NOW)) for _ in range(20))
    assert fastest < 0.005


def timed(act):
    start = time.perf_counter()
    act()
    return time.perf_counter() - start


def test_it_survives_the_workspace():
    assert from_json(to_json(SHIPPED)) == SHIPPED


@pytest.mark.skipif(not SOURCE.is_file(), reason="the table the set is made from is not beside this checkout")
def test_the_committed_workbook_is_what_its_table_makes():
    spec = importlib.util.spec_from_file_location("build_question_set", BUILDER)
    builder = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(builder)
    assert builder.built(SOURCE) == SHIPPED
