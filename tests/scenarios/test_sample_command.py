"""The command `sample` as scripts see it: the same draw as the published rule, and one sentence for bad input."""

import hashlib
import json
import shutil
from pathlib import Path

import pytest
from openpyxl import Workbook

from fieldwork.cli import main
from worlds import PASSPHRASE, bare_inspection

IDS = [f"CASE-{number:04d}" for number in range(1, 41)]


@pytest.fixture(scope="module")
def founded(tmp_path_factory):
    folder = tmp_path_factory.mktemp("founded")
    bare_inspection(folder).close()
    return folder


@pytest.fixture
def call(tmp_path, monkeypatch, capsys, founded):
    """Run `sample` on a new inspection; returns the object and standard error."""
    monkeypatch.setenv("FIELDWORK_PASSPHRASE", PASSPHRASE)
    monkeypatch.setenv("FIELDWORK_KDF_MEMORY", "65536")
    monkeypatch.setenv("FIELDWORK_HOME", str(tmp_path / "home"))
    monkeypatch.chdir(tmp_path)
    for file in founded.glob("small.fieldwork*"):
        shutil.copy(file, tmp_path / file.name)

    def run(*arguments, code=0, command="sample"):
        got = main([command, "small.fieldwork", *map(str, arguments), "--json"])
        out, err = capsys.readouterr()
        assert got == code, (arguments, out, err)
        assert "Traceback" not in err and len(out.splitlines()) == 1
        return json.loads(out), err

    return run


def listed(name, *rows, head="reference,stratum"):
    Path(name).write_text("\n".join((head, *rows)) + "\n", "utf-8")
    return name


def drawn(call, frame="f.csv", *more, target="1", strata="stratum", seed="s", code=0):
    return call("--frame", frame, "--strata", strata, "--target", target, "--seed", seed, *more, code=code)


def by_rank(seed, references):
    return sorted(references, key=lambda one: hashlib.sha256(f"{seed}\n{one}".encode()).hexdigest())


def test_the_draw_is_the_one_that_was_promised(call):
    frame = listed("f.csv", *(f"{one},all" for one in IDS))
    data, err = drawn(call, frame, "--overlap", "20", target="5", seed="2026-KENT-VISIT1")
    order = by_rank("2026-KENT-VISIT1", IDS)
    assert [one[-4:] for one in order[:5]] == ["0005", "0032", "0014", "0015", "0004"]
    (part,) = data["strata"]
    assert (part["chosen"], part["reserves"], part["overlap"]) == (order[:5], order[5:], order[:1])
    assert data["frame_file"] == hashlib.sha256(Path(frame).read_bytes()).hexdigest()
    lines = "".join(f"{one}\tall\n" for one in IDS)
    assert data["frame"] == hashlib.sha256(lines.encode()).hexdigest()
    assert data["new"] is True and not err
    again, err = drawn(call, frame, target="5", seed="2026-KENT-VISIT1")
    assert again == {**data, "new": False} and "drawn already" in err
    larger = drawn(call, frame, target="8", seed="2026-KENT-VISIT1")[0]["strata"][0]
    assert larger["chosen"] == order[:8] and larger["overlap"] == order[:2]
    assert call(command="verify")[0]["ok"] is True


def test_a_workbook_draws_as_its_csv_does(call):
    book = Workbook()
    for row in (
        ["Reference", "Decision", "Unit"],
        *([one, "NFA", 3 + number % 2] for number, one in enumerate(IDS)),
    ):
        book.active.append(row)
    book.save("f.xlsx")
    listed(
        "f.csv",
        *(f"{one},NFA,{3 + number % 2}" for number, one in enumerate(IDS)),
        head="reference,decision,unit",
    )
    data = drawn(call, "f.xlsx", strata="decision,unit", target="2")[0]
    assert [part["stratum"] for part in data["strata"]] == ["NFA / 3", "NFA / 4"]
    same = drawn(call, "f.csv", strata="decision,unit", target="2")[0]
    assert same == {**data, "frame_file": same["frame_file"], "new": False}


def test_replacing_and_progress(call):
    listed("f.csv", *(f"{one},all" for one in IDS))
    order = by_rank("s", IDS)
    drawn(call, target="3")
    data, _ = call("--replace", order[1], "--reason", "Lost")
    assert (data["replaced"], data["by"]) == (order[1], order[3])
    (part,) = call("--progress", "stratum")[0]["parts"]
    assert (part["name"], part["target"], part["files"]) == ("all", 3, 3)
    assert (part["replaced"], part["reserves"]) == (1, 36)
    (part,) = drawn(call, target="3")[0]["strata"]
    assert part["chosen"] == [order[0], order[2], order[3]] and part["replaced"] == [order[1]]
    error = call("--replace", order[0], code=2)[0]["error"]
    assert error == f"Say in a few words why file {order[0]} is replaced."


