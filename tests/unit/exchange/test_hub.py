"""The hub: laptops that meet there, what it may and may not do, and what becomes of it when it lies or is lost."""

import random
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

import laptops
from fieldwork.domain.faults import Fault
from fieldwork.domain.records import Approval, Device, Erasing, NoteLine, Session, approval_id
from fieldwork.domain.values import new_id
from fieldwork.exchange import hub, hub_pull, hub_push
from fieldwork.exchange.hub_door import role_of
from fieldwork.exchange.membership import remove
from fieldwork.store import held
from fieldwork.store.reading import canonical, dump
from fieldwork.store.receipts import receipts
from fieldwork.store.recording import DELETE, Change, record, take_new_identity
from fieldwork.store.verifying import verify
from fieldwork.store.workspace import Workspace
from hub_server import Server

SESSION = b"session-01234567"


class Meeting:
    """Three laptops of one inspection and the database of their hub."""

    def __init__(self, server: Server, folder: Path) -> None:
        self.server = server
        self.folder = folder
        self.database = server.new_database()
        self.url = server.url(self.database)
        self.laptops = laptops.team(folder, 3)
        self.lead, self.second, self.third = self.laptops

    def keeper(self) -> psycopg.Connection:
        return psycopg.connect(self.url, autocommit=True)

    def run(self, *statements: str) -> list[tuple]:
        """As the administrator of the server, past every rule."""
        with self.keeper() as keeper:
            keeper.execute("SET session_replication_role = replica")
            for statement in statements:
                got = keeper.execute(statement)
        return got.fetchall() if got.description else []

    def push(self, *some: Workspace) -> list[hub.Pushed]:
        return [hub.push(laptop, self.url) for laptop in some]

    def pull(self, *some: Workspace) -> list[hub.Pulled]:
        return [hub.pull(laptop, self.url) for laptop in some]

    def round(self) -> None:
        for _ in range(2):
            self.push(*self.laptops)
            self.pull(*self.laptops)

    def close(self) -> None:
        for laptop in self.laptops:
            laptop.close()


@pytest.fixture
def meeting(postgres: Server, tmp_path: Path) -> Iterator[Meeting]:
    made = Meeting(postgres, tmp_path)
    hub.init(made.lead, made.url)
    yield made
    made.close()


def write(laptop: Workspace, count: int, words: str = "line") -> None:
    for number in range(count):
        fields = {"session": SESSION, "text": f"{words} {number}", "place": f"{number:04}"}
        record(laptop, "line", [Change(NoteLine.kind, new_id(), fields)], reason=f"because of {words}")


def same(*some: Workspace) -> None:
    assert len({canonical(dump(laptop)) for laptop in some}) == 1
    assert [verify(laptop) for laptop in some] == [[]] * len(some)


# -- meeting


def test_through_the_hub_is_as_through_packages(meeting: Meeting, tmp_path_factory) -> None:
    dice = random.Random(7)
    lines = [bytes([number]) * 16 for number in range(12)]

    def act(laptop: Workspace) -> None:
        change = {"text": f"{dice.random()}"} if dice.random() < 0.8 else {"_deleted": DELETE}
        record(laptop, "edit", [Change(NoteLine.kind, dice.choice(lines), change)], reason="seed 7")

    for _ in range(20):
        act(dice.choice(meeting.laptops))
    other = tmp_path_factory.mktemp("packages")
    copies = [laptops.copy_of(laptop, other, f"copy{n}") for n, laptop in enumerate(meeting.laptops)]
    meeting.round()
    laptops.together(*copies)
    same(*meeting.laptops, *copies)
    assert dump(meeting.lead)["conflicts"]
    status = hub.status(meeting.second, meeting.url)
    assert (status.to_push, status.to_pull, status.elsewhere, status.found) == (0, 0, {}, [])
    for copy in copies:
        copy.close()


