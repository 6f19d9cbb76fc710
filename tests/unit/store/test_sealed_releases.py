"""What opens a sealed examination and what does not, one by one; and what is then read, erased and told of it."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

import laptops
import oracle
from decrypted import plain
from fieldwork.domain.marking_records import Release, SealedKey, SealedPart
from fieldwork.domain.records import Answer, CaseFile, Device, Examination, Tag
from fieldwork.domain.values import Id, derived_id, new_id
from fieldwork.exchange import erasing, package
from fieldwork.store import held, sealed_own
from fieldwork.store.history import history
from fieldwork.store.intake import take_in
from fieldwork.store.reading import dump, find, records
from fieldwork.store.recording import DELETE, Change, record
from fieldwork.store.sealed_facts import CALLED_OFF
from fieldwork.store.sealed_reading import late, released, remarks
from fieldwork.store.sealing import LEAST_PART, Inner, instance_id, make_part
from fieldwork.store.searching import search
from fieldwork.store.state import DELETED
from fieldwork.store.verifying import verify
from fieldwork.store.workspace import Workspace

FILE, OTHER = b"file-0000000000a", b"file-0000000000b"
KEEPER, POLICE, PROSECUTION, BYSTANDER = range(4)


class Pair:
    """Four laptops; the two examiners have each answered one file and finished it, and another laptop's key is kept."""

    def __init__(self, folder: Path) -> None:
        self.team = laptops.team(folder, 4)
        keeper = self.team[KEEPER]
        record(
            keeper, "files", [Change(CaseFile.kind, id, {"reference": id.decode()}) for id in (FILE, OTHER)]
        )
        laptops.give(keeper, *self.team[1:])
        self.keepers = records(keeper, Device, id=keeper.device)
        self.one = self.begin(POLICE, FILE)
        self.two = self.begin(PROSECUTION, FILE)
        self.answer(POLICE, self.one, "B01", "heron")
        self.answer(PROSECUTION, self.two, "B01", "estuary")
        self.finish_one, self.finish_two = self.finish(POLICE, self.one), self.finish(PROSECUTION, self.two)

    def begin(self, laptop: int, file: Id, keep: bool = True) -> Id:
        workspace = self.team[laptop]
        fields = {"case_file": file, "examiner": workspace.identity.member, "started": 1}
        return sealed_own.begin(workspace, fields, self.keepers if keep else [])[0]

    def answer(self, laptop: int, examination: Id, question: str, value: str) -> bytes:
        change = answered(examination, question, value)
        entry = sealed_own.seal(self.team[laptop], examination, "answer", [change]).entry
        assert entry is not None
        return entry

    def finish(self, laptop: int, examination: Id) -> bytes:
        entry = sealed_own.finish(self.team[laptop], examination, {"finished": 9}, at=None).entry
        assert entry is not None
        return entry

    def meet(self) -> None:
        laptops.together(*self.team)

    def write(self, laptop: int, change: Change, builds_on: Any = ()) -> None:
        """As an altered program does."""
        record(self.team[laptop], "altered", [change], builds_on=builds_on)
        laptops.give(self.team[laptop], *(w for w in self.team if w is not self.team[laptop]))

    def release(self, laptop: int, builds_on: Any, **said: Any) -> None:
        key = sealed_own.key_of(self.team[POLICE], self.one)
        fields = {
            "examination": self.one,
            "key": key,
            "finish": self.finish_one,
            "ground": "finished",
            **said,
        }
        id = fields.pop("id", derived_id(Release.kind, self.one))
        change = Change(Release.kind, id, fields, again=True)
        self.write(laptop, change, builds_on)

    def opened(self) -> set[str]:
        """The values of answers, the same on all laptops, and as the oracle says."""
        found = []
        for workspace in self.team:
            assert oracle.differences(dump(workspace), oracle.of(workspace)) == []
            found.append({one.value for one in records(workspace, Answer)})
        assert all(one == found[0] for one in found)
        return found[0]


