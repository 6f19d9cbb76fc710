"""Commands that work out numbers from a file of them: agreement."""

import argparse
from pathlib import Path
from typing import TYPE_CHECKING, Any

from fieldwork.commandline.answer import Add, Answer

if TYPE_CHECKING:
    from fieldwork.analysis.agreement import Disagreements, Figure

SCALES = ("nominal", "ordinal", "interval", "ratio")
WORDS = {
    "raw": "Raw agreement",
    "cohen_kappa": "Cohen's kappa",
    "weighted_kappa_linear": "Weighted kappa, linear",
    "weighted_kappa_quadratic": "Weighted kappa, quadratic",
    "alpha": "Krippendorff's alpha",
    "ac1": "Gwet's AC1",
    "ac2_linear": "Gwet's AC2, linear",
    "ac2_quadratic": "Gwet's AC2, quadratic",
}


def add_commands(add: Add) -> None:
    parser = add("agreement", agreement, "how far raters who marked the same units agree")
    parser.add_argument("ratings", type=Path, metavar="RATINGS.csv", help="columns unit, rater, value")
    parser.add_argument("--scale", choices=SCALES, default="nominal", help="what alpha takes the values for")
    parser.add_argument("--order", metavar="a,b,c", help="the values from one end to the other")


def agreement(options: argparse.Namespace) -> Answer:
    from fieldwork.analysis.agreement import agreement as work_out
    from fieldwork.analysis.agreement import disagreements
    from fieldwork.work.rating import read_ratings

    order = None if options.order is None else [value.strip() for value in options.order.split(",")]
    ratings = read_ratings(options.ratings, scale=options.scale, order=order)
    figures = work_out(ratings)
    apart = disagreements(ratings)
    data: dict[str, Any] = {name: _data(figure) for name, figure in figures.items()}
    lines = [f"{WORDS[name]}: {_said(figure)}" for name, figure in figures.items()]
    if "value" in data["raw"]:
        counts = {"pairs": apart.pairs, "adjacent": apart.adjacent, "further": apart.further,
                  "opposite": apart.opposite}  # fmt: skip
        data["raw"].update(counts)
        lines.insert(1, f"    {_pairs(apart, ratings.ordered)}")
    return Answer(data, lines)


def _data(figure: "Figure") -> dict[str, Any]:
    from fieldwork.analysis.agreement import NotComputable

    if isinstance(figure, NotComputable):
        return {"not_computable": figure.reason}
    return {"value": figure.value, "low": figure.low, "high": figure.high, "n": figure.n}


def _said(figure: "Figure") -> str:
    from fieldwork.analysis.agreement import NotComputable

    if isinstance(figure, NotComputable):
        return f"not computable. {figure.reason}"
    between = "no interval"
    if figure.low is not None and figure.high is not None:
        between = f"{figure.low:.3f} to {figure.high:.3f}"
    return f"{figure.value:.3f} ({between}; n = {figure.n})"


def _pairs(apart: "Disagreements", ordered: bool) -> str:
    said = f"{apart.agreed} of {apart.pairs} pairs of marks agree"
    if not ordered:
        return f"{said}, {apart.further} differ"
    return f"{said}, {apart.adjacent} are one step apart, {apart.further} further, {apart.opposite} opposite"
