"""A finding's evidence by method and body, with the gaps that can be planned."""

from __future__ import annotations

from fieldwork.desktop.appearance.tokens import dp
from fieldwork.desktop.kit import Button, Text, row
from fieldwork.desktop.kit.grid import GridCell, GridColumn, GridRow, GridView
from fieldwork.desktop.kit.layout import Box
from fieldwork.desktop.pages import words
from fieldwork.work.finding_matrix import Cell, Matrix, Place

BODY_WIDTH, LINE = 118, 34


class MatrixPart(Box):
    """The table under its heading; gaps: the button that plans them."""

    def __init__(self, gaps: Button) -> None:
        self.gaps = gaps
        self.asked = Text("", "caption", "quiet")
        self.grid = GridView("Evidence by method and body")
        super().__init__(row(Text("Method by body", "strong"), None, self.asked, gaps), self.grid, space=6)

    def put(self, held: Matrix, asked: int) -> None:
        """asked: how many of the gaps are open questions."""
        columns = [
            GridColumn("Method", 0, number=False),
            *(GridColumn(name, BODY_WIDTH) for _, name in held.bodies),
        ]
        rows = [
            GridRow(
                (
                    GridCell(name),
                    *(matrix_cell(held.cells[body, code], (body, code)) for body, _ in held.bodies),
                )
            )
            for code, name in held.methods
        ]
        self.grid.put(columns, rows)
        self.grid.setFixedHeight(dp(40 + LINE * len(rows)) + self.grid.heads.sizeHint().height())
        self.setVisible(bool(rows) and bool(held.bodies))
        told = f"{words.counted(asked, 'open question', 'open questions')} of it" if asked else ""
        self.asked.setText(told or "a gap becomes a question for the next visit")


def matrix_cell(cell: Cell, place: Place) -> GridCell:
    """What stands for and against it of one method at one body."""
    if cell.state != "held":
        return GridCell("gap" if cell.state == "gap" else "", ident=place, quiet=True, spoken=cell.state)
    against = f" \u2212{cell.against}" if cell.against else ""
    spoken = f"{cell.supporting} for" + (f", {cell.against} against" if cell.against else "")
    return GridCell(f"{cell.supporting}{against}", ident=place, spoken=spoken)
