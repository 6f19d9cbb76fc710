"""The demonstration is a day's work: three laptops, offline, merged, settled, reported."""

import csv
import io
import json
import random
import shutil
from collections import Counter, defaultdict
from pathlib import Path

import pikepdf
import pytest

from fieldwork.cli import main
from fieldwork.domain.records import Session, Visit
from fieldwork.store.beside import drafts_path
from fieldwork.store.reading import canonical, dump
from fieldwork.store.reading import records as records_of
from fieldwork.store.verifying import verify
from fieldwork.store.workspace import Workspace
from fieldwork.work import files, reporting, team
from pdf_gate import check_pdf, tree_text

PASSPHRASE = "demo"


@pytest.fixture(scope="module")
def demo(tmp_path_factory):
    """The demonstration, made once by the command line; what it printed as JSON."""
    folder = tmp_path_factory.mktemp("demo")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("FIELDWORK_KDF_MEMORY", "65536")
        patch.setenv("FIELDWORK_HOME", str(folder / "home"))
        patch.delenv("FIELDWORK_PASSPHRASE", raising=False)
        out = io.StringIO()
        patch.setattr("sys.stdout", out)
        code = main(["demo", "--to", str(folder / "out"), "--no-window", "--json"])
    assert code == 0
    return json.loads(out.getvalue())


@pytest.fixture(scope="module")
def state(demo):
    """The lead's dump: what every figure is recomputed from."""
    with Workspace.open(demo["workspaces"][0], PASSPHRASE, writing=False) as workspace:
        return dump(workspace)


def records(state, kind):
    """Fields of every record of a kind that is not deleted, ids as hex."""

    def plain(value):
        return value["bytes"] if isinstance(value, dict) else value

    return {
        record["id"]: {name: plain(value) for name, value in record["fields"].items()}
        for record in state["records"]
        if record["kind"] == kind and not record["hidden"]
    }


def test_it_leaves_what_it_promises(demo):
    workspaces = [Path(path) for path in demo["workspaces"]]
    assert sorted(workspaces[0].parent.glob("*.fieldwork")) == sorted(workspaces)
    assert len(workspaces) == 3
    assert demo["identical"] is True
    assert demo["sessions"] >= 6
    assert demo["note_lines"] >= 200
    assert demo["files_examined"] >= 12
    assert len(demo["conflicts"]["settled"]) == 1
    assert demo["conflicts"]["open"] == 0
    for path in (*demo["packages"], *demo["packs"], *demo["reports"].values(), *demo["records"]):
        assert Path(path).stat().st_size > 500


def test_the_three_laptops_hold_the_same_and_verify(demo):
    dumps = set()
    for path in demo["workspaces"]:
        with Workspace.open(path, PASSPHRASE, writing=False) as workspace:
            assert verify(workspace) == []
            dumps.add(canonical(dump(workspace)))
    assert len(dumps) == 1


def test_merging_again_changes_nothing(demo, tmp_path):
    workspace = _copy(demo["workspaces"][1], tmp_path)
    with workspace:
        before = canonical(dump(workspace))
        merged = team.merge(workspace, [Path(path) for path in demo["packages"]])
        assert merged.refused == []
        assert all(outcome.new == outcome.changed == 0 for outcome in merged.outcomes)
        assert canonical(dump(workspace)) == before


def test_any_order_of_packages_gives_the_same(demo, tmp_path):
    """A laptop that joins late takes the packages in, in eight orders."""
    lead = _copy(demo["workspaces"][0], tmp_path)
    with lead:
        code = team.pack(lead, tmp_path / "late.fieldpack")
    with team.join(
        tmp_path / "late.fieldpack",
        tmp_path / "late.fieldwork",
        "x",
        code=code,
        device="late",
        inspectorate="HMCPSI",
    ):
        pass
    packages = [Path(path) for path in demo["packages"]]
    dumps = set()
    chance = random.Random(20250312)
    for number in range(8):
        order = chance.sample(range(len(packages)), len(packages))
        folder = tmp_path / str(number)
        folder.mkdir()
        with _copy(tmp_path / "late.fieldwork", folder, passphrase="x") as workspace:
            for place in order:
                team.merge(workspace, [packages[place]])
            dumps.add(canonical(dump(workspace)))
    assert len(dumps) == 1


