"""The certificate of an erasure: what was destroyed by kind, why, who said so, and how far it has reached."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from fieldwork.reports.document import Block, Bullets, ChainHead, Heading, Paragraph, Report, Run, Runs, Table


@dataclass(frozen=True)
class CertificateFacts:
    """kinds: words and how many records; voices: laptop, inspectorate, what it did, when; made: aware.

    reached: laptop, what is known of it, when it was last heard from. emptied: entries that hold no words any more.
    cleared: when all that held the words besides was cleared away; "" while it is not.
    """

    inspection: str
    marking: str
    reference: str
    laptop: str
    made: datetime
    scope: str
    cause: str
    in_force: bool
    hold_checked: bool
    unshared: bool
    kinds: Sequence[tuple[str, int]]
    voices: Sequence[tuple[str, str, str, str]]
    emptied: int
    cleared: str
    sound: bool
    reached: Sequence[tuple[str, str, str]]
    not_covered: str
    chain_heads: tuple[ChainHead, ...] = ()


def certificate(facts: CertificateFacts) -> Report:
    """A report without a single word of what was erased."""
    blocks: list[Block] = [
        Heading(1, "What was erased", "what"),
        Paragraph(_said(f"{facts.scope}. {_state(facts)}")),
        Table(
            "Records by kind",
            ("Kind", "Records"),
            tuple((words, str(count)) for words, count in facts.kinds),
            row_head=True,
            align=("left", "right"),
        ),
        Heading(1, "Why, and who said so", "why"),
        Paragraph((Run("Cause: ", "strong"), Run(facts.cause))),
        Paragraph((Run("Hold check: ", "strong"), Run(_hold(facts)))),
        Table("Asked and approved", ("Laptop", "Inspectorate", "Act", "When"), tuple(facts.voices)),
        Heading(1, "On this laptop", "here"),
        Bullets((_said(_emptied(facts)), _said(_cleared(facts)), _said(_sound(facts)))),
        Heading(1, "On other laptops", "others"),
        Paragraph(_said("As far as the last package of each says; a laptop erases when it merges.")),
        *_reached(facts),
        Heading(1, "Not covered", "not-covered"),
        Paragraph(_said(facts.not_covered)),
    ]
    return Report(
        title="Certificate of erasure",
        subtitle=facts.inspection,
        marking=facts.marking,
        reference=facts.reference,
        author=facts.laptop,
        date=facts.made,
        version="",
        blocks=tuple(blocks),
        chain_heads=facts.chain_heads,
    )


def _state(facts: CertificateFacts) -> str:
    if not facts.in_force:
        return "It is not in force yet: it needs the word of two members, a lead among them."
    return "It is in force." + (
        " They were its author's own words and had never been shared." * facts.unshared
    )


def _hold(facts: CertificateFacts) -> str:
    who = "whoever asked has checked that nothing requires the records to be kept"
    return f"{who[0].upper()}{who[1:]}." if facts.hold_checked else "Nobody said that it was made."


def _emptied(facts: CertificateFacts) -> str:
    if facts.emptied == 1:
        return "1 act of the history here holds no longer what it said of these records."
    return f"{facts.emptied:,} acts of the history here hold no longer what they said of these records."


def _cleared(facts: CertificateFacts) -> str:
    if facts.in_force and facts.cleared:
        return (
            "Drafts, search index, log and the backups Fieldwork keeps were cleared of them, and the file was "
            f"written again under a new key, by {facts.cleared}."
        )
    if not facts.in_force:
        return "Nothing was cleared away here yet."
    return "The file here still has its old key; it gets a new one when it is next opened, and its backups with it."


def _sound(facts: CertificateFacts) -> str:
    if facts.sound:
        return (
            "The history was checked when this was written: every chain, hash and signature still verifies."
        )
    return "The history was checked when this was written and is not sound: run fieldwork verify."


def _reached(facts: CertificateFacts) -> list[Block]:
    if not facts.reached:
        return [Paragraph(_said("No other laptop is a member."))]
    return [
        Table("Other laptops", ("Laptop", "Known of it", "Last heard"), tuple(facts.reached), row_head=True)
    ]


def _said(text: str) -> Runs:
    return (Run(text),)
