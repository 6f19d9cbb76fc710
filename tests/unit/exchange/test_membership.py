"""Leads decide: who belongs, which acts count; and what only a lead may say counts from nobody else."""

from collections.abc import Iterator
from pathlib import Path

import pytest

import laptops
from fieldwork.domain.faults import Fault
from fieldwork.domain.package import Head
from fieldwork.domain.records import Device, TeamMember, Visit
from fieldwork.domain.values import derived_id, new_id
from fieldwork.exchange import joining, membership, package, sharing
from fieldwork.store import held
from fieldwork.store.conflicting import conflict_count
from fieldwork.store.entry import MAX_TIME, make_entry, make_group
from fieldwork.store.history import history
from fieldwork.store.holding import heads_held, lacking
from fieldwork.store.intake import take_in
from fieldwork.store.keys import join_statement, new_device_keys
from fieldwork.store.members import leads, never_shared
from fieldwork.store.reading import canonical, dump, find, get, records
from fieldwork.store.recording import Change, moment, record, tips
from fieldwork.store.verifying import verify
from fieldwork.store.workspace import Workspace, get_meta, raw

VISIT = b"visit-0000000000"


@pytest.fixture
def team(tmp_path: Path) -> Iterator[list[Workspace]]:
    made = laptops.team(tmp_path, 3)
    yield made
    for workspace in made:
        workspace.close()


def say(workspace: Workspace, title: str) -> str:
    """Give the visit a title; returns the name of the change."""
    record(workspace, "plan", [Change(Visit.kind, VISIT, {"title": title})])
    return history(workspace, VISIT)[-1].change


def title(workspace: Workspace) -> str | None:
    found = find(workspace, Visit, VISIT)
    return found.title if found else None


def through_files(giver: Workspace, receiver: Workspace, folder: Path) -> sharing.Merged:
    return sharing.merge(receiver, [sharing.share(giver, folder).path])


def test_a_removed_laptop_counts_up_to_the_last_entry_accepted(team: list[Workspace]) -> None:
    lead, colleague, other = team
    say(colleague, "before")
    laptops.give(colleague, lead, other)
    membership.remove(lead, colleague.device, "lost on a train")
    say(colleague, "after")
    laptops.give(lead, other)
    laptops.give(colleague, lead, other)  # taken, kept and passed on, without effect
    assert (title(lead), title(other)) == ("before", "before")
    assert [step.counts for step in history(lead, VISIT)] == [True, False]
    membership.accept_all(lead, colleague.device)
    laptops.together(lead, other)
    assert (title(lead), title(other)) == ("after", "after")
    assert canonical(dump(lead)) == canonical(dump(other))
    assert verify(lead) == verify(other) == []


def test_packages_are_closed_to_who_was_removed_and_open_to_who_joins_later(
    team: list[Workspace], tmp_path: Path
) -> None:
    lead, colleague, other = team
    membership.remove(lead, colleague.device)
    sent = sharing.share(lead, tmp_path)
    refused = sharing.merge(colleague, [sent.path]).refused
    assert len(refused) == 1 and "after this laptop was removed" in refused[0].refused
    assert not sharing.merge(other, [sent.path]).refused
    code = joining.make_pack(other, tmp_path / "late.fieldpack")
    pack = joining.open_pack(tmp_path / "late.fieldpack", code)
    with joining.join(pack, tmp_path / "late.fieldwork", "x", device="late", inspectorate="HMICFRS") as late:
        say(late, "from who came late")
        assert not through_files(late, lead, tmp_path).refused  # by the newest key alone
        say(lead, "answered")
        assert not through_files(lead, late, tmp_path).refused
        assert title(late) == "answered"


def test_who_joins_with_a_removed_laptops_pack_waits_for_a_lead(
    team: list[Workspace], tmp_path: Path
) -> None:
    lead, colleague, _ = team
    code = joining.make_pack(colleague, tmp_path / "kept.fieldpack")
    membership.remove(lead, colleague.device)
    pack = joining.open_pack(tmp_path / "kept.fieldpack", code)
    with joining.join(pack, tmp_path / "kept.fieldwork", "x", device="kept", inspectorate="HMICFRS") as kept:
        say(kept, "through the back door")
        laptops.give(kept, lead)
        assert title(lead) is None
        membership.admit(lead, kept.device)
        assert title(lead) == "through the back door"


