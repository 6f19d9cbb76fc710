"""The theme board counted again by hand: after acts, with words tagged twice, with themes read as one."""

import pytest

from fieldwork.domain.records import Answer, NoteLine, Session, Tag, Theme
from fieldwork.store.reading import get, records
from fieldwork.work import codebook, excerpts, themes, undoing
from fieldwork.work.excerpts import tags_within
from fieldwork.work.theme_table import ALL, theme_table
from worlds import small_inspection


@pytest.fixture
def workspace(tmp_path):
    made = small_inspection(tmp_path)
    yield made
    made.close()


def by_hand(workspace) -> dict[tuple[str, str, str], tuple[int, int, int]]:
    """Lines by theme, method and body: how many there are, and of these a strength and of concern."""
    names = {one.id: one.name for one in records(workspace, Theme)}
    lines = {one.id: get(workspace, Session, one.session) for one in records(workspace, NoteLine)}
    found: dict[tuple[str, str, str], dict[bytes, set[str]]] = {}
    for line, tag in tags_within(workspace, list(lines)):
        session = lines[line]
        for method in (ALL, session.method):
            for body in (ALL, session.body):
                some = found.setdefault((names[tag.theme], method, body), {})
                some.setdefault(line, set()).add(tag.direction)
    return {
        key: (len(some), *(sum(way in ways for ways in some.values()) for way in ("strength", "concern")))
        for key, some in found.items()
    }


def counted(workspace) -> dict[tuple[str, str, str], tuple[int, int, int]]:
    names = {one.id: one.name for one in records(workspace, Theme)}
    table = theme_table(workspace)
    return {
        (names[theme], method, body): (ways.total, ways.strength, ways.concern)
        for (theme, method, body), ways in table.counts.items()
        if ways.total
    }


def test_it_follows_every_act(workspace):
    assert not [
        tag for tag in records(workspace, Tag) if tag.target in {one.id for one in records(workspace, Answer)}
    ]
    assert counted(workspace) == by_hand(workspace) != {}
    one, other = (themes.find_theme(workspace, name) for name in ("capability", "it"))
    lines = records(workspace, NoteLine, order="typed")
    for act in (
        lambda: themes.tag(workspace, target=lines[0].id, theme=one.id, direction="strength"),
        lambda: excerpts.tag_words(
            workspace, target=lines[0].id, start=0, end=6, theme=one.id, direction="concern"
        ),
        lambda: themes.tag(workspace, target=lines[0].id, theme=other.id, direction="concern"),
        lambda: themes.tag(workspace, target=lines[1].id, theme=other.id, direction="strength"),
        lambda: codebook.merge_themes(workspace, theme=other.id, into=one.id),
        lambda: undoing.undo(workspace),
        lambda: themes.untag(workspace, target=lines[1].id, theme=other.id),
    ):
        before = counted(workspace)
        act()
        assert counted(workspace) == by_hand(workspace) != before
