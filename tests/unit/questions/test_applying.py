"""What applies, what is required, what fails and what is calculated."""

from datetime import timedelta

import pytest
from question_forms import NOW, form

from fieldwork.questions.applying import apply, initial_answers

YES_NO = """
    list_name | name | label |
    yn | Y | Yes |
    yn | N | No |
"""


@pytest.fixture
def visits(tmp_path):
    """A form with a group, a repeat, a constraint and calculations."""
    return form(
        tmp_path,
        """
        type|name|label|relevant|required|constraint|constraint_message|calculation|repeat_count|
        select_one yn | seen | Seen? | | yes | | | | |
        begin group | more | More | ${seen} = 'Y' | | | | | |
        integer | age | Age | | ${seen} = 'Y' | . >= 10 and . < 100 | From 10 to 99. | | |
        text | why | Why | ${age} > 50 | | | | | |
        end group | | | | | | | | |
        begin repeat | call | Call | ${seen} = 'Y' | | | | | |
        integer | minutes | Minutes | | yes | | | | |
        text | long | Why so long | ${minutes} > 30 | yes | | | | |
        calculate | place | | | | | | position(..) | |
        end repeat | | | | | | | | |
        calculate | total | | | | | | sum(${minutes}) | |
        calculate | calls | | | | | | count(${call}) | |
        calculate | today | | | | | | string(today()) | |
        note | closing | Well over an hour. | ${total} > 60 | | | | | |
        """,
        YES_NO,
    )


def test_nothing_answered(visits):
    applied = apply(visits, {}, NOW)
    assert applied.asked == ("seen",)
    assert applied.required == ("seen",)
    assert applied.calculated == {"total": 0, "calls": 0, "today": "2025-07-31"}


def test_a_group_condition_holds_for_its_members(visits):
    assert apply(visits, {"seen": "Y"}, NOW).asked == ("seen", "age")
    assert apply(visits, {"seen": "Y", "age": 51}, NOW).asked == ("seen", "age", "why")


def test_a_dormant_answer_counts_as_empty_and_comes_back(visits):
    answers = {"seen": "N", "age": 51, "why": "kept"}
    assert apply(visits, answers, NOW).asked == ("seen",)
    assert apply(visits, {**answers, "seen": "Y"}, NOW).asked == ("seen", "age", "why")


def test_constraints_and_kinds(visits):
    def messages(age):
        return [fault.message for fault in apply(visits, {"seen": "Y", "age": age}, NOW).faults]

    assert messages(9) == ["From 10 to 99."]
    assert messages("9.5") == ["Give a whole number."]
    assert messages("old") == ["Give a whole number."]
    assert messages("10") == []
    assert messages("") == []
    assert apply(visits, {"seen": "maybe"}, NOW).faults[0].message == '"maybe" is not one of the choices.'


def test_required_follows_its_expression(visits):
    assert apply(visits, {"seen": "Y"}, NOW).required == ("age",)


def test_repeats(visits):
    calls = [{"minutes": 45}, {"minutes": 20}, {}]
    applied = apply(visits, {"seen": "Y", "age": 20, "call": calls}, NOW)
    assert applied.asked == (
        "seen", "age", "call[1]/minutes", "call[1]/long", "call[2]/minutes", "call[3]/minutes", "closing",
    )  # fmt: skip
    assert applied.required == ("call[1]/long", "call[3]/minutes")
    assert applied.calculated["total"] == 65
    assert applied.calculated["calls"] == 3
    assert applied.calculated["call[2]/place"] == 2
    assert applied.instances == {"call": 3}


def test_a_repeat_that_does_not_apply_has_no_instances(visits):
    applied = apply(visits, {"seen": "N", "call": [{"minutes": 90}]}, NOW)
    assert applied.instances == {}
    assert applied.calculated["total"] == 0


