"""`python -m tests.desktop.interview_day [MINUTES]`: an interview typed at 120 words a minute while a merge runs.

And what comes of it, by keys on two laptops: tagged, found again, merged with a colleague's edits, a finding signed.

A short one is a test (test_interview_day.py).
"""

from __future__ import annotations

import os
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

if __name__ == "__main__":
    HERE = Path(__file__).parent
    sys.path[:0] = [str(HERE.parent), str(HERE)]
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    os.environ["FIELDWORK_KDF_MEMORY"] = "65536"

from person import Person
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from stalls import StallProbe

from fieldwork.desktop.pages.findings import FindingsPage
from fieldwork.desktop.pages.interviews import Interviews
from fieldwork.desktop.settings import Settings
from fieldwork.domain.records import Device, EvidenceLink, Finding, NoteLine, Session
from fieldwork.store.reading import get, records
from fieldwork.store.workspace import Workspace
from fieldwork.work import excerpts, leading, notes, signing, team, visits
from worlds import PASSPHRASE, small_inspection

WORDS_A_MINUTE = 120
LETTERS_A_WORD = 6
COLLEAGUE = "HMICFRS laptop 1"
K = Qt.Key
CTRL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier

WHO = ("Sergeants", "The file unit", "Prosecutors", "Response officers", "The review team", "Detectives")
DOES = (
    "send back about a third of what comes in", "ring before anything is put in writing",
    "redact the same footage twice", "wait a fortnight for an answer", "check the summary line by line",
    "learn by chance what a court has said", "build the file before advice is asked for",
)  # fmt: skip
WHY = (
    "since nobody says what was missing", "because the two systems do not talk", "where a named lawyer is at hand",
    "though the guidance says otherwise", "whenever the shift is short", "unless somebody asks for it",
)  # fmt: skip
THEMES = ("disclosure", "relationships", "training", "redaction", "supervision")
MARKS = ("", "", '"', ">", "")


def script(minutes: float, seed: int = 3) -> list[str]:
    """What is typed in so many minutes, line by line; some lines end with a theme."""
    chance, lines, words = Random(seed), [], 0
    while words < minutes * WORDS_A_MINUTE:
        said = f"{chance.choice(WHO)} {chance.choice(DOES)} {chance.choice(WHY)}, {len(lines) + 1}"
        theme = f" #{chance.choice(THEMES)} " if chance.random() < 0.25 else ""
        lines.append(f"{chance.choice(MARKS)}{said}{theme}")
        words += len(lines[-1].split())
    return lines


