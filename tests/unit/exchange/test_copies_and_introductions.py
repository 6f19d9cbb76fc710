"""A laptop that is copied, put back or restored goes on under a new name; who is not known yet waits."""

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

import laptops
from fieldwork.exchange import package, sharing
from fieldwork.store import placing
from fieldwork.store.holding import awaited, known_to_all, lacking
from fieldwork.store.intake import Intake, take_in
from fieldwork.store.reading import canonical, device_standing, dump
from fieldwork.store.receipts import receipts
from fieldwork.store.recording import Change, record, speaks_elsewhere
from fieldwork.store.verifying import verify
from fieldwork.store.workspace import Workspace, forget_meta, raw
from fieldwork.work import handing, team
from worlds import small_inspection

VISIT = b"visit-0123456789"
YEAR = 365 * laptops.DAY


@pytest.fixture
def three(tmp_path: Path):
    some = laptops.team(tmp_path, 3)
    yield some
    for workspace in some:
        workspace.close()


def say(workspace: Workspace, title: str) -> bytes:
    entry = record(workspace, "plan", [Change("visit", VISIT, {"title": title})]).entry
    assert entry is not None
    return entry


def take(workspace: Workspace, *data: bytes, now: int = laptops.START) -> Intake:
    parcels = [package.read_content(one, workspace.inspection, f"p{at}") for at, one in enumerate(data)]
    return take_in(workspace, parcels, now=now)


def alike(*some: Workspace) -> bool:
    return len({canonical(dump(workspace)) for workspace in some}) == 1


def forked(workspace: Workspace) -> set[bytes]:
    return {id for id, known in device_standing(workspace).items() if known.forked}


# -- one name, two files


def test_both_copies_keep_everything_and_go_on_under_names_of_their_own(three, tmp_path: Path) -> None:
    lead, ours, other = three
    name = ours.device
    with laptops.copy_of(ours, tmp_path, "copy") as copy:
        say(ours, "from the first")
        say(copy, "from the copy")
        assert not speaks_elsewhere(ours) and not speaks_elsewhere(copy)
        first, second = laptops.content(ours), laptops.content(copy)
        (told,) = take(ours, second).outcomes
        assert any("another copy of this file" in note for note in told.notes)
        take(copy, first)
        assert ours.device == copy.device == name and alike(ours, copy), "merging writes nothing"
        (told, _) = take(other, first, second).outcomes
        assert any("laptop 1 goes on in two copies" in note for note in told.notes)
        say(ours, "the first goes on")
        say(copy, "the copy goes on")
        assert len({name, ours.device, copy.device}) == 3
        assert {ours.identity.label, copy.identity.label} == {"laptop 1 (2)", "laptop 1 (3)"}
        assert ours.identity.inspectorate == "HMICFRS" and ours.identity.person == "laptop 1"
        laptops.together(lead, ours, copy, other)
        assert alike(lead, ours, copy, other)
        for workspace in (lead, ours, copy, other):
            assert verify(workspace) == [] and forked(workspace) == {name}
        rows = {laptop.device.label: laptop for laptop in team.laptops(lead)}
        assert rows["laptop 1"].forked and rows["laptop 1 (2)"].takes_over == "laptop 1"
        assert not rows["laptop 1 (2)"].invitation_shared
        here = ours.device
        say(ours, "once is enough")
        assert ours.device == here


def test_an_earlier_file_put_back_is_seen_at_first_contact(three, tmp_path: Path) -> None:
    lead, ours, _ = three
    with laptops.copy_of(ours, tmp_path, "yesterday") as back:
        say(ours, "what yesterday's file forgot")
        laptops.give(ours, lead)
        assert not speaks_elsewhere(back)
        parcel = package.read_content(laptops.content(lead), back.inspection, "p")
        (tried,) = take_in(back, [parcel], dry_run=True, now=1).outcomes
        assert any("another copy of this file" in note for note in tried.notes) and not speaks_elsewhere(back)
        take_in(back, [parcel], now=1)
        assert speaks_elsewhere(back)
        say(back, "on with yesterday's file")
        assert back.device != ours.device and back.identity.label == "laptop 1 (2)"
        laptops.give(back, lead)
        assert forked(lead) == set() and alike(back, lead) and verify(lead) == verify(back) == []


def test_what_waits_of_ones_own_is_seen_too(three, tmp_path: Path) -> None:
    """The forgotten entry builds on one that has not come; it is known all the same that it was forgotten."""
    lead, ours, _ = three
    with laptops.copy_of(ours, tmp_path, "yesterday") as back:
        say(lead, "first")
        laptops.give(lead, ours)
        say(ours, "second")
        (told,) = take(back, laptops.content(ours, only=ours.device)).outcomes
        assert told.waiting and speaks_elsewhere(back)


