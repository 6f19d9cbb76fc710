"""A blind pair as its people have it: two examiners, who keeps the keys, and a bystander; nobody reads too early."""

import contextlib
import json
from collections.abc import Iterator
from pathlib import Path

import pytest

import laptops
from blind_pair import FILE, WORDS, Team, fill, member_of, reopened
from decrypted import plain
from fieldwork.commandline import laptops as commands
from fieldwork.commandline import membership, running
from fieldwork.domain.faults import Fault
from fieldwork.domain.marking_records import AgreedAnswer, JointMarking
from fieldwork.domain.records import Answer, Device
from fieldwork.exchange import sharing
from fieldwork.store.history import history
from fieldwork.store.reading import canonical, dump, get, records
from fieldwork.store.searching import search
from fieldwork.store.verifying import verify
from fieldwork.store.workspace import Workspace
from fieldwork.work import (
    codebook,
    evidence,
    evidence_filters,
    examining,
    gathering,
    joint,
    keeping,
    leading,
    reconciling,
    results,
    themes,
    undoing,
)
from fieldwork.work.evidence_filters import Filters


@pytest.fixture
def team(tmp_path: Path) -> Iterator[Team]:
    made = Team(tmp_path)
    yield made
    made.close()


def _concerns(workspace: Workspace) -> int:
    """How many pieces carry the theme as a concern."""
    return {one.theme.name: dict(one.counts) for one in evidence.theme_board(workspace)}[
        "Quality of files"
    ].get("concern", 0)


def _everything(workspace: Workspace, folder: Path) -> str:
    """All that this laptop shows or gives out, but the author's own pane."""
    said = [canonical(dump(workspace)), repr(gathering.results_facts(workspace))]
    said += [repr(results.results(workspace, by=by)) for by in ("", *results.BY)]
    said += [repr(search(workspace, word)) for word in WORDS]
    said.append(repr(evidence_filters.look_up(workspace, "", Filters(), limit=10_000)))
    said.append(repr(evidence_filters.facets(workspace, "", Filters())))
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
    fill(team.police, team.file, words=WORDS[0])
    theme = codebook.add_theme(team.police, name="Quality of files").id
    assert theme is not None
    held, before_it = examining.open_file(team.police, team.file).answers["B01"], _concerns(team.police)
    themes.tag(team.police, target=held.id, theme=theme, direction="concern")
    fill(team.prosecution, team.file, words=WORDS[1])
    examining.answer_file(team.police, file=team.file, question="B01", reason=f"{WORDS[2]}, taken back")
    undoing.undo(team.police)
    examining.finish_examination(team.police, file=team.file)
    team.meet()
    codes = {
        q.code for q in examining.open_file(team.lead, team.file).questions.answerable if q.section != "A"
    }
    with pytest.raises(Fault, match="marked by a pair"):
        gathering.file_facts(team.police, team.file)
    assert WORDS[0] not in repr(gathering.file_facts(team.bystander, team.file))
    for workspace in team.all:
        all_of_it = workspace in (team.police, team.bystander)
        said = _everything(workspace, tmp_path) if all_of_it else canonical(dump(workspace))
        for word in WORDS:
            assert word not in said, f"{word} is told on {workspace.path.name}"
            assert word.encode() not in _raw(workspace), f"{word} stands in the file of {workspace.path.name}"
        assert not [a for a in records(workspace, Answer) if a.question in codes], "an answer stands in clear"
    other = examining.open_file(team.lead, team.file, member_of(team.police))
    assert other.closed and set(other.answers) <= other.share.first  # type: ignore[union-attr]
    with pytest.raises(Fault, match="Only a note line or an answer"):
        themes.tag(team.bystander, target=held.id, theme=theme)
    assert not joint.release_due(team.lead)
    mine = examining.open_file(team.police, team.file)
    assert mine.answers["B01"].reason == f"because {WORDS[0]}" and not mine.closed

    examining.finish_examination(team.prosecution, file=team.file)
    team.meet()
    assert [m.state for m in joint.markings(team.bystander, team.file)] == ["finished", "finished"]
    before = canonical(dump(team.bystander))
    assert not any(word in before for word in WORDS)
    joint.release(team.lead, file=team.file)
    team.meet()
    for workspace in team.all:
        assert len(search(workspace, WORDS[0])) > 9 and len(search(workspace, WORDS[1])) > 9
        assert not search(workspace, WORDS[2])
        assert examining.open_file(workspace, team.file, member_of(team.police)).answers["B01"].value
    assert len({canonical(dump(workspace)["records"]) for workspace in team.all}) == 1
    with pytest.raises(Fault, match="settled at reconciliation"):
        examining.answer_file(team.police, file=team.file, question="B01", value="NM")
    assert verify(team.lead) == []
    assert _concerns(team.bystander) == before_it + 1


