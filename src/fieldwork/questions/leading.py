"""Who marks which question of a file that two mark: what each side leads, what is agreed before, what comes after."""

from collections.abc import Collection
from weakref import WeakKeyDictionary

from fieldwork.domain.question_set import Question, QuestionSet
from fieldwork.questions.compiling import CompiledSet, compiled

JOINT, POLICE, PROSECUTION = "J", "P", "C"
LED, ALL = "led", "all"


def asked_of(
    questions: QuestionSet, side: str, *, scope: str = LED, first: Collection[str] = ()
) -> frozenset[str]:
    """Codes of the questions that the examiner of one side (P or C) answers unseen by the other.

    scope: "led" for those their side leads and the joint ones, "all" for every one. first: codes of the sections
    that are agreed before. What reads the other side's answers is asked of neither.
    """
    after = deferred(questions, scope=scope, first=first)
    return frozenset(
        q.code
        for q in questions.questions
        if q.section not in first and q.code not in after and (scope == ALL or q.lead in (side, JOINT))
    )


def deferred(questions: QuestionSet, *, scope: str = LED, first: Collection[str] = ()) -> frozenset[str]:
    """Codes of the questions asked at reconciliation: what decides about them reads, through however many others,
    a question that their own examiner does not answer, or one that is asked at reconciliation itself.

    With scope "all" there are none.
    """
    if scope == ALL:
        return frozenset()
    known = _found.setdefault(compiled(questions), {})
    sections = frozenset(first)
    if sections not in known:
        known[sections] = _reading_the_other(questions, sections)
    return known[sections]


_found: "WeakKeyDictionary[CompiledSet, dict[frozenset[str], frozenset[str]]]" = WeakKeyDictionary()


def _reading_the_other(questions: QuestionSet, first: frozenset[str]) -> frozenset[str]:
    nodes = compiled(questions).nodes
    known = {q.code: q for q in questions.questions}

    def read_by(question: Question) -> set[str]:
        found: set[str] = set()
        waiting = [question.code]
        while waiting:
            fresh = (nodes[code].reads() if (code := waiting.pop()) in nodes else set()) - found
            found |= fresh
            waiting += fresh
        return found

    def is_theirs(code: str, reader: Question) -> bool:
        """Whether a question is led by a side that does not answer this one's for it."""
        one = known.get(code)
        if one is None or one.section in first or not one.answerable or one.lead == JOINT:
            return False
        return one.lead != reader.lead

    own = [q for q in questions.questions if q.answerable and q.section not in first]
    reads = {q.code: read_by(q) for q in own}
    found = {q.code for q in own if any(is_theirs(code, q) for code in reads[q.code])}
    while more := {code for code, some in reads.items() if some & found} - found:
        found |= more
    return frozenset(found)
