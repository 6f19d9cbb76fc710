"""The commands of the hub: init, push, pull, status."""

import argparse
import sys
from collections.abc import Callable
from pathlib import Path

from fieldwork.commandline.answer import Add, Answer, note, open_workspace
from fieldwork.domain.faults import Fault


def add_commands(add: Add) -> None:
    parser = add("hub", hub, "the PostgreSQL hub of a large team")
    parser.add_argument("what", choices=["init", "push", "pull", "status"])
    parser.add_argument(
        "url", metavar="URL", help="postgresql://HOST/DATABASE, or an access file (*.fieldhub)"
    )
    parser.add_argument("workspace", type=Path)
    parser.add_argument(
        "--logins", type=Path, metavar="DIR", help="init: write each laptop without one its access file"
    )
    parser.add_argument(
        "--renew", action="append", default=[], metavar="LAPTOP", help="init: a new access file for it"
    )


def hub(options: argparse.Namespace) -> Answer:
    if options.what != "init" and (options.logins or options.renew):
        raise Fault("--logins and --renew belong to `fieldwork hub init`.")
    if options.renew and not options.logins:
        raise Fault("--renew needs --logins with the folder for the new access file.")
    return {"init": init, "push": push, "pull": pull, "status": status}[options.what](options)


def init(options: argparse.Namespace) -> Answer:
    from fieldwork.work import hub

    with open_workspace(options, writing=True) as workspace:
        done = hub.init(workspace, options.url, logins=options.logins, renew=options.renew)
    lines = [
        f"The hub at {done.at} {'is made' if done.made else 'is up to date'}.",
        *(f"{label} is enrolled." for label in done.enrolled),
        *(f"{label} is taken off." for label in done.revoked),
        *(f"{path}" for path in done.access),
    ]
    data = {
        "hub": done.at,
        "made": done.made,
        "enrolled": done.enrolled,
        "revoked": done.revoked,
        "access": [str(path) for path in done.access],
        "notices": done.notices,
    }
    return Answer(data, [*lines, *done.notices])


def push(options: argparse.Namespace) -> Answer:
    from fieldwork.work import hub, pairs

    with open_workspace(options, writing=True) as workspace:
        opens = pairs.due_references(workspace)
        done = hub.push(workspace, options.url, progress=_progress("sent"))
    sentence = (
        f"{_acts(done.entries)}, {done.changes} changes sent." if done.entries else "Nothing new to send."
    )
    data = {
        "hub": done.at,
        "entries": done.entries,
        "changes": done.changes,
        "opens": list(opens),
        "notices": done.notices,
        "found": done.found,
    }
    opened = [pairs.sending_opens(opens)] if opens else []
    return Answer(data, [sentence, *opened, *done.found, *done.notices], int(bool(done.found)))


def pull(options: argparse.Namespace) -> Answer:
    from fieldwork.work import hub, team

    with open_workspace(options, writing=True) as workspace:
        done = hub.pull(workspace, options.url, progress=_progress("taken in"))
        open_conflicts = len(team.conflicts(workspace))
    found = [*done.found, *done.waiting]
    lines = [
        f"{outcome.sender}: {outcome.new} new, {outcome.changed} changed, {outcome.conflicting} conflicting, "
        f"{outcome.waiting} waiting"
        for outcome in done.outcomes
    ]
    sentence = f"{_acts(done.entries)} taken in." if done.entries else "Nothing new at the hub."
    data = {
        "hub": done.at,
        "entries": done.entries,
        "packages": [outcome.plain() for outcome in done.outcomes],
        "conflicts": open_conflicts,
        "notices": done.notices,
        "found": found,
    }
    return Answer(data, [sentence, *lines, *found, *done.notices], int(bool(found)))


def status(options: argparse.Namespace) -> Answer:
    from fieldwork.work import hub

    with open_workspace(options) as workspace:
        now = hub.status(workspace, options.url)
    lines = [
        f"The hub at {now.at} holds {_acts(now.held)}.",
        f"{_acts(now.to_push)} of this laptop not there yet; {_acts(now.to_pull)} there that are not here yet.",
        *(
            f"{_acts(count)} of {label} here that only {label} can push."
            for label, count in now.elsewhere.items()
        ),
        *(f"{label} was copied or put back once: both of its branches are kept." for label in now.forked),
    ]
    data = {
        "hub": now.at,
        "held": now.held,
        "to_push": now.to_push,
        "to_pull": now.to_pull,
        "elsewhere": now.elsewhere,
        "forked": now.forked,
        "notices": now.notices,
        "found": now.found,
    }
    return Answer(data, [*lines, *now.found, *now.notices], int(bool(now.found)))


def _acts(count: int) -> str:
    return f"{count} {'act' if count == 1 else 'acts'}"


def _progress(word: str) -> Callable[[int, int], None]:
    """Tell a person at a terminal how far it is."""

    def say(done: int, total: int) -> None:
        if total > 2000 and sys.stderr.isatty():
            note(f"{done} of {total} acts {word}")

    return say
