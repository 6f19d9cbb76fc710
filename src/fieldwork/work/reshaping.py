"""Lines split in two and joined to one: the same whether keys or a script ask for it.

Every word keeps its themes, its author and the time of its first keystroke.
"""

from dataclasses import replace

from fieldwork.domain.faults import Fault
from fieldwork.domain.records import NoteLine, Tag
from fieldwork.domain.values import Id, new_id
from fieldwork.store.reading import get, records
from fieldwork.store.recording import moment
from fieldwork.store.workspace import Workspace
from fieldwork.work.done import Done
from fieldwork.work.drafting import OpenLine, write_open_lines
from fieldwork.work.notes import as_seen, place_behind


def parted(
    line: OpenLine, at_character: int, new: Id, place: str, themes: tuple[tuple[Id, str], ...]
) -> tuple[OpenLine, OpenLine]:
    """A line in two. The first part keeps the identity; both carry the themes that stood on the whole.

    themes: all (theme, direction) on the line, stored or not; place: where the second part goes. Words that are
    marked are found in both when they are written.
    """
    first = replace(line, text=line.text[:at_character].rstrip(), spans=None)
    text = line.text[at_character:].lstrip()
    second = OpenLine(
        new, line.session, place, text, line.mark, line.speaker, typed=line.typed, noted=line.noted,
        themes=tuple(theme for theme in themes if theme[0] not in line.off), part_of=line.id,
        indent=line.indent,
    )  # fmt: skip
    return first, second


def united(
    upper: OpenLine,
    lower: OpenLine,
    on_upper: tuple[tuple[Id, str], ...],
    on_lower: tuple[tuple[Id, str], ...],
) -> OpenLine:
    """Two lines in one, which keeps identity, place and times of the upper and takes over the other's themes.

    on_upper, on_lower: all (theme, direction) on them, stored or not.
    """
    gap = " " if upper.text and lower.text and not upper.text.endswith(" ") else ""
    held = {theme for theme, _ in on_upper}
    new = tuple((theme, sign) for theme, sign in on_lower if theme not in held and theme not in lower.off)
    return replace(
        upper,
        text=upper.text + gap + lower.text,
        nods=lower.nods if upper.nods is None else upper.nods,
        themes=(*upper.themes, *new),
        off=tuple(theme for theme in upper.off if theme not in {id for id, _ in new}),
        swallows=(*upper.swallows, lower.id, *lower.swallows),
        spans=_spans_of_both(upper, lower, len(upper.text) + len(gap)),
    )


def _spans_of_both(upper: OpenLine, lower: OpenLine, shift: int) -> tuple[tuple[Id, int, int], ...] | None:
    if upper.spans is None or lower.spans is None:
        return None
    return (*upper.spans, *((id, start + shift, end + shift) for id, start, end in lower.spans))


def split_line(
    workspace: Workspace,
    *,
    line: Id,
    at_character: int,
    new: Id | None = None,
    as_of: int | None = None,
    at: int | None = None,
) -> Done:
    """Split a line in two. The first part keeps the identity; both keep the first keystroke's time and the themes.

    As `join_lines`, it refuses where a colleague changed the line after `as_of`.
    """
    as_seen(workspace, line, as_of)
    held = get(workspace, NoteLine, line)
    if not held.text[:at_character].strip() or not held.text[at_character:].strip() or at_character < 0:
        raise Fault(f"There are no words on one side of character {at_character}; nothing was split.")
    themes = _themes_on(workspace, line)
    parts = parted(
        _opened(workspace, held, as_of), at_character, new or new_id(), place_behind(workspace, held), themes
    )
    return _written(workspace, parts, "split a line", parts[1].id, at)


def join_lines(
    workspace: Workspace, *, first: Id, second: Id, as_of: int | None = None, at: int | None = None
) -> Done:
    """Join a line to the one before it, which keeps its identity and time and takes over the themes.

    as_of: the `moment` at which both were read; without one, all that stands here now counts as read.
    Raises Fault when a colleague has changed one of them since: words nobody saw are not joined or deleted.
    """
    if first == second:
        raise Fault("That is one line, not two; name the other one.")
    as_seen(workspace, first, as_of)
    as_seen(workspace, second, as_of)
    one, two = (_opened(workspace, get(workspace, NoteLine, id), as_of) for id in (first, second))
    line = united(one, two, _themes_on(workspace, first), _themes_on(workspace, second))
    return _written(workspace, (line,), "join lines", first, at)


def _opened(workspace: Workspace, held: NoteLine, as_of: int | None) -> OpenLine:
    assert held.session is not None
    seen = moment(workspace) if as_of is None else as_of
    return OpenLine(
        held.id, held.session, held.place, held.text, held.mark, held.speaker, held.nods, held.typed, held.noted,
        as_of=seen, indent=held.indent or 0,
    )  # fmt: skip


def _themes_on(workspace: Workspace, line: Id) -> tuple[tuple[Id, str], ...]:
    tags = records(workspace, Tag, coder=None, target=line)
    return tuple((tag.theme, tag.direction or "neutral") for tag in tags if tag.theme is not None)


def _written(workspace: Workspace, lines: tuple[OpenLine, ...], act: str, id: Id, at: int | None) -> Done:
    written = write_open_lines(workspace, lines, act=act, at=at)
    return Done(id, written.entry, written.changed)
