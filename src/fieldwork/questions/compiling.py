"""A question set made ready to be evaluated: expressions compiled, and what hangs on what.

Every question, group and repeat is a node. The nodes are kept in an order in which each comes after all it
reads, so one walk evaluates everything; a cycle is a fault that names the questions in it.
"""

import re
import weakref
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from fieldwork.domain.question_set import Choice, Group, Question, QuestionSet, Wording
from fieldwork.questions.expressions import Expression, ExpressionFault, compile_expression
from fieldwork.questions.faults import FormFault
from fieldwork.questions.values import Value, to_text

_QUESTION_EXPRESSIONS = {
    "relevant": "relevant",
    "required": "required",
    "constraint": "constraint",
    "calculation": "calculation",
    "choice_filter": "choice_filter",
    "read_only": "read_only",
}
TEXT_REFERENCE = re.compile(r"\$\{\s*([^\s{}#]+)\s*\}")
_TEXTS = {
    "label": "label",
    "hint": "hint",
    "guidance_hint": "guidance",
    "constraint_message": "constraint_message",
    "required_message": "required_message",
}
_NO_QUESTION = "there is no question"
_GROUP_EXPRESSIONS = {"relevant": "relevant", "repeat_count": "repeat_count"}
_VALUE_EXPRESSIONS = frozenset({"relevant", "calculation", "repeat_count"})


@dataclass(frozen=True)
class Node:
    """A question, a group or a repeat with its compiled expressions."""

    code: str
    item: Question | Group
    parent: str
    """Code of the innermost group around it, "" for none."""
    repeat: str
    """Code of the repeat it is in, "" for none."""
    expressions: Mapping[str, Expression]
    default: Expression | None = None

    @property
    def question(self) -> Question | None:
        """The question, None for a group or repeat."""
        return self.item if isinstance(self.item, Question) else None

    @property
    def is_repeat(self) -> bool:
        """Whether this is a repeat itself."""
        return isinstance(self.item, Group) and self.item.repeats

    def reads_for_value(self) -> set[str]:
        """Codes that decide whether it applies and what it is worth."""
        codes = {self.parent} if self.parent else set()
        for name, expression in self.expressions.items():
            if name in _VALUE_EXPRESSIONS:
                codes |= expression.references
        return codes

    def reads(self) -> set[str]:
        """Codes that decide anything about it, its constraint with its message and its choices included."""
        codes = {self.parent} if self.parent else set()
        if self.question and "constraint" in self.expressions:
            for _language, text in self.question.constraint_message.by_language:
                codes.update(text_references(text))
        return codes.union(*(expression.references for expression in self.expressions.values()))


@dataclass(frozen=True, eq=False)
class CompiledSet:
    """All nodes of a question set: `order` for evaluation, `shown` for the order of the form."""

    nodes: Mapping[str, Node]
    order: tuple[Node, ...]
    shown: tuple[Node, ...]
    readers: Mapping[str, tuple[str, ...]]
    """Code to the codes of the nodes that read it directly."""
    on_the_clock: frozenset[str]
    """Codes whose expressions read the time."""
    hanging: dict[frozenset[str], frozenset[str]] = field(default_factory=dict, repr=False)

    def hanging_on(self, changed: Iterable[str]) -> frozenset[str]:
        """The changed codes and everything that reads them, directly or through others."""
        start = frozenset(changed)
        if start not in self.hanging:
            found = set(start)
            waiting = list(start)
            while waiting:
                fresh = [code for code in self.readers.get(waiting.pop(), ()) if code not in found]
                found.update(fresh)
                waiting.extend(fresh)
            self.hanging[start] = frozenset(found)
        return self.hanging[start]


_compiled: dict[int, tuple["weakref.ref[QuestionSet]", CompiledSet]] = {}


