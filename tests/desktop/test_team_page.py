"""The Team place: packages out and in, and settling what clashes, all by keys."""

import shutil
from dataclasses import replace
from datetime import date

import pytest
from accessibility import nameless, too_small, unreached
from page_kit import Bench
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from fieldwork.desktop.appearance.tokens import appearance
from fieldwork.desktop.pages.team import TeamPage
from fieldwork.desktop.pages.team_laptops import laptop_row
from fieldwork.domain.faults import Fault
from fieldwork.domain.records import Answer, Examination, Finding, NoteLine, Session, Visit
from fieldwork.store import keeping
from fieldwork.store.drafts import Drafts
from fieldwork.store.reading import dump, find, get, is_hidden, records
from fieldwork.store.recording import Change, record
from fieldwork.work import apart, examining, findings, handing, leading, notes, settling, team
from worlds import PASSPHRASE, small_inspection


class Laptops:
    """Three laptops of one small inspection: ours (seen in the window), second and third."""

    def __init__(self, folder):
        self.folder = folder
        self.stick = folder / "stick"
        self.stick.mkdir()
        self.ours = small_inspection(folder)
        self.others = []
        for name, label in (("second", "HMICFRS laptop 2"), ("third", "HMCPSI laptop 5")):
            pack = folder / f"{name}.fieldpack"
            code = team.pack(self.ours, pack)
            self.others.append(
                team.join(
                    pack,
                    folder / f"{name}.fieldwork",
                    PASSPHRASE,
                    code=code,
                    device=label,
                    inspectorate=label.split()[0],
                )
            )
        self.second, self.third = self.others

    def line(self, number: int = 0):
        return sorted(records(self.ours, NoteLine), key=lambda line: line.typed)[number]

    def reword(self, laptop, text: str, number: int = 0) -> None:
        line = self.line(number)
        notes.write_line(laptop, session=line.session, line=line.id, text=text)

    def give(self, *laptops) -> None:
        for laptop in laptops:
            team.share(laptop, self.stick)


@pytest.fixture(scope="module")
def template(tmp_path_factory):
    """Making laptops costs passphrases: once."""
    import os

    os.environ["FIELDWORK_KDF_MEMORY"] = "65536"
    folder = tmp_path_factory.mktemp("template")
    made = Laptops(folder)
    keys = [laptop.file_key for laptop in (made.ours, *made.others)]
    paths = [laptop.path.name for laptop in (made.ours, *made.others)]
    for laptop in (made.ours, *made.others):
        laptop.close()
    return folder, keys, paths


@pytest.fixture
def three(template, tmp_path):
    from fieldwork.store.workspace import Workspace

    folder, keys, names = template
    made = Laptops.__new__(Laptops)
    made.folder, made.stick = tmp_path, tmp_path / "stick"
    made.stick.mkdir()
    opened = []
    for key, name in zip(keys, names, strict=True):
        shutil.copy(folder / name, tmp_path / name)
        shutil.copy(folder / f"{name}-key", tmp_path / f"{name}-key")  # a backup holds it
        opened.append(Workspace.open_with_key(tmp_path / name, key))
    made.ours, made.second, made.third = opened
    made.others = opened[1:]
    yield made
    for laptop in made.others:
        laptop.close()


@pytest.fixture(autouse=True)
def merging_here(request, monkeypatch):
    """What a second process does is done in this one: starting it costs a second. The last tests below start it."""
    if "second_process" not in request.fixturenames:
        for name in ("preview", "take", "take_back"):
            monkeypatch.setattr(apart, name, apart._WORK[name])


@pytest.fixture
def second_process():
    """Asked for by a test that merges as the window does."""


@pytest.fixture
def bench(qtbot, three):
    made = Bench(qtbot, three.ours, "Team", TeamPage)
    yield made
    made.close()


def taken(bench, three):
    """The stick, looked at in the window."""
    bench.press(Qt.Key.Key_I)
    bench.page.taking.path.setText(str(three.stick))
    bench.press(Qt.Key.Key_Return, bench.page.taking.path)


def merged(bench, three):
    """All that is on the stick taken in, by keys."""
    taken(bench, three)
    bench.press(Qt.Key.Key_Return)


