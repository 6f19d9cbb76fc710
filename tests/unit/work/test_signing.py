"""Findings signed by two inspectorates on two laptops, and what makes a signature fall."""

import pytest

from fieldwork.commandline.findings import said_finding
from fieldwork.domain.faults import Fault
from fieldwork.domain.finding_records import SignOff
from fieldwork.domain.records import Finding, Inspection, NoteLine, Session, TeamMember
from fieldwork.store.history import history
from fieldwork.store.reading import dump, get, records
from fieldwork.store.recording import Change, record
from fieldwork.work import (
    codebook,
    excerpts,
    findings,
    leading,
    notes,
    signing,
    undoing,
    visits,
)
from fieldwork.work.finding_history import finding_history
from laptops import START, together
from laptops import team as laptops_of


class World:
    """Two leads of two inspectorates and a third laptop, and a finding with a line for and words against it."""

    def __init__(self, folder):
        self.all = laptops_of(folder, 3)
        self.lead, self.partner, self.third = self.all
        me = self.lead.identity.member
        changes = [Change(Inspection.kind, self.lead.inspection, {"lead": "HMCPSI", "partner": "HMICFRS"})]
        for who, inspectorate in ((self.lead, "HMCPSI"), (self.partner, "HMICFRS"), (self.third, "HMICFRS")):
            changes.append(Change(TeamMember.kind, who.identity.member, {"inspectorate": inspectorate}))
        record(self.lead, "set up", changes)
        assert me
        leading.appoint(self.lead, device=self.partner.device.hex())
        self.session = visits.start_session(self.lead, title="Triage", at=START).id
        self.line = self.written("Advice is clear and early.")
        self.other = self.written("It is late in this unit, mostly.")
        theme = codebook.add_theme(self.lead, name="mood").id
        self.words = excerpts.tag_words(self.lead, target=self.other, start=6, end=10, theme=theme).id
        self.finding = findings.add_finding(self.lead, text="Early advice works.", kind="strength").id
        findings.pin(self.lead, finding=self.finding, evidence=self.line)
        self.share()

    def written(self, text):
        return notes.write_line(self.lead, session=self.session, text=text).id

    def share(self):
        """Merge either way round, in turns."""
        self.all.reverse()
        together(*self.all)

    def standing(self, at):
        return signing.signings(at, [self.finding])[self.finding]

    def states(self):
        return {self.standing(at).state for at in self.all}

    def both_sign(self):
        for who in (self.lead, self.partner):
            signing.sign(who, finding=self.finding)
        self.share()


@pytest.fixture
def world(tmp_path):
    made = World(tmp_path)
    yield made
    for one in made.all:
        one.close()


def test_both_sign_on_their_own_laptops_and_it_is_signed_and_locked_everywhere(world):
    shown = {world.standing(at).digest for at in world.all}
    assert len(shown) == 1 and world.states() == {"open"}
    signing.sign(world.lead, finding=world.finding, digest=shown.pop().hex())
    assert world.standing(world.lead).missing == ("HMICFRS",)
    assert world.states() == {"open", "signed by one"}
    with pytest.raises(Fault, match="Only a lead signs"):
        signing.sign(world.third, finding=world.finding)
    signing.sign(world.partner, finding=world.finding)
    world.share()
    assert world.states() == {"signed"} and len({str(dump(at)) for at in world.all}) == 1
    assert signing.sign(world.lead, finding=world.finding).entry is None
    for act in (
        lambda at: findings.change_finding(at, finding=world.finding, text="Other."),
        lambda at: findings.pin(at, finding=world.finding, evidence=world.other, bearing="against"),
        lambda at: findings.unpin(at, finding=world.finding, evidence=world.line),
        lambda at: findings.delete_finding(at, finding=world.finding),
    ):
        with pytest.raises(Fault, match="signed this finding; open a new version"):
            act(world.third)
    assert undoing.named(world.partner) == ("", "")  # a signature is not taken back by a key


def test_a_line_changed_behind_it_unseen_is_named_with_what_it_was(world):
    notes.write_line(world.third, session=world.session, text="Of no matter.", at=START)
    world.both_sign()
    notes.move_line(world.third, line=world.other, after=None)  # where a line stands is not what was signed
    world.share()
    assert world.states() == {"signed"}
    record(
        world.third, "note", [Change("note_line", world.line, {"text": "Advice is clear and never early."})]
    )
    world.share()
    assert world.states() == {"changed since signed"}
    assert world.standing(world.partner).changed == (world.line,)
    steps = [(step.before, step.after) for step in history(world.lead, world.line) if step.field == "text"]
    assert steps[-1] == (("Advice is clear and early.",), "Advice is clear and never early.")
    undoing.undo(world.third)
    world.share()
    assert world.states() == {"changed since signed"}  # changes, not words
    world.both_sign()
    assert world.states() == {"signed"}
    record(world.third, "describe a session", [Change(Session.kind, world.session, {"role": "sergeant"})])
    world.share()
    assert world.standing(world.lead).changed == (world.session,)


