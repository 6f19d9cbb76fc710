"""Beside pyxform: what it calls good is never called faulty here, but at most not supported."""

from pathlib import Path

import pytest
from pyxform.xls2xform import convert
from question_forms import markdown

from fieldwork.questions.checking import describe_form, say_form

SAMPLES = Path(__file__).parents[4] / "shared" / "data" / "xlsform"
HEAD = "type | name | label | relevant | calculation | choice_filter | media::image | parameters |\n"
CHOICES = "list_name | name | label |\n yn | Y | Yes |\n yn | N | No |"
GOOD = {
    "plain": "text | q | Q |\n integer | n | N | ${q} = 'x' |\n date | d | D |\n time | t | T |\n dateTime | m | M |",
    "choices": "select_one yn | q | Q |\n select_multiple yn | s | S |\n rank yn | r | R |\n acknowledge | a | A |",
    "groups": "begin group | g | G |\n text | q | Q |\n end group | | |\n"
    " begin repeat | r | R |\n text | s | S |\n end repeat | | |",
    "calculated": "integer | n | N |\n calculate | c | | | ${n} * 2 |\n note | said | ${c} |",
    "other": "select_one yn or_other | q | Q |",
    "filtered": "select_one yn | q | Q | | | name = 'Y' |",
}
UNSUPPORTED = {
    **{
        kind: f"{kind} | q | Q |"
        for kind in ("geopoint", "geotrace", "geoshape", "barcode", "image", "audio")
    },
    **{kind: f"{kind} | q | Q |" for kind in ("video", "file", "start", "today", "deviceid", "hidden")},
    "range": "range | q | Q | | | | | start=1 end=5 step=1 |",
    "media": "text | q | | | | | a.png |",
    "from a file": "select_one_from_file a.csv | q | Q |",
    "loop": "begin loop over yn | q | Q |\n text | b | B |\n end loop | | |",
    "deep repeat": "begin repeat | r | R |\n begin repeat | s | S |\n text | q | Q |\n end repeat |\n end repeat |",
    "pulldata": "calculate | q | | | pulldata('a', 'b', 'c', 'd') |\n text | t | T |",
    "random": "calculate | q | | | random() |\n text | t | T |",
    "sqrt": "calculate | q | | | sqrt(2) |\n text | t | T |",
    "path": "text | t | T |\n calculate | q | | | /data/t |",
    "parameters": "text | q | Q | | | | | rows=4 |",
    "filter of nothing": "text | q | Q | | | name = 'Y' |",
    "rule of a group": "begin group | g | G | | 1 + 1 |\n text | q | Q |\n end group | | |",
}
FAULTY = {
    "kind": "tekst | q | Q |",
    "list": "select_one gone | q | Q |",
    "twice": "text | q | Q |\n text | q | R |",
    "name": "text | 1q | Q |",
    "unnamed": "text | | Q |",
    "reference": "text | q | Q | ${gone} = 1 |",
    "open": "begin group | g | G |\n text | q | Q |",
    "closed": "text | q | Q |\n end group | | |",
    "nothing to work out": "calculate | c | |\n text | q | Q |",
    "besides": "barcode | b | B |\n text | q | Q |\n text | q | R |",
}
UNSEEN = {
    "circle": "calculate | a | | | ${b} |\n calculate | b | | | ${a} |\n text | q | Q |",
    "unfinished": "text | q | Q | . = |",
}
"""Faults pyxform leaves to the programs that show the form: it does not work expressions out."""


def judged(path):
    """What pyxform itself says of a form: whether it converts it."""
    try:
        convert(xlsform=str(path), validate=False)
    except Exception:  # pyxform lets a few plain ones through
        return False
    return True


def written(folder, rows):
    path = folder / "form.md"
    path.write_text(markdown(HEAD + rows, CHOICES), encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("name", "rows", "verdict"),
    [
        *((name, rows, "good") for name, rows in GOOD.items()),
        *((name, rows, "unsupported") for name, rows in UNSUPPORTED.items()),
        *((name, rows, "faulty") for name, rows in FAULTY.items()),
    ],
)
def test_the_verdict_is_that_of_pyxform_but_for_what_is_not_supported(tmp_path, name, rows, verdict):
    path = written(tmp_path, rows)
    told = describe_form(path)
    assert (told["verdict"], told["ok"]) == (verdict, verdict == "good"), told.get("faults")
    assert told["pyxform"]["good"] is judged(path) is (verdict != "faulty")


@pytest.mark.parametrize("rows", UNSEEN.values(), ids=UNSEEN)
def test_an_expression_nobody_could_work_out_is_a_fault_though_pyxform_lets_it_pass(tmp_path, rows):
    path = written(tmp_path, rows)
    assert judged(path)
    assert describe_form(path)["verdict"] == "faulty"


def test_the_words_tell_the_two_apart(tmp_path):
    told = describe_form(written(tmp_path, UNSUPPORTED["barcode"]))
    assert say_form(told, "f.md")[0] == "f.md is a good form, but holds what Fieldwork cannot use:"
    lines = say_form(describe_form(written(tmp_path, FAULTY["besides"])), "f.md")
    assert lines[0] == "f.md is faulty:"
    assert "already taken" in lines[1]
    assert lines[2] == "Besides, it holds what Fieldwork cannot use:"
    assert "barcode" in lines[3]


def test_what_only_pyxform_finds_beside_what_is_not_supported_is_said(tmp_path):
    told = describe_form(written(tmp_path, "barcode | b | B |\n text | q | ${gone |"))
    lines = say_form(told, "f.md")
    assert told["verdict"] == "faulty"
    assert lines[1].startswith("pyxform, the reference reader, says: survey, row 3")


def test_groups_that_stand_too_deep_are_told_in_words(tmp_path):
    inside = "".join(f"begin group | g{n} | G |\n" for n in range(500))
    told = describe_form(written(tmp_path, f"{inside}text | q | Q |\n" + "end group | | |\n" * 500))
    assert say_form(told, "f.md")[1] == "survey: its groups stand too deep in one another; use fewer levels."


def test_a_file_that_is_not_safe_is_not_shown_to_pyxform(tmp_path):
    (tmp_path / "form.md").write_bytes(b"\xff\xfe")
    told = describe_form(tmp_path / "form.md")
    assert (told["verdict"], told["pyxform"]) == ("faulty", None)
    assert len(say_form(told, "form.md")) == 2


def test_warnings_are_among_the_words(tmp_path):
    path = tmp_path / "form.md"
    path.write_text(markdown("type | name | label | relevent |\n text | q | Q | x |"))
    assert say_form(describe_form(path), "form.md")[1].startswith("Warning: survey, row 1, column relevent: ")


@pytest.mark.skipif(
    not SAMPLES.is_dir(),
    reason="the published sample forms are not beside this checkout; with ../shared/data/xlsform it runs",
)
def test_the_sample_forms_beside_pyxform():
    seen_as_good = "bug_example_xls__bad_calc.xlsx"  # an expression pyxform does not read
    for path in sorted(each for each in SAMPLES.iterdir() if each.suffix in (".xls", ".xlsx")):
        told = describe_form(path)
        good = judged(path)
        assert told["pyxform"]["good"] is good, path.name
        if path.name != seen_as_good:
            assert (told["verdict"] != "faulty") is good, path.name
