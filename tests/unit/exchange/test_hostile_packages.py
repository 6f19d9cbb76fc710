"""Packages that are damaged, foreign or made to harm: one sentence each, and nothing is changed."""

import hashlib
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import msgspec
import pyrage
import pytest
import zstandard
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import laptops
from fieldwork.domain.faults import Fault
from fieldwork.domain.package import Head
from fieldwork.domain.records import Device
from fieldwork.exchange import joining, package, sharing
from fieldwork.store import keys
from fieldwork.store.entry import Base, make_entry, make_group
from fieldwork.store.holding import heads_held, lacking
from fieldwork.store.keys import join_statement
from fieldwork.store.reading import canonical, dump
from fieldwork.store.recording import Change, record
from fieldwork.store.verifying import verify
from fieldwork.store.workspace import get_meta, raw

VISIT = b"visit-0123456789"


class Team:
    """Who receives (`here`), a colleague (`liar`) who signs whatever they like, and one more."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.here, self.liar, self.other = laptops.team(folder, 3)
        for number, laptop in enumerate((self.here, self.liar, self.other)):
            record(laptop, "plan", [Change("visit", VISIT, {"title": f"said by {number}", "bodies": "P33"})])
        laptops.give(self.other, self.liar)
        self.good = folder / "good.fieldpackage"
        sharing.share(self.other, self.good)
        with self.liar.read() as db:
            self.epoch = get_meta(db, "epoch_recipient")

    def packed(self) -> tuple[list[Head], list[Any]]:
        with self.liar.read() as db:
            return heads_held(raw(db)), lacking(raw(db), [])

    def own_head(self) -> Head:
        return next(head for head in self.packed()[0] if head.device == self.liar.device)

    def sealed(self, content: bytes) -> bytes:
        return pyrage.encrypt(package.pad(content), [pyrage.x25519.Recipient.from_str(self.epoch)])

    def resigned(self, body: bytes) -> bytes:
        return self.sealed(body + self.liar.device_keys.sign(body))

    def forged(self, heads: list[Head], packed: list[Any]) -> bytes:
        return self.sealed(laptops.signed(self.liar, heads, packed))

    def appended(self, **other: Any) -> bytes:
        """The liar's next entry with something wrong in it, chained and signed as it should be."""
        heads, packed = self.packed()
        head = self.own_head()
        said: dict[str, Any] = {
            "device": self.liar.device,
            "n": head.n + 1,
            "first": laptops_first(packed, self.liar.device),
            "time": 1 << 40,
            "wall": laptops.START,
            "person": "",
            "act": "act",
            "reason": "",
            "undoes": None,
            "previous": head.hash,
            "references": [],
            "groups": [make_group("visit", VISIT, ["title"], ["forged"], [[]])],
        }
        payloads = other.pop("payloads", None)
        change: Callable[[list[Any]], Any] = other.pop("body", lambda body: body)
        entry = make_entry(**(said | other))
        body = msgspec.msgpack.encode(change(msgspec.msgpack.decode(entry.body)))
        hash = hashlib.sha256(body).digest()
        heads = [h for h in heads if h is not head and h.device != head.device]
        heads.append(Head(head.device, head.public, said["n"], hash, self.liar.device_keys.sign(hash)))
        return self.forged(heads, [*packed, (body, payloads or entry.payloads())])

    def refused(self, data: bytes | Path) -> str:
        """Refused with one sentence; the good package beside it is taken; nothing else is changed."""
        path = data if isinstance(data, Path) else self.folder / "bad.fieldpackage"
        if isinstance(data, bytes):
            path.write_bytes(data)
        before = canonical(dump(self.here))
        files = sorted(os.listdir(self.folder))
        outcome = sharing.merge(self.here, [path]).outcomes[0]
        assert outcome.refused, "it was taken"
        assert outcome.refused.endswith(".") and "\n" not in outcome.refused
        assert canonical(dump(self.here)) == before
        assert sorted(os.listdir(self.folder)) == files
        both = sharing.merge(self.here, [path, self.good], dry_run=True).outcomes
        assert [bool(outcome.refused) for outcome in both] == [True, False]
        return outcome.refused

    def close(self) -> None:
        for laptop in (self.here, self.liar, self.other):
            laptop.close()


def laptops_first(packed: list[Any], device: bytes) -> int:
    """The number of the change that a laptop's next entry begins with."""
    bodies = [msgspec.msgpack.decode(body) for body, _ in packed]
    return 1 + sum(len(group[2]) for body in bodies if body[1] == device for group in body[12])


@pytest.fixture
def team(tmp_path: Path) -> Iterator[Team]:
    made = Team(tmp_path)
    yield made
    made.close()


