"""Merging in a process of its own: the same as here, all or nothing whoever ends it, and no key where it shows."""

import os
import subprocess

import pytest
from PIL import Image

from fieldwork.domain.faults import Fault
from fieldwork.domain.progress import APPLYING, CHECKING, COMMITTING, READING
from fieldwork.domain.records import NoteLine
from fieldwork.domain.values import new_id
from fieldwork.store.beside import write_envelope
from fieldwork.store.keys import FileKey, wrap
from fieldwork.store.reading import dump, records
from fieldwork.store.recording import Change, record
from fieldwork.work import apart, attachments, handing, sources
from fieldwork.work.team import share
from laptops import team


class StopError(Exception):
    """What a person who has had enough raises."""


def lines(workspace, count, at=0):
    changes = [
        Change(NoteLine.kind, new_id(), {"text": f"Line {at + number}", "place": f"{number:05}"})
        for number in range(count)
    ]
    record(workspace, "script", changes)


@pytest.fixture
def laptops(tmp_path):
    opened = team(tmp_path, 3)
    for laptop in opened:  # a merge makes a backup first, and that holds the key's envelope
        write_envelope(laptop.path, wrap(laptop.file_key, "several plain words"))
    yield opened
    for laptop in opened:
        laptop.close()


@pytest.fixture
def packages(laptops, tmp_path):
    """Of two colleagues; both have changed one line of ours, unseen by each other."""
    ours, *others = laptops
    lines(ours, 1)
    (line,) = records(ours, NoteLine)
    given = share(ours, tmp_path).path
    for number, other in enumerate(others):
        handing.take(other, [given])
        lines(other, 300, 1000 * number)
        record(other, "edit", [Change(NoteLine.kind, line.id, {"text": f"Said by {number}"})])
    return [share(other, tmp_path).path for other in others]


def heard(into):
    return lambda phase, done, of: into.append((phase, done, of))


def test_a_child_does_and_foretells_what_would_be_done_here(laptops, packages, monkeypatch):
    monkeypatch.setattr(apart, "AT_ONCE_IDS", 7)
    ours = laptops[0]
    here, before, said = handing.preview(ours, packages), dump(ours), []
    there = apart.preview(ours, packages, heard(said))
    assert there == here and dump(ours) == before
    assert COMMITTING not in {phase for phase, *_ in said}
    said.clear()
    done = apart.take(ours, packages, heard(said))
    assert (done.merged, done.kinds, done.clashes) == (here.merged, here.kinds, here.clashes)
    assert len(records(ours, NoteLine)) == 601 and len(done.clashes) == 1
    phases = list(dict.fromkeys(phase for phase, *_ in said if phase))
    assert phases == [READING, CHECKING, APPLYING, COMMITTING]
    assert said[-1][0] == COMMITTING and (READING, 2, 2) in said
    total = next(of for phase, _, of in said if phase == APPLYING)
    assert (APPLYING, total, total) in said and total > 1200
    lines(ours, 1)  # and the asker writes on


@pytest.mark.parametrize("phase", [READING, CHECKING, APPLYING, COMMITTING])
def test_stopping_before_the_commit_leaves_everything_as_it_was(laptops, packages, phase):
    ours = laptops[0]
    before = dump(ours)

    def stop(now, done, of):
        if now == phase:
            raise StopError

    with pytest.raises(StopError):
        apart.take(ours, packages, stop)
    assert dump(ours) == before and handing.packages_at(ours, packages[0].parents[:1]).taken == 0
    lines(ours, 1)


@pytest.mark.parametrize("phase", ["", READING, APPLYING, COMMITTING])
def test_a_killed_child_leaves_everything_as_it_was(laptops, packages, phase, monkeypatch):
    ours = laptops[0]
    before, children, start = dump(ours), [], apart.started
    monkeypatch.setattr(apart, "started", lambda door: children.append(start(door)) or children[-1])

    def kill(now, done, of):
        if now == phase:
            children[-1].kill()
            children[-1].wait()

    with pytest.raises(Fault, match="again"):
        apart.take(ours, packages, kill)
    assert dump(ours) == before
    monkeypatch.undo()
    assert apart.take(ours, packages, heard([])).total("new") > 0


def test_a_child_whose_asker_has_gone_commits_nothing(laptops, packages, monkeypatch):
    ours = laptops[0]
    before = dump(ours)
    said = []

    def gone(child, data):
        if data == apart._GO:
            child._process.stdin.close()
            said.append(child._process.wait(10))
            raise StopError
        apart._put(child._process.stdin, data)

    monkeypatch.setattr(apart._Child, "say", gone)
    with pytest.raises(StopError):
        apart.take(ours, packages, heard([]))
    assert said == [1] and dump(ours) == before


def test_the_key_stands_in_no_argument_and_no_environment(laptops, packages, monkeypatch):
    ours, calls, start = laptops[0], [], subprocess.Popen

    def started(command, **kw):
        calls.append((command, kw["env"]))
        return start(command, **kw)

    monkeypatch.setattr(apart.subprocess, "Popen", started)
    apart.preview(ours, packages, heard([]))
    ((command, around),) = calls
    shown = " ".join([*command, *around, *around.values()])
    assert ours.file_key.key.hex() not in shown and ours.path.name not in shown
    assert set(around) <= {*os.environ, "PYTHONPATH"}


def test_what_the_child_cannot_do_is_said_in_its_sentence(laptops, packages):
    ours = laptops[0]
    right, ours.file_key = ours.file_key, FileKey(bytes(32), ours.file_key.salt)
    with pytest.raises(Fault, match="is not a Fieldwork workspace or has a damaged page"):
        apart.preview(ours, packages, heard([]))
    ours.file_key = right


def test_an_attached_file_that_was_asked_for_comes_through_a_child_too(laptops, tmp_path):
    ours, other, _ = laptops
    document = sources.log_document(other, title="Whiteboard").id
    picture = tmp_path / "board.png"
    Image.new("RGB", (40, 30), (9, 9, 90)).save(picture)
    attachment = attachments.attach_file(other, belongs=document, path=str(picture)).id
    apart.take(ours, [share(other, tmp_path).path], heard([]))
    attachments.wish(ours, attachment=attachment)
    handing.take(other, [share(ours, tmp_path).path])
    assert attachments.attachments_of(ours, [document])[document][0].wished
    shared = share(other, tmp_path)
    assert apart.preview(ours, [shared.path], heard([])).merged.files == ()
    assert not attachments.attachments_of(ours, [document])[document][0].here
    assert apart.take(ours, [shared.path], heard([])).merged.files == ("board.png",)
    assert attachments.content(ours, attachment) == attachments.content(other, attachment)