def test_the_hub_sees_no_words(meeting: Meeting) -> None:
    write(meeting.second, 3, "Zinnober")
    meeting.push(meeting.second)
    tables = [
        name for (name,) in meeting.run("SELECT tablename FROM pg_tables WHERE schemaname = 'fieldwork'")
    ]
    assert len(tables) == 8
    for table in tables:
        for (row,) in meeting.run(f"SELECT t::text FROM fieldwork.{table} t"):
            for word in ("Zinnober", "note_line", "laptop 1", "because"):
                assert word not in row and word.encode().hex() not in row
    sizes = {size for (size,) in meeting.run("SELECT octet_length(body) FROM fieldwork.payload")}
    assert len(sizes) <= 2  # padded: a reason and a line look alike


def test_pushing_and_pulling_twice_brings_nothing_twice(meeting: Meeting) -> None:
    write(meeting.lead, 5)
    assert [done.entries for done in meeting.push(meeting.lead, meeting.lead)][1] == 0
    meeting.push(meeting.third)
    meeting.pull(meeting.second)
    before = meeting.run("SELECT count(*) FROM fieldwork.entry")
    assert meeting.pull(meeting.second)[0].outcomes == []
    meeting.push(meeting.second, meeting.lead, meeting.second)
    assert meeting.run("SELECT count(*) - 1 FROM fieldwork.entry") == before  # its own first act
    assert receipts(meeting.second)[0].direction == "out"


def test_what_a_laptop_holds_travels_too(meeting: Meeting) -> None:
    """A colleague's letter says what has reached them, so a package to them need not carry it again."""
    write(meeting.lead, 30)
    meeting.round()
    meeting.push(*meeting.laptops)
    meeting.pull(meeting.lead)
    from fieldwork.exchange.sharing import share

    shared = share(meeting.lead, meeting.folder / "small.fieldpackage")
    assert shared.entries < 5


# -- what the hub refuses


def as_laptop(meeting: Meeting, laptop: Workspace) -> psycopg.Connection:
    connection = meeting.keeper()
    connection.execute(f"SET ROLE {role_of(laptop.device)}")
    return connection


ENTRY = "INSERT INTO fieldwork.entry (inspection, device, n, hash, previous, epoch, body) VALUES (%s,%s,%s,%s,%s,%s,%s)"


def entry_row(meeting: Meeting, laptop: Workspace, **other: object) -> tuple:
    """The next entry of a laptop as the hub would take it, with something wrong in it."""
    [(n, hash)] = meeting.run(
        f"SELECT n, hash FROM fieldwork.tip WHERE device = decode('{laptop.device.hex()}', 'hex')"
    )
    row = {"inspection": laptop.inspection, "device": laptop.device, "n": n + 1, "hash": b"h" * 32}
    row |= {"previous": bytes(hash), "epoch": b"e" * 8, "body": b"sealed"}
    return tuple((row | other).values())


def test_rows_the_hub_refuses(meeting: Meeting) -> None:
    meeting.push(*meeting.laptops)
    liar, other = meeting.second, meeting.third
    before = meeting.run("SELECT * FROM fieldwork.entry ORDER BY hash")
    wrong = [
        entry_row(meeting, other),  # as another laptop
        entry_row(meeting, liar, inspection=b"another-inspecti"),
        entry_row(meeting, liar, n=9),  # a gap
        entry_row(meeting, liar, previous=b"p" * 32),  # a broken chain
        entry_row(meeting, liar, previous=bytes(32)),
        entry_row(meeting, liar, previous=entry_row(meeting, other)[4]),  # another laptop's chain
        entry_row(meeting, liar, n=0),
        entry_row(meeting, liar, hash=b"short"),
    ]
    with as_laptop(meeting, liar) as connection:
        for row in wrong:
            with pytest.raises((psycopg.errors.InsufficientPrivilege, psycopg.errors.IntegrityError)):
                connection.execute(ENTRY, row)
        for statement in (
            "UPDATE fieldwork.entry SET body = 'x'",
            "DELETE FROM fieldwork.entry",
            "TRUNCATE fieldwork.entry",
            "UPDATE fieldwork.payload SET body = 'x'",
            "INSERT INTO fieldwork.tip SELECT * FROM fieldwork.tip",
            "DELETE FROM fieldwork.fork",
            "UPDATE fieldwork.laptop SET revoked = NULL",
            "INSERT INTO fieldwork.laptop SELECT * FROM fieldwork.laptop",
            "UPDATE fieldwork.inspection SET hub = gen_random_uuid()",
            "INSERT INTO fieldwork.entry SELECT * FROM fieldwork.entry",  # with a time of its own choosing
            "DROP TABLE fieldwork.entry",
            "ALTER TABLE fieldwork.entry DISABLE ROW LEVEL SECURITY",
            "SELECT fieldwork.continue_chain()",
            f"SELECT fieldwork.go_on_as(decode('{other.device.hex()}', 'hex'))",
        ):
            with pytest.raises((psycopg.errors.InsufficientPrivilege, psycopg.errors.FeatureNotSupported)):
                connection.execute(statement)
        assert connection.execute("DELETE FROM fieldwork.payload").rowcount == 0
        for part in ("payload", "letter"):
            columns = "place" if part == "payload" else "n"
            with pytest.raises(psycopg.errors.IntegrityError):
                connection.execute(
                    f"INSERT INTO fieldwork.{part} (inspection, device, entry, {columns}, epoch, body) "
                    "VALUES (%s, %s, %s, 0, %s, %s)",
                    (liar.inspection, liar.device, entry_row(meeting, other)[4], b"e" * 8, b"x"),
                )
        connection.execute(ENTRY, entry_row(meeting, liar))  # the control: a row as it should be
    assert (
        meeting.run("SELECT * FROM fieldwork.entry WHERE hash <> repeat('h', 32)::bytea ORDER BY hash")
        == before
    )


