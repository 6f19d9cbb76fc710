"""Setting up a hub: schema, roles and rules, and a role with a login for every laptop of the team."""

import re
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Any

from fieldwork.domain.faults import Fault
from fieldwork.domain.records import Device
from fieldwork.domain.values import Id
from fieldwork.exchange.hub_door import (
    ACCESS_SUFFIX,
    LAPTOPS,
    OWNER,
    access_file,
    connect,
    is_hub,
    notices_of,
    read_address,
    role_of,
    told,
)
from fieldwork.store.members import standing_of
from fieldwork.store.outgoing import check_target, write_out
from fieldwork.store.reading import records
from fieldwork.store.workspace import Workspace

if TYPE_CHECKING:
    import psycopg

_AGE = b"age-encryption.org/"


@dataclass
class SetUp:
    """What setting up came to: laptops by name, and the access files that were written."""

    at: str
    made: bool
    enrolled: list[str] = field(default_factory=list)
    revoked: list[str] = field(default_factory=list)
    access: list[Path] = field(default_factory=list)
    notices: list[str] = field(default_factory=list)


def init(workspace: Workspace, text: str, *, logins: Path | None = None, renew: Sequence[str] = ()) -> SetUp:
    """Make the hub, or bring it up to date; enrol the laptops known here and take removed ones off.

    The login needs CREATEROLE and CREATE on the database. logins: a folder for one access file for each
    laptop that has none yet, sealed to it; renew: labels of laptops that get a new one.
    """
    if logins is not None and not logins.is_dir():
        raise Fault(f"There is no folder {logins} for the access files; make it first.")
    address = read_address(workspace, text)
    connection = connect(address)
    with connection, told(address.shown), connection.transaction():
        done = SetUp(address.shown, not is_hub(connection), notices=notices_of(connection, address))
        _check_rights(connection, address.shown)
        _make(connection, address.shown)
        connection.execute(
            "INSERT INTO fieldwork.inspection (id) VALUES (%s) ON CONFLICT DO NOTHING",
            (workspace.inspection,),
        )
        connection.execute("RESET ROLE")
        devices = records(workspace, Device, order="label")
        unknown = set(renew) - {device.label for device in devices if not device.removed}
        if unknown:
            raise Fault(f"There is no laptop {', '.join(sorted(unknown))} in the team; check the label.")
        took_over = standing_of(workspace).took_over
        for device in devices:
            _enrol(connection, workspace, device, _heirs(took_over, device.id), done)
        _open_and_shut(connection, workspace.inspection)
        if logins is not None:
            _write_logins(connection, address.settings, devices, logins, set(renew), done)
    return done


def _check_rights(connection: "psycopg.Connection[Any]", at: str) -> None:
    row = connection.execute(
        "SELECT rolsuper OR (rolcreaterole AND has_database_privilege(current_database(), 'CREATE')) "
        "FROM pg_roles WHERE rolname = current_user"
    ).fetchone()
    if row is None or not row[0]:
        raise Fault(
            f"This login cannot set up a hub at {at}: it needs CREATEROLE and CREATE on the database; "
            "ask who runs the server."
        )


def _make(connection: "psycopg.Connection[Any]", at: str) -> None:
    """Roles and schema, owned by a role that nobody logs in as; leaves the connection in that role."""
    for role in (OWNER, LAPTOPS):
        if connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", (role,)).fetchone() is None:
            connection.execute(f"CREATE ROLE {role} NOLOGIN")
    if not _is_super(connection):
        connection.execute(f"GRANT {OWNER} TO current_user")
    connection.execute(f"CREATE SCHEMA IF NOT EXISTS fieldwork AUTHORIZATION {OWNER}")
    if not is_hub(connection):
        raise Fault(f"A schema named fieldwork stands at {at} already and is no hub; use another database.")
    connection.execute(f"SET ROLE {OWNER}")
    connection.execute("SET LOCAL client_min_messages = warning")
    script = files("fieldwork.exchange").joinpath("hub.sql").read_text("utf-8")
    connection.execute(script.encode())  # bytes: it holds no parameters


def _is_super(connection: "psycopg.Connection[Any]") -> bool:
    row = connection.execute("SELECT rolsuper FROM pg_roles WHERE rolname = current_user").fetchone()
    return row is not None and row[0]