def test_without_a_keeper_each_laptop_opens_its_own_at_its_next_share(
    team: Team, tmp_path: Path, removed, monkeypatch, capsys
) -> None:
    team.pair(keepers=[])
    assert "loses what they answered" in joint.warning(team.lead, team.file)
    team.first()
    for workspace in (team.police, team.prosecution):
        fill(workspace, team.file)
        examining.finish_examination(workspace, file=team.file)
    team.meet()
    assert not joint.release_due(team.lead)
    code, said = removed(team.lead, team.police.device.hex())
    assert code == 2 and f"alone has the key of what was answered in file {FILE}: nobody" in said["error"]
    keeping.hand_on(team.police, device=team.lead.device)  # after all
    with pytest.raises(Fault, match="could go on with or keep"):
        keeping.hand_on(team.police, device=team.bystander.device)
    laptops.give(team.police, team.lead)
    assert not keeping.loss(team.lead, team.police.device), "the lead has it, too"
    assert [due.file.reference for due in joint.release_due(team.lead)] == [FILE]
    monkeypatch.setattr(commands, "open_workspace", lambda *_, **__: contextlib.nullcontext(team.police))
    sent = ["share", str(team.police.path), "--to", str(tmp_path / "p.fieldpackage")]
    assert running.run([*sent, "--json"]) == 0 and json.loads(capsys.readouterr().out)["opens"] == [FILE]
    monkeypatch.setattr(commands, "open_workspace", lambda *_, **__: contextlib.nullcontext(team.prosecution))
    assert running.run([*sent[:-1], str(tmp_path / "c.fieldpackage")]) == 0
    assert f"All examiners have finished {FILE}: sending opens their answers." in capsys.readouterr().out
    team.meet()
    assert [m.state for m in joint.markings(team.lead, team.file)] == ["open", "open"]


@pytest.fixture
def removed(capsys, monkeypatch):
    """Removes a laptop by the command line: the exit code and what was printed."""

    def remove(workspace: Workspace, device: str, *more: str) -> tuple[int, dict[str, object]]:
        monkeypatch.setattr(membership, "open_workspace", lambda *_, **__: contextlib.nullcontext(workspace))
        code = running.run(["remove", str(workspace.path), device, *more, "--json"])
        return code, json.loads(capsys.readouterr().out)

    return remove


def test_a_laptop_that_alone_has_keys_is_removed_only_by_who_says_so(
    sealed_pair, tmp_path: Path, removed
) -> None:
    """Refused first, with the files and what to do; then a keeper is added, or the removal is said again."""
    team = reopened(sealed_pair, tmp_path)
    lead, police, other = team.lead, team.police, team.bystander
    leading.appoint(lead, device=other.device.hex())
    laptops.give(lead, other, police)
    keeper = lead.device.hex()
    code, said = removed(other, keeper)
    assert code == 2 and f"only laptop outside the pair that keeps the keys of file {FILE}: " in said["error"]
    assert "First" in said["error"] and not get(other, Device, lead.device).removed
    copy = laptops.copy_of(other, tmp_path, "copy")
    code, said = removed(copy, keeper, "--anyway")
    assert (code, said["lost"], said["unkept"]) == (0, [], [FILE]) and get(copy, Device, lead.device).removed
    copy.close()
    assert keeping.could_have(lead) == keeping.could_have(police) == {other.device}
    keeping.hand_on(police, device=other.device)
    laptops.give(police, other)
    assert keeping.loss(other, lead.device).unkept == (FILE,), "the prosecution's key is not there yet"
    keeping.hand_on(lead, device=other.device)
    laptops.give(lead, other)
    (joint_now,) = records(other, JointMarking)
    assert joint.keepers_of(joint_now) == (lead.device, other.device)
    assert not keeping.loss(other, lead.device) and keeping.could_have(lead) == frozenset()
    leading.remove(other, device=keeper)
    laptops.give(other, *team.all[1:3])
    examining.finish_examination(team.prosecution, file=team.file)
    laptops.give(team.prosecution, other)
    joint.release(other)
    assert joint.is_open(other, team.file), "who was added keeps what the removed one kept"
    team.close()


