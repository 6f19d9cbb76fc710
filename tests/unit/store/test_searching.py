"""What a person typed finds what they mean: beginnings in spite of the stems, words near each other, page by page."""

import re
import unicodedata
from collections.abc import Iterator

import pytest
import sqlcipher3.dbapi2 as sqlcipher
from store_kit import put

import laptops
from fieldwork.assets import asset
from fieldwork.domain import vocabulary
from fieldwork.store.schema import TOKENS
from fieldwork.store.searching import MOST_NEAR, match_of, search
from fieldwork.store.workspace import Workspace

SHIPPED = (
    "generate/sentences.json",
    "demo/reasons.json",
    *(f"demo/{name}.jsonl" for name in ("setup", "lead", "inspector", "second")),
)
LATE = "Redaction of the schedules came late, and the gatekeeper sent the files back"
WELSH = "Mae'r swyddogion yn adolygu'r datgeliad; gŵyr pawb am y tŷ"
ODD = "co\u00adoperation by 👩\u200d⚖️ was ﬁne, naïve and in Ægir's résumés"


@pytest.fixture(scope="module")
def here(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workspace]:
    (made,) = laptops.team(tmp_path_factory.mktemp("searched"), 1)
    with made:
        for number, text in enumerate((LATE, WELSH, ODD), 1):
            put(made, "note_line", bytes([number]) * 16, text=text)
        for number in range(10, 50):
            put(made, "note_line", bytes([number]) * 16, text="triage " + "of many files " * (number % 7))
        yield made


def found(workspace: Workspace, query: str) -> set[int]:
    return {hit.id[0] for hit in search(workspace, query)}


def shipped_words() -> list[str]:
    texts = [asset(name).read_text("utf-8") for name in SHIPPED]
    texts += [str(table) for name, table in vars(vocabulary).items() if name.isupper()]
    return sorted({word for text in texts for word in re.findall(r"[^\W\d_]{4,}", text.lower())})


def plain(query: str) -> str:
    """As a beginning is asked for where nothing is known of stems."""
    return f'"{query.removesuffix("*")}"*'


def test_every_beginning_of_every_shipped_word_finds_it() -> None:
    words = shipped_words()
    assert len(words) > 700 and {"redaction", "supervisor", "disclosure", "relationships"} <= {*words}
    index = sqlcipher.connect(":memory:")
    index.execute(f"CREATE VIRTUAL TABLE one USING fts5(words, tokenize=\"{TOKENS}\", prefix='2 3')")
    index.executemany("INSERT INTO one (rowid, words) VALUES (?, ?)", enumerate(words))
    beginning: dict[str, set[int]] = {}
    for number, word in enumerate(words):
        for length in range(3, len(word) + 1):
            beginning.setdefault(word[:length], set()).add(number)
    lost: dict[bool, set[str]] = {True: set(), False: set()}
    beside = 0
    for typed, expected in beginning.items():
        for stems_known in (True, False):
            match = match_of(f"{typed}*") if stems_known else plain(f"{typed}*")
            hits = {no for (no,) in index.execute("SELECT rowid FROM one WHERE one MATCH ?", (match,))}
            lost[stems_known].update(f"{typed}: {words[number]}" for number in expected - hits)
            beside += stems_known and len(hits - expected)
    index.close()
    assert lost[True] == set()
    assert len(lost[False]) > 200  # the control: what FTS5 alone loses
    assert beside < sum(map(len, beginning.values())) / 4  # of the same stem, but begun otherwise


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("redactio*", {1}),
        ("redacti*", {1}),
        ("gatekeepe*", {1}),
        ('"the sched*"', {1}),
        ('"the schedu"*', {1}),
        ("redaction ~ late", {1}),
        ("redaction NEAR schedul*", {1}),
        ("late ~ redactio* ~ schedules", {1}),
        ('"came late" ~ sent', {1}),
        ("redaction ~ back", set()),  # eleven words lie between
        ("redaction back", {1}),
        ("~ redaction ~", {1}),
        ("NEAR", set()),
        ("redaction NEAR", set()),
        ("datgel*", {2}),
        ("gwyr", {2}),
        ("ty", {2}),
        (unicodedata.normalize("NFD", "gŵ*"), {2}),
        ("nai*", {3}),
        ("resu*", {3}),
        ("co\u00adop*", {3}),
        ("ﬁn*", {3}),
        ("ægir", {3}),
        ("👩\u200d⚖️", set()),
    ],
)
def test_found_in_every_writing(here: Workspace, query: str, expected: set[int]) -> None:
    assert found(here, query) == expected


def test_pages_follow_one_another(here: Workspace) -> None:
    whole = search(here, "triage")
    assert len(whole) == 40
    pages = [search(here, "triage", limit=15, after=after) for after in (0, 15, 30, 45)]
    assert [hit for page in pages for hit in page] == whole and [len(page) for page in pages] == [
        15,
        15,
        10,
        0,
    ]


def test_a_very_long_query_is_asked_for_all_the_same(here: Workspace) -> None:
    assert found(here, "triage " * 100_000) == {*range(10, 50)}
    assert found(here, "triage " * 30 + '"' * 9_999) == {*range(10, 50)}
    assert match_of(" ~ ".join(["vi*", *["relating*", "policin*"] * 9])).count("NEAR") <= MOST_NEAR
