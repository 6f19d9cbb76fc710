"""From facts to the document tree: one function for each kind of report."""

from collections.abc import Iterable, Sequence

from fieldwork.reports.document import (
    Align,
    Block,
    Bullets,
    Chart,
    Heading,
    Paragraph,
    Report,
    Run,
    Runs,
    Table,
)
from fieldwork.reports.facts import (
    Cover,
    FileFacts,
    InterviewFacts,
    PointFacts,
    ResultsFacts,
    SectionFacts,
    SessionCount,
    StratumCount,
    VisitFacts,
)

NOT_FINAL = "Not final and not for publication. Emerging points may change as more evidence is gathered."


def visit_summary(facts: VisitFacts, *, published: bool = False) -> Report:
    """The hot debrief: emerging points, strengths first, what was done, files examined, results."""
    blocks: list[Block] = [
        _said(("Visited: ", "strong"), ", ".join(facts.bodies) or "no body named"),
        _said(("Planned: ", "strong"), f"{facts.days}. ", ("Held: ", "strong"), f"{facts.achieved}."),
        _said((NOT_FINAL, "strong")),
    ]
    if facts.open_conflicts:
        one = facts.open_conflicts == 1
        blocks.append(
            _said(
                f"{facts.open_conflicts} {'difference' if one else 'differences'} between laptops "
                f"{'is' if one else 'are'} still to be settled; the figures use the version shown meanwhile."
            )
        )
    blocks += _points(facts.points, published)
    blocks += _sessions(facts.sessions)
    blocks += _strata(facts.strata, facts.files_examined)
    blocks += _results(facts.sections, facts.files_examined)
    return report_of(f"Visit summary: {facts.title}", facts.cover, blocks, published)


def question_results(facts: ResultsFacts, *, published: bool = False) -> Report:
    """Results of every question over all finished files."""
    return report_of("Question results", facts.cover, _results(facts.sections, facts.files), published)


def interview_record(facts: InterviewFacts, *, published: bool = False) -> Report:
    """One session: its header and every line of its note with its time."""
    rows = tuple(
        (
            line.time,
            line.speaker,
            line.kind,
            line.text + (f" [{line.nods} nodded]" if line.nods is not None else ""),
            line.themes,
        )
        for line in facts.lines
    )
    blocks: list[Block] = [
        Heading(1, "About this session", "about"),
        _facts_table("The session", facts.facts),
        Heading(1, "Note", "note"),
        _said(
            "Each line carries the time of its first keystroke. A quotation is verbatim; a paraphrase is in the "
            "inspector's words."
        ),
    ]
    if rows:
        blocks.append(
            Table(
                f"Note lines ({len(rows)})",
                ("Time", "Who", "Kind", "What was said", "Themes"),
                rows,
                widths=(11, 7, 13, 49, 20),
                row_head=True,
            )
        )
    else:
        blocks.append(_said("Nothing has been noted yet."))
    return report_of(f"Interview record: {facts.title}", facts.cover, blocks, published)


def file_record(facts: FileFacts, *, published: bool = False) -> Report:
    """One examination: the file's header and its answers with reasons."""
    blocks: list[Block] = [Heading(1, "About this file", "about"), _facts_table("The file", facts.facts)]
    for number, (section, answers) in enumerate(facts.sections.items(), 1):
        blocks.append(Heading(1, section, f"section-{number}"))
        blocks.append(
            Table(
                f"Answers: {section}",
                ("Code", "Wording", "Answer", "Reason and comment"),
                tuple(
                    (a.code, a.wording, a.answer, "\n".join(part for part in (a.reason, a.comment) if part))
                    for a in answers
                ),
                widths=(9, 38, 20, 33),
                row_head=True,
            )
        )
    return report_of(f"Case-file examination: {facts.file}", facts.cover, blocks, published)


# -- parts


def report_of(title: str, cover: Cover, blocks: Sequence[Block], published: bool) -> Report:
    """Blocks under a title, with what stands on every report."""
    return Report(
        title=title,
        subtitle=cover.inspection,
        marking=cover.marking,
        reference=cover.reference,
        author=cover.author,
        date=cover.date,
        version="for publication" if published else "working copy",
        blocks=tuple(blocks),
        draft=not published,
        chain_heads=cover.heads,
    )


def _said(*parts: str | tuple[str, str]) -> Paragraph:
    return Paragraph(_runs(*parts))


def _runs(*parts: str | tuple[str, str]) -> Runs:
    return tuple(Run(part) if isinstance(part, str) else Run(part[0], part[1]) for part in parts)  # type: ignore[arg-type]


