"""What leads decide of laptops and erasures, and taking the last merge back: the keys and cards of the overview."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from fieldwork.desktop.desk import Desk, sentence_for
from fieldwork.desktop.dialogs.asking import Question
from fieldwork.desktop.kit import Button, Card, Row, RowList, Text, col, flow, row, section
from fieldwork.desktop.pages import words
from fieldwork.desktop.pages.team_laptops import waits
from fieldwork.desktop.pages.team_progress import TAKING_BACK, Underway
from fieldwork.work import apart, keeping, leading, team
from fieldwork.work.handing import TeamNow
from fieldwork.work.keeping import Loss
from fieldwork.work.leading import Erasure, TakenBack
from fieldwork.work.team import Laptop

LEARNT = "Colleagues learn of it with your next package."


class Leading:
    """Keys for the laptop the list is at. Only what this laptop may say, of that one, is offered."""

    def __init__(
        self,
        desk: Desk,
        button: Callable[..., Button],
        laptops: RowList,
        say: Callable[[str], object],
        renewed: Callable[[], object],
    ) -> None:
        self.desk, self.laptops, self._say = desk, laptops, say
        self.shown: TeamNow | None = None
        self.buttons = {
            name: button(f"team.{name}") for name in ("admit", "accept", "appoint", "keys", "remove")
        }
        self.keys = flow(*self.buttons.values(), button("team.pack"), space=8)
        self.unmerge_button = button("team.unmerge")
        self.again_button = button("team.again", words="Merge it again")
        self.merge_words = Text("", "strong", wrap=True)
        self.merge_sub = Text("", "small", "quiet", wrap=True)
        self.underway = Underway(button, renewed)
        self.merge_card = Card(
            self.merge_words,
            self.merge_sub,
            4,
            flow(self.unmerge_button, self.again_button, space=8),
            self.underway,
            pad=20,
            space=4,
        )
        self.erasures = RowList(name="Erasures asked for")
        self.erasures.opened.connect(lambda _: self._opened())
        self.approve_button = button("team.approve")
        self.certificate_button = button("team.certificate")
        self.erasing = col(
            section("Erasures", "newest first"),
            self.erasures,
            row(self.approve_button, self.certificate_button, None, margins=(10, 0, 10, 0)),
            8,
            space=8,
        )

    # Showing

    def show(self, now: TeamNow, today: date) -> None:
        self.shown = now
        self._show_merge(today)
        self.erasures.set_rows([erasure_row(one) for one in reversed(now.erasures)])
        self.erasing.setVisible(bool(now.erasures))
        self.fit()

    def _show_merge(self, today: date) -> None:
        assert self.shown is not None
        last = self.shown.last_merge
        self.merge_words.setText(f"The merge of {last.when}" if last.when else "A merge was taken back")
        wait = words.counted(last.aside, "act of a merge taken back waits", "acts of merges taken back wait")
        since = f" since {words.when_words(last.since, today)}" if last.since else ""
        aside = f"{wait} here, put aside{since}; nothing of that counts until it is merged again."
        aside = aside if last.aside else ""
        can = "It can be taken back: on this laptop all is then as it was before."
        said = last.why_not or (can if last.when else "")
        self.merge_sub.setText(" ".join(part for part in (said, aside) if part))
        self.unmerge_button.set_text(f"Take back the merge of {last.when}")
        self.unmerge_button.setVisible(bool(last.when) and not last.why_not)
        self.again_button.setVisible(last.aside > 0)

    def wants_card(self) -> bool:
        last = self.shown.last_merge if self.shown is not None else None
        return last is not None and bool(last.when or last.aside)

    def fit(self) -> None:
        """The keys for where the list is now."""
        offered = self.commands()
        for name, key in self.buttons.items():
            key.setVisible(f"team.{name}" in offered)
        self.approve_button.setVisible("team.approve" in offered)

    def commands(self) -> dict[str, Callable[[], object]]:
        now = self.shown
        if now is None:
            return {}
        handlers: dict[str, Callable[[], object]] = {}
        if now.last_merge.when and not now.last_merge.why_not:
            handlers["team.unmerge"] = self.unmerge
        if self.underway.can_stop():
            handlers["team.stop"] = self.underway.stop
        if any(_mine_to_approve(one) for one in now.erasures):
            handlers["team.approve"] = self.approve
        if now.erasures:
            handlers["team.certificate"] = self.certify
        at = self.at()
        if at is not None and at.device.id in now.keyed:
            handlers["team.keys"] = self.hand_on
        if not now.lead:
            return handlers
        if any(waits(laptop) for laptop in now.laptops):
            handlers["team.admit"] = self.admit
        if at is None or at.here:
            return handlers
        if at.device.removed:
            return {**handlers, "team.accept": self.accept} if at.uncounted else handlers
        handlers["team.remove"] = self.remove
        return handlers if at.leads else {**handlers, "team.appoint": self.appoint}

    def at(self) -> Laptop | None:
        """The laptop the list is at."""
        current = self.laptops.current()
        if self.shown is None or current is None:
            return None
        return next((one for one in self.shown.laptops if one.device.id == current.ident), None)

    # Laptops

    def admit(self) -> None:
        """The laptop the list is at if it waits, else the only one that does."""
        if self.shown is None or not self.shown.lead:
            return
        waiting = [one for one in self.shown.laptops if waits(one)]
        at = self.at()
        laptop = at if at in waiting else waiting[0] if len(waiting) == 1 else None
        if laptop is not None:
            label = laptop.device.label
            self._act(team.admit, laptop, f"{label} is admitted. {LEARNT}")
            self._go_to(next((one for one in waiting if one is not laptop), None))
        elif waiting:
            self._go_to(waiting[0])
            self._say(f"Several wait; a admits {waiting[0].device.label}, and goes to the next.")

    def _go_to(self, laptop: Laptop | None) -> None:
        at = next(
            (i for i, row in enumerate(self.laptops.rows) if laptop and row.ident == laptop.device.id), -1
        )
        if at >= 0:
            self.laptops.go(at)
            self.laptops.setFocus()

    def accept(self) -> None:
        laptop = self.at()
        if laptop is not None:
            count = words.counted(laptop.uncounted, "act", "acts")
            self._act(
                leading.accept,
                laptop,
                f"{count} of {laptop.device.label} count now. What it writes from here on does not. {LEARNT}",
            )

    def appoint(self) -> None:
        laptop = self.at()
        if laptop is not None:
            label = laptop.device.label
            self._act(leading.appoint, laptop, f"{label} is a lead\u2019s laptop now. {LEARNT}")

    def _act(self, act: Callable[..., object], laptop: Laptop, said: str) -> None:
        self.desk.act(act, device=laptop.device.id.hex(), then=lambda _: self._say(said))

    def remove(self) -> None:
        """Ask first what would go with the laptop the list is at, then the person."""
        laptop = self.at()
        if laptop is not None:
            self.desk.ask(keeping.loss, laptop.device.id, then=self._ask_to_remove)

    def _ask_to_remove(self, gone: Loss) -> None:
        label = gone.label
        says = (
            f"What {label} wrote so far stays. {leading.REMOVAL_PROTECTS}",
            "Not protected: what it holds already, and anything copied from it. What it writes later is "
            "kept and passed on without effect; a lead can accept it.",
        )
        self.desk.put(
            Question(
                f"Remove {label}",
                (gone.words, *says) if gone else says,
                "Remove it",
                leading.remove,
                lambda _: self.desk.ask(leading.open_packs, then=lambda packs: self._removed(label, packs)),
                {"device": gone.device.hex()},
                tick=gone.tick,
                ticked="anyway" if gone else "",
            )
        )

    def hand_on(self) -> None:
        """Give the laptop the list is at the keys it may have."""
        laptop = self.at()
        if laptop is not None:
            label = laptop.device.label
            self.desk.act(
                keeping.hand_on,
                device=laptop.device.id,
                then=lambda _: self._say(f"{label} has the keys of sealed files now. {LEARNT}"),
            )

    def _removed(self, label: str, packs: list[leading.Pack]) -> None:
        """Who was removed, and the packs with which somebody may still join."""
        still = [f"{pack.words}; `fieldwork withdraw` {pack.name} ends that." for pack in packs]
        self._say(" ".join([f"{label} is removed. {LEARNT}", *still]))

    # The last merge

    def unmerge(self) -> None:
        if self.shown is not None and self.shown.last_merge.when:
            if not self.unmerge_button.isEnabled():
                return
            self.unmerge_button.setEnabled(False)
            job = self.desk.act(
                apart.take_back,
                then=self._taken_back,
                otherwise=self._not_taken_back,
                progress=self.underway.heard,
            )
            job.cancelled.connect(self._stopped)
            self.underway.follow(job, TAKING_BACK)

    def _stopped(self) -> None:
        self.unmerge_button.setEnabled(True)
        self._say("Stopped. The merge stands as it was.")

    def _taken_back(self, back: TakenBack) -> None:
        self.unmerge_button.setEnabled(True)
        self._say(taken_back_words(back))

    def _not_taken_back(self, error: BaseException) -> None:
        self.unmerge_button.setEnabled(True)
        self._say(sentence_for(error))

    # Erasures

    def approve(self) -> None:
        """The erasure the list is at if it waits for this laptop, else the only one that does."""
        waiting = [one for one in self.shown.erasures if _mine_to_approve(one)] if self.shown else []
        current = self.erasures.current()
        at = next((one for one in waiting if current is not None and one.id == current.ident), None)
        one = at or (waiting[0] if len(waiting) == 1 else None)
        if one is not None:
            self.desk.act(
                leading.approve,
                erasure=one.id.hex(),
                then=lambda _: self._say(f"Approved: {one.scope}. {LEARNT}"),
            )
        elif waiting:
            self._say("Several wait: choose the erasure in the list first.")
            self.erasures.setFocus()

    def _opened(self) -> None:
        current = self.erasures.current()
        waits = current is not None and bool(current.key)
        self.approve() if waits else self.certify()

    def certify(self) -> None:
        """A certificate of the erasure the list is at, else of the newest."""
        some = self.shown.erasures if self.shown is not None else ()
        current = self.erasures.current()
        one = next(
            (e for e in some if current is not None and e.id == current.ident), some[-1] if some else None
        )
        if one is None:
            return
        self.desk.put(
            Question(
                f"Certificate: {one.scope}",
                (
                    "A PDF: what was erased, why, who said yes, which laptops hold it. None of the words are in it.",
                ),
                "Write it",
                _certificate,
                lambda path: self._say(f"The certificate is written to {path}."),
                {"erasure": one.id},
                name="path",
                label="Folder, or folder and file name",
                hint="where the PDF is written",
                wanted="Say where to: a folder, or a folder and a file name.",
                lane="certificate",
            )
        )


def _certificate(workspace: object, **given: object) -> object:
    from fieldwork.work import certificates  # drawing a PDF is heavy, and rarely wanted

    return certificates.hand_over(workspace, **given)  # type: ignore[arg-type]


def _mine_to_approve(one: Erasure) -> bool:
    return not one.in_force and not one.mine


def taken_back_words(back: TakenBack) -> str:
    count = words.counted(back.entries, "act is", "acts are")
    return f"The merge is taken back: {count} put aside; Team offers to merge that again."


def erasure_row(one: Erasure) -> Row:
    """An erasure: what, why, who said yes, whether it is in force."""
    yes = f"approved by {' and '.join(one.approved)}" if one.approved else "approved by nobody yet"
    state = "in force" if one.in_force else "waits for a second member, a lead among them"
    return Row(
        one.scope,
        f"{one.cause}. {yes[:1].upper()}{yes[1:]}; {state}.".replace("..", "."),
        icon="circle-check" if one.in_force else "clock",
        tone="accent" if one.in_force else "text2",
        trail="in force" if one.in_force else "waiting",
        key="y" if _mine_to_approve(one) else "",
        ident=one.id,
    )