def test_the_overview_says_who_is_here_and_what_is_not_shared(bench, three):
    page = bench.page.overview
    assert [row.title for row in page.laptops.rows] == ["HMCPSI laptop 4"]
    assert page.laptops.rows[0].trail == "this laptop, lead"
    line = three.line()
    bench.desk.act(
        notes.write_line, session=line.session, line=line.id, text="Said since the packs went out."
    )
    bench.settle()
    assert "on this laptop only" in page.unshared.text()
    assert not page.waiting_card.isVisible()


def test_a_package_is_made_by_keys_and_said_in_words(bench, three):
    bench.press(Qt.Key.Key_P)
    panel = bench.page.overview.make_panel
    assert panel.path.hasFocus()
    bench.type(panel.path, str(three.stick))
    bench.press(Qt.Key.Key_Return)
    (package,) = three.stick.iterdir()
    assert panel.said.text().endswith(f"written to {package}.") and "changes in" in panel.said.text()
    assert bench.page.overview.receipts.rows[0].title.startswith("Out: ")
    assert bench.page.overview.unshared.text() == "Everything written here has gone out"
    bench.press(Qt.Key.Key_Escape)
    assert not panel.isVisible()


def test_who_has_what_is_said_in_words_and_figures(bench, three):
    three.reword(three.second, "Triage sends a third of all files back.")
    three.give(three.second)
    merged(bench, three)
    bench.press(Qt.Key.Key_Escape)
    lines = {line.words: line for line in bench.page.overview.havings.lines}
    line = lines["HMICFRS laptop 2"]
    assert line.figures[0] == 0 and line.sub.startswith("Has not ") and "By its package of today" in line.sub


def test_a_folder_that_is_not_there_is_said_in_place(bench, three):
    bench.window.go("Team", "share")
    panel = bench.page.overview.make_panel
    bench.type(panel.path, str(three.folder / "nowhere" / "x"))
    bench.press(Qt.Key.Key_Return)
    assert panel.said.text().startswith("There is no folder") and bench.said == []


def test_the_last_folder_is_remembered(bench, three, qtbot):
    bench.window.go("Team", "share")
    bench.type(bench.page.overview.make_panel.path, str(three.stick))
    bench.press(Qt.Key.Key_Return)
    again = TeamPage(bench.desk)
    qtbot.addWidget(again)
    bench.settle()
    assert again.overview.make_panel.path.text() == str(three.stick)


def test_the_preview_says_what_then_happens(bench, three):
    three.reword(three.ours, "Triage sends about half of files back.")
    three.reword(three.second, "Triage sends a third of all files back.")
    three.reword(three.third, "Triage sends a quarter of files back.", 1)
    three.give(three.second, three.third)
    (three.stick / "photograph.fieldpackage").write_bytes(b"not a package at all")
    taken(bench, three)
    page = bench.page.taking
    said = {name: badge.accessibleName() for name, badge in page.brought.badges.items()}
    assert said["refused"] == "1 package refused" and said["conflicting"].startswith("1 ")
    refused = next(line for line in page.brought.packages.lines if line.icon == "shield-alert")
    assert refused.sub == "It is not a Fieldwork package."
    assert page.go.text() == "Merge two packages" and page.go.hasFocus()
    before = [(o.sender, o.new, o.changed, o.conflicting, o.duplicate) for o in page.preview.merged.outcomes]
    clashes = [clash.key for clash in page.preview.clashes]
    assert records(three.ours, NoteLine, id=three.line().id)[0].text.startswith("Triage sends about half")
    bench.press(Qt.Key.Key_Return)
    done = [(o.sender, o.new, o.changed, o.conflicting, o.duplicate) for o in page.preview.merged.outcomes]
    assert done == [one for one in before if one[0]]
    assert [clash.key for clash in page.preview.clashes] == clashes
    assert bench.page.stack.currentWidget() is bench.page.conflicts
    assert "two packages" in page.report() or "2 packages were taken in" in page.report()
    assert {name: b.accessibleName() for name, b in page.brought.badges.items()} == said
    bench.press(Qt.Key.Key_Escape)
    assert len(bench.page.overview.receipts.rows) == 2
    taken(bench, three)
    assert "two came in before" in page.head.sub.text()