def _facts_table(caption: str, facts: Iterable[tuple[str, str]]) -> Table:
    rows = tuple((name, value or "not recorded") for name, value in facts)
    return Table(caption, ("Fact", "Recorded"), rows, widths=(30, 70), row_head=True)


def _points(points: Sequence[PointFacts], published: bool) -> list[Block]:
    blocks: list[Block] = [Heading(1, "Emerging points", "points")]
    if not points:
        return [*blocks, _said("No emerging point has been written yet.")]
    kind = ""
    number = 0
    for point in points:
        if point.kind != kind:
            kind = point.kind
            number += 1
            blocks.append(Heading(2, plural(kind), f"points-{number}"))
        blocks.append(Bullets((_point(point, published),)))
    return blocks


def _point(point: PointFacts, published: bool) -> Runs:
    counts = ", ".join(f"{method} {count}" for method, count in point.methods) or "none linked yet"
    standing = "supported" if point.supported else "emerging"
    runs = [Run(point.text + " "), Run("Evidence: ", "strong"), Run(f"{counts}. ")]
    if point.against:
        runs.append(Run(f"Against: {point.against}. "))
        standing = "contested"
    runs.append(Run(f"{standing.capitalize()}.", "emphasis"))
    if not published and point.references:
        runs.append(Run(" ["))
        for place, (printed, id) in enumerate(point.references):
            runs.append(Run(f"{', ' if place else ''}{printed}", "reference", evidence=id))
        runs.append(Run("]"))
    return tuple(runs)


def plural(kind: str) -> str:
    """A kind of finding as the heading over several."""
    words = kind.capitalize()
    if words.startswith("Area "):
        return "Areas" + words[4:]
    if words.startswith("Issue "):
        return "Issues" + words[5:]
    return words if words.endswith("practice") else words + "s"


def _sessions(counts: Sequence[SessionCount]) -> list[Block]:
    blocks: list[Block] = [Heading(1, "Sessions held against planned", "sessions")]
    if not counts:
        return [*blocks, _said("No session has been planned or held on this visit.")]
    rows = [
        (
            c.method.capitalize(),
            *(str(n) for n in (c.planned, c.held, c.unplanned, c.remote, c.cancelled, c.people, c.lines)),
        )
        for c in counts
    ]
    totals = [sum(column) for column in zip(*(_numbers(c) for c in counts), strict=True)]
    rows.append(("All", *(str(total) for total in totals)))
    blocks.append(
        Table(
            "Sessions by method",
            (
                "Method",
                "Planned",
                "Held",
                "Of these unplanned",
                "Of these remote",
                "Cancelled",
                "People present",
                "Note lines",
            ),
            tuple(rows),
            row_head=True,
            align=("left", *_right(7)),
        )
    )
    return blocks


def _numbers(c: SessionCount) -> tuple[int, ...]:
    return c.planned, c.held, c.unplanned, c.remote, c.cancelled, c.people, c.lines


def _right(columns: int) -> list[Align]:
    return ["right"] * columns


def _strata(counts: Sequence[StratumCount], examined: int) -> list[Block]:
    blocks: list[Block] = [Heading(1, "Files examined", "files")]
    if not counts:
        return [*blocks, _said("No case file belongs to this visit.")]
    rows = [
        (
            c.name,
            "not set" if c.target is None else str(c.target),
            *(str(n) for n in (c.files, c.examined, c.open, c.twice)),
        )
        for c in counts
    ]
    sums = [sum(getattr(c, name) for c in counts) for name in ("files", "examined", "open", "twice")]
    targets = [c.target for c in counts if c.target is not None]
    rows.append(
        ("All", str(sum(targets)) if len(targets) == len(counts) else "not set", *(str(n) for n in sums))
    )
    blocks.append(
        Table(
            "Files by stratum",
            ("Stratum", "Target", "In the sample", "Examined", "Being examined", "Examined by both"),
            tuple(rows),
            row_head=True,
            align=("left", *_right(5)),
        )
    )
    return blocks


def _results(sections: Sequence[SectionFacts], files: int) -> list[Block]:
    blocks: list[Block] = [Heading(1, "Results of the questions asked", "results")]
    if not files:
        return [*blocks, _said("No file has been examined to the end yet.")]
    because = next((section.score.because for section in sections if section.score.because), "")
    why = (
        f" No percentages and no intervals: {because}. Counts say what was seen, not how common it is."
        if because
        else ""
    )
    blocks.append(
        _said(
            f"Counted over {files} examined {'file' if files == 1 else 'files'}, each once. n is the number of fully, "
            "partially and not met answers; not applicable, not known and not asked stand outside it. Where two "
            f"examiners of a file differ, the file is left out of that question and counted as differing.{why}"
        )
    )
    scored = [section for section in sections if section.score.n]
    if scored:
        blocks.append(_section_scores(scored))
        blocks.append(_chart(scored))
    for section in sections:
        if any(row.n or row.not_applicable or row.not_known or row.outside for row in section.met) or any(
            row.n for row in section.choices
        ):
            blocks.append(Heading(2, _named(section), f"results-{section.code}"))
            blocks += _section_tables(section)
    return blocks


