"""Colours and sizes: the contrasts are computed from the tokens, never looked up."""

import itertools

import pytest

from fieldwork.desktop.appearance.tokens import PALETTES, TYPE, appearance, contrast, dp, font, gap

GROUNDS = ("sunken", "canvas", "surface", "raised", "accent_soft", "warn_soft")


@pytest.mark.parametrize("palette", PALETTES.values(), ids=PALETTES)
@pytest.mark.parametrize("ink", ["text", "text2", "accent", "warn", "danger"])
def test_text_stands_out_on_every_ground(palette, ink):
    worst = min(contrast(getattr(palette, ink), getattr(palette, ground)) for ground in GROUNDS)
    assert worst >= 4.5


@pytest.mark.parametrize("palette", PALETTES.values(), ids=PALETTES)
def test_text_on_its_own_ground(palette):
    assert contrast(palette.on_accent, palette.accent) >= 4.5
    assert contrast(palette.on_mark, palette.mark) >= 4.5


@pytest.mark.parametrize("palette", PALETTES.values(), ids=PALETTES)
def test_outlines_and_focus_can_be_seen(palette):
    for ground in GROUNDS:
        assert contrast(palette.outline, getattr(palette, ground)) >= 3
        assert contrast(palette.focus, getattr(palette, ground)) >= 3


@pytest.mark.parametrize("palette", PALETTES.values(), ids=PALETTES)
def test_the_three_answers_differ_in_greyscale(palette):
    answers = (palette.fully, palette.partly, palette.notmet)
    for colour in answers:
        assert contrast(colour, palette.surface) >= 3
    for one, other in itertools.combinations(answers, 2):
        assert contrast(one, other) >= 1.6


def test_text_grows_one_to_one_and_space_by_a_quarter(qapp):
    appearance.apply(factor=2.0)
    assert (dp(36), gap(32)) == (72, 40)
    assert font("body").pixelSize() == 28


def test_every_kind_of_text_is_inter(qapp):
    from PySide6.QtGui import QFontInfo

    assert {QFontInfo(font(kind)).family() for kind in TYPE} == {"Inter"}


def test_system_appearance_follows(qapp):
    appearance.apply("system")
    assert appearance.colours.name in PALETTES


def test_sizes_step_and_stop(qapp):
    appearance.apply(factor=1.0)
    assert appearance.next_size(-1) == 1.0
    assert appearance.next_size(1) == 1.1
    appearance.apply(factor=9.0)
    assert appearance.factor == 2.0