@pytest.mark.parametrize(
    ("without", "wrong"),
    [
        ("ALTER TABLE fieldwork.entry DISABLE ROW LEVEL SECURITY", {"laptop": 2}),
        ("DROP TRIGGER continue_chain ON fieldwork.entry", {"n": 9}),
        ("DROP TRIGGER continue_chain ON fieldwork.entry", {"previous": b"p" * 32}),
    ],
)
def test_each_rule_is_what_refuses(meeting: Meeting, without: str, wrong: dict) -> None:
    """The control: without its rule the wrong row would be taken."""
    meeting.push(*meeting.laptops)
    laptop = meeting.laptops[wrong.pop("laptop", 1)]
    row = entry_row(meeting, laptop, **wrong)
    with as_laptop(meeting, meeting.second) as connection:
        with pytest.raises((psycopg.errors.InsufficientPrivilege, psycopg.errors.IntegrityError)):
            connection.execute(ENTRY, row)
        meeting.run(without)
        assert connection.execute(ENTRY, row).rowcount == 1


def test_each_reads_its_own_inspection_only(meeting: Meeting, tmp_path_factory) -> None:
    folder = tmp_path_factory.mktemp("other")
    stranger = laptops.workspace_at(folder / "stranger.fieldwork", laptops.new_file_key())
    laptops._found(stranger)
    hub.init(stranger, meeting.url)
    meeting.push(meeting.lead)
    hub.push(stranger, meeting.url)
    with as_laptop(meeting, stranger) as connection:
        for table in ("entry", "payload", "letter", "tip", "inspection", "laptop"):
            name = "id" if table == "inspection" else "inspection"
            rows = connection.execute(f"SELECT DISTINCT {name} FROM fieldwork.{table}").fetchall()
            assert [bytes(row[0]) for row in rows] == [stranger.inspection]
    assert hub.status(stranger, meeting.url).held == 1
    stranger.close()


def test_a_fork_is_kept_and_flagged(meeting: Meeting) -> None:
    meeting.push(*meeting.laptops)
    copy = laptops.copy_of(meeting.second, meeting.folder, "copied-back")
    write(meeting.second, 3, "one way")
    write(copy, 2, "the other way")
    meeting.push(meeting.second, copy)
    assert hub.status(meeting.lead, meeting.url).forked == ["laptop 1"]
    assert any("put back or copied" in notice for notice in hub.status(copy, meeting.url).notices)
    meeting.pull(meeting.lead, meeting.third, meeting.second, copy)
    same(meeting.lead, meeting.third, meeting.second, copy)
    assert len([r for r in dump(meeting.lead)["records"] if r["kind"] == "note_line"]) == 5
    copy.close()


