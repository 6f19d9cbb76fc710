"""Samples in a workspace: what a draw makes, what is never offered, and what two laptops draw unseen."""

import json
from datetime import date, datetime

import pytest

from fieldwork.analysis.drawing import rank
from fieldwork.domain.faults import Fault
from fieldwork.domain.records import CaseFile, Draw, DrawnCase, DrawnStratum, Examination, Stratum
from fieldwork.store.reading import dump, get, records
from fieldwork.store.recording import Change, record
from fieldwork.store.verifying import verify
from fieldwork.work import (
    acts,
    claiming,
    examining,
    file_queue,
    file_view,
    files,
    leading,
    same,
    sample_progress,
    sampling,
    setting_up,
    team,
    undoing,
)
from laptops import team as laptops_of
from laptops import together
from worlds import bare_inspection, small_inspection, wall

TWO_STRATA = [f"C-{number:02d},{'RASSO' if number % 2 else 'Volume'}" for number in range(1, 21)]
RASSO = sorted((row[:4] for row in TWO_STRATA if "RASSO" in row), key=lambda one: rank("s", one))
VOLUME = sorted((row[:4] for row in TWO_STRATA if "Volume" in row), key=lambda one: rank("s", one))


@pytest.fixture
def frame(tmp_path):
    return listed(tmp_path / "frame.csv", *TWO_STRATA)


@pytest.fixture
def workspace(tmp_path):
    workspace = bare_inspection(tmp_path)
    yield workspace
    workspace.close()


@pytest.fixture
def laptops(tmp_path):
    some = laptops_of(tmp_path, 3)
    for other in some[1:]:
        leading.appoint(some[0], device=other.device.hex())
    together(*some)
    yield some
    for laptop in some:
        laptop.close()


def listed(path, *rows, head="reference,stratum"):
    path.write_text("\n".join((head, *rows)) + "\n", "utf-8")
    return path


def draw(workspace, frame, target=3, seed="s", **more):
    done = sampling.draw_sample(
        workspace, frame=frame, strata=["stratum"], target=str(target), seed=seed, **more
    )
    return done, sample_progress.drawn(workspace, done.id, more.get("tranche", "1"))


def references(workspace):
    return [state.file.reference for state in files.file_states(workspace)]


def file(workspace, reference):
    return files.find_file(workspace, reference).id


def chosen(drawn):
    return [part.chosen for part in drawn.strata]


def test_a_draw_makes_files_of_the_first_and_keeps_the_others_in_reserve(workspace, frame):
    done, drawn = draw(workspace, frame, overlap="50")
    rasso, volume = drawn.strata
    assert (rasso.stratum, rasso.cases, rasso.target) == ("RASSO", 10, 3)
    assert list(rasso.chosen) == RASSO[:3] and list(rasso.reserves) == RASSO[3:]
    assert list(volume.chosen) == VOLUME[:3] and list(volume.overlap) == VOLUME[:2]
    assert references(workspace) == RASSO[:3] + VOLUME[:3]
    assert [s.paired for s in files.file_states(workspace)] == [True, True, False] * 2
    assert {one.name: one.target for one in files.strata(workspace).values()} == {"RASSO": 3, "Volume": 3}
    held = get(workspace, Draw, done.id)
    assert (held.seed, held.columns, held.cases) == ("s", "stratum", 20)
    (step, *_) = team.history(workspace, done.id)
    assert step.who == "HMCPSI laptop 4" and "SHA-256" in step.reason


def test_an_altered_list_is_no_second_draw_of_one_seed(workspace, frame, tmp_path):
    draw(workspace, frame)
    before = files.strata(workspace)
    rows = frame.read_text("utf-8").splitlines()[1:]
    for name, altered in (("longer", [*rows, "Z-1,Volume"]), ("shorter", rows[1:])):
        with pytest.raises(Fault, match="stand in a draw with this seed from another list"):
            draw(workspace, listed(tmp_path / f"{name}.csv", *altered))
    assert files.strata(workspace) == before and len(references(workspace)) == 6
    draw(workspace, listed(tmp_path / "elsewhere.csv", "Y-1,Volume", "Y-2,Volume"), target=1)
    draw(workspace, listed(tmp_path / "seeded.csv", *rows, "Z-1,Volume"), seed="another")


