"""The codebook: every change to its tree, by one and by two who do not see each other."""

import pytest

from fieldwork.domain.faults import Fault
from fieldwork.domain.records import Tag, Theme
from fieldwork.store.reading import dump, get, records
from fieldwork.store.same import sets
from fieldwork.work import codebook, evidence, notes, themes, undoing, visits
from laptops import START, give, together
from laptops import team as laptops_of


@pytest.fixture
def pair(tmp_path):
    some = laptops_of(tmp_path, 2)
    some[0].note = some[1].note = visits.start_session(some[0], title="Focus group", at=START).id
    for name in ("capability", "IT", "disclosure"):
        codebook.add_theme(some[0], name=name)
    give(some[0], some[1])
    yield some
    for one in some:
        one.close()


def theme(one, name):
    return themes.find_theme(one, name).id


def shape(one):
    """Names in order, each with a dot for every level above it."""
    return ["." * entry.depth + entry.theme.name for entry in codebook.codebook(one)]


def tagged(one, text, *names):
    line = notes.write_line(one, session=one.note, text=text).id
    for name in names:
        themes.tag(one, target=line, theme=theme(one, name), direction="concern", strength="observed")
    return line


def counts(one):
    return {each.theme.name: each.total for each in evidence.theme_board(one) if each.total}


def test_two_themes_of_one_name_stand_under_two_others_and_none_is_written_over(pair):
    one, _ = pair
    first = codebook.add_theme(
        one, name="training", parent=theme(one, "capability"), guidance="Of people."
    ).id
    second = codebook.add_theme(one, name="Training", parent=theme(one, "IT")).id
    assert first != second and get(one, Theme, first).guidance == "Of people."
    with pytest.raises(Fault, match='There is a theme "training" in that place'):
        codebook.add_theme(one, name=" TRAINING ", parent=theme(one, "capability"))
    deep = codebook.add_theme(one, name="courses", parent=first).id
    with pytest.raises(Fault, match="3 levels deep"):
        codebook.add_theme(one, name="notes of courses", parent=deep)
    assert shape(one) == ["capability", ".training", "..courses", "IT", ".Training", "disclosure"]
    for wrong in ("", " - ", "x" * 201):
        with pytest.raises(Fault, match="name"):
            codebook.add_theme(one, name=wrong)
    with pytest.raises(Fault, match="#rrggbb"):
        codebook.describe_theme(one, theme=first, colour="red")


def test_a_renamed_theme_is_found_by_its_new_name_and_its_code_and_keeps_its_tags(pair):
    one, other = pair
    line = tagged(one, "Schedules come late.", "disclosure")
    codebook.rename_theme(one, theme=theme(one, "disclosure"), name="Disclosure of unused")
    assert theme(one, "disclosure-of-unused") == theme(one, "disclosure")
    assert counts(one) == {"Disclosure of unused": 1}
    with pytest.raises(Fault, match="already"):
        codebook.rename_theme(one, theme=theme(one, "IT"), name="capability")
    again = codebook.add_theme(one, name="disclosure").id  # the name is free, the code is not
    assert again != theme(one, "disclosure of unused") and get(one, Theme, again).code == "disclosure_2"
    give(one, other)
    assert notes.write_line(other, session=other.note, text="More of it #disclosure-of-unused").id
    assert counts(other) == {"Disclosure of unused": 2} and line


def test_themes_move_with_what_is_below_them_and_never_below_themselves(pair):
    one, _ = pair
    capability, it, disclosure = (theme(one, name) for name in ("capability", "IT", "disclosure"))
    codebook.place_theme(one, theme=disclosure)
    assert shape(one) == ["disclosure", "capability", "IT"]
    codebook.place_theme(one, theme=disclosure, after=capability)
    assert shape(one) == ["capability", "disclosure", "IT"]
    codebook.place_theme(one, theme=it, parent=disclosure)
    below = codebook.add_theme(one, name="schedules", parent=disclosure).id
    codebook.place_theme(one, theme=below, parent=disclosure)
    assert shape(one) == ["capability", "disclosure", ".schedules", ".IT"]
    codebook.add_theme(one, name="late ones", parent=below)
    with pytest.raises(Fault, match="below itself"):
        codebook.place_theme(one, theme=disclosure, parent=below)
    with pytest.raises(Fault, match="would stand lower"):
        codebook.place_theme(one, theme=disclosure, parent=capability)
    with pytest.raises(Fault, match="of the same place"):
        codebook.place_theme(one, theme=it, after=below)
    for _ in range(60):  # between two places there is always room
        codebook.place_theme(one, theme=it, parent=disclosure, after=below)
        codebook.place_theme(one, theme=below, parent=disclosure, after=it)
    assert shape(one) == ["capability", "disclosure", ".IT", ".schedules", "..late ones"]


