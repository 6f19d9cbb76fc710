"""What made-up inspectors do of an evening: mark words out, mask, tidy, tick off topics, log documents.

Everything is drawn from a stream of its own, so that the lines and answers of a seed stay what they were.
"""

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from fieldwork.domain.finding_records import Document, Figure
from fieldwork.domain.note_records import CoveredTopic, Excerpt, GuideTopic, Mask, TopicGuide, excerpt_id
from fieldwork.domain.order import following
from fieldwork.domain.records import NoteLine
from fieldwork.domain.values import Id, derived_id
from fieldwork.domain.vocabulary import DIRECTIONS, STRENGTHS
from fieldwork.store.recording import Act, Change
from fieldwork.work.made_up import MadeUp
from fieldwork.work.themes import tag_change

MARKED, MASKED, TIDIED = 1 / 5, 1 / 200, 1 / 40  # shares of the lines
LOGGED, FIGURES, COVERED = 0.3, 0.2, 0.5  # documents and figures a session; shares of the topics
LONGEST = 4  # words marked out together
AROUND = 32  # characters kept on either side of them
GUIDE, TOPICS = "generated", 6


def topic_ids() -> list[Id]:
    """The topics of the guide that every laptop has."""
    guide = derived_id(TopicGuide.kind, GUIDE)
    return [derived_id(GuideTopic.kind, guide, str(number)) for number in range(TOPICS)]


def guide_act(made: MadeUp, at: int) -> Act:
    """The guide that every laptop has; nothing of it is drawn."""
    guide, place = derived_id(TopicGuide.kind, GUIDE), "V"
    said = {"code": GUIDE, "title": "Officers in charge", "methods": "interview focus_group"}
    changes = [Change(TopicGuide.kind, guide, said)]
    for id, title in zip(topic_ids(), made.words["what"], strict=False):
        fields = {"guide": guide, "title": title[0].upper() + title[1:], "position": place}
        changes.append(Change(GuideTopic.kind, id, fields))
        place = following(place)
    return Act("topic guide", changes, at)


class Typed(NamedTuple):
    """A line as it was typed."""

    id: Id
    text: str


class Evenings:
    """One laptop's evenings. typed, held: lines and sessions (with visit and body) since the last."""

    def __init__(self, made: MadeUp, themes: Sequence[Id], member: Id | None) -> None:
        self.made, self.themes, self.member = made, themes, member
        self.typed: list[Typed] = []
        self.held: list[tuple[Id, Id, str]] = []

    def acts(self, at: int) -> Iterator[Act]:
        for line in self.typed:
            yield from self._on_line(at, line)
        for session, visit, body in self.held:
            covered = [
                Change(
                    CoveredTopic.kind,
                    derived_id(CoveredTopic.kind, session, topic),
                    {"session": session, "topic": topic, "covered": 1},
                )
                for topic in topic_ids()
                if self.made.likely(COVERED)
            ]
            if covered:
                yield Act("cover a topic", covered, at)
            yield from self._logged(at, visit, body)
        self.typed, self.held = [], []

    def _on_line(self, at: int, line: Typed) -> Iterator[Act]:
        made = self.made
        if made.likely(MARKED):
            excerpt = self._excerpt(line)
            theme, direction = made.one(self.themes), made.one(tuple(DIRECTIONS))
            tag = tag_change(excerpt.id, theme, direction, made.one(tuple(STRENGTHS)))
            yield Act("tag", [excerpt, tag], at)
        if made.likely(MASKED):
            excerpt = self._excerpt(line)
            way = "redact" if made.likely(0.5) else "pseudonym"
            instead = {"instead": f"Officer {made.one('ABCD')}"} if way == "pseudonym" else {}
            mask = Change(
                Mask.kind,
                derived_id(Mask.kind, excerpt.id),
                {"target": excerpt.id, "way": way, **instead},
            )
            yield Act("mask", [excerpt, mask], at)
        if made.likely(TIDIED):
            tidied = line.text.replace("; ", ". That is, ")
            yield Act("tidy", [Change(NoteLine.kind, line.id, {"tidied": tidied})], at)

    def _excerpt(self, line: Typed) -> Change:
        """Some words of a line, as they stand in it when they are marked out."""
        words = line.text.split(" ")
        first = self.made.between(0, len(words) - 1)
        quote = " ".join(words[first : first + self.made.between(1, LONGEST)])
        start = len(" ".join([*words[:first], ""]))
        end = start + len(quote)
        fields: dict[str, Any] = {
            "target": line.id,
            "part": "text",
            "quote": quote,
            "before": line.text[max(start - AROUND, 0) : start],
            "after": line.text[end : end + AROUND],
            "start": start,
        }
        return Change(Excerpt.kind, excerpt_id(line.id, "text", b"", start, len(quote)), fields)

    def _logged(self, at: int, visit: Id, body: str) -> Iterator[Act]:
        made = self.made
        if made.likely(LOGGED):
            fields = {
                "reference": f"D-{made.between(1, 9999):04d}",
                "title": f"{made.one(made.words['titles'])}: {made.one(made.words['what'])}",
                "dated": f"2024-{made.between(1, 12):02d}-{made.between(1, 28):02d}",
                "shows": made.sentence(),
                "body": body,
                "visit": visit,
                "seen_by": self.member,
            }
            yield Act("log a document", [Change(Document.kind, made.id(at), fields)], at)
        if made.likely(FIGURES):
            fields = {
                "title": f"{made.one(made.words['what'])} sent back",
                "figure": f"{made.between(10, 99)},{made.between(100, 999)}",
                "unit": "files",
                "period": "2024",
                "body": body,
                "visit": visit,
                "source": "data return",
                "read_on": f"2025-01-{made.between(1, 28):02d}",
                "shows": made.sentence(),
            }
            yield Act("log a figure", [Change(Figure.kind, made.id(at), fields)], at)
