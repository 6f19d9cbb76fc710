"""The same thing entered twice: every reader counts a joined set once, with all that hangs on it."""

from dataclasses import fields, is_dataclass

import pytest

from fieldwork.domain.faults import Fault
from fieldwork.domain.records import (
    KINDS,
    Answer,
    CaseFile,
    Examination,
    Joining,
    NoteLine,
    Session,
    Stratum,
    Tag,
    TeamMember,
    Theme,
    Visit,
    field_rules,
)
from fieldwork.domain.same import AFFECTED, JOINABLE, REFERS, alike, joining_id
from fieldwork.domain.values import derived_id, new_id
from fieldwork.store.reading import count, counts_by, dump, find, get, records
from fieldwork.store.recording import DELETE, Change, record
from fieldwork.store.same import sets
from fieldwork.work import (
    codebook,
    counting,
    drafting,
    evidence,
    evidence_filters,
    examining,
    file_queue,
    file_view,
    files,
    finding_counts,
    finding_places,
    findings,
    gathering,
    inspections,
    interviews,
    notes,
    report_desk,
    reporting,
    results,
    same,
    team,
    themes,
    today,
    undoing,
    visiting,
    visits,
)
from fieldwork.work.done import do
from fieldwork.work.evidence_filters import Filters
from laptops import START, give, together
from laptops import team as laptops_of
from worlds import NOW, small_inspection, wall

OTHER = b"2" * 16
FINISHED = {"A01": "police_charge", "A03": "none"}


class World:
    """A small inspection in which a file, its visit, its stratum and a theme were entered a second time."""

    def __init__(self, folder):
        self.workspace = workspace = small_inspection(folder)
        (self.visit,) = [v.id for v in records(workspace, Visit)]
        (self.file,) = [f.id for f in records(workspace, CaseFile, reference="A-V-001")]
        self.stratum = inspections.stratum_id("volume")
        self.theme = themes.find_theme(workspace, "relationships").id
        self.second = {kind: new_id() for kind in JOINABLE}
        member = {"label": "HMICFRS inspector", "inspectorate": "HMICFRS", "role": "inspector"}
        said = {
            Visit: {"title": "P33 and A02", "bodies": "A02 P33", "planned_start": "2026-11-23",
                    "planned_end": "2026-11-25"},
            Stratum: {"code": "Volume ", "name": "Volume, charged", "target": 20},
            Theme: {"code": "relationships", "name": "relations", "position": "90"},
            CaseFile: {"reference": "a-v- 001", "visit": self.second["visit"], "force": "P33", "area": "A02",
                       "stratum": self.second["stratum"], "charged": "2026-07-15", "position": 99},
        }  # fmt: skip
        changes = [Change(cls.kind, self.second[cls.kind], held) for cls, held in said.items()]
        do(workspace, "a colleague's", [*changes, Change(TeamMember.kind, OTHER, member)], at=wall(24, 8))
        self._hang()

    def _hang(self):
        workspace, second = self.workspace, self.second
        self.session = visits.plan_session(
            workspace, visit=second["visit"], title="Second list", body="P33", planned_start=wall(24, 16)
        ).id
        visits.start_session(workspace, session=self.session, at=wall(24, 16))
        self.line = notes.write_line(
            workspace, session=self.session, text="They ring each other", typed=wall(24, 16), at=wall(24, 16)
        ).id
        themes.tag(workspace, target=self.line, theme=second["theme"], direction="strength")
        self.both = next(line for line in records(workspace, NoteLine) if "named lawyer" in line.text).id
        themes.tag(workspace, target=self.both, theme=second["theme"], direction="strength")
        self.examination = examining.examination_id(second["case_file"], OTHER)
        set_in_use = inspections.inspection_of(workspace).question_set
        held = {"case_file": second["case_file"], "examiner": OTHER, "question_set": set_in_use,
                "started": wall(24, 9), "finished": wall(24, 15)}  # fmt: skip
        changes = [Change(Examination.kind, self.examination, held)]
        for code, value in FINISHED.items():
            answer = {
                "examination": self.examination,
                "question": code,
                "value": value,
                "comment": "Seen by lamplight",
            }
            changes.append(Change(Answer.kind, examining.answer_id(self.examination, code), answer))
        do(workspace, "a colleague's", changes, at=wall(24, 15))
        self.answer = examining.answer_id(self.examination, "A01")
        self.finding = findings.add_finding(
            workspace, text="Two lists, one visit", visit=second["visit"], evidence=[self.answer, self.line]
        ).id

    def join(self):
        for kind in JOINABLE:
            same.join_records(self.workspace, one=self.first(kind), other=self.second[kind])

    def first(self, kind):
        return {"visit": self.visit, "case_file": self.file, "stratum": self.stratum, "theme": self.theme}[
            kind
        ]

    def shown(self, kind):
        return min(self.first(kind), self.second[kind])

    def aside(self):
        return {max(self.first(kind), self.second[kind]) for kind in JOINABLE}


