"""What was answered in thousands of examinations, read without a record for each answer."""

from collections.abc import Collection, Mapping

from fieldwork.domain.records import Answer, field_rules
from fieldwork.domain.values import Id
from fieldwork.store.workspace import Workspace, raw


def answer_values(workspace: Workspace, examinations: Collection[Id]) -> Mapping[Id, Mapping[str, str]]:
    """By examination, what was answered outside repeats, by question code; blanks are left out.

    An examination that cannot be read so is not among them: one that holds several answers to one question.
    """
    wanted: dict[Id, dict[str, str]] = {id: {} for id in examinations}
    fits = field_rules(Answer.kind)["value"].fits
    known: dict[object, str] = {}
    twice: set[Id] = set()
    with workspace.read() as db:
        rows = raw(db).execute(
            "SELECT examination, question, value FROM answer WHERE hidden = 0 AND (instance IS NULL OR instance = '')"
        )
        for examination, question, value in rows:
            of_one = wanted.get(examination)
            if of_one is None:
                continue
            if question in of_one:
                twice.add(examination)
            said = known.get(value)
            if said is None:
                said = known[value] = value if value and fits(value) else ""
            of_one[question] = said
    return {id: of_one for id, of_one in wanted.items() if id not in twice}
