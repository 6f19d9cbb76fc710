"""Pairing files up: who, what they mark, what to know before; a step at a time, in the page, for leads."""

from __future__ import annotations

from collections.abc import Callable, Hashable

from PySide6.QtCore import Signal

from fieldwork.desktop.desk import Desk
from fieldwork.desktop.kit import Box, Row, Text
from fieldwork.desktop.pages.marking_panels import ListPanel
from fieldwork.domain.records import CaseFile
from fieldwork.domain.values import Id
from fieldwork.domain.vocabulary import INSPECTORATES
from fieldwork.questions import leading
from fieldwork.work import pairs
from fieldwork.work.pairs import Team

SCOPES = (
    Row(
        "What each side leads, and what both do",
        sub="They differ only on what both are asked",
        ident=leading.LED,
    ),
    Row("All questions, both of them", sub="Twice the work; every answer can be compared", ident=leading.ALL),
)
ONE, OVERLAP, NOT_YET = "one", "overlap", "not yet"


class Pairing(Box):
    """The steps over the list of files; `moved` when other keys hold.

    told: hears what was done; back: puts the keyboard back on the list.
    """

    moved = Signal()

    def __init__(self, desk: Desk, told: Callable[[str], object], back: Callable[[], object]) -> None:
        self.warning = Text("", "small", "danger", wrap=True)
        self.slot = Box()
        super().__init__(self.warning, self.slot, space=6)
        self.desk, self._told, self._back = desk, told, back
        self.panel: ListPanel | None = None
        self.chosen: list[Hashable] = []
        self._file: tuple[Id, str] = (b"", "")
        self._team = Team((), ())
        self._warning, self._warned_of = "", False
        self._writing = False
        self.warning.hide()
        self.hide()

    @property
    def active(self) -> bool:
        return self.panel is not None

    def ask(self, file: Id, reference: str) -> None:
        """Begin with a file of the list."""
        self._file, self.chosen = (file, reference), []
        self.desk.ask(pairs.team, file, then=self._take)

    def _take(self, team: Team) -> None:
        self._team = team
        if not team.members:
            self._told("Nobody is in the team who could be paired.")
        elif all(team.begun):
            self._told(f"Both examiners of {self._file[1]} have begun; nobody can take the place of either.")
        else:
            self._step()

    @property
    def _stays(self) -> tuple[Hashable, ...]:
        """What is settled by what was begun, by step; None or "" for what is asked."""
        return (*self._team.begun, self._team.scope)

    def _step(self) -> None:
        """The question that comes next; how many were answered says which."""
        while len(self.chosen) < 3 and self._stays[len(self.chosen)]:
            self.chosen.append(self._stays[len(self.chosen)])
        at = len(self.chosen)
        if at == 3 and not self._warned_of:
            self.desk.ask(pairs.warning, self.chosen[:2], self._file[0], then=self._warned)
            return
        reference = self._file[1]
        self.warning.setVisible(at == 3 and bool(self._warning))
        self.warning.setText(self._warning)
        if at == 0:
            self._show(
                f"Blind pair for {reference}: who is the police examiner?", self._people("HMICFRS"), "take"
            )
        elif at == 1:
            self._show(f"{reference}: who is the prosecution examiner?", self._people("HMCPSI"), "take")
        elif at == 2:
            self._show(f"{reference}: what do they mark?", SCOPES, "take")
        else:
            self._show("Pair up?", self._last(), "do it")
            if self.panel is not None:
                self.panel.list.setAccessibleDescription(self._warning)

    def _people(self, first: str) -> list[Row]:
        """Those of that inspectorate first."""
        rows = []
        for id, name, code in sorted(self._team.members, key=lambda one: one[2] != first):
            if id not in self.chosen:
                body = INSPECTORATES.get(code)
                rows.append(Row(name, trail=body.code if body else "", icon="users", ident=id))
        return rows

    def _last(self) -> list[Row]:
        names = {id: name for id, name, _ in self._team.members}
        police, prosecution = (names.get(one, "") for one in self.chosen[:2])  # type: ignore[call-overload]
        who = f"{police} for the police, {prosecution} for the prosecution"
        rows = [Row(f"Pair up {self._file[1]}", sub=who, icon="users", ident=ONE)]
        overlap = self._overlap()
        if overlap:
            count = len(overlap)
            some = "the one overlap file" if count == 1 else f"all {count} overlap files"
            rows.append(Row(f"Pair up {some} of the draw", sub=who, icon="layers", ident=OVERLAP))
        rows.append(Row("Not now", sub="Nothing is changed", icon="x", ident=NOT_YET))
        return rows

    def _overlap(self) -> tuple[CaseFile, ...]:
        """Files drawn for a pair that have none; the one chosen alone needs no line of its own."""
        some = () if self._team.scope else self._team.overlap
        return () if [file.id for file in some] == [self._file[0]] else some

    def _show(self, title: str, rows: object, hint: str) -> None:
        self._drop()
        self.panel = panel = ListPanel(title, list(rows), hint)  # type: ignore[call-overload]
        panel.opened.connect(self._opened)
        panel.closed.connect(self.step_back)
        self.slot.add(panel)
        self.show()
        panel.show()
        panel.take_focus()
        self.moved.emit()

    def _drop(self) -> None:
        self.panel = None
        self.slot.clear()

    def _opened(self, ident: Hashable) -> None:
        if self._writing:
            return
        if len(self.chosen) < 3:
            self.chosen.append(ident)
            self._warned_of = False
            self._step()
        elif ident == NOT_YET:
            self.leave()
        else:
            self._pair(ident == OVERLAP)

    def _warned(self, sentence: str) -> None:
        self._warning, self._warned_of = sentence, True
        self._step()

    def _pair(self, overlap: bool) -> None:
        files = [file.id for file in self._overlap()] if overlap else [self._file[0]]
        police, prosecution, scope = self.chosen
        count = len(files)
        done = (
            f"{count} files are" if count > 1 else f"File {self._file[1]} is" if not overlap else "1 file is"
        )
        self._writing = True
        self.desk.act(
            pairs.pair_all,
            files=files,
            police=police,
            prosecution=prosecution,
            scope=scope,
            then=lambda _: self._ended(f"{done} marked by a blind pair now."),
            otherwise=self._failed,
        )

    def _ended(self, said: str) -> None:
        self._writing = False
        self.leave()
        self._told(said)

    def _failed(self, error: BaseException) -> None:
        self._writing = False
        self.leave()
        self.desk.tell(error)

    def step_back(self) -> None:
        """Escape: to the step before; from the first, out of it."""
        asked = [at for at in range(len(self.chosen)) if not self._stays[at]]
        if asked and not self._writing:
            del self.chosen[asked[-1] :]
            self._step()
        elif not self._writing:
            self.leave()

    def leave(self) -> None:
        self._drop()
        self.chosen = []
        self.hide()
        self._back()
        self.moved.emit()
