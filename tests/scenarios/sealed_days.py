"""Random days of a team that marks files blind: five laptops, packages stale, partial and doubled, clocks years off.

Examiners seal, finish, reopen and finish again; keepers release, or call off; files are copied by hand, merges taken
back, acts voided, laptops removed, records erased; and programs that were altered release alone, with wrong keys,
write over what was opened, and smuggle in what is not theirs. After every step the laptop it happened on must say
what its entries say, by an oracle of its own.
"""

import os
import tempfile
from collections import Counter
from dataclasses import replace
from pathlib import Path
from random import Random
from typing import Any

import laptops
import oracle
import oracle_sealed
from fieldwork.domain.faults import Fault
from fieldwork.domain.marking_records import Release, SealedKey, SealedPart
from fieldwork.domain.records import Answer, CaseFile, Device, Examination, Tag
from fieldwork.domain.values import Id, derived_id, new_id
from fieldwork.exchange import erasing, membership
from fieldwork.store import held, sealed_own
from fieldwork.store.holding import reach
from fieldwork.store.intake import take_in
from fieldwork.store.parcel import Parcel
from fieldwork.store.reading import canonical, dump, records
from fieldwork.store.recording import DELETE, Change, record
from fieldwork.store.sealed_facts import CALLED_OFF
from fieldwork.store.sealing import Inner, make_part
from fieldwork.store.state import DELETED
from fieldwork.store.verifying import verify
from fieldwork.store.workspace import Workspace, raw

FILES = [b"file-0000000000a", b"file-0000000000b"]
QUESTIONS = ("B01", "F02", "J07")
WORDS = ("not met", "fully met", "heron", "estuary")
YEAR = 365 * laptops.DAY
TALLY: Counter[str] = Counter()
KEEPER, POLICE, PROSECUTION, BYSTANDER, DEPUTY = range(5)


