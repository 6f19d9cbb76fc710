"""Two versions side by side: every change is found, and no code comes to mean something else."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from question_forms import form

from fieldwork.domain.question_set import Wording
from fieldwork.questions.carried import names_now
from fieldwork.questions.differing import differing, reused, same_meaning
from fieldwork.questions.side_by_side import pairs

HEAD = "type | name | label | hint | constraint | relevant | lead | was |"
BASE = f"""
    {HEAD}
    select_one yn | a | Was it right? | Look. | . != 'N' | | P | |
    integer | n | How many? | | . > 3 | ${{a}} = 'Y' | C | |
    begin group | g | Group | | | | | |
    text | t | Say more | | | ${{n}} > 4 | | |
    end group | | | | | | | |
"""
CHOICES = """
    list_name | name | label | score | was |
    yn | Y | Yes | 1 | |
    yn | N | No | 0 | |
    yn | NK | Not known | | |
"""


def between(tmp_path, *changes, choices=CHOICES, base=BASE, base_choices=CHOICES):
    after = base
    for old, new in changes:
        assert old in after
        after = after.replace(old, new)
    return differing(form(tmp_path, base, base_choices), form(tmp_path, after, choices))


def places(found):
    return [(fault.sheet, fault.row, fault.column) for fault in found.faults]


def test_the_same_set_has_no_difference(tmp_path):
    found = between(tmp_path)
    assert found.same
    assert found.faults == ()


def test_added_and_removed(tmp_path):
    found = between(
        tmp_path, ("integer | n | How many?", "date | when | On which day?"), ("${n} > 4", "1 = 1")
    )
    assert (found.added, found.removed, found.likely_renamed) == (("when",), ("n",), ())
    assert not found.same


def test_a_likely_new_name_is_only_suggested(tmp_path):
    found = between(tmp_path, ("integer | n | How many?", "integer | m | How many?"), ("${n}", "${m}"))
    assert (found.added, found.removed) == (("m",), ("n",))
    assert found.likely_renamed == (("n", "m"),)


def test_renamed_by_the_column_was(tmp_path):
    found = between(tmp_path, ("integer | n |", "integer | m |"), ("| C | |", "| C | n |"), ("${n}", "${m}"))
    assert found.carried.renamed == (("n", "m"),)
    assert (found.added, found.removed, found.rules, found.reworded, found.moved) == ((), (), (), (), ())
    assert not found.same


def test_split_and_joined(tmp_path):
    parts = (
        BASE.replace(
            "    begin group",
            "    integer | n2 | How many late? | | | | C | n |\n    begin group",
        )
        .replace("integer | n |", "integer | n1 |")
        .replace("'Y' | C | |", "'Y' | C | n |")
        .replace("${n}", "${n1}")
    )
    found = differing(form(tmp_path, BASE, CHOICES), form(tmp_path, parts, CHOICES))
    assert found.carried.split == (("n", ("n1", "n2")),)
    assert (found.added, found.removed, found.carried.renamed) == ((), (), ())
    back = parts.replace("| C | n |", "| C | |")
    whole = BASE.replace("'Y' | C | |", "'Y' | C | n1 n2 |")
    found = differing(form(tmp_path, back, CHOICES), form(tmp_path, whole, CHOICES))
    assert found.carried.joined == ((("n1", "n2"), "n"),)


@pytest.mark.parametrize(
    ("old", "new", "column", "before", "after"),
    [
        ("How many?", "How many then?", "label", "How many?", "How many then?"),
        ("Look.", "Look twice.", "hint", "Look.", "Look twice."),
        (". > 3", ". > 2", "constraint", ". > 3", ". > 2"),
        ("${n} > 4", "${n} > 5", "relevant", "${n} > 4", "${n} > 5"),
        ("| P |", "| J |", "lead", "P", "J"),
        ("integer | n", "decimal | n", "type", "integer", "decimal"),
    ],
)
def test_each_changed_cell_is_found_under_its_column(tmp_path, old, new, column, before, after):
    found = between(tmp_path, (old, new))
    cells = (*found.reworded, *found.rules)
    assert [(each.column, each.before, each.after) for each in cells] == [(column, before, after)]
    assert cells[0].row > 1


def test_moved(tmp_path):
    lines = BASE.strip().splitlines()
    lines.insert(4, lines.pop(1))
    found = differing(form(tmp_path, BASE, CHOICES), form(tmp_path, "\n".join(lines), CHOICES))
    assert (found.moved, found.added, found.removed) == (("a",), (), ())


def test_choices_added_removed_renamed_and_scored_anew(tmp_path):
    choices = CHOICES.replace("yn | NK | Not known | | |", "yn | M | Maybe | | |")
    choices = choices.replace("yn | Y | Yes | 1 | |", "yn | J | Yes | 2 | Y |")
    found = between(tmp_path, ("= 'Y'", "= 'J'"), choices=choices)
    assert [(each.code, each.choice, each.after) for each in found.choices_added] == [("a", "M", "Maybe")]
    assert [(each.code, each.choice, each.before) for each in found.choices_removed] == [
        ("a", "NK", "Not known")
    ]
    assert [(each.before, each.after) for each in found.choices_renamed] == [("Y", "J")]
    assert [(each.column, each.before, each.after) for each in found.choices_reworded] == [
        ("score", "1", "2")
    ]
    assert found.faults == ()


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("No", "Not applicable"),
        ("Met", "Not met"),
        ("Stage 1", "Stage 2"),
        ("Between 10 and 20 days", "Between 10 and 30 days"),
        ("Fully met", "Partially met"),
        ("Yes", "No"),
    ],
)
def test_a_choice_code_that_would_mean_something_else_is_refused(tmp_path, before, after):
    old, new = (CHOICES.replace("| N | No |", f"| N | {label} |") for label in (before, after))
    found = between(tmp_path, choices=new, base_choices=old)
    assert places(found) == [("choices", 3, "name")]
    vouched = new.replace(f"| N | {after} | 0 | |", f"| N | {after} | 0 | N |")
    found = between(tmp_path, choices=vouched, base_choices=old)
    assert found.faults == ()
    assert [(each.before, each.after) for each in found.choices_reworded] == [(before, after)]


@pytest.mark.parametrize(
    ("before", "after"),
    [("No", "no."), ("Not known", "not known"), ("Recieved in time", "Received in time"), ("Ydy", "Ydy!")],
)
def test_a_corrected_label_is_no_other_meaning(before, after):
    assert same_meaning(Wording((("default", before),)), Wording((("default", after),)))


def test_the_meaning_is_compared_within_one_language():
    before = Wording((("English", "No"), ("Cymraeg", "Na")))
    assert same_meaning(before, Wording((("Cymraeg", "Na"), ("English", "No"))))
    assert not same_meaning(before, Wording((("Cymraeg", "Na"), ("English", "Yes"))))


def test_two_choices_that_change_places_are_refused(tmp_path):
    choices = CHOICES.replace("| Y | Yes |", "| Y | No |").replace("| N | No |", "| N | Yes |", 1)
    swapped = "\n".join(
        line.replace("No |", "Yes |") if "| N |" in line else line for line in choices.splitlines()
    )
    assert places(between(tmp_path, choices=swapped)) == [("choices", 2, "name"), ("choices", 3, "name")]


@pytest.mark.parametrize(
    ("change", "column"),
    [
        (("| C | |", "| C | gone |"), "was"),
        (("| C | |", "| C | a |"), "was"),
        (("integer | n | How many? | | . > 3 | ${a} = 'Y' | C | |",
          "integer | n | How many? | | . > 3 | | C | a |"), "was"),
    ],
)  # fmt: skip
def test_a_map_that_cannot_be_true_is_refused(tmp_path, change, column):
    assert ("survey", 3, column) in places(between(tmp_path, change))


@pytest.mark.parametrize(("row", "was"), [("yn | M | Maybe | | gone |", 5), ("yn | M | Maybe | | N |", 5)])
def test_a_map_of_choices_that_cannot_be_true_is_refused(tmp_path, row, was):
    found = between(tmp_path, choices=f"{CHOICES.rstrip()}\n    {row}")
    assert places(found) == [("choices", was, "was")]


def test_a_code_of_a_version_further_back_is_not_free(tmp_path):
    first = form(tmp_path, BASE, CHOICES)
    second = form(tmp_path, BASE, CHOICES.replace("    yn | NK | Not known | | |\n", ""))
    third = form(tmp_path, BASE, CHOICES.replace("Not known", "None kept"))
    assert differing(second, third).faults == ()
    assert [(fault.row, fault.column) for fault in reused([first, second], third)] == [(4, "name")]
    assert reused([first], second) == ()


FIELDS = ("label", "hint", "guidance", "constraint_message", "required_message")
RULES = ("required", "relevant", "constraint", "calculation", "default", "read_only", "appearance")


@pytest.fixture(scope="module")
def base(tmp_path_factory):
    return form(tmp_path_factory.mktemp("base"), BASE, CHOICES)


@given(place=st.integers(0, 2), name=st.sampled_from(FIELDS + RULES), text=st.text(min_size=1))
def test_any_single_change_is_found_both_ways(base, place, name, text):
    value = Wording((("default", text),)) if name in FIELDS else text
    if getattr(base.questions[place], name) == value:
        return
    questions = list(base.questions)
    questions[place] = replace(questions[place], **{name: value})
    new = replace(base, questions=tuple(questions))
    there, back = differing(base, new), differing(new, base)
    cells = [(*found.reworded, *found.rules) for found in (there, back)]
    assert [len(each) for each in cells] == [1, 1]
    assert (cells[0][0].before, cells[0][0].after) == (cells[1][0].after, cells[1][0].before)
    assert cells[0][0].code == questions[place].code


def test_what_was_carried_over_before_is_no_news(tmp_path):
    first = form(tmp_path, BASE, CHOICES)
    after = BASE.replace(
        "integer | n | How many? | | . > 3 | ${a} = 'Y' | C | |",
        "integer | m | How many? | | . > 3 | ${a} = 'Y' | C | n |",
    )
    after = after.replace("${n}", "${m}")
    renamed = CHOICES.replace("yn | NK | Not known | | |", "yn | UN | Unknown | | NK |")
    second = form(tmp_path, after, renamed)
    third = form(tmp_path, after.replace("How many?", "How many in all?"), renamed)
    found = differing(second, third)
    assert (found.faults, found.carried.renamed, found.choices_renamed) == ((), (), ())
    assert [one.code for one in found.reworded] == ["m"]
    assert not reused([first, second], third)


def test_answers_of_all_earlier_versions_are_read_in_the_words_of_now(tmp_path):
    def version(code, was, choice="N", choice_was="", more=""):
        survey = f"type | name | label | was |\n select_one yn | {code} | Was it right? | {was} |\n{more}"
        return form(
            tmp_path,
            survey,
            f"list_name | name | label | was |\n yn | Y | Yes | |\n yn | {choice} | No | {choice_was} |",
        )

    first, second = version("a", ""), version("b", "a")
    third = version("c", "b", "NO", "N", "text | other | Why? | |")
    names = names_now([first, second], third)
    assert [names.question(code) for code in ("a", "b", "c", "other", "gone")] == [
        "c",
        "c",
        "c",
        "other",
        "gone",
    ]
    assert [names.choice("c", code) for code in ("N", "NO", "Y")] == ["NO", "NO", "Y"]
    assert names_now([second, third], first).question("c") == "c"  # back to an older one: nothing says so
    apart = form(tmp_path, "type | name | label | was |\n text | x | X? | a |\n text | y | Y? | a |")
    assert names_now([first], apart).question("a") == "a"


def test_what_differs_is_told_in_pairs_for_people(tmp_path):
    after = (
        BASE.replace("Was it right?", "Was it so?")
        .replace("${a} = 'Y'", "${a} = 'N'")
        .replace("text | t | Say more | | | ${n} > 4 | | |", "text | s | Say why | | | ${n} > 4 | | |")
        .replace("integer | n | How many? |", "integer | m | How many? |")
        .replace("| ${a} = 'N' | C | |", "| ${a} = 'N' | C | n |")
        .replace("${n}", "${m}")
    )
    old = form(tmp_path, BASE, CHOICES)
    new = form(tmp_path, after, CHOICES.replace("Not known", "Nobody says"))
    found = differing(old, new)
    told = [(pair.kind, pair.title, pair.before, pair.after) for pair in pairs(old, new, found, found.faults)]
    assert told[0][0] == "Refused" and told[0][1] == "choices, row 4, column name"
    assert told[1:] == [
        ("Removed", "t", "Say more", ""),
        ("Added", "s", "", "Say why"),
        ("Renamed", "n is now m", "n: How many?", "m: How many?"),
        ("Reworded", "a, wording", "Was it right?", "Was it so?"),
        ("Works differently", "m, where it is asked", "a is \u201cYes\u201d", "a is \u201cNo\u201d"),
        ("Choices reworded", "a, choice NK", "Not known", "Nobody says"),
    ]
