"""What a report prints of a piece of evidence leads back to it, whatever else ends or begins alike."""

import os

import pytest

import laptops
from fieldwork.domain.faults import Fault
from fieldwork.domain.records import KINDS
from fieldwork.store.ids import ids_beginning, ids_ending
from fieldwork.store.recording import DELETE, Change, record
from fieldwork.store.state import DELETED
from fieldwork.store.workspace import raw
from fieldwork.work import references, team

PRINTED = "c0ffee00"
LINE = bytes.fromhex("11" * 10 + "aabb" + PRINTED)
TWIN = bytes.fromhex("22" * 10 + "aacc" + PRINTED)  # ends as the line does, up to ten digits
NEAR = bytes.fromhex("33" * 10 + "ddbb" + PRINTED)
TAG = bytes.fromhex("44" * 10 + "eeee" + PRINTED)  # nothing that is cited
DERIVED = bytes.fromhex(PRINTED + "55" * 12)  # begins as the reference
FINDING = bytes.fromhex("66" * 12 + "0badcafe")


@pytest.fixture(scope="module")
def here(tmp_path_factory):
    (made,) = laptops.team(tmp_path_factory.mktemp("cited"), 1)
    with made:
        some = {LINE: "note_line", TAG: "tag", DERIVED: "answer", FINDING: "finding"}
        changes = [
            Change(kind, id, {"text": "said"} if kind != "answer" else {"value": "FM"})
            for id, kind in some.items()
        ]
        record(
            made,
            "script",
            [c if c.kind != "tag" else Change("tag", TAG, {"direction": "concern"}) for c in changes],
        )
        yield made


def test_a_printed_reference_leads_home_past_what_begins_or_ends_alike(here):
    assert references.references(here, [LINE, FINDING]) == {LINE: PRINTED, FINDING: "0badcafe"}
    for name in (PRINTED, PRINTED.upper(), f" {PRINTED[:4]}-{PRINTED[4:]} ", LINE.hex(), LINE.hex()[-9:]):
        assert team.find_record(here, name) == LINE
    assert team.find_record(here, TAG.hex()[-12:]) == TAG  # nothing cited ends so
    assert team.find_record(here, DERIVED.hex()[:9]) == DERIVED
    assert ids_ending(here, PRINTED) == sorted([LINE, TAG]) and ids_ending(here, PRINTED, ("tag",)) == [TAG]
    assert ids_ending(here, "g" * 8) == ids_beginning(here, "") == ids_beginning(here, "%" * 8) == []
    for name in ("offee00", "c0ffee0%", "f" * 33, "12345678", ""):
        with pytest.raises(Fault, match="There is no record"):
            team.find_record(here, name)


def test_it_grows_until_it_is_alone(here):
    record(here, "script", [Change("note_line", id, {"text": "twin"}) for id in (TWIN, NEAR)])
    named = references.references(here, [LINE, TWIN, NEAR])
    assert named == {LINE: f"aabb{PRINTED}", TWIN: f"cc{PRINTED}", NEAR: f"ddbb{PRINTED}"}
    assert {team.find_record(here, reference) for reference in named.values()} == {LINE, TWIN, NEAR}
    with pytest.raises(Fault, match=f"More than one record ends.*aabb{PRINTED} or cc{PRINTED}"):
        team.find_record(here, PRINTED)
    assert references.references(here, [FINDING])[FINDING] == "0badcafe"
    record(here, "script", [Change("note_line", TWIN, {DELETED: DELETE})])
    assert (
        references.references(here, [LINE])[LINE] == f"aabb{PRINTED}"
    )  # what was printed stays where it led


def test_every_one_of_many_leads_home(here):
    ids = [os.urandom(12) + (n % 7_000).to_bytes(4, "big") for n in range(20_000)]
    with here.write() as db:
        rows = [(id, "note_line" if n % 5 else "tag") for n, id in enumerate(ids)]
        raw(db).executemany("INSERT INTO object (id, kind) VALUES (?, ?)", rows)
    cited = ids[1:60:5] + ids[7_001:7_060:5] + ids[14_001:14_060:5]
    named = references.references(here, cited)
    assert len({*named.values()}) == len(cited) and min(map(len, named.values())) > 8
    assert [references.find(here, named[id]) for id in cited] == cited
    assert {*references.CITED} & KINDS.keys() >= {"note_line", "answer", "finding"}
