"""`python -m tests.torture [PROMISE ...] [--rounds N] [--seed S] [--write]`: try promises, tell what they came to."""

import argparse
import importlib
import json
import os
import random
import sys
import time
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
os.environ["FIELDWORK_KDF_MEMORY"] = "65536"
os.environ.pop("FIELDWORK_TRACE", None)
sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from . import Tally, faults, parts
from .results import RESULTS, keep, words

# promise -> its module here, and the rounds of the full length (0: every one there is)
PROMISES = {
    1: ("kills", 1000),
    2: ("powerloss", 0),
    3: ("failing", 0),
    4: ("diskfull", 0),
    5: ("damage", 0),
    6: ("putback", 0),
    7: ("planted", 40),
    8: ("guessing", 0),
    9: ("rekeying", 0),
    10: ("packages", 100_000),
    11: ("members", 2000),
    12: ("promise12", 20_000),
    13: ("missing", 500),
    14: ("tampering", 0),
    15: ("writers", 60),
    16: ("backups", 120),
    17: ("files_of_others", 5000),
    18: ("exports", 5000),
    19: ("printed", 40),
    20: ("erasing", 0),
}
WITHOUT_FAULTS = {12}  # needs no library below the program
LONGEST_FIRST = (12, 3, 10, 20, 2, 4, 9, 14, 19, 17, 11, 5, 6, 7, 16, 15, 13, 18, 8, 1)


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.torture", description=__doc__)
    known = ", ".join(map(str, PROMISES))
    parser.add_argument("promises", nargs="*", type=int, metavar="PROMISE", help=f"of {known}; all without")
    parser.add_argument("--rounds", type=int, help="fewer or more than the full length")
    parser.add_argument("--seed", type=int, help="to take a run up again")
    parser.add_argument("--first", type=int, default=0, help="the number of the first round")
    parser.add_argument(
        "--write",
        action="store_true",
        help=f"add what it came to to {RESULTS.name}, and go on where this was interrupted on the same code",
    )
    parser.add_argument("--jobs", type=int, default=1, help="so many parts of runs at once")
    parser.add_argument("--json", type=Path, help="write what it came to to this file as well")
    parser.add_argument(
        "--part", type=Path, help=argparse.SUPPRESS
    )  # what a process of `parts` is started with
    asked = parser.parse_args()
    unknown = [number for number in asked.promises if number not in PROMISES]
    if unknown:
        parser.error(f"promise {unknown[0]} is not tried here; known are {known}")
    if asked.part:
        return part(asked.promises[0], asked.rounds, asked.first, asked.seed, asked.part)
    numbers = [number for number in LONGEST_FIRST if number in (asked.promises or PROMISES)]
    if faults.why_not() and set(numbers) - WITHOUT_FAULTS:
        print(faults.why_not())
        return 0
    return whole(numbers, asked)


def part(number: int, rounds: int, first: int, seed: int, to: Path) -> int:
    """Try a part of a promise in this process; what it came to goes to a file."""
    started = time.monotonic()
    module = importlib.import_module(f"{__package__}.{PROMISES[number][0]}")
    in_parts = number in parts.SIZES or (number in parts.ACTS and not rounds)
    came_to: Tally = module.run(rounds, seed, first) if in_parts else module.run(rounds, seed)
    minutes = (time.monotonic() - started) / 60
    to.write_text(json.dumps({"came_to": vars(came_to), "minutes": minutes}), "utf-8")
    return 0


def whole(numbers: list[int], asked: argparse.Namespace) -> int:
    """Try promises in parts, and tell and write down what each came to, also where it was interrupted."""
    seed, code = random.SystemRandom().randrange(1, 1 << 30), parts.commit()
    runs = []
    for number in numbers:
        rounds = PROMISES[number][1] if asked.rounds is None else asked.rounds
        run = parts.taken_up(number, rounds, asked.seed, code, seed, asked.write)
        run.begin = asked.first
        runs.append(run)
        print(f"promise {number} ({PROMISES[number][0]}), seed {run.seed}{_so_far(run)}", flush=True)

    def ended(run: parts.Run) -> None:
        if not run.parts():
            tell(run, asked.write)
        elif len(run.done) > 1 or len(run.parts()) > 1:
            print(f"promise {run.promise}{_so_far(run)}", flush=True)

    code_of_exit = 0
    try:
        parts.Lanes(asked.jobs, WITHOUT_FAULTS).work(runs, ended)
    except KeyboardInterrupt:
        print("stopped" + ("; the same command goes on from here" if asked.write else ""), flush=True)
        for run in runs:
            if run.done and run.parts():
                tell(run, asked.write)
        code_of_exit = 130
    else:
        for run in runs:
            run.forget()
    done = [run.came_to() for run in sorted(runs, key=lambda run: run.promise)]
    if asked.json:
        asked.json.write_text(json.dumps([vars(tally) for tally in done]), "utf-8")
    return code_of_exit or int(any(tally.failures for tally in done))


def _so_far(run: parts.Run) -> str:
    done = run.came_to()
    return (
        f": {done.rounds:,} of {run.rounds or 'all'} rounds done, {len(done.failures)} failures"
        if run.done
        else ""
    )


def tell(run: parts.Run, write: bool) -> None:
    """Say what a promise came to, and write it down."""
    tally = run.came_to()
    print(f"promise {run.promise} ({PROMISES[run.promise][0]}), seed {run.seed}:")
    print(f"  {words(tally)}; {len(tally.failures)} failures in {run.minutes:.1f} minutes", flush=True)
    if write:
        keep(tally, run.seed, run.minutes, run.code, wanted=run.rounds if run.parts() else None)


if __name__ == "__main__":
    sys.exit(main())
