"""Promise 9: killed before or after every write, fsync, rename and deletion of a passphrase change."""

from __future__ import annotations

import random

from . import Tally, scratch
from .acts import all_acts, check, command
from .faults import COUNTING, KILLING, Plan, in_child, the_state
from .stage import set_stage

CALLS = ("open", "write", "fsync", "rename", "unlink", "truncate")


def run(rounds: int, seed: int) -> Tally:
    """rounds: at most so many kills; 0 for every one there is."""
    tally = Tally(9)
    with scratch() as base:
        stage = set_stage(base)
        the_state().watch(*stage.watched)
        act = all_acts()["passphrase"]
        stage.again()
        calm = in_child(command(stage, act), Plan(COUNTING, CALLS), base)
        assert calm.code == 0 and check(stage, act, calm), calm.err
        plans = [
            Plan(KILLING, CALLS, at, after=after, torn=torn)
            for at in range(1, calm.count + 1)
            for after, torn in ((False, False), (True, False), (False, True))
        ]
        if rounds and rounds < len(plans):
            plans = random.Random(seed).sample(plans, rounds)
        for plan in plans:
            stage.again()
            outcome = in_child(command(stage, act), plan, base)
            tally.rounds += 1
            try:
                assert outcome.code is None, "it was not killed"
                changed = check(stage, act, outcome)
                tally.counts[f"opened with the {'new' if changed else 'old'} passphrase alone"] += 1
            except Exception as error:
                tally.fail(f"{plan}: {error}")
    return tally
