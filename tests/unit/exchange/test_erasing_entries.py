"""Erasing: two members, a lead among them; or one's own words that were never shared."""

from collections.abc import Iterator
from pathlib import Path

import pytest

import laptops
from fieldwork.domain.faults import Fault
from fieldwork.domain.records import NoteLine
from fieldwork.exchange import erasing, membership, package
from fieldwork.store import clearing, held
from fieldwork.store.beside import drafts_path
from fieldwork.store.drafts import Drafts
from fieldwork.store.history import history
from fieldwork.store.holding import heads_held, lacking
from fieldwork.store.intake import take_in
from fieldwork.store.reading import canonical, dump, find, get
from fieldwork.store.recording import Change, record
from fieldwork.store.searching import search
from fieldwork.store.verifying import verify
from fieldwork.store.workspace import Workspace, raw

SESSION, LINE, SECOND = b"session-00000000", b"line-00000000000", b"line-00000000001"


@pytest.fixture
def team(tmp_path: Path) -> Iterator[list[Workspace]]:
    made = laptops.team(tmp_path, 3)
    yield made
    for workspace in made:
        workspace.close()


def write(workspace: Workspace, text: str, reason: str = "") -> None:
    fields = {"session": SESSION, "text": text, "typed": 5}
    record(workspace, "note", [Change(NoteLine.kind, LINE, fields)], reason=reason)


def ask(workspace: Workspace) -> bytes:
    id, _ = erasing.ask(workspace, [LINE], scope="a note line", cause="a name", hold_checked=True)
    return id


def everything_said(workspace: Workspace) -> bytes:
    with workspace.read() as db:
        connection = raw(db)
        tables = ("payload", "cell", "rival", "note_line", "searchable", "parked", "held")
        rows = [connection.execute(f"SELECT * FROM {table}").fetchall() for table in tables]
    return repr(rows).encode()


def test_two_members_and_a_lead_among_them(team: list[Workspace]) -> None:
    lead, colleague, other = team
    write(colleague, "Sergeant Nobody said so", "Nobody asked for it")
    laptops.together(*team)
    erasure = ask(colleague)
    laptops.give(colleague, other, lead)
    erasing.approve(other, erasure)  # two members, and no lead
    laptops.together(lead, other)
    assert get(lead, NoteLine, LINE).text == "Sergeant Nobody said so"
    erasing.approve(lead, erasure)
    laptops.together(*team)
    for workspace in team:
        line = get(workspace, NoteLine, LINE)
        assert (line.text, line.session, line.typed) == ("[erased]", SESSION, 5)
        assert b"Nobody" not in everything_said(workspace)
        assert search(workspace, "Nobody") == []
        assert any(step.erased for step in history(workspace, LINE))
        assert verify(workspace) == []
    assert len({canonical(dump(workspace)) for workspace in team}) == 1
    write(colleague, "A sergeant said so")
    laptops.together(*team)
    assert {get(workspace, NoteLine, LINE).text for workspace in team} == {"A sergeant said so"}


def test_an_approval_is_for_the_records_it_was_given_for(team: list[Workspace]) -> None:
    """Whoever names others later, in an erasure that is in force or asked for, has nobody's word for these."""
    lead, colleague, other = team
    write(colleague, "Nobody")
    record(lead, "note", [Change(NoteLine.kind, SECOND, {"session": SESSION, "text": "evidence"})])
    laptops.together(*team)
    erasure = ask(colleague)
    laptops.give(colleague, lead)
    erasing.approve(lead, erasure)
    laptops.together(*team)
    record(other, "erase", [Change("erasing", erasure, {"records": SECOND})])
    laptops.together(*team)
    assert {get(workspace, NoteLine, SECOND).text for workspace in team} == {"evidence"}
    assert {get(workspace, NoteLine, LINE).text for workspace in team} == {"[erased]"}
    (asked,) = erasing.erasures(lead)
    assert asked.records == (SECOND,) and not asked.approvals and not asked.mine  # may be approved anew
    assert all(verify(workspace) == [] for workspace in team)


def test_what_a_laptop_wrote_without_knowing_of_it_is_erased_too(team: list[Workspace]) -> None:
    lead, colleague, other = team
    write(colleague, "Nobody")
    laptops.together(*team)
    write(other, "Nobody, a sergeant")  # not shared yet
    erasure = ask(colleague)
    laptops.give(colleague, lead)
    erasing.approve(lead, erasure)
    laptops.together(*team)
    for workspace in team:
        assert b"Nobody" not in everything_said(workspace)
        assert verify(workspace) == []


def test_own_words_that_were_never_shared_go_at_once(team: list[Workspace]) -> None:
    lead, colleague, _ = team
    write(colleague, "Nobody")
    ask(colleague)
    assert b"Nobody" not in everything_said(colleague) and verify(colleague) == []
    laptops.together(*team)
    assert all(b"Nobody" not in everything_said(workspace) for workspace in team)
    assert all(verify(workspace) == [] for workspace in team)
    assert get(lead, NoteLine, LINE).session == SESSION