def compiled(question_set: QuestionSet) -> CompiledSet:
    """The question set ready for evaluation, compiled once for each set. Raises FormFault."""
    # By identity: hashing 75 questions anew for every keystroke would cost more than evaluating them.
    key = id(question_set)
    known = _compiled.get(key)
    if known is not None and known[0]() is question_set:
        return known[1]
    faults: list[FormFault] = []
    result = _compile(question_set, faults)
    if faults:
        raise faults[0]
    _compiled[key] = (weakref.ref(question_set, lambda _gone: _compiled.pop(key, None)), result)
    return result


def check_expressions(question_set: QuestionSet, *, whole: bool = True) -> list[FormFault]:
    """What is wrong with the expressions of a question set: all faults, by row and column.

    With `whole` false some questions could not be read, so names that are not there are no fault.
    """
    faults: list[FormFault] = []
    _compile(question_set, faults)
    return [fault for fault in faults if whole or not fault.reason.startswith(_NO_QUESTION)]


def _compile(question_set: QuestionSet, faults: list[FormFault]) -> CompiledSet:
    items = _items(question_set)
    codes = {item.code: item for item in items}
    nodes = {item.code: _node(item, codes, faults) for item in items}
    order = _ordered(nodes, faults)
    readers: dict[str, list[str]] = {}
    for node in nodes.values():
        for code in node.reads():
            readers.setdefault(code, []).append(node.code)
    return CompiledSet(
        nodes=nodes,
        order=tuple(order),
        shown=tuple(nodes[question.code] for question in question_set.questions),
        readers={code: tuple(names) for code, names in readers.items()},
        on_the_clock=frozenset(
            node.code
            for node in nodes.values()
            if any(expression.uses_clock for expression in node.expressions.values())
        ),
    )


def _items(question_set: QuestionSet) -> list[Question | Group]:
    return [*question_set.headers, *question_set.groups, *question_set.questions]


def _node(item: Question | Group, codes: Mapping[str, Question | Group], faults: list[FormFault]) -> Node:
    if isinstance(item, Question):
        columns, around, repeat = _QUESTION_EXPRESSIONS, item.groups, item.repeat
    else:
        columns, around = _GROUP_EXPRESSIONS, item.parents
        repeat = next((code for code in around if _repeats(codes.get(code))), "")
    expressions = {}
    for name, column in columns.items():
        text: str = getattr(item, name)
        if text and (expression := _expression(item, column, text, codes, faults)):
            expressions[name] = expression
    if isinstance(item, Question):
        faults.extend(_text_faults(item, codes))
    default = None
    if isinstance(item, Question) and item.default:
        if item.default_is_expression:
            default = _expression(item, "default", item.default, codes, faults)
        else:
            faults.extend(_default_faults(item))
    return Node(item.code, item, around[-1] if around else "", repeat, expressions, default)


def _repeats(item: Question | Group | None) -> bool:
    return isinstance(item, Group) and item.repeats


def _text_faults(question: Question, codes: Mapping[str, Question | Group]) -> Iterator[FormFault]:
    """References to unknown questions in the texts a person reads."""
    for column, name in _TEXTS.items():
        wording: Wording = getattr(question, name)
        named = {code for _language, text in wording.by_language for code in text_references(text)}
        for code in sorted(named - codes.keys()):
            yield FormFault(
                f'{_NO_QUESTION} "{code}"',
                "survey",
                question.row,
                column,
                "check the name between ${ and }",
            )


def text_references(text: str) -> list[str]:
    """The codes between ${ and } in a label or another text."""
    return TEXT_REFERENCE.findall(text)


def _default_faults(question: Question) -> Iterator[FormFault]:
    """A fixed default that cannot be an answer."""
    if not question.choices:
        return
    given = [question.default] if question.kind == "select_one" else question.default.split()
    for code in given:
        if question.choice(code) is None:
            yield FormFault(
                f'the default "{code}" is not one of the choices of "{question.code}"',
                "survey",
                question.row,
                "default",
                "choose one that is",
            )


