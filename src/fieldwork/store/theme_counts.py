"""How many pieces of evidence carry each theme, by where they are at home."""

from collections.abc import Mapping
from typing import NamedTuple

import sqlalchemy as sa

from fieldwork.domain.values import Id
from fieldwork.store.own_tables import put_table, turn_of
from fieldwork.store.same import sets_in
from fieldwork.store.sifting import READ_AS, carried_table
from fieldwork.store.workspace import Workspace, raw

_COUNTED = (
    "count(DISTINCT c.no), count(DISTINCT CASE c.direction WHEN 'strength' THEN c.no END), "
    "count(DISTINCT CASE c.direction WHEN 'concern' THEN c.no END)"
)
# the index by session holds all that is asked of a line, so that no line is read
_BY_SESSION = (
    f"INSERT INTO temp.summed SELECT k.session, {{theme}}, {_COUNTED} "
    "FROM note_line k INDEXED BY note_line_by_session "
    "CROSS JOIN temp.carried c ON c.no = k.no WHERE c.kind = 'note_line' AND k.session IS NOT NULL GROUP BY 1, 2"
)
_LINES = (
    "SELECT g.ground, '', c.theme, sum(c.pieces), sum(c.strength), sum(c.concern) "
    "FROM temp.summed c CROSS JOIN temp.grounds g ON g.id = c.session GROUP BY 1, 3"
)
_ANSWERS = (
    f"SELECT g.ground, k.question, {{theme}}, {_COUNTED} FROM temp.carried c "
    "CROSS JOIN answer k ON k.no = c.no CROSS JOIN temp.grounds g ON g.id = k.examination "
    "WHERE c.kind = 'answer' GROUP BY 1, 2, 3"
)


class Carrying(NamedTuple):
    """So many lines, or answers to a question, of homes that are alike, with a theme; and how many say it is a strength
    or of concern, which one may say on different words.
    """

    ground: int
    question: str
    theme: Id
    pieces: int
    strength: int
    concern: int


def carrying(workspace: Workspace, grounds: Mapping[Id, int]) -> list[Carrying]:
    """All that carries a theme; themes as they are read. grounds: of sessions and examinations, which are alike."""
    with workspace.read() as db:
        carried_table(db)
        put_table(db, "grounds", "id BLOB PRIMARY KEY, ground INTEGER", list(grounds.items()))
        shown = sets_in(db).shown
        put_table(db, "alias", "id BLOB PRIMARY KEY, shown BLOB", list(shown.items()))
        theme = READ_AS if shown else "c.theme"
        _sum_up(db, theme)
        return [
            Carrying(*row)
            for query in (_LINES, _ANSWERS)
            for row in raw(db).execute(query.format(theme=theme))
        ]


def _sum_up(db: sa.Connection, theme: str) -> None:
    """Lines with each theme by session, kept as long as the tags are that they are counted from."""
    _, turn = db.info["carried"]
    if turn_of(db, "summed_turn") != turn:
        columns = "session BLOB, theme BLOB, pieces INTEGER, strength INTEGER, concern INTEGER"
        put_table(db, "summed", columns, [])
        raw(db).execute(_BY_SESSION.format(theme=theme))
        put_table(db, "summed_turn", "no INTEGER", [(turn,)])
