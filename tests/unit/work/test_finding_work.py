"""What is done to findings: kinds and thresholds, evidence of every sort, answers, the matrix and what it asks."""

import pytest

from fieldwork.domain.faults import Fault
from fieldwork.domain.finding_records import Document, Figure, OpenQuestion, ResultCell
from fieldwork.domain.finding_status import Needs
from fieldwork.domain.note_records import Excerpt
from fieldwork.domain.records import (
    Answer,
    EvidenceLink,
    Examination,
    Finding,
    Inspection,
    NoteLine,
    Session,
    Theme,
    Visit,
)
from fieldwork.domain.values import derived_id, new_id
from fieldwork.domain.vocabulary import FINDING_KINDS
from fieldwork.store.reading import dump, find, get, is_hidden, records
from fieldwork.store.recording import Change, record
from fieldwork.work import (
    examining,
    excerpt_repair,
    files,
    finding_kinds,
    finding_matrix,
    findings,
    inspections,
    notes,
    open_questions,
    pinning,
    result_cells,
    result_desk,
    selection,
    undoing,
    visiting,
)
from fieldwork.work.drafting import OpenLine, write_open_lines
from fieldwork.work.finding_counts import counted, needs_of, points
from fieldwork.work.finding_evidence import evidence_of
from fieldwork.work.settling import value_words
from fieldwork.work.signing import signings
from laptops import team as laptops_of
from laptops import together
from worlds import small_inspection, wall


@pytest.fixture(scope="module")
def here(tmp_path_factory):
    folder = tmp_path_factory.mktemp("finding-work")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("FIELDWORK_HOME", str(folder / "home"))
        patch.setenv("FIELDWORK_KDF_MEMORY", "65536")
        with small_inspection(folder) as made:
            yield made


def counted_of(workspace, finding):
    return counted(workspace, [get(workspace, Finding, finding)])[0]


def session_at(workspace, body):
    return next(one for one in records(workspace, Session) if one.body == body)


def written(workspace, body, text):
    return notes.write_line(workspace, session=session_at(workspace, body).id, text=text, at=wall(24, 15)).id


def test_kinds_of_findings_are_a_list_of_the_inspection(tmp_path):
    laptops = lead, second = laptops_of(tmp_path, 2)
    record(lead, "set up", [Change(Inspection.kind, lead.inspection, {"title": "Early advice"})])
    together(*laptops)
    assert finding_kinds.offered(lead) == dict(FINDING_KINDS)
    with pytest.raises(Fault, match="Only a lead says what findings may be"):
        finding_kinds.set_kind(second, code="mixed", name="mixed picture")
    signing_lead = {"leads": 1}
    record(lead, "appoint", [Change("device", second.device, signing_lead)])
    together(*laptops)
    finding_kinds.set_kind(lead, code="mixed", name="mixed  picture")
    finding_kinds.set_kind(second, code="promise", name="promising practice", favourable=True)
    finding_kinds.withdraw_kind(second, code="issue", reason="nobody used it")
    old = findings.add_finding(lead, text="It is mixed.", kind="issue").id
    together(*laptops)
    assert dump(lead) == dump(second) and not dump(lead)["conflicts"]
    for at in laptops:
        codes = [one.code for one in finding_kinds.kinds(at)]
        assert codes[:5] == list(FINDING_KINDS) and set(codes[5:]) == {"mixed", "promise"}
        assert (
            "issue" not in finding_kinds.offered(at) and finding_kinds.names(at)["mixed"] == "mixed picture"
        )
        assert [one.kind_name for one in points(at)] == ["issue to address"]
        assert value_words(at, old, "finding_kind", "promise") == "promising practice"
    with pytest.raises(Fault, match='"issue" is not known; use one of strength'):
        findings.add_finding(lead, text="Another.", kind="issue")
    findings.change_finding(
        lead, finding=old, text="It is mixed indeed.", kind="issue"
    )  # what it is it may stay
    finding_kinds.set_kind(lead, code="issue", name="issue")
    assert finding_kinds.offered(lead)["issue"] == "issue"
    for wrong in (
        {"code": "A b", "name": "x"},
        {"code": "ok", "name": " "},
        {"code": "ok", "name": "Strength"},
    ):
        with pytest.raises(Fault, match="kind of finding"):
            finding_kinds.set_kind(lead, **wrong)
    for one in laptops:
        one.close()


def test_thresholds_are_a_leads_to_say(here):
    inspections.set_thresholds(here, methods=3, bodies=2)
    assert needs_of(here) == Needs(3, 2)
    for methods, bodies in ((0, 2), (2, 0), (9, 2)):
        with pytest.raises(Fault, match="A finding is supported from 1 to 8 methods"):
            inspections.set_thresholds(here, methods=methods, bodies=bodies)
    undoing.undo(here)
    assert needs_of(here) == Needs(2, 2)


