"""Calibration: a few files that all mark, each for themselves, to see where they agree. Outside the results."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from fieldwork.analysis.agreement import Disagreements, Figure, agreement, disagreements
from fieldwork.analysis.ratings import ratings
from fieldwork.domain.faults import Fault
from fieldwork.domain.marking_records import JointMarking
from fieldwork.domain.question_set import CHOICE_KINDS, Question
from fieldwork.domain.records import CaseFile, Examination, TeamMember
from fieldwork.domain.values import Id, derived_id
from fieldwork.questions.given_values import as_one_answer
from fieldwork.questions.leading import ALL
from fieldwork.questions.repeating import parted
from fieldwork.store.members import lead_or_fault
from fieldwork.store.reading import get, records
from fieldwork.store.recording import Change
from fieldwork.store.same import sets
from fieldwork.store.state import DELETED
from fieldwork.store.workspace import Workspace
from fieldwork.work.calibration_files import calibrating
from fieldwork.work.done import Done, do
from fieldwork.work.examining import Pane, panes_of, question_set
from fieldwork.work.file_view import called
from fieldwork.work.files import foremost
from fieldwork.work.joint import CALIBRATION, closed_examinations, markings, members_of, usual_keepers
from fieldwork.work.matching import by_file, matched

POINTS = ("NM", "PM", "FM")  # from one end of the scale to the other
BESIDE = ("NA", "NK")


@dataclass(frozen=True)
class Marked:
    """One file, in a repeat one of its entries: its reference, and what each examiner answered; "" for a blank."""

    reference: str
    given: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class QuestionAgreement:
    """How far examiners agree on one question. files: those that all have finished and that ask it of anybody.

    figures: as in `analysis.agreement.agreement`. apart: pairs of marks by how far apart they are.
    """

    question: Question
    files: int
    figures: Mapping[str, Figure]
    apart: Disagreements
    marks: tuple[Marked, ...]


@dataclass(frozen=True)
class Calibrated:
    """The calibration files: how many, how many of them are open to all, and the figures of those."""

    files: int
    finished: int
    waiting: tuple[tuple[str, tuple[str, ...]], ...]
    """References of the others, each with who has not finished; nobody where it only has to be opened."""
    questions: tuple[QuestionAgreement, ...]


def calibrate(
    workspace: Workspace, *, file: Id, members: Sequence[bytes] = (), at: int | None = None
) -> Done:
    """Let several mark one file to calibrate; it stays outside the results. members: nobody named is everybody.

    Raises Fault when somebody has begun the file, or fewer than two would mark it.
    """
    lead_or_fault(workspace, "chooses files for calibration")
    case = get(workspace, CaseFile, file)
    known = {member.id for member in records(workspace, TeamMember)}
    for member in members:
        get(workspace, TeamMember, member)
    chosen = sorted(set(members) or known)
    if len(chosen) < 2:
        raise Fault(f"File {case.reference}: calibration needs two examiners or more.")
    held = _held(workspace, case)
    for one in markings(workspace, case.id) if held else ():
        if one.state != "not begun" and one.member not in chosen:
            raise Fault(
                f"File {case.reference} was begun by {one.name}, who stays among those who mark it; name them too."
            )
    id = held[0].id if held else derived_id(JointMarking.kind, case.id)
    fields = {
        "case_file": case.id,
        "purpose": CALIBRATION,
        "examiners": b"".join(chosen),
        "keepers": b"".join(usual_keepers(workspace, chosen)) or None,
        "scope": ALL,
        "first_sections": "",
        DELETED: None,
    }
    changes = [Change(JointMarking.kind, id, fields)]
    if case.allocated is not None:
        changes.append(Change(CaseFile.kind, case.id, {"allocated": None}))
    return do(workspace, "calibrate", changes, id=id, at=at)


def _held(workspace: Workspace, case: CaseFile) -> list[JointMarking]:
    """How a file is for calibration already. Raises Fault where it cannot be."""
    held = records(workspace, JointMarking, case_file=case.id)
    if any(one.purpose != CALIBRATION for one in held):
        raise Fault(f"File {case.reference} is for a blind pair already; choose another for calibration.")
    if not held and any(one.started for one in records(workspace, Examination, case_file=case.id)):
        raise Fault(f"File {case.reference} has been begun already; choose one that nobody has marked.")
    return held


@dataclass(frozen=True)
class Marks:
    """One member as somebody who may mark a file. chosen: is to mark it, as it stands; begun: has begun."""

    member: Id
    name: str
    chosen: bool
    begun: bool


@dataclass(frozen=True)
class WhoMarks:
    """Who marks a file for calibration, or would if nobody said otherwise: all."""

    file: Id
    reference: str
    members: tuple[Marks, ...]


def who_marks(workspace: Workspace, file: Id) -> WhoMarks:
    """What a lead chooses from before `calibrate`. Raises Fault where the file cannot be for calibration."""
    lead_or_fault(workspace, "chooses files for calibration")
    case = get(workspace, CaseFile, file)
    named = {id for one in _held(workspace, case) for id in members_of(one)}
    begun = {one.member for one in markings(workspace, case.id) if one.state != "not begun"}
    some = [
        Marks(one.id, called(one), not named or one.id in named, one.id in begun)
        for one in records(workspace, TeamMember)
    ]
    return WhoMarks(case.id, case.reference, tuple(sorted(some, key=lambda one: (one.name, one.member))))


def calibrated(workspace: Workspace) -> Calibrated:
    """The figures of every question, by files that are open to all; of the others nothing is shown.

    What each marks stays sealed until all who were named have finished, and opens with their next packages.
    """
    asked = calibrating(workspace)
    joined_sets = sets(workspace)
    files = {
        file.id: file
        for file in (records(workspace, CaseFile, id=sorted(asked)) if asked else ())
        if joined_sets.of(file.id) == file.id
    }
    labels = {member.id: member.label for member in records(workspace, TeamMember)}
    done: list[Examination] = []
    waiting = []
    for id, file in sorted(files.items(), key=lambda item: item[1].reference):
        states = markings(workspace, id)
        if all(one.state == "open" for one in states):
            some = records(workspace, Examination, case_file=id)
            closed = closed_examinations(workspace, some)
            mine = (foremost(e for e in some if e.examiner == m and e.id not in closed) for m in asked[id])
            done += [one for one in mine if one is not None and one.finished]
        else:
            left = [one.name for one in states if one.state not in ("finished", "open")]
            waiting.append((file.reference, tuple(left)))
    panes = panes_of(workspace, done, files)
    whole = len({pane.file.id for pane in panes})
    return Calibrated(len(files), whole, tuple(waiting), _figures(workspace, panes, labels))


def _figures(
    workspace: Workspace, panes: Sequence[Pane], labels: Mapping[Id, str]
) -> tuple[QuestionAgreement, ...]:
    if not panes:
        return ()
    found = []
    order = sorted(panes, key=lambda p: (p.file.reference, p.file.id, p.examination.examiner or b""))
    for question in question_set(workspace).answerable:
        if question.kind not in CHOICE_KINDS:
            continue
        given: dict[Unit, list[tuple[str, str]]] = {}
        marks = []
        for unit, pane, value in _given(order, question):
            who = labels.get(pane.examination.examiner or b"", "") or "an examiner"
            given.setdefault(unit, []).append((who, value))
            marks.append((unit, pane.examination.examiner, value))
        if not any(value for _, _, value in marks):
            continue
        table = (
            ratings(
                [
                    (unit, rater, value if value in (*POINTS, *BESIDE) else None)
                    for unit, rater, value in marks
                ],
                scale="ordinal",
                order=POINTS,
                apart=BESIDE,
            )
            if question.scored
            else ratings(marks, scale="nominal")
        )
        asked = {unit[0] for unit, _, value in marks if value}
        found.append(
            QuestionAgreement(
                question,
                len(asked),
                agreement(table),
                disagreements(table),
                tuple(Marked(unit[2], tuple(some)) for unit, some in given.items()),
            )
        )
    return tuple(found)


Unit = tuple[Id, str, str]
"""A file with the place of a question in it, and in words; two files may be called by one reference."""


def _given(panes: Sequence[Pane], question: Question) -> Iterator[tuple[Unit, Pane, str]]:
    """What each examiner answered, by file; in a repeat the first each entered beside the first, and so on."""
    for file, some in by_file(panes).items():
        reference = some[0].file.reference
        if not question.repeat:
            whole = (file, question.code, reference)
            yield from ((whole, pane, _value(pane, question.code)) for pane in some)
            continue
        together = matched(some)
        for place in (q.code for q in together.sequence if parted(q.code)[0] == question.code):
            unit = (file, place, f"{reference}, {together.called(some[0], place)}")
            for number, pane in enumerate(some):
                yield unit, pane, _value(pane, together.place_in(number, place))


def _value(pane: Pane, place: str | None) -> str:
    """The answer, several choices in one order; "" where it is blank or not asked."""
    held = pane.answer(place) if place is not None else None
    if held is None or place is None or place not in pane.applied.asked:
        return ""
    return as_one_answer(pane.question(place), held.value)
