"""Results that are kept: as they were, with what has moved since cell by cell."""

import json
import time

import pytest

from counted import ANSWERS, ONE, examined_inspection
from fieldwork.analysis.moving import Counted, Move, moved
from fieldwork.domain.faults import Fault
from fieldwork.domain.marking_records import SavedResults
from fieldwork.domain.records import Answer, CaseFile, Visit
from fieldwork.domain.values import derived_id
from fieldwork.store.reading import records
from fieldwork.store.recording import Change
from fieldwork.work import examining, result_tables, results, saved_results
from fieldwork.work.acts import replay
from fieldwork.work.done import do
from fieldwork.work.undoing import undo
from worlds import bare_inspection, wall


def answered(workspace, reference, question, value):
    """An answer of a finished examination is another now."""
    (file,) = records(workspace, CaseFile, reference=reference)
    id = examining.examination_id(file.id, ONE)
    held = {"examination": id, "question": question, "value": value}
    do(workspace, "answer", [Change(Answer.kind, derived_id(Answer.kind, id, question, ""), held)])


def test_a_move_says_what_was_and_is_and_nothing_is_no_cell():
    before = {"a": Counted(12, 40), "b": Counted(3), "c": Counted(0, 0), "d": Counted(1, 2)}
    now = {"a": Counted(13, 41), "b": Counted(3), "e": Counted(2), "f": Counted(0)}
    told = moved(before, now)
    assert [(move.key, str(move)) for move in told] == [
        ("a", "was 12 of 40, is 13 of 41"),
        ("d", "was 1 of 2, is no longer counted"),
        ("e", "was not counted, is 2"),
    ]
    assert moved(before, before) == () and moved({}, {"a": Counted(0, 3)}) == (
        Move("a", None, Counted(0, 3)),
    )


def test_a_table_is_kept_as_it_was_and_compared_with_what_is(tmp_path):
    assert ANSWERS["A-V-002"][0]["B01"] == "FM"
    workspace = examined_inspection(tmp_path)
    (visit,) = records(workspace, Visit)
    digest = result_tables.figures_digest(results.results(workspace, by="body"))
    script = tmp_path / "s.jsonl"
    script.write_text(
        json.dumps({"act": "save-results", "title": " Before the  check ", "by": "body", "as": "t"})
        + "\n"
        + json.dumps(
            {"act": "save-results", "title": "One visit", "visit": visit.id.hex(), "at": wall(25, 9)}
        ),
        "utf-8",
    )
    assert len(list(replay(workspace, script))) == 2
    saved = saved_results.find_saved(workspace, "Before the check")
    assert (saved.digest, saved.by, saved.limits) == (digest, "body", "")
    other = saved_results.find_saved(workspace, "One visit")
    assert (other.limits, other.day, other.visit) == (visit.title, "2026-11-25", visit.id)
    assert saved.evidence != other.evidence and abs(saved.made / 1000 - time.time()) < 3600
    assert {one.title for one in saved_results.saved_tables(workspace)} == {"Before the check", "One visit"}
    quiet = saved_results.moved_since(workspace, saved)
    assert (quiet.moves, quiet.digest == digest) == ((), True) and quiet.cells > 40

    answered(workspace, "A-V-002", "B01", "NM")
    answered(workspace, "A-V-003", "B01", "PM")
    since = saved_results.moved_since(workspace, saved_results.find_saved(workspace, saved.id.hex()))
    assert since.digest != since.saved.digest == digest and since.saved == saved
    told = {move.key: str(move) for move in since.moves}
    assert told["P33", "B01", "FM"] == "was 2 of 2, is 1 of 3"
    assert told["P33", "B01", "PM"] == "was 0 of 2, is 1 of 3"
    assert told["P33", "B01", "not applicable"] == "was 1, is 0"
    assert told["P33", "section B", "points"].startswith("was ")
    assert {key[0] for key in told} == {"P33", "A02"}  # nothing moved where nothing was changed
    assert since.wordings["B01"] == "The plan fits the case"

    with pytest.raises(Fault, match='called "One visit" already'):
        saved_results.save_results(workspace, title="One visit")
    with pytest.raises(Fault, match="Give the saved results a title"):
        saved_results.save_results(workspace, title="  ")
    with pytest.raises(Fault, match='no saved results called "Never"; saved are: '):
        saved_results.find_saved(workspace, "Never")
    with pytest.raises(Fault, match='by: "moon" is not known'):
        saved_results.save_results(workspace, title="x", by="moon")
    for figures in ("", "[", "[[], []]", '[["group"], [["a", "b"]]]', "7"):
        broken = Change(SavedResults.kind, saved.id, {"figures": figures})
        done = do(workspace, "save results", [broken])
        with pytest.raises(Fault, match="cannot be read"):
            saved_results.moved_since(workspace, saved_results.find_saved(workspace, saved.title))
        undo(workspace)
        assert done.entry
    assert saved_results.find_saved(workspace, saved.title) == saved
    workspace.close()


def test_of_nothing_nothing_is_saved(tmp_path):
    workspace = bare_inspection(tmp_path)
    with pytest.raises(Fault, match="no results to save"):
        saved_results.save_results(workspace, title="Early")
    assert saved_results.saved_tables(workspace) == []
    workspace.close()
