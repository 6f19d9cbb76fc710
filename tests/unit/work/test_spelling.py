"""Spelling as it is in Britain: mistakes found, right words left alone, names a doubt of their own."""

import pytest

from fieldwork.domain.british import british, rules_of
from fieldwork.domain.faults import Fault
from fieldwork.store.conflicting import conflicts
from fieldwork.store.reading import dump
from fieldwork.work.spelling import LONGEST, know_word, speller
from laptops import team, together
from worlds import small_inspection

RIGHT = (
    "The organisation's behaviour was recognised, and the programme was centred on enquiries; it fulfilled its "
    "defence of the neighbourhood. We analysed the catalogue, travelled, counselled and labelled it. They don't "
    "practise it, and haven\u2019t licensed colour printing. Judgement and judgment, organize and organise, ageing "
    "and grey, sceptical. Gatekeeping, redaction, precharge, caseworkers, body-worn video, the MG5 and the RASSO "
    "unit, at 10.30am, see https://example.org/teh and #teh-theme or name_of_thing. The force\u2019s triage of "
    "suspects' files."
)
WRONG = (
    "teh recieve seperate definately organsation colur behaviorr thier wich untill occured goverment adress "
    "disclousre color favorite center traveled defense analyze fulfill skeptical gray theater labeled"
)


@pytest.fixture(scope="module")
def here(tmp_path_factory):
    made = small_inspection(tmp_path_factory.mktemp("spelling"))
    yield made
    made.close()


def wrong(text, by):
    return [text[one.start : one.end] for one in by.doubts(text) if not one.personal]


def test_what_is_right_has_no_line_under_it(here):
    assert wrong(RIGHT, speller(here)) == []


def test_mistakes_and_american_spellings_are_found(here):
    assert wrong(WRONG, speller(here)) == WRONG.split()


@pytest.mark.parametrize(
    ("word", "meant"),
    [
        ("teh", "the"), ("recieve", "receive"), ("Seperate", "Separate"), ("colur", "colour"), ("color", "colour"),
        ("organsation", "organisation"), ("behavour", "behaviour"), ("defense", "defence"),
    ],
)  # fmt: skip
def test_what_was_meant_is_offered(here, word, meant):
    some = speller(here).suggestions(word)
    assert meant in some and len(some) <= 6


def test_names_are_a_doubt_of_their_own_and_no_mistake(here):
    text = "we saw Patricia Jones, born 12/03/1985, at Knutsford with Aneurin"
    doubts = speller(here).doubts(text)
    assert {text[one.start : one.end] for one in doubts if one.personal} >= {"Patricia Jones"}
    assert wrong(text, speller(here)) == []


def test_a_word_of_the_team_is_right_on_every_laptop(tmp_path):
    one, two = team(tmp_path, 2)
    assert wrong("the snorple unit", speller(one)) == ["snorple"]
    know_word(one, word="snorple")
    know_word(two, word="snorple")
    together(one, two)
    assert dump(one) == dump(two) and not conflicts(one)
    assert wrong("the snorple unit", speller(two)) == []
    know_word(two, word="snorple", known=False)
    assert wrong("the snorple unit", speller(two)) == ["snorple"]
    for word in ("", "two words", "x" * 61):
        with pytest.raises(Fault, match="One word"):
            know_word(one, word=word)
    for laptop in (one, two):
        laptop.close()


def test_odd_text_is_passed_over(here):
    by = speller(here)
    assert by.doubts("") == [] and by.doubts("teh " * LONGEST) == []
    for text in ("\ud800 lone", "\U0001f600 teh", "e\u0301t\u0301", "\u202eteh\u202c", "'''", "a\x00b"):
        by.doubts(text)
    assert wrong("\U0001f600 teh", by) == ["teh"]


def test_british_keeps_what_stands_beside():
    rules = rules_of("# endings\nour: color labor\nll: travel\nbeside: check=cheque\n")
    given = {"color": 5, "organize": 3, "prize": 2, "check": 9, "meter": 4, "traveled": 1, "elaborate": 1}
    found = british(given, rules)
    assert found == {
        "colour": 5, "organize": 3, "organise": 3, "prize": 2, "check": 9, "cheque": 9, "meter": 4, "travelled": 1,
        "elaborate": 1,
    }  # fmt: skip