def test_a_merge_says_who_leads_and_who_is_removed(bench, three):
    three.give(*three.others)
    team.merge(three.ours, sorted(three.stick.iterdir()))
    leading.appoint(three.ours, device="HMICFRS laptop 2")
    packages = [team.share(three.ours, three.stick).path]
    team.merge(three.second, packages)
    leading.remove(three.second, device="HMCPSI laptop 5")
    shutil.rmtree(three.stick)
    three.stick.mkdir()
    three.give(three.second)
    taken(bench, three)
    page = bench.page.taking
    said = (
        "HMCPSI laptop 5 was removed by HMICFRS laptop 2.\N{LINE SEPARATOR}Nothing will wait for a decision."
    )
    assert page.brought.after.text().startswith(said)
    bench.press(Qt.Key.Key_Return)
    assert page.finished and page.brought.after.text().startswith(said)


def test_a_backup_goes_before_and_without_one_a_person_decides(bench, three):
    three.reword(three.second, "Triage sends a third of all files back.")
    three.give(three.second)
    folder = keeping.folder_of(three.ours.path)
    folder.write_bytes(b"in the way")
    taken(bench, three)
    page = bench.page.taking
    bench.press(Qt.Key.Key_Return)
    assert page.said.text().startswith("There is no backup") and not page.finished
    assert page.go.text() == "Merge without a backup" and page.go.hasFocus()
    assert "a third of all" not in records(three.ours, NoteLine, id=three.line().id)[0].text
    folder.unlink()
    bench.press(Qt.Key.Key_Escape)
    taken(bench, three)
    assert page.go.text() == "Merge one package"
    bench.press(Qt.Key.Key_Return)
    assert page.finished and len(keeping.kept(three.ours.path)) == 1
    assert "a third of all" in records(three.ours, NoteLine, id=three.line().id)[0].text


def test_a_person_may_merge_without_a_backup(bench, three):
    three.reword(three.second, "Triage sends a third of all files back.")
    three.give(three.second)
    keeping.folder_of(three.ours.path).write_bytes(b"in the way")
    taken(bench, three)
    bench.press(Qt.Key.Key_Return)
    bench.press(Qt.Key.Key_Return)
    assert bench.page.taking.finished
    assert "a third of all" in records(three.ours, NoteLine, id=three.line().id)[0].text


def test_a_conflict_is_settled_by_keys_alone(bench, three):
    three.reword(three.ours, "Triage sends about half of files back.")
    three.reword(three.second, "Triage sends a third of all files back.")
    three.give(three.second)
    merged(bench, three)
    page = bench.page.conflicts
    assert page.isVisible() and page.head.title.text().startswith("Note line 10:00")
    assert page.list.hasFocus() and page.said.text().startswith("1 package was taken in")
    assert "Inspector, file quality team" in page.head.sub.text()
    sides = page.at.sides
    assert sides[0].ours and sides[1].laptops == ("HMICFRS laptop 2",)
    bench.press(Qt.Key.Key_2)
    assert page.deciders.reason.hasFocus()
    bench.type(page.deciders.reason, "They counted")
    bench.press(Qt.Key.Key_Return)
    assert team.conflicts(three.ours) == []
    assert get(three.ours, NoteLine, three.line().id).text == "Triage sends a third of all files back."
    assert team.history(three.ours, three.line().id)[-1].reason == "They counted"
    assert page.nothing.isVisible() and page.decided[0][0] == "Kept theirs"


def test_both_are_kept_one_after_the_other(bench, three):
    three.reword(three.ours, "One half.")
    three.reword(three.second, "One third.")
    three.give(three.second)
    merged(bench, three)
    bench.press(Qt.Key.Key_3)
    bench.press(Qt.Key.Key_Return)
    assert get(three.ours, NoteLine, three.line().id).text == "One half.\nOne third."


def test_a_new_text_is_written_from_the_shown_one(bench, three):
    three.reword(three.ours, "One half.")
    three.reword(three.second, "One third.")
    three.give(three.second)
    merged(bench, three)
    page = bench.page.conflicts
    bench.press(Qt.Key.Key_4)
    assert page.deciders.text.hasFocus() and page.deciders.text.text() == page.at.shown.words
    page.deciders.text.set_text("Between a third and a half.")
    bench.press(Qt.Key.Key_Return, page.deciders.text)
    assert get(three.ours, NoteLine, three.line().id).text == "Between a third and a half."
    assert team.conflicts(three.ours) == []


