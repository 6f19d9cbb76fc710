"""XLSForm expressions: parsed once into a tree of small functions, then evaluated on answers.

The language is the part of XPath 1.0 that forms use: references `${name}`, `.` for the question's own answer,
comparisons, arithmetic, and the functions in `functions.py`. Paths into the form, predicates and external
instances are refused. Which names an expression reads is known without evaluating it.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache, lru_cache
from typing import Any

from lark import Lark, Token, Tree
from lark.exceptions import UnexpectedCharacters, UnexpectedEOF, UnexpectedInput, UnexpectedToken

from fieldwork.domain.faults import Fault
from fieldwork.questions.functions import FUNCTIONS, MANY, Implementation, Scope
from fieldwork.questions.patterns import PatternFault, pattern
from fieldwork.questions.values import (
    Value,
    at_most,
    divide,
    equal,
    less,
    remainder,
    to_number,
    to_text,
    to_truth,
    unequal,
)

# The contextual lexer looks for operators only after an operand, which is XPath's own rule for telling the
# operator `and` from a name.
_GRAMMAR = r"""
start: expression
?expression: conjunction | expression OR conjunction -> either
?conjunction: equality | conjunction AND equality -> both
?equality: relation | equality EQUALITY relation -> compare
?relation: sum | relation RELATION sum -> compare
?sum: product | sum SIGN product -> arithmetic
?product: signed | product FACTOR signed -> arithmetic
?signed: operand | "-" signed -> negative
?operand: REFERENCE -> reference
    | PATH -> path
    | PARENT -> parent
    | SELF -> own
    | STRING -> text
    | NUMBER -> number
    | FUNCTION "(" [expression ("," expression)*] ")" -> call
    | NAME -> column
    | "(" expression ")"

