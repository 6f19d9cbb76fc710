"""Workspaces made by every version so far open, verify, and say what they said."""

import shutil
import sys
from collections import Counter
from pathlib import Path

import pytest

import laptops
import oracle
import oracle_tables
from fieldwork.domain.finding_records import Attachment, Document, SignOff
from fieldwork.domain.marking_records import SealedPart
from fieldwork.domain.note_records import DiaryNote, Excerpt, Mask
from fieldwork.domain.records import (
    Answer,
    CaseFile,
    Draw,
    DrawnCase,
    EvidenceLink,
    NoteLine,
    Session,
    Tag,
    Theme,
)
from fieldwork.exchange import erasing
from fieldwork.store import migrations
from fieldwork.store.keys import envelope_path
from fieldwork.store.members import leads
from fieldwork.store.reading import dump, get, records
from fieldwork.store.recording import Change, record
from fieldwork.store.searching import search
from fieldwork.store.verifying import verify
from fieldwork.store.workspace import Workspace, raw
from fieldwork.work.files import file_states

SAMPLES = Path(__file__).resolve().parents[2] / "samples"
sys.path.insert(0, str(SAMPLES))
from make_sample import PASSPHRASE  # noqa: E402


@pytest.mark.parametrize("version", range(1, migrations.CURRENT + 1))
def test_a_workspace_of_an_earlier_version(version: int, tmp_path: Path) -> None:
    path = tmp_path / "sample.fieldwork"
    shutil.copy(SAMPLES / f"version{version}.fieldwork", path)
    shutil.copy(envelope_path(SAMPLES / f"version{version}.fieldwork"), envelope_path(path))
    with Workspace.open(path, PASSPHRASE) as workspace:
        assert verify(workspace) == []
        assert [session.title for session in records(workspace, Session)] == ["Disclosure lead"]
        assert [line.text for line in records(workspace, NoteLine)] == ["Schedules come late"]
        assert len(search(workspace, "schedule")) == 1
        with workspace.read() as db:
            assert migrations.version_of(db) == migrations.CURRENT


def test_what_an_older_version_kept_of_a_newer_one_counts_once_it_is_brought_up(tmp_path: Path) -> None:
    """A laptop of version 1 merged what a lead of version 2 had said: a voided act, an erasure, a new lead.

    It understood none of it, went on working, and passed it all on.
    """
    path = tmp_path / "sample.fieldwork"
    name = "version1-beside-newer.fieldwork"
    shutil.copy(SAMPLES / name, path)
    shutil.copy(envelope_path(SAMPLES / name), envelope_path(path))
    with Workspace.open(path, PASSPHRASE) as workspace:
        assert verify(workspace) == []
        assert workspace.device in leads(workspace)
        assert [line.text for line in records(workspace, NoteLine, order="place")] == [
            "Schedules come late",
            "A line that is erased",
        ]
        (asked,) = erasing.erasures(workspace)
        assert not asked.in_force and not asked.mine
        erasing.approve(workspace, asked.erasing.id)
        assert [line.text for line in records(workspace, NoteLine, order="place")] == [
            "Schedules come late",
            "[erased]",
        ]
        assert verify(workspace) == []


def test_a_draw_that_an_older_version_could_not_read_is_there_once_it_is_brought_up(tmp_path: Path) -> None:
    """A laptop of version 2 merged a draw with a replaced file, took one of the files, and passed it all on."""
    path = tmp_path / "sample.fieldwork"
    name = "version2-beside-newer.fieldwork"
    shutil.copy(SAMPLES / name, path)
    shutil.copy(envelope_path(SAMPLES / name), envelope_path(path))
    with Workspace.open(path, PASSPHRASE) as workspace:
        assert verify(workspace) == []
        (draw,) = records(workspace, Draw)
        assert (draw.seed, draw.cases) == ("2026-KENT-VISIT1", 20)
        cases = records(workspace, DrawnCase, draw=draw.id)
        assert Counter(case.standing for case in cases) == {"": 13, "chosen": 6, "replaced": 1}
        assert {case.tranche for case in cases} == {"", "1"}
        states = file_states(workspace)
        assert [s.file.reference[-4:] for s in states] == ["0015", "0001", "0007", "0014", "0004", "0018"]
        assert [s.paired for s in states] == [False, False, True, True, False, False]
        taken = {s.file.reference for s in states if s.file.allocated == workspace.identity.member}
        assert taken == {"CASE-0014"}