def answered(examination: Id, question: str, value: str) -> Change:
    fields = {"examination": examination, "question": question, "value": value, "comment": f"a {value} flew"}
    return Change(Answer.kind, derived_id(Answer.kind, examination, question, ""), fields)


@pytest.fixture
def pair(tmp_path: Path) -> Iterator[Pair]:
    made = Pair(tmp_path)
    yield made
    for workspace in made.team:
        workspace.close()


def _second_of_the_same(pair: Pair) -> list[bytes]:
    """A finish of the same examiner's other examination of the file."""
    another = pair.begin(POLICE, FILE)
    pair.answer(POLICE, another, "B01", "merlin")
    return [pair.finish(POLICE, another)]


def _other_file(pair: Pair) -> list[bytes]:
    """A finish of another file, by the other examiner."""
    another = pair.begin(PROSECUTION, OTHER)
    pair.answer(PROSECUTION, another, "B01", "merlin")
    return [pair.finish(PROSECUTION, another)]


def _in_anothers_name(pair: Pair) -> list[bytes]:
    """A bystander's word that the other has finished."""
    change = Change(Examination.kind, pair.two, {"finished": 8, "parts_digest": os.urandom(32)})
    entry = record(pair.team[BYSTANDER], "altered", [change]).entry
    assert entry is not None
    return [entry]


REFUSED: dict[str, tuple[int, Callable[[Pair], list[bytes]], dict[str, Any]]] = {
    "alone": (POLICE, lambda pair: [pair.finish_one], {}),
    "on nothing": (POLICE, lambda pair: [], {}),
    "not on its own finish": (POLICE, lambda pair: [pair.finish_two], {}),
    "on two of the same examiner": (POLICE, lambda pair: [pair.finish_one, *_second_of_the_same(pair)], {}),
    "on another file": (POLICE, lambda pair: [pair.finish_one, *_other_file(pair)], {}),
    "on a finish in another's name": (POLICE, lambda pair: [pair.finish_one, *_in_anothers_name(pair)], {}),
    "with another key": (KEEPER, lambda pair: [pair.finish_one, pair.finish_two], {"key": os.urandom(32)}),
    "by who was given no key": (BYSTANDER, lambda pair: [pair.finish_one, pair.finish_two], {}),
    "under another id": (KEEPER, lambda pair: [pair.finish_one, pair.finish_two], {"id": new_id()}),
    "for another reason": (KEEPER, lambda pair: [pair.finish_one, pair.finish_two], {"ground": "asked"}),
    "called off by its own examiner": (POLICE, lambda pair: [], {"ground": CALLED_OFF, "finish": None}),
}


def test_what_does_not_open(pair: Pair) -> None:
    """Each of these is kept and passed on, opens nothing, and does not stand in the way of the one that does."""
    other = {"case_file": FILE, "examiner": pair.team[BYSTANDER].identity.member, "sealing": os.urandom(32)}
    record(
        pair.team[BYSTANDER], "altered", [Change(Examination.kind, pair.one, other)]
    )  # before it is heard of
    laptops.give(pair.team[BYSTANDER], pair.team[KEEPER])
    pair.meet()
    for number, (laptop, behind, said) in enumerate(REFUSED.values(), 1):
        builds_on = behind(pair)
        pair.meet()
        pair.release(laptop, builds_on, **said)
        assert pair.opened() == set(), list(REFUSED)[number - 1]
    # one who was given no key hands it on to another who was not
    key = sealed_own.key_of(pair.team[KEEPER], pair.one)
    given = {"examination": pair.one, "device": pair.team[BYSTANDER].device, "wrapped": b"nothing"}
    pair.write(BYSTANDER, Change(SealedKey.kind, new_id(), given))
    pair.release(BYSTANDER, [pair.finish_one, pair.finish_two])
    assert pair.opened() == set() and key is not None
    assert any("open nothing" in remark for remark in remarks(pair.team[PROSECUTION]))
    pair.release(KEEPER, [pair.finish_one, pair.finish_two])
    assert pair.opened() == {"heron"}
    pair.release(POLICE, [pair.finish_one, pair.finish_two])  # another's, of the same: no conflict
    assert pair.opened() == {"heron"}
    assert "answer" not in {one["kind"] for one in dump(pair.team[KEEPER])["conflicts"]}
    for workspace in pair.team:
        assert verify(workspace) == []


