"""The front door: `fieldwork [WORKSPACE]` opens the window; every subcommand is one act.

Only the standard library is imported here: each command imports what it needs when it runs, so the
window's first paint waits for nothing.
"""

import sys

_APART = "--work-apart"  # how the window starts itself once more for long work; a person never gives it
_CLEAN = "--clean-apart"  # and for a file from elsewhere that is read before it is attached


def main(arguments: list[str] | None = None) -> int:
    """Run the command line; returns the exit code: 0 done, 1 refused something, 2 nothing was attempted."""
    given = sys.argv[1:] if arguments is None else arguments
    if given == [_APART]:
        return _work_apart()
    if given == [_CLEAN]:
        return _clean_apart()
    if not given or (len(given) == 1 and _is_file(given[0])):
        return _window(given[0] if given else None)
    from fieldwork.commandline.running import run

    return run(given)


def _is_file(argument: str) -> bool:
    """Whether a lone argument means a workspace to open: no command has a dot or a slash in its name."""
    return not argument.startswith("-") and any(sign in argument for sign in "./\\")


def window() -> int:
    """Open the window, with the file the system hands over if there is one."""
    if sys.argv[1:] == [_APART]:
        return _work_apart()
    if sys.argv[1:] == [_CLEAN]:
        return _clean_apart()
    return _window(sys.argv[1] if len(sys.argv) > 1 else None)


def _work_apart() -> int:
    from fieldwork.work.apart import serve

    return serve()


def _clean_apart() -> int:
    from fieldwork.work.cleaning_apart import serve

    return serve()


def _window(file: str | None) -> int:
    from pathlib import Path

    from fieldwork.desktop.application import run

    return run(Path(file) if file else None)