def test_two_who_move_themes_below_each_other_unseen_lose_none(pair):
    one, other = pair
    capability, it = theme(one, "capability"), theme(one, "IT")
    codebook.place_theme(one, theme=capability, parent=it)
    codebook.place_theme(other, theme=it, parent=capability)
    deep = codebook.add_theme(other, name="portals", parent=it).id
    together(one, other)
    assert sorted(name.strip(".") for name in shape(one)) == ["IT", "capability", "disclosure", "portals"]
    assert shape(one) == shape(other) and dump(one) == dump(other)
    assert max(entry.depth for entry in codebook.codebook(one)) <= codebook.MAX_DEPTH and deep


def test_a_merged_theme_is_read_as_the_other_everywhere_and_parted_again(pair):
    one, other = pair
    old, into = theme(one, "capability"), theme(one, "disclosure")
    both = tagged(one, "Two at once.", "capability", "disclosure")
    tagged(one, "One.", "capability")
    give(one, other)
    codebook.merge_themes(one, theme=old, into=into, reason="One and the same.")
    tagged(other, "Unseen.", "capability")
    together(one, other)
    for laptop in pair:
        assert counts(laptop) == {"disclosure": 3}
        assert shape(laptop) == ["IT", "disclosure"]
        assert themes.tags_of(laptop, both, into) and theme(laptop, "disclosure") == into
    with pytest.raises(Fault, match="already"):
        codebook.merge_themes(one, theme=old, into=into)
    codebook.part_themes(one, theme=old)
    assert counts(one) == {"capability": 3, "disclosure": 1}
    undoing.undo(one)
    assert counts(one) == {"disclosure": 3}
    with pytest.raises(Fault, match="not merged"):
        codebook.part_themes(one, theme=theme(one, "IT"))


def test_two_who_merge_two_themes_into_each_other_have_one(pair):
    one, other = pair
    a, b = theme(one, "capability"), theme(one, "disclosure")
    codebook.merge_themes(one, theme=a, into=b)
    codebook.merge_themes(other, theme=b, into=a)
    tagged(one, "Here.", "disclosure")
    together(one, other)
    assert [sets(laptop).of(a) == sets(laptop).of(b) for laptop in pair] == [True, True]
    assert [list(counts(laptop).values()) for laptop in pair] == [[1], [1]]


def test_what_is_split_off_carries_the_new_theme_with_direction_and_strength_in_one_act(pair):
    one, _ = pair
    for text in ("First.", "Second.", "Third."):
        tagged(one, text, "IT")
    before = dump(one)
    some = sorted(tag.id for tag in records(one, Tag, theme=theme(one, "IT")))[:2]
    new = codebook.split_theme(one, theme=theme(one, "IT"), name="case system", tags=some).id
    assert counts(one) == {"IT": 1, "case system": 2}
    assert {(tag.direction, tag.strength) for tag in records(one, Tag, theme=new)} == {
        ("concern", "observed")
    }
    assert shape(one) == ["capability", "IT", "case system", "disclosure"]
    undoing.undo(one)
    assert counts(one) == {"IT": 3} and {r["id"] for r in dump(one)["records"]} >= {
        r["id"] for r in before["records"]
    }
    with pytest.raises(Fault, match="carries"):
        codebook.split_theme(one, theme=theme(one, "disclosure"), name="x", tags=some)


def test_a_withdrawn_theme_and_one_that_only_groups_are_not_offered(pair):
    one, _ = pair
    line = tagged(one, "Kept.", "IT")
    with pytest.raises(Fault, match="is on evidence"):
        codebook.describe_theme(one, theme=theme(one, "IT"), heading=True)
    codebook.describe_theme(one, theme=theme(one, "capability"), heading=True, guidance="People and time.")
    codebook.withdraw_theme(one, theme=theme(one, "IT"))
    assert [t.name for t in themes.complete(one, "")] == ["disclosure"]
    with pytest.raises(Fault, match="only groups others"):
        themes.tag(one, target=line, theme=theme(one, "capability"))
    assert counts(one) == {"IT": 1}
    with pytest.raises(Fault, match="withdrawn; offer it again"):
        codebook.add_theme(one, name="it")
    codebook.withdraw_theme(one, theme=theme(one, "IT"), withdrawn=False)
    assert "IT" in [t.name for t in themes.complete(one, "")]
