"""What is misspelt in a text, and what may have been meant; nothing of it is kept but the words people add."""

import re
from collections.abc import Collection
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

from fieldwork.assets import asset
from fieldwork.domain.british import british, rules_of
from fieldwork.domain.faults import Fault
from fieldwork.domain.note_records import KnownWord
from fieldwork.domain.personal import Lists, suspects
from fieldwork.domain.values import derived_id
from fieldwork.store.reading import records
from fieldwork.store.recording import Change
from fieldwork.store.state import DELETED
from fieldwork.store.workspace import Workspace
from fieldwork.work.done import Done, do
from fieldwork.work.word_lists import lists_of

MOST = 6  # words that are offered
LONGEST = 2000  # characters of a text that is looked at: some 2 ms at each key
_WORD = re.compile(r"[^\W\d_]+(?:['\u2019][^\W\d_]+)*")
_APART = re.compile(r"\S*[@\d/\\_]\S*|#\S+|https?:\S+")
_OWN = re.compile(r"(?:['\u2019]s|['\u2019])$")


@dataclass(frozen=True)
class Doubt:
    """Words from one character up to another that are misspelt, or, personal, may be about a person."""

    start: int
    end: int
    personal: bool


@dataclass(frozen=True)
class Speller:
    """The words of the language, those of the field and the team, and the lists of names."""

    words: Collection[str]
    known: frozenset[str]
    lists: Lists

    def doubts(self, text: str) -> list[Doubt]:
        """What is doubtful in a text, in order. A capital within a sentence begins a name, and is no mistake."""
        if len(text) > LONGEST:
            return []
        found = [Doubt(one.start, one.end, True) for one in suspects(text, self.lists)]
        taken = [(one.start, one.end) for one in found]
        taken += [(one.start(), one.end()) for one in _APART.finditer(text)]
        for match in _WORD.finditer(text):
            start, end = match.span()
            named = match[0][:1].isupper() and not _begins(text, start)
            if not (named or self.right(match[0]) or any(a < end and start < b for a, b in taken)):
                found.append(Doubt(start, end, False))
        return sorted(found, key=lambda one: one.start)

    def right(self, word: str) -> bool:
        """Whether a word is spelt as it is somewhere; capitals throughout are an abbreviation."""
        plain = word.replace("\u2019", "'").lower()
        bare = _OWN.sub("", plain)
        if len(bare) < 2 or word.isupper() or any(letter.isupper() for letter in word[1:]):
            return True
        return any(one in self.words or one in self.known for one in (plain, bare))

    def suggestions(self, word: str) -> list[str]:
        """What may have been meant, the likeliest first, with the capital the word has."""
        plain = word.replace("\u2019", "'").lower()
        some = sorted(_engine().candidates(plain) or (), key=lambda one: -_engine()[one])
        return [one[:1].upper() + one[1:] if word[:1].isupper() else one for one in some if one != plain][
            :MOST
        ]

    def knowing(self, word: str) -> "Speller":
        """With a word more that is right."""
        return replace(self, known=self.known | {word.lower()})


def _begins(text: str, at: int) -> bool:
    """Whether a sentence begins there."""
    before = text[:at].rstrip(" \"'\u201c\u2018>!(")
    return not before or before[-1] in ".:?!"


@cache
def _engine() -> Any:
    """The library with the words as they are written in Britain; read once, in some two tenths of a second."""
    from spellchecker import SpellChecker

    american = SpellChecker(language="en", distance=1)
    found = SpellChecker(language=None, distance=1)
    rules = rules_of(asset("words/british.txt").read_text("utf-8"))
    found.word_frequency.load_json(british(american.word_frequency.dictionary, rules))
    found.word_frequency.load_words(asset("words/field-words.txt").read_text("utf-8").split())
    return found


def speller(workspace: Workspace) -> Speller:
    """What a text is held against: made in a lane, asked at each key."""
    lists = lists_of(workspace)
    known = {one.word.lower() for one in records(workspace, KnownWord) if not one.withdrawn}
    return Speller(_engine().word_frequency.dictionary, frozenset(known | lists.never), lists)


def know_word(workspace: Workspace, *, word: str, known: bool = True, at: int | None = None) -> Done:
    """Add a word to those of the team, which are neither misspelt nor names; or take it out again."""
    said = word.strip()
    if not said or len(said) > 60 or any(part.isspace() for part in said):
        raise Fault("One word is added at a time.")
    id = derived_id(KnownWord.kind, said.lower())
    change = Change(KnownWord.kind, id, {"word": said, "withdrawn": int(not known), DELETED: None})
    return do(workspace, "know a word", [change], id=id, at=at)
