"""What made-up inspectors do in some months: the acts of every laptop, clashes included.

All laptops start from the same ground, which the lead has planned and noted: visits, case files, a few
sessions and findings. What two of them do to it unseen by each other is listed as clashes beforehand.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from fieldwork.domain.order import following
from fieldwork.domain.records import (
    Answer,
    CaseFile,
    EvidenceLink,
    Examination,
    Finding,
    NoteLine,
    Session,
    Stratum,
    Visit,
)
from fieldwork.domain.values import Id, derived_id
from fieldwork.domain.vocabulary import (
    DIRECTIONS,
    FINDING_KINDS,
    GRADE_BANDS,
    SESSION_METHODS,
    STRENGTHS,
)
from fieldwork.store.recording import DELETE, Act, Change
from fieldwork.store.state import DELETED
from fieldwork.work.examining import answer_id, examination_id
from fieldwork.work.inspections import phase_id, stratum_id
from fieldwork.work.made_up import Given, MadeUp
from fieldwork.work.made_up_evidence import Evenings, Typed, guide_act
from fieldwork.work.themes import tag_change

START = 1_736_150_400_000  # Monday 6 January 2025, 8 o'clock
DAY = 86_400_000
MONTHS = 150  # days of fieldwork, weekends left in
MINUTE = 60_000
GROUND = 100  # one note line in so many is there before the laptops part, and at least
LEAST_GROUND = 24
PASTED = 40  # lines of one act where a note was typed elsewhere first

STRATA = (
    ("volume", "Volume crime"),
    ("rasso", "RASSO"),
    ("abuse", "Domestic abuse"),
    ("youth", "Youth"),
)
BOTH = ("line", "file", "claim", "deleted")  # clashes that open a conflict
SHARES = ("line",) * 5 + ("file",) + ("deleted",) * 2 + ("reference", "claim")


@dataclass(frozen=True)
class Amounts:
    """How much there is over all laptops; answers is what to aim at."""

    visits: int
    sessions: int
    lines: int
    files: int
    answers: int
    links: int
    changes: int


@dataclass(frozen=True)
class Clash:
    """Two laptops (numbers, from 0) that do something to one record unseen by each other.

    what: "line" or "file", both reword it; "deleted", the first rewords, the second deletes; "claim", both
    take the file; "reference", both enter a file under the same reference.
    """

    what: str
    target: Id
    laptops: tuple[int, int]
    reference: str = ""


@dataclass
class Ground:
    """What stands on every laptop when they part."""

    question_set: Id
    themes: Sequence[Id]
    sheets: Sequence[Sequence[Given]]
    visits: list[tuple[Id, str, str]] = field(default_factory=list)  # id, force, Area
    files: list[Id] = field(default_factory=list)
    lines: list[Id] = field(default_factory=list)
    findings: list[Id] = field(default_factory=list)


def lay_ground(
    made: MadeUp, ground: Ground, amounts: Amounts, bodies: Sequence[tuple[str, str]]
) -> list[Act]:
    """The lead's acts before the packs are handed out; fills the ground. bodies: force and its Area."""
    at = START
    acts = [
        Act(
            "stratum",
            [Change(Stratum.kind, stratum_id(code), {"code": code, "name": name, "target": target})],
            at,
        )
        for code, name in STRATA
        for target in [amounts.files // len(STRATA)]
    ]
    for number in range(amounts.visits):
        force, area = bodies[number % len(bodies)]
        id = made.id(at)
        ground.visits.append((id, force, area))
        acts.append(Act("plan a visit", [Change(Visit.kind, id, _visit(number, amounts, force, area))], at))
        some = range(number, amounts.files, amounts.visits)
        cases = [Change(CaseFile.kind, made.id(at), _case(made, place, id, force, area)) for place in some]
        ground.files += [case.id for case in cases]
        acts.append(Act("import cases", cases, at))
        at += MINUTE
    for _ in range(max(4, amounts.visits // 2)):
        ground.findings.append(made.id(at))
        fields = {
            "text": made.sentence(),
            "finding_kind": made.one(tuple(FINDING_KINDS)),
            "position": _place(made),
        }
        acts.append(Act("finding", [Change(Finding.kind, ground.findings[-1], fields)], at))
    work = Work(made, ground, None, 1)
    lines = _shared_lines(amounts)
    for rest in range(lines, 0, -2 * PASTED):
        acts += work.session(at, min(rest, 2 * PASTED), pasted=True)
        at += MINUTE
    ground.lines += [id for kind, id in work.today if kind == NoteLine.kind]
    return [*acts, *work.evening, guide_act(made, START)]


def _shared_lines(amounts: Amounts) -> int:
    return max(LEAST_GROUND, amounts.lines // GROUND)


def _visit(number: int, amounts: Amounts, force: str, area: str) -> dict[str, Any]:
    from datetime import UTC, datetime

    first = START + number * MONTHS // amounts.visits * DAY
    days = [datetime.fromtimestamp((first + more * DAY) / 1000, UTC).date().isoformat() for more in (0, 3)]
    fields = {"title": f"Visit {number + 1}", "bodies": f"{force} {area}", "phase": phase_id("phase_1")}
    return {**fields, "planned_start": days[0], "planned_end": days[1]}


def _case(made: MadeUp, number: int, visit: Id, force: str, area: str) -> dict[str, Any]:
    return {
        "reference": f"{force}-{number + 1:05d}",
        "stratum": stratum_id(made.one(STRATA)[0]),
        "visit": visit,
        "force": force,
        "area": area,
        "unit": made.one(made.words["units"]),
        "has_victim": "Y" if made.likely(0.8) else "N",
        "file_prepared": "Y",
        "reported": f"2024-{made.between(1, 6):02d}-{made.between(1, 28):02d}",
        "submitted": f"2024-{made.between(7, 12):02d}-{made.between(1, 28):02d}",
        "position": number + 1,
    }


def _place(made: MadeUp) -> str:
    """A place in the middle of a list, as `between` gives one, but drawn from the seed."""
    return "V-" + "".join(made.one("ABCDEFGHJKLMNPQRSTUVWXYZ") for _ in range(6))


def draw_clashes(made: MadeUp, ground: Ground, count: int, laptops: int) -> list[Clash]:
    """Clashes between two laptops each, every one on a record of its own."""
    if laptops < 2:
        return []
    lines, files = list(ground.lines), list(ground.files)
    made.random.shuffle(lines)
    made.random.shuffle(files)
    clashes = []
    for number in range(count):
        what = SHARES[number % len(SHARES)]
        some = lines if what in ("line", "deleted") else files
        if not some:
            continue
        one, other = made.random.sample(range(laptops), 2)
        target = b"" if what == "reference" else some.pop()
        clashes.append(Clash(what, target, (one, other), f"TWICE-{number + 1:05d}"))
    return clashes


class Work:
    """One laptop's acts. today: what was noted since the last evening; evening: acts that wait for it.

    evenings: what else is done of an evening; None where only the ground is laid.
    """

    def __init__(
        self,
        made: MadeUp,
        ground: Ground,
        member: Id | None,
        part: int,
        author: str = "lead",
        evenings: Evenings | None = None,
    ) -> None:
        self.made, self.ground, self.member, self.part, self.author = made, ground, member, part, author
        self.evenings = evenings
        self.today: list[tuple[str, Id]] = []
        self.evening: list[Act] = []
        self._earlier: list[tuple[str, Id]] = []
        self._changes = self._pinned = 0

    def acts(
        self, amounts: Amounts, files: Sequence[Id], clashes: Iterable[Clash], number: int
    ) -> Iterator[Act]:
        """Everything this laptop does. files: those it examines; number: its own among the laptops."""
        sessions = amounts.sessions // self.part or 1
        lines = (amounts.lines - _shared_lines(amounts)) // self.part // sessions or 1
        tasks: list[Id | None] = [*files, *[None] * sessions]
        self.made.random.shuffle(tasks)
        for day in range(MONTHS):
            at = START + day * DAY
            for task in tasks[len(tasks) * day // MONTHS : len(tasks) * (day + 1) // MONTHS]:
                at += 30 * MINUTE
                length = max(1, round(lines * self.made.random.uniform(0.5, 1.5)))
                some = (
                    self.session(at, length, self.made.likely(0.2))
                    if task is None
                    else self.examination(at, task)
                )
                yield from self._counted(some)
            wanted = amounts.changes // self.part * (day + 1) // MONTHS
            links = amounts.links * (day + 1) // MONTHS // self.part
            yield from self._counted(self._wash_up(START + day * DAY + 10 * 60 * MINUTE, links, wanted))
            if self.evenings is not None:
                yield from self.evenings.acts(START + day * DAY + 11 * 60 * MINUTE)
        for clash in clashes:
            if number in clash.laptops:
                yield self._clashing(START + MONTHS * DAY, clash, clash.laptops.index(number))

    def _counted(self, acts: Iterable[Act]) -> Iterator[Act]:
        for act in acts:
            self._changes += sum(
                value is not None for change in act.changes for value in change.fields.values()
            )
            yield act

    def session(self, at: int, count: int, pasted: bool = False) -> Iterator[Act]:
        """A session noted line by line, or typed elsewhere and pasted in."""
        made = self.made
        visit, *bodies = made.one(self.ground.visits)
        id = made.id(at)
        fields: dict[str, Any] = {
            "visit": visit,
            "title": made.one(made.words["titles"]),
            "method": made.one(SESSION_METHODS),
            "mode": "in_person" if made.likely(0.8) else "remote",
            "body": made.one(bodies),
            "role": made.one(made.words["roles"]),
            "grade_band": made.one(tuple(GRADE_BANDS)),
            "present": made.between(1, 7),
            "started": at,
            "state": "open",
            "noted_by": self.member,
        }
        yield Act("start a session", [Change(Session.kind, id, fields)], at)
        if self.evenings is not None:
            self.evenings.held.append((id, visit, fields["body"]))
        place = _place(made)
        together: list[Change] = []
        for _ in range(count):
            at += 25_000
            line = self._line(at, id, place)
            place = following(place)
            if not pasted:
                yield Act("note", line, at)
                continue
            together += line
            if len(together) >= PASTED:
                yield Act("paste", together, at)
                together = []
        if together:
            yield Act("paste", together, at)
        self.evening.append(
            Act("finish a session", [Change(Session.kind, id, {"ended": at, "state": "done"})], at)
        )

    def _line(self, at: int, session: Id, place: str) -> list[Change]:
        made, id = self.made, self.made.id(at)
        self.today.append((NoteLine.kind, id))
        fields: dict[str, Any] = {
            "session": session,
            "place": place,
            "text": made.sentence(),
            "author": self.author,
            "typed": at,
        }
        if made.likely(0.3):
            fields["mark"] = made.one(('"', ">", "!", "@"))
        if made.likely(0.2):
            fields["speaker"] = made.one("ABC")
        if self.evenings is not None:
            self.evenings.typed.append(Typed(id, fields["text"]))
        changes = [Change(NoteLine.kind, id, fields)]
        if made.likely(0.4):
            theme, direction = made.one(self.ground.themes), made.one(tuple(DIRECTIONS))
            changes.append(tag_change(id, theme, direction, made.one(tuple(STRENGTHS))))
        return changes

    def examination(self, at: int, file: Id) -> Iterator[Act]:
        """A case file examined to its end, one act an answer."""
        made, id = self.made, examination_id(file, self.member)
        fields = {
            "case_file": file,
            "examiner": self.member,
            "question_set": self.ground.question_set,
            "started": at,
        }
        yield Act("start a file", [Change(Examination.kind, id, fields)], at)
        for given in made.one(self.ground.sheets):
            at += 20_000
            answer = answer_id(id, given.question.code)
            said = {"examination": id, "question": given.question.code, "value": given.value}
            if given.needs_reason:
                said["reason"] = made.reason(given)
            elif made.likely(0.1):
                said["comment"] = made.sentence()
            self.today.append((Answer.kind, answer))
            yield Act("answer", [Change(Answer.kind, answer, said)], at)
        self.evening.append(Act("finish a file", [Change(Examination.kind, id, {"finished": at})], at))

    def _wash_up(self, at: int, links: int, wanted: int) -> Iterator[Act]:
        """What waited for the evening, evidence pinned, and earlier words put better.

        links, wanted: how many of each, and how many changes in all, there are to be by now.
        """
        yield from self.evening
        made = self.made
        for _ in range(links - self._pinned if self.today else 0):
            self._pinned += 1
            evidence, finding = made.one(self.today)[1], made.one(self.ground.findings)
            bearing = "for" if made.likely(0.85) else "against"
            fields = {"finding": finding, "evidence": evidence, "bearing": bearing, DELETED: None}
            link = Change(EvidenceLink.kind, derived_id(EvidenceLink.kind, finding, evidence), fields)
            yield Act("pin", [link], at)
        if self._earlier:
            for _ in range(max(len(self.today) // 40, wanted - self._changes)):
                kind, id = made.one(self._earlier)
                name, act = ("text", "note") if kind == NoteLine.kind else ("comment", "answer")
                yield Act(act, [Change(kind, id, {name: made.sentence()})], at)
        self._earlier += self.today
        self.today, self.evening = [], []

    def _clashing(self, at: int, clash: Clash, side: int) -> Act:
        """This laptop's part in a clash; side: whether it is the first or the second of the two."""
        made, target = self.made, clash.target
        if clash.what == "deleted" and side:
            return Act("delete a line", [Change(NoteLine.kind, target, {DELETED: DELETE})], at)
        if clash.what in ("line", "deleted"):
            return Act(
                "note", [Change(NoteLine.kind, target, {"text": f"{made.sentence()} ({self.author})"})], at
            )
        if clash.what == "file":
            unit = f"{made.one(made.words['units'])} {side + 1}"
            return Act("describe a file", [Change(CaseFile.kind, target, {"unit": unit})], at)
        if clash.what == "claim":
            return Act("allocate", [Change(CaseFile.kind, target, {"allocated": self.member})], at)
        visit, force, area = made.one(self.ground.visits)
        case = {**_case(made, 0, visit, force, area), "reference": clash.reference}
        return Act("case file", [Change(CaseFile.kind, made.id(at), case)], at)