def test_who_was_taken_over_from_and_goes_on_takes_a_new_name(three, tmp_path: Path) -> None:
    lead, ours, _ = three
    with laptops.restored(laptops.copy_of(ours, tmp_path, "backup")) as back:
        laptops.give(back, lead)
        laptops.give(lead, ours)
        say(ours, "still at work")
        labels = {laptop.device.label for laptop in team.laptops(ours)}
        assert labels == {"laptop 0", "laptop 1", "laptop 1 (2)", "laptop 1 (restored)", "laptop 2"}


def test_what_was_not_shared_under_the_old_name_still_counts(three, tmp_path: Path) -> None:
    ours = three[1]
    sharing.share(ours, tmp_path)
    with laptops.copy_of(ours, tmp_path, "copy") as copy:
        say(ours, "not shared")
        say(copy, "from the copy")
        laptops.give(copy, ours)
        say(ours, "under a new name")
        unshared = sharing.unshared_changes(ours)
        since = sum(entry.changes for entry in laptops.entries_in(ours) if entry.device == ours.device)
        assert unshared == 1 + since
        sharing.share(ours, tmp_path)
        assert sharing.unshared_changes(ours) == 0


def test_what_a_pack_gave_or_everybody_says_they_have_is_not_counted_as_unshared(
    three, tmp_path: Path
) -> None:
    with small_inspection(tmp_path) as alone:
        assert sharing.unshared_changes(alone) > 10
        team.pack(alone, tmp_path / "one.fieldpack")
        assert sharing.unshared_changes(alone) == 0, "the pack holds all of it, and nobody else is there"
        say(alone, "after it")
        team.pack(alone, tmp_path / "two.fieldpack")
        assert sharing.unshared_changes(alone) == 2, (
            "who has the first lacks the act and the second invitation"
        )
    lead = three[0]
    say(lead, "before all merge")
    laptops.together(*three)
    with lead.write() as db:
        forget_meta(db, "shared_tip")  # as if no package of this laptop had ever carried it
    assert sharing.unshared_changes(lead) == 0, "all say that they have it"
    say(lead, "not shared")
    assert sharing.unshared_changes(lead) == 1


def test_who_is_gone_is_not_waited_for(three, tmp_path: Path) -> None:
    lead, ours, other = three
    laptops.together(lead, ours, other)
    old = ours.device
    with laptops.restored(laptops.copy_of(ours, tmp_path, "backup")) as back:
        for _ in range(2):
            laptops.together(lead, back, other)
        say(lead, "today")
        assert sharing.share(lead, tmp_path).entries == 2  # the new act, and who sends it
        with lead.read() as db:
            assert old not in awaited(raw(db), lead.inspection, [old, back.device])
        laptops.give(ours, lead)  # the old one is still at work after all
        with lead.read() as db:
            assert awaited(raw(db), lead.inspection, [old, back.device]) == [old, back.device]


def test_a_fork_is_sent_once(three, tmp_path: Path) -> None:
    lead, ours, other = three
    with laptops.copy_of(ours, tmp_path, "copy") as copy:
        say(ours, "one"), say(copy, "two")
        everybody = (lead, ours, copy, other)
        laptops.together(*everybody)
        say(ours, "on"), say(copy, "on")
        laptops.together(*everybody)
        laptops.together(*everybody)
        with lead.read() as db:
            others = [ours.device, copy.device, other.device]
            assert lacking(raw(db), known_to_all(raw(db), others)) == []


# -- introductions that wait


def joined(inviter: Workspace, folder: Path, name: str) -> Workspace:
    workspace = laptops.newcomer(inviter, folder, name)
    say(workspace, f"by {name}")
    return workspace


def delta(workspace: Workspace, *tips: bytes) -> bytes:
    return laptops.content(workspace, tips)


def tip_of(workspace: Workspace) -> bytes:
    return workspace.meta("tip")


def test_the_introduction_goes_with_every_package(three, tmp_path: Path) -> None:
    lead, ours, _ = three
    with joined(ours, tmp_path, "new") as new:
        laptops.give(ours, lead)
        (told,) = take(lead, delta(new, tip_of(new), tip_of(ours))).outcomes
        assert not told.refused and told.entries == 1 + told.duplicate
        assert new.device in device_standing(lead)