def test_a_new_version_is_open_until_both_sign_it(world):
    with pytest.raises(Fault, match="is open for changes"):
        signing.new_version(world.lead, finding=world.finding, reason="x")
    world.both_sign()
    with pytest.raises(Fault, match="Say in a line"):
        signing.new_version(world.lead, finding=world.finding, reason=" ")
    for who in (world.lead, world.partner):
        signing.new_version(who, finding=world.finding, reason="More was found.")
    world.share()
    assert world.states() == {"open"} and not dump(world.lead)["conflicts"]
    findings.pin(world.third, finding=world.finding, evidence=world.words, bearing="against")
    world.share()
    world.both_sign()
    assert world.states() == {"signed"} and get(world.lead, Finding, world.finding).version == 2
    assert len(records(world.lead, SignOff)) == 4
    told = finding_history(world.third, world.finding)
    assert [(one.number, one.reason) for one in told.versions] == [(1, ""), (2, "More was found.")]
    assert [(one.version, one.counts) for one in told.signed] == [(1, True), (1, True), (2, True), (2, True)]
    assert {(one.version, one.inspectorate) for one in told.signed} == {
        (version, inspectorate) for version in (1, 2) for inspectorate in ("HMCPSI", "HMICFRS")
    }
    assert [one.against for _, one in told.pieces] == [False, True]
    record(world.third, "note", [Change("note_line", world.other, {"text": "It is early in this unit."})])
    world.share()
    assert world.other in world.standing(world.lead).changed
    told = finding_history(world.lead, world.finding)
    assert [one.changed for _, one in told.pieces] == [False, True]
    said = said_finding(told)
    assert said[-1].endswith("[changed since signed]") and "Version 2: changed since signed" in said
    assert sum("signed for HMICFRS" in line for line in said) == 2


def test_what_does_not_count_as_a_signature(world):
    with pytest.raises(Fault, match="while you read it"):
        signing.sign(world.lead, finding=world.finding, digest="00" * 32)
    empty = findings.add_finding(world.lead, text="Nothing behind it.").id
    with pytest.raises(Fault, match="No evidence stands behind"):
        signing.sign(world.lead, finding=empty)
    what = signing.to_sign(world.third, [world.finding])[world.finding][0]
    forged = {
        "finding": world.finding,
        "version": 1,
        "digest": what.digest,
        "pieces": what.kept,
        "signed": START,
    }
    for inspectorate in ("HMCPSI", "HMICFRS", "another"):
        id = signing.sign_off_id(world.finding, 1, inspectorate)
        fields = {**forged, "inspectorate": inspectorate, "member": world.lead.identity.member}
        record(world.third, "sign a finding", [Change(SignOff.kind, id, fields)])
    world.share()
    assert world.states() == {"open"}
    id = signing.sign_off_id(world.finding, 1, "HMICFRS")
    record(
        world.lead,
        "sign a finding",
        [Change(SignOff.kind, id, {**forged, "inspectorate": "HMICFRS"}, again=True)],
    )
    world.share()
    assert world.states() == {"open"}  # a lead, of the other inspectorate
    world.both_sign()
    assert world.states() == {"signed"}


def test_two_versions_behind_it_are_settled_before_it_is_signed(world):
    record(world.lead, "note", [Change("note_line", world.line, {"text": "One."})])
    record(world.partner, "note", [Change("note_line", world.line, {"text": "Another."})])
    world.share()
    assert world.standing(world.lead).unsettled == (world.line,)
    with pytest.raises(Fault, match="settle that, then sign"):
        signing.sign(world.lead, finding=world.finding)


def test_signed_unseen_of_a_change_it_is_changed_since_signed_once_they_meet(world):
    signing.sign(world.lead, finding=world.finding)
    findings.pin(world.partner, finding=world.finding, evidence=world.other, bearing="against")
    signing.sign(world.partner, finding=world.finding)
    world.share()
    assert world.states() == {"changed since signed"}
    by = world.standing(world.third).signatures
    assert (by["HMCPSI"].stands, by["HMICFRS"].stands) == (False, True)
    signing.withdraw_signature(world.partner, finding=world.finding, reason="Read again.")
    world.share()
    assert world.standing(world.third).missing == ("HMICFRS",)
    with pytest.raises(Fault, match="has not signed"):
        signing.withdraw_signature(world.partner, finding=world.finding, reason="Twice.")


def test_an_erasure_behind_a_finding_leaves_its_signatures(world):
    record(world.lead, "note", [Change("note_line", world.line, {"mark": ">", "nods": 2})])
    world.share()
    world.both_sign()
    before = world.standing(world.lead).digest
    leading.erase(world.lead, records=[world.line], cause="It names somebody.", hold_checked=True)
    world.share()
    leading.approve(world.partner, erasure="")
    world.share()
    assert get(world.third, NoteLine, world.line).text == "[erased]"
    assert world.standing(world.partner).digest == before and world.states() == {"signed"}
    record(
        world.third, "erase", [Change("note_line", world.line, {"nods": 7})]
    )  # no erasure, whatever it is called
    world.share()
    assert world.states() == {"changed since signed"}
