"""What the visits' places are told, and the order of points."""

import pytest

from fieldwork.domain.records import Finding, NoteLine, Visit
from fieldwork.store.reading import records
from fieldwork.work import finding_counts, findings, notes, visiting
from worlds import NOW, small_inspection


@pytest.fixture
def workspace(tmp_path, monkeypatch):
    monkeypatch.setenv("FIELDWORK_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("FIELDWORK_KDF_MEMORY", "65536")
    with small_inspection(tmp_path) as made:
        yield made


def test_the_list_counts_what_was_held_and_examined(workspace):
    what = visiting.visit_list(workspace, NOW.date())
    (one,) = what.visits
    assert one.bodies == ("Leicestershire Police", "CPS East Midlands")
    assert (one.held, one.sessions, one.examined, one.files) == (2, 4, 0, 6)
    assert what.current == one.visit.id
    assert len(what.bodies) == 66


def test_a_visits_page_counts_documents_themes_and_files_by_stratum(workspace):
    visit = records(workspace, Visit)[0].id
    paper = records(workspace, NoteLine, mark="@")[0]
    notes.settle_line(workspace, line=paper.id)
    what = visiting.visit_page(workspace, visit)
    assert what.sessions_held == (2, 4)
    assert what.files_examined == (0, 6)
    assert what.documents_received == (1, 2)
    assert what.lines_with_theme == (8, 12)
    assert [(one.stratum.code, one.files) for one in what.strata] == [("rasso", 2), ("volume", 4)]
    assert sorted(what.lines.values()) == [0, 0, 6, 6]


def test_a_point_moves_among_its_own_kind_and_stops_at_the_end(workspace):
    visit = records(workspace, Visit)[0].id

    def order():
        return [point.finding.text for point in finding_counts.points(workspace, visit)]

    late = next(f for f in records(workspace, Finding) if f.text.startswith("Feedback"))
    before = order()
    findings.move_finding(workspace, finding=late.id, down=False)
    assert order() == [before[0], before[2], before[1]]
    findings.move_finding(workspace, finding=late.id, down=False)
    assert order() == [before[0], before[2], before[1]]
    findings.move_finding(workspace, finding=late.id, down=True)
    assert order() == before
