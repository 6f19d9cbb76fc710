"""The command line as scripts see it: outputs, exit codes, and one sentence for every bad input."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

import pdf_gate
from fieldwork.cli import main
from fieldwork.store.workspace import Workspace

ROOT = Path(__file__).parents[2]


@pytest.fixture(autouse=True)
def surroundings(tmp_path, monkeypatch):
    monkeypatch.setenv("FIELDWORK_PASSPHRASE", "demo passphrase")
    monkeypatch.setenv("FIELDWORK_KDF_MEMORY", "65536")
    monkeypatch.setenv("FIELDWORK_HOME", str(tmp_path / "home"))
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def call(capsys):
    """Run one command with --json; returns exit code, the object, and standard error."""

    def run(*arguments, code=0):
        got = main([*map(str, arguments), "--json"])
        out, err = capsys.readouterr()
        assert got == code, (arguments, out, err)
        assert "Traceback" not in err
        lines = out.splitlines()
        assert len(lines) == 1, out
        return json.loads(lines[0]), err

    return run


@pytest.fixture
def inspection(call):
    call("new", "lead.fieldwork", "--title", "Joint", "--lead", "HMCPSI", "--with", "HMICFRS")
    return Path("lead.fieldwork")


@pytest.fixture
def pair(call, inspection):
    """A lead and a second laptop that know each other."""
    call("pack", inspection, "--to", "p.fieldpack", "--code-file", "code")
    call("join", "p.fieldpack", "second.fieldwork", "--device", "HMICFRS 1", "--body", "HMICFRS",
         "--code-file", "code")  # fmt: skip
    call("share", "second.fieldwork", "--to", "hello.fieldpackage")
    call("merge", inspection, "hello.fieldpackage")
    call("admit", inspection, "HMICFRS 1")
    return inspection, Path("second.fieldwork")


def script(name, *lines):
    Path(name).write_text("\n".join(json.dumps(line) for line in lines), "utf-8")
    return name


SESSION = (
    {"act": "visit", "as": "v", "title": "Force A", "bodies": ["P33", "A02"], "start": "2025-03-10"},
    {"act": "session", "as": "s", "visit": "$v", "role": "Detective sergeant", "body": "P33"},
    {"act": "start-session", "session": "$s", "present": 1, "at": "2025-03-10T09:30:00"},
    {"act": "line", "as": "l", "session": "$s", "text": '" We wait for the schedule #disclosure-',
     "at": "2025-03-10T09:31:00"},
    {"act": "file", "as": "f", "reference": "A-R-001", "stratum": "RASSO", "visit": "$v", "force": "P33",
     "has_victim": "Y"},
    {"act": "answer", "file": "A-R-001", "question": "A01", "value": "cps_charge_fct"},
    {"act": "answer", "file": "A-R-001", "question": "D04", "value": "PM", "reason": "Summary missing."},
    {"act": "finding", "as": "p", "text": "Contact by name works", "kind": "strength", "visit": "$v",
     "evidence": ["$l"]},
)  # fmt: skip


def documented():
    """The keys docs/json.md promises, by command."""
    keys = {}
    for line in (ROOT / "docs/json.md").read_text("utf-8").splitlines():
        found = re.match(r"\| `([^`]+)` \| (.+) \|$", line)
        if found:
            keys[found[1]] = set(re.findall(r"`(\w+)`", found[2]))
    return keys


def test_every_output_has_the_documented_keys(call, pair):
    lead, second = pair
    promised = documented()

    def same(command, got, without=()):
        assert set(got) == promised[command] - set(without), command

    same("new", call("new", "x.fieldwork", "--title", "T", "--lead", "HMICFRS", "--with", "HMCPSI")[0])
    same("pack", call("pack", lead, "--to", "q.fieldpack")[0], {"code_file"})
    same("replay", call("replay", lead, script("a.jsonl", *SESSION))[0])
    same("replay --acts", call("replay", "--acts")[0])
    same("share", call("share", lead, "--to", ".")[0])
    package = next(Path().glob("????????????????.fieldpackage"))
    same("merge", call("merge", second, package, "--dry-run")[0])
    same("merge", call("merge", second, package)[0])
    same("merge --take-back", call("merge", second, "--take-back")[0])
    same("merge", call("merge", second, package)[0])
    same("admit", call("admit", lead, "HMICFRS 1")[0])
    same("withdraw", call("withdraw", lead)[0])
    same("conflicts", call("conflicts", lead)[0])
    same("erasures", call("erasures", lead)[0])
    same("history", call("history", lead, "A-R-001")[0])
    same("verify", call("verify", lead)[0])
    log = call("activity", lead)[0]
    same("activity", {**log, **log["activity"][0]})
    assert [line["act"] for line in log["activity"]] == ["merge", "share"]
    same("dump", call("dump", lead)[0])
    same("results", call("results", lead, "--to", "r.csv")[0])
    Path("marks.csv").write_text("unit,rater,value\nA-1,P,FM\nA-1,C,PM\n", "utf-8")
    same("agreement", call("agreement", "marks.csv")[0])
    same("search", call("search", lead, "schedul*")[0])
    same("report", call("report", lead, "visit_summary", "--visit", "Force A", "--to", "s.html")[0])
    same("report --kinds", call("report", "--kinds")[0])
    same("export", call("export", lead, "--format", "json", "--to", "d.json")[0])
    same("backup", call("backup", lead, "--to", ".")[0])
    backup = next(Path().glob("*.fieldwork-backup"))
    same("restore", call("restore", backup, "back.fieldwork")[0])
    Path("new-passphrase").write_text("another one\n", "utf-8")
    same("passphrase", call("passphrase", "x.fieldwork", "--new-passphrase-file", "new-passphrase")[0])
    same(
        "rescue",
        call("rescue", "back.fieldwork", "--to", "rescued.fieldwork", "--backup", backup, "--even-so")[0],
    )
    same("recovery", call("recovery", lead, "--to", "key.pdf")[0])
    again = call("recovery", lead, "--to", "key.pdf", code=2)[0]
    assert again["error"] == "key.pdf is there already; choose another name."
    Path("cases.csv").write_text("reference,stratum\nB-1,Volume\n", "utf-8")
    same("import", call("import", lead, "cases.csv", "--as", "cases")[0])
    call("export", lead, "--format", "ics", "--to", "s.ics")
    read_in = call("import", lead, "s.ics", "--as", "schedule")[0]
    same("import --as schedule", read_in)
    assert read_in["imported"] == {} and read_in["new"] == []
    draw = ("--frame", "cases.csv", "--strata", "stratum", "--target", "1", "--seed", "s")
    same("sample", call("sample", lead, *draw)[0])
    same("sample --progress", call("sample", lead, "--progress", "visit")[0])
    Path("cases.csv").write_text("reference,stratum\nB-2,Volume\nB-3,Volume\n", "utf-8")
    (part,) = call("sample", lead, *draw)[0]["strata"]
    same("sample --replace", call("sample", lead, "--replace", *part["chosen"], "--reason", "Lost")[0])
    form = ROOT / "resources/questions/joint-case-building.xlsx"
    assert call("questions", "check", form)[0]["ok"] is True
    Path("answers.json").write_text('{"A01": "police_charge"}', "utf-8")
    same("questions applies", call("questions", "applies", form, "answers.json")[0])


def test_agreement_of_a_file_of_ratings(call, capsys):
    pairs = (
        [("FM", "FM")] * 13
        + [("PM", "PM")] * 20
        + [("PM", "NM")] * 7
        + [("NM", "PM")] * 4
        + [("NM", "NM")] * 56
    )
    rows = [
        f"A-{unit},{rater},{mark}\n"
        for unit, both in enumerate(pairs)
        for rater, mark in zip("PC", both, strict=True)
    ]
    Path("marks.csv").write_text("unit,rater,value\n" + "".join(rows) + "A-0,third,\n", "utf-8")
    got, _ = call("agreement", "marks.csv", "--scale", "ordinal", "--order", "NM,PM,FM")
    printed = {name: round(figure["value"], 3) for name, figure in got.items()}
    assert printed == {
        "raw": 0.89, "cohen_kappa": 0.796, "weighted_kappa_linear": 0.843, "weighted_kappa_quadratic": 0.892,
        "alpha": printed["alpha"], "ac1": 0.849, "ac2_linear": 0.9, "ac2_quadratic": 0.94,
    }  # fmt: skip
    for name, figure in got.items():
        assert figure["low"] < figure["value"] < figure["high"] and figure["n"] == 100, name
    raw = got["raw"]
    assert (raw["pairs"], raw["adjacent"], raw["further"], raw["opposite"]) == (100, 11, 0, 0)
    assert main(["agreement", "marks.csv", "--order", "NM,PM,FM"]) == 0
    said = capsys.readouterr().out
    assert "Gwet's AC1: 0.849 (0.764 to 0.935; n = 100)" in said
    assert "89 of 100 pairs of marks agree, 11 are one step apart, 0 further, 0 opposite" in said
    plain, _ = call("agreement", "marks.csv")
    assert "no order" in plain["ac2_linear"]["not_computable"]
    assert round(plain["alpha"]["value"], 3) == 0.797
    Path("apart.csv").write_text("unit,rater,value\n1,P,FM\n2,C,FM\n", "utf-8")
    assert set(call("agreement", "apart.csv")[0]["raw"]) == {"not_computable"}


def test_a_conflict_over_which_file_a_reserve_replaces_names_the_cases(call, pair, capsys):
    lead, second = pair
    call("replay", lead, script("a.jsonl", {"act": "appoint", "device": "HMICFRS 1"}))
    Path("f.csv").write_text("reference,stratum\n" + "".join(f"C-{n},x\n" for n in range(1, 7)), "utf-8")
    (part,) = call("sample", lead, "--frame", "f.csv", "--strata", "stratum", "--target", "2", "--seed", "s")[
        0
    ]["strata"]
    call("share", lead, "--to", "1.fieldpackage")
    call("merge", second, "1.fieldpackage")
    for workspace, reference in ((lead, part["chosen"][0]), (second, part["chosen"][1])):
        by = call("sample", workspace, "--replace", reference, "--reason", "Lost")[0]["by"]
        assert by == part["reserves"][0]
    call("share", second, "--to", "2.fieldpackage")
    call("merge", lead, "2.fieldpackage")
    capsys.readouterr()
    assert main(["conflicts", str(lead)]) == 0
    said = capsys.readouterr().out
    assert f"Case {by} of a draw: case it replaces" in said
    assert all(f": Case {reference} of a draw\n" in said for reference in part["chosen"])


def test_a_day_by_script_search_and_conflict(call, pair):
    lead, second = pair
    labels = call("replay", lead, script("a.jsonl", *SESSION))[0]["labels"]
    call("share", lead, "--to", "1.fieldpackage")
    call("merge", second, "1.fieldpackage")
    hits = call("search", second, "schedules")[0]["hits"]
    assert [hit["snippet"] for hit in hits] == ["We wait for the «schedule»"]
    assert hits[0]["themes"] == ["disclosure"]
    reword = {"act": "reword", "finding": labels["p"]}
    call("replay", lead, script("b.jsonl", {**reword, "text": "Contact by name works well"}))
    call("replay", second, script("c.jsonl", {**reword, "text": "Contact by name helps"}))
    call("share", second, "--to", "2.fieldpackage")
    assert call("merge", lead, "2.fieldpackage", "--strict", code=1)[0]["conflicts"] == 1
    clash = call("conflicts", lead)[0]["conflicts"][0]
    assert clash["before"] == "Contact by name works"
    assert {v["value"] for v in clash["versions"]} == {"Contact by name works well", "Contact by name helps"}
    call("resolve", lead, clash["id"], "--keep", "both", "--reason", "Both were said")
    call("share", lead, "--to", "3.fieldpackage")
    assert call("merge", second, "3.fieldpackage", "--strict")[0]["conflicts"] == 0
    assert call("dump", lead)[0] == call("dump", second)[0]
    steps = call("history", lead, labels["p"])[0]["steps"]
    assert steps[-1]["to"].count("Contact by name") == 2
    assert steps[-1]["reason"] == "Both were said"


def find_again(reference, id):
    return len(reference) >= 8 and id.endswith(reference)


def test_what_does_not_count_says_so_in_the_history(call, pair, capsys):
    lead, second = pair
    labels = call("replay", second, script("a.jsonl", *SESSION))[0]["labels"]
    call("merge", lead, call("share", second, "--to", "1.fieldpackage")[0]["package"])
    reword = {"act": "reword", "finding": labels["p"]}
    call("replay", lead, script("b.jsonl", {**reword, "text": "Voided words"}))
    steps = call("history", lead, labels["p"])[0]["steps"]
    promised = re.search(r"a step in `history`: (.*)", (ROOT / "docs/json.md").read_text("utf-8"))
    assert set(steps[-1]) == set(re.findall(r"`(\w+)`", promised[1]))
    told = re.search(
        r"- `finding` in `history`: (.*?);\n-", (ROOT / "docs/json.md").read_text("utf-8"), re.S
    )[1]
    of = call("history", lead, labels["p"])[0]["finding"]
    lists = [of["versions"][0], of["pieces"][0], dict.fromkeys(("inspectorate", "at", "withdrawn", "counts"))]
    assert {*of, *(key for one in lists for key in one)} == set(re.findall(r"`(\w+)`", told)) - {"finding"}
    assert (of["state"], of["version"], of["versions"][0]["text"]) == ("open", 1, "Voided words")
    assert find_again(of["pieces"][0]["reference"], of["pieces"][0]["id"])
    assert all(step["counts"] and step["note"] == "" for step in steps)
    call("replay", lead, script("c.jsonl", {"act": "void", "change": steps[-1]["change"]}))
    call("remove", lead, "HMICFRS 1")
    call("replay", second, script("d.jsonl", {**reword, "text": "Words of a removed laptop"}))
    call("merge", lead, call("share", second, "--to", "2.fieldpackage")[0]["package"])
    found = {
        step["to"]: step for step in call("history", lead, labels["p"])[0]["steps"] if step["field"] == "text"
    }
    assert found["Contact by name works"]["counts"]
    for words, note in (
        ("Voided words", "does not count: a lead has voided it"),
        ("Words of a removed laptop", "does not count: written after its laptop was removed"),
    ):
        assert not found[words]["counts"] and found[words]["note"] == note
        assert main(["history", str(lead), labels["p"]]) == 0
        (line,) = [line for line in capsys.readouterr().out.splitlines() if f"\u2192 {words}" in line]
        assert line.endswith(f"({note})")


def test_what_a_person_reads_of_a_merge_and_a_conflict(call, pair, capsys):
    lead, second = pair
    labels = call("replay", lead, script("a.jsonl", *SESSION))[0]["labels"]
    call("share", lead, "--to", "1.fieldpackage")
    assert main(["merge", str(second), "1.fieldpackage", "--dry-run"]) == 0
    assert "Nothing was changed" in capsys.readouterr().out
    assert main(["merge", str(second), "1.fieldpackage"]) == 0
    assert "Nothing was changed" not in capsys.readouterr().out
    reword = {"act": "reword", "finding": labels["p"], "at": "2025-03-10T09:31:00"}
    call("replay", lead, script("b.jsonl", {**reword, "text": "Contact by name works well"}))
    call("replay", second, script("c.jsonl", {**reword, "text": "Contact by name helps"}))
    call("share", second, "--to", "2.fieldpackage")
    call("merge", lead, "2.fieldpackage")
    assert main(["conflicts", str(lead)]) == 0
    told = capsys.readouterr().out
    assert told.count("10 Mar 2025 09:31") == 2 and "Contact by name helps" in told
    assert all(act["does"] for act in call("replay", "--acts")[0]["acts"])


def test_case_list_and_note_from_files(call, inspection):
    Path("cases.csv").write_bytes(
        "\ufeffReference;Stratum;Force;Has victim\nA-1;RASSO;P33;yes\nA-2;Volume;P33;N\n".encode()
    )
    assert call("import", inspection, "cases.csv", "--as", "cases")[0]["imported"]["case_file"] == 2
    Path("note.txt").write_bytes("First line\r\n\r\n> Second, naïve\n! Third".encode())
    answer = call("import", inspection, "note.txt", "--as", "note")[0]
    session = answer["id"]
    assert answer["imported"] == {"note_line": 3, "session": 1}
    lines = [r for r in call("dump", inspection)[0]["records"] if r["kind"] == "note_line"]
    by_place = sorted(lines, key=lambda r: r["fields"]["place"])
    assert [r["fields"]["text"] for r in by_place] == ["First line", "Second, naïve", "Third"]
    assert [r["fields"].get("mark", "") for r in by_place] == ["", ">", "!"]
    assert all(r["fields"]["session"]["bytes"] == session for r in lines)


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("a.csv", b"reference,unit\nA-1,x\n", "row 1: there is no column stratum"),
        ("a.csv", b"reference,stratum\nA-1,x\nA-1,x\n", "row 3, column reference: A-1 stands in row 2"),
        ("a.csv", b"reference,stratum\nA-1,x\n,y\n", "row 3, column reference: it is empty"),
        ("a.csv", "reference,stratum\nA-1,Gewalt \xfc\n".encode("latin-1"), "not UTF-8"),
        ("a.csv", b"reference,stratum,charged\nA-1,x,3 March\n", 'row 2, column charged: "3 March"'),
        ("a.csv", b"reference,stratum,force\nA-1,x,P99\n", 'no body "P99"'),
        ("a.csv", b"", "is empty"),
        ("a.csv", b"PK\x03\x04\x00\x00", "not a CSV file"),
        ("a.csv", b'reference,stratum\n"A-1,x\n', "row"),
    ],
)
def test_a_faulty_case_list_changes_nothing(call, inspection, name, content, says):
    Path(name).write_bytes(content)
    before = call("dump", inspection)[0]
    answer, error = call("import", inspection, name, "--as", "cases", code=2)
    assert says in answer["error"]
    assert error.count("\n") == 1
    assert call("dump", inspection)[0] == before


@pytest.mark.parametrize(
    ("content", "options", "says"),
    [
        (b"unit,rater\n1,P\n", (), "row 1: there is no column value"),
        (b"unit,rater,value\n1,P,FM\n1,P,PM\n", (), "row 3: P has marked 1 in row 2 already"),
        (b"unit,rater,value\n1,,FM\n", (), "row 2, column rater: it is empty"),
        (b"unit,rater,value\n1,P,FM,x\n", (), "row 2: 4 cells under 3"),
        (b"unit,rater,value\n1,P,XX\n", ("--order", "FM,PM"), 'row 2, column value: "XX" is not among'),
        (b"unit,rater,value\n1,P,x\n", ("--scale", "interval"), 'row 2, column value: "x" is not a number'),
        (b"unit,rater,value\n1,P,-1\n", ("--scale", "ratio"), 'row 2, column value: "-1" is below 0'),
        (b"unit,rater,value\n1,P,FM\n", ("--scale", "ordinal"), "with --order"),
        (b"unit,rater,value\n1,P,FM\n", ("--order", "FM,FM"), '--order: the order names "FM" twice'),
        (b"unit,rater,value\n1,P,FM\n", ("--order", "FM,,PM"), "--order: the order has an empty value"),
        (b"unit,rater,value\n1,P,FM\n", ("--scale", "cardinal"), "invalid choice"),
        (b"", (), "is empty"),
        ("unit,rater,value\n1,P,\xfc\n".encode("latin-1"), (), "not UTF-8"),
        (b"PK\x03\x04\x00", (), "not a CSV file"),
        (None, (), "cannot be read"),
    ],
)
def test_a_faulty_file_of_ratings_is_refused_with_its_row(call, content, options, says):
    if content is not None:
        Path("marks.csv").write_bytes(content)
    answer, error = call("agreement", "marks.csv", *options, code=2)
    assert says in answer["error"].replace("Invalid", "invalid")
    assert error.count("\n") == 1


def test_workspace_faults(call, inspection, monkeypatch, tmp_path):
    says = lambda *a: call(*a, code=2)[0]["error"]  # noqa: E731
    assert "is not there" in says("dump", "none.fieldwork")
    Path("plain.fieldwork").write_text("not a database", "utf-8")
    assert "is not a Fieldwork workspace" in says("dump", "plain.fieldwork")
    assert "exists already" in says(
        "new", inspection, "--title", "T", "--lead", "HMCPSI", "--with", "HMICFRS"
    )
    assert "does not exist" in says(
        "new", "no/x.fieldwork", "--title", "T", "--lead", "HMCPSI", "--with", "HMICFRS"
    )
    with Workspace.open(inspection, "demo passphrase"):
        assert "open in another Fieldwork" in says("replay", inspection, script("s.jsonl", SESSION[0]))
        call("dump", inspection)
    monkeypatch.setenv("FIELDWORK_PASSPHRASE", "wrong")
    assert "passphrase does not open" in says("dump", inspection)
    monkeypatch.delenv("FIELDWORK_PASSPHRASE")
    assert "no passphrase" in says("dump", inspection)
    Path("pass").write_text("demo passphrase\n", "utf-8")
    call("dump", inspection, "--passphrase-file", "pass")


def test_a_newer_workspace_is_refused_unchanged(call, inspection):
    with Workspace.open(inspection, "demo passphrase") as workspace, workspace.write() as db:
        db.exec_driver_sql("PRAGMA user_version = 99")
    before = inspection.read_bytes()
    assert "newer Fieldwork" in call("verify", inspection, code=2)[0]["error"]
    assert "newer Fieldwork" in call("replay", inspection, script("s.jsonl", SESSION[0]), code=2)[0]["error"]
    assert inspection.read_bytes() == before


def test_a_damaged_page_is_named_and_nothing_is_changed(call, inspection):
    data = bytearray(inspection.read_bytes())
    for page in range(2, len(data) // 4096):
        data[page * 4096 + 700] ^= 1
    inspection.write_bytes(bytes(data))
    answer = call("dump", inspection, code=2)[0]
    assert "damaged page" in answer["error"]
    assert inspection.read_bytes() == bytes(data)


def test_a_bad_script_line_stops_there_and_keeps_what_came_before(call, inspection):
    answer, _ = call("replay", inspection, script("s.jsonl", *SESSION[:2], {"act": "dance"}), code=2)
    assert "line 3" in answer["error"]
    assert 'no act "dance"' in answer["error"]
    kinds = [record["kind"] for record in call("dump", inspection)[0]["records"]]
    assert "session" in kinds
    for bad, says in (
        ({"act": "line", "session": "$x", "text": "t"}, 'no record is called "$x"'),
        ({"act": "line", "text": "t"}, 'needs the field "session"'),
        ({"act": "visit", "title": "t", "bodies": "P33", "start": "2025-01-01"}, "is a list"),
        ({"act": "visit", "title": "t", "bodies": ["P33"], "start": "soon"}, '"soon" is not a date'),
        (
            {"act": "visit", "title": "t", "bodies": ["P33"], "start": "2025-01-01", "at": "x"},
            "is not a time",
        ),
        ([1], "not a JSON object"),
    ):
        assert says in call("replay", inspection, script("t.jsonl", bad), code=2)[0]["error"]
    Path("u.jsonl").write_text("{", "utf-8")
    assert "not JSON" in call("replay", inspection, "u.jsonl", code=2)[0]["error"]


def test_calls_that_are_wrong(call, inspection):
    for arguments in (
        ("bogus",),
        ("merge",),
        ("report", inspection, "nothing", "--to", "x.pdf"),
        ("report", inspection, "results", "--to", "x.odt"),
        ("report", inspection, "visit_summary", "--to", "x.pdf"),
        ("results", inspection, "--to", "x.txt"),
        ("resolve", inspection, "abc", "--keep", "ours"),
        ("admit", inspection, "nobody"),
        ("history", inspection, "nothing"),
        ("report", inspection, "results", "--to", "no/folder/x.pdf"),
        ("share", inspection, "--to", "no/folder/x"),
        ("restore", inspection, "y.fieldwork"),
        ("questions", "check", "missing.xlsx"),
    ):
        assert len(call(*arguments, code=2)[0]["error"]) > 10


def test_nothing_that_leaves_is_written_over_an_inspection(call, pair):
    lead, second = pair
    key = Path("lead.fieldwork-key")
    before = {path: path.read_bytes() for path in (lead, key, second)}
    Path("other.pdf").write_bytes(b"%PDF-1.7 not ours")
    for target in (lead, key, second, "other.pdf"):
        for command in (
            ("share", lead, "--to", target),
            ("backup", lead, "--to", target),
            ("export", lead, "--format", "json", "--to", target),
            ("pack", lead, "--to", target, "--code-file", "new-code"),
            ("pack", lead, "--to", "new.fieldpack", "--code-file", target),
        ):
            call(*command, code=2)
    assert all(path.read_bytes() == content for path, content in before.items())
    assert Path("other.pdf").read_bytes() == b"%PDF-1.7 not ours"
    assert not Path("new.fieldpack").exists()


def test_a_stick_that_is_not_in_is_named(call, inspection):
    for command in ("share", "backup"):
        assert "no folder" in call(command, inspection, "--to", "media/stick", code=2)[0]["error"]
        assert "no folder" in call(command, inspection, "--to", "stick", code=2)[0]["error"]
    assert not Path("stick").exists()


def test_what_people_typed_cannot_steer_a_terminal(inspection, capsys, call):
    call("replay", inspection, script("s.jsonl", *SESSION))
    line = {"act": "line", "session": "$s", "text": "danger \x1b[31m red \x1b]0;title\x07"}
    call("replay", inspection, script("t.jsonl", *SESSION[:3], line), code=0)
    assert main(["search", str(inspection), "danger"]) == 0
    out = capsys.readouterr().out
    assert "\x1b" not in out and "danger" in out


def test_a_refused_package_is_named_and_the_good_one_taken(call, pair):
    lead, second = pair
    call("replay", second, script("a.jsonl", SESSION[0]))
    call("share", second, "--to", "good.fieldpackage")
    data = Path("good.fieldpackage").read_bytes()
    Path("short.fieldpackage").write_bytes(data[: len(data) // 2])
    answer, _ = call("merge", lead, "short.fieldpackage", "good.fieldpackage", "none.fieldpackage", code=1)
    refused = {Path(p["package"]).name: p["refused"] for p in answer["packages"]}
    assert "cut short" in refused["short.fieldpackage"]
    assert "not there" in refused["none.fieldpackage"]
    assert refused["good.fieldpackage"] is None
    assert "Force A" in [r["fields"].get("title") for r in call("dump", lead)[0]["records"]]


def test_behind_the_back_changes_are_named(call, inspection):
    call("replay", inspection, script("a.jsonl", *SESSION))
    assert call("verify", inspection)[0]["ok"]
    with Workspace.open(inspection, "demo passphrase") as workspace, workspace.write() as db:
        db.exec_driver_sql("UPDATE answer SET value = 'FM' WHERE question = 'D04'")
    answer, _ = call("verify", inspection, code=1)
    assert any("D04" in problem and "PM" in problem for problem in answer["problems"])


def test_who_is_removed_leaves_no_pack_open_unseen(call, pair):
    lead, second = pair
    call("pack", lead, "--to", "unused.fieldpack", "--code-file", "code-unused")
    call("pack", second, "--to", "guest.fieldpack", "--code-file", "code-guest")
    call("share", second, "--to", "news.fieldpackage")
    call("merge", lead, "news.fieldpackage")
    removed = call("remove", lead, "HMICFRS 1")[0]
    (pack,) = removed["packs"]  # those of who is removed fall with it
    assert pack["by"] == "HMCPSI lead"
    assert call("withdraw", second, pack["pack"], code=2)[0]["error"].startswith('"')
    withdrawn = call("withdraw", lead, pack["pack"])[0]
    assert withdrawn["withdrawn"].endswith(pack["pack"]) and withdrawn["packs"] == []
    assert "withdrawn already" in call("withdraw", lead, pack["pack"], code=2)[0]["error"]
    call("join", "unused.fieldpack", "late.fieldwork", "--device", "HMICFRS 3", "--body", "HMICFRS",
         "--code-file", "code-unused")  # fmt: skip
    call("share", "late.fieldwork", "--to", "late.fieldpackage")
    late = call("merge", lead, "late.fieldpackage")[0]["team"]
    assert late == [
        "HMICFRS 3 is shut out until a lead admits it: who let it in was removed, or its pack was withdrawn."
    ]


def test_a_laptop_is_removed_and_a_lead_alone_decides(call, pair):
    lead, second = pair
    refused = call("remove", second, "HMCPSI lead", code=2)[0]
    assert "Only a lead removes a laptop" in refused["error"]
    removed = call("remove", lead, "HMICFRS 1", "--reason", "lost on a train")[0]
    assert removed["removed"] and removed["label"] == "HMICFRS 1"
    again = call("remove", lead, "HMICFRS 1", code=2)[0]
    assert "is removed already" in again["error"]
    itself = call("remove", lead, "HMCPSI lead", code=2)[0]
    assert "cannot remove itself" in itself["error"]


def test_a_merge_is_taken_back_once(call, pair):
    lead, second = pair
    call("replay", second, script("a.jsonl", *SESSION))
    before = call("dump", lead)[0]
    package = call("share", second, "--to", ".")[0]["package"]
    call("merge", lead, package)
    taken = call("merge", lead, "--take-back")[0]
    assert taken["taken_back"] > 0
    assert call("dump", lead)[0] == before
    again = call("merge", lead, "--take-back", code=2)[0]
    assert "no merge that can be taken back" in again["error"]
    neither = call("merge", lead, code=2)[0]
    assert "Name the packages" in neither["error"]


def test_a_certificate_of_erasure_says_who_and_how_far_but_none_of_the_words(call, pair):
    lead, second = pair
    done, _ = call("replay", lead, script("a.jsonl", *SESSION[:4]))
    line = done["labels"]["l"]
    call("share", lead, "--to", "words.fieldpackage")
    call("merge", second, "words.fieldpackage")
    erase = {"act": "erase", "records": [line], "cause": "Retention has ended", "hold_checked": True}
    call("replay", second, script("b.jsonl", erase))
    call("share", second, "--to", "asked.fieldpackage")
    call("merge", lead, "asked.fieldpackage")
    (asked,) = call("erasures", lead)[0]["erasures"]
    assert not asked["in_force"] and asked["approved"] == ["HMICFRS 1"]
    call("replay", lead, script("c.jsonl", {"act": "approve", "erasure": asked["id"]}))
    call("share", lead, "--to", "approved.fieldpackage")
    call("erasures", lead, "--certificate", asked["id"][:12], "--to", "early.pdf")
    assert "not known to hold it yet" in pdf_gate.tree_text(Path("early.pdf"))
    call("merge", second, "approved.fieldpackage")
    got, _ = call("erasures", second, "--certificate", asked["id"][:12], "--to", "certificate.pdf")
    assert got["certificate"] == "certificate.pdf" and got["erasures"][0]["in_force"]
    pdf_gate.check_pdf(Path("certificate.pdf"))
    text = pdf_gate.tree_text(Path("certificate.pdf"))
    assert "schedule" not in text
    for words in ("It is in force.", "Retention has ended", "asked", "approved", "Note line", "still verifies",
                  "holds the erasure", "laptops that never merge again"):  # fmt: skip
        assert words in text, words
    assert "1 act of the history here" in text
    assert "still has its old key; it gets a new one when it is next opened" in text
    old = Path(f"{second}-key").read_bytes()
    call("replay", second, script("d.jsonl"))
    assert Path(f"{second}-key").read_bytes() != old
    call("erasures", second, "--certificate", asked["id"][:12], "--to", "later.pdf")
    assert "written again under a new key, by" in pdf_gate.tree_text(Path("later.pdf"))
    assert ".pdf" in call("erasures", lead, "--certificate", asked["id"], "--to", "x.txt", code=2)[1]
    assert "Give both" in call("erasures", lead, "--to", "x.pdf", code=2)[1]
    assert call("verify", second)[0]["ok"] and call("verify", lead)[0]["ok"]


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full, which Linux has")
def test_output_that_cannot_be_written_is_one_sentence(inspection):
    run = [sys.executable, "-m", "fieldwork", "dump", str(inspection)]
    with open("/dev/full", "w") as full:
        done = subprocess.run(run, stdout=full, stderr=subprocess.PIPE, text=True, timeout=60)
    assert done.returncode == 1 and done.stderr.count("\n") == 1 and "No space left" in done.stderr
    shut = subprocess.run(["sh", "-c", '"$@" >&-', "sh", *run], stderr=subprocess.PIPE, text=True, timeout=60)
    assert (shut.returncode, shut.stderr) == (0, "")


def test_output_to_a_pipe_that_knows_few_signs(call, inspection):
    labels = call("replay", inspection, script("a.jsonl", *SESSION))[0]["labels"]
    call("replay", inspection, script("b.jsonl", {"act": "reword", "finding": labels["p"], "text": "Łódź ✓"}))
    run = [sys.executable, "-m", "fieldwork", "history", str(inspection), labels["p"]]
    narrow = {**os.environ, "PYTHONIOENCODING": "cp1252"}
    done = subprocess.run(run, capture_output=True, env=narrow, timeout=60)
    assert (done.returncode, done.stderr) == (0, b"") and b"\\u2192" in done.stdout
    done = subprocess.run([*run, "--json"], capture_output=True, env=narrow, timeout=60)
    assert "Łódź ✓" in [step["to"] for step in json.loads(done.stdout)["steps"]]


def test_two_laptops_of_one_name_are_told_by_their_ids(call, inspection, monkeypatch):
    call("pack", inspection, "--to", "p.fieldpack", "--code-file", "code")
    joined = call(
        *("join", "p.fieldpack", "b.fieldwork", "--device", "HMCPSI lead", "--body", "HMICFRS"),
        *("--code-file", "code"),
    )[0]["device"]
    call("merge", inspection, call("share", "b.fieldwork", "--to", "b.fieldpackage")[0]["package"])
    error = call("admit", inspection, "HMCPSI lead", code=2)[0]["error"]
    assert f"({joined[:8]})" in error
    assert call("admit", inspection, joined[:8])[0]["device"] == joined


def test_a_question_left_unanswered(call, inspection, monkeypatch):
    def nobody(prompt):
        raise EOFError

    monkeypatch.delenv("FIELDWORK_PASSPHRASE")
    monkeypatch.setattr("sys.stdin.isatty", lambda: True, raising=False)
    monkeypatch.setattr("getpass.getpass", nobody)
    assert call("dump", inspection, code=2)[0]["error"].startswith("The question was not answered")
