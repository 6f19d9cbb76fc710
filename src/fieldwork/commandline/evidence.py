"""Commands that concern the evidence: history, scripts, search, reports, import."""

import argparse
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from fieldwork.commandline.answer import Add, Answer, note, open_workspace
from fieldwork.commandline.findings import said_finding, told_finding
from fieldwork.commandline.forms import import_questions
from fieldwork.commandline.laptops import _on_workspace
from fieldwork.domain.faults import Fault
from fieldwork.domain.records import KINDS
from fieldwork.domain.values import Id

if TYPE_CHECKING:
    from fieldwork.store.workspace import Workspace
    from fieldwork.work.settling import Step


def add_commands(add: Add) -> None:
    parser = _on_workspace(add("history", history, "who changed what, when, from what to what"))
    parser.add_argument("record", metavar="RECORD|REFERENCE|VISIT")

    _on_workspace(add("activity", activity, "what this laptop handed out, took in and wrote, when"))

    parser = add("replay", replay, "perform acts from a script, one JSON object a line")
    parser.add_argument("workspace", type=Path, nargs="?")
    parser.add_argument("script", type=Path, nargs="?", metavar="SCRIPT.jsonl")
    parser.add_argument("--acts", action="store_true", help="list every act and its fields")

    parser = _on_workspace(add("search", search, "full text, with snippets"))
    parser.add_argument("query")
    parser.add_argument("--in", dest="within", choices=("notes", "answers", "findings"))

    parser = add("report", report, "write a report")
    parser.add_argument("workspace", type=Path, nargs="?")
    parser.add_argument("kind", nargs="?")
    parser.add_argument("--visit", metavar="V")
    parser.add_argument("--session", metavar="S")
    parser.add_argument("--file", metavar="F")
    parser.add_argument("--to", type=Path, metavar="FILE.pdf|.docx|.html|.csv")
    parser.add_argument("--published", action="store_true")
    parser.add_argument("--kinds", action="store_true", help="list the reports there are")

    parser = _on_workspace(add("export", export, "the evidence in other people's formats"))
    parser.add_argument("--format", required=True, choices=("csv", "xlsx", "qdc", "ics", "json"))
    parser.add_argument("--to", type=Path, required=True, metavar="PATH")
    parser.add_argument("--visit", metavar="V", help="of ics: the sessions of one visit")

    parser = _on_workspace(add("import", import_, "take other people's files in"))
    parser.add_argument("file", type=Path)
    parser.add_argument(
        "--as",
        dest="kind",
        required=True,
        choices=("cases", "codebook", "note", "questions", "results", "schedule"),
    )
    parser.add_argument("--session", metavar="S")
    parser.add_argument("--visit", metavar="V")
    parser.add_argument(
        "--dry-run", action="store_true", help="of questions: show the difference, change nothing"
    )
    parser.add_argument("--source", metavar="S", help="of results: what they are from")
    parser.add_argument("--address", metavar="A", help="of results: where they are published")
    parser.add_argument("--read-on", metavar="YYYY-MM-DD", help="of results: when they were read there")
    parser.add_argument(
        "--drawn", choices=("random", "by hand"), help="of results: how their files were drawn"
    )


def history(options: argparse.Namespace) -> Answer:
    from fieldwork.domain.records import Finding
    from fieldwork.store.reading import kind_of
    from fieldwork.work import settling, team
    from fieldwork.work.finding_history import finding_history

    with open_workspace(options) as workspace:
        id = _record_or_visit(workspace, options.record)
        lines = team.history(workspace, id)
        told = [_told(step) for step in reversed(settling.told(workspace, id).steps)]
        of = finding_history(workspace, id) if kind_of(workspace, id) == Finding.kind else None
    steps = [
        {
            "at": line.at,
            "who": line.who,
            "act": line.act,
            "field": line.field,
            "from": line.before,
            "to": line.after,
            "reason": line.reason,
            "change": line.change,
            "counts": not line.note,
            "note": line.note,
        }
        for line in lines
    ]
    data: dict[str, object] = {"record": id.hex(), "steps": steps}
    if of is not None:
        data["finding"] = told_finding(of)
        told += said_finding(of)
    return Answer(data, told)