FRAMES = {
    "twice": (
        ["A-1,x", "A-2,x", "a -1,y", "A-3,y", "A-2,x"],
        "f.csv, column reference: references stand there more than once, A-1 in rows 2 and 4 and A-2 in rows 3 and 6; "
        "give each case once.",
    ),
    "empty stratum": (
        ["A-1,x", "A-2,", "A-3, "],
        "f.csv, rows 3 and 4, column stratum: they are empty; every case needs a stratum.",
    ),
    "no reference": ([",x"], "f.csv, row 2, column reference: it is empty; every case needs a reference."),
    "no case": ([], "f.csv holds no case; nothing was drawn."),
    "two spellings": (
        ["A-1,RASSO", "A-2,Rasso"],
        'f.csv, row 3: the stratum "Rasso" stands in row 2 as "RASSO"; write it one way.',
    ),
    "too many cells": (["A-1,x,y"], "f.csv, row 2: 3 cells under 2 column names."),
    "a line end": (['"A\n1",x'], "f.csv, row 2, column reference: it holds a line end or a control sign"),
    "target above": (
        ["A-1,x", "A-2,x", "A-3,y"],
        "The target 2 is above what f.csv holds of y (1); give a smaller one, or a list of targets by stratum.",
    ),
}


@pytest.mark.parametrize("name", FRAMES)
def test_a_frame_that_cannot_be_drawn_from(call, name):
    rows, sentence = FRAMES[name]
    listed("f.csv", *rows)
    before = call(command="dump")[0]
    data, err = drawn(call, target="2" if name == "target above" else "1", code=2)
    assert data["error"].startswith(sentence) and sentence[:40] in err
    assert call(command="dump")[0] == before


TARGETS = {
    "not a number": (["x,two", "y,1"], 't.csv, row 2, column target: "two" is not a whole number of cases.'),
    "negative": (["x,-1", "y,1"], 't.csv, row 2, column target: "-1" is not a whole number of cases.'),
    "none": (["x,", "y,1"], 't.csv, row 2, column target: "" is not a whole number of cases.'),
    "above": (["x,1", "y,9"], "t.csv: targets are above what f.csv holds: row 3, 9 for y, which has 1."),
    "unknown": (
        ["x,1", "z,1", "y,1"],
        't.csv, row 3, column stratum: the frame has no stratum "z"; it has x and y.',
    ),
    "twice": (
        ["x,1", "y,1", "X,1"],
        "t.csv, row 4, column stratum: x stands in row 2 already; give it once.",
    ),
    "missing": (["x,1"], "t.csv: there is no target for y; give one, 0 to draw none."),
}


@pytest.mark.parametrize("name", TARGETS)
def test_targets_that_cannot_be(call, name):
    rows, sentence = TARGETS[name]
    listed("f.csv", "A-1,x", "A-2,x", "A-3,y")
    listed("t.csv", *rows, head="stratum,target")
    assert drawn(call, target="t.csv", code=2)[0]["error"] == sentence


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (
            {"strata": "unit"},
            'f.csv, row 1: there is no column "unit"; its columns are reference and stratum.',
        ),
        (
            {"strata": "reference"},
            'The column "reference" cannot make a stratum; name each other column once.',
        ),
        ({"strata": ","}, "Say which columns of the frame make the strata; give at least one name."),
        ({"target": "0"}, "The target is 0; give 1 or more for each stratum."),
        ({"target": "some"}, 'The target "some" is neither a whole number nor a file; check the name.'),
        ({"target": "9" * 5000}, 'The target "999'),
        ({"seed": ""}, "A draw needs a seed of one line, so that it can be made again; give one."),
        ({"overlap": "120"}, 'The overlap "120" is not a percentage; give a number from 0 to 100.'),
        ({"overlap": "1e9"}, 'The overlap "1e9" is not a percentage; give a number from 0 to 100.'),
        ({"frame": "gone.csv"}, "gone.csv cannot be read: No such file or directory."),
        ({"tranche": " "}, "A tranche needs a name of one line; give one, or leave it out for the first."),
    ],
)
def test_calls_that_cannot_be(call, arguments, sentence):
    listed("f.csv", "A-1,x", "A-2,x", "A-3,y")
    given = {"frame": "f.csv", "strata": "stratum", "target": "1", "seed": "s"} | arguments
    said = [part for name, value in given.items() for part in (f"--{name}", value)]
    assert call(*said, code=2)[0]["error"].startswith(sentence)


def test_what_is_left_out_of_a_call_is_named(call):
    assert call(code=2)[0]["error"].startswith("Say one of --frame (to draw)")
    listed("f.csv", "A-1,x")
    error = call("--frame", "f.csv", "--seed", "s", code=2)[0]["error"]
    assert error == "A draw needs --strata and --target as well; give them."


def test_what_is_no_body_of_the_register_is_said(call):
    listed("f.csv", "A-1,x,P33", "A-2,x,Nowhere", head="reference,stratum,force")
    _, err = drawn(call)
    assert "left out of the files' headers: Nowhere" in err