class Days:
    """A team and what it has made so far. seed: everything follows from it but keys, salts and ids."""

    def __init__(self, seed: int, folder: Path) -> None:
        self.random = Random(seed)
        self.folder = folder
        self.team = laptops.team(folder, 5)
        self.skew = [self.random.choice((0, 0, -2 * YEAR, 3 * YEAR)) for _ in self.team]
        self.now = laptops.START
        self.shelf: list[Parcel] = []
        self.sealed: list[Id] = []
        files = [Change(CaseFile.kind, file, {"reference": file.decode()}) for file in FILES]
        record(self.team[KEEPER], "case files", files)
        laptops.give(self.team[KEEPER], *self.team[1:])
        for laptop in (POLICE, PROSECUTION):
            self.begin(laptop)
            self.answer(laptop)
        members = {n: self.team[n].identity.member for n in (POLICE, PROSECUTION)}
        if self.random.random() < 0.4:  # one of them works on two laptops
            fields = {"member": members[self.random.choice((POLICE, PROSECUTION))]}
            record(
                self.team[KEEPER], "second laptop", [Change(Device.kind, self.team[DEPUTY].device, fields)]
            )

    def close(self) -> None:
        for workspace in self.team:
            workspace.close()

    def at(self, laptop: int) -> int:
        self.now += self.random.randrange(1, 90_000)
        return self.now + self.skew[laptop % 5]

    # -- what examiners and keepers do

    def step(self) -> int:
        """One act, on one laptop; returns which."""
        acts = [
            *[self.begin] * 2,
            *[self.answer] * 10,
            *[self.finish] * 6,
            *[self.release] * 8,
            *[self.hand_over] * 16,
            *[self.altered] * 7,
            *(self.reverse, self.write_over, self.write_over, self.take_back, self.copy, self.remove),
            *(self.void, self.erase, self.hand_on, self.call_off, self.delete),
        ]
        act = self.random.choice(acts)
        laptop = self.random.choice((KEEPER, POLICE, POLICE, PROSECUTION, PROSECUTION, BYSTANDER, DEPUTY))
        try:
            act(laptop)
            TALLY[act.__name__] += 1
        except Fault:
            TALLY[f"{act.__name__} refused"] += 1
        return laptop

    def _mine(self, laptop: int, *, released: bool = False) -> Id | None:
        workspace = self.team[laptop]
        some = [
            one.examination
            for one in sealed_own.standings(workspace)
            if workspace.device in one.laptops
            and (released or not one.released)
            and sealed_own.key_of(workspace, one.examination) is not None
        ]
        return self.random.choice(sorted(some)) if some else None

    def _any(self, laptop: int) -> Id | None:
        some = sorted(one.examination for one in sealed_own.standings(self.team[laptop]))
        return self.random.choice(some) if some else None

    def begin(self, laptop: int) -> None:
        workspace = self.team[laptop]
        mine = [e for e in records(workspace, Examination) if e.examiner == workspace.identity.member]
        if laptop == KEEPER or len(mine) > 1:
            return
        keepers = records(workspace, Device, id=self.random.choice(([self.team[KEEPER].device], [])))
        file = FILES[0] if self.random.random() < 0.8 else FILES[1]
        fields = {"case_file": file, "examiner": workspace.identity.member, "started": 1}
        self.sealed.append(sealed_own.begin(workspace, fields, keepers, at=self.at(laptop))[0])

    def _answer(self, examination: Id, question: str, value: str) -> Change:
        fields = {"examination": examination, "question": question, "value": value}
        return Change(Answer.kind, derived_id(Answer.kind, examination, question, ""), fields)

    def answer(self, laptop: int) -> None:
        examination = self._mine(laptop, released=self.random.random() < 0.1)
        if examination is None:
            self.begin(laptop)
            return
        some = self.random.sample(QUESTIONS, self.random.choice((1, 1, 2)))
        changes = [self._answer(examination, q, self.random.choice(WORDS)) for q in some]
        theme = b"theme-0000000000"
        tag = derived_id(Tag.kind, changes[0].id, theme)
        if self.random.random() < 0.3:
            on = {
                "target": changes[0].id,
                "theme": theme,
                "direction": self.random.choice(("concern", "mixed")),
            }
            gone = self.random.random() < 0.3
            changes.append(Change(Tag.kind, tag, {DELETED: DELETE} if gone else on))
        reopened = [Change(Examination.kind, examination, {"finished": None})]
        others = reopened if self.random.random() < 0.5 else []
        sealed_own.seal(self.team[laptop], examination, "answer", changes, others=others, at=self.at(laptop))

    def reverse(self, laptop: int) -> None:
        examination = self._mine(laptop)
        acts = sealed_own.own(self.team[laptop], examination).acts if examination else ()
        if examination and acts:
            entry = self.random.choice([hash for hash, _, _ in acts])
            changes, _ = sealed_own.before_act(self.team[laptop], examination, entry)
            sealed_own.seal(self.team[laptop], examination, "undo", changes, undoes=entry)

    def finish(self, laptop: int) -> None:
        examination = self._mine(laptop)
        if examination is None:
            self.begin(laptop)
            return
        fields = {"finished": self.now}
        entry = sealed_own.finish(self.team[laptop], examination, fields, at=self.at(laptop)).entry
        if entry is not None:
            held = records(self.team[laptop], Examination, id=examination)
            digest = oracle_sealed.digest(self.team[laptop], examination, entry)
            assert [one.parts_digest for one in held] in ([digest], []), "the digest is of other parts"

    def release(self, laptop: int) -> None:
        """As work does it: where all of a file that are here have finished, two at least."""
        workspace = self.team[laptop]
        some = sealed_own.standings(workspace)
        for file in FILES:
            of = [one for one in some if one.file == file]
            done = {one.examination: one.finish for one in of if one.finish is not None}
            if len({one.member for one in of if one.finish}) > 1 and any(not one.released for one in of):
                sealed_own.release(workspace, {id: finish for id, finish in done.items() if finish})
                TALLY["released"] += 1

    def call_off(self, laptop: int) -> None:
        examination = self._any(KEEPER)
        if examination and self.random.random() < 0.4:
            key = sealed_own.key_of(self.team[KEEPER], examination)
            if key is not None:
                fields = {"examination": examination, "key": key, "ground": CALLED_OFF}
                self._record(KEEPER, [Change(Release.kind, derived_id(Release.kind, examination), fields)])

    def hand_on(self, laptop: int) -> None:
        examination = self._any(KEEPER)
        if examination:
            device = records(self.team[KEEPER], Device, id=self.team[laptop].device)
            for one in device:  # one that took a new name may not be known there yet
                sealed_own.hand_on(self.team[KEEPER], [examination], one)

    # -- what altered programs do

    def _record(self, laptop: int, changes: list[Change], builds_on: Any = ()) -> None:
        record(self.team[laptop], "altered", changes, at=self.at(laptop), builds_on=builds_on)

    def _known_keys(self, examination: Id) -> list[bytes]:
        """The key as anybody may come by it, and one that is none."""
        keys = [sealed_own.key_of(workspace, examination) for workspace in self.team]
        return [key for key in keys if key is not None] or [os.urandom(32)]

    def altered(self, laptop: int) -> None:
        examination = self._any(laptop)
        if examination is None:
            return
        way = self.random.randrange(9)
        TALLY[f"altered {way}"] += 1
        id = derived_id(Release.kind, examination)
        one = next(s for s in sealed_own.standings(self.team[laptop]) if s.examination == examination)
        key = self.random.choice([*self._known_keys(examination), os.urandom(32)])
        fields: dict[str, Any] = {"examination": examination, "key": key, "ground": "finished"}
        if way == 0 and one.finish:  # alone
            self._record(laptop, [Change(Release.kind, id, {**fields, "finish": one.finish})], [one.finish])
        elif way == 1 and one.finish:  # builds on nothing
            self._record(laptop, [Change(Release.kind, id, {**fields, "finish": one.finish})])
        elif way == 2:  # on any finishes there are
            ends = [s.finish for s in sealed_own.standings(self.team[laptop]) if s.finish]
            named = self.random.choice(ends) if ends else b""
            self._record(laptop, [Change(Release.kind, id, {**fields, "finish": named})], sorted(set(ends)))
        elif way == 3:  # under another id
            self._record(laptop, [Change(Release.kind, new_id(), {**fields, "finish": one.finish})])
        elif way == 4:  # a finish in another's name
            done = {"finished": 1, "parts_digest": os.urandom(32)}
            self._record(laptop, [Change(Examination.kind, examination, done)])
        elif way == 5:  # another beginning
            begin = {
                "case_file": FILES[0],
                "examiner": self.team[laptop].identity.member,
                "sealing": os.urandom(32),
            }
            self._record(laptop, [Change(Examination.kind, examination, begin)])
        elif way == 6:
            self._smuggle(laptop, examination, key)
        elif way == 7:
            self._part_again(laptop, examination)
        else:  # a key of nothing over those that were given
            wrapped = {
                "examination": examination,
                "device": self.team[POLICE].device,
                "wrapped": os.urandom(90),
            }
            given = derived_id(SealedKey.kind, examination, self.team[POLICE].device)
            self._record(laptop, [Change(SealedKey.kind, given, wrapped)])

    def _smuggle(self, laptop: int, examination: Id, key: bytes) -> None:
        """A part, rightly sealed, that speaks of what is not its examination's."""
        other = self.random.choice([e for e in [*self.sealed, *FILES] if e != examination])
        theirs = self._answer(other, "B01", "smuggled")
        said = [
            ("device", self.team[KEEPER].device, {"removed": 1}),
            ("case_file", FILES[0], {"reference": "smuggled"}),
            (
                Answer.kind,
                theirs.id,
                {**theirs.fields, "examination": self.random.choice((examination, other))},
            ),
            (Tag.kind, derived_id(Tag.kind, theirs.id, b"t" * 16), {"target": theirs.id, "theme": b"t" * 16}),
            (Tag.kind, FILES[0], {"target": FILES[0], "theme": b"t" * 16}),
            ("repeat_instance", FILES[1], {"examination": examination}),
        ]
        workspace, sequence = self.team[laptop], self.random.randrange(1, 9)
        inner = Inner("answer", "", tuple(self.random.sample(said, 3)))
        sealed = make_part(key, workspace.inspection, examination, sequence, workspace.device, inner)
        fields = {"examination": examination, "sequence": sequence, "sealed": sealed}
        self._record(laptop, [Change(SealedPart.kind, new_id(), fields)])

    def _part_again(self, laptop: int, examination: Id) -> None:
        """A part copied from elsewhere, or written over."""
        parts = records(self.team[laptop], SealedPart)
        if parts:
            one, other = self.random.choice(parts), self.random.choice(parts)
            fields = {
                "examination": examination,
                "sequence": self.random.randrange(1, 5),
                "sealed": other.sealed,
            }
            self._record(laptop, [Change(SealedPart.kind, self.random.choice((one.id, new_id())), fields)])

    def write_over(self, laptop: int) -> None:
        """Something in clear of a record that was opened, or will be."""
        examination = self._any(laptop)
        if examination is None:
            return
        change = self._answer(examination, self.random.choice(QUESTIONS), "written over")
        way = self.random.randrange(4)
        if way == 0:
            change = Change(Answer.kind, change.id, {DELETED: DELETE})
        elif way == 1:
            change = Change("aardvark", change.id, {"value": "another kind"})
        elif way == 2:
            theme = b"theme-0000000000"
            fields = {"target": change.id, "theme": theme, "direction": "strength"}
            change = Change(Tag.kind, derived_id(Tag.kind, change.id, theme), fields)
        self._record(laptop, [change])

    # -- what befalls records and laptops

    def delete(self, laptop: int) -> None:
        some = [id for id in [*FILES, *self.sealed] if self.random.random() < 0.4]
        for id in some[:1]:
            kind = CaseFile.kind if id in FILES else Examination.kind
            change = {DELETED: self.random.choice((DELETE, None))}
            self._record(laptop, [Change(kind, id, change)])

    def void(self, laptop: int) -> None:
        entries = [e for e in laptops.entries_in(self.team[KEEPER]) if e.n > 1]
        mine = [
            e for e in entries if any(g.kind in ("release", "sealed_part", "examination") for g in e.groups)
        ]
        if mine:
            lift = self.random.random() < 0.4
            membership.void(self.team[KEEPER], self.random.choice(mine).hash.hex(), lift=lift)

    def remove(self, laptop: int) -> None:
        if laptop != KEEPER and self.random.random() < 0.3:
            membership.remove(self.team[KEEPER], self.team[laptop].device)

    def erase(self, laptop: int) -> None:
        if self.random.random() > 0.35:
            return
        workspace = self.team[KEEPER]
        some = [e.id for e in records(workspace, Examination)] + [
            p.id for p in records(workspace, SealedPart)
        ]
        opened = [a.id for a in records(workspace, Answer)]
        if some:
            what = self.random.choice([*some, *opened, *opened])
            id, _ = erasing.ask(workspace, [what], scope="", cause="test", hold_checked=True)
            laptops.give(workspace, self.team[BYSTANDER])
            erasing.approve(self.team[BYSTANDER], id)
            laptops.give(self.team[BYSTANDER], workspace)

    def copy(self, laptop: int) -> None:
        """The file carried elsewhere by hand; both go on."""
        if len(self.team) < 7 and laptop != KEEPER and self.random.random() < 0.4:
            self.team.append(laptops.copy_of(self.team[laptop], self.folder, f"copy{len(self.team)}"))
            if self.random.random() < 0.5:
                laptops.restored(self.team[-1])
            self.answer(len(self.team) - 1)

    def hand_over(self, laptop: int) -> None:
        """A package from somebody to this laptop: of now, or one that lay about; with all, or a part."""
        giver = self.random.randrange(len(self.team))
        workspace = self.team[giver]
        with workspace.read() as db:
            hashes = [
                h for (h,) in raw(db).execute("SELECT e.hash FROM branch b JOIN entry e ON e.no = b.tip")
            ]
            some = [hash for hash in hashes if self.random.random() < 0.5]
            partial = [] if self.random.random() < 0.6 or not reach(raw(db), some) else some
        package = laptops.parcel(workspace, partial)
        self.shelf.append(replace(package, name=f"package {len(self.shelf)}"))
        packages = [self.shelf[-1]]
        if self.random.random() < 0.3:
            packages += self.random.sample(self.shelf, min(2, len(self.shelf)))
        receivers = [laptop] if self.random.random() < 0.4 else range(5)
        for receiver in receivers:
            if receiver != giver:
                take_in(self.team[receiver], list(dict.fromkeys(packages)))

    def take_back(self, laptop: int) -> None:
        workspace = self.team[laptop]
        laptops.parcel(workspace)
        package = laptops.parcel(self.team[self.random.randrange(5)])
        before = canonical(_state(workspace))
        taken = take_in(workspace, [package])
        if taken.outcomes[0].refused or not taken.outcomes[0].new:
            return
        after = canonical(_state(workspace))
        held.take_back(workspace)
        assert canonical(_state(workspace)) == before, "taking back a merge did not bring back what was"
        take_in(workspace, [package])
        assert canonical(_state(workspace)) == after, "taking back and merging again is not merging"
        TALLY["taken back"] += 1

    # -- what must hold

    def check(self, laptop: int) -> None:
        workspace = self.team[laptop]
        wrong = oracle.differences(dump(workspace), oracle.of(workspace))
        assert not wrong, wrong[:3]

    def end(self) -> None:
        """All exchange everything: all say the same, and what their entries say; rebuilding comes to it, too."""
        standing = self.team
        for _ in range(3):
            take_in(standing[KEEPER], [laptops.parcel(giver) for giver in standing[1:]])
            for receiver in standing[1:]:
                take_in(receiver, [laptops.parcel(standing[KEEPER])])
        said = [canonical(_state(workspace)) for workspace in standing]
        for laptop in range(len(standing)):
            self.check(laptop)
        assert len(set(said)) == 1, "the same entries, and not the same state"
        last = self.random.choice(standing)
        problems = [p for p in verify(last) if not p.startswith("sealed examination")]
        assert not problems, problems[:3]
        TALLY["opened at the end"] += len(records(last, Answer))


def _state(workspace: Workspace) -> Any:
    """What is the same wherever the same entries stand; what is told of a clash is each laptop's own."""
    said = dump(workspace)
    return [said["heads"], said["records"]]


def run(seed: int, steps: int) -> None:
    """One schedule. Raises AssertionError, with the seed and the step, where a law does not hold."""
    with tempfile.TemporaryDirectory() as folder:
        days = Days(seed, Path(folder))
        step = -1
        try:
            for step in range(steps):  # noqa: B007
                days.check(days.step())
            days.end()
        except AssertionError as error:
            raise AssertionError(f"seed {seed}, step {step}: {error}") from error
        finally:
            days.close()
