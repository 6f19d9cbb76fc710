"""What may be personal is flagged, and what inspectors write all day is not."""

import csv
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fieldwork.assets import asset
from fieldwork.domain.personal import suspects
from fieldwork.work.word_lists import shipped

LISTS = shipped()

PERSONAL = {
    "Spoke to PC Smith about it.": ["PC Smith"],
    "DCI Anna Kowalska said so.": ["DCI Anna Kowalska"],
    "According to Mrs. Patel it was late.": ["Mrs. Patel"],
    "He told Sarah Jones and Mohammed.": ["Sarah Jones", "Mohammed"],
    "Sarah Jones was late.": ["Sarah Jones"],
    "It was Agnieszka who rang.": ["Agnieszka"],
    "The victim Khan was not told.": ["Khan"],
    "R v Okafor was discontinued.": ["Okafor"] if "okafor" in LISTS.last else [],
    "J. Smith signed it.": ["J. Smith"],
    "Grace Khan and Mark Price came.": ["Grace Khan", "Mark Price"],
    "Ring 01632 960 123 or +44 (0)7700 900123.": ["01632 960 123", "+44 (0)7700 900123"],
    "He is at 12 High Oak Lane, AB1 2CD.": ["12 High Oak Lane", "AB1 2CD"],
    "Write to a.b-c@example.org.uk today.": ["a.b-c@example.org.uk"],
    "URN 01AB1234524 was sent back.": ["01AB1234524"],
    "DOB 12/03/1987, NI AB123456C.": ["DOB 12/03/1987", "AB123456C"],
    "born 3 May 1990 in the area": ["born 3 May 1990"],
}
INNOCENT = (
    "Triage sends about a third of files back.",
    "A named lawyer settles most questions within minutes.",
    "The sergeant signs, nobody reads. Sergeant checks are rare.",
    "On Monday the Crown Court listed 12 cases; 9 were ready on 3/11/2026.",
    "CPS East Midlands and Leicestershire Police share one board.",
    "Kent Police and the Metropolitan Police Service differ. Lincoln and Preston too.",
    "May is busy. Will anybody check? Mark the file. Grace periods are not used.",
    "PC and DC posts are vacant; the DI signs for the DCI.",
    "Phase 1 found 180 files with 75 questions each, 2,250 answers by 14:05.",
    "Early advice is asked for in 1 of 3 rape cases. Officers say: \"We rang twice.\"",
    "Redaction took 4 hours. Response officers do it at night.",
    "The Director's Guidance (6th edition) and the National File Standard apply.",
    "Case files of the Domestic Abuse unit came within 28 days.",
    "N01, B03 and J04 were not met. See section A.",
    "The review lawyer asked for the MG3, MG6C and the CCTV.",
    "Young people, rich data, a long page and a fair price.",
    "Advice before charge; Charge after advice.",
    "The Judge asked why. Court staff did not know.",
    "Sir, nobody answered.",
    "Between 09:00 and 17:30, 020 calls.",
)  # fmt: skip


@pytest.mark.parametrize("text", PERSONAL)
def test_what_may_be_personal_is_flagged(text):
    assert [text[one.start : one.end] for one in suspects(text, LISTS)] == PERSONAL[text]


@pytest.mark.parametrize("text", INNOCENT)
def test_what_inspectors_write_all_day_is_not(text):
    assert [text[one.start : one.end] for one in suspects(text, LISTS)] == []


def test_nothing_that_ships_is_flagged():
    rows = list(csv.DictReader(asset("codebook/starter.csv").read_text("utf-8").splitlines()))
    bodies = csv.DictReader(asset("registers/bodies.csv").read_text("utf-8").splitlines())
    texts = [row[name] for row in rows for name in ("name", "guidance", "examples")] + [
        row["name"] for row in bodies
    ]
    assert [(text, suspects(text, LISTS)) for text in texts if suspects(text, LISTS)] == []


@given(st.text(max_size=300))
def test_any_text_is_read_and_what_is_flagged_lies_in_it_and_apart(text):
    found = suspects(text, LISTS)
    assert all(0 <= one.start < one.end <= len(text) for one in found)
    assert all(one.end <= other.start for one, other in pairwise(found))


@pytest.mark.parametrize("part", ["0", "Anna ", "a@", "1 High ", "A1 ", "born ", "d.o.b", "01AB", "+44 (0)"])
def test_a_long_text_is_no_trap(part):
    assert suspects(part * (200_000 // len(part)), LISTS) is not None  # with a trap it would not end


def test_the_lists_are_in_order_and_say_where_they_are_from():
    for name in ("first-names", "last-names", "places", "titles", "also-words", "never-names"):
        words = asset(f"words/{name}.txt").read_text("utf-8").split("\n")
        assert words[-1] == "" and words[:-1] == sorted(set(words[:-1]))
        assert f"{name}.txt" in asset("words/SOURCES.md").read_text("utf-8")