def test_a_bearer_is_not_refused_for_whom_nobody_knows(three, tmp_path: Path) -> None:
    lead, ours, other = three
    with joined(ours, tmp_path, "new") as new:
        first = tip_of(new)
        say(new, "later")
        laptops.give(new, other)
        carried = delta(other, first, tip_of(ours), *(head.hash for head in laptops.parcel(lead).heads))
        (told,) = take(lead, carried).outcomes
        assert not told.refused and told.waiting == 1
        assert any("nobody here knows of yet" in note for note in told.notes)
        assert new.device not in device_standing(lead) and verify(lead) == []
        (again,) = take(lead, carried).outcomes
        assert again.duplicate == again.entries
        (refused,) = take(lead, laptops.content(new, only=new.device)).outcomes
        assert "merge a package of one who knows it first" in refused.refused and refused.later
        passed_on = laptops.content(lead)
        with laptops.newcomer(other, tmp_path, "fourth") as fourth:
            assert not take(fourth, passed_on).outcomes[0].refused
        laptops.give(other, lead)
        assert alike(other, lead) and verify(lead) == [] and new.device in device_standing(lead)
        assert not take(lead, laptops.content(new, only=new.device)).outcomes[0].refused


def test_a_new_name_counts_before_what_it_builds_on_has_come(three, tmp_path: Path) -> None:
    lead, ours, _ = three
    say(ours, "never shared")
    with laptops.restored(laptops.copy_of(ours, tmp_path, "backup")) as back:
        (told,) = take(lead, laptops.content(back, only=back.device)).outcomes
        assert not told.refused and told.waiting == 1
        laptops.give(back, lead)
        assert alike(back, lead)


