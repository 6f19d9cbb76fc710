"""The way into a hub: its address, the login, and the laptop's own role, by which the hub knows it."""

import contextlib
import os
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlencode

import msgspec
import pyrage

from fieldwork.domain.faults import Fault
from fieldwork.domain.records import Device
from fieldwork.domain.values import Id
from fieldwork.store.reading import records_in
from fieldwork.store.workspace import Workspace, get_meta, set_meta

if TYPE_CHECKING:
    import psycopg

OWNER, LAPTOPS = "fieldwork_owner", "fieldwork_laptop"
FORMAT = 1
OLDEST = 150000
ACCESS_SUFFIX = ".fieldhub"
_LOOPBACK = ("127.", "::1", "localhost", "/", "@")
_PATIENCE = {"connect_timeout": 15, "keepalives_idle": 30, "tcp_user_timeout": 60_000}  # s, s, ms
_SHUT_OUT = (
    "authentication failed",
    "no password supplied",
    "does not exist",
    "not permitted to log in",
    "no pg_hba.conf entry",
)
_KEPT = "hub_logins"
ADDRESS = "hub_address"  # meta
_PLAIN_HOST = re.compile(r"[A-Za-z0-9.-]+")


@dataclass(frozen=True)
class Address:
    """How to reach a hub: what libpq is told, and the name a person sees, without login and password."""

    settings: dict[str, Any] = field(repr=False)

    @property
    def shown(self) -> str:
        host = self.settings.get("host") or os.environ.get("PGHOST") or "this machine"
        port = self.settings.get("port") or os.environ.get("PGPORT") or "5432"
        return f"{host}:{port}/{self.settings.get('dbname') or os.environ.get('PGDATABASE') or ''}"


@dataclass
class Hub:
    """An open connection in which this laptop acts under its own role. at: the address as a person sees it."""

    connection: "psycopg.Connection[Any]"
    at: str
    id: str
    inspection: Id
    devices: list[Id]
    notices: list[str]


def role_of(device: Id) -> str:
    return f"fieldwork_{device.hex()}"


# -- addresses and logins


def read_address(workspace: Workspace, text: str) -> Address:
    """The address from a postgresql:// URL or from an access file, with the login kept for it here.

    Raises Fault, which never repeats what was given: it may hold a password.
    """
    import psycopg

    if text.endswith(ACCESS_SUFFIX):
        return Address(_read_access(workspace, Path(text)))
    if not text.startswith(("postgresql://", "postgres://")):
        raise Fault(
            f"The hub's address is none: give postgresql://HOST/DATABASE, or an access file (*{ACCESS_SUFFIX})."
        )
    try:
        settings = psycopg.conninfo.conninfo_to_dict(text)
    except psycopg.ProgrammingError as error:
        raise Fault(
            "The hub's address cannot be read; it looks like postgresql://LOGIN@HOST:PORT/DATABASE?sslmode=verify-full."
        ) from error
    address = Address(settings)
    if "user" not in settings and "PGUSER" not in os.environ:
        with workspace.read() as db:
            kept = _kept(db).get(address.shown)
        if kept is not None:
            settings.update(kept)
    return address


def _kept(db: Any) -> dict[str, dict[str, str]]:
    found = get_meta(db, _KEPT)
    return msgspec.msgpack.decode(found, type=dict[str, dict[str, str]]) if found else {}


def keep_login(workspace: Workspace, address: Address) -> None:
    """Keep the login of an access file in the workspace, so that the address alone suffices from now on."""
    login = {name: address.settings[name] for name in ("user", "password")}
    with workspace.write() as db:
        kept = _kept(db)
        if kept.get(address.shown) != login:
            set_meta(db, **{_KEPT: msgspec.msgpack.encode({**kept, address.shown: login})})


def keep_address(workspace: Workspace, text: str) -> str:
    """Keep address and login in the workspace; returns the address as it may be shown, without the password."""
    address = read_address(workspace, text)
    settings = dict(address.settings)
    if settings.get("user") and settings.get("password"):
        keep_login(workspace, address)
        del settings["user"], settings["password"]
    bare = _url(settings)
    with workspace.write() as db:
        if get_meta(db, ADDRESS) != bare:
            set_meta(db, **{ADDRESS: bare})
    return bare