def test_a_laptop_under_a_new_name_goes_on_at_the_hub(meeting: Meeting) -> None:
    meeting.push(*meeting.laptops)
    write(meeting.second, 3, "before")
    take_new_identity(meeting.second, "restore", "laptop 1 again")
    write(meeting.second, 3, "after")
    assert meeting.push(meeting.second)[0].entries == 7
    meeting.pull(meeting.lead)
    same(meeting.lead, meeting.second)


# -- logins


def logged_in(meeting: Meeting) -> dict[str, Path]:
    folder = meeting.folder / "access"
    folder.mkdir(exist_ok=True)
    done = hub.init(meeting.lead, meeting.url, logins=folder)
    return {path.name.rsplit("-", 1)[0]: path for path in done.access}


def test_each_laptop_has_its_own_login(meeting: Meeting) -> None:
    access = logged_in(meeting)
    assert sorted(access) == ["laptop-0", "laptop-1", "laptop-2"]
    assert logged_in(meeting) == {}
    write(meeting.second, 2)
    assert hub.push(meeting.second, str(access["laptop-1"])).entries == 3
    plain = f"postgresql://127.0.0.1:{meeting.server.port}/{meeting.database}"
    assert hub.push(meeting.second, plain).entries == 0  # the login was kept
    with pytest.raises(Fault, match="no access file for this laptop"):
        hub.pull(meeting.third, str(access["laptop-1"]))
    own = f"{role_of(meeting.second.device)}:wrong-one@"
    with pytest.raises(Fault, match="does not let this login in") as caught:
        hub.pull(meeting.second, plain.replace("//", f"//{own}"))
    assert "wrong-one" not in str(caught.value)


def test_the_login_of_one_laptop_lets_no_other_in(meeting: Meeting) -> None:
    access = logged_in(meeting)
    hub.push(meeting.second, str(access["laptop-1"]))
    with meeting.second.read() as db:
        from fieldwork.exchange.hub_door import _kept

        [login] = _kept(db).values()
    url = meeting.server.url(meeting.database, f"{login['user']}:{login['password']}")
    with pytest.raises(Fault, match="not this laptop's"):
        hub.push(meeting.third, url)


def test_a_removed_laptop_is_taken_off(meeting: Meeting) -> None:
    access = logged_in(meeting)
    hub.pull(meeting.third, str(access["laptop-2"]))
    record(meeting.lead, "remove", [Change(Device.kind, meeting.third.device, {"removed": 1})])
    assert hub.init(meeting.lead, meeting.url).revoked == ["laptop 2"]
    with pytest.raises(Fault, match="does not let this login in"):
        hub.pull(meeting.third, str(access["laptop-2"]))
    with pytest.raises(Fault, match="taken off"):
        hub.push(meeting.third, meeting.url)
    with as_laptop(meeting, meeting.third) as connection:
        assert connection.execute("SELECT count(*) FROM fieldwork.entry").fetchone() == (0,)


def test_a_removed_laptop_is_taken_off_under_every_name_it_took(meeting: Meeting) -> None:
    """Also under one that nobody knows of, taken beforehand by a program that means to stay."""
    access = logged_in(meeting)
    hub.pull(meeting.third, str(access["laptop-2"]))
    with as_laptop(meeting, meeting.third) as connection:
        connection.execute("SELECT fieldwork.go_on_as(%s)", (new_id(),))
    remove(meeting.lead, meeting.third.device)
    assert hub.init(meeting.lead, meeting.url).revoked == ["laptop 2"]
    with pytest.raises(Fault, match="does not let this login in"):
        hub.pull(meeting.third, str(access["laptop-2"]))
    with as_laptop(meeting, meeting.third) as connection:
        assert connection.execute("SELECT count(*) FROM fieldwork.entry").fetchone() == (0,)


def test_what_the_hub_was_told_is_held_is_not_taken_back(meeting: Meeting) -> None:
    """Colleagues leave out of their packages what a laptop says it holds."""
    meeting.round()
    write(meeting.second, 2)
    meeting.push(meeting.second)
    meeting.pull(meeting.lead)
    assert not held.can_take_back(meeting.lead)
    assert meeting.push(meeting.lead)[0].entries == 0
    meeting.pull(meeting.second, meeting.third)
    assert "told to a hub since" in held.can_take_back(meeting.lead)


