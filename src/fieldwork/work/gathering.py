"""Gathering what a report says: counts and words, taken from the records as they stand."""

from collections import Counter
from datetime import UTC, date, datetime

from fieldwork.analysis.scores import Score
from fieldwork.domain.faults import Fault
from fieldwork.domain.question_set import Question
from fieldwork.domain.records import EvidenceLink, Examination, NoteLine, Session, Stratum, Visit
from fieldwork.domain.values import Id, codes
from fieldwork.domain.vocabulary import (
    GRADE_BANDS,
    INSPECTORATES,
    LINE_MARKS,
    METHODS,
    MODES,
    SESSION_STATES,
)
from fieldwork.reports.document import ChainHead
from fieldwork.reports.facts import (
    AnswerFacts,
    ChoiceRow,
    Cover,
    FileFacts,
    InterviewFacts,
    LineFacts,
    MetRow,
    PointFacts,
    ResultsFacts,
    SectionFacts,
    SessionCount,
    StratumCount,
    VisitFacts,
)
from fieldwork.store.conflicting import conflict_count
from fieldwork.store.reading import branch_heads, counts_by, get, last_change, records
from fieldwork.store.workspace import Workspace
from fieldwork.work.examining import open_file, pane_of
from fieldwork.work.excerpts import said_by
from fieldwork.work.files import file_states, strata
from fieldwork.work.finding_counts import Point, needs_of, points
from fieldwork.work.inspections import body_names, inspection_of
from fieldwork.work.joint import closed_examinations
from fieldwork.work.masking import Covers, covers_of
from fieldwork.work.notes import Line, lines_of
from fieldwork.work.references import references
from fieldwork.work.results import Counted, Results, results
from fieldwork.work.team import members
from fieldwork.work.visits import session_title, visit_title


def cover(workspace: Workspace, subject: Id | None = None) -> Cover:
    """What stands on every report; the reference names inspection and subject by the ends of their ids."""
    inspection = inspection_of(workspace)
    reference = f"FW-{workspace.inspection.hex()[-6:]}" + (f"-{subject.hex()[-6:]}" if subject else "")
    both = [
        INSPECTORATES[code].name for code in (inspection.lead, inspection.partner) if code in INSPECTORATES
    ]
    return Cover(
        inspection.title,
        inspection.marking,
        reference.upper(),
        " and ".join(both),
        datetime.fromtimestamp(last_change(workspace) / 1000, UTC).replace(microsecond=0),
        tuple(ChainHead(label, n, hash.hex()) for label, n, hash in branch_heads(workspace)),
    )


def visit_facts(workspace: Workspace, visit_id: Id) -> VisitFacts:
    """Everything the visit summary says."""
    visit = get(workspace, Visit, visit_id)
    visit_id = visit.id
    names = body_names(workspace)
    counted = results(workspace, visit=visit_id)[0]
    return VisitFacts(
        cover(workspace, visit_id),
        visit_title(workspace, visit_id),
        tuple(names.get(code, code) for code in codes(visit.bodies)),
        _days(visit.planned_start, visit.planned_end),
        _days(visit.achieved_start, visit.achieved_end) if visit.achieved_start else "not recorded yet",
        _points(workspace, visit_id),
        tuple(session_counts(workspace, visit_id)),
        tuple(stratum_counts(workspace, visit_id)),
        counted.files,
        section_facts(counted),
        conflict_count(workspace),
    )


def _days(first: str, last: str) -> str:
    one = _day(first)
    return one if not last or last == first else f"{one} to {_day(last)}"


def _day(text: str) -> str:
    if not text:
        return "not set"
    day = date.fromisoformat(text)
    return f"{day.day} {day:%B %Y}"


def _points(workspace: Workspace, visit: Id) -> tuple[PointFacts, ...]:
    found, needs = points(workspace, visit), needs_of(workspace)
    links = records(workspace, EvidenceLink, finding=[point.finding.id for point in found])
    named = references(workspace, [link.evidence for link in links if link.evidence])

    def facts(point: Point) -> PointFacts:
        own = [one.evidence for one in links if one.finding == point.finding.id and one.evidence]
        return PointFacts(
            point.kind_name or point.finding.finding_kind,
            point.finding.text,
            tuple((METHODS.get(method, method), count) for method, count in point.methods),
            point.bodies,
            point.against,
            point.supported(needs),
            tuple((named[id], id.hex()) for id in own),
        )

    return tuple(map(facts, found))


