"""What notes and sessions refuse: words nobody saw, a session that was deleted, a body nobody knows."""

import pytest

from fieldwork.domain.faults import Fault
from fieldwork.domain.records import NoteLine, Session
from fieldwork.store.intake import take_in
from fieldwork.store.reading import get, records
from fieldwork.store.recording import moment
from fieldwork.work import notes, reshaping, visits
from laptops import parcel, team
from worlds import small_inspection


@pytest.fixture
def workspace(tmp_path, monkeypatch):
    monkeypatch.setenv("FIELDWORK_KDF_MEMORY", "65536")
    monkeypatch.setenv("FIELDWORK_HOME", str(tmp_path / "home"))
    workspace = small_inspection(tmp_path)
    yield workspace
    workspace.close()


def test_nothing_is_joined_split_or_deleted_over_a_change_nobody_saw(tmp_path):
    ours, theirs = team(tmp_path, 2)
    session = visits.start_session(ours, title="Constables").id
    first, second = (notes.write_line(ours, session=session, text=text).id for text in ("One.", "Two."))
    take_in(theirs, [parcel(ours)])
    read = moment(ours)
    notes.write_line(theirs, session=session, line=second, text="Two, of nine.")
    take_in(ours, [parcel(theirs)])
    for act, fields in (
        (reshaping.join_lines, {"first": first, "second": second}),
        (notes.delete_line, {"line": second}),
        (reshaping.split_line, {"line": second, "at_character": 3}),
    ):
        with pytest.raises(Fault, match="colleague has changed"):
            act(ours, **fields, as_of=read)
    assert [line.text for line in records(ours, NoteLine, order="place")] == ["One.", "Two, of nine."]
    reshaping.join_lines(ours, first=first, second=second, as_of=moment(ours))
    assert [line.text for line in records(ours, NoteLine)] == ["One. Two, of nine."]
    for laptop in (ours, theirs):
        laptop.close()


def test_nothing_is_added_to_a_deleted_session(workspace, tmp_path):
    session = visits.start_session(workspace, title="Custody").id
    line = notes.write_line(workspace, session=session, text="Before.").id
    visits.delete_session(workspace, session=session)
    words = tmp_path / "words.txt"
    words.write_text("One line\n")
    before = len(records(workspace, NoteLine, hidden=True))
    for add in (
        lambda: notes.write_line(workspace, session=session, text="After."),
        lambda: notes.paste_lines(workspace, session=session, texts=["After."]),
        lambda: notes.paste_lines(workspace, session=session, texts=["After."], after=line),
        lambda: notes.import_note(workspace, words, session=session),
    ):
        with pytest.raises(Fault, match="Custody was deleted"):
            add()
    assert len(records(workspace, NoteLine, hidden=True)) == before


def test_a_kind_of_line_that_is_none_is_refused(workspace):
    session = records(workspace, Session)[0].id
    with pytest.raises(Fault, match="kind of line"):
        notes.write_line(workspace, session=session, text="Words.", mark="?")


def test_a_session_s_body_is_one_of_the_register(workspace):
    session = records(workspace, Session)[0].id
    for act, fields in (
        (visits.plan_session, {}),
        (visits.start_session, {}),
        (visits.describe_session, {"session": session}),
    ):
        with pytest.raises(Fault, match=r'no body "Z99" in the register.*P33'):
            act(workspace, **fields, body="Z99")
    visits.describe_session(workspace, session=session, body="A02")
    assert get(workspace, Session, session).body == "A02"
