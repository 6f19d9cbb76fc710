"""Faults that tools for merging tables and notes are known for, each tried with real packages on disk."""

from collections.abc import Iterator
from pathlib import Path

import pytest

import laptops
from fieldwork.domain.records import NoteLine, Visit
from fieldwork.exchange import sharing
from fieldwork.store.conflicting import conflicts
from fieldwork.store.history import history
from fieldwork.store.reading import canonical, dump, records
from fieldwork.store.recording import DELETE, Change, record
from fieldwork.store.state import DELETED
from fieldwork.store.workspace import Workspace
from fieldwork.work import handing

VISIT = b"visit-0000000000"


class Two:
    """Two laptops that know the same visit, and a stick between them."""

    def __init__(self, folder: Path) -> None:
        self.stick = folder / "stick"
        self.stick.mkdir()
        self.one, self.two = laptops.team(folder, 2)
        record(self.one, "plan", [Change("visit", VISIT, {"title": "north", "bodies": "P33"})])
        self.carry(self.one, self.two)

    def carry(self, giver: Workspace, receiver: Workspace) -> None:
        package = sharing.share(giver, self.stick).path
        assert sharing.merge(receiver, [package]).refused == []

    def exchange(self) -> None:
        """Each gives to the other, and both end with the same state."""
        self.carry(self.one, self.two)
        self.carry(self.two, self.one)
        assert canonical(dump(self.one)) == canonical(dump(self.two))

    def close(self) -> None:
        self.one.close()
        self.two.close()


@pytest.fixture
def team(tmp_path: Path) -> Iterator[Two]:
    made = Two(tmp_path)
    yield made
    made.close()


def lines_of(workspace: Workspace) -> set[str]:
    return {line.text for line in records(workspace, NoteLine)}


def test_geodiff_colliding_inserted_ids(team: Two) -> None:
    """Both insert rows that get the same numbers in their own files: all of them are there afterwards."""
    from fieldwork.domain.values import new_id

    said = set()
    for name, laptop in (("one", team.one), ("two", team.two)):
        for number in range(20):
            said.add(f"{name} {number}")
            record(laptop, "write line", [Change("note_line", new_id(), {"text": f"{name} {number}"})])
    team.exchange()
    assert lines_of(team.one) == lines_of(team.two) == said
    assert conflicts(team.one) == []


def test_geodiff_one_identity_inserted_twice(team: Two) -> None:
    """Both insert the record with one identity, as an answer to one question has: both values are kept."""
    for value, laptop in (("FM", team.one), ("NM", team.two)):
        record(laptop, "answer", [Change("answer", b"answer-000000000", {"question": "B01", "value": value})])
    team.exchange()
    (clash,) = conflicts(team.one)
    assert {version.value for version in clash.versions} == {"FM", "NM"}


def test_geodiff_two_columns_of_one_row(team: Two) -> None:
    record(team.one, "correct", [Change("visit", VISIT, {"title": "north east"})])
    record(team.two, "correct", [Change("visit", VISIT, {"bodies": "P33 A02"})])
    team.exchange()
    (visit,) = records(team.one, Visit)
    assert (visit.title, visit.bodies) == ("north east", "P33 A02")
    assert conflicts(team.one) == []


def test_geodiff_update_against_delete(team: Two) -> None:
    """Neither is dropped in silence: the record is back, its new words in it, and the clash is shown."""
    record(team.one, "delete", [Change("visit", VISIT, {DELETED: DELETE})])
    record(team.two, "correct", [Change("visit", VISIT, {"title": "north east"})])
    team.exchange()
    (visit,) = records(team.two, Visit)
    assert visit.title == "north east"
    for laptop in (team.one, team.two):
        (clash,) = conflicts(laptop)
        assert clash.what == "deleted" and clash.record == VISIT


def test_geodiff_conflicts_forgotten_at_the_next_good_sync(team: Two) -> None:
    """A conflict lasts through later merges and a restart, until a person closes it; then it stays closed."""
    for title, laptop in (("east", team.one), ("west", team.two)):
        record(laptop, "correct", [Change("visit", VISIT, {"title": title})])
    team.exchange()
    (found,) = conflicts(team.one)
    for number in range(3):
        record(team.two, "correct", [Change("visit", VISIT, {"bodies": f"P3{number}"})])
        team.exchange()
    path, key = team.one.path, team.one.file_key
    team.one.close()
    team.one = Workspace.open_with_key(path, key)
    for laptop in (team.one, team.two):
        assert [clash.id for clash in conflicts(laptop)] == [found.id]
    record(team.one, "settle", [Change("visit", VISIT, {"title": "east"}, settles=True)])
    team.exchange()
    team.exchange()
    assert conflicts(team.one) == conflicts(team.two) == []
    assert {"north", "east", "west"} <= {step.after for step in history(team.two, VISIT)}


def test_joplin_an_empty_folder_deletes_everything(team: Two, tmp_path: Path) -> None:
    """A new, empty or wrong folder takes nothing away, on either laptop, whatever is done with it."""
    before = canonical(dump(team.one))
    for name in ("new stick", "wrong stick"):
        folder = tmp_path / name
        folder.mkdir()
        if name == "wrong stick":
            (folder / "holiday.fieldpackage").write_bytes(b"no package at all")
        found = handing.preview(team.one, [folder])
        handing.take(team.one, found.good)
        sharing.merge(team.one, found.found.paths)
        assert canonical(dump(team.one)) == before
        shared = sharing.share(team.one, folder)
        sharing.merge(team.two, [shared.path])
        assert canonical(dump(team.two)) == before
