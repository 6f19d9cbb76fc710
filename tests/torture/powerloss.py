"""Promise 2: power fails at any moment of a save, a merge, a backup, a migration, a passphrase change and more."""

from __future__ import annotations

import hashlib
import random
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from fieldwork.commandline.running import run as command_line
from fieldwork.domain.records import Session
from fieldwork.domain.values import new_id
from fieldwork.store.drafts import Drafts
from fieldwork.store.reading import records
from fieldwork.store.workspace import Workspace
from fieldwork.work.drafting import OpenLine, drop_draft, keep_draft, write_open_lines

from . import Tally, scratch
from .acts import all_acts, with_sample
from .crashes import MARK, Disk, read_log
from .erasing import erasing_acts, with_words
from .faults import in_child, mark, the_state
from .parts import ACTS
from .stage import Stage, lines_in, set_stage

SITTINGS, LINES = 3, 6


@dataclass
class Scene:
    """act: what is done, telling what it acknowledged; found: raises AssertionError when it is not all there."""

    name: str
    act: Callable[[], int]
    found: Callable[[list[str]], None]


def run(rounds: int, seed: int, act: int | None = None) -> Tally:
    """rounds: at most so many states of each act; 0 for some at every step of every act, or of one."""
    tally = Tally(2)
    dice = random.Random(seed + (act or 0))
    with scratch() as base:
        stage = set_stage(base)
        with_sample(stage)
        with_words(stage)
        the_state().watch(*stage.watched)
        every = scenes(stage)
        assert len(every) == ACTS[2]
        for scene in every if act is None else every[act : act + 1]:
            before = tally.rounds
            _lose_power(stage, scene, rounds, dice, tally)
            tally.counts[f"states of {scene.name}"] += tally.rounds - before
    return tally


def scenes(stage: Stage) -> list[Scene]:
    made = [Scene("save", lambda: _save(stage), lambda said: _saved(stage, said))]
    known = all_acts() | {act.name: act for act in erasing_acts()}
    for name in ("merge", "backup", "migrate", "passphrase", "share", "restore", "join", "erase", "new key"):
        act = known[name]

        def whole(act=act) -> int:  # type: ignore[no-untyped-def]
            code = command_line(act.arguments(stage))
            mark("done")
            return code

        def found(said: list[str], act=act) -> None:  # type: ignore[no-untyped-def]
            done = act.found(stage)
            assert done or "done" not in said, "it was acknowledged, and is not there"

        made.append(Scene(name, whole, found))
    return made


def _save(stage: Stage) -> int:
    """Type lines as the window does: a draft at every pause, an entry when the line is left, the draft dropped."""
    for sitting in range(SITTINGS):
        with Workspace.open_with_key(stage.path, stage.key) as workspace:
            drafts = Drafts(workspace)
            session = records(workspace, Session)[0].id
            for number in range(LINES):
                text = f"Saved {sitting}-{number} " + "at length " * (300 if number == 3 else 1)
                line = OpenLine(new_id(), session, f"{sitting}{number}", text, typed=1)
                keep_draft(workspace, drafts, line.id, [line])
                mark(text)
                write_open_lines(workspace, [line])
                drop_draft(workspace, drafts, line.id)
            drafts.close()
    return 0


def _saved(stage: Stage, said: list[str]) -> None:
    texts = {text.strip() for text in lines_in(stage.path, stage.key)}
    missing = [text for text in said if text.strip() not in texts]
    assert not missing, f"acknowledged and lost: {missing[0][:40]}"


def _lose_power(stage: Stage, scene: Scene, rounds: int, dice: random.Random, tally: Tally) -> None:
    stage.again()
    log = stage.base / "log"
    log.unlink(missing_ok=True)
    disk = Disk(stage.base / "round")
    done = in_child(scene.act, None, stage.base, log)
    assert done.code == 0, done.err
    steps = read_log(log)
    tally.counts["recorded calls"] += len(steps)
    chosen = set(range(len(steps)))
    if rounds and rounds < len(steps) * 6:
        marks = [n for n, step in enumerate(steps) if step.kind == MARK]
        chosen = {*dice.sample(range(len(steps)), max(1, rounds // 6)), *marks[-1:]}
    seen: set[bytes] = set()
    for number, step in enumerate(steps):
        disk.take(step)
        if number not in chosen:
            continue
        for what, files in disk.states(dice):
            known = hashlib.sha256(repr((sorted(files.items()), disk.acknowledged)).encode()).digest()
            if known in seen:
                continue
            seen.add(known)
            tally.rounds += 1
            try:
                _rebuild(stage, files)
                scene.found(disk.acknowledged)
            except Exception as error:
                tally.fail(
                    f"{scene.name}, {what} at call {number} of {len(steps)}: {type(error).__name__} {error}"
                )


def _rebuild(stage: Stage, files: dict[str, bytes]) -> None:
    shutil.rmtree(stage.base / "round")
    for folder in (stage.work, stage.home, stage.temp):
        folder.mkdir(parents=True)
    for name, data in files.items():
        path = Path(name)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