def _url(settings: dict[str, Any]) -> str:
    """What libpq is told, as a URL."""
    left = {name: str(value) for name, value in settings.items() if value not in (None, "")}
    place = ""
    if _PLAIN_HOST.fullmatch(left.get("host", "")):
        place = left.pop("host") + (f":{left.pop('port')}" if "port" in left else "")
        place = f"{quote(left.pop('user'), safe='')}@{place}" if "user" in left else place
    database = quote(left.pop("dbname", ""), safe="")
    rest = urlencode(left, quote_via=quote)
    return f"postgresql://{place}/{database}{'?' if rest else ''}{rest}"


def access_file(settings: dict[str, Any], user: str, password: str, recipient: str) -> bytes:
    """A login for one laptop, that only this laptop can open."""
    plain = {**{name: str(value) for name, value in settings.items()}, "user": user, "password": password}
    return pyrage.encrypt(msgspec.msgpack.encode(plain), [pyrage.x25519.Recipient.from_str(recipient)])


def _read_access(workspace: Workspace, path: Path) -> dict[str, Any]:
    try:
        data = path.read_bytes() if path.stat().st_size < 1 << 20 else b""
    except OSError as error:
        raise Fault(f"The access file {path} cannot be read: {error.strerror or error}.") from error
    try:
        own = [workspace.device_keys.identity, *workspace.meta("old_identity", "").split()]
        identities = [pyrage.x25519.Identity.from_str(text) for text in own]
        return msgspec.msgpack.decode(pyrage.decrypt(data, identities), type=dict[str, str])
    except (pyrage.DecryptError, msgspec.DecodeError, ValueError) as error:
        raise Fault(
            f"{path.name} is no access file for this laptop; ask for the one that was made for it."
        ) from error


# -- connecting


def connect(address: Address) -> "psycopg.Connection[Any]":
    """A connection on which every statement commits by itself. Raises Fault when there is none to be had."""
    import psycopg

    settings = {**_PATIENCE, **address.settings, "application_name": "fieldwork"}
    try:
        connection = psycopg.connect(**settings, autocommit=True)
    except (psycopg.Error, ValueError, UnicodeError) as error:
        raise Fault(_unreached(address, error)) from error
    if connection.info.server_version < OLDEST:
        connection.close()
        raise Fault(
            f"The hub at {address.shown} is an older PostgreSQL; Fieldwork needs version 15 or later."
        )
    return connection


def _unreached(address: Address, error: Exception) -> str:
    said = " ".join(str(error).split())
    if any(words in said for words in _SHUT_OUT):
        return (
            f"The hub at {address.shown} does not let this login in; check the login, its password "
            "(in the address, PGPASSWORD or ~/.pgpass) and the database's name."
        )
    if "certificate" in said or "SSL" in said:
        return (
            f"The hub at {address.shown} did not prove who it is; check its certificate and sslrootcert. "
            "Nothing was sent."
        )
    return f"The hub at {address.shown} cannot be reached; check the address and the network."


@contextlib.contextmanager
def told(at: str) -> Iterator[None]:
    """Turn what the hub's database says into a sentence a person can act on."""
    import psycopg

    try:
        yield
    except psycopg.errors.InsufficientPrivilege as error:
        raise Fault(
            f"The hub at {at} does not allow this login to do that; ask who runs it.", code=1
        ) from error
    except psycopg.errors.IntegrityError as error:
        raise Fault(
            f"The hub at {at} refused what does not continue this laptop's chain there; nothing of it was kept.",
            code=1,
        ) from error
    except psycopg.OperationalError as error:
        raise Fault(
            f"The connection to the hub at {at} broke off; what had arrived is kept. "
            "Do it again, it goes on where it stopped.",
            code=1,
        ) from error
    except psycopg.Error as error:
        said = " ".join(str(error).split())[:200]
        raise Fault(f"The hub at {at} answered with an error: {said}", code=1) from error


def notices_of(connection: "psycopg.Connection[Any]", address: Address) -> list[str]:
    """What should be known about the way to the hub."""
    host = connection.info.host or "/"
    if host.startswith(_LOOPBACK):
        return []
    if not connection.pgconn.ssl_in_use:
        return [f"The connection to {address.shown} is not encrypted; use sslmode=verify-full."]
    if not str(address.settings.get("sslmode", os.environ.get("PGSSLMODE", ""))).startswith("verify"):
        return [f"The certificate of {address.shown} was not checked; use sslmode=verify-full."]
    return []


