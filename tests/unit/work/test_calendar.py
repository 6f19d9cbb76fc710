"""The schedule out to a calendar and in from one: one event is one session, whoever reads it how often."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from icalendar import Calendar

from fieldwork.domain.faults import Fault
from fieldwork.domain.records import Inspection, Session
from fieldwork.store.reading import dump, get, records
from fieldwork.store.recording import Change, record
from fieldwork.work import calendar_in, calendar_out, calendar_taking, undoing, visits
from fieldwork.work.without_names import without_names
from fieldwork.work.word_lists import shipped
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
    return calendar_taking.take_schedule(workspace, schedule), schedule


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
        "a.ics, line 11: an event that says no time of day was left out.",
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
        (event(more="RING ME ON MY MOBILE\r\n"), "line 9: no line of a calendar, which begins with a word"),
        (event() + "BEGIN:VALARM\r\nNOT A LINE\r\nEND:VALARM\r\n", "line 11: no line of a calendar"),
        (event() + "END:VCALENDAR\r\nBEGIN:VCALENDAR\r\n", "line 11: a second calendar begins"),
        (event(more="SEQUENCE:often\r\n"), "line 9: SEQUENCE of the event cannot be read"),
        (event(start="DTSTART;TZID=Europe/London:not a time"), "line 7: DTSTART of the event cannot be read"),
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


LATER = "DTSTART:20261124T120000Z"


def test_what_was_changed_here_stands_at_an_equal_revision_and_is_said(pair, tmp_path):
    one, _ = pair
    path = written(tmp_path, event(more="LOCATION:Room 4\r\nSEQUENCE:3\r\n"))
    take(one, path)
    (session,) = records(one, Session)
    visits.describe_session(one, session=session.id, planned_start=wall(2026, 11, 24, 15))
    taken, _ = take(one, path)
    assert taken.entry is None and not taken.told.unchanged
    assert taken.told.kept == ("Custody sergeants: its time was changed here and stands.",)
    # a revision that says nothing new of the time does not take it back either
    taken, _ = take(one, written(tmp_path, event(more="LOCATION:Room 5\r\nSEQUENCE:4\r\n")))
    held = records(one, Session)[0]
    assert (held.planned_start, held.venue) == (wall(2026, 11, 24, 15), "Room 5") and taken.told.kept
    # one that does is a later word
    taken, _ = take(one, written(tmp_path, event(start=LATER, more="LOCATION:Room 5\r\nSEQUENCE:5\r\n")))
    assert records(one, Session)[0].planned_start == wall(2026, 11, 24, 12) and not taken.told.kept
    # many calendars never count: what changed there, and not here, is taken at an equal revision
    take(one, written(tmp_path, event(more="LOCATION:Room 5\r\nSEQUENCE:5\r\n")))
    assert records(one, Session)[0].planned_start == wall(2026, 11, 24, 10)
    undoing.undo(one)
    taken, _ = take(one, written(tmp_path, event(more="LOCATION:Room 5\r\nSEQUENCE:5\r\n")))
    assert taken.told.moved and records(one, Session)[0].planned_start == wall(2026, 11, 24, 10)


def test_what_looks_like_a_person_stays_out_of_titles_and_rooms_both_ways(pair, tmp_path):
    one, _ = pair
    said = event(more="LOCATION:Anna Price's office\\, 07700 900123\r\n")
    path = written(tmp_path, said.replace("Custody sergeants", "DS Khan with anna@police.uk"))
    taken, _ = take(one, path)
    (session,) = records(one, Session)
    assert (session.title, session.venue) == ("[name] with [email]", "[name] office, [telephone]")
    assert taken.told.masked == (
        "a.ics, line 4: what looks like a person was left out of its title.",
        "a.ics, line 4: what looks like a person was left out of its place.",
    )
    assert all(word not in str(dump(one)) for word in ("Khan", "anna", "Price", "07700"))
    taken, _ = take(one, path)
    assert taken.entry is None and taken.told.unchanged
    start = wall(2026, 11, 25, 10)
    session = visits.plan_session(one, planned_start=start, role="DS Khan, custody").id
    record(one, "room", [Change(Session.kind, session, {"venue": "DS Khan, Keyham Lane"})])
    out = calendar_out.calendar(one)
    assert b"Khan" not in out and b"[name]\\, custody" in out and b"[name]\\, Keyham Lane" in out


def test_a_session_that_was_deleted_here_stays_deleted_and_is_named(pair, tmp_path):
    one, _ = pair
    take(one, written(tmp_path, event(more="SEQUENCE:1\r\n")))
    undoing.undo(one)
    taken, _ = take(one, written(tmp_path, event(more="SEQUENCE:1\r\n")))
    assert taken.told.new and len(records(one, Session)) == 1  # taking the reading back is no deletion
    visits.delete_session(one, session=records(one, Session)[0].id)
    taken, _ = take(one, written(tmp_path, event(start=LATER, more="SEQUENCE:2\r\n")))
    assert taken.told.deleted == ("Custody sergeants",) and taken.entry is None
    assert not records(one, Session)
    assert calendar_taking.summary(taken.told) == "1 deleted here, which stays."


def test_a_folded_line_and_names_of_events_of_any_length(pair, tmp_path):
    long = "x" * 230
    folded = event(uid=f"{long}1", more="DESCRIPTION:as agreed\r\n BEGIN:VEVENT\r\n\tEND:VEVENT\r\n")
    taken, _ = take(pair[0], written(tmp_path, folded, event(uid=f"{long}2")))
    assert len(taken.told.new) == 2 and len(records(pair[0], Session)) == 2
    assert len({one.calendar_uid for one in records(pair[0], Session)}) == 2


def test_a_file_of_which_nothing_can_be_taken_says_so(pair, tmp_path):
    series = event(uid="1", more="RRULE:FREQ=DAILY\r\n")
    taken, _ = take(pair[0], written(tmp_path, series, event(uid="2", more="STATUS:CANCELLED\r\n")))
    assert calendar_taking.summary(taken.told) == "2 left out." and taken.entry is None
    assert taken.told.left_out[1] == "a.ics, line 11: cancelled, and no session here."


def test_the_history_of_all_sessions_is_asked_for_at_once(pair, tmp_path, monkeypatch):
    one, _ = pair
    take(one, written(tmp_path, *(event(uid=str(n)) for n in range(40))))
    asked = []
    load = calendar_out.tellings
    monkeypatch.setattr(calendar_out, "tellings", lambda *args: asked.append(1) or load(*args))
    calendar_out.calendar(one)
    assert asked == [1]


@pytest.mark.parametrize(
    ("place", "left"),
    [
        ("Victoria Road Police Station", "Victoria Road Police Station"),
        ("Charlotte House, Room 2", "Charlotte House, Room 2"),
        ("14 High Street, Leicester", "14 High Street, Leicester"),
        ("Anna Price, Room 2", "[name], Room 2"),
        ("Ask Anna on 0116 496 0123", "Ask [name] on [telephone]"),
    ],
)
def test_a_place_that_is_called_like_somebody_stands(place, left):
    assert without_names(place, shipped(), place=True) == left


def test_sessions_on_the_days_of_no_visit_are_said(pair, tmp_path):
    taken, _ = take(pair[0], written(tmp_path, event()))
    assert taken.told.apart == ("Custody sergeants",)


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"start": "DTSTART;TZID=Mars/One:20261124T100000"}, "a time zone that is not known here (Mars/One)"),
        ({"start": "DTSTART:00010101T100000Z"}, "an event of the year 1"),
        ({"more": "DTSTART:20261124T110000Z\r\n"}, "says its start twice"),
    ],
)
def test_a_time_that_cannot_be_believed_is_left_out(tmp_path, changed, said):
    schedule = calendar_in.read_schedule(written(tmp_path, event(**changed)))
    assert schedule.meetings == () and said in schedule.left_out[0]


@pytest.mark.parametrize(
    "more",
    [
        "BEGIN:VALARM\r\nTRIGGER:nonsense\r\nDESCRIPTION:Anna\r\nEND:VALARM\r\n",
        "DURATION:P9999999D\r\n",
        "DURATION:-PT1H\r\n",
        "SUMMARY:said again\r\n",
        "DTSTAMP:nonsense\r\n",
        'ATTENDEE;CN="Anna Price:nonsense\r\n',
    ],
)
def test_what_is_not_read_of_an_event_is_in_nobody_s_way(tmp_path, more):
    (one,) = calendar_in.read_schedule(written(tmp_path, event(more=more))).meetings
    assert (one.summary, one.end) == ("Custody sergeants", None)


def test_a_zone_of_the_file_s_own_and_a_mark_of_its_bytes_are_read(tmp_path):
    zone = (
        "BEGIN:VTIMEZONE\r\nTZID:Ours\r\nBEGIN:STANDARD\r\nDTSTART:19700101T000000\r\n"
        "TZOFFSETFROM:+0200\r\nTZOFFSETTO:+0200\r\nEND:STANDARD\r\nEND:VTIMEZONE\r\n"
    )
    path = written(tmp_path, zone, event(start="DTSTART;TZID=Ours:20261124T100000"))
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes())
    (one,) = calendar_in.read_schedule(path).meetings
    assert one.start == wall(2026, 11, 24, 8)
