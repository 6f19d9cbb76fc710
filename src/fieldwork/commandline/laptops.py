"""Commands that concern the file and the team: new, pack, join, share, merge, conflicts, verify, backup."""

import argparse
import re
from datetime import datetime
from pathlib import Path

from fieldwork.commandline.answer import (
    Add,
    Answer,
    all_lines,
    escaped,
    first_line,
    note,
    open_workspace,
    passphrase,
    warn_if_weak,
    warn_of_place,
)
from fieldwork.commandline.forms import note_warnings
from fieldwork.domain.faults import Fault, standing
from fieldwork.domain.vocabulary import INSPECTORATES


def add_commands(add: Add) -> None:
    parser = add("demo", demo, "the main job, start to finish, on three laptops")
    parser.add_argument("--to", type=Path, default=Path("demo"), metavar="DIR")
    parser.add_argument("--no-window", action="store_true")

    parser = _on_workspace(add("new", new, "start an inspection on this laptop"))
    parser.add_argument("--title", required=True)
    parser.add_argument("--lead", required=True, choices=list(INSPECTORATES))
    parser.add_argument("--with", required=True, dest="partner", choices=list(INSPECTORATES))
    parser.add_argument("--device", default="", help="what colleagues will call this laptop")
    parser.add_argument("--questions", type=Path, metavar="FORM")
    parser.add_argument("--codebook", type=Path, metavar="FILE")

    parser = _on_workspace(add("pack", pack, "hand the inspection to one more laptop, under a one-time code"))
    parser.add_argument("--to", type=Path, required=True, metavar="FILE")
    parser.add_argument("--code-file", type=Path, metavar="F")

    parser = add("join", join, "make this laptop's workspace from an inspection pack")
    parser.add_argument("pack", type=Path)
    parser.add_argument("workspace", type=Path)
    parser.add_argument("--device", required=True, help="what colleagues will call this laptop")
    parser.add_argument("--body", required=True, choices=list(INSPECTORATES), dest="inspectorate")
    parser.add_argument("--code-file", type=Path, metavar="F")

    parser = _on_workspace(add("share", share, "write a package with what others don't have yet"))
    parser.add_argument("--to", type=Path, required=True, metavar="DIR|FILE")
    parser.add_argument("--all", action="store_true", dest="everything")

    parser = _on_workspace(add("merge", merge, "take packages in"))
    parser.add_argument("packages", nargs="*", type=Path, metavar="PACKAGE")
    parser.add_argument(
        "--take-back", action="store_true", help="undo the last merge, while that is possible"
    )
    parser.add_argument(
        "--put-aside", action="store_true", help="merge again what merges that were taken back left here"
    )
    parser.add_argument("--dry-run", action="store_true")
    parser.add_argument(
        "--strict", action="store_true", help="exit 1 while conflicts are open; never without a backup"
    )

    _on_workspace(add("conflicts", conflicts, "open conflicts with all values"))

    parser = _on_workspace(add("resolve", resolve, "settle a conflict"))
    parser.add_argument("conflict", metavar="ID")
    choice = parser.add_mutually_exclusive_group(required=True)
    choice.add_argument("--keep", default="", metavar="ours|theirs|both|CHANGE")
    choice.add_argument("--value", metavar="TEXT")
    parser.add_argument("--reason", default="")

    _on_workspace(add("verify", verify, "is the evidence what its history says?"))

    parser = _on_workspace(add("backup", backup, "a verified copy"))
    parser.add_argument("--to", type=Path, required=True, metavar="DIR")

    parser = add("restore", restore, "a workspace back from a backup, under a new identity")
    parser.add_argument("backup", type=Path)
    parser.add_argument("workspace", type=Path)
    parser.add_argument(
        "--recovery-key-file",
        type=Path,
        metavar="F",
        help="open the backup with it; the passphrase is a new one",
    )

    parser = _on_workspace(add("rescue", rescue, "what can be brought back of a damaged workspace"))
    parser.add_argument("--to", type=Path, required=True, metavar="NEW")
    parser.add_argument("--backup", type=Path, metavar="BACKUP", help="stand on this one, not on the newest")
    parser.add_argument("--even-so", action="store_true", help="also when nothing is wrong with the file")

    parser = _on_workspace(add("passphrase", change_passphrase, "change the passphrase"))
    parser.add_argument("--new-passphrase-file", type=Path, required=True, metavar="F")
    parser.add_argument(
        "--recovery-key-file", type=Path, metavar="F", help="open with the recovery key, its four lines in F"
    )

    parser = _on_workspace(add("recovery", recovery, "a new recovery key, as a PDF of one page"))
    parser.add_argument("--to", type=Path, required=True, metavar="FILE.pdf|DIR")

    _on_workspace(add("dump", dump, "canonical JSON of the state"))


