"""The table of acts a script can perform, and the reading of a script's lines.

The table is made from the functions themselves: an act's fields are its keyword arguments, their
kinds its annotations. A script names records by label ("$x"), by reference or by id.
"""

import inspect
import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any, get_type_hints

from fieldwork.domain.faults import Fault
from fieldwork.domain.values import Id
from fieldwork.store.workspace import Workspace
from fieldwork.work import (
    abbreviations,
    adding_agreed,
    attachments,
    calibration,
    claiming,
    codebook,
    coding,
    examining,
    excerpt_repair,
    excerpts,
    file_dates,
    files,
    finding_kinds,
    finding_matrix,
    findings,
    guides,
    inspections,
    joint,
    keeping,
    leading,
    line_words,
    marking_notes,
    masking,
    moderating,
    moderation_list,
    notes,
    open_questions,
    planning,
    quote_releases,
    reconciling,
    repeating,
    reshaping,
    result_cells,
    same,
    sampling,
    saved_results,
    saved_searches,
    selection,
    settling,
    signing,
    sources,
    spelling,
    standing_alone,
    team,
    themes,
    undoing,
    visits,
)
from fieldwork.work.done import Done

_FUNCTIONS: Mapping[str, Callable[..., Any]] = {
    "visit": visits.plan_visit,
    "achieve-visit": visits.achieve_visit,
    "session": visits.plan_session,
    "start-session": visits.start_session,
    "describe-session": visits.describe_session,
    "finish-session": visits.finish_session,
    "cancel-session": visits.cancel_session,
    "replace-session": planning.replace_session,
    "delete-session": visits.delete_session,
    "line": notes.write_line,
    "paste": notes.paste_lines,
    "split-line": reshaping.split_line,
    "join-lines": reshaping.join_lines,
    "move-line": notes.move_line,
    "delete-line": notes.delete_line,
    "settle-line": notes.settle_line,
    "tidy-line": line_words.tidy_line,
    "translate-line": line_words.translate_line,
    "topic-guide": guides.set_guide,
    "cover-topic": guides.cover_topic,
    "abbreviation": abbreviations.set_abbreviation,
    "drop-abbreviation": abbreviations.drop_abbreviation,
    "theme": codebook.add_theme,
    "rename-theme": codebook.rename_theme,
    "describe-theme": codebook.describe_theme,
    "place-theme": codebook.place_theme,
    "merge-themes": codebook.merge_themes,
    "part-themes": codebook.part_themes,
    "split-theme": codebook.split_theme,
    "withdraw-theme": codebook.withdraw_theme,
    "tag": themes.tag,
    "untag": themes.untag,
    "tag-words": excerpts.tag_words,
    "mend-excerpt": excerpt_repair.mend,
    "give-up-excerpt": excerpt_repair.give_up,
    "coding-check": coding.begin_check,
    "drop-coding-check": coding.drop_check,
    "code-line": coding.code_line,
    "finish-coding": coding.finish_coding,
    "adopt-coding": coding.adopt,
    "body": inspections.add_body,
    "thresholds": inspections.set_thresholds,
    "finding-kind": finding_kinds.set_kind,
    "place-finding-kind": finding_kinds.place_kind,
    "withdraw-finding-kind": finding_kinds.withdraw_kind,
    "stratum": inspections.set_stratum,
    "marking": inspections.set_marking,
    "file": files.add_case_file,
    "describe-file": files.describe_case_file,
    "look-again": file_dates.look_again,
    "bank-holiday": file_dates.add_bank_holiday,
    "withdraw-bank-holiday": file_dates.withdraw_bank_holiday,
    "allocate": files.allocate,
    "claim-file": claiming.claim,
    "claim-files": claiming.take,
    "allocate-files": claiming.give,
    "draw-sample": sampling.draw_sample,
    "replace-file": sampling.replace_file,
    "pair-file": joint.pair_up,
    "release": joint.release,
    "call-off": joint.call_off,
    "stand-alone": standing_alone.let_stand_alone,
    "hand-on-key": keeping.hand_on,
    "start-file": examining.start_examination,
    "answer": examining.answer,
    "add-instance": repeating.add_instance,
    "drop-instance": repeating.drop_instance,
    "rest-not-applicable": examining.rest_not_applicable,
    "finish-file": examining.finish_examination,
    "draw-dip": moderation_list.draw_dip,
    "calibrate": calibration.calibrate,
    "moderate": moderating.moderate,
    "agree-answer": moderating.agree_moderated,
    "finish-moderation": moderating.finish_moderation,
    "note-marking": marking_notes.note_marking,
    "withdraw-marking-note": marking_notes.withdraw_marking_note,
    "agree": reconciling.agree,
    "add-agreed": adding_agreed.add_agreed,
    "call-in": reconciling.call_in,
    "save-results": saved_results.save_results,
    "finding": findings.add_finding,
    "reword": findings.change_finding,
    "delete-finding": findings.delete_finding,
    "theme-finding": findings.put_under,
    "take-up": findings.take_up,
    "pin": findings.pin,
    "pin-words": findings.pin_words,
    "pin-all": selection.pin_all,
    "pin-cell": result_cells.pin_cell,
    "turn": findings.turn,
    "answer-contrary": findings.answer_contrary,
    "sign": signing.sign,
    "withdraw-signature": signing.withdraw_signature,
    "new-version": signing.new_version,
    "unpin": findings.unpin,
    "release-quote": quote_releases.release_quote,
    "withdraw-quote": quote_releases.withdraw_quote,
    "mask-words": masking.mask_words,
    "mask-whole": masking.mask_whole,
    "mask-everywhere": masking.mask_everywhere,
    "unmask": masking.unmask,
    "know-word": spelling.know_word,
    "plan-gaps": finding_matrix.plan_gaps,
    "ask": open_questions.ask,
    "settle-question": open_questions.settle,
    "drop-question": open_questions.drop,
    "log-document": sources.log_document,
    "change-document": sources.change_document,
    "remove-document": sources.remove_document,
    "log-figure": sources.log_figure,
    "change-figure": sources.change_figure,
    "remove-figure": sources.remove_figure,
    "attach-file": attachments.attach_file,
    "remove-attachment": attachments.remove_attachment,
    "ask-for-file": attachments.wish,
    "save-search": saved_searches.save_search,
    "drop-search": saved_searches.drop_search,
    "join-records": same.join_records,
    "lift-joining": same.lift_joining,
    "put-right": same.put_right,
    "admit": team.admit,
    "appoint": leading.appoint,
    "remove": leading.remove,
    "accept": leading.accept,
    "withdraw": leading.withdraw,
    "void": leading.void,
    "lift": leading.lift,
    "erase": leading.erase,
    "approve": leading.approve,
    "resolve": team.resolve,
    "restore-value": settling.restore_value,
    "undo": undoing.undo,
    "redo": undoing.redo,
}
_HEADERS = {
    "start-session": ("title", "method", "mode", "body", "role", "grade_band"),
    "describe-session": ("title", "method", "mode", "body", "role", "grade_band"),
    "file": files.COLUMNS[2:],
    "describe-file": files.COLUMNS[2:],
}
_TIMES = ("typed", "noted", "planned_start")
_MEMBERS = ("member", "allocated", "police", "prosecution")