def test_a_deleted_and_changed_line_is_kept_or_deleted(bench, three):
    line = three.line()
    three.reword(three.second, "Triage sends a third back, twice.")
    notes.delete_line(three.ours, line=line.id)
    three.give(three.second)
    merged(bench, three)
    page = bench.page.conflicts
    assert page.head.title.text().startswith("Deleted, and changed")
    assert {card._keep.text() for card in page.deciders.cards} == {"Delete it", "Keep it"}
    delete = next(at for at, side in enumerate(page.at.sides) if side.value == "deleted")
    bench.press((Qt.Key.Key_1, Qt.Key.Key_2)[delete])
    bench.press(Qt.Key.Key_Return)
    assert team.conflicts(three.ours) == [] and is_hidden(three.ours, line.id)


def test_answers_stand_in_words(bench, three):
    held = records(three.ours, Answer)[0]
    examination = get(three.ours, Examination, held.examination)
    question = examining.question_set(three.ours, examination.question_set).question(held.question)
    for laptop, choice in ((three.ours, question.choices[0]), (three.second, question.choices[2])):
        record(laptop, "answer", [Change(Answer.kind, held.id, {"value": choice.code})])
    three.give(three.second)
    merged(bench, three)
    clash = bench.page.conflicts.at
    assert clash.kind == Answer.kind and clash.where.startswith("File A-")
    labels = {str(question.choices[0].label), str(question.choices[2].label)}
    assert {side.words for side in clash.sides} == labels


def test_three_versions_take_digits(bench, three):
    for laptop, text in ((three.ours, "One."), (three.second, "Two."), (three.third, "Three.")):
        three.reword(laptop, text)
    three.give(three.second, three.third)
    merged(bench, three)
    page = bench.page.conflicts
    assert len(page.deciders.cards) == 3
    third = page.at.sides[2].words
    bench.press(Qt.Key.Key_3)
    bench.press(Qt.Key.Key_Return)
    assert get(three.ours, NoteLine, three.line().id).text == third


def test_what_is_typed_survives_a_merge_that_lands_meanwhile(bench, three):
    three.reword(three.ours, "One.")
    three.reword(three.second, "Two.")
    three.give(three.second)
    merged(bench, three)
    page = bench.page.conflicts
    bench.press(Qt.Key.Key_1)
    bench.type(page.deciders.reason, "Heard it myself")
    three.reword(three.third, "Three.")
    elsewhere = three.folder / "elsewhere"
    elsewhere.mkdir()
    team.share(three.third, elsewhere)
    bench.desk.act(handing.take, list(elsewhere.iterdir()))
    bench.settle()
    assert len(page.at.sides) == 3 and page.deciders.reason.text() == "Heard it myself"
    assert "another value" in page.said.text() and page.deciders.reason.hasFocus()
    bench.press(Qt.Key.Key_Return)
    assert team.history(three.ours, three.line().id)[-1].reason == "Heard it myself"


def test_what_is_typed_stays_when_a_colleague_settles_first(bench, three):
    three.reword(three.ours, "One.")
    three.reword(three.second, "Two.")
    three.give(three.second)
    merged(bench, three)
    team.share(three.ours, three.folder / "out.fieldpackage")
    team.merge(three.second, [three.folder / "out.fieldpackage"])
    (conflict,) = team.conflicts(three.second)
    team.resolve(three.second, conflict=conflict.id, keep="ours")
    team.share(three.second, three.folder / "back.fieldpackage")
    page = bench.page.conflicts
    bench.press(Qt.Key.Key_1)
    bench.type(page.deciders.reason, "Long thought about")
    bench.desk.act(handing.take, [three.folder / "back.fieldpackage"])
    bench.settle()
    assert page.gone and page.deciders.reason.text() == "Long thought about"
    assert "settled this while you were deciding" in page.said.text()


def test_what_is_typed_is_on_disk_soon_and_there_after_a_restart(bench, three, qtbot):
    three.reword(three.ours, "One.")
    three.reword(three.second, "Two.")
    three.give(three.second)
    bench.desk.drafts = drafts = Drafts(three.ours)
    merged(bench, three)
    page = bench.page.conflicts
    bench.press(Qt.Key.Key_4)
    page.deciders.text.insertPlainText(" And more.")
    bench.type(page.deciders.reason, "Both heard it")
    qtbot.waitUntil(lambda: len(drafts.all()) == 1, timeout=3000)
    bench.page.leave()
    bench.settle()
    again = TeamPage(bench.desk)
    qtbot.addWidget(again)
    bench.settle()
    again.refresh()
    bench.settle()
    again.decide()
    bench.settle()
    assert again.conflicts.deciders.reason.text() == "Both heard it"
    assert again.conflicts.deciders.text.text().endswith(" And more.")
    again.conflicts.settle()
    bench.settle()
    assert drafts.all() == [] and team.conflicts(three.ours) == []
    drafts.close()