def test_who_sets_it_up_need_not_be_superuser(postgres: Server, tmp_path: Path) -> None:
    database = postgres.new_database()
    with psycopg.connect(postgres.url(database), autocommit=True) as keeper:
        name = "some_dba"
        keeper.execute(f"CREATE ROLE {name} LOGIN CREATEROLE PASSWORD 'some words'")
        keeper.execute(f"GRANT CREATE ON DATABASE {database} TO {name}")
        keeper.execute("CREATE ROLE some_stranger LOGIN PASSWORD 'some words'")
    lead, second = laptops.team(tmp_path, 2)
    url = postgres.url(database, f"{name}:some%20words")
    assert hub.init(lead, url).made
    assert hub.push(lead, url).entries
    for stranger in (url, postgres.url(database, "some_stranger:some%20words")):
        with pytest.raises(Fault, match="not this laptop's"):
            hub.push(second, stranger)
    with pytest.raises(Fault, match="CREATEROLE"):
        hub.init(lead, stranger)
    lead.close()
    second.close()


# -- a hub that lies


def pull_of(meeting: Meeting, laptop: Workspace) -> tuple[list[str], str]:
    done = hub.pull(laptop, meeting.url)
    assert all("\n" not in sentence and sentence.endswith(".") for sentence in done.found)
    return done.found, canonical(dump(laptop))


MIDDLE = "device = decode('{0}', 'hex') AND n = 3"


@pytest.mark.parametrize(
    ("lie", "says"),
    [
        ("UPDATE fieldwork.entry SET body = set_byte(body, 40, get_byte(body, 40) # 1) WHERE {m}", "altered"),
        ("UPDATE fieldwork.entry SET body = '' WHERE {m}", "altered"),
        ("UPDATE fieldwork.entry SET epoch = 'sixteen1' WHERE {m}", "was not given"),
        ("UPDATE fieldwork.entry SET hash = decode(repeat('aa', 32), 'hex') WHERE {m}", "lost act 3"),
        ("DELETE FROM fieldwork.entry WHERE {m}", "lost act 3"),
        (
            "UPDATE fieldwork.entry e SET body = o.body FROM fieldwork.entry o "
            "WHERE e.device = o.device AND e.device = decode('{d}', 'hex') AND e.n = 3 AND o.n = 4",
            "altered",
        ),
        (
            "UPDATE fieldwork.payload p SET body = o.body "
            "FROM fieldwork.payload o, fieldwork.entry e, fieldwork.entry f "
            "WHERE p.entry = e.hash AND o.entry = f.hash AND e.device = decode('{d}', 'hex') AND e.n = 3 "
            "AND f.device = e.device AND f.n = 4 AND p.place = o.place",
            "altered",
        ),
        (
            "DELETE FROM fieldwork.payload WHERE entry = (SELECT hash FROM fieldwork.entry WHERE {m})",
            "missing",
        ),
        ("DELETE FROM fieldwork.letter WHERE device = decode('{d}', 'hex')", "nobody has signed"),
        (
            "UPDATE fieldwork.letter SET body = decode('00', 'hex') WHERE device = decode('{d}', 'hex')",
            "altered",
        ),
        ("UPDATE fieldwork.entry SET previous = hash WHERE {m}", "lost act"),
        ("UPDATE fieldwork.entry SET n = 40 WHERE {m}", "altered"),
    ],
)
def test_a_lie_is_named_and_everything_else_taken(meeting: Meeting, lie: str, says: str) -> None:
    write(meeting.second, 6)
    write(meeting.third, 2, "honest")
    meeting.push(meeting.second, meeting.third)
    device = meeting.second.device.hex()
    meeting.run(lie.format(m=MIDDLE.format(device), d=device))
    before = len(dump(meeting.lead)["records"])
    done = hub.pull(meeting.lead, meeting.url)
    sentences = [*done.found, *done.waiting]
    assert [sentence for sentence in sentences if says in sentence], sentences
    assert all("laptop 1" in sentence for sentence in sentences)
    assert verify(meeting.lead) == []
    assert len(dump(meeting.lead)["records"]) == before + 2
    laptops.together(*meeting.laptops)
    same(*meeting.laptops)


