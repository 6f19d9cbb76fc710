"""How a report names a piece of evidence, and how the name leads back to it."""

from collections import Counter
from collections.abc import Collection

from fieldwork.domain.faults import Fault
from fieldwork.domain.values import Id
from fieldwork.store.ids import all_ending, ids_beginning, ids_ending, is_hex
from fieldwork.store.workspace import Workspace

LEAST, STEP = 8, 2  # digits of a reference, and by how many it grows until it is alone
WHOLE = 32
CITED = (
    *("note_line", "session", "answer", "agreed_answer", "moderated_mark", "marking_note"),
    *("finding", "document", "figure", "result_cell", "excerpt"),
)  # kinds that stand behind a printed reference


def references(workspace: Workspace, ids: Collection[Id]) -> dict[Id, str]:
    """The end of each id: eight digits, and more where another piece of evidence or finding ends so too."""
    ends = {id.hex()[-LEAST:] for id in ids}
    beside = [id.hex() for id in {*all_ending(workspace, ends, CITED), *ids}]
    found = {id: id.hex()[-LEAST:] for id in ids}
    for length in range(LEAST, WHOLE, STEP):
        alone = Counter(one[-length:] for one in beside)
        longer = [id for id, reference in found.items() if len(reference) == length and alone[reference] > 1]
        if not longer:
            break
        found.update((id, id.hex()[-length - STEP :]) for id in longer)
    return found


def find(workspace: Workspace, reference: str) -> Id | None:
    """The record that a reference, or a whole id, names: evidence first, by the end of ids before their beginning.

    None where nothing does, or it has fewer than eight digits. Raises Fault where it names several.
    """
    digits = reference.strip().lower().replace("-", "")
    if len(digits) < LEAST or not is_hex(digits):
        return None
    fits, how = [], "ends"
    if len(digits) < WHOLE:  # a whole id is looked up, not looked for
        fits = ids_ending(workspace, digits, CITED) or ids_ending(workspace, digits)
    if not fits:
        fits, how = ids_beginning(workspace, digits), "begins"
    if len(fits) > 1:
        more = sorted(references(workspace, fits).values()) if how == "ends" else []
        named = f", such as {' or '.join(more[:3])}" if len(more) > 1 else ""
        raise Fault(f'More than one record {how} with "{reference}"; give more of its id{named}.')
    return fits[0] if fits else None
