"""Forms are read whole or refused with the place."""

import contextlib
import io
import random
import zipfile
from pathlib import Path

import pytest
import xlsxwriter
from question_forms import NOW, faults, form, markdown

from fieldwork.domain.question_set import needs_reason
from fieldwork.questions.checking import applies, describe_form
from fieldwork.questions.codec import from_json, to_json
from fieldwork.questions.faults import FormFault
from fieldwork.questions.reading import read_form
from fieldwork.questions.writing import write_form

SAMPLES = Path(__file__).parents[4] / "shared" / "data" / "xlsform"

MET = """
    list_name | name | label | score |
    met | FM | Fully met | 2 |
    met | PM | Partially met | 1 |
    met | NM | Not met | 0 |
    met | NA | Not applicable | |
    met | NK | Not known | |
"""
RICH = """
    type | name | label::English (en) | label::Cymraeg (cy) | hint::English (en) | guidance_hint::English (en) | required | required_message::English (en) | relevant | constraint | constraint_message::English (en) | calculation | default | appearance | read_only | lead | trigger_answers | header | extra | repeat_count |
    select_one met | victim | Victim? | | | | | | | | | | | | | | | yes | | |
    begin group | A | Facts | Ffeithiau | | | | | | | | | | field-list | | | | | | |
    select_one met | A1 | Was it right? | Oedd e'n iawn? | Look. | Read the file. | yes | Needed. | | | | | FM | likert | | P | NM NA | | x | |
    integer | A2 | How many? | | | | ${A1} = 'NM' | | ${A1} = 'PM' or ${A1} = 'NM' | . > 0 | More than none. | | | | | C | | | | |
    begin group | deep | | | | | | | ${A2} > 3 | | | | | | | | | | | |
    text | A3 | Say more | | | | | | | | | | today() | multiline | yes | | | | | |
    end group | | | | | | | | | | | | | | | | | | | |
    end group | | | | | | | | | | | | | | | | | | | |
    begin repeat | S | Suspects | | | | | | | | | | | | | | | | | ${A2} |
    rank met | S1 | Order | | | | | | | | | | | | | | | | | |
    calculate | S2 | | | | | | | | | | position(..) * 2 | | | | | | | | |
    end repeat | | | | | | | | | | | | | | | | | | | |
    note | bye | Goodbye ${A1} | | | | | | | | | | | | | | | | | |
"""  # noqa: E501
SETTINGS = """
    form_title | form_id | version | default_language |
    A rich form | rich | 3 | English (en) |
"""


@pytest.fixture
def rich(tmp_path):
    return form(tmp_path, RICH, MET.replace("| label |", "| label::English (en) |"), SETTINGS)


def test_a_rich_form_is_read_whole(rich):
    assert (rich.form_id, rich.version, rich.title) == ("rich", "3", "A rich form")
    assert rich.languages == ("English (en)", "Cymraeg (cy)")
    assert [section.code for section in rich.sections] == ["A", "S"]
    assert [question.code for question in rich.questions] == ["A1", "A2", "A3", "S1", "S2", "bye"]
    assert [question.code for question in rich.headers] == ["victim"]
    first = rich.question("A1")
    assert (str(first.label), first.label.of("Cymraeg (cy)")) == ("Was it right?", "Oedd e'n iawn?")
    assert (str(first.hint), str(first.guidance), first.required) == ("Look.", "Read the file.", "true()")
    assert (first.lead, first.trigger, first.scale, first.extra) == (
        "P",
        ("NM", "NA"),
        "met",
        (("extra", "x"),),
    )
    assert [choice.score for choice in first.choices] == [2.0, 1.0, 0.0, None, None]
    assert rich.question("A3").groups == ("A", "deep")
    assert (rich.question("A3").read_only, rich.question("A3").default_is_expression) == ("true()", True)
    assert rich.question("S1").repeat == "S"
    assert rich.group("S").repeat_count == "${A2}"
    assert [question.code for question in rich.scored] == ["A1"]


def test_rules_of_the_met_scale(rich):
    first = rich.question("A1")
    assert [code for code in ("FM", "PM", "NM", "NA", "NK") if needs_reason(first, code)] == ["PM", "NM"]
    assert not needs_reason(rich.question("A2"), "NM")


def test_a_set_written_as_a_workbook_reads_back_the_same(rich, tmp_path):
    written = tmp_path / "rich.xlsx"
    write_form(rich, written)
    assert read_form(written) == rich
    again = tmp_path / "again.xlsx"
    write_form(rich, again)
    assert again.read_bytes() == written.read_bytes()