def test_the_same_again_changes_nothing_in_whatever_order_the_rows_stand(workspace, frame, tmp_path):
    draw(workspace, frame, overlap="50")
    before = dump(workspace)
    assert draw(workspace, frame, overlap="50")[0].entry is None
    turned = listed(tmp_path / "turned.csv", *reversed(TWO_STRATA))
    assert draw(workspace, turned)[0].entry is None
    assert dump(workspace) == before


def test_a_larger_target_and_another_tranche_draw_on(workspace, frame):
    draw(workspace, frame, 2)
    done, drawn = draw(workspace, frame, 4, overlap="25")
    assert chosen(drawn) == [tuple(RASSO[:4]), tuple(VOLUME[:4])]
    assert drawn.strata[0].overlap == (RASSO[0],)
    _, second = draw(workspace, frame, 3, tranche="phase 2")
    assert chosen(second) == [tuple(RASSO[4:7]), tuple(VOLUME[4:7])]
    assert second.strata[0].reserves == tuple(RASSO[7:])
    assert chosen(sample_progress.drawn(workspace, done.id, "1")) == chosen(drawn)
    assert {one.target for one in files.strata(workspace).values()} == {7}


def test_nothing_is_drawn_back(workspace, frame):
    draw(workspace, frame, 4, overlap="50")
    before = dump(workspace)
    with pytest.raises(Fault, match="Stratum RASSO: 4 were drawn in tranche 1 already"):
        draw(workspace, frame, 3)
    with pytest.raises(Fault, match="50 per cent were drawn for blind pairs already"):
        draw(workspace, frame, 4, overlap="49.9")
    with pytest.raises(Fault, match="7 are wanted in tranche 2, and 6 of the frame's 10 are left"):
        draw(workspace, frame, 7, tranche="2")
    assert dump(workspace) == before


def test_targets_by_stratum_and_several_columns(workspace, tmp_path):
    rows = ["A-1,x,north", "A-2,x,south", "A-3,y,south", "A-4,y,south"]
    frame = listed(tmp_path / "f.csv", *rows, head="reference,Decision,unit")
    targets = listed(tmp_path / "t.csv", "y / south,1", "X / North,1", "x / south,0", head="stratum,target")
    done = sampling.draw_sample(
        workspace, frame=frame, strata=["decision", "unit"], target=str(targets), seed="s"
    )
    drawn = sample_progress.drawn(workspace, done.id, "1")
    first = min(("A-3", "A-4"), key=lambda one: rank("s", one))
    assert [(part.stratum, part.chosen) for part in drawn.strata] == [
        ("x / north", ("A-1",)),
        ("x / south", ()),
        ("y / south", (first,)),
    ]
    assert get(workspace, CaseFile, file(workspace, first)).unit == "south"


def test_a_header_goes_to_the_file_when_the_case_is_chosen(workspace, tmp_path):
    rows = [
        f"C-{n},x,{body},Y,2025-03-0{n}"
        for n, body in ((1, "P33"), (2, "leicestershire police"), (3, "No such"))
    ]
    frame = listed(tmp_path / "f.csv", *rows, head="reference,stratum,force,live,charged")
    draw(workspace, frame, 1)
    for _ in range(2):
        sampling.replace_file(workspace, file=file(workspace, references(workspace)[0]), reason="Not found")
    held = {one.reference: one for one in records(workspace, CaseFile)}
    assert {name: one.force for name, one in held.items()} == {"C-1": "P33", "C-2": "P33", "C-3": ""}
    assert {one.charged for one in held.values()} == {"2025-03-01", "2025-03-02", "2025-03-03"}
    assert {one.live for one in held.values()} == {"Y"}


FORM = """| survey |
| | type | name | label |
| | begin group | A | About |
| | select_one fpn | A01 | Sent? |
| | end group | | |
| choices |
| | list_name | name | label |
| | fpn | FM | Fully met |
| | fpn | NM | Not met |
| settings |
| | form_id | version |
| | small | 1 |
"""


