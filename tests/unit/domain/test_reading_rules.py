"""What a colleague's program wrote into a field can be anything; it never stops a page or a report."""

import pytest

from fieldwork.domain.records import CaseFile, NoteLine, Session, Visit, field_rules
from fieldwork.domain.values import new_id
from fieldwork.store.reading import find
from fieldwork.store.recording import Change, record
from fieldwork.work import gathering, results, today
from fieldwork.work.visits import plan_session, plan_visit
from worlds import NOW, small_inspection


@pytest.mark.parametrize(
    ("kind", "field", "value", "fits"),
    [
        ("session", "started", 1_741_600_000_000, True),
        ("session", "started", 2**62, False),
        ("session", "started", "soon", False),
        ("visit", "planned_start", "2025-03-10", True),
        ("visit", "planned_start", "zzz", False),
        ("visit", "planned_start", "", True),
        ("note_line", "text", b"bytes", False),
        ("note_line", "session", "text", False),
    ],
)
def test_what_fits_a_field(kind, field, value, fits):
    assert field_rules(kind)[field].fits(value) is fits


def test_hostile_values_leave_pages_and_reports_standing(tmp_path):
    with small_inspection(tmp_path) as workspace:
        visit = plan_visit(workspace, title="V", bodies=["P33"], start="2025-03-10").id
        session = plan_session(workspace, visit=visit, title="S").id
        line = new_id()
        record(workspace, "hostile", [
            Change(Visit.kind, visit, {"planned_start": "zzz"}),
            Change(Session.kind, session, {"started": 2**62, "present": -(2**62), "state": "done"}),
            Change(NoteLine.kind, line, {"session": session, "typed": 2**62, "text": "still here"}),
            Change(CaseFile.kind, new_id(), {"reference": "X", "visit": visit, "charged": "soon", "position": 2**62}),
        ])  # fmt: skip
        assert find(workspace, Visit, visit).planned_start == ""
        assert find(workspace, Session, session).started is None
        assert gathering.interview_facts(workspace, session).lines[0].text == "still here"
        assert gathering.visit_facts(workspace, visit).title == "V"
        assert today.today(workspace, NOW).day == NOW.date()
        assert results.results(workspace)
