"""Evidence narrowed and counted, against the same thing worked out piece by piece."""

import random
from collections import Counter
from datetime import datetime

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fieldwork.domain.faults import Fault
from fieldwork.domain.finding_records import Document, Figure, OpenQuestion, ResultCell
from fieldwork.domain.marking_records import AgreedAnswer, MarkingNote, ModeratedMark, Moderation
from fieldwork.domain.note_records import Excerpt
from fieldwork.domain.records import (
    Answer,
    CaseFile,
    EvidenceLink,
    Examination,
    Finding,
    NoteLine,
    Session,
    Stratum,
    Tag,
    TeamMember,
    Theme,
    Visit,
)
from fieldwork.domain.values import derived_id, new_id
from fieldwork.store import sifting
from fieldwork.store.reading import records
from fieldwork.store.recording import DELETE, Change, record
from fieldwork.store.same import sets
from fieldwork.store.searching import ALL_KINDS, KIND_GROUPS
from fieldwork.store.state import DELETED
from fieldwork.work import same, themes
from fieldwork.work.evidence_filters import FACETS, Filters, facets, look_up, total
from fieldwork.work.inspections import inspection_of
from fieldwork.work.pieces import facts_of
from worlds import bare_inspection, wall

WORDS = ("lantern", "meadow", "harbour", "thicket")
QUESTIONS = ("B01", "C03", "A02", "Z99")  # led by the police, the prosecution, both; in no version
VALUES = ("FM", "PM", "NM", "sometimes", "")
CARRY = (NoteLine.kind, Answer.kind)
PIN = (*CARRY, Session.kind, AgreedAnswer.kind, Document.kind, Figure.kind, ResultCell.kind)


def made(folder, seed):
    """An inspection of everything that can be found, at random, some of it deleted and some entered twice."""
    chance = random.Random(seed)
    workspace = bare_inspection(folder)
    in_use = inspection_of(workspace).question_set
    one = chance.choice
    changes = []

    def put(cls, id=None, **fields):
        id = id or new_id()
        changes.append(Change(cls.kind, id, fields))
        return id

    def say():
        return " ".join(chance.choices(WORDS, k=chance.randint(0, 3)))

    people = [
        put(TeamMember, label=f"{role} {n}") for n, role in enumerate(("lead", "inspector", "examiner"))
    ]
    phases = [b"p" * 16, b"q" * 16, None]
    visits = [put(Visit, title=say(), phase=one(phases)) for _ in range(3)]
    strata = [put(Stratum, code=f"S{n}", name=f"Stratum {n}") for n in range(2)]
    sessions = [
        put(
            Session, visit=one([*visits, None]), title=say(), method=one(("interview", "focus_group", "")),
            mode=one(("in_person", "remote", "")), body=one(("P33", "A02", "")), noted_by=one([*people, None]),
            started=one((wall(24, 9), wall(25, 23, 30), None)), planned_start=one((wall(23, 9), None)),
        )
        for _ in range(5)
    ]  # fmt: skip
    targets = list(sessions)
    for _ in range(40):
        held = {
            "session": one([*sessions, b"?" * 16]),
            "text": say(),
            "author": one(("lead 0", "inspector 1", "")),
        }
        targets.append(put(NoteLine, **held, typed=one((wall(23, 0), wall(24, 10), wall(25, 23, 59), None))))
    cases = [
        put(
            CaseFile, reference=f"R{n}", force=one(("P33", "P16", "")), area=one(("A02", "")),
            visit=one([*visits, None]), stratum=one([*strata, None]),
        )
        for n in range(5)
    ]  # fmt: skip
    for _ in range(7):
        held = {
            "case_file": one(cases),
            "examiner": one([*people, None]),
            "question_set": one((in_use, None)),
        }
        held |= {"started": one((wall(23, 9), None)), "finished": one((wall(24, 9), None))}
        examination = put(Examination, **held)
        for question in QUESTIONS:
            if chance.random() < 0.7:
                held = {"examination": examination, "question": question, "value": one(VALUES)}
                id = derived_id(Answer.kind, examination, question, "")
                targets.append(put(Answer, id, **held, reason=say(), comment=say()))
    for _ in range(6):
        held = {"question": one(QUESTIONS), "value": one(VALUES), "reason": say()}
        put(AgreedAnswer, case_file=one(cases), by=one([*people, None]), **held)
        look = put(Moderation, case_file=one(cases), moderator=one(people), question_set=in_use)
        put(ModeratedMark, moderation=look, **held)
        note = {"text": say(), "author": one(people), "withdrawn": one((0, 1))}
        put(MarkingNote, question=one(QUESTIONS), **note)
    for cls in (Document, Figure, ResultCell, OpenQuestion):
        held = {"text": say()} if cls is OpenQuestion else {"shows": say()}
        held |= {} if cls is ResultCell else {"body": one(("P33", ""))}
        targets.append(put(cls, visit=one([*visits, None]), **held))
    points = [put(Finding, text=say() or "meadow", visit=one([*visits, None])) for _ in range(4)]
    some = [theme.id for theme in records(workspace, Theme)][:4]
    lines = [change.id for change in changes if change.kind == NoteLine.kind]
    marked_out = [put(Excerpt, target=line, part="text", quote="meadow") for line in chance.sample(lines, 5)]
    for target in [*chance.sample(targets, 25), *marked_out]:
        for theme in chance.sample(some, one((1, 1, 2))):
            held = {
                "direction": one(("strength", "concern", "")),
                "strength": one(("observed", "opinion", "")),
            }
            put(Tag, derived_id(Tag.kind, target, theme), target=target, theme=theme, **held)
    for target in [*chance.sample(targets, 20), *marked_out[:2]]:
        point = one(points)
        put(EvidenceLink, derived_id(EvidenceLink.kind, point, target), finding=point, evidence=target)
    record(workspace, "script", changes)
    gone = [*chance.sample(targets[5:], 6), one(sessions), points[0]]
    record(workspace, "script", [Change(kind_of(changes, id), id, {DELETED: DELETE}) for id in gone])
    for pair in (some[:2], cases[:2], visits[:2]):
        same.join_records(workspace, one=pair[0], other=pair[1])
    return workspace