def test_a_visit_renamed_twice_says_which_visit(bench, three):
    visit = records(three.ours, Visit)[0]
    for laptop, title in ((three.ours, "Leicestershire"), (three.second, "Leicestershire and Rutland")):
        record(laptop, "visit", [Change(Visit.kind, visit.id, {"title": title})])
    three.give(three.second)
    merged(bench, three)
    clash = bench.page.conflicts.at
    assert clash.title == "Title" and clash.where.startswith("Visit: Leicestershire") and clash.typed
    finding = next(one for one in records(three.ours, Finding) if one.visit == visit.id)
    step = next(s for s in settling.told(three.ours, finding.id).steps if s.field == "visit")
    assert step.after.startswith("Leicestershire")


def test_a_moved_line_stands_by_what_it_follows(bench, three):
    first, second, third = (three.line(number) for number in (0, 1, 2))
    notes.move_line(three.ours, line=third.id, after=None)
    notes.move_line(three.second, line=third.id, after=first.id)
    three.give(three.second)
    merged(bench, three)
    clash = bench.page.conflicts.at
    assert {side.words for side in clash.sides} == {"at the beginning", f"after: {first.text}"}
    assert not clash.typed and bench.page.conflicts.deciders.write is None and second


def test_later_puts_it_last_and_goes_on(bench, three):
    for number in (0, 1):
        three.reword(three.ours, f"Ours {number}.", number)
        three.reword(three.second, f"Theirs {number}.", number)
    three.give(three.second)
    merged(bench, three)
    page = bench.page.conflicts
    first = page.at.key
    bench.press(Qt.Key.Key_L)
    assert page.at.key != first
    assert [row.trail for row in page.list.rows if not row.head] == ["", "later"]
    bench.press(Qt.Key.Key_1)
    bench.press(Qt.Key.Key_Return)
    assert page.at.key == first


def test_history_shows_steps_and_puts_an_earlier_value_back(bench, three):
    said = three.line().text
    three.reword(three.ours, "One.")
    three.reword(three.second, "Two.")
    three.give(three.second)
    merged(bench, three)
    page = bench.page.conflicts
    bench.press(Qt.Key.Key_H)
    assert page.history.isVisible() and len(page.history.steps.rows) > 2
    at = next(i for i, step in enumerate(page.history.told.steps) if step.after == said)
    page.history.steps.go(at)
    bench.type(page.history.reason, "The first was right")
    bench.press(Qt.Key.Key_Return)
    assert get(three.ours, NoteLine, three.line().id).text == said
    assert team.conflicts(three.ours) == []
    last = settling.told(three.ours, three.line().id).steps[0]
    assert last.act == "restore value" and last.reason == "The first was right" and last.standing
    bench.press(Qt.Key.Key_Escape)
    assert not page.history.isVisible()


def test_a_laptop_that_joined_is_admitted_by_key(bench, three):
    three.give(three.second)
    merged(bench, three)
    bench.press(Qt.Key.Key_Escape)
    page = bench.page.overview
    row = next(row for row in page.laptops.rows if row.title == "HMICFRS laptop 2")
    assert row.trail == "not admitted" and "last heard from" in row.sub
    bench.press(Qt.Key.Key_A)
    row = next(row for row in page.laptops.rows if row.title == "HMICFRS laptop 2")
    assert row.trail == "admitted" and "is admitted" in page.said.text()


def test_what_is_wrong_with_a_laptop_is_said(three):
    (here,) = [laptop for laptop in team.laptops(three.ours) if laptop.here]
    row = laptop_row(replace(here, here=False, forked=True, invitation_shared=True), date(2026, 11, 24))
    assert "split in two" in row.sub and "used by two laptops" in row.sub and row.icon == "shield-alert"
    assert "no package from it yet" in row.sub


def test_in_a_small_window_the_reason_comes_into_sight(bench, three):
    appearance.apply("light", 2.0)
    three.reword(three.ours, "One.")
    three.reword(three.second, "Two.")
    three.give(three.second)
    merged(bench, three)
    page = bench.page.conflicts
    bench.press(Qt.Key.Key_1)
    assert page.deciders.reason.hasFocus()
    assert not page.deciders.reason.visibleRegion().isEmpty()