def test_own_words_that_were_shared_after_all_are_kept_where_they_are(team: list[Workspace]) -> None:
    """By a program that lies: nothing is destroyed on another laptop by one voice."""
    lead, colleague, _ = team
    write(colleague, "Nobody")
    laptops.give(colleague, lead)
    record(colleague, "erase", [Change("erasing", b"erasing-00000000", {"records": LINE, "unshared": 1})])
    laptops.give(colleague, lead)
    assert get(lead, NoteLine, LINE).text == "[erased]"
    with lead.read() as db:
        kept = raw(db).execute("SELECT vals FROM withheld").fetchall()
    assert any(b"Nobody" in vals for (vals,) in kept)


def test_words_missing_for_an_erasure_that_counts_no_more_are_filled_in(team: list[Workspace]) -> None:
    lead, colleague, other = team
    write(colleague, "said and kept")
    laptops.together(*team)
    record(colleague, "erase", [Change("erasing", b"erasing-00000000", {"records": LINE, "unshared": 1})])
    laptops.give(colleague, other)
    membership.remove(lead, colleague.device)  # without having heard of the erasure
    laptops.give(lead, other, colleague)
    laptops.give(other, lead)
    for workspace in (lead, other):
        assert get(workspace, NoteLine, LINE).text == "said and kept"
        assert verify(workspace) == []
    laptops.give(lead, colleague)
    assert get(colleague, NoteLine, LINE).text == "said and kept"


def test_what_is_missing_without_an_erasure_waits_for_a_whole_copy(team: list[Workspace]) -> None:
    lead, colleague, other = team
    write(colleague, "said")
    laptops.give(colleague, other)
    with other.read() as db:
        heads, entries = heads_held(raw(db)), lacking(raw(db), [])
    stripped = [(body, [None] * len(beside)) for body, beside in entries]
    data = laptops.signed(other, heads, stripped)
    taken = take_in(lead, [package.read_content(data, lead.inspection, "stripped")])
    assert not taken.outcomes[0].refused and taken.outcomes[0].waiting
    assert [record["kind"] for record in dump(lead)["records"]].count("note_line") == 0
    laptops.give(colleague, lead)
    assert get(lead, NoteLine, LINE).text == "said" and verify(lead) == []
    held.take_back(lead)
    assert find(lead, NoteLine, LINE) is None and held.put_aside(lead)
    take_in(lead, [held.parcel(lead)])  # the words that had come with the merge are put aside with it
    assert get(lead, NoteLine, LINE).text == "said" and verify(lead) == [] and not held.put_aside(lead)


@pytest.mark.parametrize(
    ("what", "cause", "checked", "sentence"),
    [
        ([LINE], "a name", False, "nothing requires these records to be kept"),
        ([LINE], " ", True, "Say why"),
        ([], "a name", True, "at least one record"),
        ([b"nothing-00000000"], "a name", True, "no record"),
    ],
)
def test_a_request_says_what_why_and_that_it_was_checked(
    team: list[Workspace], what: list[bytes], cause: str, checked: bool, sentence: str
) -> None:
    write(team[0], "said")
    before = canonical(dump(team[0]))
    with pytest.raises(Fault, match=sentence):
        erasing.ask(team[0], what, scope="", cause=cause, hold_checked=checked)
    with pytest.raises(Fault, match="cannot be erased"):
        erasing.ask(team[0], [team[1].device], scope="", cause="a name", hold_checked=True)
    assert canonical(dump(team[0])) == before


def test_one_voice_is_one_voice(team: list[Workspace]) -> None:
    lead, colleague, _ = team
    write(colleague, "said")
    laptops.together(*team)
    erasure = ask(lead)
    with pytest.raises(Fault, match="approved it already"):
        erasing.approve(lead, erasure)
    assert get(lead, NoteLine, LINE).text == "said"
    laptops.give(lead, colleague)
    erasing.approve(colleague, erasure)
    assert get(colleague, NoteLine, LINE).text == "[erased]"
    with pytest.raises(Fault, match="in force already"):
        erasing.approve(colleague, erasure)


def test_drafts_that_could_not_be_read_go_with_the_words(team: list[Workspace]) -> None:
    """Those set aside before go at once; those in use wait until they are set aside, and are not forgotten."""
    lead = team[0]
    path = drafts_path(lead.path)

    def unreadable() -> None:
        drafts = Drafts(lead)
        drafts.keep(LINE, NoteLine.kind, {"text": "Nobody"})
        drafts.close()
        data = bytearray(path.read_bytes())
        data[5000:5100] = bytes(100)
        path.write_bytes(data)

    def aside() -> list[Path]:
        return list(path.parent.glob(f"{path.name}-unreadable-*"))

    unreadable()
    Drafts(lead).close()
    assert aside()
    write(lead, "Nobody")
    ask(lead)
    assert not aside() and lead.meta("uncleared") == clearing._KEY
    unreadable()
    record(lead, "note", [Change(NoteLine.kind, SECOND, {"text": "Nobody"})])
    erasing.ask(lead, [SECOND], scope="a line", cause="a name", hold_checked=True)
    assert lead.meta("uncleared") == clearing._EVERYTHING and path.exists()
    Drafts(lead).close()
    assert aside()
    write(lead, "the next act")
    assert not aside() and lead.meta("uncleared") == clearing._KEY