def test_the_maker_of_bad_packages_can_make_a_good_one(team: Team) -> None:
    path = team.folder / "fine.fieldpackage"
    path.write_bytes(team.appended())
    assert not sharing.merge(team.here, [path]).refused
    assert verify(team.here) == []


def test_cut_short(team: Team) -> None:
    data = team.good.read_bytes()
    for length in [0, 1, 10, 30, 100, *range(150, len(data), 997), len(data) - 1]:
        team.refused(data[:length])


def test_a_folder_and_a_missing_file(team: Team) -> None:
    folder = team.folder / "folder.fieldpackage"
    folder.mkdir()
    team.refused(folder)
    team.refused(team.folder / "nowhere.fieldpackage")


def test_without_permission(team: Team) -> None:
    if os.name != "posix":
        pytest.skip("file rights are told by POSIX modes here")
    path = team.folder / "closed.fieldpackage"
    path.write_bytes(b"x")
    path.chmod(0)
    if os.geteuid() == 0:
        pytest.skip("root may read every file, so rights cannot be tested as root")
    assert "cannot be read" in team.refused(path)


def test_of_another_inspection(team: Team, tmp_path_factory: pytest.TempPathFactory) -> None:
    folder = tmp_path_factory.mktemp("other")
    stranger = laptops.workspace_at(folder / "stranger.fieldwork", keys.new_file_key())
    laptops._found(stranger)
    sharing.share(stranger, folder / "theirs.fieldpackage")
    assert "another inspection" in team.refused((folder / "theirs.fieldpackage").read_bytes())
    assert "another inspection" in team.refused(team.sealed(laptops.content(stranger)))
    stranger.close()


def _stranger(team: Team, proof: bytes, invitation: bytes) -> bytes:
    own = keys.new_device_keys()
    fields = {"label": "x", "sign_key": own.public, "invitation": invitation}
    fields["proof"] = proof or own.sign(join_statement(team.here.inspection, own.device))
    group = make_group(Device.kind, own.device, list(fields), list(fields.values()), [[] for _ in fields])
    entry = make_entry(
        device=own.device,
        n=1,
        first=1,
        time=1,
        wall=1,
        person="",
        act="join",
        reason="",
        undoes=None,
        previous=bytes(32),
        references=[],
        groups=[group],
    )
    head = Head(own.device, own.public, 1, entry.hash, own.sign(entry.hash))
    made = package.Contents(team.here.inspection, own.device, 1, [head], [(entry.body, entry.payloads())])
    body = package.plain(made)
    return team.sealed(body + own.sign(body))


def test_of_a_laptop_nobody_invited(team: Team) -> None:
    assert "invited" in team.refused(_stranger(team, bytes(64), b""))
    assert "invited" in team.refused(_stranger(team, b"", b"i" * 16))
    with team.here.read() as db:
        invitation = raw(db).execute("SELECT id FROM invitation").fetchone()[0]
    assert "invited" in team.refused(_stranger(team, b"", invitation))
    assert "invited" in team.refused(_stranger(team, b"", team.other.device))


GROUP = make_group("visit", VISIT, ["title"], ["x"], [[]])
BESIDE = [(GROUP.salt, b"\x91\xa1x")]


def _values(*values: Any) -> dict[str, Any]:
    group = make_group("visit", VISIT, ["title"], values, [[]])
    return {"groups": [group]}


def _repacked(raw_values: bytes) -> dict[str, Any]:
    salt = bytes(16)
    return {
        "body": lambda body: _with(
            body, 12, [["visit", VISIT, ["title"], hashlib.sha256(salt + raw_values).digest(), None]]
        ),
        "payloads": [None, (salt, raw_values)],
    }


def _with(body: list[Any], place: int, value: Any) -> list[Any]:
    return [*body[:place], value, *body[place + 1 :]]


