"""The log of documents and figures: written, revised with a reason, cited, found again, merged."""

import pytest

from fieldwork.domain.faults import Fault
from fieldwork.domain.finding_records import Document, Figure
from fieldwork.domain.records import EvidenceLink, NoteLine
from fieldwork.store.reading import dump, get, records
from fieldwork.work import finding_places, findings, notes, references, sources, team, undoing
from fieldwork.work.evidence import look_up
from laptops import team as laptops
from laptops import together
from worlds import small_inspection


@pytest.fixture
def workspace(tmp_path):
    made = small_inspection(tmp_path)
    yield made
    made.close()


def test_a_document_is_logged_found_pinned_and_leads_home(workspace):
    id = sources.log_document(
        workspace,
        title=" Minutes of the  joint board ",
        reference="D-0012",
        dated="4/3/2025",
        shows="No actions.",
    ).id
    held = get(workspace, Document, id)
    assert (held.title, held.dated, held.seen_by) == (
        "Minutes of the joint board", "2025-03-04", workspace.identity.member
    )  # fmt: skip
    assert [hit.id for hit in look_up(workspace, "joint board")] == [id]
    (reference,) = references.references(workspace, [id]).values()
    place = finding_places.find_places(workspace, reference)[0]
    assert (place.place, place.id) == ("Evidence", id)
    assert ("Evidence", id) in {
        (one.place, one.id) for one in finding_places.find_places(workspace, "joint board")
    }
    finding = findings.add_finding(workspace, text="Nobody acts on it.", evidence=[id]).id
    assert sources.log(workspace).documents[0].points == ("Nobody acts on it.",)
    assert [link.evidence for link in records(workspace, EvidenceLink, finding=finding)] == [id]
    sources.remove_document(workspace, document=id)
    assert sources.log(workspace).documents == ()
    assert undoing.undo(workspace).called.startswith("taking a document off the log: Document: Minutes")
    assert len(sources.log(workspace).documents) == 1


def test_what_a_note_asked_for_is_ticked_off_when_it_is_logged(workspace):
    asked = sources.log(workspace).asked
    assert [one.text for one in asked] == [
        "Redaction guide the file unit sent round in spring",
        "Minutes of the last three performance meetings",
    ]
    id = sources.log_document(workspace, title=asked[0].text, asked_in=asked[0].line).id
    assert get(workspace, NoteLine, asked[0].line).settled and len(sources.log(workspace).asked) == 1
    undoing.undo(workspace)
    assert len(sources.log(workspace).asked) == 2 and not get(workspace, NoteLine, asked[0].line).settled
    assert id not in {one.id for one in sources.log(workspace).documents}
    assert len(notes.open_items(workspace, "@")) == 2


def test_a_revised_figure_needs_a_reason_and_keeps_the_one_before(workspace):
    id = sources.log_figure(
        workspace, title="Rape cases sent for charge", figure="49,586", period="2025", read_on="1 Oct 2025",
        provisional=True,
    ).id  # fmt: skip
    with pytest.raises(Fault, match="why the figure is revised"):
        sources.change_figure(workspace, of=id, figure="49,679")
    assert get(workspace, Figure, id).figure == "49,586"
    sources.change_figure(workspace, of=id, shows="Up on the year.", provisional=False)
    sources.change_figure(workspace, of=id, figure="49,679", reason="Revised by the CPS in January.")
    steps = [step for step in team.history(workspace, id) if step.field == "figure"]
    assert [(step.before, step.after) for step in steps][-1] == ("49,586", "49,679")
    assert steps[-1].reason == "Revised by the CPS in January."
    assert get(workspace, Figure, id).provisional == 0


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({}, "a title or a reference"),
        ({"title": "x", "dated": "soon"}, "is not a date"),
        ({"title": "x", "body": "P99"}, "not known"),
        ({"title": "x" * 4001}, "characters long"),
    ],
)
def test_a_document_that_says_nothing_or_too_much_is_refused(workspace, given, said):
    before = dump(workspace)
    with pytest.raises(Fault, match=said):
        sources.log_document(workspace, **given)
    assert dump(workspace) == before


def test_a_figure_needs_what_it_counts_and_itself(workspace):
    for given, said in (
        ({"title": " ", "figure": "1"}, "what the figure counts"),
        ({"title": "x", "figure": ""}, "Type"),
    ):
        with pytest.raises(Fault, match=said):
            sources.log_figure(workspace, **given)


def test_two_laptops_log_and_merge(tmp_path):
    one, two = laptops(tmp_path, 2)
    id = sources.log_document(one, title="Protocol").id
    sources.log_figure(two, title="Cases", figure="12")
    together(one, two)
    sources.change_document(two, document=id, shows="Both sides signed it.")
    together(one, two)
    assert dump(one) == dump(two) and sources.log(one).documents[0].record.shows == "Both sides signed it."
    for laptop in (one, two):
        laptop.close()
