"""The keys of the file: its passphrase, and a recovery key on paper for the day it is forgotten."""

from datetime import UTC, datetime
from pathlib import Path

from fieldwork.domain.faults import Fault, Stands
from fieldwork.store import recovery
from fieldwork.store.activity import log
from fieldwork.store.beside import read_envelope
from fieldwork.store.outgoing import check_target, write_out
from fieldwork.store.workspace import Workspace
from fieldwork.work.gathering import cover

SHEET_SUFFIX = ".pdf"


def change_passphrase(workspace: Workspace, new: str, *, now: str | None = None) -> None:
    """Open with another passphrase from now on; the data are not rewritten, a recovery key stays.

    now: the passphrase that opens it, where whoever asks is to prove that they know it.
    """
    if now is not None:
        from fieldwork.store.keys import unwrap

        unwrap(read_envelope(workspace.path), now, workspace.path.name)
    workspace.change_passphrase(new)
    log(workspace, "passphrase", "changed", "The passphrase is changed.")


def make_recovery_key(workspace: Workspace, to: Path, passphrase: str, *, at: datetime | None = None) -> Path:
    """Write a new recovery key to a PDF of one page; an earlier key no longer opens the file.

    to: a folder or a name that ends in .pdf. The secret half is in that PDF and nowhere else.
    Raises Fault when the passphrase is wrong or the PDF cannot be written; the earlier key then still holds.
    """
    from fieldwork.reports.pdf.render import pdf_bytes
    from fieldwork.reports.recovery_sheet import RecoveryFacts, recovery_sheet

    made = (at or datetime.now(UTC)).replace(microsecond=0)
    to = _sheet_path(workspace, Path(to).expanduser(), made)
    lines, recipient = recovery.new_key()
    said = cover(workspace)
    facts = RecoveryFacts(
        said.inspection,
        said.marking,
        said.reference,
        workspace.identity.label or "this laptop",
        workspace.path.name,
        made,
        lines.splitlines(),
    )
    write_out(to, pdf_bytes(recovery_sheet(facts))[0], "recovery key", secret=True)
    try:
        workspace.set_recovery(passphrase, recipient)
    except Stands:
        raise  # the key holds already: its page must not be lost
    except BaseException:
        to.unlink(missing_ok=True)  # a key that opens nothing must not lie in a safe
        raise
    log(workspace, "recovery key", f"made and written to {to.name}", f"The recovery key is written to {to}.")
    return to


def _sheet_path(workspace: Workspace, to: Path, made: datetime) -> Path:
    if to.is_dir():
        to = to / f"{workspace.path.stem}-recovery-key-{made:%Y%m%d-%H%M%S}{SHEET_SUFFIX}"
    if to.suffix.lower() != SHEET_SUFFIX:
        raise Fault(f"{to.name}: a recovery key is written as {SHEET_SUFFIX}; give such a name, or a folder.")
    check_target(to, "recovery key")
    return to


def recover(path: Path, typed: str, new: str) -> Workspace:
    """Open with the recovery key as it was typed, set a new passphrase, and hand back the open workspace."""
    path = Path(path)
    if not new:
        raise Fault("A workspace needs a passphrase; give one that is not empty.")
    workspace = Workspace.open_by(path, lambda envelope: recovery.unwrap(envelope, typed, path.name))
    try:
        workspace.change_passphrase(new)
        log(workspace, "passphrase", "set anew with the recovery key", "The new passphrase is set.")
    except BaseException:
        workspace.close()
        raise
    return workspace
