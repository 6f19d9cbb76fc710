"""A blind pair of the whole question set, from the draw to the printed results, by keys alone (marking_day.py)."""

from random import Random

import pytest
from marking_day import EXAMINERS, Pair, spend

from fieldwork.domain.marking_records import AgreedAnswer, Moderation, Release
from fieldwork.store.reading import records
from fieldwork.work import examining, files, results


@pytest.fixture
def pair(qtbot, tmp_path, monkeypatch):
    monkeypatch.setenv("FIELDWORK_HOME", str(tmp_path / "home"))
    made = Pair(tmp_path)
    yield made
    made.close()


def test_a_day_of_a_blind_pair(pair):
    spend(pair, 1, Random(1))
    lead = pair.laptops[0]
    assert [person.said for person in (pair.lead, pair.police, pair.prosecution)] == [[], [], []]
    assert pair.results.read_bytes().startswith(b"%PDF")
    (counted,) = results.results(lead)
    assert counted.files == 2
    assert len(records(lead, Release)) == 2 * len(EXAMINERS)
    assert {one.source for one in records(lead, AgreedAnswer)} >= {"reconciled", "asked", "moderated"}
    assert len([one for one in records(lead, Moderation) if one.finished]) == 1
    for person in (pair.police, pair.prosecution):
        for reference, (answers, keys) in person.given.items():
            texts = sum(
                bool(held.reason) for held in examining.open_file(*_of(person, reference)).answers.values()
            )
            assert keys - answers - texts <= 5, (
                reference,
                answers,
                keys,
                texts,
            )  # Enter after a list or a text; f


def _of(person, reference):
    workspace = person.desk.workspace
    return workspace, files.find_file(workspace, reference).id
