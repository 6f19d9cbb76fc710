"""The recovery key on paper: one page that says what it opens, how to use it and who should keep it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from fieldwork.reports.document import Block, Bullets, Heading, Paragraph, Report, Run, Runs


@dataclass(frozen=True)
class RecoveryFacts:
    """lines: the key as it is typed in; made: aware."""

    inspection: str
    marking: str
    reference: str
    laptop: str
    file: str
    made: datetime
    lines: Sequence[str]


def recovery_sheet(facts: RecoveryFacts) -> Report:
    """A report of one page."""
    blocks: list[Block] = [
        Heading(1, "The key", "key"),
        Bullets(tuple((Run(line, "strong"),) for line in facts.lines), ordered=True),
        Heading(1, "What it opens", "opens"),
        Paragraph(
            (
                Run(f"The file {facts.file} of {facts.laptop}, and no other laptop's. ", "strong"),
                Run(
                    "It opens that file without its passphrase, and backups made from today on. A newer recovery "
                    "key ends this one; a new passphrase does not."
                ),
            )
        ),
        Heading(1, "How to use it", "use"),
        Bullets(
            (
                _said("Open Fieldwork, press F8 where it asks for the passphrase, and type the four lines."),
                _said(
                    "Capitals, spaces and hyphens do not matter. The letters I, L, O and U do not occur: they are "
                    "read as 1, 1, 0 and V. A line with a slip in it is named at once."
                ),
                _said("Choose a new passphrase. The key goes on opening the file until a newer one is made."),
            ),
            ordered=True,
        ),
        Heading(1, "Who keeps it", "keeps"),
        Paragraph(
            _said(
                "Whoever holds this page and the file can read all of it. Keep the page where the laptop is not: in "
                "the safe of the inspectorate, under the protective marking above. Fieldwork has kept no copy. When "
                "it is printed, delete the PDF file."
            )
        ),
    ]
    return Report(
        title="Recovery key",
        subtitle=facts.inspection,
        marking=facts.marking,
        reference=facts.reference,
        author=facts.laptop,
        date=facts.made,
        version="",
        blocks=tuple(blocks),
    )


def _said(text: str) -> Runs:
    return (Run(text),)
