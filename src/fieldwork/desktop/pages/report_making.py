"""A report as the preview needs it, and the name its file is given."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from fieldwork.domain.values import Id
from fieldwork.reports.document import printed_references
from fieldwork.work import reporting
from fieldwork.work.outgoing_check import flag_words, flags_of


@dataclass(frozen=True)
class Composed:
    """A report as PDF, with the marking it carries and its title. flags: what may be about people, in a sentence.

    named: these words, each with what it may be. references: what is printed as one, and the id it names in hex; a
    published copy has none.
    """

    pdf: bytes
    marking: str
    title: str
    flags: str = ""
    references: tuple[tuple[str, str], ...] = ()
    named: tuple[tuple[str, str], ...] = ()


def compose(workspace: Any, kind: str, published: bool, about: dict[str, Id]) -> Composed:
    """The report as the evidence stands now."""
    report = reporting.compose(workspace, kind, published=published, **about)
    found = flags_of(workspace, report)
    named = tuple((one.words, f"{one.kind}, under {one.where}") for one in found)
    pdf, references = reporting.pdf_bytes(report), tuple(printed_references(report))
    return Composed(pdf, report.marking, report.title, flag_words(found), references, named)


def file_name(kind: str, subject: str, day: datetime) -> str:
    """A name for the file that says what it is; nothing in it troubles any system."""
    parts = [reporting.KINDS[kind].title, subject, f"{day:%Y-%m-%d}"]
    return "-".join(re.sub(r"[^a-z0-9]+", "-", part.lower()).strip("-") for part in parts if part)[:80]
