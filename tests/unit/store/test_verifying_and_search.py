"""What was changed behind the engine's back is named; what is searched is found; drafts survive."""

import subprocess
import sys
import textwrap
import unicodedata
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlcipher3.dbapi2 as sqlcipher
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from store_kit import LINE, SESSION, VISIT, put

import laptops
from fieldwork.domain.faults import Fault
from fieldwork.store import drafts as drafting
from fieldwork.store.activity import lines, log
from fieldwork.store.beside import drafts_path
from fieldwork.store.connection import connect, faults_told
from fieldwork.store.drafts import Drafts
from fieldwork.store.keys import new_file_key
from fieldwork.store.recording import DELETE, Change, record
from fieldwork.store.searching import search
from fieldwork.store.state import DELETED
from fieldwork.store.verifying import verify
from fieldwork.store.workspace import Workspace, raw

TEXT = "Officers were waiting for the résumé of the disclosure schedules"


@pytest.fixture
def here(tmp_path: Path) -> Iterator[Workspace]:
    first, second = laptops.team(tmp_path, 2)
    put(first, "visit", VISIT, title="Leicestershire")
    put(first, "session", SESSION, visit=VISIT, title="Disclosure lead")
    put(first, "note_line", LINE, session=SESSION, text=TEXT)
    put(second, "visit", VISIT, title="Derbyshire")
    laptops.give(second, first)
    second.close()
    yield first
    first.close()


# -- verifying


@pytest.mark.parametrize(
    "statement",
    [
        pytest.param("UPDATE cell SET value = 'x' WHERE field = 'text'", id="a cell"),
        pytest.param("DELETE FROM cell WHERE field = 'text'", id="a cell taken away"),
        pytest.param(
            "UPDATE cell SET change = change + (1 << 20) WHERE field = 'text'", id="whose change it is"
        ),
        pytest.param("UPDATE cell SET time = time + 1 WHERE field = 'text'", id="the time of a cell"),
        pytest.param("UPDATE rival SET value = 'x'", id="a rival"),
        pytest.param("DELETE FROM rival", id="a rival taken away"),
        pytest.param("UPDATE note_line SET text = 'x'", id="a typed table"),
        pytest.param("DELETE FROM note_line", id="a row of a typed table taken away"),
        pytest.param("UPDATE object SET hidden = 1 WHERE kind = 'note_line'", id="hidden"),
        pytest.param("UPDATE object SET owner = NULL WHERE kind = 'note_line'", id="whom it belongs to"),
        pytest.param("UPDATE object SET kind = 'zebra' WHERE kind = 'note_line'", id="its kind"),
        pytest.param(
            "UPDATE payload SET vals = x'91a178' WHERE entry = (SELECT max(entry) FROM payload)", id="values"
        ),
        pytest.param(
            "DELETE FROM payload WHERE entry = (SELECT max(entry) FROM payload)", id="values taken away"
        ),
        pytest.param(
            "UPDATE entry SET body = substr(body, 1, length(body) - 1) || x'00' WHERE no = 3", id="a body"
        ),
        pytest.param(
            "UPDATE entry SET body = (SELECT body FROM entry WHERE no = 1) WHERE no = 3", id="another's body"
        ),
        pytest.param("UPDATE entry SET time = time + 1 WHERE no = 3", id="an entry's time"),
        pytest.param("UPDATE entry SET act = 'x' WHERE no = 3", id="an entry's act"),
        pytest.param("UPDATE entry SET undoes = hash WHERE no = 3", id="what an entry undoes"),
        pytest.param("DELETE FROM entry WHERE act = 'invite'", id="an entry taken away"),
        pytest.param("DELETE FROM signature", id="signatures taken away"),
        pytest.param("UPDATE signature SET signature = zeroblob(64)", id="a signature"),
        pytest.param("UPDATE device_known SET public = zeroblob(32) WHERE no = 1", id="a laptop's key"),
        pytest.param(
            "DELETE FROM seen WHERE object = (SELECT no FROM note_line)", id="the list of a record's entries"
        ),
        pytest.param("UPDATE seen SET entry = 1 WHERE entry = 4", id="an entry in that list"),
        pytest.param("UPDATE branch SET tip = tip - 1 WHERE n > 1", id="the end of a chain"),
        pytest.param("UPDATE branch SET n = n + 1", id="the length of a chain"),
        pytest.param("UPDATE branch SET base = no", id="where a chain began"),
        pytest.param("UPDATE entry SET branch = branch + 1 WHERE no = 3", id="the chain of an entry"),
        pytest.param("UPDATE signature SET n = n + 1", id="what a signature is for"),
        pytest.param("UPDATE note_line SET no = no + 1000", id="a record's number in its table"),
        pytest.param("UPDATE searchable SET words = 'x'", id="the words that are searched"),
        pytest.param(
            "INSERT INTO found (found, rowid, words) SELECT 'delete', no, words FROM searchable",
            id="the index",
        ),
    ],
)
def test_every_kind_of_tampering_is_named(here: Workspace, statement: str) -> None:
    assert verify(here) == []
    with here.write() as db:
        raw(db).execute(statement)
    problems = verify(here)
    assert problems
    assert all(problem.endswith(".") or problem.startswith("database check") for problem in problems)


