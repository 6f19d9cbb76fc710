"""The note of a session: a list of lines, each with an identity, an author and a first keystroke."""

import time
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from pathlib import Path

from fieldwork.domain.faults import Fault
from fieldwork.domain.note_text import TypedLine, read_line, without_themes
from fieldwork.domain.order import behind, between
from fieldwork.domain.records import NoteLine, Session, Tag, Theme
from fieldwork.domain.values import Id, new_id
from fieldwork.domain.vocabulary import LINE_MARKS
from fieldwork.store.reading import changed_by_others, find, get, is_hidden, records
from fieldwork.store.recording import DELETE, Change
from fieldwork.store.state import DELETED
from fieldwork.store.workspace import Workspace
from fieldwork.work.done import Done, do, one_of
from fieldwork.work.excerpts import Marked, spans, with_excerpts
from fieldwork.work.themes import named, tag_change

MAX_PASTE = 5000  # lines; more is a document, not a note


@dataclass(frozen=True)
class TaggedWords:
    """Words of a line that carry themes; where they are lost, the mark says so."""

    mark: Marked
    tags: tuple[tuple[Theme, Tag], ...]


@dataclass(frozen=True)
class Line:
    """A line as it is shown: the record, its tags as (theme, tag), and words of it with theirs."""

    record: NoteLine
    tags: tuple[tuple[Theme, Tag], ...]
    marked: tuple[TaggedWords, ...] = ()


def lines_of(workspace: Workspace, session: Id) -> list[Line]:
    """The lines of a session in reading order; author and time break ties of place."""
    lines = records(workspace, NoteLine, session=session)
    lines.sort(key=lambda line: (line.place, line.author, line.typed or 0, line.id))
    marks = spans(workspace, [line.id for line in lines], held={line.id: line for line in lines})
    excerpts = [mark.id for some in marks.values() for mark in some]
    tags = _tags_on(workspace, [*(line.id for line in lines), *excerpts])
    return [
        Line(
            line,
            tags.get(line.id, ()),
            tuple(TaggedWords(mark, tags[mark.id]) for mark in marks.get(line.id, ()) if mark.id in tags),
        )
        for line in lines
    ]


def _tags_on(workspace: Workspace, ids: Sequence[Id]) -> dict[Id, tuple[tuple[Theme, Tag], ...]]:
    themes = {theme.id: theme for theme in records(workspace, Theme, hidden=True)}
    tags: dict[Id, list[tuple[Theme, Tag]]] = {}
    for at in range(0, len(ids), 500):
        for tag in records(workspace, Tag, coder=None, target=ids[at : at + 500]):
            theme = themes.get(tag.theme or b"")
            if theme is not None and tag.target is not None:
                tags.setdefault(tag.target, []).append((theme, tag))
    return {id: tuple(some) for id, some in tags.items()}


def write_line(
    workspace: Workspace,
    *,
    session: Id,
    text: str,
    line: Id | None = None,
    place: str | None = None,
    mark: str | None = None,
    speaker: str | None = None,
    nods: int | None = None,
    typed: int | None = None,
    noted: int | None = None,
    as_of: int | None = None,
    at: int | None = None,
) -> Done:
    """Write a note line as it was typed, or change one.

    Kind, speaker, nods and themes are read from the text where it says so (`"`, `>`, `!`, `@`, `A:`,
    `[4 of 7]`, `#theme+`); what is given explicitly goes first. A new line without a place goes to the
    end. typed: first keystroke, noted: time on paper, both in wall milliseconds. A new line that is
    empty is not kept; one that stands is not emptied but deleted. Raises Fault where that is asked for.
    """
    held = find(workspace, NoteLine, line)
    if held is not None and not text.strip():
        raise Fault("A line that stands is not emptied; delete it if it is not wanted.")
    if held is None:
        _standing(workspace, session)
    if mark is not None:
        one_of(mark, LINE_MARKS, "kind of line")
    id = line or new_id()
    changes = line_changes(
        workspace,
        id,
        held,
        session=session,
        text=text,
        place=place,
        mark=mark,
        speaker=speaker,
        nods=nods,
        typed=typed,
        noted=noted,
        at=at,
    )
    if held is not None:
        changes = with_excerpts(workspace, changes)
    return do(workspace, "note", changes, id=id, as_of=as_of, at=at) if changes else Done()


