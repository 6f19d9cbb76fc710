"""From a log of what was written to the states in which a power failure may leave the files.

The disk of the model promises little: what was not synced may be there, missing, or torn at 512 bytes, write by
write and in any order; of names made, moved and taken away since the folder was synced only a first part may last.
"""

from __future__ import annotations

import random
import struct
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

CREATE, WRITE, TRUNCATE, SYNC, SYNC_FOLDER, RENAME, UNLINK, MARK = range(1, 9)
SECTOR = 512


@dataclass(frozen=True)
class Step:
    """One line of the log. path and other: absolute; data: what was written; at: offset or length."""

    kind: int
    inode: int
    at: int
    data: bytes
    other: bytes

    @property
    def path(self) -> str:
        return self.data.decode()


def read_log(log: Path) -> list[Step]:
    data = log.read_bytes()
    steps, at = [], 0
    while at + 48 <= len(data):
        kind, inode, offset, _, n1, n2 = struct.unpack_from("6q", data, at)
        at += 48
        steps.append(Step(kind, inode, offset, data[at : at + n1], data[at + n1 : at + n1 + n2]))
        at += n1 + n2
    return steps


@dataclass
class _File:
    """synced: what is surely on disk; since: writes and truncations after that, (offset, data or None, length)."""

    synced: bytes = b""
    since: list[Step] = field(default_factory=list)

    def content(self, kept: list[Step]) -> bytes:
        data = bytearray(self.synced)
        for step in kept:
            if step.kind == TRUNCATE:
                del data[step.at :]
                data.extend(bytes(step.at - len(data)))
            else:
                if len(data) < step.at:
                    data.extend(bytes(step.at - len(data)))
                data[step.at : step.at + len(step.data)] = step.data
        return bytes(data)


class Disk:
    """The files under a folder as the log goes on."""

    def __init__(self, folder: Path) -> None:
        self.names: dict[str, _File] = {}
        self.synced_names: dict[str, _File] = {}
        self.renamings: list[dict[str, _File]] = []  # the names after each change since the folder was synced
        self.inodes: dict[int, _File] = {}
        self.acknowledged: list[str] = []
        for path in sorted(folder.rglob("*")):
            if path.is_file():
                file = _File(path.read_bytes())
                self.names[str(path)] = self.inodes[path.stat().st_ino] = file
        self.synced_names = dict(self.names)

    def take(self, step: Step) -> None:
        """One more step of the log."""
        if step.kind == MARK:
            self.acknowledged.append(step.path)
        elif step.kind == CREATE:
            self.inodes[step.inode] = self.names[step.path] = _File()
            self._renamed()
        elif step.kind in (WRITE, TRUNCATE):
            self.inodes[step.inode].since.append(step)
        elif step.kind == SYNC:
            file = self.inodes[step.inode]
            file.synced, file.since = file.content(file.since), []
        elif step.kind == SYNC_FOLDER:
            self.synced_names, self.renamings = dict(self.names), []
        elif step.kind == RENAME:
            self.names[step.other.decode()] = self.names.pop(step.path)
            self._renamed()
        elif step.kind == UNLINK and self.names.pop(step.path, None) is not None:
            self._renamed()

    def _renamed(self) -> None:
        self.renamings.append(dict(self.names))

    def states(self, dice: random.Random) -> Iterator[tuple[str, dict[str, bytes]]]:
        """States in which the files may be found now, each with what it is."""
        yield "all that was written", self._made(self.names, lambda file: file.since)
        yield "all that was synced", self._made(self.names, lambda file: [])
        yield "and no name since", self._made(self.synced_names, lambda file: [])
        yield "torn", self._made(self.names, lambda file: _torn(file.since, dice))
        for _ in range(2):
            names = dice.choice([self.synced_names, *self.renamings, self.names])
            yield "some of it", self._made(names, lambda file: _some(file.since, dice))

    def _made(self, names: dict[str, _File], kept) -> dict[str, bytes]:  # type: ignore[no-untyped-def]
        return {name: file.content(kept(file)) for name, file in names.items() if not name.endswith("-shm")}


def _torn(since: list[Step], dice: random.Random) -> list[Step]:
    """All but that the last write stops at a sector."""
    if not since or since[-1].kind == TRUNCATE:
        return since
    last = since[-1]
    length = dice.randrange(0, max(len(last.data), 1), SECTOR)
    return [*since[:-1], Step(last.kind, last.inode, last.at, last.data[:length], b"")]


def _some(since: list[Step], dice: random.Random) -> list[Step]:
    """Any of the writes, some of them torn."""
    kept = [step for step in since if dice.random() < 0.6]
    return [
        step
        if step.kind == TRUNCATE or dice.random() < 0.7
        else Step(step.kind, step.inode, step.at, step.data[: len(step.data) // 2 // SECTOR * SECTOR], b"")
        for step in kept
    ]
