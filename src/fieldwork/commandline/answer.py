"""What a command hands back, and how it opens a workspace."""

import argparse
import getpass
import os
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from fieldwork.domain.faults import Fault

if TYPE_CHECKING:
    from fieldwork.store.workspace import Workspace


@dataclass
class Answer:
    """What a command hands back: one JSON object, lines for a person, and the exit code."""

    data: dict[str, Any]
    lines: list[str] = field(default_factory=list)
    code: int = 0


class Add(Protocol):
    """How a group of commands puts one into the parser."""

    def __call__(
        self, name: str, run: Callable[[argparse.Namespace], Answer], help: str
    ) -> argparse.ArgumentParser: ...


def passphrase(options: argparse.Namespace, *, new: bool = False) -> str:
    """From --passphrase-file, else FIELDWORK_PASSPHRASE, else a prompt where there is a terminal."""
    file = options.passphrase_file
    if file is not None:
        given = first_line(file, "passphrase")
    elif "FIELDWORK_PASSPHRASE" in os.environ:
        given = os.environ["FIELDWORK_PASSPHRASE"]
    elif sys.stdin.isatty():
        given = getpass.getpass("Passphrase: ")
        if new and getpass.getpass("The same again: ") != given:
            raise Fault("The two passphrases differ; nothing was made.")
    else:
        raise Fault("There is no passphrase; give --passphrase-file or set FIELDWORK_PASSPHRASE.")
    if not given:
        raise Fault("The passphrase is empty; give one that is not.")
    if new:
        warn_if_weak(given)
    return given


def warn_if_weak(passphrase: str) -> None:
    """Say so on standard error; any passphrase that is not empty is taken."""
    from fieldwork.work.passphrases import strength

    found = strength(passphrase)
    if found.weak:
        note(f"This passphrase is weak. {found.words}")


def first_line(path: Path, what: str) -> str:
    """The first line of a file that holds one secret."""
    lines = all_lines(path, what).splitlines()
    return lines[0].strip("\r\n") if lines else ""


def all_lines(path: Path, what: str) -> str:
    """The text of a small file that holds a secret."""
    try:
        return path.read_text("utf-8-sig")
    except OSError as error:
        raise Fault(f"The {what} file {path} cannot be read: {error.strerror or error}.") from error
    except UnicodeDecodeError as error:
        raise Fault(f"The {what} file {path} is not text.") from error


def note(text: str) -> None:
    """A message for the person, never on standard output."""
    print(f"fieldwork: {printable(text)}", file=sys.stderr)


# what could move a terminal's cursor or turn its text round
_TURNING = (0x061C, 0x200E, 0x200F, *range(0x2028, 0x202F), *range(0x2066, 0x206A))
_OBEYED = (*range(127, 160), *_TURNING)
_UNPRINTABLE = dict.fromkeys((*range(32), *_OBEYED), "�")
_UNPRINTABLE[ord("\t")] = "\t"
_UNPRINTABLE |= dict.fromkeys(map(ord, "\n\u2028\u2029"), " \N{RETURN SYMBOL} ")
_ESCAPED = {code: f"\\u{code:04x}" for code in _OBEYED}
LONGEST = 1000  # characters of one sentence


def printable(text: str) -> str:
    """Text that came from people, without what a terminal would obey; on one line, so that it cannot pass for two."""
    return text.replace("\r\n", "\n").translate(_UNPRINTABLE)


def escaped(packed: str) -> str:
    """JSON that says the same, with what a terminal would obey named by its number."""
    return packed.translate(_ESCAPED)


def shortened(sentence: str) -> str:
    """A sentence that names something very long, cut in the middle."""
    if len(sentence) <= LONGEST:
        return sentence
    half = LONGEST // 2
    return f"{sentence[:half]} … {sentence[-half:]}"


def open_workspace(options: argparse.Namespace, *, writing: bool = False) -> "Workspace":
    """The workspace of the call, for reading or for writing."""
    from fieldwork.store import clearing

    warn_of_place(options.workspace)
    return clearing.open_workspace(options.workspace, passphrase(options), writing=writing)


def warn_of_place(path: Path) -> None:
    """Say on standard error when a workspace stands where other programs or machines write, too."""
    from fieldwork.store.places import warning

    if told := warning(path):
        note(told)
