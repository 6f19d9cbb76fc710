"""What a report says, without how it looks: frozen values that every renderer reads.

Composing (evidence to tree) and rendering (tree to PDF, HTML, Word) meet only here, so that pseudonyms and
redaction can be applied once, on the tree, and so that the three renderings cannot drift apart. Text in the
tree is never markup: a `<` typed by a person is a `<`.

What every rendering adds by itself is also decided here, not in each renderer: the facts below the title
(`front_matter`), the table of figures after a chart (`chart_table`), and the closing section with the heads
of the history that the figures stand on (`closing_blocks`).
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal

from fieldwork.reports.plain import clean_text, long_date

RunStyle = Literal["plain", "strong", "emphasis", "strong emphasis", "reference"]
Align = Literal["left", "right"]


@dataclass(frozen=True, slots=True)
class Run:
    """A stretch of text in one style.

    `href` is https:, mailto: or "#key" of a heading; anything else is shown as plain text. `evidence` is the
    id behind a printed reference such as "S-0042.17"; only the preview inside the window can follow it.
    """

    text: str
    style: RunStyle = "plain"
    href: str = ""
    evidence: str = ""


Runs = tuple[Run, ...]


@dataclass(frozen=True, slots=True)
class Heading:
    """A section's title.

    `level` counts from 1; `key` is unique in the report and the target of "#key" links.
    """

    level: int
    text: str
    key: str


@dataclass(frozen=True, slots=True)
class Paragraph:
    """Running text, numbered ("2.1") where the report numbers its paragraphs.

    `lines` are ruled below it to write on; they are drawn and not read. `keep`: it stays on the page of what
    follows; `opens`: it begins something new, which a little more space shows.
    """

    runs: Runs
    number: str = ""
    lines: int = 0
    keep: bool = False
    opens: bool = False


@dataclass(frozen=True, slots=True)
class Bullets:
    """A list, one entry per item; with `boxes`, each has one to tick."""

    items: tuple[Runs, ...]
    ordered: bool = False
    boxes: bool = False

    def mark(self, place: int) -> str:
        """What stands before an item, by its place from 1."""
        return f"{place}." if self.ordered else "\N{BALLOT BOX}" if self.boxes else "\N{BULLET}"


@dataclass(frozen=True, slots=True)
class Quote:
    """Words spoken by someone, with an attribution that cannot identify them."""

    runs: Runs
    attribution: str = ""


@dataclass(frozen=True, slots=True)
class Table:
    """A table of plain text with one row of column heads.

    Every row has as many cells as `head`. `widths` are shares of the page's width, or empty to follow the
    contents. `align` has one entry per column, or is empty for all left. With `row_head` the first cell of
    each row names the row. Raises ValueError when the shape is not regular.
    """

    caption: str
    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    widths: tuple[float, ...] = ()
    row_head: bool = False
    align: tuple[Align, ...] = ()

    def __post_init__(self) -> None:
        columns = len(self.head)
        if columns == 0 or any(len(row) != columns for row in self.rows):
            raise ValueError(f"table {self.caption!r}: every row needs {columns or 'some'} cells")
        if any(shape and len(shape) != columns for shape in (self.widths, self.align)):
            raise ValueError(f"table {self.caption!r}: widths and align need one entry per column")
        if any(width <= 0 for width in self.widths):
            raise ValueError(f"table {self.caption!r}: widths are positive shares")


@dataclass(frozen=True, slots=True)
class Chart:
    """Stacked bars of counts, one bar per label, one colour per series.

    `series` is ((name, counts), ...) with one whole number per label; `label_head` names what the labels
    are; `alt` says in words what a reader is meant to see. Raises ValueError when a series does not have one
    count per label or a count is negative.
    """

    caption: str
    alt: str
    labels: tuple[str, ...]
    series: tuple[tuple[str, tuple[int, ...]], ...]
    label_head: str = "Question"
    kind: Literal["stacked"] = "stacked"

    def __post_init__(self) -> None:
        for name, counts in self.series:
            if len(counts) != len(self.labels) or any(count < 0 for count in counts):
                raise ValueError(f"chart {self.caption!r}: series {name!r} needs one count per label")

    def total(self, bar: int) -> int:
        """All counts of one bar: its n."""
        return sum(counts[bar] for _, counts in self.series)


@dataclass(frozen=True, slots=True)
class PageBreak:
    """Start a new page."""


Block = Heading | Paragraph | Bullets | Quote | Table | Chart | PageBreak


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file carried inside the PDF. `name` is a bare file name; `data` its bytes."""

    name: str
    media_type: str
    description: str
    data: bytes