# -- entering as this laptop


@contextlib.contextmanager
def entered(workspace: Workspace, text: str) -> Iterator[Hub]:
    """The hub, entered under the role of this laptop. Raises Fault where it is not one of those enrolled."""
    address = read_address(workspace, text)
    connection = connect(address)
    with connection, told(address.shown):
        if not is_hub(connection):
            raise Fault(f"There is no hub at {address.shown} yet; make one with `fieldwork hub init`.")
        with workspace.read() as db:
            names = names_of(db, workspace.device)
        _take_role(connection, address.shown, names)
        devices = _own(connection, address.shown, names)
        if workspace.device not in devices:
            connection.execute("SELECT fieldwork.go_on_as(%s)", (workspace.device,))
            devices.append(workspace.device)
        if workspace.writes and text.endswith(ACCESS_SUFFIX):
            keep_login(workspace, address)
        hub_id = _of_inspection(connection, address.shown, workspace.inspection)
        notices = notices_of(connection, address)
        yield Hub(connection, address.shown, hub_id, workspace.inspection, devices, notices)


def is_hub(connection: "psycopg.Connection[Any]") -> bool:
    row = connection.execute(
        "SELECT pg_get_userbyid(nspowner) FROM pg_namespace WHERE nspname = 'fieldwork'"
    ).fetchone()
    return row is not None and row[0] == OWNER


def names_of(db: Any, device: Id) -> list[Id]:
    """This laptop's id, and those it had before it went on under a new one."""
    took_over = {d.id: d.invitation for d in records_in(db, Device, hidden=True)}
    names = [device]
    while (before := took_over.get(names[-1])) in took_over and before not in names:
        assert before is not None
        names.append(before)
    return names


def _take_role(connection: "psycopg.Connection[Any]", at: str, names: Sequence[Id]) -> None:
    """Act as this laptop: as the login itself where it is the laptop's own, else by SET ROLE."""
    import psycopg

    with contextlib.suppress(psycopg.errors.InsufficientPrivilege):
        row = connection.execute(
            "SELECT 1 FROM fieldwork.laptop WHERE role = current_user AND device = ANY(%s)", (list(names),)
        ).fetchone()
        if row is not None:
            return
    roles = [role_of(name) for name in names]
    may = connection.execute(
        "SELECT rolname FROM pg_roles WHERE rolname = ANY(%s) AND pg_has_role(current_user, oid, 'MEMBER') "
        "ORDER BY array_position(%s, rolname::text)",
        (roles, roles),
    ).fetchone()
    if may is None:
        raise Fault(
            f"This login is not this laptop's at the hub at {at}; use its own login, or let who runs the hub "
            "enrol the laptop with `fieldwork hub init`."
        )
    connection.execute(psycopg.sql.SQL("SET ROLE {}").format(psycopg.sql.Identifier(may[0])))


def _own(connection: "psycopg.Connection[Any]", at: str, names: Sequence[Id]) -> list[Id]:
    """The ids under which this laptop may append, its oldest first."""
    rows = connection.execute(
        "SELECT device, revoked FROM fieldwork.laptop WHERE role = current_user ORDER BY enrolled"
    ).fetchall()
    own = [bytes(device) for device, revoked in rows if revoked is None]
    if rows and not own:
        raise Fault(
            f"This laptop was taken off the hub at {at} on {rows[0][1]:%d %B %Y}; the lead can say why. "
            "What is here stays, and packages still work."
        )
    if not set(own) & set(names):
        raise Fault(
            f"This laptop is not enrolled at the hub at {at}; let who runs it do `fieldwork hub init` again."
        )
    return own


def _of_inspection(connection: "psycopg.Connection[Any]", at: str, inspection: Id) -> str:
    row = connection.execute(
        "SELECT hub::text, format FROM fieldwork.inspection WHERE id = %s", (inspection,)
    ).fetchone()
    if row is None:
        raise Fault(
            f"The hub at {at} does not keep this inspection for this login; check the address. Nothing was changed."
        )
    if row[1] > FORMAT:
        raise Fault(f"The hub at {at} was set up by a newer Fieldwork; install the newer version first.")
    return row[0]
