"""What is to be moderated: a dip sample of the finished files, and every answer that calls for a second look."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from fieldwork.analysis.drawing import Case, choose, frame_digest, in_order, overlap_count
from fieldwork.domain.faults import Fault
from fieldwork.domain.marking_records import DipDraw, ModeratedMark, Moderation
from fieldwork.domain.records import Answer, CaseFile, Draw, Examination, Stratum
from fieldwork.domain.values import Id, codes, derived_id
from fieldwork.questions.repeating import place_of
from fieldwork.store.drawn import places
from fieldwork.store.members import lead_or_fault, leads
from fieldwork.store.reading import AT_ONCE, records
from fieldwork.store.recording import Change
from fieldwork.store.same import sets
from fieldwork.store.state import DELETED
from fieldwork.store.workspace import Workspace
from fieldwork.work.agreed import MODERATED, agreed_answers, hands_on, stood_on
from fieldwork.work.calibration_files import calibrating
from fieldwork.work.done import Done, do
from fieldwork.work.examining import Pane, panes_of, question_set
from fieldwork.work.instances import repeats_of
from fieldwork.work.joint import uncounted_examinations
from fieldwork.work.matching import by_file, matched
from fieldwork.work.sampling import REPLACED

DIP, TRIGGER, ASKED, CHANGED = "dip", "trigger", "asked", "changed"
PERCENT = 10
NO_STRATUM = "(none)"


@dataclass(frozen=True)
class Cause:
    """Why a file is to be moderated. question: its place (its code, outside repeats), "" for the whole file.

    cause: "dip", "trigger", "asked" (somebody began by themselves) or "changed" (an answer is no longer what it
    was when another was agreed upon it).
    """

    cause: str
    question: str = ""


@dataclass(frozen=True)
class Waiting:
    """A file that is to be moderated, or was.

    examiners: whose own file it is; own: whether this laptop's member is one of them. looks: the moderations
    that count; void: those that do not, because the file is the moderator's own. done: nothing is left to do.
    """

    file: CaseFile
    causes: tuple[Cause, ...]
    examiners: frozenset[Id]
    own: bool
    looks: tuple[Moderation, ...]
    void: tuple[Moderation, ...]
    done: bool

    def mine(self, member: Id | None) -> Moderation | None:
        """This member's moderation of it, if it was begun."""
        return next((look for look in self.looks if look.moderator == member), None)


def finished_files(
    workspace: Workspace, only: Id | None = None
) -> dict[Id, tuple[CaseFile, list[Examination]]]:
    """Files of the sample with their finished examinations that can be read here; calibration is left out."""
    drawn = places(workspace)
    id = sets(workspace).of(only) if only is not None else None
    outside = calibrating(workspace)
    files = {
        file.id: file
        for file in (records(workspace, CaseFile, id=id) if id else records(workspace, CaseFile))
        if file.id not in outside and (file.id not in drawn or drawn[file.id].standing != REPLACED)
    }
    found: dict[Id, tuple[CaseFile, list[Examination]]] = {}
    some = records(workspace, Examination, case_file=id) if id else records(workspace, Examination)
    without = uncounted_examinations(workspace, some)
    for one in some:
        if one.case_file in files and one.finished and one.id not in without:
            found.setdefault(one.case_file, (files[one.case_file], []))[1].append(one)
    return found


# -- the dip sample


