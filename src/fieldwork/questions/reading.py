"""XLSForm workbooks in: a form file becomes a QuestionSet, or faults with their places.

Nothing is read by halves: what Fieldwork cannot ask is refused by name, with sheet, row and column.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from pathlib import Path

from pyxform.utils import default_is_dynamic

from fieldwork.domain.question_set import (
    CHOICE_KINDS,
    LEADS,
    MET_POINTS,
    UNNAMED_LANGUAGE,
    Choice,
    Group,
    Question,
    QuestionSet,
    Section,
    Wording,
)
from fieldwork.questions.cells import (
    SURVEY_COLUMNS,
    bind,
    cell_text,
    expression,
    extra_columns,
    languages_of,
    refused_cells,
    used_choices,
    wording,
)
from fieldwork.questions.choices import read_choices
from fieldwork.questions.compiling import check_expressions, filter_warnings
from fieldwork.questions.contradictions import contradictions, never_asked
from fieldwork.questions.faults import FormFault, in_sheet_order
from fieldwork.questions.kinds import Kind, kind_of
from fieldwork.questions.left_out import heading_warnings, idle_cells, idle_rules
from fieldwork.questions.sheets import Row, Sheets, check_with_pyxform, fault_from, read_sheets

_YES = frozenset({"yes", "true", "true()", "1", "y"})
_OTHER = "other"
_NUMBERED = frozenset({"integer", "decimal", "calculate"})
_OWN_COLUMNS = frozenset({"lead", "section", "trigger", "trigger_answers", "header"})


def read_form(path: Path | str) -> QuestionSet:
    """The question set in a form file (.xlsx, .xls, .csv or .md).

    Raises FormFault: the first thing wrong with it by sheet and row, the further ones in `others`.
    """
    sheets, data = read_sheets(Path(path))
    reader = _Reader(sheets)
    reader.read()
    question_set = reader.question_set()
    faults = [
        *reader.faults,
        *check_expressions(question_set, whole=not reader.faults),
        *contradictions(question_set),
    ]
    if faults:
        raise in_sheet_order(faults)
    if not question_set.questions:
        raise FormFault("this form asks nothing", "survey", remedy="add a row for each question")
    # The reference implementation has the last word; it comes second because ours are plainer.
    warnings: list[str] = []
    check_with_pyxform(data, warnings)
    told = (fault_from(warning).sentence.rstrip(".") for warning in warnings)
    noticed = (*filter_warnings(question_set), *never_asked(question_set))
    return replace(question_set, warnings=(*reader.warnings, *told, *noticed))


@dataclass
class _Reader:
    """Walks the survey sheet once, row by row, keeping the stack of open groups."""

    sheets: Sheets
    faults: list[FormFault] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    questions: list[Question] = field(default_factory=list)
    headers: list[Question] = field(default_factory=list)
    groups: list[Group] = field(default_factory=list)
    open_groups: list[Group] = field(default_factory=list)
    rows_of_codes: dict[str, int] = field(default_factory=dict)
    triggers: list[tuple[Question, str]] = field(default_factory=list)
    """Questions that have one, and the column it stands in."""

    def __post_init__(self) -> None:
        self.warnings.extend((*self.sheets.warnings, *heading_warnings(self.sheets)))
        self.languages = languages_of(self.sheets)
        default = self.sheets.default_language
        if default not in self.languages and default != UNNAMED_LANGUAGE:
            self.warnings.append(
                f'settings, column default_language: no text is in "{default}", '
                f'so "{self.languages[0]}" is shown first'
            )
        self.lists = read_choices(self.sheets, self.languages, self.faults, self.warnings)
        used = {cell_text(row.get("list name")) for row in used_choices(self.sheets)}
        self.warnings.extend(
            f'choices: the list "{name}" is left out, because no question uses it'
            for name in self.lists
            if name not in used
        )

    def read(self) -> None:
        """Read all rows; faults are collected, not raised."""
        for row in self.sheets.survey:
            if set(row) - {"__row"}:
                self._row(row)
        for question, column in self.triggers:
            self._check_trigger(question, column)
        for group in self.open_groups:
            kind = "repeat" if group.repeats else "group"
            self._fault(group.row, "type", f'this {kind} is never closed; add a row with "end {kind}"')

    def question_set(self) -> QuestionSet:
        """What was read, as a value."""
        settings = self.sheets.settings
        form_id = cell_text(settings.get("id_string")) or self.sheets.stem
        kept = (
            "form_title",
            "set_form_title",
            "form_id",
            "set_form_id",
            "id_string",
            "version",
            "default_language",
        )
        used = {code for question in self.questions for code in question.groups}
        questions = tuple(self._with_lists(question) for question in self.questions)
        headers = tuple(self._with_lists(question) for question in self.headers)
        groups = tuple(group for group in self.groups if group.code in used)
        self.warnings.extend(
            f'survey, row {group.row}: "{group.code}" is left out, because nothing is asked in it'
            for group in self.groups
            if group.code not in used
        )
        return QuestionSet(
            form_id=form_id,
            version=cell_text(settings.get("version")),
            title=cell_text(settings.get("title")) or form_id,
            languages=self._languages_in_use(groups, (*headers, *questions)),
            default_language=self.sheets.default_language,
            sections=self._sections(),
            groups=groups,
            questions=questions,
            headers=headers,
            settings=tuple(
                sorted((key, text) for key, text in self.sheets.raw_settings.items() if key not in kept)
            ),
        )

    def _languages_in_use(self, groups: Iterable[Group], questions: Iterable[Question]) -> tuple[str, ...]:
        texts = [text for group in groups for text in (group.label, group.hint, group.guidance)]
        for question in questions:
            texts += [question.label, question.hint, question.guidance]
            texts += [question.required_message, question.constraint_message]
            texts += [choice.label for choice in question.choices]
        used = {language for text in texts for language, _text in text.by_language}
        return tuple(language for language in self.languages if language in used) or self.languages[:1]

    def _with_lists(self, question: Question) -> Question:
        # Lists may still grow by an "other" while rows are read, so they are handed out at the end.
        if not question.list_name or question.list_name not in self.lists:
            return question
        choices = tuple(self.lists[question.list_name])
        codes = {choice.code for choice in choices}
        met = set(MET_POINTS) <= codes <= {*MET_POINTS, "NA", "NK"} and question.kind == "select_one"
        return replace(question, choices=choices, scale="met" if met else "")

    def _sections(self) -> tuple[Section, ...]:
        labels = {group.code: group.label for group in self.groups}
        named: dict[str, Section] = {}
        for question in self.questions:
            if question.section and question.section not in named:
                label = labels.get(question.section)
                named[question.section] = Section(
                    question.section, label or Wording(((self.sheets.default_language, question.section),))
                )
        return tuple(named.values())

    def _fault(
        self, row: int, column: str, reason: str, remedy: str = "", *, unsupported: bool = False
    ) -> None:
        self.faults.append(FormFault(reason, "survey", row, column, remedy, unsupported=unsupported))

    def _row(self, row: Row) -> None:
        number: int = row["__row"]
        if cell_text(row.get("disabled")).lower() in _YES:
            self.warnings.append(f"survey, row {number}: left out, because its column disabled says so")
            return
        type_text = cell_text(row.get("type"))
        if not type_text:
            if "name" in row or "label" in row:
                self._fault(number, "type", "this row has no type", "say what kind of question it is")
            else:
                self.warnings.append(f"survey, row {number}: passed over, because it has no type and no name")
            return
        kind = kind_of(type_text)
        if kind.refusal and kind.role != "end":
            self._fault(number, "type", kind.refusal, kind.remedy, unsupported=kind.unsupported)
        for column, reason, remedy in refused_cells(row):
            self._fault(number, column, reason, remedy, unsupported=True)
        if not kind.refusal:
            self._idle(number, row, kind)
        if kind.role == "end":
            self._end(number, kind)
        elif kind.role == "begin":
            self._begin(number, row, kind)
        elif not kind.refusal:
            self._question(number, row, kind)

    def _idle(self, number: int, row: Row, kind: Kind) -> None:
        """Refuse what would be lost in this row, and tell what changes nothing."""
        for column, reason, remedy in idle_rules(row, kind):
            self._fault(number, column, reason, remedy, unsupported=True)
        self.warnings.extend(
            f"survey, row {number}, column {column}: {words}" for column, words in idle_cells(row, kind)
        )

    def _code(self, number: int, row: Row) -> str:
        """The row's name, with faults if it has none or shares it."""
        code = cell_text(row.get("name"))
        if not code:
            self._fault(number, "name", "this row has no name", "give it a short name of its own")
        elif code in self.rows_of_codes:
            self._fault(
                number,
                "name",
                f'the name "{code}" is already taken by row {self.rows_of_codes[code]}',
                "answers are kept by name, so each needs its own",
            )
        else:
            self.rows_of_codes[code] = number
        return code

    def _begin(self, number: int, row: Row, kind: Kind) -> None:
        repeats = kind.name == "repeat"
        if repeats and any(group.repeats for group in self.open_groups):
            self._fault(
                number,
                "type",
                "a repeat inside a repeat is not supported",
                "close the outer one first",
                unsupported=True,
            )
        group = Group(
            code=self._code(number, row),
            label=self._wording(row.get("label")),
            hint=self._wording(row.get("hint")),
            guidance=self._wording(row.get("guidance_hint")),
            relevant=expression(bind(row, "relevant")),
            appearance=cell_text(row.get("control", {}).get("appearance")),
            repeats=repeats,
            repeat_count=cell_text(row.get("control", {}).get("jr:count")) if repeats else "",
            parents=tuple(parent.code for parent in self.open_groups),
            extra=extra_columns(row, SURVEY_COLUMNS),
            row=number,
        )
        self.groups.append(group)
        self.open_groups.append(group)

    def _end(self, number: int, kind: Kind) -> None:
        if self.open_groups and (
            kind.name == "loop" or self.open_groups[-1].repeats == (kind.name == "repeat")
        ):
            self.open_groups.pop()
        else:
            self._fault(number, "type", f'there is no open {kind.name} for this "end {kind.name}" to close')

    def _wording(self, cell: object) -> Wording:
        return wording(cell, self.languages, self.sheets.default_language)

    def _plain_words(self, text: str) -> Wording:
        """A text that comes from no cell, under the form's first language."""
        return Wording(((self.languages[0], text),)) if text else Wording()

    def _question(self, number: int, row: Row, kind: Kind) -> None:
        if kind.name == "note" and not row.get("name"):
            row["name"] = f"generated_note_name_{number}"
        code = self._code(number, row)
        if kind.list_name:
            self._check_list(number, kind)
        question = self._built(number, code, row, kind)
        if kind.name == "calculate" and not question.calculation and not question.default_is_expression:
            self._fault(
                number, "calculation", f'"{code}" is a calculation without one', "write the expression"
            )
        shown = question.label or question.hint or question.calculation or row.get("media")
        if kind.name != "calculate" and not shown:
            self._fault(number, "label", f'"{code}" has no label', "write the question")
        if cell_text(row.get("header")).lower() in _YES:
            if question.groups:
                self._fault(
                    number, "header", "a header field stands inside a group", "move it before the groups"
                )
            self.headers.append(replace(question, section="", groups=()))
        else:
            self.questions.append(question)
        if question.trigger:
            self.triggers.append((question, "trigger_answers" if row.get("trigger_answers") else "trigger"))
        if kind.or_other and kind.list_name in self.lists:
            self._add_other(question)

    def _built(self, number: int, code: str, row: Row, kind: Kind) -> Question:
        default = cell_text(row.get("default"))
        top = self.open_groups[0].code if self.open_groups else ""
        usual = kind.defaults.get("bind", {})
        bound = {**usual, **row.get("bind", {})}
        message = bind(row, "jr:constraintMsg")
        triggers = cell_text(row.get("trigger_answers") or row.get("trigger"))
        return Question(
            code=code,
            kind=kind.name,
            label=self._wording(row.get("label")),
            hint=self._wording(row.get("hint")) or self._plain_words(kind.defaults.get("hint", "")),
            guidance=self._wording(row.get("guidance_hint")),
            required=expression(bound.get("required")),
            required_message=self._wording(bound.get("jr:requiredMsg")),
            relevant=expression(bound.get("relevant")),
            constraint=expression(bound.get("constraint")),
            constraint_message=self._wording(message) or self._plain_words(usual.get("jr:constraintMsg", "")),
            calculation=expression(bound.get("calculate")),
            choice_filter=cell_text(row.get("choice_filter")),
            default=default,
            default_is_expression=bool(default) and default_is_dynamic(default, kind.name),
            appearance=cell_text(row.get("control", {}).get("appearance")),
            read_only=expression(bound.get("readonly")),
            section=cell_text(row.get("section")) or top,
            groups=tuple(group.code for group in self.open_groups),
            repeat=next((group.code for group in self.open_groups if group.repeats), ""),
            lead=self._lead(number, row),
            trigger=tuple(triggers.replace(",", " ").split()),
            list_name=kind.list_name,
            extra=extra_columns(row, SURVEY_COLUMNS | _OWN_COLUMNS),
            row=number,
        )

    def _lead(self, number: int, row: Row) -> str:
        lead = cell_text(row.get("lead")) or "J"
        if lead not in LEADS:
            self._fault(
                number, "lead", f'"{lead}" is not a lead', "write P (police), C (prosecution) or J (both)"
            )
        return lead

    def _check_list(self, number: int, kind: Kind) -> None:
        if kind.list_name not in self.lists:
            self._fault(
                number, "type", f'there is no choice list "{kind.list_name}"', "add it to the choices sheet"
            )
        elif kind.name in ("select_multiple", "rank"):
            spaced = next((choice for choice in self.lists[kind.list_name] if " " in choice.code), None)
            if spaced:
                self.faults.append(
                    FormFault(
                        f'the choice "{spaced.code}" has a space in its name, but row {number} of the survey '
                        "lets several be chosen",
                        "choices",
                        spaced.row,
                        "name",
                        "take the space out",
                    )
                )

    def _check_trigger(self, question: Question, column: str) -> None:
        """Answers that call for moderation have to be answers the question can get."""
        codes = [choice.code for choice in self.lists.get(question.list_name, [])]
        if question.kind == "acknowledge":
            codes = ["OK"]
        elif question.kind in CHOICE_KINDS and not codes:
            return  # that there is no such list is said already
        for answer in question.trigger:
            if codes and answer not in codes:
                known = ", ".join(codes[:8])
                self._fault(
                    question.row,
                    column,
                    f'"{answer}" is no answer to "{question.code}"',
                    f"write one of {known}" if len(codes) <= 8 else f"write one such as {known}",
                )
        if not codes and question.kind not in _NUMBERED:
            self._fault(
                question.row,
                column,
                f'"{question.code}" has no choices, so none of its answers can be singled out',
                "empty this cell",
            )

    def _add_other(self, question: Question) -> None:
        """What `or_other` stands for: a choice "other", and a text that is asked when it is chosen."""
        choices = self.lists[question.list_name]
        if all(choice.code != _OTHER for choice in choices):
            choices.append(Choice(_OTHER, self._in_all_languages(choices, "Other")))
        code = f"{question.code}_other"
        self.rows_of_codes.setdefault(code, question.row)
        self.questions.append(
            Question(
                code=code,
                kind="text",
                label=self._plain_words("Specify other."),
                relevant=f"selected(${{{question.code}}}, '{_OTHER}')",
                section=question.section,
                groups=question.groups,
                repeat=question.repeat,
                lead=question.lead,
                row=question.row,
            )
        )

    def _in_all_languages(self, choices: list[Choice], text: str) -> Wording:
        used = {language for choice in choices for language, _text in choice.label.by_language}
        languages = [language for language in self.languages if language in used]
        return Wording(tuple((language, text) for language in languages or self.languages[:1]))
