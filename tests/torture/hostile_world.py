"""Who receives and who lies: the laptops of the demonstration, and packages made from a colleague's real day."""

import contextlib
import hashlib
import os
import shutil
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from random import Random
from typing import Any

import msgspec
import pyrage
import zstandard

from fieldwork.domain.package import Head
from fieldwork.domain.records import Session
from fieldwork.exchange import package, sharing
from fieldwork.store import keys
from fieldwork.store.connection import connect
from fieldwork.store.entry import make_entry, make_group
from fieldwork.store.holding import heads_held, lacking
from fieldwork.store.reading import records
from fieldwork.store.workspace import Workspace, get_meta, raw
from fieldwork.work import notes
from fieldwork.work.demo import make_demo

PASSPHRASE = "eleven quiet herons over mud"
LIMIT_SECONDS, LIMIT_MEGABYTES = 5.0, 300


def quick_derivation() -> None:
    """Keys from passphrases and codes without the price of a real one: it is not what is attacked here."""
    keys._derive = quick_key


def quick_key(passphrase: str, salt: bytes, memory: int, passes: int, lanes: int) -> bytes:
    if len(salt) < 8:
        raise ValueError("a salt of eight bytes at least")
    return hashlib.sha256(passphrase.encode() + salt + bytes([passes, lanes])).digest()


def _demo_at(folder: Path) -> None:
    """The demonstration; TORTURE_STAGE names a folder where it is kept for the next process that wants one."""
    if "TORTURE_STAGE" not in os.environ:
        make_demo(folder, PASSPHRASE)
        return
    # apart from what is made with keys derived as ever
    kept = Path(os.environ["TORTURE_STAGE"]) / ("demo-quick" if keys._derive is quick_key else "demo")
    if not kept.exists():
        made = kept.with_name(f"{kept.name}-{os.getpid()}")
        make_demo(made, PASSPHRASE)
        with contextlib.suppress(OSError):  # another process was first
            made.rename(kept)
    shutil.copytree(kept, folder)


class World:
    """`here` receives; `liar` is a colleague whose laptop signs whatever it is told to."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        demo = folder / "demo"
        _demo_at(demo)
        self.template = demo / "lead.fieldwork"
        self.liar = Workspace.open(demo / "inspector.fieldwork", PASSPHRASE)
        self._work()
        self.inbox = folder / "inbox"
        self.inbox.mkdir()
        self.delta = self._shared("delta", everything=False)
        self.full = self._shared("full", everything=True)
        with self.liar.read() as db:
            self.epoch = get_meta(db, "epoch_recipient")
            heads, entries = heads_held(raw(db)), lacking(raw(db), [])
        parcel = package.unseal(self.delta, self._identities(), self.liar.inspection, "delta")
        brought = {entry.body for entry in parcel.entries}
        self.heads = heads
        self.entries = {"full": entries, "delta": [item for item in entries if item[0] in brought]}
        self.honest = {hashlib.sha256(body).digest() for body, _ in entries}
        self.contents = {which: self.signed(heads, held) for which, held in self.entries.items()}
        self.path = folder / "here.fieldwork"
        self.before: dict[str, str] = {}
        self.ends = {
            (body[1], body[2]): body for body in map(msgspec.msgpack.decode, (e for e, _ in entries))
        }
        self.here = self._fresh()

    def _work(self) -> None:
        """A further day on the colleague's laptop: notes, a deletion, things corrected."""
        session = records(self.liar, Session)[0]
        for number in range(12):
            notes.write_line(
                self.liar,
                session=session.id,
                text=f"> Line {number} of a further day, about redaction. #it-",
            )

    def _shared(self, name: str, *, everything: bool) -> bytes:
        return sharing.share(
            self.liar, self.inbox / f"{name}.fieldpackage", everything=everything
        ).path.read_bytes()

    def _identities(self) -> list[str]:
        return sharing._identities(self.liar)

    def _fresh(self) -> Workspace:
        for ending in ("", "-wal", "-shm"):
            Path(f"{self.path}{ending}").unlink(missing_ok=True)
        shutil.copy(self.template, self.path)
        envelope = keys.envelope_path(self.template).read_bytes()
        self.key = keys.unwrap(envelope, PASSPHRASE, "here")
        here = Workspace.open_with_key(self.path, self.key)
        self.watch = connect(self.path, self.key)
        self.before = self.before or self.tables()  # always the same bytes
        self.version = self._version()
        return here

    def renew(self) -> None:
        """After something was taken in: the receiver as it was."""
        self.watch.close()
        self.here.close()
        self.here = self._fresh()

    def close(self) -> None:
        self.watch.close()
        self.here.close()
        self.liar.close()

    # -- has anything changed?

    def _version(self) -> int:
        return self.watch.execute("PRAGMA data_version").fetchone()[0]

    def tables(self) -> dict[str, str]:
        """A digest of every row of every table there is."""
        return rows_of(self.watch)

    def unchanged(self, *, thoroughly: bool = False) -> bool:
        """Whether every table is as it was; without a commit nothing can be otherwise."""
        version = self._version()
        if version == self.version and not thoroughly:
            return True
        self.version = version
        return self.tables() == self.before

    def strange(self) -> list[str]:
        """Entries here now that are neither of the honest package, nor the liar's own, nor of before."""
        rows = self.watch.execute(
            "SELECT e.hash, d.id FROM entry e JOIN device_known d ON d.no = e.device "
            "UNION ALL SELECT hash, device FROM parked"
        ).fetchall()
        return [hash.hex() for hash, device in rows if hash not in self.honest and device != self.liar.device]

    # -- packages

    def signed(self, heads: list[Head], entries: list[Any]) -> bytes:
        made = package.Contents(
            self.liar.inspection, self.liar.device, int(time.time() * 1000), heads, entries
        )
        body = package.plain(made)
        return body + self.liar.device_keys.sign(body)

    def sealed(self, content: bytes) -> bytes:
        return pyrage.encrypt(package.pad(content), [pyrage.x25519.Recipient.from_str(self.epoch)])

    def resigned(self, body: bytes) -> bytes:
        return self.sealed(body + self.liar.device_keys.sign(body))

    def with_stream(self, heads: list[Head], stream: bytes) -> bytes:
        made = package.Contents(self.liar.inspection, self.liar.device, 1, heads, [])
        empty = zstandard.ZstdCompressor(level=3).compress(msgspec.msgpack.encode([]))
        return self.resigned(package.plain(made)[: -len(empty)] + stream)

    def with_header(self, header: bytes, entries: list[Any]) -> bytes:
        stream = zstandard.ZstdCompressor(level=3).compress(msgspec.msgpack.encode(entries))
        return self.resigned(package.MAGIC + len(header).to_bytes(4, "big") + header + stream)

    def header(self) -> list[Any]:
        heads = [[h.device, h.public, h.n, h.hash, h.signature, h.whole] for h in self.heads]
        return [1, self.liar.inspection, self.liar.device, 1, heads]

    def own_head(self) -> Head:
        return next(head for head in self.heads if head.device == self.liar.device)

    def next_entry(self, rng: Random, groups: list[Any]) -> tuple[list[Any], list[Any]]:
        """The liar's next entry as a tree of body and payloads, chained as it should be."""
        head = self.own_head()
        last = self.ends[head.device, head.n]
        entry = make_entry(
            device=head.device,
            n=head.n + 1,
            first=last[3] + sum(len(group[2]) for group in last[12]),
            time=last[4] + 4096,
            wall=last[5] + 1,
            person="",
            act=rng.choice(("write line", "answer", "x")),
            reason="because" if rng.random() < 0.5 else "",
            undoes=None,
            previous=head.hash,
            references=[],
            groups=groups,
        )
        return msgspec.msgpack.decode(entry.body), [
            None if beside is None else list(beside) for beside in entry.payloads()
        ]

    def with_next(self, body: bytes, payloads: Any, n: int | None = None) -> bytes:
        """A package of the liar's further entry, its head signed; body and payloads may be anything."""
        head = self.own_head()
        hash = hashlib.sha256(body).digest()
        number = head.n + 1 if n is None else n
        new = Head(head.device, head.public, number, hash, self.liar.device_keys.sign(hash))
        heads = [new if h is head else h for h in self.heads]
        stream = packed_stream([*self.entries["delta"], (body, payloads)])
        return self.with_stream(heads, stream)