def _copy(path, folder, passphrase=PASSPHRASE):
    path = Path(path)
    for name in (path.name, path.name + "-key"):
        shutil.copy(path.with_name(name), folder / name)
    assert not drafts_path(folder / path.name).exists()
    return Workspace.open(folder / path.name, passphrase)


def test_files_examined_by_both_inspectorates(state):
    devices = {fields["member"]: fields["inspectorate"] for fields in records(state, "device").values()}
    by_file = defaultdict(set)
    for examination in records(state, "examination").values():
        by_file[examination["case_file"]].add(devices[examination["examiner"]])
    assert sum(1 for bodies in by_file.values() if bodies == {"HMCPSI", "HMICFRS"}) == 2


def test_every_pdf_passes_the_gate(demo):
    for path in (demo["reports"]["pdf"], *demo["records"]):
        if path.endswith(".pdf"):
            check_pdf(Path(path))


def test_every_other_kind_of_report_passes_the_gate_too(demo, tmp_path):
    with Workspace.open(demo["workspaces"][0], PASSPHRASE, writing=False) as workspace:
        file = files.find_file(workspace, "A-R-001").id
        visit = records_of(workspace, Visit)[0].id
        session = records_of(workspace, Session)[0].id
        subjects = {"visit": visit, "session": session, "file": file}
        for kind, about in reporting.KINDS.items():
            for published in (False, True):
                path = tmp_path / f"{kind}-{published}.pdf"
                subject = {about.needs: subjects[about.needs]} if about.needs else {}
                reporting.export(workspace, kind, path, published=published, **subject)
                check_pdf(path)


# -- every figure of the summary, recomputed from the dump


@pytest.fixture(scope="module")
def tables(demo):
    """The tables attached to the PDF: caption words to rows; and proof that the pages show them."""
    found = {}
    text = "".join(tree_text(Path(demo["reports"]["pdf"])).split())
    with pikepdf.open(demo["reports"]["pdf"]) as pdf:
        for name, attachment in pdf.attachments.items():
            rows = list(csv.reader(io.StringIO(attachment.get_file().read_bytes().decode("utf-8-sig"))))
            found[name] = rows
            for row in rows[1:]:
                assert "".join("".join(row).split()) in text, (name, row)
    return found


def table(tables, words):
    (rows,) = [rows for name, rows in tables.items() if words in name]
    return rows


def test_sessions_are_those_of_the_dump(state, tables):
    sessions = records(state, "session")
    lines = Counter(line["session"] for line in records(state, "note_line").values())
    words = {"interview": "Interview", "focus_group": "Focus group", "observation": "Observation",
             "reality_test": "Reality test", "document_review": "Document review"}  # fmt: skip
    expected = {}
    for method, name in words.items():
        some = {id: s for id, s in sessions.items() if s["method"] == method}
        held = {id: s for id, s in some.items() if s["state"] in ("open", "done")}
        if some:
            expected[name] = [
                sum(1 for s in some.values() if s.get("planned_start")),
                len(held),
                sum(1 for s in held.values() if not s.get("planned_start")),
                sum(1 for s in held.values() if s.get("mode") == "remote"),
                sum(1 for s in some.values() if s["state"] == "cancelled"),
                sum(s.get("present") or 0 for s in held.values()),
                sum(lines[id] for id in held),
            ]
    expected["All"] = [sum(column) for column in zip(*expected.values(), strict=True)]
    got = {row[0]: [int(cell) for cell in row[1:]] for row in table(tables, "sessions-by-method")[1:]}
    assert got == expected


