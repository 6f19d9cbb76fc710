"""What is held here, who vouches for it, and what colleagues lack."""

from collections.abc import Iterable, Sequence
from typing import Any

import msgspec

from fieldwork.domain.package import Head
from fieldwork.domain.values import Id
from fieldwork.store.entry import NO_HASH, REASON, read_entry, span
from fieldwork.store.vouching import superseded

Packed = tuple[bytes, list[tuple[bytes, bytes] | None]]  # an entry's body, and what travels beside it


def held_hashes(connection: Any, hashes: Sequence[bytes]) -> set[bytes]:
    """Which of these entries stand here already."""
    held: set[bytes] = set()
    hashes = sorted(hashes)  # neighbours stand on one page of the index
    for at in range(0, len(hashes), 500):
        some = hashes[at : at + 500]
        marks = ",".join("?" * len(some))
        held.update(h for (h,) in connection.execute(f"SELECT hash FROM entry WHERE hash IN ({marks})", some))
    return held


def heads_held(connection: Any) -> list[Head]:
    """The signed heads of all branches held here, parked entries included."""
    rows = connection.execute(
        "SELECT d.id, d.public, s.n, s.hash, s.signature FROM signature s JOIN device_known d ON d.no = s.device "
        "WHERE s.hash IN (SELECT hash FROM entry UNION ALL SELECT hash FROM parked) ORDER BY d.id, s.n, s.hash"
    ).fetchall()
    incomplete = _incomplete(connection)
    before = {hash: one for hash, one in _parked_chain(connection).items() if hash not in incomplete}
    feet = {row[3]: _foot(row[3], before) for row in rows}
    standing = held_hashes(connection, sorted(set(feet.values())))
    return [
        Head(device, public, n, hash, signature, feet[hash] in standing or feet[hash] == NO_HASH)
        for device, public, n, hash, signature in rows
    ]


def _parked_chain(connection: Any) -> dict[bytes, bytes]:
    """For every parked entry the one before it."""
    return {
        hash: msgspec.msgpack.decode(body)[10]
        for hash, body in connection.execute("SELECT hash, body FROM parked")
    }


def _incomplete(connection: Any) -> set[bytes]:
    """Parked entries that wait for what is missing beside them: colleagues must go on sending them."""
    decode = msgspec.msgpack.Decoder(list[tuple[bytes, bytes] | None]).decode
    rows = connection.execute("SELECT hash, body, payloads FROM parked")
    return {hash for hash, body, payloads in rows if read_entry(body, decode(payloads)).lacks}


def _foot(hash: bytes, before: dict[bytes, bytes]) -> bytes:
    """Where the chain of parked entries behind this one ends: an entry that stands, or one that is missing."""
    while hash in before:
        hash = before[hash]
    return hash


def keep_signatures(connection: Any, heads: Iterable[Head]) -> None:
    """Keep the signatures of what is held here, and of each chain only those that nothing later vouches for.

    A head counts only for the entry it truly ends: a colleague's entry signed with one's own key
    vouches for nothing.
    """
    ids = {id: no for no, id in connection.execute("SELECT no, id FROM device_known")}
    signed: set[int] = set()
    for head in heads:
        held = connection.execute(
            "SELECT d.id, e.n FROM entry e JOIN device_known d ON d.no = e.device WHERE e.hash = ?1 "
            "UNION ALL SELECT device, n FROM parked WHERE hash = ?1",
            (head.hash,),
        ).fetchone()
        if held == (head.device, head.n):
            connection.execute(
                "INSERT OR IGNORE INTO signature (hash, device, n, signature) VALUES (?, ?, ?, ?)",
                (head.hash, ids[head.device], head.n, head.signature),
            )
            signed.add(ids[head.device])
    before = _parked_chain(connection)
    for device in signed:
        hashes = [h for (h,) in connection.execute("SELECT hash FROM signature WHERE device = ?", (device,))]
        if len(hashes) > 1:
            behind = _behind_others(connection, hashes, before)
            connection.executemany("DELETE FROM signature WHERE hash = ?", ((hash,) for hash in behind))


def _behind_others(connection: Any, hashes: Sequence[bytes], before: dict[bytes, bytes]) -> list[bytes]:
    """Those of these entries that stand in the chain behind another of them; each chain is walked once."""
    passed: set[bytes] = set()
    covered: dict[int, int] = {}  # by branch, up to which number entries stand behind one of these
    for end in hashes:
        hash = end
        while hash in before and before[hash] not in passed:
            hash = before[hash]
            passed.add(hash)
        branch, n = _place(connection, hash)
        n -= hash == end
        while branch is not None and n > covered.get(branch, 0):
            covered[branch] = n
            branch, n = connection.execute(
                "SELECT base, base_n FROM branch WHERE no = ?", (branch,)
            ).fetchone()
    places = {hash: _place(connection, hash) for hash in hashes}
    return [
        hash
        for hash, (branch, n) in places.items()
        if hash in passed or (branch is not None and n <= covered.get(branch, 0))
    ]


def _place(connection: Any, hash: bytes) -> tuple[int | None, int]:
    """Branch and number of an entry that stands here."""
    row = connection.execute("SELECT branch, n FROM entry WHERE hash = ?", (hash,)).fetchone()
    return row or (None, 0)