def test_the_next_reserve_takes_a_files_place(workspace, frame):
    from fieldwork.work.counting import finished_panes

    draw(workspace, frame, overlap="1")
    first = file(workspace, RASSO[0])
    claiming.claim(workspace, file=first)
    record(
        workspace,
        "x",
        [Change(Examination.kind, b"e" * 16, {"case_file": first, "started": 1, "finished": 2})],
    )
    assert len(finished_panes(workspace)) == 1
    done = sampling.replace_file(workspace, file=first, reason="The file is lost")
    assert references(workspace) == [RASSO[1], RASSO[2], RASSO[3], *VOLUME[:3]]
    taken = next(s for s in files.file_states(workspace) if s.file.id == done.id)
    assert (taken.file.reference, taken.file.allocated) == (RASSO[3], workspace.identity.member)
    assert taken.paired
    assert finished_panes(workspace) == []
    line = next(one for one in file_view.list_files(workspace) if one.state.file.id == first)
    assert line.instead == f"replaced by {RASSO[3]}: The file is lost" and not line.mine
    assert file_view.view_file(workspace, first).pane.file.reference == RASSO[0]
    with pytest.raises(Fault, match=f"no longer in the sample: it was replaced by {RASSO[3]}"):
        claiming.claim(workspace, file=first)
    with pytest.raises(Fault, match=f"was replaced by {RASSO[3]} already"):
        sampling.replace_file(workspace, file=first, reason="Again")
    assert draw(workspace, frame)[0].entry is None
    _, drawn = draw(workspace, frame, 4)
    assert drawn.strata[0].chosen == tuple(RASSO[1:5]) and drawn.strata[0].replaced == (RASSO[0],)


def test_what_cannot_be_replaced(workspace, frame, tmp_path):
    files.add_case_file(workspace, reference="By hand", stratum="RASSO")
    with pytest.raises(Fault, match="File By hand was not drawn"):
        sampling.replace_file(workspace, file=file(workspace, "By hand"), reason="x")
    draw(workspace, frame, 10)
    with pytest.raises(Fault, match="Say in a few words why"):
        sampling.replace_file(workspace, file=file(workspace, "C-01"), reason=" ")
    with pytest.raises(Fault, match="No reserve is left behind file C-01"):
        sampling.replace_file(workspace, file=file(workspace, "C-01"), reason="Lost")


def test_an_imported_case_list_is_drawn_from_and_what_is_left_over_is_not_offered(workspace, frame):
    files.import_cases(workspace, frame)
    kept = VOLUME[-1]
    claiming.claim(workspace, file=file(workspace, kept))
    before = {one.reference: one.id for one in records(workspace, CaseFile)}
    assert len(references(workspace)) == 20
    draw(workspace, frame)
    assert sorted(references(workspace)) == sorted(RASSO[:3] + VOLUME[:3] + [kept])
    assert {one.reference: one.id for one in records(workspace, CaseFile)} == before
    assert len(records(workspace, Stratum)) == 2
    offered = [file_queue.next_file(workspace)]
    for _ in range(2):
        offered.append(file_queue.next_file(workspace, offered[-1].id))
    assert {one.reference for one in offered} == set(RASSO[:3])
    assert file_view.view_file(workspace, before[RASSO[-1]]).pane.file.reference == RASSO[-1]


def test_undone_and_drawn_anew(workspace, frame):
    draw(workspace, frame, 5, overlap="100")
    undoing.undo(workspace)
    assert references(workspace) == [] and records(workspace, DrawnCase) == []
    _, drawn = draw(workspace, frame, 2)
    assert chosen(drawn) == [tuple(RASSO[:2]), tuple(VOLUME[:2])]
    assert [part.overlap for part in drawn.strata] == [(), ()]
    assert len(references(workspace)) == 4
    draw(workspace, frame, 4)
    undoing.undo(workspace)
    assert len(references(workspace)) == 4
    assert verify(workspace) == []


def test_the_same_draw_on_two_laptops_is_one(laptops, frame):
    for laptop in laptops[:2]:
        draw(laptop, frame, overlap="10")
    together(*laptops)
    assert [team.conflicts(laptop) for laptop in laptops] == [[], [], []]
    for laptop in laptops:
        assert references(laptop) == RASSO[:3] + VOLUME[:3]
        assert len(records(laptop, Draw)) == 1 and len(records(laptop, DrawnCase)) == 20
    assert dump(laptops[0]) == dump(laptops[1]) == dump(laptops[2])


