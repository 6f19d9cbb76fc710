"""`python -m tests.torture [PROMISE ...] [--rounds N] [--seed S] [--write]`: try promises, print what they came to."""

import argparse
import importlib
import json
import os
import random
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
os.environ["FIELDWORK_KDF_MEMORY"] = "65536"
os.environ.pop("FIELDWORK_TRACE", None)
sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from . import Tally, faults
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
}
WITHOUT_FAULTS = {12}  # needs no library below the program
LONGEST_FIRST = (12, 10, 3, 2, 4, 9, 14, 19, 17, 11, 5, 6, 7, 16, 15, 13, 18, 8, 1)


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.torture", description=__doc__)
    known = ", ".join(map(str, PROMISES))
    parser.add_argument("promises", nargs="*", type=int, metavar="PROMISE", help=f"of {known}; all without")
    parser.add_argument("--rounds", type=int, help="fewer or more than the full length")
    parser.add_argument("--seed", type=int, help="to take a run up again")
    parser.add_argument("--write", action="store_true", help=f"add what it came to to {RESULTS.name}")
    parser.add_argument(
        "--jobs", type=int, default=1, help="so many promises at once, in processes of their own"
    )
    parser.add_argument("--json", type=Path, help="write what it came to to this file as well")
    asked = parser.parse_args()
    unknown = [number for number in asked.promises if number not in PROMISES]
    if unknown:
        parser.error(f"promise {unknown[0]} is not tried here; known are {known}")
    from_below = set(asked.promises or PROMISES) - WITHOUT_FAULTS
    if from_below and faults.why_not():
        print(faults.why_not())
        return 0
    if asked.jobs > 1:
        return several(asked)
    if from_below and not faults.is_preloaded():
        return faults.run_again_preloaded(sys.argv[1:])
    seed = asked.seed if asked.seed is not None else random.SystemRandom().randrange(1, 1 << 30)
    done = [run(number, asked.rounds, seed, asked.write) for number in asked.promises or PROMISES]
    if asked.json:
        plain = [{**vars(tally), "counts": dict(tally.counts)} for tally in done]
        asked.json.write_text(json.dumps(plain), "utf-8")
    return int(any(tally.failures for tally in done))


def several(asked: argparse.Namespace) -> int:
    """Each promise in a process of its own, the longest first; the window's kills use two lanes by themselves."""
    more = ["--write"] if asked.write else []
    for name in ("rounds", "seed"):
        if getattr(asked, name) is not None:
            more += [f"--{name}", str(getattr(asked, name))]
    numbers = [n for n in LONGEST_FIRST if n in (asked.promises or PROMISES)]
    with ThreadPoolExecutor(asked.jobs) as lanes:
        codes = list(lanes.map(lambda n: faults.run_again_preloaded([str(n), *more]), numbers))
    return int(any(codes))


def run(number: int, rounds: int | None, seed: int, write: bool) -> Tally:
    """Try one promise. rounds: None for the full length."""
    name, full = PROMISES[number]
    print(f"promise {number} ({name}), seed {seed}:", flush=True)
    started = time.monotonic()
    module = importlib.import_module(f"{__package__}.{name}")
    tally: Tally = module.run(full if rounds is None else rounds, seed)
    minutes = (time.monotonic() - started) / 60
    print(f"  {words(tally)}; {len(tally.failures)} failures in {minutes:.1f} minutes", flush=True)
    if write:
        keep(tally, seed, minutes)
    return tally


if __name__ == "__main__":
    sys.exit(main())