def test_words_documents_and_figures_stand_behind_a_finding_and_go_where_the_words_go(here):
    line = written(here, "P33", "Redaction costs whole shifts and days.")
    theme = records(here, Theme)[0].id
    finding = findings.add_finding(here, text="Redaction is dear.", title=" Redaction ", theme=theme).id
    held = get(here, Finding, finding)
    assert (held.title, held.theme) == ("Redaction", theme)
    findings.put_under(here, finding=finding)
    assert get(here, Finding, finding).theme is None
    with pytest.raises(Fault, match="changed meanwhile"):
        findings.pin_words(here, finding=finding, target=line, start=0, end=9, words="Redactio?")
    link = findings.pin_words(here, finding=finding, target=line, start=10, end=28, note="dear").id
    words = get(here, EvidenceLink, link).evidence
    assert get(here, Excerpt, words).quote == "costs whole shifts"
    assert pinning.pins_on(here, [line]) == {line: ("Redaction is dear.",)}
    document, figure = new_id(), new_id()
    record(
        here,
        "script",
        [
            Change(Document.kind, document, {"title": "Redaction policy", "body": "P33"}),
            Change(Figure.kind, figure, {"title": "Hours a week", "figure": "49,586", "body": "A02"}),
        ],
    )
    selection.pin_all(here, finding=finding, evidence=[document, figure])
    point = counted_of(here, finding)
    assert dict(point.methods) == {"document_review": 1, "data_return": 1, "interview": 1}
    assert (point.bodies, point.status(needs_of(here))) == (("A02", "P33"), "supported")
    backing = {one.id: one for one in evidence_of(here, finding)}
    assert backing[words].words == "costs whole shifts" and backing[words].target == line
    span = backing[words].span
    assert (span.start, span.end) == (10, 28) and "file quality" in backing[words].where
    assert backing[document].words == "Redaction policy"

    place = get(here, NoteLine, line)
    rest = new_id()  # the line is split within the words: both parts stand behind it
    parts = [
        OpenLine(line, place.session, place.place, "Redaction costs"),
        OpenLine(rest, place.session, place.place + "z", "whole shifts and days.", part_of=line),
    ]
    write_open_lines(here, parts)
    quotes = {one.words: one for one in evidence_of(here, finding)}
    assert quotes["costs"].target == line and quotes["whole shifts"].target == rest
    assert quotes["whole shifts"].note == "dear"
    excerpt_repair.give_up(here, excerpt=quotes["costs"].id)
    assert {one.target for one in evidence_of(here, finding)} >= {line, rest}
    notes.delete_line(here, line=rest)
    gone = [one for one in evidence_of(here, finding) if one.gone]
    assert [one.kind for one in gone] == [""] and len(counted_of(here, finding).gone) == 1
    with pytest.raises(Fault, match="can be evidence"):
        findings.pin(here, finding=finding, evidence=finding)


def test_contrary_evidence_is_answered_and_points_are_taken_up(here):
    visit = records(here, Visit)[0].id
    good, bad = written(here, "P33", "It works."), written(here, "A02", "It never did.")
    point = findings.add_finding(here, text="It works there.", visit=visit, evidence=[good]).id
    findings.pin(here, finding=point, evidence=bad, bearing="against", note="one voice")
    findings.answer_contrary(here, finding=point, evidence=bad, text=" Of last year. ")
    assert counted_of(here, point).status(needs_of(here)) == "emerging"
    finding = findings.add_finding(here, text="It works.").id
    findings.take_up(here, finding=finding, points=[point])
    assert get(here, Finding, point).taken_up == finding
    pieces = evidence_of(here, finding)
    assert [(one.id, one.against, one.answered) for one in pieces] == [
        (good, False, ""),
        (bad, True, "Of last year."),
    ]
    assert pieces[1].note == "one voice"
    assert (counted_of(here, finding).against, counted_of(here, finding).answered) == (1, 1)
    findings.answer_contrary(here, finding=finding, evidence=bad, text="")
    assert counted_of(here, finding).status(needs_of(here)) == "contested"
    assert counted_of(here, point).unanswered == 0  # a copy: the point's own stays as it is
    findings.turn(here, finding=finding, evidence=bad, bearing="for")
    assert counted_of(here, finding).bodies == ("A02", "P33")
    assert get(here, EvidenceLink, pieces[1].link).note == "one voice"
    for wrong in (
        lambda: findings.answer_contrary(here, finding=finding, evidence=bad, text="x"),
        lambda: findings.take_up(here, finding=point, points=[point]),
        lambda: findings.take_up(here, finding=finding, points=[finding]),
        lambda: findings.take_up(here, finding=finding, points=[]),
        lambda: findings.turn(here, finding=finding, evidence=bad, bearing="beside"),
    ):
        before = dump(here)
        with pytest.raises(Fault):
            wrong()
        assert dump(here) == before


