"""What the register of findings and the chapter of themes are composed from."""

from dataclasses import dataclass

from fieldwork.reports.facts import Cover


@dataclass(frozen=True)
class EvidenceFacts:
    """A piece of evidence: its words, where they are from, how what stands against is answered; a printed reference
    and the id behind it. quote, by: released words as they are printed, and whose; stale: they were changed since.
    """

    words: str
    where: str
    against: bool
    answered: str
    reference: str
    id: str
    state: str = ""
    quote: str = ""
    by: str = ""
    stale: bool = False


@dataclass(frozen=True)
class FindingFacts:
    """A finding. methods: pieces for it by method; bodies: names of those behind it; grid: rows of method by body.

    signed: whether both inspectorates have signed this version and nothing behind it has changed since.
    signatures, changed: in words. heads: the bodies of the grid.
    """

    number: int
    text: str
    title: str
    kind: str
    favourable: bool
    theme: str
    status: str
    version: int
    methods: tuple[tuple[str, int], ...]
    bodies: tuple[str, ...]
    against: int
    answered: int
    signed: bool
    signatures: tuple[str, ...]
    changed: tuple[str, ...]
    evidence: tuple[EvidenceFacts, ...]
    heads: tuple[str, ...]
    grid: tuple[tuple[str, ...], ...]


@dataclass(frozen=True)
class RegisterFacts:
    """All findings of the inspection in the order they were written. needs: methods and bodies for "supported"."""

    cover: Cover
    findings: tuple[FindingFacts, ...]
    methods_needed: int
    bodies_needed: int