def test_a_pack_of_a_removed_laptop_that_had_been_admitted_lets_nobody_in(
    team: list[Workspace], tmp_path: Path
) -> None:
    """Neither its words, nor what colleagues write, until a lead admits who joined with it."""
    lead, colleague, _ = team
    membership.admit(lead, colleague.device)
    code = joining.make_pack(colleague, tmp_path / "kept.fieldpack")
    laptops.together(*team)
    membership.remove(lead, colleague.device)
    pack = joining.open_pack(tmp_path / "kept.fieldpack", code)
    with joining.join(pack, tmp_path / "kept.fieldwork", "x", device="kept", inspectorate="HMICFRS") as kept:
        say(kept, "through the back door")
        laptops.give(kept, lead)
        assert title(lead) is None
        assert through_files(lead, kept, tmp_path).refused
        membership.admit(lead, kept.device)
        assert title(lead) == "through the back door"
        assert not through_files(lead, kept, tmp_path).refused


def test_a_removed_laptop_reads_nothing_by_the_keys_of_an_earlier_name(
    team: list[Workspace], tmp_path: Path
) -> None:
    lead, colleague, other = team
    first = colleague.device
    laptops.restored(colleague)
    say(colleague, "under a new name")
    laptops.together(*team)
    membership.remove(lead, colleague.device)
    laptops.give(lead, colleague, other)
    assert {d.id for d in records(lead, Device) if d.removed} == {first, colleague.device}
    for sender in (lead, other):
        assert through_files(sender, colleague, tmp_path).refused
    assert title(lead) == "under a new name"


def test_an_earlier_name_that_somebody_works_under_stays(team: list[Workspace], tmp_path: Path) -> None:
    lead, colleague, _ = team
    with laptops.copy_of(colleague, tmp_path, "copy") as copy:
        laptops.restored(copy)
        laptops.give(copy, lead)
        say(colleague, "still here")
        laptops.give(colleague, lead)
        membership.remove(lead, copy.device)
        assert {d.id for d in records(lead, Device) if d.removed} == {copy.device}
        assert not through_files(lead, colleague, tmp_path).refused


def test_who_takes_over_from_a_removed_lead_is_none(team: list[Workspace]) -> None:
    """As its backup does when it is restored after the removal; who had taken over before stays one."""
    lead, colleague, other = team
    membership.appoint(lead, colleague.device)
    membership.appoint(lead, other.device)
    laptops.together(*team)
    first = other.device
    laptops.restored(other)
    laptops.together(*team)
    membership.remove(lead, first)
    assert other.device in leads(lead)
    membership.remove(lead, colleague.device)
    laptops.restored(colleague)
    say(colleague, "by a lead of its own making")
    laptops.give(colleague, lead)
    assert leads(lead) >= {lead.device, other.device} and colleague.device not in leads(lead)
    assert title(lead) is None
    laptops.together(*team)
    assert len({canonical(dump(workspace)) for workspace in team}) == 1
    assert all(verify(workspace) == [] for workspace in team)


def test_a_lead_restored_from_a_backup_removes_the_laptop_that_was_lost(
    team: list[Workspace], tmp_path: Path
) -> None:
    """It stays a lead, and what it writes counts everywhere."""
    lost, colleague, _ = team
    lead = laptops.restored(laptops.copy_of(lost, tmp_path, "restored"))
    membership.remove(lead, lost.device)
    say(lead, "written on the new laptop")
    laptops.give(lead, colleague)
    for workspace in (lead, colleague):
        assert leads(workspace) >= {lead.device} and title(workspace) == "written on the new laptop"
    laptops.restored(lost)
    laptops.give(lost, colleague)
    assert lost.device not in leads(colleague)
    lead.close()


def test_who_takes_over_from_a_lead_is_one_whatever_the_clocks_say(team: list[Workspace]) -> None:
    lead, colleague, _ = team
    record(
        lead,
        "plan",
        [Change(Visit.kind, VISIT, {"title": "a year ahead"})],
        at=laptops.START + 400 * laptops.DAY,
    )
    membership.appoint(lead, colleague.device)
    laptops.give(lead, colleague)
    laptops.restored(colleague)
    laptops.give(colleague, lead)
    assert colleague.device in leads(colleague) and colleague.device in leads(lead)


