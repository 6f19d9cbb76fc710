"""Made-up evidence of the sizes to plan for, on the laptops of one team, ready to be merged."""

import contextlib
import gc
import shutil
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from fieldwork.domain.faults import Fault
from fieldwork.domain.values import Id
from fieldwork.domain.vocabulary import INSPECTORATES
from fieldwork.store.beside import files_of
from fieldwork.store.recording import record_many
from fieldwork.store.workspace import Workspace
from fieldwork.work import team
from fieldwork.work.examining import question_set
from fieldwork.work.inspections import inspection_of, new_inspection, shipped_bodies
from fieldwork.work.made_up import MadeUp, answer_sheets
from fieldwork.work.made_up_evidence import Evenings
from fieldwork.work.made_up_work import START, Amounts, Clash, Ground, Work, draw_clashes, lay_ground
from fieldwork.work.theme_tree import codebook

SIZES = {
    "small": Amounts(2, 12, 300, 20, 1_500, 60, 8_000),
    "typical": Amounts(12, 200, 15_000, 250, 45_000, 1_500, 200_000),
    "national": Amounts(114, 3_000, 250_000, 3_000, 540_000, 20_000, 4_000_000),
}
LAPTOPS = {"small": 3, "typical": 10, "national": 40}
MOST_LAPTOPS = 100
ON_ONE = 500_000  # changes one laptop's package can carry within the limits of a package
SHEETS = 48  # different sets of answers
CLASH_IN = 4_000  # changes to one clash


@dataclass
class Generated:
    """What was made: workspaces, the lead's first; the colleagues' packages; counts over all of them."""

    workspaces: list[Path]
    packages: list[Path]
    entries: int
    changes: int
    clashes: list[Clash]

    def plain(self) -> dict[str, Any]:
        whats = sorted({clash.what for clash in self.clashes})
        return {
            "workspaces": [str(path) for path in self.workspaces],
            "packages": [str(path) for path in self.packages],
            "entries": self.entries,
            "changes": self.changes,
            "clashes": {what: sum(clash.what == what for clash in self.clashes) for what in whats},
        }


def generate(
    path: Path,
    passphrase: str,
    *,
    size: str,
    devices: int | None = None,
    seed: int = 1,
    say: Callable[[str], None] = lambda _: None,
) -> Generated:
    """Make the lead's workspace at `path`, the colleagues' beside it (NAME-2, NAME-3 ...), and a package of
    each colleague's in NAME-packages. One seed always gives the same evidence; keys and salts differ.

    Raises Fault when something of it is there already or the laptops are too few or too many; then, as
    when it is stopped, nothing is left behind.
    """
    amounts = SIZES[size]
    count = LAPTOPS[size] if devices is None else devices
    least = -(-amounts.changes // ON_ONE)
    if not least <= count <= MOST_LAPTOPS:
        raise Fault(f"The {size} size is for {least} to {MOST_LAPTOPS} laptops; give --devices within that.")
    path = Path(path)
    folder = path.with_name(f"{path.stem}-packages")
    paths = [path, *(path.with_name(f"{path.stem}-{n}{path.suffix}") for n in range(2, count + 1))]
    there = [one for one in (*paths, folder) if one.exists()]
    if there:
        raise Fault(f"{there[0].name} exists already; choose another name.")
    with _all_or_nothing(paths, folder), _no_collecting():
        return _generate(paths, folder, passphrase, amounts, seed, say)


def _generate(
    paths: list[Path], folder: Path, passphrase: str, amounts: Amounts, seed: int, say: Callable[[str], None]
) -> Generated:
    count = len(paths)
    folder.mkdir()
    with new_inspection(
        paths[0],
        passphrase,
        title="Joint case building inspection (made up)",
        lead="HMCPSI",
        partner="HMICFRS",
        device="HMCPSI laptop 1",
        at=START,
    ) as lead:
        ground = _ground_of(lead, seed, min(SHEETS, amounts.files))
        made = MadeUp(f"{seed}/ground")
        entries, changes = record_many(lead, lay_ground(made, ground, amounts, _pairs()))
        clashes = draw_clashes(made, ground, max(10, amounts.changes // CLASH_IN), count)
        examined = _allotted(ground, amounts, count)
        packages: list[Path] = []
        for number in [*range(1, count), 0]:  # the lead's own work last: no pack needs to carry it
            path = paths[number]
            workspace = _joined(lead, path, passphrase, number) if number else lead
            work = Work(
                MadeUp(f"{seed}/{number}"),
                ground,
                workspace.identity.member,
                count,
                workspace.identity.person,
                Evenings(MadeUp(f"{seed}/{number}/evenings"), ground.themes, workspace.identity.member),
            )
            written = record_many(workspace, work.acts(amounts, examined[number], clashes, number))
            entries, changes = entries + written[0], changes + written[1]
            if number:
                shared = team.share(workspace, folder / f"{path.stem}.fieldpackage")
                packages += [shared.path, *shared.further]
                workspace.close()
            say(f"{path.name}: {written[1]} changes in {written[0]} acts.")
    return Generated(paths, packages, entries, changes, clashes)


def _ground_of(lead: Workspace, seed: int, sheets: int) -> Ground:
    questions = question_set(lead)
    in_use = inspection_of(lead).question_set
    assert in_use is not None
    answers = answer_sheets(MadeUp(f"{seed}/answers"), questions, sheets)
    return Ground(in_use, [entry.theme.id for entry in codebook(lead) if not entry.depth], answers)


def _pairs() -> list[tuple[str, str]]:
    """Every territorial force of the register with its (first) CPS Area."""
    forces = [body for body in shipped_bodies() if body["body_kind"] == "police_territorial"]
    return [(body["code"], body["areas"].split()[0]) for body in forces]


def _allotted(ground: Ground, amounts: Amounts, laptops: int) -> list[list[Id]]:
    """The files each laptop examines: every one by several laptops, none twice by one."""
    each = sum(map(len, ground.sheets)) / len(ground.sheets)
    examinations = min(round(amounts.answers / each), len(ground.files) * laptops)
    files: list[list[Id]] = [[] for _ in range(laptops)]
    for number in range(examinations):
        turn, place = divmod(number, len(ground.files))
        files[(place + turn) % laptops].append(ground.files[place])
    return files


def _joined(lead: Workspace, path: Path, passphrase: str, number: int) -> Workspace:
    """A colleague's workspace, made from a pack of the lead's as anybody's is."""
    inspectorate = tuple(INSPECTORATES)[number % len(INSPECTORATES)]
    with tempfile.TemporaryDirectory() as folder:
        pack = Path(folder) / "one.fieldpack"
        code = team.pack(lead, pack)
        label = f"{inspectorate} laptop {number + 1}"
        return team.join(pack, path, passphrase, code=code, device=label, inspectorate=inspectorate)


@contextlib.contextmanager
def _all_or_nothing(paths: list[Path], folder: Path) -> Iterator[None]:
    """Take away what was made when it could not be made whole."""
    try:
        yield
    except BaseException:
        for path in paths:
            for leftover in files_of(path):
                leftover.unlink(missing_ok=True)
        shutil.rmtree(folder, ignore_errors=True)
        raise


@contextlib.contextmanager
def _no_collecting() -> Iterator[None]:
    """Millions of short-lived values and no cycles: the cyclic collector would only cost time."""
    collecting = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if collecting:
            gc.enable()