@dataclass(frozen=True, slots=True)
class ChainHead:
    """Where one device's history stood: its label, its number of changes, the last one's hash in hex."""

    device: str
    number: int
    digest: str


@dataclass(frozen=True, slots=True)
class Report:
    """A whole report. `date` must be aware and come from the data, not from the clock: same data, same bytes.

    `subtitle` is the inspection's name, `language` a BCP 47 tag. Raises ValueError for a naive date or two
    headings with the same key.
    """

    title: str
    subtitle: str
    marking: str
    reference: str
    author: str
    date: datetime
    version: str
    blocks: tuple[Block, ...]
    draft: bool = False
    language: str = "en-GB"
    chain_heads: tuple[ChainHead, ...] = ()
    attachments: tuple[Attachment, ...] = ()

    def __post_init__(self) -> None:
        if self.date.tzinfo is None:
            raise ValueError("a report's date needs its time zone")
        keys = [block.key for block in self.blocks if isinstance(block, Heading)]
        if len(keys) != len(set(keys)):
            raise ValueError("two headings of a report have the same key")


def front_matter(report: Report) -> tuple[tuple[str, str], ...]:
    """The facts printed below the title, as (name, value); facts the report does not have are left out."""
    facts = (
        ("Protective marking", report.marking),
        ("Reference", report.reference),
        ("Prepared by", report.author),
        ("Date", long_date(report.date)),
        ("Version", f"{report.version} (draft)" if report.draft and report.version else report.version),
    )
    return tuple((name, value) for name, value in facts if value)


def chart_table(chart: Chart) -> Table:
    """The figures of a chart as a table: one row per bar, its counts, and its n."""
    rows = tuple(
        (label, *(str(counts[bar]) for _, counts in chart.series), str(chart.total(bar)))
        for bar, label in enumerate(chart.labels)
    )
    right: list[Align] = ["right"] * (len(chart.series) + 1)
    return Table(
        caption=f"The figures behind: {chart.caption}",
        head=(chart.label_head, *(name for name, _ in chart.series), "n"),
        rows=rows,
        row_head=True,
        align=("left", *right),
    )


CLOSING_KEY = "history-heads"


def closing_blocks(report: Report) -> tuple[Block, ...]:
    """The last section: the head of every device's history, or nothing when the report has none."""
    if not report.chain_heads:
        return ()
    rows = tuple((head.device, f"{head.number:,}", head.digest) for head in report.chain_heads)
    return (
        Heading(1, "History behind this report", CLOSING_KEY),
        Paragraph(
            (
                Run(
                    "Every change to the evidence is chained to the one before it. The figures above stand "
                    "on the changes up to these heads; anyone holding the inspection file can check them."
                ),
            )
        ),
        Table(
            caption="Heads of the history",
            head=("Device", "Changes", "Hash of the last change"),
            rows=rows,
            widths=(17, 12, 71),
            row_head=True,
            align=("left", "right", "left"),
        ),
    )


def settled_blocks(report: Report) -> Iterator[Block]:
    """What renderers walk: the report's blocks, then its closing ones, with heading levels that never skip
    one.

    A heading two levels below the one before it would break the outline for a screen reader, so it moves up.
    """
    depth = 0
    for block in (*report.blocks, *closing_blocks(report)):
        if isinstance(block, Heading):
            depth = max(1, min(block.level, depth + 1, 5))
            yield block if block.level == depth else replace(block, level=depth)
        else:
            yield block


def tables(report: Report) -> Iterator[Table]:
    """Every table a reader sees, in order: the report's own and those behind its charts."""
    for block in settled_blocks(report):
        if isinstance(block, Table):
            yield block
        elif isinstance(block, Chart):
            yield chart_table(block)


def printed_references(report: Report) -> list[tuple[str, str]]:
    """Every evidence reference as it is printed, and the id it names in hex, in the order they are read."""
    found: dict[tuple[str, str], None] = {}
    for block in report.blocks:
        held = block.items if isinstance(block, Bullets) else (getattr(block, "runs", ()),)
        for runs in held:
            found.update(
                {(clean_text(run.text).strip(" ,"), run.evidence): None for run in runs if run.evidence}
            )
    return list(found)


def plain_text(runs: Runs) -> str:
    """The text of runs without their styles, cleaned as it is printed."""
    return clean_text("".join(run.text for run in runs))
