"""Backups that are made by themselves: checked before they count, rotated, and never in anybody's way."""

import os
from datetime import datetime, timedelta
from pathlib import Path

import pytest

import laptops
from fieldwork.cli import main
from fieldwork.domain.faults import Fault
from fieldwork.exchange import joining, sharing
from fieldwork.store import backup, keeping
from fieldwork.store.reading import dump
from fieldwork.store.recording import Change, record
from fieldwork.store.rotation import DAYS, LAST, WEEKS, spared
from fieldwork.store.workspace import Workspace
from fieldwork.work import backups, team

WORDS = "eleven quiet herons over mud"
VISIT = b"visit-0000000000"


@pytest.fixture(autouse=True)
def own_home(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FIELDWORK_HOME", str(tmp_path_factory.mktemp("home")))
    monkeypatch.setenv("FIELDWORK_KDF_MEMORY", "65536")
    monkeypatch.setenv("FIELDWORK_PASSPHRASE", WORDS)


@pytest.fixture
def workspace(tmp_path: Path):
    with Workspace.create(tmp_path / "joint.fieldwork", WORDS, laptops._found) as workspace:
        plan(workspace, "north")
        yield workspace


def plan(workspace: Workspace, title: str) -> None:
    record(workspace, "plan", [Change("visit", VISIT, {"title": title})])


@pytest.fixture
def pair(workspace: Workspace, tmp_path: Path):
    """The workspace, and a package of a colleague that brings something."""
    code = joining.make_pack(workspace, tmp_path / "p.fieldpack")
    opened = joining.open_pack(tmp_path / "p.fieldpack", code)
    path = tmp_path / "second.fieldwork"
    with joining.join(opened, path, WORDS, device="HMICFRS 1", inspectorate="HMICFRS") as second:
        shared = sharing.share(second, tmp_path / "hello.fieldpackage")
    return workspace, shared.path


# -- rotation


def test_a_year_of_backups_stays_small_and_reaches_back():
    there: set[datetime] = set()
    start = datetime(2026, 1, 5, 8, 0)
    for hour in range(0, 24 * 200, 7):
        now = start + timedelta(hours=hour)
        there = spared(there | {now}, now)
        assert now in there and len(there) <= LAST + DAYS + WEEKS
    days = {now.date() - time.date() for time in there}
    assert {timedelta(days=back) for back in range(DAYS)} <= days
    assert max(days) >= timedelta(weeks=WEEKS - 1)


def test_the_newest_is_kept_however_old_and_whatever_the_clock_says():
    old = [datetime(2020, 1, day) for day in range(1, 9)]
    assert max(old) in spared(old, datetime(2026, 1, 1))
    assert len(spared(old, datetime(2026, 1, 1))) == LAST
    assert spared(old, datetime(2019, 1, 1)) == set(old)  # all of it in the future: nothing is dropped by day
    assert spared([], datetime(2026, 1, 1)) == set()


# -- one backup


def test_it_comes_back_whole(workspace: Workspace, tmp_path: Path):
    made = keeping.keep(workspace, "merge")
    assert made.parent == tmp_path / "joint.backups"
    plan(workspace, "south")
    with joining.restore(made, tmp_path / "back.fieldwork", WORDS) as back:
        assert [r["fields"]["title"] for r in dump(back)["records"] if r["kind"] == "visit"] == ["north"]


def test_who_types_meanwhile_does_not_wait_and_is_not_in_it(
    workspace: Workspace, tmp_path: Path, monkeypatch
):
    monkeypatch.setattr(backup, "_STEP", 4)
    steps: list[int] = []

    def between() -> bool:
        steps.append(len(steps))
        if len(steps) <= 20:
            plan(workspace, f"typed {len(steps)}")
        return False

    made = keeping.keep(workspace, "merge", between)
    assert len(steps) > 20
    with joining.restore(made, tmp_path / "back.fieldwork", WORDS) as back:
        assert [r["fields"]["title"] for r in dump(back)["records"] if r["kind"] == "visit"] == ["north"]


@pytest.mark.parametrize("harm", ["page", "row"])
def test_a_copy_that_is_not_sound_does_not_count(workspace: Workspace, harm: str, monkeypatch):
    copied = backup._copy_database
    good = keeping.keep(workspace, "merge")

    def harmed(of: Workspace, copy: Path, stopping):
        counted = copied(of, copy, stopping)
        if harm == "page":
            data = bytearray(copy.read_bytes())
            data[len(data) - 2000] ^= 1
            copy.write_bytes(data)
        else:
            connection = backup.connect(copy, of.file_key)
            connection.execute("DELETE FROM payload WHERE entry = 2")
            connection.close()
        return counted

    monkeypatch.setattr(backup, "_copy_database", harmed)
    with pytest.raises(Fault, match="does not count as a backup"):
        keeping.keep(workspace, "merge")
    assert [one.path for one in keeping.kept(workspace.path)] == [good]
    assert {path.name for path in good.parent.iterdir()} == {good.name, "last"}


def test_stopped_it_leaves_nothing(workspace: Workspace):
    assert backups.daily(workspace, lambda: True) is None
    assert keeping.kept(workspace.path) == []
    assert [path for path in keeping.folder_of(workspace.path).iterdir() if path.name != "last"] == []


def test_old_ones_go_and_what_a_person_put_there_stays(workspace: Workspace):
    folder = keeping.folder_of(workspace.path)
    folder.mkdir()
    for day in range(1, 30):
        (folder / f"joint-202001{day:02}-120000-daily.fieldwork-backup").write_bytes(b"old")
    own = folder / "joint-20200101-120000.fieldwork-backup"
    own.write_bytes(b"made by hand")
    made = keeping.keep(workspace, "merge")
    there = [one.path for one in keeping.kept(workspace.path)]
    assert there[0] == made and len(there) == LAST and own.exists()


def test_once_a_day_and_only_when_something_changed(workspace: Workspace):
    tomorrow, later = datetime.now() + timedelta(days=1), datetime.now() + timedelta(days=2)
    assert keeping.due(workspace)
    assert backups.daily(workspace) is not None
    assert not keeping.due(workspace) and backups.daily(workspace) is None
    assert not keeping.due(workspace, tomorrow)  # nothing changed since
    plan(workspace, "south")
    assert not keeping.due(workspace) and keeping.due(workspace, tomorrow)
    made = keeping.keep(workspace, "merge")
    assert not keeping.due(workspace, later)
    workspace.change_passphrase("nine loud geese upon sand")
    assert keeping.due(workspace, later), made


# -- before a merge


def test_a_merge_is_preceded_by_one_where_it_changes_something(pair):
    workspace, package = pair
    before = dump(workspace)
    assert team.merge(workspace, [package], dry_run=True).backup is None
    made = team.merge(workspace, [package]).backup
    assert made is not None and made.exists()
    with joining.restore(made, workspace.path.with_name("back.fieldwork"), WORDS) as back:
        old = [r for r in dump(back)["records"] if r["kind"] != "device"]
    assert old == [r for r in before["records"] if r["kind"] != "device"]
    assert team.merge(workspace, [package]).backup is None  # nothing new
    assert len(keeping.kept(workspace.path)) == 1


def test_without_a_backup_nothing_is_merged_unless_somebody_says_so(pair):
    workspace, package = pair
    keeping.folder_of(workspace.path).write_bytes(b"in the way")
    before = dump(workspace)
    with pytest.raises(Fault, match="No backup can be written"):
        team.merge(workspace, [package])
    assert dump(workspace) == before
    told: list[str] = []
    merged = team.merge(workspace, [package], otherwise=lambda fault: told.append(str(fault)))
    assert merged.backup is None and len(told) == 1 and dump(workspace) != before


def test_the_command_line_goes_on_and_strict_does_not(pair, capsys):
    workspace, package = pair
    keeping.folder_of(workspace.path).write_bytes(b"in the way")
    workspace.close()
    capsys.readouterr()
    assert main(["merge", str(workspace.path), str(package), "--strict"]) == 2
    assert "No backup" in capsys.readouterr().err
    assert main(["merge", str(workspace.path), str(package)]) == 0
    told = capsys.readouterr()
    assert "No backup was made" in told.err and "1 open" not in told.out


@pytest.mark.skipif(
    not Path("/dev/full").exists() or os.geteuid() != 0, reason="needs root to mount a small disk"
)
def test_a_full_disk_is_a_sentence(workspace: Workspace, tmp_path: Path):
    import subprocess

    folder = keeping.folder_of(workspace.path)
    folder.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", str(folder)], capture_output=True
    )
    if mounted.returncode:
        pytest.skip("this machine lets nobody mount a small disk: run where mount is allowed")
    try:
        with pytest.raises(Fault) as caught:
            keeping.keep(workspace, "merge")
        assert "full" in str(caught.value) or "space" in str(caught.value)
        assert keeping.kept(workspace.path) == []
    finally:
        subprocess.run(["umount", str(folder)], check=True)
