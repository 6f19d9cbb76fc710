"""The files of pairs are read together, and what nothing was written of is not read again: as if one by one."""

import random
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from fieldwork.domain.records import CaseFile
from fieldwork.domain.values import Id
from fieldwork.store.held import take_back
from fieldwork.store.reading import records
from fieldwork.store.workspace import Workspace
from fieldwork.work import (
    examining,
    files,
    joint,
    leading,
    pairs,
    reconciling,
    repeating,
    same,
    standing_alone,
)
from laptops import give, together
from laptops import team as laptops_of
from marking_world import CHOICES, put_in_use
from worlds import wall

FORM = (
    "| survey |\n| | type | name | label | lead | relevant | scale | required | repeat_count |\n"
    "| | begin group | A | About | | | | | |\n"
    "| | select_one yn | A01 | Sent? | J | | | true() | |\n"
    "| | end group | | | | | | | |\n"
    "| | begin group | B | Quality | | | | | |\n"
    "| | select_one met | B01 | Summary fit | P | | met | true() | |\n"
    "| | select_one met | B02 | Schedule fit | C | ${A01} = 'Y' | met | true() | |\n"
    "| | select_one met | B03 | Advice clear | J | | met | true() | |\n"
    "| | select_one met | B04 | Advice followed | P | ${B02} = 'NM' | met | | |\n"
    "| | select_one met | B05 | Told why | J | ${B03} = 'NM' | met | | |\n"
    "| | begin repeat | suspect | Suspect | | | | | |\n"
    "| | text | S00 | Name | J | | | | |\n"
    "| | select_one met | S01 | Interview fit | J | | met | | |\n"
    "| | end repeat | | | | | | | |\n"
    "| | end group | | | | | | | |\n"
    f"{CHOICES}| settings |\n| | form_id | version |\n| | small | 1 |\n"
)
VALUES = ("FM", "PM", "NM", "NA")


class People:
    """A lead who keeps the keys, two who are paired, and one who can be called in or take a place."""

    def __init__(self, folder: Path, seed: int, number: int) -> None:
        self.random = random.Random(seed)
        self.all = laptops_of(folder, 4)
        self.lead, self.police, self.prosecution, self.other = self.all
        put_in_use(self.lead, folder, FORM)
        self.files = [
            files.add_case_file(self.lead, reference=f"V{n}", stratum="volume", at=wall(20, 9)).id or b""
            for n in range(number)
        ]
        leading.appoint(self.lead, device=self.other.device.hex())
        self.pair(self.files[: number - 1])
        together(*self.all)

    def pair(self, some: list[Id]) -> None:
        for file in some:
            scope = self.random.choice(("led", "all"))
            joint.pair_up(
                self.lead,
                file=file,
                police=member(self.police),
                prosecution=member(self.prosecution),
                scope=scope,
            )

    def part(self, who: Workspace, file: Id, finish: bool) -> None:
        """Some or all of what an examiner answers, with up to two suspects."""
        pane = examining.open_file(who, file)
        if pane.released or pane.examination.finished:
            return
        if not pane.answered(pane.question("A01")):
            self.answer(who, file, "A01", self.random.choice("YYN"))
        for name in ("Ash", "Elm")[: self.random.randrange(3)]:
            one = repeating.add_instance(who, file=file, repeat="suspect", label=name).id or b""
            self.answer(who, file, f"S01/{one.hex()}", self.random.choice(VALUES))
        while unanswered := [q for q in examining.open_file(who, file).unanswered if q.kind != "text"]:
            self.answer(who, file, unanswered[0].code, self.random.choice(VALUES))
            if not finish and self.random.random() < 0.4:
                return
        if finish:
            examining.finish_examination(who, file=file)

    def both(self, some: list[Id]) -> None:
        """Both finish these files, and the two hold what is opened then."""
        for who, other in ((self.police, self.prosecution), (self.prosecution, self.police)):
            for file in some:
                self.part(who, file, finish=True)
            give(who, self.lead, other)
        joint.release(self.lead)
        give(self.lead, self.police, self.prosecution)

    def answer(self, who: Workspace, file: Id, place: str, value: str) -> None:
        examining.answer_file(who, file=file, question=place, value=value, reason="As it stands.")

    def settle(self, who: Workspace, file: Id, most: int) -> None:
        for _ in range(most):
            open_ones = reconciling.to_reconcile(who, file).open
            if not open_ones:
                return
            one = self.random.choice(open_ones)
            value = self.random.choice([c.code for c in one.question.choices if c.code != "NK"] or ["Ash"])
            reconciling.agree(
                who, file=file, question=one.question.code, value=value, reason="Seen together."
            )

    def close(self) -> None:
        for workspace in self.all:
            workspace.close()


def member(workspace: Workspace) -> Id:
    assert workspace.identity.member is not None
    return workspace.identity.member


@pytest.fixture
def people(tmp_path: Path) -> Iterator[Callable[[int, int], People]]:
    made: list[People] = []

    def make(seed: int, number: int) -> People:
        made.append(People(tmp_path, seed, number))
        return made[-1]

    yield make
    for one in made:
        one.close()