def session_counts(workspace: Workspace, visit: Id) -> list[SessionCount]:
    """Sessions of a visit by method, in the order of the methods."""
    sessions = records(workspace, Session, visit=visit)
    noted = counts_by(workspace, NoteLine, "session")
    counts = []
    for method, words in METHODS.items():
        some = [s for s in sessions if (s.method or "interview") == method]
        held = [s for s in some if s.state in ("open", "done")]
        if not some:
            continue
        lines = sum(noted.get(s.id, 0) for s in held)
        counts.append(
            SessionCount(
                words,
                sum(1 for s in some if s.planned_start is not None),
                len(held),
                sum(1 for s in held if s.planned_start is None),
                sum(1 for s in held if s.mode == "remote"),
                sum(1 for s in some if s.state == "cancelled"),
                sum(s.present or 0 for s in held),
                lines,
            )
        )
    return counts


def stratum_counts(workspace: Workspace, visit: Id | None = None) -> list[StratumCount]:
    """Case files by stratum: in the sample, examined to the end, being examined, examined by both."""
    states = file_states(workspace, visit=visit)
    known = strata(workspace)
    grouped: dict[Id | None, list[int]] = {}
    counts: Counter[tuple[Id | None, str]] = Counter()
    for state in states:
        key = state.file.stratum
        grouped.setdefault(key, [])
        finished = len({e.examiner for e in state.examinations if e.finished})
        counts[key, "files"] += 1
        counts[key, "examined"] += bool(finished)
        counts[key, "open"] += bool(not finished and state.examinations)
        counts[key, "twice"] += finished > 1
    rows = []
    for key in grouped:
        stratum = known.get(key or b"")
        rows.append(
            StratumCount(
                stratum.name if stratum else "no stratum",
                stratum.target if stratum else None,
                *(counts[key, what] for what in ("files", "examined", "open", "twice")),
            )
        )
    return sorted(rows, key=lambda row: row.name)


def section_facts(group: Results) -> tuple[SectionFacts, ...]:
    """Results section by section, as a report prints them."""
    by_section: dict[str, list[Counted]] = {}
    for counted in group.questions:
        by_section.setdefault(counted.question.section, []).append(counted)
    facts = []
    for code, some in by_section.items():
        facts.append(
            SectionFacts(
                code,
                group.labels.get(code, code),
                group.scores.get(code, Score(0, 0, 0)),
                tuple(_met(c) for c in some if c.met is not None),
                tuple(_choices(c) for c in some if c.choice is not None),
            )
        )
    return tuple(facts)


def _met(counted: Counted) -> MetRow:
    met = counted.met
    assert met is not None
    return MetRow(
        counted.question.code,
        counted.wording,
        met.fully_met,
        met.partially_met,
        met.not_met,
        met.not_applicable,
        met.not_known,
        met.not_asked,
        counted.differing,
        tuple(counted.outside.items()),
    )


def _choices(counted: Counted) -> ChoiceRow:
    assert counted.choice is not None
    question, choice = counted.question, counted.choice
    given = tuple(
        (_label(question, code), share.count) for code, share in choice.shares.items() if share.count
    )
    return ChoiceRow(
        question.code,
        counted.wording,
        given,
        choice.n,
        choice.not_asked,
        counted.differing,
        tuple(counted.outside.items()),
    )


def _label(question: Question, code: str) -> str:
    choice = question.choice(code)
    return str(choice.label) if choice and choice.label else code


def answer_words(question: Question, value: str) -> str:
    """An answer as a person reads it."""
    if not question.choices:
        return value
    return ", ".join(_label(question, code) for code in codes(value))