def _record_or_visit(workspace: "Workspace", name: str) -> Id:
    from fieldwork.work import team
    from fieldwork.work.visits import find_visit

    try:
        return team.find_record(workspace, name)
    except Fault as fault:
        if not name or name.isspace():
            raise
        try:
            return find_visit(workspace, name).id
        except Fault:
            raise fault from None


def _told(step: "Step") -> str:
    """A step as the window words it, behind when it was."""
    when = datetime.fromtimestamp(step.at / 1000)
    return f"{when:%d %b %Y %H:%M:%S}  {step.sentence}" + (f" ({step.note})" if step.note else "")


def activity(options: argparse.Namespace) -> Answer:
    from fieldwork.store.activity import lines

    with open_workspace(options) as workspace:
        log = lines(workspace)
    data = [{"at": line.at, "act": line.act, "detail": line.detail} for line in log]
    said = [
        f"{datetime.fromtimestamp(line.at / 1000):%d %b %Y %H:%M:%S}  {line.act}: {line.detail}"
        for line in log
    ]
    return Answer({"activity": data}, said or ["Nothing has left this laptop or come to it."])


def replay(options: argparse.Namespace) -> Answer:
    from fieldwork.work import acts

    if options.acts:
        table = acts.acts()
        data = {
            "acts": [
                {
                    "act": act.name,
                    "does": act.does,
                    "fields": [{"name": f.name, "kind": f.kind, "needed": f.needed} for f in act.fields],
                }
                for act in table
            ]
        }
        lines = []
        for act in table:
            lines.append(f"{act.name}: {act.does}")
            lines += [f"    {f.name}: {f.kind}{', needed' if f.needed else ''}" for f in act.fields]
        return Answer(data, lines)
    if options.workspace is None or options.script is None:
        raise Fault("Replay needs a workspace and a script; `fieldwork replay --acts` lists the acts.")
    performed = 0
    labels: dict[str, str] = {}
    with open_workspace(options, writing=True) as workspace:
        for _ in acts.replay(workspace, options.script, labels):
            performed += 1
    return Answer({"performed": performed, "labels": labels}, [f"{performed} acts performed."])


def search(options: argparse.Namespace) -> Answer:
    from fieldwork.work.evidence import search_rows

    with open_workspace(options) as workspace:
        rows = search_rows(workspace, options.query, within=options.within)
    return Answer({"hits": rows}, [f"{row['where']}: {row['snippet']}" for row in rows] or ["Nothing found."])


def report(options: argparse.Namespace) -> Answer:
    from fieldwork.work import reporting, team
    from fieldwork.work.outgoing_check import flag_words
    from fieldwork.work.visits import find_visit

    if options.kinds:
        kinds = [
            {"kind": name, "title": k.title, "needs": k.needs or None} for name, k in reporting.KINDS.items()
        ]
        return Answer(
            {"kinds": kinds},
            [f"{k['kind']}: {k['title']}" + (f", --{k['needs']}" if k["needs"] else "") for k in kinds],
        )
    if options.workspace is None or options.kind is None or options.to is None:
        raise Fault(
            "A report needs a workspace, a kind and --to; `fieldwork report --kinds` lists the kinds."
        )
    with open_workspace(options) as workspace:
        exported = reporting.export(
            workspace,
            options.kind.replace("-", "_"),
            options.to,
            visit=find_visit(workspace, options.visit).id if options.visit else None,
            session=team.find_record(workspace, options.session) if options.session else None,
            file=team.find_record(workspace, options.file) if options.file else None,
            published=options.published,
        )
    paths = [str(path) for path in exported.paths]
    flags = [{"words": one.words, "kind": one.kind, "where": one.where} for one in exported.flags]
    if flags:
        note(flag_words(exported.flags))
    return Answer({"kind": options.kind, "paths": paths, "flags": flags}, paths)


def export(options: argparse.Namespace) -> Answer:
    from fieldwork.work import calendar_out, codebook_files, exporting
    from fieldwork.work.visits import find_visit

    if options.visit and options.format != "ics":
        raise Fault("--visit goes with --format ics.")
    with open_workspace(options) as workspace:
        if options.format == "json":
            exporting.write_dump(workspace, options.to)
        elif options.format == "ics":
            visit = find_visit(workspace, options.visit).id if options.visit else None
            calendar_out.write_calendar(workspace, options.to, visit)
        elif options.format == "qdc":
            codebook_files.write_codebook(workspace, options.to)
        elif options.format == "xlsx":
            exporting.write_workbook(workspace, options.to)
        else:
            exporting.write_files(workspace, options.to)
    return Answer({"format": options.format, "paths": [str(options.to)]}, [str(options.to)])


