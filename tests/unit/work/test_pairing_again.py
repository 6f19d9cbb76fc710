"""A file whose second examiner is gone: called off or not, it is paired with another, or stands on what one marked."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from fieldwork.analysis.scores import NOT_ASKED
from fieldwork.domain.faults import Fault
from fieldwork.domain.values import Id
from fieldwork.questions import leading as led
from fieldwork.store.reading import canonical, dump
from fieldwork.store.verifying import verify
from fieldwork.store.workspace import Workspace
from fieldwork.work import (
    examining,
    files,
    joint,
    leading,
    pairs,
    reconciling,
    settling,
    standing_alone,
    team,
)
from fieldwork.work.counting import Answer, agreed_answer, file_answers
from laptops import give, together
from laptops import team as laptops_of
from marking_world import CHOICES, put_in_use
from worlds import wall

FORM = (
    "| survey |\n| | type | name | label | lead | scale | required |\n"
    "| | begin group | A | About | | | |\n"
    "| | select_one yn | A01 | Sent? | J | | true() |\n"
    "| | end group | | | | | |\n"
    "| | begin group | B | Quality | | | |\n"
    "| | select_one met | B01 | Summary fit for the decision | P | met | true() |\n"
    "| | select_one met | B02 | Schedule fit | C | met | true() |\n"
    "| | select_one met | B03 | Advice clear | J | met | true() |\n"
    "| | end group | | | | | |\n"
    f"{CHOICES}| settings |\n| | form_id | version |\n| | small | 1 |\n"
)


class People:
    """A lead who keeps the keys, the police examiner, two who can be the second, and another lead."""

    def __init__(self, folder: Path) -> None:
        self.all = laptops_of(folder, 5)
        self.lead, self.police, self.gone, self.other, self.second_lead = self.all
        put_in_use(self.lead, folder, FORM)
        self.file = files.add_case_file(self.lead, reference="V1", stratum="volume", at=wall(20, 9)).id or b""
        leading.appoint(self.lead, device=self.second_lead.device.hex())
        together(*self.all)
        self.pair(self.lead, self.gone)
        together(*self.all)

    def pair(self, by: Workspace, second: Workspace) -> None:
        joint.pair_up(by, file=self.file, police=member(self.police), prosecution=member(second))

    def answer(self, who: Workspace, **given: str) -> None:
        for code, value in given.items():
            examining.answer_file(who, file=self.file, question=code, value=value, reason="As it stands.")

    def finish(self, who: Workspace) -> None:
        examining.finish_examination(who, file=self.file)

    def counted(self, at: Workspace) -> dict[str, Answer]:
        """What the file is counted with, by question; nothing where it is not counted."""
        asked, counted = file_answers(at)
        return {q.code: agreed_answer(one, q.code) for one in counted for q, _ in asked.questions}


def member(workspace: Workspace) -> Id:
    assert workspace.identity.member is not None
    return workspace.identity.member


def state(at: Workspace, file: Id) -> str:
    found = pairs.standing(at, file)
    assert found is not None
    return found.state


@pytest.fixture
def people(tmp_path: Path) -> Iterator[People]:
    made = People(tmp_path)
    yield made
    for workspace in made.all:
        workspace.close()


def test_after_calling_off_another_second_examiner_marks_beside_the_first(people: People) -> None:
    lead, police, other, file = people.lead, people.police, people.other, people.file
    people.answer(police, A01="Y", B01="PM", B03="FM")
    people.finish(police)
    give(police, *people.all)
    with pytest.raises(Fault, match="keeps the key"):
        people.pair(lead, people.second_lead)
    with pytest.raises(Fault, match="as the police examiner, who stays"):
        joint.pair_up(lead, file=file, police=member(other), prosecution=member(police))
    with pytest.raises(Fault, match="what each of the two marks stays"):
        joint.pair_up(lead, file=file, police=member(police), prosecution=member(other), scope=led.ALL)
    joint.call_off(lead, file=file, reason="Ill for a month.")
    assert state(lead, file) == pairs.OFF and people.counted(lead) == {}
    assert pairs.pair_board(lead).single == {file}
    assert pairs.team(lead, file).begun == (member(police), None), "whose place is not asked about"
    people.pair(people.second_lead, other)  # who has not heard that it was called off
    together(*people.all)
    assert settling.clashes(lead) == []
    pair = (member(police), member(other))
    assert "could have read it" in pairs.warning(lead, pair, file)
    assert state(other, file) == pairs.MARK and state(people.gone, file) == pairs.OFF
    people.answer(other, B02="NM", B03="NM")
    people.finish(other)
    together(*people.all)
    assert [due.file.reference for due in joint.release_due(lead)] == ["V1"]
    joint.release(lead)
    together(*people.all)
    assert state(other, file) == pairs.RECONCILE
    reconciling.agree(other, file=file, question="B03", value="PM", reason="Looked again.")
    together(*people.all)
    for workspace in people.all:
        assert people.counted(workspace) == {"A01": ("Y",), "B01": ("PM",), "B02": ("NM",), "B03": ("PM",)}
    assert len({canonical(dump(one)["records"]) for one in people.all}) == 1 and verify(lead) == []


def test_what_was_called_off_half_done_is_opened_beside_the_second_by_who_keeps_the_keys(
    people: People,
) -> None:
    lead, police, other, file = people.lead, people.police, people.other, people.file
    people.answer(police, A01="Y", B01="PM")
    give(police, *people.all)
    joint.call_off(lead, file=file, reason="Both are needed elsewhere.")
    with pytest.raises(Fault, match="opened before its examiner had finished"):
        standing_alone.let_stand_alone(lead, file=file, reason="No one is free.")
    people.pair(lead, other)
    together(*people.all)
    people.answer(other, B02="FM", B03="FM")
    people.finish(other)
    give(other, *people.all)
    assert joint.release_due(other) == [], "nobody opens their own beside what was opened early"
    joint.release(lead)
    together(*people.all)
    assert [one.question.code for one in reconciling.to_reconcile(other, file).open] == ["B03"]


def test_one_examination_stands_alone_and_counts(people: People) -> None:
    lead, police, gone, file = people.lead, people.police, people.gone, people.file
    with pytest.raises(Fault, match="Nobody has begun"):
        standing_alone.let_stand_alone(lead, file=file, reason="Ill.")
    people.answer(police, A01="Y", B01="PM")
    give(police, lead)
    with pytest.raises(Fault, match="Only a lead"):
        standing_alone.let_stand_alone(police, file=file, reason="Ill.")
    standing_alone.let_stand_alone(lead, file=file, reason="Ill, and nobody else is free.")
    people.answer(gone, A01="Y", B02="NM")  # begun unseen, beside who stands alone by now
    together(*people.all)
    assert state(police, file) == pairs.MARK and pairs.standing(police, file).single  # type: ignore[union-attr]
    with pytest.raises(Fault, match="only its examiners mark it"):
        people.answer(gone, B02="FM")
    people.answer(police, B03="FM")
    with pytest.raises(Fault, match="stands on one examination"):
        people.answer(police, B02="FM")
    people.finish(police)
    together(*people.all)
    assert joint.release_due(police) == [] and people.counted(lead) == {}
    joint.release(lead)
    together(*people.all)
    assert {state(one, file) for one in people.all} == {pairs.ALONE}
    for workspace in people.all:
        assert people.counted(workspace) == {"A01": ("Y",), "B01": ("PM",), "B02": NOT_ASKED, "B03": ("FM",)}
    with pytest.raises(Fault, match="nothing to settle"):
        reconciling.to_reconcile(lead, file)
    assert verify(lead) == []


def test_one_lead_lets_it_stand_while_another_pairs_it_again(people: People) -> None:
    lead, second_lead, police, file = people.lead, people.second_lead, people.police, people.file
    people.answer(police, A01="Y", B01="PM", B03="FM")
    people.finish(police)
    together(*people.all)
    joint.call_off(lead, file=file, reason="Ill for a month.")
    standing_alone.let_stand_alone(lead, file=file, reason="Nobody else is free.")
    people.pair(second_lead, people.other)
    together(*people.all)
    (clash,) = team.conflicts(lead)
    words = {
        one.ours: settling.value_words(lead, clash.record, clash.field, one.value) for one in clash.versions
    }
    assert clash.field == "examiners" and words[True].endswith(" alone") and " and " in words[False]
    team.resolve(lead, conflict=clash.id, keep="ours", reason="Nobody else is free.")
    together(*people.all)
    assert {state(one, file) for one in people.all} == {pairs.ALONE}
    assert people.counted(police)["B01"] == ("PM",)
    people.pair(lead, people.other)
    together(*people.all)
    assert state(people.other, file) == pairs.MARK and people.counted(lead) == {}
