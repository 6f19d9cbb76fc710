"""Where the demonstrated visit stands when its pictures are taken: in the middle of it, and at the wash-up."""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from fieldwork.assets import asset
from fieldwork.domain.question_set import needs_reason
from fieldwork.domain.values import Id
from fieldwork.store.beside import SUFFIX
from fieldwork.store.workspace import Workspace
from fieldwork.work import demo, examining, files, joint, marking_notes, moderating, moderation_list, team
from fieldwork.work.acts import Script
from fieldwork.work.inspections import new_inspection

PASSPHRASE = "demo"
NAMES = ("lead", "inspector", "second")
BEFORE_LUNCH, AFTERNOON, WASH_UP = "2025-03-11T13:18:00", "2025-03-11T14:38:00", "2025-03-12T15:06:00"
HALF_DONE, UP_TO = "f09", "D04"  # the file that is being marked, and the question it has come to


@dataclass
class Visit:
    """The three laptops of the visit; `done` counts the lines of each one's script that have been performed."""

    laptops: dict[str, Workspace]
    stick: Path
    labels: dict[str, Id]
    set_clock: Callable[[str], None]
    scripts: dict[str, Script] = field(default_factory=dict)
    done: dict[str, int] = field(default_factory=dict)

    @property
    def lead(self) -> Workspace:
        return self.laptops["lead"]

    def go_on(self, name: str, until: str) -> None:
        """Perform one laptop's script up to a moment."""
        script = self.scripts.setdefault(name, Script(self.laptops[name], dict(self.labels)))
        acts = [
            json.loads(text) for text in asset(f"demo/{name}.jsonl").read_text("utf-8").splitlines() if text
        ]
        for act in acts[self.done.get(name, 0) :]:
            if act["at"] > until:
                break
            script.perform(act)
            self.done[name] = self.done.get(name, 0) + 1

    def share(self, name: str) -> Path:
        return team.share(self.laptops[name], self.stick).path

    def close(self) -> None:
        for workspace in self.laptops.values():
            workspace.close()


def prepare(folder: Path, set_clock: Callable[[str], None]) -> Visit:
    """The inspection set up by the lead, and two colleagues who joined with their packs."""
    set_clock("2025-03-03T09:00:00")
    lead = new_inspection(
        folder / f"lead{SUFFIX}",
        PASSPHRASE,
        title="Joint case building inspection (made up)",
        lead="HMCPSI",
        partner="HMICFRS",
        device=demo.LEAD,
        at=wall("2025-03-03T09:00:00"),
    )
    laptops, labels = {"lead": lead}, {}
    setup = Script(lead, labels)
    for text in asset("demo/setup.jsonl").read_text("utf-8").splitlines():
        setup.perform(json.loads(text))
    for name, label, body in (("inspector", demo.INSPECTOR, "HMICFRS"), ("second", demo.SECOND, "HMCPSI")):
        pack = folder / f"{name}.fieldpack"
        code = team.pack(lead, pack)
        laptops[name] = team.join(
            pack, folder / f"{name}{SUFFIX}", PASSPHRASE, code=code, device=label, inspectorate=body
        )
    stick = folder / "stick"
    stick.mkdir()
    set_clock("2025-03-07T15:00:00")
    demo._introduced(list(laptops.values()), labels, stick)
    return Visit(laptops, stick, labels, set_clock)


def to_afternoon(visit: Visit) -> None:
    """Tuesday after lunch: packages went round, the lead's next interview is in twenty minutes."""
    visit.set_clock(BEFORE_LUNCH)
    for name, labels in (("lead", ("f01",)), ("inspector", ("f01", "f02")), ("second", ("f02", "f03"))):
        visit.go_on(name, BEFORE_LUNCH)
        for place, label in enumerate(labels):
            demo.examine(
                visit.laptops[name], visit.labels[label], wall("2025-03-11T09:00:00") + place * 5_400_000
            )
    team.merge(visit.lead, [visit.share("inspector"), visit.share("second")])
    visit.share("lead")
    visit.set_clock(AFTERNOON)
    demo.examine(visit.lead, visit.labels["f05"], wall("2025-03-11T13:20:00"))
    examine_to(visit.lead, visit.labels[HALF_DONE], UP_TO, wall("2025-03-11T14:20:00"))


def to_moderate(visit: Visit) -> tuple[Id, str]:
    """A dip sample of what is finished, and a note on how a question is marked; a file and a question in it."""
    moderation_list.draw_dip(visit.lead, percent=60, seed="march")
    some = moderation_list.waiting(visit.lead)
    file = next(one.file.id for one in some if not one.own and len(one.examiners) == 1)
    rows = moderating.open_moderation(visit.lead, file).rows
    code = next(row.question.code for row in rows if row.original == "PM")
    marking_notes.note_marking(
        visit.lead,
        question=code,
        text="What came after the file went out is not counted.",
        at=wall("2025-03-10T09:30:00"),
    )
    return file, code


def to_reconcile(visit: Visit) -> Id:
    """A file that the lead and a colleague marked apart, both finished; the lead has not given its key out."""
    lead, colleague = visit.lead, visit.laptops["inspector"]
    file = next(
        state.file.id
        for state in files.file_states(lead)
        if not any(one.started is not None for one in state.examinations)
    )
    members = {"police": colleague.identity.member, "prosecution": lead.identity.member}
    joint.pair_up(lead, file=file, **members)  # type: ignore[arg-type]
    demo.examine(lead, file, wall("2025-03-11T11:20:00"))
    team.merge(colleague, [visit.share("lead")])
    demo.examine(colleague, file, wall("2025-03-11T12:05:00"))
    team.merge(lead, [visit.share("inspector")])
    return file


def to_wash_up(visit: Visit) -> list[Path]:
    """Wednesday afternoon: everything is on the stick; what waits there for the lead."""
    visit.set_clock(WASH_UP)
    for name in NAMES:
        visit.go_on(name, WASH_UP)
        for place, label in enumerate(demo.SHARES[name]):
            if not examining.open_file(visit.laptops[name], visit.labels[label]).examination.finished:
                start = wall("2025-03-12T08:30:00") + place * 3_600_000
                demo.examine(visit.laptops[name], visit.labels[label], start)
    return [visit.share(name) for name in ("inspector", "second")]


def examine_to(workspace: Workspace, file: Id, code: str, start: int) -> None:
    """Answer a file's questions before one, as its examiner would."""
    reasons = json.loads(asset("demo/reasons.json").read_text("utf-8"))
    at = start
    while (question := examining.open_file(workspace, file).next_unanswered()) is not None:
        if question.code == code:
            return
        at += 15_000
        reference = examining.open_file(workspace, file).file.reference
        value = demo._answer(question, reference, "HMCPSI", reasons)
        reason = None
        if needs_reason(question, value):
            reason = demo._pick(reasons[value][question.section], reference, question.code)
        examining.answer_file(workspace, file=file, question=question.code, value=value, reason=reason, at=at)


def wall(moment: str) -> int:
    return int(datetime.fromisoformat(moment).timestamp() * 1000)
