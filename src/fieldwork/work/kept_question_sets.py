"""The versions of the question set in this inspection, read out of what was kept of them."""

from functools import lru_cache

from fieldwork.domain.faults import Fault
from fieldwork.domain.question_set import QuestionSet
from fieldwork.domain.records import Inspection, QuestionSetVersion
from fieldwork.domain.values import Id, derived_id
from fieldwork.questions.codec import from_json
from fieldwork.store.history import history
from fieldwork.store.reading import get
from fieldwork.store.workspace import Workspace


@lru_cache(maxsize=8)
def _decoded(definition: str) -> QuestionSet:
    return from_json(definition)


def question_set(workspace: Workspace, version: Id | None = None) -> QuestionSet:
    """A version of the question set, or the one in use."""
    if version is None:
        version = get(workspace, Inspection, workspace.inspection).question_set
    if version is None:
        raise Fault("This inspection has no question set yet; import one first.")
    definition = get(workspace, QuestionSetVersion, version).definition
    if derived_id(QuestionSetVersion.kind, definition) != version:
        definition = _first_definition(workspace, version)
    return _decoded(definition)


def _first_definition(workspace: Workspace, version: Id) -> str:
    """The definition a version is named after: whatever was written over it since does not count."""
    for step in history(workspace, version):
        written = step.after if step.field == "definition" else None
        if isinstance(written, str) and derived_id(QuestionSetVersion.kind, written) == version:
            return written
    raise Fault("The question set in use cannot be read here; ask a colleague for a package with everything.")
