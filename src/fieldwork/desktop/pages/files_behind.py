"""The files behind a figure: what the list of files is limited to, in words, and the key back."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtWidgets import QWidget

from fieldwork.desktop.kit import Box, Tag, Text
from fieldwork.domain.values import Id


@dataclass(frozen=True)
class FilesBehind:
    """Case files a figure counts. words: the figure; question: where its files are opened."""

    files: frozenset[Id]
    words: str
    question: str = ""


class Behind(Box):
    """One line over the list, there while it is limited."""

    def __init__(self, back: QWidget) -> None:
        self.figure: FilesBehind | None = None
        mark = Tag("", "table-2", "accent")
        mark.setAccessibleName("Limited")
        self._words = Text("", "small", wrap=True)
        super().__init__(mark, (self._words, 1), back, down=False, space=8)
        self.hide()

    def set(self, figure: FilesBehind | None) -> None:
        self.figure = figure
        if figure is not None:
            count = len(figure.files)
            files = "The one file" if count == 1 else f"The {count} files"
            self._words.setText(f"{files} behind this figure: {figure.words}")
        self.setVisible(figure is not None)

    def text(self) -> str:
        return self._words.text()
