"""Nothing in a form is dropped without a word: every cell is kept, told or refused."""

import pytest
from question_forms import faults, form

from fieldwork.questions.reading import read_form
from fieldwork.questions.writing import write_form

CHOICES = "list_name | name | label |\n yn | Y | Yes |\n yn | N | No |"
RULES = {
    "required": "yes",
    "required_message": "Needed.",
    "constraint": ". > 3",
    "constraint_message": "More.",
    "calculation": "1 + 1",
    "read_only": "yes",
    "default": "4",
    "choice_filter": "name = 'Y'",
    "lead": "P",
    "section": "A",
    "trigger": "Y",
    "trigger_answers": "Y",
    "header": "yes",
}


@pytest.mark.parametrize("kind", ["group", "repeat"])
@pytest.mark.parametrize("column", RULES)
def test_a_rule_beside_a_group_is_refused(tmp_path, column, kind):
    found = faults(
        tmp_path,
        f"type | name | label | {column} |\n begin {kind} | g | G | {RULES[column]} |\n"
        f" text | q | Q | |\n end {kind} | | | |",
    )
    assert [(each.sheet, each.row, each.column) for each in found] == [("survey", 2, column)]
    assert f"a {kind} has no answer" in found[0].sentence
    assert found[0].unsupported


@pytest.mark.parametrize("cell", ["no", "false()", ""])
def test_saying_no_beside_a_group_is_nothing_lost(tmp_path, cell):
    heads = "type | name | label | required | read_only |"
    read = form(
        tmp_path, f"{heads}\n begin group | g | G | {cell} | {cell} |\n text | q | Q | |\n end group | | | |"
    )
    assert read.group("g").code == "g"


def test_the_hint_of_a_group_is_kept_and_told(tmp_path):
    read = form(
        tmp_path,
        "type | name | label | hint | guidance_hint |\n begin group | g | G | Look. | Read on. |\n"
        " text | q | Q | | |\n end group | | | | |",
    )
    assert (str(read.group("g").hint), str(read.group("g").guidance)) == ("Look.", "Read on.")
    assert [warning.partition(": ")[0] for warning in read.warnings] == [
        "survey, row 2, column hint",
        "survey, row 2, column guidance_hint",
    ]
    write_form(read, tmp_path / "out.xlsx")
    assert read_form(tmp_path / "out.xlsx") == read


@pytest.mark.parametrize(
    ("column", "cell", "row", "told"),
    [
        ("relevant", "${q} = 1", "end group | | |", "survey, row 4, column relevant: left out"),
        ("required", "yes", "note | n | N |", "survey, row 4, column required: kept, but nobody answers"),
        ("required_message", "Needed.", "text | n | N |", "survey, row 4, column required_message: kept"),
        ("constraint_message", "More.", "text | n | N |", "survey, row 4, column constraint_message: kept"),
        ("appearance", "map", "text | n | N |", 'survey, row 4, column appearance: "map" is kept'),
    ],
)
def test_what_changes_nothing_is_told_with_its_place(tmp_path, column, cell, row, told):
    rest = "" if row.startswith("end") else "\n end group | | | |"
    read = form(
        tmp_path,
        f"type | name | label | {column} |\n begin group | g | G | |\n text | q | Q | |\n {row} {cell} |{rest}",
    )
    assert [warning for warning in read.warnings if warning.startswith(told)]


@pytest.mark.parametrize(
    ("row", "column", "reason"),
    [
        ("text | q | Q | name = 'Y' | |", "choice_filter", "no choices to filter"),
        ("text | q | Q | | 3 |", "repeat_count", "only a repeat has a count"),
    ],
)
def test_a_rule_for_another_kind_of_row_is_refused(tmp_path, row, column, reason):
    found = faults(tmp_path, f"type | name | label | choice_filter | repeat_count |\n {row}")
    assert (found[0].row, found[0].column) == (2, column)
    assert reason in found[0].sentence


@pytest.mark.parametrize(
    ("heading", "meant"),
    [
        ("relevent", "relevant"),
        ("requird", "required"),
        ("lable::Cymraeg (cy)", "label::Cymraeg (cy)"),
        ("constraint_mesage", "constraint_message"),
        ("calcuation", "calculation"),
        ("triger", "trigger"),
    ],
)
def test_a_column_written_nearly_right_is_told_with_what_is_meant(tmp_path, heading, meant):
    read = form(tmp_path, f"type | name | label | {heading} |\n text | q | Q | x |")
    assert read.warnings[0] == (
        f"survey, row 1, column {heading}: this is no column of a form, so it is kept but changes nothing; "
        f'is "{meant}" meant?'
    )
    assert read.question("q").extra == ((heading, "x"),)


@pytest.mark.parametrize("heading", ["origin", "owner", "standard", "chapter", "comment", "old_code"])
def test_a_further_column_is_kept_without_a_word(tmp_path, heading):
    read = form(tmp_path, f"type | name | label | {heading} |\n text | q | Q | x |")
    assert (read.question("q").extra, read.warnings) == (((heading, "x"),), ())


def test_columns_of_choices_and_settings_and_sheets_written_nearly_right(tmp_path):
    path = tmp_path / "form.md"
    path.write_text(
        "| survey |\n| | type | name | label |\n| | select_one yn | q | Q |\n"
        "| choices |\n| | list_name | name | label | scor |\n| | yn | Y | Yes | 1 |\n"
        "| settings |\n| | form_titel | version |\n| | T | 1 |\n| | U | 2 |\n"
        "| choises |\n| | a |\n| | b |\n"
    )
    told = read_form(path).warnings
    assert [warning.partition(": ")[0] for warning in told if "meant" in warning] == [
        'the sheet "choises" is not read; is "choices" meant?',
        "choices, row 1, column scor",
        "settings, row 1, column form_titel",
    ]
    assert "settings, row 3: left out, because only the first row of settings counts" in told


@pytest.mark.parametrize("column", ["trigger", "trigger_answers"])
def test_a_trigger_that_is_no_choice_is_refused(tmp_path, column):
    found = faults(tmp_path, f"type | name | label | {column} |\n select_one yn | q | Q | N ZZ |", CHOICES)
    assert [(each.row, each.column) for each in found] == [(2, column)]
    assert found[0].reason == '"ZZ" is no answer to "q"'


def test_the_other_choice_can_be_a_trigger(tmp_path):
    read = form(
        tmp_path, "type | name | label | trigger |\n select_one yn or_other | q | Q | other |", CHOICES
    )
    assert read.question("q").trigger == ("other",)


def test_a_text_has_no_answer_that_can_be_singled_out(tmp_path):
    found = faults(tmp_path, "type | name | label | trigger |\n text | q | Q | bad |")
    assert "has no choices" in found[0].sentence
