"""The certificate of an erasure as an accessible PDF; none of the erased words are in it."""

from collections import Counter
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

from fieldwork.domain.faults import Fault
from fieldwork.domain.records import KINDS, Approval, Device
from fieldwork.domain.values import Id
from fieldwork.domain.vocabulary import INSPECTORATES
from fieldwork.exchange import erasing
from fieldwork.reports.certificate import CertificateFacts, certificate
from fieldwork.store.activity import log
from fieldwork.store.clearing import cleared_at
from fieldwork.store.erasures import emptied, first_said, holders
from fieldwork.store.outgoing import check_target, write_out
from fieldwork.store.reading import kind_of, records
from fieldwork.store.verifying import verify
from fieldwork.store.workspace import Workspace
from fieldwork.work.gathering import cover
from fieldwork.work.leading import ERASING_LEAVES

_FORM = "%d %B %Y, %H:%M UTC"


def write_certificate(workspace: Workspace, erasure_id: Id, path: Path) -> Path:
    """Write the certificate of an erasure to a name that ends in .pdf. Raises Fault when that cannot be done."""
    from fieldwork.reports.pdf.render import pdf_bytes

    path = Path(path).expanduser()
    if path.suffix.lower() != ".pdf":
        raise Fault(f"{path.name}: a certificate is written as .pdf; give such a name.")
    check_target(path, "certificate")
    write_out(path, pdf_bytes(certificate(facts_of(workspace, erasure_id)))[0], "certificate")
    log(workspace, "certificate", f"of erasure {erasure_id.hex()[:12]} written to {path.name}")
    return path


def hand_over(workspace: Workspace, *, erasure: Id, path: str) -> Path:
    """The same into a folder, under a name of its own, or under the name that is given."""
    to = Path(path).expanduser()
    name = f"erasure-{erasure.hex()[-8:]}.pdf"
    return write_certificate(workspace, erasure, to / name if to.is_dir() else to)


def facts_of(workspace: Workspace, erasure_id: Id) -> CertificateFacts:
    """Everything the certificate says. Raises Fault when there is no such erasure here."""
    asked = next((one for one in erasing.erasures(workspace) if one.erasing.id == erasure_id), None)
    if asked is None:
        raise Fault("There is no such erasure here; it may not have been merged yet.")
    said = cover(workspace, erasure_id)
    devices = {device.id: device for device in records(workspace, Device, order="label")}
    kinds = Counter(_kind_words(workspace, id) for id in asked.records)
    return CertificateFacts(
        inspection=said.inspection,
        marking=said.marking,
        reference=said.reference,
        laptop=workspace.identity.label or "this laptop",
        made=said.date,
        scope=asked.erasing.scope.rstrip("."),
        cause=asked.erasing.cause,
        in_force=asked.in_force,
        hold_checked=bool(asked.erasing.hold_checked),
        unshared=bool(asked.erasing.unshared),
        kinds=sorted(kinds.items()),
        voices=_voices(workspace, erasure_id, devices),
        emptied=emptied(workspace, asked.records),
        sound=not verify(workspace),
        reached=_reached(workspace, erasure_id, devices),
        cleared=_cleared(workspace),
        not_covered=ERASING_LEAVES,
        chain_heads=said.heads,
    )


def _cleared(workspace: Workspace) -> str:
    at = cleared_at(workspace)
    return _day(at) if at else ""


def _kind_words(workspace: Workspace, id: Id) -> str:
    kind = kind_of(workspace, id) or ""
    return KINDS[kind].words.capitalize() if kind in KINDS else "Record of a newer version"


def _voices(workspace: Workspace, id: Id, devices: Mapping[Id, Device]) -> list[tuple[str, str, str, str]]:
    found = [(first_said(workspace, id), "asked")]
    for approval in records(workspace, Approval, erasing=id, approved=1):
        voice = first_said(workspace, approval.id)
        if voice.device != found[0][0].device:
            found.append((voice, "approved"))
    rows = []
    for voice, act in sorted(found, key=lambda one: (one[1] != "asked", one[0].at)):
        device = devices.get(voice.device)
        body = (
            INSPECTORATES[device.inspectorate].name if device and device.inspectorate in INSPECTORATES else ""
        )
        rows.append((device.label if device else voice.device.hex()[:8], body, act, _day(voice.at)))
    return rows


def _reached(workspace: Workspace, id: Id, devices: Mapping[Id, Device]) -> list[tuple[str, str, str]]:
    """What is known of every other member's laptop."""
    concerned = [id, *(approval.id for approval in records(workspace, Approval, erasing=id))]
    known = holders(workspace, concerned)
    rows = []
    for device in devices.values():
        if device.id == workspace.device or device.removed:
            continue
        heard, holds = known.get(device.id, (0, False))
        words = "holds the erasure" if holds else "not known to hold it yet"
        rows.append((device.label or device.id.hex()[:8], words, _day(heard) if heard else "never"))
    return rows


def _day(at: int) -> str:
    return datetime.fromtimestamp(at / 1000, UTC).strftime(_FORM).lstrip("0")
