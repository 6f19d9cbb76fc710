"""A PostgreSQL of the tests' own: on loopback, in a temporary folder, gone afterwards."""

import glob
import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

INSTALL = "`make hub` installs PostgreSQL and runs these tests"
_RULES = """\
host all keeper 127.0.0.1/32 trust
host all all 127.0.0.1/32 scram-sha-256
"""


def binaries() -> Path | None:
    """The folder of the newest PostgreSQL programs here."""
    found = sorted(glob.glob("/usr/lib/postgresql/*/bin"), key=lambda name: int(name.split("/")[-2]))
    on_path = shutil.which("initdb")
    if on_path:
        found.append(str(Path(on_path).resolve().parent))
    return Path(found[-1]) if found else None


class Server:
    """The running server. `keeper` is its superuser, let in without a password."""

    def __init__(self, port: int) -> None:
        self.port = port

    def url(self, database: str, user: str = "keeper", rest: str = "") -> str:
        return f"postgresql://{user}@127.0.0.1:{self.port}/{database}{rest}"

    def new_database(self) -> str:
        """The name of an empty database; what was in it for an earlier test is gone. Roles stay."""
        with psycopg.connect(self.url("postgres"), autocommit=True) as keeper:
            for schema in ("fieldwork", "public"):
                keeper.execute(f"DROP SCHEMA IF EXISTS {schema} CASCADE")
            keeper.execute("CREATE SCHEMA public")
        return "postgres"


def running() -> Iterator[Server]:
    """A server for as long as the caller likes; skips the test, saying why, where there can be none."""
    programs = binaries()
    if programs is None:
        pytest.skip(f"there is no PostgreSQL here; {INSTALL}")
    folder = Path(tempfile.mkdtemp(prefix="fieldwork-hub-"))
    other = _other_user(folder)
    data = folder / "data"
    process = None
    try:
        made = subprocess.run(
            [
                programs / "initdb",
                "-D",
                data,
                "-U",
                "keeper",
                "-A",
                "trust",
                "-N",
                "-E",
                "UTF8",
                "--locale=C",
            ],
            capture_output=True,
            text=True,
            cwd=folder,
            **other,
        )
        if made.returncode:
            pytest.skip(f"PostgreSQL cannot be started here: {made.stderr.strip()[-200:]}")
        (data / "pg_hba.conf").write_text(_RULES)
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        settings = ["listen_addresses=127.0.0.1", f"port={port}", "unix_socket_directories=", "fsync=off"]
        with (folder / "log").open("w") as log:
            process = subprocess.Popen(
                [programs / "postgres", "-D", data, *(x for s in settings for x in ("-c", s))],
                stdout=log,
                stderr=log,
                cwd=folder,
                **other,
            )
        server = Server(port)
        _wait(server, process, folder / "log")
        yield server
    finally:
        if process is not None:
            process.send_signal(signal.SIGQUIT)  # at once: nothing of it is kept
            try:
                process.wait(20)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        shutil.rmtree(folder, ignore_errors=True)


def _other_user(folder: Path) -> dict[str, object]:
    """PostgreSQL refuses to run as root: then another user owns the folder and runs it."""
    if os.name != "posix" or os.geteuid() != 0:
        return {}
    import pwd

    for name in ("postgres", "nobody"):
        try:
            user = pwd.getpwnam(name)
        except KeyError:
            continue
        os.chown(folder, user.pw_uid, user.pw_gid)
        return {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}
    pytest.skip(f"PostgreSQL refuses to run as root, and there is no other user to run it; {INSTALL}")


def _wait(server: Server, process: subprocess.Popen[bytes], log: Path) -> None:
    for _ in range(200):
        if process.poll() is not None:
            pytest.skip(f"PostgreSQL cannot be started here: {log.read_text().strip()[-200:]}")
        try:
            psycopg.connect(server.url("postgres"), connect_timeout=2).close()
            return
        except psycopg.OperationalError:
            time.sleep(0.05)
    pytest.skip("PostgreSQL did not answer within ten seconds here")
