"""A workspace: one encrypted file per inspection and laptop, opened with a passphrase."""

import contextlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from filelock import FileLock, Timeout

from fieldwork.domain.faults import Fault
from fieldwork.domain.values import Id, Value
from fieldwork.store import keys, migrations, recovery, rekeying
from fieldwork.store.beside import (
    drafts_path,
    files_of,
    home,
    key_of_another,
    next_envelope_path,
    read_envelope,
    rewrap,
    sync_folder,
    write_envelope,
)
from fieldwork.store.connection import faults_told, is_damage, make_engine, stopped_by


@dataclass(frozen=True)
class Identity:
    """Who works on this laptop: its keys and what colleagues call it."""

    device: Id
    label: str
    inspectorate: str
    person: str
    member: Id | None


def go_on() -> bool:
    """Nobody asks to stop."""
    return False


class Workspace:
    """An open workspace. Use `create` or `open`; close it when done (it is a context manager).

    `read()` gives a snapshot, `write()` one transaction that commits whole or not at all.
    """

    def __init__(
        self, path: Path, file_key: keys.FileKey, lock: FileLock | None, *, delegated: bool = False
    ) -> None:
        self.path = path
        self.file_key = file_key
        self._lock = lock
        self._delegated = delegated
        self._engine = make_engine(path, file_key)

    # -- opening and closing

    @classmethod
    def create(cls, path: Path, passphrase: str, fill: Callable[["Workspace"], None]) -> "Workspace":
        """A new workspace, filled by `fill` before anybody can see it. Raises Fault when it exists already.

        What was made is removed again when filling fails, so that a failed start can be repeated;
        what was there before is never touched.
        """
        path = Path(path)
        if not path.name:
            raise Fault("A workspace needs a file name; give one, such as north.fieldwork.")
        if path.exists() or keys.envelope_path(path).exists():
            raise Fault(f"{path.name} exists already; choose another name.")
        for other in (drafts_path(path), path.with_name(path.name + "-wal")):
            if other.exists():
                raise Fault(
                    f"{other.name} of an earlier workspace is still there; choose another name or move it away."
                )
        if not passphrase:
            raise Fault("A workspace needs a passphrase; give one that is not empty.")
        if not path.parent.is_dir():
            raise Fault(f"The folder {path.parent} does not exist; make it first or choose another.")
        file_key = keys.new_file_key()
        copy = home() / "keys" / file_key.salt.hex()
        part = path.with_name(f".{path.name}.part")  # a crash leaves no half-made inspection under the name
        lock = _locked(path)
        if path.exists() or keys.envelope_path(path).exists():  # another program was quicker
            lock.release()
            raise Fault(f"{path.name} exists already; choose another name.")
        try:
            with faults_told(path):
                for leftover in files_of(part):
                    leftover.unlink(missing_ok=True)
                with cls(part, file_key, _locked(part)) as workspace:
                    with workspace.write() as db:
                        migrations.migrate(db, path.name)
                    fill(workspace)
                if part.with_name(part.name + "-wal").exists():
                    raise Fault(f"{path.name} could not be written whole; try again.")
                write_envelope(path, keys.wrap(file_key, passphrase))
                part.replace(path)
                sync_folder(path.parent)
            lock.release()
            workspace = cls.open_with_key(path, file_key)
        except BaseException as error:
            lock.release()
            for leftover in [*files_of(path), *files_of(part), copy]:
                leftover.unlink(missing_ok=True)
            if isinstance(error, OSError):
                raise Fault(
                    f"{path.name} cannot be made in {path.parent}: {error.strerror or error}; "
                    "choose a folder that can be written."
                ) from error
            raise
        with contextlib.suppress(OSError):  # it stands; what lies about is swept with the next one
            for leftover in files_of(part):
                leftover.unlink(missing_ok=True)
        return workspace

    @classmethod
    def open(cls, path: Path, passphrase: str, *, writing: bool = True) -> "Workspace":
        """Open with the passphrase. With `writing`, no other program may have it open for writing.

        Raises Fault: missing, not a workspace, wrong passphrase, newer version, damaged, in use.
        """
        path = Path(path)
        return cls.open_by(
            path, lambda envelope: keys.unwrap(envelope, passphrase, path.name), writing=writing
        )

    @classmethod
    def open_by(cls, path: Path, unwrap: rekeying.Unwrap, *, writing: bool = True) -> "Workspace":
        """Open with whatever takes the file key out of an envelope; a change of key that was cut off is finished."""
        if next_envelope_path(path).exists() and writing:
            with in_use(path):
                file_key = rekeying.finish(path, unwrap)
            return cls.open_with_key(path, file_key)
        try:
            file_key, envelope = rekeying.key_that_opens(path, unwrap)
        except Fault as fault:
            _blame_key(fault, path)
            raise
        try:
            return cls.open_with_key(path, file_key, writing=writing)
        except Fault as fault:
            if is_damage(fault):
                _blame_key(fault, path)
            if writing or read_envelope(path) == envelope:
                raise
        return cls.open_with_key(path, unwrap(read_envelope(path)), writing=False)

    @classmethod
    def open_with_key(
        cls, path: Path, file_key: keys.FileKey, *, writing: bool = True, delegated: bool = False
    ) -> "Workspace":
        """delegated: the program that holds this file's lock has asked us to write for it, and waits meanwhile."""
        if path.exists() and path.stat().st_size == 0:  # the library would take it for a new one
            raise Fault(f"{path.name} is empty: what it held is lost. Restore the newest backup.")
        lock = _locked(path) if writing and not delegated else None
        workspace = cls(path, file_key, lock, delegated=delegated)
        try:
            with faults_told(path):
                with workspace.read() as db:
                    found = migrations.version_of(db)
                if found != migrations.CURRENT:
                    workspace._migrate(writing)
        except BaseException:
            workspace.close()
            raise
        return workspace

    def _migrate(self, writing: bool) -> None:
        if not writing:
            with self.read() as db:
                if migrations.version_of(db) > migrations.CURRENT:
                    migrations.migrate(db, self.path.name)
            raise Fault(f"{self.path.name} is of an older version; open it once for writing to bring it up.")
        with self.write() as db:
            migrations.migrate(db, self.path.name)

    def close(self) -> None:
        if "_engine" in self.__dict__:
            self._engine.dispose()
        if self._lock is not None:
            self._lock.release()
            self._lock = None

    def drop_keys(self) -> None:
        """Close for good: whoever still holds this object holds no keys any more."""
        self.close()
        self.__dict__.pop("_engine", None)  # its way of connecting knows the key
        self.file_key = keys.FileKey(b"", b"")
        for name in ("device_keys", "sealing_keys", "sealing_keys_of_others", "sealing_read", "pair_board"):
            self.__dict__.pop(name, None)

    def __enter__(self) -> "Workspace":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @property
    def writes(self) -> bool:
        return self._lock is not None or self._delegated

    # -- transactions

    @contextlib.contextmanager
    def read(self, stopping: Callable[[], bool] = go_on) -> Iterator[sa.Connection]:
        """A snapshot: what it sees does not change while it is open.

        stopping: asked now and then while a query runs; raises StoppedError once it says yes.
        """
        with faults_told(self.path), self._engine.connect() as db, db.begin():
            if stopping is go_on:
                yield db
            else:
                with stopped_by(raw(db), stopping):
                    yield db

    @contextlib.contextmanager
    def write(self) -> Iterator[sa.Connection]:
        """One transaction. It commits at the end of the block, or everything in it never happened."""
        if not self.writes:
            raise Fault(f"{self.path.name} is open for reading only.")
        with faults_told(self.path), self._engine.connect() as db:
            db = db.execution_options(writes=True)
            with db.begin():
                yield db

    def outside_transactions(self, act: Callable[[Any], bool]) -> bool:
        """Do what no transaction may hold, with the driver's own connection."""
        with faults_told(self.path):
            pooled = self._engine.raw_connection()
            try:
                return act(pooled.driver_connection)
            finally:
                pooled.close()

    # -- what belongs to this laptop alone

    def meta(self, name: str, default: Any = None) -> Any:
        with self.read() as db:
            return get_meta(db, name, default)

    @cached_property
    def inspection(self) -> Id:
        """The id of the inspection, the same on every laptop of the team."""
        return self.meta("inspection")

    @cached_property
    def device_keys(self) -> keys.DeviceKeys:
        with self.read() as db:
            return keys.DeviceKeys(*(get_meta(db, name) for name in ("seed", "identity", "recipient")))

    @property
    def device(self) -> Id:
        return self.device_keys.device

    @cached_property
    def identity(self) -> Identity:
        with self.read() as db:
            row = db.exec_driver_sql(
                "SELECT d.label, d.inspectorate, d.member, m.label FROM device d "
                "LEFT JOIN team_member m ON m.id = d.member WHERE d.id = ?",
                (self.device,),
            ).fetchone()
        label, inspectorate, member, person = row if row else ("", "", None, "")
        return Identity(self.device, label or "", inspectorate or "", person or label or "", member)

    def change_passphrase(self, new: str) -> None:
        """Wrap the file key anew; the data are not rewritten, and a recovery key goes on opening it."""
        if not new:
            raise Fault("A workspace needs a passphrase; give one that is not empty.")
        with faults_told(self.path):
            kept = recovery.kept(read_envelope(self.path), self.file_key)
            rewrap(self.path, keys.wrap(self.file_key, new, recovery=kept))

    def change_key(self, passphrase: str) -> None:
        """Write the file anew under a new key. Nothing else may have it open, its drafts neither.

        Raises Fault when somebody has, or the disk refuses; close this workspace then and open it again.
        """
        self._engine.dispose()
        self.file_key = rekeying.change(self.path, self.file_key, passphrase)
        self._engine = make_engine(self.path, self.file_key)

    def set_recovery(self, passphrase: str, recipient: str) -> None:
        """Let the recovery key with this public half open the file, and no earlier one any more.

        Raises Fault when the passphrase is not the one that opens it now.
        """
        if keys.unwrap(read_envelope(self.path), passphrase, self.path.name) != self.file_key:
            raise Fault(f"The key file beside {self.path.name} is that of another workspace.")
        made = recovery.wrap_for(self.file_key, recipient)
        rewrap(self.path, keys.wrap(self.file_key, passphrase, recovery=made))

    @property
    def recoverable(self) -> bool:
        """Whether some recovery key opens this file."""
        return recovery.kept(read_envelope(self.path), self.file_key) is not None


