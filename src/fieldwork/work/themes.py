"""What the themes of the codebook are called, and tags put on lines and answers."""

import re
from collections.abc import Collection, Sequence
from itertools import chain

from fieldwork.domain.faults import Fault
from fieldwork.domain.note_records import Excerpt
from fieldwork.domain.records import Answer, NoteLine, Tag, Theme
from fieldwork.domain.values import Id, derived_id
from fieldwork.domain.vocabulary import DIRECTIONS, STRENGTHS
from fieldwork.store.reading import find, get, records
from fieldwork.store.recording import DELETE, Change
from fieldwork.store.same import sets
from fieldwork.store.state import DELETED
from fieldwork.store.workspace import Workspace
from fieldwork.work import sealed_examining
from fieldwork.work.done import Done, do, one_of


def theme_code(name: str) -> str:
    """A theme's code: its name in lower case with underscores."""
    return re.sub(r"[^\w]+", "_", name.strip().lower()).strip("_")


def find_theme(workspace: Workspace, word: str) -> Theme | None:
    """The theme that a `#word` means."""
    return named(records(workspace, Theme, order="position"), word)


def named(themes: Collection[Theme], word: str) -> Theme | None:
    """The one of these themes that a word means: by its name, else by its code; hyphens and case set aside."""
    code = theme_code(word)
    by_name = (t for t in themes if theme_code(t.name) == code and not t.withdrawn)
    by_code = (t for t in themes if t.code == code)
    return next(chain(by_name, by_code), None) if code else None


def complete(workspace: Workspace, start: str, recent: Sequence[Id] = ()) -> list[Theme]:
    """Themes for what was typed after `#`: those that begin with it, those with a word that does, recent ones."""
    return ranked(records(workspace, Theme, order="position"), start, recent)


def ranked(themes: Sequence[Theme], start: str, recent: Sequence[Id] = ()) -> list[Theme]:
    """What `complete` offers, out of a codebook already read: nothing withdrawn, nothing that only groups others."""
    themes = [one for one in themes if not (one.withdrawn or one.heading)]
    wanted = start.lower().replace("_", " ").replace("-", " ").strip()
    rank = {id: place for place, id in enumerate(recent)}

    def order(theme: Theme) -> tuple[int, int]:
        name = theme.name.lower()
        first = 0 if name.startswith(wanted) else 1
        return first, rank.get(theme.id, len(rank))

    fits = [
        t
        for t in themes
        if any(word.startswith(wanted) for word in (t.name.lower(), *t.name.lower().split()))
    ]
    return sorted(fits, key=order) if wanted else sorted(themes, key=lambda t: rank.get(t.id, len(rank)))


def tag_change(target: Id, theme: Id, direction: str = "neutral", strength: str = "") -> Change:
    """The change that puts a theme on a record; doing it twice is doing it once."""
    fields: dict[str, object] = {"target": target, "theme": theme, "direction": direction, DELETED: None}
    if strength:
        fields["strength"] = strength
    return Change(Tag.kind, derived_id(Tag.kind, target, theme), fields)


def tag(
    workspace: Workspace,
    *,
    target: Id,
    theme: Id,
    direction: str = "neutral",
    strength: str = "",
    at: int | None = None,
) -> Done:
    """Put a theme on a note line or an answer, or on an excerpt of one."""
    one_of(direction, DIRECTIONS, "direction")
    one_of(strength, ("", *STRENGTHS), "strength")
    sealed = sealed_examining.holding(workspace, target)
    if sealed is not None:
        _taking(workspace, theme)
        return sealed_examining.seal(
            workspace, sealed, "tag", [tag_change(target, theme, direction, strength)], at=at
        )
    if all(find(workspace, cls, target) is None for cls in (NoteLine, Answer, Excerpt)):
        raise Fault("Only a note line or an answer can carry a theme.")
    _taking(workspace, theme)
    change = tag_change(target, theme, direction, strength)
    return do(workspace, "tag", [change], id=change.id, at=at)


def _taking(workspace: Workspace, theme: Id) -> Theme:
    """A theme that can be put on evidence. Raises Fault for one that only groups others."""
    held = get(workspace, Theme, theme)
    if held.heading:
        raise Fault(f'"{held.name}" only groups others; choose a theme below it.')
    return held


def untag(workspace: Workspace, *, target: Id, theme: Id, at: int | None = None) -> Done:
    """Take a theme off again."""
    sealed = sealed_examining.holding(workspace, target)
    if sealed is not None:
        change = Change(Tag.kind, derived_id(Tag.kind, target, theme), {DELETED: DELETE})
        return sealed_examining.seal(workspace, sealed, "untag", [change], at=at)
    changes = untag_changes(workspace, target, theme)
    if not changes:
        raise Fault("That theme is not on it; nothing was taken off.")
    return do(workspace, "untag", changes, id=changes[0].id, at=at)


def tags_of(workspace: Workspace, target: Id, theme: Id) -> list[Tag]:
    """The tags that put a theme on a record: several where the theme was entered twice and joined."""
    return records(
        workspace, Tag, apart=True, coder=None, target=target, theme=sets(workspace).members(theme)
    )


def untag_changes(workspace: Workspace, target: Id, theme: Id) -> list[Change]:
    """The changes that take a theme off a record."""
    return [Change(Tag.kind, tag.id, {DELETED: DELETE}) for tag in tags_of(workspace, target, theme)]
