"""What leaves a laptop before a release says nothing of what a pair has sealed: files, reports, sticks, the hub."""

import contextlib
import json
import zipfile
from collections.abc import Iterator, Sequence
from pathlib import Path

import psycopg
import pytest
import zstandard

from blind_pair import FILE, IN_CLEAR, OF_POLICE, OF_PROSECUTION, TAKEN_BACK, Team, reopened
from fieldwork.commandline import evidence, laptops, running
from fieldwork.domain.records import Session, Visit
from fieldwork.exchange import package, sharing
from fieldwork.exchange.hub_sealing import Place, keys_of, read_letter
from fieldwork.store.keys import FileKey
from fieldwork.store.reading import records
from fieldwork.store.workspace import Workspace
from fieldwork.work import examining, handing, hub, joint
from hub_server import Server

TOLD = ("export", "search", "dump")
SEALED = (OF_POLICE, OF_PROSECUTION, TAKEN_BACK)


@pytest.fixture
def team(sealed_pair: list[tuple[Path, FileKey]], tmp_path: Path) -> Iterator[Team]:
    made = reopened(sealed_pair, tmp_path)
    yield made
    made.close()


class Outside:
    """All that a laptop's commands print and write, by how it was asked for."""

    def __init__(self, folder: Path, capsys, monkeypatch) -> None:
        self.folder, self.capsys, self.patch = folder, capsys, monkeypatch

    def of(self, workspace: Workspace, only: Sequence[str] = ()) -> dict[str, str]:
        for module in (evidence, laptops):
            self.patch.setattr(module, "open_workspace", lambda *_, **__: contextlib.nullcontext(workspace))
        said: dict[str, str] = {}
        for call, file in _calls(workspace):
            if only and call[0] not in only:
                continue
            to = self.folder / f"{workspace.path.stem}-{len(said)}-{file}"
            code = running.run([*call, *(["--to", str(to)] if file else []), "--json"])
            printed = self.capsys.readouterr().out
            if code:
                assert json.loads(printed)["error"], call
            elif file:
                printed += _text(to)
            said[" ".join([*call, file])] = printed
        return said


def _calls(workspace: Workspace) -> list[tuple[list[str], str]]:
    """Every command that shows or writes evidence, and the ending of the file it writes, if it writes one."""
    here = str(workspace.path)
    commands = next(one for one in running._parser()._actions if one.dest == "command").choices
    formats = next(one for one in commands["export"]._actions if one.dest == "format").choices
    groups = next(one for one in commands["results"]._actions if one.dest == "by").choices
    calls = [(["export", here, "--format", name], f"out.{name}") for name in formats]
    for by in ("", *groups):
        grouped = ["results", here, *(["--by", by] if by else [])]
        calls += [(grouped, "")]
        calls += [(grouped, f"{by}.csv"), (grouped, f"{by}.xlsx")] if by in ("", "flag") else []
    (visit,), session = records(workspace, Visit), records(workspace, Session)[0]
    for kind, about in (
        ("visit_summary", ["--visit", visit.id.hex()]),
        ("interview_record", ["--session", session.id.hex()]),
        ("file_record", ["--file", FILE]),
        ("results", []),
    ):
        calls.append((["report", here, kind, *about], f"{kind}.html"))
    calls += [(["search", here, word], "") for word in (*SEALED, IN_CLEAR)]
    return [*calls, (["history", here, FILE], ""), (["dump", here], ""), (["conflicts", here], "")]


def _text(path: Path) -> str:
    """What a file says, what is packed in it included."""
    if zipfile.is_zipfile(path):
        with zipfile.ZipFile(path) as parts:
            return "\n".join(parts.read(name).decode("utf-8", "replace") for name in parts.namelist())
    return path.read_bytes().decode("utf-8", "replace")


def _told(said: dict[str, str], words: tuple[str, ...]) -> list[str]:
    return [f"{word}: {call}" for call, text in said.items() for word in words if word in text.lower()]