def test_the_first_release_counts_and_what_comes_later_is_listed(pair: Pair) -> None:
    pair.meet()
    sealed_own.release(pair.team[KEEPER], {pair.one: pair.finish_one, pair.two: pair.finish_two})
    pair.answer(POLICE, pair.one, "B01", "too late")  # unseen by each other
    pair.answer(POLICE, pair.one, "F02", "too late")
    again = pair.finish(POLICE, pair.one)
    pair.meet()
    assert pair.opened() == {"heron", "estuary"}
    pair.release(POLICE, [again, pair.finish_two], finish=again)
    assert pair.opened() == {"heron", "estuary"}
    assert [one.sequence for one in late(pair.team[BYSTANDER], pair.one)] == [2, 3]
    assert set(released(pair.team[BYSTANDER])) == {pair.one, pair.two}
    id = answered(pair.one, "B01", "").id
    said = [(step.act, step.after, step.standing, step.counts) for step in history(pair.team[KEEPER], id)]
    assert ("answer", "heron", True, True) in said and ("answer", "too late", False, False) in said


def test_a_release_is_taken_back_with_the_merge_that_brought_it(pair: Pair) -> None:
    pair.meet()
    other = pair.team[BYSTANDER]
    theirs = answered(pair.two, "B01", "written over")
    record(other, "altered", [theirs])
    sealed_own.release(pair.team[KEEPER], {pair.one: pair.finish_one, pair.two: pair.finish_two})
    for _ in range(2):
        laptops.give(pair.team[KEEPER], other)
        assert {one.value for one in records(other, Answer)} == {"heron", "estuary"}
        assert search(other, "heron") and verify(other) == []
        held.take_back(other)
        assert {one.value for one in records(other, Answer)} == {"written over"}
        assert not search(other, "heron") and find(other, Answer, answered(pair.one, "B01", "").id) is None
        assert oracle.differences(dump(other), oracle.of(other)) == [] and verify(other) == []
        assert not released(other)


def test_nothing_said_in_clear_changes_what_was_opened(pair: Pair) -> None:
    """Written before it is opened, or after; deleted; called something else; and words in it are found."""
    over = answered(pair.one, "B01", "written over")
    for change in (
        over,
        Change("aardvark", over.id, {"value": "another kind"}),
        Change(Answer.kind, over.id, {DELETED: DELETE}),
    ):
        pair.write(BYSTANDER, change)
    pair.meet()
    pair.release(KEEPER, [pair.finish_one, pair.finish_two])
    assert pair.opened() == {"heron"}
    pair.write(PROSECUTION, Change(Answer.kind, over.id, {"value": "once more", "comment": "merlin"}))
    pair.write(BYSTANDER, Change(Answer.kind, over.id, {DELETED: DELETE}))
    assert pair.opened() == {"heron"}
    for workspace in pair.team:
        assert [hit.id for hit in search(workspace, "heron")] == [over.id]
        assert not search(workspace, "merlin")
        one = find(workspace, Answer, over.id)
        assert one is not None and one.value == "heron"
        assert verify(workspace) == []


