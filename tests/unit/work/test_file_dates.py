"""Dates of a case file: working days against a day-by-day count, what is told as wrong, bank holidays."""

import random
from datetime import date, timedelta

import pytest

from fieldwork.analysis.working_days import covers, working_days
from fieldwork.domain.faults import Fault
from fieldwork.domain.records import CaseFile
from fieldwork.work import file_dates, files
from worlds import small_inspection


def test_working_days_are_those_one_counts_day_by_day():
    off = frozenset(file_dates.shipped_holidays())
    rng = random.Random(4)
    for _ in range(400):
        first = date(2019, 1, 1) + timedelta(rng.randrange(3000))
        last = first + timedelta(rng.randrange(-40, 400))
        low, high = sorted((first, last))
        days = [low + timedelta(n) for n in range(1, (high - low).days + 1)]
        counted = sum(day.weekday() < 5 and day not in off for day in days)
        assert working_days(first, last, off) == (counted if last >= first else -counted)


@pytest.mark.parametrize(
    ("first", "last", "days"),
    [
        ("2025-03-04", "2025-03-04", 0),
        ("2025-03-07", "2025-03-10", 1),  # over a weekend
        ("2025-04-17", "2025-04-22", 1),  # over Easter
        ("2024-12-24", "2025-01-02", 4),  # over Christmas and the year's end
        ("2021-12-24", "2022-01-04", 4),  # substitute days: 27, 28 December and 3 January
        ("2022-06-01", "2022-06-06", 1),  # the Jubilee
        ("2025-03-10", "2025-03-07", -1),
    ],
)
def test_known_stretches(first, last, days):
    off = file_dates.shipped_holidays()
    assert working_days(date.fromisoformat(first), date.fromisoformat(last), off) == days


def test_the_shipped_days_are_working_weekdays_eight_or_more_a_year():
    held = file_dates.shipped_holidays()
    assert all(day.weekday() < 5 for day in held)
    extra = {2022: 10 - 8, 2023: 9 - 8}
    for year in range(2018, 2029):
        assert sum(day.year == year for day in held) == 8 + extra.get(year, 0)


def test_what_is_wrong_with_dates_and_where_working_days_are_not_known():
    today = date(2026, 11, 24)
    file = CaseFile(
        id=b"",
        reported="2026-03-02",
        submitted="2026-06-01",
        charged="2026-08-10",
        first_hearing="2026-07-01",
    )
    [fault] = file_dates.date_faults(file, today)
    assert fault.field == "first_hearing"
    assert fault.sentence == "First hearing (1 Jul 2026) lies before charged (10 Aug 2026)."
    charged_first = CaseFile(id=b"", charged="2026-03-02", submitted="2026-03-09", first_hearing="2026-11-25")
    [fault] = file_dates.date_faults(charged_first, today)
    assert fault.sentence == "First hearing (25 Nov 2026) lies in the future."
    off = file_dates.shipped_holidays()
    assert [(g.first, g.last, g.days, g.working) for g in file_dates.gaps(charged_first, off)] == [
        ("charged", "submitted", 7, 5),
        ("submitted", "first_hearing", 261, 182),
    ]
    old = CaseFile(id=b"", reported="1999-03-02", submitted="1999-03-09", charged="not a date")
    assert [g.working for g in file_dates.gaps(old, off)] == [None]
    assert file_dates.gaps(CaseFile(id=b"", reported="2026-03-02"), off) == ()
    assert not covers(off, date(2028, 12, 31), date(2029, 1, 1))


def test_days_as_people_type_them():
    for typed in ("2025-03-04", "4/3/2025", "04.03.25", "4 mar 2025", " 4 March 25 ", "4-3-2025"):
        assert file_dates.read_day(typed) == "2025-03-04", typed
    assert file_dates.read_day("  ") == ""
    for typed in ("31/2/2025", "13/13/2025", "yesterday", "4 mai 2025", "432025", "4/3", "\u0664/3/2025/1"):
        with pytest.raises(Fault, match="is not a date"):
            file_dates.read_day(typed)


def test_bank_holidays_are_added_and_taken_out(tmp_path, monkeypatch):
    monkeypatch.setenv("FIELDWORK_HOME", str(tmp_path / "home"))
    with small_inspection(tmp_path) as workspace:
        file_dates.add_bank_holiday(workspace, day="1/1/2029", name="New Year's Day")
        file_dates.withdraw_bank_holiday(workspace, day="2026-05-25", reason="Moved")
        held = file_dates.bank_holidays(workspace)
        assert held[date(2029, 1, 1)] == "New Year's Day"
        assert date(2026, 5, 25) not in held
        assert len(held) == len(file_dates.shipped_holidays())
        file_dates.add_bank_holiday(workspace, day="2026-05-25", name="Spring bank holiday")
        assert date(2026, 5, 25) in file_dates.bank_holidays(workspace)
        for call in (
            lambda: file_dates.withdraw_bank_holiday(workspace, day="2026-05-26", reason="No"),
            lambda: file_dates.withdraw_bank_holiday(workspace, day="2026-05-25", reason=" "),
            lambda: file_dates.add_bank_holiday(workspace, day="soon", name="x"),
            lambda: file_dates.set_date(workspace, file=b"", name="position", day="2025-03-04"),
        ):
            with pytest.raises(Fault):
                call()
        file = files.find_file(workspace, "A-V-001").id
        file_dates.set_date(workspace, file=file, name="charged", day="4/3/2025")
        assert files.find_file(workspace, "A-V-001").charged == "2025-03-04"
