"""The day of twelve laptops: 860 acts and 28,610 changes each, on evidence all of them hold from the start.

Of each laptop: 400 acts of 20 changed answers (one in three of those others may change too), 250 files
examined (81 changes each), 60 note lines reworded and 150 written, in mixed order.
"""

import random
from pathlib import Path

import laptops
from fieldwork.domain.records import Answer, Examination, NoteLine, Session
from fieldwork.domain.values import Id, derived_id
from fieldwork.store.parcel import Parcel
from fieldwork.store.recording import Act, Change, record_many
from fieldwork.store.workspace import Workspace, get_meta, set_meta

from ._workspaces import sentence

LAPTOPS = 12
EDITS, TOGETHER = 8_000, 20
TWICE = 2_620  # of the edits, on answers that others edit too: 9,300 fields come into conflict
FILES, ANSWERS = 250, 26
LINES, REWORDED = 150, 60


class Twelve:
    """Twelve open laptops with the same evidence; `work` lets one of them do its day. scale: 1 is the whole."""

    def __init__(self, folder: Path, scale: float, count: int = LAPTOPS) -> None:
        self.scale, self.count = scale, count
        self.laptops = laptops.team(folder, count)
        one = self.laptops[0]
        self.session, self.answers, self.lines = b"", list[Id](), list[Id]()
        record_many(one, self._ground(random.Random(11)))
        self.laptops[1:] = [self._with_ground(other, folder) for other in self.laptops[1:]]

    def _with_ground(self, other: Workspace, folder: Path) -> Workspace:
        """The first laptop's file under another laptop's own name: what merging its package there would give."""
        mine = ("seed", "identity", "recipient", "tip", "next")
        with other.read() as db:
            own = {name: get_meta(db, name) for name in mine}
        other.close()
        copy = laptops.copy_of(self.laptops[0], folder, f"{other.path.stem}-ground")
        with copy.write() as db:
            set_meta(db, **own)
        return copy

    def _size(self, whole: int) -> int:
        return max(1, round(whole * self.scale))

    def _ground(self, chance: random.Random) -> list[Act]:
        self.shared = self._size(TWICE * LAPTOPS // 2)
        self.own = self._size(EDITS) - self._size(TWICE)
        self.session = derived_id(Session.kind, "ground")
        acts = [
            Act(
                "start a session",
                [Change(Session.kind, self.session, {"title": "Gatekeepers"})],
                laptops.START,
            )
        ]
        wanted = self.shared + self.own * self.count
        for file in range(0, wanted, 80):
            acts.append(_examined(chance, f"ground {file}", min(80, wanted - file), laptops.START))
            self.answers += [change.id for change in acts[-1].changes if change.kind == Answer.kind]
        for number in range(self._size(REWORDED) * self.count):
            acts.append(self._line(chance, f"ground {number}", laptops.START))
            self.lines.append(acts[-1].changes[0].id)
        return acts

    def _line(self, chance: random.Random, name: str, at: int) -> Act:
        fields = {"session": self.session, "text": sentence(chance)}
        return Act("note", [Change(NoteLine.kind, derived_id(NoteLine.kind, name), fields)], at)

    def work(self, number: int) -> tuple[int, int]:
        """One laptop's day; returns its acts and changes."""
        chance = random.Random(1000 + number)
        mine = self.shared + number * self.own
        edited = chance.sample(self.answers[: self.shared], min(self._size(TWICE), self.shared))
        edited += self.answers[mine : mine + self.own]
        chance.shuffle(edited)
        values = [Change(Answer.kind, id, {"value": f"{sentence(chance)} {number}"}) for id in edited]
        at = laptops.START + laptops.DAY
        acts = [Act("answer", values[n : n + TOGETHER], at) for n in range(0, len(values), TOGETHER)]
        acts += [_examined(chance, f"{number} {n}", ANSWERS, at) for n in range(self._size(FILES))]
        acts += [self._line(chance, f"{number} {n}", at) for n in range(self._size(LINES))]
        for id in self.lines[number :: self.count]:
            acts.append(Act("note", [Change(NoteLine.kind, id, {"text": sentence(chance)})], at))
        chance.shuffle(acts)
        return record_many(self.laptops[number], acts)

    def package(self, number: int) -> bytes:
        """What one laptop's package holds inside its encryption: its own entries alone."""
        one = self.laptops[number]
        return laptops.content(one, only=one.device)

    def close(self) -> None:
        for workspace in self.laptops:
            workspace.close()


def _examined(chance: random.Random, name: str, answers: int, at: int) -> Act:
    id = derived_id(Examination.kind, name)
    file = derived_id("case_file", name)
    changes = [Change(Examination.kind, id, {"case_file": file, "started": at, "finished": at})]
    for number in range(answers):
        answer = derived_id(Answer.kind, id, f"q{number}", "")
        value = sentence(chance) if chance.random() < 0.4 else chance.choice("FPN")
        changes.append(
            Change(Answer.kind, answer, {"examination": id, "question": f"q{number}", "value": value})
        )
    return Act("start a file", changes, at)


def rows_of(parcels: list[Parcel]) -> list[tuple[object, ...]]:
    """Every change as the row of a plain log: place, time, kind, record, field, value."""
    return [
        (place, entry.time, group.kind, group.id, name, value)
        for parcel in parcels
        for entry in parcel.entries
        for group in entry.groups
        for place, (name, value) in enumerate(zip(group.fields, group.values or (), strict=True))
    ]
