"""What a member, or one who was removed, writes with an altered program: it says nothing in other people's names."""

import hashlib
import json
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import msgspec
import pytest

import laptops
import oracle
from fieldwork.domain.faults import Fault
from fieldwork.domain.package import Head
from fieldwork.domain.records import Device, Epoch, Invitation, NoteLine, TeamMember, Visit
from fieldwork.domain.values import Id, new_id
from fieldwork.exchange import membership, package
from fieldwork.store import epochs
from fieldwork.store.entry import MAX_TIME, NO_HASH, Entry, Group, make_entry, make_group
from fieldwork.store.history import history
from fieldwork.store.holding import heads_held, lacking
from fieldwork.store.intake import take_in
from fieldwork.store.keys import DeviceKeys, join_statement, new_device_keys
from fieldwork.store.members import readers
from fieldwork.store.parcel import Parcel, Sealed
from fieldwork.store.reading import canonical, dump, find, get, records, records_in
from fieldwork.store.recording import Change, record, tips
from fieldwork.store.standing import standing
from fieldwork.store.verifying import verify
from fieldwork.store.workspace import Workspace, raw

VISIT = b"visit-0000000000"


class Altered:
    """A program that continues its laptop's chain with whatever it likes, and never writes it down at home."""

    def __init__(self, workspace: Workspace) -> None:
        self.workspace, self.keys = workspace, workspace.device_keys
        with workspace.read() as db:
            self.heads, self.packed = heads_held(raw(db)), list(lacking(raw(db), []))
        bodies = [msgspec.msgpack.decode(body) for body, _ in self.packed]
        last = max((body for body in bodies if body[1] == self.keys.device), key=lambda body: body[2])
        self.previous = hashlib.sha256(msgspec.msgpack.encode(last)).digest()
        self.n, self.time = last[2], last[4]
        self.first = last[3] + sum(len(group[2]) for group in last[12])

    def says(self, *groups: Group, time: int | None = None, knowing: Sequence[bytes] = ()) -> Entry:
        self.time = self.time + 1 if time is None else time
        entry = self.signed(self.keys, self.n + 1, self.first, self.previous, groups, knowing)
        self.n, self.first, self.previous = self.n + 1, self.first + entry.changes, entry.hash
        return entry

    def newcomer(self, keys: DeviceKeys, groups: Sequence[Group]) -> None:
        """Another laptop of theirs introduces itself, knowing all that was said so far."""
        self.time += 1
        self.signed(keys, 1, 1, NO_HASH, groups, [self.previous])

    def signed(
        self,
        keys: DeviceKeys,
        n: int,
        first: int,
        previous: bytes,
        groups: Sequence[Group],
        references: Sequence[bytes],
    ) -> Entry:
        entry = make_entry(
            **{"device": keys.device, "n": n, "first": first, "time": self.time, "wall": laptops.START},
            **{"person": "", "act": oracle.UNTIMELY, "reason": "", "undoes": None, "previous": previous},
            references=references,
            groups=groups,
        )
        self.packed.append((entry.body, entry.payloads()))
        self.heads.append(Head(keys.device, keys.public, n, entry.hash, keys.sign(entry.hash), True))
        return entry

    def strips(self, id: Id) -> None:
        """Pass on what others said of a record without their words."""
        for place, (body, beside) in enumerate(self.packed):
            if any(one[1] == id for one in msgspec.msgpack.decode(body)[12]):
                self.packed[place] = (body, [None] * len(beside))

    def parcel(self) -> Parcel:
        content = laptops.signed(self.workspace, self.heads, self.packed)
        return package.read_content(content, self.workspace.inspection, "altered")

    def reaches(self, *others: Workspace) -> None:
        for other in others:
            assert not take_in(other, [self.parcel()]).outcomes[0].refused


def group(kind: str, id: Id, **fields: Any) -> Group:
    return make_group(kind, id, list(fields), list(fields.values()), [[] for _ in fields])


@pytest.fixture
def team(tmp_path: Path) -> Iterator[list[Workspace]]:
    made = laptops.team(tmp_path, 4)
    yield made
    for workspace in made:
        workspace.close()


def read_by(workspace: Workspace) -> tuple[set[Id], str]:
    """Whom packages of a laptop are open to, and the key of the inspection they are encrypted to."""
    with workspace.read() as db:
        return {device.id for device in readers(db)}, epochs.recipient_now(db)


