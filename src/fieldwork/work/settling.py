"""What clashes, in the words of the field; and giving a field an earlier value back."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from fieldwork.domain.conflict import SEALED, Conflict, Version
from fieldwork.domain.faults import Fault
from fieldwork.domain.marking_records import JointMarking
from fieldwork.domain.note_records import CodingCheck
from fieldwork.domain.records import (
    KINDS,
    Answer,
    CaseFile,
    Examination,
    Finding,
    Joining,
    NoteLine,
    QuestionSetVersion,
    Record,
)
from fieldwork.domain.records import field_words as plain_field_words
from fieldwork.domain.values import ERASED, Id, Value, codes
from fieldwork.domain.vocabulary import (
    DIRECTIONS,
    GRADE_BANDS,
    LANGUAGES,
    LINE_MARKS,
    MASKS,
    METHODS,
    MODES,
    SESSION_STATES,
    SIDES,
    STRENGTHS,
)
from fieldwork.domain.words import combined
from fieldwork.store import history as histories
from fieldwork.store.conflicting import conflicts
from fieldwork.store.members import standing_of
from fieldwork.store.reading import find, is_hidden, kind_of, records
from fieldwork.store.recording import DELETE, Change, moment
from fieldwork.store.state import DELETED
from fieldwork.store.workspace import Workspace
from fieldwork.work import finding_kinds
from fieldwork.work.agreed import question_judged
from fieldwork.work.claiming import taken_twice
from fieldwork.work.describing import CALLED_IN_FULL, describe_record, in_words
from fieldwork.work.done import Done, do
from fieldwork.work.examining import question_set
from fieldwork.work.excerpts import with_excerpts
from fieldwork.work.gathering import answer_words
from fieldwork.work.inspections import body_names
from fieldwork.work.joint import examiners_words
from fieldwork.work.team import entry_of, why_not_counted

CODED: Mapping[tuple[str, str], Mapping[str, str]] = {
    ("session", "method"): METHODS,
    ("session", "mode"): MODES,
    ("session", "grade_band"): GRADE_BANDS,
    ("session", "state"): SESSION_STATES,
    ("note_line", "mark"): LINE_MARKS,
    ("tag", "direction"): DIRECTIONS,
    ("tag", "strength"): STRENGTHS,
    ("note_line", "language"): LANGUAGES,
    ("mask", "way"): MASKS,
    ("session_template", "method"): METHODS,
    ("session_template", "mode"): MODES,
    ("session_template", "grade_band"): GRADE_BANDS,
    ("role", "side"): SIDES,
    ("role", "grade_band"): GRADE_BANDS,
    ("open_question", "method"): METHODS,
}
JUDGED = frozenset({"answer", "agreed_answer", "moderated_mark"})
DESCRIBED = frozenset({"note_line", "session", "case_file", "moderation", *JUDGED, *CALLED_IN_FULL})
MOMENTS = frozenset({
    "started", "ended", "finished", "planned_start", "planned_end", "first_planned", "typed", "noted",
    "signed", "read",
})  # fmt: skip
BODIES = frozenset({"body", "bodies", "force", "area"})
PLACES = frozenset({"place", "position"})
WRITABLE = frozenset({
    "title", "name", "role", "label", "reference", "unit",
    "venue", "instead", "figure", "period", "source", "attribution",
})  # fmt: skip
FLAGS = frozenset({
    "settled", "admitted", "removed", "withdrawn",
    "heading", "covered", "favourable", "provisional", "body_named", "wanted",
})  # fmt: skip
ORDERED: Mapping[str, tuple[str, str]] = {
    "note_line": ("place", "session"),
    "finding": ("position", "visit"),
    "theme": ("position", "parent"),
    "guide_topic": ("position", "guide"),
    **dict.fromkeys(("session_template", "role", "finding_kind", "saved_search"), ("position", "")),
}
"""Kinds that stand in an order people choose: the field that says where, and the one that says among which."""


# -- values in words


def value_words(workspace: Workspace, record: Id, field: str, value: Value) -> str:
    """A field's value as a person reads it: choices by their labels, references by what they refer to."""
    kind = kind_of(workspace, record) or ""
    if value is None or value == "":
        return ""
    if kind in JUDGED and field == "value":
        return _answer_words(workspace, record, str(value))
    if (kind, field) in CODED:
        return CODED[kind, field].get(str(value), str(value))
    if (kind, field) == (Finding.kind, "finding_kind"):
        return finding_kinds.names(workspace).get(str(value), str(value))
    if field in MOMENTS and isinstance(value, int):
        when = datetime.fromtimestamp(value / 1000)
        return f"{when.day} {when:%B %Y, %H:%M}"
    if kind in ORDERED and field == ORDERED[kind][0]:
        return _place_in_order(workspace, record, kind, str(value))
    if field in BODIES:
        names = body_names(workspace)
        return ", ".join(names.get(code, code) for code in codes(str(value)))
    if field in FLAGS:
        return "yes" if value else "no"
    if kind == Joining.kind and field == "joined":
        return "the same" if value else "not the same"
    if kind == JointMarking.kind and field == "examiners" and isinstance(value, bytes):
        return examiners_words(workspace, value)
    if kind == CodingCheck.kind and isinstance(value, bytes):
        return ", ".join(named(workspace, value[at : at + 16]) for at in range(0, len(value), 16))
    if field == SEALED:
        return "sealed words"
    if isinstance(value, bytes):
        return named(workspace, value) if kind_of(workspace, value) else in_words(workspace, value)
    return _day_words(value) if isinstance(value, str) else in_words(workspace, value)


