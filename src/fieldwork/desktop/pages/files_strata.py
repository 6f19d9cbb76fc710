"""How far each stratum is: the heads of the list of files, and the bars beside it."""

from collections.abc import Sequence

from fieldwork.desktop.kit import Box, Progress, Text, col, row
from fieldwork.domain.values import Id
from fieldwork.work.file_view import FileLine


def stratum_words(lines: Sequence[FileLine], line: FileLine) -> str:
    """The head over the files of a line's stratum."""
    done, of, target = progress(lines, line.state.file.stratum)
    aim = f", target {target}" if target else ""
    return f"{_name(line)}:  {done} of {of} finished{aim}"


def progress(lines: Sequence[FileLine], stratum: Id | None) -> tuple[int, int, int]:
    """Finished, in the sample, and the target of a stratum (0 for none)."""
    some = [line for line in lines if line.state.file.stratum == stratum]
    target = some[0].state.stratum.target if some and some[0].state.stratum else None
    drawn = [line for line in some if line.state.in_sample]
    return sum(line.state.finished for line in drawn), len(drawn), target or 0


def show_strata(into: Box, lines: Sequence[FileLine]) -> None:
    """A bar for each stratum."""
    into.clear()
    into.add(Text("Progress by stratum", "strong"))
    for stratum in dict.fromkeys(line.state.file.stratum for line in lines):
        line = next(one for one in lines if one.state.file.stratum == stratum)
        done, of, target = progress(lines, stratum)
        into.add(
            col(
                row((Text(_name(line), "small", wrap=True), 1), Text(f"{done} of {of}", "caption", "quiet")),
                Progress(done, max(of, target), 4, f"{_name(line)}, finished"),
                Text(f"target {target}" if target else "", "caption", "quiet"),
                space=4,
            )
        )
    into.add(None)


def _name(line: FileLine) -> str:
    return line.state.stratum.name if line.state.stratum else "No stratum"
