"""Long work on the workspace in a process of its own, so that typing never waits for it.

The process that holds the file's lock asks; the child writes as its delegate while it waits. The file key
goes over the pipe, never on the command line or in the environment. What the child says comes back as frames:
how far it has come, then the result in pieces small enough to be unpacked between two keystrokes.

A transaction of the child commits only after the asker has said "go". Until then stopping, killing or losing
either process leaves the file as it was; the child ends itself as soon as the pipe to it is shut.
"""

import contextlib
import os
import pickle
import subprocess
import threading
import traceback
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import IO, Any

from fieldwork.domain.faults import Fault
from fieldwork.domain.progress import COMMITTING, Told
from fieldwork.domain.values import Id
from fieldwork.exchange.sharing import Merged
from fieldwork.store.keys import FileKey
from fieldwork.store.workspace import Workspace
from fieldwork.work import by_hub, handing, leading
from fieldwork.work.by_hub import Visit
from fieldwork.work.handing import Preview
from fieldwork.work.leading import TakenBack
from fieldwork.work.second_process import hush, started

DOOR = "--work-apart"  # as `fieldwork.cli` knows it
NICENESS = 5
LOOK_SECONDS = 0.05  # how soon the asker notices that it should stop
PATIENCE_SECONDS = 3.0  # how long an ending child is waited for before it is ended
AT_ONCE_IDS = 4000
AT_ONCE_ROWS = 100
ID_BYTES = 16

_GO = b"g"
_WORK: dict[str, Callable[..., Any]] = {
    "preview": handing.preview,
    "take": partial(handing.take, backed_up=True),
    "take_back": leading.take_back,
    "preview_put_aside": handing.preview_put_aside,
    "take_put_aside": partial(handing.take_put_aside, backed_up=True),
    "look_at_hub": by_hub.look,
    "send_and_fetch": by_hub.send_and_fetch,
}
_LOST = {
    "send_and_fetch": "Sending and fetching was ended from outside; what had arrived is kept. Do it again, it goes on "
    "where it stopped."
}


class LostChildError(Exception):
    """The child ended without a word."""


# -- the asking side


def preview(workspace: Workspace, places: Sequence[Path], told: Told) -> Preview:
    """As `handing.preview`, worked out in a process of its own."""
    return _asked(workspace, "preview", told, tuple(places))


def take(workspace: Workspace, paths: Sequence[Path], told: Told) -> Preview:
    """As `handing.take`, done in a process of its own; the backup before it is the asker's part.

    `told` is called every few hundredths of a second; what it raises stops the merge, and nothing has
    happened then. After it was told of the phase "committing" it can no longer stop anything.
    """
    return _asked(workspace, "take", told, tuple(paths))


def take_back(workspace: Workspace, told: Told) -> TakenBack:
    """As `leading.take_back`, done in a process of its own, and stopped as a merge is."""
    return _asked(workspace, "take_back", told)


def preview_put_aside(workspace: Workspace, told: Told) -> Preview:
    """As `handing.preview_put_aside`, worked out in a process of its own."""
    return _asked(workspace, "preview_put_aside", told)


def take_put_aside(workspace: Workspace, told: Told) -> Preview:
    """As `handing.take_put_aside`, done in a process of its own, and stopped as a merge is."""
    return _asked(workspace, "take_put_aside", told)


def look_at_hub(workspace: Workspace, url: str, told: Told) -> Visit:
    """As `by_hub.look`, worked out in a process of its own."""
    return _asked(workspace, "look_at_hub", told, url)


def send_and_fetch(workspace: Workspace, url: str, told: Told) -> Visit:
    """As `by_hub.send_and_fetch`, done in a process of its own; what `told` raises stops it at any time."""
    return _asked(workspace, "send_and_fetch", told, url)


def _asked(workspace: Workspace, name: str, told: Told, *given: Any) -> Any:
    child = _Child()
    try:
        child.say(pickle.dumps((workspace.path, workspace.file_key, name, given)))
        return _listened(child, told)
    except LostChildError as lost:
        if child.committing:
            raise Fault(
                "The merge ended before it could say what it did; take the packages in again: "
                "what came in already is not taken twice."
                if name == "take"
                else "It ended before it could say what it did; look whether it was done before doing it again."
            ) from lost
        ended = "That was ended from outside; nothing was changed. Try again."
        raise Fault(_LOST.get(name, ended)) from lost
    finally:
        child.end()


def _listened(child: "_Child", told: Told) -> Any:
    """The child's result; `told` hears its progress, also while it says nothing."""
    where = ("", 0, 0)
    changed: dict[str, set[Id]] = {}
    pieces: dict[str, list[Any]] = {"conflicts": [], "clashes": []}
    while True:
        frame = child.next_frame()
        if frame is None:
            if not child.committing:
                told(*where)
            continue
        word, what = pickle.loads(frame)
        if word == "told":
            where = what
            told(*where)
            if where[0] == COMMITTING:
                child.committing = True
                child.say(_GO)
        elif word == "changed":
            kind, ids = what
            held = changed.setdefault(kind, set())
            held.update(ids[at : at + ID_BYTES] for at in range(0, len(ids), ID_BYTES))
        elif word in pieces:
            pieces[word] += what
        elif word == "fault":
            raise Fault(what[0], code=what[1])
        elif word == "error":
            raise RuntimeError(what)
        elif isinstance(what, TakenBack):
            return replace(what, changed={kind: frozenset(ids) for kind, ids in changed.items()})
        else:
            merged = replace(what.merged, changed=changed, conflicts=pieces["conflicts"])
            return replace(what, merged=merged, clashes=tuple(pieces["clashes"]))


