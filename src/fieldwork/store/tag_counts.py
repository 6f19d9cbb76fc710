"""How many pieces carry each theme, each way, without a record for each tag."""

from collections import Counter
from collections.abc import Mapping

from fieldwork.domain.values import Id
from fieldwork.store.same import Sets, sets_in
from fieldwork.store.workspace import Workspace, raw

_PLAIN = (
    "SELECT theme, direction, count(*) FROM tag WHERE hidden = 0 AND theme IS NOT NULL AND coder IS NULL "
    "GROUP BY theme, direction"
)
_OF_SETS = "SELECT id, target, theme, direction FROM tag WHERE hidden = 0 AND coder IS NULL AND theme IN ({})"


def tag_counts(workspace: Workspace) -> Mapping[Id, Counter[str]]:
    """By theme as it is read, how many tags say "strength", "concern", "mixed" or "neutral".

    What carries two themes that are read as one counts once, as `Sets.as_one` reads it.
    """
    found: dict[Id, Counter[str]] = {}
    with workspace.read() as db:
        same = sets_in(db)
        for theme, direction, count in raw(db).execute(_PLAIN):
            if theme not in same.shown:
                found.setdefault(theme, Counter())[direction or "neutral"] += count
        if same:
            for theme, direction in _read_as_one(raw(db), same):
                found.setdefault(theme, Counter())[direction or "neutral"] += 1
    return found


def _read_as_one(db: object, same: Sets) -> list[tuple[Id, str]]:
    ids = list(same.shown)
    best: dict[tuple[object, ...], tuple[tuple[bool, Id, Id], str]] = {}
    for start in range(0, len(ids), 500):
        some = ids[start : start + 500]
        rows = db.execute(_OF_SETS.format(",".join("?" * len(some))), some)  # type: ignore[attr-defined]
        for id, target, theme, direction in rows:
            of = same.of(theme)
            this = (theme != of, theme, id), direction
            key = target, of
            best[key] = min(best.get(key, this), this, key=lambda one: one[0])
    return [(key[1], direction) for key, (_, direction) in best.items()]  # type: ignore[misc]