def test_no_file_written_out_says_what_a_pair_has_sealed(team: Team, tmp_path, capsys, monkeypatch) -> None:
    outside = Outside(tmp_path, capsys, monkeypatch)
    for workspace in (team.police, team.prosecution, team.lead):
        said = outside.of(workspace)
        asked = f"search {workspace.path} {IN_CLEAR} "
        assert IN_CLEAR in json.loads(said[asked])["hits"][0]["snippet"], "what is agreed first is for all"
        for word in SEALED:
            assert not json.loads(said.pop(f"search {workspace.path} {word} "))["hits"], workspace.path.name
        assert _told(said, SEALED) == [], workspace.path.name
        assert {call.rpartition(".")[2] for call in said} >= {"csv", "xlsx", "json", "html"}

    examining.finish_examination(team.prosecution, file=team.file)
    team.meet()
    joint.release(team.lead)
    team.meet()
    after = _told(outside.of(team.prosecution, TOLD), (OF_POLICE, TAKEN_BACK))
    ways = {call.split(" ")[1] for call in after if call.startswith(OF_POLICE)}
    assert ways == set(TOLD), "where there is nothing to hide it is told"
    assert not [call for call in after if call.startswith(TAKEN_BACK)]


def test_packages_and_the_hub_carry_no_word_of_it_to_who_holds_the_members_keys(
    team: Team, tmp_path, request
) -> None:
    for giver in (team.police, team.lead):
        stick = tmp_path / f"stick-{giver.path.stem}"
        stick.mkdir()
        sharing.share(giver, stick, everything=True)
        handing.share(giver, stick)
        for receiver in (team.prosecution, team.bystander):
            opened = [_opened(path, receiver) for path in stick.iterdir()]
            assert len(opened) == 2 and IN_CLEAR.encode() in b"".join(opened)
            assert not [word for word in SEALED if word.encode() in b"".join(opened)]
    assert [one.state for one in joint.markings(team.lead, team.file)] == ["finished", "begun"]

    server: Server = request.getfixturevalue("postgres")
    url = server.url(server.new_database())
    hub.init(team.lead, url)
    for workspace in (team.police, team.lead):
        hub.push(workspace, url)
    with psycopg.connect(url) as keeper:
        for (table,) in keeper.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'fieldwork'"):
            rows = "\n".join(row for (row,) in keeper.execute(f"SELECT t::text FROM fieldwork.{table} t"))
            for word in (*SEALED, IN_CLEAR):
                assert word not in rows and word.encode().hex() not in rows, table
        read = _at_the_hub(keeper, team.prosecution)
    assert IN_CLEAR.encode() in read and not [word for word in SEALED if word.encode() in read]


def _at_the_hub(keeper: psycopg.Connection, reader: Workspace) -> bytes:
    """Every act that stands at the hub, opened with a member's keys."""
    here = reader.inspection
    with reader.read() as db:
        keys = keys_of(db)
    for device, n, entry, key, body in keeper.execute(
        "SELECT device, n, entry, epoch, body FROM fieldwork.letter"
    ):
        _, own = read_letter(keys.open(key, Place(here, device, n, entry, "letter"), body))
        if own is not None:
            keys.add(own)
    found = []
    for device, n, hash, key, body in keeper.execute(
        "SELECT device, n, hash, epoch, body FROM fieldwork.entry"
    ):
        found.append(keys.open(key, Place(here, device, n, hash, "entry"), body))
    for device, n, hash, place, key, body in keeper.execute(
        "SELECT e.device, e.n, e.hash, p.place, p.epoch, p.body FROM fieldwork.payload p "
        "JOIN fieldwork.entry e ON e.hash = p.entry"
    ):
        found.append(keys.open(key, Place(here, device, n, hash, str(place)), body))
    assert len(found) > 100
    return b"".join(found)


def _opened(path: Path, receiver: Workspace) -> bytes:
    """Everything in a package, as who it was made for can read it."""
    content = package._decrypted(package.read_file(path), sharing._identities(receiver))
    header, stream = package._checked(content, receiver.inspection)
    with zstandard.ZstdDecompressor().stream_reader(stream) as reader:
        return repr(header).encode() + reader.read()
