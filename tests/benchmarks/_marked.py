"""Case files examined to their end, many in one entry: what results and the list of files are measured on."""

import random

from fieldwork.domain.question_set import LIST_KINDS
from fieldwork.domain.records import Answer, CaseFile, Examination, Inspection, Stratum
from fieldwork.domain.values import new_id
from fieldwork.questions.asking import Asking
from fieldwork.store.reading import get
from fieldwork.store.recording import Change, record
from fieldwork.store.workspace import Workspace
from fieldwork.work.examining import answer_id, examination_id, question_set
from worlds import NOW, wall

from ._workspaces import AT_ONCE

STRATA = ("charged", "no further action", "out of court", "returned")


def files_marked(workspace: Workspace, count: int, *, examiners: int = 3, waiting: int = 0) -> int:
    """`count` files that several have finished, as in a national inspection; how many answers that makes.

    waiting: so many more files nobody has begun.
    """
    chance = random.Random(7)
    version = get(workspace, Inspection, workspace.inspection).question_set
    questions = question_set(workspace, version)
    asking = Asking(questions)
    strata = [new_id() for _ in STRATA]
    changes = [
        Change(Stratum.kind, id, {"code": f"S{place}", "name": name})
        for place, (id, name) in enumerate(zip(strata, STRATA, strict=True))
    ]
    answers = 0
    for number in range(count + waiting):
        file = new_id()
        fields = {"reference": f"CASE-{number:05}", "stratum": strata[number % len(strata)]}
        header = {"has_victim": chance.choice("YN"), "file_prepared": chance.choice("YN")}
        changes.append(Change(CaseFile.kind, file, {**fields, **header, "position": number + 1}))
        for examiner in range(examiners if number < count else 0):
            member = bytes([examiner + 1]) * 16
            id = examination_id(file, member)
            done = {"case_file": file, "examiner": member, "question_set": version}
            times = {"started": wall(21, 9), "finished": wall(21, 10)}
            changes.append(Change(Examination.kind, id, {**done, **times}))
            given: dict[str, object] = dict(header)
            for question in questions.answerable:
                said = chance.choice([choice.code for choice in question.choices] or ["2026-01-05"])
                given[question.code] = [said] if question.kind in LIST_KINDS else said
            asked = asking.asked({code: [said] for code, said in given.items()}, [NOW])
            for question in questions.answerable:
                if asked[question.code][0]:
                    value = given[question.code]
                    said = value[0] if isinstance(value, list) else value
                    of = {"examination": id, "question": question.code, "value": said}
                    changes.append(Change(Answer.kind, answer_id(id, question.code), of))
                    answers += 1
        if len(changes) >= AT_ONCE or number == count + waiting - 1:
            record(workspace, "script", changes)
            changes = []
    return answers
