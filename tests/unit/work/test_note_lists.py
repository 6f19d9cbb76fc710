"""Several people typing, splitting, joining and moving lines at one place of a note, merged in any order."""

import tempfile
from dataclasses import dataclass, field
from itertools import permutations
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fieldwork.domain.faults import Fault
from fieldwork.domain.note_records import Excerpt
from fieldwork.domain.order import behind
from fieldwork.domain.records import EvidenceLink, NoteLine
from fieldwork.domain.values import derived_id, new_id
from fieldwork.store.reading import dump, get, records
from fieldwork.store.recording import moment
from fieldwork.work import (
    codebook,
    excerpts,
    finding_counts,
    findings,
    notes,
    reshaping,
    themes,
    undoing,
    visits,
)
from fieldwork.work.drafting import OpenLine, write_open_lines
from laptops import START, give, team

NAMES = ("mood", "money", "minutes")


def acts(*names):
    return st.lists(st.tuples(st.sampled_from(names), st.integers(0, 30)), min_size=1, max_size=5)


alone = acts("type", "type", "split", "join", "move", "mark", "mark", "reword")
together = acts("mark", "mark", "split", "join", "move", "reword")
schedules = st.integers(2, 4).flatmap(
    lambda n: st.tuples(
        st.lists(alone, min_size=n, max_size=n),
        st.lists(together, min_size=n, max_size=n),
        st.permutations(range(n)),
        st.integers(0, 1000),
    )
)


