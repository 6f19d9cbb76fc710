"""Drawing a stratified sample: cases and a seed in, the order of each stratum and what is chosen out.

A case's rank is the SHA-256 of the seed and its reference, so its place depends on nothing else: not on the
order of the frame, and not on which other cases are in it. Anybody with the seed can work it out again.
"""

import hashlib
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction


def rank(seed: str, reference: str) -> str:
    """Hex SHA-256 of the UTF-8 text seed, line end, reference: 64 digits, the smallest is drawn first."""
    return hashlib.sha256(f"{seed}\n{reference}".encode()).hexdigest()


@dataclass(frozen=True)
class Case:
    """A case of the frame: its reference, used once in the frame, and the stratum it falls in."""

    reference: str
    stratum: str


@dataclass(frozen=True, order=True)
class Ranked:
    """A reference with its rank; they sort into the order of the draw."""

    rank: str
    reference: str


@dataclass(frozen=True)
class Choice:
    """What is drawn of one stratum, all in the order of the draw.

    new: the ones chosen now. overlap: of those who stand then, the ones marked for a blind pair now.
    reserves: who is left, the next replacement first. short: how many cases the stratum lacks for its target.
    """

    new: tuple[Ranked, ...]
    overlap: tuple[Ranked, ...]
    reserves: tuple[Ranked, ...]
    short: int = 0


def in_order(cases: Iterable[Case], seed: str) -> dict[str, tuple[Ranked, ...]]:
    """Every stratum, by name, with its cases in the order of the draw."""
    strata: dict[str, list[Ranked]] = {}
    for case in cases:
        strata.setdefault(case.stratum, []).append(Ranked(rank(seed, case.reference), case.reference))
    return {stratum: tuple(sorted(some)) for stratum, some in sorted(strata.items())}


def overlap_count(target: int, percent: Fraction) -> int:
    """How many of a target are for blind pairs: the share rounded up, so that no stratum goes without."""
    return -(-target * percent.numerator // (100 * percent.denominator))


def choose(
    ordered: Sequence[Ranked],
    target: int,
    percent: Fraction = Fraction(0),
    *,
    standing: Collection[str] = (),
    gone: Collection[str] = (),
    paired: Collection[str] = (),
) -> Choice:
    """The first of a stratum until its target stands; drawing again with the same target chooses nothing.

    standing: references chosen before that count towards the target; paired: those of them for blind pairs.
    gone: references that are drawn and do not count: replaced, or chosen for another tranche.
    """
    open_ = [one for one in ordered if one.reference not in standing and one.reference not in gone]
    wanted = max(target - len(standing), 0)
    new, reserves = open_[:wanted], open_[wanted:]
    more = max(overlap_count(target, percent) - len(paired), 0)
    chosen = {*standing, *(one.reference for one in new)}
    unpaired = [one for one in ordered if one.reference in chosen and one.reference not in paired]
    return Choice(tuple(new), tuple(unpaired[:more]), tuple(reserves), wanted - len(new))


def frame_digest(cases: Iterable[Case]) -> str:
    """Hex SHA-256 of the frame, whatever the order of its rows: a line REFERENCE, tab, STRATUM a case, sorted."""
    lines = sorted(f"{case.reference}\t{case.stratum}\n".encode() for case in cases)
    return hashlib.sha256(b"".join(lines)).hexdigest()


def sizes(cases: Iterable[Case]) -> Mapping[str, int]:
    """How many cases each stratum of the frame holds."""
    found: dict[str, int] = {}
    for case in cases:
        found[case.stratum] = found.get(case.stratum, 0) + 1
    return found