def _on_workspace(parser: argparse.ArgumentParser) -> argparse.ArgumentParser:
    parser.add_argument("workspace", type=Path)
    return parser


def demo(options: argparse.Namespace) -> Answer:
    import os
    import sys

    from fieldwork.work.demo import make_demo

    given = os.environ.get("FIELDWORK_PASSPHRASE")
    made = make_demo(options.to, given or "demo", say=note)
    opens = "the one in FIELDWORK_PASSPHRASE" if given else "demo"
    lines = [
        "",
        f"PDF:  {made.pdf}",
        f"HTML: {made.html}",
        f"CSV:  {made.csv}",
        "Workspaces: " + ", ".join(str(path) for path in made.workspaces),
        "Open one with: fieldwork " + str(made.workspaces[0]) + f"   (passphrase: {opens})",
    ]
    screen = sys.platform != "linux" or os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")
    if not options.no_window and not options.json and screen:
        from fieldwork.desktop.application import run

        run(made.workspaces[0])
    return Answer(made.plain(), lines)


def new(options: argparse.Namespace) -> Answer:
    from fieldwork.work.inspections import new_inspection

    warn_of_place(options.workspace)
    with new_inspection(
        options.workspace,
        passphrase(options, new=True),
        title=options.title,
        lead=options.lead,
        partner=options.partner,
        device=options.device,
        questions=options.questions,
        codebook=options.codebook,
    ) as workspace:
        if options.questions:
            note_warnings(options.questions)
        data = {
            "workspace": str(workspace.path),
            "inspection": workspace.inspection.hex(),
            "device": workspace.device.hex(),
        }
    return Answer(data, [f"{options.title}: {options.workspace} is ready."])


def pack(options: argparse.Namespace) -> Answer:
    from fieldwork.store.outgoing import check_target, write_out
    from fieldwork.work import team

    if options.code_file:
        if options.code_file.resolve() == options.to.resolve():
            raise Fault("The pack and its code need two files; keep them apart, too.")
        earlier = _earlier_code(options.code_file)
        check_target(options.code_file, "code file", earlier)
    with open_workspace(options, writing=True) as workspace:
        code = team.pack(workspace, options.to)
    if options.code_file:
        try:
            write_out(options.code_file, (code + "\n").encode(), "code file", earlier, secret=True)
        except Fault:
            options.to.unlink(missing_ok=True)
            raise
        return Answer({"pack": str(options.to), "code_file": str(options.code_file)}, [f"{options.to}"])
    return Answer(
        {"pack": str(options.to), "code": code},
        [
            f"{options.to}",
            f"One-time code: {code}",
            "Say it or write it down. One laptop may use the pack; a second is flagged.",
        ],
    )


def _earlier_code(path: Path) -> tuple[bytes, ...]:
    """The content of a file that holds an earlier one-time code and nothing else: it may be replaced."""
    try:
        held = path.read_bytes() if path.is_file() and path.stat().st_size < 64 else b""
    except OSError:
        return ()
    return (held,) if re.fullmatch(rb"[0-9A-Z]{4}(-[0-9A-Z]{4}){4}\s*", held) else ()


def join(options: argparse.Namespace) -> Answer:
    import sys

    from fieldwork.work import team

    warn_of_place(options.workspace)
    if options.code_file:
        code = first_line(options.code_file, "code")
    elif sys.stdin.isatty():
        code = input("One-time code: ")
    else:
        raise Fault("There is no one-time code; give --code-file.")
    with team.join(
        options.pack,
        options.workspace,
        passphrase(options, new=True),
        code=code,
        device=options.device,
        inspectorate=options.inspectorate,
    ) as workspace:
        data = {
            "workspace": str(workspace.path),
            "inspection": workspace.inspection.hex(),
            "device": workspace.device.hex(),
        }
    return Answer(
        data, [f"{options.workspace} has joined as {options.device}; share a package so others see it."]
    )


def take_back(options: argparse.Namespace) -> Answer:
    from fieldwork.work import leading

    if options.packages or options.dry_run or options.put_aside:
        raise Fault("--take-back undoes the last merge; name nothing else with it.")
    with open_workspace(options, writing=True) as workspace:
        taken = leading.take_back(workspace)
    return Answer(
        {"taken_back": taken.entries},
        [
            f"{taken.entries} acts of the last merge are put aside; merging the package again, or "
            "`merge --put-aside`, brings them back."
        ],
    )


