"""The shipped lists of names and places, and what this inspection knows to be no name."""

from dataclasses import replace
from functools import cache

from fieldwork.assets import asset
from fieldwork.domain.note_records import KnownWord
from fieldwork.domain.personal import Lists
from fieldwork.domain.records import Body
from fieldwork.store.reading import records
from fieldwork.store.workspace import Workspace


@cache
def shipped() -> Lists:
    """Read once; some 12,000 words."""
    never = _list("places") | _list("never-names")
    return Lists(_list("first-names"), _list("last-names"), _list("also-words"), _list("titles"), never)


def _list(name: str) -> frozenset[str]:
    return frozenset(asset(f"words/{name}.txt").read_text("utf-8").split())


def lists_of(workspace: Workspace) -> Lists:
    """The shipped lists, with the bodies of the register and the words that were said to be no names."""
    known = {one.word.lower() for one in records(workspace, KnownWord) if not one.withdrawn}
    bodies = {word.lower() for body in records(workspace, Body) for word in body.name.split()}
    base = shipped()
    return replace(base, never=base.never | known | bodies)