def test_leads_decide_in_turn_after_somebody_wrote_the_last_moment_there_is(team: list[Workspace]) -> None:
    """All that comes after has that same logical time."""
    lead, colleague, other = team
    lie = say(colleague, "a lie")
    with colleague.read() as db:
        tip, first = get_meta(db, "tip"), get_meta(db, "next")
        (n,) = raw(db).execute("SELECT n FROM entry WHERE hash = ?", (tip,)).fetchone()
        heads, entries = heads_held(raw(db)), lacking(raw(db), [])
    last = make_entry(
        device=colleague.device,
        n=n + 1,
        first=first,
        time=MAX_TIME,
        wall=1,
        person="",
        act="plan",
        reason="",
        undoes=None,
        previous=tip,
        references=[],
        groups=[make_group(Visit.kind, new_id(), ["title"], ["the end"], [[]])],
    )
    own = colleague.device_keys
    heads = [head for head in heads if head.device != own.device]
    heads.append(Head(own.device, own.public, n + 1, last.hash, own.sign(last.hash)))
    data = laptops.signed(colleague, heads, [*entries, (last.body, last.payloads())])
    assert not take_in(lead, [package.read_content(data, lead.inspection, "late")]).outcomes[0].refused
    for _ in range(4):
        membership.void(lead, lie)
        assert title(lead) is None
        membership.void(lead, lie, lift=True)
        assert title(lead) == "a lie"
    laptops.give(lead, other)
    assert canonical(dump(lead)) == canonical(dump(other)) and verify(lead) == []


@pytest.mark.parametrize(
    ("kind", "fields"),
    [
        ("device", {"removed": 1, "accepted": b""}),
        ("device", {"recipient": "age1elsewhere"}),
        ("device", {"label": "another name"}),
        ("team_member", {"role": "lead"}),
    ],
)
def test_what_only_a_lead_may_say(team: list[Workspace], kind: str, fields: dict[str, object]) -> None:
    lead, colleague, other = team
    device = get(colleague, Device, other.device)
    id = device.id if kind == "device" else device.member
    assert id is not None
    before = records(lead, Device)
    record(colleague, "overreach", [Change(kind, id, fields)], builds_on=tips(colleague))
    laptops.give(colleague, lead)
    after = records(lead, Device)
    assert before == after
    assert "lead" not in {member.role for member in records(lead, TeamMember) if member.id == device.member}
    assert not [step for step in history(lead, id) if step.act == "overreach" and step.counts]


def test_who_joins_renames_nobody(team: list[Workspace], tmp_path: Path) -> None:
    """A first entry may name the member who works on the laptop, and no other."""
    lead, colleague, _ = team
    before = records(lead, TeamMember)
    late = laptops.newcomer(colleague, tmp_path, "late")
    with late:
        (mine,) = [d.member for d in records(late, Device) if d.id == late.device]
        changes = [Change(TeamMember.kind, m.id, {"label": "somebody else"}) for m in before if m.id != mine]
        record(late, "rename", changes)
        laptops.give(late, lead)
    assert [m for m in records(lead, TeamMember) if m.id != mine] == before


def test_only_a_lead_makes_a_lead(team: list[Workspace]) -> None:
    lead, colleague, _ = team
    fields = {"leads": 1, "admitted": 1}
    record(colleague, "overreach", [Change(Device.kind, colleague.device, fields)], builds_on=tips(colleague))
    laptops.give(colleague, lead)
    assert leads(lead) == {lead.device}
    with pytest.raises(Fault, match="Only a lead"):
        membership.remove(colleague, lead.device)
    membership.appoint(lead, colleague.device)
    laptops.give(lead, colleague)
    assert leads(colleague) == {lead.device, colleague.device}


