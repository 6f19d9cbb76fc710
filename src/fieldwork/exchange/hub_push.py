"""Up to the hub: what it lacks of this laptop's own chain, sealed, in batches that each stand by themselves."""

import hashlib
import os
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

from fieldwork.domain.package import Head
from fieldwork.domain.values import Id
from fieldwork.exchange import hub_memory, package
from fieldwork.exchange.hub_door import Hub
from fieldwork.exchange.hub_sealing import TO_MEMBERS, Keys, Place, keys_of, write_letter
from fieldwork.store.branches import (
    Link,
    Sent,
    chains_beyond,
    counts,
    erased_places,
    key_carriers,
    load,
    present,
)
from fieldwork.store.entry import span
from fieldwork.store.holding import heads_held
from fieldwork.store.receipts import Receipt, leave, write_receipt
from fieldwork.store.workspace import Workspace, raw

MOST, LARGEST = 2000, 4 << 20  # entries and bytes of a batch

Progress = Callable[[int, int], object]


@dataclass
class Pushed:
    """What a push came to. left: entries not sent because it was stopped; found: what is wrong, in sentences."""

    at: str
    entries: int = 0
    changes: int = 0
    left: int = 0
    notices: list[str] = field(default_factory=list)
    found: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class _Batch:
    """Consecutive entries of one chain. key: its own, where it hands out a key of the inspection."""

    device: Id
    links: Sequence[Link]
    key: bytes | None


def nothing_said(_done: int, _total: int) -> None: ...


def never() -> bool:
    return False


def push(
    workspace: Workspace, hub: Hub, progress: Progress = nothing_said, cancelled: Callable[[], bool] = never
) -> Pushed:
    """Send what the hub lacks of what was written here; asked to stop, it ends after the batch in hand."""
    past = hub_memory.compare(workspace, hub)
    done = Pushed(hub.at, notices=list(hub.notices), found=past.found)
    chains = _lacking(workspace, hub, done)
    total = sum(len(links) for _, links in chains)
    progress(0, total)
    with workspace.read() as db:
        keys, heads, carriers = keys_of(db), heads_held(raw(db)), key_carriers(raw(db))
    held = hashlib.sha256(b"".join(sorted(head.hash for head in heads))).digest()
    if total or past.seen.told != held:
        leave(workspace)
    name = hashlib.sha256()
    for batch in _batches(chains, carriers, workspace.device, heads):
        if cancelled():
            done.left = total - done.entries
            break
        with workspace.read() as db:
            sent = load(raw(db), batch.links)
        last = done.entries + len(sent) == total
        said = _heads(workspace, batch, sent[-1], heads, last)
        _append(workspace, hub, keys, batch, sent, said)
        done.entries += len(sent)
        done.changes += sum(span(one.body)[1] for one in sent)
        for one in sent:
            name.update(one.hash)
        progress(done.entries, total)
    if not total and past.seen.told != held:
        _say_what_is_held(workspace, hub, keys, heads)
    _erase(workspace, hub)
    hub_memory.remember(workspace, hub, past, told=past.seen.told if done.left else held)
    if done.entries:
        now = int(time.time() * 1000)
        receipt = Receipt("out", f"hub {hub.at}", workspace.device, now, done.entries, done.changes)
        with workspace.write() as db:
            write_receipt(db, receipt, name.digest(), shared=not done.left)
    return done


def lacking(workspace: Workspace, hub: Hub) -> tuple[int, list[str]]:
    """How many acts of this laptop the hub lacks, and what should be known of it, in sentences."""
    seen = Pushed(hub.at)
    return sum(len(links) for _, links in _lacking(workspace, hub, seen)), seen.notices


