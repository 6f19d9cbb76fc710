"""`python -m tests.desktop.evening FOLDER`: eight laptops come together by one stick in the real window, by keys alone,
and a picture of every step, light and dark, at 100% and 200%.

The same evening without pictures is a test (test_evening.py).
"""

from __future__ import annotations

import os
import sys
import tempfile
from pathlib import Path

if __name__ == "__main__":
    HERE = Path(__file__).parent
    sys.path[:0] = [str(HERE.parent), str(HERE)]
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    os.environ["FIELDWORK_KDF_MEMORY"] = "65536"

from person import Person, photographed
from PySide6.QtCore import Qt

from fieldwork.desktop.settings import Settings
from fieldwork.domain.records import CaseFile, Finding, NoteLine, Session
from fieldwork.domain.values import new_id
from fieldwork.store.reading import records
from fieldwork.store.recording import Change, record
from fieldwork.store.workspace import Workspace
from fieldwork.work import claiming, findings, notes, team, visits
from worlds import PASSPHRASE, small_inspection

COLLEAGUES = (
    "HMICFRS laptop 1",
    "HMICFRS laptop 2",
    "HMICFRS laptop 3",
    "HMICFRS laptop 4",
    "HMCPSI laptop 1",
    "HMCPSI laptop 2",
    "HMCPSI laptop 3",
)
K, CTRL, ALT = Qt.Key, Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.AltModifier

# -- the day before


class Day:
    """What eight laptops hold at the end of a day: seven packages on a stick, and clashes of every kind in them."""

    def __init__(self, folder: Path) -> None:
        self.stick = folder / "stick"
        self.stick.mkdir()
        self.lead = small_inspection(folder)
        self.colleagues = [self._joined(folder, label) for label in COLLEAGUES]
        self.lines = sorted(records(self.lead, NoteLine), key=lambda line: line.typed or 0)
        self._clash()
        self._enter_twice()
        for number, laptop in enumerate(self.colleagues):
            self._note(laptop, number)
            team.share(laptop, self.stick)

    def _joined(self, folder: Path, label: str) -> Workspace:
        pack = folder / f"{label}.fieldpack"
        code = team.pack(self.lead, pack)
        path = folder / f"{label.replace(' ', '-')}.fieldwork"
        return team.join(pack, path, PASSPHRASE, code=code, device=label, inspectorate=label.split()[0])

    def _reword(self, laptop: Workspace, number: int, text: str) -> None:
        line = self.lines[number]
        notes.write_line(laptop, session=line.session or b"", line=line.id, text=text)

    def _clash(self) -> None:
        first, second, third, fourth, *_ = self.colleagues
        self._reword(self.lead, 0, "> Triage sends about half of all files back, mostly for material.")
        self._reword(
            first, 0, "> Triage sends about a third of files back, most of them for unused material."
        )
        self._reword(second, 0, "> Triage sends about a third of all files back at least once.")
        self._reword(third, 0, "> Triage sends about 30% of files back; the rest go through.")
        for number in (5, 6, 7):
            words = self.lines[number].text
            self._reword(self.lead, number, f"{words} (said twice)")
            self._reword(fourth, number, f"{words} (agreed by all)")
        self._reword(self.lead, 2, "A named lawyer settles most questions within minutes.")
        self._reword(second, 2, "A named lawyer settles most questions in minutes, once found.")
        for laptop, day in ((self.lead, "15"), (first, "16"), (third, "17")):
            file = records(laptop, CaseFile, reference="A-V-001")[0]
            record(laptop, "case file", [Change(CaseFile.kind, file.id, {"charged": f"2026-07-{day}"})])
        for laptop in (second, third):
            claiming.claim(laptop, file=records(laptop, CaseFile, reference="A-V-003")[0].id)
        points = [one for one in records(self.lead, Finding) if one.text == "Feedback comes weeks late"]
        findings.change_finding(self.lead, finding=points[0].id, text="Feedback reaches officers weeks late")
        findings.change_finding(
            fourth, finding=points[0].id, text="Feedback comes weeks late, if it comes at all"
        )

    def _enter_twice(self) -> None:
        for laptop, fields in (
            (self.lead, {"reference": "A-V-007", "force": "P33", "charged": "2026-07-15"}),
            (self.colleagues[0], {"reference": "a-v-007", "force": "P33", "charged": "2026-07-16"}),
            (self.colleagues[4], {"reference": "A-V-008", "force": "P33"}),
            (self.colleagues[5], {"reference": "A-V-008", "force": "P33"}),
        ):
            record(laptop, "case file", [Change(CaseFile.kind, new_id(), fields)])
        for laptop in self.colleagues[2:4]:
            visits.plan_visit(
                laptop, title="Second week", bodies=["P33"], start="2026-11-30", end="2026-12-02"
            )

    def _note(self, laptop: Workspace, number: int) -> None:
        session = records(laptop, Session, title="Focus group, response constables")[0]
        for part in range(3):
            notes.write_line(
                laptop, session=session.id, text=f"> Noted on laptop {number + 1}, line {part + 1}."
            )

    def close(self) -> None:
        for laptop in self.colleagues:
            laptop.close()


