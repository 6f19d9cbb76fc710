"""A person's own abbreviations: letters that become words when they are typed. Only who made them has them."""

from collections.abc import Mapping

from fieldwork.domain.faults import Fault
from fieldwork.domain.note_records import Abbreviation
from fieldwork.domain.values import Id, derived_id
from fieldwork.store.reading import records
from fieldwork.store.recording import Change
from fieldwork.store.workspace import Workspace
from fieldwork.work.done import Done, do

LONGEST_SHORT = 20
LONGEST_FULL = 200


def abbreviations(workspace: Workspace) -> Mapping[str, str]:
    """One's own, by their letters, in the order of these."""
    some = records(workspace, Abbreviation, member=workspace.identity.member, order="short")
    return {one.short: one.full for one in some if not one.withdrawn and one.short and one.full}


def set_abbreviation(workspace: Workspace, *, short: str, full: str, at: int | None = None) -> Done:
    """Say what letters stand for from now on. Raises Fault for what could not be typed as one word."""
    letters, words = short.strip().lower(), " ".join(full.split())
    if not letters or not words:
        raise Fault("An abbreviation needs its letters and what they stand for.")
    if len(letters) > LONGEST_SHORT or not letters.isalnum():
        raise Fault(
            f'"{letters[: LONGEST_SHORT + 1]}" cannot be an abbreviation; use up to {LONGEST_SHORT} letters and '
            "digits, without spaces."
        )
    if len(words) > LONGEST_FULL:
        raise Fault(f"That is {len(words)} characters; an abbreviation stands for {LONGEST_FULL} at most.")
    if letters == words.lower():
        raise Fault(f'"{letters}" stands for itself already.')
    id = _id(workspace, letters)
    fields = {"member": workspace.identity.member, "short": letters, "full": words, "withdrawn": 0}
    return do(workspace, "abbreviation", [Change(Abbreviation.kind, id, fields)], id=id, at=at)


def drop_abbreviation(workspace: Workspace, *, short: str, at: int | None = None) -> Done:
    """Let letters be letters again. Raises Fault where they stand for nothing."""
    letters = short.strip().lower()
    if letters not in abbreviations(workspace):
        raise Fault(f'"{letters}" is no abbreviation of yours.')
    id = _id(workspace, letters)
    change = Change(Abbreviation.kind, id, {"withdrawn": 1})
    return do(workspace, "drop an abbreviation", [change], id=id, at=at)


def _id(workspace: Workspace, letters: str) -> Id:
    return derived_id(Abbreviation.kind, workspace.identity.member or "", letters)


def full_words(known: Mapping[str, str], typed: str) -> str:
    """What letters as they were typed stand for, with their capital; "" where they stand for nothing."""
    full = known.get(typed.lower(), "")
    if full and typed[:1].isupper():
        return (
            full.upper()
            if len(typed) > 1 and typed.isupper() and full.islower()
            else full[:1].upper() + full[1:]
        )
    return full
