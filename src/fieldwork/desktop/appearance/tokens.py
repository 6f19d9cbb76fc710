"""Spacing, type and colour: the only place where a size or a colour is decided.

Text and whatever is tied to text (icons, targets, row heights) grows 1:1 with the reader's text size: `dp`.
Empty space grows by a quarter of that: `gap`. So 200% text does not spend the window on margins.
All lengths are logical pixels at 100%.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QColor, QFont, QFontDatabase, QFontMetrics, QGuiApplication, QPalette
from PySide6.QtWidgets import QApplication

from fieldwork.assets import asset

BODY_PX = 14
LEADING = 1.36
SMALLEST_TARGET = 24
TEXT_SIZES = (1.0, 1.1, 1.25, 1.5, 1.75, 2.0)
APPEARANCES = ("system", "light", "dark", "contrast")
APPEARANCE_WORDS = {"system": "As the system", "light": "Light", "dark": "Dark", "contrast": "High contrast"}

#: kind of text -> (ratio to body, weight, letter spacing in percent)
TYPE = {
    "display": (2.0, 600, 98.2),
    "title": (1.43, 600, 98.8),
    "question": (1.43, 500, 99.0),
    "lead": (1.143, 500, 100.0),
    "body": (1.0, 400, 100.0),
    "strong": (1.0, 600, 100.0),
    "label": (0.929, 500, 100.0),
    "small": (0.929, 400, 100.0),
    "caption": (0.857, 400, 100.5),
    "overline": (0.857, 600, 101.0),
    "marking": (0.857, 700, 106.0),
}


@dataclass(frozen=True)
class Colours:
    """One palette; every value is #RRGGBB, and indexing by name gives the QColor."""

    name: str
    sunken: str  # rail, status line
    canvas: str  # page
    surface: str  # cards, fields
    raised: str  # hover, key caps
    line: str  # separators: decoration only
    outline: str  # edges of controls, 3:1 at least
    text: str
    text2: str  # secondary text, 4.5:1 at least on every ground
    accent: str
    accent_soft: str
    on_accent: str
    focus: str
    warn: str
    warn_soft: str
    danger: str
    mark: str  # search hits and differing words
    on_mark: str
    fully: str
    partly: str
    notmet: str

    def __getitem__(self, role: str) -> QColor:
        return QColor(getattr(self, role))

    @property
    def high(self) -> bool:
        """Whether this is the high-contrast palette, where edges replace grounds."""
        return self.name == "contrast"

    @property
    def focus_width(self) -> int:
        return 3 if self.high else 2


LIGHT = Colours(
    name="light",
    sunken="#F4F4F1",
    canvas="#FBFBFA",
    surface="#FFFFFF",
    raised="#ECECE8",
    line="#E3E3DE",
    outline="#82868D",
    text="#17191C",
    text2="#565A61",
    accent="#0B5F6B",
    accent_soft="#E1EFF0",
    on_accent="#FFFFFF",
    focus="#0B5F6B",
    warn="#8A4B00",
    warn_soft="#FCF0DC",
    danger="#A3201B",
    mark="#FFE9A3",
    on_mark="#17191C",
    fully="#293E8E",
    partly="#E37425",
    notmet="#3B0905",
)
DARK = Colours(
    name="dark",
    sunken="#111214",
    canvas="#17181B",
    surface="#1E2023",
    raised="#2A2D32",
    line="#2C2F34",
    outline="#7F858E",
    text="#E9EAEC",
    text2="#A8ADB5",
    accent="#6FC8D0",
    accent_soft="#17363A",
    on_accent="#06262A",
    focus="#8FDDE4",
    warn="#F2B765",
    warn_soft="#3A2B12",
    danger="#FF9A91",
    mark="#5A4710",
    on_mark="#FFF3CF",
    fully="#5069D6",
    partly="#EF9147",
    notmet="#FFE9E5",
)
CONTRAST = Colours(
    name="contrast",
    sunken="#000000",
    canvas="#000000",
    surface="#000000",
    raised="#000000",
    line="#FFFFFF",
    outline="#FFFFFF",
    text="#FFFFFF",
    text2="#FFFFFF",
    accent="#FFE600",
    accent_soft="#000000",
    on_accent="#000000",
    focus="#00E5FF",
    warn="#FFE600",
    warn_soft="#000000",
    danger="#FFB3AD",
    mark="#FFE600",
    on_mark="#000000",
    fully="#5069D6",
    partly="#EF9147",
    notmet="#FFE9E5",
)
PALETTES = {palette.name: palette for palette in (LIGHT, DARK, CONTRAST)}

_R = QPalette.ColorRole
_ROLES = {
    _R.Window: "canvas",
    _R.Base: "surface",
    _R.AlternateBase: "sunken",
    _R.Button: "surface",
    _R.ToolTipBase: "surface",
    _R.WindowText: "text",
    _R.Text: "text",
    _R.ButtonText: "text",
    _R.ToolTipText: "text",
    _R.PlaceholderText: "text2",
    _R.Link: "accent",
    _R.LinkVisited: "warn",
    _R.BrightText: "danger",
    _R.Highlight: "accent",
    _R.HighlightedText: "on_accent",
    _R.Accent: "accent",
    _R.Mid: "outline",
    _R.Midlight: "line",
    _R.Light: "raised",
    _R.Dark: "outline",
    _R.Shadow: "line",
}
#: tone of a label -> the palette role that carries it, so that a change of palette reaches labels by itself
TONES = {
    "text": _R.WindowText,
    "quiet": _R.PlaceholderText,
    "accent": _R.Link,
    "warn": _R.LinkVisited,
    "danger": _R.BrightText,
    "on_accent": _R.HighlightedText,
}