def test_a_set_kept_as_text_comes_back_the_same(rich):
    text = to_json(rich)
    assert from_json(text) == rich
    assert to_json(from_json(text)) == text
    assert from_json(text).question("A1").row == 0  # of the workbook, not of the set


@pytest.mark.parametrize(
    "text", ["", "{}", "[]", '{"format": 2, "set": {}}', '{"format": 1, "set": {"x": 1}}']
)
def test_text_that_is_no_set_is_refused(text):
    with pytest.raises(ValueError, match="question set"):
        from_json(text)


def test_or_other_becomes_a_choice_and_a_text(tmp_path):
    read = form(
        tmp_path,
        "type | name | label |\n select_one colour or_other | liked | Liked |",
        "list_name | name | label |\n colour | red | Red |",
    )
    assert [choice.code for choice in read.question("liked").choices] == ["red", "other"]
    assert read.question("liked_other").relevant == "selected(${liked}, 'other')"


def test_a_form_as_csv(tmp_path):
    path = tmp_path / "form.csv"
    path.write_text('\ufeff"survey",,,\n,"type","name","label"\n,"text","q","One, two"\n', encoding="utf-8")
    assert str(read_form(path).question("q").label) == "One, two"


CHOICES = "list_name | name | label |\n yn | Y | Yes |\n yn | N | No |"
HEAD = "type | name | label | relevant | calculation | constraint | default | lead | choice_filter |\n"


@pytest.mark.parametrize(
    ("survey", "row", "column", "reason"),
    [
        ("geopoint | q | Q |", 2, "type", '"geopoint" is not a kind of question Fieldwork can ask'),
        ("audio | q | Q |", 2, "type", '"audio"'),
        ("image | q | Q |", 2, "type", '"image"'),
        ("barcode | q | Q |", 2, "type", '"barcode"'),
        ("range | q | Q |", 2, "type", '"range"'),
        ("start | q | |", 2, "type", "times, people and devices"),
        ("csv-external | q | |", 2, "type", '"csv-external"'),
        ("select_one_from_file a.csv | q | Q |", 2, "type", "outside the form"),
        (
            "text | a | A |\n begin loop over yn | q | Q |\n text | b | B |\n end loop | | |",
            3,
            "type",
            "group",
        ),
        ("tekst | q | Q |", 2, "type", '"tekst" is not a kind of question'),
        ("select_one | q | Q |", 2, "type", "names no choice list"),
        ("select_one gone | q | Q |", 2, "type", 'no choice list "gone"'),
        ("text | q | Q |\n text | q | Again |", 3, "name", "already taken by row 2"),
        ("text | | Q |", 2, "name", "no name"),
        ("text | 1q | Q |", 2, "name", "name"),
        (" | q | Q |", 2, "type", "no type"),
        ("text | q | |", 2, "label", '"q" has no label'),
        ("text | q | Q | ${gone} = 1 |", 2, "relevant", '"gone"'),
        ("text | q | After ${gone} |", 2, "label", 'no question "gone"'),
        ("text | q | After ${gone |", 2, "label", "reference variables"),
        ("text | q | Q | ${q = 1 |", 2, "relevant", "relevant"),
        ("text | q | Q | 1 = |", 2, "relevant", "too early"),
        ("text | q | Q | a = 1 |", 2, "relevant", "bare word"),
        ("text | q | Q | made-up() |", 2, "relevant", '"made-up"'),
        ("text | q | Q | | | . >> 1 |", 2, "constraint", 'does not expect ">"'),
        ("calculate | q | | | |", 2, "calculation", "a calculation without one"),
        (
            "calculate | a | | | ${b} |\n calculate | b | | | ${c} + 1 |\n calculate | c | | | ${a} |",
            2,
            "calculation",
            '"a" → "b" → "c" → "a"',
        ),
        ("text | q | Q | ${q} = 1 |", 2, "relevant", "depends on itself"),
        ("select_one yn | q | Q | | | | maybe |", 2, "default", '"maybe" is not one of the choices'),
        ("text | q | Q | | | | | X |", 2, "lead", '"X" is not a lead'),
        ("text | a | A |\n begin group | g | G |\n text | q | Q |", 3, "type", "never closed"),
        ("text | q | Q |\n end group | | |", 3, "type", "no open group"),
        ("begin group | g | G |\n text | q | Q | ${g} = 1 |\n end group | | |", 3, "relevant", "is a group"),
        (
            "begin repeat | r | R |\n begin repeat | s | S |\n text | q | Q |\n end repeat |\n end repeat |",
            3,
            "type",
            "a repeat inside a repeat",
        ),
    ],
)
def test_what_is_wrong_is_said_with_its_place(tmp_path, survey, row, column, reason):
    first = faults(tmp_path, HEAD + survey, CHOICES)[0]
    assert (first.sheet, first.row, first.column) == ("survey", row, column)
    assert reason in first.sentence
    assert first.sentence.startswith(f"survey, row {row}, column {column}: ")
    assert first.sentence.endswith(".")


