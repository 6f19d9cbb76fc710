"""Calibration: marked by all, nobody's by allocation, outside the results, and figures once all have finished."""

import pytest

from fieldwork.analysis.agreement import Coefficient, NotComputable
from fieldwork.domain.faults import Fault
from fieldwork.domain.records import Answer
from fieldwork.store.reading import get, records
from fieldwork.store.recording import Change
from fieldwork.work import (
    acts,
    calibration,
    examining,
    file_queue,
    file_view,
    files,
    joint,
    moderating,
    moderation_list,
    results,
)
from fieldwork.work.done import do
from fieldwork.work.files import CaseFile
from fieldwork.work.sample_progress import progress
from fieldwork.work.team import members
from laptops import together
from marking_world import mark, three_laptops
from worlds import NOW


@pytest.fixture
def laptops(tmp_path):
    some = three_laptops(tmp_path)
    yield some
    for laptop in some:
        laptop.close()


def file_of(workspace, reference):
    return files.find_file(workspace, reference).id


def question(found, code):
    return next(one for one in found.questions if one.question.code == code)


def test_figures_come_once_all_have_finished_and_nothing_of_it_is_counted(laptops):
    lead, other, third = laptops
    for reference in ("V1", "V2", "R1"):
        calibration.calibrate(lead, file=file_of(lead, reference))
    together(*laptops)
    # the next file of everybody is one of calibration, whoever began it, and it is nobody's own
    mark(other, "R1", B01="NM", B02="PM")
    together(*laptops)
    assert get(lead, CaseFile, file_of(lead, "R1")).allocated is None
    assert {one.state.file.reference for one in file_view.list_files(third) if one.mine} == {
        "V1", "V2", "V3", "R1", "R2", "R3"
    }  # fmt: skip
    assert file_queue.next_file(third).reference == "R1"
    mark(lead, "R1", B01="NM", B02="FM")
    together(*laptops)
    held = calibration.calibrated(lead)
    assert (held.files, held.finished, held.questions) == (3, 0, ())
    assert dict(held.waiting)["R1"] == (members(lead)[third.identity.member],)

    with pytest.raises(Fault, match="cannot be moderated"):
        moderating.open_moderation(third, file_of(third, "R1"))
    mark(third, "R1", B01="NM", B02="NM")
    for workspace, answers in (
        (lead, {"B01": "FM", "B03": "NA"}),
        (other, {"B01": "FM", "B03": "FM"}),
        (third, {"B01": "FM", "A01": "N"}),
    ):
        mark(workspace, "V1", **answers)
    together(*laptops)
    assert calibration.calibrated(third).waiting[0] == ("R1", ())
    assert records(third, Answer) == []  # sealed until then
    for laptop in laptops:
        joint.release(laptop)
    together(*laptops)
    held = calibration.calibrated(third)
    assert (held.files, held.finished) == (3, 2) and [one for one, _ in held.waiting] == ["V2"]
    b01 = question(held, "B01")
    assert b01.files == 2 and b01.figures["raw"].value == 1.0 and b01.figures["alpha"].value == 1.0
    b02 = question(held, "B02")  # PM, FM, NM on one file; FM, FM and not asked on the other
    assert (b02.apart.pairs, b02.apart.agreed, b02.apart.adjacent, b02.apart.opposite) == (4, 1, 2, 1)
    assert isinstance(b02.figures["raw"], Coefficient) and b02.figures["raw"].value == 0.5
    assert [value for _, value in b02.marks[0].given] != [] and b02.marks[0].reference == "R1"
    assert question(held, "B03").apart.beside == 2  # not applicable beside fully met, twice
    assert isinstance(question(held, "B03").figures["alpha"], NotComputable)

    # two laptops may each have entered a file under one reference: two files all the same
    do(third, "edit", [Change(CaseFile.kind, file_of(third, "R1"), {"reference": "V1"})])
    twice = question(calibration.calibrated(third), "B02")
    assert (twice.files, twice.apart) == (2, b02.apart) and [one.reference for one in twice.marks] == [
        "V1"
    ] * 2

    (all_files,) = results.results(lead)
    assert all_files.files == 0
    assert sum(part.files for part in progress(lead, "stratum", NOW.date())) == 3
    assert moderation_list.waiting(lead) == []  # its triggers call nobody


def test_who_chooses_and_what_can_be_chosen(laptops):
    lead, other, third = laptops
    with pytest.raises(Fault, match="Only a lead chooses files"):
        calibration.calibrate(other, file=file_of(other, "V1"))
    with pytest.raises(Fault, match="two examiners or more"):
        calibration.calibrate(lead, file=file_of(lead, "V1"), members=[third.identity.member])
    mark(lead, "V2", finish=False)
    with pytest.raises(Fault, match="has been begun already"):
        calibration.calibrate(lead, file=file_of(lead, "V2"))
    files.allocate(lead, file=file_of(lead, "V1"), member=other.identity.member)
    two = [lead.identity.member.hex(), third.identity.member.hex()]
    acts.Script(lead, {}).perform({"act": "calibrate", "file": "V1", "members": two})
    assert get(lead, CaseFile, file_of(lead, "V1")).allocated is None
    together(*laptops)
    assert file_queue.next_file(third).reference == "R1"
    assert not any(one.mine for one in file_view.list_files(other) if one.state.file.reference == "V1")
    examining.start_examination(third, file=file_of(third, "V1"))
    assert get(third, CaseFile, file_of(third, "V1")).allocated is None
