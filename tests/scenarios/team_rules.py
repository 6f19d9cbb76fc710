"""What leads do in the random days of work: appoint, remove, accept, void and lift; and merges taken back."""

from collections import Counter
from typing import Any
from unittest import mock

from hypothesis import strategies as st
from hypothesis.stateful import rule

import oracle
from fieldwork.domain.faults import Fault
from fieldwork.domain.records import Device, EpochKey, Invitation, Voiding
from fieldwork.domain.values import derived_id, new_id
from fieldwork.exchange import erasing, membership
from fieldwork.store import held, recording
from fieldwork.store.intake import take_in
from fieldwork.store.members import leads
from fieldwork.store.reading import canonical, dump, records
from fieldwork.store.recording import tips
from fieldwork.store.verifying import verify
from fieldwork.store.workspace import Workspace, raw

laptop = st.integers(0, 5)
TEAM: Counter[str] = Counter()


class TeamRules:
    """Rules to be mixed into the machine that has `team`, `act`, `at`, `stale` and `hand_over`."""

    team: list[Workspace]
    stale: set[int]
    at: Any
    act: Any
    hand_over: Any
    shelf: list[bytes]

    def _other(self, i: int, j: int) -> bytes | None:
        """A laptop that i knows, if any but itself."""
        others = [d.id for d in records(self.team[i], Device, order="id") if d.id != self.team[i].device]
        return others[j % len(others)] if others else None

    @rule(i=laptop, j=laptop)
    def appoint(self, i: int, j: int) -> None:
        i = self._lead(i)
        device = self._other(i, j)
        if device:
            membership.appoint(self.team[i], device)
            self.stale.add(i)
            TEAM["appointed"] += 1

    def _lead(self, i: int) -> int:
        """One of the laptops whose word decides; the founding one always is."""
        some = [k for k in range(len(self.team)) if self._may(k)]
        return some[i % len(some)]

    def _may(self, i: int) -> bool:
        return self.team[i].device in leads(self.team[i])

    @rule(i=laptop, j=laptop, back=st.booleans())
    def remove(self, i: int, j: int, back: bool) -> None:
        i = self._lead(i)
        device = self._other(i, j)
        gone = [d.id for d in records(self.team[i], Device, removed=1, order="id")]
        back = back and bool(gone)
        if back:
            device = gone[j % len(gone)]
        if not device:
            return
        try:
            if back:
                membership.accept_all(self.team[i], device)
                TEAM["accepted"] += 1
            else:
                given = {key.id for key in records(self.team[i], EpochKey, device=device)}
                membership.remove(self.team[i], device)
                assert given == {key.id for key in records(self.team[i], EpochKey, device=device)}
                TEAM["removed"] += 1
        except Fault:
            return
        self.stale.add(i)

    @rule(i=laptop, which=st.integers(0, 10), lift=st.booleans())
    def withdraw(self, i: int, which: int, lift: bool) -> None:
        """An invitation of the day or of the founding; who joined with it counts no more until admitted."""
        i = self._lead(i)
        some = records(self.team[i], Invitation, order="id")
        if some:
            fields = {"withdrawn": int(not lift)}
            self.act(i, "invitation", some[which % len(some)].id, fields, builds_on=tips(self.team[i]))
            TEAM["invitations withdrawn"] += not lift

    @rule(i=laptop, which=st.integers(0, 100))
    def void(self, i: int, which: int) -> None:
        i = self._lead(i)
        with self.team[i].read() as db:
            hashes = [h for (h,) in raw(db).execute("SELECT hash FROM entry ORDER BY no DESC LIMIT 12")]
        aim = hashes[which % len(hashes)]
        voided = {v.entry for v in records(self.team[i], Voiding, voided=1)}
        membership.void(self.team[i], aim.hex(), lift=aim in voided)
        TEAM["lifted" if aim in voided else "voided"] += 1
        self.stale.add(i)

    @rule(i=laptop, j=laptop, way=st.integers(0, 5))
    def overreach(self, i: int, j: int, way: int) -> None:
        """An altered program writes what is not its to say: it stands in the history and counts for nothing."""
        i = self.at(i)
        device = self._other(i, j)
        if not device or self._may(i):
            return
        with self.team[i].read() as db:
            hashes = [h for (h,) in raw(db).execute("SELECT hash FROM entry ORDER BY no DESC LIMIT 5")]
        aim = hashes[j % len(hashes)]
        before = canonical(
            [r for r in dump(self.team[i])["records"] if r["kind"] in ("visit", "session", "note_line")]
        )
        kind, id, fields = (
            ("device", device, {"removed": 1, "accepted": b""}),
            ("device", self.team[i].device, {"leads": 1, "admitted": 1}),
            ("device", device, {"recipient": "elsewhere", "label": "another"}),
            ("voiding", derived_id("voiding", aim), {"entry": aim, "voided": 1}),
            ("team_member", b"\x01" * 16, {"role": "lead"}),
            ("erasing", self._in_force(i, j), {"records": self._standing(i, j)}),
        )[way]
        if not id:
            return
        self.act(i, kind, id, fields, builds_on=[*tips(self.team[i]), aim])
        after = canonical(
            [r for r in dump(self.team[i])["records"] if r["kind"] in ("visit", "session", "note_line")]
        )
        assert before == after
        TEAM["overreached"] += 1

    @rule(i=laptop, j=laptop, way=st.integers(0, 3), which=st.integers(0, 100))
    def act_out_of_time(self, i: int, j: int, way: int, which: int) -> None:
        """An altered program says an earlier time than what it knew: that is judged first all the same."""
        i = self.at(i)
        device = self._other(i, j)
        if not device:
            return
        with self.team[i].read() as db:
            times = [time for (time,) in raw(db).execute("SELECT time FROM entry ORDER BY time")]
        kind, id, fields = (
            ("device", device, {"removed": 1, "accepted": b""}),
            ("device", device, {"leads": 1, "admitted": 1}),
            ("device", device, {"removed": 0}),
            ("visit", b"visit-" + bytes(10), {"title": f"at any time {which}"}),
        )[way]
        with mock.patch.object(recording, "MAX_TIME", times[which % len(times)]):
            named = self.team[i].device
            self.act(i, kind, id, fields, name=oracle.UNTIMELY)
            new = self.team[i].device
            if new != named:  # a copy's new name says that time too, even where the act changed nothing
                title = {"title": f"as {new.hex()}"}
                self.act(i, "visit", b"visit-" + bytes(10), title, name=oracle.UNTIMELY)
        TEAM["acts out of time"] += 1

    def _in_force(self, i: int, which: int) -> bytes:
        """An erasure that two agreed to."""
        some = [
            one.erasing.id
            for one in erasing.erasures(self.team[i])
            if one.in_force and not one.erasing.unshared
        ]
        return some[which % len(some)] if some else b""

    def _standing(self, i: int, which: int) -> bytes:
        """A record of the evidence."""
        with self.team[i].read() as db:
            kinds = "SELECT id FROM object WHERE kind IN ('visit', 'session', 'note_line') ORDER BY id"
            here = [id for (id,) in raw(db).execute(kinds)]
        return here[which % len(here)] if here else b""

    @rule(i=laptop, j=laptop, which=st.integers(0, 5))
    def erase_without_a_lead(self, i: int, j: int, which: int) -> None:
        """Two members agree, of whom none leads: nothing is erased by it."""
        some = [k for k in range(len(self.team)) if not self._may(k)]
        if len(some) < 2:
            return
        i = some[i % len(some)]
        k = next(k for k in some[j % len(some) :] + some if k != i)
        known = {asked.erasing.id for asked in erasing.erasures(self.team[i])}
        self.erase(i, [which], False)
        self.hand_over(i, k, everything=True)
        for asked in erasing.erasures(self.team[k]):
            if asked.erasing.id not in known and not asked.in_force and not asked.mine:
                erasing.approve(self.team[k], asked.erasing.id)
                TEAM["erasures approved by no lead"] += 1
        self.stale.add(k)

    @rule(i=laptop, which=st.lists(st.integers(0, 5), min_size=1, max_size=2), lie=st.booleans())
    def erase(self, i: int, which: list[int], lie: bool) -> None:
        """Asked for by anybody; with a lie, by a program that says its words had never been shared."""
        i = self.at(i)
        workspace = self.team[i]
        with workspace.read() as db:
            kinds = "SELECT id FROM object WHERE kind IN ('visit', 'session', 'note_line') ORDER BY id"
            here = [id for (id,) in raw(db).execute(kinds)]
        if not here:
            return
        ids = list(dict.fromkeys(here[at % len(here)] for at in which))
        if lie:
            said = {"records": b"".join(ids), "unshared": 1}
            self.act(i, "erasing", new_id(), said, builds_on=tips(workspace))
        else:
            erasing.ask(workspace, ids, scope="some", cause="a name", hold_checked=True)
        TEAM["erasures lied about" if lie else "erasures asked for"] += 1
        self.stale.add(i)

    @rule(i=laptop, which=st.integers(0, 5))
    def approve(self, i: int, which: int) -> None:
        i = self.at(i)
        open_ones = [a for a in erasing.erasures(self.team[i]) if not a.in_force and not a.mine]
        if not open_ones:
            return
        erasing.approve(self.team[i], open_ones[which % len(open_ones)].erasing.id)
        TEAM["erasures approved"] += 1
        self.stale.add(i)

    @rule(i=laptop, which=st.integers(0, 5), other=laptop, back=st.booleans(), way=st.integers(0, 3))
    def erase_with_two_voices(self, i: int, which: int, other: int, back: bool, way: int) -> None:
        """Asked for by one, approved by a lead who has merged it, or (0) by anybody; who asked may hear of it at once.

        1: an altered program says before that it and the lead's are one member's: nobody may say so of another.
        2: one puts another record into it once it is approved.
        """
        i, k = self.at(i), self.at(other) if way == 0 else self._lead(other)
        if way == 1 and not self._may(i):
            own = next(d.member for d in records(self.team[i], Device) if d.id == self.team[i].device)
            said = {"member": own}
            self.act(i, "device", self.team[k].device, said, builds_on=tips(self.team[i]))
        self.erase(i, [which], False)
        self.hand_over(i, k, everything=True)
        for asked in erasing.erasures(self.team[k]):
            if not asked.in_force and not asked.mine:
                erasing.approve(self.team[k], asked.erasing.id)
                TEAM["erasures approved"] += 1
                TEAM["erasures approved by no lead"] += not (self._may(i) or self._may(k))
                if way == 2:
                    instead = {"records": self._standing(k, which + 1)}
                    self.act(k, "erasing", asked.erasing.id, instead, builds_on=tips(self.team[k]))
                    TEAM["approved erasures that name another since"] += 1
                break
        self.stale.add(k)
        if back:
            self.hand_over(k, i, everything=False)

    @rule(i=laptop, j=laptop)
    def take_back_a_merge(self, i: int, j: int) -> None:
        """Taken back at once, all is as it was; merged again, as if it had never been taken back."""
        i, j = self.at(i), self.at(j)
        if i == j:
            return
        to = self.team[j]
        before = canonical(dump(to)), self._state(to)
        dropped, earlier = to.meta("dropped", 0), held.put_aside(to)
        with to.read() as db:
            last = raw(db).execute("SELECT max(no) FROM entry").fetchone()
        if self.team[i].device not in self.known_to(to):  # type: ignore[attr-defined]
            return
        self.hand_over(i, j, everything=True)
        merged = canonical(dump(to))
        with to.read() as db:
            if raw(db).execute("SELECT max(no) FROM entry").fetchone() == last:
                return
        if to.meta("dropped", 0) != dropped:
            assert "erased" in held.can_take_back(to)
            TEAM["merges that erased and so stay"] += 1
            return
        held.take_back(to)
        assert (canonical(dump(to)), self._state(to)) == before
        assert verify(to) == []
        erasing_again = any(asked.in_force for asked in erasing.erasures(to))
        if (i + j) % 2 or earlier:  # all that is put aside would come back together
            self.take(j, self.shelf[-1:])  # type: ignore[attr-defined]
        else:
            take_in(to, [held.parcel(to)], now=1)
            if canonical(dump(to)) != merged and erasing_again:
                # what came shows that an erasure does not hold; while it was taken back its words went, and whoever
                # has them sends them again
                self.take(j, self.shelf[-1:])  # type: ignore[attr-defined]
                TEAM["merges taken back whose words an erasure took"] += 1
        assert canonical(dump(to)) == merged and held.put_aside(to) <= earlier
        TEAM["merges taken back"] += 1

    @rule(i=laptop, j=laptop)
    def take_back_the_last(self, i: int, j: int) -> None:
        """Whenever it is offered, it leaves a workspace that its entries explain."""
        i = self.at(i)
        if held.can_take_back(self.team[i]) == "":
            held.take_back(self.team[i])
            self.stale.add(i)
            TEAM["merges taken back later"] += 1

    def _state(self, workspace: Workspace) -> list[Any]:
        with workspace.read() as db:
            tables = ("signature", "parked", "knowledge", "device_known")
            return [sorted(raw(db).execute(f"SELECT * FROM {table}").fetchall()) for table in tables]
