"""A blind pair as its people have it: two examiners, who keeps the keys, and a bystander; nobody reads too early."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

import laptops
from decrypted import plain
from fieldwork.domain.faults import Fault
from fieldwork.domain.records import Answer
from fieldwork.domain.values import Id
from fieldwork.exchange import sharing
from fieldwork.store.history import history
from fieldwork.store.reading import canonical, dump, records, search
from fieldwork.store.verifying import verify
from fieldwork.store.workspace import Workspace
from fieldwork.work import (
    evidence,
    examining,
    files,
    gathering,
    handing,
    joint,
    results,
    themes,
    undoing,
)
from worlds import small_inspection

FILE = "A-V-002"
WORDS = ("kittiwake", "merganser", "phalarope", "dotterel", "turnstone", "garganey")


class Team:
    """The lead, who keeps the keys; the police examiner, the prosecution's, and a bystander."""

    def __init__(self, folder: Path) -> None:
        self.lead = small_inspection(folder)
        names = ("police", "prosecution", "bystander")
        self.police, self.prosecution, self.bystander = (
            laptops.newcomer(self.lead, folder, name) for name in names
        )
        self.all = (self.lead, self.police, self.prosecution, self.bystander)
        laptops.together(*self.all)
        self.file = files.find_file(self.lead, FILE).id

    def pair(self, **said: object) -> None:
        joint.pair_up(
            self.lead,
            file=self.file,
            police=_member(self.police),
            prosecution=_member(self.prosecution),
            **said,  # type: ignore[arg-type]
        )
        laptops.give(self.lead, *self.all[1:])

    def first(self) -> None:
        """What is agreed first, by the police examiner, and known to both."""
        _fill(self.police, self.file, first=True)
        laptops.give(self.police, self.lead, self.prosecution, self.bystander)

    def meet(self) -> None:
        laptops.together(*self.all)


def _member(workspace: Workspace) -> Id:
    member = workspace.identity.member
    assert member is not None
    return member


@pytest.fixture
def team(tmp_path: Path) -> Iterator[Team]:
    made = Team(tmp_path)
    yield made
    for workspace in made.all:
        workspace.close()


def _value(question, better: bool) -> str:  # type: ignore[no-untyped-def]
    if question.code == "A01":
        return "cps_charge_fct"
    if question.choices:
        good = [c.code for c in question.choices]
        return good[0] if better else good[min(1, len(good) - 1)]
    return {"integer": "3", "decimal": "3", "date": "2026-07-14"}.get(question.kind, "words")


def _fill(
    workspace: Workspace, file: Id, *, first: bool = False, better: bool = True, words: str = ""
) -> None:
    """Answer all that is asked, with a reason where one is wanted, and words where they may stand."""
    while True:
        pane = examining.open_file(workspace, file)
        assert pane.share is not None
        open_now = [q for q in pane.unanswered if (q.code in pane.share.first) == first]
        if not open_now:
            break
        question = open_now[0]
        examining.answer_file(
            workspace,
            file=file,
            question=question.code,
            value=_value(question, better),
            reason=f"because {words}" if words else "because",
            comment=words,
        )


def _concerns(workspace: Workspace) -> int:
    """How many pieces carry the theme as a concern."""
    return {one.theme.name: dict(one.counts) for one in evidence.theme_board(workspace)}["File quality"].get(
        "concern", 0
    )


def _everything(workspace: Workspace, folder: Path) -> str:
    """All that this laptop shows or gives out, but the author's own pane."""
    said = [canonical(dump(workspace)), repr(gathering.results_facts(workspace))]
    said += [repr(results.results(workspace, by=by)) for by in ("", *results.BY)]
    said += [repr(search(workspace, word)) for word in WORDS]
    said.append(repr(evidence.look_up(workspace, "")))
    said.append(repr(evidence.theme_board(workspace)))
    for record in dump(workspace)["records"]:
        said.append(repr(history(workspace, bytes.fromhex(record["id"]))))
    said.append(json.dumps(dump(workspace)["conflicts"]))
    package = sharing.share(workspace, folder / f"{workspace.path.stem}.fieldpackage", everything=True).path
    said.append(repr(list(laptops.entries_in(workspace))))
    assert package.exists()
    return "\n".join(said)