def test_rows_that_were_dropped_come_back_with_a_push(meeting: Meeting) -> None:
    write(meeting.second, 6)
    meeting.push(meeting.second)
    meeting.run(f"DELETE FROM fieldwork.entry WHERE {MIDDLE.format(meeting.second.device.hex())}")
    assert any("lost 1 of the acts of laptop 1" in s for s in hub.status(meeting.lead, meeting.url).found)
    meeting.push(meeting.second)
    assert hub.status(meeting.lead, meeting.url).found == []
    assert meeting.pull(meeting.lead)[0].found == []
    same(meeting.lead, meeting.second)


# -- a hub that was lost


def everything(meeting: Meeting) -> list[str]:
    return [canonical(dump(laptop)) for laptop in meeting.laptops]


def test_a_wiped_hub_deletes_nothing_and_is_named(meeting: Meeting) -> None:
    write(meeting.lead, 4)
    meeting.round()
    before = everything(meeting)
    meeting.run("DROP SCHEMA fieldwork CASCADE")
    with pytest.raises(Fault, match="no hub at"):
        hub.pull(meeting.second, meeting.url)
    hub.init(meeting.lead, meeting.url)
    for command in (hub.status, hub.pull, hub.status):
        assert [s for s in command(meeting.second, meeting.url).found if "set up anew" in s]
    assert everything(meeting) == before
    done = meeting.push(*meeting.laptops)
    assert all("set up anew" in one.found[0] for one in done)
    assert hub.status(meeting.second, meeting.url).found == []
    fresh = meeting.run("SELECT count(*) FROM fieldwork.entry")[0][0]
    assert fresh == len(laptops.entries_in(meeting.lead))
    meeting.round()
    assert everything(meeting) == before


def test_a_hub_restored_from_last_month_deletes_nothing_and_is_named(meeting: Meeting) -> None:
    meeting.round()
    tables = ("entry", "payload", "letter", "tip")
    meeting.run(*(f"CREATE TABLE public.{name} AS TABLE fieldwork.{name}" for name in tables))
    write(meeting.lead, 4)
    write(meeting.second, 2)
    meeting.round()
    before = everything(meeting)
    for name in tables:
        rest = "OVERRIDING SYSTEM VALUE " if name == "letter" else ""
        meeting.run(
            f"DELETE FROM fieldwork.{name}", f"INSERT INTO fieldwork.{name} {rest}SELECT * FROM public.{name}"
        )
    for command in (hub.status, hub.pull, hub.status):
        [sentence] = command(meeting.third, meeting.url).found
        assert "laptop 0, laptop 1" in sentence and "earlier state" in sentence
    assert everything(meeting) == before
    assert [one.entries for one in meeting.push(meeting.lead)] == [4]
    [sentence] = hub.status(meeting.third, meeting.url).found
    assert "laptop 0" not in sentence
    assert [one.entries for one in meeting.push(meeting.second)] == [2]
    assert hub.status(meeting.third, meeting.url).found == []
    assert everything(meeting) == before


def test_the_hub_of_another_inspection(meeting: Meeting, tmp_path_factory) -> None:
    folder = tmp_path_factory.mktemp("other")
    stranger = laptops.workspace_at(folder / "stranger.fieldwork", laptops.new_file_key())
    laptops._found(stranger)
    with pytest.raises(Fault, match="not this laptop's"):
        hub.pull(stranger, meeting.url)
    stranger.close()


# -- interrupted


@pytest.fixture
def small_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hub_push, "MOST", 5)
    monkeypatch.setattr(hub_pull, "MOST", 5)


