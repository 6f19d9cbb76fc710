"""Looking many things up at once: what stands for a set of keys, with few statements and no table for them."""

from collections.abc import Iterator, Sequence
from typing import Any

_TOGETHER = 240


def looked_up(db: Any, query: str, keys: Sequence[tuple[Any, ...]]) -> Iterator[tuple[Any, ...]]:
    """The rows of a query for each of these keys; in it `{keys}` stands for their rows (column1, column2 ...).

    The last statement is filled up with keys of nothing, so that each query is prepared in two lengths only.
    """
    width = len(keys[0]) if keys else 0
    row = f"({', '.join('?' * width)})"
    together = _TOGETHER if len(keys) > 4 else 1
    statement = query.format(keys=", ".join([row] * together))
    for at in range(0, len(keys), together):
        some = [value for key in keys[at : at + together] for value in key]
        some += [None] * (together * width - len(some))
        yield from db.execute(statement, some).fetchall()
