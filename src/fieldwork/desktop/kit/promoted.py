"""Kit widgets as Qt Designer places them: the constructor takes the parent only, the form sets the words."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from fieldwork.desktop.kit.controls import Button
from fieldwork.desktop.kit.fields import Choice, Field
from fieldwork.desktop.kit.surfaces import BigChoice, Glyph
from fieldwork.desktop.kit.text import Text


class FormButton(Button):
    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent=parent)


class FormField(Field):
    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent=parent)


class FormChoice(Choice):
    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent=parent)


class FormBigChoice(BigChoice):
    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent=parent)


class FormGlyph(Glyph):
    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("lock", parent=parent)


class FormTitle(Text):
    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(kind="title", wrap=True, parent=parent)


class FormLabel(Text):
    """The word over a field, buddied with it by the form."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(kind="label", weight=600, parent=parent)


class FormNote(Text):
    """A quiet sentence that wraps."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(kind="small", tone="quiet", wrap=True, parent=parent)
