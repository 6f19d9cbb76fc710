"""What people do with whole files: copy, back up, restore, put back; and who joins meanwhile."""

import shutil
from pathlib import Path
from typing import Any

from day import RECORDS, TALLY, laptop
from hypothesis import strategies as st
from hypothesis.stateful import rule

import laptops
from fieldwork.store.workspace import Workspace


class FileRules:
    """Rules to be mixed into a day."""

    team: list[Workspace]
    skews: list[int]
    stale: set[int]
    backups: list[tuple[Path, Any, int]]
    folder: Path
    most: int
    spare: int
    now: int
    moved: bool
    given_up: set[bytes]
    at: Any
    act: Any
    hand_over: Any

    @rule(i=laptop)
    def copy_the_file(self, i: int) -> None:
        """Carried to another folder and worked on in both: two branches under one name."""
        if len(self.team) < self.most - self.spare:
            i = self.at(i)
            j = self.comes(laptops.copy_of(self.team[i], self.folder, f"copy{len(self.team)}"), i)
            self.act(i, *RECORDS[0], {"title": f"from the first {self.now}"})
            self.act(j, *RECORDS[0], {"title": f"from the copy {self.now}"})
            self.moved = True
            TALLY["copied files"] += 1

    def comes(self, workspace: Workspace, i: int) -> int:
        """One more laptop, with a clock like that of another."""
        self.team.append(workspace)
        self.skews.append(self.skews[i] + 1)
        self.stale.add(len(self.team) - 1)
        return len(self.team) - 1

    @rule(i=laptop)
    def back_up(self, i: int) -> None:
        if len(self.backups) < 3:
            i = self.at(i)
            copy = laptops.copy_of(self.team[i], self.folder, f"backup{len(self.backups)}")
            copy.close()
            self.backups.append((copy.path, copy.file_key, i))

    def from_backup(self, which: int) -> tuple[Workspace, int]:
        path, key, i = self.backups[which % len(self.backups)]
        name = self.folder / f"back{len(list(self.folder.iterdir()))}.fieldwork"
        shutil.copy(path, name)
        return Workspace.open_with_key(name, key), i

    @rule(which=st.integers(0, 2))
    def restore(self, which: int) -> None:
        """Under a new name, while the laptop it comes from is still at work."""
        if self.backups and len(self.team) < self.most:
            workspace, i = self.from_backup(which)
            j = self.comes(laptops.restored(workspace), i)
            self.act(j, *RECORDS[0], {"title": f"from the restored {self.now}"})
            self.moved = True
            TALLY["restored files"] += 1

    @rule(which=st.integers(0, 2), j=laptop, acts=st.booleans())
    def put_the_file_back(self, which: int, j: int, acts: bool) -> None:
        """An earlier file in the place of today's, by hand; what it forgets, one colleague has."""
        j = self.at(j)
        if not self.backups or j == self.backups[which % len(self.backups)][2]:
            return
        workspace, i = self.from_backup(which)
        self.hand_over(i, j, everything=True)
        laptops.content(self.team[j])  # shared on: what only it holds now is not put aside any more
        self.given_up |= {self.team[i].device} - {workspace.device}
        self.team[i].close()
        self.team[i] = workspace
        self.stale.add(i)
        if acts:
            self.act(i, *RECORDS[0], {"title": f"from the file put back {self.now}"})
        self.moved = True
        TALLY["files put back"] += 1

    @rule(i=laptop, apart=st.integers(1, 5), first=st.booleans())
    def join(self, i: int, apart: int, first: bool) -> None:
        """Somebody joins in the middle of the day, and may meet a third before who invited them."""
        if len(self.team) < self.most:
            i = self.at(i)
            j = self.comes(laptops.newcomer(self.team[i], self.folder, f"new{len(self.team)}"), i)
            self.act(j, *RECORDS[1], {"title": f"from who joined {self.now}"})
            if first:
                self.hand_over(j, self.at(i + apart), everything=False)
            TALLY["joined meanwhile"] += 1