def draw_dip(workspace: Workspace, *, percent: int = PERCENT, seed: str = "", at: int | None = None) -> Done:
    """Draw a share of the finished files of every stratum for moderation; the same again changes nothing.

    percent: rounded up in each stratum. seed: "" for that of the last draw, so that it draws on.
    """
    lead_or_fault(workspace, "draws the dip sample")
    if not 0 < percent <= 100:
        raise Fault(f"A dip sample is of 1 to 100 per cent of the finished files, not {percent}.")
    seed = seed.strip() or _usual_seed(workspace)
    if not seed.isprintable():
        raise Fault("A draw needs a seed of one line, so that it can be made again; give one.")
    strata = {stratum.id: stratum.code or stratum.name for stratum in records(workspace, Stratum)}
    held = finished_files(workspace)
    cases = {
        id: Case(file.reference, strata.get(file.stratum or b"", NO_STRATUM))
        for id, (file, _) in held.items()
    }
    if not cases:
        raise Fault("No file is finished yet, so there is nothing to draw from.")
    chosen = set(dip_of(cases.values(), percent, seed))
    ids = sorted(id for id, case in cases.items() if case.reference in chosen)
    frame = frame_digest(cases.values())
    id = derived_id(DipDraw.kind, seed, str(percent), frame)
    fields = {"seed": seed, "percent": percent, "frame": frame, "files": b"".join(ids), DELETED: None}
    return do(workspace, "dip sample", [Change(DipDraw.kind, id, fields)], id=id, at=at)


def dip_of(cases: Iterable[Case], percent: int, seed: str) -> list[str]:
    """References drawn, stratum by stratum, each in the order of its ranks: SHA-256 of seed and reference."""
    return [
        one.reference
        for ordered in in_order(cases, seed).values()
        for one in choose(ordered, overlap_count(len(ordered), Fraction(percent))).new
    ]


def _usual_seed(workspace: Workspace) -> str:
    """That of the draws so far, the smallest where they differ; else one made from the inspection's id."""
    drawn = {one.seed for one in records(workspace, DipDraw) if one.seed}
    drawn = drawn or {one.seed for one in records(workspace, Draw) if one.seed}
    return min(drawn, default=workspace.inspection.hex()[:12])


def dipped(workspace: Workspace) -> frozenset[Id]:
    """The files of all dip samples, each as it is read here."""
    joined = sets(workspace)
    found: set[Id] = set()
    for draw in records(workspace, DipDraw):
        held = draw.files or b""
        found.update(joined.of(held[n : n + 16]) for n in range(0, len(held) - 15, 16))
    return frozenset(found)


# -- what waits


def waiting(workspace: Workspace, only: Id | None = None) -> list[Waiting]:
    """Files to moderate and those that were, by reference; of one file if given.

    Those whose examination is open again, sealed, or for calibration are left out, and so are those that nothing
    calls for.
    """
    held = finished_files(workspace, only)
    dip = dipped(workspace)
    triggered = _triggered(workspace, held)
    looks: dict[Id, list[Moderation]] = {}
    begun = records(workspace, Moderation, case_file=only) if only else records(workspace, Moderation)
    for one in begun:
        if one.case_file in held:
            looks.setdefault(one.case_file, []).append(one)
    changed = _changed(workspace, held, only)
    wanted = (dip & held.keys()) | triggered.keys() | looks.keys() | changed.keys()
    hands = hands_on(workspace, wanted)
    counted = [look for some in looks.values() for look in some if look.finished]
    marked = _marked(workspace, counted)
    found = []
    for id in wanted:
        file, _ = held[id]
        some = sorted(looks.get(id, ()), key=lambda look: (look.finished is None, look.started or 0, look.id))
        valid = tuple(look for look in some if look.moderator not in hands[id])
        causes = [Cause(DIP)] if id in dip else []
        causes += [Cause(TRIGGER, code) for code in triggered.get(id, ())]
        causes += [Cause(CHANGED, code) for code in changed.get(id, ())]
        if not causes and not valid:
            continue
        seen = {code for look in valid if look.finished for code in marked.get(look.id, ())}
        done = (
            any(look.finished for look in valid) and seen >= set(triggered.get(id, ())) and id not in changed
        )
        found.append(
            Waiting(
                file,
                tuple(causes) or (Cause(ASKED),),
                hands[id],
                workspace.identity.member in hands[id],
                valid,
                tuple(look for look in some if look not in valid),
                done,
            )
        )
    return sorted(found, key=lambda one: (one.file.reference, one.file.id))


Held = Mapping[Id, tuple[CaseFile, Sequence[Examination]]]


