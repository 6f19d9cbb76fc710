"""What the window shows of case files: the list, and one file opened for marking."""

from collections.abc import Mapping, MutableMapping
from dataclasses import dataclass, field
from datetime import date

from fieldwork.domain.marking_records import MarkingNote
from fieldwork.domain.records import Answer, CaseFile, Examination, Stratum, TeamMember, Theme
from fieldwork.domain.values import Id
from fieldwork.domain.vocabulary import INSPECTORATES
from fieldwork.questions.repeating import place_of as place_of_question
from fieldwork.store.reading import changed_by_others, find, get, records
from fieldwork.store.recording import moment
from fieldwork.store.same import sets
from fieldwork.store.workspace import Workspace
from fieldwork.work import examining, files, sealed_examining, themes
from fieldwork.work.done import Done
from fieldwork.work.examining import Pane
from fieldwork.work.excerpts import tags_within
from fieldwork.work.file_dates import bank_holidays
from fieldwork.work.file_queue import next_file, place_in_queue
from fieldwork.work.files import FileState
from fieldwork.work.inspections import body_names
from fieldwork.work.joint import agreed_id
from fieldwork.work.pinning import pins_on
from fieldwork.work.sampling import REPLACED, replacements

Themed = tuple[str, str]
"""A theme's name and the direction it was put on with."""


@dataclass(frozen=True)
class FileLine:
    """A file in the list. answered of asked: of this examiner; both 0 before they have begun."""

    state: FileState
    answered: int
    asked: int
    examiner: str
    """Who it is allocated to, "" for nobody or for this laptop's examiner."""
    bodies: tuple[str, ...]
    """Names of its police force and CPS Area."""
    mine: bool
    """Whether it waits for this examiner: in the sample, and allocated to them or to nobody."""
    entries: int = 1
    """How often it was entered: 2 or more where entries were joined."""
    due: bool = False
    """Whether it is finished and to be looked at again by now."""
    instead: str = ""
    """Of one that was replaced: which took its place, and why."""


def list_files(workspace: Workspace) -> list[FileLine]:
    """All files by stratum and place in the draw, with how far this examiner is in each."""
    me = workspace.identity.member
    labels = {member.id: called(member) for member in records(workspace, TeamMember)}
    names = body_names(workspace)
    joined = sets(workspace)
    today = date.today()
    states = files.file_states(workspace, replaced=True, calibration=True)
    instead = replacements(workspace) if any(s.standing == REPLACED for s in states) else {}
    lines = []
    for state in states:
        answered = asked = 0
        if state.mine is not None and not state.mine.finished:
            pane = examining.pane_of(workspace, state.mine)
            answered, asked = len(pane.asked) - len(pane.unanswered), len(pane.asked)
        owner = state.file.allocated
        theirs = "" if owner in (me, None) else labels.get(owner or b"", "a colleague")
        bodies = tuple(names.get(code, code) for code in (state.file.force, state.file.area) if code)
        lines.append(
            FileLine(
                state,
                answered,
                asked,
                theirs,
                bodies,
                state.waits_for(me),
                len(joined.members(state.file.id)),
                state.due(today),
                instead.get(state.file.id, "") if state.standing == REPLACED else "",
            )
        )
    return lines


@dataclass(frozen=True)
class FileView:
    """A file opened for marking.

    moment: what stood here when it was read. place of all: among the files of this examiner (on the
    file's visit, if it has one). before, after: its neighbours there. others: colleagues who examine
    it too, in words. tags: by question code. holidays: days on which nobody works.
    pins: points behind which an answer stands, by the answer.
    """

    pane: Pane
    moment: int
    stratum: str
    place: int
    all: int
    on_visit: bool
    before: Id | None
    after: Id | None
    others: tuple[str, ...]
    themes: tuple[Theme, ...]
    tags: Mapping[str, tuple[Themed, ...]] = field(default_factory=dict)
    holidays: frozenset[date] = frozenset()
    pins: Mapping[Id, tuple[str, ...]] = field(default_factory=dict)


def view_file(workspace: Workspace, file: Id) -> FileView:
    """Everything the marking pane shows of a file. Nothing is written."""
    seen = moment(workspace)
    me = workspace.identity.member
    pane = examining.open_file(workspace, file)
    stratum = find(workspace, Stratum, pane.file.stratum) if pane.file.stratum else None
    queue = place_in_queue(workspace, pane.file)
    codebook = tuple(themes.complete(workspace, ""))
    return FileView(
        pane=pane,
        moment=seen,
        stratum=stratum.name if stratum else "",
        place=queue.place,
        all=queue.all,
        on_visit=pane.file.visit is not None,
        before=queue.before,
        after=queue.after,
        others=_others(workspace, pane.file.id, me),
        themes=codebook,
        tags=_tags(workspace, pane, codebook),
        holidays=frozenset(bank_holidays(workspace)),
        pins=pins_on(workspace, [held.id for held in pane.answers.values()]),
    )


