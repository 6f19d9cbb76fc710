"""A blind pair in a team of four laptops, and words planted in what its examiners answer.

`kept_sealed` makes the four as they stand before any release, once for all tests that look for the words.
"""

import contextlib
import shutil
from collections.abc import Sequence
from pathlib import Path

import laptops
from fieldwork.domain.faults import Fault
from fieldwork.domain.question_set import Question
from fieldwork.domain.values import Id
from fieldwork.store.keys import FileKey
from fieldwork.store.workspace import Workspace
from fieldwork.work import codebook, examining, files, joint, themes, undoing
from worlds import small_inspection

FILE = "A-V-002"
WORDS = ("kittiwake", "merganser", "phalarope", "dotterel", "turnstone", "garganey")
OF_POLICE, OF_PROSECUTION, TAKEN_BACK, *_, IN_CLEAR = WORDS
"""Who plants which: the fourth and fifth nobody does; the last stands in what is agreed first, for all to read."""


class Team:
    """The lead, who keeps the keys; the police examiner, the prosecution's, and a bystander."""

    def __init__(self, folder: Path, copies: Sequence[Workspace] = ()) -> None:
        self.all = tuple(copies) or _four(folder)
        self.lead, self.police, self.prosecution, self.bystander = self.all
        self.file = files.find_file(self.lead, FILE).id

    def pair(self, **said: object) -> None:
        joint.pair_up(
            self.lead,
            file=self.file,
            police=member_of(self.police),
            prosecution=member_of(self.prosecution),
            **said,  # type: ignore[arg-type]
        )
        laptops.give(self.lead, *self.all[1:])

    def first(self, words: str = "") -> None:
        """What is agreed first, by the police examiner, and known to both."""
        fill(self.police, self.file, first=True, words=words)
        laptops.give(self.police, self.lead, self.prosecution, self.bystander)

    def meet(self) -> None:
        laptops.together(*self.all)

    def close(self) -> None:
        for workspace in self.all:
            workspace.close()


def _four(folder: Path) -> tuple[Workspace, ...]:
    lead = small_inspection(folder)
    others = [laptops.newcomer(lead, folder, name) for name in ("police", "prosecution", "bystander")]
    laptops.together(lead, *others)
    return (lead, *others)


def kept_sealed(folder: Path) -> list[tuple[Path, FileKey]]:
    """The files of the four, shut, each with its key: the police examiner has finished, the prosecution's has not.

    Words stand in answers, reasons and comments, in an answer that was taken back, and a theme on an answer.
    """
    team = Team(folder)
    team.pair()
    team.first(IN_CLEAR)
    police, file = team.police, team.file
    fill(police, file, words=OF_POLICE)
    theme = codebook.add_theme(police, name="Quality of files").id
    assert theme is not None
    themes.tag(police, target=examining.open_file(police, file).answers["B01"].id, theme=theme)
    examining.answer_file(police, file=file, question="B01", reason=f"{TAKEN_BACK}, taken back")
    undoing.undo(police)
    examining.finish_examination(police, file=file)
    fill(team.prosecution, file, words=OF_PROSECUTION)
    team.meet()
    kept = [(workspace.path, workspace.file_key) for workspace in team.all]
    team.close()
    return kept


def reopened(kept: Sequence[tuple[Path, FileKey]], folder: Path) -> Team:
    """The four again, from copies of their files."""
    some = []
    for path, key in kept:
        shutil.copy(path, folder / path.name)
        some.append(Workspace.open_with_key(folder / path.name, key))
    return Team(folder, some)


def member_of(workspace: Workspace) -> Id:
    member = workspace.identity.member
    assert member is not None
    return member


def _value(question: Question, words: str) -> str:
    if question.code == "A01":
        return "cps_charge_fct"
    if question.choices:
        return question.choices[0].code
    return {"integer": "3", "decimal": "3", "date": "2026-07-14"}.get(question.kind, words or "words")


def fill(workspace: Workspace, file: Id, *, first: bool = False, words: str = "") -> None:
    """Answer all that is asked: with words the first few, the rest as not applicable where it can be."""
    pane = examining.open_file(workspace, file)
    assert pane.share is not None
    if not first:
        few = [q for q in pane.unanswered if q.code not in pane.share.first and q.scored][: 3 if words else 0]
        for question in few:
            _answer(workspace, file, question, words)
        for section in [s.code for s in pane.questions.sections if s.code != "A"]:
            with contextlib.suppress(Fault):
                examining.rest_not_applicable(
                    workspace, file=file, section=section, reason=f"not of this file {words}"
                )
    while True:
        pane = examining.open_file(workspace, file)
        open_now = [q for q in pane.unanswered if (q.code in pane.share.first) == first]  # type: ignore[union-attr]
        if not open_now:
            break
        _answer(workspace, file, open_now[0], words)


def _answer(workspace: Workspace, file: Id, question: Question, words: str) -> None:
    value = _value(question, words)
    because = f"because {words}".strip()
    examining.answer_file(
        workspace, file=file, question=question.code, value=value, reason=because, comment=words
    )