@pytest.mark.parametrize("place", [-1, 0])
def test_what_nobody_sees_any_more_must_still_be_there(here: Workspace, place: int) -> None:
    record(here, "act", [Change("session", SESSION, {"title": "Lead"})], reason="they asked")
    put(here, "session", SESSION, title="Disclosure lead")
    with here.write() as db:
        raw(db).execute(
            "DELETE FROM payload WHERE place = ? AND entry = (SELECT max(entry) - 1 FROM payload)", (place,)
        )
    (problem,) = verify(here)
    assert "its values are missing, and no erasure names them" in problem


@pytest.mark.parametrize(
    "statement",
    [
        pytest.param("DELETE FROM activity WHERE n = 2", id="a line taken out"),
        pytest.param("UPDATE activity SET detail = 'elsewhere' WHERE n = 2", id="a line altered"),
        pytest.param("UPDATE activity SET at = 0 WHERE n = 2", id="its time"),
    ],
)
def test_what_left_this_laptop_stays_in_its_log(here: Workspace, statement: str) -> None:
    for name in ("one", "two", "three"):
        log(here, "export", name)
    assert [line.detail for line in lines(here)] == ["one", "two", "three"] and verify(here) == []
    with here.write() as db:
        raw(db).execute(statement)
    assert verify(here) == ["log of this laptop: line 2 was altered or taken out."]


def test_the_record_is_named(here: Workspace) -> None:
    with here.write() as db:
        raw(db).execute("UPDATE session SET title = 'Something else'")
    (problem,) = verify(here)
    assert "session" in problem and '"Something else"' in problem and '"Disclosure lead"' in problem


# -- search


def found(workspace: Workspace, query: str, **more: str) -> set[bytes]:
    return {hit.id for hit in search(workspace, query, **more)}


@pytest.mark.parametrize(
    "query",
    [
        "waiting",
        "wait",
        "officer",
        "RESUME",
        "résumés",
        unicodedata.normalize("NFD", "résumé"),
        "disclosure schedule",
        '"disclosure schedules"',
        "sched*",
        "wait* officers",
        "waiting AND",
    ],
)
def test_found(here: Workspace, query: str) -> None:
    if query.endswith("AND"):
        put(here, "note_line", LINE, text=TEXT + " and more")
    assert LINE in found(here, query)


@pytest.mark.parametrize(
    "query", ["sched", '"schedules disclosure"', "nowhere", "", "*", '"', "- ( ) : ^ NEAR("]
)
def test_not_found(here: Workspace, query: str) -> None:
    assert LINE not in found(here, query)


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(alphabet=st.characters() | st.sampled_from('"*()^:-+NEAROT\0\ud83d')))
def test_nothing_typed_is_an_error(here: Workspace, query: str) -> None:
    search(here, query)


def test_what_is_deleted_vanishes_and_comes_back(here: Workspace) -> None:
    record(here, "delete", [Change("session", SESSION, {DELETED: DELETE})])
    assert found(here, "waiting") == set() and found(here, "disclosure") == set()
    record(here, "undelete", [Change("session", SESSION, {DELETED: None})])
    assert found(here, "waiting") == {LINE}


def test_the_new_words_are_found_and_the_old_are_not(here: Workspace) -> None:
    put(here, "note_line", LINE, text="quite another thing")
    assert found(here, "waiting") == set()
    assert found(here, "another") == {LINE}
    assert found(here, "another", within="answers") == set()


# -- drafts


def test_a_draft_is_written_while_a_transaction_is_held(here: Workspace) -> None:
    drafts = Drafts(here)
    with here.write() as db:
        raw(db).execute("UPDATE cell SET time = time")
        drafts.keep(LINE, "note_line", {"text": "typed meanwhile \ud83d"}, as_of=3)
    (draft,) = drafts.all()
    assert (draft.kind, draft.fields, draft.as_of) == ("note_line", {"text": "typed meanwhile \ufffd"}, 3)
    drafts.drop(LINE)
    assert drafts.all() == []
    drafts.close()