def test_all_faults_are_told_in_the_order_of_the_sheets(tmp_path):
    found = faults(
        tmp_path,
        "type | name | label |\n barcode | a | A |\n text | b | B |\n video | c | C |",
        "list_name | name | label | score |\n met | FM | Fully met | two |",
    )
    assert [(fault.sheet, fault.row) for fault in found] == [("survey", 2), ("survey", 4), ("choices", 2)]


@pytest.mark.parametrize(
    ("headings", "column"),
    [("type | name | label | label |", "label"), ("type | name | relevant | relevance |", "relevance")],
)
def test_two_columns_of_one_name(tmp_path, headings, column):
    first = faults(tmp_path, f"{headings}\n text | q | Q | x |")[0]
    assert (first.sheet, first.row, first.column) == ("survey", 1, column)


def test_pictures_beside_questions_and_outside_parameters_are_refused(tmp_path):
    found = faults(
        tmp_path,
        "type | name | label | media::image | parameters | trigger |\n"
        " text | a | A | a.png | rows=4 | |\n calculate | b | | | | ${a} |",
    )
    assert [fault.column for fault in found][:3] == ["image", "parameters", "trigger"]


def test_entities_are_refused_by_sheet(tmp_path):
    path = tmp_path / "form.md"
    path.write_text(
        markdown("type | name | label |\n text | q | Q |")
        + "\n| entities |\n| | list_name | label |\n| | a | b |"
    )
    with pytest.raises(FormFault, match="entities are not something Fieldwork can use"):
        read_form(path)


def test_a_choice_filter_on_a_missing_column_is_warned_of(tmp_path):
    assert (
        faults(tmp_path, HEAD + "begin group | g | G |\n end group | | |")[0].reason
        == "this form asks nothing"
    )
    read = form(tmp_path, f"{HEAD} select_one yn | q | Q | | | | | | shade = 'dark' |", CHOICES)
    assert 'no column "shade"' in read.warnings[0]


# Files that are no forms


def workbook(path, rows):
    """A small workbook with a survey sheet, as bytes."""
    book = xlsxwriter.Workbook(str(path))
    sheet = book.add_worksheet("survey")
    for number, row in enumerate(rows):
        sheet.write_row(number, 0, row)
    book.close()
    return path.read_bytes()


