"""Commands that make evidence up: generate."""

import argparse
from pathlib import Path

from fieldwork.commandline.answer import Add, Answer, note, passphrase

SIZES = ("small", "typical", "national")


def add_commands(add: Add) -> None:
    parser = add("generate", generate, "made-up evidence of a size to plan for, on several laptops")
    parser.add_argument("workspace", type=Path, help="the lead's; the colleagues' are made beside it")
    parser.add_argument("--size", required=True, choices=SIZES)
    parser.add_argument("--devices", type=int, metavar="N", help="laptops; else as many as the size is for")
    parser.add_argument(
        "--seed", type=int, default=1, metavar="S", help="one seed always gives the same evidence"
    )


def generate(options: argparse.Namespace) -> Answer:
    from fieldwork.work.generating import generate as make

    made = make(
        options.workspace,
        passphrase(options, new=True),
        size=options.size,
        devices=options.devices,
        seed=options.seed,
        say=note,
    )
    lines = [
        f"{made.changes} changes in {made.entries} acts on {len(made.workspaces)} laptops; all of it is made up.",
        *(str(path) for path in made.workspaces),
    ]
    if made.packages:
        lines.append(
            f"To merge: fieldwork merge {options.workspace} {made.packages[0].parent}/*.fieldpackage"
        )
    data = {"size": options.size, "seed": options.seed, **made.plain()}
    return Answer(data, lines)
