"""What is known of pieces of evidence, and what a finding's evidence makes of it."""

import pytest

import statements
from fieldwork.domain.finding_status import Needs, status
from fieldwork.domain.marking_records import AgreedAnswer, MarkingNote, ModeratedMark, Moderation
from fieldwork.domain.records import Answer, Examination, Finding, NoteLine, Session, TeamMember, Visit
from fieldwork.domain.values import derived_id, new_id
from fieldwork.store.reading import get, records
from fieldwork.store.recording import DELETE, Change, record
from fieldwork.store.state import DELETED
from fieldwork.work import examining, files, findings, notes, visits
from fieldwork.work.finding_counts import counted, evidence_place, needs_of, points
from fieldwork.work.inspections import inspection_of
from fieldwork.work.pieces import Piece, all_homes, facts_of
from worlds import small_inspection, wall

BOTH, FORCE, AREA = ("P33", "A02"), ("P33",), ("A02",)


@pytest.fixture(scope="module")
def here(tmp_path_factory):
    folder = tmp_path_factory.mktemp("pieces")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("FIELDWORK_HOME", str(folder / "home"))
        patch.setenv("FIELDWORK_KDF_MEMORY", "65536")
        with small_inspection(folder) as made:
            yield made


def answered(workspace, reference, question):
    """The answer to a question of a file, whether or not it is asked there."""
    file, member = files.find_file(workspace, reference).id, records(workspace, TeamMember)[0].id
    id = examining.examination_id(file, member)
    answer = derived_id(Answer.kind, id, question, "")
    in_use = inspection_of(workspace).question_set
    begun = {"case_file": file, "examiner": member, "question_set": in_use, "started": wall(24, 9)}
    held = {"examination": id, "question": question, "value": "FM"}
    record(workspace, "script", [Change(Examination.kind, id, begun), Change(Answer.kind, answer, held)])
    return answer


def linked(workspace, *evidence, text="Schedules come late", **more):
    """A finding with this evidence for it, counted."""
    id = findings.add_finding(workspace, text=text, evidence=evidence, **more).id
    (point,) = counted(workspace, [get(workspace, Finding, id)])
    return point


def test_an_answer_is_about_the_body_that_its_question_is_led_for(here):
    judged = {code: answered(here, "A-V-002", code) for code in ("B01", "C03", "A02")}
    facts = facts_of(here, list(judged.values()))
    assert {code: facts[id].bodies for code, id in judged.items()} == {"B01": FORCE, "C03": AREA, "A02": BOTH}
    (session,) = [s for s in records(here, Session) if s.title == "Inspector, file quality team"]
    line = notes.write_line(here, session=session.id, text="Files come back").id
    one = linked(here, judged["B01"], line)
    assert (one.methods, one.bodies) == ((("file_examination", 1), ("interview", 1)), FORCE)
    assert one.status(needs_of(here)) == "emerging"  # one force, however it was looked at
    assert linked(here, judged["C03"], line).status(needs_of(here)) == "supported"
    assert linked(here, judged["A02"], line).bodies == ("A02", "P33")


def test_every_kind_of_piece_says_where_it_is_at_home(here):
    visit = records(here, Visit)[0]
    file, member = files.find_file(here, "A-V-003"), records(here, TeamMember)[0]
    answer = answered(here, "A-V-003", "B01")
    look, mark, agreed, note, gone = (new_id() for _ in range(5))
    record(
        here,
        "script",
        [
            Change(Moderation.kind, look, {"case_file": file.id, "moderator": member.id, "finished": 77}),
            Change(ModeratedMark.kind, mark, {"moderation": look, "question": "C03", "value": "NM"}),
            Change(AgreedAnswer.kind, agreed, {"case_file": file.id, "question": "A02", "by": member.id}),
            Change(MarkingNote.kind, note, {"question": "B01", "text": "by the date", "author": member.id}),
            Change(MarkingNote.kind, gone, {"question": "B01", "text": "by the day", "withdrawn": 1}),
        ],
    )
    session = records(here, Session, title="Reviewing lawyer, charging team")[0]
    line = notes.write_line(here, session=session.id, text="Asked twice", at=wall(24, 15)).id
    point = records(here, Finding)[0]
    facts = facts_of(
        here, [answer, mark, agreed, note, gone, line, session.id, point.id, visit.id, b"?" * 16]
    )
    known = {"file": file.id, "method": "file_examination", "phase": visit.phase, "visit": visit.id}
    known |= {"stratum": file.stratum, "home": file.id}
    examination = records(here, Examination, case_file=file.id)[0]
    said = {"session": session.id, "home": session.id, "method": "interview", "mode": "in_person"}
    said |= {"bodies": AREA, "phase": visit.phase, "visit": visit.id}
    assert facts == {
        answer: Piece(
            answer, "answer", bodies=FORCE, author=member.label, at=examination.started, **known
        ),
        mark: Piece(mark, "moderated_mark", bodies=AREA, author=member.label, at=77, **known),
        agreed: Piece(agreed, "agreed_answer", bodies=BOTH, author=member.label, **known),
        note: Piece(note, "marking_note", note, author=member.label),
        line: Piece(line, "note_line", author=get(here, NoteLine, line).author, at=wall(24, 15), **said),
        session.id: Piece(session.id, "session", at=session.planned_start, **said),
        point.id: Piece(point.id, "finding", visit.id, phase=visit.phase, visit=visit.id),
    }  # fmt: skip
    whole = all_homes(here)
    assert whole.answered(answer, examination.id, "B01") == facts[answer]
    assert whole.in_session(line, "note_line", session.id, facts[line].author, wall(24, 15)) == facts[line]