@pytest.mark.parametrize("kind", ["a", "zzz", "visit", "invitation"])
@pytest.mark.parametrize("early", [False, True])
def test_a_laptop_stays_removed_whatever_kind_a_member_calls_it(
    team: list[Workspace], kind: str, early: bool
) -> None:
    lead, liar, other, gone = team
    altered = Altered(liar)
    if early:  # said before anybody was removed, of what is to come
        altered.says(group(kind, gone.device, removed=0, label="ghost"), time=MAX_TIME - 5)
        altered.reaches(lead, other)
    membership.remove(lead, gone.device)
    laptops.give(lead, other)
    before = read_by(lead)
    if not early:
        altered.says(group(kind, gone.device, removed=0, label="ghost"), time=MAX_TIME - 5)
    altered.reaches(lead, other)
    assert read_by(lead) == read_by(other) == before
    assert gone.device not in before[0]
    for laptop in (lead, other):
        found = get(laptop, Device, gone.device)
        assert (found.removed, found.label) == (1, "laptop 3")
        assert verify(laptop) == []
    assert canonical(dump(lead)) == canonical(dump(other))


def test_the_keys_that_packages_are_encrypted_to_are_not_a_members_to_change(team: list[Workspace]) -> None:
    lead, liar, other, gone = team
    membership.remove(lead, gone.device)
    laptops.give(lead, other)
    altered = Altered(liar)
    altered.packed = list(laptops.entries_in(lead)) and _packed(lead)
    with lead.read() as db:
        epoch = records_in(db, Epoch)[0]
        altered.heads = heads_held(raw(db))
    altered.says(
        group("zzz", lead.device, recipient=liar.device_keys.recipient),
        group("zzz", epoch.id, recipient=liar.device_keys.recipient, holders=gone.device),
        group("a", get(lead, Device, lead.device).member or b"", role="guest"),
        time=MAX_TIME - 5,
    )
    altered.reaches(lead, other)
    for laptop in (lead, other):
        assert get(laptop, Device, lead.device).recipient == lead.device_keys.recipient
        assert read_by(laptop)[1] == epoch.recipient
        assert verify(laptop) == []


def _packed(workspace: Workspace) -> list[Any]:
    with workspace.read() as db:
        return list(lacking(raw(db), []))


def test_a_record_that_two_kinds_are_said_of_is_the_same_in_any_order(team: list[Workspace]) -> None:
    lead, liar, other, _ = team
    record(lead, "plan", [Change(Visit.kind, VISIT, {"title": "north"})])
    altered = Altered(liar)
    altered.says(group("zzz", VISIT, title="south"))
    laptops.give(lead, other)
    altered.reaches(other)
    altered.reaches(lead)
    assert canonical(dump(lead)) == canonical(dump(other))
    assert [visit.id for visit in records(lead, Visit)] == [VISIT]
    assert verify(lead) == verify(other) == []


def comes_back(altered: Altered, invitation: Id, key: DeviceKeys, plans: Id = VISIT) -> DeviceKeys:
    """Whoever has these keys of an invitation joins with a new laptop and plans a visit."""
    keys, member = new_device_keys(), new_id()
    proof = key.sign(join_statement(altered.workspace.inspection, keys.device))
    device = group(
        *(Device.kind, keys.device),
        **{"label": "wolf", "inspectorate": "HMICFRS", "member": member, "sign_key": keys.public},
        **{"recipient": keys.recipient, "invitation": invitation, "proof": proof},
    )
    person = group(TeamMember.kind, member, label="wolf", inspectorate="HMICFRS", role="inspector")
    visit = group(Visit.kind, plans, title="wolf's")
    altered.newcomer(keys, [device, person, visit])
    return keys


def is_outside(keys: DeviceKeys, *laptops: Workspace) -> None:
    for laptop in laptops:
        with laptop.read() as db:
            assert keys.device in standing(raw(db)).shut_out
        assert keys.device not in read_by(laptop)[0]
        assert find(laptop, Visit, VISIT) is None  # nor does anything else in its introduction count
        assert get(laptop, Device, keys.device).label == "wolf"
        assert verify(laptop) == []


