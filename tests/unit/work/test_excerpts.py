"""Words of lines that are marked and tagged: they go along with what happens to the line, or are lost, never wrong."""

import pytest

from fieldwork.domain.faults import Fault
from fieldwork.domain.note_records import Mask
from fieldwork.domain.records import NoteLine, Tag
from fieldwork.domain.values import derived_id
from fieldwork.store.conflicting import conflicts
from fieldwork.store.drafts import Drafts
from fieldwork.store.reading import dump, get, records
from fieldwork.store.recording import Change, moment
from fieldwork.work import codebook, excerpts, notes, reshaping, settling_many, team, themes, undoing, visits
from fieldwork.work.done import do
from fieldwork.work.drafting import OpenLine, keep_draft, left_open, write_open_lines
from fieldwork.work.excerpt_repair import give_up, lost, mend
from laptops import START, give
from laptops import team as laptops_of


@pytest.fixture
def pair(tmp_path):
    some = laptops_of(tmp_path, 2)
    some[0].note = some[1].note = visits.start_session(some[0], title="Focus group", at=START).id
    for name in ("mood", "money"):
        codebook.add_theme(some[0], name=name)
    give(some[0], some[1])
    yield some
    for one in some:
        one.close()


def written(one, text):
    return notes.write_line(one, session=one.note, text=text).id


def theme(one, name):
    return themes.find_theme(one, name).id


def tagged(one, line, words, name="mood", direction="concern"):
    """Put a theme on words that stand in a line; the excerpt."""
    start = get(one, NoteLine, line).text.index(words)
    return excerpts.tag_words(
        one, target=line, start=start, end=start + len(words), theme=theme(one, name), direction=direction
    ).id


def shown(one):
    """By line: its words with a theme, as (words, theme and direction); None where they are lost."""
    found = {}
    for line in notes.lines_of(one, one.note):
        text = line.record.text
        found[text] = [
            (
                text[words.mark.span.start : words.mark.span.end] if words.mark.span else None,
                " ".join(f"{t.name} {tag.direction}" for t, tag in words.tags),
            )
            for words in line.marked
        ]
    return {text: some for text, some in found.items() if some}


def test_a_theme_stands_on_words_and_goes_where_they_go(pair):
    one = pair[0]
    line = written(one, "They wait for files, and then the files come back late")
    first = tagged(one, line, "wait for files")
    assert tagged(one, line, "wait for files") == first
    tagged(one, line, "come back late", "money", "strength")
    notes.write_line(
        one, session=one.note, line=line, text="They all wait for new files and then those come back late"
    )
    assert shown(one) == {
        "They all wait for new files and then those come back late": [
            ("wait for new files", "mood concern"),
            ("come back late", "money strength"),
        ]
    }
    cut = get(one, NoteLine, line).text.index("new files")
    second = reshaping.split_line(one, line=line, at_character=cut).id
    apart = {
        "They all wait for": [("wait for", "mood concern")],
        "new files and then those come back late": [
            ("new files", "mood concern"),
            ("come back late", "money strength"),
        ],
    }
    assert shown(one) == apart
    notes.move_line(one, line=second, after=None)
    assert shown(one) == apart
    reshaping.join_lines(one, first=second, second=line)
    assert shown(one) == {
        "new files and then those come back late They all wait for": [
            ("new files", "mood concern"),
            ("come back late", "money strength"),
            ("wait for", "mood concern"),
        ]
    }
    undoing.undo(one)
    assert shown(one) == apart
    notes.delete_line(one, line=second)
    assert list(shown(one)) == ["They all wait for"]


def test_words_are_found_though_a_colleague_reworded_the_line_unseen(pair):
    one, two = pair
    line = written(one, "They wait for files, and then the files come back late")
    give(one, two)
    tagged(one, line, "wait for files")
    tagged(two, line, "wait for files")  # both mark the same: one excerpt
    tagged(one, line, "come back late", "money")
    notes.write_line(
        two, session=two.note, line=line, text="Here they always wait for files, and the files are lost"
    )
    give(one, two)
    give(two, one)
    text = "Here they always wait for files, and the files are lost"
    assert shown(one) == shown(two) == {text: [("wait for files", "mood concern"), (None, "money concern")]}
    assert dump(one) == dump(two) and not conflicts(one)
    (gone,) = lost(one)
    assert (gone.quote, gone.text, gone.nearest) == ("come back late", text, None)
    mend(one, excerpt=gone.excerpt, start=text.index("the files"), end=len(text))
    assert shown(one)[text][1] == ("the files are lost", "money concern") and not lost(one)
    undoing.undo(one)
    give_up(one, excerpt=gone.excerpt)
    assert not lost(one) and shown(one) == {text: [("wait for files", "mood concern")]}
    assert [tag.theme for tag in records(one, Tag, target=line)] == [theme(one, "money")]
    with pytest.raises(Fault, match="no words from character 90"):
        excerpts.tag_words(one, target=line, start=90, end=95, theme=theme(one, "mood"))
    with pytest.raises(Fault, match="Only words of a note line"):
        excerpts.tag_words(one, target=theme(one, "mood"), start=0, end=2, theme=theme(one, "mood"))


