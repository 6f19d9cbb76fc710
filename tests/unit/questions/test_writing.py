"""Whatever set is written as a workbook, pyxform accepts it and it reads back the same."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fieldwork.domain.faults import Fault
from fieldwork.domain.question_set import Choice, Group, Question, QuestionSet, Section, Wording
from fieldwork.questions.reading import read_form
from fieldwork.questions.writing import write_form

LANGUAGES = ("English (en)", "Cymraeg (cy)", "Français (fr)")
STARTS = st.sampled_from(["", "=", "+", "-", "@", "'", "#", "<b>", "1", "&amp; "])
LINES = st.text(st.characters(codec="utf-8", categories=("L", "N", "P", "S")), min_size=1, max_size=30)


def words(languages):
    """Texts in some of the languages, with what spreadsheets take for formulas and numbers."""
    line = st.builds(lambda start, *parts: start + " ".join(parts), STARTS, LINES, LINES)
    line = line.map(lambda text: text.replace("${", "$ {"))
    texts = st.tuples(*(line for _language in languages))
    return texts.map(lambda each: Wording(tuple(zip(languages, each, strict=True))))


@st.composite
def question_sets(draw):
    languages = draw(st.sampled_from([("default",), LANGUAGES[:1], LANGUAGES[:2], LANGUAGES]))
    text = words(languages)
    maybe = st.one_of(st.just(Wording()), text)
    choices = tuple(
        Choice(f"c{number}", draw(text), draw(st.sampled_from([None, 0.0, 0.5, 2.0])))
        for number in range(draw(st.integers(1, 4)))
    )
    groups = (Group("g", draw(text), hint=draw(maybe)), Group("r", draw(text), repeats=True, parents=("g",)))
    questions = []
    for number, depth in enumerate(sorted(draw(st.lists(st.integers(0, 2), min_size=1, max_size=5)))):
        kind = draw(st.sampled_from(["text", "integer", "date", "select_one", "select_multiple", "note"]))
        around = tuple(group.code for group in groups[:depth])
        questions.append(
            Question(
                code=f"q{number}",
                kind=kind,
                label=draw(text),
                hint=draw(maybe),
                guidance=draw(maybe),
                required=draw(st.sampled_from(["", "true()", "1 = 1"])),
                relevant="" if not number else draw(st.sampled_from(["", "${q0} != 'x'"])),
                constraint=draw(st.sampled_from(["", ". != '-1'"])),
                constraint_message=draw(maybe),
                read_only=draw(st.sampled_from(["", "true()"])),
                appearance=draw(st.sampled_from(["", "minimal"])),
                section=around[0] if around else "",
                groups=around,
                repeat="r" if "r" in around else "",
                lead=draw(st.sampled_from("PCJ")),
                list_name="l" if kind.startswith("select") else "",
                choices=choices if kind.startswith("select") else (),
                extra=draw(st.sampled_from([(), (("origin", "=1+1"),), (("was", "a b"),)])),
            )
        )
    used = {code for question in questions for code in question.groups}
    return QuestionSet(
        form_id="form",
        version=draw(st.sampled_from(["", "3", "2025-01"])),
        title="A form",
        languages=languages,
        default_language=languages[0],
        sections=(Section("g", groups[0].label),) if "g" in used else (),
        groups=tuple(group for group in groups if group.code in used),
        questions=tuple(questions),
    )


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(written=question_sets())
def test_a_set_reads_back_as_it_was_written(tmp_path_factory, written):
    path = tmp_path_factory.mktemp("written") / "form.xlsx"
    write_form(written, path)
    assert read_form(path) == written


def asking(label):
    question = Question("q", "text", Wording((("default", label),)))
    return QuestionSet("form", "1", "A form", ("default",), "default", (), (), (question,))


def test_curly_quotes_stay_in_wordings_and_are_straight_in_expressions(tmp_path):
    path = tmp_path / "form.md"
    path.write_text(
        "| survey |\n| | type | name | label | hint::Cymraeg (cy) | relevant | constraint | constraint_message |\n"
        "| | text | a | Was it “fit”? | dyma’r | | . != ‘x’ | Don’t |\n"
        "| | text | b | Why? | | ${a} = ‘no’ | | |\n",
        "utf-8",
    )
    first, second = read_form(path).questions
    assert "Was it “fit”?" in first.label.by_language[0]
    assert "dyma’r" in str(first.hint) and "Don’t" in str(first.constraint_message)
    assert (first.constraint, second.relevant) == (". != 'x'", "${a} = 'no'")
    write_form(read_form(path), tmp_path / "again.xlsx")
    assert read_form(tmp_path / "again.xlsx").questions == read_form(path).questions


def test_a_text_longer_than_a_cell_is_refused_and_nothing_written(tmp_path):
    path = tmp_path / "form.xlsx"
    with pytest.raises(Fault, match=r'The label of "q" on the sheet survey has 32768 characters'):
        write_form(asking("x" * 32_768), path)
    assert not path.exists()
    longest = asking("x" * 32_767)
    write_form(longest, path)
    assert read_form(path) == longest