def test_allocation_and_check_out_survive_a_draw_that_goes_on_elsewhere(laptops, frame):
    lead, two, three = laptops
    draw(lead, frame, 2)
    together(*laptops)
    claiming.claim(two, file=file(two, RASSO[0]))
    files.allocate(three, file=file(three, RASSO[1]), member=lead.identity.member)
    draw(lead, frame, 4)
    together(*laptops)
    for laptop in laptops:
        assert team.conflicts(laptop) == []
        held = {one.reference: one.allocated for one in records(laptop, CaseFile)}
        assert held[RASSO[0]] == two.identity.member and held[RASSO[1]] == lead.identity.member


def test_two_who_replace_by_the_same_reserve_see_it_and_the_draw_is_made_good(laptops, frame):
    one, two, _ = laptops
    draw(one, frame)
    together(*laptops)
    sampling.replace_file(one, file=file(one, RASSO[0]), reason="Lost")
    sampling.replace_file(two, file=file(two, RASSO[1]), reason="Another force's")
    together(*laptops)
    (clash,) = team.conflicts(one)
    assert (clash.kind, clash.field) == (DrawnCase.kind, "replaces")
    (row,) = team.conflict_rows(one)
    assert row["words"] == "case it replaces" and row["where"] == f"Case {RASSO[3]} of a draw"
    first = sampling.drawn_case_id(records(one, Draw)[0].id, RASSO[0])
    keep = next(version.change for version in clash.versions if version.value == first)
    team.resolve(one, conflict=clash.id, keep=keep)
    together(*laptops)
    assert references(two) == [RASSO[2], RASSO[3], *VOLUME[:3]]
    sampling.replace_file(two, file=file(two, RASSO[1]), reason="Another force's")
    assert references(two) == [*RASSO[2:5], *VOLUME[:3]]
    assert draw(two, frame)[0].entry is None


def test_one_draw_made_twice_unseen_knows_which_files_were_replaced_on_either_laptop(laptops, frame):
    one, two, three = laptops
    for laptop, reference in ((one, RASSO[0]), (two, VOLUME[0])):
        draw(laptop, frame)
        sampling.replace_file(laptop, file=file(laptop, reference), reason="Lost")
    together(*laptops)
    for laptop in laptops:
        assert team.conflicts(laptop) == []
        assert references(laptop) == RASSO[1:4] + VOLUME[1:4]
    assert dump(one) == dump(two) == dump(three)


def test_drawing_again_fills_what_a_merge_left_short(laptops, frame):
    one, two, _ = laptops
    draw(one, frame)
    together(*laptops)
    sampling.replace_file(one, file=file(one, RASSO[0]), reason="Lost")
    draw(two, frame, 4)
    together(*laptops)
    assert references(one)[:3] == RASSO[1:4] and team.conflicts(one) == []
    _, drawn = draw(one, frame, 4)
    assert drawn.strata[0].chosen == tuple(RASSO[1:5])


def test_a_case_drawn_for_two_tranches_unseen_is_a_conflict_and_the_one_that_loses_it_draws_on(
    laptops, frame
):
    one, two, _ = laptops
    draw(one, frame)
    together(*laptops)
    draw(one, frame, 4)
    draw(two, frame, 1, tranche="2")
    together(*laptops)
    clashes = team.conflicts(one)
    assert [(clash.kind, clash.field) for clash in clashes] == [(DrawnCase.kind, "tranche")] * 2
    for clash in clashes:
        team.resolve(one, conflict=clash.id, keep="ours")
    _, drawn = draw(one, frame, 1, tranche="2")
    assert chosen(drawn) == [(RASSO[4],), (VOLUME[4],)]
    together(*laptops)
    assert team.conflicts(two) == [] and dump(one) == dump(two)


def test_a_live_file_is_offered_again_when_its_day_has_come(tmp_path):
    workspace = small_inspection(tmp_path)
    try:
        held = file(workspace, "A-V-001")
        examination = examining.open_file(workspace, held).examination
        record(workspace, "x", [Change(Examination.kind, examination.id, {"finished": wall(24, 15)})])
        files.describe_case_file(workspace, file=held, live="Y", revisit="2026-12-01")
        before, after = date(2026, 11, 30), date(2026, 12, 1)

        def offered(day):
            return file_queue.next_file(workspace, today=day).reference

        assert (offered(before), offered(after)) == ("A-R-005", "A-V-001")
        (line,) = [p for p in sample_progress.progress(workspace, "stratum", after) if p.live]
        assert (line.due, line.finished) == (1, 1)
        again = int(datetime(2026, 12, 1, 9).timestamp() * 1000)
        record(workspace, "x", [Change(Examination.kind, examination.id, {"finished": again})])
        assert offered(after) == "A-R-005"
        (line,) = [p for p in sample_progress.progress(workspace, "stratum", after) if p.live]
        assert line.due == 0
    finally:
        workspace.close()


