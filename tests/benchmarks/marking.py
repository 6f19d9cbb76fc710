"""Marking among three thousand files: an answer with all that hangs on it, and the next file ready.

The bare thing beside each is one evaluation of the question set, which nobody can do without.
"""

import tempfile
from datetime import datetime
from pathlib import Path

from fieldwork.questions.applying import apply
from fieldwork.work import file_queue, file_view
from fieldwork.work.examining import question_set, revised
from worlds import bare_inspection

from . import Pair, interleaved, milliseconds
from ._marked import files_marked

FILES = 3_000
NOW = datetime(2026, 11, 24, 14, 3)


def run(scale: float = 1.0) -> dict[str, Pair]:
    """Half of the files are finished, by one examiner each; the other half waits."""
    half = max(2, round(FILES * scale / 2))
    times = 15 if scale >= 1 else 1
    with tempfile.TemporaryDirectory() as folder, bare_inspection(Path(folder)) as workspace:
        files_marked(workspace, half, examiners=1, waiting=half)
        here = file_queue.next_file(workspace)
        assert here is not None
        pane = file_view.view_file(workspace, here.id).pane
        questions = question_set(workspace)
        first = next(q for q in pane.asked if q.choices)
        values = [choice.code for choice in first.choices]

        def evaluated() -> float:
            return milliseconds(lambda: apply(questions, {first.code: values[0]}, NOW))

        def stored() -> object:
            values.append(values.pop(0))
            return file_view.store_answer(workspace, file=here.id, question=first.code, value=values[0])

        evaluated()
        measured = {
            "an answer and what hangs on it, in the pane": lambda: revised(pane, first.code, value=values[0]),
            "an answer written": stored,
            "the next file found": lambda: file_queue.next_file(workspace, after=here.id),
            "the next file open": lambda: file_view.view_file(workspace, here.id),
        }
        return {
            what: interleaved(lambda work=work: milliseconds(work), evaluated, times)
            for what, work in measured.items()
        }
