"""Commands about who belongs to the team: admit, remove, withdraw."""

import argparse
from pathlib import Path

from fieldwork.commandline.answer import Add, Answer, open_workspace
from fieldwork.commandline.laptops import _on_workspace


def add_commands(add: Add) -> None:
    parser = _on_workspace(add("admit", admit, "confirm a laptop that has joined"))
    parser.add_argument("device", help="its label or the start of its id")

    parser = _on_workspace(add("remove", remove, "end a laptop's membership"))
    parser.add_argument("device", help="its label or the start of its id")
    parser.add_argument("--reason", default="")
    parser.add_argument(
        "--anyway", action="store_true", help="though nobody else keeps keys of answers that are sealed"
    )

    parser = _on_workspace(
        add("withdraw", withdraw, "let nobody join with a pack any more; or list those not used yet")
    )
    parser.add_argument("pack", nargs="?", default="", help="the end of its id")


def admit(options: argparse.Namespace) -> Answer:
    from fieldwork.work import team

    with open_workspace(options, writing=True) as workspace:
        done = team.admit(workspace, device=options.device)
        device = team.find_device(workspace, options.device)
    return Answer(
        {
            "device": device.id.hex(),
            "label": device.label,
            "admitted": True,
            "changed": done.entry is not None,
        },
        [f"{device.label} is admitted."],
    )


def remove(options: argparse.Namespace) -> Answer:
    from fieldwork.work import keeping, leading, team

    with open_workspace(options, writing=True) as workspace:
        gone = keeping.loss(workspace, team.find_device(workspace, options.device).id)
        done = leading.remove(workspace, device=options.device, reason=options.reason, anyway=options.anyway)
        device = team.find_device(workspace, (done.id or b"").hex())
        packs = leading.open_packs(workspace)
    return Answer(
        {
            "device": device.id.hex(),
            "label": device.label,
            "removed": True,
            "lost": list(gone.lost),
            "unkept": list(gone.unkept),
            "packs": [one.plain() for one in packs],
        },
        [
            f"{device.label} is removed. {leading.REMOVAL_PROTECTS}",
            *(_pack_line(one.words, one.name, options.workspace) for one in packs),
        ],
    )


def withdraw(options: argparse.Namespace) -> Answer:
    from fieldwork.work import leading

    with open_workspace(options, writing=bool(options.pack)) as workspace:
        done = leading.withdraw(workspace, pack=options.pack) if options.pack else None
        packs = leading.open_packs(workspace)
    withdrawn = (done.id or b"").hex() if done else None
    lines = ["The pack is withdrawn: nobody joins with it any more."] if done else []
    lines += [_pack_line(one.words, one.name, options.workspace) for one in packs]
    return Answer(
        {"withdrawn": withdrawn, "packs": [one.plain() for one in packs]},
        lines or ["No pack waits to be used."],
    )


def _pack_line(words: str, name: str, workspace: Path) -> str:
    return f"{words}; who has it and its code may join. `fieldwork withdraw {workspace} {name}` ends that."
