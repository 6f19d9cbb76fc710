"""Question sets out: as a workbook to change and read in again, and as a form to print."""

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from fieldwork.domain.faults import Fault
from fieldwork.domain.question_set import QuestionSet
from fieldwork.domain.values import Id
from fieldwork.questions.writing import workbook_bytes
from fieldwork.store.activity import log
from fieldwork.store.outgoing import check_target, write_out
from fieldwork.store.workspace import Workspace
from fieldwork.work import gathering
from fieldwork.work.examining import question_set
from fieldwork.work.inspections import read_questions
from fieldwork.work.question_sets import in_use_of

if TYPE_CHECKING:
    from fieldwork.reports.printed_form import FormCover

SUFFIXES = (".xlsx", ".pdf", ".docx", ".html")
FORMS = (".xlsx", ".xlsm", ".xls", ".csv", ".md")


def write_version(workspace: Workspace, to: Path, *, version: Id | None = None, language: str = "") -> Path:
    """Write a version kept here, or the one in use: a workbook or a form to print, by the ending of the name.

    Raises Fault for another ending, a file that is there already, and a language the set is not in.
    """
    from fieldwork.reports.printed_form import FormCover

    _check(Path(to))
    wanted = version or in_use_of(workspace)
    questions = question_set(workspace, wanted)
    about = gathering.cover(workspace, wanted)
    cover = FormCover(about.inspection, about.marking, about.reference, about.author, about.date)
    _write(questions, Path(to), cover, language)
    log(
        workspace,
        "question set",
        f"{questions.title or questions.form_id} {questions.version} to {Path(to).name}",
    )
    return Path(to)


def write_form_again(form: Path, to: Path, *, language: str = "") -> Path:
    """Write a form that somebody brought, as `write_version` does one that is kept."""
    from fieldwork.reports.printed_form import FormCover

    _check(Path(to))
    questions = read_questions(Path(form))
    made = datetime.fromtimestamp(int(Path(form).stat().st_mtime), UTC)
    _write(questions, Path(to), FormCover("", "", questions.form_id, "", made), language)
    return Path(to)


def _check(to: Path) -> None:
    if to.suffix.lower() not in SUFFIXES:
        raise Fault(f"{to.name}: write a question set as one of {', '.join(SUFFIXES)}.")
    check_target(to, "question set")


def _write(questions: QuestionSet, to: Path, cover: "FormCover", language: str) -> None:
    if language and language not in questions.languages:
        raise Fault(f'The set is not in "{language}"; it is in {", ".join(questions.languages)}.')
    suffix = to.suffix.lower()
    if suffix == ".xlsx":
        write_out(to, workbook_bytes(questions), "question set")
        return
    from fieldwork.reports.printed_form import printed_form
    from fieldwork.work.reporting import rendered

    write_out(to, rendered(printed_form(questions, cover, language), suffix), "question set")
