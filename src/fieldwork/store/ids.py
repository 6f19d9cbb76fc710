"""Records looked up by the end or the beginning of their ids."""

from collections.abc import Collection, Iterator

import sqlalchemy as sa

from fieldwork.domain.values import Id
from fieldwork.store.workspace import Workspace, raw

_DIGITS = frozenset("0123456789abcdef")


def is_hex(text: str) -> bool:
    return bool(text) and len(text) <= 32 and _DIGITS.issuperset(text)


def ids_ending(workspace: Workspace, digits: str, kinds: Collection[str] = ()) -> list[Id]:
    """Records, deleted ones too, whose id ends with these digits, in small letters; of some kinds if given."""
    with workspace.read() as db:
        return sorted(_ending(db, {digits}, kinds))


def all_ending(workspace: Workspace, ends: Collection[str], kinds: Collection[str]) -> list[Id]:
    """As `ids_ending`, of several ends of one length at once."""
    with workspace.read() as db:
        return sorted(_ending(db, ends, kinds))


def _ending(db: sa.Connection, ends: Collection[str], kinds: Collection[str]) -> Iterator[Id]:
    wanted = {end for end in ends if is_hex(end)}
    for length in {len(end) for end in wanted}:
        some = [end for end in wanted if len(end) == length]
        whole = length // 2  # bytes; half a byte more is looked at here
        tails = sorted({bytes.fromhex(end[length % 2 :]) for end in some})
        among = f" AND kind IN ({', '.join('?' * len(kinds))})" if kinds else ""
        for at in range(0, len(tails), 500):
            part = tails[at : at + 500]
            rows = raw(db).execute(
                f"SELECT id FROM object WHERE substr(id, {17 - whole}) IN ({', '.join('?' * len(part))}){among}",
                (*part, *kinds),
            )
            yield from (id for (id,) in rows if id.hex()[-length:] in wanted)


def ids_beginning(workspace: Workspace, digits: str, kinds: Collection[str] = ()) -> list[Id]:
    """Records, deleted ones too, whose id begins with these digits, in small letters; of some kinds if given."""
    if not is_hex(digits):
        return []
    first, last = bytes.fromhex(digits.ljust(32, "0")), bytes.fromhex(digits.ljust(32, "f"))
    among = f" AND kind IN ({', '.join('?' * len(kinds))})" if kinds else ""
    with workspace.read() as db:
        rows = raw(db).execute(
            f"SELECT id FROM object WHERE id BETWEEN ? AND ?{among} ORDER BY id LIMIT 20",
            (first, last, *kinds),
        )
        return [id for (id,) in rows]


def ids_like(workspace: Workspace, name: str, kinds: Collection[str] = ()) -> list[Id]:
    """Records whose id ends with these digits; where there is none, those whose id begins with them."""
    digits = name.strip().lower()
    return ids_ending(workspace, digits, kinds) or ids_beginning(workspace, digits, kinds)