def test_nobody_becomes_a_lead_by_an_invitation_under_its_name(team: list[Workspace]) -> None:
    """Who joins with an invitation whose id is the lead's laptop has not taken over from it."""
    lead, colleague, _ = team
    keys, invitation = new_device_keys(), new_device_keys()
    change = Change("invitation", lead.device, {"key": invitation.public})
    entry = record(colleague, "invite", [change]).entry
    assert entry is not None
    statement = join_statement(lead.inspection, keys.device)
    fields = {"label": "a thief", "sign_key": keys.public, "recipient": keys.recipient, "leads": 1}
    fields |= {"invitation": lead.device, "proof": invitation.sign(statement)}
    group = make_group("device", keys.device, list(fields), list(fields.values()), [[]] * len(fields))
    first = make_entry(
        device=keys.device,
        n=1,
        first=1,
        time=1 << 60,
        wall=1,
        person="",
        act="join",
        reason="",
        undoes=None,
        previous=bytes(32),
        references=[entry],
        groups=[group],
    )
    with colleague.read() as db:
        heads, entries = heads_held(raw(db)), lacking(raw(db), [])
    heads.append(Head(keys.device, keys.public, 1, first.hash, keys.sign(first.hash)))
    data = laptops.signed(colleague, heads, [*entries, (first.body, first.payloads())])
    take_in(lead, [package.read_content(data, lead.inspection, "a trick")])
    assert leads(lead) == {lead.device}


def test_a_voided_act_gives_way_to_what_it_had_replaced(team: list[Workspace]) -> None:
    lead, colleague, _ = team
    say(lead, "true")
    laptops.give(lead, colleague)
    lie = say(colleague, "a lie")
    laptops.give(colleague, lead)
    assert title(lead) == "a lie"
    membership.void(lead, lie, reason="not what was said")
    assert title(lead) == "true"
    laptops.together(*team)
    assert {title(workspace) for workspace in team} == {"true"}
    with pytest.raises(Fault, match="voided already"):
        membership.void(lead, lie)
    membership.void(lead, lie, lift=True)
    laptops.together(*team)
    assert {title(workspace) for workspace in team} == {"a lie"}
    assert all(verify(workspace) == [] for workspace in team)


def test_what_came_after_a_voided_act_stays_and_is_no_clash(team: list[Workspace]) -> None:
    lead, colleague, _ = team
    say(lead, "first")
    laptops.give(lead, colleague)
    second = say(colleague, "second")
    say(colleague, "third")
    laptops.give(colleague, lead)
    membership.void(lead, second)
    assert title(lead) == "third"
    assert dump(lead)["conflicts"] == []


def test_a_members_own_voiding_counts_for_nothing(team: list[Workspace]) -> None:
    lead, colleague, _ = team
    change = say(lead, "true")
    laptops.give(lead, colleague)
    entry = bytes.fromhex(change.partition(":")[0])
    fields = {"entry": entry, "voided": 1}
    changes = [Change("voiding", derived_id("voiding", entry), fields)]
    record(colleague, "void", changes, builds_on=[*tips(colleague), entry])
    laptops.give(colleague, lead)
    assert (title(lead), title(colleague)) == ("true", "true")


def test_a_merge_is_taken_back_until_something_was_shared_or_built_on_it(
    team: list[Workspace], tmp_path: Path
) -> None:
    lead, colleague, _ = team
    say(colleague, "from a colleague")
    before = canonical(dump(lead))
    through_files(colleague, lead, tmp_path)
    merged = canonical(dump(lead))
    held.take_back(lead)
    assert canonical(dump(lead)) == before and verify(lead) == []
    assert held.put_aside(lead) > 0
    with pytest.raises(Fault, match="no merge that can be taken back"):
        held.take_back(lead)
    through_files(colleague, lead, tmp_path)
    assert canonical(dump(lead)) == merged and held.put_aside(lead) == 0
    say(lead, "an answer to it")
    with pytest.raises(Fault, match="builds on what it brought"):
        held.take_back(lead)
    say(colleague, "again")
    through_files(colleague, lead, tmp_path)
    sharing.share(lead, tmp_path)
    with pytest.raises(Fault, match="was shared since"):
        held.take_back(lead)


