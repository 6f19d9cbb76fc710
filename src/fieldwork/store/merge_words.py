"""What a merge decided that figures do not show: who leads, who is removed; records called by another kind."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from fieldwork.domain.records import KINDS, field_rules
from fieldwork.domain.values import Id
from fieldwork.store.entry import Group
from fieldwork.store.following import searched
from fieldwork.store.known_laptops import label_of
from fieldwork.store.opened import load
from fieldwork.store.standing import ALL, Standing

LONGEST = 60  # characters of a record's own words, and of what it is called
MOST = 3  # records named one by one
_NAMES = ("label", "reference", "title")


def team_changes(connection: Any, before: Standing, after: Standing) -> list[str]:
    """Who leads now and who no more, who was removed, what was withdrawn: a sentence each."""

    def label(id: Id) -> str:
        return label_of(connection, id)

    def labelled(ids: Iterable[Id]) -> list[tuple[str, Id]]:
        return sorted((label(id), id) for id in ids)

    gone, back = after.cuts.keys() - before.cuts.keys(), before.cuts.keys() - after.cuts.keys()
    told = [f"{name} was removed by {label(after.removed_by[id])}." for name, id in labelled(gone)]
    told += [
        f"{name} is no longer removed: what it writes counts." for name, _ in labelled(back - after.shut_out)
    ]
    told += [f"{name} leads now." for name, _ in labelled(after.leads - before.leads)]
    told += [f"{name} leads no more." for name, _ in labelled(before.leads - after.leads - gone)]
    for id in sorted(after.withdrawn.keys() - before.withdrawn.keys()):
        joined = [
            name for (name,) in connection.execute("SELECT label FROM device WHERE invitation = ?", (id,))
        ]
        whose = f" ({' and '.join(sorted(filter(None, joined)))} joined with it)" if any(joined) else ""
        told.append(f"The pack {id.hex()[-8:]}{whose} was withdrawn by {label(after.withdrawn[id])}.")
    told += [
        f"{name} is shut out until a lead admits it: who let it in was removed, or its pack was withdrawn."
        for name, _ in labelled(after.shut_out - before.shut_out - gone)
    ]
    return told


@dataclass
class _Called:
    """What one laptop calls records of one kind by another. last: the number of the last entry on any of them."""

    records: list[str] = field(default_factory=list)
    acts: list[str] = field(default_factory=list)
    last: int = 0


def called_otherwise(connection: Any, objects: Iterable[int]) -> list[tuple[int, str]]:
    """Of these records those that some laptop calls by another kind than who spoke of them first, and so may hide.

    First is what came here first and this version knows. As the number of the last entry on them, and a sentence; an
    act that counts for nothing is not told of.
    """
    found: dict[tuple[Id, str], _Called] = {}
    for no in sorted(objects):
        id = connection.execute("SELECT id FROM object WHERE no = ?", (no,)).fetchone()[0]
        said = _said_of(connection, no, id)
        first = next((one.group for one in said if one.group.kind in KINDS), said[0].group)
        for one in said:
            if one.group.kind != first.kind and one.counts:
                called = found.setdefault((one.device, one.group.kind), _Called())
                called.records.append(_words(first))
                called.acts.append(one.hash.hex()[:12])
                called.last = max(called.last, said[-1].number)
    told = []
    for (device, kind), called in sorted(found.items()):
        records = [*dict.fromkeys(called.records)]
        named = ", ".join(records[:MOST]) + (
            f" and {len(records) - MOST} more" if len(records) > MOST else ""
        )
        acts = ", ".join([*dict.fromkeys(called.acts)][:MOST])
        told.append(
            (
                called.last,
                f'{label_of(connection, device)} calls {named} a "{kind[:LONGEST]}", which may keep it from being '
                f"shown; all that was said stays in the history, and a lead brings it back by voiding the act {acts}.",
            )
        )
    return told


class _Said(NamedTuple):
    """What an entry says of a record, and whether that counts."""

    number: int
    hash: bytes
    device: Id
    counts: bool
    group: Group


def _said_of(connection: Any, no: int, id: Id) -> list[_Said]:
    """All that was ever said of a record, in the order in which it came here."""
    rows = connection.execute(
        "SELECT e.no, e.hash, d.id, e.counts, e.body FROM seen s JOIN entry e ON e.no = s.entry "
        "JOIN device_known d ON d.no = e.device WHERE s.object = ? ORDER BY e.no",
        (no,),
    ).fetchall()
    return [
        _Said(number, hash, device, counts == ALL, group)
        for number, hash, device, counts, body in rows
        for group in load(connection, number, body).groups
        if group.id == id
    ]


def _words(group: Group) -> str:
    """A record in a few words: its kind, and how what was first said of it begins."""
    if group.kind not in KINDS:
        return f"the record {group.id.hex()[-8:]}"
    noun, rules = KINDS[group.kind].words, field_rules(group.kind)
    values = dict(zip(group.fields, group.values or (), strict=False))
    texts = (values.get(name) for name in (*_NAMES, *searched(group.kind)) if name in rules)
    said = next((" ".join(text.split()) for text in texts if isinstance(text, str)), "")
    if not said:
        return f"the {noun} {group.id.hex()[-8:]}"
    return f'the {noun} "{said[:LONGEST]}{"…" if len(said) > LONGEST else ""}"'