class _Child:
    """The process, a thread that collects what it says, and the way to it."""

    def __init__(self) -> None:
        self.committing = False
        self._frames: SimpleQueue[bytes | None] = SimpleQueue()
        self._process = started(DOOR)
        self._reader = threading.Thread(target=self._collect, name="work-apart", daemon=True)
        self._reader.start()

    def say(self, data: bytes) -> None:
        stream = self._process.stdin
        assert stream is not None
        try:
            _put(stream, data)
        except OSError as error:
            raise LostChildError from error

    def next_frame(self) -> bytes | None:
        """What it said next; None when it has said nothing for a moment. Raises LostChildError when it is gone."""
        with contextlib.suppress(Empty):
            frame = self._frames.get(timeout=LOOK_SECONDS)
            if frame is None:
                raise LostChildError
            return frame
        return None

    def end(self) -> None:
        """See it gone: shutting its pipe is enough, unless it is stuck."""
        process = self._process
        assert process.stdin is not None and process.stdout is not None
        with contextlib.suppress(OSError):
            process.stdin.close()
        try:
            process.wait(PATIENCE_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        self._reader.join(PATIENCE_SECONDS)
        process.stdout.close()

    def _collect(self) -> None:
        stream = self._process.stdout
        assert stream is not None
        with contextlib.suppress(OSError, ValueError):
            for frame in _frames(stream):
                self._frames.put(frame)
        self._frames.put(None)


# -- the child's side


def serve() -> int:
    """The child: one piece of work asked for on standard input, told of on standard output."""
    asked = os.fdopen(os.dup(0), "rb")
    answers = os.fdopen(os.dup(1), "wb")
    hush()
    if hasattr(os, "nice"):
        with contextlib.suppress(OSError):
            os.nice(NICENESS)
    path, key, name, given = pickle.loads(next(_frames(asked)))
    go = threading.Event()
    threading.Thread(target=_watch, args=(asked, go), daemon=True).start()

    def told(phase: str, done: int, of: int) -> None:
        _say(answers, "told", (phase, done, of))
        if phase == COMMITTING:
            go.wait()

    with contextlib.suppress(OSError):  # nobody hears it any more: the watcher ends us
        for word, what in _worked(path, key, name, given, told):
            _say(answers, word, what)
    return 0


def _worked(
    path: Path, key: FileKey, name: str, given: Sequence[Any], told: Told
) -> Iterator[tuple[str, Any]]:
    """The result in pieces, or the one sentence why there is none."""
    try:
        with Workspace.open_with_key(path, key, delegated=True) as workspace:
            done = _WORK[name](workspace, *given, told=told)
    except Fault as fault:
        yield "fault", (str(fault), fault.code)
    except MemoryError:
        yield "fault", ("There is not enough memory for that; close other programs and try again.", 2)
    except Exception:
        yield "error", traceback.format_exc()
    else:
        yield from _pieces(done)


def _pieces(done: Preview | TakenBack) -> Iterator[tuple[str, Any]]:
    whole = done.merged.changed if isinstance(done, Preview) else done.changed
    for kind, ids in whole.items():
        yield "changed", (kind, b"")
        for some in _parts(list(ids), AT_ONCE_IDS):
            yield "changed", (kind, b"".join(some))
    if not isinstance(done, Preview):
        yield "done", replace(done, changed={})
        return
    for some in _parts(done.merged.conflicts, AT_ONCE_ROWS):
        yield "conflicts", some
    for some in _parts(done.clashes, AT_ONCE_ROWS):
        yield "clashes", list(some)
    yield (
        "done",
        replace(
            done,
            merged=Merged(done.merged.outcomes, team=done.merged.team, files=done.merged.files),
            clashes=(),
        ),
    )


def _parts(rows: Sequence[Any], size: int) -> Iterable[Sequence[Any]]:
    return (rows[at : at + size] for at in range(0, len(rows), size))


def _watch(asked: IO[bytes], go: threading.Event) -> None:
    """Wait for the word to commit. When the pipe is shut the asker wants no more, or is gone."""
    with contextlib.suppress(OSError):
        for frame in _frames(asked):
            if frame == _GO:
                go.set()
    os._exit(1)


# -- frames: eight bytes of length, then a pickle; both ends are this program


def _say(stream: IO[bytes], word: str, what: Any) -> None:
    _put(stream, pickle.dumps((word, what), pickle.HIGHEST_PROTOCOL))


def _put(stream: IO[bytes], data: bytes) -> None:
    stream.write(len(data).to_bytes(8, "big") + data)
    stream.flush()


def _frames(stream: IO[bytes]) -> Iterator[bytes]:
    """Frames until the other end is shut."""
    while len(head := stream.read(8)) == 8:
        length = int.from_bytes(head, "big")
        data = stream.read(length)
        if len(data) < length:
            return
        yield data