def test_texts_are_filled_in(tmp_path):
    one = form(
        tmp_path,
        """
        type | name | label | constraint | constraint_message |
        integer | a | A | | |
        integer | b | More than ${a}? | . > ${a} | More than ${a}, please. |
        begin repeat | r | R | | |
        text | c | C | | |
        note | d | ${c} of ${a} | | |
        end repeat | | | | |
        """,
    )
    applied = apply(one, {"a": 3, "b": 2, "r": [{"c": "x"}, {"c": "y"}]}, NOW)
    assert applied.filled("More than ${a}?") == "More than 3?"
    assert applied.filled("${c} of ${a}", 2) == "y of 3"
    assert applied.faults[0].message == "More than 3, please."


def test_unknown_codes_are_named(visits):
    applied = apply(visits, {"sean": "Y", "call": [{"hours": 1}]}, NOW)
    assert applied.unknown == ("sean", "call[1]/hours")


@pytest.mark.parametrize(
    ("before", "after", "changed"),
    [
        ({"seen": "Y", "age": 51}, {"seen": "N", "age": 51}, ["seen"]),
        ({"seen": "Y", "age": 20}, {"seen": "Y", "age": 5}, ["age"]),
        (
            {"seen": "Y", "call": [{"minutes": 1}]},
            {"seen": "Y", "call": [{"minutes": 61}, {"minutes": 2}]},
            ["call"],
        ),
        ({"seen": "Y", "call": [{"minutes": 61}, {}]}, {"seen": "Y", "call": [{"minutes": 1}]}, ["call"]),
    ],
)
def test_only_what_hangs_on_an_answer_is_evaluated_again(visits, before, after, changed):
    earlier = apply(visits, before, NOW)
    assert apply(visits, after, NOW, previous=earlier, changed=changed) == apply(visits, after, NOW)


def test_what_was_taken_out_of_a_repeat_is_not_read_any_more(tmp_path):
    one = form(
        tmp_path,
        """
        type | name | label | relevant | calculation |
        begin repeat | r | R | | |
        text | x | X | | |
        end repeat | | | | |
        calculate | second | | | indexed-repeat(${x}, ${r}, 2) |
        text | y | Y | ${second} = 'b' | |
        """,
    )
    earlier = apply(one, {"r": [{"x": "a"}, {"x": "b"}]}, NOW)
    assert earlier.asked[-1] == "y"
    after = apply(one, {"r": [{"x": "a"}]}, NOW, previous=earlier, changed=["r"])
    assert after == apply(one, {"r": [{"x": "a"}]}, NOW)
    assert after.asked == ("r[1]/x",)


def test_what_does_not_apply_in_one_of_several_is_left_out_of_all_of_them(tmp_path):
    calls = form(
        tmp_path,
        """
        type | name | label | relevant | calculation |
        begin repeat | call | Call | | |
        text | who | Who | | |
        text | role | Role | ${who} != 'x' | |
        end repeat | | | | |
        calculate | roles | | | join(', ', ${role}) |
        calculate | counted | | | count(${role}) |
        calculate | other | | | ${role} != 'A' |
        """,
    )
    given = [{"who": "a", "role": "A"}, {"who": "x", "role": "kept"}, {"who": "c", "role": "A"}]
    assert apply(calls, {"call": given}, NOW).calculated == {"roles": "A, A", "counted": 2, "other": False}


@pytest.mark.parametrize("most", [2, 4])
def test_a_calculated_truth_compares_as_the_text_it_is_stored_as(tmp_path, most):
    one = form(
        tmp_path,
        """
        type | name | label | relevant | calculation |
        integer | most | Most | | |
        calculate | many | | | ${most} > 3 |
        calculate | again | | | ${many} |
        note | few | Few. | ${many} = 'false' | |
        note | lots | Lots. | ${many} = 'true' | |
        note | bare | Bare. | ${many} | |
        note | known | Known. | ${many} != '' | |
        note | none | None. | ${many} = false() | |
        """,
    )
    applied = apply(one, {"most": most}, NOW)
    assert applied.calculated == {"many": most > 3, "again": most > 3}
    wanted = ("lots", "bare", "known") if most > 3 else ("few", "known", "none")
    assert applied.asked == ("most", *wanted)


