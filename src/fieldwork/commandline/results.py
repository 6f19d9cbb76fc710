"""The command `results`: counted now, kept under a title, and set against what was kept or published earlier."""

import argparse
from pathlib import Path
from typing import TYPE_CHECKING, Any

from fieldwork.commandline.answer import Add, Answer, open_workspace
from fieldwork.commandline.laptops import _on_workspace
from fieldwork.domain.faults import Fault

if TYPE_CHECKING:
    from fieldwork.analysis.intervals import Share
    from fieldwork.analysis.moving import Counted
    from fieldwork.work.earlier_results import Source
    from fieldwork.work.kept_results import Line
    from fieldwork.work.saved_results import Saved

BY = ("body", "stratum", "phase", "unit", "flag")


def add_commands(add: Add) -> None:
    parser = _on_workspace(add("results", results, "question and section results"))
    parser.add_argument("--by", choices=BY, default="")
    parser.add_argument("--to", type=Path, metavar="FILE.csv|.xlsx")
    ways = parser.add_mutually_exclusive_group()
    ways.add_argument("--save", metavar="TITLE", help="keep this table as it stands now")
    ways.add_argument("--kept", action="store_true", help="list saved tables and sources of earlier results")
    ways.add_argument("--show", metavar="TITLE", help="a saved table as it was saved")
    ways.add_argument(
        "--against",
        metavar="TITLE|SOURCE|FILE",
        help="what has moved since a table was saved, or the results of an earlier inspection beside these",
    )


def results(options: argparse.Namespace) -> Answer:
    if options.to and (options.save is not None or options.kept or options.show or options.against):
        raise Fault("--to writes the results of now; --save, --kept, --show and --against go without it.")
    if options.kept:
        return _kept(options)
    if options.show is not None:
        return _show(options)
    if options.against is not None:
        return _against(options)
    return _counted(options)


def _counted(options: argparse.Namespace) -> Answer:
    from fieldwork.work import exporting, saved_results
    from fieldwork.work.result_tables import figures_digest
    from fieldwork.work.results import result_rows
    from fieldwork.work.results import results as counted

    saving = options.save is not None
    with open_workspace(options, writing=saving) as workspace:
        done = saved_results.save_results(workspace, title=options.save, by=options.by) if saving else None
        groups = counted(workspace, by=options.by)
        heads, rows = result_rows(groups)
        if options.to:
            exporting.write_results(workspace, options.to, by=options.by)
    data: dict[str, Any] = {
        "by": options.by or None,
        "groups": [{"group": group.group, "files": group.files} for group in groups],
        "rows": [dict(zip(heads, row, strict=True)) for row in rows],
        "to": str(options.to) if options.to else None,
        "digest": figures_digest(groups),
    }
    lines = [f"{options.to}"] if options.to else ["\t".join(heads), *("\t".join(row) for row in rows)]
    lines.append(f"figures SHA-256 {data['digest']}")
    if done is not None and done.id is not None:
        data["saved"] = done.id.hex()
        lines.append(f'saved as "{options.save}"')
    return Answer(data, lines)


def _kept(options: argparse.Namespace) -> Answer:
    from fieldwork.work.kept_results import kept

    with open_workspace(options) as workspace:
        found = kept(workspace)
    data = {"saved": [_saved(one) for one in found.saved], "earlier": [_source(one) for one in found.earlier]}
    lines = [
        f"saved {one.day}{one.by_whom}\t{one.title}\t{_limits(one)}\tSHA-256 {one.digest}"
        for one in found.saved
    ]
    lines += [
        f"earlier\t{one.source}\t{one.figures} figures, read on {one.read_on}\t{one.address}"
        for one in found.earlier
    ]
    return Answer(
        data, lines or ["No results have been saved yet, and none of earlier inspections taken in."]
    )


def _show(options: argparse.Namespace) -> Answer:
    from fieldwork.work.saved_results import find_saved

    with open_workspace(options) as workspace:
        saved = find_saved(workspace, options.show)
    lines = [f"{saved.title}, saved on {saved.day}{saved.by_whom}, {_limits(saved)}"]
    lines += ["\t".join(saved.heads), *("\t".join(row) for row in saved.rows)]
    lines.append(f"figures SHA-256 {saved.digest}")
    return Answer({"saved": _saved(saved), "rows": saved.lines()}, lines)


def _against(options: argparse.Namespace) -> Answer:
    from fieldwork.work.kept_results import against
    from fieldwork.work.saved_results import Saved

    with open_workspace(options) as workspace:
        found = against(workspace, options.against, by=options.by)
    held = found.held
    data = {
        "against": _saved(held) if isinstance(held, Saved) else _source(held),
        "lines": [_line(one) for one in found.lines],
        "cells": found.cells,
        "digest": found.digest,
    }
    return Answer(data, [found.said, *map(_words, found.lines), f"figures SHA-256 {found.digest}"])


def _limits(saved: "Saved") -> str:
    by = f"by {saved.by}" if saved.by else "all files together"
    return f"{by}, of {saved.limits}" if saved.limits else by


def _saved(one: "Saved") -> dict[str, Any]:
    return {
        "id": one.id.hex(), "title": one.title, "by": one.by or None, "visit": one.limits or None,
        "made": one.made, "person": one.person, "digest": one.digest, "evidence": one.evidence,
    }  # fmt: skip


def _source(one: "Source") -> dict[str, Any]:
    return {
        "source": one.source, "address": one.address, "read_on": one.read_on, "figures": one.figures,
        "provisional": one.provisional, "unread": one.unread,
    }  # fmt: skip


def _line(one: "Line") -> dict[str, Any]:
    apart = one.apart
    interval = apart.interval if apart else None
    return {
        "group": one.group, "question": one.question, "wording": one.wording, "answer": one.answer,
        "before": _figure(one.before), "now": _figure(one.now), "words": one.words, "provisional": one.provisional,
        "points": apart.points if apart and not apart.without.endswith("counts only") else None,
        "low": interval.low if interval else None, "high": interval.high if interval else None,
    }  # fmt: skip


def _figure(one: "Counted | Share | None") -> dict[str, Any] | None:
    from fieldwork.analysis.intervals import Share

    if one is None:
        return None
    share = one if isinstance(one, Share) else None
    interval = share.interval if share else None
    return {
        "count": one.count, "n": one.n, "percent": share.percent if share else None,
        "low": interval.low if interval else None, "high": interval.high if interval else None,
    }  # fmt: skip


def _words(one: "Line") -> str:
    place = " ".join(part for part in (one.group, one.question, one.answer) if part)
    if one.apart is None and one.words.startswith("was "):
        return f"{place}: {one.words}"
    now = f"now {one.now}: " if one.now is not None else ""
    return f"{place}{' (provisional)' if one.provisional else ''}: then {one.before}, {now}{one.words}"
