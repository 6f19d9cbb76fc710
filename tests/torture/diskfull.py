"""Promise 4: twelve acts where 0 to 64 pages are free, then room is made; and the window typed into on a full disk."""

from __future__ import annotations

import random
import shutil
import sys
import time
from collections.abc import Callable
from typing import Any

from fieldwork.domain.faults import Fault
from fieldwork.domain.records import NoteLine, Session
from fieldwork.domain.values import new_id
from fieldwork.store.backup import back_up
from fieldwork.store.drafts import Drafts
from fieldwork.store.reading import records
from fieldwork.store.workspace import Workspace
from fieldwork.work import examining, findings, notes, team, undoing, visits
from fieldwork.work.drafting import OpenLine, keep_draft, write_open_lines

from . import Tally, parts, scratch
from .faults import QUOTA, REFUSED, in_child, the_state
from .kills import LOST_AT_MOST, NAME, Typing, missing, on_disk
from .stage import Stage, lines_in, set_stage

PAGE, PAGES, USABLE_WITHIN = 4096, 65, 5.0
LONG = "A long line " + "that takes room " * 1500
WINDOW_ROUNDS = 12  # of the full length


def _session(workspace: Workspace) -> bytes:
    return records(workspace, Session, state="open")[0].id


def _line(workspace: Workspace) -> bytes:
    return records(workspace, NoteLine)[0].id


ACTS: dict[str, Callable[[Workspace, Stage], Any]] = {
    "line": lambda w, s: notes.write_line(w, session=_session(w), text="> A short line"),
    "long line": lambda w, s: notes.write_line(w, session=_session(w), text=LONG),
    "change a line": lambda w, s: notes.write_line(w, session=_session(w), line=_line(w), text="Otherwise"),
    "paste": lambda w, s: notes.paste_lines(
        w, session=_session(w), texts=[f"> pasted {n}" for n in range(300)]
    ),
    "answer": lambda w, s: examining.answer(w, file="A-V-003", question="A01", value="cps_charge_fct"),
    "finding": lambda w, s: findings.add_finding(w, text="A point " + "made " * 200, kind="concern"),
    "finish": lambda w, s: visits.finish_session(w, session=_session(w)),
    "undo": lambda w, s: undoing.undo(w),
    "merge": lambda w, s: team.merge(w, [s.work / "from-a-colleague.fieldpackage"]),
    "share": lambda w, s: team.share(w, s.work / "out.fieldpackage"),
    "backup": lambda w, s: back_up(w, s.work / "out.fieldwork-backup"),
    "pack": lambda w, s: team.pack(w, s.work / "out.fieldpack"),
}


def run(rounds: int, seed: int, act: int | None = None) -> Tally:
    """rounds: at most so many acts on a full disk; 0 for every act at every size and the window, or one of them."""
    tally = Tally(4)
    dice = random.Random(seed)
    assert len(ACTS) + 1 == parts.ACTS[4]  # the window is the last
    acts = list(ACTS) if act is None else list(ACTS)[act : act + 1]
    with scratch() as base:
        stage = set_stage(base)
        the_state().watch(*stage.watched)
        tried = [(name, pages) for name in acts for pages in range(PAGES)]
        if rounds and rounds < len(tried):
            tried = dice.sample(tried, rounds)
        for name, pages in tried:
            _round(stage, name, pages, tally)
        for number in range(1 if rounds else WINDOW_ROUNDS if act in (None, len(ACTS)) else 0):
            _window(stage, number, dice, tally)
    return tally


