"""What differs between two versions of a question set, as JSON-able data and as lines for a person."""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from fieldwork.domain.faults import Fault
from fieldwork.domain.question_set import QuestionSet
from fieldwork.questions.checking import describe_fault
from fieldwork.questions.differing import Difference, differing
from fieldwork.questions.faults import FormFault
from fieldwork.questions.reading import read_form

_MOST_NAMED = 5


def describe_difference(old_path: Path, new_path: Path) -> dict[str, Any]:
    """What differs from one form file to another. Raises Fault, naming the file, where one cannot be read."""
    return describe_differing(_read(old_path), _read(new_path))


def describe_differing(
    old: QuestionSet, new: QuestionSet, further: Iterable[FormFault] = ()
) -> dict[str, Any]:
    """What differs from one set to another. further: why the new one cannot be used besides."""
    found = differing(old, new)
    faults = tuple({fault.place: fault for fault in (*found.faults, *further)}.values())
    return {
        "ok": not faults,
        "same": found.same,
        "old": _named(old),
        "new": _named(new),
        "added": list(found.added),
        "removed": list(found.removed),
        "renamed": [{"from": was, "to": code} for was, code in found.carried.renamed],
        "split": [{"from": was, "to": list(codes)} for was, codes in found.carried.split],
        "joined": [{"from": list(codes), "to": code} for codes, code in found.carried.joined],
        "likely_renamed": [{"from": was, "to": code} for was, code in found.likely_renamed],
        "moved": list(found.moved),
        "reworded": _cells(found.reworded),
        "rules": _cells(found.rules),
        "choices_added": _choices(found.choices_added),
        "choices_removed": _choices(found.choices_removed),
        "choices_renamed": _choices(found.choices_renamed),
        "choices_reworded": _choices(found.choices_reworded),
        "faults": [describe_fault(fault) for fault in faults],
    }


def say_difference(data: Mapping[str, Any]) -> list[str]:
    """What `describe_difference` found, a line for each thing; two texts stand one above the other."""
    old, new = data["old"], data["new"]
    lines = [f"{old['title']} {old['version']} -> {new['title']} {new['version']}"]
    if old["form"] != new["form"]:
        lines.append(f'These are two sets, not two versions of one: "{old["form"]}" and "{new["form"]}".')
    if data["same"]:
        return [*lines, "Nothing differs."]
    for heading in ("removed", "added", "moved"):
        lines += [f"{heading}: {', '.join(data[heading])}"] if data[heading] else []
    for heading in ("renamed", "split", "joined"):
        lines += [f"{heading}: {_joined(each['from'])} -> {_joined(each['to'])}" for each in data[heading]]
    lines += [
        f"perhaps renamed: {each['from']} -> {each['to']}; if so, write {each['from']} in its column was"
        for each in data["likely_renamed"]
    ]
    for heading in ("reworded", "rules"):
        lines += _side_by_side(data[heading])
    for heading, word in (("choices_added", "choice added"), ("choices_removed", "choice removed")):
        lines += [
            f"{codes}, {word}: {each['choice']} {each['before'] or each['after']}"
            for codes, each in _together(data[heading])
        ]
    lines += [
        f"{codes}, choice renamed: {each['before']} -> {each['after']}"
        for codes, each in _together(data["choices_renamed"])
    ]
    lines += _side_by_side(data["choices_reworded"])
    return lines + [f"Refused: {fault['sentence']}" for fault in data["faults"]]


def _read(path: Path) -> QuestionSet:
    try:
        return read_form(path)
    except FormFault as fault:
        raise Fault(f"{path.name}: {fault.sentence}") from fault


def _named(question_set: QuestionSet) -> dict[str, str]:
    return {"form": question_set.form_id, "title": question_set.title, "version": question_set.version}


def _cells(found: Iterable[Difference]) -> list[dict[str, Any]]:
    return [
        {
            "code": each.code,
            "column": each.column,
            "before": each.before,
            "after": each.after,
            "row": each.row or None,
        }
        for each in found
    ]


def _choices(found: Iterable[Difference]) -> list[dict[str, Any]]:
    every = list(found)
    return [{**cell, "choice": each.choice} for cell, each in zip(_cells(every), every, strict=True)]


def _joined(codes: str | list[str]) -> str:
    return codes if isinstance(codes, str) else " + ".join(codes)


def _together(cells: Iterable[Mapping[str, Any]]) -> list[tuple[str, Mapping[str, Any]]]:
    """Differences that are the same for several questions, since they share a list: their codes, and one."""
    same: dict[tuple[Any, ...], list[Mapping[str, Any]]] = {}
    for each in cells:
        key = (each["column"], each["before"], each["after"], each["row"], each.get("choice"))
        same.setdefault(key, []).append(each)
    together = []
    for group in same.values():
        codes = [each["code"] for each in group]
        further = f" and {len(codes) - _MOST_NAMED} more" if len(codes) > _MOST_NAMED else ""
        together.append((", ".join(codes[:_MOST_NAMED]) + further, group[0]))
    return together


def _side_by_side(cells: Iterable[Mapping[str, Any]]) -> list[str]:
    lines = []
    for codes, each in _together(cells):
        choice = f", choice {each['choice']}" if "choice" in each else ""
        lines += [
            f"{codes}{choice}, {each['column']}:",
            f"    - {each['before'] or '(nothing)'}",
            f"    + {each['after'] or '(nothing)'}",
        ]
    return lines
