"""The widgets every page is made of. All sizes come from the tokens and follow the text size while shown."""

from fieldwork.desktop.kit.answers import ANSWERS, AnswerBar, answer_words, paint_answer
from fieldwork.desktop.kit.choices import ChoiceColumn, OptionFlow, choice_keys
from fieldwork.desktop.kit.completion import Completion
from fieldwork.desktop.kit.conflict import Version, VersionCard, VersionGrid, VersionPair
from fieldwork.desktop.kit.controls import Button, Chip, KeyHint, Option, Segments, Tag
from fieldwork.desktop.kit.dates import DateTrack
from fieldwork.desktop.kit.fields import Choice, Field, TextArea
from fieldwork.desktop.kit.glance import GlanceMark, GlanceSection, GlanceStrip
from fieldwork.desktop.kit.layout import Box, Flow, col, even, flow, row, scroll
from fieldwork.desktop.kit.rows import Row, RowList, RowModel
from fieldwork.desktop.kit.surfaces import (
    Badge,
    Bar,
    BigChoice,
    Card,
    Empty,
    Glyph,
    Pane,
    Progress,
    Rule,
    page_head,
    section,
)
from fieldwork.desktop.kit.text import Run, Runs, Text, lay_out

__all__ = [
    "ANSWERS",
    "AnswerBar",
    "Badge",
    "Bar",
    "BigChoice",
    "Box",
    "Button",
    "Card",
    "Chip",
    "Choice",
    "ChoiceColumn",
    "Completion",
    "DateTrack",
    "Empty",
    "Field",
    "Flow",
    "GlanceMark",
    "GlanceSection",
    "GlanceStrip",
    "Glyph",
    "KeyHint",
    "Option",
    "OptionFlow",
    "Pane",
    "Progress",
    "Row",
    "RowList",
    "RowModel",
    "Rule",
    "Run",
    "Runs",
    "Segments",
    "Tag",
    "Text",
    "TextArea",
    "Version",
    "VersionCard",
    "VersionGrid",
    "VersionPair",
    "answer_words",
    "choice_keys",
    "col",
    "even",
    "flow",
    "lay_out",
    "page_head",
    "paint_answer",
    "row",
    "scroll",
    "section",
]