@pytest.fixture
def world(tmp_path, monkeypatch):
    monkeypatch.setenv("FIELDWORK_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("FIELDWORK_KDF_MEMORY", "65536")
    made = World(tmp_path)
    yield made
    made.workspace.close()


def readers(world, visit, file):
    """Everything that reads case files, visits, themes or strata, asked through one of their ids."""
    w, day = world.workspace, NOW.date()
    return {
        "files.file_states": lambda: files.file_states(w),
        "files.file_states of a visit": lambda: files.file_states(w, visit=visit),
        "files.find_file": lambda: [files.find_file(w, name) for name in ("A-V-001", "a-v- 001", "a-v-001")],
        "file_queue.next_file": lambda: [file_queue.next_file(w), file_queue.next_file(w, after=file)],
        "file_view.list_files": lambda: file_view.list_files(w),
        "file_view.view_file": lambda: file_view.view_file(w, file),
        "file_view.place_of": lambda: [file_view.place_of(w, id) for id in (world.answer, world.examination)],
        "examining.open_file": lambda: [examining.open_file(w, file), examining.open_file(w, file, OTHER)],
        "results": lambda: [results.results(w), results.results(w, visit=visit)],
        "results by": lambda: [results.results(w, by=by) for by in results.BY],
        "counting.finished_panes": lambda: counting.finished_panes(w, visit),
        "gathering.visit_facts": lambda: gathering.visit_facts(w, visit),
        "gathering.stratum_counts": lambda: gathering.stratum_counts(w),
        "gathering.file_facts": lambda: gathering.file_facts(w, file),
        "gathering.interview_facts": lambda: gathering.interview_facts(w, world.session),
        "gathering.results_facts": lambda: gathering.results_facts(w),
        "reporting.compose": lambda: reporting.compose(w, "visit_summary", visit=visit),
        "report_desk.subjects": lambda: [report_desk.subjects(w, kind) for kind in ("visit", "session", "file")],
        "evidence.look_up": lambda: [evidence.look_up(w, "lamplight"), evidence.look_up(w, "ring each other")],
        "evidence.look_up by theme": lambda: [
            evidence_filters.look_up(w, "", Filters().toggled("theme", t.hex()))
            for t in (world.theme, world.second["theme"])
        ],
        "evidence_filters.facets": lambda: [
            evidence_filters.facets(w, words, Filters()) for words in ("", "lamplight")
        ],
        "evidence.search_rows": lambda: evidence.search_rows(w, "lamplight"),
        "evidence.theme_board": lambda: evidence.theme_board(w),
        "evidence.board": lambda: evidence.board(w, day),
        "finding_counts.points": lambda: finding_counts.points(w, visit),
        "finding_counts.evidence_place": lambda: finding_counts.evidence_place(w, world.answer),
        "finding_places": lambda: [finding_places.find_places(w, typed) for typed in ("a-v", "leicester", "P33")],
        "today": lambda: today.today(w, NOW),
        "visiting.visit_list": lambda: visiting.visit_list(w, day),
        "visiting.visit_page": lambda: visiting.visit_page(w, visit),
        "visits.sessions_of": lambda: visits.sessions_of(w, visit),
        "visits.current_visit": lambda: visits.current_visit(w, day),
        "visits.visit_title": lambda: visits.visit_title(w, visit),
        "visits.find_visit": lambda: [visits.find_visit(w, name) for name in (visit.hex(), "Leicestershire with")],
        "drafting.visit_today": lambda: drafting.visit_today(w, day),
        "interviews.sessions_by_visit": lambda: interviews.sessions_by_visit(w),
        "interviews.note_of": lambda: interviews.note_of(w, world.session),
        "interviews.header_words": lambda: interviews.header_words(w, world.session, day),
        "notes.lines_of": lambda: notes.lines_of(w, world.session),
        "themes.find_theme": lambda: themes.find_theme(w, "relationships"),
        "themes.complete": lambda: themes.complete(w, "re"),
        "team.find_record": lambda: team.find_record(w, "A-V-001"),
        "count": lambda: [count(w, KINDS[kind]) for kind in JOINABLE],
        "counts_by": lambda: [
            counts_by(w, CaseFile, "stratum"), counts_by(w, Tag, "theme"), counts_by(w, Session, "visit")
        ],
    }  # fmt: skip


def read(world, visit=None, file=None):
    return {name: ask() for name, ask in readers(world, visit or world.visit, file or world.file).items()}


def ids_in(value):
    """Every id in what a reader gave back, ids in hex among them; where one record names itself in words too."""
    if isinstance(value, bytes):
        yield value
    elif isinstance(value, str) and len(value) == 32:
        try:
            yield bytes.fromhex(value)
        except ValueError:
            return
    elif is_dataclass(value):
        for one in fields(value):
            yield from ids_in(getattr(value, one.name))
    elif isinstance(value, dict) or hasattr(value, "items"):
        for key, one in value.items():
            yield from ids_in(key)
            yield from ids_in(one)
    elif isinstance(value, (list, tuple, set, frozenset)):
        for one in value:
            yield from ids_in(one)


def steady(value):
    """What a reader gave back without the moment it was read at, the clock, and the last change there was."""
    if is_dataclass(value):
        skipped = {"moment", "unshared", "cover", "applied", "chain_heads"}
        return {
            one.name: steady(getattr(value, one.name)) for one in fields(value) if one.name not in skipped
        }
    if isinstance(value, dict) or hasattr(value, "items"):
        return {key: steady(one) for key, one in value.items()}
    if isinstance(value, (list, tuple)):
        return [steady(one) for one in value]
    return value


NO_REFERENCES = {
    "sealing", "parts_digest", "stands_on", "heads", "keepers", "files", "digest", "pieces", "came_as", "file",
    "sealed",
}  # fmt: skip


def test_what_refers_to_a_record_that_can_be_joined_is_known():
    """A new field that names another record must be put in the table, or here."""
    elsewhere = {
        "question_set", "phase", "member", "invitation", "epoch", "device", "erasing", "one", "other", "noted_by",
        "session", "target", "allocated", "examiner", "examination", "finding", "evidence",
        "draw", "replaces", "examiners", "called_in", "moderator", "moderation", "author", "by",
        "topic", "template", "guide", "coder", "coders", "sessions", "check", "taken_up", "answered_by", "asked_in",
        "seen_by", "belongs", "added_by", "attachment", "answered_in",
    }  # fmt: skip
    for kind in KINDS:
        for rule in field_rules(kind).values():
            known = rule.name in REFERS.get(kind, ()) or rule.name in elsewhere
            assert known or rule.storage != "BLOB" or "key" in rule.name or kind in (
                "device", "epoch", "epoch_key", "voiding", "erasing", "sealed_part", "sealed_key", "release",
            ) or rule.name in NO_REFERENCES, (kind, rule.name)  # fmt: skip
    assert set(JOINABLE) <= AFFECTED


def test_no_reader_shows_the_entry_that_was_joined_away(world):
    world.join()
    gone = world.aside()
    for visit in (world.visit, world.second["visit"]):
        for file in (world.file, world.second["case_file"]):
            for name, found in read(world, visit, file).items():
                assert not gone & set(ids_in(found)), name


def test_through_whichever_id_it_is_asked_a_reader_says_the_same(world):
    world.join()
    one = read(world)
    other = read(world, world.second["visit"], world.second["case_file"])
    for name in one:
        assert steady(one[name]) == steady(other[name]), name


def test_before_it_is_joined_and_after_it_is_lifted_everything_reads_alike(world):
    before = read(world)
    assert world.second["case_file"] in set(ids_in(before["files.file_states"]))
    world.join()
    assert steady(read(world)) != steady(before)
    for kind in JOINABLE:
        same.lift_joining(world.workspace, one=world.first(kind), other=world.second[kind])
    after = read(world)
    for name in before:
        assert steady(after[name]) == steady(before[name]), name
    assert sets(world.workspace).shown == {}


def test_what_is_counted_is_counted_once_with_both_examinations(world):
    w = world.workspace
    before = read(world)
    world.join()
    after = read(world)
    assert len(after["files.file_states"]) == len(before["files.file_states"]) - 1 == 6
    (state,) = [s for s in after["files.file_states"] if s.file.id == world.file]
    assert {e.examiner for e in state.examinations} == {w.identity.member, OTHER}
    assert state.mine.examiner == w.identity.member and state.finished
    assert state.file.reference == "A-V-001" and state.file.charged == "2026-07-14"
    (line,) = [one for one in after["file_view.list_files"] if one.entries == 2]
    assert line.state.file.id == world.file
    assert after["file_view.view_file"].others == ("the HMICFRS examiner has finished",)
    assert [some[0].files for some in after["results"]] == [1, 1]
    (volume,) = [row for row in after["gathering.stratum_counts"] if row.files == 4]
    assert (volume.examined, volume.open, volume.twice) == (1, 0, 0)
    facts = after["gathering.visit_facts"]
    assert sum(row.files for row in facts.strata) == 6
    assert facts.files_examined == 1
    assert len(after["visiting.visit_list"].visits) == 1
    (visit,) = after["visiting.visit_list"].visits
    assert (visit.sessions, visit.files, visit.examined) == (5, 6, 1)
    page = after["visiting.visit_page"]
    assert len(page.sessions) == 5 and page.files_examined == (1, 6)
    assert len(page.points) == 4
    (trip,) = after["interviews.sessions_by_visit"]
    assert len(trip.sessions) == 5
    assert len(after["interviews.header_words"].visits) == 2
    assert after["today"].visit.id == world.visit and after["today"].files_all == 6
    assert after["count"] == [6, 1, len(records(w, Theme)), 2]
    board = {one.theme.id: one for one in after["evidence.theme_board"]}
    shown = world.shown("theme")
    assert board[shown].counts == (("strength", 3), ("concern", 1))
    assert max(world.theme, world.second["theme"]) not in board
    assert after["counts_by"][0] == {world.shown("stratum"): 4, inspections.stratum_id("rasso"): 2}


def test_a_line_under_two_themes_that_are_one_carries_it_once_and_loses_it_wholly(world):
    w = world.workspace
    world.join()
    (line,) = [
        one for s in records(w, Session) for one in notes.lines_of(w, s.id) if one.record.id == world.both
    ]
    assert [theme.id for theme, _ in line.tags] == [world.shown("theme")]
    narrowed = Filters().toggled("theme", world.theme.hex())
    assert [f.id for f in evidence_filters.look_up(w, "", narrowed).found].count(world.both) == 1
    themes.untag(w, target=world.both, theme=world.shown("theme"))
    assert records(w, Tag, target=world.both) == []
    open_line = drafting.OpenLine(
        world.line, world.session, "", "They ring each other", off=(world.shown("theme"),)
    )
    drafting.write_open_lines(w, [open_line])
    assert records(w, Tag, target=world.line) == []


def test_themes_that_are_one_leave_every_coder_their_tag_and_no_theme_merged_into_itself(world):
    w = world.workspace
    tags = [
        Change(
            Tag.kind,
            derived_id(Tag.kind, world.line, coder),
            {"target": world.line, "theme": theme, "coder": coder},
        )
        for coder, theme in ((b"1" * 16, world.theme), (OTHER, world.second["theme"]))
    ]
    merged = Change(Theme.kind, world.second["theme"], {"merged_into": world.theme})
    do(w, "coding", [*tags, merged], at=wall(24, 17))
    world.join()
    coded = {tag.coder: tag.theme for tag in records(w, Tag, target=world.line) if tag.coder}
    assert coded == dict.fromkeys((b"1" * 16, OTHER), world.theme)
    assert get(w, Theme, world.theme).merged_into is None


def test_each_examiner_goes_on_with_what_they_began_whichever_entry_it_was(world):
    w = world.workspace
    me = w.identity.member
    world.join()
    assert examining.open_file(w, world.second["case_file"]).examination.id == examining.examination_id(
        world.file, me
    )
    theirs = examining.open_file(w, world.file, OTHER)
    assert theirs.examination.id == world.examination and theirs.answer("A01").value == "police_charge"
    stored = file_view.store_answer(w, file=world.second["case_file"], question="A01", comment="Read again")
    assert stored.changed.keys() == {Answer.kind}
    assert examining.open_file(w, world.file).answer("A01").comment == "Read again"
    examining.answer(w, file="a-v- 001", question="A03", value="none")
    mine = records(w, Examination, examiner=me)
    assert [e.id for e in mine] == [examining.examination_id(world.file, me)]


def test_what_is_written_through_either_id_is_what_is_read(world):
    w = world.workspace
    world.join()
    files.describe_case_file(w, file=world.second["case_file"], unit="Desk 4")
    files.allocate(w, file=world.second["case_file"], member=OTHER)
    visits.achieve_visit(w, visit=world.second["visit"], start="2026-11-23", end="2026-11-24")
    inspections.set_stratum(w, code="Volume", name="Volume crime", target=30)
    file = files.find_file(w, "A-V-001")
    assert (file.unit, file.allocated) == ("Desk 4", OTHER)
    assert visits.find_visit(w, "P33 and A02").achieved_end == "2026-11-24"
    assert len(records(w, Stratum)) == 3  # one more spelling than before, to be joined
    with pytest.raises(Fault, match="A-V-001 already"):
        files.add_case_file(w, reference=" A-v-001", stratum="volume")


def test_where_the_one_shown_is_deleted_the_other_stands_for_both(world):
    w = world.workspace
    world.join()
    first, second = sorted((world.visit, world.second["visit"]))
    do(w, "delete a visit", [Change(Visit.kind, first, {"_deleted": DELETE})])
    assert [visit.id for visit in records(w, Visit)] == [second]
    assert len(visits.sessions_of(w, second)) == len(visits.sessions_of(w, first))


# -- offering


def test_what_looks_entered_twice_is_offered_with_its_differences(world):
    found = {one.kind: one for one in same.twice(world.workspace)}
    assert set(found) == set(JOINABLE)
    file = found["case_file"]
    assert [one.id for one in file.entries] == [world.file, world.second["case_file"]]
    assert file.title == "Case file A-V-001"
    assert [one.holds for one in file.entries] == [
        ("begun by HMCPSI laptop 4",),
        ("finished by HMICFRS inspector",),
    ]
    said = {one.field: one.values for one in file.differences}
    assert said["charged"] == ("14 July 2026", "15 July 2026")
    assert set(said) == {"reference", "charged", "stratum", "visit", "reported", "allocated"}
    assert said["reported"] == ("4 March 2026", "")
    assert [one.field for one in found["visit"].differences] == ["title", "phase"]
    assert found["visit"].entries[1].holds == ("1 session", "1 file")


def test_what_was_joined_or_told_apart_is_not_offered_again(world):
    w = world.workspace
    same.join_records(w, one=world.second["case_file"], other=world.file)
    same.lift_joining(w, one=world.visit, other=world.second["visit"])
    assert {one.kind for one in same.twice(w)} == {"theme", "stratum"}
    (joined,) = same.joined_sets(w)
    assert (joined.kind, len(joined.entries), joined.joined) == ("case_file", 2, True)
    undoing.undo(w)
    assert {one.kind for one in same.twice(w)} == {"theme", "stratum", "visit"}
    same.join_records(w, one=world.visit, other=world.second["visit"])
    assert sets(w).of(world.second["visit"]) == world.visit


def test_a_difference_is_put_right_from_the_other_entry(world):
    w = world.workspace
    with pytest.raises(Fault, match="not joined"):
        same.put_right(w, record=world.file, field="charged", value_of=world.second["case_file"])
    world.join()
    done = same.put_right(w, record=world.file, field="charged", value_of=world.second["case_file"])
    assert done.id == world.file
    assert files.find_file(w, "A-V-001").charged == "2026-07-15"
    with pytest.raises(Fault, match="no field"):
        same.put_right(w, record=world.file, field="colour", value_of=world.second["case_file"])


def test_only_two_records_of_one_kind_that_are_here_can_be_the_same(world):
    w = world.workspace
    for one, other, words in (
        (world.file, world.visit, "Only two case files"),
        (world.file, world.file, "one record, not two"),
        (world.line, world.both, "Only two case files"),
        (world.file, new_id(), "no record"),
    ):
        before = dump(w)
        with pytest.raises(Fault, match=words):
            same.join_records(w, one=one, other=other)
        assert dump(w) == before


def test_a_theme_cannot_be_the_same_as_one_above_it_and_a_ring_from_elsewhere_empties_no_board(world):
    w = world.workspace
    below = codebook.add_theme(w, name="schedules", parent=world.theme).id
    with pytest.raises(Fault, match="below the other"):
        same.join_records(w, one=below, other=world.theme)
    number = len(evidence.theme_board(w))
    first, second = sorted((below, world.theme))
    said = {"one": first, "other": second, "joined": 1}
    record(w, "a colleague's", [Change(Joining.kind, joining_id(first, second), said)])
    assert len(evidence.theme_board(w)) == number - 1
    with pytest.raises(Fault, match="levels deep"):
        deep = codebook.add_theme(w, name="one deeper", parent=below).id
        codebook.add_theme(w, name="two deeper", parent=codebook.add_theme(w, name="deeper", parent=deep).id)


def test_case_and_spaces_do_not_tell_references_apart():
    assert alike(" P33 / 0017\u00a0a") == alike("p33/0017A") != alike("P33/0017B")


# -- laptops


def case_file(laptop, reference, **more):
    id = new_id()
    record(laptop, "case file", [Change(CaseFile.kind, id, {"reference": reference, **more})], at=START)
    return id


def test_two_who_join_the_same_pair_make_no_conflict_and_it_travels(tmp_path):
    one, two, three = laptops_of(tmp_path, 3)
    first, second = case_file(one, "17"), case_file(two, " 17")
    together(one, two, three)
    assert [pair for _, pair in same.candidates(three)] == [(first, second)]
    same.join_records(one, one=first, other=second)
    same.join_records(two, one=second, other=first)
    together(one, two, three)
    assert dump(one) == dump(two) == dump(three)
    for laptop in (one, two, three):
        assert team.conflicts(laptop) == []
        assert [file.id for file in records(laptop, CaseFile)] == [first]
        assert same.candidates(laptop) == []


def test_joining_in_different_pairs_comes_to_one_set(tmp_path):
    laptops = laptops_of(tmp_path, 3)
    ids = sorted(case_file(laptop, "17") for laptop in laptops for _ in range(2))
    together(*laptops)
    pairs = ((0, 4), (1, 4), (2, 3), (3, 4), (5, 0))
    for number, (a, b) in enumerate(pairs):
        same.join_records(laptops[number % 3], one=ids[a], other=ids[b])
    together(*laptops)
    for laptop in laptops:
        assert sets(laptop).shown == dict.fromkeys(ids, ids[0])
        assert [file.id for file in records(laptop, CaseFile)] == [ids[0]]


def test_one_who_leaves_a_set_leaves_the_rest_together(tmp_path):
    (laptop,) = laptops_of(tmp_path, 1)
    ids = sorted(case_file(laptop, "17") for _ in range(4))
    for other in (1, 2, 3):
        same.join_records(laptop, one=ids[1] if other != 1 else ids[0], other=ids[other])
    same.lift_joining(laptop, one=ids[0], other=ids[1])
    assert sets(laptop).shown == dict.fromkeys((ids[0], ids[2], ids[3]), ids[0])
    assert same.candidates(laptop) == []


def test_the_same_to_one_and_not_to_another_is_a_conflict_that_is_settled(tmp_path):
    one, two = laptops_of(tmp_path, 2)
    first, second = case_file(one, "17"), case_file(two, "17")
    together(one, two)
    same.join_records(one, one=first, other=second)
    same.lift_joining(two, one=first, other=second)
    together(one, two)
    (clash,) = team.conflicts(one)
    assert (clash.kind, clash.field) == ("joining", "joined")
    team.resolve(one, conflict=clash.id, keep="theirs")
    together(one, two)
    assert team.conflicts(two) == [] and len(records(two, CaseFile)) == 2 and same.candidates(two) == []


def test_a_joining_that_arrives_before_one_of_its_records_joins_once_both_are_here(tmp_path):
    one, two = laptops_of(tmp_path, 2)
    first, second = case_file(one, "17"), new_id()
    said = {"one": min(first, second), "other": max(first, second), "joined": 1}
    record(one, "same as", [Change(Joining.kind, joining_id(first, second), said)])
    assert sets(one).shown == {} and [f.id for f in records(one, CaseFile)] == [first]
    record(two, "case file", [Change(CaseFile.kind, second, {"reference": "17"})], at=START)
    give(two, one)
    assert [f.id for f in records(one, CaseFile)] == [min(first, second)]
    assert find(one, CaseFile, max(first, second)) == get(one, CaseFile, min(first, second))


def test_a_word_about_records_of_two_kinds_joins_nothing(tmp_path):
    (laptop,) = laptops_of(tmp_path, 1)
    first, second = case_file(laptop, "17"), new_id()
    record(laptop, "visit", [Change(Visit.kind, second, {"title": "17"})])
    said = {"one": first, "other": second, "joined": 1}
    record(laptop, "same as", [Change(Joining.kind, derived_id(Joining.kind, first, second), said)])
    assert sets(laptop).shown == {}
