"""Opening the encrypted file: the one place that knows SQLCipher's pragmas and its errors."""

import contextlib
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import sqlalchemy as sa
import sqlcipher3.dbapi2 as sqlcipher
from sqlalchemy import event

from fieldwork.domain.faults import Fault
from fieldwork.store.beside import private
from fieldwork.store.keys import FileKey

CACHE, LARGE_CACHE = 64, 256  # MB of pages kept in memory, as a rule and while merging
STEPS = 20_000  # of SQLite's machine between two questions whether to go on; a millisecond or two
ALONE_SECONDS = 2.0  # how long others are waited for by who wants the file alone
OLDEST_SQLITE = (3, 51, 3)  # below it a reset of the write-ahead log could corrupt the file

_CORRUPT, _NO_DATABASE = 11, 26  # SQLite's codes


def check_library() -> None:
    """Refuse to start on a SQLite known to corrupt files."""
    if sqlcipher.sqlite_version_info < OLDEST_SQLITE:
        wanted = ".".join(map(str, OLDEST_SQLITE))
        raise Fault(f"The SQLite here is {sqlcipher.sqlite_version}; Fieldwork needs {wanted} or later.")


def connect(path: Path, key: FileKey, *, alone: bool = False) -> Any:
    """One connection, keyed and set up. Raises Fault when the key is wrong or the file damaged.

    alone: nobody else may have the file open, nor can while this connection is.
    """
    check_library()
    # one that exists must not be opened here: closing it would drop the locks this process holds on it
    with contextlib.suppress(OSError):
        os.close(private(str(path), os.O_CREAT | os.O_EXCL | os.O_RDWR))
    try:
        connection = sqlcipher.connect(
            str(path),
            isolation_level=None,
            check_same_thread=False,
            timeout=ALONE_SECONDS if alone else 15,
            cached_statements=512,
        )
    except sqlcipher.OperationalError as error:
        raise Fault(f"{path.name} cannot be opened: {error}; check the folder and its rights.") from error
    try:
        connection.execute(f'PRAGMA key = "{key.pragma}"')
        connection.execute("PRAGMA cipher_log_level = NONE")
        if alone:
            connection.execute("PRAGMA locking_mode = EXCLUSIVE")
        connection.execute("SELECT count(*) FROM sqlite_schema").fetchone()
        for pragma in (
            "journal_mode = WAL",
            "synchronous = FULL",
            "foreign_keys = ON",
            "trusted_schema = OFF",
            "cell_size_check = ON",
            "secure_delete = ON",
            "temp_store = MEMORY",
            f"cache_size = {-CACHE << 10}",
        ):
            connection.execute(f"PRAGMA {pragma}")
    except sqlcipher.DatabaseError as error:
        connection.close()
        raise told(error, path) from error
    return connection


@contextlib.contextmanager
def large_cache(connection: Any) -> Iterator[None]:
    """Keep more pages meanwhile: one that does not fit is encrypted and written again each time it changes."""
    connection.execute(f"PRAGMA cache_size = {-LARGE_CACHE << 10}")
    try:
        yield
    finally:
        connection.execute(f"PRAGMA cache_size = {-CACHE << 10}")


def says_its_salt(path: Path, key: FileKey) -> bool:
    """Whether the file opens by the salt in its first bytes, which no page's own check covers."""
    connection = sqlcipher.connect(str(path), isolation_level=None)
    try:
        connection.execute(f"PRAGMA key = \"x'{key.key.hex()}'\"")
        connection.execute("PRAGMA cipher_log_level = NONE")
        connection.execute("SELECT count(*) FROM sqlite_schema").fetchone()
    except sqlcipher.DatabaseError:
        return False
    finally:
        connection.close()
    return True


def make_engine(path: Path, key: FileKey) -> sa.Engine:
    """A pool of connections under SQLAlchemy; transactions begin where SQLAlchemy says so."""
    engine = sa.create_engine(
        "sqlite://",
        creator=lambda: connect(path, key),
        module=sqlcipher,
        poolclass=sa.QueuePool,
        pool_size=4,
        max_overflow=4,
    )

    @event.listens_for(engine, "begin")
    def _begin(connection: sa.Connection) -> None:
        immediate = connection.get_execution_options().get("writes")
        connection.exec_driver_sql("BEGIN IMMEDIATE" if immediate else "BEGIN")

    return engine


@contextlib.contextmanager
def faults_told(path: Path) -> Iterator[None]:
    """Turn what the database says into a sentence a person can act on."""
    try:
        yield
    except sa.exc.DBAPIError as error:
        raise told(error.orig, path) from error
    except sqlcipher.DatabaseError as error:
        raise told(error, path) from error


class StoppedError(Exception):
    """Nobody waits any more for what a query would have found."""


@contextlib.contextmanager
def stopped_by(connection: Any, stopping: Callable[[], bool]) -> Iterator[None]:
    """Give queries of this connection up once `stopping` says so. Raises StoppedError then."""
    connection.set_progress_handler(lambda: int(stopping()), STEPS)
    try:
        yield
    except (sqlcipher.OperationalError, sa.exc.OperationalError) as error:
        if stopping() and "interrupt" in str(error):
            raise StoppedError from None
        raise
    finally:
        connection.set_progress_handler(None, 0)


def is_damage(fault: Fault) -> bool:
    """Whether the file itself is at fault: of another key or damaged, not merely busy or out of reach."""
    cause = fault.__cause__
    cause = getattr(cause, "orig", None) or cause
    code = getattr(cause, "sqlite_errorcode", None)
    if isinstance(code, int):
        return code & 0xFF in (_CORRUPT, _NO_DATABASE)
    text = str(cause).lower()
    return any(word in text for word in ("not a database", "malformed", "hmac"))


def told(error: BaseException | None, path: Path) -> Fault:
    text = str(error).lower()
    name = path.name
    if "full" in text:
        return Fault(
            f"The disk that holds {name} is full; nothing was changed. Free some space and try again."
        )
    if "locked" in text or "busy" in text:
        return Fault(f"{name} is being written by another program; wait for it or close it, then try again.")
    if "readonly" in text or "read-only" in text:
        return Fault(f"{name} cannot be written; check the rights of the file and of its folder.")
    if "not a database" in text or "malformed" in text or "corrupt" in text or "hmac" in text:
        return Fault(
            f"{name} is not a Fieldwork workspace or has a damaged page; nothing was changed. "
            "Leave the file as it is: `fieldwork rescue`, or the window, brings back what can still be read."
        )
    if "disk i/o" in text:
        return Fault(f"{name} could not be read or written by the disk; nothing was changed. Check the disk.")
    if "unable to open" in text:
        return Fault(f"{name} cannot be opened; check that the folder exists and can be written.")
    return Fault(f"{name}: the database says {error}; nothing was changed.")