def _expression(
    item: Question | Group,
    column: str,
    text: str,
    codes: Mapping[str, Question | Group],
    faults: list[FormFault],
) -> Expression | None:
    def fault(reason: str, remedy: str = "", *, unsupported: bool = False) -> None:
        faults.append(FormFault(reason, "survey", item.row, column, remedy, unsupported=unsupported))

    try:
        expression = compile_expression(text)
    except ExpressionFault as error:
        fault(f'the expression "{_short(text)}" {error.reason}', unsupported=error.unsupported)
        return None
    for code in sorted(expression.references):
        if code not in codes:
            fault(f'{_NO_QUESTION} "{code}"', "check the name between ${ and }")
        elif isinstance(codes[code], Group) and not _repeats(codes[code]):
            fault(f'"{code}" is a group, which has no answer', "refer to a question in it")
    for heading in sorted(expression.columns):
        if column != "choice_filter":
            fault(
                f'the expression "{_short(text)}" holds the bare word "{heading}"',
                f"write ${{{heading}}} for a question, or '{heading}' for a text",
            )
    return expression


def filter_warnings(question_set: QuestionSet) -> list[str]:
    """Choice filters that name a column the choices sheet does not have: it counts as empty, as in XForms."""
    warnings: list[str] = []
    for question in question_set.questions:
        if not question.choice_filter:
            continue
        missing = compile_expression(question.choice_filter).columns - _choice_columns(question.choices)
        warnings.extend(
            f'survey, row {question.row}, column choice_filter: the choices have no column "{heading}", '
            f"so it counts as empty; write '{heading}' if a text is meant"
            for heading in sorted(missing)
        )
    return warnings


def _short(text: str) -> str:
    return text if len(text) <= 60 else f"{text[:57]}..."


def choice_cell(choice: Choice, heading: str) -> Value:
    """What a choice filter reads under a heading of the choices sheet; an empty node set if there is none."""
    if heading == "name":
        return choice.code
    if heading == "score":
        return "" if choice.score is None else to_text(choice.score)
    if heading == "label" or heading.startswith("label::"):
        return choice.label.of(heading.removeprefix("label").removeprefix("::"))
    return dict(choice.extra).get(heading, [])


def _choice_columns(choices: tuple[Choice, ...]) -> set[str]:
    headings = {"name", "label", "list_name", "score"}
    for choice in choices:
        headings.update(heading for heading, _text in choice.extra)
        headings.update(f"label::{language}" for language, _text in choice.label.by_language)
    return headings


def _ordered(nodes: Mapping[str, Node], faults: list[FormFault]) -> list[Node]:
    """The nodes, each after all it reads; of those that are free, the first in the form comes first."""
    waiting = {
        code: {name for name in node.reads_for_value() if name in nodes} for code, node in nodes.items()
    }
    order: list[Node] = []
    done: set[str] = set()
    while waiting:
        free = [code for code, reads in waiting.items() if reads <= done]
        if not free:
            faults.append(_cycle_fault(nodes, waiting))
            break
        for code in free:
            order.append(nodes[code])
            del waiting[code]
        done.update(free)
    return order


def _cycle_fault(nodes: Mapping[str, Node], waiting: Mapping[str, set[str]]) -> FormFault:
    """The cycle found by following, from any waiting node, one that it waits for."""
    path = [next(iter(waiting))]
    while path[-1] not in path[:-1]:
        path.append(min(code for code in waiting[path[-1]] if code in waiting))
    cycle = path[path.index(path[-1]) :]
    first = min(cycle, key=lambda code: nodes[code].item.row)
    turn = cycle.index(first)
    ring = [*cycle[turn:-1], *cycle[: turn + 1]] if turn else cycle
    node = nodes[first]
    column = next(
        (
            name
            for name in _VALUE_EXPRESSIONS
            if name in node.expressions and ring[1] in node.expressions[name].references
        ),
        "",
    )
    chain = " → ".join(f'"{code}"' for code in ring)
    reason = (
        f'"{first}" depends on itself'
        if len(ring) == 2
        else f"these depend on each other in a circle: {chain}"
    )
    return FormFault(reason, "survey", node.item.row, column, "break the circle")