@dataclass
class Typist:
    """One person at a laptop, and what they should find again: runs, words with themes, times by line."""

    laptop: object
    session: bytes
    top: bytes
    known_themes: dict
    number: int
    runs: list = field(default_factory=list)  # ids of lines typed one after another, without moved ones
    themed: dict = field(default_factory=dict)  # word -> names of the themes its line had
    times: dict = field(default_factory=dict)  # line id -> first keystroke
    marked: dict = field(default_factory=dict)  # excerpt -> words that were marked
    taken: set = field(default_factory=set)  # words that were taken out again

    def lines(self):
        return notes.lines_of(self.laptop, self.session)

    def order(self):
        return [line.record.id for line in self.lines()]

    def place_behind(self, line):
        """As the window finds it: between two neighbours on the screen."""
        shown = [one.record for one in self.lines()]
        at = next(i for i, one in enumerate(shown) if one.id == line)
        after = shown[at + 1].place if at + 1 < len(shown) else ""
        return behind(shown[at].place, after, shown[at].author == self.laptop.identity.person)

    def type(self, size):
        """A run behind the line at the top, or on from the end of one's own last run."""
        on = bool(self.runs and self.runs[-1] and size % 3 == 0)
        if not on:
            self.runs.append([])
        last = self.last_of(self.runs[-1]) if on else self.top
        for _ in range(1 + size % 4):
            id, stamp = new_id(), START + 1000 * len(self.times) + self.number
            words = [f"w{self.number}x{len(self.themed) + len(self.taken) + step}" for step in range(4)]
            named = {name for step, name in enumerate(NAMES) if size >> step & 1}
            line = OpenLine(
                id, self.session, self.place_behind(last), " ".join(words), typed=stamp,
                themes=tuple((self.known_themes[name], "concern") for name in sorted(named)),
            )  # fmt: skip
            write_open_lines(self.laptop, [line])
            self.runs[-1].append(id)
            self.times[id] = stamp
            self.themed |= dict.fromkeys(words, named)
            last = id

    def last_of(self, run):
        return next(id for id in reversed(self.order()) if id in run)

    def one_of(self, number):
        own = [id for id in self.order() if id in self.times]
        return own[number % len(own)] if own else None

    def split(self, number):
        line = self.one_of(number)
        text = get(self.laptop, NoteLine, line).text if line else ""
        if " " not in text:
            return
        cut = [at for at, letter in enumerate(text) if letter == " "]
        done = reshaping.split_line(self.laptop, line=line, at_character=cut[number % len(cut)])
        self.times[done.id] = self.times[line]
        for run in self.runs:
            if line in run:
                run.append(done.id)

    def join(self, number):
        upper = self.one_of(number)
        order = self.order()
        at = order.index(upper) + 1 if upper else len(order)
        if at >= len(order) or order[at] not in self.times:
            return
        reshaping.join_lines(self.laptop, first=upper, second=order[at])
        joined = set(get(self.laptop, NoteLine, upper).text.split())
        named = set().union(*(self.themed[word] for word in joined))
        self.themed |= dict.fromkeys(joined, named)
        del self.times[order[at]]
        for run in self.runs:
            if order[at] in run:
                run.remove(order[at])

    def mark(self, number):
        """Put a theme on some words of any line, one's own or a colleague's."""
        lines = [line.record for line in self.lines() if " " in line.record.text]
        if not lines:
            return
        line = lines[number % len(lines)]
        words = line.text.split()
        first = number % len(words)
        chosen = words[first : first + 1 + number % 3]
        start = line.text.index(" ".join(chosen))
        done = excerpts.tag_words(
            self.laptop, target=line.id, start=start, end=start + len(" ".join(chosen)),
            theme=self.known_themes["mood"], direction="concern",
        )  # fmt: skip
        self.marked[done.id] = set(chosen)

    def reword(self, number):
        """Put words into one's own line or take one out."""
        line = self.one_of(number)
        words = get(self.laptop, NoteLine, line).text.split() if line else []
        if len(words) < 2:
            return
        at = number % len(words)
        if number % 3:
            new = f"n{self.number}y{len(self.themed) + len(self.taken)}"
            words.insert(at, new)
            self.themed[new] = set().union(*(self.themed[word] for word in words if word != new))
        else:
            self.taken.add(words.pop(at))
            self.themed = {word: named for word, named in self.themed.items() if word not in self.taken}
        notes.write_line(self.laptop, session=self.session, line=line, text=" ".join(words))

    def move(self, number):
        line, behind_line = self.one_of(number), self.one_of(number // 2)
        if line is None or line == behind_line:
            return
        notes.move_line(self.laptop, line=line, after=self.top if number % 2 else behind_line)
        for run in self.runs:
            if line in run:
                run.remove(line)


def typists(folder, size):
    laptops = team(folder, size)
    session = visits.start_session(laptops[0], title="Focus group", at=START).id
    top = notes.write_line(laptops[0], session=session, text="Top", typed=START).id
    notes.write_line(laptops[0], session=session, text="Bottom", typed=START)
    for name in NAMES:
        codebook.add_theme(laptops[0], name=name)
    known_themes = {name: themes.find_theme(laptops[0], name).id for name in NAMES}
    give(laptops[0], *laptops[1:])
    return [Typist(laptop, session, top, known_themes, number) for number, laptop in enumerate(laptops)]


def check(everybody, once):
    """What the property promises, on every laptop. once: no line came back because a colleague marked words of it."""
    first = everybody[0]
    shown = first.lines()
    assert len({str(dump(one.laptop)) for one in everybody}) == 1
    assert all(one.lines() == shown for one in everybody)
    order = [line.record.id for line in shown]
    authors = {line.record.id: line.record.author for line in shown}
    words = [word for line in shown for word in line.record.text.split()]
    typed = ["Top", "Bottom", *(word for one in everybody for word in one.themed)]
    assert sorted(words) == sorted(typed) or not once
    assert set(typed) <= set(words) <= {*typed, *(word for one in everybody for word in one.taken)}
    named = {id: name for name, id in first.known_themes.items()}
    for one in everybody:
        mine = one.laptop.identity.person
        for run in one.runs:
            places = [order.index(id) for id in run]
            between = order[min(places) : max(places) + 1] if places else []
            assert {authors[id] for id in between} <= {mine}
        for line in shown:
            if line.record.id in one.times:
                assert line.record.typed == one.times[line.record.id] and line.record.author == mine
            for word in line.record.text.split():
                if word in one.themed and words.count(word) == 1:
                    assert {named[theme.id] for theme, _ in line.tags} >= one.themed[word]
                    assert all(tag.direction == "concern" for _, tag in line.tags)


def check_marks(everybody):
    """Every theme on words is on words that it was put on, or they are lost; nothing else that was there before."""
    was = {}
    for one in everybody:
        for id, words in one.marked.items():
            was.setdefault(id, set()).update(words)
    lines = everybody[0].lines()
    ids = {line.id for line in records(everybody[0].laptop, NoteLine, hidden=True)}
    unknown = {words.mark.id for line in lines for words in line.marked} - set(was)
    while unknown:  # what a cut parted is called after what it was
        parts = {derived_id(Excerpt.kind, id, line): id for id in was for line in ids}
        known = unknown & set(parts)
        assert known
        was |= {id: was[parts[id]] for id in known}
        unknown -= known
    found = 0
    for line in lines:
        for words in line.marked:
            assert [theme.name for theme, _ in words.tags] == ["mood"]
            if words.mark.span is not None:
                said = set(line.record.text[words.mark.span.start : words.mark.span.end].split())
                assert said & was[words.mark.id], (line.record.text, words)
                put_in = {word for word in said if word.startswith("n")}
                assert said - put_in <= was[words.mark.id], (line.record.text, words)
                found += 1
    return found


def merged(everybody, orders, turn):
    for place, taker in enumerate(everybody):  # everybody merges in another order
        for giver in orders[(turn + place) % len(orders)]:
            if everybody[giver] is not taker:
                give(everybody[giver].laptop, taker.laptop)


@settings(max_examples=12, deadline=None, derandomize=True, database=None)
@given(schedules)
def test_each_persons_runs_stay_together_and_keep_themes_and_times(schedule):
    plans, later, order, turn = schedule
    orders = list(permutations(order))
    with tempfile.TemporaryDirectory() as folder:
        everybody = typists(Path(folder), len(plans))
        try:
            for plan in (plans, later):  # first on one's own, then on what the others wrote too
                for one, acts in zip(everybody, plan, strict=True):
                    for what, number in acts:
                        getattr(one, what)(number)
                merged(everybody, orders, turn)
                check(everybody, once=plan is plans)
                check_marks(everybody)
            for one in everybody:  # and all go on where they were, having seen the others' lines
                one.type(3)
            for giver in everybody:
                give(giver.laptop, *(taker.laptop for taker in everybody if taker is not giver))
            check(everybody, once=False)
            check_marks(everybody)
        finally:
            for one in everybody:
                one.laptop.close()


# -- one by one


@pytest.fixture
def pair(tmp_path):
    some = typists(tmp_path, 2)
    yield some
    for one in some:
        one.laptop.close()


def written(one, text, **more):
    return notes.write_line(one.laptop, session=one.session, text=text, **more).id


def test_a_colleagues_line_split_stays_the_colleagues_with_its_time_and_themes(pair):
    one, two = pair
    line = written(one, "First half second half #mood-", typed=START + 5)
    themes.tag(
        one.laptop, target=line, theme=one.known_themes["mood"], direction="concern", strength="first_hand"
    )
    give(one.laptop, two.laptop)
    done = reshaping.split_line(two.laptop, line=line, at_character=10)
    first, second = (get(two.laptop, NoteLine, id) for id in (line, done.id))
    assert (first.text, second.text) == ("First half", "second half")
    assert (
        (second.author, second.typed)
        == (first.author, first.typed)
        == (one.laptop.identity.person, START + 5)
    )
    tags = {
        one_line.record.id: [(t.name, tag.direction, tag.strength) for t, tag in one_line.tags]
        for one_line in two.lines()
    }
    assert tags[line] == tags[done.id] == [("mood", "concern", "first_hand")]


def test_a_joined_line_takes_over_themes_strength_and_what_it_is_evidence_for_and_undo_gives_all_back(pair):
    one = pair[0]
    upper, lower = written(one, "Upper #money+"), written(one, "lower #mood-")
    themes.tag(
        one.laptop, target=lower, theme=one.known_themes["mood"], direction="concern", strength="first_hand"
    )
    themes.tag(one.laptop, target=lower, theme=one.known_themes["money"], direction="concern")
    finding = findings.add_finding(one.laptop, text="They wait", evidence=[lower]).id
    before = one.lines()
    reshaping.join_lines(one.laptop, first=upper, second=lower)
    (line,) = [found for found in one.lines() if found.record.id == upper]
    assert line.record.text == "Upper lower"
    assert sorted((t.name, tag.direction, tag.strength) for t, tag in line.tags) == [
        ("money", "strength", ""), ("mood", "concern", "first_hand")
    ]  # fmt: skip
    assert [link.evidence for link in records(one.laptop, EvidenceLink, finding=finding)].count(upper) == 1
    (point,) = finding_counts.points(one.laptop)
    assert point.pieces == 1
    undoing.undo(one.laptop)
    assert one.lines() == before
    (point,) = finding_counts.points(one.laptop)
    assert point.pieces == 1


def test_nothing_is_split_beside_the_words_or_joined_to_itself(pair):
    one = pair[0]
    line = written(one, "Some words")
    before = dump(one.laptop)
    for cut in (0, 10, 99, -3):
        with pytest.raises(Fault, match="no words on one side"):
            reshaping.split_line(one.laptop, line=line, at_character=cut)
    with pytest.raises(Fault, match="one line, not two"):
        reshaping.join_lines(one.laptop, first=line, second=line)
    assert dump(one.laptop) == before


def test_what_is_pasted_into_a_run_stays_together_though_a_colleague_put_a_line_behind_one_that_went(pair):
    one, two = pair
    lines = [written(one, text) for text in ("r0", "r1", "r2")]
    give(one.laptop, two.laptop)
    notes.paste_lines(two.laptop, session=two.session, texts=["between"], after=lines[2])
    give(two.laptop, one.laptop)
    notes.delete_line(one.laptop, line=lines[2])
    notes.paste_lines(one.laptop, session=one.session, texts=["p1", "p2", "p3"], after=lines[1])
    texts = [line.record.text for line in one.lines()]
    at = texts.index("p1")
    assert texts[at : at + 3] == ["p1", "p2", "p3"] and texts[at - 1] == "r1"


def test_the_line_at_the_end_goes_on_with_the_run_after_a_colleagues_join(pair):
    one, two = pair
    first, second = written(one, "a"), written(one, "b")
    give(one.laptop, two.laptop)
    seen = moment(two.laptop)
    reshaping.join_lines(two.laptop, first=first, second=second, as_of=seen)
    third = written(one, "c")
    give(two.laptop, one.laptop)
    give(one.laptop, two.laptop)
    assert one.order() == two.order()
    assert [line.record.text for line in one.lines()] == ["Top", "Bottom", "a b", "c"]
    assert one.order()[-1] == third