@dataclass
class Day:
    """Two leads' laptops, and a package that a third has left on the stick."""

    folder: Path
    lead: Workspace = field(init=False)
    partner: Workspace = field(init=False)
    package: Path = field(init=False)

    def __post_init__(self) -> None:
        self.lead = small_inspection(self.folder)
        self.partner = self._joined(COLLEAGUE)
        third = self._joined("HMICFRS laptop 2")
        session = records(third, Session)[0].id
        for at in range(int(os.environ.get("FIELDWORK_MERGED_LINES", "400")) // 400):
            said = [f"Noted by a colleague, {at}, line {number}." for number in range(400)]
            notes.paste_lines(third, session=session, texts=said)
        (self.folder / "stick").mkdir()
        self.package = team.share(third, self.folder / "stick").path
        third.close()
        device = records(self.lead, Device, label=COLLEAGUE)
        self.exchange(self.partner, self.lead)
        device = records(self.lead, Device, label=COLLEAGUE)
        leading.appoint(self.lead, device=device[0].id.hex())
        self.exchange(self.lead, self.partner)

    def _joined(self, label: str) -> Workspace:
        pack = self.folder / f"{label}.fieldpack"
        code = team.pack(self.lead, pack)
        path = self.folder / f"{label.replace(' ', '-')}.fieldwork"
        return team.join(pack, path, PASSPHRASE, code=code, device=label, inspectorate=label.split()[0])

    @contextmanager
    def window(self, who: str) -> Iterator[Person]:
        """Somebody at a laptop until they close it; afterwards its file is open again, as a colleague's is."""
        workspace: Workspace = getattr(self, who)
        path, key = workspace.path, workspace.file_key
        person = Person(workspace)
        try:
            yield person
        finally:
            person.close()
            setattr(self, who, Workspace.open_with_key(path, key))

    def exchange(self, one: Workspace, other: Workspace) -> None:
        """One's news to the other, by a package."""
        folder = self.folder / f"out{time.monotonic_ns()}"
        folder.mkdir()
        shared = team.share(one, folder)
        assert not team.merge(other, [shared.path, *shared.further]).refused


@dataclass
class Told:
    """What was measured: letters and seconds of typing, the gaps of the window's thread, how long the merge took."""

    letters: int = 0
    seconds: float = 0.0
    gaps: list[float] = field(default_factory=list)
    culprits: list[str] = field(default_factory=list)
    merged_after: float = 0.0
    merged_lines: int = 0
    tagged: int = 0
    moved: int = 0

    def gap(self, part: float) -> float:
        """The gap in ms below which so large a part of them lies."""
        some = sorted(self.gaps)
        return some[min(len(some) - 1, int(len(some) * part))] * 1000 if some else 0.0


def type_at_speed(person: Person, lines: list[str], day: Day, told: Told, factor: float) -> None:
    """The interview: key after key by the clock, the merge begun at a third of it. factor: how often faster."""
    pause = 60 / (WORDS_A_MINUTE * LETTERS_A_WORD) / factor
    person.press(K.Key_N, CTRL)
    begun = time.perf_counter()
    due = begun

    def merged(result: object) -> None:
        told.merged_after = time.perf_counter() - merging[0]
        told.merged_lines = len(result.changed.get("note_line", ()))  # type: ignore[attr-defined]

    merging: list[float] = []
    with StallProbe(limit_ms=50) as probe:
        for number, line in enumerate(lines):
            if number == len(lines) // 3:
                merging.append(time.perf_counter())
                person.desk.act(team.merge, [day.package], then=merged)
            for letter in (*line, "\r"):
                widget = person.window.focusWidget()
                assert widget is not None
                if letter == "\r":
                    QTest.keyClick(widget, K.Key_Return)
                else:
                    QTest.keyClicks(widget, letter)
                told.letters += 1
                due += pause
                wait = due - time.perf_counter()
                QTest.qWait(max(1, round(wait * 1000)) if wait > 0 else 0)
    told.seconds = time.perf_counter() - begun
    told.gaps, told.culprits = probe.gaps, probe.culprits
    person.settle()
    person.until(lambda: told.merged_after)


def note_of(person: Person) -> Interviews:
    page = person.window.page("Interviews")
    assert isinstance(page, Interviews)
    return page


def tag_words(person: Person, told: Told, many: int) -> None:
    """Themes on words of some lines, by keys: to the line, its first word chosen, # and the theme."""
    editor = note_of(person).editor
    for number in range(many):
        for _ in range(3):
            person.press(K.Key_Up)
        person.press(K.Key_Home)
        for _ in range(len(editor.live.words().split()[0])):
            person.press(K.Key_Right, SHIFT)
        person.type("#")
        person.type(THEMES[number % len(THEMES)])
        person.press(K.Key_Return)
        told.tagged += 1


def on_their_words(workspace: Workspace, session: bytes) -> dict[str, list[tuple[str, str]]]:
    """By line: what was marked out, and the words it stands on now."""
    lines = {line.id: line.text for line in records(workspace, NoteLine, session=session)}
    marks = excerpts.spans(workspace, list(lines))
    return {
        lines[id]: [
            (mark.quote, lines[id][mark.span.start : mark.span.end] if mark.span else "") for mark in some
        ]
        for id, some in marks.items()
    }


def edited_by_a_colleague(day: Day, session: bytes) -> None:
    """On the other laptop, unseen: words before, behind and far from what is marked; lines of one's own between."""
    lines = sorted(records(day.partner, NoteLine, session=session), key=lambda line: line.place)
    marked = {
        mark.target
        for some in excerpts.spans(day.partner, [one.id for one in lines]).values()
        for mark in some
    }
    for number, line in enumerate(one for one in lines if one.id in marked):
        text = f"Today {line.text}" if number % 2 else f"{line.text} (said again)"
        notes.write_line(day.partner, session=session, line=line.id, text=text)
    visits.describe_session(day.partner, session=session, title="Focus group, file unit")
    notes.write_line(day.partner, session=session, text="A colleague's own line, at the end.")


def build_a_finding(person: Person, words: str, against: str) -> bytes:
    """A finding with evidence for and against it, found by words, and signed."""
    person.press(K.Key_6, CTRL)
    person.press(K.Key_N)
    person.type("Nobody says what was missing when a file is sent back.")
    person.press(K.Key_Return)
    page = person.window.page("Findings")
    assert isinstance(page, FindingsPage) and page.at is not None
    finding = page.at
    for typed, sign in ((words, "+"), (against, "-")):
        person.press(K.Key_6, CTRL)
        person.press(K.Key_A)
        person.press(K.Key_Slash)
        for _ in range(40):
            person.press(K.Key_Backspace)
        person.type(typed)
        person.press(K.Key_Down)
        person.press(K.Key_P)
        if sign == "-":
            person.type(sign)
        person.press(K.Key_Return)
    person.press(K.Key_6, CTRL)
    person.press(K.Key_S)
    return finding


def spend(day: Day, minutes: float, factor: float = 1.0, tags: int = 5) -> Told:
    """The whole day. Raises AssertionError where something was lost, or a theme is not on its words."""
    told, lines = Told(), script(minutes)
    with day.window("lead") as person:
        type_at_speed(person, lines, day, told, factor)
        editor = note_of(person).editor
        session = editor.session
        written = [line.text for line in records(day.lead, NoteLine, session=session)]
        wanted = [line.split(" #")[0].lstrip('">') for line in lines]
        assert sorted(written) == sorted(wanted), "not all that was typed is there"
        tag_words(person, told, tags)
        before = on_their_words(day.lead, session)
        assert sum(len(some) for some in before.values()) == tags
        assert all(quote == said for some in before.values() for quote, said in some)
        person.press(K.Key_5, CTRL)
        person.press(K.Key_Slash)
        person.type(next(words for words in DOES if any(words in line for line in lines)))
        found: int = person.window.page("Evidence").list.hits.model().rowCount()  # type: ignore[attr-defined]
        assert found, "what was typed is not found"
    day.exchange(day.lead, day.partner)
    edited_by_a_colleague(day, session)
    notes.write_line(day.lead, session=session, text="And one more of our own.")
    day.exchange(day.partner, day.lead)
    day.exchange(day.lead, day.partner)
    for laptop in (day.lead, day.partner):
        after = on_their_words(laptop, session)
        marks = [one for some in after.values() for one in some]
        assert len(marks) == tags and all(quote == said for quote, said in marks), marks
        told.moved += sum(line not in before for line in after)
    said = [words for words in DOES if any(words in line for line in lines)]
    sign_it(day, said[:2])
    return told


def sign_it(day: Day, said: list[str]) -> None:
    """A finding signed on two laptops; a line behind it changed on one, and named on the other."""
    with day.window("lead") as person:
        finding = build_a_finding(person, *(f'"{words}"' for words in said))
        standing = signing.signings(day.lead, [finding])[finding]
        assert standing.state == "signed by one", standing
    day.exchange(day.lead, day.partner)
    with day.window("partner") as person:
        person.press(K.Key_6, CTRL)
        person.press(K.Key_S)
        assert signing.signings(day.partner, [finding])[finding].state == "signed"
    day.exchange(day.partner, day.lead)
    assert signing.signings(day.lead, [finding])[finding].state == "signed"
    assert get(day.lead, Finding, finding).text.startswith("Nobody says")
    behind = signing.signings(day.partner, [finding])[finding]
    assert behind.locked
    change_a_line(day, finding)
    day.exchange(day.partner, day.lead)
    with day.window("lead") as person:
        person.press(K.Key_6, CTRL)
        page = person.window.page("Findings")
        assert isinstance(page, FindingsPage)
        assert page.list.rows[0].title == "Changed since signed: 1"
        assert "Note line" in page.changed.text(), page.changed.text()


def change_a_line(day: Day, finding: bytes) -> None:
    """The partner rewords a line that is evidence."""
    behind = [link.evidence or b"" for link in records(day.partner, EvidenceLink, finding=finding)]
    line = records(day.partner, NoteLine, id=behind)[0]
    said = f"{line.text}, or so it was said"
    notes.write_line(day.partner, session=line.session or b"", line=line.id, text=said)


if __name__ == "__main__":
    from fieldwork.desktop.application import make_application

    os.environ["FIELDWORK_HOME"] = tempfile.mkdtemp()
    app = make_application(settings=Settings(appearance="light"))
    with tempfile.TemporaryDirectory() as there:
        result = spend(Day(Path(there)), float(sys.argv[1]) if len(sys.argv) > 1 else 40)
    print(
        f"{result.letters} keys in {result.seconds / 60:.1f} minutes; merged {result.merged_lines} lines in "
        f"{result.merged_after:.1f} s meanwhile; gaps of the window's thread: median {result.gap(0.5):.1f}, 99th of a "
        f"hundred {result.gap(0.99):.1f}, longest {max(result.gaps) * 1000:.0f} ms; {result.tagged} themes on words, "
        f"all on theirs after {result.moved // 2} lines were edited elsewhere"
    )
    for culprit in result.culprits[:8]:
        print(culprit)
