"""What is wrong with a form, and where."""

from dataclasses import dataclass

from fieldwork.domain.faults import Fault


@dataclass(eq=True)
class FormFault(Fault):
    """One thing wrong with a question-set workbook, in one sentence, with its place.

    `sheet` is "" where the file itself is at fault, `row` is 1-based (1 is the heading row) and 0 where
    unknown, `column` is the heading. `others` are the further faults found in the same form.
    """

    reason: str
    sheet: str = ""
    row: int = 0
    column: str = ""
    remedy: str = ""
    others: tuple["FormFault", ...] = ()
    unsupported: bool = False
    """Whether other programs may do it: a good form that Fieldwork cannot use, rather than a faulty one."""

    def __post_init__(self) -> None:
        Fault.__init__(self, self.sentence)

    __hash__ = Fault.__hash__

    @property
    def place(self) -> str:
        """For example "survey, row 7, column type"; "" if the place is the whole file."""
        parts = [self.sheet] if self.sheet else []
        if self.row:
            parts.append(f"row {self.row}")
        if self.column:
            parts.append(f"column {self.column}")
        return ", ".join(parts)

    @property
    def what(self) -> str:
        """The reason and the remedy, without the place."""
        return f"{self.reason}; {self.remedy}." if self.remedy else f"{self.reason}."

    @property
    def sentence(self) -> str:
        """The whole message: place, reason and remedy."""
        return f"{self.place}: {self.what}" if self.place else self.what

    def __str__(self) -> str:
        return self.sentence

    @property
    def all(self) -> tuple["FormFault", ...]:
        """This fault and the others found with it."""
        return (self, *self.others)


def in_sheet_order(faults: list[FormFault]) -> FormFault:
    """The first fault by sheet and row, carrying the others."""
    order = {"": 0, "settings": 1, "survey": 2, "choices": 3}
    ranked = sorted(faults, key=lambda fault: (order.get(fault.sheet, 4), fault.row))
    first = ranked[0]
    first.others = tuple(ranked[1:])
    return first
