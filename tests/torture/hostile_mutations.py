"""Ways to spoil bytes and trees. Everything random comes from the generator that is handed in."""

from random import Random
from typing import Any

import msgspec
import zstandard

HUGE = (
    b"\xdd\xff\xff\xff\xff",  # lists, maps, texts and bytes that announce four billion items
    b"\xdf\xff\xff\xff\xff",
    b"\xdb\xff\xff\xff\xff",
    b"\xc6\xff\xff\xff\xff",
    b"\xdc\xff\xff",
    b"\xc9\xff\xff\xff\xff\x05",
    b"\xd6\xff\x00\x00\x00\x00",  # a timestamp
    b"\xc7\x00\x07",  # an extension of nothing
    b"\xc1",  # what msgpack never uses
    b"\x91" * 3000 + b"\xc0",
    b"\x81\xa1a" * 3000 + b"\xc0",
    b"\xdd\x00\x01\x00\x00" + b"\x90" * 65536,
    b"\xa4\xff\xfe\xfd\xfc",  # text that is not UTF-8
)
ODD: tuple[Any, ...] = (
    None,
    True,
    False,
    0,
    1,
    -1,
    127,
    (1 << 31) - 1,
    (1 << 53) + 1,
    (1 << 63) - 1,
    (1 << 64) - 1,
    -(1 << 63),
    0.0,
    -0.0,
    1e308,
    float("nan"),
    float("inf"),
    "",
    "x",
    "x" * 70_000,
    "\x00\x1b[31m",
    "\u202eexe.fdp",
    "'; DROP TABLE entry; --",
    "../../outside",
    b"",
    b"\x00" * 16,
    b"\x00" * 32,
    b"\xff" * 33,
    bytes(70_000),
    [],
    [[]],
    [None] * 20,
    {},
    {"a": 1},
    {1: [2]},
)


def spoilt_bytes(data: bytes, rng: Random) -> bytes:
    """Bytes with one to three faults: flipped, cut, put in, left out, zeroed, doubled, exchanged."""
    made = bytearray(data)
    for _ in range(rng.choice((1, 1, 1, 2, 3))):
        if not made:
            return bytes(made)
        at = rng.randrange(len(made)) if rng.random() < 0.7 else rng.randrange(min(len(made), 300))
        span = rng.choice((1, 1, 2, 4, 16, 200))
        match rng.randrange(9):
            case 0 | 1 | 2:
                made[at] ^= 1 << rng.randrange(8)
            case 3:
                made[at : at + span] = rng.randbytes(len(made[at : at + span]))
            case 4:
                del made[at:]
            case 5:
                made[at:at] = rng.randbytes(span)
            case 6:
                del made[at : at + span]
            case 7:
                made[at : at + span] = bytes(len(made[at : at + span]))
            case _:
                other = rng.randrange(len(made))
                piece = bytes(made[at : at + span])
                made[other : other + len(piece)] = piece
    return bytes(made)


def spoilt_tree(tree: Any, rng: Random, depth: int = 0) -> Any:
    """A tree of lists and values with one place in it made wrong; what is handed in is left as it is."""
    if isinstance(tree, (list, tuple)) and tree and (depth == 0 or rng.random() < 0.85):
        items = list(tree)
        at = rng.randrange(len(items))
        if depth and rng.random() < 0.2:
            match rng.randrange(4):
                case 0:
                    del items[at]
                case 1:
                    items.insert(at, items[rng.randrange(len(items))])
                case 2:
                    other = rng.randrange(len(items))
                    items[at], items[other] = items[other], items[at]
                case _:
                    items.append(odd(rng))
            return items
        items[at] = spoilt_tree(items[at], rng, depth + 1)
        return items
    if isinstance(tree, bytes) and tree and rng.random() < 0.5:
        return spoilt_bytes(tree, rng)
    if type(tree) is int and rng.random() < 0.6:
        return tree + rng.choice((-1, 1, 2, 1 << 20, -(1 << 20)))
    if isinstance(tree, str) and rng.random() < 0.3:
        return tree + rng.choice(("\x00", "x", " ", "\ud7ff", "\U0001f600"))
    return odd(rng)


def odd(rng: Random) -> Any:
    """A value that stands nowhere in an honest package, or stands elsewhere."""
    if rng.random() < 0.3:
        return msgspec.Raw(rng.choice(HUGE))
    return rng.choice(ODD)


def packed(tree: Any) -> bytes:
    """Msgpack of a tree; numbers that msgpack has no room for are left out."""
    try:
        return msgspec.msgpack.encode(tree)
    except (OverflowError, TypeError, ValueError, msgspec.MsgspecError):
        return msgspec.msgpack.encode([])


def spoilt_stream(plain: bytes, rng: Random) -> bytes:
    """What should be one zstd frame around `plain`, as somebody would make it who means harm."""
    match rng.randrange(8):
        case 0:
            return spoilt_bytes(zstandard.compress(plain), rng)
        case 1:
            return zstandard.compress(spoilt_bytes(plain, rng))
        case 2:  # a bomb, of what the reader looks for or of nothing
            piece = rng.choice((b"\x00", b"\x90", b"\xc0", b"\x92\xc4\x00\x90"))
            size = rng.choice((1 << 16, 1 << 20, 1 << 23))
            start = rng.choice((b"", b"\xdd" + (size // len(piece)).to_bytes(4, "big")))
            return zstandard.compress(start + piece * (size // len(piece)))
        case 3:  # a frame that says it is larger than it is
            frame = bytearray(zstandard.ZstdCompressor(write_content_size=True).compress(plain))
            frame[5:9] = b"\xff\xff\xff\x7f"
            return bytes(frame)
        case 4:  # two frames, and one to be skipped
            return (
                zstandard.compress(plain)
                + b"\x50\x2a\x4d\x18\x04\x00\x00\x00skip"
                + zstandard.compress(plain)
            )
        case 5:  # a window of gigabytes
            return b"\x28\xb5\x2f\xfd\x00\xff" + zstandard.compress(plain)[6:]
        case 6:
            return rng.randbytes(rng.choice((0, 1, 4, 100, 5000)))
        case _:
            return zstandard.compress(plain)[: rng.randrange(1, 60)]
