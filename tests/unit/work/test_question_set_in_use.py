"""Versions of a question set: named after what they said first, and held against those before them."""

import msgspec
import pytest
from openpyxl import load_workbook

from fieldwork.domain.faults import Fault
from fieldwork.domain.records import Inspection, QuestionSetVersion
from fieldwork.domain.values import derived_id
from fieldwork.questions.writing import write_form
from fieldwork.store.conflicting import conflicts
from fieldwork.store.reading import records
from fieldwork.store.recording import Change, record
from fieldwork.work import leading, question_sets, settling, team, undoing
from fieldwork.work.examining import question_set
from fieldwork.work.inspections import inspection_of, read_questions
from fieldwork.work.question_sets import import_questions, offered, versions
from laptops import team as laptops_of
from laptops import together
from worlds import bare_inspection, small_inspection

FORM = """
| survey |
| | type | name | label | was |
| | select_one yn | a | Was it right? | |
| | text | t | Say more | |
| choices |
| | list_name | name | label |
| | yn | Y | Yes |
| | yn | N | No |
| settings |
| | form_id | version | form_title |
| | small | 1 | Small |
"""
RENAMED = FORM.replace("| a | Was it right? | |", "| b | Was it right? | a |").replace(
    "small | 1", "small | 2"
)
REWORDED = FORM.replace("Say more", "Say why").replace("small | 1", "small | 3")


def written(folder, text):
    path = folder / "form.md"
    path.write_text(text, "utf-8")
    return path


@pytest.fixture
def laptops(tmp_path):
    some = laptops_of(tmp_path, 2)
    import_questions(some[0], written(tmp_path, FORM))
    together(*some)
    yield some
    for laptop in some:
        laptop.close()


def test_a_blank_row_makes_no_other_version(tmp_path):
    with bare_inspection(tmp_path) as workspace:
        version = inspection_of(workspace).question_set
        path = tmp_path / "same.xlsx"
        write_form(question_set(workspace), path)
        workbook = load_workbook(path)
        workbook["survey"].insert_rows(5)
        workbook.save(path)
        offer = offered(workspace, path)
        assert (offer.held, offer.in_use, offer.difference.same) == (version, True, True)
        assert import_questions(workspace, path).entry is None
        assert inspection_of(workspace).question_set == version


def test_a_version_kept_with_rows_and_warnings_stays_what_it_was(laptops, tmp_path):
    workspace = laptops[0]
    path = written(tmp_path, RENAMED)
    new = read_questions(path)
    plain = {
        "format": 1,
        "set": {**msgspec.json.decode(question_sets.question_set_change(new).fields["definition"])["set"]},
    }
    plain["set"]["questions"][0]["row"] = 7
    plain["set"]["warnings"] = ["a blank row"]
    definition = msgspec.json.encode(plain, order="sorted").decode()
    id = derived_id(QuestionSetVersion.kind, definition)
    fields = {"code": "small", "version": "2", "title": "Small", "definition": definition}
    record(workspace, "question set", [Change(QuestionSetVersion.kind, id, fields)])
    assert question_set(workspace, id) == new
    assert offered(workspace, path).held == id
    import_questions(workspace, path)
    assert question_sets.in_use_of(workspace) == id
    assert len(records(workspace, QuestionSetVersion)) == 2


def test_a_version_whose_import_was_undone_is_taken_in_again(laptops, tmp_path):
    workspace = laptops[0]
    path = written(tmp_path, RENAMED)
    version = import_questions(workspace, path).id
    undoing.undo(workspace)
    assert [one.version for one in versions(workspace)] == ["1"]
    assert import_questions(workspace, path).id == version
    assert [(one.version, one.in_use) for one in versions(workspace)] == [("2", True), ("1", False)]


def test_a_code_used_again_for_something_else_is_refused_even_from_two_versions_ago(laptops, tmp_path):
    workspace = laptops[0]
    without = FORM.replace("| | yn | N | No |\n", "").replace("small | 1", "small | 2")
    import_questions(workspace, written(tmp_path, without))
    used_again = FORM.replace("| No |", "| Not yet begun |").replace("small | 1", "small | 3")
    offer = offered(workspace, written(tmp_path, used_again))
    assert [(fault.sheet, fault.column) for fault in offer.refusals] == [("choices", "name")]
    before = question_sets.in_use_of(workspace)
    with pytest.raises(Fault, match="never reused") as caught:
        import_questions(workspace, tmp_path / "form.md")
    assert caught.value.code == 1
    assert question_sets.in_use_of(workspace) == before
    early = offered(workspace, written(tmp_path, FORM.replace("| Y | Yes |", "| M | Maybe |")))
    import_questions(workspace, written(tmp_path, FORM.replace("| Y | Yes |", "| M | More |")))
    with pytest.raises(Fault, match="never reused"):
        question_sets.put_in_use(workspace, early)  # a colleague's version came between
    undoing.undo(workspace)
    other = used_again.replace("small | 3", "other | 3")
    offer = offered(workspace, written(tmp_path, other))
    assert not offer.refusals
    assert offer.notices[0].startswith('This is another form, "other"')
    assert [(one.version, one.in_use) for one in versions(workspace)] == [("2", True), ("1", False)]
    assert question_sets.find_version(workspace, "1").id == versions(workspace)[1].id
    with pytest.raises(Fault, match='no version "9"'):
        question_sets.find_version(workspace, "9")


def test_two_leads_who_take_in_different_versions_make_an_ordinary_conflict(laptops, tmp_path):
    first, second = laptops
    assert import_questions(second, written(tmp_path, FORM)).entry is None, "what is in use changes nothing"
    with pytest.raises(Fault, match="Only a lead puts a question set in use"):
        import_questions(second, written(tmp_path, REWORDED))
    leading.appoint(first, device=second.device.hex())
    together(first, second)
    import_questions(first, written(tmp_path, RENAMED))
    import_questions(second, written(tmp_path, REWORDED))
    together(first, second)
    (found,) = conflicts(first)
    assert (found.kind, found.field) == (Inspection.kind, "question_set")
    said = {settling.value_words(first, found.record, found.field, one.value) for one in found.versions}
    assert {words.partition(" (")[0] for words in said} == {"Small, version 2", "Small, version 3"}
    wanted = next(one.id for one in versions(first) if one.version == "2")
    change = next(one.change for one in found.versions if one.value == wanted)
    team.resolve(first, conflict=found.id, keep=change)
    together(first, second)
    assert question_sets.in_use_of(second) == wanted and not conflicts(second)


def test_a_definition_written_over_is_read_as_it_was_first(tmp_path):
    with small_inspection(tmp_path) as workspace:
        version = inspection_of(workspace).question_set
        before = question_set(workspace)
        for junk in ("not a question set", "", None):
            record(workspace, "hostile", [Change(QuestionSetVersion.kind, version, {"definition": junk})])
            assert question_set(workspace) == before