def _standing(workspace: Workspace, session: Id) -> None:
    """Raises Fault when a session is not here or was deleted: nobody would see what is added to it."""
    title = get(workspace, Session, session).title
    if is_hidden(workspace, session):
        raise Fault(
            f"The session {title or session.hex()[:8]} was deleted; bring it back first, or name another one."
        )


def line_changes(
    workspace: Workspace,
    id: Id,
    held: NoteLine | None,
    *,
    session: Id,
    text: str,
    place: str | None = None,
    mark: str | None = None,
    speaker: str | None = None,
    nods: int | None = None,
    typed: int | None = None,
    noted: int | None = None,
    author: str = "",
    themes: Collection[Theme] | None = None,
    indent: int | None = None,
    at: int | None = None,
) -> list[Change]:
    """What `write_line` changes; held: the line as it stands. Nothing where a new line is empty.

    author: of a new line that is part of another one; else who works on this laptop. themes: the codebook, where
    it was read already.
    """
    parts, words, said = _understood(workspace, text, themes, mark is None, speaker is None, nods is None)
    if held is None and not words and not said:
        return []
    fields: dict[str, object] = {"text": words}
    for name, given, read in (
        ("mark", mark, parts.mark),
        ("speaker", speaker, parts.speaker),
        ("nods", nods, parts.nods),
    ):
        if given is not None:
            fields[name] = given
        elif read:
            fields[name] = read
    if held is None:
        fields |= {
            "session": session,
            "place": place or end_of(workspace, session),
            "author": author or workspace.identity.person,
            "typed": typed if typed is not None else int(time.time() * 1000) if at is None else at,
        }
    elif place:
        fields["place"] = place
    if noted is not None:
        fields["noted"] = noted
    if indent is not None and indent != ((held.indent if held else None) or 0):
        fields["indent"] = indent or None
    return [
        Change(NoteLine.kind, id, fields),
        *(tag_change(id, theme, direction) for theme, direction in said),
    ]


def _understood(
    workspace: Workspace,
    typed: str,
    themes: Collection[Theme] | None,
    mark: bool = True,
    speaker: bool = True,
    nods: bool = True,
) -> tuple[TypedLine, str, list[tuple[Id, str]]]:
    """A typed line taken apart, its words without the themes that are in the codebook, and those themes."""
    parts = read_line(typed, mark=mark, speaker=speaker, nods=nods)
    if parts.themes and themes is None:
        themes = records(workspace, Theme, order="position")
    known = [(word, direction, named(themes or (), word)) for word, direction in parts.themes]
    words = without_themes(parts.text, {word for word, _, theme in known if theme is not None})
    return parts, words, [(theme.id, direction) for _, direction, theme in known if theme is not None]


def end_of(workspace: Workspace, session: Id) -> str:
    """The place behind the last line of a note."""
    return _gap(workspace, session, None).place()


@dataclass
class _Gap:
    """Where lines go in: behind one line, before another. own: that line is one's own."""

    before: str
    after: str
    own: bool

    def place(self) -> str:
        """The place of the next line that goes in; lines put in one after another are one run."""
        self.before, self.own = behind(self.before, self.after, self.own), True
        return self.before


def _gap(workspace: Workspace, session: Id, after: Id | None) -> _Gap:
    """The gap behind a line, or without one at the end."""
    lines = records(workspace, NoteLine, session=session, order=("place", "author", "typed"))
    if after is not None:
        last: NoteLine | None = get(workspace, NoteLine, after)
    else:
        last = lines[-1] if lines else None
    if last is None:
        return _Gap("", "", False)
    following = next((line.place for line in lines if line.place > last.place), "")
    return _Gap(last.place, following, last.author == workspace.identity.person)


def paste_lines(
    workspace: Workspace,
    *,
    session: Id,
    texts: Sequence[str],
    after: Id | None = None,
    at: int | None = None,
) -> Done:
    """Put several lines in at once, behind a line or at the end; empty ones are left out. One act."""
    _standing(workspace, session)
    changes = _pasted(workspace, session, texts, _gap(workspace, session, after), at)
    return do(workspace, "paste", changes, id=changes[0].id, at=at)


