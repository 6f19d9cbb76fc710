"""Sending to the hub and fetching from it: one key where nothing comes in, one more where something would change."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFileDialog

from fieldwork.desktop.desk import sentence_for
from fieldwork.desktop.pages import words
from fieldwork.desktop.pages.team_merging import Taking
from fieldwork.desktop.pages.team_progress import HUB, HUB_LOOKING
from fieldwork.work import apart, by_hub
from fieldwork.work.by_hub import Visit
from fieldwork.work.handing import Preview
from fieldwork.work.pairs import named_by, sending_opens


class ByHub(Taking):
    """As packages are taken in: a look, what would come in, the same as done; and what is here goes there."""

    title = "Send and fetch"
    begins = "By the hub: a database your organisation runs, in place of the stick. It sees sealed rows only."
    asks = "The hub\u2019s address, or the access file made for this laptop"
    hint = "postgresql://hub.example.org/fieldwork?sslmode=verify-full"
    noun = "Laptop"
    missing = (
        "Say where the hub is: its address, or the access file (*.fieldhub) that was made for this laptop."
    )
    stopped_words = (
        "Stopped. What had arrived by then is kept, here and there. Do it again: it goes on where it stopped."
    )
    looking, merging_steps = HUB_LOOKING, HUB

    def _recall(self) -> None:
        """The address is kept in the workspace itself, with the login, and never beside it."""
        self.desk.ask(by_hub.address, then=self._take_address, otherwise=lambda _: None)

    def _take_address(self, address: str) -> None:
        if address and not self.path.text():
            self.path.setText(address)

    def start(self) -> None:
        super().start()
        if not self.busy:
            self.desk.ask(by_hub.address, then=self._go_at_once, otherwise=lambda _: None)

    def _go_at_once(self, address: str) -> None:
        """Where the hub is known, asking for it is enough."""
        if address and self.isVisible() and not self.busy and self.path.text() in ("", address):
            self.path.setText(address)
            self.look_at()

    # What is meant

    def places(self) -> tuple[Path | str, ...]:
        typed = self.path.text().strip().strip('"')
        if typed and "://" not in typed:
            typed = str(Path(typed).expanduser())
        return (typed,) if typed else ()

    def _look_act(self) -> Callable[..., Preview]:
        return apart.look_at_hub

    def _look_given(self) -> tuple[object, ...]:
        return self.asked

    def _take_act(self) -> Callable[..., Preview]:
        return apart.send_and_fetch

    def _take_given(self) -> tuple[object, ...]:
        return self.asked

    def can_take(self) -> bool:
        return self.preview is not None

    def again(self) -> None:
        """A look at the hub is not repeated for every act done here meanwhile."""

    # What is done

    def looked(self, preview: Preview, wanted: bool) -> None:
        """Where nothing comes in and nothing is opened there is nothing to look at: go on and send."""
        assert isinstance(preview, Visit)
        self._know(preview)
        if not preview.brings_something and not preview.opens:
            self.merge()

    def _merged(self, done: Preview) -> None:
        assert isinstance(done, Visit)
        self._know(done)
        super()._merged(done)
        if (
            not done.merged.changed
        ):  # what is at the hub now stands in no record: views read it again all the same
            self.desk.changed.emit({"receipt": frozenset()})

    def _know(self, visit: Visit) -> None:
        """From now on the address without a password is enough, and is what stands in the field."""
        if visit.address and self.places() == self.asked:
            self.path.setText(visit.address)
            self.asked = self.places()

    def _merge_stopped(self) -> None:
        super()._merge_stopped()
        self.desk.changed.emit(None)  # batches that had come in by then stay

    def _failed(self, error: BaseException) -> None:
        merging = self.merging
        super()._failed(error)
        if merging:
            self.preview = None
            self.desk.changed.emit(None)
            self._say(sentence_for(error), "danger")

    # Words

    def taking_words(self) -> str:
        return "Being sent and fetched\u2026 You can go on working."

    def go_words(self, standing: bool) -> str:
        return "Take it in, and send" if standing else "Send and fetch"

    def report(self) -> str:
        visit = self.preview
        if not isinstance(visit, Visit):
            return ""
        came = [f"{visit.total('new'):,} new", words.counted(visit.total("changed"), "changed value")]
        fetched = f"Fetched: {' and '.join(came)}" if visit.merged.outcomes else "Nothing new at the hub"
        waiting = visit.total("conflicting")
        if waiting:
            fetched += f", {words.number(waiting)} to decide"
        sent = f"Sent: {words.counted(visit.sent, 'change')}" if visit.sent else "Nothing new to send"
        opened = [f"Opened: {named_by(visit.opens)}."] if visit.opens else []
        return " ".join([f"{fetched}. {sent}.", *opened, *visit.remarks])

    def _tell_found(self, preview: Preview, count: int) -> None:
        assert isinstance(preview, Visit)
        tone = "danger" if preview.remarks else "text"
        if self.finished:
            self.head.set("Sent and fetched", f"at {self._now():%H:%M:%S}", back="Team")
            self._say(self.report(), tone)
            return
        acts = words.counted(preview.to_send, "act")
        sub = (
            f"{acts} of this laptop would go there."
            if preview.to_send
            else "Nothing of this laptop is to go there."
        )
        if preview.unread:
            sub += f" {words.counted(preview.unread, 'act')} there can be read once these have come in."
        if preview.opens:
            sub += f" {sending_opens(preview.opens)}"
        self.head.set(self.title, f"{sub} Nothing has been changed yet.", back="Team")
        if preview.remarks:
            self._say(" ".join(preview.remarks), tone)
        else:
            self.said.hide()

    def browse(self) -> None:
        dialog = QFileDialog(self, "Access file")
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.setNameFilters(["Access to a hub (*.fieldhub)", "All files (*)"])
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.filesSelected.connect(lambda paths: self._browsed(paths[:1]))
        dialog.open()
