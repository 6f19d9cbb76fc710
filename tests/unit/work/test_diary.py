"""A sealed diary is for who wrote it: its words are in no table, export, report, search, package or draft."""

import io
import zipfile

import pypdfium2
import pytest

from fieldwork.domain.faults import Fault
from fieldwork.domain.note_records import DiaryNote
from fieldwork.domain.records import Body, Device, Inspection, Session, TeamMember
from fieldwork.domain.values import new_id
from fieldwork.store import activity
from fieldwork.store.drafts import Drafts
from fieldwork.store.reading import dump, records
from fieldwork.store.recording import Change, record
from fieldwork.store.workspace import raw
from fieldwork.work import calendar_out, diary, evidence, exporting, notes, reporting, team, undoing, visits
from laptops import give, together
from laptops import team as laptops_of
from worlds import small_inspection

WORD = "quizzical"
CONTROL = "hesitant"
START = 1_795_078_800_000
TEXT = f"Felt {WORD} about the answers; ask again, alone."


@pytest.fixture
def pair(tmp_path):
    some = laptops_of(tmp_path, 2)
    record(some[0], "set up", [Change(Inspection.kind, some[0].inspection, {"title": "Joint"})])
    yield some
    for one in some:
        one.close()


def session_of(workspace):
    return visits.plan_session(workspace, role="Disclosure lead", planned_start=START).id


def written(workspace, session, text=TEXT, drafts=None):
    return diary.write_diary(workspace, diary=diary.open_diary(workspace, session), text=text, drafts=drafts)


def words_in(workspace):
    """Every value of every table, as bytes one after the other."""
    with workspace.read() as db:
        connection = raw(db)
        names = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()
        rows = [row for (name,) in names for row in connection.execute(f'SELECT * FROM "{name}"')]
    return b"\0".join(x.encode() if isinstance(x, str) else bytes(x) if isinstance(x, bytes) else b""
                      for row in rows for x in row)  # fmt: skip


def test_its_words_open_for_who_wrote_it_and_each_opening_is_logged(pair):
    one, _ = pair
    session = session_of(one)
    assert diary.open_diary(one, session).text == ""
    done = written(one, session)
    assert [note.id for note in records(one, DiaryNote)] == [done.id]
    opened = diary.open_diary(one, session)
    assert opened.text == TEXT
    assert diary.write_diary(one, diary=opened, text=TEXT).entry is None  # nothing was different
    said = [(line.act, line.detail) for line in activity.lines(one)]
    assert said == [("open a sealed diary", "Disclosure lead")] * 3
    assert undoing.named(one)[0].startswith("writing in a sealed diary")
    undoing.undo(one)
    assert diary.open_diary(one, session).text == ""
    written(one, session, "Again.")
    assert diary.open_diary(one, session).text == "Again."
    written(one, session, " ")
    assert diary.open_diary(one, session).text == ""
    with pytest.raises(Fault, match="at most"):
        written(one, session, "x" * 200_001)


def test_its_words_are_nowhere(pair, tmp_path):
    one, other = pair
    record(one, "body", [Change(Body.kind, new_id(), {"code": "P33", "name": "Force"})])
    visit = visits.plan_visit(one, title="Force", bodies=["P33"], start="2026-11-24").id
    session = visits.plan_session(one, visit=visit, role="Disclosure lead", planned_start=START).id
    notes.write_line(one, session=session, text=f"They said {CONTROL} things.")
    with_drafts = Drafts(one)
    diary.keep_draft(with_drafts, diary.open_diary(one, session), TEXT)
    assert WORD not in str(with_drafts.all())
    written(one, session, drafts=with_drafts)
    assert with_drafts.all() == []
    with_drafts.close()
    give(one, other)
    for name, workspace in zip("ab", pair, strict=True):
        assert WORD.encode() not in words_in(workspace) and CONTROL.encode() in words_in(workspace)
        assert evidence.look_up(workspace, WORD) == [] and evidence.look_up(workspace, CONTROL)
        leaves(workspace, tmp_path / name, session)
        out = {path.name: text_of(path) for path in (tmp_path / name).iterdir()}
        assert len(out) == 5 and [said for said, text in out.items() if WORD in text] == []
        assert {said for said, text in out.items() if CONTROL in text} >= {
            "s.pdf",
            "s.html",
            "s.docx",
            "dump.json",
        }
    team.share(one, tmp_path / "a")
    assert all(WORD.encode() not in path.read_bytes() for path in tmp_path.rglob("*") if path.is_file())


