"""Coding checks: coded apart, open once all have finished, and counted as the textbook counts."""

import pytest

from fieldwork.analysis.agreement import Coefficient
from fieldwork.domain.faults import Fault
from fieldwork.domain.note_records import CodingCheck
from fieldwork.domain.records import Tag
from fieldwork.store.reading import dump, records
from fieldwork.store.tag_counts import tag_counts
from fieldwork.work import codebook, coding, evidence_filters, notes, reshaping, themes, undoing, visits
from fieldwork.work.evidence_filters import Filters
from laptops import START, team, together


@pytest.fixture
def laptops(tmp_path):
    some = team(tmp_path, 3)
    lead = some[0]
    lead.note = visits.start_session(lead, title="Focus group, gatekeepers", at=START).id
    lead.lines = [
        notes.write_line(lead, session=lead.note, text=f"They said thing {n}", at=START + n).id
        for n in range(50)
    ]
    for name in ("Mood", "Money"):
        codebook.add_theme(lead, name=name)
    together(*some)
    yield some
    for one in some:
        one.close()


def theme(laptop, name="Mood"):
    return themes.find_theme(laptop, name).id


def begun(laptops):
    lead, *coders = laptops
    check = coding.begin_check(lead, sessions=[lead.note], coders=[one.identity.member for one in coders]).id
    together(*laptops)
    return check


def put(laptop, check, lines, name="Mood", direction="concern"):
    for line in lines:
        coding.code_line(laptop, check=check, line=line, theme=theme(laptop, name), direction=direction)


def test_what_is_coded_apart_is_counted_once_all_have_finished(laptops):
    """Cohen's textbook table: 20 both, 5 and 10 one alone, 15 neither; raw 0.70, AC1 0.4059."""
    lead, one, two = laptops
    lines = lead.lines
    check = begun(laptops)
    put(one, check, lines[:25])
    put(two, check, [*lines[:20], *lines[25:35]])
    put(two, check, lines[:1], "Money")
    coding.finish_coding(one, check=check)
    together(*laptops)
    for laptop in laptops:
        with pytest.raises(Fault, match="opens once all have finished; laptop 2 has not"):
            coding.coded(laptop, check)
    # what a colleague put is on none of one's own lines, whoever has merged
    assert sum(bool(line.themes) for line in coding.to_code(two, check)) == 30
    with pytest.raises(Fault, match="You have finished"):
        put(one, check, lines[:1])
    coding.finish_coding(two, check=check)
    together(*laptops)
    found = coding.coded(lead, check)
    mood = found.themes[1]
    assert (found.lines, [one.name for one in found.themes]) == (50, ["Money", "Mood"])
    assert (mood.all, mood.none, len(mood.differing)) == (20, 15, 15)
    assert mood.differing[0].put == ("laptop 1",) and mood.differing[0].left == ("laptop 2",)
    raw, ac1 = mood.figures["raw"], mood.figures["ac1"]
    assert isinstance(raw, Coefficient) and isinstance(ac1, Coefficient)
    assert (round(raw.value, 4), round(ac1.value, 4), raw.n) == (0.7, 0.4059, 50)
    assert dump(lead) == dump(one) == dump(two)
    with pytest.raises(Fault, match="open to all"):
        coding.finish_coding(one, check=check, finished=False)


def test_a_coders_tags_count_nowhere_else(laptops):
    lead, one, _ = laptops
    check = begun(laptops)
    put(one, check, lead.lines[:3])
    assert tag_counts(one) == {} and not any(line.tags for line in notes.lines_of(one, lead.note))
    counts = evidence_filters.facets(one, "", Filters())
    assert counts.flags["untagged"] == 50 and not counts.by["theme"]
    assert evidence_filters.look_up(one, "", Filters().toggled("theme", theme(one).hex())).found == ()
    joined = reshaping.join_lines(one, first=lead.lines[0], second=lead.lines[1])
    assert not any(line.tags for line in notes.lines_of(one, lead.note)) and joined.entry
    with pytest.raises(Fault, match="not on it"):
        themes.untag(one, target=lead.lines[2], theme=theme(one))


def test_what_all_put_on_becomes_the_teams(laptops):
    lead, one, two = laptops
    check = begun(laptops)
    put(one, check, lead.lines[:3])
    put(two, check, lead.lines[:2])
    put(two, check, lead.lines[1:2], direction="strength")  # says it otherwise
    for laptop in (one, two):
        coding.finish_coding(laptop, check=check)
    together(*laptops)
    assert coding.coded(lead, check).left == 2
    coding.adopt(lead, check=check)
    shown = {
        line.record.id: [tag.direction for _, tag in line.tags] for line in notes.lines_of(lead, lead.note)
    }
    assert [shown[line] for line in lead.lines[:4]] == [["concern"], ["mixed"], [], []]
    assert coding.coded(lead, check).left == 0
    with pytest.raises(Fault, match="stands on its line already"):
        coding.adopt(lead, check=check)
    undoing.undo(lead)
    assert coding.coded(lead, check).left == 2


def test_going_on_taking_off_and_dropping(laptops):
    lead, one, two = laptops
    check = begun(laptops)
    put(one, check, lead.lines[:2])
    coding.code_line(one, check=check, line=lead.lines[0], theme=theme(one), off=True)
    assert [bool(line.themes) for line in coding.to_code(one, check)[:3]] == [False, True, False]
    coding.finish_coding(one, check=check)
    coding.finish_coding(one, check=check, finished=False)
    put(one, check, lead.lines[2:3])
    other = coding.begin_check(
        lead, sessions=[lead.note], coders=[one.identity.member, two.identity.member], title="  Again  "
    ).id
    together(*laptops)
    assert {held.title for held in coding.checks(one)} == {"Focus group, gatekeepers", "Again"}
    assert not any(line.themes for line in coding.to_code(one, other))
    coding.drop_check(lead, check=check)
    assert [held.title for held in coding.checks(lead)] == ["Again"]
    undoing.undo(lead)
    assert len(records(lead, CodingCheck)) == 2 and len(coding.checks(lead)) == 2
    assert len(records(one, Tag)) == 2


def test_what_cannot_be_is_refused_in_a_sentence(laptops):
    lead, one, two = laptops
    empty = visits.start_session(lead, title="Nothing said").id
    both = [one.identity.member, two.identity.member]
    for given, said in (
        ({"sessions": [], "coders": both}, "Choose a session"),
        ({"sessions": [empty], "coders": both}, "no lines yet"),
        ({"sessions": [lead.note], "coders": both[:1]}, "two coders or more"),
        ({"sessions": [lead.note], "coders": [both[0], bytes(16)]}, "no team member"),
    ):
        with pytest.raises(Fault, match=said):
            coding.begin_check(lead, **given)
    with pytest.raises(Fault, match="Only a lead"):
        coding.begin_check(one, sessions=[lead.note], coders=both)
    check = begun(laptops)
    with pytest.raises(Fault, match="is coded by laptop 1 and laptop 2"):
        coding.to_code(lead, check)
    line = notes.write_line(one, session=visits.start_session(one, title="Elsewhere").id, text="No").id
    with pytest.raises(Fault, match="does not code"):
        coding.code_line(one, check=check, line=line, theme=theme(one))
