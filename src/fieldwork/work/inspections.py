"""Setting up: a new inspection with the shipped registers, its question set and its strata."""

import csv
import io
import re
from collections.abc import Sequence
from pathlib import Path

from fieldwork.assets import asset
from fieldwork.domain.faults import Fault
from fieldwork.domain.question_set import QuestionSet
from fieldwork.domain.records import Body, Inspection, Phase, QuestionSetVersion, Stratum
from fieldwork.domain.values import Id, derived_id, joined
from fieldwork.domain.vocabulary import (
    BODY_KINDS,
    DEFAULT_MARKING,
    INSPECTORATES,
    MARKINGS,
    METHODS,
    PHASES,
)
from fieldwork.exchange import joining
from fieldwork.store.members import lead_or_fault
from fieldwork.store.reading import get, records
from fieldwork.store.recording import Change
from fieldwork.store.same import sets
from fieldwork.store.workspace import Workspace
from fieldwork.work.codebook_files import Told, compared, read_codebook
from fieldwork.work.done import Done, do, laptop_name, one_of

SHIPPED_CODEBOOK = "codebook/starter.csv"
SHIPPED_QUESTIONS = "questions/joint-case-building.xlsx"


def new_inspection(
    path: Path,
    passphrase: str,
    *,
    title: str,
    lead: str,
    partner: str,
    device: str = "",
    questions: Path | None = None,
    codebook: Path | None = None,
    at: int | None = None,
) -> Workspace:
    """Found an inspection: registers, phases, codebook, marking and question set, the shipped ones if not given.

    Raises Fault when the title is empty, an inspectorate unknown, the form or codebook faulty or the file exists.
    """
    if not title.strip():
        raise Fault("An inspection needs a title; give one.")
    one_of(lead, INSPECTORATES, "lead inspectorate")
    one_of(partner, INSPECTORATES, "participating inspectorate")
    if lead == partner:
        raise Fault("The lead and the participating inspectorate must be two; give both.")
    name = laptop_name(device, f"{lead} lead")
    themes = read_codebook(codebook or Path(str(asset(SHIPPED_CODEBOOK))))
    changes = _starting_changes(title.strip(), lead, partner, questions, themes)

    def fill(workspace: Workspace) -> None:
        inspection = [
            change if change.id else Change(change.kind, workspace.inspection, change.fields)
            for change in changes
        ]
        do(workspace, "set up", inspection, at=at)

    return joining.found(Path(path), passphrase, fill, device=name, lead=lead)


def _starting_changes(
    title: str, lead: str, partner: str, questions: Path | None, themes: Sequence[Told]
) -> list[Change]:
    bodies = [Change(Body.kind, body_id(fields["code"]), fields) for fields in shipped_bodies()]
    phases = [
        Change(Phase.kind, phase_id(code), {"code": code, "name": name, "position": f"{place:02d}"})
        for place, (code, name) in enumerate(PHASES, 1)
    ]
    form = question_set_change(read_questions(questions))
    inspection = Change(
        Inspection.kind,
        b"",  # the id is known once the workspace is made
        {
            "title": title,
            "lead": lead,
            "partner": partner,
            "marking": DEFAULT_MARKING,
            "question_set": form.id,
            "phase": phase_id("phase_1"),
            "methods_needed": 2,
            "bodies_needed": 2,
        },
    )
    return [inspection, *bodies, *phases, *compared((), themes).changes, form]


def shipped_bodies() -> list[dict[str, str]]:
    """The 66 bodies of the shipped register as fields of `Body`, in its order."""
    text = asset("registers/bodies.csv").read_text("utf-8")
    return [
        {
            "code": row["code"],
            "name": row["name"],
            "body_kind": row["kind"],
            "region": row["region"],
            "areas": row["cps_area_code"].replace(";", " "),
            "position": f"{place:03d}",
        }
        for place, row in enumerate(csv.DictReader(io.StringIO(text)), 1)
    ]


def body_id(code: str) -> Id:
    return derived_id(Body.kind, code)


def phase_id(code: str) -> Id:
    return derived_id(Phase.kind, code)


def stratum_id(code: str) -> Id:
    return derived_id(Stratum.kind, code)