OR: /or(?![\w.-])/
AND: /and(?![\w.-])/
EQUALITY: "!=" | "="
RELATION: "<=" | ">=" | "<" | ">"
SIGN: "+" | "-"
FACTOR: "*" | /div(?![\w.-])/ | /mod(?![\w.-])/
REFERENCE: /\$\{\s*[^\s{}]+\s*\}/
PATH.3: /(\.\.\/)+[^\W\d][\w.-]*/
PARENT.2: ".."
SELF: "."
STRING: /"[^"]*"|'[^']*'/
NUMBER.2: /\d+(\.\d*)?|\.\d+/
FUNCTION.2: /[^\W\d][\w.-]*(:[^\W\d][\w.-]*)?(?=\s*\()/
NAME: /[^\W\d][\w.-]*(::?[^\W\d][\w.-]*)*/
%import common.WS
%ignore WS
"""

_DEEPEST = 100
"""Levels of nesting: far more than people write, far less than would exhaust Python's stack."""
_LITERAL_REFERENCE = re.compile(r"\$\{\s*([^\s{}]+)\s*\}")
_CLOCK_FUNCTIONS = frozenset({"today", "now"})
_LAZY_FUNCTIONS = {"if": (3, 3), "coalesce": (2, MANY), "once": (1, 1)}
_EXTERNAL = "reads data from outside the form, which Fieldwork does not support"
_REFUSED_FUNCTIONS = {
    "pulldata": _EXTERNAL,
    "instance": _EXTERNAL,
    "random": "gives another value each time, so the result could not be repeated",
    "uuid": "gives another value each time, so the result could not be repeated",
    "randomize": "gives another order each time, so the result could not be repeated",
    "area": "works on maps, which Fieldwork does not support",
    "distance": "works on maps, which Fieldwork does not support",
    "geofence": "works on maps, which Fieldwork does not support",
}
_FURTHER_FUNCTIONS = frozenset(
    {
        *("sqrt", "exp", "exp10", "log", "log10", "pi"),
        *("sin", "cos", "tan", "asin", "acos", "atan", "atan2"),
        *("base64-decode", "digest", "extract-signed", "intersects", "property"),
        *("local-name", "namespace-uri", "last", "id", "lang"),
    }
)
"""Functions of the language that Fieldwork has no use for."""

Evaluate = Callable[[Scope], Value]


class ExpressionFault(Fault):
    """An expression that cannot be used: `reason` says why, `position` where (1-based character).

    `unsupported` is true of one that XLSForm allows and Fieldwork cannot work out.
    """

    def __init__(self, text: str, position: int, reason: str, *, unsupported: bool = False) -> None:
        super().__init__(reason)
        self.unsupported = unsupported
        self.text = text
        self.position = position
        self.reason = reason


@dataclass(frozen=True)
class Expression:
    """A compiled expression."""

    text: str
    references: frozenset[str]
    """Codes of the questions it reads."""
    columns: frozenset[str]
    """Bare names: columns of the choices sheet, of use in choice filters only."""
    uses_clock: bool
    """Whether its value depends on the time of evaluation."""
    evaluate: Evaluate = field(compare=False, repr=False)

    def truth(self, scope: Scope) -> bool:
        """The value as a condition."""
        return to_truth(self.evaluate(scope))


@cache
def _parser() -> Lark:
    return Lark(
        _GRAMMAR, parser="lalr", lexer="contextual", propagate_positions=True, maybe_placeholders=False
    )


@lru_cache(maxsize=4096)
def compile_expression(text: str) -> Expression:
    """The expression written in `text`. Raises ExpressionFault."""
    return compile_part(text, syntax_tree(text))


def syntax_tree(text: str) -> Tree[Token]:
    """What the parser makes of an expression. Raises ExpressionFault."""
    try:
        tree = _parser().parse(text)
    except UnexpectedInput as error:
        raise _syntax_fault(text, error) from None
    except RecursionError:
        raise ExpressionFault(text, 1, "is nested too deeply") from None
    top: Tree[Token] = tree.children[0]  # type: ignore[assignment]
    return top


def compile_part(text: str, node: Tree[Token]) -> Expression:
    """One part of an expression, given its tree and the whole text. Raises ExpressionFault."""
    compiler = _Compiler(text)
    evaluate = compiler.compile(node)
    return Expression(
        text, frozenset(compiler.references), frozenset(compiler.columns), compiler.uses_clock, evaluate
    )


def _syntax_fault(text: str, error: UnexpectedInput) -> ExpressionFault:
    if isinstance(error, UnexpectedEOF) or (
        isinstance(error, UnexpectedToken) and error.token.type == "$END"
    ):
        return ExpressionFault(text, len(text), "ends too early: something is missing at the end")
    if isinstance(error, UnexpectedToken):
        place = (error.token.start_pos or 0) + 1
        return ExpressionFault(text, place, f'does not expect "{error.token}" at character {place}')
    place = (error.pos_in_stream or 0) + 1
    rest = text[place - 1 :]
    if isinstance(error, UnexpectedCharacters) and rest[:1] in ("'", '"'):
        return ExpressionFault(
            text, place, f"opens a quotation mark at character {place} and does not close it"
        )
    if rest[:1] in ("/", "["):
        return ExpressionFault(
            text,
            place,
            f'uses a path ("{rest[0]}" at character {place}); refer to questions as ${{name}}',
            unsupported=True,
        )
    if rest.startswith("${"):
        return ExpressionFault(text, place, f"has a broken reference at character {place}: write ${{name}}")
    return ExpressionFault(text, place, f'does not expect "{rest[:1]}" at character {place}')


class _Compiler:
    """Turns one parse tree into nested functions, collecting what it depends on."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.references: set[str] = set()
        self.columns: set[str] = set()
        self.uses_clock = False
        self._depth = 0

    def compile(self, node: Any) -> Evaluate:
        """The function for one node of the parse tree. Raises ExpressionFault."""
        if self._depth == _DEEPEST:
            raise ExpressionFault(self.text, 1, "is nested too deeply")
        self._depth += 1
        make: Callable[..., Evaluate] = getattr(self, f"_{node.data}")
        evaluate = make(*node.children)
        self._depth -= 1
        return evaluate

    def fault(self, token: Token, reason: str, *, unsupported: bool = False) -> ExpressionFault:
        return ExpressionFault(self.text, (token.start_pos or 0) + 1, reason, unsupported=unsupported)

    def _either(self, left: Tree[Token], _or: Token, right: Tree[Token]) -> Evaluate:
        parts = [self.compile(node) for node in chained("either", left, right)]
        return lambda scope: any(to_truth(part(scope)) for part in parts)

    def _both(self, left: Tree[Token], _and: Token, right: Tree[Token]) -> Evaluate:
        parts = [self.compile(node) for node in chained("both", left, right)]
        return lambda scope: all(to_truth(part(scope)) for part in parts)

    def _compare(self, left: Tree[Token], operator: Token, right: Tree[Token]) -> Evaluate:
        first, second = self.compile(left), self.compile(right)
        if operator == "=":
            return lambda scope: equal(first(scope), second(scope))
        if operator == "!=":
            return lambda scope: unequal(first(scope), second(scope))
        if operator in (">", ">="):
            first, second = second, first
        holds = less if operator in ("<", ">") else at_most
        return lambda scope: holds(first(scope), second(scope))

    def _arithmetic(self, left: Tree[Token], operator: Token, right: Tree[Token]) -> Evaluate:
        first, second = self.compile(left), self.compile(right)
        if operator == "+":
            return lambda scope: to_number(first(scope)) + to_number(second(scope))
        if operator == "-":
            return lambda scope: to_number(first(scope)) - to_number(second(scope))
        if operator == "*":
            return lambda scope: to_number(first(scope)) * to_number(second(scope))
        combine = divide if operator == "div" else remainder
        return lambda scope: combine(to_number(first(scope)), to_number(second(scope)))

    def _negative(self, operand: Tree[Token]) -> Evaluate:
        inner = self.compile(operand)
        return lambda scope: -to_number(inner(scope))

    def _reference(self, token: Token) -> Evaluate:
        code = token[2:-1].strip()
        if "#" in code:
            raise self.fault(
                token,
                f"reads {token}, an earlier file's answer, which Fieldwork does not support",
                unsupported=True,
            )
        return self._answer(code)

    def _path(self, token: Token) -> Evaluate:
        return self._answer(token.replace("../", ""))

    def _answer(self, code: str) -> Evaluate:
        self.references.add(code)
        return lambda scope: scope.answer(code)

    def _parent(self, token: Token) -> Evaluate:
        raise self.fault(token, 'uses ".." outside position(..)', unsupported=True)

    def _own(self, _token: Token) -> Evaluate:
        return lambda scope: scope.own_answer()

    def _text(self, token: Token) -> Evaluate:
        text = str(token[1:-1])
        return lambda scope: text

    def _number(self, token: Token) -> Evaluate:
        number = float(token)
        return lambda scope: number

    def _column(self, token: Token) -> Evaluate:
        heading = str(token)
        self.columns.add(heading)
        return lambda scope: scope.column(heading)

    def _call(self, name: Token, *arguments: Any) -> Evaluate:
        self._check_call(name, len(arguments))
        if name == "position":
            arguments = tuple(node for node in arguments if node.data != "parent")
        if name == "indexed-repeat":
            return self._indexed_repeat(name, *arguments)
        if name == "jr:choice-name":
            self._note_literal_reference(arguments[1])
        if name == "regex":
            self._check_pattern(name, arguments[1])
        self.uses_clock = self.uses_clock or name in _CLOCK_FUNCTIONS
        parts = [self.compile(argument) for argument in arguments]
        if name in _LAZY_FUNCTIONS:
            return _lazy(str(name), parts)
        return _eager(FUNCTIONS[name].run, parts)

    def _check_call(self, name: Token, given: int) -> None:
        if name in _REFUSED_FUNCTIONS:
            raise self.fault(name, f'calls "{name}", which {_REFUSED_FUNCTIONS[name]}', unsupported=True)
        if name in _LAZY_FUNCTIONS:
            fewest, most = _LAZY_FUNCTIONS[name]
        elif name in FUNCTIONS:
            fewest, most = FUNCTIONS[name].fewest, FUNCTIONS[name].most
        else:
            place = (name.start_pos or 0) + 1
            raise self.fault(
                name,
                f'calls "{name}" at character {place}, a function Fieldwork does not know',
                unsupported=name in _FURTHER_FUNCTIONS,
            )
        if not fewest <= given <= most:
            wanted = (
                str(fewest)
                if fewest == most
                else f"at least {fewest}"
                if most == MANY
                else f"{fewest} to {most}"
            )
            raise self.fault(
                name,
                f'gives "{name}" {given} values where it takes {wanted}',
                unsupported=name == "indexed-repeat" and given in (5, 7),
            )

    def _check_pattern(self, name: Token, node: Any) -> None:
        if node.data != "text":
            return
        try:
            pattern(str(node.children[0][1:-1]))
        except PatternFault as error:
            raise self.fault(
                name, f"has a pattern that cannot be read ({error})", unsupported=error.unsupported
            ) from None

    def _note_literal_reference(self, node: Any) -> None:
        # jr:choice-name('a', '${q}') names its question inside a text.
        if node.data == "text":
            self.references.update(_LITERAL_REFERENCE.findall(node.children[0]))

    def _indexed_repeat(self, name: Token, wanted: Any, _repeat: Any, place: Any) -> Evaluate:
        if wanted.data != "reference":
            raise self.fault(name, "needs a reference ${name} as the first value of indexed-repeat")
        code = wanted.children[0][2:-1].strip()
        self.references.add(code)
        self.compile(_repeat)
        position = self.compile(place)

        def at(scope: Scope) -> Value:
            return FUNCTIONS["indexed-repeat"].run([code, "", position(scope)], scope)

        return at


def chained(operator: str, left: Any, right: Any) -> list[Any]:
    """The operands of a chain such as a or b or c, which the parser nests to the left."""
    operands = [right]
    while left.data == operator:
        operands.append(left.children[2])
        left = left.children[0]
    return [left, *reversed(operands)]


def _eager(run: Implementation, parts: list[Evaluate]) -> Evaluate:
    if len(parts) == 1:
        only = parts[0]
        return lambda scope: run([only(scope)], scope)
    if len(parts) == 2:
        first, second = parts
        return lambda scope: run([first(scope), second(scope)], scope)
    return lambda scope: run([part(scope) for part in parts], scope)


def _lazy(name: str, parts: list[Evaluate]) -> Evaluate:
    """The functions that must not evaluate all they are given."""
    if name == "if":
        condition, first, second = parts
        return lambda scope: first(scope) if to_truth(condition(scope)) else second(scope)
    if name == "once":
        only = parts[0]

        def keep(scope: Scope) -> Value:
            standing = scope.own_answer()
            return standing if to_text(standing) != "" else only(scope)

        return keep

    def first_given(scope: Scope) -> Value:
        value: Value = ""
        for part in parts:
            value = part(scope)
            if to_text(value) != "":
                break
        return value

    return first_given
