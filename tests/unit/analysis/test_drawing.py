"""The draw against ranks worked out by hand, and what must hold of every draw."""

import hashlib
from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from fieldwork.analysis.drawing import Case, choose, frame_digest, in_order, overlap_count, rank

SEED = "2026-KENT-VISIT1"
CASES = [Case(f"CASE-{number:04d}", "all") for number in range(1, 41)]

references = st.sets(st.text(st.characters(codec="utf-8"), min_size=1, max_size=6), min_size=1, max_size=40)
frames = references.flatmap(
    lambda some: st.tuples(*(st.builds(Case, st.just(one), st.sampled_from("AB")) for one in sorted(some)))
)
seeds = st.text(st.characters(codec="utf-8"), max_size=5)
percents = st.fractions(0, 100)


def names(some):
    return [one.reference for one in some]


def test_the_rank_is_what_sha256sum_prints():
    """printf '2026-KENT-VISIT1\\nCASE-0005' | sha256sum, and so for the empty seed."""
    assert rank(SEED, "CASE-0005") == "03ac5f390a93b868f1b3b822afe9331c542a410a14da9f4f6ea106eb03e2675f"
    assert rank("", "") == "01ba4719c80b6fe911b091a7c05124b64eeece964e09c058ef8f9805daca546b"
    assert rank("Caerdydd", "Tŷ-1") == hashlib.sha256(b"Caerdydd\nT\xc5\xb7-1").hexdigest()


def test_the_first_five_of_forty():
    (ordered,) = in_order(CASES, SEED).values()
    choice = choose(ordered, 5, Fraction(20))
    assert names(choice.new) == [f"CASE-{number}" for number in ("0005", "0032", "0014", "0015", "0004")]
    assert names(choice.reserves)[:3] == ["CASE-0023", "CASE-0031", "CASE-0036"]
    assert len(choice.reserves) == 35 and names(choice.overlap) == ["CASE-0005"]


def test_the_digest_of_a_frame_by_hand():
    """printf 'A-1\\tx\\nA-2\\ty\\n' | sha256sum"""
    assert (
        frame_digest([Case("A-2", "y"), Case("A-1", "x")])
        == "00ed56e58a236d1bd321edb999075fb13adcffa99c998f05229386559552c262"
    )


def test_the_overlap_is_rounded_up():
    assert [overlap_count(target, Fraction(10)) for target in (0, 1, 10, 11, 20)] == [0, 1, 1, 2, 2]
    assert overlap_count(8, Fraction("12.5")) == 1 and overlap_count(7, Fraction(100)) == 7


def test_a_replaced_case_is_made_good_by_who_stands_for_it():
    ordered = in_order(CASES, SEED)["all"]
    first = names(choose(ordered, 5).new)
    stand_in = names(choose(ordered, 5).reserves)[0]
    standing = {*first[1:], stand_in}
    again = choose(ordered, 5, standing=standing, gone={first[0]})
    assert again.new == () and again.short == 0
    more = choose(ordered, 7, standing=standing, gone={first[0]})
    assert names(more.new) == ["CASE-0031", "CASE-0036"]


def test_another_tranche_goes_on_where_the_first_ended():
    ordered = in_order(CASES, SEED)["all"]
    first = set(names(choose(ordered, 5).new))
    assert names(choose(ordered, 3, gone=first).new) == ["CASE-0023", "CASE-0031", "CASE-0036"]
    assert choose(ordered, 36, gone=first).short == 1


@given(frames, seeds, st.randoms())
def test_the_order_of_the_rows_changes_nothing(frame, seed, random):
    turned = list(frame)
    random.shuffle(turned)
    assert in_order(turned, seed) == in_order(frame, seed)
    assert frame_digest(turned) == frame_digest(frame)


@given(frames, seeds)
def test_another_case_changes_only_its_own_place(frame, seed):
    more = [*frame, Case("a case that came later", "A")]
    before, after = in_order(frame, seed), in_order(more, seed)
    kept = {
        name: tuple(one for one in some if one.reference != more[-1].reference)
        for name, some in after.items()
    }
    assert {name: some for name, some in kept.items() if some} == before
    assert frame_digest(more) != frame_digest(frame)


@given(frames, seeds, st.integers(0, 40), st.integers(0, 40), percents)
def test_a_larger_target_extends_a_smaller(frame, seed, one, other, percent):
    for ordered in in_order(frame, seed).values():
        small, large = (choose(ordered, target, percent) for target in sorted((one, other)))
        assert large.new[: len(small.new)] == small.new
        assert large.overlap[: len(small.overlap)] == small.overlap


@given(frames, seeds, st.integers(0, 40), st.integers(0, 40), percents)
def test_drawing_in_two_steps_is_drawing_in_one(frame, seed, one, other, percent):
    less, more = sorted((one, other))
    for ordered in in_order(frame, seed).values():
        first, whole = choose(ordered, less, percent), choose(ordered, more, percent)
        then = choose(
            ordered, more, percent, standing=set(names(first.new)), paired=set(names(first.overlap))
        )
        assert first.new + then.new == whole.new
        assert first.overlap + then.overlap == whole.overlap
        assert then.reserves == whole.reserves


@given(frames, seeds, st.integers(0, 40), percents)
def test_chosen_and_reserves_are_the_stratum_and_the_overlap_a_prefix(frame, seed, target, percent):
    for ordered in in_order(frame, seed).values():
        choice = choose(ordered, target, percent)
        assert choice.new + choice.reserves == ordered
        assert choice.overlap == choice.new[: len(choice.overlap)]
        assert len(choice.new) + choice.short == target