def test_parts_say_only_what_is_theirs(pair: Pair) -> None:
    """Whatever an altered program seals: other kinds, other examinations, other ids; a part put elsewhere."""
    police = pair.team[POLICE]
    key = sealed_own.key_of(police, pair.one)
    assert key is not None
    theirs, own = answered(pair.two, "F02", "smuggled"), answered(pair.one, "F02", "smuggled")
    theme = b"theme-0000000000"
    said: list[Any] = [
        (Device.kind, pair.team[KEEPER].device, {"removed": 1}),
        (CaseFile.kind, FILE, {"reference": "smuggled"}),
        (Answer.kind, theirs.id, dict(theirs.fields)),
        (Answer.kind, theirs.id, dict(own.fields)),
        (Answer.kind, OTHER, dict(own.fields)),
        (Answer.kind, own.id, {**own.fields, "examination": pair.two}),
        (Tag.kind, derived_id(Tag.kind, theirs.id, theme), {"target": theirs.id, "theme": theme}),
        (Tag.kind, OTHER, {"target": answered(pair.one, "B01", "").id, "theme": theme}),
        ("repeat_instance", OTHER, {"examination": pair.one, "label": "smuggled"}),
    ]
    sealed = make_part(key, police.inspection, pair.one, 2, police.device, Inner("answer", "", tuple(said)))
    assert len(sealed) in (LEAST_PART + 28, 2 * LEAST_PART + 28, 4 * LEAST_PART + 28)
    first = records(police, SealedPart, examination=pair.one)[0]
    own_part = make_part(
        key,
        police.inspection,
        pair.one,
        3,
        police.device,
        Inner("answer", "", ((Answer.kind, own.id, dict(own.fields)),)),
    )
    for sequence, bytes_ in ((2, sealed), (3, first.sealed), (4, own_part)):
        fields = {"examination": pair.one, "sequence": sequence, "sealed": bytes_}
        pair.write(POLICE, Change(SealedPart.kind, new_id(), fields))
    # somebody else's part, under the right key
    stolen = make_part(
        key,
        police.inspection,
        pair.one,
        5,
        pair.team[KEEPER].device,
        Inner("answer", "", ((Answer.kind, own.id, dict(own.fields)),)),
    )
    pair.write(
        KEEPER, Change(SealedPart.kind, new_id(), {"examination": pair.one, "sequence": 5, "sealed": stolen})
    )
    on = derived_id(Tag.kind, answered(pair.one, "B01", "").id, theme)
    put = {"target": answered(pair.one, "B01", "").id, "theme": theme, "direction": "concern"}
    for fields in (put, {DELETED: DELETE}):  # put on and taken off again
        sealed_own.seal(police, pair.one, "tag", [Change(Tag.kind, on, fields)])
    room = instance_id(pair.one)
    fields = {"examination": pair.one, "label": "suspect 2"}
    sealed_own.seal(police, pair.one, "repeat", [Change("repeat_instance", room, fields)])
    pair.finish_one = pair.finish(POLICE, pair.one)
    pair.meet()
    sealed_own.release(pair.team[KEEPER], {pair.one: pair.finish_one, pair.two: pair.finish_two})
    pair.meet()
    assert pair.opened() == {"heron", "estuary"}
    assert {record["kind"]: record["fields"].get("label") for record in dump(police)["records"]}[
        "repeat_instance"
    ] == "suspect 2"
    assert not records(police, Tag) and records(police, Device, removed=1) == []


def test_acts_look_alike(pair: Pair) -> None:
    """One name for all, no reason, no basis, and a size that tells of the doubling alone."""
    sizes = set()
    for question, value in (("B01", "x"), ("F02", "fully met"), ("J07", "y" * 80)):
        pair.answer(POLICE, pair.one, question, value)
    police = pair.team[POLICE]
    undo, _ = sealed_own.before_act(police, pair.one, pair.answer(POLICE, pair.one, "B01", "z"))
    sealed_own.seal(police, pair.one, "undo", undo)
    for entry in laptops.entries_in(police):
        for group in entry.groups:
            if group.kind == SealedPart.kind:
                assert (entry.act, entry.reason, group.replaces, len(entry.groups)) == (
                    "sealed",
                    "",
                    False,
                    1,
                )
                assert group.values is not None
                sizes.add(len(group.values[2]))  # type: ignore[arg-type]
    assert sizes == {LEAST_PART + 12 + 16}
    assert (
        sealed_own.own(police, pair.one).records[answered(pair.one, "B01", "").id].fields["value"][0] == "x"
    )


