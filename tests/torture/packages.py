"""Promise 10: a hostile package changes nothing.

Packages of a colleague's real day, made wrong outside (the bytes of the age file) and inside (decrypted,
altered, signed again by the colleague and encrypted again), inspection packs, and backups handed to restore.
Each is refused with one sentence, in less than 5 s of its own time, by a process that never holds more than
300 MB; or what it brings is well formed and the colleague's own word, which is counted apart ("own words").
"""

import argparse
import faulthandler
import gc
import hashlib
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
import traceback
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from random import Random
from typing import Any

import msgspec
import pyrage
import zstandard

from fieldwork.domain.package import Head
from fieldwork.exchange import sharing

from . import TESTS, Tally, scratch, tally
from .hostile_mutations import HUGE, ODD, packed, spoilt_bytes, spoilt_stream, spoilt_tree
from .hostile_world import (
    LIMIT_MEGABYTES,
    LIMIT_SECONDS,
    Watch,
    World,
    files_in,
    group_of,
    quick_derivation,
)

ADDRESS_SPACE = 4 << 30


def run(rounds: int, seed: int, first: int = 0) -> Tally:
    """first: how many others have tried already; a part of a run is the run of its own seed, seed + first."""
    return tally(10, rounds, tried(rounds, seed + first))


def tried(rounds: int, seed: int) -> dict[str, Any]:
    """Read in a process of its own, whose memory is watched."""
    made: dict[str, Any] = {"seed": seed, **_read_apart(rounds, seed)}
    made["sentences"] = len(made["sentences"])
    made["held"] = (
        not any(made[name] for name in ("crashes", "rows_changed", "files_outside", "heard", "unclear"))
        and made["slowest_seconds"] < LIMIT_SECONDS
        and made["megabytes"] < LIMIT_MEGABYTES
    )
    return made


def _most_memory() -> int:
    """The most memory this process held, in MB; getrusage would count that of the process it was started from."""
    status = Path("/proc/self/status")
    if status.exists():
        (line,) = (line for line in status.read_text().splitlines() if line.startswith("VmHWM:"))
        return int(line.split()[1]) >> 10
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss >> 10


def _read_apart(rounds: int, seed: int) -> dict[str, Any]:
    paths = [str(TESTS), str(TESTS.parent / "src"), os.environ.get("PYTHONPATH", "")]
    done = subprocess.run(
        [sys.executable, "-m", "torture.packages", "--rounds", str(rounds), "--seed", str(seed)],
        env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, paths))},
        stdout=subprocess.PIPE,
        text=True,
        check=False,
    )
    if done.returncode:
        raise RuntimeError(f"the reading process ended with {done.returncode}")
    return json.loads(done.stdout.splitlines()[-1])


# -- the families; each makes one hostile file


def outer(world: World, rng: Random) -> bytes:
    data = world.full if rng.random() < 0.3 else world.delta
    while (made := spoilt_bytes(data, rng)) == data:
        pass
    return made


def envelope(world: World, rng: Random) -> bytes:
    """Encrypted by somebody else's rules: other keys, a passphrase, armour, junk inside, a wrong length."""
    match rng.randrange(5):
        case 0:
            stranger = pyrage.x25519.Identity.generate().to_public()
            return pyrage.encrypt(spoilt_bytes(world.contents["delta"], rng), [stranger])
        case 1:
            lines = [
                b"-> X25519 " + rng.randbytes(20).hex().encode() for _ in range(rng.choice((1, 50, 5000)))
            ]
            return (
                b"age-encryption.org/v1\n" + b"\n".join(lines) + b"\n--- " + rng.randbytes(32).hex().encode()
            )
        case 2:
            content = world.contents["delta"]
            wrong = rng.choice((0, 1, len(content) * 2, 1 << 63, rng.randrange(len(content))))
            recipient = pyrage.x25519.Recipient.from_str(world.epoch)
            return pyrage.encrypt(wrong.to_bytes(8, "big") + content, [recipient])
        case 3:
            return world.sealed(rng.randbytes(rng.choice((0, 1, 20, 500))))
        case _:
            return b"age-encryption.org/v1\n-> scrypt c2FsdHNhbHRzYWx0c2FsdA 30\n" + rng.randbytes(60)


