"""The demonstration: one visit by three laptops, through the same functions a person's keys call.

An HMCPSI lead, an HMICFRS inspector and a second HMCPSI inspector join by pack, work offline, exchange
packages through a folder that stands for a stick, merge in different orders, settle one conflict, and
write the visit summary. What they type stands in resources/demo as scripts of acts; the answers to the
files are drawn from a hash, so every run gives the same evidence.
"""

import hashlib
import json
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from fieldwork.assets import asset
from fieldwork.domain.faults import Fault
from fieldwork.domain.package import Outcome
from fieldwork.domain.question_set import LIST_KINDS, Question, needs_reason
from fieldwork.domain.values import Id
from fieldwork.store.beside import SUFFIX
from fieldwork.store.reading import canonical, dump
from fieldwork.store.verifying import verify
from fieldwork.store.workspace import Workspace
from fieldwork.work import examining, files, gathering, reporting, team, visits
from fieldwork.work.acts import Script
from fieldwork.work.describing import describe_record
from fieldwork.work.inspections import new_inspection
from fieldwork.work.visits import achieve_visit

LEAD, INSPECTOR, SECOND = "HMCPSI lead", "HMICFRS inspector", "HMCPSI second inspector"
# what the reference tells of a file: R for RASSO, D for domestic abuse, V for volume crime
FACTS = {
    "A02": {"R": "rasso", "D": "mc_volume", "V": "mc_volume"},
    "A03": {"R": "rape vulnerable_victim", "D": "domestic_abuse", "V": "none"},
}
ROUTES = ("cps_charge_fct", "cps_charge_fct", "police_charge", "cps_nfa", "cps_charge_tt", "police_nfa")
# who examines which file: two of them by one examiner of each inspectorate
SHARES = {
    "lead": ("f01", "f05", "f08", "f09", "f10"),
    "inspector": ("f01", "f02", "f06", "f11", "f12"),
    "second": ("f02", "f03", "f07", "f13", "f14", "f04"),
}


@dataclass
class Demo:
    """What the demonstration made."""

    workspaces: list[Path]
    packs: list[Path]
    packages: list[Path]
    outcomes: list[Outcome]
    settled: list[str]
    pdf: Path
    html: Path
    csv: Path
    records: list[Path]
    identical: bool
    lines: int
    sessions: int
    files: int

    def plain(self) -> dict[str, Any]:
        return {
            "workspaces": [str(path) for path in self.workspaces],
            "packs": [str(path) for path in self.packs],
            "packages": [str(path) for path in self.packages],
            "merges": [outcome.plain() for outcome in self.outcomes],
            "conflicts": {"settled": self.settled, "open": 0},
            "reports": {"pdf": str(self.pdf), "html": str(self.html), "csv": str(self.csv)},
            "records": [str(path) for path in self.records],
            "identical": self.identical,
            "sessions": self.sessions,
            "note_lines": self.lines,
            "files_examined": self.files,
        }


def make_demo(to: Path, passphrase: str, say: Callable[[str], None] = lambda _: None) -> Demo:
    """Make the demonstration in a folder, which is emptied of an earlier one first. say: one line of progress."""
    to = Path(to)
    stick = _clean(to)
    paths = [to / f"{name}{SUFFIX}" for name in ("lead", "inspector", "second")]
    say("All of it is made up. The lead sets the inspection up and hands out two packs.")
    lead = new_inspection(
        paths[0],
        passphrase,
        title="Joint case building inspection (made-up demonstration)",
        lead="HMCPSI",
        partner="HMICFRS",
        device=LEAD,
        at=_time("2025-03-03T09:00:00"),
    )
    opened = [lead]
    try:
        labels: dict[str, Id] = {}
        _run(lead, "setup", labels)
        packs = []
        for path, label, body in ((paths[1], INSPECTOR, "HMICFRS"), (paths[2], SECOND, "HMCPSI")):
            pack = to / f"{path.stem}.fieldpack"
            code = team.pack(lead, pack)
            opened.append(team.join(pack, path, passphrase, code=code, device=label, inspectorate=body))
            packs.append(pack)
        return _visit(opened, labels, to, stick, packs, say)
    finally:
        for workspace in opened:
            workspace.close()