def test_an_erasure_takes_the_parts_with_it(pair: Pair) -> None:
    pair.answer(PROSECUTION, pair.two, "F02", "kittiwake")
    pair.finish_two = pair.finish(PROSECUTION, pair.two)
    pair.meet()
    sealed_own.release(pair.team[KEEPER], {pair.one: pair.finish_one, pair.two: pair.finish_two})
    pair.meet()
    assert pair.opened() == {"heron", "estuary", "kittiwake"}
    keeper, other = pair.team[KEEPER], pair.team[BYSTANDER]

    def erase(what: Id) -> None:
        id, _ = erasing.ask(keeper, [what], scope="", cause="test", hold_checked=True)
        pair.meet()
        erasing.approve(other, id)
        pair.meet()

    erase(answered(pair.two, "F02", "").id)
    assert pair.opened() == {"heron", "estuary"}
    assert not [r for r in remarks(keeper) if "those that were finished" in r]
    erase(pair.one)
    assert pair.opened() <= {"estuary"}
    for workspace in pair.team:
        assert verify(workspace) == []
        assert b"kittiwake" not in _pages(workspace) and b"heron" not in _pages(workspace)
        assert all(b"kittiwake" not in repr(e).encode() for e in laptops.entries_in(workspace))


def _pages(workspace: Workspace) -> bytes:
    return plain(workspace.path, workspace.file_key)


def test_a_laptop_in_place_of_a_lost_one_may_finish_at_once(pair: Pair) -> None:
    """What the lost one had shared is what it finishes."""
    keeper, new = pair.team[KEEPER], pair.team[BYSTANDER]
    laptops.give(pair.team[POLICE], keeper)
    laptops.give(pair.team[PROSECUTION], keeper)
    member = pair.team[POLICE].identity.member
    record(keeper, "in place of", [Change(Device.kind, new.device, {"member": member})])
    sealed_own.hand_on(keeper, [pair.one], records(keeper, Device, id=new.device)[0])
    laptops.give(keeper, new)
    new.__dict__.pop("identity", None)
    finish = sealed_own.finish(new, pair.one, {"finished": 10}, at=None).entry
    assert finish is not None
    laptops.give(new, keeper)
    sealed_own.release(keeper, {pair.one: finish, pair.two: pair.finish_two})
    pair.meet()
    assert pair.opened() == {"heron", "estuary"}


def test_a_keeper_hands_a_key_on_to_the_laptop_in_place_of_a_lost_one(pair: Pair) -> None:
    """It has the work that was shared, goes on where it stopped, and one finish covers both, in whatever order."""
    keeper, new, other = pair.team[KEEPER], pair.team[BYSTANDER], pair.team[PROSECUTION]
    laptops.give(pair.team[POLICE], keeper)
    laptops.give(other, keeper)
    member = pair.team[POLICE].identity.member
    record(keeper, "in place of", [Change(Device.kind, new.device, {"member": member})])
    sealed_own.hand_on(keeper, [pair.one], records(keeper, Device, id=new.device)[0])
    laptops.give(keeper, new)
    new.__dict__.pop("identity", None)
    assert sealed_own.own(new, pair.one).last == 1
    again = answered(pair.one, "B01", "merlin")
    sealed_own.seal(new, pair.one, "answer", [again, answered(pair.one, "F02", "dotterel")])
    alone = laptops.content(new, only=new.device)  # it comes before what it goes on from
    take_in(other, [package.read_content(alone, other.inspection, "alone")])
    finish = sealed_own.finish(new, pair.one, {"finished": 10}, at=None).entry
    assert finish is not None
    laptops.give(new, keeper)
    sealed_own.release(keeper, {pair.one: finish, pair.two: pair.finish_two})
    pair.meet()
    assert pair.opened() == {"merlin", "dotterel", "estuary"}
