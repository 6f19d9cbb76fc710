"""Any form can be put in use, or is refused with a sentence before anything is made."""

from fieldwork.work import examining, files, reporting
from fieldwork.work.inspections import new_inspection

FORM = """
| survey | | | |
| | type | name | label |
| | text | summary | What happened? |
| | select_one yn | asked | Was it asked? |
| choices | | | |
| | list_name | name | label |
| | yn | Y | Yes |
| | yn | N | No |
"""


def start(folder, form):
    path = folder / "form.md"
    path.write_text(form, "utf-8")
    return new_inspection(
        folder / "a.fieldwork", "x", title="T", lead="HMCPSI", partner="HMICFRS", questions=path
    )


def test_a_form_without_sections_is_answered_and_reported(tmp_path):
    with start(tmp_path, FORM) as workspace:
        files.add_case_file(workspace, reference="F-1", stratum="one")
        examining.answer(workspace, file="F-1", question="summary", value="A short text.")
        examining.answer(workspace, file="F-1", question="asked", value="Y")
        file = files.find_file(workspace, "F-1").id
        examining.finish_examination(workspace, file=file)
        reporting.export(workspace, "results", tmp_path / "r.html")
        assert "Questions in no section" in (tmp_path / "r.html").read_text("utf-8")
