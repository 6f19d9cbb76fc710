"""The topic guide beside a note: what is still to be asked stands out, a key ticks what has been covered."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent

from fieldwork.desktop.kit import Box, Row, RowList, Text
from fieldwork.work.guides import Guide, Topic

KEYS = 9  # topics that have a key of their own


class _Topics(RowList):
    """Space ticks, as Enter does."""

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Space and self.row() >= 0:
            self.opened.emit(self.row())
        else:
            super().keyPressEvent(event)


class GuideBox(Box):
    """`ticked(topic, covered)`: the person says that it was, or that it was not."""

    ticked = Signal(object, bool)

    def __init__(self) -> None:
        super().__init__(space=2)
        self.guide: Guide | None = None
        self.title = Text("", "strong", wrap=True)
        self.sub = Text("", "small", "quiet", wrap=True)
        self.list = _Topics(name="Topics of the guide", tall=36)
        self.list.opened.connect(self.tick)
        self.spaced.add(self.title)
        self.spaced.add(self.sub)
        self.spaced.add(6)
        self.spaced.add(self.list)
        self.spaced.add(14)
        self.hide()

    def show_guide(self, guide: Guide | None) -> None:
        """The topics in the guide's order; each of the first nine says its key."""
        if guide == self.guide:
            return
        self.guide = guide
        self.setVisible(guide is not None)
        if guide is None:
            self.list.set_rows(())
            return
        left = sum(1 for topic in guide.topics if not topic.covered)
        self.title.setText(guide.title)
        self.sub.setText(
            f"{left} of {len(guide.topics)} not covered yet." if left else "All topics are covered."
        )
        self.list.set_rows([_row(at, topic) for at, topic in enumerate(guide.topics)])

    def tick(self, at: int) -> None:
        """Tick the topic at a place, or open it again."""
        if self.guide is not None and 0 <= at < len(self.guide.topics):
            topic = self.guide.topics[at]
            self.ticked.emit(topic.id, not topic.covered)


def _row(at: int, topic: Topic) -> Row:
    return Row(
        topic.title, " \u00b7 ".join(topic.prompts.splitlines()),
        icon="circle-check" if topic.covered else "circle", tone="text2" if topic.covered else "accent",
        trail="covered" if topic.covered else "", key=f"Alt {at + 1}" if at < KEYS else "",
        done=topic.covered, ident=topic.id,
    )  # fmt: skip