def test_progress_by_stratum_visit_and_examiner(tmp_path, frame):
    workspace = small_inspection(tmp_path)
    try:
        me = workspace.identity.member
        draw(workspace, frame, 2, overlap="50")
        sampling.replace_file(workspace, file=file(workspace, RASSO[0]), reason="Lost")
        claiming.claim(workspace, file=file(workspace, VOLUME[0]))
        fields = {"case_file": file(workspace, VOLUME[0]), "examiner": me, "started": 1, "finished": 2}
        record(workspace, "x", [Change(Examination.kind, b"e" * 16, fields)])
        day = date(2026, 12, 1)
        by = {line.name: line for line in sample_progress.progress(workspace, "stratum", day)}
        rasso, volume = by["RASSO"], by["Volume"]
        assert (rasso.target, rasso.files, rasso.replaced, rasso.reserves, rasso.paired) == (2, 2, 1, 7, 1)
        assert (volume.finished, volume.begun, volume.paired_finished) == (1, 0, 0)
        visits = sample_progress.progress(workspace, "visit", day)
        assert [(line.name, line.files) for line in visits][-1] == ("no visit", 4)
        assert visits[0].files == 6
        mine, nobody = sample_progress.progress(workspace, "examiner", day)
        assert (mine.files, mine.begun, mine.finished) == (2, 1, 1)
        assert (nobody.name, nobody.files) == ("nobody yet", 8)
    finally:
        workspace.close()


def test_strata_that_were_joined_since_are_drawn_on_as_one(workspace, frame, tmp_path):
    done, _ = draw(workspace, frame, 2, overlap="12.5")
    other = files.add_case_file(workspace, reference="By hand", stratum="rasso")
    both = [one.id for one in records(workspace, Stratum) if one.code.lower() == "rasso"]
    same.join_records(workspace, one=both[0], other=both[1])
    _, drawn = draw(workspace, frame, 3)
    assert [part.target for part in drawn.strata] == [3, 3]
    assert {one.target for one in files.strata(workspace).values()} == {3}
    assert len(records(workspace, DrawnStratum, draw=done.id)) == 2
    assert other.id in {state.file.id for state in files.file_states(workspace)}


@pytest.mark.parametrize("overlap", ["x", "1/0", "1e999999999", "9" * 30, ""])
def test_what_a_colleagues_program_wrote_stops_no_draw(workspace, frame, overlap):
    done, _ = draw(workspace, frame, 2)
    held = records(workspace, DrawnStratum, draw=done.id)[0]
    cases = records(workspace, DrawnCase, draw=done.id, stratum=held.stratum)
    case = next(one for one in cases if not one.standing)
    record(workspace, "x", [Change(DrawnStratum.kind, held.id, {"overlap": overlap})])
    changes = {"header": '{"charged": "never", "x": [1]}', "rank": ""}
    record(workspace, "x", [Change(DrawnCase.kind, case.id, changes)])
    first = next(s for s in files.file_states(workspace) if s.stratum.id == held.stratum)
    by = sampling.replace_file(workspace, file=first.file.id, reason="Lost").id
    assert get(workspace, CaseFile, by).reference == case.reference
    _, drawn = draw(workspace, frame, 3)
    assert [len(part.chosen) for part in drawn.strata] == [3, 3]


def test_a_script_draws_and_replaces(workspace, frame, tmp_path):
    script = tmp_path / "s.jsonl"
    script.write_text(
        f'{{"act": "draw-sample", "as": "d", "frame": "{frame}", "strata": ["stratum"], "target": 3, "seed": "s"}}\n'
        f'{{"act": "replace-file", "as": "f", "file": "{RASSO[0]}", "reason": "Lost"}}\n'
        '{"act": "claim-file", "file": "$f"}\n',
        encoding="utf-8",
    )
    assert len(list(acts.replay(workspace, script))) == 3
    assert get(workspace, CaseFile, file(workspace, RASSO[3])).allocated == workspace.identity.member


