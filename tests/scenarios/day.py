"""A day of work of a team: what people do to the same few records, what they exchange, and what must hold.

Whoever drives it (the random machine of the suite, the long seeded run) calls its rules with what it drew.
"""

import shutil
import tempfile
from collections import Counter
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import rule
from team_rules import TeamRules

import laptops
import oracle
import oracle_tables
from fieldwork.domain.faults import Fault
from fieldwork.domain.records import Device
from fieldwork.exchange import package, sharing
from fieldwork.store import history, recording
from fieldwork.store.conflicting import conflicts
from fieldwork.store.entry import Entry
from fieldwork.store.holding import awaited, known_to_all, lacking
from fieldwork.store.intake import take_in
from fieldwork.store.members import standing_of
from fieldwork.store.reading import canonical, dump, records
from fieldwork.store.recording import DELETE, Change, record
from fieldwork.store.state import DELETED, SHIFT
from fieldwork.store.verifying import verify
from fieldwork.store.workspace import Workspace, raw

MOST = 8  # laptops, with copies, restored ones and who joins
SPARE = 2  # of them that only a restored file or a newcomer may be
VISITS = [b"visit-" + bytes([number]) * 10 for number in range(2)]
SESSIONS = [b"session-" + bytes([number]) * 8 for number in range(2)]
LINES = [b"line-" + bytes([number]) * 11 for number in range(2)]
FIELDS = {"visit": ("title", "bodies"), "session": ("title", "present"), "note_line": ("text", "nods")}
OWNERS = {"session": ("visit", VISITS), "note_line": ("session", SESSIONS)}
RECORDS = [("visit", id) for id in VISITS] + [("session", id) for id in SESSIONS]
RECORDS += [("note_line", id) for id in LINES]
BESIDE = {"excerpt", "mask", "diary_note", "theme", "tag"}  # what note_rules.py does
SKEWS = [0, 5, -400 * laptops.DAY, 366 * laptops.DAY]
SAID = ["north", "south", "", None, 0, 1, 2.5, "naïve café"]
TALLY: Counter[str] = Counter()

VALUES = st.sampled_from(SAID)
record_ids = st.sampled_from(RECORDS)
laptop = st.integers(0, 5)