def named(workspace: Workspace, record: Id) -> str:
    """A record by what it is called, where the bare noun would not tell which."""
    kind = kind_of(workspace, record) or ""
    if kind in DESCRIBED or kind not in KINDS:
        return describe_record(workspace, record)
    held = find(workspace, KINDS[kind], record)
    words = _main_words(held) if held is not None else ""
    if isinstance(held, QuestionSetVersion):
        words = f"{words}, version {held.version or 'not named'} ({record.hex()[-8:]})"
    return words or describe_record(workspace, record)


def _day_words(value: str) -> str:
    try:
        day = date.fromisoformat(value)
    except ValueError:
        return value
    return f"{day.day} {day:%B %Y}"


def _place_in_order(workspace: Workspace, record: Id, kind: str, value: str) -> str:
    """A place among lines, findings, topics and the like, by what stands before it."""
    name, among = ORDERED[kind]
    held = find(workspace, KINDS[kind], record)
    beside: list[Record] = []
    if held is not None:
        beside = records(workspace, KINDS[kind], **({among: getattr(held, among)} if among else {}))
    others = [
        (getattr(one, name), _main_words(one))
        for one in beside
        if one.id != record and getattr(one, name) < value
    ]
    return f"after: {max(others)[1]}" if others else "at the beginning"


def _answer_words(workspace: Workspace, record: Id, value: str) -> str:
    question = question_judged(workspace, record)
    return answer_words(question, value) if question is not None else value


def glimpse(workspace: Workspace, record: Id) -> str:
    """What a record says, in its own words: the text of a line, an answer and its reason, a sentence."""
    kind = kind_of(workspace, record) or ""
    if kind == Answer.kind:
        answer = find(workspace, Answer, record)
        if answer is not None:
            said = _answer_words(workspace, record, answer.value)
            return ". ".join(part for part in (said, answer.reason, answer.comment) if part)
    held = find(workspace, KINDS[kind], record) if kind in KINDS else None
    words = _main_words(held) if held is not None else ""
    return words or describe_record(workspace, record)


def _main_words(held: Record) -> str:
    for name in ("text", "title", "name", "reference", "label", "quote", "short", "word", "shows", "reason"):
        said = getattr(held, name, "")
        if said:
            return str(said)
    return ""


# -- conflicts in words


@dataclass(frozen=True)
class Side:
    """One value that stands in a conflict. change names it when it is kept; value None: a field emptied."""

    change: str
    words: str
    value: Value
    laptops: tuple[str, ...]
    person: str
    at: int
    ours: bool
    shown: bool


@dataclass(frozen=True)
class Clash:
    """An open conflict as a person decides it.

    sides: ours first, then the others from the oldest; equal values are one side.
    """

    id: str
    what: str
    record: Id
    kind: str
    field: str
    title: str
    where: str
    question: str
    before: str
    sides: tuple[Side, ...]
    long: bool
    typed: bool  # whether a new text can be written in its place

    @property
    def key(self) -> tuple[Id, str]:
        """The place that is decided; the id changes when another version comes in, this does not."""
        return self.record, self.field

    @property
    def combination(self) -> tuple[str, bool] | None:
        """Of two long texts, both changes word by word, and whether they fit; else None."""
        if not self.long or self.what != "changed" or len(self.sides) != 2:
            return None
        return combined(self.before, self.sides[0].words, self.sides[1].words)

    @property
    def shown(self) -> Side:
        return next((side for side in self.sides if side.shown), self.sides[0])


