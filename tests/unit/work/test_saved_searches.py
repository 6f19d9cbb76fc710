"""Searches under a name: one a name on every laptop, kept as they are, refused where they say nothing."""

import pytest

from fieldwork.domain.faults import Fault
from fieldwork.domain.finding_records import SavedSearch
from fieldwork.store.conflicting import conflicts
from fieldwork.store.reading import dump
from fieldwork.store.recording import Change, record
from fieldwork.work.filters import Filters
from fieldwork.work.saved_searches import drop_search, save_search, saved_searches
from laptops import team, together


def test_two_laptops_that_save_one_name_have_one_search(tmp_path):
    one, two = team(tmp_path, 2)
    late = Filters(unpinned=True).toggled("method", "interview")
    save_search(one, title="  Late   files ", query=" late ", filters=late.to_json())
    save_search(two, title="late files", query=" late ", filters=late.to_json())
    save_search(two, title="Mood", query="mood")
    together(one, two)
    assert dump(one) == dump(two)
    assert {(held.query, held.filters) for held in saved_searches(one)} == {
        ("late", late),
        ("mood", Filters()),
    }
    # names differ in case alone: one record, and the two ways of writing it are for a person to settle
    assert len(saved_searches(one)) == 2 and {c.field for c in conflicts(one)} <= {"title", "position", "by"}
    drop_search(one, search=saved_searches(one)[0].id)
    together(one, two)
    assert len(saved_searches(two)) == 1
    for laptop in (one, two):
        laptop.close()


def test_what_says_nothing_is_refused_and_what_is_newer_is_kept(tmp_path):
    (one,) = team(tmp_path, 1)
    for given, said in (
        ({"title": " ", "query": "x"}, "a name"),
        ({"title": "All"}, "nothing to save"),
        ({"title": "Odd", "filters": '{"chosen":{"smell":["sweet"]}}'}, "cannot be narrowed by"),
    ):
        with pytest.raises(Fault, match=said):
            save_search(one, **given)
    done = save_search(one, title="Mood", query="mood")
    record(one, "later", [Change(SavedSearch.kind, done.id, {"filters": '{"sorted":"by mood"}'})])
    assert [held.filters for held in saved_searches(one)] == [None]
    one.close()
