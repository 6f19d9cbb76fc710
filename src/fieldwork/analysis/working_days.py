"""Working days between two dates: Monday to Friday without bank holidays."""

from collections.abc import Collection
from datetime import date, timedelta


def working_days(first: date, last: date, off: Collection[date]) -> int:
    """How many working days come after `first` up to and with `last`; negative where `last` is earlier.

    off: days on which nobody works, weekends among them or not. The same day twice is 0.
    """
    if last < first:
        return -working_days(last, first, off)
    weeks, rest = divmod((last - first).days, 7)
    days = weeks * 5 + sum((first + timedelta(step)).weekday() < 5 for step in range(1, rest + 1))
    return days - sum(first < day <= last and day.weekday() < 5 for day in set(off))


def covers(off: Collection[date], first: date, last: date) -> bool:
    """Whether the days off are known for every year between two dates: each has at least one."""
    years = {day.year for day in off}
    return all(year in years for year in range(min(first, last).year, max(first, last).year + 1))
