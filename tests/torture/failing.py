"""Promise 3: the n-th write, fsync, open, rename, truncation, deletion or reading fails, for every n of every act."""

from __future__ import annotations

import errno
import random

from . import Tally, scratch
from .acts import Act, all_acts, check, command, with_sample
from .erasing import erasing_acts, with_words
from .faults import COUNTING, FAILING, Plan, in_child, the_state
from .parts import ACTS
from .stage import Stage, set_stage

WAYS = (
    ("write", errno.EIO, False, False),
    ("write", errno.EIO, False, True),
    ("write", errno.ENOSPC, True, False),
    ("fsync", errno.EIO, False, False),
    ("fsync", errno.EIO, True, False),
    ("open", errno.EIO, False, False),
    ("open", errno.ENOSPC, True, False),
    ("rename", errno.EIO, False, False),
    ("rename", errno.ENOSPC, True, False),
    ("truncate", errno.EIO, False, False),
    ("unlink", errno.EIO, False, False),
    ("read", errno.EIO, False, False),
)
NAMES = ("replay", "merge", "share", "backup", "passphrase", "restore", "join", "pack", "migrate", "dump")


def run(rounds: int, seed: int, act: int | None = None) -> Tally:
    """rounds: so many faults drawn at random; 0 for every call of every act, or of one, in every way."""
    tally = Tally(3)
    dice = random.Random(seed)
    with scratch() as base:
        stage = set_stage(base)
        with_sample(stage)
        with_words(stage)
        the_state().watch(*stage.watched)
        acts = [*(all_acts()[name] for name in NAMES), *erasing_acts()]
        assert len(acts) == ACTS[3]
        every = [(tried, way) for tried in (acts if act is None else acts[act : act + 1]) for way in WAYS]
        counted: dict[tuple[str, str], int] = {}
        for tried, way in (dice.choice(every) for _ in range(rounds)) if rounds else every:
            if (tried.name, way[0]) not in counted:
                counted[tried.name, way[0]] = _calls(stage, tried, way[0])
            calls = counted[tried.name, way[0]]
            for at in [dice.randint(1, calls)] if rounds and calls else range(1, calls + 1):
                call, error, on, torn = way
                meet(stage, tried, Plan(FAILING, (call,), at, error, on, torn), tally)
    return tally


def _calls(stage: Stage, act: Act, call: str) -> int:
    """How many calls of a kind an act makes when nothing fails."""
    stage.again()
    calm = in_child(command(stage, act), Plan(COUNTING, (call,)), stage.base)
    assert calm.code == 0, f"{act.name} does not work at all: {calm.err}"
    assert check(stage, act, calm)
    return calm.count


def meet(stage: Stage, act: Act, plan: Plan, tally: Tally) -> None:
    """One act that meets one fault; afterwards it is whole or absent, and can be done."""
    stage.again()
    outcome = in_child(command(stage, act), plan, stage.base)
    tally.rounds += 1
    tally.counts["faults met"] += outcome.met
    tally.slowest("act", outcome.seconds)
    try:
        done = check(stage, act, outcome)
        tally.counts["done all the same" if outcome.code == 0 else "refused with a sentence"] += 1
        if (
            outcome.code != 0
            and done
            and not act.partly
            and act.name not in ("migrate", "dump", "pack", "new key")
        ):
            said = "It stands" in outcome.err or "is in place" in outcome.err
            tally.counts[f"{act.name}: {'done, and said so' if said else 'refused, though done'}"] += 1
        if not done and act.made:
            again = in_child(command(stage, act), None, stage.base)
            assert again.code == 0 and act.found(stage), f"it cannot be done again: {again.err}"
    except Exception as error:
        tally.fail(f"{act.name}, {plan}: {type(error).__name__} {error}; it had said {outcome.err.strip()!r}")