def test_as_many_statements_for_many_pieces_as_for_few(here):
    session = records(here, Session)[0].id
    lines = [notes.write_line(here, session=session, text=f"line {n}").id for n in range(100)]
    answers = [answered(here, f"A-V-00{n}", code) for n in (2, 3, 4) for code in ("B01", "B02", "B03", "A02")]
    some, many = [*lines[:6], *answers[::2]], [*lines, *answers]
    facts_of(here, many)
    counts = []
    for ids in (some, many):
        with statements.told(here) as said:
            assert len(facts_of(here, ids)) == len(ids)
        counts.append(len(said))
    assert counts[0] == counts[1] < 20
    few = linked(here, *some)
    many_points = [get(here, Finding, linked(here, *many, text=f"finding {n}").finding.id) for n in range(5)]
    with statements.told(here) as once:
        counted(here, [few.finding])
    with statements.told(here) as at_once:
        assert [point.pieces for point in counted(here, many_points)] == [len(many)] * 5
    assert len(once) == len(at_once)


def test_what_is_gone_is_told_and_counts_for_nothing(here):
    session = visits.start_session(here, body="P33", method="focus_group", role="Officers").id
    kept, gone = (notes.write_line(here, session=session, text=text).id for text in ("kept", "gone"))
    point = linked(here, kept, gone, text="Nobody was told")
    missing = derived_id("evidence_link", point.finding.id, b"@" * 16)
    record(
        here,
        "script",
        [
            Change("evidence_link", missing, {"finding": point.finding.id, "evidence": b"@" * 16}),
            Change(NoteLine.kind, gone, {DELETED: DELETE}),
        ],
    )
    (now,) = counted(here, [point.finding])
    assert (point.pieces, now.pieces, now.gone) == (2, 1, tuple(sorted((gone, b"@" * 16))))
    assert evidence_place(here, gone) is None and evidence_place(here, None) is None
    assert evidence_place(here, kept) == ("focus_group", FORCE)
    assert next(one for one in points(here) if one.finding.id == point.finding.id) == now


@pytest.mark.parametrize(
    ("methods", "bodies", "unanswered", "needs", "expected"),
    [
        (0, 0, 0, Needs(), "emerging"),
        (2, 1, 0, Needs(), "emerging"),
        (1, 2, 0, Needs(), "emerging"),
        (2, 2, 0, Needs(), "supported"),
        (5, 9, 1, Needs(), "contested"),
        (0, 0, 1, Needs(), "contested"),
        (1, 1, 0, Needs(1, 1), "supported"),
        (2, 2, 0, Needs(3, 2), "emerging"),
    ],
)
def test_status_is_computed(methods, bodies, unanswered, needs, expected):
    assert status(methods, bodies, unanswered, needs) == expected


def test_something_against_it_contests_a_finding(here):
    held = [answered(here, "A-V-004", code) for code in ("B01", "C03")]
    session = records(here, Session, title="Disclosure lead")[0].id
    line = notes.write_line(here, session=session, text="It was never so").id
    point = linked(here, *held, session, text="All is well")
    assert point.supported(needs_of(here)) and point.against == 0
    findings.pin(here, finding=point.finding.id, evidence=line, bearing="against")
    (now,) = counted(here, [point.finding])
    assert (now.status(needs_of(here)), now.against, now.pieces) == ("contested", 1, 3)
    findings.unpin(here, finding=point.finding.id, evidence=line)
    assert counted(here, [point.finding]) == [point]
