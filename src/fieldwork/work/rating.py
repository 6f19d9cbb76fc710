"""Ratings from a file: who gave which mark to what."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

from fieldwork.analysis.ratings import Ratings, Scale, allowed_values, checked, ratings
from fieldwork.domain.faults import Fault
from fieldwork.work.tables import column_heads, csv_table

COLUMNS: Final = ("unit", "rater", "value")
MOST_MARKS = 1_000_000


def read_ratings(path: Path, *, scale: Scale = "nominal", order: Sequence[str] | None = None) -> Ratings:
    """Read marks from CSV, columns unit, rater and value (empty: missing), one mark a row; others are ignored.

    order: the values from one end to the other; an ordinal scale needs it unless they are numbers.
    Raises Fault, with the row, for a missing column, an empty unit or rater, a second mark of a rater for a
    unit, and a value that is not in the order or is no number where the scale needs numbers.
    """
    try:
        allowed = allowed_values(scale, order)
    except ValueError as error:
        raise Fault(f"--order: {error}; name each value once, as a,b,c.") from error
    table = csv_table(path)
    heads = column_heads(path.name, table, COLUMNS)
    if len(table) - 1 > MOST_MARKS:
        raise Fault(
            f"{path.name} has {len(table) - 1} rows, more than the {MOST_MARKS} that can be compared."
        )

    def marks() -> Iterator[tuple[str, str, str]]:
        at = [heads.index(column) for column in COLUMNS]
        first: dict[tuple[str, str], int] = {}
        for number, cells in enumerate(table[1:], 2):
            if not any(cell.strip() for cell in cells):
                continue
            where = f"{path.name}, row {number}"
            if len(cells) > len(heads):
                raise Fault(f"{where}: {len(cells)} cells under {len(heads)} column names.")
            unit, rater, value = (cells[place].strip() if place < len(cells) else "" for place in at)
            for column, said in (("unit", unit), ("rater", rater)):
                if not said:
                    raise Fault(f"{where}, column {column}: it is empty; every mark needs one.")
            before = first.setdefault((unit, rater), number)
            if before != number:
                raise Fault(
                    f"{where}: {rater} has marked {unit} in row {before} already; give each mark once."
                )
            try:
                checked(value, scale, allowed)
            except ValueError as error:
                raise Fault(f"{where}, column value: {error}; correct it and try again.") from error
            yield unit, rater, value

    try:
        return ratings(marks(), scale=scale, order=order)
    except ValueError as error:
        raise Fault(
            f"{path.name}: {error}; name the values from one end to the other with --order."
        ) from error