def read_questions(form: Path | None = None) -> QuestionSet:
    """A form as a question set, the shipped one where none is given. Raises Fault for one that is faulty."""
    from fieldwork.questions.reading import read_form

    if form is None:
        from importlib.resources import as_file

        with as_file(asset(SHIPPED_QUESTIONS)) as path:
            return read_form(path)
    return read_form(Path(form))


def question_set_change(question_set: QuestionSet) -> Change:
    """What keeps a version, under an id of what it says: of the same questions the same on every laptop."""
    from fieldwork.questions.codec import to_json

    definition = to_json(question_set)
    return Change(
        QuestionSetVersion.kind,
        derived_id(QuestionSetVersion.kind, definition),
        {
            "code": question_set.form_id,
            "version": question_set.version,
            "title": question_set.title,
            "definition": definition,
        },
    )


def inspection_of(workspace: Workspace) -> Inspection:
    return get(workspace, Inspection, workspace.inspection)


def set_marking(workspace: Workspace, *, marking: str, reason: str = "", at: int | None = None) -> Done:
    """Change the protective marking. Lowering it needs a reason."""
    one_of(marking, MARKINGS, "protective marking")
    lower = MARKINGS.index(marking) < MARKINGS.index(inspection_of(workspace).marking or DEFAULT_MARKING)
    if lower and not reason.strip():
        raise Fault("Lowering the protective marking needs a reason; say why.")
    fields = {"marking": marking, "marking_reason": reason.strip()}
    return do(
        workspace, "marking", [Change(Inspection.kind, workspace.inspection, fields)], reason=reason, at=at
    )


def set_thresholds(workspace: Workspace, *, methods: int, bodies: int, at: int | None = None) -> Done:
    """Say from how many methods and bodies on a finding is supported; a lead does."""
    lead_or_fault(workspace, "says when a finding is supported")
    if not (1 <= methods <= len(METHODS) and bodies >= 1):
        raise Fault(
            f"A finding is supported from 1 to {len(METHODS)} methods and 1 body or more; "
            f"{methods} and {bodies} are not."
        )
    fields = {"methods_needed": methods, "bodies_needed": bodies}
    change = Change(Inspection.kind, workspace.inspection, fields)
    return do(workspace, "thresholds", [change], id=workspace.inspection, at=at)


def add_body(
    workspace: Workspace,
    *,
    code: str,
    name: str,
    kind: str = "police_other",
    region: str = "",
    areas: Sequence[str] = (),
    at: int | None = None,
) -> Done:
    """Add a body to the register, or change one under its code: the register changes with time."""
    one_of(kind, BODY_KINDS, "kind of body")
    if not re.fullmatch(r"\w{1,12}", code) or not name.strip():
        raise Fault("A body needs a short code of letters and digits, and a name.")
    held = records(workspace, Body)
    fields = {
        "code": code,
        "name": name.strip(),
        "body_kind": kind,
        "region": region.strip(),
        "areas": joined(areas),
        "position": next((b.position for b in held if b.code == code), f"{len(held) + 1:03d}"),
    }
    return do(workspace, "body", [Change(Body.kind, body_id(code), fields)], id=body_id(code), at=at)


def set_stratum(
    workspace: Workspace, *, code: str, name: str, target: int | None = None, at: int | None = None
) -> Done:
    """Define or change a stratum of the sample."""
    if not code.strip():
        raise Fault("A stratum needs a code; give one.")
    if target is not None and target < 0:
        raise Fault(f"The target of stratum {code.strip()} is {target}; give nought or more.")
    id = sets(workspace).of(stratum_id(code.strip()))
    fields = {"code": code.strip(), "name": name.strip() or code.strip(), "target": target}
    if id != stratum_id(code.strip()):  # joined to one entered under another spelling, which it keeps
        del fields["code"]
    return do(workspace, "stratum", [Change(Stratum.kind, id, fields)], id=id, at=at)


def body_names(workspace: Workspace) -> dict[str, str]:
    """Names of the bodies by their code, in the order of the register."""
    return {body.code: body.name for body in records(workspace, Body, order="position")}
