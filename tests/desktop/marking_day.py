"""`python -m tests.desktop.marking_day FOLDER`: six files of the whole question set as blind pairs, by keys alone.

A lead draws six files and pairs them up; two examiners on laptops of their own mark them, neither seeing the other's
answers; all is handed on by one stick; the pair reconciles, the lead moderates one and prints the results. A picture of
every step, light and dark, at 100% and 200%. The same day with two files and without pictures is a test.
"""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from random import Random

if __name__ == "__main__":
    HERE = Path(__file__).parent
    sys.path[:0] = [str(HERE.parent), str(HERE)]
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    os.environ["FIELDWORK_KDF_MEMORY"] = "65536"

from person import Person, photographed
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from fieldwork.desktop.pages.files import FilesPage
from fieldwork.desktop.settings import Settings
from fieldwork.store.workspace import Workspace
from fieldwork.work import team
from worlds import PASSPHRASE, bare_inspection

K = Qt.Key
CTRL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier
EXAMINERS = ("HMICFRS laptop 1", "HMCPSI laptop 1")
REASON = "Late, and without its list."
MOST = 200  # questions of a file: the set has 75
Look = Callable[[str, Person], None]


class Examiner(Person):
    """Somebody at a laptop of their own, with its own folder of settings. given: answers, by file."""

    def __init__(self, workspace: Workspace, look: Look | None = None) -> None:
        self.home = workspace.path.with_suffix(".home")
        self.given: dict[str, tuple[int, int]] = {}
        os.environ["FIELDWORK_HOME"] = str(self.home)
        super().__init__(workspace, look)

    @property
    def files(self) -> FilesPage:
        page = self.window.page("Files")
        assert isinstance(page, FilesPage)
        return page

    def sit_down(self) -> None:
        os.environ["FIELDWORK_HOME"] = str(self.home)
        self.window.activateWindow()
        QTest.qWaitForWindowActive(self.window)
        self.settle()

    def press_digit(self, digit: int) -> None:
        self.press(K(K.Key_0 + digit))

    def say(self, words: str) -> None:
        """Type and go on."""
        self.type(words)
        self.press(K.Key_Return)


class Pair:
    """A lead and two examiners, a stick and a case list to draw from."""

    def __init__(self, folder: Path, look: Look | None = None) -> None:
        self.stick = folder / "stick"
        self.stick.mkdir()
        self.results = folder / "results.pdf"
        self.cases = folder / "cases.csv"
        rows = [f"C-{number:03},{'RASSO' if number % 3 else 'Volume crime'}" for number in range(1, 41)]
        self.cases.write_text("\n".join(("reference,stratum", *rows)), "utf-8")
        lead = bare_inspection(folder)
        self.laptops = [lead, *(self._joined(lead, folder, label) for label in EXAMINERS)]
        self.lead, self.police, self.prosecution = (Examiner(laptop, look) for laptop in self.laptops)

    def _joined(self, lead: Workspace, folder: Path, label: str) -> Workspace:
        pack = folder / f"{label}.fieldpack"
        code = team.pack(lead, pack)
        path = folder / f"{label.replace(' ', '-')}.fieldwork"
        joined = team.join(pack, path, PASSPHRASE, code=code, device=label, inspectorate=label.split()[0])
        team.share(joined, self.stick)
        return joined

    def close(self) -> None:
        for person in (self.lead, self.police, self.prosecution):
            person.close()
        for laptop in self.laptops:
            laptop.close()


def spend(pair: Pair, each: int, dice: Random) -> None:
    """The day, from the draw to the printed results; each: files of each of two strata."""
    lead, police, prosecution = pair.lead, pair.police, pair.prosecution
    lead.sit_down()
    take_in(lead, pair.stick)
    admit(lead)
    draw(lead, pair.cases, each)
    pair_up(lead)
    hand_on(lead)
    for examiner in (police, prosecution):
        examiner.sit_down()
        take_in(examiner, pair.stick)
        mark_all(examiner, 2 * each, dice)
        hand_on(examiner)
    lead.sit_down()
    take_in(lead, pair.stick)
    lead.press(K.Key_4, CTRL)
    lead.step("to-open")
    lead.press(K.Key_O, SHIFT)
    lead.step("opened")
    hand_on(lead)
    police.sit_down()
    take_in(police, pair.stick)
    reconcile_all(police, 2 * each, dice)
    hand_on(police)
    lead.sit_down()
    take_in(lead, pair.stick)
    moderate_one(lead)
    print_results(lead, pair.results)


def take_in(person: Examiner, stick: Path) -> None:
    person.press(K.Key_7, CTRL)
    person.press(K.Key_I)
    person.say(str(stick))
    person.step("dry-run")
    person.press(K.Key_Return)
    person.step("merged")
    person.press(K.Key_Escape)


def admit(lead: Examiner) -> None:
    for _ in EXAMINERS:
        lead.press(K.Key_A)
    lead.step("admitted")


def hand_on(person: Examiner) -> None:
    person.press(K.Key_7, CTRL)
    person.press(K.Key_P)
    person.step("package-asked-for")
    person.press(K.Key_Return)
    person.step("package-made")
    person.press(K.Key_Escape)


def draw(lead: Examiner, cases: Path, each: int) -> None:
    lead.press(K.Key_9, CTRL)
    lead.press(K.Key_S)
    lead.step("no-sample-yet")
    lead.press(K.Key_N)
    lead.type(str(cases))
    lead.press(K.Key_Tab)  # to Browse
    lead.press(K.Key_Tab)
    for words in ("stratum", str(each), "winter", "100"):
        lead.type(words)
        lead.press(K.Key_Tab)
    lead.step("draw-asked-for")
    lead.press(K.Key_Return)
    lead.step("drawn")


