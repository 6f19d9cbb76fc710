"""Reading the call, running one command, and turning what happens into output and an exit code."""

import argparse
import io
import json
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import NoReturn

from fieldwork import __version__
from fieldwork.commandline import (
    erasing,
    evidence,
    forms,
    hub,
    laptops,
    made_up,
    membership,
    numbers,
    results,
    sample,
)
from fieldwork.commandline.answer import Answer, escaped, printable, shortened
from fieldwork.domain.faults import Fault


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        raise Fault(
            f"{message[:1].upper()}{message[1:].rstrip('.')}; `{self.prog} --help` shows how it is called."
        )


def run(arguments: list[str]) -> int:
    """Run one command; never lets a traceback reach a person."""
    as_json = "--json" in arguments
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="backslashreplace")  # a pipe on Windows knows few signs
    try:
        options = _parser().parse_args(arguments)
        answer: Answer = options.run(options)
    except Fault as fault:
        return _failed(str(fault), fault.code, as_json)
    except BrokenPipeError:
        _quiet_pipe()
        return 0
    except EOFError:  # Ctrl+D where something is asked for
        return _failed("The question was not answered; nothing was changed.", 2, as_json)
    except KeyboardInterrupt:
        return _failed("Stopped; what had been committed is kept.", 2, as_json)
    except MemoryError:
        return _failed("There is not enough memory for that; close other programs and try again.", 2, as_json)
    except OSError as error:
        where = f" {error.filename}" if error.filename else ""
        return _failed(f"The system refused{where}: {error.strerror or error}.", 2, as_json)
    except RecursionError:
        return _failed("That is nested too deeply to be read.", 2, as_json)
    except Exception as error:
        if os.environ.get("FIELDWORK_TRACE"):
            raise
        return _failed(
            f"That did not work ({type(error).__name__}: {error}); nothing was changed.", 2, as_json
        )
    try:
        if as_json:
            print(escaped(json.dumps(answer.data, ensure_ascii=_plain(), sort_keys=True)))
        else:
            print(*(printable(line) for line in answer.lines), sep="\n")
        if sys.stdout is not None:  # None where it was closed before the start
            sys.stdout.flush()
    except BrokenPipeError:
        _quiet_pipe()
    except OSError as error:
        _quiet_pipe()
        return _failed(
            f"It was done, but what it says cannot be written out: {error.strerror or error}.", 1, False
        )
    return answer.code


def _plain() -> bool:
    """Whether standard output cannot take every sign, so that JSON has to name them."""
    return (getattr(sys.stdout, "encoding", None) or "utf-8").lower().replace("-", "") != "utf8"


def _quiet_pipe() -> None:
    """Whoever read our output has gone: nothing more can be said, and nothing is wrong."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _failed(sentence: str, code: int, as_json: bool) -> int:
    if as_json:
        print(escaped(json.dumps({"error": shortened(sentence)}, ensure_ascii=_plain())))
    print(f"fieldwork: {shortened(printable(sentence))}", file=sys.stderr)
    return code


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(prog="fieldwork", description="Inspection notes and case-file examinations, offline.")
    parser.add_argument("--version", action="version", version=f"fieldwork {__version__}")
    subcommands = parser.add_subparsers(
        dest="command", metavar="COMMAND", parser_class=_Parser, required=True
    )
    common = _Parser(add_help=False)
    common.add_argument(
        "--json", action="store_true", help="one JSON object on standard output, nothing else"
    )
    common.add_argument("--passphrase-file", type=Path, metavar="FILE", help="read the passphrase from FILE")

    def add(name: str, run: Callable[[argparse.Namespace], Answer], help: str) -> argparse.ArgumentParser:
        sub = subcommands.add_parser(name, help=help, description=help, parents=[common])
        sub.set_defaults(run=run)
        return sub

    laptops.add_commands(add)
    membership.add_commands(add)
    erasing.add_commands(add)
    evidence.add_commands(add)
    forms.add_commands(add)
    numbers.add_commands(add)
    results.add_commands(add)
    sample.add_commands(add)
    made_up.add_commands(add)
    hub.add_commands(add)
    return parser