def test_what_an_older_version_could_not_open_is_open_once_it_is_brought_up(tmp_path: Path) -> None:
    """A laptop of version 3 merged two sealed examinations and their release, and a colleague's word in clear over one.

    It understood none of it, described the file, and passed it all on.
    """
    path = tmp_path / "sample.fieldwork"
    name = "version3-beside-newer.fieldwork"
    shutil.copy(SAMPLES / name, path)
    shutil.copy(envelope_path(SAMPLES / name), envelope_path(path))
    with Workspace.open(path, PASSPHRASE) as workspace:
        assert verify(workspace) == []
        assert {(held.question, held.value) for held in records(workspace, Answer)} == {
            ("B01", "heron"),
            ("B01", "estuary"),
        }
        assert [hit.kind for hit in search(workspace, "heron")] == ["answer"]
        assert {file.unit for file in records(workspace, CaseFile)} == {"North", ""}
        assert len(records(workspace, SealedPart)) == 2 and not search(workspace, "written")


def test_excerpts_and_documents_an_older_version_could_not_read_hang_where_they_belong(
    tmp_path: Path,
) -> None:
    """A laptop of version 4 merged words marked out, a merged theme, a diary, a document and a signature.

    It understood none of it, reworded one of the lines, deleted the other, and passed it all on.
    """
    path = tmp_path / "sample.fieldwork"
    name = "version4-beside-newer.fieldwork"
    shutil.copy(SAMPLES / name, path)
    shutil.copy(envelope_path(SAMPLES / name), envelope_path(path))
    with Workspace.open(path, PASSPHRASE) as workspace:
        assert verify(workspace) == []
        (line,) = records(workspace, NoteLine)
        assert (line.text, line.tidied, line.indent) == (
            "Schedules come late, often",
            "Schedules come late.",
            1,
        )
        (excerpt,) = records(workspace, Excerpt)  # that in the deleted line went with it
        assert (excerpt.target, excerpt.part, excerpt.quote, excerpt.start) == (line.id, "text", "late", 15)
        assert len(records(workspace, Excerpt, hidden=True)) == 2
        assert [tag.target for tag in records(workspace, Tag)] == [excerpt.id]
        assert not records(workspace, Mask)  # two records below the line
        assert [one.way for one in records(workspace, Mask, hidden=True)] == ["redact"]
        merged = next(theme for theme in records(workspace, Theme) if theme.merged_into is not None)
        assert get(workspace, Theme, merged.merged_into).code == "disclosure"
        assert [diary.sealed for diary in records(workspace, DiaryNote)] == [bytes(range(64))]
        (document,) = records(workspace, Document)
        assert [one.belongs for one in records(workspace, Attachment)] == [document.id]
        (link,) = records(workspace, EvidenceLink)
        assert (link.evidence, link.note, link.answered) == (document.id, "Read it again", "It is new")
        (signed,) = records(workspace, SignOff)
        assert (signed.version, signed.inspectorate) == (2, "HMCPSI")
        assert [hit.kind for hit in search(workspace, "amserlenni")] == ["note_line"]
        state = dump(workspace)
        with workspace.read() as db:
            kinds = {record["kind"] for record in state["records"]}
            assert oracle_tables.differences(raw(db), state, kinds) == []
        assert oracle.differences(state, oracle.of(workspace)) == []


def test_what_this_version_does_not_know_is_kept_and_passed_on(tmp_path: Path) -> None:
    """A kind and a field of a later version, through a laptop that knows neither, to one that asks for them."""
    newer, older, third = laptops.team(tmp_path, 3)
    with newer, older, third:
        changes = [
            Change("recommendation", b"recommendation-1", {"text": "By May, forces should ..."}),
            Change("visit", b"visit-0000000000", {"title": "Leicestershire", "weather": "rain"}),
        ]
        record(newer, "from a later version", changes)
        laptops.give(newer, older)
        record(older, "rename", [Change("visit", b"visit-0000000000", {"title": "Leicester"})])
        laptops.give(older, third)
        fields = {record["kind"]: record["fields"] for record in dump(third)["records"]}
        assert fields["recommendation"] == {"text": "By May, forces should ..."}
        assert fields["visit"] == {"title": "Leicester", "weather": "rain"}
        assert verify(older) == verify(third) == []
