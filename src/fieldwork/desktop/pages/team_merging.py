"""Taking packages in: what they would bring, then the same as done."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtWidgets import QFileDialog

from fieldwork.desktop.desk import BACKUP_LANE, Desk, is_damage, sentence_for
from fieldwork.desktop.jobs import Job
from fieldwork.desktop.kit import Button, Field, Pane, Text, col, flow, page_head, row, scroll
from fieldwork.desktop.kit.layout import Box, lay_out_now
from fieldwork.desktop.pages import words
from fieldwork.desktop.pages.reading import Latest
from fieldwork.desktop.pages.team_brought import Brought
from fieldwork.desktop.pages.team_leading import taken_back_words
from fieldwork.desktop.pages.team_panels import Remembered
from fieldwork.desktop.pages.team_progress import LOOKING, MERGING, TAKING_BACK, Underway
from fieldwork.domain.package import Outcome
from fieldwork.work import apart, backups, belonging, leading
from fieldwork.work.handing import Preview
from fieldwork.work.leading import LastMerge, TakenBack

SEPARATOR = ";"


class Taking(Box):
    """`merged(open conflicts that arose)` after packages came in; `renewed` when other keys hold."""

    merged = Signal(int)
    renewed = Signal()
    title = "Take packages in"
    begins = "A folder, or packages one by one."
    asks = "Folder, or packages"
    hint = "the stick, or a shared folder"
    noun = "Package"
    missing = "Say where they are: a folder, or the packages themselves."
    stopped_words = "Stopped. Nothing was changed; the packages are still where they were."
    looking, merging_steps = LOOKING, MERGING

    def __init__(self, desk: Desk, button: Callable[..., Button], now: Callable[[], datetime]) -> None:
        super().__init__(space=0)
        self.desk, self._now = desk, now
        self._latest = Latest(desk, "write")  # a dry run holds the write lock: it must not wait for itself
        self.preview: Preview | None = None
        self.asked: tuple[Path | str, ...] = ()
        self.busy = self.merging = False
        self.finished = self.unsafe = False  # unsafe: no backup could be made, and the person was told
        self.narrow = False
        self._looking: Job | None = None
        self._refocus = False  # somebody asked for this look, and waits for what it says
        self._expanded = False
        self.head = page_head(self.title, " ", back="Team")
        self.label = Text(self.asks, "label", weight=600)
        self.path = Field(name=self.asks, hint=self.hint)
        self.label.setBuddy(self.path)
        self.path.returnPressed.connect(self.enter)
        self.path.textEdited.connect(lambda _: self._tell())
        self.browse_button = button("team.browse")
        self.go = button("team.merge", "primary", big=True)
        self.look = button("team.decide", big=True)
        self.leave = button("team.back", "quiet", words="Leave it")
        self.unmerge_button = button("team.unmerge", big=True)
        self.last = LastMerge()
        self.said = Text("", "body", wrap=True)
        self.said.hide()
        self.underway = Underway(button, self.renewed.emit)
        self.brought = Brought(self.noun)
        self._build(button)
        self._recall()
        self._tell()

    def _recall(self) -> None:
        self.remembered = Remembered(self.desk, "take", self.path)

    def _build(self, button: Callable[..., Button]) -> None:
        self.inner = Pane(
            self.head,
            col(self.label, row((self.path, 1), self.browse_button, space=8), space=6),
            self.said,
            self.underway,
            self.brought,
            None,
            margins=(32, 24, 32, 8),
            space=14,
        )
        self.foot = Pane(
            flow(self.go, self.look, self.unmerge_button, self.leave, space=8),
            lines="t",
            margins=(32, 12, 32, 12),
        )
        self.area = scroll(self.inner, self.title)
        self.add((self.area, 1), self.foot)

    def shape(self, narrow: bool) -> None:
        self.narrow = narrow
        self.brought.beside.turn(narrow)
        side = 24 if narrow else 32
        self.inner.spaced.margins = (side, 12 if narrow else 24, side, 8)
        self.foot.spaced.margins = (side, 8 if narrow else 12, side, 8 if narrow else 12)
        self.inner.rescale()
        self.foot.rescale()
        self._tell()

    # What is meant

    def places(self) -> tuple[Path | str, ...]:
        """The folder or the files in the field; files stand apart by a semicolon."""
        parts = [part.strip().strip('"') for part in self.path.text().split(SEPARATOR)]
        return tuple(Path(part).expanduser() for part in parts if part)

    def enter(self) -> None:
        """Look at what the field names; where that stands on the screen already, take it in."""
        if self.busy:
            return
        if self.preview is not None and self.places() == self.asked and not self.finished:
            self.merge()
        else:
            self.look_at()

    def look_at(self) -> None:
        places = self.places()
        if not places:
            self._say(self.missing, "danger")
            self.path.setFocus()
            return
        self.asked, self.finished, self.unsafe = places, False, False
        self._expanded, self._refocus = False, True
        self.preview = None
        self._ask()

    def _ask(self) -> None:
        self.busy = True
        self._say("Being read and checked\u2026 Nothing is changed.")
        self._tell()
        job = self._latest.ask(
            self._look_act(),
            *self._look_given(),
            then=self._previewed,
            otherwise=self._failed,
            progress=self.underway.heard,
        )
        job.cancelled.connect(lambda: self._stopped(job))
        self._looking = job
        self.underway.follow(job, self.looking)

    def _look_act(self) -> Callable[..., Preview]:
        return apart.preview

    def _look_given(self) -> tuple[object, ...]:
        return (self.asked,)

    def _take_act(self) -> Callable[..., Preview]:
        return apart.take

    def _take_given(self) -> tuple[object, ...]:
        assert self.preview is not None
        return (self.preview.good,)

    def can_take(self) -> bool:
        """Whether Enter takes in what stands on the screen."""
        return self.preview is not None and bool(self.preview.good)

    def again(self) -> None:
        """Something changed here meanwhile: what would come in is worked out once more."""
        if self.preview is not None and not self.finished and not self.merging and self.isVisible():
            self._ask()

    def _previewed(self, preview: Preview) -> None:
        self.busy = False
        self.preview = preview
        self._show(preview)
        if self._refocus and self.can_take() and self.isVisible() and self.places() == self.asked:
            self.go.setFocus()
        wanted, self._refocus = self._refocus, False
        self.looked(preview, wanted)

    def looked(self, preview: Preview, wanted: bool) -> None:
        """The look is done. wanted: a person had asked for it."""
        if wanted and preview.closed and not preview.good:  # was it removed? that they came stays known
            self.desk.act(belonging.set_aside, preview.closed, then=lambda _: None)
        first = Path(self.asked[0])
        self.remembered.keep(str(first if first.is_dir() else first.parent))

    def _failed(self, error: BaseException) -> None:
        self.busy = self.merging = False
        self._say(sentence_for(error), "danger")
        self._tell()
        self.path.setFocus()

    # Merging

    def merge(self) -> None:
        """Take all good packages in; the window stays free meanwhile."""
        if self.preview is None or self.busy or self.finished or not self.can_take():
            return
        self.busy = self.merging = True
        if self.preview.brings_something and not self.unsafe:
            self._back_up()
        else:
            self._take_in()

    def _back_up(self) -> None:
        """First a backup, beside what is being typed; the merge waits for it."""
        self._say("A backup is being made and checked first\u2026 You can go on working.")
        self._tell()
        job = self.desk.lanes.start(
            BACKUP_LANE, lambda job: backups.before_merge(self.desk.workspace, job.stopping)
        )
        job.succeeded.connect(lambda _: self._take_in())
        job.failed.connect(lambda error: self._no_backup(error, job.stopping()))
        job.cancelled.connect(self._merge_stopped)
        self.underway.follow(job, self.merging_steps)

    def _no_backup(self, error: BaseException, stopped: bool) -> None:
        """The person decides: to merge without one, or to leave it."""
        if stopped:
            self._merge_stopped()
            return
        self.busy = self.merging = False
        self.unsafe = True
        if is_damage(error):
            self.desk.tell(error)
        self._say(
            f"There is no backup: {sentence_for(error)} Nothing was merged. Merge without one, or leave it and "
            "see to that first.",
            "danger",
        )
        self._tell()
        self.go.setFocus()

    def _take_in(self) -> None:
        self.unsafe = False
        self._say(self.taking_words())
        self._tell()
        job = self.desk.act(
            self._take_act(),
            *self._take_given(),
            then=self._merged,
            otherwise=self._failed,
            progress=self.underway.heard,
        )
        job.cancelled.connect(self._merge_stopped)
        self.underway.follow(job, self.merging_steps)

    def taking_words(self) -> str:
        count = len(self.preview.good) if self.preview is not None else 0
        being = words.counted(count, "package is", "packages are")
        return f"{being} being taken in. You can go on working; it is all or nothing for each."

    def _merge_stopped(self) -> None:
        self.busy = self.merging = False
        self._say(self.stopped_words)
        self._tell()
        if self.isVisible():
            self.take_focus()

    def _stopped(self, job: Job) -> None:
        """The person has stopped the look; one that a newer look made void says nothing."""
        if job is self._looking:
            self.busy = self._refocus = False
            self._say("Stopped. Nothing was changed.")
            self._tell()
            self.path.setFocus()

    def _merged(self, done: Preview) -> None:
        self.busy = self.merging = False
        self.finished = True
        before = self.preview
        assert before is not None
        refused = [o for o in before.merged.outcomes if o.refused]
        self._show(done, refused)
        if self.isVisible():
            self.take_focus()
        self.desk.ask(leading.last_merge_now, then=self._tell_last)
        self.merged.emit(len(done.merged.conflicts))

    def _tell_last(self, last: LastMerge) -> None:
        self.last = last
        self._tell()

    def unmerge(self) -> None:
        """Put aside what has just come in."""
        if self.busy or not self._can_unmerge():
            return
        self.busy = True
        self._say("Being taken back\u2026")
        self._tell()
        job = self.desk.act(
            apart.take_back,
            then=self._taken_back,
            otherwise=self._failed,
            progress=self.underway.heard,
        )
        job.cancelled.connect(self._not_taken_back)
        self.underway.follow(job, TAKING_BACK)

    def _not_taken_back(self) -> None:
        self.busy = False
        self._say("Stopped. The merge stands as it was.")
        self._tell()

    def _taken_back(self, back: TakenBack) -> None:
        self.busy = self.finished = False
        self.last, self.preview, self.asked = LastMerge(), None, ()
        self.head.set("Taken back", f"at {self._now():%H:%M:%S}", back="Team")
        self._say(taken_back_words(back), "text")
        self._tell()
        if self.isVisible():
            self.take_focus()

    def _can_unmerge(self) -> bool:
        return self.finished and bool(self.last.when) and not self.last.why_not

    def report(self) -> str:
        """What the last merge did, in a sentence."""
        if self.preview is None:
            return ""
        total = self.preview.total
        parts = [
            words.counted(len(self.preview.good), "package was", "packages were") + " taken in",
            f"{total('new'):,} new and {words.counted(total('changed'), 'changed value')}",
        ]
        waiting = total("conflicting")
        parts.append(f"{words.number(waiting)} to decide" if waiting else "nothing to decide")
        if came := self.preview.merged.files:
            parts.append(f"{' and '.join(came)}, asked for, came beside")
        return f"{', '.join(parts)}."

    # Showing

    def _show(self, preview: Preview, also_refused: list[Outcome] | None = None) -> None:
        self.preview = preview
        outcomes = [*preview.merged.outcomes, *(also_refused or [])]
        self.brought.show_preview(preview, outcomes)
        self._tell_found(preview, len(outcomes))
        self._tell()

    def _tell_found(self, preview: Preview, count: int) -> None:
        """What was found, or done, above the figures."""
        if self.finished:
            self._say(self.report())
            self.head.set("Packages taken in", f"at {self._now():%H:%M:%S}", back="Team")
            return
        found = f"{words.counted(count, 'package').capitalize()} found, read and checked."
        sub = found if count else "No package there that is new here."
        known = []
        if preview.found.taken:
            known.append(f"{words.number(preview.found.taken)} came in before")
        if preview.found.own:
            known.append(f"{words.number(preview.found.own)} made on this laptop")
        if preview.found.refused:
            known.append(f"{words.number(preview.found.refused)} refused before")
        if known:
            sub += f" Left aside: {', '.join(known)}."
        self.head.set(self.title, f"{sub} Nothing has been changed yet." if count else sub, back="Team")
        if not count and preview.found.deeper:
            self._offer_deeper(preview.found.deeper)
        elif not count:
            self._say("Packages are files that end in .fieldpackage; there may be some in another folder.")
        else:
            self.said.hide()

    def _offer_deeper(self, deeper: Mapping[Path, int]) -> None:
        """No new package where one looked, but in a folder there: it is put into the field, Enter looks."""
        held = words.counted(sum(deeper.values()), "package")
        first = next(iter(deeper))
        where = f"the folder {first.name}" if len(deeper) == 1 else f"{words.number(len(deeper))} folders"
        self._say(
            f"No new package lies here itself, but {where} in it {'holds' if len(deeper) == 1 else 'hold'} {held}. "
            f"Enter looks {'there' if len(deeper) == 1 else 'into them'}.",
            "text",
        )
        if self.places() == self.asked:
            self.path.setText(f"{SEPARATOR} ".join(map(str, deeper)))

    def _tell(self) -> None:
        """What is seen and which keys hold."""
        preview = self.preview
        there = preview is not None and bool(preview.merged.outcomes)
        self.brought.setVisible(there)
        waiting = len(preview.merged.conflicts) if preview is not None else 0
        self.brought.expand(self._expanded and waiting > 0 and not self.finished)
        self.brought.after_card.setVisible(not self.finished)
        standing = there and self.places() == self.asked and not self.finished
        without = standing and self.unsafe
        self.go.set_text("Merge without a backup" if without else self.go_words(standing))
        self.go.setVisible(not self.finished and (not standing or self.can_take()))
        self.go.setEnabled(not self.busy)
        self.look.setVisible(waiting > 0 and (standing or self.finished))
        self.look.set_kind("primary" if self.finished else "plain")
        self.look.set_icon_name("" if self.narrow else "eye")
        look = f"{'Settle' if self.finished else 'Look at'} the {words.number(waiting) if waiting > 1 else 'one'}"
        self.look.set_text(look if self.finished or self.narrow else f"{look} first")
        self.leave.set_text("Back" if self.finished else "Leave it")
        self.unmerge_button.set_text(f"Take back the merge of {self.last.when}")
        self.unmerge_button.setVisible(self._can_unmerge())
        self.unmerge_button.setEnabled(not self.busy)
        self.renewed.emit()

    def go_words(self, standing: bool) -> str:
        """On the button. standing: what it would take in stands on the screen."""
        if not standing or self.preview is None:
            return "Look at them"
        good = len(self.preview.good)
        return f"Merge {words.number(good)} {'package' if good == 1 else 'packages'}"

    def _say(self, sentence: str, tone: str = "quiet") -> None:
        self.said.set_tone(tone)
        self.said.setText(sentence)
        self.said.show()

    # Acting

    def look_first(self) -> None:
        """The list of what would wait for a decision, or of what does."""
        self._expanded = not self._expanded
        self._tell()
        if self._expanded:
            lay_out_now()
            self.brought.coming.setFocus()
            self.area.verticalScrollBar().setValue(
                self.brought.coming_head.mapTo(self.inner, QPoint(0, 0)).y()
            )
        else:
            self.area.verticalScrollBar().setValue(0)
            self.take_focus()

    def browse(self) -> None:
        dialog = QFileDialog(self, "Packages", self.path.text().split(SEPARATOR)[0])
        dialog.setFileMode(QFileDialog.FileMode.ExistingFiles)
        dialog.setNameFilters(["Packages (*.fieldpackage)", "All files (*)"])
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.filesSelected.connect(self._browsed)
        dialog.open()

    def _browsed(self, paths: list[str]) -> None:
        self.path.setText(f"{SEPARATOR} ".join(paths))
        self.look_at()

    def start(self) -> None:
        """A fresh look, the folder of the last time in the field."""
        if not self.busy:
            self.preview, self.finished, self.asked = None, False, ()
            self.head.set(self.title, self.begins, back="Team")
            self.said.hide()
            self._tell()
        self.take_focus()

    def take_focus(self) -> None:
        if self.finished:
            (self.look if self.look.isVisibleTo(self) else self.leave).setFocus()
        elif self.can_take() and self.places() == self.asked:
            self.go.setFocus()
        else:
            self.path.setFocus()
            self.path.selectAll()

    def commands(self) -> dict[str, Callable[[], object]]:
        handlers: dict[str, Callable[[], object]] = {
            "team.browse": self.browse,
            "team.place": self.path.setFocus,
        }
        if not self.finished:
            handlers["team.merge"] = self.enter
        if self._can_unmerge():
            handlers["team.unmerge"] = self.unmerge
        if self.underway.can_stop():
            handlers["team.stop"] = self.underway.stop
        if self.preview is not None and self.preview.merged.conflicts and not self.finished:
            handlers["team.decide"] = self.look_first
        return handlers
