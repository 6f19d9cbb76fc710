"""Two changes of one text put together word by word."""

from hypothesis import given
from hypothesis import strategies as st

from fieldwork.domain.words import combined

SOME = ["files", "go", "back", "late", "for", "redaction", "often"]
WORDS = st.lists(st.sampled_from(SOME), max_size=8).map(" ".join)
BASE = "Triage sends a third of files back."


def test_changes_in_two_places_fit_together():
    ours, theirs = "Triage sends a third of all files back.", "Triage often sends a third of files back."
    assert combined(BASE, ours, theirs) == ("Triage often sends a third of all files back.", True)


def test_the_same_words_changed_by_both_stand_one_after_the_other():
    ours, theirs = "Triage sends half of files back.", "Triage sends a quarter of files back."
    text, fits = combined(BASE, ours, theirs)
    assert not fits and text == "Triage sends half a quarter of files back."


def test_a_text_written_anew_by_both_loses_no_word():
    assert combined("", "One half.", "One third.") == ("One half. One third.", False)


@given(WORDS, WORDS)
def test_what_only_one_changed_is_what_they_said(base, said):
    assert combined(base, said, base) == combined(base, base, said) == (said, True)
    assert combined(base, said, said) == (said, True)


@given(WORDS, WORDS, WORDS)
def test_every_word_that_somebody_added_is_in_it(base, ours, theirs):
    text, _ = combined(base, ours, theirs)
    for said in (ours, theirs):
        assert set(said.split()) - set(base.split()) <= set(text.split())
