"""What a `type` cell means: which kind of question, group or choice list, and what Fieldwork cannot ask."""

from dataclasses import dataclass, field
from typing import Any

from pyxform import aliases
from pyxform.question_type_dictionary import QUESTION_TYPE_DICT
from pyxform.xls2json import RE_BEGIN_CONTROL, RE_END_CONTROL, RE_SELECT

_BY_CONTROL = {
    ("input", "string"): "text",
    ("input", "int"): "integer",
    ("input", "decimal"): "decimal",
    ("input", "date"): "date",
    ("input", "time"): "time",
    ("input", "dateTime"): "dateTime",
    ("trigger", "string"): "acknowledge",
    ("trigger", ""): "acknowledge",
}
_SELECTS = {
    "select one": "select_one",
    "select all that apply": "select_multiple",
    "rank": "rank",
}
_OWN_METADATA = "Fieldwork keeps times, people and devices itself"
_ASKED_INSTEAD = "ask it as text, a number, a date or a choice instead"


@dataclass(frozen=True)
class Kind:
    """The meaning of a type cell.

    `role` is "question", "begin" or "end"; `name` is the question's kind, or "group" or "repeat".
    `refusal` and `remedy` are set where Fieldwork cannot use it, `unsupported` where others may.
    """

    role: str
    name: str
    list_name: str = ""
    or_other: bool = False
    defaults: dict[str, Any] = field(default_factory=dict)
    """What the type itself brings along, in pyxform's shape: hint and bind."""
    refusal: str = ""
    remedy: str = ""
    unsupported: bool = False


def kind_of(type_text: str) -> Kind:
    """The meaning of one type cell, refusals included; never raises."""
    if begin := RE_BEGIN_CONTROL.search(type_text):
        return _control("begin", aliases.control[begin["type"]], type_text)
    if end := RE_END_CONTROL.search(type_text):
        return _control("end", aliases.control[end["type"]], type_text)
    if select := RE_SELECT.search(type_text):
        return _select(
            select["select_command"], select["list_name"], bool(select["specify_other"]), type_text
        )
    return _plain(type_text)


def _refused(type_text: str, reason: str, remedy: str, *, unsupported: bool = True) -> Kind:
    return Kind("question", "", refusal=f'"{type_text}" {reason}', remedy=remedy, unsupported=unsupported)


def _control(role: str, name: str, type_text: str) -> Kind:
    if name == "loop":
        return Kind(
            role,
            "loop",
            refusal=f'"{type_text}" is an outdated kind of group that Fieldwork cannot ask',
            remedy="write a repeat, or one group for each case",
            unsupported=True,
        )
    return Kind(role, name)


def _select(command: str, list_name: str, or_other: bool, type_text: str) -> Kind:
    outside = "takes its choices from outside the form, which Fieldwork does not support"
    name = _SELECTS.get(aliases.select[command], "")
    if not name or command in aliases.select_from_file:
        return _refused(type_text, outside, "put the choices on the choices sheet")
    if "${" in list_name:
        return _refused(
            type_text,
            "takes its choices from earlier answers, which Fieldwork does not support",
            "put the choices on the choices sheet",
        )
    return Kind("question", name, list_name=list_name, or_other=or_other)


def _plain(type_text: str) -> Kind:
    known = QUESTION_TYPE_DICT.get(aliases._type_alias_map.get(type_text, type_text))
    if known is None:
        if type_text.split()[0] in ("select_one", "select_multiple", "rank"):
            return _refused(
                type_text, "names no choice list", "write the list's name after it", unsupported=False
            )
        if aliases.settings_header.get(type_text):
            return _refused(
                type_text, "is a setting, not a question", "put it on the settings sheet", unsupported=False
            )
        return _refused(type_text, "is not a kind of question", "check its spelling", unsupported=False)
    bind: dict[str, str] = known.get("bind", {})
    control: dict[str, str] = known.get("control", {})
    if "jr:preload" in bind or type_text == "audit":
        return _refused(
            type_text, "is not a kind of question Fieldwork can ask", f"remove the row: {_OWN_METADATA}"
        )
    defaults = {key: known[key] for key in ("hint",) if key in known}
    defaults["bind"] = {key: text for key, text in bind.items() if key in ("constraint", "jr:constraintMsg")}
    if "calculate" in type_text:
        return Kind("question", "calculate")
    if "note" in type_text:
        return Kind("question", "note")
    name = _BY_CONTROL.get((control.get("tag", ""), bind.get("type", "")), "")
    if not name:
        return _refused(type_text, "is not a kind of question Fieldwork can ask", _ASKED_INSTEAD)
    return Kind("question", name, defaults=defaults)