def test_strangers_do_not_fill_the_disk(three, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    lead, ours, other = three
    with joined(ours, tmp_path, "new") as new:
        first = tip_of(new)
        for number in range(4):
            say(new, f"{number}")
        laptops.give(new, other)
        say(other, "of a colleague")
        carried = delta(other, first, tip_of(ours), *(head.hash for head in laptops.parcel(lead).heads))
        monkeypatch.setattr(placing, "MOST_WAITING", 3)
        (told,) = take(lead, carried).outcomes
        assert not told.refused and any("left out" in note for note in told.notes)
        with lead.read() as db:
            assert raw(db).execute(
                "SELECT count(*) FROM parked WHERE device = ?", (new.device,)
            ).fetchone() == (0,)
            assert raw(db).execute("SELECT count(*) FROM device_known WHERE NOT vouched").fetchone() == (0,)
        laptops.give(lead, ours)
        laptops.give(other, lead)
        assert alike(other, lead)


# -- packages


def test_packages_taken_in_group_by_group_come_to_what_one_set_comes_to(three, tmp_path: Path) -> None:
    """Whatever order they come in: a later one vouches for who sent the first, another holds what one builds on."""
    lead, ours, other = three
    held = [head.hash for head in laptops.parcel(lead).heads]
    with joined(ours, tmp_path, "new") as new:
        say(new, "of the new")
        laptops.give(new, ours)
        say(ours, "on what the new one wrote")
        parcels = [replace(laptops.parcel(new, held), made=1), replace(laptops.parcel(ours, held), made=2)]
        asked = take_in(lead, parcels, together=1, dry_run=True, now=1)
        taken = take_in(lead, parcels, together=1, now=1)
        at_once = take_in(other, parcels, now=1)
        assert [one.plain() for one in asked.outcomes] == [one.plain() for one in taken.outcomes]
        assert (
            [one.refused for one in taken.outcomes] == [one.refused for one in at_once.outcomes] == ["", ""]
        )
        assert taken.changed == at_once.changed and not any(one.waiting for one in taken.outcomes)
        assert alike(lead, other)


def test_what_is_too_much_for_one_package_goes_into_several(three, tmp_path: Path, monkeypatch) -> None:
    lead, ours, other = three
    for number in range(12):
        record(lead, "plan", [Change("visit", VISIT, {"title": f"{number} " + "x" * 2000})])
    say(ours, "a colleague's")
    laptops.give(ours, lead)
    monkeypatch.setattr(sharing, "PART", 6000)
    for to in (tmp_path / "stick", tmp_path / "file.fieldpackage"):
        if not to.suffix:
            to.mkdir()
        shared = sharing.share(lead, to, everything=True)
        assert len(shared.further) >= 4
        parts = [shared.path, *shared.further]
        assert len(set(parts)) == len(parts) and all(path.is_file() for path in parts)
        assert sum(len(sharing_entries(lead, path)) for path in parts) == shared.entries
    some = sharing.merge(other, parts[::-1][:-1])
    assert not some.refused and any(outcome.waiting for outcome in some.outcomes)
    assert not sharing.merge(other, parts).refused
    assert alike(lead, other) and verify(other) == []


def sharing_entries(workspace: Workspace, path: Path) -> tuple[object, ...]:
    identities = sharing._identities(workspace)
    return package.unseal(path.read_bytes(), identities, workspace.inspection, "p").entries


def test_no_part_is_left_when_one_cannot_be_written(three, tmp_path: Path, monkeypatch) -> None:
    lead, _, _ = three
    for number in range(6):
        record(lead, "plan", [Change("visit", VISIT, {"title": f"{number} " + "x" * 2000})])
    monkeypatch.setattr(sharing, "PART", 6000)
    (tmp_path / "file-3.fieldpackage").mkdir()
    before = receipts(lead)
    with pytest.raises(sharing.Fault, match="folder"):
        sharing.share(lead, tmp_path / "file.fieldpackage", everything=True)
    assert not list(tmp_path.glob("file*.fieldpackage/*")) and not (tmp_path / "file.fieldpackage").exists()
    assert receipts(lead) == before and sharing.unshared_changes(lead)


def test_a_refused_package_leaves_a_receipt_and_is_set_aside(three, tmp_path: Path) -> None:
    lead, ours, _ = three
    stick = tmp_path / "stick"
    stick.mkdir()
    good = sharing.share(ours, stick).path
    bad = stick / "bad.fieldpackage"
    bad.write_bytes(good.read_bytes()[:-100])
    found = handing.packages_at(lead, [stick])
    assert len(found.paths) == 2
    before = receipts(lead)
    sharing.merge(lead, found.paths, dry_run=True)
    assert receipts(lead) == before
    sharing.merge(lead, found.paths)
    sharing.merge(lead, [bad])
    more = receipts(lead)[: -len(before)]
    assert sorted((r.direction, r.name) for r in more) == [("in", good.name), ("refused", bad.name)]
    assert "ask for the package again" in next(r.reason for r in receipts(lead) if r.direction == "refused")
    found = handing.packages_at(lead, [stick])
    assert (found.paths, found.taken, found.refused) == ((), 1, 1) and bad.is_file()


def test_one_that_may_be_taken_later_is_offered_again(three, tmp_path: Path) -> None:
    lead, ours, _ = three
    with joined(ours, tmp_path, "new") as new:
        stick = tmp_path / "stick"
        stick.mkdir()
        path = stick / "new.fieldpackage"
        recipients = [lead.meta("epoch_recipient")]
        body = laptops.content(new, only=new.device)
        path.write_bytes(package.pyrage.encrypt(package.pad(body), package.age_keys(recipients)))
        assert sharing.merge(lead, [path]).refused
        assert handing.packages_at(lead, [stick]).paths == (path,)
        laptops.give(ours, lead)
        assert not sharing.merge(lead, [path]).refused
        assert handing.packages_at(lead, [stick]).taken == 1


# -- clocks


@pytest.mark.parametrize(
    ("made", "words"),
    [
        (laptops.START + YEAR, "about 1 year ahead of this laptop's"),
        (laptops.START + laptops.DAY * 3, "about 3 days ahead of this laptop's"),
        (laptops.START + 11 * 60_000, "about 11 minutes ahead of this laptop's"),
        (laptops.START - 5 * 3_600_000, "about 5 hours behind what it had seen itself"),
        (laptops.START + 60_000, ""),
        (laptops.START - 60_000, ""),
    ],
)
def test_a_wrong_clock_is_said_and_harms_nothing(three, made: int, words: str) -> None:
    lead, ours, other = three
    record(other, "plan", [Change("visit", VISIT, {"title": "noted"})], at=laptops.START)
    laptops.give(other, ours)
    record(ours, "plan", [Change("visit", VISIT, {"title": "seen"})], at=made)
    (told,) = take_in(lead, [replace(laptops.parcel(ours), made=made)], now=laptops.START).outcomes
    assert not told.refused
    laptop = next(laptop for laptop in team.laptops(lead) if laptop.device.id == ours.device)
    assert laptop.clock == words
    assert [note for note in told.notes if "clock" in note] == (
        [f"The clock of laptop 1 is {words}."] if words else []
    )
    assert alike(lead, ours)


def test_a_fast_clock_makes_nobody_else_slow_and_is_forgiven(three) -> None:
    lead, ours, other = three
    record(ours, "plan", [Change("visit", VISIT, {"title": "early"})], at=laptops.START + YEAR)
    take_in(lead, [replace(laptops.parcel(ours), made=laptops.START + YEAR)], now=laptops.START)
    laptops.give(ours, other)
    take_in(lead, [replace(laptops.parcel(other), made=laptops.START)], now=laptops.START)
    clocks = {laptop.device.label: laptop.clock for laptop in team.laptops(lead)}
    assert clocks["laptop 1"] and not clocks["laptop 2"]
    take_in(lead, [replace(laptops.parcel(ours), made=laptops.START)], now=laptops.START)
    assert not any(laptop.clock for laptop in team.laptops(lead))


def test_the_team_page_says_it(three) -> None:
    from fieldwork.desktop.pages.team_laptops import laptop_row

    laptop = replace(
        team.laptops(three[0])[1], clock="about 1 year ahead of this laptop's", takes_over="laptop 9"
    )
    row = laptop_row(laptop, date(2026, 11, 24))
    assert "Its clock is about 1 year ahead" in row.sub and "takes over from laptop 9" in row.sub
