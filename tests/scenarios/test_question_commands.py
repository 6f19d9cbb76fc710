"""The questions commands as scripts and people see them."""

import json
import re
from pathlib import Path

import pytest

from fieldwork.cli import main

ROOT = Path(__file__).parents[2]
FORM = """
| survey |
| | type | name | label::English (en) | label::Cymraeg (cy) | constraint | constraint_message::English (en) | constraint_message::Cymraeg (cy) | calculation | relevent | choice_filter |
| | integer | n | How many? | Faint? | . < 9 | Fewer. | Llai. | | | |
| | select_one yn | sure | Sure? | Siŵr? | | | | | | |
| | select_multiple yn | both | Both? | Y ddau? | | | | | | name = 'Y' |
| | begin group | g | Group | Grŵp | | | | | | |
| | text | t | Text | Testun | | | | | | |
| | calculate | twice | | | | | | ${n} * 2 | | |
| | end group | | | | | | | | | |
| | begin repeat | r | Suspects | Rhai | | | | | | |
| | text | who | Who? | Pwy? | | | | | | |
| | end repeat | | | | | | | | | |
| choices |
| | list_name | name | label::English (en) | label::Cymraeg (cy) |
| | yn | Y | Yes | Ydw |
| | yn | N | No | Nac ydw |
| settings |
| | form_title | version | form_id |
| | Two languages | 1 | form |
"""  # noqa: E501


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    Path("form.md").write_text(FORM, "utf-8")


@pytest.fixture
def call(capsys):
    """Run one command; returns the object it prints with --json, or the lines without."""

    def run(*arguments, code=0, plain=False):
        got = main([*map(str, arguments), *([] if plain else ["--json"])])
        out, err = capsys.readouterr()
        assert got == code, (arguments, out, err)
        assert "Traceback" not in err
        return out.splitlines() if plain else json.loads(out)

    return run


def promised(command):
    for line in (ROOT / "docs/json.md").read_text("utf-8").splitlines():
        if line.startswith(f"| {command} |"):
            return set(re.findall(r"`(\w+)`", line.removeprefix(f"| {command} |")))
    raise AssertionError(command)


def test_a_good_form(call):
    told = call("questions", "check", "form.md")
    assert set(told) == promised("`questions check`")
    assert (told["verdict"], told["languages"]) == ("good", ["English (en)", "Cymraeg (cy)"])
    lines = call("questions", "check", "form.md", plain=True)
    assert lines[0] == "Two languages: 1 calculate, 1 integer, 1 select_multiple, 1 select_one, 2 text"
    assert lines[1] == "Languages, the default first: English (en), Cymraeg (cy)"
    assert lines[2].startswith("Warning: survey, row 1, column relevent: ")


@pytest.mark.parametrize(
    ("old", "new", "verdict"),
    [
        ("| text | t", "| barcode | t", "unsupported"),
        (". < 9", ". < 9 and . > 9", "faulty"),
        ("| text | t", "| tekst | t", "faulty"),
    ],
)
def test_a_form_that_cannot_be_used(call, old, new, verdict):
    Path("form.md").write_text(FORM.replace(old, new), "utf-8")
    told = call("questions", "check", "form.md", code=1)
    assert set(told) == promised("`questions check` of a form that cannot be used")
    assert told["verdict"] == verdict
    lines = call("questions", "check", "form.md", code=1, plain=True)
    assert ("is a good form" in lines[0]) is (verdict == "unsupported")
    assert lines[1] == told["faults"][0]["sentence"]


def test_what_applies_in_words_and_in_the_language_asked_for(call):
    Path("a.json").write_text('{"n": 12, "both": ["Y"], "r": [{"who": "x"}], "zz": 1}', "utf-8")
    told = call("questions", "applies", "form.md", "a.json", "--language", "Cymraeg (cy)")
    assert set(told) == promised("`questions applies`")
    assert told["faults"] == [{"question": "n", "message": "Llai."}]
    assert call("questions", "applies", "form.md", "a.json", plain=True) == [
        "asked: n, sure, both, t, r[1]/who",
        "n: Fewer.",
        "twice = 24",
        "both is one of Y",
        "instances of r: 1",
        "not in the form: zz",
    ]
    refused = call("questions", "applies", "form.md", "a.json", "--language", "Latin", code=2)
    assert refused["error"] == 'The form is not in "Latin"; it is in English (en), Cymraeg (cy).'


