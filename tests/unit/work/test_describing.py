"""What records are called, and that a conflict over any field of them can be read."""

import hashlib

import pytest

import laptops
from fieldwork.domain.finding_records import FINDINGS
from fieldwork.domain.note_records import LOCATING, NOTES
from fieldwork.domain.records import field_rules
from fieldwork.domain.values import derived_id
from fieldwork.store.conflicting import conflicts
from fieldwork.store.reading import canonical, dump
from fieldwork.store.recording import DELETE, Change, record
from fieldwork.store.state import DELETED
from fieldwork.work import team
from fieldwork.work.describing import describe_record
from fieldwork.work.settling import DESCRIBED, FLAGS, clashes

SESSION, LINE, FINDING = b"session-00000000", b"line-00000000000", b"finding-00000000"
GUIDE, TOPIC, CHECK, DOCUMENT, ATTACHMENT, EXCERPT, MEMBER = (bytes([at]) * 16 for at in range(1, 8))
SAID = {
    "excerpt": {"target": LINE, "part": "text", "quote": "come late", "start": 10},
    "mask": {"target": EXCERPT, "way": "redact"},
    "topic_guide": {"title": "Disclosure officers"},
    "guide_topic": {"guide": GUIDE, "title": "Third-party material", "position": "V"},
    "covered_topic": {"session": SESSION, "topic": TOPIC, "covered": 1},
    "session_template": {"name": "Charging lawyer"},
    "role": {"name": "Disclosure officer", "side": "police"},
    "diary_note": {"session": SESSION, "sealed": b"sealed"},
    "abbreviation": {"short": "do", "full": "disclosure officer"},
    "known_word": {"word": "sergeantry"},
    "coding_check": {"title": "First week", "sessions": SESSION, "coders": MEMBER},
    "coding_done": {"check": CHECK, "coder": MEMBER},
    "finding_kind": {"name": "area of promise"},
    "sign_off": {"finding": FINDING, "inspectorate": "HMICFRS", "version": 1},
    "document": {"title": "Protocol", "reference": "D-7"},
    "figure": {"title": "Recorded crime", "figure": "49,679"},
    "attachment": {"belongs": DOCUMENT, "name": "protocol.pdf"},
    "attachment_wish": {"attachment": ATTACHMENT, "wanted": 1},
    "result_cell": {"question": "G03", "count": 4, "n": 9},
    "quote_release": {"belongs": LINE, "quote": "come late"},
    "open_question": {"text": "Who signs?"},
    "saved_search": {"title": "Late schedules", "query": "schedule*"},
}
CALLED = {
    "excerpt": "Excerpt “come late”, note line 00:00, Disclosure lead",
    "mask": "Mask, excerpt “come late”, note line 00:00, Disclosure lead",
    "topic_guide": "Topic guide Disclosure officers",
    "guide_topic": "Topic Third-party material",
    "covered_topic": "Topic covered, topic Third-party material",
    "session_template": "Session template Charging lawyer",
    "role": "Role Disclosure officer",
    "diary_note": "Sealed diary, Disclosure lead",
    "abbreviation": "Abbreviation do",
    "known_word": "Known word sergeantry",
    "coding_check": "Coding check First week",
    "coding_done": "Coder's finish, coding check First week",
    "finding_kind": "Kind of finding area of promise",
    "sign_off": "Signature, finding: Schedules are late",
    "document": "Document: Protocol",
    "figure": "Figure: Recorded crime",
    "attachment": "Attachment protocol.pdf",
    "attachment_wish": "Wish for an attachment, attachment protocol.pdf",
    "result_cell": "Figure of the results G03",
    "quote_release": "Released quote “come late”, note line 00:00, Disclosure lead",
    "open_question": "Open question: Who signs?",
    "saved_search": "Saved search Late schedules",
}
IDS = {
    "topic_guide": GUIDE, "guide_topic": TOPIC, "coding_check": CHECK, "document": DOCUMENT,
    "attachment": ATTACHMENT, "excerpt": EXCERPT,
}  # fmt: skip
DIFFER = {"TEXT": ("one text", "another"), "INTEGER": (5, 10**10), "BLOB": (LINE, FINDING)}