def _enrol(
    connection: "psycopg.Connection[Any]",
    workspace: Workspace,
    device: Device,
    heirs: Sequence[Id],
    done: SetUp,
) -> None:
    """A role for a laptop; or, where it was removed, every name taken from its role but those of its heirs."""
    role = role_of(device.id)
    there = connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", (role,)).fetchone() is not None
    if not there and not device.removed:
        connection.execute(f"CREATE ROLE {role}")
        there = True
    if there:
        connection.execute(f"GRANT {LAPTOPS} TO {role}")
    if device.id == workspace.device and not _is_super(connection):
        connection.execute(f"GRANT {role} TO current_user")  # who sets the hub up can push from here
    connection.execute(f"SET ROLE {OWNER}")
    new = 0
    if there:
        new = connection.execute(
            "INSERT INTO fieldwork.laptop (role, inspection, device) VALUES (%s, %s, %s) ON CONFLICT DO NOTHING",
            (role, workspace.inspection, device.id),
        ).rowcount
    turned = connection.execute(
        "UPDATE fieldwork.laptop SET revoked = CASE WHEN %s THEN now() END "
        "WHERE device = %s AND (revoked IS NOT NULL) <> %s",
        (bool(device.removed), device.id, bool(device.removed)),
    ).rowcount
    if device.removed:
        turned += connection.execute(
            "UPDATE fieldwork.laptop SET revoked = now() "
            "WHERE role = %s AND revoked IS NULL AND device <> ALL(%s)",
            (role, list(heirs)),
        ).rowcount
    connection.execute("RESET ROLE")
    if new or turned:
        (done.revoked if device.removed else done.enrolled).append(device.label)


def _heirs(took_over: Mapping[Id, Id], device: Id) -> list[Id]:
    """The laptops that took over from one, and from these in turn."""
    heirs = [device]
    for one in heirs:
        heirs += [heir for heir, before in took_over.items() if before == one and heir not in heirs]
    return heirs[1:]


def _open_and_shut(connection: "psycopg.Connection[Any]", inspection: Id) -> None:
    """Let those roles log in that still have a name, and no other."""
    connection.execute(f"SET ROLE {OWNER}")
    rows = connection.execute(
        "SELECT l.role::text, bool_or(l.revoked IS NULL) FROM fieldwork.laptop l JOIN pg_roles r ON r.rolname = l.role "
        "WHERE l.inspection = %s GROUP BY l.role, r.rolcanlogin "
        "HAVING bool_or(l.revoked IS NULL) <> r.rolcanlogin",
        (inspection,),
    ).fetchall()
    connection.execute("RESET ROLE")
    for role, used in rows:
        connection.execute(f"ALTER ROLE {role} {'LOGIN' if used else 'NOLOGIN'}")


def _write_logins(
    connection: "psycopg.Connection[Any]",
    settings: dict[str, Any],
    devices: Sequence[Device],
    folder: Path,
    renew: set[str],
    done: SetUp,
) -> None:
    """A new password for each laptop without one, as a file that only this laptop can open."""
    shared = {name: value for name, value in settings.items() if name not in ("user", "password")}
    for device in devices:
        role = role_of(device.id)
        connection.execute(f"SET ROLE {OWNER}")
        waiting = connection.execute(
            "UPDATE fieldwork.laptop SET access = now() "
            "WHERE role = %s AND device = %s AND revoked IS NULL AND (access IS NULL OR %s)",
            (role, device.id, device.label in renew),
        ).rowcount
        connection.execute("RESET ROLE")
        if not waiting or not device.recipient:
            continue
        password = secrets.token_urlsafe(24)
        verifier = connection.pgconn.encrypt_password(password.encode(), role.encode(), b"scram-sha-256")
        connection.execute(f"ALTER ROLE {role} PASSWORD '{verifier.decode()}'")
        name = re.sub(r"[^\w-]+", "-", device.label).strip("-") or "laptop"
        path = folder / f"{name}-{device.id.hex()[:8]}{ACCESS_SUFFIX}"
        check_target(path, "access file", (_AGE,))
        write_out(path, access_file(shared, role, password, device.recipient), "access file", (_AGE,))
        done.access.append(path)
