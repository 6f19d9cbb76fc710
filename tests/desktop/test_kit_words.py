"""Differing words of two versions."""

from hypothesis import given
from hypothesis import strategies as st

from fieldwork.domain.words import word_differences

text = st.text(alphabet=st.sampled_from("ab c.'-\n\té\U0001f642"), max_size=40)


def joined(runs):
    return "".join(words for words, _ in runs)


def test_only_the_differing_words_are_marked():
    ours, theirs = word_differences("statements there. More.", "statements present and good. More.")
    assert ours == [("statements ", ""), ("there", "mark"), (". More.", "")]
    assert theirs == [("statements ", ""), ("present and good", "mark"), (". More.", "")]


def test_neighbouring_words_are_one_run():
    ours, _ = word_differences("is named but not linked.", "is linked without timings.")
    assert sum(style == "mark" for _, style in ours) == 1


def test_same_text_has_no_mark():
    assert word_differences("as it was", "as it was") == ([("as it was", "")], [("as it was", "")])


def test_nothing_against_something():
    assert word_differences("", "all new") == ([], [("all new", "mark")])


@given(text, text)
def test_runs_join_to_the_texts_exactly(ours, theirs):
    left, right = word_differences(ours, theirs)
    assert (joined(left), joined(right)) == (ours, theirs)
    agreed = ["".join(words for words, style in runs if not style) for runs in (left, right)]
    assert agreed[0] == agreed[1]