def _triggered(workspace: Workspace, held: Held) -> dict[Id, tuple[str, ...]]:
    """Questions, by file, that were answered with what calls for a second look. A dormant answer calls for none."""
    by_id = {e.id: e for _, some in held.values() for e in some}
    used = {e.question_set for e in by_id.values() if e.question_set is not None}
    calls = {
        (version, q.code): frozenset(q.trigger)
        for version in used
        for q in question_set(workspace, version).questions
        if q.trigger
    }
    several = {id for id in used if repeats_of(question_set(workspace, id))}
    calling: dict[Id, Examination] = {}
    for code in sorted({code for _, code in calls}):
        for one in records(workspace, Answer, question=code):
            examination = by_id.get(one.examination or b"")
            if examination is not None:
                wanted = calls.get((examination.question_set or b"", code), frozenset())
                if wanted & set(codes(one.value)):
                    calling[examination.id] = examination
                    if examination.question_set in several:  # whose entries are matched with those of all
                        calling |= {e.id: e for e in held[examination.case_file or b""][1]}
    files = {id: file for id, (file, _) in held.items()}
    found: dict[Id, dict[str, None]] = {}
    for id, panes in by_file(panes_of(workspace, list(calling.values()), files)).items():
        together = matched(panes)
        for pane in panes:
            for place in triggers_in(pane):
                found.setdefault(id, {})[together.common(place)] = None
    return {id: tuple(some) for id, some in found.items()}


def triggers_in(pane: Pane) -> tuple[str, ...]:
    """The places of an examination whose answer calls for a second look, in order."""
    return tuple(
        q.code
        for q in pane.asked
        if q.trigger and (one := pane.answer(q.code)) is not None and set(q.trigger) & set(codes(one.value))
    )


def _changed(workspace: Workspace, held: Held, only: Id | None) -> dict[Id, tuple[str, ...]]:
    """Questions, by file, whose original answers are no longer what they were when another was agreed."""
    agreed = {
        id: some for id, some in agreed_answers(workspace, [only] if only else None).items() if id in held
    }
    of = {e.id: id for id in agreed for e in held[id][1]}
    given: dict[tuple[Id, str, str], list[Answer]] = {}
    entered: dict[Id, set[str]] = {}
    by_id: dict[Id, Answer] = {}
    ids = sorted(of)
    for at in range(0, len(ids), AT_ONCE):
        for one in records(workspace, Answer, examination=ids[at : at + AT_ONCE]):
            if one.value:
                key = of[one.examination or b""], one.question, one.instance
                given.setdefault(key, []).append(one)
                if one.instance:
                    entered.setdefault(key[0], set()).add(one.instance)
                    by_id[one.id] = one
    found: dict[Id, list[str]] = {}
    for id, some in agreed.items():
        for (code, instance), answer in some.items():
            if answer.source != MODERATED or (instance and instance not in entered.get(id, ())):
                continue
            now = {one.id: one for one in given.get((id, code, instance), ())}
            if instance:  # another examiner's stands under another entry
                now |= {one: by_id[one] for one in (answer.one, answer.other) if one in by_id}
            if answer.stands_on != stood_on(now.values()):
                found.setdefault(id, []).append(place_of(code, instance))
    return {id: tuple(sorted(some)) for id, some in found.items()}


def _marked(workspace: Workspace, looks: Sequence[Moderation]) -> dict[Id, set[str]]:
    """The places marked, by moderation."""
    found: dict[Id, set[str]] = {}
    ids = [look.id for look in looks]
    for at in range(0, len(ids), AT_ONCE):
        for one in records(workspace, ModeratedMark, moderation=ids[at : at + AT_ONCE]):
            if one.value:
                place = place_of(one.question, one.instance)
                found.setdefault(one.moderation or b"", set()).add(place)
    return found


@dataclass(frozen=True)
class ModerationBoard:
    """What the list of files shows of moderation. leads: whether this laptop may draw; drawn: files of dip samples."""

    waiting: tuple[Waiting, ...]
    leads: bool
    drawn: int


def moderation_board(workspace: Workspace) -> ModerationBoard:
    """What waits, in one go."""
    return ModerationBoard(
        tuple(waiting(workspace)), workspace.device in leads(workspace), len(dipped(workspace))
    )