@pytest.mark.parametrize("before", [False, True])
def test_who_was_removed_writes_no_key_on_an_invitation_to_come_back_with(
    team: list[Workspace], before: bool
) -> None:
    lead, liar, other, _ = team
    invitation = get(lead, Device, liar.device).invitation
    assert invitation is not None
    altered, key = Altered(liar), new_device_keys()
    if before:
        altered.says(group(Invitation.kind, invitation, key=key.public))
        altered.reaches(lead, other)
    membership.remove(lead, liar.device)
    laptops.give(lead, other)
    if not before:
        altered.says(group(Invitation.kind, invitation, key=key.public))
    keys = comes_back(altered, invitation, key)
    altered.reaches(lead, other)
    is_outside(keys, lead, other)
    membership.admit(lead, keys.device)
    assert keys.device in read_by(lead)[0]
    assert get(lead, Visit, VISIT).title == "wolf's"


def test_the_pack_of_a_removed_laptop_lets_nobody_in(team: list[Workspace]) -> None:
    lead, _, other, _ = team
    key, invitation = new_device_keys(), new_id()
    record(lead, "invite", [Change(Invitation.kind, invitation, {"key": key.public})])
    altered = Altered(lead)
    first = comes_back(altered, invitation, key, new_id())
    second = comes_back(altered, invitation, key, new_id())
    altered.reaches(lead, other)
    assert {first.device, second.device} <= read_by(other)[0]
    membership.remove(lead, first.device)
    laptops.give(lead, other)
    assert second.device in read_by(lead)[0]  # who was here by then stays
    third = comes_back(altered, invitation, key)
    altered.reaches(lead, other)
    is_outside(third, lead, other)
    assert second.device in read_by(other)[0]
    assert canonical(dump(lead)) == canonical(dump(other))


def test_words_that_one_package_lacks_and_another_of_the_set_has_come_in(team: list[Workspace]) -> None:
    _, liar, other, here = team
    record(other, "plan", [Change(Visit.kind, VISIT, {"title": "north"})])
    laptops.give(other, liar)
    altered = Altered(liar)
    altered.strips(VISIT)
    taken = take_in(here, [altered.parcel(), laptops.parcel(other)])
    assert [(one.refused, one.waiting) for one in taken.outcomes] == [("", 0), ("", 0)]
    assert get(here, Visit, VISIT).title == "north"
    assert verify(here) == []


@pytest.mark.parametrize("way", ["refers to it", "builds on what refers to it"])
@pytest.mark.parametrize("known", [True, False])
def test_who_knows_of_a_removal_cannot_say_to_have_removed_its_author_before(
    team: list[Workspace], way: str, known: bool
) -> None:
    """Unseen by each other the two are judged by their times."""
    lead, liar, other, here = team
    membership.appoint(lead, liar.device)
    laptops.give(lead, liar)
    early = Altered(lead).time + 1
    membership.remove(lead, liar.device)
    removal = tips(lead)
    laptops.give(lead, other)
    if known:
        laptops.give(lead, liar)
    altered = Altered(liar)
    takes_back = group(Device.kind, lead.device, removed=1, accepted=b"")
    knowing = removal if known else []
    if way == "refers to it":
        altered.says(takes_back, time=early, knowing=knowing)
    else:
        altered.says(group(Visit.kind, VISIT, title="north"), time=early, knowing=knowing)
        altered.says(takes_back, time=early + 1)
    altered.reaches(other, here, lead)
    laptops.give(lead, here)
    for laptop in (lead, other, here):
        with laptop.read() as db:
            now = standing(raw(db))
        assert (lead.device in now.cuts, liar.device in now.cuts) == (not known, known)
        assert oracle.differences(dump(laptop), oracle.of(laptop)) == []
        assert verify(laptop) == []
    assert canonical(dump(lead)) == canonical(dump(other)) == canonical(dump(here))