def clashes(workspace: Workspace, known: Mapping[str, Clash] | None = None) -> list[Clash]:
    """Every open conflict in words, those of one case file or note together.

    known: by id, conflicts whose words stand already and are not read again.
    """
    known = known or {}
    found = [known.get(one.id) or clash_of(workspace, one) for one in conflicts(workspace)]
    return sorted(found, key=lambda clash: (clash.where, clash.title, clash.id))


def clash_of(workspace: Workspace, conflict: Conflict) -> Clash:
    """One conflict in words."""
    title, where, question = _place_words(workspace, conflict)
    return Clash(
        conflict.id,
        conflict.what,
        conflict.record,
        conflict.kind,
        conflict.field,
        title,
        where,
        question,
        value_words(workspace, conflict.record, conflict.field, conflict.before)
        if conflict.what == "changed"
        else "",
        _sides(workspace, conflict),
        conflict.long,
        conflict.what == "changed" and (conflict.long or conflict.field in WRITABLE),
    )


def _sides(workspace: Workspace, conflict: Conflict) -> tuple[Side, ...]:
    groups: dict[Value, list[Version]] = {}
    for version in conflict.versions:
        groups.setdefault(version.value, []).append(version)
    return tuple(
        sorted(
            (_side(workspace, conflict, versions) for versions in groups.values()),
            key=lambda side: (not side.ours, side.at, side.change),
        )
    )


def _side(workspace: Workspace, conflict: Conflict, versions: list[Version]) -> Side:
    first = versions[0]
    if conflict.what == "deleted":
        noun = KINDS[conflict.kind].words if conflict.kind in KINDS else "record"
        gone = first.value == "deleted"
        words = f"Deletes the {noun}." if gone else glimpse(workspace, conflict.record)
    else:
        words = value_words(workspace, conflict.record, conflict.field, first.value)
    return Side(
        first.change,
        words,
        first.value,
        tuple(dict.fromkeys(version.label for version in versions)),
        first.person,
        max(version.wall for version in versions),
        any(version.ours for version in versions),
        any(version.shown for version in versions),
    )


def _place_words(workspace: Workspace, conflict: Conflict) -> tuple[str, str, str]:
    """Title, where it stands, and the question or sentence it is about."""
    described = describe_record(workspace, conflict.record, conflict.kind)
    field = plain_field_words(conflict.kind, conflict.field)
    if conflict.kind == Answer.kind:
        answer = find(workspace, Answer, conflict.record)
        code = answer.question if answer else "?"
        title = code if conflict.what == "deleted" else f"{field.capitalize()}, {code}"
        return _deleted(conflict, title, "answer "), *_file_words(workspace, answer)
    if conflict.kind == NoteLine.kind:
        line, _, session = described.partition(", ")
        title = line if conflict.field in ("text", DELETED) else f"{line}, {field}"
        return _deleted(conflict, title), session, ""
    if conflict.kind == Finding.kind:
        finding = find(workspace, Finding, conflict.record)
        title = "Wording of a finding" if conflict.field == "text" else f"Finding, {field}"
        said = finding.text if finding and conflict.field != "text" else ""
        return _deleted(conflict, "Finding" if conflict.what == "deleted" else title), "Findings", said
    taken = taken_twice(workspace, conflict)
    if taken is not None:
        return taken[0], described, taken[1]
    if conflict.kind == Joining.kind:
        return "The same, or not", described, ""
    name = named(workspace, conflict.record)
    where = described if name == described else f"{described}: {name}"
    return _deleted(conflict, described if conflict.what == "deleted" else field.capitalize()), where, ""


def _deleted(conflict: Conflict, title: str, before: str = "") -> str:
    if conflict.what != "deleted":
        return title
    return f"Deleted, and changed: {before}{title if before else title[:1].lower() + title[1:]}"


