"""Taking back one's own acts, and doing them again; what is sealed is taken back in what is sealed."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Final

from fieldwork.domain.acts import act_called
from fieldwork.domain.note_records import Excerpt
from fieldwork.domain.records import (
    KINDS,
    Answer,
    EvidenceLink,
    Finding,
    NoteLine,
    Session,
    Tag,
    Theme,
    Visit,
)
from fieldwork.domain.values import Id
from fieldwork.store import history
from fieldwork.store.history import Undone
from fieldwork.store.reading import records
from fieldwork.store.workspace import Workspace
from fieldwork.work import sealed_examining
from fieldwork.work.describing import describe_record

__all__ = ["Undone", "named", "redo", "undo"]

_SAYS: Mapping[str, str] = {
    Answer.kind: "question",
    Finding.kind: "text",
    NoteLine.kind: "text",
    Session.kind: "title",
    Theme.kind: "name",
    Visit.kind: "title",
}
"""By kind, the field that says what it is."""
_THROUGH: Mapping[str, tuple[str, str]] = {
    EvidenceLink.kind: ("finding", Finding.kind),
    Tag.kind: ("theme", Theme.kind),
}
"""Kinds that are called by what they lead to: the field, and the kind of what it names."""

LONGEST: Final = 40
"""Characters of a record's own words in the name of an act."""


def named(workspace: Workspace) -> tuple[str, str]:
    """What undo and redo would do now: "tag Relationships", "line Triage sends it back"; "" for nothing."""
    done, undone = history.own_stacks(workspace)
    return _name(workspace, done), _name(workspace, undone)


def _name(workspace: Workspace, stack: list[bytes]) -> str:
    if not stack:
        return ""
    act, wrote = history.first_of(workspace, stack[0])
    if act == "sealed":
        return "a sealed act"
    return act_called(act, next((words for kind, id in wrote if (words := _about(workspace, kind, id))), ""))


def _about(workspace: Workspace, kind: str, id: Id) -> str:
    """A record that was written, in a few words, also where it is gone again."""
    if kind in _THROUGH:
        field, to = _THROUGH[kind]
        meant = _said(workspace, kind, id, field)
        words = _said(workspace, to, meant, _SAYS[to]) if isinstance(meant, bytes) else ""
    elif kind in _SAYS:
        words = _said(workspace, kind, id, _SAYS[kind])
    else:
        words = "" if kind == Excerpt.kind else describe_record(workspace, id)
    short = " ".join(str(words).split())
    return short if len(short) <= LONGEST else f"{short[: LONGEST - 1].rstrip()}\u2026"


def _said(workspace: Workspace, kind: str, id: Id, field: str) -> str | Id:
    """What a field of a record says, also where it is gone again; "" for nothing."""
    some = records(workspace, KINDS[kind], id=[id], apart=True, hidden=True)
    return getattr(some[0], field) or "" if some else ""


def undo(workspace: Workspace) -> Undone:
    """Take back one's last act, as a new entry. Raises Fault when there is nothing to take back."""
    done, _ = history.own_stacks(workspace)
    called = _name(workspace, done)
    undone = (sealed_examining.reverse(workspace, done[0]) if done else None) or history.undo(workspace)
    return replace(undone, called=called)


def redo(workspace: Workspace) -> Undone:
    """Do again what was taken back last. Raises Fault when there is nothing."""
    _, undone = history.own_stacks(workspace)
    called = _name(workspace, undone)
    again = (sealed_examining.reverse(workspace, undone[0]) if undone else None) or history.redo(workspace)
    return replace(again, called=called)
