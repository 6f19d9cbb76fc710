"""The findings of an inspection gathered for its register and its chapter of themes."""

from datetime import datetime

from fieldwork.domain.records import Theme
from fieldwork.domain.vocabulary import METHODS
from fieldwork.reports.finding_facts import EvidenceFacts, FindingFacts, RegisterFacts
from fieldwork.store.reading import records
from fieldwork.store.workspace import Workspace
from fieldwork.work.describing import describe_record
from fieldwork.work.finding_counts import needs_of
from fieldwork.work.finding_desk import Listed, findings_now
from fieldwork.work.finding_evidence import Evidence, evidence_of
from fieldwork.work.finding_kinds import kinds
from fieldwork.work.finding_matrix import Cell, matrix
from fieldwork.work.gathering import cover
from fieldwork.work.inspections import body_names
from fieldwork.work.masking import covers_of
from fieldwork.work.quote_releases import Released, words_of
from fieldwork.work.references import references
from fieldwork.work.signing import Signature


def register_facts(workspace: Workspace) -> RegisterFacts:
    """Everything the register says, and the chapter of themes out of it."""
    needs = needs_of(workspace)
    favourable = {one.code for one in kinds(workspace) if one.favourable}
    themes = {one.id: one.name for one in records(workspace, Theme)}
    bodies = body_names(workspace)
    found = []
    for one in findings_now(workspace).listed:
        pieces = evidence_of(workspace, one.finding.id, one.signing.changed)
        named = references(workspace, [piece.id for piece in pieces])
        said = words_of(workspace, [piece.id for piece in pieces], leaving=True)
        covers = covers_of(workspace, [piece.target for piece in pieces])
        held = matrix(workspace, one.finding.id)
        grid = tuple(
            (name, *(_cell(held.cells[body, code]) for body, _ in held.bodies)) for code, name in held.methods
        )
        found.append(
            FindingFacts(
                number=one.number,
                text=one.finding.text,
                title=one.finding.title,
                kind=one.kind,
                favourable=one.finding.finding_kind in favourable,
                theme=themes.get(one.finding.theme or b"", ""),
                status=one.status,
                version=one.signing.version,
                methods=tuple((METHODS.get(code, code), count) for code, count in one.point.methods),
                bodies=tuple(bodies.get(code, code) for code in one.point.bodies),
                against=one.point.against,
                answered=one.point.answered,
                signed=one.signing.state == "signed",
                signatures=_signatures(one),
                changed=tuple(describe_record(workspace, id) for id in one.signing.changed),
                evidence=tuple(
                    _evidence(
                        piece, named[piece.id], said.get(piece.id) or covers.past(piece.target, piece.words)
                    )
                    for piece in pieces
                ),
                heads=tuple(name for _, name in held.bodies),
                grid=grid if held.bodies else (),
            )
        )
    return RegisterFacts(cover(workspace), tuple(found), needs.methods, needs.bodies)


def _cell(cell: Cell) -> str:
    if cell.state != "held":
        return cell.state
    return f"{cell.supporting}" + (f", {cell.against} against" if cell.against else "")


def _evidence(one: Evidence, reference: str, words: str) -> EvidenceFacts:
    state = (
        "deleted since, or not here yet"
        if one.gone
        else "its words are not found any more"
        if one.lost
        else ""
    )
    return EvidenceFacts(
        words or "A piece of evidence",
        one.where,
        one.against,
        one.answered,
        reference,
        one.id.hex(),
        state,
        *_quote(one.released),
    )


def _quote(one: Released | None) -> tuple[str, str, bool]:
    """Released words, whose they are, and whether they were changed since."""
    if one is None:
        return "", "", False
    return one.wording, f"{one.attribution}, {one.body}" if one.body else one.attribution, not one.stands


def _signatures(one: Listed) -> tuple[str, ...]:
    told = [_signed(signature) for signature in one.signing.signatures.values()]
    return (*told, *(f"{inspectorate} has not signed" for inspectorate in one.signing.missing if told))


def _signed(one: Signature) -> str:
    when = datetime.fromtimestamp(one.at / 1000)
    stands = "" if one.stands else ", before it was changed"
    return f"Signed for {one.inspectorate} on {when.day} {when:%B %Y}{stands}"
