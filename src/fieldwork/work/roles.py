"""What a session is planned from: a register of roles in place of names, and templates by kind and role.

Both are shipped; what an inspection has written down under the same code counts instead.
"""

import csv
from dataclasses import dataclass
from functools import cache
from io import StringIO

from fieldwork.assets import asset
from fieldwork.domain.note_records import Role, SessionTemplate
from fieldwork.domain.personal import suspects
from fieldwork.store.reading import records
from fieldwork.store.workspace import Workspace
from fieldwork.work.word_lists import lists_of


@dataclass(frozen=True)
class Suggestion:
    """What a planned session may begin with. method "": a role alone; numbers None where nothing is usual."""

    code: str
    role: str
    method: str = ""
    mode: str = ""
    grade_band: str = ""
    present: int | None = None
    minutes: int | None = None


def suggestions(workspace: Workspace) -> tuple[Suggestion, ...]:
    """The templates, then the roles, that a session can be planned from."""
    templates = {one.code: one for one in _shipped_templates()}
    for held in records(workspace, SessionTemplate, order="position"):
        templates.pop(held.code, None)
        if not held.withdrawn:
            templates[held.code] = Suggestion(
                held.code, held.role or held.name, held.method or "interview", held.mode, held.grade_band,
                held.present, held.minutes,
            )  # fmt: skip
    roles = {one.code: one for one in _shipped_roles()}
    for role in records(workspace, Role, order="position"):
        roles.pop(role.code, None)
        if not role.withdrawn:
            roles[role.code] = Suggestion(role.code, role.name, grade_band=role.grade_band)
    return (*templates.values(), *roles.values())


def may_name(workspace: Workspace, role: str) -> str:
    """Words in a typed role that look like a person, "" for none: what stands in a register of roles never does."""
    if role in {one.role for one in suggestions(workspace)}:
        return ""
    found = suspects(f"with {role}", lists_of(workspace))
    return f"with {role}"[found[0].start : found[0].end] if found else ""


@cache
def _shipped_templates() -> tuple[Suggestion, ...]:
    return tuple(
        Suggestion(
            row["code"], row["role"], row["method"], row["mode"], row["grade_band"],
            int(row["present"]) if row["present"] else None, int(row["minutes"]),
        )
        for row in _rows("session-templates")
    )  # fmt: skip


@cache
def _shipped_roles() -> tuple[Suggestion, ...]:
    return tuple(Suggestion(row["code"], row["name"], grade_band=row["grade_band"]) for row in _rows("roles"))


def _rows(name: str) -> list[dict[str, str]]:
    return list(csv.DictReader(StringIO(asset(f"registers/{name}.csv").read_text("utf-8"))))
