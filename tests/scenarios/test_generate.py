"""Made-up evidence of the sizes to plan for: right in number, the same for one seed, and clashing as it says."""

import json
from pathlib import Path

import pytest

from fieldwork.cli import main
from fieldwork.store.workspace import Workspace

CLASHING = ("line", "file", "deleted", "claim")


@pytest.fixture(autouse=True)
def surroundings(tmp_path, monkeypatch):
    monkeypatch.setenv("FIELDWORK_PASSPHRASE", "demo passphrase")
    monkeypatch.setenv("FIELDWORK_KDF_MEMORY", "8192")
    monkeypatch.setenv("FIELDWORK_HOME", str(tmp_path / "home"))
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def call(capsys):
    def run(*arguments, code=0):
        assert main([*map(str, arguments), "--json"]) == code
        return json.loads(capsys.readouterr().out)

    return run


def promised():
    """The keys docs/json.md promises for `generate`."""
    text = (Path(__file__).parents[2] / "docs/json.md").read_text("utf-8")
    line = next(line for line in text.splitlines() if line.startswith("| `generate` |"))
    return {word.strip(" `") for word in line.split("|")[2].split(",")}


def test_small_evidence_is_merged_with_every_clash_shown(call):
    made = call("generate", "a.fieldwork", "--size", "small")
    assert set(made) == promised()
    assert made["workspaces"] == ["a.fieldwork", "a-2.fieldwork", "a-3.fieldwork"]
    assert made["changes"] >= 8_000
    merged = call("merge", "a.fieldwork", *made["packages"])
    assert not [one for one in merged["packages"] if one["refused"] or one["waiting"] or one["duplicate"]]
    kinds = [(clash["what"], clash["field"]) for clash in call("conflicts", "a.fieldwork")["conflicts"]]
    wanted = made["clashes"]
    assert len(kinds) == sum(wanted[what] for what in CLASHING)
    assert kinds.count(("deleted", "_deleted")) == wanted["deleted"]
    assert kinds.count(("changed", "allocated")) == wanted["claim"]
    with (
        Workspace.open(Path("a.fieldwork"), "demo passphrase", writing=False) as workspace,
        workspace.read() as db,
    ):
        twice = db.exec_driver_sql(
            "SELECT count(*) FROM (SELECT 1 FROM case_file GROUP BY reference HAVING count(*) = 2)"
        ).scalar_one()
        counts = {
            kind: db.exec_driver_sql(f"SELECT count(*) FROM {kind}").scalar_one()
            for kind in (
                "visit",
                "session",
                "note_line",
                "answer",
                "evidence_link",
                "excerpt",
                "covered_topic",
                "document",
            )
        }
    assert twice == wanted["reference"] == 1
    assert counts["visit"] == 2 and 250 <= counts["note_line"] <= 400 and counts["session"] >= 12
    assert 1_300 <= counts["answer"] <= 1_700 and 50 <= counts["evidence_link"] <= 60
    assert 40 <= counts["excerpt"] <= 90 and counts["covered_topic"] >= 20 and counts["document"]
    assert call("verify", "a.fieldwork")["ok"]


def test_one_seed_gives_one_evidence(call):
    def said(name, seed):
        call("generate", name, "--size", "small", "--devices", 1, "--seed", seed)
        records = call("dump", name)["records"]
        return {one["id"]: one["fields"].get("text") for one in records if one["kind"] == "note_line"}

    first = said("a.fieldwork", 7)
    assert first and said("b.fieldwork", 7) == first
    assert said("c.fieldwork", 8) != first


def test_it_refuses_what_it_cannot_make_and_leaves_nothing(call, tmp_path):
    refused = call("generate", "a.fieldwork", "--size", "national", "--devices", 2, code=2)
    assert "8 to 100 laptops" in refused["error"]
    Path("a-3.fieldwork").write_text("kept", "utf-8")
    refused = call("generate", "a.fieldwork", "--size", "small", code=2)
    assert refused["error"] == "a-3.fieldwork exists already; choose another name."
    assert [path.name for path in tmp_path.glob("a*")] == ["a-3.fieldwork"]