def rewritten(content, change):
    """A workbook with one member replaced or added: `change` is its name and content."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for member in old.infolist():
            if member.filename != change[0]:
                new.writestr(member, old.read(member))
        new.writestr(*change)
    return out.getvalue()


@pytest.fixture
def good(tmp_path):
    return workbook(tmp_path / "good.xlsx", [["type", "name", "label"], ["text", "q", "Q"]])


def refusal(path, content=None):
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(FormFault) as caught:
        read_form(path)
    return caught.value.sentence


def test_a_swollen_workbook_is_refused_before_it_is_opened(tmp_path, good):
    bomb = rewritten(good, ("xl/media/bomb.bin", b"\0" * 5_000_000))
    assert "more than 100 times its size" in refusal(tmp_path / "f.xlsx", bomb)


def test_too_many_parts(tmp_path):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for number in range(10_001):
            archive.writestr(str(number), b"")
    assert "10001 parts" in refusal(tmp_path / "f.xlsx", out.getvalue())


def test_a_document_type_declaration_is_refused(tmp_path, good):
    attack = '<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "b">]><a>&b;</a>'
    assert "document type declaration" in refusal(
        tmp_path / "f.xlsx", rewritten(good, ("xl/sharedStrings.xml", attack))
    )


@pytest.mark.parametrize("sized", [10, 300, 2000])
def test_half_a_workbook(tmp_path, good, sized):
    assert "workbook" in refusal(tmp_path / "f.xlsx", good[:sized])


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        ("form.docx", b"x", "not a form Fieldwork can read"),
        ("form.xlsx", b"", "is empty"),
        ("form.xlsx", b"hello", "not a whole .xlsx workbook"),
        ("form.xls", b"hello", "not a whole .xls workbook"),
        ("form.xls", bytes.fromhex("d0cf11e0a1b11ae1") + b"\0" * 600, "cannot be read"),
        (
            "form.xlsx",
            bytes.fromhex("d0cf11e0a1b11ae1") + "EncryptedPackage".encode("utf-16-le"),
            "protected with a password",
        ),
        ("form.md", b"\xff\xfe\x00", "not UTF-8"),
        ("form.md", b"just words", "not"),
        ("form.csv", b"a,b,c,d,e,f\n", "survey"),
        ("form.md", b"| survey |\n| | type | name |\n", "no rows"),
    ],
)
def test_files_that_are_no_forms(tmp_path, name, content, reason):
    assert reason in refusal(tmp_path / name, content)


@pytest.mark.parametrize("seed", range(40))
def test_a_damaged_workbook_is_refused_or_read_but_never_a_crash(tmp_path, good, seed):
    chance = random.Random(seed)
    content = bytearray(good)
    for _change in range(chance.randint(1, 12)):
        content[chance.randrange(len(content))] = chance.randrange(256)
    path = tmp_path / "damaged.xlsx"
    path.write_bytes(content)
    with contextlib.suppress(FormFault):
        read_form(path)


def test_a_form_that_is_not_there(tmp_path):
    assert "cannot be opened" in refusal(tmp_path / "gone.xlsx")


# What the command line says


def test_a_form_described(tmp_path):
    (tmp_path / "form.md").write_text(markdown("type | name | label |\n select_one met | q | Q |", MET))
    told = describe_form(tmp_path / "form.md")
    assert told["ok"]
    assert (told["questions"], told["scored"], told["kinds"]) == (1, 1, {"select_one": 1})


def test_a_faulty_form_described(tmp_path):
    (tmp_path / "form.md").write_text(markdown("type | name | label |\n barcode | q | Q |"))
    told = describe_form(tmp_path / "form.md")
    assert not told["ok"]
    assert (told["faults"][0]["sheet"], told["faults"][0]["row"], told["faults"][0]["column"]) == (
        "survey",
        2,
        "type",
    )


def test_what_applies_takes_defaults_unless_told_otherwise(tmp_path):
    path = tmp_path / "form.md"
    path.write_text(
        markdown(
            "type | name | label | default | relevant |\n"
            " integer | a | A | 3 | |\n text | b | B | | ${a} = 3 |"
        )
    )
    assert applies(path, {}, NOW)["asked"] == ["a", "b"]
    assert applies(path, {"a": None}, NOW)["asked"] == ["a"]


# The published sample forms, where they are at hand

READ = {
    "bug_example_xls__xl_date_ambiguous.xlsx": 4,
    "example_xls__cascading_select_test_equivalent.xls": 9,
    "example_xls__choice_filter_test.xlsx": 3,
    "example_xls__group.xlsx": 3,
    "example_xls__or_other.xlsx": 3,
    "example_xls__specify_other.xlsx": 2,
    "example_xls__survey_no_name.xlsx": 1,
    "example_xls__tutorial.xls": 10,
    "example_xls__yes_or_no_question.xlsx": 1,
}
REFUSED = {
    "bug_example_xls__bad_calc.xlsx": ("survey", 2, "calculation"),
    "bug_example_xls__calculate_without_calculation.xls": ("survey", 34, "calculation"),
    "bug_example_xls__duplicate_columns.xlsx": ("survey", 1, "label"),
    "example_xls__loop.xlsx": ("survey", 3, "type"),
    "example_xls__unknown_question_type.xls": ("survey", 1, "relevance"),
    "example_xls__xlsform_spec_test.xlsx": ("survey", 34, "type"),
}


@pytest.mark.skipif(not SAMPLES.is_dir(), reason="the published sample forms are not beside this checkout")
def test_every_sample_form_is_read_or_refused_with_its_place(tmp_path):
    files = sorted(path for path in SAMPLES.iterdir() if path.suffix.startswith(".xls"))
    assert files
    for path in files:
        if path.name in REFUSED:
            with pytest.raises(FormFault) as caught:
                read_form(path)
            assert REFUSED[path.name] in [(each.sheet, each.row, each.column) for each in caught.value.all]
            continue
        read = read_form(path)
        assert len(read.questions) == READ.get(path.name, len(read.questions))
        write_form(read, tmp_path / "again.xlsx")
        assert read_form(tmp_path / "again.xlsx") == read, path.name
