"""Promise 12: merging loses nothing, in any order. Seeded random days of work without Hypothesis, many a second.

The rules are those of the suite's random machine (`tests/scenarios/day.py`), called with arguments drawn from one
`random.Random(seed)`. Two to six laptops, eight to twenty acts, drawn so that clashes, deletes against children,
settling, undo, partial and old packages, copied and restored files, voids, removals, erasures and merges taken back
are all common. Round k of seed S is schedule S + k. For this alone the files need not survive a power cut
(`synchronous=OFF`, on a RAM disk where there is one), and keys, salts, ids and the clock come from the seed.
"""

from __future__ import annotations

import gc
import os
import random
import sys
import tempfile
import time
import traceback
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from unittest import mock

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "scenarios"))

import day
import pyrage
from file_rules import FileRules
from harm_rules import HarmRules
from hearing_rules import HearingRules
from note_rules import NoteRules
from team_rules import TEAM

import laptops
from fieldwork.domain import values
from fieldwork.store import connection, keys, recording

from . import Tally, scratch

SIZES = (2, 2, 2, 3, 3, 3, 4, 5, 6)
MOST = 6
THOROUGH = 16  # every so many schedules the oracle is asked after each act, and every file verified
MOVED = 3  # the same where files were copied, restored or put back

Draw = Callable[[random.Random], dict[str, Any]]


class Schedule(NoteRules, HarmRules, HearingRules, FileRules, day.Day):
    """A day of work that a seed decides."""


def _laptop(dice: random.Random) -> int:
    return dice.randrange(6)


def _two(dice: random.Random, **more: Any) -> dict[str, Any]:
    return {"i": _laptop(dice), "j": _laptop(dice), **more}


def _what(dice: random.Random) -> tuple[str, bytes]:
    return dice.choice(day.RECORDS)


def _yes(dice: random.Random) -> bool:
    return dice.random() < 0.5


