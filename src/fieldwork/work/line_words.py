"""What is said of a note line beside what was typed: its tidied words and a translation. What was typed stays."""

from fieldwork.domain.faults import Fault
from fieldwork.domain.records import NoteLine
from fieldwork.domain.values import Erased, Id
from fieldwork.store.reading import get
from fieldwork.store.recording import Change
from fieldwork.store.workspace import Workspace
from fieldwork.work.done import Done, do
from fieldwork.work.excerpts import with_excerpts
from fieldwork.work.notes import as_seen

LONGEST = 20_000


def tidy_line(
    workspace: Workspace, *, line: Id, words: str, as_of: int | None = None, at: int | None = None
) -> Done:
    """Say how a line reads in good order; "" takes that away. Raises Fault where the line was erased or changed."""
    held = _standing(workspace, line, words, as_of)
    said = " ".join(words.split())
    fields = {"tidied": "" if said == held.text else said}
    return _written(workspace, "tidy", line, fields, as_of, at)


def translate_line(
    workspace: Workspace,
    *,
    line: Id,
    words: str,
    language: str = "cy",
    as_of: int | None = None,
    at: int | None = None,
) -> Done:
    """Put a line into English; "" takes that away. language: of what was typed, "cy" for Welsh."""
    _standing(workspace, line, words, as_of)
    said = " ".join(words.split())
    fields = {"translation": said, "language": language if said else ""}
    return _written(workspace, "translate a line", line, fields, as_of, at)


def _standing(workspace: Workspace, line: Id, words: str, as_of: int | None) -> NoteLine:
    held = get(workspace, NoteLine, line)
    as_seen(workspace, line, as_of)
    if isinstance(held.text, Erased):
        raise Fault("What was typed on this line is erased; there is nothing to tidy or translate.")
    if len(words) > LONGEST:
        raise Fault(f"That is {len(words):,} characters; a line takes {LONGEST:,}.")
    return held


def _written(
    workspace: Workspace, act: str, line: Id, fields: dict[str, str], as_of: int | None, at: int | None
) -> Done:
    changes = with_excerpts(workspace, [Change(NoteLine.kind, line, dict(fields))])
    return do(workspace, act, changes, id=line, as_of=as_of, at=at)
