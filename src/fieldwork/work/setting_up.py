"""What the place for setting up shows: the question set in use with its versions, and the sample."""

from dataclasses import dataclass
from datetime import date
from pathlib import Path

from fieldwork.domain.faults import Fault
from fieldwork.domain.question_set import QuestionSet
from fieldwork.domain.records import DrawnStratum
from fieldwork.domain.values import Id
from fieldwork.questions.differing import differing
from fieldwork.questions.side_by_side import Pair, pairs
from fieldwork.store.reading import records
from fieldwork.store.workspace import Workspace
from fieldwork.work.done import Done
from fieldwork.work.examining import question_set
from fieldwork.work.files import find_file
from fieldwork.work.form_writing import write_version
from fieldwork.work.question_sets import Offered, Version, in_use_of, offered, versions
from fieldwork.work.sample_progress import Drawn, Progress, drawn, progress
from fieldwork.work.sampling import draw_sample, replace_file
from fieldwork.work.team import laptops


@dataclass(frozen=True)
class SetNow:
    """A version of the question set with all that are kept; lead: whether this laptop's word decides."""

    versions: tuple[Version, ...]
    shown: Id | None
    questions: QuestionSet | None
    lead: bool

    @property
    def version(self) -> Version | None:
        """The version that is shown."""
        return next((one for one in self.versions if one.id == self.shown), None)


def set_now(workspace: Workspace, shown: Id | None = None) -> SetNow:
    """The version asked for, else the one in use."""
    kept = tuple(versions(workspace))
    id = shown if any(one.id == shown for one in kept) else in_use_of(workspace)
    questions = question_set(workspace, id) if id is not None else None
    lead = any(laptop.here and laptop.leads for laptop in laptops(workspace))
    return SetNow(kept, id, questions, lead)


@dataclass(frozen=True)
class Compared:
    """Two versions side by side. offer: the form that was read in, None where both are kept here."""

    title: str
    pairs: tuple[Pair, ...]
    notices: tuple[str, ...] = ()
    offer: Offered | None = None


def compare(workspace: Workspace, earlier: Id) -> Compared:
    """A version kept here beside the one in use."""
    old, new = question_set(workspace, earlier), question_set(workspace)
    title = (
        f"From version {old.version or 'not named'} to version {new.version or 'not named'}, which is in use"
    )
    return Compared(title, tuple(pairs(old, new, differing(old, new))))


def look_at(workspace: Workspace, form: Path) -> Compared:
    """A workbook beside the set in use, before it takes its place. Raises Fault for one that cannot be used."""
    path = existing(form)
    offer = offered(workspace, path)
    old = offer.before or offer.new
    found = tuple(pairs(old, offer.new, offer.difference, offer.refusals))
    return Compared(f"{path.name} beside the set in use", found, offer.notices, offer)


def existing(path: Path) -> Path:
    """A file that was named by hand. Raises Fault where there is none."""
    path = Path(path).expanduser()
    if not path.is_file():
        raise Fault(f"{path} is not there; check the name and the folder.")
    return path


def hand_out(workspace: Workspace, *, to: Path, version: Id | None) -> Path:
    """Write a version as the name's ending says; the folder has to be there."""
    path = Path(to).expanduser()
    if not path.is_absolute():
        raise Fault(f"Say the whole folder of {path.name}, from its beginning.")
    return write_version(workspace, path, version=version)


# -- the sample


@dataclass(frozen=True)
class SampleNow:
    """How far the sample is, by one of its sides, and what each draw chose, tranche by tranche."""

    parts: tuple[Progress, ...]
    draws: tuple[Drawn, ...]
    lead: bool


def sample_now(workspace: Workspace, by: str, today: date) -> SampleNow:
    """by: "stratum", "visit" or "examiner"."""
    tranches = dict.fromkeys(
        (one.draw, one.tranche) for one in records(workspace, DrawnStratum, order="tranche") if one.draw
    )
    draws = tuple(drawn(workspace, draw, tranche) for draw, tranche in tranches)
    lead = any(laptop.here and laptop.leads for laptop in laptops(workspace))
    return SampleNow(tuple(progress(workspace, by, today)), draws, lead)


def draw_from(
    workspace: Workspace, *, frame: Path, strata: str, target: str, seed: str, overlap: str, tranche: str
) -> Done:
    """As `draw_sample`, from what was typed: columns parted by commas, no tranche for the first."""
    return draw_sample(
        workspace,
        frame=existing(frame),
        strata=[column for column in strata.split(",") if column.strip()],
        target=str(Path(target).expanduser()) if target.strip() and not target.strip().isdigit() else target,
        seed=seed,
        overlap=overlap,
        tranche=tranche or "1",
    )


def replace_named(workspace: Workspace, *, reference: str, reason: str) -> Done:
    """Put the next reserve in the place of the file under this reference."""
    return replace_file(workspace, file=find_file(workspace, reference).id, reason=reason)
