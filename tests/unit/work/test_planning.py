"""Sessions from a register of roles and templates, one in another's place, and what became of the plan."""

import pytest

from fieldwork.domain.faults import Fault
from fieldwork.domain.note_records import Role
from fieldwork.domain.personal import suspects
from fieldwork.domain.records import Session
from fieldwork.domain.values import derived_id
from fieldwork.domain.vocabulary import GRADE_BANDS, MODES, SESSION_METHODS
from fieldwork.store.reading import get, records
from fieldwork.store.recording import Change, record
from fieldwork.work import undoing, visits
from fieldwork.work.planning import achieved, replace_session
from fieldwork.work.roles import may_name, suggestions
from fieldwork.work.word_lists import lists_of
from laptops import team as laptops_of

NINE = 1_795_078_800_000


@pytest.fixture
def one(tmp_path):
    (workspace,) = laptops_of(tmp_path, 1)
    yield workspace
    workspace.close()


def test_what_is_shipped_is_in_the_vocabulary_and_names_nobody(one):
    some = suggestions(one)
    assert len({(bool(each.method), each.code) for each in some}) == len(some)
    assert {each.method for each in some if each.method} == set(SESSION_METHODS)
    assert all(each.grade_band in ("", *GRADE_BANDS) and each.mode in ("", *MODES) for each in some)
    record(one, "role", [Change(Role.kind, derived_id(Role.kind, each.code), {"code": each.code, "withdrawn": 1})
                         for each in some if not each.method])  # fmt: skip
    assert all(each.method for each in suggestions(one))  # an inspection's own word on a code counts
    lists = lists_of(one)
    assert [each.role for each in some if suspects(f"with {each.role}", lists)] == []
    assert may_name(one, "Sgt Khan, custody") == "Sgt Khan"


def test_one_session_takes_the_place_of_another_in_one_act(one):
    old = visits.plan_session(one, role="Reviewing lawyer", planned_start=NINE, minutes=45).id
    with pytest.raises(Fault, match="role"):
        replace_session(one, session=old, role=" ")
    new = replace_session(one, session=old, role="Paralegal officer", reason="Called to court").id
    was, now = get(one, Session, old), get(one, Session, new)
    assert (was.state, was.state_reason) == ("cancelled", "Called to court")
    assert (now.planned_start, now.planned_end, now.replaces) == (NINE, NINE + 45 * 60_000, old)
    with pytest.raises(Fault, match="Only a planned session"):
        replace_session(one, session=old, role="Anybody")
    undoing.undo(one)
    assert [each.state for each in records(one, Session)] == ["planned"]


def test_planned_and_achieved_are_told_apart_by_kind(one):
    held, moved, gone = (visits.plan_session(one, role=role, planned_start=NINE).id for role in "abc")
    visits.start_session(one, session=held)
    visits.describe_session(one, session=moved, planned_start=NINE + 3_600_000)
    visits.describe_session(one, session=moved, planned_start=NINE + 7_200_000)
    visits.cancel_session(one, session=gone, reason="Ill")
    replace_session(one, session=moved, role="d")
    visits.start_session(one, method="observation", role="Triage")
    talks, seen = achieved(records(one, Session))
    assert (talks.planned, talks.done, talks.cancelled, talks.replaced) == (4, 1, 2, 1)
    assert (talks.to_come, talks.walk_ins, talks.moved) == (1, 0, 1)
    assert (seen.method, seen.planned, seen.walk_ins) == ("observation", 0, 1)
    assert get(one, Session, moved).first_planned == NINE


def test_what_a_session_is_to_take_moves_with_it(one):
    id = visits.plan_session(one, role="a", planned_start=NINE, minutes=45).id
    visits.describe_session(one, session=id, planned_start=NINE + 3_600_000)
    assert get(one, Session, id).planned_end == NINE + 3_600_000 + 45 * 60_000
