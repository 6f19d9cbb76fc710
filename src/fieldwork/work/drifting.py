"""How each examiner's answers stand against what the team settled on, over time. For leads."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from fieldwork.analysis.drift import Judged, Span, drift
from fieldwork.domain.faults import Fault
from fieldwork.domain.marking_records import ModeratedMark, Moderation
from fieldwork.domain.records import TeamMember
from fieldwork.domain.values import Id
from fieldwork.questions.given_values import as_one_answer
from fieldwork.questions.repeating import place_of
from fieldwork.store.members import lead_or_fault
from fieldwork.store.reading import records
from fieldwork.store.workspace import Workspace
from fieldwork.work.agreed import agreed_answers, hands_on
from fieldwork.work.examining import panes_of
from fieldwork.work.matching import by_file, matched
from fieldwork.work.moderation_list import finished_files


@dataclass(frozen=True)
class Drifting:
    """One examiner: what the member is called, and every week in which answers of theirs were judged again.

    begins of a span: the day number (proleptic Gregorian ordinal) of its Monday.
    """

    member: Id
    who: str
    spans: tuple[Span, ...]


def drifting(workspace: Workspace, *, weeks: int = 1) -> tuple[Drifting, ...]:
    """Examiners with answers that were judged again, by what they are called.

    An answer is held against the agreed one where there is one, else against the moderators' mark where they are
    of one mind. It counts in the week its file was finished. Raises Fault unless this is a lead's laptop.
    """
    lead_or_fault(workspace, "sees how examiners drift")
    if weeks < 1:
        raise Fault(f"Drift is shown by spans of one week or more, not {weeks}.")
    judged = _judged(workspace)
    if not judged:
        return ()
    first = date.fromordinal(min(one.when for one in judged))
    monday = first - timedelta(days=first.weekday())
    spans = drift(judged, weeks * 7, monday.toordinal())
    labels = {member.id: member.label for member in records(workspace, TeamMember)}
    found = [
        Drifting(member, labels.get(member, "") or "an examiner", some)
        for member, some in spans.items()
        if isinstance(member, bytes)
    ]
    return tuple(sorted(found, key=lambda one: (one.who, one.member)))


def _judged(workspace: Workspace) -> list[Judged]:
    held = finished_files(workspace)
    settled = _settled(workspace)
    files = {id: file for id, (file, _) in held.items() if id in settled}
    examinations = [one for id in files for one in held[id][1] if one.examiner is not None]
    found = []
    for file, panes in by_file(panes_of(workspace, examinations, files)).items():
        together = matched(panes)
        for number, pane in enumerate(panes):
            finished = datetime.fromtimestamp((pane.examination.finished or 0) / 1000).date().toordinal()
            for place, value in settled[file].items():
                own = together.place_in(number, together.common(place))
                given = pane.answer(own) if own is not None else None
                if given is not None and given.value and own in pane.applied.asked:
                    asked = pane.question(own)
                    said, settled_on = as_one_answer(asked, given.value), as_one_answer(asked, value)
                    found.append(Judged(pane.examination.examiner, finished, said, settled_on))
    return found


def _settled(workspace: Workspace) -> dict[Id, dict[str, str]]:
    """By file and place, what the team settled on."""
    looks = {look.id: look for look in records(workspace, Moderation) if look.case_file is not None}
    hands = hands_on(workspace, {look.case_file for look in looks.values() if look.case_file is not None})
    marks: dict[Id, dict[str, set[str]]] = {}
    for one in records(workspace, ModeratedMark):
        look = looks.get(one.moderation or b"")
        if look is None or look.case_file is None or not one.value or not look.finished:
            continue
        if look.moderator not in hands[look.case_file]:
            place = place_of(one.question, one.instance)
            marks.setdefault(look.case_file, {}).setdefault(place, set()).add(one.value)
    found = {
        file: {code: next(iter(values)) for code, values in some.items() if len(values) == 1}
        for file, some in marks.items()
    }
    for file, some in agreed_answers(workspace).items():
        for (code, instance), agreed in some.items():
            found.setdefault(file, {})[place_of(code, instance)] = agreed.value
    return found