def get_meta(db: sa.Connection, name: str, default: Any = None) -> Any:
    row = raw(db).execute("SELECT value FROM meta WHERE name = ?", (name,)).fetchone()
    return row[0] if row else default


def set_meta(db: sa.Connection, **values: Value) -> None:
    for name, value in values.items():
        db.exec_driver_sql("INSERT OR REPLACE INTO meta (name, value) VALUES (?, ?)", (name, value))


def forget_meta(db: sa.Connection, *names: str) -> None:
    for name in names:
        db.exec_driver_sql("DELETE FROM meta WHERE name = ?", (name,))


def raw(db: sa.Connection) -> Any:
    """The driver's own connection, for statements that work on sets."""
    return db.connection.driver_connection


def _blame_key(fault: Fault, path: Path) -> None:
    """Raises Fault where a workspace may not open because the key file beside it is another's."""
    other = key_of_another(path)
    if other is not None and other.sure:
        raise Fault(other.words) from None
    if other is not None:
        raise Fault(f"{fault} {other.words}") from fault.__cause__


def _locked(path: Path) -> FileLock:
    lock = FileLock(path.with_name(path.name + "-lock"))
    try:
        lock.acquire(timeout=0)
    except Timeout as error:
        if not Path(lock.lock_file).exists():  # nobody has it: it could not be made
            raise Fault(
                f"{path.name} cannot be opened for writing in {path.parent}: nothing can be made there; "
                "choose a folder that can be written."
            ) from error
        raise Fault(
            f"{path.name} is open in another Fieldwork on this laptop; use that window or close it first."
        ) from error
    except OSError as error:
        raise Fault(
            f"{path.name} cannot be opened for writing in {path.parent}: {error.strerror or error}; "
            "check the folder's rights."
        ) from error
    return lock


@contextlib.contextmanager
def in_use(path: Path) -> Iterator[None]:
    """Keep everybody else from writing a workspace. Raises Fault when somebody does."""
    lock = _locked(path)
    try:
        yield
    finally:
        lock.release()