def inner(world: World, rng: Random) -> bytes:
    content = world.contents["full" if rng.random() < 0.2 else "delta"][:-64]
    return world.resigned(spoilt_bytes(content, rng))


def header(world: World, rng: Random) -> bytes:
    tree = spoilt_tree(world.header(), rng)
    raw = packed(tree) if rng.random() < 0.9 else rng.choice(HUGE)
    return world.with_header(raw, world.entries["delta"])


def heads(world: World, rng: Random) -> bytes:
    """Heads that are wrong though every signature holds."""
    held = list(world.heads)
    own = world.own_head()
    sign = world.liar.device_keys.sign
    match rng.randrange(5):
        case 0:
            held = [h for h in held if h is not own]
        case 1:
            hash = rng.randbytes(32)
            held.append(
                Head(own.device, own.public, rng.choice((1, own.n + 9, (1 << 63) - 1)), hash, sign(hash))
            )
            if rng.random() < 0.5:
                held.remove(own)
        case 2:
            held = [
                h if h is not own else Head(h.device, h.public, h.n + 1, h.hash, h.signature) for h in held
            ]
        case 3:
            other = rng.choice(held)
            held = [h for h in held if h is not other]
            held.append(Head(other.device, own.public, other.n, other.hash, sign(other.hash)))
        case _:
            held = held * rng.choice((2, 300))
            if rng.random() < 0.7:
                held.append(Head(own.device, own.public, own.n, b"", sign(b"")))
    return world.resigned(world.signed(held, world.entries["delta"])[:-64])


def stream(world: World, rng: Random) -> bytes:
    plain = msgspec.msgpack.encode(list(world.entries["delta"]))
    return world.with_stream(world.heads, spoilt_stream(plain, rng))


def tree(world: World, rng: Random) -> bytes:
    """The list of entries with something in it that is none, or an entry's body altered and not chained."""
    entries = [[body, list(payloads)] for body, payloads in world.entries["delta"]]
    if rng.random() < 0.5:
        return world.with_stream(world.heads, _packed_stream(spoilt_tree(entries, rng)))
    at = rng.randrange(len(entries))
    body = msgspec.msgpack.decode(entries[at][0])
    entries[at][0] = packed(spoilt_tree(body, rng))
    return world.with_stream(world.heads, _packed_stream(entries))


def _packed_stream(entries: Any) -> bytes:
    return zstandard.ZstdCompressor(level=1).compress(packed(entries))


def chained(world: World, rng: Random) -> bytes:
    """A further entry of the colleague, chained and signed, whose body or payloads are wrong."""
    body, payloads = world.next_entry(rng, [an_honest_group(rng)])
    match rng.randrange(3):
        case 0:
            body = spoilt_tree(body, rng)
        case 1:
            payloads = spoilt_tree(payloads, rng)
        case _:
            body[12] = spoilt_tree(body[12], rng)
    raw = packed(body)
    return world.with_next(raw, payloads if len(packed(payloads)) > 1 else [])


def values(world: World, rng: Random) -> bytes:
    """Values and digests that agree with each other, and are nothing a record can hold; some are."""
    group = an_honest_group(rng)
    body, payloads = world.next_entry(rng, [group])
    salt = bytes(16)
    odd = rng.choice(
        (packed([rng.choice(ODD) for _ in group.fields]), rng.choice(HUGE), b"\x91" + rng.choice(HUGE))
    )
    body[12][0][3] = hashlib.sha256(salt + odd).digest()
    return world.with_next(packed(body), [payloads[0], [salt, odd]])


