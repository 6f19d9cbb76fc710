"""Searches under a name, the team's in common."""

from dataclasses import dataclass

from fieldwork.domain.faults import Fault
from fieldwork.domain.finding_records import SavedSearch
from fieldwork.domain.order import between
from fieldwork.domain.values import Id, derived_id
from fieldwork.store.reading import get, records
from fieldwork.store.recording import Change
from fieldwork.store.workspace import Workspace
from fieldwork.work.done import Done, do
from fieldwork.work.filters import Filters

LONGEST = 80  # characters of a name


@dataclass(frozen=True)
class Saved:
    """A search under its name; filters None where a newer version wrote them in a way that cannot be read here."""

    id: Id
    title: str
    query: str
    filters: Filters | None


def saved_searches(workspace: Workspace) -> list[Saved]:
    """The searches of the team, in the order they were saved."""
    return [
        Saved(one.id, one.title, one.query, _filters(one.filters))
        for one in records(workspace, SavedSearch, order="position")
        if not one.withdrawn and one.title
    ]


def _filters(text: str) -> Filters | None:
    try:
        return Filters.from_json(text) if text else Filters()
    except Fault:
        return None


def save_search(
    workspace: Workspace, *, title: str, query: str = "", filters: str = "", at: int | None = None
) -> Done:
    """Keep a search under a name; under one that is there already it takes its place. filters: as JSON."""
    name = " ".join(title.split())[:LONGEST]
    if not name:
        raise Fault("Give the search a name.")
    held = Filters.from_json(filters) if filters else Filters()
    if not query.strip() and not held and not held.within:
        raise Fault("There is nothing to save: type words or narrow the evidence first.")
    others = records(workspace, SavedSearch, order="position", hidden=True)
    id = derived_id(SavedSearch.kind, name.casefold())
    fields: dict[str, object] = {
        "title": name,
        "query": query.strip(),
        "filters": held.to_json(),
        "withdrawn": 0,
    }
    if not any(one.id == id for one in others):
        fields |= {
            "by": workspace.identity.member,
            "position": between(others[-1].position if others else "", ""),
        }
    return do(workspace, "save a search", [Change(SavedSearch.kind, id, fields)], id=id, at=at)


def drop_search(workspace: Workspace, *, search: Id, at: int | None = None) -> Done:
    """Offer a saved search no more."""
    get(workspace, SavedSearch, search)
    change = Change(SavedSearch.kind, search, {"withdrawn": 1})
    return do(workspace, "drop a search", [change], id=search, at=at)
