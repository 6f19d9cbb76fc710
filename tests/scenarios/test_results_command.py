"""Results by the command: kept under a title, shown as they were, set against those of now and earlier ones."""

import json
import re
from pathlib import Path

import pytest

import counted
import worlds
from fieldwork.cli import main
from fieldwork.store.workspace import Workspace
from fieldwork.work import files

ROOT = Path(__file__).parents[2]
EARLIER = "question,group,fully,partially,not_met,n\nB01,P33,4,12,4,20\nB01,,4,12,4,20\nZ9,,1,0,0,1\n"


@pytest.fixture
def call(tmp_path, monkeypatch, capsys):
    """Run a command with --json; the object, which must have the keys that are promised for it."""
    monkeypatch.setenv("FIELDWORK_PASSPHRASE", worlds.PASSPHRASE)
    monkeypatch.setenv("FIELDWORK_KDF_MEMORY", "65536")
    monkeypatch.setenv("FIELDWORK_HOME", str(tmp_path / "home"))
    monkeypatch.chdir(tmp_path)
    documented = (ROOT / "docs/json.md").read_text("utf-8")

    def run(*arguments, code=0, promised=""):
        assert main([*map(str, arguments), "--json"]) == code
        got = json.loads(capsys.readouterr().out)
        if promised:
            keys = re.search(rf"^\| `{promised}` \| (.+) \|$", documented, re.MULTILINE)[1]
            assert set(got) == set(re.findall(r"`(\w+)`", keys))
        return got

    return run


def test_results_are_kept_and_set_against_others(call, tmp_path, capsys):
    workspace = counted.examined_inspection(tmp_path)
    workspace.close()
    here = Path("small.fieldwork")
    now = call("results", here, "--by", "body", promised="results")
    kept = call("results", here, "--by", "body", "--save", "March", promised="results --save")
    assert kept["digest"] == now["digest"] and kept["rows"] == now["rows"]
    assert 'called "March" already' in call("results", here, "--save", "March", code=2)["error"]
    assert "go without it" in call("results", here, "--save", "x", "--to", "x.csv", code=2)["error"]
    shown = call("results", here, "--show", "March", promised="results --show")
    assert shown["rows"] == now["rows"] and shown["saved"]["digest"] == now["digest"]
    assert shown["saved"]["id"] == kept["saved"] and shown["saved"]["by"] == "body"
    same = call("results", here, "--against", "March", promised="results --against")
    assert (same["lines"], same["digest"]) == ([], now["digest"]) and same["cells"] > 40

    workspace = Workspace.open(here, worlds.PASSPHRASE)
    file = files.find_file(workspace, "A-R-005")
    files.describe_case_file(workspace, file=file.id, force="P33")
    workspace.close()
    moved = call("results", here, "--against", kept["saved"])
    assert moved["digest"] != now["digest"] and moved["against"]["digest"] == now["digest"]
    told = {(one["group"], one["question"], one["answer"]): one for one in moved["lines"]}
    one = told["Leicestershire Police", "B01", "not met"]
    assert one["words"] == "was 0 of 2, is 1 of 3"
    assert one["before"] == {"count": 0, "n": 2, "percent": None, "low": None, "high": None}
    assert call("results", here, "--show", "March")["rows"] == now["rows"]  # what was saved stays as it was

    Path("earlier.csv").write_text(EARLIER, "utf-8")
    refused = call("import", here, "earlier.csv", "--as", "results", code=2)["error"]
    assert refused.startswith("earlier.csv, row 2: say which source it is from")
    assert (
        "go with --as results"
        in call("import", here, "x.txt", "--as", "note", "--source", "x", code=2)["error"]
    )
    how = (
        "--source",
        "Phase 1",
        "--address",
        "https://example.org",
        "--read-on",
        "2026-11-01",
        "--drawn",
        "random",
    )
    done = call("import", here, "earlier.csv", "--as", "results", *how, promised="import")
    assert done["imported"] == {"earlier_result": 3}
    assert main(["import", str(here), "earlier.csv", "--as", "results", *how]) == 0
    assert "fieldwork: no question set here asks Z9: " in capsys.readouterr().err
    listed = call("results", here, "--kept", promised="results --kept")
    ((title, person),) = ((one["title"], one["person"]) for one in listed["saved"])
    assert title == "March" and person
    assert listed["earlier"] == [
        {"source": "Phase 1", "address": "https://example.org", "read_on": "2026-11-01", "figures": 3,
         "provisional": 0, "unread": 0},
    ]  # fmt: skip
    for name in ("Phase 1", "earlier.csv"):
        beside = call("results", here, "--against", name, promised="results --against")
        assert [(one["question"], one["answer"]) for one in beside["lines"][:3]] == [
            ("B01", "fully met"), ("B01", "partially met"), ("B01", "not met"),
        ]  # fmt: skip
        assert beside["lines"][0]["points"] is None and "counts only" in beside["lines"][0]["words"]
        assert beside["lines"][-3]["words"] == "not counted now" and beside["lines"][-3]["now"] is None
    assert beside["against"]["source"] == "earlier.csv"
    assert "is no saved table" in call("results", here, "--against", "Never", code=2)["error"]

    assert main(["results", str(here), "--against", "Phase 1"]) == 0
    said = capsys.readouterr().out
    assert (
        "Leicestershire Police B01 fully met: then 20.0% (4 of 20), now 2 of 3: not drawn at random" in said
    )
    assert main(["results", str(here), "--against", "March"]) == 0
    assert "Leicestershire Police B01 not met: was 0 of 2, is 1 of 3" in capsys.readouterr().out
    assert main(["results", str(here), "--kept"]) == main(["results", str(here), "--show", "March"]) == 0
    said = capsys.readouterr().out
    assert f"figures SHA-256 {now['digest']}" in said and said.count(f" by {person}") == 2