def _lacking(workspace: Workspace, hub: Hub, done: Pushed) -> list[tuple[Id, list[Link]]]:
    """The chains of this laptop beyond what the hub has of them."""
    there = hub_memory.tips_of(hub)
    chains = []
    with workspace.read() as db:
        connection = raw(db)
        held = present(connection, [hash for _, _, hash in there])
        here = counts(connection)
        labels = hub_memory.labels_in(db)
    for device in reversed(
        hub.devices
    ):  # the present name first: its introduction vouches for who sends the rest
        own = [hash for owner, _, hash in there if owner == device]
        strange = [hash for hash in own if hash not in held]
        if strange:
            done.notices.append(
                f"The hub at {hub.at} holds acts of {labels.get(device, 'this laptop')} that are not here: this "
                "file was put back or copied. Pull to fetch them; nothing is lost."
            )
        floor = [hash for hash in own if hash in held]
        with workspace.read() as db:
            beyond = chains_beyond(raw(db), device, floor)
            missing = sum(map(len, beyond))
            if not strange and _count(hub, device) < here.get(device, 0) - missing:
                beyond = chains_beyond(raw(db), device, [])  # rows behind the head are gone: send all again
        chains += [(device, links) for links in beyond]
    return chains


def _count(hub: Hub, device: Id) -> int:
    row = hub.connection.execute(
        "SELECT count(*) FROM fieldwork.entry WHERE inspection = %s AND device = %s", (hub.inspection, device)
    ).fetchone()
    return row[0] if row else 0


def _batches(
    chains: Sequence[tuple[Id, list[Link]]], carriers: set[bytes], me: Id, heads: Sequence[Head]
) -> Iterator[_Batch]:
    """Cut the chains where a signature can vouch for what is behind: anywhere in one's own, else at signed heads."""
    signed = {head.hash for head in heads}
    for device, links in chains:
        carrying = max((at for at, link in enumerate(links) if link.hash in carriers), default=-1)
        batch: list[Link] = []
        size = 0
        for at, link in enumerate(links):
            full = len(batch) >= MOST or size + link.size > LARGEST
            if batch and full and (device == me or batch[-1].hash in signed):
                yield _Batch(device, batch, _key(at - len(batch), carrying))
                batch, size = [], 0
            batch.append(link)
            size += link.size
            if at == carrying and (device == me or link.hash in signed):
                yield _Batch(device, batch, _key(at + 1 - len(batch), carrying))
                batch, size = [], 0
        if batch:
            yield _Batch(device, batch, _key(len(links) - len(batch), carrying))


def _key(first: int, carrying: int) -> bytes | None:
    return os.urandom(32) if first <= carrying else None


def _heads(workspace: Workspace, batch: _Batch, last: Sent, heads: Sequence[Head], final: bool) -> list[Head]:
    """What a batch's letter vouches for: its own end, and with the last batch all that is held here."""
    own = workspace.device_keys
    ends = [head for head in heads if head.hash == last.hash]
    if batch.device == own.device and not ends:
        ends = [Head(own.device, own.public, last.n, last.hash, own.sign(last.hash))]
    me = [head for head in heads if head.device == own.device]
    beside = heads if final else me if batch.device != own.device else []
    return list({head.hash: head for head in [*beside, *ends]}.values())


def _append(
    workspace: Workspace, hub: Hub, keys: Keys, batch: _Batch, sent: Sequence[Sent], heads: Sequence[Head]
) -> None:
    """One batch, with its letter, in one transaction."""
    own = batch.key or (None if keys.current else os.urandom(32))
    name = keys.add(own) if own else keys.current or TO_MEMBERS
    with hub.connection.transaction():
        _copy_entries(hub, keys, name, batch.device, sent)
        _copy_payloads(hub, keys, name, batch.device, sent)
        _post(workspace, hub, keys, batch.device, sent[-1].n, sent[-1].hash, heads, own)


