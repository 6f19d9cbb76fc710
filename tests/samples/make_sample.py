"""Made the sample workspace of the current version; run again only when there is a new version.

python tests/samples/make_sample.py FOLDER
"""

import os
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from fieldwork.store import migrations
from fieldwork.store.recording import DELETE, Change, record
from fieldwork.store.state import DELETED
from fieldwork.store.workspace import Workspace

PASSPHRASE = "a sample for the tests alone"


def make(folder: Path) -> Path:
    """A workspace with a visit, a session, two lines (one deleted) and an act taken back."""
    import laptops
    from fieldwork.store.history import undo

    os.environ["FIELDWORK_KDF_MEMORY"] = "65536"
    path = folder / f"version{migrations.CURRENT}.fieldwork"
    with Workspace.create(path, PASSPHRASE, laptops._found) as workspace:
        changes = [
            Change("visit", b"visit-0000000000", {"title": "Leicestershire", "bodies": "P33 A02"}),
            Change(
                "session", b"session-00000000", {"visit": b"visit-0000000000", "title": "Disclosure lead"}
            ),
        ]
        record(workspace, "plan", changes)
        for number, text in enumerate(("Schedules come late", "To be deleted")):
            fields = {"session": b"session-00000000", "text": text, "nods": number}
            record(workspace, "note", [Change("note_line", b"line-%011d" % number, fields)])
        record(workspace, "delete a line", [Change("note_line", b"line-%011d" % 1, {DELETED: DELETE})])
        record(workspace, "describe", [Change("session", b"session-00000000", {"title": "Taken back"})])
        undo(workspace)
    path.with_name(path.name + "-lock").unlink(missing_ok=True)
    return path


if __name__ == "__main__":
    print(make(Path(sys.argv[1])))