def test_a_push_that_breaks_off_in_mid_batch_goes_on(meeting: Meeting, small_batches: None) -> None:
    meeting.push(*meeting.laptops)
    write(meeting.second, 23)
    seen: list[tuple[int, int]] = []

    def cut(done: int, total: int) -> None:
        seen.append((done, total))
        if done != 10:
            return
        blocker = meeting.keeper()
        blocker.execute("BEGIN")
        blocker.execute(
            "LOCK TABLE fieldwork.letter IN EXCLUSIVE MODE"
        )  # the next batch gets as far as its letter

        def kill() -> None:
            for _ in range(200):
                found = blocker.execute(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'fieldwork' "
                    "AND datname = current_database() AND wait_event_type = 'Lock'"
                ).fetchall()
                if found:
                    break
                time.sleep(0.02)
            blocker.close()

        threading.Thread(target=kill).start()

    with pytest.raises(Fault, match="goes on where it stopped") as caught:
        hub.push(meeting.second, meeting.url, progress=cut)
    assert caught.value.code == 1
    assert seen == [(0, 23), (5, 23), (10, 23)]
    assert hub.status(meeting.second, meeting.url).to_push == 13
    assert hub.push(meeting.second, meeting.url, progress=lambda *at: seen.append(at)).entries == 13
    assert seen[-1] == (13, 13)
    meeting.pull(meeting.lead)
    same(meeting.lead, meeting.second)


def test_a_pull_that_breaks_off_goes_on(meeting: Meeting, small_batches: None) -> None:
    meeting.push(*meeting.laptops)
    write(meeting.second, 23)
    meeting.push(meeting.second)
    meeting.pull(meeting.third)

    def cut(done: int, total: int) -> None:
        if done == 10:
            meeting.run(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                "WHERE application_name = 'fieldwork' AND datname = current_database()"
            )

    with pytest.raises(Fault, match="goes on where it stopped"):
        hub.pull(meeting.lead, meeting.url, progress=cut)
    assert verify(meeting.lead) == []
    assert hub.status(meeting.lead, meeting.url).to_pull == 13
    assert hub.pull(meeting.lead, meeting.url).entries == 13
    same(meeting.lead, meeting.second)


def test_asked_to_stop_it_ends_after_the_batch_in_hand(meeting: Meeting, small_batches: None) -> None:
    meeting.push(*meeting.laptops)
    write(meeting.second, 12)
    answers = iter([False, True])
    done = hub.push(meeting.second, meeting.url, cancelled=lambda: next(answers))
    assert (done.entries, done.left) == (5, 7)
    meeting.push(meeting.second)
    answers = iter([False, True])
    pulled = hub.pull(meeting.lead, meeting.url, cancelled=lambda: next(answers))
    assert (pulled.entries, pulled.left) == (5, 7)
    meeting.pull(meeting.lead)
    same(meeting.lead, meeting.second)


# -- keys of the inspection, and erasing


def test_a_new_key_of_the_inspection_reaches_who_lacks_it(meeting: Meeting) -> None:
    """Acts that hand out a key, and those before them, can be read without it; a removed laptop is not given it."""
    meeting.round()
    write(meeting.lead, 2, "before")
    remove(meeting.lead, meeting.third.device, "left the team")
    write(meeting.lead, 2, "after")
    meeting.push(meeting.lead)
    with as_laptop(meeting, meeting.lead) as connection:
        names = connection.execute("SELECT DISTINCT epoch FROM fieldwork.entry").fetchall()
    assert len(names) == 3  # the first key, one for the acts that hand out the second, the second
    taken = hub.pull(meeting.third, meeting.url)  # before anybody took it off the hub
    assert "was not given" in taken.waiting[0] and "laptop 0" in taken.waiting[0] and taken.found == []
    done = meeting.pull(meeting.second)[0]
    assert (done.found, done.waiting) == ([], [])
    same(meeting.lead, meeting.second)
    write(meeting.second, 1)
    meeting.push(meeting.second)
    assert meeting.pull(meeting.lead)[0].waiting == []
    same(meeting.lead, meeting.second)


def test_words_go_only_where_they_were_erased(meeting: Meeting) -> None:
    write(meeting.second, 1)
    meeting.push(*meeting.laptops)
    ask = "SELECT entry, place FROM fieldwork.payload WHERE device = %s ORDER BY entry, place"
    say = "INSERT INTO fieldwork.erase (inspection, device, entry, place) VALUES (%s, %s, %s, %s)"

    def try_to_erase(laptop: Workspace, entry: bytes, place: int) -> int:
        with as_laptop(meeting, laptop) as connection:
            connection.execute(say, (laptop.inspection, laptop.device, entry, place))
            return connection.execute("DELETE FROM fieldwork.payload WHERE true").rowcount

    with meeting.keeper() as keeper:
        first, second = keeper.execute(ask, (meeting.second.device,)).fetchall()[:2]
    assert try_to_erase(meeting.lead, *first) == 0  # one voice that is not its author's
    assert try_to_erase(meeting.third, *first) == 1
    assert try_to_erase(meeting.second, *second) == 1