def test_a_constraint_message_follows_the_answer_it_names(tmp_path):
    one = form(
        tmp_path,
        """
        type | name | label | constraint | constraint_message |
        integer | most | Most | | |
        integer | given | Given | . <= 5 | At most 5 of ${most}. |
        """,
    )
    before = apply(one, {"most": 20, "given": 9}, NOW)
    after = apply(one, {"most": 30, "given": 9}, NOW, previous=before, changed=["most"])
    assert [fault.message for fault in after.faults] == ["At most 5 of 30."]


def test_a_later_day_is_noticed(visits):
    earlier = apply(visits, {}, NOW)
    assert apply(visits, {}, NOW + timedelta(days=1), previous=earlier).calculated["today"] == "2025-08-01"


def test_repeat_count(tmp_path):
    suspects = form(
        tmp_path,
        """
        type | name | label | repeat_count |
        integer | how_many | Suspects | |
        begin repeat | suspect | Suspect | ${how_many} |
        text | plea | Plea | |
        end repeat | | | |
        """,
    )
    assert apply(suspects, {"how_many": 2}, NOW).asked == ("how_many", "suspect[1]/plea", "suspect[2]/plea")
    assert apply(suspects, {"suspect": [{"plea": "x"}]}, NOW).asked == ("how_many",)


def test_choice_filters_and_choice_names(tmp_path):
    places = form(
        tmp_path,
        """
        type | name | label | choice_filter | calculation |
        select_one region | region | Region | | |
        select_one town | town | Town | region = ${region} | |
        calculate | told | | | jr:choice-name(${town}, '${town}') |
        """,
        """
        list_name | name | label | region |
        region | n | North | |
        region | s | South | |
        town | york | York | n |
        town | leeds | Leeds | n |
        town | hove | Hove | s |
        """,
    )
    applied = apply(places, {"region": "n", "town": "york"}, NOW)
    assert applied.choices == {"town": ("york", "leeds")}
    assert applied.calculated == {"told": "York"}
    assert [fault.code for fault in apply(places, {"region": "s", "town": "york"}, NOW).faults] == ["town"]
    # A list can be filtered by an answer given later, and is filtered again when that changes.
    changed = apply(places, {"region": "s", "town": "york"}, NOW, previous=applied, changed=["region"])
    assert changed.choices == {"town": ("hove",)}


def test_defaults_fixed_and_computed(tmp_path):
    dated = form(
        tmp_path,
        """
        type | name | label | default |
        date | seen_on | Seen on | today() |
        text | place | Place | custody suite |
        select_multiple yn | both | Both | Y N |
        """,
        YES_NO,
    )
    assert initial_answers(dated, NOW) == {
        "seen_on": "2025-07-31",
        "place": "custody suite",
        "both": ["Y", "N"],
    }


@pytest.mark.parametrize(
    ("kind", "right", "wrong"),
    [
        ("date", "2025-07-31", "31/07/2025"),
        ("time", "14:05", "quarter past"),
        ("dateTime", "2025-07-31T14:05:00+01:00", "then"),
        ("decimal", "1.5", "one"),
        ("integer", 3, 3.5),
        ("acknowledge", True, None),
    ],
)
def test_answers_that_are_not_of_their_kind_keep_a_message(tmp_path, kind, right, wrong):
    one = form(tmp_path, f"type | name | label |\n {kind} | q | Q |")
    assert apply(one, {"q": right}, NOW).faults == ()
    assert len(apply(one, {"q": wrong}, NOW).faults) == (wrong is not None)


def test_true_and_false_stand_for_the_codes_of_a_yes_no_list(tmp_path):
    one = form(
        tmp_path,
        "type | name | label | relevant |\n select_one yn | q | Q | |\n text | r | R | ${q} = 'N' |",
        YES_NO,
    )
    assert apply(one, {"q": False}, NOW).asked == ("q", "r")


def test_once_keeps_what_stands(tmp_path):
    one = form(tmp_path, "type | name | label | calculation |\n text | q | Q | once('first') |")
    assert apply(one, {}, NOW).calculated == {"q": "first"}
    assert apply(one, {"q": "kept"}, NOW).calculated == {"q": "kept"}
