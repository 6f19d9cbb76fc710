"""Topic guides: what to ask in a session, read from a file, and which of it has been covered."""

import csv
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from fieldwork.domain.faults import Fault
from fieldwork.domain.note_records import CoveredTopic, GuideTopic, TopicGuide
from fieldwork.domain.order import between, following, run_of
from fieldwork.domain.records import Session
from fieldwork.domain.values import Id, derived_id
from fieldwork.store.reading import find, get, records
from fieldwork.store.recording import Change
from fieldwork.store.workspace import Workspace
from fieldwork.work.done import Done, do
from fieldwork.work.themes import theme_code

MOST_TOPICS = 60
LONGEST = 200  # characters of a topic
_ENDINGS = (".txt", ".csv", ".md")


@dataclass(frozen=True)
class Topic:
    """One topic of a guide beside a session."""

    id: Id
    title: str
    prompts: str
    covered: bool


@dataclass(frozen=True)
class Guide:
    """A guide beside a session, its topics in order."""

    id: Id
    title: str
    topics: tuple[Topic, ...]


def guide_of(workspace: Workspace, session: Session) -> Guide | None:
    """The guide that was chosen for a session; else the first one that is for its role or its method."""
    guides = [one for one in records(workspace, TopicGuide, order="title") if not one.withdrawn]
    fitting = [one for one in guides if session.role and theme_code(session.role) in one.roles.split()]
    fitting += [one for one in guides if session.method and session.method in one.methods.split()]
    chosen = next((one for one in guides if one.id == session.guide), None) or next(iter(fitting), None)
    if chosen is None:
        return None
    done = {one.topic for one in records(workspace, CoveredTopic, session=session.id) if one.covered}
    topics = records(workspace, GuideTopic, guide=chosen.id, order="position")
    return Guide(
        chosen.id,
        chosen.title,
        tuple(
            Topic(one.id, one.title, one.prompts, one.id in done)
            for one in topics
            if not one.withdrawn or one.id in done
        ),
    )


def cover_topic(
    workspace: Workspace, *, session: Id, topic: Id, covered: bool = True, at: int | None = None
) -> Done:
    """Tick a topic of the guide off in a session, or open it again."""
    if find(workspace, Session, session) is None:
        raise Fault("Type a first line before you tick topics off; the session begins with it.")
    get(workspace, GuideTopic, topic)
    id = derived_id(CoveredTopic.kind, session, topic)
    fields = {"session": session, "topic": topic, "covered": int(covered)}
    return do(workspace, "cover a topic", [Change(CoveredTopic.kind, id, fields)], id=id, at=at)


def set_guide(
    workspace: Workspace,
    *,
    title: str,
    topics: Sequence[str],
    methods: str = "",
    session: Id | None = None,
    at: int | None = None,
) -> Done:
    """Say what a guide asks; one of that title is brought up to date, and keeps what was ticked off.

    topics: each a line, with its prompts on further lines. methods: codes, by spaces. session: beside which it
    stands from now on.
    """
    name, said = title.strip(), [_topic(text) for text in topics if text.strip()]
    _fit(name, said)
    guide = derived_id(TopicGuide.kind, theme_code(name))
    changes = [
        Change(
            TopicGuide.kind,
            guide,
            {"code": theme_code(name), "title": name, "methods": methods, "withdrawn": 0},
        )
    ]
    place, kept = between("", "", run_of(theme_code(name))), set[Id]()
    for topic, prompts in said:
        id = derived_id(GuideTopic.kind, guide, theme_code(topic) or topic)
        kept.add(id)
        fields = {"guide": guide, "title": topic, "prompts": prompts, "position": place, "withdrawn": 0}
        changes.append(Change(GuideTopic.kind, id, fields))
        place = following(place)
    gone = [one.id for one in records(workspace, GuideTopic, guide=guide) if one.id not in kept]
    changes += [Change(GuideTopic.kind, id, {"withdrawn": 1}) for id in gone]
    if session is not None and find(workspace, Session, session) is not None:
        changes.append(Change(Session.kind, session, {"guide": guide}))
    return do(workspace, "topic guide", changes, id=guide, at=at)


def _topic(text: str) -> tuple[str, str]:
    first, _, rest = text.strip().partition("\n")
    return " ".join(first.split()), "\n".join(line.strip() for line in rest.splitlines() if line.strip())


def _fit(name: str, topics: Sequence[tuple[str, str]]) -> None:
    """Raises Fault for what makes no guide."""
    if not name or not topics:
        raise Fault("There is no topic in it; a guide is a title and a line for each topic.")
    if len(topics) > MOST_TOPICS:
        raise Fault(f"That is {len(topics)} topics; a guide beside a note has {MOST_TOPICS} at most.")
    for topic, _ in topics:
        if len(topic) > LONGEST:
            raise Fault(
                f'"{topic[:40]}\u2026" is {len(topic)} characters long; a topic has {LONGEST} at most.'
            )
    codes = [theme_code(topic) or topic for topic, _ in topics]
    twice = next((topic for (topic, _), code in zip(topics, codes, strict=True) if codes.count(code) > 1), "")
    if twice:
        raise Fault(f'The topic "{twice}" is in it twice; leave one out.')


def read_guide(workspace: Workspace, path: Path, *, session: Id | None = None, at: int | None = None) -> Done:
    """A guide from a text file (a line for each topic, what is indented below it are its prompts) or a CSV file
    (columns topic and prompts), under the file's name. Raises Fault with a sentence for any other."""
    path = Path(path)
    if path.suffix.lower() not in _ENDINGS:
        raise Fault(f"{path.name} is no text or CSV file; save the guide as one of these.")
    try:
        data = path.read_bytes()
    except OSError as error:
        raise Fault(f"{path.name} cannot be read: {error.strerror or error}.") from error
    if b"\0" in data or len(data) > 1_000_000:
        raise Fault(f"{path.name} is no topic guide: it is not text, or far too long.")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = data.decode("cp1252", errors="replace")
    topics = _in_table(path.name, text) if path.suffix.lower() == ".csv" else _in_text(text)
    return set_guide(workspace, title=path.stem, topics=topics, session=session, at=at)


def _in_text(text: str) -> list[str]:
    topics: list[str] = []
    for line in text.splitlines():
        if not line.strip():
            continue
        bare = line.strip().lstrip("-*\u2022").strip()
        if topics and (line[0].isspace() or line[0] in "-*\u2022"):
            topics[-1] += f"\n{bare}"
        else:
            topics.append(line.strip().lstrip("#").strip())
    return topics


def _in_table(name: str, text: str) -> list[str]:
    rows = list(csv.reader(text.splitlines()))
    heads = [head.strip().lower() for head in rows[0]] if rows else []
    if "topic" not in heads:
        raise Fault(f'{name} has no column "topic" in its first line.')
    at, below = (
        heads.index("topic"),
        next((i for i, head in enumerate(heads) if head.startswith("prompt")), -1),
    )
    topics: list[str] = []
    for row in rows[1:]:
        cells = [*row, *[""] * len(heads)]
        if cells[at].strip():
            topics.append(cells[at].strip())
        if below >= 0 and cells[below].strip() and topics:
            topics[-1] += "\n" + cells[below].strip()
    return topics