# -- the evening


def spend(person: Person, stick: Path) -> None:
    """The evening: everything in, everything decided, everybody admitted, and out to the stick again."""
    take_in(person, stick)
    settle_conflicts(person)
    join_pairs(person)
    admit(person)
    hand_on(person, stick)


def take_in(person: Person, stick: Path) -> None:
    person.step("today")
    person.press(K.Key_7, CTRL)
    person.step("team")
    person.press(K.Key_I)
    person.type(str(stick.parent))
    person.press(K.Key_Return)
    person.step("one-folder-up")
    person.press(K.Key_Return)
    person.step("dry-run")
    person.press(K.Key_V)
    coming = person.team.taking.brought.coming
    assert coming.hasFocus() and not coming.visibleRegion().isEmpty()
    person.step("what-would-wait")
    person.press(K.Key_V)
    person.press(K.Key_Return)
    person.step("merged-first-conflict")


def settle_conflicts(person: Person) -> None:
    """Choose where it matters, word by word where both are right, the rest alike or by one key."""
    view = person.team.conflicts
    seen: set[str] = set()
    while view.at is not None:
        clash = view.at
        alike = [one for one in view.open if (one.kind, one.field) == (clash.kind, clash.field)]
        many = [one for one in alike if len(one.sides) == 2]
        sort = f"{clash.kind}-{clash.field}-{len(clash.sides)}"
        if sort not in seen:
            person.step(f"conflict-{sort}".replace("_", "-"))
        if len(clash.sides) > 2:
            person.press(K.Key_3)
            if sort not in seen:
                person.step(f"chosen-{sort}".replace("_", "-"))
            person.press(K.Key_Return)
        elif clash.combination is not None and sort not in seen and clash.kind == Finding.kind:
            person.press(K.Key_C, ALT)
            person.step("combined-word-by-word")
            person.press(K.Key_Return)
        elif len(many) > 2:
            person.press(K.Key_A, ALT)
            person.step("all-alike-offered")
            person.press(K.Key_T)
            person.press(K.Key_Return)
        elif not any(side.ours for side in clash.sides):  # two colleagues, and this laptop said nothing
            person.press(K.Key_2)
            person.press(K.Key_Return)
        else:
            person.press(K.Key_T if len(seen) % 2 else K.Key_O)
        assert view.at != clash, f"{sort} was not settled: {view.said.text()}"
        seen.add(sort)
    person.step("all-settled")
    person.press(K.Key_Escape)


def join_pairs(person: Person) -> None:
    view = person.team.twice
    person.step("team-with-pairs")
    person.press(K.Key_T)
    while view.at is not None and not view.at.joined:
        differs = bool(view.at.differences)
        person.step("entered-twice-differs" if differs else "entered-twice-alike")
        person.press(K.Key_1)
        if differs and view.at is not None and view.at.joined:
            person.step("joined-and-put-right")
            for _ in range(len(view.at.differences)):
                person.press(K.Key_R)
            person.press(K.Key_J)
    person.step("pairs-joined")
    person.press(K.Key_Escape)


def admit(person: Person) -> None:
    overview = person.team.overview
    for _ in range(len(COLLEAGUES) + 1):
        if not any(row.key == "a" for row in overview.laptops.rows):
            break
        person.press(K.Key_A)
    person.step("everybody-admitted")


def hand_on(person: Person, stick: Path) -> None:
    person.press(K.Key_P)
    assert person.team.overview.make_panel.path.text() == str(stick)  # where the packages came from
    person.step("package-asked-for")
    person.press(K.Key_Return)
    person.step("package-made")
    person.press(K.Key_Escape)
    person.step("team-at-the-end")


def main(to: Path) -> None:
    from fieldwork.desktop.application import make_application

    make_application(settings=Settings(appearance="light")).setCursorFlashTime(0)
    to.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as name:
        os.environ["FIELDWORK_HOME"] = str(Path(name) / "home")
        day = Day(Path(name))
        person = Person(day.lead, photographed(to))
        spend(person, day.stick)
        for step, keys in person.steps:
            print(f"{keys:4} keys  {step}")
        print(
            f"{person.keys} keys and {person.letters} letters of paths; told: {person.said or 'nothing wrong'}"
        )
        person.close()
        day.close()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