def _copy_entries(hub: Hub, keys: Keys, name: bytes, device: Id, sent: Sequence[Sent]) -> None:
    """COPY straight into a table with row-level security is refused by PostgreSQL: by way of a temporary one."""
    hub.connection.execute(
        "CREATE TEMP TABLE IF NOT EXISTS sent_entry (inspection bytea, device bytea, n int, hash bytea, "
        "previous bytea, epoch bytea, body bytea) ON COMMIT DELETE ROWS"
    )
    with hub.connection.cursor().copy("COPY sent_entry FROM STDIN (FORMAT binary)") as copy:
        copy.set_types(["bytea", "bytea", "int4", "bytea", "bytea", "bytea", "bytea"])
        for one in sent:
            place = Place(hub.inspection, device, one.n, one.hash, "entry")
            body = keys.seal(name, place, one.body)
            copy.write_row((hub.inspection, device, one.n, one.hash, one.previous, name, body))
    hub.connection.execute(
        "INSERT INTO fieldwork.entry (inspection, device, n, hash, previous, epoch, body) "
        "SELECT * FROM sent_entry ORDER BY n ON CONFLICT DO NOTHING"
    )


def _copy_payloads(hub: Hub, keys: Keys, name: bytes, device: Id, sent: Sequence[Sent]) -> None:
    hub.connection.execute(
        "CREATE TEMP TABLE IF NOT EXISTS sent_payload (inspection bytea, device bytea, entry bytea, place int, "
        "epoch bytea, body bytea) ON COMMIT DELETE ROWS"
    )
    with hub.connection.cursor().copy("COPY sent_payload FROM STDIN (FORMAT binary)") as copy:
        copy.set_types(["bytea", "bytea", "bytea", "int4", "bytea", "bytea"])
        for one in sent:
            for at, (salt, values) in one.payloads.items():
                place = Place(hub.inspection, device, one.n, one.hash, str(at))
                body = keys.seal(name, place, salt + values)
                copy.write_row((hub.inspection, device, one.hash, at, name, body))
    hub.connection.execute(
        "INSERT INTO fieldwork.payload (inspection, device, entry, place, epoch, body) "
        "SELECT * FROM sent_payload s WHERE NOT EXISTS (SELECT FROM fieldwork.erase e "
        "WHERE e.inspection = s.inspection AND e.entry = s.entry AND e.place = s.place) ON CONFLICT DO NOTHING"
    )


def _post(
    workspace: Workspace,
    hub: Hub,
    keys: Keys,
    device: Id,
    n: int,
    hash: bytes,
    heads: Sequence[Head],
    key: bytes | None,
) -> None:
    """A letter: the signed heads of a package without entries."""
    now = int(time.time() * 1000)
    content = package.plain(package.Contents(workspace.inspection, workspace.device, now, heads, []))
    plain = write_letter(content + workspace.device_keys.sign(content), key)
    name = TO_MEMBERS if key is not None else keys.current or TO_MEMBERS
    body = keys.seal(name, Place(hub.inspection, device, n, hash, "letter"), plain)
    hub.connection.execute(
        "INSERT INTO fieldwork.letter (inspection, device, n, entry, epoch, body) VALUES (%s, %s, %s, %s, %s, %s)",
        (hub.inspection, device, n, hash, name, body),
    )


def _say_what_is_held(workspace: Workspace, hub: Hub, keys: Keys, heads: Sequence[Head]) -> None:
    """With nothing new to send, tell colleagues what has arrived here."""
    own = [head for head in heads if head.device == workspace.device]
    if own:
        end = max(own, key=lambda head: head.n)
        _post(workspace, hub, keys, end.device, end.n, end.hash, heads, None)


def _erase(workspace: Workspace, hub: Hub) -> None:
    """What was erased here goes at the hub too: this laptop's word for it, then whatever the rules let go."""
    with workspace.read() as db:
        places = erased_places(raw(db))
    if not places:
        return
    hub.connection.execute(
        "INSERT INTO fieldwork.erase (inspection, device, entry, place) SELECT %s, %s, entry, place "
        "FROM unnest(%s::bytea[], %s::int[]) AS t(entry, place) ON CONFLICT DO NOTHING",
        (hub.inspection, workspace.device, [hash for hash, _ in places], [place for _, place in places]),
    )
    hub.connection.execute(
        "DELETE FROM fieldwork.payload p USING fieldwork.erase e WHERE e.inspection = p.inspection "
        "AND e.entry = p.entry AND e.place = p.place AND p.inspection = %s",
        (hub.inspection,),
    )
