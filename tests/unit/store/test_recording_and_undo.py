"""What an act replaces, what a form had seen, and taking acts back."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from store_kit import LINE, SESSION, VISIT, heads, put, shown, times

import laptops
from fieldwork.domain.faults import Fault
from fieldwork.store import history, opened
from fieldwork.store.conflicting import conflict_count, conflicts
from fieldwork.store.entry import Entry
from fieldwork.store.opened import load
from fieldwork.store.reading import canonical, dump, is_hidden, kind_of
from fieldwork.store.recording import DELETE, Change, moment, record
from fieldwork.store.state import DELETED
from fieldwork.store.verifying import verify
from fieldwork.store.workspace import Workspace
from fieldwork.work.inspections import new_inspection

Team = list[Workspace]


@pytest.fixture
def team(tmp_path: Path) -> Iterator[Team]:
    made = laptops.team(tmp_path, 3)
    yield made
    for laptop in made:
        assert verify(laptop) == []
        laptop.close()


@pytest.fixture
def here(team: Team) -> Workspace:
    return team[0]


def clashing(team: Team) -> None:
    """A field with two values unseen by each other, on the first laptop."""
    put(team[0], "visit", VISIT, title="north")
    put(team[1], "visit", VISIT, title="south")
    laptops.give(team[1], team[0])


def test_nothing_different_is_no_entry(here: Workspace) -> None:
    put(here, "visit", VISIT, title="north")
    assert put(here, "visit", VISIT, title="north").entry is None
    assert put(here, "visit", VISIT, bodies="", phase=None).entry is None
    assert put(here, "visit", VISIT, title="").entry is not None


def test_of_a_field_named_twice_the_last_value_counts(here: Workspace) -> None:
    record(here, "act", [Change("visit", VISIT, {"title": "a"}), Change("visit", VISIT, {"title": "b"})])
    assert heads(here, VISIT, "title") == ["b"]


def test_an_edit_replaces_what_was_shown_and_its_equals(team: Team) -> None:
    clashing(team)
    put(team[2], "visit", VISIT, title=shown(team[0], VISIT, "title"))
    laptops.give(team[2], team[0])
    assert len(heads(team[0], VISIT, "title")) == 3
    put(team[0], "visit", VISIT, title="middle")
    assert len(heads(team[0], VISIT, "title")) == 2
    assert conflict_count(team[0]) == 1


def test_settling_replaces_all(team: Team) -> None:
    clashing(team)
    record(
        team[0], "resolve", [Change("visit", VISIT, {"title": shown(team[0], VISIT, "title")}, settles=True)]
    )
    assert len(heads(team[0], VISIT, "title")) == 1
    laptops.together(*team)
    assert [conflict_count(laptop) for laptop in team] == [0, 0, 0]


def test_the_same_value_twice_is_no_conflict(team: Team) -> None:
    put(team[0], "visit", VISIT, title="north")
    put(team[1], "visit", VISIT, title="north")
    laptops.together(*team)
    assert conflict_count(team[0]) == 0
    put(team[2], "visit", VISIT, title="south")
    laptops.together(*team)
    assert heads(team[0], VISIT, "title") == ["south"]


def test_a_form_replaces_only_what_it_showed(team: Team) -> None:
    put(team[0], "visit", VISIT, title="north")
    laptops.give(team[0], team[1])
    loaded = moment(team[0])
    put(team[1], "visit", VISIT, title="south")
    laptops.give(team[1], team[0])
    record(team[0], "act", [Change("visit", VISIT, {"title": "west"})], as_of=loaded)
    assert sorted(map(str, heads(team[0], VISIT, "title"))) == ["south", "west"]
    assert record(team[0], "act", [Change("visit", VISIT, {"title": "north"})], as_of=loaded).entry is None


def test_one_act_on_what_was_read_at_several_moments(team: Team) -> None:
    other = b"visit-0000000001"
    put(team[0], "visit", VISIT, title="north")
    put(team[0], "visit", other, title="north")
    laptops.give(team[0], team[1])
    loaded = moment(team[0])
    put(team[1], "visit", VISIT, title="south")
    put(team[1], "visit", other, title="south")
    laptops.give(team[1], team[0])
    late = moment(team[0])
    changes = [
        Change("visit", VISIT, {"title": "west"}, as_of=loaded),
        Change("visit", other, {"title": "west"}),
        Change("visit", other, {"bodies": "P33"}, as_of=loaded),
        Change("visit", other, {"title": "east"}),
    ]
    assert record(team[0], "act", changes, as_of=late).entry is not None
    assert sorted(map(str, heads(team[0], VISIT, "title"))) == ["south", "west"]
    assert heads(team[0], other, "title") == ["east"]
    assert shown(team[0], other, "bodies") == "P33"


def test_a_form_of_a_field_that_was_empty(team: Team) -> None:
    loaded = moment(team[0])
    put(team[1], "visit", VISIT, title="south")
    laptops.give(team[1], team[0])
    assert record(team[0], "act", [Change("visit", VISIT, {"title": ""})], as_of=loaded).entry is None
    record(team[0], "act", [Change("visit", VISIT, {"title": "west"})], as_of=loaded)
    assert conflict_count(team[0]) == 1


def test_settling_closes_only_what_was_shown(team: Team) -> None:
    clashing(team)
    loaded = moment(team[0])
    put(team[2], "visit", VISIT, title="unseen")
    laptops.give(team[2], team[0])
    record(team[0], "resolve", [Change("visit", VISIT, {"title": "agreed"}, settles=True)], as_of=loaded)
    assert sorted(map(str, heads(team[0], VISIT, "title"))) == ["agreed", "unseen"]


def test_a_form_keeps_the_rival_it_did_not_settle(team: Team) -> None:
    clashing(team)
    loaded = moment(team[0])
    _, other = heads(team[0], VISIT, "title")
    laptops.give(team[0], team[2])
    put(team[2], "visit", VISIT, title="a third")
    laptops.give(team[2], team[0])
    record(team[0], "act", [Change("visit", VISIT, {"title": "mine"})], as_of=loaded)
    assert set(heads(team[0], VISIT, "title")) == {"mine", "a third", other}


def test_time_is_above_every_head_replaced(team: Team) -> None:
    year = 366 * laptops.DAY
    record(team[1], "act", [Change("visit", VISIT, {"title": "from next year"})], at=laptops.START + year)
    laptops.give(team[1], team[0])
    record(team[0], "act", [Change("visit", VISIT, {"title": "seen and changed"})], at=laptops.START)
    assert times(team[0])[-1] > times(team[0])[-2]
    laptops.together(*team)
    assert [shown(laptop, VISIT, "title") for laptop in team] == ["seen and changed"] * 3


def test_time_cannot_be_exhausted(here: Workspace) -> None:
    for title in ("a", "b", "c"):
        record(here, "act", [Change("visit", VISIT, {"title": title})], at=1 << 70)
    assert heads(here, VISIT, "title") == ["c"]


@pytest.mark.parametrize("value", [float("nan"), 1 << 63, object(), ["a"]])
def test_what_cannot_be_kept_is_refused(here: Workspace, value: object) -> None:
    with pytest.raises(Fault):
        put(here, "visit", VISIT, title=value)


def test_strange_text_is_kept(team: Team) -> None:
    text = "nul \0 half \ud83d whole \U0001f600 e\u0301 \u202e" + "long " * 50_000
    put(team[0], "note_line", LINE, text=text, settled=True)
    laptops.give(team[0], team[1])
    assert shown(team[1], LINE, "text") == text.replace("\ud83d", "\ufffd")
    assert shown(team[1], LINE, "settled") == 1


# -- undo and redo


def test_undo_and_redo_walk_through_the_acts(here: Workspace) -> None:
    for title in ("a", "b", "c"):
        put(here, "visit", VISIT, title=title)
    for wanted in ("b", "a"):
        history.undo(here)
        assert shown(here, VISIT, "title") == wanted
    for wanted in ("b", "c"):
        history.redo(here)
        assert shown(here, VISIT, "title") == wanted
    for wanted in ("b", "a"):
        history.undo(here)
        assert shown(here, VISIT, "title") == wanted
    history.undo(here)
    assert is_hidden(here, VISIT)
    history.redo(here)
    assert not is_hidden(here, VISIT) and shown(here, VISIT, "title") == "a"


def test_the_stack_survives_closing(here: Workspace, tmp_path: Path) -> None:
    put(here, "visit", VISIT, title="a")
    put(here, "visit", VISIT, title="b")
    history.undo(here)
    copy = laptops.copy_of(here, tmp_path, "again")
    history.redo(copy)
    assert shown(copy, VISIT, "title") == "b"
    history.undo(copy)
    copy.close()


def test_what_a_copy_of_the_file_did_is_not_undone_here(here: Workspace, tmp_path: Path) -> None:
    put(here, "visit", VISIT, title="a")
    copy = laptops.copy_of(here, tmp_path, "copy")
    put(here, "visit", VISIT, title="here")
    put(copy, "session", SESSION, title="in the copy")
    laptops.give(copy, here)
    history.undo(here)
    assert shown(here, VISIT, "title") == "a" and not is_hidden(here, SESSION)
    copy.close()


def test_a_new_act_ends_redoing(here: Workspace) -> None:
    put(here, "visit", VISIT, title="a")
    put(here, "visit", VISIT, title="b")
    history.undo(here)
    put(here, "visit", VISIT, title="c")
    with pytest.raises(Fault, match="nothing to redo"):
        history.redo(here)


def test_what_changed_since_is_left_and_named(team: Team) -> None:
    put(team[0], "visit", VISIT, title="a", bodies="P33")
    put(team[0], "visit", VISIT, title="b", bodies="A02")
    laptops.give(team[0], team[1])
    put(team[1], "visit", VISIT, title="theirs")
    laptops.give(team[1], team[0])
    undone = history.undo(team[0])
    assert undone.skipped == (f"title: changed since by {team[1].identity.person}",)
    assert (shown(team[0], VISIT, "title"), shown(team[0], VISIT, "bodies")) == ("theirs", "P33")


def test_what_somebody_wrote_under_it_keeps_a_record(team: Team) -> None:
    put(team[0], "session", SESSION, title="mine")
    laptops.give(team[0], team[1])
    put(team[1], "note_line", LINE, session=SESSION, text="theirs")
    laptops.give(team[1], team[0])
    with pytest.raises(Fault, match="changed since"):
        history.undo(team[0])
    assert not is_hidden(team[0], LINE)


def test_a_large_paste_is_taken_back_without_reading_it_anew_for_every_line(
    here: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(here, "session", SESSION, title="Lead")
    ids = [b"line-%011d" % number for number in range(300)]
    record(here, "paste", [Change("note_line", id, {"session": SESSION, "text": "words"}) for id in ids])
    loaded = moment(here)
    record(here, "note", [Change("note_line", id, {"text": "other words"}) for id in ids])
    read: list[int] = []

    def counted(connection: Any, number: int, body: bytes) -> Entry:
        read.append(number)
        return load(connection, number, body)

    monkeypatch.setattr(opened, "load", counted)
    for take in (history.undo, history.undo, history.redo, history.redo, history.undo):
        read.clear()
        take(here)
        assert len(read) == len(set(read)) < 10
    assert shown(here, ids[-1], "text") == "words"
    read.clear()
    record(here, "note", [Change("note_line", id, {"text": "late"}) for id in ids], as_of=loaded)
    assert len(read) == len(set(read)) < 10


def test_undoing_an_undelete_deletes_as_of_now(here: Workspace) -> None:
    put(here, "visit", VISIT, title="a")
    record(here, "delete", [Change("visit", VISIT, {DELETED: DELETE})])
    record(here, "undelete", [Change("visit", VISIT, {DELETED: None})])
    history.undo(here)
    assert is_hidden(here, VISIT)


@pytest.mark.parametrize(
    ("act", "lasts"),
    [
        *((act, True) for act in ("found", "set up", "join", "admit", "invite", "remove")),
        *((act, True) for act in ("restore", "new identity", "resolve")),
        *((act, False) for act in ("body", "stratum", "question set", "restore value", "note")),
    ],
)
def test_what_lasts_is_not_taken_back(here: Workspace, act: str, lasts: bool) -> None:
    record(here, act, [Change("visit", VISIT, {"title": "north"})])
    assert (history.own_stacks(here)[0] == []) == lasts


def test_a_new_inspection_has_nothing_to_undo(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FIELDWORK_HOME", str(tmp_path / "home"))
    path = tmp_path / "new.fieldwork"
    with new_inspection(path, "secret", title="Joint", lead="HMCPSI", partner="HMICFRS") as made:
        assert history.own_stacks(made) == ([], [])


def test_nothing_to_undo(team: Team) -> None:
    put(team[1], "visit", VISIT, title="theirs")
    laptops.give(team[1], team[0])
    with pytest.raises(Fault, match="nothing of yours"):
        history.undo(team[0])


def test_history_says_who_and_from_what_to_what(team: Team) -> None:
    clashing(team)
    record(team[0], "resolve", [Change("visit", VISIT, {"title": "agreed"}, settles=True)], reason="they met")
    steps = history.history(team[0], VISIT)
    assert [step.after for step in steps] == ["north", "south", "agreed"]
    assert set(steps[-1].before) == {"north", "south"}
    assert [step.standing for step in steps] == [False, False, True]
    assert steps[-1].reason == "they met"
    with pytest.raises(Fault):
        history.history(team[0], bytes(16))


def test_the_author_is_who_signed_not_what_the_entry_says(team: Team) -> None:
    put(team[0], "visit", VISIT, title="mine")
    team[1].__dict__["identity"] = replace(team[1].identity, person="laptop 0")
    put(team[1], "visit", VISIT, title="theirs")
    laptops.give(team[1], team[0])
    steps = history.history(team[0], VISIT)
    assert {step.person for step in steps} == {"laptop 0", "laptop 1 (laptop 0)"}
    (conflict,) = conflicts(team[0])
    assert {(v.label, v.person) for v in conflict.versions} == {
        ("laptop 0", "laptop 0"),
        ("laptop 1", "laptop 1 (laptop 0)"),
    }
    with pytest.raises(Fault, match=r"changed since by laptop 1 \(laptop 0\)"):
        history.undo(team[0])


def test_the_author_goes_by_the_member_s_name(team: Team) -> None:
    put(team[0], "visit", VISIT, title="mine")
    put(team[0], "team_member", team[0].identity.member, label="lead inspector")
    assert {step.person for step in history.history(team[0], VISIT)} == {"lead inspector"}


# -- deletes


def test_an_unseen_edit_brings_back(team: Team) -> None:
    put(team[0], "visit", VISIT, title="a")
    laptops.give(team[0], team[1])
    record(team[0], "delete", [Change("visit", VISIT, {DELETED: DELETE})])
    put(team[1], "visit", VISIT, bodies="P33")
    laptops.together(*team)
    for laptop in team:
        assert not is_hidden(laptop, VISIT)
        (conflict,) = conflicts(laptop)
        assert (conflict.what, conflict.record) == ("deleted", VISIT)
    record(team[2], "resolve", [Change("visit", VISIT, {DELETED: DELETE}, settles=True)])
    laptops.together(*team)
    assert [is_hidden(laptop, VISIT) for laptop in team] == [True] * 3
    assert conflict_count(team[0]) == 0


def test_an_unseen_line_two_levels_down_brings_back(team: Team) -> None:
    put(team[0], "visit", VISIT, title="a")
    put(team[0], "session", SESSION, visit=VISIT)
    laptops.give(team[0], team[1])
    record(team[0], "delete", [Change("visit", VISIT, {DELETED: DELETE})])
    assert is_hidden(team[0], SESSION)
    put(team[1], "note_line", LINE, session=SESSION, text="meanwhile")
    laptops.together(*team)
    assert [is_hidden(laptop, id) for laptop in team for id in (VISIT, SESSION, LINE)] == [False] * 9


def test_an_edit_touches_nothing_below_unless_it_moves(here: Workspace) -> None:
    put(here, "visit", VISIT, title="a")
    put(here, "session", SESSION, visit=VISIT, title="b")
    put(here, "note_line", LINE, session=SESSION, text="c")
    record(here, "delete", [Change("session", SESSION, {DELETED: DELETE})])
    record(here, "undelete", [Change("session", SESSION, {DELETED: None})])
    assert set(put(here, "visit", VISIT, title="d").changed) == {"visit"}
    assert set(put(here, "note_line", LINE, text="e").changed) == {"note_line"}
    gone = record(here, "delete", [Change("visit", VISIT, {DELETED: DELETE})])
    assert set(gone.changed) == {"visit", "session", "note_line"}
    assert is_hidden(here, LINE)


def test_a_line_that_moves_away_no_longer_brings_back(team: Team) -> None:
    test_an_unseen_line_two_levels_down_brings_back(team)
    put(team[2], "note_line", LINE, session=b"another-00000000")
    laptops.together(*team)
    assert [is_hidden(laptop, SESSION) for laptop in team] == [True] * 3
    assert [is_hidden(laptop, LINE) for laptop in team] == [False] * 3


def test_an_undelete_that_a_delete_had_not_seen_wins(team: Team) -> None:
    put(team[0], "visit", VISIT, title="a")
    record(team[0], "delete", [Change("visit", VISIT, {DELETED: DELETE})])
    laptops.together(*team)
    record(team[0], "undelete", [Change("visit", VISIT, {DELETED: None})])
    record(team[1], "delete", [Change("visit", VISIT, {DELETED: DELETE})])
    laptops.together(*team)
    assert [is_hidden(laptop, VISIT) for laptop in team] == [False] * 3


def test_a_child_may_come_before_what_it_belongs_to(team: Team) -> None:
    put(team[0], "note_line", LINE, session=SESSION, text="first")
    laptops.give(team[0], team[1])
    put(team[1], "session", SESSION, visit=VISIT)
    record(team[1], "delete", [Change("session", SESSION, {DELETED: DELETE})])
    assert is_hidden(team[1], LINE)
    laptops.give(team[1], team[0])
    assert is_hidden(team[0], LINE)


def test_belonging_in_a_circle_does_not_hang(team: Team) -> None:
    one, two = b"tag-one-00000000", b"tag-two-00000000"
    put(team[0], "tag", one, target=two)
    put(team[0], "tag", two, target=one)
    record(team[0], "delete", [Change("tag", one, {DELETED: DELETE})])
    assert is_hidden(team[0], one) and is_hidden(team[0], two)
    record(team[0], "undelete", [Change("tag", one, {DELETED: None})])
    assert not is_hidden(team[0], one) and not is_hidden(team[0], two)
    laptops.together(*team)


def test_kinds_that_disagree_end_alike(team: Team) -> None:
    put(team[0], "visit", VISIT, title="as a visit")
    put(team[1], "session", VISIT, title="as a session", visit=b"v" * 16)
    laptops.together(*team)
    assert {kind_of(laptop, VISIT) for laptop in team} == {"session"}
    assert len({canonical(dump(laptop)) for laptop in team}) == 1


def test_a_history_reads_the_same_on_every_laptop(team: Team) -> None:
    """Oldest first, whatever was received first."""
    record(team[0], "found", [Change("visit", VISIT, {"title": "first"})], at=1_000_000)
    laptops.give(team[0], *team[1:])
    for place, laptop in enumerate(team):
        record(laptop, "change", [Change("visit", VISIT, {"title": f"by {place}"})], at=2_000_000 - place)
    laptops.together(*team)
    told = [[step.change for step in history.history(laptop, VISIT)] for laptop in team]
    assert told[0] == told[1] == told[2] and len(told[0]) == 4
    steps = history.history(team[0], VISIT)
    assert steps[0].after == "first" and all(step.before == ("first",) for step in steps[1:])
