"""A small inspection with examined files, some by two, for tests of results on screen."""

from fieldwork.domain.records import Answer, CaseFile, Examination
from fieldwork.domain.values import derived_id
from fieldwork.store.reading import records
from fieldwork.store.recording import Change
from fieldwork.work import examining, files, question_sets
from fieldwork.work.done import do
from worlds import small_inspection, wall

FORM = (
    "| survey |\n| | type | name | label | relevant | scale |\n"
    "| | begin group | A | About the case | | |\n"
    "| | select_multiple flags | A03 | Flags | | |\n"
    "| | select_one yn | A04 | Sent to a reviewer? | | |\n"
    "| | end group | | | | |\n"
    "| | begin group | B | Investigation | | |\n"
    "| | select_one met | B01 | The plan fits the case | | met |\n"
    "| | select_one met | B02 | The review added something | ${A04} = 'Y' | met |\n"
    "| | end group | | | | |\n"
    "| choices |\n| | list_name | name | label |\n"
    + "".join(f"| | met | {code} | {code} |\n" for code in ("FM", "PM", "NM", "NA", "NK"))
    + "| | flags | abuse | Domestic abuse |\n| | flags | hate | Hate crime |\n"
    "| | yn | Y | Yes |\n| | yn | N | No |\n"
    "| settings |\n| | form_id | version |\n| | small | 1 |\n"
)
ONE, OTHER = b"1" * 16, b"2" * 16
ANSWERS = {
    "A-V-001": [{"A03": "abuse", "A04": "Y", "B01": "FM", "B02": "PM"}],
    "A-V-002": [{"A03": "abuse hate", "A04": "Y", "B01": "FM", "B02": "NM"}],
    "A-V-003": [{"A04": "N", "B01": "NA"}],
    "A-V-004": [
        {"A03": "hate", "A04": "Y", "B01": "FM", "B02": "FM"},
        {"A03": "hate", "A04": "Y", "B01": "NM"},
    ],
    "A-R-005": [{"A03": "hate", "A04": "Y", "B01": "NM", "B02": "NK"}],
    "A-R-006": [{"A04": "N", "B01": "PM"}],
}


def examined_inspection(folder):
    """Six finished files of two forces, one of them examined by two who differ."""
    workspace = small_inspection(folder)
    (folder / "form.md").write_text(FORM, "utf-8")
    version = question_sets.import_questions(workspace, folder / "form.md").id
    for reference in ("A-R-005", "A-R-006"):
        file = files.find_file(workspace, reference)
        files.describe_case_file(workspace, file=file.id, force="P16", area="A14", unit="Hull")
    changes = []
    for file in records(workspace, CaseFile):
        for examiner, given in zip((ONE, OTHER), ANSWERS[file.reference], strict=False):
            id = examining.examination_id(file.id, examiner)
            fields = {"case_file": file.id, "examiner": examiner, "question_set": version}
            fields |= {"started": wall(24, 9), "finished": wall(24, 15)}
            changes.append(Change(Examination.kind, id, fields))
            for code, value in given.items():
                held = {"examination": id, "question": code, "value": value}
                changes.append(Change(Answer.kind, derived_id(Answer.kind, id, code, ""), held))
    do(workspace, "answer", changes)
    return workspace


def renamed(workspace, folder):
    """The next version of its set: question A04 is A14 now, and its choice N is NO."""
    form = FORM.replace("| relevant | scale |", "| relevant | scale | was |").replace("${A04}", "${A14}")
    form = form.replace("A04 | Sent to a reviewer? | | |", "A14 | Sent to a reviewer? | | | A04 |")
    form = form.replace("| list_name | name | label |", "| list_name | name | label | was |")
    form = form.replace("| | yn | N | No |", "| | yn | NO | No | N |").replace(
        "| small | 1 |", "| small | 2 |"
    )
    (folder / "second.md").write_text(form, "utf-8")
    question_sets.import_questions(workspace, folder / "second.md")