class Day(TeamRules):
    """A team at work. `self.team` grows when a laptop's file is copied, restored, or somebody joins."""

    def __init__(self, most: int = MOST, spare: int = SPARE) -> None:
        super().__init__()
        self.most, self.spare = most, spare
        self.folder = Path(tempfile.mkdtemp(prefix="laws-"))
        self.team: list[Workspace] = []
        self.skews: list[int] = []
        self.now = laptops.START
        self.shelf: list[tuple[bytes, int]] = []  # packages, each with the laptop that made it
        self.backups: list[tuple[Path, Any, int]] = []
        self.said: set[tuple[bytes, str, Any]] = set()
        self.reasons: set[str] = set()
        self.stale: set[int] = set()
        self.given_up: set[bytes] = (
            set()
        )  # names that nobody works under any more, and that nobody was told of
        self.open_at_the_end = 0
        self.moved = False  # whether a file was copied, restored or put back: two may speak with one name
        self.clock = recording.clock

    def starts(self, skews: list[int]) -> None:
        """skews: of each laptop's clock, in milliseconds."""
        TALLY["days begun"] += 1
        self.team = laptops.team(self.folder, len(skews))
        self.skews = list(skews)
        self.stale = set(range(len(skews)))

    def closes(self) -> None:
        for workspace in self.team:
            workspace.close()
        shutil.rmtree(self.folder, ignore_errors=True)

    # -- what people do

    def at(self, i: int) -> int:
        return i % len(self.team)

    def act(self, i: int, kind: str, id: bytes, fields: dict[str, Any], **more: Any) -> None:
        settles = more.pop("settles", False)
        done = record(
            self.team[i],
            more.pop("name", "act"),
            [Change(kind, id, fields, settles)],
            at=self.now + self.skews[i],
            **more,
        )
        if done.entry is not None:
            self.stale.add(i)
            self.said |= {(id, name, value) for name, value in fields.items() if _told(name, value)}
            self.reasons |= {more["reason"]} if more.get("reason") else set()

    @rule(i=laptop, what=record_ids, first=VALUES, second=VALUES | st.none(), later=st.booleans())
    def edit(self, i: int, what: tuple[str, bytes], first: Any, second: Any, later: bool) -> None:
        i = self.at(i)
        self.now += later
        names = FIELDS[what[0]]
        fields = {names[0]: first} | ({names[1]: second} if second is not None else {})
        self.act(i, *what, fields)

    @rule(i=laptop, what=record_ids, value=VALUES, back=st.integers(1, 6), settles=st.booleans())
    def edit_a_form_opened_before(
        self, i: int, what: tuple[str, bytes], value: Any, back: int, settles: bool
    ) -> None:
        i = self.at(i)
        seen = max(recording.moment(self.team[i]) - back, 0)
        name = FIELDS[what[0]][0]
        unseen = {head for head in self.heads(i, what[1], name) if head >> SHIFT > seen}
        self.act(i, *what, {name: value}, as_of=seen, settles=settles)
        now = self.heads(i, what[1], name)
        assert unseen <= now, "a form replaced what came in after it was opened"

    def heads(self, i: int, id: bytes, name: str) -> set[int]:
        """The changes that stand on a field."""
        with self.team[i].read() as db:
            rows = raw(db).execute(
                "SELECT c.change FROM object o JOIN cell c ON c.object = o.no WHERE o.id = ?1 AND c.field = ?2 "
                "UNION SELECT r.change FROM object o JOIN rival r ON r.object = o.no "
                "WHERE o.id = ?1 AND r.field = ?2",
                (id, name),
            )
            return {change for (change,) in rows}

    @rule(i=laptop, apart=st.integers(1, 3), what=record_ids, again=st.booleans(), same=st.booleans())
    def clash(self, i: int, apart: int, what: tuple[str, bytes], again: bool, same: bool) -> None:
        """Two write one field unseen by each other; a third sees both, and may go on without settling."""
        i, j = self.at(i), self.at(i + apart)
        k = self.at(i + apart + 1)
        name = FIELDS[what[0]][0]
        self.act(i, *what, {name: "one side"})
        self.act(j, *what, {name: "one side" if same else "the other"})
        self.hand_over(i, k, everything=True)
        self.hand_over(j, k, everything=True)
        if again:
            self.act(k, *what, {name: "a third"})

    @rule(i=laptop, which=st.integers(0, 20), value=VALUES)
    def settle(self, i: int, which: int, value: Any) -> None:
        i = self.at(i)
        found = conflicts(self.team[i])
        if not found:
            return
        one = found[which % len(found)]
        if one.what == "deleted":
            self.act(i, one.kind, one.record, {DELETED: DELETE if which % 2 else None}, settles=True)
        else:
            said = {"settles": True, "reason": f"agreed {which}" if which % 2 else ""}
            self.act(i, one.kind, one.record, {one.field: value}, **said)
        now = standing_of(self.team[i])
        if self.team[i].device in now.cuts.keys() | now.shut_out or one.kind not in FIELDS:
            return  # its word may not count
        left = {(other.record, other.field) for other in conflicts(self.team[i])}
        assert (one.record, one.field) not in left, "what was settled is still open"

    @rule(i=laptop, what=record_ids)
    def delete(self, i: int, what: tuple[str, bytes]) -> None:
        self.act(self.at(i), *what, {DELETED: DELETE})

    @rule(i=laptop, what=record_ids)
    def undelete(self, i: int, what: tuple[str, bytes]) -> None:
        self.act(self.at(i), *what, {DELETED: None})

    @rule(i=laptop, what=st.sampled_from(RECORDS[2:]), which=st.integers(0, 1))
    def belongs_to(self, i: int, what: tuple[str, bytes], which: int) -> None:
        name, owners = OWNERS[what[0]]
        self.act(self.at(i), *what, {name: owners[which]})

    @rule(
        i=laptop, apart=st.integers(1, 3), which=st.integers(0, 1), nested=st.booleans(), leaves=st.booleans()
    )
    def write_under_what_another_deletes(
        self, i: int, apart: int, which: int, nested: bool, leaves: bool
    ) -> None:
        i, j = self.at(i), self.at(i + apart)
        self.act(i, "session", SESSIONS[which], {"visit": VISITS[0], "title": "both have it"})
        self.hand_over(i, j, everything=True)
        top = ("visit", VISITS[0]) if nested else ("session", SESSIONS[which])
        self.act(i, *top, {DELETED: DELETE})
        self.act(j, "note_line", LINES[which], {"session": SESSIONS[which], "text": "written meanwhile"})
        self.hand_over(j, i, everything=True)
        if leaves:  # what brought it back belongs elsewhere now
            self.act(i, "note_line", LINES[which], {"session": SESSIONS[1 - which]})

    @rule(i=laptop, redo=st.booleans())
    def take_back(self, i: int, redo: bool) -> None:
        i = self.at(i)
        recording.clock = SimpleNamespace(time=lambda: (self.now + self.skews[i]) / 1000)  # type: ignore[assignment]
        try:
            (history.redo if redo else history.undo)(self.team[i])
            TALLY["undos and redos"] += 1
            self.stale.add(i)
        except Fault:
            pass
        finally:
            recording.clock = self.clock

    @rule(i=laptop, what=record_ids, value=VALUES, again=st.booleans())
    def edit_and_undo(self, i: int, what: tuple[str, bytes], value: Any, again: bool) -> None:
        i = self.at(i)
        self.act(i, *what, {FIELDS[what[0]][0]: value})
        self.take_back(i, redo=False)
        if again:
            self.take_back(i, redo=True)

    # -- what they exchange

    def take(self, j: int, made: list[tuple[bytes, int]]) -> None:
        """Take packages in; every honest one is accepted, if not now then once its sender is known."""
        to = self.team[j]
        parcels = [
            package.read_content(data, to.inspection, f"{place}") for place, (data, _) in enumerate(made)
        ]
        known = self.known_to(to)
        self.given_up |= {parcel.sender for parcel in parcels} - {workspace.device for workspace in self.team}
        together = 1 if len(parcels[0].entries) % 2 else 100_000  # one by one, or as one group
        taken = take_in(to, parcels, now=1, together=together)
        TALLY["merges group by group"] += together == 1 < len(parcels)
        for outcome, parcel, (_, maker) in zip(taken.outcomes, parcels, made, strict=True):
            if outcome.refused:
                assert "invited or knows of yet" in outcome.refused and parcel.sender not in known
                self.introduced(j, parcel, maker)
        TALLY["merges that left entries waiting"] += any(outcome.waiting for outcome in taken.outcomes)
        TALLY["merges"] += 1
        self.stale.add(j)
        held = self.holds(j)
        for parcel in parcels:
            assert {entry.hash for entry in parcel.entries} <= held, (
                "what was accepted neither stands nor waits"
            )

    def introduced(self, j: int, parcel: Any, maker: int) -> None:
        """What was refused is taken after everything its maker holds."""
        to = self.team[j]
        whole = laptops.parcel(self.team[maker])
        if parcel.sender not in self.known_to(self.team[maker]):  # its file was put back: somebody else knows
            whole = next(laptops.parcel(team) for team in self.team if parcel.sender in self.known_to(team))
        for again in (whole, parcel):
            assert take_in(to, [again], now=1).outcomes[0].refused == ""
        TALLY["introduced later"] += 1

    def known_to(self, workspace: Workspace) -> set[bytes]:
        with workspace.read() as db:
            return {id for (id,) in raw(db).execute("SELECT id FROM device_known WHERE vouched")}

    def hand_over(self, i: int, j: int, everything: bool) -> None:
        if i == j:
            return
        floor = [] if everything else laptops.known_of(self.team[i], self.team[j].device)
        self.shelf.append((laptops.content(self.team[i], floor), i))
        self.take(j, self.shelf[-1:])
        if everything:
            assert self.holds(i) <= self.holds(j), "a whole package left something out"

    def holds(self, i: int) -> set[bytes]:
        """The entries that stand or wait on a laptop."""
        with self.team[i].read() as db:
            return {h for (h,) in raw(db).execute("SELECT hash FROM entry UNION ALL SELECT hash FROM parked")}

    @rule(i=laptop, j=laptop, everything=st.booleans())
    def exchange(self, i: int, j: int, everything: bool) -> None:
        self.hand_over(self.at(i), self.at(j), everything)

    @rule(i=laptop, j=laptop)
    def own_entries_only(self, i: int, j: int) -> None:
        """Without those it builds on: what cannot take effect yet must wait and be passed on."""
        i, j = self.at(i), self.at(j)
        if i != j:
            self.shelf.append((laptops.content(self.team[i], only=self.team[i].device), i))
            self.take(j, self.shelf[-1:])

    @rule(i=laptop, j=laptop, count=st.integers(1, 4))
    def only_the_newest(self, i: int, j: int, count: int) -> None:
        """As when a package in between was lost."""
        i, j = self.at(i), self.at(j)
        with self.team[i].read() as db:
            rows = raw(db).execute(
                "SELECT e.hash FROM entry e JOIN device_known d ON d.no = e.device WHERE d.id = ? "
                "ORDER BY e.no DESC LIMIT 1 OFFSET ?",
                (self.team[i].device, count),
            )
            floor = [hash for (hash,) in rows.fetchall()]
        if i != j and floor:
            self.shelf.append((laptops.content(self.team[i], floor), i))
            self.take(j, self.shelf[-1:])

    @rule(j=laptop, which=st.lists(st.integers(0, 60), min_size=1, max_size=4))
    def old_packages_again(self, j: int, which: list[int]) -> None:
        """Any packages ever made, in any order, several at once, some of them twice."""
        if self.shelf:
            self.take(self.at(j), [self.shelf[at % len(self.shelf)] for at in which])

    @rule(i=laptop, j=laptop)
    def through_files(self, i: int, j: int) -> None:
        i, j = self.at(i), self.at(j)
        if i == j:
            return
        known = self.team[i].device in self.known_to(self.team[j])
        shared = sharing.share(self.team[i], self.folder)
        merged = sharing.merge(self.team[j], [shared.path])
        if merged.refused and not known:
            everything = sharing.share(self.team[i], self.folder, everything=True)
            merged = sharing.merge(self.team[j], [everything.path, shared.path])
        if self._removed(i).get(self.team[j].device, 0):
            assert merged.refused, "a removed laptop reads what is shared after it"
            TALLY["packages closed to who was removed"] += 1
            return
        shut_out = self.team[j].device in standing_of(self.team[i]).shut_out  # until a lead admits it
        if merged.refused and (shut_out or self._not_met(i, j)):
            return
        assert not merged.refused, merged.refused
        again = canonical(dump(self.team[j]))
        sharing.merge(self.team[j], [shared.path])
        assert canonical(dump(self.team[j])) == again
        self.stale.add(j)

    def _removed(self, i: int) -> dict[bytes, int]:
        """The laptops that i knows, and whether each is removed."""
        return {device.id: device.removed for device in records(self.team[i], Device)}

    def _not_met(self, i: int, j: int) -> bool:
        """Whether i, who has heard of removals and so seals under a new key, does not know j yet."""
        known = self._removed(i)
        return any(known.values()) and self.team[j].device not in known

    # -- what must hold

    def as_the_entries_say(self) -> None:
        for i in sorted(self.stale):
            workspace = self.team[i]
            said, state = oracle.of(workspace), dump(workspace)
            wrong = oracle.differences(state, said)
            with workspace.read() as db:
                wrong += oracle_tables.differences(raw(db), state, {*FIELDS, *BESIDE})
            assert not wrong, wrong[:5]
            self.said |= said.ever
        self.stale.clear()

    def wanted_again(self, i: int, problem: str) -> bool:
        """Whether words are missing for an erasure that counts no more: a whole package brings them back."""
        return "values are missing" in problem and self.team[i].meta("dropped") is not None

    def apart(self) -> list[str]:
        """Where the laptops differ from the first one."""
        first, *others = [dump(workspace) for workspace in self.team]
        found = []
        for place, other in enumerate(others, 1):
            for name in first:
                here, there = ({canonical(one) for one in state[name]} for state in (first, other))
                found += [f"laptop 0 alone, {name}: {one[:300]}" for one in here - there]
                found += [f"laptop {place} alone, {name}: {one[:300]}" for one in there - here]
        return found[:12]

    def end(self) -> None:
        """Everybody meets everybody, several times."""
        TALLY["examples"] += 1
        everyone = range(len(self.team))
        self.verified()
        dropped = any(workspace.meta("dropped") is not None for workspace in self.team)
        for _ in range(3):
            for i in everyone:
                for j in everyone:
                    self.hand_over(i, j, everything=dropped)
        state = self.agreed()
        for i in everyone:
            for j in everyone:
                self.hand_over(i, j, everything=True)
        assert {canonical(dump(workspace)) for workspace in self.team} == {state}
        forked = self.nothing_lost()
        for workspace in self.team:
            assert verify(workspace) == []
        self.everybody_goes_on(forked)

    def end_in_a_ring(self, everything: bool, thorough: bool) -> None:
        """Each hands on to the next, there and back or twice round: the shortest way in which all hear of all.

        everything: in whole packages; else in what the next is not known to hold.
        """
        everyone = range(len(self.team))
        everything = everything or any(workspace.meta("dropped") is not None for workspace in self.team)
        # copies that have not written yet speak with one name: what one of them holds, the other seems to
        everything = everything or len({workspace.device for workspace in self.team}) < len(self.team)
        if thorough:
            self.verified()
        for _ in range(2):
            for i in everyone:
                self.hand_over(i, self.at(i + 1), everything)
            for i in reversed(everyone) if not everything else ():
                self.hand_over(self.at(i + 1), i, everything)
        self.stale = set(everyone) if thorough else {0}
        state = self.agreed()
        forked = self.nothing_lost()
        if thorough:
            self.hand_over(len(self.team) - 1, 0, everything=True)
            assert canonical(dump(self.team[0])) == state
            for workspace in self.team:
                assert verify(workspace) == []
            self.everybody_goes_on(forked)

    def verified(self) -> None:
        for i in range(len(self.team)):
            problems = [text for text in verify(self.team[i]) if not self.wanted_again(i, text)]
            assert not problems, problems

    def agreed(self) -> str:
        """The one state that all have come to, and that their entries say."""
        states = {canonical(dump(workspace)) for workspace in self.team}
        assert len(states) == 1, f"exchange did not bring everybody to the same state: {self.apart()}"
        self.as_the_entries_say()
        return states.pop()

    def nothing_lost(self) -> set[bytes]:
        """All that was said is in the history, but what was erased; returns the laptops that forked."""
        first = self.team[0]
        with first.read() as db:
            assert raw(db).execute("SELECT count(*) FROM parked").fetchone() == (0,)
            forked = {id for (id,) in raw(db).execute("SELECT id FROM device_known WHERE forked")}
            entries = laptops.entries_in(first)
            numbers = Counter((entry.device, entry.n) for entry in entries)
        erased = {bytes.fromhex(r["id"]) for r in dump(first)["records"] if r.get("erased")}
        taken = _taken_for_good(entries) - erased
        said = {entry.reason for entry in entries}
        assert erased or taken or self.reasons <= said, "a reason was lost"
        assert forked == {device for (device, _), count in numbers.items() if count > 1}
        for id in {id for id, _, _ in self.said} - erased:
            shown = {(step.field, step.after) for step in history.history(first, id)}
            wanted = {(name, value) for other, name, value in self.said if other == id and id not in taken}
            assert wanted <= shown, f"not in the history: {wanted - shown}"
            TALLY["values found in the history"] += len(wanted)
        self.open_at_the_end = len(conflicts(first))
        TALLY["conflicts at the end"] += self.open_at_the_end
        return forked

    def everybody_goes_on(self, forked: set[bytes]) -> None:
        """Once all know of the copies, every laptop has a name of its own, and no history splits again."""
        for i in range(len(self.team)):
            self.act(i, *RECORDS[1], {"title": f"last of {i}"})
        assert len({workspace.device for workspace in self.team}) == len(self.team)
        for i in range(len(self.team)):
            self.hand_over(i, self.at(i + 1), everything=False)
        for i in range(len(self.team)):
            for j in range(len(self.team)):
                self.hand_over(i, j, everything=False)
        assert len({canonical(dump(workspace)) for workspace in self.team}) == 1
        with self.team[0].read() as db:
            found = {id for (id,) in raw(db).execute("SELECT id FROM device_known WHERE forked")}
            names = {id for (id,) in raw(db).execute("SELECT id FROM device")}
            left = [id for id in sorted(names) if id != self.team[0].device]
            waited_for = set(awaited(raw(db), self.team[0].inspection, left)) - self.given_up
            floor = known_to_all(raw(db), sorted(waited_for))
            again = len(lacking(raw(db), floor))
        assert found == forked, "a history split again"
        assert waited_for == {workspace.device for workspace in self.team[1:]}
        assert again == 0, "what all hold is sent again"


def _told(name: str, value: Any) -> bool:
    """Whether setting this on a field that was never set says anything, and says it in these words."""
    return name != DELETED and value not in (None, "")


def _taken_for_good(entries: list[Entry]) -> set[bytes]:
    """Records of which words are nowhere any more, though the erasure that took them counts for nothing now."""
    asked: set[bytes] = set()
    for entry in entries:
        for group in entry.groups:
            if group.kind == "erasing" and group.values is not None and "records" in group.fields:
                blob = group.values[group.fields.index("records")]
                asked |= {blob[at : at + 16] for at in range(0, len(blob), 16)}
    taken = {group.id for entry in entries for group in entry.groups if group.values is None}
    assert taken <= asked, "words are missing that nobody ever asked to erase"
    TALLY["records whose words an uncounted erasure took"] += len(taken)
    return taken