def test_what_was_erased_goes_at_the_hub_too(meeting: Meeting) -> None:
    late = laptops.copy_of(meeting.third, meeting.folder, "late")
    write(meeting.second, 2, "by mistake")
    meeting.round()
    lines = [record["id"] for record in dump(meeting.lead)["records"] if record["kind"] == NoteLine.kind]
    erasing = new_id()
    fields = {"records": bytes.fromhex(lines[0]), "scope": "one line", "cause": "a name", "hold_checked": 1}
    record(meeting.lead, "erase", [Change(Erasing.kind, erasing, fields)])
    device = meeting.second.device.hex()
    count = f"SELECT count(*) FROM fieldwork.payload WHERE device = decode('{device}', 'hex')"
    before = meeting.run(count)[0][0]
    for laptop in (meeting.lead, meeting.second):
        said_yes = approval_id(erasing, laptop.device, [bytes.fromhex(lines[0])])
        record(laptop, "approve", [Change(Approval.kind, said_yes, {"erasing": erasing, "approved": 1})])
    meeting.round()
    assert meeting.run(count)[0][0] == before + 1 - 2  # an approval came, a line and its reason went
    done = hub.pull(late, meeting.url)
    assert (done.found, done.waiting) == ([], [])
    same(*meeting.laptops, late)
    late.close()


def test_acts_that_came_another_way_are_named(meeting: Meeting) -> None:
    meeting.push(*meeting.laptops)
    write(meeting.third, 3)
    laptops.give(meeting.third, meeting.lead)
    assert hub.status(meeting.lead, meeting.url).elsewhere == {"laptop 2": 3}
    write(meeting.lead, 1)
    meeting.push(meeting.lead, meeting.third)
    assert hub.status(meeting.lead, meeting.url).elsewhere == {}


# -- addresses


@pytest.mark.parametrize(
    ("url", "says"),
    [
        ("http://somewhere/", "is none"),
        ("postgresql://a:secret word@[bad", "cannot be read"),
        ("postgresql://keeper@127.0.0.1:1/none", "cannot be reached"),
        ("postgresql://keeper:secret@{at}/nowhere", "does not let this login in"),
        ("postgresql://keeper@{at}/template1", "no hub at"),
        ("nowhere.fieldhub", "cannot be read"),
    ],
)
def test_addresses_that_lead_nowhere(meeting: Meeting, url: str, says: str) -> None:
    for command in (hub.push, hub.pull, hub.status):
        with pytest.raises(Fault, match=says) as caught:
            command(meeting.lead, url.format(at=f"127.0.0.1:{meeting.server.port}"))
        assert "secret" not in str(caught.value)
        assert caught.value.code == 2


def test_another_schema_of_that_name_is_left_alone(postgres: Server, tmp_path: Path) -> None:
    database = postgres.new_database()
    with psycopg.connect(postgres.url(database), autocommit=True) as keeper:
        keeper.execute("CREATE SCHEMA fieldwork")
        keeper.execute("CREATE TABLE fieldwork.entry (mine text)")
    [lead] = laptops.team(tmp_path, 1)
    with pytest.raises(Fault, match="is no hub"):
        hub.init(lead, postgres.url(database))
    with psycopg.connect(postgres.url(database)) as keeper:
        assert keeper.execute("SELECT * FROM fieldwork.entry").fetchall() == []
    lead.close()


def test_sessions_and_their_lines_are_one_history(meeting: Meeting) -> None:
    record(meeting.lead, "session", [Change(Session.kind, SESSION, {"title": "Detective sergeant"})])
    write(meeting.lead, 2)
    meeting.round()
    write(meeting.second, 2, "more")
    meeting.round()
    same(*meeting.laptops)
    assert hub.status(meeting.third, meeting.url).held == len(laptops.entries_in(meeting.third))
