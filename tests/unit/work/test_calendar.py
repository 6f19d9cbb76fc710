"""The schedule out to a calendar and in from one: one event is one session, whoever reads it how often."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from icalendar import Calendar

from fieldwork.domain.faults import Fault
from fieldwork.domain.records import Inspection, Session
from fieldwork.store.reading import dump, get, records
from fieldwork.store.recording import Change, record
from fieldwork.work import calendar_in, calendar_out, undoing, visits
from laptops import team as laptops_of
from laptops import together

LONDON = ZoneInfo("Europe/London")


def wall(*when):
    return int(datetime(*when, tzinfo=LONDON).timestamp() * 1000)


@pytest.fixture
def pair(tmp_path):
    some = laptops_of(tmp_path, 2)
    record(some[0], "set up", [Change(Inspection.kind, some[0].inspection, {"title": "Joint"})])
    together(*some)
    yield some
    for one in some:
        one.close()


def event(uid="a@b", start="DTSTART;TZID=Europe/London:20261124T100000", more=""):
    said = ("BEGIN:VEVENT", f"UID:{uid}", "DTSTAMP:20261101T100000Z", start, "SUMMARY:Custody sergeants", "")
    return "\r\n".join(said) + more + "END:VEVENT\r\n"


def written(folder, *events, name="a.ics", head="VERSION:2.0\r\nPRODID:x\r\n"):
    path = folder / name
    said = f"BEGIN:VCALENDAR\r\n{head}{''.join(events)}END:VCALENDAR\r\n"
    path.write_bytes(said.encode() if isinstance(said, str) else said)
    return path


def take(workspace, path):
    schedule = calendar_in.read_schedule(path)
    return calendar_in.take_schedule(workspace, schedule), schedule


def test_what_is_written_is_the_same_on_two_laptops_and_rises_with_each_change(pair):
    one, other = pair
    start = wall(2026, 10, 25, 9, 30)  # the day the clocks go back
    session = visits.plan_session(
        one, title="With Anna Price", role="sergeant, ŷ custody", planned_start=start
    ).id
    summer = visits.plan_session(one, method="focus_group", planned_start=wall(2026, 7, 1, 14, 0)).id
    visits.plan_session(one, title="No time yet")
    together(one, other)
    said = calendar_out.calendar(one)
    assert said == calendar_out.calendar(other) and b"Price" not in said
    assert max(len(line) for line in said.split(b"\r\n")) <= 75
    read = Calendar.from_ical(said)
    events = {str(e["UID"]): e for e in read.walk("VEVENT")}
    assert len(events) == 2 and len(read.walk("VTIMEZONE")) == 1
    held = events[calendar_out.uid_of(one, session)]
    assert held["DTSTART"].dt.timestamp() * 1000 == start and held["SEQUENCE"] == 0
    assert str(held["SUMMARY"]) == "Interview, sergeant, ŷ custody" and str(held["CLASS"]) == "CONFIDENTIAL"
    visits.describe_session(one, session=session, planned_start=start + 3_600_000)
    visits.cancel_session(other, session=summer, reason="Ill")
    visits.describe_session(one, session=session, title="A title is not told of")
    together(one, other)
    assert calendar_out.calendar(one) == calendar_out.calendar(other)
    after = {str(e["UID"]): e for e in Calendar.from_ical(calendar_out.calendar(one)).walk("VEVENT")}
    assert after[calendar_out.uid_of(one, session)]["SEQUENCE"] == 1
    assert str(after[calendar_out.uid_of(one, summer)]["STATUS"]) == "CANCELLED"


def test_an_event_is_one_session_however_often_and_wherever_it_is_read(pair, tmp_path):
    one, other = pair
    path = written(
        tmp_path,
        event(
            more="SEQUENCE:2\r\nLOCATION:Room 4\r\nATTENDEE;CN=Anna Price:mailto:a@p\r\nDESCRIPTION:Price\r\n"
        ),
    )
    done, schedule = take(one, path)
    assert schedule.left_out == () and len(done.changed["session"]) == 1
    take(other, path)
    assert take(one, path)[0].entry is None
    together(one, other)
    (session,) = records(one, Session)
    assert (session.title, session.venue, session.state) == ("Custody sergeants", "Room 4", "planned")
    assert session.planned_start == wall(2026, 11, 24, 10)
    assert dump(one) == dump(other) and not dump(one)["conflicts"] and "Price" not in str(dump(one))
    later = "DTSTART:20261124T120000Z"
    take(one, written(tmp_path, event(start=later, more="SEQUENCE:3\r\n")))
    assert records(one, Session)[0].planned_start == wall(2026, 11, 24, 12)
    assert take(one, path)[0].entry is None  # an older revision than what is here
    take(one, written(tmp_path, event(start=later, more="SEQUENCE:4\r\nSTATUS:CANCELLED\r\n")))
    held = records(one, Session)[0]
    assert (held.state, held.state_reason) == ("cancelled", "cancelled in the calendar")
    undoing.undo(one)
    assert records(one, Session)[0].state == "planned"
    visits.start_session(one, session=held.id)
    assert take(one, written(tmp_path, event(more="SEQUENCE:9\r\n")))[0].entry is None


def test_our_own_events_come_back_to_their_sessions(pair, tmp_path):
    one, _ = pair
    start = wall(2026, 11, 24, 10)
    id = visits.plan_session(one, title="Ours", planned_start=start).id
    path = tmp_path / "out.ics"
    calendar_out.write_calendar(one, path)
    assert take(one, path)[0].entry is None
    moved = path.read_text().replace("T100000", "T113000", 1).replace("T104500", "T121500")
    moved = moved.replace("SEQUENCE:0", "SEQUENCE:1")
    (tmp_path / "moved.ics").write_text(moved)
    take(one, tmp_path / "moved.ics")
    held = get(one, Session, id)
    assert held.planned_start == wall(2026, 11, 24, 11, 30) and held.first_planned == start
    assert take(one, path)[0].entry is None and len(records(one, Session)) == 1  # what was written before


def test_what_cannot_be_a_session_is_left_out_by_its_line(pair, tmp_path):
    series, day = (
        event(uid="1", more="RRULE:FREQ=DAILY\r\n"),
        event(uid="2", start="DTSTART;VALUE=DATE:20261124"),
    )
    path = written(tmp_path, series, day, event(uid="3"))
    done, schedule = take(pair[0], path)
    assert schedule.left_out == (
        "a.ics, line 4: an event that recurs was left out; a visit has no series.",
        "a.ics, line 11: an event without a time of day was left out.",
    )
    assert len(done.changed["session"]) == 1


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "is empty"),
        (b"hello", 'line 1: a calendar begins with "BEGIN:VCALENDAR"'),
        (b"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nBEGIN:VEVENT\r\nUID:1\r\n", "line 3: VEVENT is begun and not ended"),
        (b"BEGIN:VCALENDAR\r\nEND:VEVENT\r\n", "line 2: it ends what was not begun"),
        (b"BEGIN:VCALENDAR\r\nPRODID:x\r\nEND:VCALENDAR\r\n", "which version"),
        (b"BEGIN:VCALENDAR\r\n" + b"BEGIN:VEVENT\r\n" * 100_000, "line 9: nested deeper"),
        (b"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nX:\xff\r\nEND:VCALENDAR\r\n", "line 3: not UTF-8"),
        (written, "has no UID"),
        (event(start="DTSTART;TZID=Europe/London:not a time"), "line 4: DTSTART of the event cannot be read"),
        (b"x" * 5_000_001, "larger than 5 MB"),
    ],
)  # fmt: skip
def test_faulty_calendars_are_refused_by_their_line(tmp_path, content, said):
    path = tmp_path / "a.ics"
    if content is written:
        written(tmp_path, event(uid=""))
    elif isinstance(content, str):
        written(tmp_path, content)
    else:
        path.write_bytes(content)
    with pytest.raises(Fault, match=r"a\.ics") as fault:
        calendar_in.read_schedule(path)
    assert said in str(fault.value) and "\n" not in str(fault.value)
