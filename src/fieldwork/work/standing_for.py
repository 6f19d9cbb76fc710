"""How far the files that are counted stand for the cases they were drawn from."""

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Final

from fieldwork.analysis.intervals import BY_HAND
from fieldwork.domain.values import Id
from fieldwork.store.drawn import Part, frames
from fieldwork.store.workspace import Workspace

RATES: Final = "strata counted at different rates: counts only"
TWO_DRAWS: Final = "drawn from lists that have cases in common: counts only"
SEVERAL: Final = "asked several times a file: counts only"


@dataclass(frozen=True)
class Standing:
    """Whether a group of files says something of others: the size of what it stands for, or why not.

    population: cases, in the proportion in which its strata were counted; need not be whole. None of no files
    and where `because` says why.
    """

    population: float | None = None
    because: str = ""

    @property
    def at_random(self) -> bool:
        return not self.because


class Sample:
    """The draws behind all files that are counted."""

    def __init__(self, workspace: Workspace, counted: Collection[Id]) -> None:
        """counted: the files, whichever group they are in."""
        self._frames = frames(workspace)
        self._counted = Counter(part for file in set(counted) for part in self._frames.chosen.get(file, ()))

    def standing(self, files: Sequence[Id]) -> Standing:
        """Of some of the counted files. Files are taken to have been examined in the order of the draw.

        Strata may be put together where each was counted in the same proportion, to within one file.
        """
        parts: Counter[Part] = Counter()
        by_hand = 0
        for file in files:
            of_file = self._frames.chosen.get(file, frozenset())
            if len(of_file) > 1:
                return Standing(because=TWO_DRAWS)
            parts.update(of_file)
            by_hand += not of_file
        if by_hand:
            some = "" if by_hand == len(files) else f"{by_hand} of {len(files)} files "
            return Standing(because=f"{some}{BY_HAND}" if not some else f"{some}were {BY_HAND}")
        if len({draw for draw, _ in parts}) > 1 and any(draw in self._frames.shared for draw, _ in parts):
            return Standing(because=TWO_DRAWS)
        if not self._alike(parts):
            return Standing(because=RATES)
        sizes = self._frames.cases
        return Standing(sum(number * sizes[part] / self._counted[part] for part, number in parts.items()))

    def _alike(self, parts: Collection[Part]) -> bool:
        if len(parts) < 2:
            return True
        cases = sum(self._frames.cases[part] for part in parts)
        counted = sum(self._counted[part] for part in parts)
        return all(
            abs(self._counted[part] * cases - self._frames.cases[part] * counted) < cases for part in parts
        )
