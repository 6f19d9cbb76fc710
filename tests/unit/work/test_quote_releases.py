"""Words released for printing: by a lead, as they stood, and no longer once they stand otherwise."""

import pytest

from fieldwork.domain.faults import Fault
from fieldwork.domain.records import NoteLine, Session
from fieldwork.reports.html import render_html
from fieldwork.store.reading import dump, get, records
from fieldwork.store.recording import Change, record
from fieldwork.work import (
    excerpts,
    findings,
    leading,
    notes,
    quote_releases,
    reporting,
    signing,
    team,
    undoing,
)
from fieldwork.work.done import do
from fieldwork.work.excerpts import mark_out
from laptops import team as laptops_of
from laptops import together
from worlds import PASSPHRASE, small_inspection


@pytest.fixture
def lead(tmp_path):
    made = small_inspection(tmp_path)
    yield made
    made.close()


def line_of(workspace, begins):
    return next(one for one in records(workspace, NoteLine) if one.text.startswith(begins))


def test_a_release_holds_as_long_as_the_words_stand(lead):
    line = line_of(lead, "I ring the lawyer")
    offered = quote_releases.to_release(lead, line.id)
    session = get(lead, Session, line.session)
    assert offered.words == line.text and session.role in offered.attribution and offered.held is None
    quote_releases.release_quote(lead, belongs=line.id, attribution="a response constable")
    [held] = quote_releases.released(lead, [line.id]).values()
    assert (held.wording, held.attribution, held.body, held.stands) == (
        "I ring the lawyer and it is sorted.", "a response constable", "", True
    )  # fmt: skip
    quote_releases.release_quote(
        lead, belongs=line.id, attribution="a constable", wording="I ring [a lawyer]", body_named=True
    )
    held = quote_releases.to_release(lead, line.id).held
    assert (held.wording, held.body) == ("I ring [a lawyer]", "Leicestershire Police")
    notes.write_line(lead, session=line.session, line=line.id, text="I ring nobody")
    assert not quote_releases.released(lead, [line.id])[line.id].stands
    undoing.undo(lead)
    assert quote_releases.released(lead, [line.id])[line.id].stands
    quote_releases.withdraw_quote(lead, belongs=line.id)
    assert not quote_releases.released(lead, [line.id])
    with pytest.raises(Fault, match="not released"):
        quote_releases.withdraw_quote(lead, belongs=line.id)


def test_marked_words_are_released_and_go_where_they_go(lead):
    line = line_of(lead, "I ring the lawyer")
    mark = mark_out(lead, target=line.id, start=0, end=17)
    words = do(lead, "tag", [mark], id=mark.id).id
    quote_releases.release_quote(lead, belongs=words, attribution="a constable")
    notes.write_line(lead, session=line.session, line=line.id, text="Well, I ring the lawyer and wait")
    assert excerpts.spans(lead, [line.id])[line.id][0].span.start == 6
    assert quote_releases.released(lead, [words])[words].stands


def test_what_cannot_be_released_is_said_in_a_sentence(lead, tmp_path):
    line = line_of(lead, "I ring the lawyer")
    with pytest.raises(Fault, match="by role and never by name"):
        quote_releases.release_quote(lead, belongs=line.id, attribution="  ")
    with pytest.raises(Fault, match="no words to release"):
        quote_releases.release_quote(lead, belongs=line.session, attribution="x")
    with pytest.raises(Fault, match="how the words are printed"):
        quote_releases.release_quote(lead, belongs=line.id, attribution="x", wording=' "" ')
    some = laptops_of(tmp_path, 2)
    with pytest.raises(Fault, match="Only a lead"):
        quote_releases.release_quote(some[1], belongs=line.id, attribution="x")
    together(*some)
    assert dump(some[0]) == dump(some[1])
    for one in some:
        one.close()


def test_the_published_chapter_prints_what_is_released_and_nothing_else(lead, tmp_path):
    code = team.pack(lead, tmp_path / "b.fieldpack")
    partner = team.join(
        tmp_path / "b.fieldpack", tmp_path / "b.fieldwork", PASSPHRASE, code=code, device="HMICFRS laptop 1",
        inspectorate="HMICFRS",
    )  # fmt: skip
    team.merge(lead, [team.share(partner, tmp_path).path])
    leading.appoint(lead, device=partner.device.hex())
    ring, hear = line_of(lead, "I ring the lawyer"), line_of(lead, "We hear of a fault")
    finding = findings.add_finding(
        lead, text="People help each other.", kind="strength", evidence=[ring.id, hear.id]
    ).id
    quote_releases.release_quote(
        lead, belongs=ring.id, attribution="a constable", wording="I ring the lawyer and it is sorted"
    )
    signing.sign(lead, finding=finding)
    (tmp_path / "2").mkdir()
    team.merge(partner, [team.share(lead, tmp_path / "2").path])
    signing.sign(partner, finding=finding)
    (tmp_path / "3").mkdir()
    team.merge(lead, [team.share(partner, tmp_path / "3").path])
    partner.close()
    printed = render_html(reporting.compose(lead, "interim_themes", published=True))
    assert "\u201cI ring the lawyer and it is sorted\u201d" in printed and "a constable" in printed
    assert "We hear of a fault" not in printed and "Leicestershire" not in printed.split("<h1")[-1]
    assert "I ring the lawyer" not in render_html(
        reporting.compose(lead, "findings_register", published=True)
    )
    record(lead, "note", [Change(NoteLine.kind, ring.id, {"text": "I rang once"})])
    printed = render_html(reporting.compose(lead, "interim_themes", published=True))
    assert "I ring the lawyer" not in printed
    working = render_html(reporting.compose(lead, "interim_themes"))
    assert "A released quote is not printed: it was changed since it was released" in working
