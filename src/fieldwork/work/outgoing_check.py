"""Before something leaves: what in it may be about a person, quietly. Nothing is held back for it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from fieldwork.domain.personal import Lists, suspects
from fieldwork.reports.document import Bullets, Heading, Paragraph, Quote, Report, Table, plain_text
from fieldwork.store.workspace import Workspace
from fieldwork.work.word_lists import lists_of

NAMED: Final = 5
"""Flags that a sentence names."""


@dataclass(frozen=True)
class Flag:
    """Words in what leaves that may be about a person, of which kind, and under which heading they stand."""

    words: str
    kind: str
    where: str


def flags_of(workspace: Workspace, report: Report) -> tuple[Flag, ...]:
    """What may be personal in a report, once each, in the order it is read."""
    return flags_in(report, lists_of(workspace))


def flags_in(report: Report, lists: Lists) -> tuple[Flag, ...]:
    """As `flags_of`, by these lists."""
    found: dict[tuple[str, str], Flag] = {}
    for where, text in _texts(report):
        for one in suspects(text, lists):
            words = text[one.start : one.end]
            found.setdefault((words, one.kind), Flag(words, one.kind, where))
    return tuple(found.values())


def _texts(report: Report) -> Iterator[tuple[str, str]]:
    where = report.title
    yield where, report.title
    for block in report.blocks:
        match block:
            case Heading():
                where = block.text
                yield where, block.text
            case Paragraph():
                yield where, plain_text(block.runs)
            case Quote():
                yield where, plain_text(block.runs)
                yield where, block.attribution
            case Bullets():
                yield from ((where, plain_text(item)) for item in block.items)
            case Table():
                yield from ((where, cell) for row in block.rows for cell in row)
            case _:
                pass


def flag_words(flags: Sequence[Flag]) -> str:
    """What was flagged in a sentence, "" for nothing."""
    if not flags:
        return ""
    some = ", ".join(f"\u201c{one.words}\u201d ({one.kind}, under {one.where})" for one in flags[:NAMED])
    more = f" and {len(flags) - NAMED} more" if len(flags) > NAMED else ""
    return f"It may name people: {some}{more}. Look at them before it is handed on."
