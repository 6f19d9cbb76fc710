"""The laws of merging, on random days of work, against an oracle that shares nothing with the engine.

Four laptops (and copies of them carried by hand, restored backups, and who joins meanwhile) write
the same few fields of the same few records, so that clashes are the rule. Whatever they exchange, in
whatever order: the state is what the entries say, all end alike, nothing ever said is lost, and no
honest package is refused, but one of a laptop whose introduction has not come: that one is taken later.
"""

import os
import shutil
import tempfile
from collections import Counter
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import msgspec
import pytest
from hypothesis import HealthCheck, Phase, event, seed, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test
from team_rules import TEAM, TeamRules

import laptops
import oracle
from fieldwork.domain.faults import Fault
from fieldwork.domain.package import Head
from fieldwork.domain.records import Device
from fieldwork.exchange import package, sharing
from fieldwork.store import history, recording
from fieldwork.store.conflicting import conflicts
from fieldwork.store.entry import make_entry, make_group
from fieldwork.store.holding import awaited, known_to_all, lacking
from fieldwork.store.intake import take_in
from fieldwork.store.keys import new_device_keys
from fieldwork.store.reading import canonical, dump, records
from fieldwork.store.recording import DELETE, Change, record
from fieldwork.store.state import DELETED
from fieldwork.store.verifying import verify
from fieldwork.store.workspace import Workspace, raw

LONG = os.environ.get("FIELDWORK_LONG")
EXAMPLES = int(os.environ.get("FIELDWORK_LAWS_EXAMPLES", "1000" if LONG else "12"))
STEPS = int(os.environ.get("FIELDWORK_LAWS_STEPS", "40" if LONG else "25"))

SIZE = 4
COPIES = 2
MOST = SIZE + COPIES + 2  # with one that is restored and one that joins
VISITS = [b"visit-" + bytes([number]) * 10 for number in range(2)]
SESSIONS = [b"session-" + bytes([number]) * 8 for number in range(2)]
LINES = [b"line-" + bytes([number]) * 11 for number in range(2)]
FIELDS = {"visit": ("title", "bodies"), "session": ("title", "present"), "note_line": ("text", "nods")}
OWNERS = {"session": ("visit", VISITS), "note_line": ("session", SESSIONS)}
RECORDS = [("visit", id) for id in VISITS] + [("session", id) for id in SESSIONS]
RECORDS += [("note_line", id) for id in LINES]
SKEWS = [0, 5, -400 * laptops.DAY, 366 * laptops.DAY]
VALUES = st.sampled_from(["north", "south", "", None, 0, 1, 2.5, "naïve café"])
TALLY: Counter[str] = Counter()

record_ids = st.sampled_from(RECORDS)
laptop = st.integers(0, 5)


