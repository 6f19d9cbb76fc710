"""Heads follow from the bodies alone: values that were erased change what is shown, never what stands."""

from pathlib import Path
from typing import Any

import sqlalchemy as sa
import sqlcipher3.dbapi2 as sqlcipher
from store_kit import SESSION, VISIT, heads, put

import laptops
from fieldwork.domain.records import Visit
from fieldwork.exchange import erasing
from fieldwork.store import history, migrations
from fieldwork.store.entry import Entry, read_entry
from fieldwork.store.opened import load
from fieldwork.store.reading import get
from fieldwork.store.recording import Change, moment, record
from fieldwork.store.state import take_effect
from fieldwork.store.workspace import Workspace, raw

Head = tuple[bytes, str, str]


def _erased(entry: Entry, ids: set[bytes]) -> Entry:
    beside = entry.payloads()[1:]
    kept = [None if group.id in ids else payload for group, payload in zip(entry.groups, beside, strict=True)]
    return read_entry(entry.body, [None, *kept])


def _heads(workspace: Workspace, entries: list[Entry]) -> tuple[set[Head], set[Any]]:
    """What stands when these entries take effect in an empty file, and the values shown of a visit."""
    engine = sa.create_engine("sqlite://", module=sqlcipher, poolclass=sa.StaticPool)
    with workspace.read() as db:
        devices = raw(db).execute("SELECT id, public FROM device_known").fetchall()
    with engine.begin() as db:
        migrations.migrate(db, "empty")
        empty = raw(db)
        empty.executemany("INSERT INTO device_known (id, public) VALUES (?, ?)", devices)
        take_effect(empty, entries)
        standing = set(
            empty.execute(
                "SELECT o.id, c.field, hex(e.hash) || ':' || (c.change & 1048575) FROM "
                "(SELECT object, field, change FROM cell UNION ALL SELECT object, field, change FROM rival) c "
                "JOIN object o ON o.no = c.object JOIN entry e ON e.no = c.change >> 20"
            )
        )
        values = "SELECT value FROM cell c JOIN object o ON o.no = c.object WHERE o.id = ?"
        shown = {value for (value,) in empty.execute(values, (VISIT,))}
    engine.dispose()
    return standing, shown


def test_the_same_heads_with_and_without_values(tmp_path: Path) -> None:
    first, second = laptops.team(tmp_path, 2)
    put(first, "visit", VISIT, title="north", bodies="P33")
    put(first, "session", SESSION, visit=VISIT, title="Lead")
    laptops.give(first, second)
    put(first, "visit", VISIT, title="one side")
    put(second, "visit", VISIT, title="the other", bodies="A02")
    laptops.together(first, second)
    put(first, "visit", VISIT, title="on top of one")
    put(first, "visit", VISIT, bodies="A03")
    history.undo(first)
    entries = laptops.entries_in(first)
    full, shown = _heads(first, entries)
    bare, left = _heads(first, [_erased(entry, {VISIT}) for entry in entries])
    assert bare == full
    assert shown >= {"on top of one", "A02"} and left == {None}
    for laptop in (first, second):
        laptop.close()


def test_what_is_typed_anew_after_an_erasure_stays(tmp_path: Path) -> None:
    first, second = laptops.team(tmp_path, 2)
    put(first, "visit", VISIT, title="a name", bodies="P33")
    erasing.ask(first, [VISIT], scope="Visit", cause="a name", hold_checked=True)
    assert get(first, Visit, VISIT).title == "[erased]"
    record(first, "change", [Change("visit", VISIT, {"title": get(first, Visit, VISIT).title})])
    put(first, "visit", VISIT, title="no name")
    assert get(first, Visit, VISIT).title == "no name"
    laptops.give(first, second)
    assert get(second, Visit, VISIT).title == "no name"
    put(second, "visit", VISIT, title="no name at all")
    laptops.give(second, first)
    assert [get(laptop, Visit, VISIT).title for laptop in (first, second)] == ["no name at all"] * 2
    assert not [step for step in history.history(first, VISIT) if step.after == "a name"]
    for laptop in (first, second):
        laptop.close()


def test_a_form_opened_before_replaces_what_was_erased(tmp_path: Path) -> None:
    (here,) = laptops.team(tmp_path, 1)
    put(here, "visit", VISIT, title="a")
    put(here, "visit", VISIT, title="b")
    loaded = moment(here)
    with here.write() as db:
        raw(db).execute("DELETE FROM payload WHERE entry = ?", (loaded,))
    put(here, "visit", VISIT, title="c")
    record(here, "act", [Change("visit", VISIT, {"title": "d"})], as_of=loaded)
    assert heads(here, VISIT, "title") == ["d", "c"]
    with here.read() as db:
        (body,) = raw(db).execute("SELECT hash FROM entry WHERE no = ?", (loaded,)).fetchone()
    newest = _newest(here)
    assert newest.references[newest.groups[0].bases[0][0].reference] == body
    here.close()


def _newest(workspace: Workspace) -> Entry:
    """The last entry, with what still stands beside it."""
    with workspace.read() as db:
        number, body = raw(db).execute("SELECT no, body FROM entry ORDER BY no DESC LIMIT 1").fetchone()
        return load(raw(db), number, body)