def called(member: TeamMember) -> str:
    return member.label or (f"{member.inspectorate} examiner" if member.inspectorate else "a colleague")


def _others(workspace: Workspace, file: Id, me: Id | None) -> tuple[str, ...]:
    told = []
    for examination in records(workspace, Examination, case_file=file):
        first = examination.id == agreed_id(file)
        if examination.examiner == me or examination.started is None or first:
            continue
        member = find(workspace, TeamMember, examination.examiner)
        side = INSPECTORATES.get(member.inspectorate) if member else None
        who = f"the {side.code} examiner" if side else "another examiner"
        told.append(f"{who} has {'finished' if examination.finished else 'begun'}")
    return tuple(told)


def _tags(workspace: Workspace, pane: Pane, codebook: tuple[Theme, ...]) -> dict[str, tuple[Themed, ...]]:
    names = {theme.id: theme.name for theme in codebook}
    by_answer = {held.id: code for code, held in pane.answers.items()}
    found: dict[str, list[Themed]] = {}
    tags = tags_within(workspace, list(by_answer))
    sealed = (
        sealed_examining.standing_of(workspace, pane.examination.id) if pane.examination.sealing else None
    )
    if sealed is not None:
        tags += [(tag.target or b"", tag) for tag in sealed_examining.tags(workspace, sealed)]
    for id, tag in tags:
        if id in by_answer and tag.theme in names:
            found.setdefault(by_answer[id], []).append((names[tag.theme], tag.direction))
    return {code: tuple(sorted(set(some))) for code, some in found.items()}


@dataclass(frozen=True)
class Stored:
    """What an answer changed, and the moment right after it."""

    changed: Mapping[str, frozenset[Id]]
    moment: int


def store_answer(
    workspace: Workspace,
    *,
    file: Id,
    question: str,
    value: str | None = None,
    reason: str | None = None,
    comment: str | None = None,
    as_of: int | None = None,
    seen: MutableMapping[Id, int] | None = None,
    left: bool = False,
) -> Stored:
    """Answer a question and say up to where this laptop's examiner has seen it all.

    seen: up to where each answer was seen by writing it here; brought up to date here, because the next
    writing of the same answer may come before anybody hears of this one. left: what an earlier run left
    among the drafts, which may have been written already; if no colleague changed it since, all is seen.
    """
    me = workspace.identity.member
    examination = examining.examination_of(workspace, file, me)
    id = examining.answer_id(examination.id if examination else examining.examination_id(file, me), question)
    if as_of is not None and left and not changed_by_others(workspace, id, as_of):
        as_of = None
    if as_of is not None and seen is not None:
        as_of = max(as_of, seen.get(id, 0))
    done = examining.answer_file(
        workspace, file=file, question=question, value=value, reason=reason, comment=comment, as_of=as_of
    )
    now = moment(workspace)
    if seen is not None:
        seen[id] = now
    return Stored(done.changed, now)


def store_rest(
    workspace: Workspace, *, file: Id, section: str, reason: str, instance: str, seen: MutableMapping[Id, int]
) -> Done:
    """As `examining.rest_not_applicable`; what it wrote counts as seen."""
    done = examining.rest_not_applicable(
        workspace, file=file, section=section, reason=reason, instance=instance
    )
    seen.update(dict.fromkeys(done.changed.get(Answer.kind, ()), moment(workspace)))
    return done


@dataclass(frozen=True)
class Finished:
    """A file that is finished, and the one to go on with."""

    changed: Mapping[str, frozenset[Id]]
    next: CaseFile | None
    same_stratum: bool


def finish_file(workspace: Workspace, *, file: Id) -> Finished:
    """Finish a file and find the next one of its stratum. Raises Fault that names what is still open."""
    done = examining.finish_examination(workspace, file=file)
    following = next_file(workspace, after=file)
    same = following is not None and following.stratum == get(workspace, CaseFile, file).stratum
    return Finished(done.changed, following, same)


def place_of(workspace: Workspace, id: Id) -> tuple[Id, str] | None:
    """The file, and the question in it, that an id of a file, examination or answer stands for.

    A note on how a question is marked stands for that question in the file to go on with.
    """
    if find(workspace, CaseFile, id) is not None:
        return id, ""
    note = find(workspace, MarkingNote, id)
    if note is not None:
        nearest = next_file(workspace)
        return (nearest.id, note.question) if nearest else None
    held = find(workspace, Answer, id)
    examination = find(workspace, Examination, held.examination if held else id)
    if examination is None or examination.case_file is None:
        return None
    return examination.case_file, place_of_question(held.question, held.instance) if held else ""