@pytest.mark.parametrize(
    ("answers", "sentence"),
    [
        ('{"r": {"who": "x"}}', "r: it is a repeat, but an object is given; give a list of objects"),
        ('{"r": "x"}', "r: it is a repeat, but a text is given"),
        ('{"r": 3}', "r: it is a repeat, but the number 3 is given"),
        ('{"r": ["x", 3]}', "r[1]: a text is given where an object"),
        ('{"r": [{"who": "x"}, null]}', "r[2]: nothing is given where an object"),
        ('{"r": [{"who": {"x": 1}}]}', "r[1]/who: an object is given where one answer"),
        ('{"r": [{"who": ["x"]}]}', "r[1]/who: it takes one answer, but a list is given"),
        ('{"r": [{"n": 1}]}', 'r[1]/n: it is no question of the repeat "r"'),
        ('{"r": [{"r": []}]}', 'r[1]/r: it is no question of the repeat "r"'),
        ('{"who": "x"}', 'who: it is asked in the repeat "r"'),
        ('{"g": {"t": "x"}}', "g: it is a group, which has no answer"),
        ('{"t": {"x": 1}}', "t: an object is given where one answer"),
        ('{"t": ["a", "b"]}', "t: it takes one answer, but a list is given"),
        ('{"sure": ["Y"]}', "sure: it takes one answer, but a list is given"),
        ('{"both": ["Y", ["N"]]}', "both: a list is given among the choices"),
        ('{"both": [true]}', "both: true or false is given among the choices"),
        ('{"n": NaN}', "n: the number given is too large or no number"),
        ('{"n": 1e999}', "n: the number given is too large or no number"),
        (f'{{"n": 1{"0" * 400}}}', "n: the number given is too large or no number"),
        (f'{{"r": [{", ".join(["{}"] * 1001)}]}}', "r: it is given 1001 times; a repeat has at most 1000"),
    ],
)
def test_answers_of_the_wrong_shape(call, answers, sentence):
    Path("a.json").write_text(answers, "utf-8")
    error = call("questions", "applies", "form.md", "a.json", code=2)["error"]
    assert error.startswith(f"The answers, {sentence}"), error
    assert error.endswith(".")


@pytest.mark.parametrize(
    "answers",
    [
        '{"r": null}',
        '{"r": []}',
        '{"r": [{}]}',
        '{"both": "Y N"}',
        '{"both": []}',
        '{"n": null}',
        '{"t": true}',
    ],
)
def test_answers_that_may_be_given_so(call, answers):
    Path("a.json").write_text(answers, "utf-8")
    assert call("questions", "applies", "form.md", "a.json")["ok"]


LATER = """
| survey |
| | type | name | label::English (en) | label::Cymraeg (cy) | constraint | was | calculation |
| | integer | number | How many? | Faint? | . < 12 | n | |
| | select_one yn | sure | Are you sure? | Siŵr? | | | |
| | text | t1 | Text one | Testun | | t | |
| | text | t2 | Text two | Testun | | t | |
| | calculate | twice | | | | | ${number} * 2 |
| | text | new | New | Newydd | | | |
| choices |
| | list_name | name | label::English (en) | label::Cymraeg (cy) |
| | yn | Y | Yes | Ydw |
| | yn | M | Maybe | Efallai |
| settings |
| | form_title | version | form_id |
| | Two languages | 2 | form |
"""


def test_two_versions_side_by_side(call):
    Path("later.md").write_text(LATER, "utf-8")
    told = call("questions", "diff", "form.md", "later.md")
    assert set(told) == promised("`questions diff`")
    assert told["renamed"] == [{"from": "n", "to": "number"}]
    lines = call("questions", "diff", "form.md", "later.md", plain=True)
    assert lines[0] == "Two languages 1 -> Two languages 2"
    assert "split: t -> t1 + t2" in lines
    place = lines.index("sure, label::English (en):")
    assert lines[place + 1 : place + 3] == ["    - Sure?", "    + Are you sure?"]
    assert "sure, choice added: M Maybe" in lines
    assert "sure, choice removed: N No" in lines
    assert call("questions", "diff", "form.md", "form.md", plain=True)[-1] == "Nothing differs."


def test_a_change_in_a_list_of_many_questions_is_said_once(call):
    rows = "\n".join(
        f"| | select_one yn | s{number} | Q{number} | C{number} | | | | | | |" for number in range(7)
    )
    form = FORM.replace("| | begin group", f"{rows}\n| | begin group")
    Path("form.md").write_text(form, "utf-8")
    Path("later.md").write_text(form.replace("| Y | Yes |", "| Y | yes |"), "utf-8")
    lines = call("questions", "diff", "form.md", "later.md", plain=True)
    assert lines[1:] == [
        "sure, both, s0, s1, s2 and 4 more, choice Y, label::English (en):", "    - Yes", "    + yes"
    ]  # fmt: skip


def test_a_choice_code_used_again_is_refused(call):
    Path("later.md").write_text(FORM.replace("| No | Nac ydw", "| Nobody knows | Ni wyddys"), "utf-8")
    told = call("questions", "diff", "form.md", "later.md", code=1)
    assert [fault["row"] for fault in told["faults"]] == [3]
    lines = call("questions", "diff", "form.md", "later.md", code=1, plain=True)
    assert lines[-1].startswith(
        'Refused: choices, row 3, column name: the choice "N" of "sure" was "No" and would now be "Nobody knows"; '
        "a choice code is never reused"
    )


def test_forms_that_cannot_be_compared(call):
    Path("bad.md").write_text(FORM.replace("| text | t", "| tekst | t"), "utf-8")
    assert call("questions", "diff", "form.md", code=2)["error"].startswith(
        "`questions diff` needs two forms"
    )
    assert call("questions", "diff", "form.md", "gone.md", code=2)["error"].startswith("gone.md is not there")
    assert call("questions", "diff", "form.md", "bad.md", code=2)["error"].startswith("bad.md: survey, row ")


