"""When the disk will not take any more: one sentence, nothing half done, and the file is sound after."""

import resource
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

import laptops
from fieldwork.exchange import sharing
from fieldwork.store.reading import canonical, dump
from fieldwork.store.recording import Change, record
from fieldwork.store.verifying import verify
from fieldwork.store.workspace import Workspace

TESTS = Path(__file__).resolve().parents[2]

ACTS = {
    "record": 'record(workspace, "note", [Change("note_line", bytes([n]) * 16, {"text": text}) for n in range(40)])',
    "share": "sharing.share(workspace, folder / 'out.fieldpackage', everything=True)",
    "merge": "sharing.merge(workspace, [folder / 'in.fieldpackage'])",
}


def _in_a_process(folder: Path, workspace: Workspace, act: str, limit: int) -> str:
    """Run one act where no file may grow beyond `limit` bytes; what it raised, or "done"."""
    program = f"""
        import resource, signal, sys
        from pathlib import Path
        from fieldwork.domain.faults import Fault
        from fieldwork.exchange import sharing
        from fieldwork.store.keys import FileKey
        from fieldwork.store.recording import Change, record
        from fieldwork.store.workspace import Workspace
        folder = Path({str(folder)!r})
        key = FileKey({workspace.file_key.key!r}, {workspace.file_key.salt!r})
        text = "words that take room " * 400
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        workspace = Workspace.open_with_key(Path({str(workspace.path)!r}), key)
        with workspace.read() as db:
            pass
        resource.setrlimit(resource.RLIMIT_FSIZE, ({limit}, {limit}))
        try:
            {ACTS[act]}
            print("done")
        except Fault as fault:
            print(fault)
        workspace.close()
    """
    command = [sys.executable, "-c", textwrap.dedent(program)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, cwd=TESTS, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


@pytest.mark.skipif(sys.platform != "linux", reason="a limit on the size of files is set with Linux's means")
@pytest.mark.parametrize("act", sorted(ACTS))
def test_no_room_left(tmp_path: Path, act: str) -> None:
    here, colleague = laptops.team(tmp_path, 2)
    text = "what a colleague wrote " * 400
    for number in range(60):
        record(colleague, "note", [Change("note_line", bytes([200, number]) * 8, {"text": text})])
        if act == "share":
            record(
                here, "note", [Change("note_line", bytes([100, number]) * 8, {"text": text + str(number)})]
            )
    sharing.share(colleague, tmp_path / "in.fieldpackage", everything=True)
    before = canonical(dump(here))
    path, key = here.path, here.file_key
    here.close()
    size = path.stat().st_size
    reached = set()
    for limit in (0, 4096, 20_000, size // 2, size, size + 50_000):
        files = {file.name for file in tmp_path.iterdir()}
        said = _in_a_process(tmp_path, here, act, limit)
        with Workspace.open_with_key(path, key) as again:
            assert verify(again) == []
            if said == "done":
                reached.add(limit)
                break
            assert said.endswith(".") and "\n" not in said
            assert canonical(dump(again)) == before
        assert {file.name for file in tmp_path.iterdir()} - files <= {
            path.name + "-wal",
            path.name + "-shm",
            path.name + "-lock",
        }
    assert len(reached) < 2
    assert _in_a_process(tmp_path, here, act, resource.RLIM_INFINITY) == "done"
    with Workspace.open_with_key(path, key) as again:
        assert verify(again) == []
    colleague.close()