def kind_of(changes, id):
    return next(change.kind for change in changes if change.id == id)


@pytest.fixture(scope="module", params=[1, 2, 3])
def here(request, tmp_path_factory):
    folder = tmp_path_factory.mktemp("filtered")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("FIELDWORK_HOME", str(folder / "home"))
        patch.setenv("FIELDWORK_KDF_MEMORY", "65536")
        with made(folder, request.param) as workspace:
            yield workspace, list(every(workspace))


class One:
    """A piece with all that can be asked of it, read record by record."""

    def __init__(self, workspace, held, piece, tags, pinned):
        self.id, self.kind = held.id, held.kind
        named = ("text", "title", "shows", "reason", "comment")
        words = " ".join(getattr(held, name, "") for name in named)
        self.words = {word for word in words.split() if word in WORDS}
        self.question = getattr(held, "question", "") if held.kind != MarkingNote.kind else ""
        value = getattr(held, "value", "")
        self.tags, self.pinned, self.homeless = tags, pinned, piece.home is None
        self.codes = {
            "kind": {self.kind}, "method": {piece.method}, "mode": {piece.mode}, "body": {*piece.bodies} or {""},
            "phase": {hexed(piece.phase)}, "visit": {hexed(piece.visit)}, "stratum": {hexed(piece.stratum)},
            "author": {piece.author}, "outcome": {value} & {*VALUES[:3]}, "day": {day(piece.at)},
        }  # fmt: skip
        if self.homeless:
            self.codes |= {facet: set() for facet in ("method", "mode", "body", "phase", "visit", "stratum")}

    def __repr__(self):
        return self.kind

    def fails(self, query, filters):
        """Why it is not among what is found: facets and flags, each by itself."""
        found = {
            facet
            for facet, codes in self.codes.items()
            if filters.of(facet) and not codes & {*filters.of(facet)}
        }
        (at,) = self.codes["day"]
        if (filters.since or filters.until) and not (
            at and (filters.since or at) <= at <= (filters.until or at)
        ):
            found.add("day")
        homely = ("method", "mode", "body", "phase", "visit", "stratum", "author")
        if self.homeless and (filters.since or filters.until or any(map(filters.of, homely))):
            found |= {"home", "no home"}
        if not {*query.split()} <= self.words or (filters.question and self.question != filters.question):
            found |= {"words", "all"}
        if filters.within and self.kind not in KIND_GROUPS[filters.within]:
            found |= {"words", "all"}
        if any(map(filters.of, ("theme", "direction", "strength"))) and not self.carries(filters):
            found.add("tags")
        if filters.untagged and (self.tags or self.kind not in CARRY):
            found.add("untagged")
        if filters.unpinned and (self.pinned or self.kind not in PIN):
            found.add("unpinned")
        return found

    def carries(self, filters, but=""):
        return [
            tag
            for tag in self.tags
            if all(
                not filters.of(facet) or facet == but or code in filters.of(facet)
                for facet, code in zip(("theme", "direction", "strength"), tag, strict=True)
            )
        ]


def hexed(id):
    return id.hex() if id else ""


def day(at):
    return datetime.fromtimestamp(at / 1000).date().isoformat() if at is not None else ""


def every(workspace):
    classes = (NoteLine, Session, Answer, AgreedAnswer, ModeratedMark, MarkingNote, Finding)
    classes += (Document, Figure, ResultCell, OpenQuestion)
    held = [one for cls in classes for one in records(workspace, cls)]
    facts = facts_of(workspace, [one.id for one in held])
    carried, pinned = {}, {link.evidence for link in records(workspace, EvidenceLink)}
    marked_out = {one.id: one for one in records(workspace, Excerpt)}
    pinned |= {marked_out[id].target for id in pinned & set(marked_out)}
    for tag in records(workspace, Tag, apart=True):
        if tag.theme:
            code = (sets(workspace).of(tag.theme).hex(), tag.direction or "neutral", tag.strength)
            words = marked_out.get(tag.target)
            carried.setdefault(words.target if words else tag.target, []).append(code)
    for one in held:
        if one.id in facts:
            yield One(workspace, one, facts[one.id], carried.get(one.id, []), one.id in pinned)