def leaves(workspace, folder, session):
    """What can leave about a session, written into a folder."""
    folder.mkdir()
    exporting.write_dump(workspace, folder / "dump.json")
    calendar_out.write_calendar(workspace, folder / "schedule.ics")
    for suffix in (".pdf", ".html", ".docx"):
        reporting.export(workspace, "interview_record", folder / f"s{suffix}", session=session)


def test_its_words_are_in_no_figures_or_reports_of_an_inspection(tmp_path):
    folder = tmp_path / "out"
    with small_inspection(tmp_path) as workspace:
        session = next(each for each in records(workspace, Session) if each.visit)
        written(workspace, session.id)
        leaves(workspace, folder, session.id)
        for suffix in (".pdf", ".html", ".docx"):
            reporting.export(workspace, "visit_summary", folder / f"v{suffix}", visit=session.visit)
        exporting.write_workbook(workspace, folder / "all.xlsx")
        exporting.write_files(workspace, folder / "files.csv")
        for kind in ("results", "findings_register", "interim_themes"):
            reporting.export(workspace, kind, folder / f"{kind}.html")
        out = {path.name: text_of(path) for path in folder.iterdir()}
        assert len(out) == 13 and [said for said, text in out.items() if WORD in text] == []


def text_of(path):
    """What a file says, packed or not."""
    data = path.read_bytes()
    if path.suffix == ".pdf":
        return "".join(page.get_textpage().get_text_range() for page in pypdfium2.PdfDocument(data))
    if data[:2] == b"PK":
        with zipfile.ZipFile(io.BytesIO(data)) as packed:
            data = b"".join(packed.read(name) for name in packed.namelist())
    return data.decode("utf-8", "replace")


def test_a_colleague_opens_and_overwrites_nothing_of_it(pair):
    one, other = pair
    session = session_of(one)
    written(one, session)
    give(one, other)
    theirs = diary.open_diary(other, session)
    assert theirs.text == "" and theirs.also == ()
    diary.write_diary(other, diary=theirs, text="Theirs.")
    give(other, one)
    assert diary.open_diary(one, session).text == TEXT
    assert diary.open_diary(other, session).text == "Theirs." and len(records(one, DiaryNote)) == 2


@pytest.fixture
def twice(pair):
    """Both laptops are one person's."""
    member = new_id()
    record(pair[0], "member", [Change(TeamMember.kind, member, {"label": "Inspector A"}),
                               *(Change(Device.kind, each.device, {"member": member}) for each in pair)])  # fmt: skip
    give(*pair)
    for each in pair:
        each.__dict__.pop("identity", None)
    return pair


def test_two_laptops_of_one_person_open_it_both(twice):
    one, other = twice
    session = session_of(one)
    written(one, session)
    give(one, other)
    assert diary.open_diary(other, session).text == TEXT


def test_what_two_laptops_of_one_person_wrote_unseen_stands_one_after_the_other(twice):
    one, other = twice
    session = session_of(one)
    written(one, session, "First.")
    give(one, other)
    written(one, session, "Here.")
    written(other, session, "There.")
    together(one, other)
    opened = diary.open_diary(one, session)
    assert sorted(opened.text.split("\n\n")) == ["Here.", "There."]
    diary.write_diary(one, diary=opened, text=opened.text)
    together(one, other)
    assert not dump(one)["conflicts"] and dump(one) == dump(other)
    assert diary.open_diary(other, session).text == opened.text


def test_what_was_being_typed_is_written_at_the_next_start_once(pair):
    one, _ = pair
    session = session_of(one)
    drafts = Drafts(one)
    diary.keep_draft(drafts, diary.open_diary(one, session), TEXT)
    assert diary.open_diary(one, session, drafts).text == TEXT
    left = drafts.all()
    assert diary.write_left(one, left, drafts).entry is not None and drafts.all() == []
    assert diary.open_diary(one, session).text == TEXT
    written(one, session, "Said since.")
    again = diary.open_diary(one, session)
    diary.keep_draft(drafts, again, "Said since.")  # sealed anew, so that its bytes are others
    assert diary.write_left(one, drafts.all(), drafts).entry is None and not dump(one)["conflicts"]
    drafts.close()
