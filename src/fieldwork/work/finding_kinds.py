"""What a finding may be: a list that the leads of each inspection make their own."""

import re
from dataclasses import dataclass

from fieldwork.domain.faults import Fault
from fieldwork.domain.finding_records import FindingKind
from fieldwork.domain.order import between
from fieldwork.domain.records import Finding
from fieldwork.domain.values import Id, derived_id
from fieldwork.domain.vocabulary import FAVOURABLE, FINDING_KINDS
from fieldwork.store.members import lead_or_fault
from fieldwork.store.reading import records
from fieldwork.store.recording import Change
from fieldwork.store.workspace import Workspace
from fieldwork.work.done import Done, do
from fieldwork.work.themes import theme_code


@dataclass(frozen=True)
class Kind:
    """What a finding may be. favourable: it speaks for those inspected; withdrawn: it is offered no more."""

    code: str
    name: str
    favourable: bool
    withdrawn: bool = False


def kinds(workspace: Workspace) -> tuple[Kind, ...]:
    """The kinds of this inspection in their order; those of the vocabulary where no lead made a list."""
    held = records(workspace, FindingKind, order="position")
    if not held:
        return tuple(Kind(code, name, code in FAVOURABLE) for code, name in FINDING_KINDS.items())
    return tuple(
        Kind(one.code, one.name or one.code, bool(one.favourable), bool(one.withdrawn)) for one in held
    )


def names(workspace: Workspace) -> dict[str, str]:
    """What each kind is called, to read findings by: those that are offered no more as well."""
    return {one.code: one.name for one in kinds(workspace)}


def offered(workspace: Workspace) -> dict[str, str]:
    """The kinds that a finding can be given, in their order."""
    return {one.code: one.name for one in kinds(workspace) if not one.withdrawn}


def kind_or_fault(workspace: Workspace, code: str) -> str:
    """The code of a kind that is offered. Raises Fault for another."""
    known = offered(workspace)
    if code not in known:
        raise Fault(f'kind of finding: "{code}" is not known; use one of {", ".join(known)}.')
    return code


def rank_of(workspace: Workspace) -> dict[str, int]:
    """The place of each kind in the list, by its code."""
    return {one.code: place for place, one in enumerate(kinds(workspace))}


def kind_id(code: str) -> Id:
    return derived_id(FindingKind.kind, code)


def set_kind(
    workspace: Workspace, *, name: str, code: str = "", favourable: bool = False, at: int | None = None
) -> Done:
    """Add a kind of finding to the list, or change what one is called and whether it is favourable; a lead does.

    code: of a new kind, made of its name where none is given.
    """
    lead_or_fault(workspace, "says what findings may be")
    name = " ".join(name.split())
    code = code.strip() or theme_code(name)[:31].strip("_")
    if not re.fullmatch(r"[a-z][a-z0-9_]{0,30}", code) or not name:
        raise Fault("A kind of finding needs a short code of small letters, digits and _, and a name.")
    if any(one.name.casefold() == name.casefold() and one.code != code for one in kinds(workspace)):
        raise Fault(f'There is a kind of finding called "{name}" already; choose another name.')
    changes, last = _begun(workspace)
    fields: dict[str, object] = {"name": name, "favourable": int(favourable)}
    held = {one.code: one for one in kinds(workspace)}
    if code not in held:
        fields |= {"code": code, "position": between(last, "")}
    elif held[code].withdrawn:
        fields["withdrawn"] = 0
    changes.append(Change(FindingKind.kind, kind_id(code), fields))
    return do(workspace, "kind of finding", _as_one(changes), id=kind_id(code), at=at)


def place_kind(workspace: Workspace, *, code: str, after: str = "", at: int | None = None) -> Done:
    """Put a kind behind another in the list, "" for the beginning; findings of all reports stand in that order."""
    lead_or_fault(workspace, "says what findings may be")
    changes, _ = _begun(workspace)
    places = {change.fields["code"]: str(change.fields["position"]) for change in changes}
    places = places or {one.code: one.position for one in records(workspace, FindingKind, order="position")}
    if code not in places or (after and after not in places):
        raise Fault(f'kind of finding: "{code if code not in places else after}" is not known.')
    others = sorted(place for one, place in places.items() if one != code)
    before = places[after] if after else ""
    following = next((place for place in others if place > before), "")
    changes.append(Change(FindingKind.kind, kind_id(code), {"position": between(before, following)}))
    return do(workspace, "place a kind of finding", _as_one(changes), id=kind_id(code), at=at)


def withdraw_kind(workspace: Workspace, *, code: str, reason: str = "", at: int | None = None) -> Done:
    """Offer a kind of finding no more; findings that are of it stay so. A lead does."""
    lead_or_fault(workspace, "says what findings may be")
    known = offered(workspace)
    if kind_or_fault(workspace, code) and len(known) == 1:
        raise Fault("This is the only kind of finding there is; add another before it is withdrawn.")
    changes, _ = _begun(workspace)
    changes.append(Change(FindingKind.kind, kind_id(code), {"withdrawn": 1}))
    act = "withdraw a kind of finding"
    return do(workspace, act, _as_one(changes), id=kind_id(code), reason=reason.strip(), at=at)


def used(workspace: Workspace, code: str) -> int:
    """How many findings are of a kind."""
    return len(records(workspace, Finding, finding_kind=code))


def _begun(workspace: Workspace) -> tuple[list[Change], str]:
    """What writes the list of the vocabulary down where there is none yet, and the last place in the list."""
    held = records(workspace, FindingKind, order="position", hidden=True)
    if held:
        return [], held[-1].position
    changes, last = [], ""
    for place, (code, name) in enumerate(FINDING_KINDS.items(), 1):
        last = f"{place:02d}"  # as on every laptop
        fields = {"code": code, "name": name, "favourable": int(code in FAVOURABLE), "position": last}
        changes.append(Change(FindingKind.kind, kind_id(code), fields))
    return changes, last


def _as_one(changes: list[Change]) -> list[Change]:
    """Changes with one for each record."""
    fields: dict[Id, dict[str, object]] = {}
    for change in changes:
        fields[change.id] = {**fields.get(change.id, {}), **change.fields}
    return [Change(FindingKind.kind, id, some) for id, some in fields.items()]
