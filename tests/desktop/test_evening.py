"""Eight laptops come together in one evening, in the real window and by keys alone (evening.py holds the script)."""

import pytest
from evening import COLLEAGUES, Day, spend
from person import Person

from fieldwork.domain.records import CaseFile, Device
from fieldwork.exchange.sharing import unshared_changes
from fieldwork.store.reading import canonical, dump, records
from fieldwork.work import same, team

MOST_KEYS = 40


@pytest.fixture
def day(tmp_path, monkeypatch):
    monkeypatch.setenv("FIELDWORK_HOME", str(tmp_path / "home"))
    made = Day(tmp_path)
    yield made
    made.close()


def test_a_hotel_room_evening(qtbot, day):
    person = Person(day.lead)
    try:
        spend(person, day.stick)
        assert person.said == [] and person.keys <= MOST_KEYS, person.steps
        lead = day.lead
        assert team.conflicts(lead) == [] and same.candidates(lead) == []
        assert sum(bool(device.admitted) for device in records(lead, Device)) == len(COLLEAGUES) + 1
        assert len([file for file in records(lead, CaseFile) if file.reference.casefold() == "a-v-007"]) == 1
        assert unshared_changes(lead) == 0
        assert len(list(day.stick.glob("*.fieldpackage"))) == len(COLLEAGUES) + 1
        after = canonical(dump(lead))
    finally:
        person.close()
    packages = sorted(day.stick.glob("*.fieldpackage"))
    for colleague in day.colleagues:
        assert team.merge(colleague, packages).refused == []
        assert canonical(dump(colleague)) == after
