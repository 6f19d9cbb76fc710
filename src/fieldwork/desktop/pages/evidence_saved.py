"""Searches kept under a name: saved as they stand, chosen from a line, taken out again."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from fieldwork.desktop.desk import Desk, sentence_for
from fieldwork.desktop.kit import Field, Row
from fieldwork.desktop.kit.layout import Box
from fieldwork.desktop.pages.form_line import FormLine
from fieldwork.desktop.pages.pick import PickLine
from fieldwork.domain.values import Id
from fieldwork.work import saved_searches
from fieldwork.work.evidence_facets import FLAG_WORDS, TITLES
from fieldwork.work.filters import FLAGS, Filters
from fieldwork.work.saved_searches import Saved


class SavedSearches(Box):
    """`chosen(query, filters)` to look for; `said(sentence)`; `left` when a line closes."""

    chosen = Signal(str, object)
    said = Signal(str)
    left = Signal()

    def __init__(self, page: QWidget, desk: Desk) -> None:
        super().__init__(space=0)
        self.desk = desk
        self._shown: tuple[str, Filters] = ("", Filters())
        self._dropping = False
        self._known: Sequence[Saved] = ()
        self.naming = FormLine("Save this search", {"title": ("Under which name", Field(), 300)}, "Save")
        self.naming.kept.connect(self._save)
        self.naming.left.connect(self.left)
        self.line = PickLine(page, "Saved searches", "Type a few letters of its name")
        self.line.picked.connect(self._picked)
        self.line.left.connect(self.left)
        self.add(self.naming, self.line)

    def ask_name(self, query: str, filters: Filters) -> None:
        """Save what is shown."""
        self.close_lines()
        self._shown = query, filters
        self.naming.put(title=query.strip())
        self.naming.open_line()

    def _save(self) -> None:
        query, filters = self._shown
        title = self.naming.text("title")
        self.desk.act(
            saved_searches.save_search,
            title=title,
            query=query,
            filters=filters.to_json(),
            then=lambda _: self._saved(title),
            otherwise=lambda error: self.naming.wrong("title", sentence_for(error)),
        )

    def _saved(self, title: str) -> None:
        self.naming.hide()
        self.said.emit(
            f"Saved as \u201c{title}\u201d; l lists the saved searches, and colleagues get it with a merge."
        )
        self.left.emit()

    def ask(self, drop: bool = False) -> None:
        """Which saved search to run, or to take out."""
        self.close_lines()
        self._dropping = drop
        self.desk.ask(saved_searches.saved_searches, then=self._offer)

    def _offer(self, known: Sequence[Saved]) -> None:
        self._known = known
        if not known:
            self.said.emit("No search is saved yet: s saves the one that is shown.")
            return
        rows = [Row(one.title, trail=_told(one), ident=one.id) for one in known]
        self.line.ask("Take out which saved search" if self._dropping else "Saved searches", rows)

    def _picked(self, id: Id) -> None:
        one = next((one for one in self._known if one.id == id), None)
        if one is None:
            return
        if self._dropping:
            said = f"\u201c{one.title}\u201d is taken out. Ctrl Z brings it back."
            self.desk.act(saved_searches.drop_search, search=id, then=lambda _: self.said.emit(said))
        elif one.filters is None:
            self.said.emit("A newer version saved this search; it cannot be run here.")
        else:
            self.chosen.emit(one.query, one.filters)
        self.left.emit()

    def close_lines(self) -> None:
        self.naming.hide()
        self.line.close_line()


def _told(one: Saved) -> str:
    """What a search looks for, in short."""
    by = [f"\u201c{one.query}\u201d"] if one.query else []
    if one.filters is not None:
        by += [TITLES[facet].lower() for facet, _ in one.filters.chosen]
        by += [FLAG_WORDS[flag] for flag in FLAGS if getattr(one.filters, flag)]
        by += [day for day in (one.filters.since,) if day]
    return ", ".join(by)
