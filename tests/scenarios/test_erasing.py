"""A name typed by mistake is erased: no file of any laptop holds it any more, not even in pages nobody uses."""

from collections.abc import Iterator
from pathlib import Path

import pytest

import laptops
from decrypted import plain
from fieldwork.domain.finding_records import Attachment
from fieldwork.domain.note_records import Excerpt, Mask
from fieldwork.domain.records import EvidenceLink, NoteLine, Session
from fieldwork.domain.values import Id, new_id
from fieldwork.exchange import sharing
from fieldwork.store import backup, keeping, keys
from fieldwork.store.beside import drafts_path, write_envelope
from fieldwork.store.connection import connect
from fieldwork.store.drafts import Drafts
from fieldwork.store.reading import canonical, dump, find
from fieldwork.store.recording import Change, record
from fieldwork.store.verifying import verify
from fieldwork.store.workspace import Workspace
from fieldwork.work import drafting, leading

NAME, STEM = "Zebedee Quillfeather", b"quillfeath"


@pytest.fixture
def team(tmp_path: Path) -> Iterator[list[Workspace]]:
    made = laptops.team(tmp_path, 3)
    for laptop in made:
        write_envelope(laptop.path, keys.wrap(laptop.file_key, "x"))
    yield made
    for laptop in made:
        laptop.close()


def carry(giver: Workspace, *receivers: Workspace) -> None:
    """A package of all that is new here, written to a file and merged elsewhere."""
    path = sharing.share(giver, giver.path.parent / f"{new_id().hex()}.fieldpackage", everything=True).path
    for receiver in receivers:
        outcome = sharing.merge(receiver, [path]).outcomes[0]
        assert not outcome.refused, outcome.refused
    path.unlink()


def places_of(laptop: Workspace) -> list[str]:
    """Where on a laptop the name still stands: raw pages, columns, words of the index."""
    folder = laptop.path.parent / f"opened-{new_id().hex()}"
    folder.mkdir()
    files = [laptop.path, drafts_path(laptop.path)]
    for one in keeping.kept(laptop.path):
        files.append(folder / one.path.name)
        backup.copy_database(one.path, files[-1])
    found = []
    for file in files:
        if file.exists():
            if STEM in plain(file, laptop.file_key).lower():
                found.append(f"{file.name}: pages")
            found += [f"{file.name}: {place}" for place in _columns(file, laptop.file_key)]
    return found