def share(options: argparse.Namespace) -> Answer:
    from fieldwork.store.activity import log
    from fieldwork.work import pairs, team

    with open_workspace(options, writing=True) as workspace:
        opens = pairs.due_references(workspace)
        shared = team.share(workspace, options.to, everything=options.everything)
        written = f"The package {shared.path.name} is written."
        log(workspace, "share", f"{shared.path.name}: {shared.changes} changes", written)
    further = [str(path) for path in shared.further]
    return Answer(
        {
            "package": str(shared.path),
            "further": further,
            "entries": shared.entries,
            "changes": shared.changes,
            "opens": list(opens),
        },
        [
            f"{shared.path}: {shared.changes} changes, {shared.entries} acts",
            *further,
            *(f"{path}: an attached file that was asked for" for path in shared.files),
            *([pairs.sending_opens(opens)] if opens else []),
        ],
    )


def merge(options: argparse.Namespace) -> Answer:
    from fieldwork.store.activity import log
    from fieldwork.work import same, team

    if options.take_back:
        return take_back(options)
    if bool(options.packages) == options.put_aside:
        raise Fault("Name the packages to merge, or --put-aside for what was taken back, or --take-back.")
    with open_workspace(options, writing=True) as workspace:
        merged = team.merge(
            workspace,
            options.packages,
            put_aside=options.put_aside,
            dry_run=options.dry_run,
            otherwise=None if options.strict else _without_backup,
        )
        done = "Nothing was to be changed." if options.dry_run else "What could be taken in is taken in."
        with standing(done, "what was to be told and kept of it"):
            for outcome in merged.outcomes if not options.dry_run else ():
                log(workspace, "merge", f"{Path(outcome.name).name}: {outcome.refused or 'taken'}", done)
            # a dry run was rolled back: what it would leave open is what is open now and what it found
            known = {clash.id for clash in team.conflicts(workspace)}
            open_conflicts = len(known | {clash.id for clash in merged.conflicts})
            twice = len(same.candidates(workspace))
    code = 1 if merged.refused or (options.strict and open_conflicts) else 0
    data = {
        "dry_run": options.dry_run,
        "packages": [outcome.plain() for outcome in merged.outcomes],
        "conflicts": open_conflicts,
        "twice": twice,
        "backup": str(merged.backup) if merged.backup else None,
        "team": list(merged.team),
    }
    lines = []
    for outcome in merged.outcomes:
        if outcome.refused:
            lines.append(f"{outcome.name}: refused. {outcome.refused}")
        else:
            lines.append(
                f"{outcome.name}: from {outcome.sender}, {outcome.new} new, {outcome.changed} changed, "
                f"{outcome.conflicting} conflicting, {outcome.duplicate} duplicate, {outcome.waiting} waiting"
            )
            lines += [f"    {sentence}" for sentence in outcome.notes]
    lines += merged.team
    lines.append(f"{open_conflicts} open {'conflict' if open_conflicts == 1 else 'conflicts'}.")
    if options.dry_run:
        lines.append("Nothing was changed: this is what a merge would do.")
    if twice:
        look = "thing looks" if twice == 1 else "things look"
        lines.append(
            f"{twice} {look} entered twice; `fieldwork conflicts` lists {'it' if twice == 1 else 'them'}."
        )
    return Answer(data, lines, code)


def _without_backup(fault: Fault) -> None:
    note(f"No backup was made before this merge: {fault}")


def conflicts(options: argparse.Namespace) -> Answer:
    from fieldwork.work import same, team
    from fieldwork.work.describing import in_words

    with open_workspace(options) as workspace:
        rows = team.conflict_rows(workspace)
        twice = [one.plain() for one in same.twice(workspace)]
        said = {
            packed["bytes"]: in_words(workspace, bytes.fromhex(packed["bytes"]))
            for row in rows
            for version in row["versions"]  # type: ignore[attr-defined]
            if isinstance(packed := version["value"], dict) and "bytes" in packed
        }
    lines = []
    for row in rows:
        lines.append(f"{row['id']}  {row['where']}: {row['words']}")
        for version in row["versions"]:  # type: ignore[attr-defined]
            who = ", ".join(dict.fromkeys((version["person"], version["laptop"])))
            when = datetime.fromtimestamp(version["at"] / 1000).strftime("%d %b %Y %H:%M")
            value = version["value"]
            words = said.get(value.get("bytes"), "sealed words") if isinstance(value, dict) else value
            lines.append(
                f"    {version['change'][:12]}  {when}  {who}: {'(nothing)' if words in (None, '') else words}"
            )
    lines = lines or ["No open conflicts."]
    for pair in twice:
        ids = " and ".join(str(one["id"]) for one in pair["records"])  # type: ignore[attr-defined]
        lines.append(f"{pair['words']}: entered twice? {ids}")
    return Answer({"conflicts": rows, "twice": twice}, lines)


