"""The dates of a case file: the days between them, what is wrong with them, and the bank holidays."""

import csv
import io
import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from itertools import pairwise

from fieldwork.analysis.working_days import covers, working_days
from fieldwork.assets import asset
from fieldwork.domain.faults import Fault
from fieldwork.domain.marking_records import BankHoliday
from fieldwork.domain.records import CaseFile
from fieldwork.domain.values import Id, derived_id
from fieldwork.store.reading import find, records
from fieldwork.store.recording import Change
from fieldwork.store.workspace import Workspace
from fieldwork.work.done import Done, do, one_of
from fieldwork.work.files import describe_case_file

DATES: Mapping[str, str] = {
    "reported": "Reported",
    "submitted": "Submitted",
    "charged": "Charged",
    "first_hearing": "First hearing",
}
#: what cannot come before what. A file may be submitted after the charge where police charged.
ORDER = (
    ("reported", "submitted"),
    ("reported", "charged"),
    ("reported", "first_hearing"),
    ("submitted", "first_hearing"),
    ("charged", "first_hearing"),
)
DIVISION = "england-and-wales"
_MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]
_DAY_FIRST = re.compile(r"(\d{1,2})[\s./-]+(\d{1,2}|[a-z]{3,9})[\s./-]+(\d{4}|\d{2})")


def read_day(typed: str) -> str:
    """A day as people type it (2025-03-04, 4/3/2025, 4 Mar 25) as "2025-03-04"; "" stays "".

    Raises Fault for anything else.
    """
    text = typed.strip().lower()
    if not text:
        return ""
    try:
        return date.fromisoformat(text).isoformat()
    except ValueError:
        pass
    found = _DAY_FIRST.fullmatch(text)
    try:
        if found is None:
            raise ValueError
        day, month, year = found.groups()
        number = int(month) if month.isdigit() else _MONTHS.index(month[:3]) + 1
        return date(int(year) + (2000 if len(year) == 2 else 0), number, int(day)).isoformat()
    except ValueError:
        raise Fault(f'"{typed.strip()}" is not a date; type it as 4/3/2025 or 2025-03-04.') from None


def known_days(file: CaseFile) -> dict[str, date]:
    """The dates of a file that are there, in the order of a case."""
    found = {}
    for name in DATES:
        try:
            found[name] = date.fromisoformat(getattr(file, name))
        except ValueError:
            continue
    return found


@dataclass(frozen=True)
class Gap:
    """From one date of a file to the next: calendar days and working days.

    working: None where the bank holidays of a year between them are not known.
    """

    first: str
    last: str
    days: int
    working: int | None


def gaps(file: CaseFile, off: Collection[date]) -> tuple[Gap, ...]:
    """The days between neighbouring dates of a file, earliest first."""
    in_time = sorted(known_days(file).items(), key=lambda one: one[1])
    return tuple(
        Gap(a, b, (end - start).days, working_days(start, end, off) if covers(off, start, end) else None)
        for (a, start), (b, end) in pairwise(in_time)
    )


@dataclass(frozen=True)
class DateFault:
    """A date that cannot be right, with the field it stands in."""

    field: str
    sentence: str


def date_faults(file: CaseFile, today: date) -> tuple[DateFault, ...]:
    """What is wrong with a file's dates: out of order, or after `today`."""
    known = known_days(file)
    found = [
        DateFault(
            late, f"{DATES[late]} ({words(known[late])}) lies before {_low(early)} ({words(known[early])})."
        )
        for early, late in ORDER
        if early in known and late in known and known[late] < known[early]
    ]
    found += [
        DateFault(name, f"{DATES[name]} ({words(day)}) lies in the future.")
        for name, day in known.items()
        if day > today
    ]
    return tuple(found)


def _low(name: str) -> str:
    return DATES[name].lower()


def words(day: date) -> str:
    """A day as it is read: "4 Mar 2025"."""
    return f"{day.day} {_MONTHS[day.month - 1].capitalize()} {day.year}"


def looked_at(finished: int | None) -> date:
    """The day a file's dates are held against: when it was finished (ms since 1970), else today."""
    return date.today() if finished is None else datetime.fromtimestamp(finished / 1000).date()


def set_date(workspace: Workspace, *, file: Id, name: str, day: str, at: int | None = None) -> Done:
    """Change one date of a case file; name: a key of DATES, day: "" takes it away."""
    one_of(name, DATES, "date of a file")
    return describe_case_file(workspace, file=file, at=at, **{name: read_day(day)})


def look_again(workspace: Workspace, *, file: Id, day: str, at: int | None = None) -> Done:
    """Say that a live file is to be looked at again on a day, as people type it; "" takes the day away."""
    when = read_day(day)
    if when and when <= date.today().isoformat():
        raise Fault(f"{words(date.fromisoformat(when))} is not still to come; name a later day.")
    live = {"live": "Y"} if when else {}
    return describe_case_file(workspace, file=file, at=at, revisit=when, **live)


# Bank holidays


@cache
def shipped_holidays() -> Mapping[date, str]:
    """The bank holidays of England and Wales that come with the program, and their names."""
    text = asset("registers/bank-holidays.csv").read_text("utf-8")
    return {date.fromisoformat(row["day"]): row["name"] for row in csv.DictReader(io.StringIO(text))}


def bank_holidays(workspace: Workspace) -> dict[date, str]:
    """The shipped bank holidays with what this inspection added and took out, in order of time."""
    found = dict(shipped_holidays())
    for held in records(workspace, BankHoliday, division=DIVISION):
        try:
            day = date.fromisoformat(held.day)
        except ValueError:
            continue
        if held.withdrawn:
            found.pop(day, None)
        else:
            found[day] = held.name
    return dict(sorted(found.items()))


def holiday_id(day: str) -> Id:
    return derived_id(BankHoliday.kind, day, DIVISION)


def add_bank_holiday(workspace: Workspace, *, day: str, name: str, at: int | None = None) -> Done:
    """Add a bank holiday of England and Wales, or name one anew."""
    when = read_day(day)
    if not when or not name.strip():
        raise Fault("A bank holiday needs its day and its name; give both.")
    fields = {"day": when, "division": DIVISION, "name": name.strip(), "withdrawn": 0}
    id = holiday_id(when)
    return do(workspace, "bank holiday", [Change(BankHoliday.kind, id, fields)], id=id, at=at)


def withdraw_bank_holiday(workspace: Workspace, *, day: str, reason: str, at: int | None = None) -> Done:
    """Say that a day is no bank holiday after all, one that comes with the program too."""
    when = read_day(day)
    if not reason.strip():
        raise Fault("Say in a few words why it is no bank holiday.")
    name = bank_holidays(workspace).get(date.fromisoformat(when)) if when else None
    if name is None:
        raise Fault(f"{day}: there is no such bank holiday here.")
    id = holiday_id(when)
    fields: dict[str, str | int] = {"withdrawn": 1}
    if find(workspace, BankHoliday, id) is None:
        fields |= {"day": when, "division": DIVISION, "name": name}
    change = Change(BankHoliday.kind, id, fields)
    return do(workspace, "withdraw bank holiday", [change], id=id, reason=reason, at=at)