def test_the_matrix_shows_gaps_and_they_become_questions_of_the_visit(here):
    visit = records(here, Visit)[0]
    line = written(here, "P33", "Charging takes a week.")
    finding = findings.add_finding(here, text="Charging is slow.", evidence=[line]).id
    found = finding_matrix.matrix(here, finding)
    assert [code for code, _ in found.bodies] == ["P33", "A02"]
    point = counted_of(here, finding)
    assert sum(cell.supporting for cell in found.cells.values()) == point.pieces == 1
    assert found.cells["P33", "interview"].state == "held"
    held = {(one.body, one.method or "interview") for one in records(here, Session)}
    held |= {(body, "file_examination") for body in ("P33", "A02")}
    for place, cell in found.cells.items():
        if place != ("P33", "interview"):
            assert cell.state == ("gap" if place in held else "not used here"), place
    assert set(found.gaps) == held - {("P33", "interview")}
    finding_matrix.plan_gaps(here, finding=finding, body="A02")
    some = open_questions.open_questions(here, finding=finding)
    assert {(one.body, one.method) for one in some} == {gap for gap in found.gaps if gap[0] == "A02"}
    assert {one.visit for one in some} == {visit.id}
    assert all("Charging" not in one.text for one in some)  # words that would outlive an erasure
    finding_matrix.plan_gaps(here, finding=finding)
    assert len(open_questions.open_questions(here, finding=finding)) == len(found.gaps)
    assert finding_matrix.plan_gaps(here, finding=finding).entry is None
    assert len(visiting.visit_page(here, visit.id).questions) == len(found.gaps)
    with pytest.raises(Fault, match="no gap there"):
        finding_matrix.plan_gaps(here, finding=finding, body="P33", method="interview")

    elsewhere = open_questions.ask(here, text="Who decides?", body="P01").id
    anywhere = open_questions.ask(here, text=" Who  pays? ").id
    asked = {one.id: one for one in open_questions.open_questions(here, visit=visit.id)}
    assert anywhere in asked and elsewhere not in asked and asked[anywhere].text == "Who pays?"
    open_questions.settle(here, question=anywhere, answered_in=session_at(here, "P33").id)
    assert anywhere not in {one.id for one in open_questions.open_questions(here)}
    assert anywhere in {one.id for one in open_questions.open_questions(here, settled=True)}
    open_questions.settle(here, question=anywhere, settled=False)
    assert find(here, OpenQuestion, anywhere).answered_in is None
    open_questions.drop(here, question=anywhere)
    assert is_hidden(here, anywhere)
    for wrong in ({"text": " "}, {"text": "x", "body": "ZZ"}, {"text": "x", "method": "guessing"}):
        with pytest.raises(Fault):
            open_questions.ask(here, **wrong)


def test_a_figure_of_the_results_is_cited_as_it_stands_and_compared_later(here):
    file, member = files.find_file(here, "A-V-003").id, here.identity.member
    id = examining.examination_id(file, member)
    asked = inspections.inspection_of(here).question_set
    done = {"case_file": file, "examiner": member, "question_set": asked, "finished": wall(24, 16)}
    held = {"examination": id, "question": "B01", "value": "FM"}
    answer = Change(Answer.kind, derived_id(Answer.kind, id, "B01", ""), held)
    record(here, "script", [Change(Examination.kind, id, done), answer])
    cell = next(
        part.cell
        for row in result_desk.table(here, by="body").rows
        for line in row.lines
        for part in line.parts
        if part.count and line.group == "P33"
    )
    finding = findings.add_finding(here, text="Figures say so.").id
    said = {"question": cell.question, "outcome": cell.outcome, "group": cell.group, "by": cell.by}
    link = result_cells.pin_cell(here, finding=finding, **said).id
    held = get(here, ResultCell, get(here, EvidenceLink, link).evidence)
    assert held.id == derived_id(ResultCell.kind, cell.question, cell.outcome, "body", "P33", b"")
    now = result_cells.figures_now(here, held)
    assert (held.count, held.n, held.low, held.high) == (now.count, now.n, now.low, now.high)
    assert now.count == len(result_desk.behind(here, cell)) and len(held.heads) == 32
    point = counted_of(here, finding)
    assert (point.methods, point.bodies) == ((("file_examination", 1),), ("P33",))
    assert evidence_of(here, finding)[0].words.endswith(f"{held.count} of {held.n} files")
    digest = signings(here, [finding])[finding].digest
    done = result_cells.pin_cell(here, finding=finding, **said, at=held.read)
    assert done.entry is None and signings(here, [finding])[finding].digest == digest
    with pytest.raises(Fault, match="no figure"):
        result_cells.pin_cell(here, finding=finding, question=cell.question, outcome="??")
