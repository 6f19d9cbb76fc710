"""What undo and redo say they will do, before they do it and after a restart."""

from fieldwork.domain.acts import act_called, act_words
from fieldwork.store.workspace import Workspace
from fieldwork.work import codebook, excerpts, findings, notes, themes, undoing, visits
from laptops import START
from laptops import team as laptops_of


def test_an_act_is_named_by_what_it_was_about_before_and_after_a_restart(tmp_path):
    (one,) = laptops_of(tmp_path, 1)
    expected = []

    def did(words):
        expected.append(words)
        assert undoing.named(one) == (words, "")

    session = visits.start_session(one, title="Focus group", at=START).id
    did("starting a session: Focus group")
    theme = codebook.add_theme(one, name="Relationships").id
    did("theme Relationships")
    line = notes.write_line(
        one, session=session, text="Triage sends it back, and nobody knows what was missing"
    ).id
    did("line Triage sends it back, and nobody knows…")
    themes.tag(one, target=line, theme=theme)
    did("tag Relationships")
    excerpts.tag_words(one, target=line, part="text", start=0, end=6, theme=theme)
    did("tag Relationships")
    themes.untag(one, target=line, theme=theme)
    did("taking off Relationships")
    finding = findings.add_finding(one, text="Early advice works.", kind="strength").id
    did("finding Early advice works.")
    findings.pin(one, finding=finding, evidence=line)
    did("pin Early advice works.")
    path, key = one.path, one.file_key
    one.close()
    one = Workspace.open_with_key(path, key)
    assert undoing.named(one) == (expected[-1], "")
    while expected:
        word = expected.pop()
        assert undoing.named(one)[0] == word
        assert undoing.undo(one).called == word
        assert undoing.named(one) == (expected[-1] if expected else "", word)
    assert undoing.redo(one).called == "starting a session: Focus group"
    one.close()


def test_every_act_has_a_name():
    assert (
        act_called("tag", "") == "tag" and act_called("move a line", "x") == f"{act_words('move a line')}: x"
    )