@pytest.mark.parametrize(
    "wrong",
    [
        pytest.param(_values(1 << 63), id="a number above 64 bits"),
        pytest.param(_values(float("nan")), id="not a number"),
        pytest.param(_values(float("inf")), id="infinity"),
        pytest.param(_values(True), id="a truth value"),
        pytest.param(_values(["a"]), id="a list"),
        pytest.param(_values("a", "b"), id="more values than fields"),
        pytest.param(_repacked(b"\x91\xd9\x01x"), id="values not packed in the one way"),
        pytest.param(_repacked(b"\x91\xa1\xff"), id="text that is not UTF-8"),
        pytest.param(_repacked(b"\x91" * 100_000 + b"\xc0"), id="lists in lists"),
        pytest.param(
            {"payloads": [(bytes(16), b"why"), *BESIDE], "groups": [GROUP]}, id="a reason nobody gave"
        ),
        pytest.param(
            {"reason": "why", "payloads": [(bytes(16), b"other"), *BESIDE], "groups": [GROUP]},
            id="another reason",
        ),
        pytest.param({"body": lambda body: _with(body, 8, "why")}, id="a reason inside the body"),
        pytest.param({"payloads": BESIDE, "groups": [GROUP]}, id="no place for a reason"),
        pytest.param(
            {"payloads": [None, (bytes(16), b"\x91\xa1y")]}, id="values that do not fit their digest"
        ),
        pytest.param(
            {"payloads": [None, *[(bytes(16), b"\x90")] * 2]}, id="values of a group that is not there"
        ),
        pytest.param({"n": 99}, id="wrong number"),
        pytest.param({"n": 1 << 62}, id="huge number"),
        pytest.param({"first": 1}, id="wrong number of its first change"),
        pytest.param({"previous": bytes(32)}, id="no predecessor"),
        pytest.param({"time": -1}, id="time below nought"),
        pytest.param({"wall": 1 << 60}, id="wall time no calendar has"),
        pytest.param({"groups": [GROUP, GROUP]}, id="one record twice"),
        pytest.param({"groups": []}, id="nothing in it"),
        pytest.param({"references": [b"x"]}, id="a reference that is no hash"),
        pytest.param({"references": [bytes(32)]}, id="a reference to nothing"),
        pytest.param({"undoes": b"x"}, id="undoes that is no hash"),
        pytest.param(
            {"groups": [make_group("visit", VISIT, ["a", "a"], [1, 2], [[], []])]}, id="one field twice"
        ),
        pytest.param({"groups": [make_group("visit", b"short", ["a"], [1], [[]])]}, id="an id too short"),
        pytest.param(
            {"groups": [make_group("visit", VISIT, ["a"], [1], [[Base(7, 0)]])]}, id="a base nowhere"
        ),
        pytest.param(
            {"groups": [make_group("visit", VISIT, ["_deleted"], [7], [[]])]}, id="a delete that saw a number"
        ),
        pytest.param(
            {"groups": [make_group("visit", VISIT, ["_deleted"], [bytes(32)], [[]])]},
            id="a delete that saw what is nowhere",
        ),
        pytest.param({"body": lambda body: _with(body, 0, 2)}, id="a future format"),
        pytest.param({"body": lambda body: [*body, 1]}, id="one item more"),
        pytest.param({"body": lambda body: {"a": 1}}, id="no list at all"),
        pytest.param({"body": lambda body: _with(body, 2, True)}, id="a truth value for a number"),
        pytest.param({"body": lambda body: _with(body, 1, "device")}, id="text for a laptop"),
    ],
)
def test_signed_by_a_colleague_but_wrong(team: Team, wrong: dict[str, Any]) -> None:
    sentence = team.refused(team.appended(**wrong))
    if wrong.get("body") and "future" in os.environ.get("PYTEST_CURRENT_TEST", ""):
        assert "newer Fieldwork" in sentence


@pytest.mark.parametrize(
    "lacking",
    [
        pytest.param({"payloads": [None, None]}, id="values left out"),
        pytest.param(
            {"reason": "why", "payloads": [None, *BESIDE], "groups": [GROUP]}, id="a reason left out"
        ),
    ],
)
def test_what_no_erasure_explains_waits_for_a_whole_copy(team: Team, lacking: dict[str, Any]) -> None:
    path = team.folder / "lacking.fieldpackage"
    path.write_bytes(team.appended(**lacking))
    outcome = sharing.merge(team.here, [path]).outcomes[0]
    assert outcome.refused == "" and outcome.waiting == 1
    assert verify(team.here) == []


def test_a_colleagues_head_claimed(team: Team) -> None:
    heads, packed = team.packed()
    head = next(h for h in heads if h.device == team.other.device)
    forged = Head(head.device, head.public, head.n, head.hash, team.liar.device_keys.sign(head.hash))
    team.refused(team.forged([forged if h is head else h for h in heads], packed))
    mine = team.own_head()
    other = Head(team.other.device, mine.public, head.n, head.hash, team.liar.device_keys.sign(head.hash))
    team.refused(team.forged([mine, other], packed))


def test_the_same_entry_twice(team: Team) -> None:
    heads, packed = team.packed()
    assert "twice" in team.refused(team.forged(heads, [*packed, packed[0]]))


def _with_header(team: Team, header: Any) -> bytes:
    packed = header if isinstance(header, bytes) else msgspec.msgpack.encode(header)
    stream = zstandard.compress(msgspec.msgpack.encode([]))
    return team.resigned(package.MAGIC + len(packed).to_bytes(4, "big") + packed + stream)


