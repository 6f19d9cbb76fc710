"""What the command line refuses or flags so that nobody is misled: each through the door its user takes."""

import json
import shutil
from pathlib import Path

import pytest
from test_command_line import SESSION, call, inspection, pair, script, surroundings  # noqa: F401

from fieldwork.cli import main

START = ("--title", "T", "--lead", "HMCPSI", "--with", "HMICFRS")


@pytest.fixture
def refused(call):  # noqa: F811
    """The sentence of a call that exits with 2."""
    return lambda *arguments: call(*arguments, code=2)[0]["error"]


def notes_of(answer):
    return [note for package in answer[0]["packages"] for note in package["notes"]]


def test_a_pack_used_by_two_laptops_is_flagged_once(call, inspection):  # noqa: F811
    call("pack", inspection, "--to", "p.fieldpack", "--code-file", "code")
    for name in ("A", "B", "C"):
        call("join", "p.fieldpack", f"{name}.fieldwork", "--device", f"Laptop {name}", "--body", "HMICFRS",
             "--code-file", "code")  # fmt: skip
        call("share", f"{name}.fieldwork", "--to", f"{name}.fieldpackage")
    assert notes_of(call("merge", inspection, "A.fieldpackage")) == []
    for dry in (["--dry-run"], []):
        (note,) = notes_of(call("merge", inspection, "B.fieldpackage", *dry))
        assert note.startswith("Laptop A and Laptop B joined with the same pack, which is for one laptop;")
    assert notes_of(call("merge", inspection, "B.fieldpackage")) == []
    packages = call("merge", "A.fieldwork", "B.fieldpackage", "C.fieldpackage")[0]["packages"]
    assert [len(package["notes"]) for package in packages] == [0, 1]
    assert "Laptop A, Laptop B and Laptop C" in packages[1]["notes"][0]


def test_laptops_of_two_packs_are_not_flagged(call, pair):  # noqa: F811
    lead, second = pair
    call("pack", lead, "--to", "q.fieldpack", "--code-file", "code2")
    call(
        "join",
        "q.fieldpack",
        "third.fieldwork",
        "--device",
        "Third",
        "--body",
        "HMICFRS",
        "--code-file",
        "code2",
    )
    call("share", "third.fieldwork", "--to", "3.fieldpackage")
    call("backup", second, "--to", "kept.fieldwork-backup")
    for name in ("back", "again"):
        call("restore", "kept.fieldwork-backup", f"{name}.fieldwork")
        call("share", f"{name}.fieldwork", "--to", f"{name}.fieldpackage")
    answer = call("merge", lead, "3.fieldpackage", "back.fieldpackage", "again.fieldpackage")
    assert not [note for note in notes_of(answer) if "same pack" in note]


def test_a_healthy_file_is_not_rescued_unasked(call, inspection, refused):  # noqa: F811
    call("replay", inspection, script("a.jsonl", *SESSION))
    before = {path.name: path.read_bytes() for path in Path().iterdir() if path.is_file()}
    for to in (inspection, "new.fieldwork"):
        assert "lead.fieldwork is not damaged: it opens, and all of it verifies" in refused(
            "rescue", inspection, "--to", to
        )
    after = {path.name: path.read_bytes() for path in Path().iterdir() if path.is_file()}
    assert after == before and not list(Path().glob("*.damaged-*"))
    done = call("rescue", inspection, "--to", "new.fieldwork", "--even-so")[0]
    assert done["lost"] == 0 and Path(done["set_aside"]).is_dir()
    assert "Force A" in json.dumps(call("dump", "new.fieldwork")[0])


@pytest.mark.parametrize("name", ["a\nb", "a\x1b[31mb", "a\u2028b", "a\u202eb", "\x9b1mb", "n" * 61])
def test_a_laptop_is_named_in_one_plain_line(call, inspection, refused, name):  # noqa: F811
    said = "The name of this laptop"
    assert said in refused("new", "x.fieldwork", *START, "--device", name)
    call("pack", inspection, "--to", "p.fieldpack", "--code-file", "code")
    join = ("join", "p.fieldpack", "x.fieldwork", "--body", "HMICFRS", "--code-file", "code", "--device")
    assert said in refused(*join, name)
    assert not list(Path().glob("x.fieldwork*"))
    call(*join, "  Señora’s 2nd laptop ☂ ")


def test_what_is_needed_cannot_be_empty(call, pair, refused):  # noqa: F811
    lead, second = pair
    labels = call("replay", lead, script("a.jsonl", *SESSION))[0]["labels"]
    visit = {**SESSION[0], "title": "  "}
    assert "A visit needs a title" in refused("replay", lead, script("b.jsonl", visit))
    emptied = {"act": "line", "session": labels["s"], "line": labels["l"], "text": " "}
    assert "delete it" in refused("replay", lead, script("c.jsonl", emptied))
    call("merge", second, call("share", lead, "--to", ".")[0]["package"])
    for laptop, text in ((lead, "One"), (second, "Two")):
        call("replay", laptop, script("d.jsonl", {**emptied, "text": text}))
    call("merge", lead, call("share", second, "--to", ".")[0]["package"])
    (clash,) = call("conflicts", lead)[0]["conflicts"]
    assert "The text cannot be empty" in refused("resolve", lead, clash["id"], "--value", "")
    assert len(call("conflicts", lead)[0]["conflicts"]) == 1
    call("resolve", lead, clash["id"], "--value", "Three")
    again = refused("resolve", lead, clash["id"], "--value", "Four")
    assert "It was settled or has changed since; list the conflicts again." in again