@dataclass(frozen=True)
class Field:
    """One field of an act: its name, kind in words ("record", "text" ...), whether it must be given."""

    name: str
    kind: str
    needed: bool


@dataclass(frozen=True)
class Act:
    """An act of the script language."""

    name: str
    does: str
    fields: tuple[Field, ...]


@cache
def acts() -> tuple[Act, ...]:
    """Every act with its fields, in the order of a day's work."""
    return tuple(_described(name, function) for name, function in _FUNCTIONS.items())


def _described(name: str, function: Callable[..., Any]) -> Act:
    hints = get_type_hints(function)
    fields = []
    for parameter in list(inspect.signature(function).parameters.values())[1:]:
        if parameter.kind is parameter.VAR_KEYWORD:
            fields += [Field(header, "text", False) for header in _HEADERS[name]]
        elif parameter.name not in ("at", "as_of"):
            kind = _kind(parameter.name, hints[parameter.name])
            fields.append(Field(parameter.name, kind, parameter.default is parameter.empty))
    return Act(name, (inspect.getdoc(function) or "").split("\n")[0], tuple(fields))


def _kind(name: str, hint: Any) -> str:
    if name in _TIMES:
        return "time"
    if name in _MEMBERS:
        return "member"
    text = str(hint)
    if "Sequence[bytes]" in text:
        return "records"
    if "Sequence[str]" in text:
        return "texts"
    if "bytes" in text:
        return "record"
    if hint is bool or "bool" in text:
        return "yes or no"
    return "number" if "int" in text else "text"


