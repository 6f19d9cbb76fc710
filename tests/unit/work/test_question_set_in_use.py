"""What is written over a question set does not count: a version is named after what it said first."""

from fieldwork.domain.records import QuestionSetVersion
from fieldwork.store.recording import Change, record
from fieldwork.work.examining import question_set
from fieldwork.work.inspections import inspection_of
from worlds import small_inspection


def test_a_definition_written_over_is_read_as_it_was_first(tmp_path):
    with small_inspection(tmp_path) as workspace:
        version = inspection_of(workspace).question_set
        before = question_set(workspace)
        for junk in ("not a question set", "", None):
            record(workspace, "hostile", [Change(QuestionSetVersion.kind, version, {"definition": junk})])
            assert question_set(workspace) == before