def swollen(world: World, rng: Random) -> bytes:
    """Well signed, small on the stick, large in memory: empty lists, nils, names and bases by the million."""
    count = rng.choice((70_000, 1 << 20, 6 << 20))
    announced = b"\xdd" + count.to_bytes(4, "big")
    body, payloads = world.next_entry(rng, [an_honest_group(rng)])
    match rng.randrange(7):
        case 0:
            body[12][0][4] = msgspec.Raw(announced + rng.choice((b"\x90", b"\x91\x00")) * count)
        case 1:
            body[12][0][2] = msgspec.Raw(announced + b"\xa1a" * count)
        case 2:
            body[11] = msgspec.Raw(announced + b"\xc4\x00" * count)
        case 3:
            body[12] = msgspec.Raw(announced + b"\x90" * count)
        case 4:
            payloads = msgspec.Raw(announced + b"\xc0" * count)
        case 5:
            body[11] = [bytes(32)]
            body[12][0][4] = [msgspec.Raw(announced + b"\x00" * (count & ~1))] + [[]] * (
                len(body[12][0][2]) - 1
            )
        case _:
            plain = announced + b"\x92\xc4\x00\x90" * count
            return world.with_stream(world.heads, zstandard.compress(plain))
    return world.with_next(packed(body), payloads)


def an_honest_group(rng: Random) -> Any:
    kind, fields = rng.choice(
        (
            ("note_line", ["session", "text"]),
            ("answer", ["examination", "question", "value"]),
            ("finding", ["text", "finding_kind"]),
            ("device", ["label", "sign_key", "recipient"]),
            ("invitation", ["key"]),
            ("visit", ["title", "planned_start"]),
            ("question_set_version", ["definition"]),
            ("a kind nobody knows", ["x"]),
        )
    )
    return group_of(kind, rng.randbytes(16), list(fields), ["said" for _ in fields])


PACKAGES: dict[str, tuple[int, Callable[[World, Random], bytes]]] = {
    "outer": (24, outer),
    "envelope": (5, envelope),
    "inner": (20, inner),
    "header": (8, header),
    "heads": (5, heads),
    "stream": (8, stream),
    "tree": (12, tree),
    "chained": (12, chained),
    "values": (5, values),
    "swollen": (1, swollen),
}


# -- reading them


class Reader:
    """Hands one hostile file after another to the product and keeps count."""

    def __init__(self, folder: Path, seed: int) -> None:
        self.rng = Random(seed)
        self.world = World(folder)
        self.folder = folder
        self.watch = Watch(folder, folder.parent / "home")
        self.counts: Counter[str] = Counter()
        self.families: Counter[str] = Counter()
        self.sentences: Counter[str] = Counter()
        self.examples: list[str] = []
        self.slowest = 0.0

    def note(self, what: str, family: str, text: object) -> None:
        self.counts[what] += 1
        if len(self.examples) < 20:
            self.examples.append(f"{what}, {family}: {text!s:.1500}")

    def package(self) -> None:
        family = self.rng.choices(list(PACKAGES), [weight for weight, _ in PACKAGES.values()])[0]
        path = self.world.inbox / "hostile.fieldpackage"
        data = PACKAGES[family][1](self.world, self.rng)
        path.write_bytes(data)
        self.families[family] += 1
        self.counts["packages"] += 1
        begun = time.process_time()
        try:
            with self.watch.armed():
                # every tenth for good; a dry run goes the same way, and what it took need not be undone
                dry = self.rng.random() < 0.9
                outcome = sharing.merge(self.world.here, [path], dry_run=dry).outcomes[0]
        except Exception:
            self.note("crashes", family, traceback.format_exc()[-1200:])
            self.world.renew()
            return
        self.slowest = max(self.slowest, time.process_time() - begun)
        if outcome.refused or dry:
            if outcome.refused:
                self.refused(family, outcome.refused)
            else:
                self.counts["own_words"] += 1
            if not self.world.unchanged():
                self.note("rows_changed", family, outcome.refused)
                self.world.renew()
            return
        self.counts["own_words"] += 1
        self.counts["own_words_read"] += 1
        if family in ("outer", "envelope"):
            self.note("rows_changed", family, "an altered file was taken")
        if strange := self.world.strange():
            self.note("rows_changed", family, f"entries of nobody who said them: {strange[:3]}")
        self.read_what_was_taken(family)
        self.world.renew()

    def refused(self, family: str, sentence: str) -> None:
        self.counts["refused"] += 1
        self.sentences[sentence] += 1
        if not sentence.endswith(".") or "\n" in sentence or len(sentence) > 250 or "Error" in sentence:
            self.note("unclear", family, sentence)

    def read_what_was_taken(self, family: str) -> None:
        """What a colleague says may be odd, but nobody's window falls over it."""
        from fieldwork.store.reading import canonical, dump
        from fieldwork.work import handing, team
        from fieldwork.work.files import file_states

        here = self.world.here
        try:
            with self.watch.armed():
                canonical(dump(here))
                if self.rng.random() < 0.1:
                    handing.team_now(here)
                    team.conflict_rows(here)
                    file_states(here)
        except Exception:
            self.note("crashes", family, traceback.format_exc()[-1200:])