def test_what_was_taken_back_is_merged_again_without_its_package(
    team: list[Workspace], tmp_path: Path
) -> None:
    lead, colleague, other = team
    say(colleague, "from a colleague")
    through_files(colleague, lead, tmp_path)
    merged = canonical(dump(lead))
    for _ in range(2):
        held.take_back(lead)
        before = canonical(dump(lead))
        sharing.merge_again(lead, dry_run=True, before=lambda: None)
        assert canonical(dump(lead)) == before != merged and held.put_aside(lead) > 0
        sharing.merge_again(lead, dry_run=False, before=lambda: None)
        assert canonical(dump(lead)) == merged and held.put_aside(lead) == 0 and verify(lead) == []
    with pytest.raises(Fault, match="Nothing is put aside here"):
        sharing.merge_again(lead, dry_run=False, before=lambda: None)
    laptops.give(lead, other)  # what came back is signed, and can be passed on
    assert canonical(dump(other)) == merged


def test_what_waits_for_something_is_put_aside_with_its_merge(team: list[Workspace]) -> None:
    one, other, here = team
    say(one, "to build on")
    laptops.give(one, other)
    own = new_id()
    record(other, "plan", [Change(Visit.kind, own, {"title": "of its own"})])
    say(other, "built on it")
    before = canonical(dump(here))
    data = laptops.content(other, only=other.device)
    came = take_in(here, [package.read_content(data, here.inspection, "its own acts alone")]).outcomes[0]
    assert came.waiting == 1 and find(here, Visit, own) is not None
    held.take_back(here)
    assert canonical(dump(here)) == before and held.put_aside(here) == 2
    again = take_in(here, [held.parcel(here)]).outcomes[0]
    assert again.waiting == 1 and held.put_aside(here) == 0 and verify(here) == []
    laptops.give(one, here)
    assert title(here) == "built on it" and canonical(dump(here)) == canonical(dump(other))


def test_what_came_after_a_merge_was_taken_back_was_not_seen_by_a_form_opened_before(
    team: list[Workspace], tmp_path: Path
) -> None:
    lead, colleague, other = team
    visit = new_id()
    record(lead, "plan", [Change("visit", visit, {"title": "of all"})])
    laptops.together(*team)
    for text in ("one", "two", "three"):
        say(colleague, text)
    through_files(colleague, lead, tmp_path)
    opened = moment(lead)
    held.take_back(lead)
    record(other, "plan", [Change("visit", visit, {"title": "of another"})])
    through_files(other, lead, tmp_path)
    record(lead, "plan", [Change("visit", visit, {"title": "of the lead"})], as_of=opened)
    assert conflict_count(lead) == 1


def test_a_merge_that_showed_a_copy_is_not_taken_back_under_a_new_name(
    team: list[Workspace], tmp_path: Path
) -> None:
    lead, colleague, _ = team
    with laptops.copy_of(colleague, tmp_path, "copy") as copy:
        say(colleague, "from the first")
        say(copy, "from the copy")
        laptops.give(colleague, lead)
        laptops.give(copy, lead)
        through_files(lead, copy, tmp_path)
        say(copy, "under a new name")
        with pytest.raises(Fault, match="taken a new name since"):
            held.take_back(copy)
        laptops.together(lead, colleague, copy)
        assert canonical(dump(lead)) == canonical(dump(colleague)) == canonical(dump(copy))


def test_what_was_going_out_when_the_program_was_killed_counts_as_gone(
    team: list[Workspace], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The package is on the stick, its receipt not in the file: no merge is taken back, no words were kept."""
    lead, colleague, _ = team
    say(colleague, "from a colleague")
    through_files(colleague, lead, tmp_path)
    line = b"line-00000000000"
    record(lead, "note", [Change("note_line", line, {"text": "mine"})])
    with monkeypatch.context() as patch:
        patch.setattr(package, "MAX_FILE", 1)
        with pytest.raises(Fault, match="more than a package can hold"):
            sharing.share(lead, tmp_path)
    assert never_shared(lead, [line]) and not held.can_take_back(lead)  # nothing went

    def killed(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(sharing, "keep_receipts", killed)
    with pytest.raises(KeyboardInterrupt):
        sharing.share(lead, tmp_path / "sent.fieldpackage")
    assert (tmp_path / "sent.fieldpackage").exists()
    assert not never_shared(lead, [line])
    assert "given out" in held.can_take_back(lead)