class Appearance(QObject):
    """What the reader chose: palette and text size. `changed` after both are in force everywhere."""

    changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.choice = "light"
        self.factor = 1.0
        self.colours = LIGHT

    def apply(self, choice: str | None = None, factor: float | None = None) -> None:
        """Take a palette (one of APPEARANCES) and a text size (1.0 to 2.0); None keeps what is."""
        self.choice = choice if choice in APPEARANCES else self.choice
        self.factor = min(max(factor, TEXT_SIZES[0]), TEXT_SIZES[-1]) if factor else self.factor
        self.colours = PALETTES[self.choice] if self.choice in PALETTES else system_palette()
        _font.cache_clear()
        _metrics.cache_clear()
        QApplication.setPalette(_qpalette(self.colours))
        QApplication.setFont(font("body"))
        for widget in QApplication.allWidgets():  # Qt tells no widget that has a font of its own
            rescale = getattr(widget, "rescale", None)
            if rescale is not None:
                rescale()
            widget.update()
        self.changed.emit()

    def follow_system(self) -> None:
        """Change with the system's light and dark, as long as the choice is "system"."""
        QGuiApplication.styleHints().colorSchemeChanged.connect(self._system_changed)

    def _system_changed(self) -> None:
        if self.choice == "system":
            self.apply()

    def next_choice(self) -> str:
        return APPEARANCES[(APPEARANCES.index(self.choice) + 1) % len(APPEARANCES)]

    def next_size(self, step: int) -> float:
        """The text size one step (+1 or -1) from the present one."""
        near = min(range(len(TEXT_SIZES)), key=lambda i: abs(TEXT_SIZES[i] - self.factor))
        return TEXT_SIZES[min(max(near + step, 0), len(TEXT_SIZES) - 1)]


appearance = Appearance()


def system_palette() -> Colours:
    """The palette nearest to what the system asks for."""
    hints = QGuiApplication.styleHints()
    if hints.accessibility().contrastPreference() == Qt.ContrastPreference.HighContrast:
        return CONTRAST
    return DARK if hints.colorScheme() == Qt.ColorScheme.Dark else LIGHT


def colours() -> Colours:
    """The colours in force. Read them at paint time; never keep a copy."""
    return appearance.colours


def dp(n: float) -> int:
    """A length tied to text."""
    return round(n * appearance.factor)


def gap(n: float) -> int:
    """A length of empty space."""
    return round(n * (1 + (appearance.factor - 1) * 0.25))


def font(kind: str = "body", weight: int | None = None, italic: bool = False) -> QFont:
    """The font of a kind of text; shared, so copy it before changing it."""
    return _font(kind, weight, italic)


def metrics(kind: str = "body", weight: int | None = None) -> QFontMetrics:
    return _metrics(kind, weight)


@lru_cache(maxsize=128)
def _font(kind: str, weight: int | None, italic: bool) -> QFont:
    ratio, usual, spacing = TYPE[kind]
    face = QFont("Inter")
    face.setPixelSize(max(1, round(BODY_PX * ratio * appearance.factor)))
    face.setWeight(QFont.Weight(weight or usual))
    face.setItalic(italic)
    face.setLetterSpacing(QFont.SpacingType.PercentageSpacing, spacing)
    face.setHintingPreference(QFont.HintingPreference.PreferNoHinting)
    face.setFeature(QFont.Tag("tnum"), 1)  # times and counts stand in columns
    return face


@lru_cache(maxsize=128)
def _metrics(kind: str, weight: int | None) -> QFontMetrics:
    return QFontMetrics(_font(kind, weight, False))


def load_fonts() -> None:
    """Make the shipped Inter known to Qt."""
    for weight in ("Regular", "Medium", "SemiBold", "Bold", "Italic"):
        face = asset(f"fonts/inter/Inter-{weight}.otf")
        if face.is_file():
            QFontDatabase.addApplicationFontFromData(face.read_bytes())


def _qpalette(palette: Colours) -> QPalette:
    result = QPalette()
    for role, name in _ROLES.items():
        result.setColor(role, palette[name])
    for role in (_R.WindowText, _R.Text, _R.ButtonText):
        result.setColor(QPalette.ColorGroup.Disabled, role, palette["text2"])
    return result


def contrast(a: str, b: str) -> float:
    """The WCAG 2.2 contrast ratio of two #RRGGBB colours."""

    def luminance(colour: str) -> float:
        parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
        linear = [x / 12.92 if x <= 0.04045 else ((x + 0.055) / 1.055) ** 2.4 for x in parts]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    dark, light = sorted((luminance(a), luminance(b)))
    return (light + 0.05) / (dark + 0.05)
