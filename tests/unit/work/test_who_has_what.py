"""Who has what, held against a count of every entry, whatever way the packages went."""

import random

import msgspec
import pytest

from fieldwork.domain.records import NoteLine
from fieldwork.domain.values import new_id
from fieldwork.store.comparing import HUBS, changes_between
from fieldwork.store.entry import span
from fieldwork.store.holding import heads_held, reach
from fieldwork.store.intake import take_in
from fieldwork.store.recording import Change, record
from fieldwork.store.workspace import raw, set_meta
from fieldwork.work.who_has_what import hub_status, who_has_what
from laptops import copy_of, give, known_of, parcel, team, together


def lines(workspace, count):
    changes = [Change(NoteLine.kind, new_id(), {"text": "said"}) for _ in range(count)]
    record(workspace, "script", changes)


@pytest.fixture
def laptops(tmp_path):
    opened = team(tmp_path, 3)
    together(*opened)
    yield opened
    for laptop in opened:
        laptop.close()


def having(workspace, other):
    return next(one for one in who_has_what(workspace) if one.id == other.device)


def counted(workspace, tips):
    """The same by reading every entry."""
    with workspace.read() as db:
        reached = reach(raw(db), tips)
        beyond = {}
        for device, branch, n, body in db.exec_driver_sql(
            "SELECT d.id, e.branch, e.n, e.body FROM entry e JOIN device_known d ON d.no = e.device"
        ):
            if n > reached.get(branch, 0):
                beyond[device] = beyond.get(device, 0) + span(body)[1]
    return beyond


def between(workspace, tips):
    with workspace.read() as db:
        return changes_between(raw(db), tips)


def test_it_is_said_in_words_and_figures(laptops):
    ours, second, third = laptops
    assert having(ours, second).sentence == "Has all that is here, and nothing beyond"
    lines(ours, 120)
    lines(third, 3)
    give(third, ours)
    now = having(ours, second)
    assert (now.lacks_ours, now.lacks_others, now.ahead) == (120, 3, 0)
    assert now.sentence == "Has not 120 changes of ours and 3 of others"
    assert now.of == {"laptop 0": 120, "laptop 2": 3}
    give(ours, second)
    assert having(ours, second).lacks_ours == 120, "nobody has heard yet that it arrived"
    give(second, ours)
    assert having(ours, second).sentence == "Has all that is here, and nothing beyond"


def test_a_colleague_ahead_is_named_while_part_of_what_they_have_is_missing(laptops):
    ours, second, third = laptops
    floor = known_of(second, ours.device)
    for _ in range(4):
        lines(second, 2)
    whole = parcel(second, floor)
    short = whole.__class__(whole.name, whole.sender, whole.heads, whole.entries[:1], whole.digest)
    take_in(ours, [short])
    now = having(ours, second)
    assert now.ahead == 3 and now.sentence == "Is 3 acts ahead of us"
    give(second, ours)
    assert having(ours, second).ahead == 0
    assert having(ours, third).ahead == 0


def test_one_never_heard_from_is_not_guessed_at(tmp_path):
    ours, second = team(tmp_path, 2)
    with ours.write() as db:
        db.exec_driver_sql("DELETE FROM knowledge")
    assert having(ours, second).heard is None
    assert having(ours, second).sentence.startswith("No package came from it yet")
    ours.close()
    second.close()


def test_a_laptop_that_speaks_twice_is_not_relied_on(laptops, tmp_path):
    ours, second, _ = laptops
    (tmp_path / "copy").mkdir()
    with copy_of(second, tmp_path / "copy", "again") as again:
        lines(second, 1)
        lines(again, 2)
        give(second, ours)
        give(again, ours)
        with ours.read() as db:
            tips = [head.hash for head in heads_held(raw(db))]
        for some in (tips, tips[:1], tips[1:], []):
            assert between(ours, some) == counted(ours, some)
        split = [one for one in who_has_what(ours) if one.split]
        assert [one.id for one in split] == [second.device]
        assert "cannot be relied on" in split[0].sentence


def test_two_entries_of_a_branch_tell_what_reading_all_of_them_would(laptops):
    chance = random.Random(7)
    for _ in range(40):
        lines(chance.choice(laptops), chance.randint(1, 5))
        if chance.random() < 0.5:
            give(*chance.sample(laptops, 2))
        for laptop in laptops:
            for other in laptops:
                tips = known_of(laptop, other.device) if other is not laptop else []
                assert between(laptop, tips) == counted(laptop, tips)


def test_the_hub_is_told_of_from_memory(laptops):
    ours, second, _ = laptops
    assert hub_status(ours) is None
    with ours.read() as db:
        tips = [(head.device, head.n, head.hash) for head in heads_held(raw(db))]
    tips = [*tips, (second.device, 90, bytes(32))]
    lines(ours, 7)
    kept = {"id": ("hub.example:5432", 5, tips, {}, b""), "old": ("elsewhere", 2, [], {}, b"")}
    with ours.write() as db:
        set_meta(db, **{HUBS: msgspec.msgpack.encode(kept)})
    hub = hub_status(ours)
    assert hub is not None and (hub.address, hub.at, hub.lacks) == ("hub.example:5432", 5, 7)
    assert hub.ahead == 90 - next(n for device, n, _ in tips if device == second.device)