def one_by_one(workspace: Workspace) -> pairs.PairBoard:
    """What the board is, each file asked about alone and what can be opened or called off as those acts ask it."""
    cases = sorted(records(workspace, CaseFile), key=lambda one: (one.reference, one.id))
    found = {one.id: standing for one in cases if (standing := pairs.standing(workspace, one.id)) is not None}
    due = {one.file.id for one in joint.release_due(workspace)}
    leads = workspace.device in pairs.leads(workspace)
    begun = {id: [one.begun for one in joint.markings(workspace, id)] for id in found if not found[id].single}
    return pairs.PairBoard(
        found,
        tuple(one.file for one in found.values() if one.file.id in due),
        sum(one.mine for one in found.values() if one.file.id in due),
        leads,
        joint.could_call_off(workspace),
        frozenset(id for id, some in begun.items() if leads and any(some) and not all(some)),
    )


def agrees(workspace: Workspace) -> pairs.PairBoard:
    """The board as it is kept, which is that of a reader who keeps nothing."""
    kept = pairs.pair_board(workspace)
    workspace.__dict__.pop("pair_board")
    assert kept == pairs.pair_board(workspace)
    return kept


def queries(workspace: Workspace, act: Callable[[], object]) -> int:
    """How many statements an act runs, those with the driver's own connection among them."""
    asked: list[str] = []

    def trace(driver: Any, *_: object) -> None:
        driver.set_trace_callback(asked.append)

    sa.event.listen(workspace._engine, "checkout", trace)
    act()
    sa.event.remove(workspace._engine, "checkout", trace)
    return len(asked)


def test_files_read_together_and_kept_are_what_each_is_alone(people: Callable[[int, int], People]) -> None:
    world = people(1, 9)
    lead, police, prosecution, other = world.all
    assert {one.state for one in agrees(police).by_file.values()} == {pairs.FIRST}
    untouched, first, begun, sealed, closed, *opened, off = world.files[:8]
    unpaired = world.files[8]
    world.answer(police, first, "A01", "Y")
    agrees(police)
    world.part(police, begun, finish=False)
    agrees(police)
    for file in (sealed, closed, *opened, off):
        world.part(police, file, finish=file != off)
    agrees(police)
    examining.answer_file(other, file=unpaired, question="A01", value="Y")
    give(police, lead, prosecution)
    for file in (closed, *opened):
        world.part(prosecution, file, finish=True)
        agrees(prosecution)
    give(prosecution, lead)
    assert [one.reference for one in agrees(lead).due] == sorted(f"V{n}" for n in range(4, 7))
    joint.call_off(lead, file=off, reason="One of them left.")
    for file in opened:
        joint.release(lead, file=file)
        agrees(lead)
    together(*world.all)
    states = {one.file.id: one.state for one in agrees(other).by_file.values()}
    assert [states[id] for id in (untouched, closed, off)] == [pairs.APART, pairs.CLOSED, pairs.OFF]
    assert pairs.RECONCILE in {states[id] for id in opened}
    for workspace in (lead, police):
        assert agrees(workspace) == one_by_one(workspace)

    third = opened[0]
    reconciling.call_in(police, file=third, member=member(other), reason="They cannot agree.")
    agrees(police)
    give(police, other, prosecution)
    for who, file, most in ((other, third, 1), (police, opened[1], 9), (prosecution, third, 1)):
        world.settle(who, file, most)
        agrees(who)
    standing_alone.let_stand_alone(other, file=begun, reason="It is enough.")
    same.join_records(lead, one=unpaired, other=third)
    agrees(other)
    agrees(lead)
    before = agrees(lead)
    together(*world.all)
    for workspace in world.all:
        assert agrees(workspace) == one_by_one(workspace)
    assert agrees(lead) != before


def test_what_was_merged_and_taken_back_is_not_kept(people: Callable[[int, int], People]) -> None:
    world = people(3, 3)
    _, police, prosecution, _ = world.all
    [one, two] = world.files[:2]
    world.part(police, one, finish=True)
    give(police, prosecution)
    world.part(prosecution, one, finish=True)
    assert agrees(police).by_file[one].state == pairs.SEALED
    give(prosecution, police)
    world.answer(police, two, "A01", "Y")
    assert agrees(police).by_file[one].state == pairs.CLOSED
    take_back(police)
    found = agrees(police).by_file
    assert (found[one].state, found[two].state) == (pairs.SEALED, pairs.MARK)


def test_queries_do_not_grow_with_pairs(people: Callable[[int, int], People]) -> None:
    world = people(4, 9)
    police = world.police
    counts = []
    for some in (world.files[:2], world.files[2:8]):
        world.both(some)
        police.__dict__.pop("pair_board", None)
        counts.append(queries(police, lambda: pairs.pair_board(police)))
    assert len(pairs.pair_board(police).by_file) == 8
    assert counts[1] <= counts[0]
    assert queries(police, lambda: pairs.pair_board(police)) < 20
    world.settle(police, world.files[0], 1)
    assert queries(police, lambda: pairs.pair_board(police)) <= counts[0]
