"""The rows of the list of files."""

from collections.abc import Sequence
from datetime import date

from fieldwork.desktop.kit import Row
from fieldwork.desktop.pages.words import day_words
from fieldwork.domain.records import CaseFile
from fieldwork.work.file_view import FileLine


def file_row(line: FileLine, left_here: bool, pair: str = "") -> Row:
    """A file as its own examiner sees it; left_here: where the work was left last; pair: how a paired one stands."""
    state, file = line.state, line.state.file
    finished = is_finished(line)
    begun = state.mine is not None and state.mine.started is not None
    where = ", ".join(part for part in (file.unit, *line.bodies) if part)
    if line.instead:
        trail = "replaced"
    elif line.due:
        trail = "look again"
    elif finished:
        trail = "finished"
    elif begun:
        trail = ""
    else:
        trail = f"for {line.examiner}" if line.examiner else "not begun"
    others = sum(e.started is not None for e in state.examinations if e is not state.mine)
    sub = " \u00b7 ".join(
        part
        for part in (
            line.instead,
            where,
            live_words(file),
            "calibration: marked by all, outside the results" if state.calibrating else "",
            pair or ("for a blind pair, nobody named yet" if state.paired and state.in_sample else ""),
            "a colleague examines it too" if others and not pair else "",
            f"{line.entries} entries" if line.entries > 1 else "",
            "you left off here" if left_here and not finished else "",
        )
        if part
    )
    return Row(
        file.reference,
        sub=sub,
        icon="circle-check" if finished else "circle-dot" if begun else "circle",
        tone="accent" if finished else "text2" if begun else "outline",
        trail=trail,
        progress=(line.answered, line.asked) if begun and not finished else None,
        done=finished,
        ident=file.id,
    )


def is_finished(line: FileLine) -> bool:
    """Whether this examiner has finished a file and is not to look at it again."""
    return bool(line.state.mine and line.state.mine.finished) and not line.due


def to_do(line: FileLine) -> bool:
    """Whether a file waits for this examiner."""
    return line.mine and not is_finished(line)


def fits(line: FileLine, words: Sequence[str]) -> bool:
    """Whether each of these words, in small letters, stands in what is said of a file."""
    state, file = line.state, line.state.file
    stratum = state.stratum.name if state.stratum else ""
    said = " ".join((file.reference, file.force, file.area, file.unit, stratum, line.examiner)).lower()
    return all(word in said for word in words)


def live_words(file: CaseFile) -> str:
    """Whether a file is of a live case, and the day it is to be looked at again."""
    if not file.revisit:
        return "live" if file.live == "Y" else ""
    try:
        day = day_words(date.fromisoformat(file.revisit), year=True)
    except ValueError:
        day = file.revisit
    return f"live: look again on {day}" if file.live == "Y" else f"look again on {day}"


def nothing_left(lines: Sequence[FileLine]) -> str:
    """Why the list of what is to be done is empty."""
    if any(line.mine for line in lines):
        return "Nothing to do: every file for you is finished."
    return "No file is for you to mark."
