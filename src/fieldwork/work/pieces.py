"""What is known of many pieces of evidence at once: where each is at home, how it was gathered, whom it is about."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, NamedTuple
from weakref import WeakKeyDictionary

from fieldwork.domain.faults import Fault
from fieldwork.domain.finding_records import Document, Figure, OpenQuestion, ResultCell
from fieldwork.domain.marking_records import AgreedAnswer, MarkingNote, ModeratedMark, Moderation
from fieldwork.domain.note_records import Excerpt
from fieldwork.domain.records import (
    Answer,
    CaseFile,
    Examination,
    Finding,
    NoteLine,
    QuestionSetVersion,
    Record,
    Session,
    TeamMember,
    Visit,
)
from fieldwork.domain.values import Id
from fieldwork.questions.leading import JOINT, POLICE, PROSECUTION
from fieldwork.store.columns import columns, kinds_of
from fieldwork.store.same import Sets, sets_in
from fieldwork.store.workspace import Workspace
from fieldwork.work.kept_question_sets import question_set

FILE_METHOD = "file_examination"
BESIDE: Mapping[type[Record], str] = {
    Document: "document_review",
    Figure: "data_return",
    ResultCell: FILE_METHOD,
    OpenQuestion: "",
}
"""What stands for itself, at home nowhere else, by how it was come by."""


@dataclass(frozen=True)
class Piece:
    """A piece of evidence in short. home: the session, case file or visit where it stands, None where that is not here.

    bodies: codes of those it is about; of what was judged in a case file by who leads its question: the police
    force, the CPS Area, or both for a joint one. author: a role's label; at: wall ms.
    """

    id: Id
    kind: str
    home: Id | None = None
    session: Id | None = None
    file: Id | None = None
    method: str = ""
    mode: str = ""
    bodies: tuple[str, ...] = ()
    phase: Id | None = None
    visit: Id | None = None
    stratum: Id | None = None
    author: str = ""
    at: int | None = None


class SessionHome(NamedTuple):
    """A session in short. noted_by: who takes its note; at: when it started, else when it is planned."""

    method: str
    mode: str
    body: str
    visit: Id | None
    noted_by: Id | None
    at: int | None


class FileHome(NamedTuple):
    """A case file in short."""

    force: str
    area: str
    visit: Id | None
    stratum: Id | None


class ExaminationHome(NamedTuple):
    """An examination in short. by: its examiner; at: when it was finished, else started."""

    file: Id | None
    by: Id | None
    question_set: Id | None
    at: int | None


@dataclass(frozen=True)
class Leads:
    """Who leads each question, by version of the question set and code."""

    by_version: Mapping[Id, Mapping[str, str]] = field(default_factory=dict)

    def of(self, question: str, version: Id | None = None) -> str:
        """P, C or J; as some other version has it where this one has not, "" where no version has it."""
        held = self.by_version.get(version or b"", {}).get(question)
        if held is not None:
            return held
        some = (self.by_version[id].get(question) for id in sorted(self.by_version))
        return next((lead for lead in some if lead is not None), "")


@dataclass(frozen=True)
class Homes:
    """Sessions, case files, examinations and visits, by id. phases: of visits; people: labels of members."""

    sessions: Mapping[Id, SessionHome] = field(default_factory=dict)
    files: Mapping[Id, FileHome] = field(default_factory=dict)
    examinations: Mapping[Id, ExaminationHome] = field(default_factory=dict)
    phases: Mapping[Id, Id | None] = field(default_factory=dict)
    people: Mapping[Id, str] = field(default_factory=dict)
    leads: Leads = field(default_factory=Leads)

    def in_session(self, id: Id, kind: str, session: Id | None, author: str, at: int | None) -> Piece:
        """A piece that belongs to a session."""
        held = self.sessions.get(session or b"")
        if held is None:
            return Piece(id, kind, author=author, at=at)
        return Piece(
            id, kind, session, session, None, held.method or "interview", held.mode,
            (held.body,) if held.body else (), self.phases.get(held.visit or b""), held.visit, None, author, at,
        )  # fmt: skip

    def in_file(
        self, id: Id, kind: str, file: Id | None, lead: str, by: Id | None = None, at: int | None = None
    ) -> Piece:
        """A piece that was judged in a case file, of a question that `lead` answers."""
        held = self.files.get(file or b"")
        author = self.people.get(by or b"", "")
        if held is None:
            return Piece(id, kind, author=author, at=at)
        return Piece(
            id, kind, file, None, file, FILE_METHOD, "", bodies_judged(held, lead),
            self.phases.get(held.visit or b""), held.visit, held.stratum, author, at,
        )  # fmt: skip

    def answered(self, id: Id, examination: Id | None, question: str) -> Piece:
        """An answer in an examination."""
        held = self.examinations.get(examination or b"")
        if held is None:
            return Piece(id, Answer.kind)
        lead = self.leads.of(question, held.question_set)
        return self.in_file(id, Answer.kind, held.file, lead, held.by, held.at)


def bodies_judged(file: FileHome, lead: str) -> tuple[str, ...]:
    """Whom an answer in a case file is about: of a question nobody knows one body, the force if there is one."""
    if lead == PROSECUTION:
        some: Sequence[str] = (file.area,)
    elif lead == JOINT:
        some = (file.force, file.area)
    else:
        some = (file.force,) if lead == POLICE or file.force else (file.area,)
    return tuple(code for code in some if code)


_known: "WeakKeyDictionary[Workspace, dict[Id, Mapping[str, str]]]" = WeakKeyDictionary()


def leads_of(workspace: Workspace, versions: Iterable[Id]) -> Leads:
    """Who leads each question of these versions; one that cannot be read here is left out."""
    known = _known.setdefault(workspace, {})
    found = {}
    for version in versions:
        if version not in known:
            try:
                known[version] = {q.code: q.lead for q in question_set(workspace, version).questions}
            except Fault:
                continue
        found[version] = known[version]
    return Leads(found)


def facts_of(workspace: Workspace, ids: Collection[Id]) -> dict[Id, Piece]:
    """What is known of each of these pieces of evidence; those that are deleted, or not here, are left out."""
    versions = _versions(workspace)
    with workspace.read() as db:
        marked = {id for id, kind in kinds_of(db, ids).items() if kind == Excerpt.kind}
        words = dict(columns(db, Excerpt, ("target",), marked)) if marked else {}
        reader = _Reader(db, {*ids, *(target for target in words.values() if target is not None)})
        homes = reader.homes(versions)
    found = {piece.id: piece for piece in reader.pieces(homes)}
    found |= {id: replace(found[of], id=id, kind=Excerpt.kind) for id, of in words.items() if of in found}
    return {id: piece for id, piece in found.items() if id in ids} if words else found


def all_homes(workspace: Workspace) -> Homes:
    """Every session, case file, examination and visit, for counting over all the evidence."""
    versions = _versions(workspace)
    with workspace.read() as db:
        return _homes(db, sets_in(db), versions)


def _versions(workspace: Workspace) -> Leads:
    with workspace.read() as db:
        some = [id for (id,) in columns(db, QuestionSetVersion, ())]
    return leads_of(workspace, some)


class _Reader:
    """The pieces among some ids, kind by kind, with few queries however many there are."""

    def __init__(self, db: Any, ids: Collection[Id]) -> None:
        self._db, self._same = db, sets_in(db)
        self._ids: dict[str, list[Id]] = {}
        for id, kind in kinds_of(db, ids).items():
            self._ids.setdefault(kind, []).append(id)
        self.lines = self._of(NoteLine, "session", "author", "typed")
        self.answers = self._of(Answer, "examination", "question")
        self.agreed = self._of(AgreedAnswer, "case_file", "question", "by")
        self.marks = self._of(ModeratedMark, "moderation", "question")
        self.notes = self._of(MarkingNote, "author", "withdrawn")
        self.findings = self._of(Finding, "visit")
        self.beside = list(beside(db, self._same, self._ids))
        looks = [look for _, look, _ in self.marks]
        self.looks = {
            id: (self._same.of(file) if file else None, by, version, finished or started)
            for id, file, by, version, started, finished in columns(
                db, Moderation, ("case_file", "moderator", "question_set", "started", "finished"), looks
            )
        }

    def _of(self, cls: type[Record], *names: str) -> list[tuple[Any, ...]]:
        ids = self._ids.get(cls.kind)
        return list(columns(self._db, cls, names, ids)) if ids else []

    def homes(self, leads: Leads) -> Homes:
        files = [file for _, file, _, _ in self.agreed] + [look[0] for look in self.looks.values()]
        return _homes(
            self._db,
            self._same,
            leads,
            sessions=[*self._ids.get(Session.kind, ()), *(session for _, session, _, _ in self.lines)],
            examinations=[examination for _, examination, _ in self.answers],
            files=files,
            visits=[*(visit for _, visit in self.findings), *(one.visit for one in self.beside)],
        )

    def pieces(self, homes: Homes) -> Iterable[Piece]:
        for id, session, author, at in self.lines:
            yield homes.in_session(id, NoteLine.kind, session, author, at)
        for id in self._ids.get(Session.kind, ()):
            if id in homes.sessions:
                held = homes.sessions[id]
                author = homes.people.get(held.noted_by or b"", "")
                yield homes.in_session(id, Session.kind, id, author, held.at)
        for id, examination, question in self.answers:
            yield homes.answered(id, examination, question)
        for id, file, question, by in self.agreed:
            shown = self._same.of(file) if file else None
            yield homes.in_file(id, AgreedAnswer.kind, shown, homes.leads.of(question), by)
        for id, look, question in self.marks:
            file, by, version, at = self.looks.get(look or b"", (None, None, None, None))
            yield homes.in_file(id, ModeratedMark.kind, file, homes.leads.of(question, version), by, at)
        for id, author, withdrawn in self.notes:
            if not withdrawn:
                yield Piece(id, MarkingNote.kind, id, author=homes.people.get(author or b"", ""))
        for one in self.beside:
            yield replace(one, phase=homes.phases.get(one.visit or b""))
        for id, visit in self.findings:
            shown = self._same.of(visit) if visit else None
            yield Piece(id, Finding.kind, shown or id, phase=homes.phases.get(shown or b""), visit=shown)


def beside(db: Any, same: Sets, ids: Mapping[str, Sequence[Id]] | None = None) -> Iterator[Piece]:
    """Documents, figures and open questions in short, without their phases; of these ids, by kind, if given."""
    for cls, method in BESIDE.items():
        if ids is None or cls.kind in ids:
            some = ids[cls.kind] if ids is not None else None
            names = ("visit", "group", "grouped") if cls is ResultCell else ("visit", "body")
            for id, visit, body, *grouped in columns(db, cls, names, some):
                shown = same.of(visit) if visit else None
                bodies = (body,) if body and grouped in ([], ["body"]) else ()
                yield Piece(id, cls.kind, id, method=method, bodies=bodies, visit=shown)


def _homes(
    db: Any,
    same: Sets,
    leads: Leads,
    *,
    sessions: Iterable[Id | None] | None = None,
    examinations: Iterable[Id | None] | None = None,
    files: Iterable[Id | None] | None = None,
    visits: Iterable[Id | None] | None = None,
) -> Homes:
    """These sessions, examinations and files, and what they belong to; all of them where none are named."""
    whole = sessions is None

    def shown(id: Id | None) -> Id | None:
        return same.of(id) if id is not None else None

    of_session = ("method", "mode", "body", "visit", "noted_by", "started", "planned_start")
    held = {
        id: SessionHome(method, mode, body, shown(visit), by, started or planned)
        for id, method, mode, body, visit, by, started, planned in columns(db, Session, of_session, sessions)
    }
    of_examination = ("case_file", "examiner", "question_set", "started", "finished")
    examined = {
        id: ExaminationHome(shown(file), by, version, finished or started)
        for id, file, by, version, started, finished in columns(db, Examination, of_examination, examinations)
    }
    wanted = None if whole else [*map(shown, files or ()), *(one.file for one in examined.values())]
    of_files = {
        id: FileHome(force, area, shown(visit), shown(stratum))
        for id, force, area, visit, stratum in columns(
            db, CaseFile, ("force", "area", "visit", "stratum"), wanted
        )
        if same.of(id) == id
    }
    gone_to = None if whole else [
        *map(shown, visits or ()),
        *(one.visit for one in held.values()),
        *(one.visit for one in of_files.values()),
    ]  # fmt: skip
    phases = dict(columns(db, Visit, ("phase",), gone_to))
    people = dict(columns(db, TeamMember, ("label",)))
    return Homes(held, of_files, examined, phases, people, leads)
