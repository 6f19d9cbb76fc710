"""What a workspace is asked for: its statements counted, whoever runs them."""

import contextlib
from collections.abc import Iterator

from sqlalchemy import event

from fieldwork.store.workspace import Workspace


@contextlib.contextmanager
def told(workspace: Workspace) -> Iterator[list[str]]:
    """The statements that run meanwhile, in their order, without those that begin and end a transaction."""
    said: list[str] = []
    engine = workspace._engine

    def hear(connection: object, *_: object) -> None:
        connection.set_trace_callback(note)  # type: ignore[attr-defined]

    def note(statement: str) -> None:
        if statement.split()[0] not in ("BEGIN", "COMMIT", "ROLLBACK"):
            said.append(statement)

    def leave(connection: object, *_: object) -> None:
        connection.set_trace_callback(None)  # type: ignore[attr-defined]

    event.listen(engine, "checkout", hear)
    event.listen(engine, "checkin", leave)
    try:
        yield said
    finally:
        event.remove(engine, "checkout", hear)
        event.remove(engine, "checkin", leave)
