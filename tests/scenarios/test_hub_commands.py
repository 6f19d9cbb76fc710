"""The hub through the command line: the door its users take."""

import json
import re
from pathlib import Path

import pytest

from fieldwork.cli import main
from hub_server import Server

ROOT = Path(__file__).parents[2]


@pytest.fixture
def call(tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("FIELDWORK_PASSPHRASE", "demo passphrase")
    monkeypatch.chdir(tmp_path)

    def run(*arguments, code=0):
        got = main([*map(str, arguments), "--json"])
        out, err = capsys.readouterr()
        assert got == code, (arguments, out, err)
        assert "Traceback" not in err
        return json.loads(out)

    return run


@pytest.fixture
def team(call):
    call("new", "lead.fieldwork", "--title", "Joint", "--lead", "HMCPSI", "--with", "HMICFRS")
    call("pack", "lead.fieldwork", "--to", "p.fieldpack", "--code-file", "code")
    call("join", "p.fieldpack", "second.fieldwork", "--device", "HMICFRS 1", "--body", "HMICFRS", "--code-file",
         "code")  # fmt: skip
    call("share", "second.fieldwork", "--to", "hello.fieldpackage")
    call("merge", "lead.fieldwork", "hello.fieldpackage")
    return "lead.fieldwork", "second.fieldwork"


def promised(command: str) -> set[str]:
    for line in (ROOT / "docs/json.md").read_text("utf-8").splitlines():
        found = re.match(rf"\| `{command}` \| (.+) \|$", line)
        if found:
            return set(re.findall(r"`(\w+)`", found[1]))
    raise AssertionError(f"{command} is not documented")


def visit(call, workspace, title):
    line = {"act": "visit", "title": title, "bodies": ["P33"], "start": "2025-03-10"}
    Path("script.jsonl").write_text(json.dumps(line), "utf-8")
    call("replay", workspace, "script.jsonl")


def test_a_day_with_the_hub(postgres: Server, call, team, capsys):
    lead, second = team
    keeper = postgres.url(postgres.new_database())
    address = keeper.replace("keeper@", "")
    Path("access").mkdir()
    made = call("hub", "init", keeper, lead, "--logins", "access")
    assert set(made) == promised("hub init")
    assert made["made"] and len(made["enrolled"]) == len(made["access"]) == 2
    own = {name: next(Path("access").glob(f"{name}*.fieldhub")) for name in ("HMCPSI", "HMICFRS-1")}
    visit(call, lead, "Force A")
    visit(call, second, "Force B")
    pushed = call("hub", "push", own["HMCPSI"], lead)
    assert set(pushed) == promised("hub push") and pushed["entries"] > 1 and pushed["found"] == []
    status = call("hub", "status", own["HMICFRS-1"], second)
    assert set(status) == promised("hub status")
    assert (status["to_push"], status["to_pull"]) == (2, 1)
    pulled = call("hub", "pull", own["HMICFRS-1"], second)
    assert set(pulled) == promised("hub pull") and pulled["entries"] == 1
    assert set(pulled["packages"][0]) >= {"package", "from", "new", "refused"}
    call("hub", "push", address, second)  # the login was kept with the first use
    call("hub", "pull", address, lead)
    assert call("dump", lead) == call("dump", second)
    assert main(["hub", "status", address, lead]) == 0
    assert (
        "0 acts of this laptop not there yet; 0 acts there that are not here yet." in capsys.readouterr().out
    )


def test_what_the_hub_refuses_has_its_exit_code(postgres: Server, call, team):
    lead, second = team
    keeper = postgres.url(postgres.new_database())
    assert "no hub at" in call("hub", "push", keeper, lead, code=2)["error"]
    call("hub", "init", keeper, lead)
    call("hub", "push", keeper, lead)
    import psycopg

    with psycopg.connect(keeper, autocommit=True) as admin:
        admin.execute("UPDATE fieldwork.entry SET body = ''")
    visit(call, lead, "Force A")
    call("hub", "push", keeper, lead)
    call("hub", "pull", keeper, second)  # the altered ones are here already
    with psycopg.connect(keeper, autocommit=True) as admin:
        admin.execute("UPDATE fieldwork.entry SET body = ''")
    visit(call, lead, "Force C")
    call("hub", "push", keeper, lead)
    with psycopg.connect(keeper, autocommit=True) as admin:
        admin.execute("UPDATE fieldwork.entry SET body = ''")
    assert "altered" in call("hub", "pull", keeper, second, code=1)["found"][0]
    with psycopg.connect(keeper, autocommit=True) as admin:
        admin.execute("DROP SCHEMA fieldwork CASCADE")
    call("hub", "init", keeper, lead)
    assert "set up anew" in call("hub", "status", keeper, lead, code=1)["found"][0]
    for wrong in (
        ("hub", "dance", keeper, lead),
        ("hub", "push", keeper),
        ("hub", "push", "here", lead),
        ("hub", "push", keeper, lead, "--logins", "."),
        ("hub", "init", keeper, lead, "--logins", "no"),
    ):
        assert len(call(*wrong, code=2)["error"]) > 10
