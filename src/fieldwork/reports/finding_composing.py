"""The register of findings, and the interim report's chapter of themes, as document trees.

A published copy holds what both inspectorates have signed, with counts alone: no reference, and no words of a note but
those a lead released for printing.
"""

from collections.abc import Iterable, Sequence

from fieldwork.reports.composing import plural, report_of
from fieldwork.reports.document import Block, Bullets, Heading, Paragraph, Quote, Report, Run, Runs, Table
from fieldwork.reports.finding_facts import EvidenceFacts, FindingFacts, RegisterFacts

NO_THEME = "Other findings"
_NONE = "No finding has been written yet."


def register(facts: RegisterFacts, *, published: bool = False) -> Report:
    """Every finding with its status, signatures, evidence for and against it, and where evidence is missing."""
    shown, left = _shown(facts, published)
    signed = sum(one.signed for one in facts.findings)
    blocks: list[Block] = [
        _said(
            f"{_counted(len(facts.findings), 'finding')}, {signed} signed by both inspectorates. A finding is "
            f"supported by at least {facts.methods_needed} methods and {facts.bodies_needed} bodies, and contested "
            "while something against it is not answered."
        ),
        *_left_out(left),
    ]
    if not facts.findings:
        blocks.append(_said(_NONE))
    for number, kind in enumerate(dict.fromkeys(one.kind for one in _favourable_first(shown)), 1):
        blocks.append(Heading(1, plural(kind), f"kind-{number}"))
        for one in shown:
            if one.kind == kind:
                blocks += _entry(one, published)
    return report_of("Register of findings", facts.cover, blocks, published)


def interim_themes(facts: RegisterFacts, *, published: bool = False) -> Report:
    """Findings by theme in numbered paragraphs, strengths first; what is not supported yet stands apart."""
    shown, left = _shown(facts, published)
    firm = [one for one in shown if one.status == "supported"]
    blocks: list[Block] = [*_left_out(left)]
    if not shown:
        blocks.append(
            _said(_NONE if not facts.findings else "No finding is signed by both inspectorates yet.")
        )
    themes = list(dict.fromkeys(one.theme for one in firm if one.theme)) + [""] * any(
        not one.theme for one in firm
    )
    for number, theme in enumerate(themes, 1):
        name = theme or NO_THEME
        blocks.append(Heading(1, f"{name[:1].upper()}{name[1:]}", f"theme-{number}"))
        some = [one for one in firm if one.theme == theme]
        for place, one in enumerate(_favourable_first(some), 1):
            blocks += [_paragraph(one, f"{number}.{place}", published), *_quotes(one, published)]
    unsure = [one for one in shown if one.status != "supported"]
    if unsure:
        blocks.append(Heading(1, "Not supported yet", "unsupported"))
        blocks.append(
            _said("These stand on too few methods or bodies, or something against them is not answered.")
        )
        for place, one in enumerate(_favourable_first(unsure), 1):
            blocks += [_paragraph(one, f"{len(themes) + 1}.{place}", published), *_quotes(one, published)]
    return report_of("Themes", facts.cover, blocks, published)


# -- parts


def _shown(facts: RegisterFacts, published: bool) -> tuple[list[FindingFacts], int]:
    """What stands in the report, and how many are left out of a published one."""
    shown = [one for one in facts.findings if one.signed or not published]
    return shown, len(facts.findings) - len(shown)


def _left_out(left: int) -> list[Block]:
    if not left:
        return []
    verb = "is" if left == 1 else "are"
    return [_said(f"{_counted(left, 'finding')} not signed by both inspectorates {verb} left out.")]


def _favourable_first(some: Iterable[FindingFacts]) -> list[FindingFacts]:
    return sorted(some, key=lambda one: not one.favourable)


