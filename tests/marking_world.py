"""Three laptops of one team with a small question set and files to mark and moderate."""

from pathlib import Path

from fieldwork.domain.values import Id
from fieldwork.store.workspace import Workspace
from fieldwork.work import examining, files, question_sets
from laptops import team, together
from worlds import wall

HEADS = "| survey |\n| | type | name | label | relevant | scale | trigger | required | was |\n"
SURVEY = (
    "| | begin group | A | About | | | | | |\n"
    "| | select_one yn | A01 | Sent? | | | | true() | |\n"
    "| | end group | | | | | | | |\n"
    "| | begin group | B | Quality | | | | | |\n"
    "| | select_one met | B01 | Summary fit for the decision | | met | NM | true() | |\n"
    "| | select_one met | B02 | Schedule fit | ${A01} = 'Y' | met | PM NM | true() | |\n"
    "| | select_one met | B03 | Advice clear | | met | | true() | |\n"
    "| | end group | | | | | | | |\n"
)
CHOICES = "| choices |\n| | list_name | name | label |\n| | yn | Y | Yes |\n| | yn | N | No |\n" + "".join(
    f"| | met | {code} | {code} |\n" for code in ("FM", "PM", "NM", "NA", "NK")
)


def form(version: str = "1", survey: str = SURVEY) -> str:
    return HEADS + survey + CHOICES + f"| settings |\n| | form_id | version |\n| | small | {version} |\n"


def put_in_use(workspace: Workspace, folder: Path, text: str) -> Id:
    path = folder / "form.md"
    path.write_text(text, encoding="utf-8")
    done = question_sets.import_questions(workspace, path)
    assert done.id is not None
    return done.id


def three_laptops(folder: Path, per_stratum: int = 3) -> list[Workspace]:
    """Files V1 ... in stratum volume and R1 ... in stratum rasso, on all three."""
    some = team(folder, 3)
    put_in_use(some[0], folder, form())
    for stratum in ("volume", "rasso"):
        for number in range(1, per_stratum + 1):
            reference = f"{stratum[0].upper()}{number}"
            files.add_case_file(some[0], reference=reference, stratum=stratum, at=wall(20, 9))
    together(*some)
    return some


def mark(
    workspace: Workspace, reference: str, finish: bool = True, at: int | None = None, **answers: str
) -> Id:
    """Answer a file's questions (fully met where nothing is said), give a reason where one is needed, finish it."""
    given = {"A01": "Y", "B01": "FM", "B02": "FM", "B03": "FM", **answers}
    for code, value in given.items():
        reason = "The form was missing." if value in ("PM", "NM") else None
        if code == "B02" and given["A01"] == "N":
            continue
        examining.answer(workspace, file=reference, question=code, value=value, reason=reason, at=at)
    file = files.find_file(workspace, reference).id
    if finish:
        examining.finish_examination(workspace, file=file, at=at)
    return file
