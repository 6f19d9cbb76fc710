"""Breaking lines: no word is lost, changed or moved whatever the text, and no line is wider than its room."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fieldwork.reports.document import Table
from fieldwork.reports.pdf import style
from fieldwork.reports.pdf.fonts import face, printable, split_by_face, visual
from fieldwork.reports.pdf.tables import column_widths
from fieldwork.reports.pdf.text import Span, break_lines

ALPHABET = "abcdefgh WXYZ  .,-/—é\n\tðŁ≥✓محمدعבשराजेश王\u0301"
texts = st.text(st.sampled_from(ALPHABET), max_size=120)
variants = st.sampled_from(["Regular", "Bold", "Italic", "BoldItalic"])


@settings(max_examples=250, deadline=None)
@given(st.lists(st.tuples(texts, variants), min_size=1, max_size=4), st.floats(12, 400))
def test_lines_hold_the_text_and_fit(parts, width):
    spans = [Span(printable(text)[0], variant) for text, variant in parts]
    lines = break_lines(spans, 10, width)
    shown = "".join("".join(fragment.text for fragment in line.fragments) for line in lines)
    expected = "".join(span.text for span in spans)
    assert "".join(shown.split()) == "".join(expected.split())
    for line in lines:
        drawn = sum(fragment.width for fragment in line.fragments)
        assert drawn == pytest.approx(line.width, abs=1e-6)
        assert line.width * 10 <= width + 1e-6 or len("".join(f.text for f in line.fragments)) <= 2


@settings(max_examples=150, deadline=None)
@given(texts, variants)
def test_every_stretch_is_drawn_by_a_face_that_has_it(text, variant):
    shown = printable(text)[0].replace("\n", " ")
    stretches = split_by_face(shown, variant)
    assert "".join(piece for _, piece in stretches) == shown
    for drawn_in, piece in stretches:
        assert all(ord(char) in drawn_in.has for char in piece)
        if drawn_in.right_to_left:
            assert all(ord(char) in drawn_in.has for char in visual(piece, drawn_in))


@pytest.mark.parametrize(
    ("typed", "drawn"),
    [
        ("محمد", "\ufeaa\ufee4\ufea4\ufee3"),  # four letters joined, right to left
        ("سلام", "\ufee1\ufefc\ufeb3"),  # lam with alef is one glyph
        ("ب", "\ufe8f"),
        ("שרה", "הרש"),
    ],
)
def test_right_to_left_names_are_joined_and_turned(typed, drawn):
    name = "NotoSansHebrew-Regular" if typed == "שרה" else "NotoSansArabic-Regular"
    assert visual(typed, face(name)) == drawn


def test_figures_are_not_broken_beside_long_words():
    rows = (("word " * 200, "1,234", "36"), ("x" * 300, "8", "7"))
    table = Table("t", ("Question", "Counts", "n"), rows)
    widths = column_widths(table, table.head, table.rows)
    assert sum(widths) == pytest.approx(style.TEXT_WIDTH)
    for column in (1, 2):
        for text in (table.head[column], *(row[column] for row in rows)):
            variant = "Bold" if text in table.head else "Regular"
            assert len(break_lines([Span(text, variant)], style.SMALL, widths[column] - 12)) == 1


@settings(max_examples=100, deadline=None)
@given(st.lists(st.tuples(texts, texts, texts), max_size=5))
def test_columns_always_fill_the_width(rows):
    table = Table("t", ("a", "b", "c"), tuple(rows))
    widths = column_widths(table, table.head, [[printable(cell)[0] for cell in row] for row in rows])
    assert sum(widths) == pytest.approx(style.TEXT_WIDTH)
    assert min(widths) > 12
