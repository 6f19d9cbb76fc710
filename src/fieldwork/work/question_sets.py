"""Versions of the question set: those kept here, and a form that would follow the one in use."""

from collections import Counter
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from fieldwork.domain.faults import Fault
from fieldwork.domain.question_set import QuestionSet
from fieldwork.domain.records import Examination, Inspection, QuestionSetVersion
from fieldwork.domain.values import Id
from fieldwork.questions.carried import items_of
from fieldwork.questions.differing import Differing, differing, reused
from fieldwork.questions.faults import FormFault
from fieldwork.store.history import entered_by
from fieldwork.store.members import lead_or_fault
from fieldwork.store.reading import find, records
from fieldwork.store.recording import Change
from fieldwork.store.state import DELETED
from fieldwork.store.workspace import Workspace
from fieldwork.work.done import Done, do
from fieldwork.work.examining import question_set
from fieldwork.work.inspections import question_set_change, read_questions

PUTS = "puts a question set in use"


@dataclass(frozen=True)
class Version:
    """A version as it is kept. who, at (wall ms): its import; files: examinations under it; form: its form id."""

    id: Id
    form: str
    version: str
    title: str
    in_use: bool
    who: str
    at: int
    files: int


def versions(workspace: Workspace) -> list[Version]:
    """All versions that are kept here, the latest taken in first."""
    held = records(workspace, QuestionSetVersion)
    used = Counter(examination.question_set for examination in records(workspace, Examination))
    in_use = in_use_of(workspace)
    entered = entered_by(workspace, [one.id for one in held])
    found = [
        Version(
            one.id,
            one.code,
            one.version,
            one.title,
            one.id == in_use,
            *entered.get(one.id, ("", 0)),
            used[one.id],
        )
        for one in held
    ]
    return sorted(found, key=lambda one: (-one.at, one.id))


def in_use_of(workspace: Workspace) -> Id | None:
    """The id of the version in use, None where none is."""
    inspection = find(workspace, Inspection, workspace.inspection)
    return inspection.question_set if inspection else None


def find_version(workspace: Workspace, name: str) -> Version:
    """A version by what its form calls it, or by the end of its id. Raises Fault for none and for several."""
    held = versions(workspace)
    wanted = name.strip()
    some = [one for one in held if one.version == wanted] or [
        one for one in held if len(wanted) >= 4 and one.id.hex().endswith(wanted.lower())
    ]
    if len(some) == 1:
        return some[0]
    known = ", ".join(f"{one.version or '(none)'} ({one.id.hex()[-8:]})" for one in held)
    said = "are several versions" if some else "is no version"
    raise Fault(f'There {said} "{wanted}" here; name one of {known}.')


@dataclass(frozen=True)
class Offered:
    """A form as it would follow the set in use. before: that set, None where there is none.

    held: the id under which the same questions are kept already. refusals: why it cannot follow.
    """

    name: str
    new: QuestionSet
    before: QuestionSet | None
    held: Id | None
    in_use: bool
    refusals: tuple[FormFault, ...]
    notices: tuple[str, ...]

    @cached_property
    def difference(self) -> Differing:
        """What differs from the set in use."""
        return differing(self.before or self.new, self.new)


def offered(workspace: Workspace, form: Path) -> Offered:
    """Read a form and hold it against the versions kept here; nothing is changed.

    Raises Fault for a form that cannot be used at all.
    """
    return _held_against(workspace, Path(form).name, read_questions(Path(form)))


def _held_against(workspace: Workspace, name: str, new: QuestionSet) -> Offered:
    kept = {one.id: question_set(workspace, one.id) for one in records(workspace, QuestionSetVersion)}
    in_use = in_use_of(workspace)
    before = kept.get(in_use) if in_use else None
    if before is None and in_use:
        before = question_set(workspace)
    held = next((id for id, one in kept.items() if one == new), None)
    same_form = [one for one in kept.values() if one.form_id == new.form_id]
    refusals: tuple[FormFault, ...] = ()
    if held is None:
        found = differing(before, new).faults if before and before.form_id == new.form_id else ()
        refusals = tuple({fault.place: fault for fault in (*found, *reused(same_form, new))}.values())
    return Offered(
        name, new, before, held, held is not None and held == in_use, refusals,
        (*_notices(before, new, held, in_use), *new.warnings),
    )  # fmt: skip


def _notices(before: QuestionSet | None, new: QuestionSet, held: Id | None, in_use: Id | None) -> list[str]:
    if before is None:
        return []
    said = []
    if before.form_id != new.form_id:
        both = sum(code in items_of(before) for code in items_of(new))
        shared = f"; {both} codes stand in both, and answers under them are counted together" if both else ""
        said.append(
            f'This is another form, "{new.form_id}", and no version of the one in use, "{before.form_id}"{shared}.'
        )
    elif held is None and before.version == new.version:
        called = f'"{new.version}"' if new.version else "not named"
        said.append(
            f"Its version is {called}, as that of the set in use; change it in the sheet settings, so that people "
            "can tell the two apart."
        )
    if held is not None and held != in_use:
        said.append("These questions are kept here already, as an earlier version; it is put in use again.")
    return said


def import_questions(workspace: Workspace, form: Path, *, at: int | None = None) -> Done:
    """Read a form as a question set and put it in use; answers given before keep theirs.

    Raises Fault for a form that cannot be used, and for one that uses a code again for something else.
    """
    return put_in_use(workspace, offered(workspace, form), at=at)


def put_in_use(workspace: Workspace, offer: Offered, *, at: int | None = None) -> Done:
    """Take in the form that was offered; only a lead does, where it is not in use already.

    Raises Fault when it cannot follow what is kept here by now.
    """
    offer = _held_against(workspace, offer.name, offer.new)
    if offer.refusals:
        more = f" And {len(offer.refusals) - 1} more." if len(offer.refusals) > 1 else ""
        raise Fault(f"{offer.name}, {offer.refusals[0].sentence}{more}", code=1)
    if offer.held is not None:
        return use_version(workspace, version=offer.held, at=at)
    lead_or_fault(workspace, PUTS)
    made = question_set_change(offer.new)
    # shown again, where the act that brought it was undone
    change = Change(made.kind, made.id, {**made.fields, DELETED: None})
    use = Change(Inspection.kind, workspace.inspection, {"question_set": change.id})
    return do(workspace, "question set", [change, use], id=change.id, at=at)


def use_version(workspace: Workspace, *, version: Id, at: int | None = None) -> Done:
    """Put a version that is kept here in use; only a lead does. Raises Fault when it cannot be read."""
    question_set(workspace, version)
    if version != in_use_of(workspace):
        lead_or_fault(workspace, PUTS)
    use = Change(Inspection.kind, workspace.inspection, {"question_set": version})
    return do(workspace, "question set", [use], id=version, at=at)