def resolve(options: argparse.Namespace) -> Answer:
    from fieldwork.work import team

    with open_workspace(options, writing=True) as workspace:
        done = team.resolve(
            workspace,
            conflict=options.conflict,
            keep=options.keep or "",
            value=options.value,
            reason=options.reason,
        )
        left = len(team.conflicts(workspace))
    return Answer(
        {"resolved": options.conflict, "entry": done.entry.hex() if done.entry else None, "conflicts": left},
        [f"Settled; {left} left."],
    )


def verify(options: argparse.Namespace) -> Answer:
    from fieldwork.store.verifying import verify as check
    from fieldwork.work import attachments

    with open_workspace(options) as workspace:
        problems = check(workspace)
        if not problems:  # what a damaged file says of others is no evidence
            problems = attachments.faults(workspace)
    return Answer(
        {"ok": not problems, "problems": problems},
        [*problems, *_advice(options.workspace, problems)] or ["Everything is as its history says."],
        int(bool(problems)),
    )


def _advice(workspace: Path, problems: list[str]) -> list[str]:
    """What to do about damaged pages."""
    if not any(problem.startswith("page check") for problem in problems):
        return []
    return [f"Pages are damaged: fieldwork rescue {workspace} --to NEW brings back what can still be read."]


def backup(options: argparse.Namespace) -> Answer:
    from fieldwork.exchange import attached_files
    from fieldwork.store import attached
    from fieldwork.store.backup import back_up

    with open_workspace(options) as workspace:
        path = back_up(workspace, options.to)
        files = attached_files.carry_out(workspace, path.parent)
    some = "attached file stands" if files == 1 else "attached files stand"
    beside = [f"{files} {some} beside it, in {attached.folder_of(options.workspace).name}"]
    return Answer({"backup": str(path)}, [f"{path}: opened again and verified", *(beside if files else ())])


def restore(options: argparse.Namespace) -> Answer:
    from fieldwork.exchange import attached_files
    from fieldwork.exchange.joining import restore as bring_back

    key = all_lines(options.recovery_key_file, "recovery key") if options.recovery_key_file else ""
    given = passphrase(options, new=bool(key))
    warn_of_place(options.workspace)
    with bring_back(options.backup, options.workspace, given, recovery_key=key) as workspace:
        near = options.backup.absolute().parent  # one that was made by itself stands in NAME.backups
        with standing(f"{options.workspace} is back.", "the attached files that stand beside the backup"):
            attached_files.bring_back(workspace, (near, near.parent))
        data = {"workspace": str(workspace.path), "device": workspace.device.hex()}
    return Answer(data, [f"{options.workspace} is back, under a new identity of this laptop."])


def rescue(options: argparse.Namespace) -> Answer:
    from fieldwork.work import rescuing

    warn_of_place(options.to)
    done = rescuing.rescue(
        options.workspace, options.to, passphrase(options), backup=options.backup, even_so=options.even_so
    )
    data = {
        "workspace": str(done.path),
        "backup": str(done.backup) if done.backup else None,
        "before": done.before,
        "brought": done.brought,
        "waiting": done.waiting,
        "lost": done.lost,
        "unsigned": done.unsigned,
        "drafts": done.drafts,
        "pages": done.damaged,
        "passed_over": done.passed_over,
        "set_aside": str(done.set_aside),
    }
    return Answer(data, list(rescuing.told(done)), int(bool(done.lost or done.unsigned)))


def change_passphrase(options: argparse.Namespace) -> Answer:
    from fieldwork.work import securing

    new = first_line(options.new_passphrase_file, "new passphrase")
    if options.recovery_key_file:
        typed = all_lines(options.recovery_key_file, "recovery key")
        securing.recover(options.workspace, typed, new).close()
    else:
        with open_workspace(options, writing=True) as workspace:
            securing.change_passphrase(workspace, new)
    warn_if_weak(new)
    return Answer({"workspace": str(options.workspace), "changed": True}, ["The passphrase is changed."])


def recovery(options: argparse.Namespace) -> Answer:
    from fieldwork.work import securing

    with open_workspace(options, writing=True) as workspace:
        sheet = securing.make_recovery_key(workspace, options.to, passphrase(options))
    return Answer(
        {"workspace": str(options.workspace), "recovery_key": str(sheet)},
        [
            f"{sheet}: print it, keep it where the laptop is not, and delete the file.",
            "An earlier recovery key no longer opens this workspace.",
        ],
    )


def dump(options: argparse.Namespace) -> Answer:
    from fieldwork.store.reading import canonical
    from fieldwork.store.reading import dump as state

    with open_workspace(options) as workspace:
        data = state(workspace)
    return Answer(data, [escaped(canonical(data))])