def test_what_two_do_not_agree_on_is_settled_and_counted(team: Team) -> None:
    """Only disagreements are asked, then what nobody could be asked before; both originals stay."""
    team.pair()
    team.first()
    own = (
        (team.police, {"F04": "FM", "K01": "PM", "E01": "FM", "E03": "FM", "J01": "FM"}),
        (team.prosecution, {"E01": "PM", "E03": "NA", "H03": "Y", "J01": "NM"}),
    )
    for workspace, said in own:
        for code, value in said.items():
            examining.answer_file(workspace, file=team.file, question=code, value=value, reason="weaker")
        fill(workspace, team.file)
        examining.finish_examination(workspace, file=team.file)
    with pytest.raises(Fault, match="F02 is led by the police examiner"):
        examining.answer_file(team.prosecution, file=team.file, question="F02", value="FM")
    with pytest.raises(Fault, match="H06 is asked at reconciliation"):
        examining.answer_file(team.police, file=team.file, question="H06", value="FM")
    team.meet()
    with pytest.raises(Fault, match="closed until both have finished"):
        reconciling.to_reconcile(team.police, team.file)
    assert results.results(team.police)[0].files == 0
    joint.release(team.lead)
    team.meet()
    standing = reconciling.to_reconcile(team.police, team.file)
    assert {one.question.code: one.what for one in standing.open} == {
        "E01": "differs",
        "E03": "one said not applicable",
        "H06": "asked now",
        "J01": "differs",
        "K03": "asked now",
    }
    assert _outcome(team.bystander, "E01") == ("differ", 1) and _outcome(team.bystander, "F04") == ("FM", 1)
    agree = reconciling.agree
    with pytest.raises(Fault, match="say in a line why"):
        agree(team.police, file=team.file, question="E01", value="PM")
    with pytest.raises(Fault, match="settled by its two examiners"):
        agree(team.bystander, file=team.file, question="E01", value="PM", reason="so it is")
    agree(team.police, file=team.file, question="E01", value="PM", reason="the summary leaves it out")
    asked = {one.question.code: one.what for one in reconciling.to_reconcile(team.police, team.file).open}
    assert asked["E02"] == "asked of one alone" and "E01" not in asked
    member = member_of(team.bystander)
    reconciling.call_in(team.prosecution, file=team.file, member=member, reason="we see it differently")
    team.meet()
    agree(team.bystander, file=team.file, question="J01", value="PM", reason="between the two")
    agree(team.prosecution, file=team.file, question="E03", value="FM", reason="it applies")
    agree(team.prosecution, file=team.file, question="E02", value="too_thin", reason="it says so")
    agree(team.prosecution, file=team.file, question="H06", value="NM", reason="never done")
    agree(team.prosecution, file=team.file, question="K03", value="digital")
    team.meet()
    for workspace in team.all:
        assert reconciling.finished(workspace, team.file)
    sources = {one.question: one.source for one in records(team.lead, AgreedAnswer)}
    assert sources == {
        **{"E01": "reconciled", "E02": "reconciled", "E03": "reconciled"},
        **{"J01": "called in", "H06": "asked", "K03": "asked"},
    }
    assert results.results(team.bystander)[0].files == 1
    assert [_outcome(team.bystander, code)[0] for code in ("E01", "E03", "H06", "J01")] == [
        "PM",
        "FM",
        "NM",
        "PM",
    ]
    for member, value in ((member_of(team.police), "FM"), (member_of(team.prosecution), "PM")):
        original = examining.open_file(team.bystander, team.file, member).answers["E01"]
        assert original.value == value, "the original answers stay what they were"
    agree(team.police, file=team.file, question="J01", value="FM", reason="on second thoughts")
    agree(team.prosecution, file=team.file, question="J01", value="NM", reason="on mine")
    team.meet()
    clashes = [(one["kind"], one["field"]) for one in dump(team.lead)["conflicts"]]
    assert sorted(clashes) == [("agreed_answer", "reason"), ("agreed_answer", "value")]


def _outcome(workspace: Workspace, code: str) -> tuple[str, int]:
    """How the one file counts at a scored question."""
    counted = next(c for c in results.results(workspace)[0].questions if c.question.code == code)
    assert counted.met is not None
    given = {
        "FM": counted.met.fully_met,
        "PM": counted.met.partially_met,
        "NM": counted.met.not_met,
        "differ": counted.differing,
    }
    ((name, number),) = [(name, number) for name, number in given.items() if number]
    return name, number
