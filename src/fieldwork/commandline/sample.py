"""The command `sample`: drawing, replacing a file, and how far the sample is."""

import argparse
from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from fieldwork.commandline.answer import Add, Answer, note, open_workspace
from fieldwork.commandline.laptops import _on_workspace
from fieldwork.domain.faults import Fault

if TYPE_CHECKING:
    from fieldwork.store.workspace import Workspace
    from fieldwork.work.sample_progress import DrawnPart, Progress

BY = ("stratum", "visit", "examiner")


def add_commands(add: Add) -> None:
    parser = _on_workspace(
        add("sample", sample, "draw a reproducible stratified sample, or say how far it is")
    )
    parser.add_argument("--frame", type=Path, metavar="FRAME.csv|.xlsx", help="the case list to draw from")
    parser.add_argument("--strata", metavar="COLUMN,...", help="its columns that make the strata")
    parser.add_argument("--target", metavar="N|FILE", help="of each stratum, or a list: stratum,target")
    parser.add_argument("--seed", metavar="S")
    parser.add_argument("--overlap", metavar="PERCENT", default="", help="for blind pairs")
    parser.add_argument("--tranche", metavar="NAME", default="1", help="a further part of the same sample")
    parser.add_argument("--visit", metavar="V", help="the visit the chosen files belong to")
    parser.add_argument("--replace", metavar="REFERENCE", help="put the next reserve in this file's place")
    parser.add_argument("--reason", metavar="TEXT", default="", help="why it is replaced")
    parser.add_argument("--progress", choices=BY, help="how far the sample is")


def sample(options: argparse.Namespace) -> Answer:
    wanted = [name for name in ("frame", "replace", "progress") if getattr(options, name) is not None]
    if len(wanted) != 1:
        raise Fault(
            "Say one of --frame (to draw), --replace (a file by the next reserve) and --progress (how far it is)."
        )
    return {"frame": _draw, "replace": _replace, "progress": _progress}[wanted[0]](options)


def _draw(options: argparse.Namespace) -> Answer:
    from fieldwork.work import sample_progress, sampling
    from fieldwork.work.frames import read_frame
    from fieldwork.work.tables import listed
    from fieldwork.work.visits import find_visit

    missing = [f"--{name}" for name in ("strata", "target", "seed") if getattr(options, name) is None]
    if missing:
        raise Fault(f"A draw needs {listed(missing)} as well; give {'it' if len(missing) == 1 else 'them'}.")
    columns = options.strata.split(",")
    frame = read_frame(options.frame, columns)
    with open_workspace(options, writing=True) as workspace:
        done = sampling.draw(
            workspace,
            frame,
            target=options.target,
            seed=options.seed,
            overlap=options.overlap,
            tranche=options.tranche,
            visit=find_visit(workspace, options.visit).id if options.visit else None,
        )
        assert done.id is not None
        drawn = sample_progress.drawn(workspace, done.id, options.tranche.strip())
        unknown = sampling.unknown_bodies(workspace, frame)
    if unknown:
        note(f"no bodies of the register, so left out of the files' headers: {listed(unknown)}")
    if done.entry is None:
        note("all of this was drawn already; nothing was changed")
    data = {
        **asdict(drawn),
        "draw": drawn.id.hex(),
        "frame_file": frame.digest,
        "new": done.entry is not None,
    }
    del data["id"]
    said = [f"Seed {drawn.seed}, frame {drawn.frame} ({drawn.cases} cases), tranche {drawn.tranche}"]
    return Answer(data, [*said, *(line for part in drawn.strata for line in _said(part))])


def _said(part: "DrawnPart") -> list[str]:
    pairs = f", {len(part.overlap)} of them for blind pairs" if part.overlap else ""
    lines = [
        f"{part.stratum}: {len(part.chosen)} of {part.cases} chosen{pairs}, {len(part.reserves)} in reserve"
    ]
    for reference in part.chosen:
        lines.append(f"    {reference}{' (blind pair)' if reference in part.overlap else ''}")
    return [*lines, *(f"    {reference} (replaced)" for reference in part.replaced)]


def _replace(options: argparse.Namespace) -> Answer:
    from fieldwork.domain.records import CaseFile
    from fieldwork.store.reading import get
    from fieldwork.work import files, sampling

    with open_workspace(options, writing=True) as workspace:
        file = files.find_file(workspace, options.replace)
        done = sampling.replace_file(workspace, file=file.id, reason=options.reason)
        assert done.id is not None
        by = get(workspace, CaseFile, done.id)
    data = {"replaced": file.reference, "by": by.reference, "id": by.id.hex()}
    return Answer(data, [f"{file.reference} is replaced by {by.reference}."])


def _progress(options: argparse.Namespace) -> Answer:
    with open_workspace(options) as workspace:
        lines = _lines(workspace, options.progress)
    data = {"by": options.progress, "parts": [asdict(line) for line in lines]}
    return Answer(data, [_progress_said(line) for line in lines] or ["There is no case file yet."])


def _lines(workspace: "Workspace", by: str) -> "list[Progress]":
    from fieldwork.work.sample_progress import progress

    return progress(workspace, by, date.today())


def _progress_said(line: "Progress") -> str:
    parts = [f"{line.finished} finished", f"{line.begun} begun"]
    if line.target is not None:
        parts.insert(0, f"target {line.target}")
    if line.paired:
        parts.append(f"{line.paired_finished} of {line.paired} blind pairs finished")
    parts += [
        f"{number} {words}"
        for number, words in (
            (line.replaced, "replaced"),
            (line.reserves, "in reserve"),
            (line.live, "live"),
            (line.due, "to be looked at again"),
        )
        if number
    ]
    return f"{line.name}: {line.files} {'file' if line.files == 1 else 'files'}, {', '.join(parts)}"