@pytest.mark.parametrize("keep", ("ours", "theirs", "both", "text"))
def test_settling_two_wordings_takes_marked_words_along_and_asks_nothing_about_them(pair, keep):
    one, two = pair
    line = written(one, "First they wait for files and then they go home")
    tagged(one, line, "wait for files")
    give(one, two)
    tagged(two, line, "go home", "money")
    notes.write_line(one, session=one.note, line=line, text="First they often wait for files and go home")
    notes.write_line(
        two, session=two.note, line=line, text="They wait for all the files and then go home late"
    )
    give(one, two)
    give(two, one)
    assert shown(one) == shown(two)
    (clash,) = conflicts(one)
    assert clash.field == "text"
    if keep == "theirs":
        settling_many.settle_many(one, [clash.id], "theirs")
    else:
        new = "So they wait for files here, and go home" if keep == "text" else None
        team.resolve(one, conflict=clash.id, keep=None if new else keep, value=new)
    (words,) = shown(one).values()
    assert {said for said, _ in words} <= {"wait for files", "wait for all the files", "go home", None}
    assert words[0][0] in ("wait for files", "wait for all the files") and len(words) == 2
    give(one, two)
    assert shown(two) == shown(one) and not conflicts(two)


def test_what_was_followed_while_it_was_typed_counts_and_survives_a_crash(pair):
    one = pair[0]
    line = written(one, "No time, no time at all")
    excerpt = tagged(one, line, "no time")
    held = get(one, NoteLine, line)
    typed = "No time for us #money and really no time at all"
    start = typed.index("no time")
    open_line = OpenLine(
        line, one.note, held.place, typed, typed=held.typed, as_of=moment(one),
        spans=((excerpt, start, start + 7),),
    )  # fmt: skip
    drafts = Drafts(one)
    keep_draft(one, drafts, b"d" * 16, [open_line])
    (left,) = left_open(one, drafts.all())
    drafts.close()
    assert left.lines[0].spans == open_line.spans
    write_open_lines(one, left.lines)
    assert shown(one) == {"No time for us and really no time at all": [("no time", "mood concern")]}
    mark = excerpts.spans(one, [line])[line][0]
    assert (mark.id, mark.span.start) == (excerpt, start - 7)


def test_two_who_split_one_line_unseen_are_asked_about_the_line_and_not_about_marked_words(pair):
    one, two = pair
    line = written(one, "First they wait for files and then they go home")
    tagged(one, line, "go home")
    tagged(one, line, "wait for files", "money")
    give(one, two)
    reshaping.split_line(one, line=line, at_character=26)
    reshaping.split_line(two, line=line, at_character=11)
    give(one, two)
    give(two, one)
    assert dump(one) == dump(two) and shown(one) == shown(two)
    assert {clash.kind for clash in conflicts(one)} == {"note_line"}
    for said, words in shown(one).items():
        for quote, named in words:
            assert (quote, named) in {("go home", "mood concern"), ("wait for files", "money concern")}
            assert quote in said
    assert sum(len(words) for words in shown(one).values()) == 2


FORGETS = {"split": "drafting.carry", "join": "drafting.carry", "settle": "excerpts.carry"}


@pytest.mark.parametrize("fault", (False, True))
@pytest.mark.parametrize("what", FORGETS)
def test_where_an_act_forgets_the_marked_words_they_are_lost_and_never_on_others(
    pair, monkeypatch, what, fault
):
    one, two = pair
    line = written(one, "We wait for files and they wait for files")
    excerpt = excerpts.tag_words(one, target=line, start=26, end=41, theme=theme(one, "mood")).id
    masked = Change(
        Mask.kind, derived_id(Mask.kind, excerpt), {"target": excerpt, "way": "redact", "instead": ""}
    )
    do(one, "mask", [masked])
    if fault:
        monkeypatch.setattr(f"fieldwork.work.{FORGETS[what]}", lambda *_, **__: [])
    if what == "split":
        reshaping.split_line(one, line=line, at_character=35)
        wanted = {"We wait for files and they wait for": ["wait for"], "files": ["files"]}
        masks = 2
    elif what == "join":
        upper = written(one, "Before")
        reshaping.join_lines(one, first=upper, second=line)
        wanted, masks = {"Before We wait for files and they wait for files": ["wait for files"]}, 1
    else:
        notes.write_line(one, session=one.note, line=line, text="In June they wait for files often")
        give(one, two)
        notes.write_line(one, session=one.note, line=line, text="In June they still wait for files often")
        notes.write_line(two, session=two.note, line=line, text="In June they wait for files too often")
        give(two, one)
        (clash,) = conflicts(one)
        team.resolve(one, conflict=clash.id, value="By July some wait for files seldom")
        wanted, masks = {"By July some wait for files seldom": ["wait for files"]}, 1
    found = {text: [said for said, _ in some] for text, some in shown(one).items()}
    if fault:
        assert found != wanted and {said for some in found.values() for said in some} <= {None}
    else:
        assert found == wanted
        assert [mask.way for mask in records(one, Mask)] == ["redact"] * masks


def test_the_id_of_an_excerpt_is_one_for_who_reads_the_same_version_and_says_nothing_of_the_words(pair):
    one, other = pair
    line, twin = written(one, "Anna Price said so."), written(one, "Anna Price said so.")
    give(one, other)
    ids = {
        excerpts.tag_words(laptop, target=line, start=0, end=10, theme=theme(laptop, "mood")).id
        for laptop in pair
    }
    assert len(ids) == 1
    other_words = excerpts.tag_words(one, target=twin, start=0, end=10, theme=theme(one, "mood")).id
    assert other_words not in ids
    (id,) = ids
    assert id not in {
        derived_id("excerpt", line, "text", quote, str(n))
        for quote in ("Anna Price", "0+10")
        for n in range(3)
    }