def _clean(to: Path) -> Path:
    """An empty folder for the demonstration; only what an earlier one made is taken away."""
    try:
        to.mkdir(parents=True, exist_ok=True)
        for name in ("lead", "inspector", "second"):
            for old in to.glob(f"{name}.*"):
                old.unlink()
        for old in (*to.glob("visit-summary.*"), *to.glob("interview-record.*"), to / "results.csv"):
            old.unlink(missing_ok=True)
        stick = to / "stick"
        if stick.exists():
            shutil.rmtree(stick)
        stick.mkdir()
    except OSError as error:
        raise Fault(f"The demonstration cannot be made in {to}: {error.strerror or error}.") from error
    return stick


def _run(workspace: Workspace, name: str, labels: dict[str, Id]) -> None:
    script = Script(workspace, labels)
    for text in asset(f"demo/{name}.jsonl").read_text("utf-8").splitlines():
        if text.strip():
            script.perform(json.loads(text))


def _time(text: str) -> int:
    return int(datetime.fromisoformat(text).timestamp() * 1000)


def _visit(
    opened: list[Workspace],
    labels: dict[str, Id],
    to: Path,
    stick: Path,
    packs: list[Path],
    say: Callable[[str], None],
) -> Demo:
    lead, inspector, second = opened
    packages, outcomes = _introduced(opened, labels, stick)
    for workspace, name in zip(opened, SHARES, strict=True):
        say(f"{workspace.identity.label}: interviews, focus groups and case files, offline.")
        _run(workspace, name, dict(labels))
        for place, label in enumerate(SHARES[name]):
            examine(workspace, labels[label], _time("2025-03-11T09:00:00") + place * 5_400_000)
    say("Packages go round on a stick and are merged in different orders.")
    day = [team.share(workspace, stick).path for workspace in opened]
    for workspace, order in ((lead, (1, 2)), (inspector, (2, 0)), (second, (0, 1))):
        for at in order:
            outcomes += team.merge(workspace, [day[at]]).outcomes
    packages += day
    settled = _settle(lead, say)
    achieve_visit(
        lead, visit=labels["visit"], start="2025-03-10", end="2025-03-12", at=_time("2025-03-12T15:30:00")
    )
    packages.append(team.share(lead, stick).path)
    for workspace in (inspector, second):
        outcomes += team.merge(workspace, packages[-1:]).outcomes
    dumps = {canonical(dump(workspace)) for workspace in opened}
    problems = [problem for workspace in opened for problem in verify(workspace)]
    if problems:
        raise Fault(f"The demonstration does not verify: {problems[0]}", code=1)
    say("The three laptops hold the same evidence; the visit summary is written.")
    return _written(opened, labels, to, packs, packages, outcomes, settled, len(dumps) == 1)


def _introduced(
    opened: list[Workspace], labels: dict[str, Id], stick: Path
) -> tuple[list[Path], list[Outcome]]:
    """Those who joined say so; the lead admits them and allocates the files."""
    lead, *joined = opened
    packages = [team.share(workspace, stick).path for workspace in joined]
    outcomes = team.merge(lead, packages).outcomes
    for workspace in joined:
        team.admit(lead, device=workspace.identity.label)
    for name, workspace in zip(("inspector", "second", "lead"), (*joined, lead), strict=True):
        member = workspace.identity.member
        assert member is not None
        for label in SHARES[name]:
            files.allocate(lead, file=labels[label], member=member)
    packages.append(team.share(lead, stick).path)
    for workspace in joined:
        outcomes += team.merge(workspace, packages[-1:]).outcomes
    return packages, outcomes


