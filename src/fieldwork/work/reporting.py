"""Reports leave here: composed from the evidence as it stands, written whole, and logged."""

import csv
import io
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from fieldwork.domain.faults import Fault
from fieldwork.domain.records import CaseFile, Session, Visit
from fieldwork.domain.values import Id
from fieldwork.reports.document import Report
from fieldwork.store.activity import log
from fieldwork.store.outgoing import write_out
from fieldwork.store.reading import get
from fieldwork.store.workspace import Workspace
from fieldwork.work import gathering
from fieldwork.work.outgoing_check import Flag, flags_of
from fieldwork.work.results import of_section, result_rows, results


@dataclass(frozen=True)
class ReportKind:
    """A kind of report: its title and what it is about ("visit", "session", "file" or "")."""

    title: str
    needs: str


KINDS: Mapping[str, ReportKind] = {
    "visit_summary": ReportKind("Visit summary", "visit"),
    "interview_record": ReportKind("Interview record", "session"),
    "file_record": ReportKind("Case-file examination record", "file"),
    "results": ReportKind("Question results", ""),
    "findings_register": ReportKind("Register of findings", ""),
    "interim_themes": ReportKind("Themes of the interim report", ""),
}
SUFFIXES = (".pdf", ".html", ".docx", ".csv")


@dataclass(frozen=True)
class Exported:
    """Files that were written. flags: what in them may be about a person."""

    paths: tuple[Path, ...]
    flags: tuple[Flag, ...] = ()


def compose(
    workspace: Workspace,
    kind: str,
    *,
    visit: Id | None = None,
    session: Id | None = None,
    file: Id | None = None,
    published: bool = False,
) -> Report:
    """The document of a report as the evidence stands now. Raises Fault when its subject is missing."""
    from fieldwork.reports import composing

    if kind not in KINDS:
        raise Fault(f'There is no report "{kind}"; there are {", ".join(KINDS)}.')
    needed = KINDS[kind].needs
    if needed == "visit":
        if visit is None:
            raise Fault("A visit summary needs a visit; say which.")
        get(workspace, Visit, visit)
        return composing.visit_summary(gathering.visit_facts(workspace, visit), published=published)
    if needed == "session":
        if session is None:
            raise Fault("An interview record needs a session; say which.")
        get(workspace, Session, session)
        return composing.interview_record(gathering.interview_facts(workspace, session), published=published)
    if needed == "file":
        if file is None:
            raise Fault("An examination record needs a case file; say which.")
        get(workspace, CaseFile, file)
        return composing.file_record(gathering.file_facts(workspace, file), published=published)
    if kind in ("findings_register", "interim_themes"):
        from fieldwork.reports import finding_composing
        from fieldwork.work.finding_gathering import register_facts

        make = finding_composing.register if kind == "findings_register" else finding_composing.interim_themes
        return make(register_facts(workspace), published=published)
    return composing.question_results(gathering.results_facts(workspace), published=published)


def pdf_bytes(report: Report) -> bytes:
    """The report as a tagged PDF."""
    from fieldwork.reports.pdf.render import pdf_bytes as render

    return render(report)[0]


def export(
    workspace: Workspace,
    kind: str,
    to: Path,
    *,
    visit: Id | None = None,
    session: Id | None = None,
    file: Id | None = None,
    published: bool = False,
) -> Exported:
    """Write a report as PDF, HTML, DOCX or, for figures, CSV, by the ending of the name; it is logged."""
    to = Path(to)
    suffix = to.suffix.lower()
    if suffix not in SUFFIXES:
        raise Fault(f"{to.name}: write a report as one of {', '.join(SUFFIXES)}.")
    report = compose(workspace, kind, visit=visit, session=session, file=file, published=published)
    data = _rendered(workspace, report, kind, suffix, visit)
    write_out(to, data, "report", None)
    log(workspace, "report", f"{KINDS[kind].title} to {to.name}")
    return Exported((to,), flags_of(workspace, report))


def rendered(report: Report, suffix: str) -> bytes:
    """A document as ".pdf", ".html" or ".docx"."""
    if suffix == ".pdf":
        return pdf_bytes(report)
    if suffix == ".html":
        from fieldwork.reports.html import render_html

        return render_html(report).encode()
    from fieldwork.reports.word import docx_bytes

    return docx_bytes(report)


def _rendered(workspace: Workspace, report: Report, kind: str, suffix: str, visit: Id | None) -> bytes:
    if suffix != ".csv":
        return rendered(report, suffix)
    if kind not in ("results", "visit_summary"):
        raise Fault("Only results and visit summaries have figures to write as CSV.")
    return results_csv(workspace, visit=visit if kind == "visit_summary" else None)


def results_csv(workspace: Workspace, *, visit: Id | None = None, by: str = "", section: str = "") -> bytes:
    """Results of the questions as CSV: UTF-8 with a byte order mark, nothing in it a formula."""
    from fieldwork.reports.tables_csv import safe_cell

    heads, rows = result_rows(of_section(results(workspace, visit=visit, by=by), section))
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow(heads)
    writer.writerows([safe_cell(cell) for cell in row] for row in rows)
    return out.getvalue().encode("utf-8-sig")