def packed_stream(entries: list[Any]) -> bytes:
    return zstandard.ZstdCompressor(level=1).compress(msgspec.msgpack.encode(entries))


_BUT = {"receipt": " WHERE direction NOT IN ('refused', 'not yet')"}


def rows_of(connection: Any) -> dict[str, str]:
    """Digests of all tables, by name. What was refused leaves a receipt that says so, and nothing else."""
    names = [
        name
        for (name,) in connection.execute("SELECT name FROM sqlite_schema WHERE type = 'table'").fetchall()
        if not name.startswith(("found", "sqlite_"))
    ]
    return {
        name: hashlib.sha256(
            repr(connection.execute(f'SELECT * FROM "{name}"{_BUT.get(name, "")}').fetchall()).encode()
        ).hexdigest()
        for name in sorted(names)
    }


def group_of(kind: str, id: bytes, fields: list[str], values: list[Any]) -> Any:
    return make_group(kind, id, fields, values, [[] for _ in fields])


# -- what a reader must not do

_ON_NAMES = ("os.remove", "os.rename", "os.mkdir", "os.rmdir", "os.symlink", "os.link")


class Watch:
    """Hears of every socket, every file and every program that Python code of this process asks for."""

    def __init__(self, *allowed: Path) -> None:
        self.allowed = [os.path.realpath(folder) + os.sep for folder in allowed]
        self.heard: list[str] = []
        self._armed = False
        sys.addaudithook(self._hook)

    def _hook(self, event: str, args: tuple[Any, ...]) -> None:
        if not self._armed:
            return
        if event.startswith("socket.") or event in (
            "subprocess.Popen",
            "os.system",
            "os.exec",
            "os.posix_spawn",
            "os.fork",
            "urllib.Request",
            "pickle.find_class",
        ):
            self.heard.append(f"{event} {args!r:.200}")
        elif event == "open":
            path, _, flags = args
            writes = isinstance(flags, int) and flags & (os.O_WRONLY | os.O_RDWR | os.O_CREAT)
            if isinstance(path, (str, bytes)) and writes and not self._inside(path):
                self.heard.append(f"open {path!r}")
        elif event in _ON_NAMES and not self._inside(args[0]):
            self.heard.append(f"{event} {args!r:.200}")

    def _inside(self, path: Any) -> bool:
        return (os.path.realpath(os.fsdecode(path)) + os.sep).startswith(tuple(self.allowed))

    @contextmanager
    def armed(self) -> Iterator[None]:
        self._armed = True
        try:
            yield
        finally:
            self._armed = False


def files_in(folder: Path) -> list[str]:
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*"))