def test_what_was_noticed_in_a_form_is_told_when_it_is_taken_in(tmp_path, monkeypatch, capsys):
    for name, value in (("PASSPHRASE", "demo passphrase"), ("KDF_MEMORY", "65536"), ("HOME", str(tmp_path))):
        monkeypatch.setenv(f"FIELDWORK_{name}", value)
    rows = "| survey |\n| | type | name | label | relevent |\n| | text | q | {} | x |\n"
    for name, label in (("first.md", "One"), ("second.md", "Two")):
        Path(name).write_text(rows.format(label), "utf-8")
    parties = ("--title", "T", "--lead", "HMCPSI", "--with", "HMICFRS")
    assert main(["new", "x.fieldwork", *parties, "--questions", "first.md"]) == 0
    assert "fieldwork: first.md: survey, row 1, column relevent: " in capsys.readouterr().err
    assert main(["import", "x.fieldwork", "second.md", "--as", "questions"]) == 0
    assert "fieldwork: second.md: survey, row 1, column relevent: " in capsys.readouterr().err


CHANGED = (
    FORM.replace("| | integer | n | How many?", "| | integer | n | How many in all?")
    .replace("| | begin repeat | r | Suspects | Rhai | | | | | | |\n", "")
    .replace("| | end repeat | | | | | | | | | |\n", "")
)


@pytest.fixture
def workspace(call, monkeypatch):
    """An inspection on the form of these tests, without its repeat."""
    monkeypatch.setenv("FIELDWORK_PASSPHRASE", "x")
    Path("first.md").write_text(CHANGED.replace("How many in all?", "How many?"), "utf-8")
    made = ("--title", "T", "--lead", "HMCPSI", "--with", "HMICFRS", "--questions", "first.md")
    call("new", "a.fieldwork", *made)
    return "a.fieldwork"


def test_a_new_version_shows_its_difference_first(call, workspace, capsys):
    Path("second.md").write_text(CHANGED, "utf-8")
    took = ("import", workspace, "second.md", "--as", "questions")
    tried = call(*took, "--dry-run")
    assert set(tried) == promised("`import --as questions`")
    assert [one["after"] for one in tried["difference"]["reworded"]] == ["How many in all?"]
    assert tried["imported"] == {} and tried["id"] is None
    assert tried["notices"][0].startswith('Its version is "1", as that of the set in use')
    lines = call(*took, plain=True)
    assert lines[2:] == ["    - How many?", "    + How many in all?", "Two languages is in use."]
    assert call(*took)["imported"] == {}
    Path("third.md").write_text(CHANGED.replace("| N | No |", "| N | Never begun |"), "utf-8")
    refused = call("import", workspace, "third.md", "--as", "questions", code=1)
    assert not refused["difference"]["ok"] and refused["imported"] == {}
    assert "a choice code is never reused" in refused["difference"]["faults"][0]["sentence"]
    back = call("import", workspace, "first.md", "--as", "questions")
    assert "kept here already" in back["notices"][0]
    wrong = call("import", workspace, "first.md", "--as", "cases", "--dry-run", code=2)
    assert wrong["error"].startswith("--dry-run shows what a question set would change")


def test_a_set_is_written_out_and_read_in_again(call, workspace):
    told = call("questions", "write", workspace, "--to", "out.xlsx")
    assert set(told) == promised("`questions write`")
    assert call("questions", "check", "out.xlsx")["pyxform"]["good"]
    assert call("questions", "diff", "first.md", "out.xlsx")["same"]
    again = call("import", workspace, "out.xlsx", "--as", "questions")
    assert again["imported"] == {}
    Path("second.md").write_text(CHANGED.replace("| 1 | form |", "| 2 | form |"), "utf-8")
    call("import", workspace, "second.md", "--as", "questions")
    call("questions", "write", workspace, "--to", "old.html", "--version", "1", "--language", "Cymraeg (cy)")
    assert "Faint?" in Path("old.html").read_text("utf-8")
    call("questions", "write", "form.md", "--to", "repeats.pdf")
    assert Path("repeats.pdf").read_bytes().startswith(b"%PDF")
    for wrong, sentence in (
        (("write", workspace, "--to", "out.xlsx"), "out.xlsx is there already"),
        (("write", workspace, "--to", "out.odt"), "out.odt: write a question set as one of"),
        (("write", workspace), "`questions write` needs --to"),
        (
            ("write", workspace, "--to", "x.pdf", "--version", "7"),
            'There is no version "7" here; name one of 2 (',
        ),
        (("write", workspace, "--to", "x.pdf", "--language", "Latin"), 'The set is not in "Latin"'),
        (
            ("write", "form.md", "--to", "x.pdf", "--version", "1"),
            "--version names a version that a workspace",
        ),
        (("write", "gone.md", "--to", "x.pdf"), "gone.md is not there"),
    ):
        assert call("questions", *wrong, code=2)["error"].startswith(sentence)