@pytest.mark.parametrize("harm", ["no database", "another key", "a damaged page"])
def test_drafts_that_cannot_be_read_are_set_aside(here: Workspace, harm: str) -> None:
    path = drafts_path(here.path)
    if harm == "no database":
        path.write_bytes(b"nothing that was ever a database" * 400)
    else:
        key = here.file_key if harm == "a damaged page" else new_file_key()
        drafts = Drafts(Workspace(here.path, key, None))
        for number in range(40):
            drafts.keep(bytes([number]) * 16, "note_line", {"text": "kept before " * 100})
        drafts.close()
        if harm == "a damaged page":
            data = bytearray(path.read_bytes())
            data[-3000] ^= 1
            path.write_bytes(data)
    before = path.read_bytes()
    drafts = Drafts(here)
    assert drafts.set_aside is not None and drafts.set_aside.read_bytes() == before
    drafts.keep(LINE, "note_line", {"text": "typed"})
    drafts.close()
    again = Drafts(here)
    assert again.set_aside is None and len(again.all()) == 1
    again.close()


def test_drafts_in_use_are_not_set_aside(here: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    Drafts(here).close()

    def busy(*_: object) -> None:
        with faults_told(drafts_path(here.path)):
            raise sqlcipher.OperationalError("database is locked")

    monkeypatch.setattr(drafting, "connect", busy)
    with pytest.raises(Fault, match="another program"):
        Drafts(here)
    assert drafts_path(here.path).exists()


def test_a_draft_survives_a_kill(here: Workspace) -> None:
    path, key = here.path, here.file_key
    here.close()
    program = f"""
        import os, signal
        from pathlib import Path
        from fieldwork.store.drafts import Drafts
        from fieldwork.store.keys import FileKey
        from fieldwork.store.workspace import Workspace
        drafts = Drafts(Workspace.open_with_key(Path({str(path)!r}), FileKey({key.key!r}, {key.salt!r})))
        drafts.keep({LINE!r}, "note_line", {{"text": "acknowledged"}})
        os.kill(os.getpid(), signal.SIGKILL)
    """
    if not hasattr(__import__("signal"), "SIGKILL"):
        pytest.skip("this system has no SIGKILL")
    subprocess.run([sys.executable, "-c", textwrap.dedent(program)], check=False, timeout=60)
    with Workspace.open_with_key(path, key) as again:
        drafts = Drafts(again)
        assert [draft.fields for draft in drafts.all()] == [{"text": "acknowledged"}]
        drafts.close()
        assert verify(again) == []


def test_a_page_torn_while_it_was_put_in_place_is_whole_in_the_log(tmp_path: Path) -> None:
    """Power fails in a checkpoint: the file holds half a page, the log all of it. Nothing is lost."""
    (laptop,) = laptops.team(tmp_path, 1)
    record(laptop, "note", [Change("note_line", b"n" * 16, {"text": "said " * 4000})])
    torn = tmp_path / "torn.fieldwork"
    for ending in ("", "-wal"):
        torn.with_name(torn.name + ending).write_bytes(
            laptop.path.with_name(laptop.path.name + ending).read_bytes()
        )
    log = torn.with_name(torn.name + "-wal").read_bytes()
    page_size = int.from_bytes(log[8:12], "big")
    pages = {int.from_bytes(log[at : at + 4], "big") for at in range(32, len(log), 24 + page_size)}
    data = bytearray(torn.read_bytes())
    for page in pages:
        at = (page - 1) * page_size + page_size // 2
        if page > 1 and at < len(data):
            data[at : at + 512] = bytes(512)
    torn.write_bytes(data + bytes(page_size // 2))
    for writing in (False, True):
        with Workspace.open_with_key(torn, laptop.file_key, writing=writing) as workspace:
            assert verify(workspace) == []


def test_a_bit_flipped_in_the_salt_is_seen(tmp_path: Path) -> None:
    """The first 16 bytes are the salt: SQLCipher's own page check passes over them."""
    (laptop,) = laptops.team(tmp_path, 1)
    record(laptop, "note", [Change("note_line", b"n" * 16, {"text": "said"})])
    laptop.close()
    data = bytearray(laptop.path.read_bytes())
    data[15] ^= 2
    laptop.path.write_bytes(data)
    with Workspace.open_with_key(laptop.path, laptop.file_key) as workspace:
        assert verify(workspace) == ["page check: the first bytes of the file were altered."]


def test_an_entry_of_a_laptop_that_is_in_no_table_is_named(tmp_path: Path) -> None:
    """As an old page of one table put back leaves it."""
    (laptop,) = laptops.team(tmp_path, 1)
    record(laptop, "note", [Change("note_line", b"n" * 16, {"text": "said"})])
    laptop.close()
    db = connect(laptop.path, laptop.file_key)
    db.execute("PRAGMA foreign_keys = OFF")
    db.execute("UPDATE entry SET device = 77 WHERE act = 'note'")
    db.close()
    with Workspace.open_with_key(laptop.path, laptop.file_key) as workspace:
        (problem,) = verify(workspace)
        assert "do not fit together" in problem