def _file_words(workspace: Workspace, answer: Answer | None) -> tuple[str, str]:
    examination = find(workspace, Examination, answer.examination) if answer else None
    file = find(workspace, CaseFile, examination.case_file) if examination else None
    asked = ""
    if answer is not None and examination is not None:
        try:
            asked = str(question_set(workspace, examination.question_set).question(answer.question).label)
        except (Fault, KeyError):
            asked = ""
    return f"File {file.reference if file else '?'}", asked


# -- history and earlier values


@dataclass(frozen=True)
class Step:
    """One step of a record's history. standing: that is what the field says today.

    counts, erased: as in store.history; note says in words why it does not count. voided: a lead said so.
    """

    change: str
    at: int
    who: str
    act: str
    field: str
    field_words: str
    before: str
    after: str
    reason: str
    standing: bool
    note: str = ""  # what else is to be known of it, such as that it does not count
    counts: bool = True
    erased: bool = False
    voided: bool = False

    @property
    def sentence(self) -> str:
        if self.field == DELETED:
            moved = "deleted" if self.after == "yes" else "brought back"
        else:
            moved = f"{self.field_words}: {self.before or 'nothing'} \u2192 {self.after or 'nothing'}"
        return f"{self.who}: {moved}" + (f", reason: {self.reason}" if self.reason else "")


@dataclass(frozen=True)
class Told:
    """The history of one record, the newest step first. lead: whether this laptop may void a step's act."""

    record: Id
    title: str
    steps: tuple[Step, ...]
    moment: int
    lead: bool = False

    def rivalled(self, field: str) -> bool:
        """Whether several values of a field stand against each other."""
        return sum(step.field == field and step.standing for step in self.steps) > 1


def told(workspace: Workspace, record: Id) -> Told:
    """What happened to a record, in words."""
    kind = kind_of(workspace, record) or ""
    seen = moment(workspace)
    words: Callable[[str, Value], str] = lambda field, value: value_words(workspace, record, field, value)  # noqa: E731
    steps = []
    decided = standing_of(workspace)
    gone_fields: set[str] = set()
    for step in histories.history(workspace, record):
        gone_before = step.field in gone_fields and None in step.before
        if step.erased:
            gone_fields.add(step.field)
        if step.field in PLACES and not step.before:
            continue  # where it first stood says nothing to anybody
        gone = step.field == DELETED
        after = ("yes" if step.after else "no") if gone else words(step.field, step.after)
        before = [words(step.field, v) for v in step.before if v not in (None, "")]
        before += [ERASED] if gone_before and not gone else []
        note = "" if step.counts else why_not_counted(decided, step)
        steps.append(
            Step(
                step.change,
                step.wall,
                step.person,
                step.act,
                step.field,
                "deleted" if gone else plain_field_words(kind, step.field),
                "" if gone else " / ".join(before),
                ERASED if step.erased and not gone else after,
                step.reason,
                step.standing,
                note,
                step.counts,
                step.erased,
                entry_of(step.change) in decided.voided,
            )
        )
    title = describe_record(workspace, record)
    return Told(record, title, tuple(reversed(steps)), seen, workspace.device in decided.leads)


def restore_value(
    workspace: Workspace,
    record: Id,
    field: str,
    change: str,
    *,
    reason: str = "",
    as_of: int | None = None,
    at: int | None = None,
) -> Done:
    """Give a field the value it had after one of its earlier changes, as a new act.

    change: its name, or "before" for the change before the field's last one.
    as_of: the moment at which the history was read; a rival that came in since stays in conflict.
    """
    steps = [s for s in histories.history(workspace, record) if s.field == field]
    if change == "before":
        change = steps[-2].change if len(steps) > 1 else ""
    step = next((s for s in steps if s.change == change), None)
    if step is None:
        raise Fault("That step is not in the history of this record.")
    if step.erased:
        raise Fault("What this step said was erased; there is nothing to put back.")
    value = DELETE if step.field == DELETED and step.after is not None else step.after
    kind = kind_of(workspace, record) or ""
    if is_hidden(workspace, record) and step.field != DELETED:
        raise Fault("The record is deleted; bring it back first, then its earlier values can be put back.")
    again = Change(kind, record, {step.field: value}, settles=True)
    changes = with_excerpts(workspace, [again])
    return do(workspace, "restore value", changes, id=record, reason=reason.strip(), as_of=as_of, at=at)
