"""Inspection packs and backups made to harm: refused with a sentence, and nothing is left behind."""

import shutil
import time
import traceback
from pathlib import Path
from random import Random
from typing import Any

import msgspec

from fieldwork.domain.faults import Fault
from fieldwork.exchange import joining
from fieldwork.store import backup as backups
from fieldwork.store import keys
from fieldwork.store.backup import MAGIC
from fieldwork.store.verifying import verify
from fieldwork.store.workspace import Workspace

from .hostile_mutations import packed, spoilt_bytes, spoilt_tree
from .hostile_world import PASSPHRASE


class Packs:
    """One pack and one backup of the colleague's laptop, spoilt over and over."""

    def __init__(self, reader: Any) -> None:
        self.reader = reader
        self.world = reader.world
        folder = reader.folder / "packs"
        folder.mkdir()
        self.target = reader.folder / "target"
        self.target.mkdir()
        good = folder / "good.fieldpack"
        self.code = joining.make_pack(self.world.liar, good)
        self.pack = good.read_bytes()
        self.backup = backups.back_up(self.world.liar, folder / "good.fieldwork-backup").read_bytes()
        self.file = folder / "hostile.bin"
        self.file.write_bytes(self.pack)
        sealed = self.pack[len(joining.PACK_MAGIC) :]
        plain = keys.open_under_code(sealed, joining._typed(self.code), joining.PACK_MAGIC)
        length = int.from_bytes(plain[:8], "big")
        self.inside = msgspec.msgpack.decode(plain[8 : 8 + length])
        self.keys = set(Path(self.reader.folder.parent / "home").rglob("*"))

    def one(self) -> None:
        """Make a hostile pack or backup and hand it in."""
        rng: Random = self.reader.rng
        if rng.random() < 0.6:
            self._tried("pack", self._spoilt_pack(rng), self._join)
        else:
            self._tried("backup", self._spoilt_backup(rng), self._restore)

    def _tried(self, family: str, data: bytes, hand_in: Any) -> None:
        reader = self.reader
        reader.families[family] += 1
        reader.counts["packages"] += 1
        self.file.write_bytes(data)
        begun = time.process_time()
        try:
            with reader.watch.armed():
                workspace: Workspace = hand_in(self.file)
        except Fault as fault:
            reader.slowest = max(reader.slowest, time.process_time() - begun)
            reader.refused(family, str(fault))
            left = [path.name for path in self.target.iterdir() if not path.name.endswith("-lock")]
            if left:
                reader.note("files_outside", family, f"{fault} left {left}")
        except Exception:
            reader.note("crashes", family, traceback.format_exc()[-1200:])
        else:
            reader.slowest = max(reader.slowest, time.process_time() - begun)
            reader.counts["own_words"] += 1
            try:
                if problems := verify(workspace):
                    reader.note("rows_changed", family, f"taken though unsound: {problems[0]}")
            except Exception:
                reader.note("crashes", family, traceback.format_exc()[-1200:])
            workspace.close()
        shutil.rmtree(self.target)
        self.target.mkdir()
        for path in Path(self.reader.folder.parent / "home").rglob("*"):
            if path.is_file() and path not in self.keys:  # copies of the key files of what was made here
                path.unlink()

    def _join(self, path: Path) -> Workspace:
        pack = joining.open_pack(path, self.code)
        return joining.join(
            pack, self.target / "joined.fieldwork", PASSPHRASE, device="fourth laptop", inspectorate="HMCPSI"
        )

    def _restore(self, path: Path) -> Workspace:
        return joining.restore(path, self.target / "back.fieldwork", PASSPHRASE)

    def _spoilt_pack(self, rng: Random) -> bytes:
        match rng.randrange(4):
            case 0:
                return spoilt_bytes(self.pack, rng)
            case 1:
                inside = dict(self.inside)
                name = rng.choice(list(inside))
                inside[name] = spoilt_tree([inside[name]], rng)[0]
            case 2:
                inside = {name: self.inside[name] for name in self.inside if rng.random() < 0.8}
            case _:
                inside = dict(self.inside)
                content = spoilt_bytes(inside["content"][:-64], rng)
                inside["content"] = content + self.world.liar.device_keys.sign(content)
        plain = packed(inside) if rng.random() < 0.95 else packed([inside])
        padded = len(plain).to_bytes(8, "big") + plain
        return joining.PACK_MAGIC + keys.seal_under_code(
            padded, joining._typed(self.code), joining.PACK_MAGIC
        )

    def _spoilt_backup(self, rng: Random) -> bytes:
        start = len(MAGIC) + 4
        length = int.from_bytes(self.backup[len(MAGIC) : start], "big")
        envelope, data = self.backup[start : start + length], self.backup[start + length :]
        match rng.randrange(4):
            case 0:
                return spoilt_bytes(self.backup[:2000], rng) + self.backup[2000:]
            case 1:
                at = rng.randrange(len(data))
                return self.backup[: start + length] + data[:at] + bytes([data[at] ^ 1]) + data[at + 1 :]
            case 2:
                return self.backup[: rng.randrange(len(self.backup))]
            case _:
                head = int.from_bytes(envelope[6:8], "big")
                tree = spoilt_tree(msgspec.msgpack.decode(envelope[8 : 8 + head]), rng)
                raw = packed(tree)[:60_000]
                envelope = envelope[:6] + len(raw).to_bytes(2, "big") + raw + envelope[8 + head :]
                return MAGIC + len(envelope).to_bytes(4, "big") + envelope + data