# rule -> how often it is drawn, and its arguments
RULES: dict[str, tuple[int, Draw]] = {
    "edit": (
        12,
        lambda d: {
            "i": _laptop(d),
            "what": _what(d),
            "first": d.choice(day.SAID),
            "second": d.choice([None, None, *day.SAID]),
            "later": _yes(d),
        },
    ),
    "edit_a_form_opened_before": (
        5,
        lambda d: {
            "i": _laptop(d),
            "what": _what(d),
            "value": d.choice(day.SAID),
            "back": d.randint(1, 6),
            "settles": _yes(d),
        },
    ),
    "clash": (
        9,
        lambda d: {
            "i": _laptop(d),
            "apart": d.randint(1, 3),
            "what": _what(d),
            "again": _yes(d),
            "same": d.random() < 0.2,
        },
    ),
    "settle": (8, lambda d: {"i": _laptop(d), "which": d.randint(0, 20), "value": d.choice(day.SAID)}),
    "delete": (5, lambda d: {"i": _laptop(d), "what": _what(d)}),
    "undelete": (2, lambda d: {"i": _laptop(d), "what": _what(d)}),
    "belongs_to": (
        4,
        lambda d: {"i": _laptop(d), "what": d.choice(day.RECORDS[2:]), "which": d.randrange(2)},
    ),
    "write_under_what_another_deletes": (
        5,
        lambda d: {
            "i": _laptop(d),
            "apart": d.randint(1, 3),
            "which": d.randrange(2),
            "nested": _yes(d),
            "leaves": _yes(d),
        },
    ),
    "take_back": (4, lambda d: {"i": _laptop(d), "redo": d.random() < 0.3}),
    "edit_and_undo": (
        5,
        lambda d: {"i": _laptop(d), "what": _what(d), "value": d.choice(day.SAID), "again": d.random() < 0.3},
    ),
    "exchange": (14, lambda d: _two(d, everything=_yes(d))),
    "own_entries_only": (5, _two),
    "only_the_newest": (5, lambda d: _two(d, count=d.randint(1, 4))),
    "old_packages_again": (
        6,
        lambda d: {"j": _laptop(d), "which": [d.randint(0, 60) for _ in range(d.randint(1, 4))]},
    ),
    "through_files": (2, _two),
    "copy_the_file": (2, lambda d: {"i": _laptop(d)}),
    "back_up": (3, lambda d: {"i": _laptop(d)}),
    "restore": (2, lambda d: {"which": d.randint(0, 2)}),
    "put_the_file_back": (2, lambda d: {"which": d.randint(0, 2), "j": _laptop(d), "acts": _yes(d)}),
    "join": (2, lambda d: {"i": _laptop(d), "apart": d.randint(1, 5), "first": _yes(d)}),
    "corrupt": (
        2,
        lambda d: {
            "j": _laptop(d),
            "which": d.randint(0, 60),
            "at": d.randint(0, 10**6),
            "bit": d.randrange(8),
        },
    ),
    "forge": (4, lambda d: _two(d, way=d.choice([0, 1, 2, 3, 4, 4, 4, 5]), which=d.randint(0, 50))),
    "break_own_chain": (2, lambda d: _two(d, way=d.randint(0, 2))),
    "sign_what_another_wrote": (2, _two),
    "appoint": (3, _two),
    "remove": (7, lambda d: _two(d, back=d.random() < 0.4)),
    "withdraw": (2, lambda d: {"i": _laptop(d), "which": d.randint(0, 10), "lift": d.random() < 0.3}),
    "void": (7, lambda d: {"i": _laptop(d), "which": d.randint(0, 100)}),
    "overreach": (4, lambda d: _two(d, way=d.randint(0, 4))),
    "act_out_of_time": (3, lambda d: _two(d, way=d.randint(0, 3), which=d.randint(0, 100))),
    "erase": (
        5,
        lambda d: {
            "i": _laptop(d),
            "which": [d.randint(0, 5) for _ in range(d.randint(1, 2))],
            "lie": d.random() < 0.25,
        },
    ),
    "erase_with_two_voices": (
        5,
        lambda d: {
            "i": _laptop(d),
            "which": d.randint(0, 5),
            "other": _laptop(d),
            "back": _yes(d),
            "way": d.randint(0, 3),
        },
    ),
    "approve": (5, lambda d: {"i": _laptop(d), "which": d.randint(0, 5)}),
    "take_back_a_merge": (5, _two),
    "take_back_the_last": (3, _two),
    "in_parts": (3, lambda d: _two(d, order=d.randrange(1000), lost=_yes(d), at_once=_yes(d))),
    "one_package_for_all": (2, lambda d: {"i": _laptop(d)}),
    "what_waits": (3, lambda d: {"i": _laptop(d), "apart": d.randint(1, 3), "back": _yes(d)}),
    "put_back_and_told": (2, _two),
    "known_again": (1, _two),
    "shared_and_not_taken_back": (1, _two),
    "renamed_and_not_taken_back": (1, lambda d: {"i": _laptop(d)}),
    "act_and_take_back": (2, _two),
    "an_erasure_falls": (2, lambda d: {"i": _laptop(d), "apart": d.randint(1, 3)}),
    "mark_out": (
        5,
        lambda d: {
            "i": _laptop(d),
            "one": d.randrange(2),
            "line": d.randrange(2),
            "quote": d.choice(day.SAID),
            "start": d.randint(0, 3),
            "way": d.randint(0, 3),
        },
    ),
    "carried_on_both_sides": (
        3,
        lambda d: {"i": _laptop(d), "apart": d.randint(1, 3), "one": d.randrange(2), "parted": _yes(d)},
    ),
    "tidy": (2, lambda d: {"i": _laptop(d), "line": d.randrange(2), "tidied": d.choice(day.SAID)}),
    "merge_themes": (2, lambda d: {"i": _laptop(d), "one": d.randrange(2), "lift": d.random() < 0.3}),
    "seal_a_diary": (2, lambda d: {"i": _laptop(d), "sealed": d.randbytes(d.randint(1, 3))}),
}
NAMES, WEIGHTS = list(RULES), [weight for weight, _ in RULES.values()]


def run(rounds: int, seed: int, first: int = 0, *, until_one_fails: bool = False) -> Tally:
    """rounds: schedules; first: how many of this seed were done already."""
    tally = Tally(12)
    day.TALLY.clear()
    TEAM.clear()
    with _in_memory():
        gc.collect()
        gc.freeze()  # what is there now stays: it need not be looked through again and again
        for number in range(first, first + rounds):
            tally.rounds += 1
            try:
                acts = schedule(seed + number)
            except Exception as error:
                where = traceback.extract_tb(error.__traceback__)
                place = next((f for f in reversed(where) if "/tests/" in f.filename), where[-1])
                what = f"{type(error).__name__} in {place.name}: {str(error)[:300]}"
                tally.fail(f"seed {seed + number}: {what}")
                if rounds == 1:
                    traceback.print_exc()
                if until_one_fails:
                    break
                continue
            tally.counts.update(acts)
    tally.counts.update(day.TALLY + TEAM)
    tally.counts = Counter(dict(sorted(tally.counts.items())))
    return tally