class MergeLaws(TeamRules, RuleBasedStateMachine):
    """A team at work. `self.team` grows when a laptop's file is copied."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp(prefix="laws-"))
        self.team: list[Workspace] = []
        self.skews: list[int] = []
        self.now = laptops.START
        self.shelf: list[tuple[bytes, int]] = []  # packages, each with the laptop that made it
        self.backups: list[tuple[Path, Any, int]] = []
        self.said: set[tuple[bytes, str, Any]] = set()
        self.asked_to_erase: set[bytes] = set()
        self.reasons: set[str] = set()
        self.stale: set[int] = set()
        self.clock = recording.clock

    @initialize(skews=st.lists(st.sampled_from(SKEWS), min_size=SIZE, max_size=SIZE))
    def begin(self, skews: list[int]) -> None:
        TALLY["days begun"] += 1
        self.team = laptops.team(self.folder, SIZE)
        self.skews = list(skews)
        self.stale = set(range(SIZE))

    # -- what people do

    def at(self, i: int) -> int:
        return i % len(self.team)

    def act(self, i: int, kind: str, id: bytes, fields: dict[str, Any], **more: Any) -> None:
        settles = more.pop("settles", False)
        done = record(
            self.team[i],
            "act",
            [Change(kind, id, fields, settles)],
            at=self.now + self.skews[i],
            **more,
        )
        if done.entry is not None:
            self.stale.add(i)
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
        self.act(i, *what, {FIELDS[what[0]][0]: value}, as_of=seen, settles=settles)

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
        assert one.id not in {other.id for other in conflicts(self.team[i])}

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

    # -- what they exchange

    def take(self, j: int, made: list[tuple[bytes, int]]) -> None:
        """Take packages in; every honest one is accepted, if not now then once its sender is known."""
        to = self.team[j]
        parcels = [
            package.read_content(data, to.inspection, f"{place}") for place, (data, _) in enumerate(made)
        ]
        known = self.known_to(to)
        taken = take_in(to, parcels, now=1)
        for outcome, parcel, (_, maker) in zip(taken.outcomes, parcels, made, strict=True):
            if outcome.refused:
                assert "invited or knows of yet" in outcome.refused and parcel.sender not in known
                self.introduced(j, parcel, maker)
        TALLY["merges that left entries waiting"] += any(outcome.waiting for outcome in taken.outcomes)
        TALLY["merges"] += 1
        self.stale.add(j)

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
        if self.team[j].device in {d.id for d in records(self.team[i], Device, removed=1)}:
            assert merged.refused, "a package opened for a laptop its sender knows to be removed"
            return
        if merged.refused and "before this laptop joined" in merged.refused[0].refused:
            # a removal made a new key, and who sends it knows nothing of this laptop
            assert self.team[j].device not in {d.id for d in records(self.team[i], Device)}
            return
        if merged.refused and not known:
            everything = sharing.share(self.team[i], self.folder, everything=True)
            merged = sharing.merge(self.team[j], [everything.path, shared.path])
        assert not merged.refused
        again = canonical(dump(self.team[j]))
        sharing.merge(self.team[j], [shared.path])
        assert canonical(dump(self.team[j])) == again
        self.stale.add(j)

    @rule(i=laptop)
    def copy_the_file(self, i: int) -> None:
        """Carried to another folder and worked on in both: two branches under one name."""
        if len(self.team) < SIZE + COPIES:
            i = self.at(i)
            j = self.comes(laptops.copy_of(self.team[i], self.folder, f"copy{len(self.team)}"), i)
            self.act(i, *RECORDS[0], {"title": f"from the first {self.now}"})
            self.act(j, *RECORDS[0], {"title": f"from the copy {self.now}"})
            TALLY["copied files"] += 1

    def comes(self, workspace: Workspace, i: int) -> int:
        """One more laptop, with a clock like that of another."""
        self.team.append(workspace)
        self.skews.append(self.skews[i] + 1)
        self.stale.add(len(self.team) - 1)
        return len(self.team) - 1

    @rule(i=laptop)
    def back_up(self, i: int) -> None:
        if len(self.backups) < 3:
            i = self.at(i)
            copy = laptops.copy_of(self.team[i], self.folder, f"backup{len(self.backups)}")
            copy.close()
            self.backups.append((copy.path, copy.file_key, i))

    def from_backup(self, which: int) -> tuple[Workspace, int]:
        path, key, i = self.backups[which % len(self.backups)]
        name = self.folder / f"back{len(list(self.folder.iterdir()))}.fieldwork"
        shutil.copy(path, name)
        return Workspace.open_with_key(name, key), i

    @rule(which=st.integers(0, 2))
    def restore(self, which: int) -> None:
        """Under a new name, while the laptop it comes from is still at work."""
        if self.backups and len(self.team) < MOST:
            workspace, i = self.from_backup(which)
            j = self.comes(laptops.restored(workspace), i)
            self.act(j, *RECORDS[0], {"title": f"from the restored {self.now}"})
            TALLY["restored files"] += 1

    @rule(which=st.integers(0, 2), j=laptop, acts=st.booleans())
    def put_the_file_back(self, which: int, j: int, acts: bool) -> None:
        """An earlier file in the place of today's, by hand; what it forgets, one colleague has."""
        j = self.at(j)
        if not self.backups or j == self.backups[which % len(self.backups)][2]:
            return
        workspace, i = self.from_backup(which)
        self.hand_over(i, j, everything=True)
        laptops.content(self.team[j])  # shared on: what only it holds now is not put aside any more
        self.team[i].close()
        self.team[i] = workspace
        self.stale.add(i)
        if acts:
            self.act(i, *RECORDS[0], {"title": f"from the file put back {self.now}"})
        TALLY["files put back"] += 1

    @rule(i=laptop, apart=st.integers(1, 5), first=st.booleans())
    def join(self, i: int, apart: int, first: bool) -> None:
        """Somebody joins in the middle of the day, and may meet a third before who invited them."""
        if len(self.team) < MOST:
            i = self.at(i)
            j = self.comes(laptops.newcomer(self.team[i], self.folder, f"new{len(self.team)}"), i)
            self.act(j, *RECORDS[1], {"title": f"from who joined {self.now}"})
            if first:
                self.hand_over(j, self.at(i + apart), everything=False)
            TALLY["joined meanwhile"] += 1

    # -- what harms

    @rule(j=laptop, which=st.integers(0, 60), at=st.integers(0, 10**6), bit=st.integers(0, 7))
    def corrupt(self, j: int, which: int, at: int, bit: int) -> None:
        if not self.shelf:
            return
        data = bytearray(self.shelf[which % len(self.shelf)][0])
        data[at % len(data)] ^= 1 << bit
        self.refused(self.at(j), bytes(data))

    @rule(i=laptop, j=laptop, way=st.integers(0, 5), which=st.integers(0, 50))
    def forge(self, i: int, j: int, way: int, which: int) -> None:
        """A colleague's own package, altered and signed again by that colleague."""
        i, j = self.at(i), self.at(j)
        if self.team[i].device == self.team[j].device:
            return
        liar = self.team[i]
        with liar.read() as db:
            heads, packed = sharing.heads_held(raw(db)), sharing.lacking(raw(db), [])
        others = [at for at, (body, _) in enumerate(packed) if msgspec.msgpack.decode(body)[1] != liar.device]
        victim = others[which % len(others)]
        if way == 0:  # another's entry with other values
            body = msgspec.msgpack.decode(packed[victim][0])
            names = body[12][0][2]
            group = make_group("visit", VISITS[0], names, ["forged"] * len(names), [[] for _ in names])
            body[12][0][3] = group.digest
            first = (group.salt, msgspec.msgpack.encode(["forged"] * len(names)))
            beside = packed[victim][1]
            packed[victim] = (msgspec.msgpack.encode(body), [beside[0], first, *beside[2:]])
        elif way == 1:  # another's entry left out of the middle; the ends may always be missing
            by = [msgspec.msgpack.decode(body)[1] for body, _ in packed]
            forks = len({head.device for head in heads}) != len(heads)
            if forks or by[victim] not in by[:victim] or by[victim] not in by[victim + 1 :]:
                return
            del packed[victim]
        elif way == 2:  # another key under another's name
            keys = new_device_keys()
            heads = [
                Head(h.device, keys.public, h.n, h.hash, keys.sign(h.hash)) if h.device != liar.device else h
                for h in heads
            ]
        elif way == 3:  # another's values exchanged beside the body
            packed[victim] = (packed[victim][0], [(bytes(16), b"\x90") for _ in packed[victim][1]])
        elif way == 4:  # values left out
            packed[victim] = (packed[victim][0], [None for _ in packed[victim][1]])
        else:  # a further entry of another, signed with the liar's key
            head = next(h for h in heads if h.device != liar.device)
            entry = make_entry(
                device=head.device,
                n=head.n + 1,
                first=1000,
                time=1,
                wall=1,
                person="",
                act="forged",
                reason="",
                undoes=None,
                previous=head.hash,
                references=[],
                groups=[make_group("visit", VISITS[0], ["title"], ["forged"], [[]])],
            )
            packed.append((entry.body, entry.payloads()))
            signature = liar.device_keys.sign(entry.hash)
            heads = [h for h in heads if h is not head]
            heads.append(Head(head.device, head.public, entry.n, entry.hash, signature))
        data = laptops.signed(liar, heads, packed)
        if way == 4:  # it waits for a copy that has them
            self.take(j, [(data, i)])
        else:
            self.refused(j, data)

    @rule(i=laptop, j=laptop, way=st.integers(0, 2))
    def break_own_chain(self, i: int, j: int, way: int) -> None:
        """A colleague's further entry that does not continue its own laptop's chain."""
        i, j = self.at(i), self.at(j)
        liar, to = self.team[i], self.team[j]
        if liar.device == to.device or any(
            self.team[k].device == liar.device for k in range(len(self.team)) if k != i
        ):
            return
        self.hand_over(i, j, everything=True)
        with liar.read() as db:
            heads = sharing.heads_held(raw(db))
        own = next(h for h in heads if h.device == liar.device)
        other = next(h for h in heads if h.device != liar.device)
        entry = make_entry(
            device=liar.device,
            n=(own.n + 2, own.n + 1, other.n + 1)[way],
            first=(1_000_000, 1_000_000, 1_000_000)[way],
            time=1,
            wall=1,
            person="",
            act="forged",
            reason="",
            undoes=None,
            previous=(own.hash, bytes(32), other.hash)[way],
            references=[],
            groups=[make_group("visit", VISITS[0], ["title"], ["forged"], [[]])],
        )
        head = Head(liar.device, own.public, entry.n, entry.hash, liar.device_keys.sign(entry.hash))
        self.refused(j, laptops.signed(liar, [head], [(entry.body, entry.payloads())]))

    @rule(i=laptop, j=laptop)
    def sign_what_another_wrote(self, i: int, j: int) -> None:
        """Heads that claim a colleague's entry for one's own: worthless, but they must do no harm."""
        i, j = self.at(i), self.at(j)
        liar = self.team[i]
        if i == j:
            return
        with liar.read() as db:
            heads = sharing.heads_held(raw(db))
        own = next(h for h in heads if h.device == liar.device)
        claims = [
            Head(liar.device, own.public, h.n, h.hash, liar.device_keys.sign(h.hash), False)
            for h in heads
            if h.device != liar.device
        ]
        self.take(j, [(laptops.signed(liar, claims, []), i)])

    def refused(self, j: int, data: bytes) -> None:
        """Taken in by nobody, and nothing is changed by trying."""
        to = self.team[j]
        before = self.everything(to)
        try:
            parcel = package.read_content(data, to.inspection, "harm")
        except Fault:
            pass
        else:
            assert take_in(to, [parcel]).outcomes[0].refused
        assert self.everything(to) == before
        TALLY["packages refused"] += 1

    def everything(self, workspace: Workspace) -> list[Any]:
        with workspace.read() as db:
            connection = raw(db)
            tables = ("entry", "payload", "parked", "object", "cell", "rival", "signature", "device_known")
            return [connection.execute(f"SELECT * FROM {table}").fetchall() for table in tables]

    # -- what must hold

    @invariant()
    def state_is_what_the_entries_say(self) -> None:
        for i in sorted(self.stale):
            workspace = self.team[i]
            said = oracle.of(workspace)
            wrong = oracle.differences(dump(workspace), said)
            assert not wrong, wrong[:5]
            self.said |= said.ever
        self.stale.clear()

    def teardown(self) -> None:
        try:
            if self.team:
                self.end()
        finally:
            for workspace in self.team:
                workspace.close()
            shutil.rmtree(self.folder, ignore_errors=True)

    def wanted_again(self, i: int, problem: str) -> bool:
        """Whether words are missing for an erasure that counts no more: a whole package brings them back."""
        return "values are missing" in problem and bool(self.team[i].meta("dropped"))

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
        TALLY["examples"] += 1
        everyone = range(len(self.team))
        for i in everyone:
            problems = [text for text in verify(self.team[i]) if not self.wanted_again(i, text)]
            assert not problems, problems
        dropped = any(workspace.meta("dropped") for workspace in self.team)
        for _ in range(3):
            for i in everyone:
                for j in everyone:
                    self.hand_over(i, j, everything=dropped)
        states = {canonical(dump(workspace)) for workspace in self.team}
        assert len(states) == 1, f"deltas did not bring everybody to the same state: {self.apart()}"
        self.state_is_what_the_entries_say()
        for i in everyone:
            for j in everyone:
                self.hand_over(i, j, everything=True)
        assert {canonical(dump(workspace)) for workspace in self.team} == states
        first = self.team[0]
        with first.read() as db:
            assert raw(db).execute("SELECT count(*) FROM parked").fetchone() == (0,)
            forked = {id for (id,) in raw(db).execute("SELECT id FROM device_known WHERE forked")}
            entries = laptops.entries_in(first)
            numbers = Counter((entry.device, entry.n) for entry in entries)
        erased = {bytes.fromhex(r["id"]) for r in dump(first)["records"] if r.get("erased")}
        assert erased or self.reasons <= {entry.reason for entry in entries}, "a reason was lost"
        assert forked == {device for (device, _), count in numbers.items() if count > 1}
        for id in {id for id, _, _ in self.said} - erased - self.asked_to_erase:
            shown = {(step.field, step.after) for step in history.history(first, id)}
            assert {(name, value) for other, name, value in self.said if other == id} <= shown
        for workspace in self.team:
            assert verify(workspace) == []
        self.everybody_goes_on(forked)
        TALLY["conflicts at the end"] += len(conflicts(first))
        event(f"conflicts at the end: {min(len(conflicts(first)), 5)}")

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
            waited_for = set(awaited(raw(db), self.team[0].inspection, left))
            floor = known_to_all(raw(db), sorted(waited_for))
            again = len(lacking(raw(db), floor))
        assert found == forked, "a history split again"
        assert waited_for == {workspace.device for workspace in self.team[1:]}
        assert again == 0, "what all hold is sent again"


@pytest.mark.timeout(0 if LONG else 240)
def test_merge_laws() -> None:
    """The suite's short run; FIELDWORK_LONG makes it 1,000 days of 40 acts."""
    phases = [Phase.generate] if os.environ.get("FIELDWORK_NO_SHRINK") else list(Phase)
    seeded = os.environ.get("FIELDWORK_LAWS_SEED")
    machine = seed(int(seeded))(MergeLaws) if seeded else MergeLaws
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=EXAMPLES,
            stateful_step_count=STEPS,
            deadline=None,
            phases=phases,
            database=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
    print(dict(TALLY), dict(TEAM))


if __name__ == "__main__":
    try:
        test_merge_laws()
    except BaseException:
        print(f"failed after {TALLY['days begun']} days")
        raise