def test_headers_that_are_none(team: Team) -> None:
    here = team.here.inspection
    head = team.own_head()
    whole = [head.device, head.public, head.n, head.hash, head.signature, True]
    for header in (
        {},
        [],
        1,
        "text",
        None,
        [1],
        [1, here],
        [1, here, [1], 0, []],
        [1, here, team.liar.device, 0, [[1, 2, 3]]],
        [1, here, team.liar.device, 0, [[head.device, "key", 1, head.hash, head.signature, True]]],
        [1, here, team.liar.device, 0, [[*whole[:2], 1 << 63, *whole[3:]]]],
        [1, here, team.liar.device, 0, [[*whole[:2], 0, *whole[3:]]]],
        [1, here, team.liar.device, 0, [whole] * 10_001],
        b"\xc1",
        b"\x91" * 5000 + b"\xc0",
    ):
        team.refused(_with_header(team, header))
    assert "newer" in team.refused(_with_header(team, [2, "anything"]))
    team.refused(team.resigned(package.MAGIC + b"\xff\xff\xff\xff" + b"x" * 200))


def test_what_unpacks_without_end(team: Team) -> None:
    header = package.plain(package.Contents(team.here.inspection, team.liar.device, 1, [team.own_head()], []))
    header = header[: -len(zstandard.ZstdCompressor(level=3).compress(msgspec.msgpack.encode([])))]
    bomb = zstandard.ZstdCompressor(level=19).compress(bytes(package.SMALL + (1 << 20)))
    assert "unpacks" in team.refused(team.resigned(header + bomb))
    team.refused(team.resigned(header + bomb[:100]))
    team.refused(team.resigned(header + b"no stream"))
    team.refused(team.resigned(header + zstandard.compress(b"\xdd\xff\xff\xff\xff")))


def test_a_key_that_is_none_stops_nobody(team: Team) -> None:
    """A member may write rubbish where a colleague's key stands; packages are still made and read."""
    record(team.liar, "harm", [Change(Device.kind, team.other.device, {"recipient": "rubbish"})])
    laptops.give(team.liar, team.here)
    shared = sharing.share(team.here, team.folder)
    assert not sharing.merge(team.liar, [shared.path]).refused


@settings(
    max_examples=5000 if os.environ.get("FIELDWORK_LONG") else 150,
    deadline=None,
    database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    at=st.integers(0, 10**6),
    byte=st.integers(1, 255),
    how=st.sampled_from(["outer", "inner", "stream", "entry", "cut"]),
)
def test_altered_anywhere(team: Team, at: int, byte: int, how: str) -> None:
    """Outer bytes, inner bytes, or the inside of an entry, the last two signed again by a colleague."""
    if how == "outer":
        data = bytearray(team.good.read_bytes())
        data[at % len(data)] ^= byte
        team.refused(bytes(data))
        return
    heads, packed = team.packed()
    content = laptops.signed(team.liar, heads, packed)
    body = bytearray(content[:-64])
    if how == "cut":
        del body[at % len(body) :]
    elif how == "inner":
        body[at % len(body)] ^= byte
    else:
        which = at % len(packed)
        raw_body = bytearray(packed[which][0])
        if how == "entry":
            raw_body[(at >> 3) % len(raw_body)] ^= byte
            packed[which] = (bytes(raw_body), packed[which][1])
        else:
            reason, (salt, values), *rest = packed[which][1]
            packed[which] = (
                packed[which][0],
                [reason, (salt, values[:-1] + bytes([values[-1] ^ byte])), *rest],
            )
        body = bytearray(laptops.signed(team.liar, heads, packed)[:-64])
    path = team.folder / "altered.fieldpackage"
    path.write_bytes(team.resigned(bytes(body)))
    before = canonical(dump(team.here))
    outcome = sharing.merge(team.here, [path], dry_run=True).outcomes[0]
    assert canonical(dump(team.here)) == before
    unharmed = bytes(body) == content[:-64]
    # the day a package was made, and whether its sender holds all, are the sender's own to say
    if not unharmed and how in ("entry", "stream", "cut"):
        assert outcome.refused


@pytest.mark.parametrize(
    "part",
    [
        *({"epochs_since": later} for later in [1.5, "x", [1], [["a"]], [["no key", "no key"]]]),
        {"content": "d29yZHM="},
        {"inspection": "AAAAAAAAAAAAAAAAAAAAAA=="},
    ],
    ids=repr,
)
def test_a_pack_that_holds_something_else(team: Team, part: dict[str, Any]) -> None:
    path = team.folder / "bad.fieldpack"
    code = joining.make_pack(team.liar, path)
    start = len(joining.PACK_MAGIC)
    plain = keys.open_under_code(path.read_bytes()[start:], joining._typed(code), joining.PACK_MAGIC)
    pack = msgspec.msgpack.decode(package.unpad(plain)) | part
    altered = package.pad(msgspec.msgpack.encode(pack))
    sealed = keys.seal_under_code(altered, joining._typed(code), joining.PACK_MAGIC)
    path.write_bytes(joining.PACK_MAGIC + sealed)
    with pytest.raises(Fault, match="damaged"):
        joining.open_pack(path, code)