def interview_facts(workspace: Workspace, session_id: Id) -> InterviewFacts:
    """Everything the record of one session says."""
    session = get(workspace, Session, session_id)
    names = body_names(workspace)
    people = members(workspace)
    facts = (
        ("Method", METHODS.get(session.method, session.method)),
        ("Mode", MODES.get(session.mode, session.mode)),
        ("Body", names.get(session.body, session.body)),
        ("Role", session.role),
        ("Grade band", GRADE_BANDS.get(session.grade_band, session.grade_band)),
        ("Number present", "" if session.present is None else str(session.present)),
        ("Started", _moment(session.started)),
        ("Ended", _moment(session.ended)),
        ("State", SESSION_STATES.get(session.state, session.state)),
        ("Noted by", people.get(session.noted_by or b"", "")),
        ("Visit", visit_title(workspace, session.visit)),
    )
    written = lines_of(workspace, session_id)
    covers = covers_of(workspace, [line.record.id for line in written])
    lines = tuple(
        LineFacts(
            _time(line.record.typed),
            line.record.speaker,
            LINE_MARKS.get(line.record.mark, line.record.mark),
            covers.text(line.record.id, "text", line.record.text),
            _themes_on(line, covers),
            line.record.nods,
            line.record.author,
        )
        for line in written
    )
    return InterviewFacts(cover(workspace, session_id), session_title(session), facts, lines)


def _themes_on(line: Line, covers: Covers) -> str:
    """The themes of a line, those on words of it with the words."""
    whole = [f"{theme.name} ({tag.direction})" for theme, tag in line.tags]
    parts = []
    for words in line.marked:
        span = words.mark.span
        said = "words that are no longer found"
        if span is not None:
            whole_text = said_by({line.record.id: line.record}, line.record.id, words.mark.part)
            run = covers.run(line.record.id, words.mark.part, whole_text, span.start, span.end)
            said = f'"{run}"'
        parts += [f"{theme.name} ({tag.direction}) on {said}" for theme, tag in words.tags]
    return ", ".join([*whole, *parts])


def _moment(at: int | None) -> str:
    if at is None:
        return ""
    when = datetime.fromtimestamp(at / 1000)
    return f"{when.day} {when:%B %Y, %H:%M}"


def _time(at: int | None) -> str:
    return "" if at is None else datetime.fromtimestamp(at / 1000).strftime("%H:%M:%S")


def file_facts(workspace: Workspace, file_id: Id, examination: Examination | None = None) -> FileFacts:
    """Everything the record of one examination says: this examiner's, or the one given."""
    pane = pane_of(workspace, examination) if examination else open_file(workspace, file_id)
    if examination is None and pane.examination.started is None:
        others = records(workspace, Examination, case_file=file_id, order="started")
        closed = closed_examinations(workspace, others)
        others = [one for one in others if one.id not in closed and one.examiner is not None]
        if others:
            pane = pane_of(workspace, others[0])
    if pane.closed or (pane.examination.sealing is not None and not pane.released):
        raise Fault(
            f"File {pane.file.reference} is marked by a pair; its record can be printed once both are open."
        )
    file = pane.file
    names = body_names(workspace)
    strata = {stratum.id: stratum.name for stratum in records(workspace, Stratum)}
    facts = (
        ("Reference", file.reference),
        ("Stratum", strata.get(file.stratum or b"", "")),
        ("Police force", names.get(file.force, file.force)),
        ("CPS Area", names.get(file.area, file.area)),
        ("Reported", file.reported),
        ("Submitted", file.submitted),
        ("Charged", file.charged),
        ("First hearing", file.first_hearing),
        ("Examined by", members(workspace).get(pane.examination.examiner or b"", "")),
        ("Finished", _moment(pane.examination.finished)),
    )
    sections: dict[str, tuple[AnswerFacts, ...]] = {}
    covers = covers_of(workspace, [one.id for one in pane.answers.values()])
    for section in pane.questions.sections:
        some = []
        for question in pane.asked:
            held = pane.answer(question.code)
            if question.section == section.code and held is not None and (held.value or held.comment):
                some.append(
                    AnswerFacts(
                        pane.called(question.code),
                        str(question.label),
                        covers.whole.get(held.id, answer_words(question, held.value)),
                        covers.text(held.id, "reason", held.reason),
                        covers.text(held.id, "comment", held.comment),
                    )
                )
        if some:
            sections[f"{section.code}. {section.label}"] = tuple(some)
    return FileFacts(cover(workspace, pane.examination.id), file.reference, facts, sections)


def results_facts(workspace: Workspace) -> ResultsFacts:
    """Question results over every finished file of the inspection."""
    counted = results(workspace)[0]
    return ResultsFacts(cover(workspace), counted.files, section_facts(counted))
