"""Expressions in words, for forms on paper: `selected(${D05}, 'mg3')` becomes "D05 includes "MG3 missing"".

What has no plain words is said as it is written.
"""

from collections.abc import Callable, Mapping
from typing import Any

from fieldwork.domain.question_set import CHOICE_KINDS, LIST_KINDS, Question, QuestionSet
from fieldwork.questions.expressions import ExpressionFault, chained, syntax_tree

_RELATIONS = {
    "=": "is",
    "!=": "is not",
    "<": "is less than",
    "<=": "is at most",
    ">": "is more than",
    ">=": "is at least",
}
_MOMENTS = _RELATIONS | {
    "<": "is before",
    "<=": "is on or before",
    ">": "is after",
    ">=": "is on or after",
}
_SIGNS = {
    "+": "+",
    "-": "\N{MINUS SIGN}",
    "*": "\N{MULTIPLICATION SIGN}",
    "div": "\N{DIVISION SIGN}",
    "mod": "mod",
}
_CONSTANTS = {"true": "true", "false": "false", "today": "today", "now": "now"}
_OF_ONE = {
    "count-selected": "the number of answers to {}",
    "string-length": "the length of {}",
    "count": "how many there are of {}",
    "sum": "the sum of {}",
    "round": "{} rounded",
    "int": "{} without its fraction",
    "abs": "the size of {}",
}
_AS_IT_IS = frozenset({"number", "string", "date", "date-time", "boolean", "once", "decimal-date-time"})
_OF_TWO = {
    "contains": "{} contains {}",
    "starts-with": "{} begins with {}",
    "ends-with": "{} ends with {}",
}


def quoted(text: str) -> str:
    return f"\N{LEFT DOUBLE QUOTATION MARK}{text}\N{RIGHT DOUBLE QUOTATION MARK}"


class InWords:
    """Words for the expressions of one set."""

    def __init__(self, question_set: QuestionSet, language: str = "") -> None:
        self._language = language
        self._questions: Mapping[str, Question] = {
            one.code: one for one in (*question_set.headers, *question_set.questions)
        }
        self._headers = frozenset(one.code for one in question_set.headers)

    def say(self, text: str, own: str = "") -> str:
        """An expression in words; own: the code of the question whose answer "." is."""
        try:
            return _Speaker(self, text, own).say(syntax_tree(text))
        except ExpressionFault:
            return text

    def called(self, code: str) -> str:
        """How a question is called among words: by its code, a fact of the file by what it is."""
        question = self._questions.get(code)
        if question is None or code not in self._headers:
            return code
        label = question.label.of(self._language)
        return f"the file's {label[:1].lower()}{label[1:]}" if label else code

    def question(self, code: str) -> Question | None:
        return self._questions.get(code)

    def choice(self, question: Question | None, code: str) -> str:
        """A choice by its label, in quotation marks."""
        choice = question.choice(code) if question else None
        return quoted(choice.label.of(self._language) if choice else code)


