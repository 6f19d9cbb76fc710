"""Looking many things up at once: what stands for a set of keys, with few statements and no table for them."""

from collections.abc import Iterator, Sequence
from typing import Any

_TOGETHER = 240

# How bytes are bound where many rows are written: the module asks its adapters about every bytes and every None,
# which takes longer than to insert it, and takes a bytearray as it is.
blob = bytearray


def looked_up(db: Any, query: str, keys: Sequence[tuple[Any, ...]]) -> Iterator[tuple[Any, ...]]:
    """The rows of a query for each of these keys; in it `{keys}` stands for their rows (column1, column2 ...).

    The last statement is filled up with keys of nothing, so that each query is prepared in two lengths only.
    """
    width = len(keys[0]) if keys else 0
    row = f"({', '.join('?' * width)})"
    together = _TOGETHER if len(keys) > 4 else 1
    statement = query.format(keys=", ".join([row] * together))
    for at in range(0, len(keys), together):
        some = [
            blob(value) if type(value) is bytes else value
            for key in keys[at : at + together]
            for value in key
        ]
        some += [None] * (together * width - len(some))
        yield from db.execute(statement, some).fetchall()
