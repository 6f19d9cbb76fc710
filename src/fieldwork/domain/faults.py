"""What a person is told when something cannot be done: one sentence saying what, where and what to do."""


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


class NotYet(Fault):
    """What cannot be done now but may be later, with the same file: it is worth trying again."""