def test_the_sample_is_a_leads_to_draw_replace_and_give_out_through_every_door(tmp_path, frame):
    lead, other = laptops_of(tmp_path, 2)
    draw(lead, frame)
    together(lead, other)
    script = tmp_path / "s.jsonl"
    before = dump(other)
    for line, does in (
        (
            {"act": "draw-sample", "frame": str(frame), "strata": ["stratum"], "target": 4, "seed": "s"},
            "draws a",
        ),
        ({"act": "replace-file", "file": RASSO[0], "reason": "Lost"}, "replaces a file"),
        ({"act": "allocate", "file": RASSO[0], "member": lead.identity.member.hex()}, "says who has"),
        (
            {"act": "file", "reference": "N", "stratum": "x", "allocated": lead.identity.member.hex()},
            "says who has",
        ),
    ):
        script.write_text(json.dumps(line), encoding="utf-8")
        with pytest.raises(Fault, match=f"Only a lead {does}"):
            list(acts.replay(other, script))
    with pytest.raises(Fault, match="Only a lead draws a sample"):
        setting_up.draw_from(
            other, frame=frame, strata="stratum", target="4", seed="s", overlap="", tranche=""
        )
    assert dump(other) == before
    files.allocate(other, file=file(other, RASSO[0]), member=other.identity.member)
    for laptop in (lead, other):
        laptop.close()


def test_an_erased_file_takes_its_reference_out_of_the_draw_and_is_not_drawn_again(laptops, frame):
    lead, other = laptops[:2]
    done, _ = draw(lead, frame)
    together(*laptops)
    chosen, reserve = RASSO[0], RASSO[5]
    gone = file(lead, chosen)
    spare = next(one.id for one in records(lead, DrawnCase) if one.reference == reserve)
    erasure = leading.erase(lead, records=[gone, spare], cause="asked for", hold_checked=True).id
    together(*laptops)
    leading.approve(other, erasure=erasure.hex())
    together(*laptops)
    for laptop in laptops:
        said = {one.reference for one in records(laptop, DrawnCase)}
        assert not said & {chosen, reserve} and get(laptop, CaseFile, gone).reference == "[erased]"
        assert all(name not in str(dump(laptop)) for name in (chosen, reserve))
    again, drawn = draw(lead, frame, target=7)
    assert not {one.reference for one in records(lead, DrawnCase)} & {chosen, reserve}
    part = next(p for p in drawn.strata if p.stratum == "RASSO")
    assert again.id == done.id and len(part.chosen) == 7 and part.chosen.count("[erased]") == 1


def test_the_queue_of_files_is_that_of_the_states(workspace, frame, monkeypatch):
    draw(workspace, frame, overlap="50")
    some = [state.file.id for state in files.file_states(workspace)]
    me, other = workspace.identity.member, b"o" * 16
    day = date(2026, 11, 25)
    changes = [
        Change(
            Examination.kind, b"1" * 16, {"case_file": some[0], "examiner": me, "started": 1, "finished": 2}
        ),
        Change(Examination.kind, b"2" * 16, {"case_file": some[1], "examiner": other, "started": 1}),
        Change(Examination.kind, b"3" * 16, {"case_file": some[4], "examiner": other, "finished": 2}),
        Change(Examination.kind, b"4" * 16, {"case_file": some[5], "examiner": me, "started": 2}),
    ]
    found, places = set(), set()
    for change in (None, *changes, Change(CaseFile.kind, some[2], {"allocated": other}),
                   Change(CaseFile.kind, some[0], {"revisit": "2026-11-24"})):  # fmt: skip
        if change is not None:
            record(workspace, "x", [change])
        for after in (None, *some, b"z" * 16):
            held = file_queue.next_file(workspace, after, today=day)
            assert held == file_queue._next_of_states(workspace, after, day)
            found.add(held.id if held else None)
        placed = [file_queue.place_in_queue(workspace, one) for one in records(workspace, CaseFile)]
        with monkeypatch.context() as patched:
            patched.setattr(file_queue, "file_order", lambda _: None)
            assert placed == [
                file_queue.place_in_queue(workspace, one) for one in records(workspace, CaseFile)
            ]
        places.update(placed)
    assert len(found) > 3 and len(places) > 8
