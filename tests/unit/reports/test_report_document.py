"""The document tree: its shape is checked when it is made, and what all renderings share is decided once."""

import subprocess
import sys
from datetime import datetime

import pytest
from report_samples import MOMENT, empty_report, visit_summary

from fieldwork.reports.document import (
    Chart,
    Heading,
    Report,
    Run,
    Table,
    chart_table,
    closing_blocks,
    front_matter,
    plain_text,
    settled_blocks,
    tables,
)


def report_of(*blocks) -> Report:
    return Report("T", "", "OFFICIAL", "R", "A", MOMENT, "1", blocks)


@pytest.mark.parametrize(
    "make",
    [
        lambda: Table("t", (), ()),
        lambda: Table("t", ("a", "b"), (("1",),)),
        lambda: Table("t", ("a", "b"), (), widths=(1.0,)),
        lambda: Table("t", ("a", "b"), (), widths=(1.0, 0.0)),
        lambda: Table("t", ("a", "b"), (), align=("left",)),
        lambda: Chart("c", "alt", ("x", "y"), (("s", (1,)),)),
        lambda: Chart("c", "alt", ("x",), (("s", (-1,)),)),
        lambda: report_of(Heading(1, "a", "k"), Heading(1, "b", "k")),
        lambda: Report("T", "", "", "", "", datetime(2026, 1, 1), "", ()),
    ],
)
def test_an_irregular_shape_is_refused(make):
    with pytest.raises(ValueError):
        make()


def test_heading_levels_never_skip_one():
    levels = [Heading(level, "h", str(place)) for place, level in enumerate((3, 4, 1, 9, 2, 0))]
    settled = [block.level for block in settled_blocks(report_of(*levels))]
    assert settled == [1, 2, 1, 2, 2, 1]


def test_facts_a_report_lacks_are_left_out():
    assert front_matter(empty_report()) == (("Date", "20 November 2026, 16:40 UTC"),)
    assert dict(front_matter(visit_summary()))["Version"] == "3 (draft)"


def test_a_charts_figures_come_as_a_table_with_n():
    chart = Chart("c", "alt", ("x", "y"), (("met", (1, 2)), ("not", (3, 0))))
    table = chart_table(chart)
    assert table.head == ("Question", "met", "not", "n")
    assert table.rows == (("x", "1", "3", "4"), ("y", "2", "0", "2"))


def test_the_heads_of_the_history_close_the_report():
    report = visit_summary()
    last = list(tables(report))[-1]
    assert [row[2] for row in last.rows] == [head.digest for head in report.chain_heads]
    assert closing_blocks(empty_report()) == ()


def test_plain_text_is_cleaned():
    assert plain_text((Run("a\x00", "strong"), Run("b"))) == "a[U+0000]b"


def test_the_tree_loads_no_renderer():
    heavy = "{'reportlab', 'pikepdf', 'docx', 'PIL', 'PySide6'} & set(sys.modules)"
    code = f"import sys; import fieldwork.reports.document, fieldwork.reports.html; print({heavy})"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"
