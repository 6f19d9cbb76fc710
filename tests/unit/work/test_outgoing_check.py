"""What leaves says beforehand what in it may name people, and leaves all the same."""

import pytest

from fieldwork.domain.records import NoteLine
from fieldwork.store.reading import records
from fieldwork.store.recording import Change, record
from fieldwork.work import reporting
from fieldwork.work.outgoing_check import flag_words, flags_of
from worlds import small_inspection


@pytest.fixture
def workspace(tmp_path):
    made = small_inspection(tmp_path)
    yield made
    made.close()


def test_a_report_says_which_words_may_be_about_people_and_where(workspace, tmp_path):
    line = records(workspace, NoteLine)[0]
    report = reporting.compose(workspace, "interview_record", session=line.session)
    assert flags_of(workspace, report) == ()
    said = "PC Anna Kowalska of Leicestershire rang 01632 960 123; PC Anna Kowalska again."
    record(workspace, "note", [Change(NoteLine.kind, line.id, {"text": said})])
    done = reporting.export(workspace, "interview_record", tmp_path / "a.pdf", session=line.session)
    assert [(one.words, one.kind) for one in done.flags] == [
        ("PC Anna Kowalska", "name"),
        ("01632 960 123", "phone"),
    ]
    assert done.paths[0].read_bytes().startswith(b"%PDF")
    assert flag_words(done.flags).startswith("It may name people: \u201cPC Anna Kowalska\u201d (name, under ")
    record(workspace, "known word", [Change("known_word", b"k" * 16, {"word": "Kowalska"})])
    left = flags_of(workspace, reporting.compose(workspace, "interview_record", session=line.session))
    assert [one.words for one in left] == ["PC Anna", "01632 960 123"]


def test_no_report_of_the_small_inspection_is_flagged(workspace):
    for line in {one.session: one for one in records(workspace, NoteLine)}.values():
        report = reporting.compose(workspace, "interview_record", session=line.session)
        assert flags_of(workspace, report) == ()
    assert flags_of(workspace, reporting.compose(workspace, "results")) == ()
