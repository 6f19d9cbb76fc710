"""A file from elsewhere is cleaned in a process of its own: one that is made to break its reader breaks only that.

The child has no key and no workspace, little memory and a minute. What it says comes back as plain values, which are
checked and never unpickled.
"""

import contextlib
import os
import subprocess
import sys
from typing import Final

import msgspec

from fieldwork.domain.faults import Fault
from fieldwork.store.attached import LARGEST
from fieldwork.work.attachment_cleaning import Cleaned, clean, too_large
from fieldwork.work.second_process import hush, started

DOOR: Final = "--clean-apart"  # as `fieldwork.cli` knows it
MEMORY: Final = 1536 << 20  # bytes of address space: a picture of 60 million points, three times
SECONDS: Final = 60

_Said = tuple[str, str, bytes, str, str, str, int | None]  # "done" or "fault", the sentence, and what is kept
_decode = msgspec.msgpack.Decoder(_Said).decode


def clean_apart(data: bytes, name: str) -> Cleaned:
    """As `attachment_cleaning.clean`. Raises Fault also where the file breaks its reader, or takes too long."""
    if len(data) > LARGEST:
        raise too_large()
    process = started(DOOR)
    try:
        said, _ = process.communicate(msgspec.msgpack.encode([name, data]), timeout=SECONDS)
    except subprocess.TimeoutExpired as error:
        raise Fault("The file takes longer than a minute to read; nothing was attached.") from error
    finally:
        if process.poll() is None:
            process.kill()
            process.communicate()
    try:
        word, sentence, content, name, media, taken_out, pages = _decode(said)
    except msgspec.DecodeError as error:
        raise Fault(
            "The file cannot be read within safe limits, as if it were made to do harm; nothing was attached."
        ) from error
    if word != "done":
        raise Fault(sentence)
    return Cleaned(content, name, media, taken_out, pages)


def serve() -> int:
    """The child: one file on standard input, what is kept of it on standard output."""
    asked, answers = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    hush()
    _limit()
    name, data = msgspec.msgpack.decode(asked.read(), type=tuple[str, bytes])
    said: _Said
    try:
        made = clean(data, name)
        said = "done", "", made.content, made.name, made.media, made.taken_out, made.pages
    except Fault as fault:
        said = "fault", str(fault), b"", "", "", "", None
    with contextlib.suppress(OSError), answers:
        answers.write(msgspec.msgpack.encode(said))
    return 0


def _limit() -> None:
    """As little memory and time as will do, where the system knows such limits."""
    if sys.platform != "win32":
        import resource

        with contextlib.suppress(OSError, ValueError):
            resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
            resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
            resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