def whole(card):
    """Whether nothing of a version lies beyond the edge, or under the keys at the foot."""
    return card.visibleRegion().boundingRect() == card.rect()


def test_both_sides_are_read_at_once_at_200_percent_on_a_small_laptop(bench, three):
    appearance.apply("light", 2.0)
    reason = "of the files back to the police, mostly because the medical evidence"
    three.reword(three.ours, f"Triage sends half {reason} is old.")
    three.reword(three.second, f"Triage sends a third {reason} is missing.")
    three.give(three.second)
    merged(bench, three)
    page = bench.page.conflicts
    ours, theirs = page.deciders.cards
    assert theirs.y() > ours.y() and whole(ours) and whole(theirs)
    assert page.head.sub.text().startswith("Conflict 1 of 1. ")
    bench.press(Qt.Key.Key_2)
    bench.press(Qt.Key.Key_Return)
    assert three.line().text.endswith("is missing.")


def test_keys_go_down_to_the_other_side_of_a_long_text_at_200_percent(bench, three):
    appearance.apply("light", 2.0)
    long = "Triage sends files back to the police for want of a statement or of the medical evidence. " * 3
    three.reword(three.ours, f"{long}Half of them.")
    three.reword(three.second, f"{long}A third of them.")
    three.give(three.second)
    merged(bench, three)
    ours, theirs = bench.page.conflicts.deciders.cards
    assert whole(ours) and not whole(theirs)
    bench.press(Qt.Key.Key_PageDown)
    assert whole(theirs) and not whole(ours)
    bench.press(Qt.Key.Key_PageUp)
    assert whole(ours)
    appearance.apply("light", 1.0)
    bench.settle()
    assert "conflict.further" not in bench.page.commands() and whole(ours) and whole(theirs)


def test_escape_leaves_the_field_then_the_conflicts_then_nothing(bench, three):
    three.reword(three.ours, "One.")
    three.reword(three.second, "Two.")
    three.give(three.second)
    merged(bench, three)
    page = bench.page.conflicts
    bench.press(Qt.Key.Key_Return)
    assert page.said.text().startswith("Choose first") and len(team.conflicts(three.ours)) == 1
    bench.press(Qt.Key.Key_1)
    bench.press(Qt.Key.Key_Escape)
    assert page.list.hasFocus()
    bench.press(Qt.Key.Key_2)
    assert page._deciding().choice == page.at.sides[1].change
    bench.press(Qt.Key.Key_Escape)
    bench.press(Qt.Key.Key_Escape)
    assert bench.page.stack.currentWidget() is bench.page.overview
    assert bench.page.overview.waiting.text() == "One field waits for a decision"
    bench.press(Qt.Key.Key_V)
    assert page.isVisible() and page._deciding().choice == page.at.sides[1].change


def test_a_package_of_another_inspection_is_refused_and_nothing_is_merged(bench, three):
    other = three.folder / "other"
    other.mkdir()
    stranger = small_inspection(other)
    team.share(stranger, three.stick)
    stranger.close()
    taken(bench, three)
    page = bench.page.taking
    (line,) = page.brought.packages.lines
    assert "of another inspection" in line.sub
    assert not page.go.isVisible()
    bench.press(Qt.Key.Key_Return)
    assert not page.finished and [r.direction for r in team.receipts(three.ours)] == ["not yet"]


def test_a_pack_is_handed_out_with_its_code(bench, three):
    bench.press(Qt.Key.Key_O)
    panel = bench.page.overview.pack_panel
    bench.type(panel.path, str(three.stick))
    bench.press(Qt.Key.Key_Return)
    (pack,) = three.stick.iterdir()
    code = panel.code.text()
    assert pack.suffix == ".fieldpack" and len(code.replace(" ", "")) == 20 and panel.code.isVisible()
    bench.press(Qt.Key.Key_Return)
    assert list(three.stick.iterdir()) == [pack] and panel.code.text() == code
    joined = team.join(
        pack,
        three.folder / "fourth.fieldwork",
        PASSPHRASE,
        code=code,
        device="HMICFRS laptop 9",
        inspectorate="HMICFRS",
    )
    joined.close()
    bench.press(Qt.Key.Key_Escape)
    assert panel.code.text() == "" and not panel.isVisible()