def test_the_history_is_printed_in_the_windows_words(call, inspection, capsys):  # noqa: F811
    labels = call("replay", inspection, script("a.jsonl", *SESSION))[0]["labels"]
    assert main(["history", str(inspection), labels["l"]]) == 0
    told = capsys.readouterr().out
    assert "first keystroke: nothing → 10 March 2025, 09:31" in told and "place in the note" not in told
    assert main(["history", str(inspection), "Force A"]) == 0
    assert "title: nothing → Force A" in capsys.readouterr().out
    assert call("history", inspection, "Force A")[0]["record"] == labels["v"]
    typed = [step["to"] for step in call("history", inspection, labels["l"])[0]["steps"]]
    assert any(value.isdigit() and len(value) == 13 for value in typed)  # milliseconds, as docs/json.md says


def test_an_erasure_says_what_it_needs(call, inspection, refused):  # noqa: F811
    labels = call("replay", inspection, script("a.jsonl", *SESSION))[0]["labels"]
    erase = {"act": "erase", "records": [labels["l"]], "cause": "A name"}
    assert 'needs the field "hold_checked"' in refused("replay", inspection, script("b.jsonl", erase))
    unchecked = {**erase, "hold_checked": False}
    assert '"hold_checked": true' in refused("replay", inspection, script("c.jsonl", unchecked))
    assert "is true or false" in refused(
        "replay", inspection, script("d.jsonl", {**erase, "hold_checked": "no"})
    )
    (act,) = [act for act in call("replay", "--acts")[0]["acts"] if act["act"] == "erase"]
    assert {field["name"]: field["needed"] for field in act["fields"]}["hold_checked"]
    call("replay", inspection, script("e.jsonl", {**erase, "hold_checked": True}))


def test_a_workspace_needs_a_name_and_a_place(refused):
    assert "needs a file name" in refused("new", "", *START)
    if Path("/proc").is_dir():
        assert "choose a folder that can be written" in refused("new", "/proc/x.fieldwork", *START)


def test_the_key_file_of_another_workspace_is_named(call, inspection, refused, monkeypatch):  # noqa: F811
    call("new", "other.fieldwork", *START)
    own = Path("lead.fieldwork-key").read_bytes()
    shutil.copy("other.fieldwork-key", "lead.fieldwork-key")
    said = "the key file beside it belongs to another workspace"
    moved = "move lead.fieldwork-key away"
    for command in (
        ("dump", inspection),
        ("verify", inspection),
        ("rescue", inspection, "--to", "new.fieldwork"),
    ):
        sentence = refused(*command)
        assert said in sentence and moved in sentence
    monkeypatch.setenv("FIELDWORK_HOME", str(Path("elsewhere").absolute()))
    sentence = refused("dump", inspection)
    assert said in sentence and "damaged page" in sentence and moved not in sentence
    monkeypatch.setenv("FIELDWORK_PASSPHRASE", "another")
    assert said in refused("dump", inspection)
    monkeypatch.setenv("FIELDWORK_PASSPHRASE", "demo passphrase")
    Path("lead.fieldwork-key").write_bytes(own)
    call("dump", inspection)


def test_what_stands_in_the_way_of_taking_back_is_said_in_words(call, pair, refused):  # noqa: F811
    lead, second = pair
    labels = call("replay", lead, script("a.jsonl", *SESSION))[0]["labels"]
    call("merge", second, call("share", lead, "--to", ".")[0]["package"])
    for laptop, text in ((lead, "One"), (second, "Two")):
        act = {"act": "reword", "finding": labels["p"], "text": text}
        call("replay", laptop, script("d.jsonl", act))
    call("merge", lead, call("share", second, "--to", ".")[0]["package"])
    (clash,) = call("conflicts", lead)[0]["conflicts"]
    call("resolve", lead, clash["id"], "--keep", "theirs")
    sentence = refused("merge", lead, "--take-back")
    assert "settling a conflict here since builds on what it brought" in sentence


TURNING = "\r\nforged line\u2028forged line \u202egnik\u2066 \x9b31m \x7f \u200f"


def test_words_of_colleagues_make_no_lines_and_obey_no_terminal(call, inspection, capsys):  # noqa: F811
    visit, session, start, line = (dict(act) for act in SESSION[:4])
    line["text"] = f"north{TURNING}"
    call("replay", inspection, script("s.jsonl", visit, session, start, line), code=0)
    for command in (["dump"], ["dump", "--json"], ["search", "north"], ["search", "north", "--json"]):
        assert main([command[0], str(inspection), *command[1:]]) == 0
        out = capsys.readouterr().out
        assert "north" in out
        assert not any(sign in out for sign in "\r\u2028\u202e\u2066\x9b\x7f\u200f"), command
        assert not any(shown.startswith("forged") for shown in out.splitlines()), command
    main(["dump", str(inspection)])
    assert json.dumps(line["text"]) in json.dumps(
        json.loads(capsys.readouterr().out)
    )  # and nothing is left out
