"""How this program starts itself once more, for work that is long or that a file from elsewhere could break."""

import os
import subprocess
import sys
from pathlib import Path

from fieldwork.domain.faults import Fault


def started(door: str) -> "subprocess.Popen[bytes]":
    """The child behind a door, at a lower priority than the window, finding the same modules as this process."""
    whole = getattr(sys, "frozen", False)
    command = [sys.executable, door] if whole else [sys.executable, "-m", "fieldwork", door]
    around = dict(os.environ)
    if not whole:
        here = str(Path(__file__).resolve().parents[2])
        around["PYTHONPATH"] = os.pathsep.join(filter(None, (here, around.get("PYTHONPATH"))))
    quiet = 0
    if sys.platform == "win32":
        quiet = subprocess.CREATE_NO_WINDOW | subprocess.BELOW_NORMAL_PRIORITY_CLASS
    try:
        return subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=around,
            creationflags=quiet,
        )
    except OSError as error:
        raise Fault(
            f"A second process for that could not be started: {error.strerror or error}; "
            "close other programs and try again."
        ) from error


def hush() -> None:
    """Nothing that a library prints may stand between our frames."""
    nothing = os.open(os.devnull, os.O_RDWR)
    for stream in (0, 1):
        os.dup2(nothing, stream)
    os.close(nothing)