def keep_knowledge(connection: Any, sender: Id, heads: Iterable[Head], now: int) -> None:
    """What a colleague holds, by what their package says.

    Where they are ahead of this laptop, the last of theirs that stands here is kept beside it:
    a head nobody here can place says nothing about what is behind it.
    """
    said = [(head.device, head.n, head.hash) for head in heads if head.whole]
    before = _known(connection).get(sender, [])
    standing = held_hashes(connection, sorted({hash for _, _, hash in (*said, *before)}))
    ahead = {device for device, _, hash in said if hash not in standing}
    last: dict[Id, tuple[Id, int, bytes]] = {}
    for one in before:
        if one[0] in ahead and one[2] in standing and one[1] >= last.get(one[0], one)[1]:
            last[one[0]] = one
    kept = [one for one in last.values() if one not in said]
    connection.execute(
        "INSERT INTO knowledge (device, heads, at) VALUES (?1, ?2, ?3) "
        "ON CONFLICT (device) DO UPDATE SET heads = ?2, at = ?3",
        (sender, msgspec.msgpack.encode(said + kept), now),
    )


def _known(connection: Any) -> dict[Id, list[tuple[Id, int, bytes]]]:
    decode = msgspec.msgpack.Decoder(list[tuple[bytes, int, bytes]]).decode
    return {
        device: decode(heads) for device, heads in connection.execute("SELECT device, heads FROM knowledge")
    }


def awaited(connection: Any, inspection: Id, devices: Sequence[Id]) -> list[Id]:
    """Of these laptops those a package is made for: not the ones that another has taken over from.

    One that speaks again after that still works under its old name, and is waited for.
    """
    over = superseded(connection, inspection) - set(_known(connection))
    return [device for device in devices if device not in over]


def known_to_all(connection: Any, others: Sequence[Id], given: Sequence[bytes] = ()) -> list[bytes]:
    """Tips that all these colleagues are known to hold; none as soon as one was never heard from.

    given: further tips, each of which one more holder has, as a pack that was handed out.
    Of a laptop that forked, nothing it says is taken for granted: two copies of it speak with one name.
    """
    known = _known(connection)
    forked = {id for (id,) in connection.execute("SELECT id FROM device_known WHERE forked")}
    if not (others or given) or any(id not in known or id in forked for id in others):
        return []
    furthest = [reach(connection, [hash for _, _, hash in known[id]]) for id in others]
    furthest += [reach(connection, [hash]) for hash in given]
    shared = {
        branch: min(reached[branch] for reached in furthest)
        for branch in set.intersection(*(set(reached) for reached in furthest))
    }
    return [
        hash
        for branch, n in sorted(shared.items())
        for (hash,) in connection.execute("SELECT hash FROM entry WHERE branch = ? AND n = ?", (branch, n))
    ]


def introduction(connection: Any, tip: bytes) -> tuple[bytes, Packed] | None:
    """Who this laptop is: hash and content of the first entry of the chain behind its last act."""
    for branch in reach(connection, [tip]):
        row = connection.execute(
            "SELECT e.hash, e.no, e.body FROM entry e JOIN branch b ON b.no = e.branch "
            "WHERE b.no = ? AND b.base IS NULL AND e.n = 1",
            (branch,),
        ).fetchone()
        if row is not None:
            return row[0], _packed(connection, row[1], row[2])
    return None


def _packed(connection: Any, no: int, body: bytes) -> Packed:
    held = connection.execute("SELECT place, salt, vals FROM payload WHERE entry = ?", (no,))
    beside = {place: (salt, vals) for place, salt, vals in held}
    groups = len(msgspec.msgpack.decode(body)[12])
    return body, [beside.get(place) for place in range(REASON, groups)]


def lacking(connection: Any, floor: Sequence[bytes]) -> list[Packed]:
    """Entries that are not behind any of these tips, oldest first, as (body, payloads); parked ones too."""
    reached = reach(connection, floor)
    places = connection.execute("SELECT no, branch, n FROM entry ORDER BY no").fetchall()
    wanted = [no for no, branch, n in places if n > reached.get(branch, 0)]
    payloads: dict[int, dict[int, tuple[bytes, bytes]]] = {}
    for no, place, salt, vals in connection.execute(
        "SELECT entry, place, salt, vals FROM payload WHERE entry >= ?", (min(wanted, default=0),)
    ):
        payloads.setdefault(no, {})[place] = (salt, vals)
    result: list[Packed] = []
    for no in wanted:
        body = connection.execute("SELECT body FROM entry WHERE no = ?", (no,)).fetchone()[0]
        beside = payloads.get(no, {})
        groups = len(msgspec.msgpack.decode(body)[12])
        result.append((body, [beside.get(place) for place in range(REASON, groups)]))
    for body, packed in connection.execute("SELECT body, payloads FROM parked ORDER BY hash"):
        result.append((body, msgspec.msgpack.decode(packed, type=list[tuple[bytes, bytes] | None])))
    return result


def reach(connection: Any, tips: Sequence[bytes]) -> dict[int, int]:
    """For every branch, up to which number the tips cover it."""
    reached: dict[int, int] = {}
    for hash in tips:
        row = connection.execute("SELECT branch, n FROM entry WHERE hash = ?", (hash,)).fetchone()
        while row is not None and row[0] is not None:
            branch, n = row
            reached[branch] = max(reached.get(branch, 0), n)
            row = connection.execute("SELECT base, base_n FROM branch WHERE no = ?", (branch,)).fetchone()
    return reached


def changes_beyond(connection: Any, floor: Sequence[bytes], tips: Sequence[bytes]) -> int:
    """How many changes stand in the chains behind these tips that are not behind any of the floor."""
    reached = reach(connection, floor)
    return sum(
        span(body)[1]
        for branch, n in reach(connection, tips).items()
        for (body,) in connection.execute(
            "SELECT body FROM entry WHERE branch = ? AND n > ? AND n <= ?",
            (branch, reached.get(branch, 0), n),
        )
    )