def pair_up(lead: Examiner) -> None:
    lead.press(K.Key_4, CTRL)
    lead.step("files-drawn")
    lead.press(K.Key_P, SHIFT)
    lead.step("police-examiner")
    lead.press(K.Key_Return)
    lead.step("prosecution-examiner")
    lead.press(K.Key_Return)
    lead.step("what-they-mark")
    lead.press(K.Key_Return)
    lead.step("pair-up")
    lead.press(K.Key_Down)  # all overlap files of the draw
    lead.press(K.Key_Return)
    lead.step("paired")


def mark_all(examiner: Examiner, files: int, dice: Random) -> None:
    """One file after the other; Enter goes on to the next, and to the list after the last."""
    examiner.press(K.Key_4, CTRL)
    examiner.step("files-to-mark")
    examiner.press(K.Key_Return)
    for number in range(files):
        examiner.until(lambda: examiner.files.stack.currentIndex() == 1)
        mark(examiner, dice)
        examiner.step(f"finished-{number + 1}")
        examiner.press(K.Key_Return)
    examiner.until(lambda: examiner.files.stack.currentIndex() == 0)
    examiner.step("all-marked")


def mark(examiner: Examiner, dice: Random) -> None:
    """A key for each answer, a reason where it is asked for, and nothing else."""
    pane = examiner.files.marking
    examiner.until(lambda: pane.pane and pane.pane.file.reference not in examiner.given)
    before, answers = examiner.keys, 0
    while pane.pane.unanswered and answers < MOST:
        if answers in (0, 12):
            examiner.step(f"question-{answers + 1}")
        answer(examiner, dice)
        answers += 1
    if pane.stack.currentIndex() == 0:
        examiner.press(K.Key_F)
    examiner.until(pane.finish_panel.next.hasFocus)
    examiner.given[pane.pane.file.reference] = (answers, examiner.keys - before)


def answer(examiner: Examiner, dice: Random) -> None:
    pane = examiner.files.marking
    question = pane.current()
    assert question is not None
    if question.kind in ("text", "integer", "decimal"):
        examiner.say("Nothing to add." if question.kind == "text" else "2")
    elif question.kind == "select_multiple":
        examiner.press_digit(1)
        examiner.press(K.Key_Return)
    else:
        examiner.press_digit(dice.choices((1, 2, 3), (7, 2, 1))[0] if question.scored else 1)
        if QApplication.focusWidget() is pane.question.reason:
            examiner.say(REASON)


def reconcile_all(examiner: Examiner, files: int, dice: Random) -> None:
    examiner.press(K.Key_E, CTRL | SHIFT)
    examiner.step("files-to-reconcile")
    examiner.press(K.Key_Return)
    pane, done = examiner.files.pairs.pane, set()
    for number in range(files):
        examiner.until(lambda: pane.view is not None and pane.view.file.id not in done)
        reconcile(examiner, dice, number)
        done.add(pane.view.file.id)
        examiner.press(K.Key_Return)
    examiner.until(lambda: examiner.files.stack.currentIndex() == 0)
    examiner.step("all-reconciled")


def reconcile(examiner: Examiner, dice: Random, number: int) -> None:
    """Whoever has an answer that can stand is right, by dice; what is asked now is fully met."""
    pane = examiner.files.pairs.pane
    if number == 0:
        examiner.step("two-answers")
    while pane.view is not None and pane.view.standing.open:
        row = pane.row()
        assert row is not None
        sides = [side for side, held in ((1, row.one), (2, row.other)) if held is not None and held.value]
        examiner.press_digit(dice.choice(sides) if sides else 1)
        if not sides:
            examiner.step(f"asked-now-{row.question.code}")
        if QApplication.focusWidget() is pane.settling.reason:
            examiner.type("The file shows it.")
        examiner.press(K.Key_Return)
    examiner.step(f"settled-{number + 1}")


def moderate_one(lead: Examiner) -> None:
    """A file with an answer that calls for a second look; the lead marks it otherwise, and both agree on that."""
    lead.window.commands.run("moderate.waiting")
    lead.settle()
    lead.step("files-to-moderate")
    lead.press(K.Key_M)
    lead.step("to-moderate")
    lead.press_digit(2)
    if QApplication.focusWidget() is lead.files.moderating.judging.reason:
        lead.say("Nothing to raise here.")
    lead.press(K.Key_Equal)
    lead.say("Raised and dealt with already.")
    lead.step("moderated")
    lead.press(K.Key_F)
    lead.step("moderation-finished")


def print_results(lead: Examiner, to: Path) -> None:
    lead.press(K.Key_R, CTRL)
    lead.step("results")
    lead.press(K.Key_R)
    lead.press(K.Key_W)
    lead.press(K.Key_A, CTRL)
    lead.say(str(to))
    lead.until(to.exists)
    lead.step("results-printed")


def main(to: Path) -> None:
    from fieldwork.desktop.application import make_application

    make_application(settings=Settings(appearance="light")).setCursorFlashTime(0)
    to.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as name:
        look, taken = photographed(to), [0]

        def numbered(step: str, person: Person) -> None:
            taken[0] += 1
            look(f"{taken[0]:03}-{step[3:]}", person)

        pair = Pair(Path(name), numbered)
        spend(pair, 3, Random(1))
        (to / "results.pdf").write_bytes(pair.results.read_bytes())
        for who, person in (("police", pair.police), ("prosecution", pair.prosecution)):
            for reference, (answers, keys) in person.given.items():
                print(f"{who:12} {reference}: {answers} answers with {keys} keys, words typed apart")
        for person in (pair.lead, pair.police, pair.prosecution):
            print(f"{person.keys:5} keys, {person.letters} letters; told: {person.said or 'nothing wrong'}")
        pair.close()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