@pytest.mark.parametrize("kind", ["a", "answer", "zzz"])
def test_who_calls_a_record_by_another_kind_is_named_until_it_is_voided(
    team: list[Workspace], kind: str
) -> None:
    lead, liar, here, _ = team
    line = b"line-00000000000"
    record(lead, "write", [Change(NoteLine.kind, line, {"text": "The north gate\nwas open."})])
    laptops.give(lead, here)
    altered = Altered(liar)
    act = altered.says(group(kind, line, label="nothing")).hash
    for dry_run in (True, False):
        (outcome,) = take_in(here, [altered.parcel()], dry_run=dry_run).outcomes
        assert outcome.notes == [
            f'laptop 1 calls the note line "The north gate was open." a "{kind}", which may keep it from being shown; '
            "all that was said stays in the history, and a lead brings it back by voiding the act "
            f"{act.hex()[:12]}."
        ]
    altered.reaches(lead)
    assert (find(lead, NoteLine, line) is None) == (kind < NoteLine.kind)
    membership.void(lead, act.hex()[:12])
    assert get(lead, NoteLine, line).text == "The north gate\nwas open."
    laptops.give(lead, here)
    record(lead, "reword", [Change(NoteLine.kind, line, {"text": "It was shut."})])
    (outcome,) = take_in(here, [laptops.parcel(lead)]).outcomes
    assert outcome.notes == []
    assert get(here, NoteLine, line).text == "It was shut."


def test_a_merge_says_what_it_changes_in_who_decides(team: list[Workspace]) -> None:
    lead, second, other, here = team

    def brings() -> list[str]:
        parcel = laptops.parcel(lead)
        tried = take_in(here, [parcel], dry_run=True).team
        assert take_in(here, [parcel]).team == tried
        assert take_in(here, [parcel]).team == []
        return tried

    record(lead, "plan", [Change(Visit.kind, VISIT, {"title": "north"})])
    assert brings() == []
    membership.appoint(lead, second.device)
    assert brings() == ["laptop 1 leads now."]
    invitation = get(lead, Device, other.device).invitation
    assert invitation is not None
    record(lead, "withdraw", [Change(Invitation.kind, invitation, {"withdrawn": 1})])
    assert brings() == [
        f"The pack {invitation.hex()[-8:]} (laptop 2 joined with it) was withdrawn by laptop 0.",
        "laptop 2 is shut out until a lead admits it: who let it in was removed, or its pack was withdrawn.",
    ]
    membership.remove(lead, second.device)
    assert brings() == ["laptop 1 was removed by laptop 0."]


@pytest.mark.parametrize("name", ["wolf " * 2_000_000, "wolf\nlaptop 0", "\u202ewolf\r\n" * 40])
def test_what_a_laptop_calls_itself_is_one_line_of_a_sensible_length(
    team: list[Workspace], name: str
) -> None:
    lead, liar, here, _ = team
    altered = Altered(liar)
    member = get(lead, Device, liar.device).member or b""
    altered.says(group(Device.kind, liar.device, label=name))
    altered.says(group(Visit.kind, VISIT, title="north"))
    altered.reaches(lead, here)
    for laptop in (lead, here):
        shown = get(laptop, Device, liar.device).label
        assert shown.startswith("wolf" if name[0] == "w" else "\u202ewolf") and len(shown) <= 80
        assert len(shown.splitlines()) == 1
        assert verify(laptop) == []
        assert {step.person for step in history(laptop, VISIT)} == {get(laptop, TeamMember, member).label}
    assert canonical(dump(lead)) == canonical(dump(here))
    assert json.dumps(name) in canonical(dump(here)) or not name.isascii()  # and nothing is left out


def test_a_package_gone_before_its_second_reading_is_named_and_nothing_is_changed(
    team: list[Workspace],
) -> None:
    lead, here, _, _ = team
    with here.write() as db:
        raw(db).execute("INSERT INTO meta VALUES ('dropped', 1)")  # words were erased here once
    record(lead, "plan", [Change(Visit.kind, VISIT, {"title": "north"})])
    parcel = replace(laptops.parcel(lead), name="/stick/first.fieldpackage")
    readings: list[int] = []

    def read() -> Parcel:
        readings.append(1)
        if len(readings) > 1:
            raise Fault("It cannot be read.")
        return parcel

    before = canonical(dump(here))
    one = Sealed(parcel.name, parcel.sender, parcel.made, lambda: [], read)
    with pytest.raises(Fault, match=r"^first.fieldpackage could be read when the merge began.*put that back"):
        take_in(here, [one])
    assert canonical(dump(here)) == before
    assert verify(here) == []
    readings.clear()
    assert take_in(here, [replace(one, read=lambda: parcel)]).outcomes[0].new == 1