class _Speaker:
    """Says one expression, part by part."""

    def __init__(self, words: InWords, text: str, own: str) -> None:
        self.words, self.text, self.own = words, text, own

    def say(self, node: Any) -> str:
        says: Callable[[Any], str] = getattr(self, f"_{node.data}", self._written)
        return says(node)

    def _written(self, node: Any) -> str:
        return self.text[node.meta.start_pos : node.meta.end_pos]

    def _either(self, node: Any) -> str:
        return self._one_of(chained("either", *node.children[::2])) or self._chain(node, "either", " or ")

    def _one_of(self, parts: list[Any]) -> str:
        """Several answers of one question, said at once; "" where the parts are of another kind."""
        named = [self._named(part) for part in parts]
        starts = {each[0] for each in named if each}
        if len(starts) != 1 or not all(named):
            return ""
        values = [each[1] for each in named if each]
        return f"{starts.pop()} {', '.join(values[:-1])} or {values[-1]}"

    def _named(self, part: Any) -> tuple[str, str] | None:
        """Question with verb, and the answer, of a part that says that it has one."""
        if part.data == "compare" and str(part.children[1]) == "=" and not _empty(part.children[2]):
            left, _sign, right = part.children
            return f"{self.say(left)} is", self._literal(right, self._asked(left))
        if part.data == "call" and str(part.children[0]) == "selected" and len(part.children) == 3:
            question = self._asked(part.children[1])
            verb = "includes" if question is None or question.kind in LIST_KINDS else "is"
            return f"{self.say(part.children[1])} {verb}", self._literal(part.children[2], question)
        return None

    def _both(self, node: Any) -> str:
        return self._chain(node, "both", " and ")

    def _chain(self, node: Any, kind: str, between: str) -> str:
        parts = chained(kind, *node.children[::2])
        return between.join(
            f"({self.say(part)})" if part.data in ("either", "both") else self.say(part) for part in parts
        )

    def _reference(self, node: Any) -> str:
        return self.words.called(_code(node))

    def _own(self, _node: Any) -> str:
        return "the answer"

    def _parent(self, _node: Any) -> str:
        return "this group"

    def _text(self, node: Any) -> str:
        return quoted(str(node.children[0])[1:-1])

    def _number(self, node: Any) -> str:
        return str(node.children[0])

    def _column(self, node: Any) -> str:
        return f"its column {node.children[0]}"

    def _negative(self, node: Any) -> str:
        return f"\N{MINUS SIGN}{self.say(node.children[0])}"

    def _arithmetic(self, node: Any) -> str:
        left, sign, right = node.children
        parts = [f"({self.say(one)})" if one.data == "arithmetic" else self.say(one) for one in (left, right)]
        return f"{parts[0]} {_SIGNS.get(str(sign), str(sign))} {parts[1]}"

    def _compare(self, node: Any) -> str:
        left, sign, right = node.children
        if _empty(right) and str(sign) in ("=", "!="):
            return f"{self.say(left)} is {'not answered' if str(sign) == '=' else 'answered'}"
        question = self._asked(left)
        relations = _MOMENTS if self._moment(left) or self._moment(right) else _RELATIONS
        said = self._literal(right, question)
        return f"{self.say(left)} {relations[str(sign)]} {said}"

    def _literal(self, node: Any, question: Question | None) -> str:
        """A text that stands for a choice of the question, by the choice's label."""
        if node.data == "text" and question is not None and question.kind in CHOICE_KINDS:
            return self.words.choice(question, str(node.children[0])[1:-1])
        return self.say(node)

    def _asked(self, node: Any) -> Question | None:
        if node.data == "own":
            return self.words.question(self.own)
        return self.words.question(_code(node)) if node.data == "reference" else None

    def _moment(self, node: Any) -> bool:
        question = self._asked(node)
        if question is not None:
            return question.kind in ("date", "dateTime", "time")
        return node.data == "call" and str(node.children[0]) in ("today", "now", "date", "date-time")

    def _call(self, node: Any) -> str:
        name, arguments = str(node.children[0]), list(node.children[1:])
        if name in _CONSTANTS and not arguments:
            return _CONSTANTS[name]
        if name == "not" and len(arguments) == 1:
            return self._not(arguments[0])
        if name == "selected" and len(arguments) == 2:
            return self._selected(arguments, "includes", "is")
        if name == "if" and len(arguments) == 3:
            when, then, otherwise = (self.say(one) for one in arguments)
            return f"{then} if {when}, else {otherwise}"
        if name == "regex" and len(arguments) == 2:
            return f"{self.say(arguments[0])} has the form {self.say(arguments[1])}"
        if name == "jr:choice-name" and arguments:
            return self.say(arguments[0])
        if name in _OF_TWO and len(arguments) == 2:
            return _OF_TWO[name].format(*(self.say(one) for one in arguments))
        if name in _OF_ONE and arguments:
            return _OF_ONE[name].format(self.say(arguments[0]))
        if name in _AS_IT_IS and len(arguments) == 1:
            return self.say(arguments[0])
        if name == "coalesce" and len(arguments) == 2:
            return f"{self.say(arguments[0])}, or else {self.say(arguments[1])}"
        return f"{name}({', '.join(self.say(one) for one in arguments)})"

    def _not(self, inner: Any) -> str:
        if inner.data == "call" and str(inner.children[0]) == "selected" and len(inner.children) == 3:
            return self._selected(list(inner.children[1:]), "does not include", "is not")
        if inner.data == "compare" and str(inner.children[1]) in ("=", "!="):
            left, sign, right = inner.children
            other = "!=" if str(sign) == "=" else "="
            if _empty(right):
                return f"{self.say(left)} is {'not answered' if other == '=' else 'answered'}"
            return f"{self.say(left)} {_RELATIONS[other]} {self._literal(right, self._asked(left))}"
        return f"it is not so that {self.say(inner)}"

    def _selected(self, arguments: list[Any], many: str, one: str) -> str:
        question = self._asked(arguments[0])
        verb = many if question is None or question.kind in LIST_KINDS else one
        return f"{self.say(arguments[0])} {verb} {self._literal(arguments[1], question)}"


def _code(node: Any) -> str:
    return str(node.children[0]).strip("${} \t\n")


def _empty(node: Any) -> bool:
    return bool(node.data == "text" and len(str(node.children[0])) == 2)