def _columns(file: Path, key: keys.FileKey) -> list[str]:
    db = connect(file, key)
    found = []
    try:
        names = [name for (name,) in db.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")]
        for name in names:
            for row in db.execute(f'SELECT * FROM "{name}"').fetchall():
                cells = (c.encode() if isinstance(c, str) else c for c in row)
                if any(isinstance(cell, bytes) and STEM in cell.lower() for cell in cells):
                    found.append(name)
                    break
        if "found_data" in names:
            db.execute("CREATE VIRTUAL TABLE temp.terms USING fts5vocab('main', 'found', 'row')")
            if db.execute("SELECT 1 FROM terms WHERE term LIKE ?", (STEM.decode() + "%",)).fetchone():
                found.append("index")
    finally:
        db.close()
    return found


def said(laptop: Workspace, text: str) -> tuple[Id, Id]:
    session, line = new_id(), new_id()
    record(laptop, "note", [Change("session", session, {"title": "Lead", "method": "interview"})])
    record(laptop, "note", [Change("note_line", line, {"session": session, "text": text, "place": "a0"})])
    return session, line


def drafted(laptop: Workspace, session: Id, line: Id) -> None:
    drafts = Drafts(laptop)
    other = drafting.OpenLine(new_id(), session, "b0", "something else")
    drafting.keep_draft(
        laptop, drafts, new_id(), [drafting.OpenLine(line, session, "a0", f"{NAME} said"), other]
    )
    drafts.close()


def test_with_a_piece_of_evidence_goes_all_that_repeats_its_words(team: list[Workspace]) -> None:
    """Words marked out in it, their mask, what they are evidence for, a released quote, diary and attachments."""
    lead, author, third = team
    session, line = said(author, f"spoke to {NAME} at the desk")
    excerpt, mask, document, attachment, link = (new_id() for _ in range(5))
    anchor = {"quote": NAME, "before": "spoke to ", "after": " at the desk"}
    record(
        author,
        "copies",
        [
            Change("excerpt", excerpt, {"target": line, "part": "text", "start": 9, **anchor}),
            Change("mask", mask, {"target": excerpt, "way": "pseudonym", "instead": f"not {NAME}"}),
            Change(
                "evidence_link", link, {"finding": new_id(), "evidence": excerpt, "bearing": "for", **anchor}
            ),
            Change("quote_release", new_id(), {"belongs": line, "wording": f"{NAME} said so", **anchor}),
            Change("diary_note", new_id(), {"session": session, "sealed": NAME.encode()}),
            Change("document", document, {"title": f"Letter of {NAME}", "received": "2026-11-20"}),
            Change(
                "attachment", attachment, {"belongs": document, "name": f"{NAME}.pdf", "key": NAME.encode()}
            ),
        ],
    )
    carry(author, lead, third)
    asked = leading.erase(author, records=[session, line, document], cause="a name", hold_checked=True)
    carry(author, lead)
    assert places_of(third)
    leading.approve(lead, erasure=(asked.id or b"").hex())
    carry(lead, author, third)
    for laptop in team:
        assert places_of(laptop) == []
        assert verify(laptop) == []
        held = find(laptop, Excerpt, excerpt)
        assert held is not None and (held.target, held.part, held.start, held.quote) == (
            line,
            "text",
            9,
            "[erased]",
        )
        masked, pinned = find(laptop, Mask, mask), find(laptop, EvidenceLink, link)
        assert masked is not None and (masked.way, masked.instead) == ("pseudonym", "")
        assert pinned is not None and (pinned.evidence, pinned.bearing) == (excerpt, "for")
        file = find(laptop, Attachment, attachment)
        assert file is not None and (file.belongs, file.name, file.key) == (document, "", None)
    assert len({canonical(dump(laptop)) for laptop in team}) == 1


def test_a_name_typed_by_mistake_is_gone_from_every_laptop(team: list[Workspace]) -> None:
    lead, author, third = team
    session, line = said(author, f"spoke to {NAME} at the desk")
    record(author, "correct", [Change("note_line", line, {"text": f"{NAME} at the counter"})], reason=NAME)
    carry(author, lead, third)
    record(third, "correct", [Change("note_line", line, {"text": f"{NAME}, twice"})])
    record(lead, "correct", [Change("note_line", line, {"text": f"not {NAME}"})])
    carry(third, lead)
    for laptop in team:
        keeping.keep(laptop, "daily")
        drafted(laptop, session, line)
        assert {"pages", "index"} <= {place.rpartition(": ")[2] for place in places_of(laptop)}
    late = laptops.copy_of(third, third.path.parent, "late")
    write_envelope(late.path, keys.wrap(late.file_key, "x"))
    asked = leading.erase(author, records=[line], cause="typed by mistake", hold_checked=True)
    assert find(author, NoteLine, line) and places_of(author), "one voice is not enough"
    carry(author, lead)
    leading.approve(lead, erasure=(asked.id or b"").hex())
    carry(lead, author, third)
    for laptop in team:
        assert places_of(laptop) == []
        assert verify(laptop) == []
        assert len(keeping.kept(laptop.path)) == 1
        kept = Drafts(laptop)
        (left,) = drafting.left_open(laptop, kept.all())
        kept.close()
        assert [one.text for one in left.lines] == ["something else"]
    assert canonical(dump(lead)) == canonical(dump(author)) == canonical(dump(third))
    carry(late, lead)  # an earlier copy of a file still has the words and hands them on: they are not taken
    assert places_of(lead) == [] and verify(lead) == []
    carry(lead, late)
    assert places_of(late) == [] and verify(late) == []
    late.close()


def test_all_lines_of_a_session_at_the_end_of_retention(team: list[Workspace]) -> None:
    lead, author, _ = team
    session, first = said(author, f"{NAME} one")
    lines = [first]
    for number in range(5):
        lines.append(new_id())
        record(
            author,
            "note",
            [
                Change(
                    "note_line",
                    lines[-1],
                    {"session": session, "text": f"{NAME} {number}", "place": f"b{number}"},
                )
            ],
        )
    carry(author, lead)
    asked = leading.erase(lead, records=lines, cause="retention has ended", hold_checked=True)
    carry(lead, author)
    leading.approve(author, erasure=(asked.id or b"").hex())
    carry(author, lead)
    for laptop in (lead, author):
        assert places_of(laptop) == [] and verify(laptop) == []
        assert find(laptop, Session, session) is not None


def test_own_words_never_shared_go_at_once(team: list[Workspace]) -> None:
    _, author, _ = team
    session, line = said(author, f"{NAME} alone")
    keeping.keep(author, "daily")
    drafted(author, session, line)
    leading.erase(author, records=[line], cause="typed by mistake", hold_checked=True)
    assert places_of(author) == [] and verify(author) == []


def test_words_that_wait_or_were_put_aside_go_too(team: list[Workspace]) -> None:
    lead, author, third = team
    _, line = said(author, f"{NAME} first")
    carry(author, lead)
    record(author, "correct", [Change("note_line", line, {"text": f"{NAME} again"})])
    path = sharing.share(author, author.path.parent / "aside.fieldpackage", everything=True).path
    assert not sharing.merge(lead, [path]).outcomes[0].refused
    leading.take_back(lead)
    assert any("held" in place for place in places_of(lead))
    asked = leading.erase(lead, records=[line], cause="typed by mistake", hold_checked=True)
    carry(lead, third)
    leading.approve(third, erasure=(asked.id or b"").hex())
    carry(third, lead)
    assert places_of(lead) == [] and verify(lead) == []