def _settle(lead: Workspace, say: Callable[[str], None]) -> list[str]:
    """The planned conflict: one emerging point, worded by two of the team without having seen the other's."""
    settled = []
    for clash in team.conflicts(lead):
        say(f"In conflict: {describe_record(lead, clash.record)}; the lead keeps their own wording.")
        team.resolve(
            lead,
            conflict=clash.id,
            keep="ours",
            reason="Agreed at the wash-up: closer to what was said.",
            at=_time("2025-03-12T15:20:00"),
        )
        settled.append(clash.id)
    return settled


def _written(
    opened: list[Workspace],
    labels: dict[str, Id],
    to: Path,
    packs: list[Path],
    packages: list[Path],
    outcomes: list[Outcome],
    settled: list[str],
    identical: bool,
) -> Demo:
    lead = opened[0]
    visit = labels["visit"]
    pdf, html, csv = (to / name for name in ("visit-summary.pdf", "visit-summary.html", "results.csv"))
    for path in (pdf, html):
        reporting.export(lead, "visit_summary", path, visit=visit)
    reporting.export(lead, "results", csv)
    session = next(s for s in visits.sessions_of(lead, visit) if s.state == "done")
    written = [to / f"interview-record{suffix}" for suffix in (".pdf", ".docx")]
    for path in written:
        reporting.export(lead, "interview_record", path, session=session.id)
    held = [s for s in visits.sessions_of(lead, visit) if s.state in ("open", "done")]
    facts = gathering.session_counts(lead, visit)
    return Demo(
        [workspace.path for workspace in opened],
        packs,
        packages,
        outcomes,
        settled,
        pdf,
        html,
        csv,
        written,
        identical,
        sum(count.lines for count in facts),
        len(held),
        sum(1 for state in files.file_states(lead, visit=visit) if state.finished),
    )


# -- examining a file as an examiner would, one answer after the other


def examine(workspace: Workspace, file: Id, start: int) -> None:
    """Answer every question that comes up on a file, with reasons where they are called for, and finish."""
    reasons = json.loads(asset("demo/reasons.json").read_text("utf-8"))
    at = start
    while (question := examining.open_file(workspace, file).next_unanswered()) is not None:
        at += 45_000
        pane = examining.open_file(workspace, file)
        value = _answer(question, pane.file.reference, workspace.identity.inspectorate, reasons)
        reason = comment = None
        if needs_reason(question, value):
            reason = _pick(reasons[value][question.section], pane.file.reference, question.code)
        elif _draw(pane.file.reference, question.code, "comment") % 17 == 0:
            comment = _pick(reasons["comments"], pane.file.reference, question.code)
        examining.answer_file(
            workspace, file=file, question=question.code, value=value, reason=reason, comment=comment, at=at
        )
    examining.finish_examination(workspace, file=file, at=at + 60_000)


def _answer(question: Question, reference: str, inspectorate: str, reasons: dict[str, Any]) -> str:
    """An answer a file of this kind might get. The two inspectorates now and then judge differently."""
    draw = _draw(reference, question.code)
    if question.code == "A01":
        return ROUTES[draw % len(ROUTES)]
    if question.code in FACTS:
        return FACTS[question.code][reference[2]]
    if question.scored:
        if draw % 11 == 0:
            draw += _draw(reference, question.code, inspectorate) % 3
        return ("FM", "FM", "PM", "FM", "NM", "FM", "PM", "FM", "NA", "FM", "PM", "NK")[draw % 12]
    if question.code == "N03":
        return _pick(reasons["summaries"], reference, question.code)
    if question.code == "N04":
        return "Y" if draw % 9 == 0 else "N"
    if question.kind in LIST_KINDS:
        chosen = [
            c.code
            for c in question.choices
            if c.code != "none" and _draw(reference, question.code, c.code) % 4 == 0
        ]
        return " ".join(chosen) or question.choices[-1].code
    if question.choices:
        return question.choices[draw % len(question.choices)].code
    return str(1 + draw % 3)


def _draw(*parts: str) -> int:
    return int.from_bytes(hashlib.sha256("\n".join(parts).encode()).digest()[:6], "big")


def _pick(some: list[str], *parts: str) -> str:
    return some[_draw(*parts, "pick") % len(some)]
