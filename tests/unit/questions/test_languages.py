"""Forms in several languages: the order is the form's own, and each reader gets the one asked for."""

import pytest
from question_forms import NOW, faults, form

from fieldwork.domain.faults import Fault
from fieldwork.questions.applying import apply
from fieldwork.questions.reading import read_form
from fieldwork.questions.writing import write_form

BOTH = """
    type | name | label::English (en) | label::Cymraeg (cy) | constraint | constraint_message::English (en) | constraint_message::Cymraeg (cy) | calculation |
    integer | n | How many? | Faint? | . > 3 | More. | Mwy. | |
    select_one yn | sure | Sure? | Siŵr? | | | | |
    calculate | said | | | | | | jr:choice-name(${sure}, '${sure}') |
"""  # noqa: E501
CHOICES = """
    list_name | name | label::English (en) | label::Cymraeg (cy) |
    yn | Y | Yes | Ydw |
    yn | N | No | Nac ydw |
"""
WELSH_FIRST = "default_language |\n Cymraeg (cy) |"


def test_the_first_column_is_the_default_language(tmp_path):
    read = form(tmp_path, BOTH, CHOICES)
    assert read.languages == ("English (en)", "Cymraeg (cy)")
    assert (str(read.question("n").label), read.question("n").label.of("Cymraeg (cy)")) == (
        "How many?",
        "Faint?",
    )
    assert str(read.question("sure").choice("Y").label) == "Yes"


def test_the_setting_goes_before_the_order_of_the_columns(tmp_path):
    read = form(tmp_path, BOTH, CHOICES, WELSH_FIRST)
    assert read.languages == ("Cymraeg (cy)", "English (en)")
    assert str(read.question("n").label) == "Faint?"
    assert str(read.question("sure").choice("N").label) == "Nac ydw"


@pytest.mark.parametrize("settings", ["", WELSH_FIRST])
def test_the_order_is_kept_when_the_set_is_written_out(tmp_path, settings):
    read = form(tmp_path, BOTH, CHOICES, settings)
    write_form(read, tmp_path / "out.xlsx")
    again = read_form(tmp_path / "out.xlsx")
    assert (again, again.languages) == (read, read.languages)


@pytest.mark.parametrize(
    ("language", "message", "said"),
    [("", "More.", "Yes"), ("English (en)", "More.", "Yes"), ("Cymraeg (cy)", "Mwy.", "Ydw")],
)
def test_messages_and_choice_names_in_the_language_asked_for(tmp_path, language, message, said):
    read = form(tmp_path, BOTH, CHOICES)
    applied = apply(read, {"n": 1, "sure": "Y"}, NOW, language=language)
    assert [fault.message for fault in applied.faults] == [message]
    assert applied.calculated["said"] == said


def test_another_language_is_worked_out_anew(tmp_path):
    read = form(tmp_path, BOTH, CHOICES)
    before = apply(read, {"n": 1, "sure": "Y"}, NOW)
    after = apply(read, {"n": 1, "sure": "Y"}, NOW, previous=before, language="Cymraeg (cy)")
    assert after.calculated["said"] == "Ydw"


@pytest.mark.parametrize("heads", ["label | label::Cymraeg (cy)", "label::Cymraeg (cy) | label"])
def test_a_column_without_a_language_is_the_default_wherever_it_stands(tmp_path, heads):
    words = {"label": "One", "label::Cymraeg (cy)": "Un"}
    cells = " | ".join(words[head] for head in heads.split(" | "))
    read = form(tmp_path, f"type | name | {heads} |\n text | q | {cells} |")
    assert read.languages == ("default", "Cymraeg (cy)")
    label = read.question("q").label
    assert (str(label), label.of("Cymraeg (cy)")) == ("One", "Un")


def test_a_text_twice_in_the_default_language_is_refused(tmp_path):
    first = faults(
        tmp_path,
        "type | name | label::English (en) | label |\n text | q | One | Two |",
        settings="default_language |\n English (en) |",
    )[0]
    assert (first.sheet, first.row, first.column) == ("survey", 1, "label::English (en)")


def test_a_default_language_nothing_is_written_in_is_told(tmp_path):
    read = form(tmp_path, BOTH, CHOICES, "default_language |\n Saesneg (en) |")
    assert read.languages == ("English (en)", "Cymraeg (cy)")
    assert read.warnings[0] == (
        'settings, column default_language: no text is in "Saesneg (en)", so "English (en)" is shown first'
    )


def test_a_cell_under_no_heading_is_refused_in_words(tmp_path):
    path = tmp_path / "form.md"
    path.write_text(
        "| survey |\n| | type | name | label::Cymraeg | |\n| | integer | n | Faint? | beside |\n", "utf-8"
    )
    with pytest.raises(Fault, match="invalid headers"):
        read_form(path)
