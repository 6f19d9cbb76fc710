"""Promise 8: guessing a passphrase is slow, and an envelope that asks for less is refused."""

from __future__ import annotations

import os
import time

import msgspec

from fieldwork.domain.faults import Fault
from fieldwork.store import keys

from . import Tally

LEAST, AIM = 64 * 1024, 256 * 1024  # KiB


def run(rounds: int, seed: int) -> Tally:
    tally = Tally(8)
    had = os.environ.pop("FIELDWORK_KDF_MEMORY", None)
    try:
        envelope = keys.wrap(keys.new_file_key(), "words to guess")
        memory, passes, *_ = _head(envelope)
        started = time.monotonic()
        keys.unwrap(envelope, "words to guess", "it")
        tally.worst["guess"] = time.monotonic() - started
        tally.counts[f"MiB by default, {passes} passes, 4 lanes"] = memory // 1024
        if memory < AIM:
            tally.fail(f"the default is {memory} KiB, not {AIM}")
        os.environ["FIELDWORK_KDF_MEMORY"] = "8"
        if _head(keys.wrap(keys.new_file_key(), "words to guess"))[0] < LEAST:
            tally.fail("an envelope below 64 MiB was written")
        for weaker in _weaker(envelope, rounds or 64):
            tally.rounds += 1
            try:
                keys.unwrap(weaker, "words to guess", "it")
                tally.fail("an envelope with other parameters was opened")
            except Fault:
                tally.counts["altered parameters refused"] += 1
    finally:
        os.environ["FIELDWORK_KDF_MEMORY"] = had or str(LEAST)
    return tally


def _head(envelope: bytes) -> list:
    return msgspec.msgpack.decode(envelope[8 : 8 + int.from_bytes(envelope[6:8], "big")])


def _weaker(envelope: bytes, most: int) -> list[bytes]:
    """The envelope with less memory, fewer passes or lanes written into it, and with a bit flipped in its head."""
    length = int.from_bytes(envelope[6:8], "big")
    memory, passes, lanes, *rest = _head(envelope)
    made = []
    for other in ([8, passes, lanes], [LEAST - 1, passes, lanes], [LEAST, passes, lanes], [memory, 1, lanes]):
        packed = msgspec.msgpack.encode([*other, *rest])
        made.append(envelope[:6] + len(packed).to_bytes(2, "big") + packed + envelope[8 + length :])
    for at in range(8 + 8, 8 + length):  # the salt and the nonce; before them stand the numbers tried above
        flipped = bytearray(envelope)
        flipped[at] ^= 1 << at % 8
        made.append(bytes(flipped))
    return made[:most]