@st.composite
def asked(draw, pieces):
    """A query and filters with codes that there are, and now and then one that there is not."""
    filters = Filters(
        within=draw(st.sampled_from(("", "", "notes", "answers", "findings"))),
        question=draw(st.sampled_from(("", "", "", "B01"))),
        since=draw(st.sampled_from(("", "", "2026-11-24"))),
        until=draw(st.sampled_from(("", "", "2026-11-24", "2026-11-25"))),
        untagged=draw(st.integers(0, 5)) == 0,
        unpinned=draw(st.integers(0, 5)) == 0,
    )
    for facet in draw(st.lists(st.sampled_from(FACETS), max_size=3)):
        known = {code for one in pieces for code in one.codes.get(facet, ())}
        if facet in ("theme", "direction", "strength"):
            place = ("theme", "direction", "strength").index(facet)
            known = {tag[place] for one in pieces for tag in one.tags}
        known |= {"ab" * 16}
        filters = filters.only(facet, draw(st.lists(st.sampled_from(sorted(known)), min_size=1, max_size=2)))
    return draw(st.sampled_from(("", "", "lantern", "meadow harbour"))), filters


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_found_and_counted_as_piece_by_piece(here, data):
    workspace, pieces = here
    query, filters = data.draw(asked(pieces))
    sifting.FEW = data.draw(st.sampled_from((0, 5000)))  # both ways of looking
    fails = {one.id: one.fails(query, filters) for one in pieces}
    expected = {id for id, some in fails.items() if not some}
    page = look_up(workspace, query, filters, limit=1000)
    assert {one.id for one in page.found} == expected and not page.more
    assert len(page.found) == len(expected) == total(workspace, query, filters)
    counts = facets(workspace, query, filters)
    assert counts.total == len(expected)
    for facet in FACETS:
        brute = Counter()
        for one in pieces:
            if facet in ("theme", "direction", "strength"):
                if fails[one.id] <= {"tags"}:
                    place = ("theme", "direction", "strength").index(facet)
                    brute.update({tag[place] for tag in one.carries(filters, but=facet)})
            elif fails[one.id] <= {facet}:
                brute.update(one.codes[facet])
        assert dict(counts.by[facet]) == dict(brute), facet
        assert [n for _, n in counts.by[facet]] == sorted(brute.values(), reverse=True)
    for flag, kinds in (("untagged", CARRY), ("unpinned", PIN)):
        state = [one for one in pieces if fails[one.id] <= {flag} and one.kind in kinds]
        has = sum(not (one.tags if flag == "untagged" else one.pinned) for one in state)
        assert counts.flags[flag] == has, flag
    assert Filters.from_json(filters.to_json()) == filters
    places = [look_up(workspace, query, filters, after=at, limit=7) for at in range(0, len(expected), 7)]
    assert [one.id for part in places for one in part.found] == [one.id for one in page.found]
    assert all(part.more for part in places[:-1]) and not (places and places[-1].more)


def test_filters_are_a_value_and_what_is_none_is_refused(here):
    workspace, _ = here
    filters = Filters().toggled("body", "P33").toggled("body", "A02").toggled("method", "interview")
    assert filters.of("body") == ("A02", "P33") and filters and not Filters(within="notes")
    assert filters.toggled("body", "P33").toggled("body", "A02") == Filters().toggled("method", "interview")
    assert filters.to_json() == '{"chosen":{"body":["A02","P33"],"method":["interview"]}}'
    assert hash(filters) == hash(Filters.from_json(filters.to_json()))
    for text in (
        "",
        "[]",
        "{",
        '{"chosen":{"colour":["red"]}}',
        '{"chosen":{"theme":["zz"]}}',
        '{"newer":1}',
    ):
        with pytest.raises(Fault):
            Filters.from_json(text)
    for text in ('{"chosen":{},"since":"24.11.2026"}', '{"chosen":{},"within":"documents"}', '{"since":7}'):
        with pytest.raises(Fault):
            Filters.from_json(text)
    assert look_up(workspace, "- ( )", Filters()).found == () and facets(workspace, "*", Filters()).total == 0


def test_what_changes_is_counted_at_once(here):
    workspace, pieces = here
    line = next(one for one in pieces if one.kind == NoteLine.kind and not one.tags and not one.homeless)
    theme = records(workspace, Theme)[5]
    before = facets(workspace, "", Filters(untagged=True))
    narrowed = Filters().toggled("theme", theme.id.hex())
    assert total(workspace, "", narrowed) == 0
    themes.tag(workspace, target=line.id, theme=theme.id, direction="concern")
    assert [one.id for one in look_up(workspace, "", narrowed).found] == [line.id]
    assert facets(workspace, "", Filters(untagged=True)).total == before.total - 1
    themes.untag(workspace, target=line.id, theme=theme.id)
    assert facets(workspace, "", Filters(untagged=True)) == before
    assert {*ALL_KINDS} >= {kind for kind, _ in before.by["kind"]}