def _chart(sections: Sequence[SectionFacts]) -> Chart:
    fully = tuple(sum(row.fully for row in s.met) for s in sections)
    partially = tuple(sum(row.partially for row in s.met) for s in sections)
    not_met = tuple(sum(row.not_met for row in s.met) for s in sections)
    best = max(sections, key=lambda s: (s.score.percent or 0, s.score.n))
    worst = min(sections, key=lambda s: (s.score.percent or 0, -s.score.n))
    ends = f"The highest section score is {_score(best)}, the lowest {_score(worst)}. "
    return Chart(
        caption="Answers on the met scale by section",
        alt=(
            f"Stacked bars of the counts of fully, partially and not met answers in {len(sections)} sections. "
            f"{ends if best.score.percent is not None else ''}The counts are in the table that follows."
        ),
        labels=tuple(f"{s.code} {s.label}".strip() for s in sections),
        series=(("Fully met", fully), ("Partially met", partially), ("Not met", not_met)),
        label_head="Section",
    )


def _named(section: SectionFacts) -> str:
    """A section as a heading; questions that stand in none have one of their own."""
    return f"{section.code}. {section.label}" if section.code else "Questions in no section"


def _section_words(section: SectionFacts) -> str:
    return f"Section {section.code}" if section.code else "No section"


def _score(section: SectionFacts) -> str:
    return f"{section.score.words}, in {section.label}"


def _section_scores(sections: Sequence[SectionFacts]) -> Table:
    """Without a column of per cent where the files say nothing of others."""
    shares = [f"{s.score.percent:.1f}%" for s in sections if s.score.percent is not None]
    told = len(shares) == len(sections)
    rows = [(_named(s), str(s.score.points), str(s.score.possible), str(s.score.n)) for s in sections]
    return Table(
        "Section scores: points out of points possible",
        ("Section", "Points", "Possible", "n", *(["Score"] if told else [])),
        tuple((*row, share) for row, share in zip(rows, shares, strict=True)) if told else tuple(rows),
        row_head=True,
        align=("left", *_right(4 if told else 3)),
    )


def _section_tables(section: SectionFacts) -> list[Block]:
    blocks: list[Block] = []
    asked = [
        row
        for row in section.met
        if row.n or row.not_applicable or row.not_known or row.differing or row.outside
    ]
    if asked:
        blocks.append(
            Table(
                f"{_section_words(section)}, questions on the met scale",
                (
                    "Code",
                    "Wording",
                    "Fully",
                    "Partly",
                    "Not met",
                    "n",
                    "N/A",
                    "Not known",
                    "Not asked",
                    "Differ",
                ),
                tuple(
                    (
                        row.code,
                        "\n".join((row.wording, *_gone(row.outside))),
                        *(
                            str(n)
                            for n in (
                                row.fully,
                                row.partially,
                                row.not_met,
                                row.n,
                                row.not_applicable,
                                row.not_known,
                                row.not_asked,
                                row.differing,
                            )
                        ),
                    )
                    for row in asked
                ),
                widths=(8, 32, 7.5, 8.5, 7, 5, 6.5, 9, 8.5, 8),
                row_head=True,
                align=("left", "left", *_right(8)),
            )
        )
    choices = [row for row in section.choices if row.n or row.differing]
    if choices:
        blocks.append(
            Table(
                f"{_section_words(section)}, other questions",
                ("Code", "Wording", "Answers and how many files gave them", "n", "Not asked", "Differ"),
                tuple(
                    (
                        row.code,
                        row.wording,
                        "\n".join(
                            (*(f"{answer}: {count}" for answer, count in row.answers), *_gone(row.outside))
                        ),
                        *(str(number) for number in (row.n, row.not_asked, row.differing)),
                    )
                    for row in choices
                ),
                widths=(9, 33, 36, 5, 9, 8),
                row_head=True,
                align=("left", "left", "left", *_right(3)),
            )
        )
    return blocks


def _gone(outside: Iterable[tuple[str, int]]) -> list[str]:
    """Answers given under earlier choices, as they stand with their question."""
    return [f"No longer a choice: {code}: {count}" for code, count in outside]
