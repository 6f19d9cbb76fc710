"""The rest of a section is answered at once, and nothing its examiner wrote there before is lost."""

import laptops
from fieldwork.work import examining, files
from marking_world import form, put_in_use

SURVEY = (
    "| | begin group | A | About | | | | | |\n"
    "| | select_one yn | A01 | Sent? | | | | true() | |\n"
    "| | end group | | | | | | | |\n"
    "| | begin group | B | Quality | | | | | |\n"
    "| | select_one met | B01 | Summary fit | | met | | | |\n"
    "| | select_one met | B03 | Advice clear | | met | | | |\n"
    "| | end group | | | | | | | |\n"
)


def test_the_rest_keeps_earlier_comments_and_opens_a_finished_file_again(tmp_path):
    (workspace,) = laptops.team(tmp_path, 1)
    put_in_use(workspace, tmp_path, form(survey=SURVEY))
    file = files.add_case_file(workspace, reference="F-1", stratum="volume").id
    examining.answer_file(workspace, file=file, question="A01", value="Y")
    examining.answer_file(workspace, file=file, question="B01", comment="Ask for the second page.")
    examining.finish_examination(workspace, file=file)
    examining.rest_not_applicable(workspace, file=file, section="B", reason="No file was sent.")
    pane = examining.open_file(workspace, file)
    assert {code: pane.answers[code].value for code in ("B01", "B03")} == {"B01": "NA", "B03": "NA"}
    assert pane.answers["B01"].comment == "Ask for the second page.\nNo file was sent."
    assert pane.answers["B03"].comment == "No file was sent."
    assert pane.examination.finished is None
    workspace.close()
