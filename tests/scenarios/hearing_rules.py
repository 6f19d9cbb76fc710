"""Rules about who hears of what: packages in parts, one for all, what waits, files put back, merges not taken back."""

import random
from typing import Any
from unittest import mock

from day import TALLY, VISITS, laptop
from hypothesis import strategies as st
from hypothesis.stateful import rule

import laptops
from fieldwork.domain.faults import Fault
from fieldwork.domain.records import Device
from fieldwork.exchange import erasing, membership, package, sharing
from fieldwork.store import held
from fieldwork.store.reading import records
from fieldwork.store.workspace import Workspace

PART = 1500  # bytes of entries in a package that is parted: a few of them
APART = ("visit", b"visit-apart-" + bytes(4))  # of which nobody else speaks


class HearingRules:
    """Rules to be mixed into a day."""

    team: list[Workspace]
    shelf: list[tuple[bytes, int]]
    backups: list[Any]
    stale: set[int]
    moved: bool
    given_up: set[bytes]
    at: Any
    act: Any
    take: Any
    hand_over: Any
    known_to: Any
    holds: Any
    copy_the_file: Any
    back_up: Any
    join: Any
    from_backup: Any
    take_back_a_merge: Any
    _lead: Any
    _may: Any

    @rule(i=laptop, j=laptop, order=st.integers(0, 1000), lost=st.booleans(), at_once=st.booleans())
    def in_parts(self, i: int, j: int, order: int, lost: bool, at_once: bool) -> None:
        """As what is too large for one package: in several, in any order; one may come last, after another merge."""
        i, j = self.at(i), self.at(j)
        if i == j:
            return
        giver = self.team[i]
        self.shelf.append((laptops.content(giver), i))
        with giver.read() as db, mock.patch.object(sharing, "PART", PART):
            whole = sharing.contents_beyond(db, giver, [], 1)
            parts = sharing._parts(whole, giver.device_keys)
        made = [(laptops.signed(giver, part.heads, part.entries), i) for part in parts]
        random.Random(order).shuffle(made)
        last = made.pop() if lost and len(made) > 1 else None
        for some in [made] if at_once else [[one] for one in made]:
            self.take(j, some)
        if last is not None:
            self.act(j, *APART, {"title": f"while a part is missing {order}"})
            self.take(j, [last])
        assert self.holds(i) <= self.holds(j), "what came in parts is not what was sent"

    @rule(i=laptop)
    def one_package_for_all(self, i: int) -> None:
        """What a laptop shares brings every colleague to what it holds, whoever of them had heard the least."""
        i = self.at(i)
        others = [j for j in range(len(self.team)) if j != i]
        if self.moved:
            return
        for j in others:
            self.hand_over(j, i, everything=False)
        self.act(i, *APART, {"title": f"for all {len(self.shelf)}"})
        waited_for = {d.id for d in self._devices(i)} - {self.team[i].device}
        floor = laptops.known_of(self.team[i], *sorted(waited_for))
        self.shelf.append((laptops.content(self.team[i], floor), i))
        for j in others:
            self.take(j, self.shelf[-1:])
            assert self.holds(i) <= self.holds(j), "a package for all left out what one of them lacked"

    def _devices(self, i: int) -> list[Any]:
        return records(self.team[i], Device, order="id")

    @rule(i=laptop, apart=st.integers(1, 3), back=st.booleans())
    def what_waits(self, i: int, apart: int, back: bool) -> None:
        """A laptop is brought what it cannot use yet, passes it on, and may take back a merge beside it."""
        if len(self.team) < 3:
            return
        i, j, k = self.at(i), self.at(i + apart), self.at(i + apart + 1)
        if len({i, j, k}) < 3:
            return
        self.act(i, "visit", VISITS[0], {"title": f"to build on {len(self.shelf)}"})
        self.hand_over(i, j, everything=True)
        self.act(j, "visit", VISITS[0], {"title": f"built on it {len(self.shelf)}"})
        self.shelf.append((laptops.content(self.team[j], only=self.team[j].device), j))
        self.take(k, self.shelf[-1:])
        if back:
            self.take_back_a_merge(j, k)
        self.hand_over(k, self.at(i + apart + 2), everything=True)

    @rule(i=laptop, j=laptop)
    def put_back_and_told(self, i: int, j: int) -> None:
        """An earlier file in the place of today's; once it has heard what it forgot, it goes on under a new name."""
        i, j = self.at(i), self.at(j)
        if i == j or len(self.backups) >= 3:
            return
        self.back_up(i)
        before = self.team[i].device
        self.act(i, *APART, {"title": f"to be forgotten {len(self.shelf)}"})
        self.hand_over(i, j, everything=True)
        self.put_in_place(i)
        self.hand_over(j, i, everything=True)
        self.act(i, *APART, {"title": f"after it was told {len(self.shelf)}"})
        assert self.team[i].device != before, (
            "a file put back goes on under a name that has gone on elsewhere"
        )

    @rule(i=laptop, j=laptop)
    def known_again(self, i: int, j: int) -> None:
        """Whose file was put back to before it knew a newcomer knows them again by their next package alone."""
        i, j, before = self.at(i), self.at(j), len(self.team)
        if i == j or len(self.backups) >= 3:
            return
        self.join(i, 0, first=False)
        if len(self.team) == before:
            return
        self.hand_over(i, j, everything=True)  # the invitation
        self.back_up(j)
        for giver, receiver in ((before, j), (j, before)):
            self.hand_over(giver, receiver, everything=True)
        self.put_in_place(j)
        later = TALLY["introduced later"]
        self.act(before, *APART, {"title": f"to who forgot {len(self.shelf)}"})
        self.hand_over(before, j, everything=False)
        assert TALLY["introduced later"] == later, "a package did not say who sent it"

    def put_in_place(self, i: int) -> None:
        """The newest backup, which is of this laptop, in the place of its file."""
        workspace, _ = self.from_backup(len(self.backups) - 1)
        self.given_up |= {self.team[i].device} - {workspace.device}
        self.team[i].close()
        self.team[i] = workspace
        self.moved = True
        self.stale.add(i)

    @rule(i=laptop, j=laptop)
    def shared_and_not_taken_back(self, i: int, j: int) -> None:
        i, j = self.at(i), self.at(j)
        if i != j:
            self.hand_over(i, j, everything=True)
            self.shelf.append((laptops.content(self.team[j]), j))
            assert held.can_take_back(self.team[j]) != "", "a merge that was shared since can be taken back"

    @rule(i=laptop)
    def renamed_and_not_taken_back(self, i: int) -> None:
        """A merge that shows a laptop its copy's acts stays, once it has taken another name for them."""
        i, before = self.at(i), len(self.team)
        self.copy_the_file(i)
        if len(self.team) == before:
            return
        name = self.team[i].device
        if self.team[-1].device != name or not self.holds(len(self.team) - 1) - self.holds(i):
            return  # both have taken other names already, or the copy had nothing to say
        self.take(i, [(laptops.content(self.team[-1]), len(self.team) - 1)])
        self.act(i, *APART, {"title": f"under another name {len(self.shelf)}"})
        assert self.team[i].device != name, "a laptop whose copy is at work keeps its name"
        assert held.can_take_back(self.team[i]) != "", "a merge can be taken back under another name"

    @rule(i=laptop, j=laptop)
    def act_and_take_back(self, i: int, j: int) -> None:
        """An act that has nothing to do with a merge stays, signed, when that is taken back."""
        i, j = self.at(i), self.at(j)
        if i == j or self.team[i].device not in self.known_to(self.team[j]):
            return
        self.hand_over(i, j, everything=True)
        self.act(j, *APART, {"title": f"beside a merge {len(self.shelf)}"})
        own = self.team[j].device
        if held.can_take_back(self.team[j]) == "":
            held.take_back(self.team[j])
            self.stale.add(j)
        parcel = package.read_content(laptops.content(self.team[j]), self.team[j].inspection, "after it")
        mine = [entry for entry in parcel.entries if entry.device == own]
        assert any(APART[1] == group.id for group in max(mine, key=lambda e: e.n).groups)

    @rule(i=laptop, apart=st.integers(1, 3))
    def an_erasure_falls(self, i: int, apart: int) -> None:
        """Approved by one who is removed by a lead that had not heard it: what was dropped meanwhile comes back."""
        lead = self._lead(i)
        voice, third = self.at(lead + apart), self.at(lead + apart + 1)
        if len({lead, voice, third}) < 3 or self._may(voice):
            return
        self.act(lead, *APART, {"title": f"a name {len(self.shelf)}"})
        for j in (voice, third):
            self.hand_over(lead, j, everything=True)
        erasing.ask(self.team[lead], [APART[1]], scope="some", cause="a name", hold_checked=True)
        self.stale |= {lead, voice}
        self.hand_over(lead, voice, everything=True)
        for asked in erasing.erasures(self.team[voice]):
            if not asked.in_force and not asked.mine and APART[1] in asked.records:
                erasing.approve(self.team[voice], asked.erasing.id)
        dropped = self.team[third].meta("dropped", 0)
        self.hand_over(voice, third, everything=True)
        if self.team[third].meta("dropped", 0) != dropped:
            assert held.can_take_back(self.team[third]) != "", "a merge that erased can be taken back"
        try:
            membership.remove(self.team[lead], self.team[voice].device)
        except Fault:  # removed already
            return
        self.hand_over(lead, third, everything=True)
