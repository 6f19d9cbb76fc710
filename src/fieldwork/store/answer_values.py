"""What was answered in thousands of examinations, read without a record for each answer."""

from collections.abc import Collection, Mapping, Sequence

from fieldwork.domain.records import Answer, field_rules
from fieldwork.domain.values import Id
from fieldwork.store.workspace import Workspace, raw


def answer_values(
    workspace: Workspace, examinations: Sequence[Id]
) -> tuple[Mapping[str, Sequence[str | None]], Collection[Id]]:
    """By question code, what each of the examinations answered to it outside repeats: "" where it is blank,
    None where nothing was.

    The second are those that cannot be read so: they hold several answers to one question.
    """
    place = {id: number for number, id in enumerate(examinations)}
    columns: dict[str, list[str | None]] = {}
    fits = field_rules(Answer.kind)["value"].fits
    known: dict[object, str] = {}
    twice: set[Id] = set()
    with workspace.read() as db:
        rows = raw(db).execute(
            "SELECT examination, question, value FROM answer WHERE hidden = 0 AND (instance IS NULL OR instance = '')"
        )
        for examination, question, value in rows:
            number = place.get(examination)
            if number is None:
                continue
            column = columns.get(question)
            if column is None:
                column = columns[question] = [None] * len(examinations)
            if column[number] is not None:
                twice.add(examination)
            said = known.get(value)
            if said is None:
                said = known[value] = value if value and fits(value) else ""
            column[number] = said
    return columns, twice
