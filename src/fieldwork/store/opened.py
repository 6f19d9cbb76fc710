"""Entries of the history, read back: each is decoded once per act, however many records it wrote."""

from bisect import bisect_right
from collections.abc import Mapping
from itertools import accumulate
from typing import Any

from fieldwork.domain.values import Id, shown_name
from fieldwork.store.entry import Entry, Group, read_entry
from fieldwork.store.sets import looked_up


def load(connection: Any, number: int, body: bytes) -> Entry:
    """An entry of the history with what still stands beside it."""
    held = connection.execute("SELECT place, salt, vals FROM payload WHERE entry = ?", (number,))
    return read_entry(body, {place: (salt, vals) for place, salt, vals in held})


def load_all(connection: Any, bodies: Mapping[int, bytes]) -> dict[int, Entry]:
    """Entries of the history, by local number, from their bodies and what still stands beside them."""
    held: dict[int, dict[int, tuple[bytes, bytes]]] = {number: {} for number in bodies}
    for number, place, salt, vals in looked_up(
        connection,
        "SELECT p.entry, p.place, p.salt, p.vals FROM (VALUES {keys}) k CROSS JOIN payload p ON p.entry = k.column1",
        [(number,) for number in bodies],
    ):
        held[number][place] = salt, vals
    return {number: read_entry(body, held[number]) for number, body in bodies.items()}


def entries_on(connection: Any, no: int) -> list[tuple[int, Entry]]:
    """All entries that touched a record, oldest first here, as (local number, entry)."""
    numbers = connection.execute(
        "SELECT e.no, e.body FROM seen s JOIN entry e ON e.no = s.entry WHERE s.object = ? ORDER BY e.no",
        (no,),
    ).fetchall()
    return [(number, load(connection, number, body)) for number, body in numbers]


class Entries:
    """Entries by their local number, kept while one act or one question is worked on."""

    def __init__(self, connection: Any) -> None:
        self.connection = connection
        self._entries: dict[int, Entry] = {}
        self._starts: dict[int, list[int]] = {}  # the index of each group's first change
        self._places: dict[int, dict[Id, int]] = {}  # the group of each record
        self._numbers: dict[bytes, int] = {}
        self._people: dict[Id, tuple[str, str]] | None = None

    def entry(self, number: int) -> Entry:
        if number not in self._entries:
            body = self.connection.execute("SELECT body FROM entry WHERE no = ?", (number,)).fetchone()[0]
            entry = self._entries[number] = load(self.connection, number, body)
            self._starts[number] = list(accumulate((len(group.fields) for group in entry.groups), initial=0))
            self._places[number] = {group.id: place for place, group in enumerate(entry.groups)}
        return self._entries[number]

    def number(self, hash: bytes) -> int:
        """The local number of an entry that stands here."""
        if hash not in self._numbers:
            row = self.connection.execute("SELECT no FROM entry WHERE hash = ?", (hash,)).fetchone()
            self._numbers[hash] = row[0]
        return self._numbers[hash]

    def group(self, number: int, index: int) -> tuple[Group, int] | None:
        """The group a change of an entry stands in, and its place there."""
        entry = self.entry(number)
        starts = self._starts[number]
        at = bisect_right(starts, index) - 1
        while at < len(entry.groups) and index - starts[at] >= len(entry.groups[at].fields):
            at += 1
        return (entry.groups[at], index - starts[at]) if at < len(entry.groups) else None

    def group_on(self, number: int, id: Id) -> tuple[Group, int] | None:
        """What an entry set on a record, and the index of its first change there."""
        entry = self.entry(number)
        place = self._places[number].get(id)
        return None if place is None else (entry.groups[place], self._starts[number][place])

    def author(self, entry: Entry) -> str:
        """Who wrote an entry, by the laptop that signed it: the member who works on it, else its label.

        What an entry itself says of its author is any text; where it differs it stands behind, in brackets.
        """
        label, member = self.people.get(entry.device, ("", ""))
        person = shown_name(entry.person)
        if not (label or member):
            return person
        if person in ("", label, member):
            return member or label
        return f"{label or member} ({person})"

    @property
    def people(self) -> dict[Id, tuple[str, str]]:
        """By laptop, its label and that of the member who works on it."""
        if self._people is None:
            rows = self.connection.execute(
                "SELECT d.id, d.label, m.label FROM device d LEFT JOIN team_member m ON m.id = d.member"
            )
            self._people = {id: (label or "", member or "") for id, label, member in rows}
        return self._people
