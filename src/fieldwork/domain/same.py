"""Which records can be the same thing entered twice, and what in a record refers to one of those.

Two records that a person calls the same are read as one, under the smallest id of all that are joined.
Nothing is rewritten for it: links keep naming what they named, so a joining can be lifted.
"""

import re
from collections.abc import Mapping

from fieldwork.domain.finding_records import Document, Figure, OpenQuestion, ResultCell
from fieldwork.domain.marking_records import AgreedAnswer, JointMarking, Moderation
from fieldwork.domain.records import (
    CaseFile,
    DrawnCase,
    DrawnStratum,
    Examination,
    Finding,
    Joining,
    Session,
    Stratum,
    Tag,
    Theme,
    Visit,
)
from fieldwork.domain.values import Id, derived_id

JOINABLE = (CaseFile.kind, Visit.kind, Theme.kind, Stratum.kind)

REFERS: Mapping[str, tuple[str, ...]] = {
    AgreedAnswer.kind: ("case_file",),
    CaseFile.kind: ("stratum", "visit"),
    Document.kind: ("visit",),
    DrawnCase.kind: ("stratum", "case_file"),
    DrawnStratum.kind: ("stratum",),
    Examination.kind: ("case_file",),
    Figure.kind: ("visit",),
    Finding.kind: ("visit", "theme"),
    JointMarking.kind: ("case_file",),
    Moderation.kind: ("case_file",),
    OpenQuestion.kind: ("visit", "theme"),
    ResultCell.kind: ("visit",),
    Session.kind: ("visit",),
    Tag.kind: ("theme",),
    Theme.kind: ("parent", "merged_into"),
}
"""The fields, by kind, that name a record which may be joined to another."""

TELLS_TWICE = frozenset({*JOINABLE, Joining.kind})
"""Kinds that a change of them may make, or settle, something entered twice."""

AFFECTED = frozenset({*JOINABLE, *REFERS})


def joining_id(one: Id, other: Id) -> Id:
    """The id of what is said about two records: on every laptop the same one."""
    return derived_id(Joining.kind, *sorted((one, other)))


def alike(text: str) -> str:
    """A reference or code as it is compared: neither case nor spaces tell two apart."""
    return re.sub(r"\s+", "", text).casefold()


def also_joined(changed: Mapping[str, frozenset[Id]]) -> Mapping[str, frozenset[Id]]:
    """What changed, with every kind that reads otherwise when two records are joined or parted, or themes merged."""
    if Joining.kind not in changed:
        return changed
    return {**dict.fromkeys(AFFECTED, frozenset[Id]()), **changed}