def _pasted(
    workspace: Workspace, session: Id, texts: Sequence[str], gap: _Gap, at: int | None
) -> list[Change]:
    """The changes that make lines of several texts, one behind the other in a gap."""
    texts = [text for text in texts if text.strip()]
    if not texts:
        raise Fault("There is no text in what was pasted; nothing was added.")
    if len(texts) > MAX_PASTE:
        raise Fault(
            f"That is {len(texts)} lines, more than the {MAX_PASTE} a note takes at once; take fewer."
        )
    now = int(time.time() * 1000) if at is None else at
    changes: list[Change] = []
    codebook = records(workspace, Theme, order="position")
    for text in texts:
        parts, words, themes = _understood(workspace, text, codebook)
        id = new_id()
        fields: dict[str, object] = {
            "session": session,
            "place": gap.place(),
            "text": words,
            "author": workspace.identity.person,
            "typed": now,
            **({"mark": parts.mark} if parts.mark else {}),
            **({"speaker": parts.speaker} if parts.speaker else {}),
            **({"nods": parts.nods} if parts.nods is not None else {}),
        }
        changes.append(Change(NoteLine.kind, id, fields))
        changes += [tag_change(id, theme, direction) for theme, direction in themes]
    return changes


def import_note(
    workspace: Workspace, path: Path, *, session: Id | None = None, at: int | None = None
) -> Done:
    """Read a text file as note lines, into a session or a new one, in one act.

    UTF-8, or Windows-1252 failing that. The outcome's id is the session's.
    """
    texts = _lines_of_file(Path(path))
    begin: list[Change] = []
    if session is None:
        session = new_id()
        fields = {
            "title": Path(path).stem,
            "method": "interview",
            "state": "open",
            "started": int(time.time() * 1000) if at is None else at,
            "noted_by": workspace.identity.member,
        }
        begin.append(Change(Session.kind, session, fields))
        gap = _Gap("", "", False)
    else:
        _standing(workspace, session)
        gap = _gap(workspace, session, None)
    changes = [*begin, *_pasted(workspace, session, texts, gap, at)]
    return do(workspace, "import a note", changes, id=session, at=at)


def _lines_of_file(path: Path) -> list[str]:
    try:
        data = path.read_bytes()
    except OSError as error:
        raise Fault(
            f"{path} cannot be read: {error.strerror or error}; check the name and the folder."
        ) from error
    if b"\x00" in data[:4096]:
        raise Fault(f"{path} is not a text file; save it as plain text first.")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = data.decode("cp1252", errors="replace")
    lines = [line for line in text.splitlines() if line.strip()]
    if not lines:
        raise Fault(f"{path} holds no text; nothing was added.")
    return lines


def place_behind(workspace: Workspace, line: NoteLine) -> str:
    """The place of a new line right behind one."""
    assert line.session is not None
    return _gap(workspace, line.session, line.id).place()


def move_line(workspace: Workspace, *, line: Id, after: Id | None, at: int | None = None) -> Done:
    """Move a line behind another one, or, without one, to the start of the note."""
    held = get(workspace, NoteLine, line)
    assert held.session is not None
    places = [
        other.place
        for other in records(workspace, NoteLine, session=held.session, order="place")
        if other.id != line
    ]
    before = get(workspace, NoteLine, after).place if after is not None else ""
    place = between(before, next((other for other in places if other > before), ""))
    return do(workspace, "move a line", [Change(NoteLine.kind, line, {"place": place})], id=line, at=at)


def as_seen(workspace: Workspace, line: Id, as_of: int | None) -> None:
    """Raises Fault when a colleague's change to a line came in after `as_of`, the `moment` it was read at."""
    if as_of is not None and changed_by_others(workspace, line, as_of):
        raise Fault("A colleague has changed this line since it was read; read it again first.")


def delete_line(workspace: Workspace, *, line: Id, as_of: int | None = None, at: int | None = None) -> Done:
    """Delete a line; it stays in the history, and an edit made unseen elsewhere brings it back.

    As `reshaping.join_lines`, it refuses where a colleague changed the line after `as_of`.
    """
    get(workspace, NoteLine, line)
    as_seen(workspace, line, as_of)
    change = Change(NoteLine.kind, line, {DELETED: DELETE})
    return do(workspace, "delete a line", [change], id=line, as_of=as_of, at=at)


def settle_line(workspace: Workspace, *, line: Id, settled: bool = True, at: int | None = None) -> Done:
    """Tick off a follow-up or a document asked for."""
    get(workspace, NoteLine, line)
    return do(
        workspace, "follow up", [Change(NoteLine.kind, line, {"settled": int(settled)})], id=line, at=at
    )


def open_items(workspace: Workspace, mark: str) -> list[NoteLine]:
    """Follow-ups ("!") or documents asked for ("@") that are still open, oldest first."""
    return [line for line in records(workspace, NoteLine, mark=mark, order="typed") if not line.settled]
