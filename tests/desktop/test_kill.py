"""The real window, in a real process, killed while somebody types in it.

The suite runs a few rounds. The long run of a hundred and more is `make kill`, which sets FIELDWORK_LONG=1;
FIELDWORK_KILL_ROUNDS sets another number. Every round prints its own seed (pytest -s), and FIELDWORK_KILL_SEED
with one round takes it up again.
"""

import json
import os
import random
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest

import worlds
from fieldwork.domain.records import NoteLine, Session
from fieldwork.domain.values import new_id
from fieldwork.store import keys
from fieldwork.store.conflicting import conflict_count
from fieldwork.store.drafts import Drafts
from fieldwork.store.reading import find, records
from fieldwork.store.verifying import verify
from fieldwork.store.workspace import Workspace
from fieldwork.work import notes, team, visits
from fieldwork.work.drafting import OpenLine, keep_draft, left_open, write_open_lines

ROUNDS = int(os.environ.get("FIELDWORK_KILL_ROUNDS") or (120 if os.environ.get("FIELDWORK_LONG") else 5))
MERGED_LINES = 16_000
SEED = int(os.environ.get("FIELDWORK_KILL_SEED", "0")) or random.SystemRandom().randrange(1, 1 << 30)
LOST_AT_MOST = 2.0  # seconds of typing
OPEN_WITHIN = 5.0  # seconds from the passphrase
TYPIST = Path(__file__).with_name("typist.py")


def start(order: str, path: Path, home: Path, *more: str) -> subprocess.Popen[str]:
    environment = {
        **os.environ,
        "QT_QPA_PLATFORM": "offscreen",
        "FIELDWORK_HOME": str(home),
        "FIELDWORK_PASSPHRASE": worlds.PASSPHRASE,
        "FIELDWORK_KDF_MEMORY": "65536",
    }
    return subprocess.Popen(
        [sys.executable, str(TYPIST), order, str(path), *more],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        env=environment,
    )


def typed_until_killed(
    order: str, path: Path, home: Path, after: float, package: Path
) -> tuple[list[dict], float]:
    """What the typist told, and when it was killed: `after` seconds into the typing."""
    child = start(order, path, home, str(package))
    assert child.stdout is not None
    told: list[dict] = []
    deadline = None
    for text in child.stdout:
        told.append(json.loads(text))
        if "begun" in told[-1]:
            deadline = time.time() + after
        if deadline is not None and time.time() >= deadline:
            break
    assert child.poll() is None, "the typist ended by itself"
    child.kill()
    killed = time.time()
    rest = child.stdout.read()
    told += [json.loads(text) for text in rest.splitlines() if text.endswith("}")]
    child.stdout.close()
    child.wait()
    return told, killed


def on_disk(path: Path) -> tuple[dict[str, str], str | None]:
    """The text of every line by id, drafts before entries; and the line whose draft was kept last."""
    with Workspace.open(path, worlds.PASSPHRASE) as workspace:
        assert verify(workspace) == []
        drafts = Drafts(workspace)
        left = left_open(workspace, drafts.all())
        drafts.close()
        texts = {line.id.hex(): line.text for found in left for line in found.lines}
        gone = {other.hex() for found in left for line in found.lines for other in line.swallows}
        for session in {line.session for found in left for line in found.lines} | sessions(workspace):
            for line in notes.lines_of(workspace, session):
                texts.setdefault(line.record.id.hex(), line.record.text)
        assert not gone & texts.keys()
        return texts, left[-1].lines[-1].id.hex() if left else None


def sessions(workspace: Workspace) -> set[bytes]:
    return {session.id for session in records(workspace, Session)}


def look(path: Path, home: Path) -> dict:
    child = start("look", path, home)
    out, _ = child.communicate(timeout=60)
    return next(said for said in map(json.loads, out.splitlines()) if "open" in said)


def missing(told: list[dict], texts: dict[str, str], killed: float) -> float:
    """Seconds of typing that are not on disk; fails where anything acknowledged is not."""
    for said in told:
        if "saved" in said:
            held = texts.get(said["line"], "")
            assert held.rstrip().startswith(said["text"].rstrip()), (said, held)
    unsaved = [
        said["typed"]
        for said in told
        if "typed" in said and not texts.get(said["line"], "").startswith(said["text"].strip())
    ]
    return killed - min(unsaved) if unsaved else 0.0