def _worker(rounds: int, seed: int, minutes: float = 0) -> dict[str, Any]:
    """rounds: how many hostile files; minutes: to stop earlier, what was done is told all the same."""
    os.environ.setdefault("FIELDWORK_KDF_MEMORY", "65536")
    with scratch("hostile-") as top:
        for variable, place in (("FIELDWORK_HOME", "home"), ("HOME", "user"), ("TMPDIR", "temporary")):
            (top / place).mkdir()
            os.environ[variable] = str(top / place)
        tempfile.tempdir = str(top / "temporary")
        folder = top / "work"
        folder.mkdir()
        quick_derivation()
        reader = Reader(folder, seed)
        from .hostile_packs import Packs

        packs = Packs(reader)
        reader.world.inbox.joinpath("hostile.fieldpackage").touch()
        gc.collect()
        gc.freeze()
        (top / "home/keys").mkdir(parents=True, exist_ok=True)  # the first workspace made here would make it
        before = files_in(top)
        if hasattr(resource, "RLIMIT_AS"):
            resource.setrlimit(resource.RLIMIT_AS, (ADDRESS_SPACE, ADDRESS_SPACE))
        begun = time.perf_counter()
        done = 0
        for number in range(rounds):
            if minutes and time.perf_counter() - begun > minutes * 60:
                break
            done += 1
            faulthandler.dump_traceback_later(LIMIT_SECONDS)  # a hang says where it hangs
            if reader.rng.random() < 0.04:
                packs.one()
            else:
                reader.package()
            if number % 2000 == 1999 and not reader.world.unchanged(thoroughly=True):
                reader.note("rows_changed", "all", "the thorough look found a change")
        faulthandler.cancel_dump_traceback_later()
        took = time.perf_counter() - begun
        if not reader.world.unchanged(thoroughly=True):
            reader.note("rows_changed", "all", "the last look found a change")
        outside = sorted(set(files_in(top)) ^ set(before))
        reader.counts["files_outside"] += len(outside)
        reader.examples += [f"a file came or went: {outside[:5]}"] if outside else []
        reader.examples += reader.watch.heard[:5]
        reader.world.close()
    counts = {
        name: reader.counts[name]
        for name in ("packages", "refused", "own_words", "own_words_read", "crashes", "rows_changed")
    }
    return {
        **counts,
        "files_outside": reader.counts["files_outside"],
        "unclear": reader.counts["unclear"],
        "heard": len(reader.watch.heard),
        "slowest_seconds": round(reader.slowest, 2),
        "megabytes": _most_memory(),
        "per_second": round(done / took, 1),
        "by_family": dict(reader.families),
        "sentences": sorted(reader.sentences),
        "examples": reader.examples,
    }


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--minutes", type=float, default=0, help="stop then")
    asked = parser.parse_args()
    print(json.dumps(_worker(asked.rounds, asked.seed, asked.minutes)))
