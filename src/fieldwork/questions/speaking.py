"""A question set in one of its languages, for whoever reads it."""

from dataclasses import replace
from functools import lru_cache

from fieldwork.domain.question_set import Choice, Group, Question, QuestionSet, Section, Wording

_SPOKEN = ("label", "hint", "guidance", "required_message", "constraint_message")


@lru_cache(maxsize=8)
def in_language(question_set: QuestionSet, language: str) -> QuestionSet:
    """The set with every wording in `language` alone, where it has that; else in what it is written in."""
    if language not in question_set.languages:
        return question_set

    def spoken(wording: Wording) -> Wording:
        return Wording(((language, wording.of(language)),)) if wording else wording

    def question(one: Question) -> Question:
        choices = tuple(_choice(choice) for choice in one.choices)
        return replace(one, choices=choices, **{name: spoken(getattr(one, name)) for name in _SPOKEN})  # type: ignore[arg-type]

    def group(one: Group) -> Group:
        label, hint, guidance = spoken(one.label), spoken(one.hint), spoken(one.guidance)
        return replace(one, label=label, hint=hint, guidance=guidance)

    def _choice(one: Choice) -> Choice:
        return replace(one, label=spoken(one.label))

    def section(one: Section) -> Section:
        return replace(one, label=spoken(one.label))

    return replace(
        question_set,
        sections=tuple(map(section, question_set.sections)),
        groups=tuple(map(group, question_set.groups)),
        questions=tuple(map(question, question_set.questions)),
        headers=tuple(map(question, question_set.headers)),
    )