@pytest.fixture(scope="module")
def pair(tmp_path_factory):
    """Two laptops: one of each of the newer kinds, and every field of each set apart on both sides."""
    ours, theirs = laptops.team(tmp_path_factory.mktemp("described"), 2)
    ground = [
        Change("session", SESSION, {"title": "Disclosure lead"}),
        Change("note_line", LINE, {"session": SESSION, "text": "Schedules come late", "typed": 0}),
        Change("finding", FINDING, {"text": "Schedules are late"}),
        Change("team_member", MEMBER, {"label": "HMICFRS inspector"}),
    ]
    record(ours, "ground", ground + [Change(kind, id_of(kind), said) for kind, said in SAID.items()])
    laptops.give(ours, theirs)
    yield ours, theirs
    ours.close()
    theirs.close()


def id_of(kind):
    return IDS.get(kind, derived_id(kind, "one"))


def test_each_newer_kind_is_called_by_what_tells_it_apart(pair):
    assert set(SAID) == set(CALLED) == {cls.kind for cls in (*NOTES, *FINDINGS)}
    here, _ = pair
    found = {kind: describe_record(here, id_of(kind)) for kind in SAID}
    assert {k: w.replace(w[w.find("line ") + 5 : w.find("line ") + 10], "00:00") if "note line" in w else w
            for k, w in found.items()} == CALLED  # fmt: skip
    assert set(SAID) <= DESCRIBED


def test_a_conflict_over_any_field_of_them_can_be_read_but_one_over_where_words_are(pair):
    ours, theirs = pair
    for side, workspace in enumerate(pair):
        changes = []
        for kind in SAID:
            rules = field_rules(kind).values()
            fields = {rule.name: DIFFER[rule.storage][side] for rule in rules if not rule.owner}
            fields |= {rule.name: f"2026-11-0{side + 1}" for rule in rules if rule.day}
            changes.append(Change(kind, id_of(kind), fields))
        record(workspace, "apart", changes)
    laptops.give(theirs, ours)
    clashing = {(one.kind, one.field) for one in conflicts(ours)}
    assert {field for kind, field in clashing if kind == "excerpt"} == set()
    wanted = {(kind, rule.name) for kind in SAID for rule in field_rules(kind).values() if not rule.owner}
    assert clashing == wanted - {("excerpt", name) for name in LOCATING}
    for clash in clashes(ours):
        words = [side.words for side in clash.sides]
        assert clash.title and clash.where and all(words), clash
        assert not any(raw.hex()[:16] in " ".join(words) for raw in (LINE, FINDING)), clash
        assert len(set(words)) == 2 or clash.field in {"sealed", "position", *FLAGS}, clash


def test_what_is_sealed_stands_in_no_list_of_conflicts_but_by_its_digest(tmp_path):
    ours, theirs = laptops.team(tmp_path, 2)
    with ours, theirs:
        diary = [Change("diary_note", EXCERPT, {"sealed": b"\x00 once"})]
        record(ours, "diary", diary)
        laptops.give(ours, theirs)
        for workspace in (ours, theirs):
            sealed = workspace.identity.label.encode()
            record(workspace, "diary", [Change("diary_note", EXCERPT, {"sealed": sealed})])
        laptops.give(theirs, ours)
        said = canonical([dump(ours), team.conflict_rows(ours)])
        for sealed in (b"\x00 once", b"laptop 0", b"laptop 1"):
            assert sealed.hex() not in said and hashlib.sha256(sealed).hexdigest() in said


def test_an_excerpt_carried_to_two_lines_asks_nobody_and_one_deleted_meanwhile_does(tmp_path):
    ours, theirs = laptops.team(tmp_path, 2)
    with ours, theirs:
        record(ours, "ground", [Change("excerpt", id, {"quote": "late"}) for id in (EXCERPT, TOPIC)])
        laptops.give(ours, theirs)
        record(ours, "carry", [Change("excerpt", EXCERPT, {"target": LINE, "start": 1})])
        record(theirs, "carry", [Change("excerpt", EXCERPT, {"target": SESSION, "start": 2})])
        record(ours, "give up", [Change("excerpt", TOPIC, {DELETED: DELETE})])
        record(theirs, "carry", [Change("excerpt", TOPIC, {"start": 7})])
        laptops.give(theirs, ours)
        assert [(one.record, one.field) for one in conflicts(ours)] == [(TOPIC, DELETED)]