def _raw(workspace: Workspace) -> bytes:
    with workspace.read() as db:
        db.exec_driver_sql("SELECT 1").fetchall()
    return plain(workspace.path, workspace.file_key)


def test_nobody_reads_what_a_pair_answers_before_both_have_finished(team: Team, tmp_path: Path) -> None:
    team.pair()
    with pytest.raises(Fault, match="comes first"):
        examining.answer_file(team.police, file=team.file, question="B01", value="FM")
    team.first()
    _fill(team.police, team.file, words=WORDS[0])
    theme = themes.add_theme(team.police, name="File quality").id
    assert theme is not None
    held, before_it = examining.open_file(team.police, team.file).answers["B01"], _concerns(team.police)
    themes.tag(team.police, target=held.id, theme=theme, direction="concern")
    _fill(team.prosecution, team.file, better=False, words=WORDS[1])
    examining.answer_file(team.police, file=team.file, question="B01", reason=f"{WORDS[2]}, taken back")
    undoing.undo(team.police)
    examining.finish_examination(team.police, file=team.file)
    team.meet()
    codes = {
        q.code for q in examining.open_file(team.lead, team.file).questions.answerable if q.section != "A"
    }
    for workspace in team.all:
        said = _everything(workspace, tmp_path)
        for word in WORDS:
            assert word not in said, f"{word} is told on {workspace.path.name}"
            assert word.encode() not in _raw(workspace), f"{word} stands in the file of {workspace.path.name}"
        assert not [a for a in records(workspace, Answer) if a.question in codes], "an answer stands in clear"
    other = examining.open_file(team.lead, team.file, _member(team.police))
    assert other.closed and set(other.answers) <= other.share.first  # type: ignore[union-attr]
    with pytest.raises(Fault, match="Only a note line or an answer"):
        themes.tag(team.bystander, target=held.id, theme=theme)
    assert not joint.release_due(team.lead)
    mine = examining.open_file(team.police, team.file)
    assert mine.answers["B01"].reason == f"because {WORDS[0]}" and not mine.closed

    examining.finish_examination(team.prosecution, file=team.file)
    team.meet()
    assert [m.state for m in joint.markings(team.bystander, team.file)] == ["finished", "finished"]
    before = _everything(team.bystander, tmp_path)
    assert not any(word in before for word in WORDS)
    joint.release(team.lead, file=team.file)
    team.meet()
    for workspace in team.all:
        assert len(search(workspace, WORDS[0])) > 20 and len(search(workspace, WORDS[1])) > 20
        assert not search(workspace, WORDS[2])
        assert examining.open_file(workspace, team.file, _member(team.police)).answers["B01"].value
    assert len({canonical(dump(workspace)["records"]) for workspace in team.all}) == 1
    with pytest.raises(Fault, match="settled at reconciliation"):
        examining.answer_file(team.police, file=team.file, question="B01", value="NM")
    assert verify(team.lead) == []
    assert _concerns(team.bystander) == before_it + 1


def test_without_a_keeper_each_laptop_opens_its_own_at_its_next_share(team: Team, tmp_path: Path) -> None:
    team.pair(keepers=[])
    assert "loses what they answered" in joint.warning(team.lead, team.file)
    team.first()
    for workspace in (team.police, team.prosecution):
        _fill(workspace, team.file)
        examining.finish_examination(workspace, file=team.file)
    team.meet()
    assert not joint.release_due(team.lead)
    for workspace in (team.police, team.prosecution):
        handing.share(workspace, tmp_path / f"out-{workspace.path.stem}.fieldpackage")
    team.meet()
    assert [m.state for m in joint.markings(team.lead, team.file)] == ["open", "open"]
