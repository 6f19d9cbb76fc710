"""Promise 15: two to four programs want the same inspection; some are killed while they write."""

from __future__ import annotations

import os
import random
import signal
import time

from fieldwork.domain.faults import Fault
from fieldwork.domain.records import Session
from fieldwork.store.reading import records
from fieldwork.store.workspace import Workspace
from fieldwork.work import notes

from . import Tally, scratch
from .stage import PASSPHRASE, Stage, lines_in, set_stage

TURN = 2.5  # seconds of each round
LOCKED_OUT_AT_MOST = 5.0


def run(rounds: int, seed: int) -> Tally:
    tally = Tally(15)
    with scratch() as base:
        stage = set_stage(base)
        for number in range(rounds):
            tally.rounds += 1
            try:
                _round(stage, random.Random(seed + number), tally)
            except Exception as error:
                tally.fail(f"seed {seed + number}: {type(error).__name__} {error}")
    return tally


def _round(stage: Stage, dice: random.Random, tally: Tally) -> None:
    stage.again()
    log = stage.base / "turns"
    log.write_bytes(b"")
    writers = [_start(stage, who, dice.randrange(1 << 30)) for who in range(dice.randrange(2, 5))]
    ends = time.monotonic() + TURN
    while time.monotonic() < ends:
        time.sleep(dice.uniform(0.2, 0.8))
        at = dice.randrange(len(writers))
        os.kill(writers[at], signal.SIGKILL)
        os.waitpid(writers[at], 0)
        tally.counts["writers killed"] += 1
        tally.slowest("wait for the file after a kill", _opens_after(stage))
        writers[at] = _start(stage, at, dice.randrange(1 << 30))
    for writer in writers:
        os.kill(writer, signal.SIGTERM)
    for writer in writers:
        os.waitpid(writer, 0)
    said = log.read_text("utf-8").splitlines()
    _never_two(said)
    texts = lines_in(stage.path, stage.key)
    written = [text.split(" ", 3)[3] for text in said if text.startswith("wrote")]
    missing = [text for text in written if text not in texts]
    assert not missing, f"written and lost: {missing[0]}"
    tally.counts["turns"] += sum(text.startswith("has") for text in said)
    tally.counts["lines written"] += len(written)
    tally.counts["refused as open elsewhere"] += sum(text.startswith("refused") for text in said)


def _opens_after(stage: Stage) -> float:
    """Seconds until the file can be opened for writing by somebody new."""
    started = time.monotonic()
    while True:
        try:
            with Workspace.open_with_key(stage.path, stage.key) as workspace:
                assert workspace.writes
            return time.monotonic() - started
        except Fault as fault:
            assert "another Fieldwork" in str(fault), str(fault)
            assert time.monotonic() - started < LOCKED_OUT_AT_MOST, "locked out"
            time.sleep(0.005)


def _start(stage: Stage, who: int, seed: int) -> int:
    """A program that opens, writes for a moment and closes, again and again, and notes all of it in the log."""
    child = os.fork()
    if child:
        return child
    log = os.open(stage.base / "turns", os.O_WRONLY | os.O_APPEND)
    stop: list[int] = []
    signal.signal(signal.SIGTERM, lambda number, _: stop.append(number))
    dice = random.Random(seed)

    def tell(word: str, more: str = "") -> None:
        os.write(log, f"{word} {os.getpid()} {time.monotonic()} {more}\n".encode())

    try:
        while not stop:
            try:
                with Workspace.open(stage.path, PASSPHRASE) as workspace:
                    tell("has")
                    session = records(workspace, Session)[0].id
                    for turn in range(dice.randrange(1, 5)):
                        text = f"Writer {who} {seed} {turn} {dice.random()}"
                        notes.write_line(workspace, session=session, text=text)
                        tell("wrote", text)
                    tell("leaves")
            except Fault as fault:
                tell("refused" if "another Fieldwork" in str(fault) else "failed", str(fault))
            time.sleep(dice.uniform(0.02, 0.12))
    finally:
        os._exit(0)


def _never_two(said: list[str]) -> None:
    """Nobody has or writes between another's having and leaving or dying: a dead writer says nothing after."""
    failed = [text for text in said if text.startswith("failed")]
    assert not failed, failed[0]
    holder = None
    for text in sorted(said, key=lambda text: float(text.split(" ")[2])):
        word, who, *_ = text.split(" ")
        if word == "has":
            holder = who
        elif word in ("wrote", "leaves"):
            assert holder == who, f"two writers: {who} {word} while {holder} has the file"