def test_files_by_stratum_are_those_of_the_dump(state, tables):
    strata = records(state, "stratum")
    finished = Counter(e["case_file"] for e in records(state, "examination").values() if e.get("finished"))
    expected = defaultdict(lambda: [0, 0, 0])
    for id, file in records(state, "case_file").items():
        for name in (strata[file["stratum"]]["name"], "All"):
            expected[name][0] += 1
            expected[name][1] += finished[id] > 0
            expected[name][2] += finished[id] > 1
    got = {row[0]: [int(row[2]), int(row[3]), int(row[5])] for row in table(tables, "files-by-stratum")[1:]}
    assert got == dict(expected)


def answers_by_file(state):
    """(question) to (file) to the set of answers its examiners gave."""
    finished = {id: e for id, e in records(state, "examination").items() if e.get("finished")}
    given = defaultdict(lambda: defaultdict(dict))
    for answer in records(state, "answer").values():
        if answer["examination"] in finished and answer.get("value"):
            file = finished[answer["examination"]]["case_file"]
            given[answer["question"]][file][answer["examination"]] = answer["value"]
    per_file = Counter(e["case_file"] for e in finished.values())
    return given, per_file


def test_question_results_are_those_of_the_dump(state, tables):
    given, per_file = answers_by_file(state)
    seen = 0
    for name, rows in tables.items():
        if "questions-on-the-met" not in name:
            continue
        for row in rows[1:]:
            counts = Counter()
            for file, examiners in per_file.items():
                some = given[row[0]][file]  # nothing asked is left blank here: a blank was not asked
                values = set(some.values()) | ({None} if len(some) < examiners else set())
                counts["differ" if len(values) > 1 else next(iter(values))] += 1
            n = counts["FM"] + counts["PM"] + counts["NM"]
            expected = [counts["FM"], counts["PM"], counts["NM"], n, counts["NA"], counts["NK"], counts[None],
                        counts["differ"]]  # fmt: skip
            assert [int(cell) for cell in row[2:]] == expected, row[0]
            seen += 1
    assert seen > 30


def test_section_scores_are_all_points_over_all_possible(tables):
    rows = table(tables, "section-scores")[1:]
    for section, points, possible, n in rows:  # no percentage of files that were picked by hand
        letter = section.split(".")[0]
        questions = table(tables, f"section-{letter.lower()}-questions")[1:]
        full, part = (sum(int(row[at]) for row in questions) for at in (2, 3))
        assert int(points) == 2 * full + part
        assert int(possible) == 2 * int(n) == 2 * sum(int(row[5]) for row in questions)


def test_points_stand_strengths_first_with_their_evidence(state, demo):
    text = tree_text(Path(demo["reports"]["pdf"]))
    findings = records(state, "finding")
    assert {f["finding_kind"] for f in findings.values()} >= {"strength", "concern"}
    first = {
        kind: text.find(words) for kind, words in (("strength", "Strengths"), ("concern", "Areas of concern"))
    }
    assert 0 < first["strength"] < first["concern"]
    sessions, lines = records(state, "session"), records(state, "note_line")
    for id, finding in findings.items():
        methods = Counter()
        for link in records(state, "evidence_link").values():
            if link["finding"] == id and link["bearing"] == "for" and link["evidence"] in lines:
                methods[sessions[lines[link["evidence"]]["session"]]["method"]] += 1
        start = "".join(text.split()).find("".join(finding["text"].split()))
        assert start >= 0
        after = "".join(text.split())[start + len("".join(finding["text"].split())) :][:160]
        for method, number in methods.items():
            assert f"{method.replace('_', '')}{number}" in after.replace("-", ""), (finding["text"], after)


def test_the_html_twin_says_the_same_figures(demo, tables):
    from lxml import html

    page = html.parse(demo["reports"]["html"])
    shown = [["".join(cell.itertext()).strip() for cell in row.iter("td", "th")] for row in page.iter("tr")]
    for rows in tables.values():
        for row in rows[1:]:
            assert [cell.strip() for cell in row] in shown, row


def test_nothing_in_a_package_or_workspace_can_be_read_without_the_key(demo, state):
    words = [line["text"][:40].encode() for line in list(records(state, "note_line").values())[:50]]
    for path in (*demo["packages"], *demo["workspaces"]):
        data = Path(path).read_bytes()
        assert not [word for word in words if word in data]