def counted(number: int, kind: str) -> str:
    """How many of a kind of record, in words."""
    noun = KINDS[kind].words if kind in KINDS else kind
    if number == 1:
        return f"1 {noun}"
    plurals = {
        "stratum": "strata",
        "body": "bodies",
        "inspection": "inspections",
        "drawn stratum": "drawn strata",
        "topic covered": "topics covered",
        "sealed diary": "sealed diaries",
        "coder's finish": "coders' finishes",
        "kind of finding": "kinds of finding",
        "wish for an attachment": "wishes for an attachment",
        "figure of the results": "figures of the results",
        "saved search": "saved searches",
    }
    return f"{number} {plurals.get(noun, noun + 's')}"


def import_(options: argparse.Namespace) -> Answer:
    from fieldwork.work import codebook_files, earlier_results, files, notes, team
    from fieldwork.work.earlier_lists import read_earlier
    from fieldwork.work.visits import find_visit

    if options.kind == "questions":
        return import_questions(options)
    if options.dry_run:
        raise Fault("--dry-run shows what a question set would change; it goes with --as questions.")
    told: dict[str, str] = {
        name: getattr(options, name) or "" for name in ("source", "address", "read_on", "drawn")
    }
    if options.kind != "results" and any(told.values()):
        raise Fault("--source, --address, --read-on and --drawn go with --as results.")
    with open_workspace(options, writing=True) as workspace:
        if options.kind == "cases":
            visit = find_visit(workspace, options.visit).id if options.visit else None
            cases = files.read_case_list(options.file)
            done = files.take_cases(workspace, cases, options.file.name, visit=visit)
            if cases.left_out:
                note(f"columns that mean nothing here were left out: {', '.join(cases.left_out)}")
        elif options.kind == "schedule":
            visit = find_visit(workspace, options.visit).id if options.visit else None
            return _schedule(workspace, options.file, visit)
        elif options.kind == "codebook":
            done = codebook_files.take_codebook(workspace, codebook_files.read_codebook(options.file))
        elif options.kind == "results":
            some = read_earlier(options.file, **told)
            strange = earlier_results.unknown_said(workspace, some)
            done = earlier_results.take_earlier(workspace, some)
            if strange:
                note(strange)
        else:
            session = team.find_record(workspace, options.session) if options.session else None
            done = notes.import_note(workspace, options.file, session=session)
    counts = {kind: len(ids) for kind, ids in done.changed.items()}
    if done.entry is None and not counts:
        note("everything in it was here already")
    words = ", ".join(counted(count, kind) for kind, count in sorted(counts.items()))
    return Answer({"imported": counts, "id": done.id.hex() if done.id else None}, [words or "Nothing new."])


def _schedule(workspace: "Workspace", path: Path, visit: Id | None) -> Answer:
    """A calendar read in: what is new, moved, cancelled, unchanged or left out, each told apart."""
    from fieldwork.work import calendar_in, calendar_taking

    taken = calendar_taking.take_schedule(workspace, calendar_in.read_schedule(path), visit=visit)
    told = taken.told
    for sentence in (*told.kept, *told.masked, *told.left_out):
        note(sentence)
    for words in told.apart:
        note(f"{words}: on the days of no one visit, so that it stands with the notes outside any.")
    for words in told.deleted:
        note(f"{words}: it was deleted here and stays deleted.")
    lists = {
        "new": told.new,
        "moved": told.moved,
        "cancelled": told.cancelled,
        "unchanged": told.unchanged,
        "kept": told.kept,
        "deleted": told.deleted,
        "left_out": told.left_out,
        "masked": told.masked,
        "apart": told.apart,
    }
    counts = {kind: len(ids) for kind, ids in taken.changed.items()}
    plain = {what: list(some) for what, some in lists.items()}
    return Answer({"imported": counts, **plain}, [calendar_taking.summary(told)])