def test_a_finding_reworded_twice_is_settled(bench, three):
    finding = records(three.ours, Finding)[0]
    findings.change_finding(three.ours, finding=finding.id, text="A named lawyer settles most things")
    findings.change_finding(three.second, finding=finding.id, text="A known lawyer settles things in minutes")
    three.give(three.second)
    merged(bench, three)
    assert bench.page.conflicts.head.title.text() == "Wording of a finding"
    bench.press(Qt.Key.Key_1)
    bench.press(Qt.Key.Key_Return)
    assert find(three.ours, Finding, finding.id).text == "A named lawyer settles most things"


@pytest.mark.parametrize(("size", "factor"), [((1280, 800), 1.0), ((640, 900), 1.0), ((1280, 800), 2.0)])
@pytest.mark.parametrize("view", ["overview", "share", "pack", "take", "conflicts", "history"])
def test_every_control_has_a_name_a_size_and_is_reached(bench, three, size, factor, view):
    appearance.apply("light", factor)
    bench.window.resize(*size)
    bench.settle()
    if view in ("take", "conflicts", "history"):
        three.reword(three.ours, "One.")
        three.reword(three.second, "Two.")
        three.give(three.second)
        taken(bench, three)
        if view != "take":
            bench.press(Qt.Key.Key_Return)
        if view == "history":
            bench.press(Qt.Key.Key_H)
    elif view != "overview":
        bench.window.go("Team", view)
    bench.settle()
    assert bench.window.width() == size[0]
    assert nameless(bench.window) == []
    assert too_small(bench.window) == []
    assert unreached(bench.page) == []
    assert records(three.ours, Session)


# -- many at once


def many(three, count=6):
    """Lines changed on both laptops, and on some of them also who spoke."""
    lines = sorted(records(three.ours, NoteLine), key=lambda line: line.typed)[:count]
    for laptop, said in ((three.ours, "ours"), (three.second, "theirs")):
        for number, line in enumerate(lines):
            fields = {"text": f"{line.text} {said}"} | ({"speaker": said} if number < 2 else {})
            record(laptop, "edit", [Change(NoteLine.kind, line.id, fields)])
    three.give(three.second)
    return lines


def test_one_key_keeps_a_side_and_goes_on(bench, three):
    lines = many(three)
    merged(bench, three)
    page = bench.page.conflicts
    assert page.figures.text() == "0 of 8"
    for key in (Qt.Key.Key_O, Qt.Key.Key_T, Qt.Key.Key_S):
        bench.press(key)
    assert page.figures.text() == "3 of 8" and len(team.conflicts(three.ours)) == 5
    kept = [how for how, _ in page.decided[:2]]
    assert kept == ["Kept ours", "Kept theirs"] and page.list.hasFocus()
    assert len(lines) == 6


def test_only_one_kind_or_colleague_and_all_like_it_in_one_act(bench, three):
    lines = many(three)
    merged(bench, three)
    page = bench.page.conflicts
    while not page.filtered.text().startswith("Only note line, speaker"):
        bench.press(Qt.Key.Key_F)
    assert page.filtered.text().endswith(": 2 of 8 open")
    bench.press(Qt.Key.Key_C)
    assert "with HMICFRS laptop 2: 2 of 8 open" in page.filtered.text()
    before = len(team.conflicts(three.ours))
    bench.press_with(Qt.Key.Key_A, Qt.KeyboardModifier.AltModifier)
    assert page.all_like.isVisible() and page.all_like.list.hasFocus()
    bench.press(Qt.Key.Key_2)
    assert page.all_like.title.text() == "Settle 2 conflicts like this: keep theirs"
    assert [row.title for row in page.all_like.list.rows] == ["theirs", "theirs"]
    assert len(team.conflicts(three.ours)) == before, "so far it is only shown"
    bench.press(Qt.Key.Key_Return)
    assert len(team.conflicts(three.ours)) == before - 2 and page.figures.text() == "2 of 8"
    assert {get(three.ours, NoteLine, line.id).speaker for line in lines[:2]} == {"theirs"}
    bench.press(Qt.Key.Key_F)
    assert page.at is not None
    bench.press_with(Qt.Key.Key_A, Qt.KeyboardModifier.AltModifier)
    bench.press(Qt.Key.Key_Escape)
    assert not page.all_like.isVisible() and page.isVisible() and len(team.conflicts(three.ours)) == 6