@pytest.fixture(scope="module")
def two_laptops(tmp_path_factory):
    """A lead's workspace, and a package of thousands of lines from a colleague that it has not taken in."""
    folder = tmp_path_factory.mktemp("laptops")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("FIELDWORK_KDF_MEMORY", "65536")
        patch.setenv("FIELDWORK_HOME", str(folder / "home"))
        with worlds.small_inspection(folder) as lead:
            code = team.pack(lead, folder / "for-a-colleague.pack")
            other = team.join(
                folder / "for-a-colleague.pack",
                folder / "colleague.fieldwork",
                worlds.PASSPHRASE,
                code=code,
                device="HMICFRS laptop 2",
                inspectorate="HMICFRS",
            )
            with other:
                session = visits.start_session(other, title="A long focus group").id
                for first in range(0, MERGED_LINES, notes.MAX_PASTE):
                    numbers = range(first, min(first + notes.MAX_PASTE, MERGED_LINES))
                    texts = [f"> Line {number} of a long talk" for number in numbers]
                    notes.paste_lines(other, session=session, texts=texts)
                shared = team.share(other, folder)
            lead_path = lead.path
    return lead_path, Path(shared.path)


@pytest.fixture
def small(two_laptops, tmp_path, monkeypatch):
    monkeypatch.setenv("FIELDWORK_KDF_MEMORY", "65536")
    monkeypatch.setenv("FIELDWORK_HOME", str(tmp_path / "home"))
    path, _ = two_laptops
    for name in (path.name, keys.envelope_path(path).name):
        shutil.copy(path.with_name(name), tmp_path / name)
    return tmp_path / path.name


@pytest.mark.parametrize("number", range(ROUNDS))
def test_killed_while_typing(small, two_laptops, tmp_path, number):
    """Nothing acknowledged is missing, two seconds at most of the rest, and the line is open again."""
    dice = random.Random(SEED + number)
    order = "merge" if number % 2 else "type"
    after = dice.uniform(0.3, 8.0 if order == "type" else 2.4)
    told, killed = typed_until_killed(order, small, tmp_path / "home", after, two_laptops[1])
    texts, open_line = on_disk(small)
    lost = missing(told, texts, killed)
    pressed = sum(1 for said in told if "typed" in said)
    assert pressed < 8 or max(len(said["text"]) for said in told if "typed" in said) > 4, "typed nowhere"
    assert not [said for said in told if "failed" in said]
    assert lost <= LOST_AT_MOST
    if open_line is not None:
        seen = look(small, tmp_path / "home")
        assert seen["open"] and seen["line"] == open_line and seen["text"] == texts[open_line]
        assert seen["focus"] and seen["cursor"] == len(seen["text"])
        assert seen["seconds"] <= OPEN_WITHIN
        again, _ = on_disk(small)
        assert all(again[id].strip() == text.strip() for id, text in texts.items() if text.strip())
    opened = f", open again in {seen['seconds']:.2f} s" if open_line else ", no line was open"
    merged = next((said for said in told if "merged" in said), None)
    if order == "merge":
        assert merged is None or merged["lines"] == MERGED_LINES
        took = f"took {merged['merged']:.1f} s" if merged else "was still under way"
        opened += f"; the merge of {MERGED_LINES:,} lines {took}"
    print(
        f"seed {SEED + number} {order}: killed after {after:.2f} s and {pressed} keys, "
        f"{lost:.2f} s of typing not on disk{opened}"
    )


def test_what_a_crash_left_twice_written_is_written_once(small):
    """A crash between the entry's commit and the dropping of its draft: no second line, no conflict."""
    with Workspace.open(small, worlds.PASSPHRASE) as workspace:
        session = records(workspace, Session, state="open")[0].id
        drafts = Drafts(workspace)
        line = OpenLine(new_id(), session, "zz", "Typed just before", typed=1)
        keep_draft(workspace, drafts, line.id, [line])
        write_open_lines(workspace, [line])
        before = len(notes.lines_of(workspace, session))
        (found,) = left_open(workspace, drafts.all())
        drafts.close()
        write_open_lines(workspace, found.lines)
        assert len(notes.lines_of(workspace, session)) == before
        assert conflict_count(workspace) == 0
        assert find(workspace, NoteLine, line.id) is not None