def _round(stage: Stage, name: str, pages: int, tally: Tally) -> None:
    stage.again()
    tally.rounds += 1
    done = in_child(lambda: _full_then_freed(stage, name, pages), None, stage.base)
    try:
        assert done.code == 0, done.err[-400:]
        refused, seconds = int(done.out.split()[0]), float(done.out.split()[1])
        tally.counts["acts refused with a sentence" if refused else "acts that still fitted"] += 1
        tally.counts["writes refused"] += the_state()[REFUSED]
        tally.slowest("wait after room was made", seconds)
        assert seconds < USABLE_WITHIN, f"usable after {seconds:.1f} s only"
        texts = lines_in(stage.path, stage.key)
        for text in ("Typed before", "Typed while full", "Typed after"):
            assert text in texts, f"{text!r} is lost"
    except Exception as error:
        tally.fail(f"{name} with {pages} pages free: {type(error).__name__} {error}")


def _full_then_freed(stage: Stage, name: str, pages: int) -> int:
    """In one process, as the window is: type, meet the full disk, go on after room was made."""
    shared = the_state()
    with Workspace.open_with_key(stage.path, stage.key) as workspace:
        drafts = Drafts(workspace)
        lines = {
            text: OpenLine(new_id(), _session(workspace), text, text, typed=1)
            for text in ("Typed before", "Typed while full", "Typed after")
        }

        def keep(text: str) -> bool:
            return _told(lambda: keep_draft(workspace, drafts, lines[text].id, [lines[text]]))

        assert keep("Typed before")
        shared[QUOTA] = pages * PAGE
        kept = keep("Typed while full")
        done = _told(lambda: ACTS[name](workspace, stage))
        kept = kept and keep("Typed while full")
        shared[QUOTA] = -1
        started = time.monotonic()
        while not (kept or keep("Typed while full")) or not keep("Typed after"):
            assert time.monotonic() - started < 2 * USABLE_WITHIN, "never usable again"
            time.sleep(0.05)
        if not done:
            ACTS[name](workspace, stage)
        write_open_lines(workspace, list(lines.values()))
        print(int(not done), time.monotonic() - started)
        drafts.close()
    return 0


def _told(act: Callable[[], Any]) -> bool:
    """Whether an act was done; one that was not must say why in one sentence."""
    try:
        act()
    except Fault as fault:
        assert str(fault).endswith(".") and "\n" not in str(fault), str(fault)
        print(fault, file=sys.stderr)
        return False
    return True


def _window(stage: Stage, number: int, dice: random.Random, tally: Tally) -> None:
    """The real window: typed into while nothing can be written, then room is made, then it is killed."""
    tally.rounds += 1
    folder = stage.base / f"window{number}"
    work = folder / "work"
    work.mkdir(parents=True)
    (folder / "home").mkdir()
    for name in (NAME, NAME + "-key"):
        shutil.copy(stage.start / name, work / name)
    typing = Typing(folder, work / NAME)
    try:
        typing.until("saved", 60)
        typing.state[QUOTA] = dice.randrange(0, 8) * PAGE
        _read_for(typing, dice.uniform(2.5, 5.0))
        before = len(typing.told)
        typing.state[QUOTA] = -1
        freed = time.monotonic()
        while not any("saved" in said for said in typing.told[before:]):
            assert typing.read() and time.monotonic() - freed < 2 * USABLE_WITHIN, "it never saved again"
            time.sleep(0.01)
        seconds = time.monotonic() - freed
        _read_for(typing, 2.0)
        died = time.time()
        typing.kill()
        texts, _ = on_disk(work / NAME)
        lost = missing(typing.told, texts, died)
        assert seconds < USABLE_WITHIN, f"saved again after {seconds:.1f} s only"
        assert lost <= LOST_AT_MOST, f"{lost:.1f} s of typing lost"
        tally.counts["windows typed into on a full disk"] += 1
        tally.counts["of them told it in words"] += any("failed" in said for said in typing.told)
        tally.slowest("wait for the window to save again", seconds)
    except Exception as error:
        typing.kill()
        tally.fail(f"window {number}: {type(error).__name__} {str(error)[:300]}")


def _read_for(typing: Typing, seconds: float) -> None:
    ends = time.monotonic() + seconds
    while time.monotonic() < ends:
        assert typing.read(), "the window ended by itself"
        time.sleep(0.01)
