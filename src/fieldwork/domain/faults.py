"""What a person is told when something cannot be done: one sentence saying what, where and what to do."""

from collections.abc import Iterator
from contextlib import contextmanager


class Fault(Exception):
    """Bad input or an impossible wish; nothing was changed.

    `code` is the exit code of the command line: 2 when nothing could be attempted,
    1 when it ran and refused something.
    """

    code = 2

    def __init__(self, sentence: str, *, code: int | None = None) -> None:
        super().__init__(sentence)
        if code is not None:
            self.code = code


class Stands(Fault):
    """It was done and stands; what should have followed could not be done. Not to be done again."""

    code = 1


@contextmanager
def standing(done: str, missing: str) -> Iterator[None]:
    """What follows a point of no return: where it fails, the sentence says that it was done.

    done: "The passphrase is changed."; missing: "a line in this laptop's log".
    """
    try:
        yield
    except Stands:
        raise
    except (Fault, OSError) as error:
        said = str(error) if isinstance(error, Fault) else f"the system refused: {error.strerror or error}"
        why = said.partition(";")[0].rstrip(".")
        raise Stands(
            f"{done} It stands, and need not be done again; only {missing} is missing. {why[:1].upper()}{why[1:]}."
        ) from error


class NotYet(Fault):
    """What cannot be done now but may be later, with the same file: it is worth trying again."""