@dataclass
class Script:
    """A script under way: the labels its lines have given to records."""

    workspace: Workspace
    labels: dict[str, Id]

    def perform(self, line: Mapping[str, Any]) -> Done:
        """Perform one line. Raises Fault that says which field is wrong and why."""
        line = dict(line)
        name = line.pop("act", None)
        label = line.pop("as", None)
        at = line.pop("at", None)
        if name not in _FUNCTIONS:
            raise Fault(f'there is no act "{name}"; `fieldwork replay --acts` lists them')
        known = {field.name: field for field in next(a for a in acts() if a.name == name).fields}
        for field in line:
            if field not in known:
                raise Fault(f'act "{name}" has no field "{field}"; it has {", ".join(known) or "none"}')
        for wanted in known.values():
            if wanted.needed and wanted.name not in line:
                raise Fault(f'act "{name}" needs the field "{wanted.name}"')
        given = {field: self._value(known[field], value) for field, value in line.items()}
        if at is not None:
            if "at" not in inspect.signature(_FUNCTIONS[name]).parameters:
                raise Fault(f'act "{name}" takes no time')
            given["at"] = _milliseconds(at, "at")
        done = _FUNCTIONS[name](self.workspace, **given)
        if label is not None:
            if getattr(done, "id", None) is None:
                raise Fault(f'act "{name}" makes no record that could be called "{label}"')
            self.labels[str(label)] = done.id
        return done

    def _value(self, field: Field, value: Any) -> Any:
        if value is None:
            return None
        if field.kind == "record":
            return self._record(field.name, value)
        if field.kind == "records":
            return [self._record(field.name, one) for one in _several(field, value)]
        if field.kind == "texts":
            return [str(one) for one in _several(field, value)]
        if field.kind == "time":
            return _milliseconds(value, field.name)
        if field.kind == "member":
            return self._member(value)
        if field.kind == "yes or no" and not isinstance(value, bool) and value not in (0, 1):
            raise Fault(f'field "{field.name}" is true or false, not {value!r}')
        if field.kind == "number" and (isinstance(value, bool) or not isinstance(value, int)):
            raise Fault(f'field "{field.name}" is a whole number, not {value!r}')
        if field.kind == "text":
            if isinstance(value, list):
                return " ".join(str(one) for one in value)
            if not isinstance(value, str | int | float):
                raise Fault(f'field "{field.name}" is text, not {value!r}')
            return str(value)
        return value

    def _record(self, name: str, value: Any) -> Id:
        if isinstance(value, str) and value.startswith("$"):
            if value[1:] not in self.labels:
                raise Fault(f'no record is called "{value}" yet in field "{name}"')
            return self.labels[value[1:]]
        if name == "theme" and isinstance(value, str):
            theme = themes.find_theme(self.workspace, value)
            if theme is not None:
                return theme.id
        if not isinstance(value, str):
            raise Fault(f'field "{name}" names a record by "$label", reference or id, not {value!r}')
        return team.find_record(self.workspace, value)

    def _member(self, value: Any) -> Id:
        for id, label in team.members(self.workspace).items():
            if label == value:
                return id
        return self._record("member", value)


def _several(field: Field, value: Any) -> list[Any]:
    if not isinstance(value, list):
        raise Fault(f'field "{field.name}" is a list, not {value!r}')
    return value


def _milliseconds(value: Any, name: str) -> int:
    """A time as wall milliseconds: ISO 8601, in local time if it names no zone, or milliseconds already."""
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    try:
        moment = datetime.fromisoformat(str(value))
    except ValueError as error:
        raise Fault(f'field "{name}": "{value}" is not a time; write it as 2025-03-31T14:05:00Z') from error
    return int((moment if moment.tzinfo else moment.astimezone()).astimezone(UTC).timestamp() * 1000)


def replay(
    workspace: Workspace, script: Path, labels: dict[str, str] | None = None
) -> Iterator[tuple[int, Done]]:
    """Perform a script of one JSON object a line; yields line number and outcome as each has committed.

    labels: filled with the id (hex) of every record the script named.
    Raises Fault with the line's number at the first bad line; what stands before it is kept.
    """
    try:
        lines = Path(script).read_text("utf-8-sig").splitlines()
    except OSError as error:
        raise Fault(f"{script} cannot be read: {error.strerror or error}.") from error
    except UnicodeDecodeError as error:
        raise Fault(f"{script} is not UTF-8 text; save it so and try again.") from error
    running = Script(workspace, {})
    for number, text in enumerate(lines, 1):
        if not text.strip():
            continue
        try:
            line = json.loads(text)
            if not isinstance(line, dict):
                raise Fault("it is not a JSON object")
            done = running.perform(line)
        except json.JSONDecodeError as error:
            raise Fault(
                f"{script}, line {number}: it is not JSON ({error.msg} at character {error.pos})."
            ) from error
        except Fault as fault:
            kept = "; the lines before it are kept" if number > 1 else ""
            raise Fault(f"{script}, line {number}: {str(fault).rstrip('.')}{kept}.") from fault
        if labels is not None:
            labels.update({name: id.hex() for name, id in running.labels.items()})
        yield number, done