def _entry(one: FindingFacts, published: bool) -> list[Block]:
    version = f", version {one.version}" if one.version > 1 else ""
    theme = f" Theme: {one.theme}." if one.theme else ""
    title = one.title or f"Finding {one.number}"
    blocks: list[Block] = [
        Heading(2, title, f"finding-{one.number}"),
        _said((one.text, "strong")),
        _said(f"Finding {one.number}{version}: {one.status}.{theme} {_evidence_counts(one)}"),
        _said(f"{'. '.join(one.signatures)}." if one.signatures else "Nobody has signed it."),
    ]
    if one.changed and not published:
        blocks.append(_said(("Changed since it was signed: ", "strong"), f"{'; '.join(one.changed)}."))
    if one.grid:
        widths = (28, *(72 / len(one.heads) for _ in one.heads))
        head = ("Method", *one.heads)
        align = ("left", *("right" for _ in one.heads))
        caption = f"Finding {one.number}: evidence by method and body"
        blocks.append(Table(caption, head, one.grid, widths=widths, row_head=True, align=align))  # type: ignore[arg-type]
    if not published:
        blocks += _pieces("For it", [each for each in one.evidence if not each.against])
        blocks += _pieces("Against it", [each for each in one.evidence if each.against])
    return blocks


def _pieces(what: str, some: Sequence[EvidenceFacts]) -> list[Block]:
    if not some:
        return []
    return [Paragraph((Run(f"{what}:", "strong"),), keep=True), Bullets(tuple(_piece(one) for one in some))]


def _piece(one: EvidenceFacts) -> Runs:
    state = f" ({one.state})" if one.state else ""
    answered = f" Answered: {one.answered}." if one.answered else ""
    told = f"{one.words} ({one.where}){state}.{answered}" if one.where else f"{one.words}{state}.{answered}"
    return Run(f"{told} ["), Run(one.reference, "reference", evidence=one.id), Run("]")


def _paragraph(one: FindingFacts, number: str, published: bool) -> Paragraph:
    runs = [Run(f"{one.text} "), Run(f"{_evidence_counts(one)}", "emphasis")]
    if not published and one.evidence:
        runs.append(Run(" ["))
        for place, piece in enumerate(one.evidence):
            runs.append(Run(f"{', ' if place else ''}{piece.reference}", "reference", evidence=piece.id))
        runs.append(Run("]"))
    return Paragraph(tuple(runs), number=number)


def _quotes(one: FindingFacts, published: bool) -> list[Block]:
    """The words that were released of what stands for it; those that were changed since are named, and not printed."""
    found: list[Block] = []
    for piece in one.evidence:
        if piece.quote and not piece.against and not piece.stale and not piece.state:
            found.append(Quote((Run(f"\u201c{piece.quote}\u201d"),), piece.by))
        elif piece.quote and not published:
            why = "stands against it" if piece.against else "was changed since it was released"
            said = Run(f"A released quote is not printed: it {why} [", "emphasis")
            found.append(Paragraph((said, Run(piece.reference, "reference", evidence=piece.id), Run("]"))))
    return found


def _evidence_counts(one: FindingFacts) -> str:
    """ "Evidence: interview 4, case-file examination 2, from 3 bodies; 1 against, answered." """
    counts = ", ".join(f"{method} {count}" for method, count in one.methods) or "none yet"
    bodies = f", from {_counted(len(one.bodies), 'body', 'bodies')}" if one.bodies else ""
    against = ""
    if one.against:
        answered = "answered" if one.answered == one.against else f"{one.answered} of them answered"
        against = f"; {one.against} against it, {answered}"
    return f"Evidence: {counts}{bodies}{against}."


def _counted(number: int, one: str, many: str = "") -> str:
    return f"{number} {one if number == 1 else many or one + 's'}"


def _said(*parts: str | tuple[str, str]) -> Paragraph:
    return Paragraph(tuple(Run(part) if isinstance(part, str) else Run(part[0], part[1]) for part in parts))  # type: ignore[arg-type]
