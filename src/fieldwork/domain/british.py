"""British spellings made of American ones, by rules for endings and a list of words.

Of two spellings that are both written here (judgment, organize) both stand. What takes an American spelling away is
listed stem by stem, since a wrong rule is a wrong underline on every page.
"""

from collections.abc import Iterable, Mapping, Sequence

Rules = Mapping[str, Sequence[str]]
"""By name ("our", "re", "yse", "ll": stems; "instead", "beside": american=british), as in the list that is shipped."""

_OUR = (
    *(
        "",
        "s",
        "ed",
        "er",
        "ers",
        "ing",
        "ings",
        "ful",
        "fully",
        "less",
        "able",
        "ably",
        "ite",
        "ites",
        "itism",
    ),
    *("hood", "hoods", "ly", "al", "ally", "ist", "ists"),
)
_RE = {"": "re", "s": "res", "ed": "red", "ing": "ring", "ings": "rings"}
_YSE = ("e", "es", "ed", "er", "ers", "ing")
_LL = ("ed", "ing", "er", "ers", "ings")
_IZE = ("ize", "izes", "ized", "izing", "izer", "izers", "izable", "ization", "izations")
_NO_IZE = (
    "size",
    "sizes",
    "sized",
    "prize",
    "prizes",
    "prized",
    "seize",
    "seizes",
    "seized",
    "maize",
    "baize",
)


def rules_of(text: str) -> Rules:
    """The rules of a list: lines of a name, a colon and words; lines that begin with # say what it is."""
    found: dict[str, list[str]] = {}
    for line in text.splitlines():
        if line and not line.startswith("#"):
            name, _, words = line.partition(":")
            found.setdefault(name, []).extend(words.split())
    return found


def british(words: Mapping[str, int], rules: Rules) -> dict[str, int]:
    """American words with how often they are written, as they are written in Britain; small letters."""
    instead = dict(_instead(rules))
    found = {word: often for word, often in words.items() if word not in instead}
    beside = [tuple(pair.split("=")) for pair in rules.get("beside", ())]
    for word, other in (*instead.items(), *beside, *_ise(words)):
        if word in words:
            found[other] = max(found.get(other, 0), words[word])
    return found


def _instead(rules: Rules) -> Iterable[tuple[str, str]]:
    """Spellings that are not written here, and what is."""
    for stem in rules.get("our", ()):
        yield from ((stem + ending, f"{stem[:-2]}our{ending}") for ending in _OUR)
    for stem in rules.get("re", ()):
        yield from ((stem + ending, stem[:-2] + other) for ending, other in _RE.items())
    for stem in rules.get("yse", ()):
        yield from ((stem + ending, f"{stem[:-1]}s{ending}") for ending in _YSE)
    for stem in rules.get("ll", ()):
        yield from ((stem + ending, f"{stem}l{ending}") for ending in _LL)
    for pair in rules.get("instead", ()):
        american, _, here = pair.partition("=")
        yield american, here


def _ise(words: Iterable[str]) -> Iterable[tuple[str, str]]:
    """organise beside organize."""
    for word in words:
        if word.endswith(_IZE) and not word.endswith(_NO_IZE):
            at = word.rindex("iz")
            yield word, f"{word[:at]}is{word[at + 2 :]}"