def test_two_texts_are_combined_word_by_word(bench, three):
    three.reword(three.ours, "Triage sends a third of all files back.")
    three.reword(three.second, "Triage often sends a third of files back.")
    said = three.line().text
    three.give(three.second)
    merged(bench, three)
    page = bench.page.conflicts
    bench.press_with(Qt.Key.Key_C, Qt.KeyboardModifier.AltModifier)
    assert page.deciders.text.hasFocus() and page.deciders.text.text() == page.at.combination[0]
    assert said != page.at.combination[0] and page.said.text().startswith("Both changes")
    bench.press(Qt.Key.Key_Return, page.deciders.text)
    assert team.conflicts(three.ours) == []
    assert "all" in three.line().text and "often" in three.line().text


def test_what_could_not_be_settled_waits_again(bench, three, monkeypatch):
    many(three)
    merged(bench, three)
    page = bench.page.conflicts

    def refuse(*_, **__):
        raise Fault("The disk is full; free some space.")

    monkeypatch.setattr(team, "resolve", refuse)
    at = page.at
    bench.press(Qt.Key.Key_O)
    assert page.at.id == at.id and page.said.text().startswith("The disk is full")
    assert page.figures.text() == "0 of 8" and page.decided == []


# -- merging in a second process


def test_a_merge_shows_how_far_it_has_come(bench, three, second_process, qtbot):
    three.reword(three.second, "Triage sends a third of all files back.")
    three.give(three.second)
    steps = []
    underway = bench.page.taking.underway
    heard = underway.heard
    underway.heard = lambda *what: (heard(*what), steps.append(underway.step.text()))
    merged(bench, three)
    assert any(one.startswith("Step 1 of 4: reading") for one in steps)
    assert "Step 4 of 4: writing; it can no longer be stopped" in steps
    assert not underway.isVisible() and "team.stop" not in bench.page.commands()
    assert get(three.ours, NoteLine, three.line().id).text == "Triage sends a third of all files back."


def test_a_merge_is_stopped_by_its_key_and_changes_nothing(bench, three, second_process, qtbot):
    three.reword(three.second, "Triage sends a third of all files back.")
    three.give(three.second)
    taken(bench, three)
    before = dump(three.ours)
    QTest.keyClick(bench.page.taking.go, Qt.Key.Key_Return)
    qtbot.waitUntil(bench.page.taking.underway.can_stop)
    QTest.keyClick(bench.window, Qt.Key.Key_X, Qt.KeyboardModifier.AltModifier)
    bench.settle()
    page = bench.page.taking
    assert page.said.text().startswith("Stopped. Nothing was changed") and not page.underway.isVisible()
    assert dump(three.ours) == before and not page.finished
    bench.press(Qt.Key.Key_Return)
    assert page.finished and dump(three.ours) != before


def test_a_look_is_stopped_by_its_key(bench, three, second_process, qtbot):
    three.give(three.second)
    bench.press(Qt.Key.Key_I)
    page = bench.page.taking
    page.path.setText(str(three.stick))
    QTest.keyClick(page.path, Qt.Key.Key_Return)
    qtbot.waitUntil(page.underway.can_stop)
    QTest.keyClick(bench.window, Qt.Key.Key_X, Qt.KeyboardModifier.AltModifier)
    bench.settle()
    assert page.said.text() == "Stopped. Nothing was changed." and page.path.hasFocus()
    assert page.preview is None and page.go.isEnabled()


def test_taking_a_merge_back_shows_how_far_it_has_come_and_is_stopped_by_its_key(
    bench, three, second_process, qtbot
):
    before = dump(three.ours)
    three.reword(three.second, "Triage sends a third of all files back.")
    three.give(three.second)
    merged(bench, three)
    page, after = bench.page.taking, dump(three.ours)
    assert page.unmerge_button.isVisible() and after != before
    QTest.keyClick(page.leave, Qt.Key.Key_U)
    qtbot.waitUntil(page.underway.can_stop)
    QTest.keyClick(bench.window, Qt.Key.Key_X, Qt.KeyboardModifier.AltModifier)
    bench.settle()
    assert page.said.text() == "Stopped. The merge stands as it was." and dump(three.ours) == after
    bench.press(Qt.Key.Key_Escape)
    overview = bench.page.overview.leading
    steps = []
    heard = overview.underway.heard
    overview.underway.heard = lambda *what: (heard(*what), steps.append(overview.underway.step.text()))
    bench.press(Qt.Key.Key_U)
    assert dump(three.ours) == before and not overview.underway.isVisible()
    assert any(step.startswith("Step 2 of 3: putting aside, ") for step in steps)