def schedule(seed: int) -> Counter[str]:
    """One day of work and what must hold at its end; returns its size and its acts. Raises what went wrong."""
    dice = random.Random(seed)
    thorough = seed % THOROUGH == 0
    counts: Counter[str] = Counter()
    size = dice.choice(SIZES)
    with _decided_by(dice, size) as moment:
        team = Schedule(most=MOST, spare=1)
        moment.day = team
        try:
            team.starts([dice.choice(day.SKEWS) for _ in range(size)])
            for name in dice.choices(NAMES, WEIGHTS, k=dice.randint(8, 20)):
                getattr(team, name)(**RULES[name][1](dice))
                counts[name.replace("_", " ")] += 1
                if thorough:
                    team.as_the_entries_say()
            everything = _yes(dice)
            team.end_in_a_ring(everything, thorough or (team.moved and seed % MOVED == 0))
        finally:
            team.closes()
    counts[f"schedules that ended with {len(team.team)} laptops"] += 1
    return counts


@contextmanager
def _in_memory() -> Iterator[None]:
    """Files on a RAM disk where there is one, and nobody waits for a disk."""
    connect = connection.connect

    def hasty(path: Path, key: keys.FileKey) -> Any:
        made = connect(path, key)
        made.execute("PRAGMA synchronous = OFF")
        return made

    with (
        scratch("fieldwork-days-") as place,
        mock.patch.object(tempfile, "tempdir", str(place)),
        mock.patch.object(connection, "connect", hasty),
    ):
        yield
        laptops._templates.cache_clear()


@contextmanager
def _decided_by(dice: random.Random, size: int) -> Iterator[SimpleNamespace]:
    """Keys, salts, ids and the clock follow from the dice; the team's founding from its size alone."""
    moment = SimpleNamespace(day=None)
    start = laptops.START / 1000

    def now() -> float:
        return start if moment.day is None else moment.day.now / 1000

    founding = random.Random(size)
    with (
        mock.patch.object(os, "urandom", founding.randbytes),
        mock.patch.object(pyrage.x25519, "Identity", _Identities()),
        mock.patch.object(time, "time", now),
        mock.patch.object(time, "time_ns", lambda: int(now() * 1e9)),
        mock.patch.object(values, "_last", 0),
        mock.patch.object(recording, "clock", SimpleNamespace(time=now)),
    ):
        laptops._templates(size)
        os.urandom = dice.randbytes
        yield moment


class _Identities:
    """Age identities from the patched source of chance, in place of the library's own."""

    from_str = staticmethod(pyrage.x25519.Identity.from_str)

    @classmethod
    def generate(cls) -> Any:
        return cls.from_str(_bech32("age-secret-key-", os.urandom(32)).upper())


def _bech32(name: str, data: bytes) -> str:
    """Bytes as BIP 173 writes them."""
    letters = "qpzry9x8gf2tvdw0s3jn54khce6mua7l"
    bits = "".join(f"{byte:08b}" for byte in data)
    bits += "0" * (-len(bits) % 5)
    digits = [int(bits[at : at + 5], 2) for at in range(0, len(bits), 5)]
    spread = [ord(c) >> 5 for c in name] + [0] + [ord(c) & 31 for c in name]
    check = _polymod([*spread, *digits, *[0] * 6]) ^ 1
    digits += [check >> 5 * (5 - at) & 31 for at in range(6)]
    return name + "1" + "".join(letters[digit] for digit in digits)


def _polymod(digits: list[int]) -> int:
    check = 1
    for digit in digits:
        top = check >> 25
        check = (check & 0x1FFFFFF) << 5 ^ digit
        for at, word in enumerate((0x3B6A57B2, 0x26508E6D, 0x1EA119FA, 0x3D4233DD, 0x2A1462B3)):
            check ^= word if top >> at & 1 else 0
    return check
