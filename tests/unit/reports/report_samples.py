"""Invented reports for the tests: a realistic visit summary, a long one, and one full of hostile text."""

from datetime import UTC, datetime

from fieldwork.reports.document import (
    Attachment,
    Block,
    Bullets,
    ChainHead,
    Chart,
    Heading,
    PageBreak,
    Paragraph,
    Quote,
    Report,
    Run,
    Table,
)

MOMENT = datetime(2026, 11, 20, 16, 40, tzinfo=UTC)

NAUGHTY = (
    '<b>bold</b> & <img src="file:///etc/passwd"/> <a href="javascript:alert(1)">x</a>',
    '=HYPERLINK("https://example.org","click")',
    "nul \x00 bell \x07 escape \x1b[31m delete \x7f",
    "lone surrogate \ud800 and non-character \ufffe",
    "turned round \u202egnp.exe, isolated \u2066x\u2069",
    "tab\there, line\nend, carriage\r\nreturn, separator\u2028here",
    "parentheses ( unbalanced \\ backslash \\( octal \\101 >> << % comment",
    "]]> <!-- --> <?xml ?> &amp; &#x41; {0} %s ${x} `x` EMC BT ET",
    "zero\u200bwidth, soft\u00adhyphen, joiner\u200d, byte order\ufeffmark",
    "e\u0301 composed, Z̷̧a̶l̵g̴o̸, ﬁ ligature, ﷽ wide",
    "unbroken " + "x" * 900,
    " leading and trailing   double   spaces ",
    "",
)
NAMES = (
    "Tŷ Gŵydd, Llŷn, â",
    "Łódź i Wrocław",
    "l’Haÿ d'O",
    "Thừa Thiên Huế",
    "Θεσσαλονίκη",
    "Нови Сад, Ниш",
    "مدينة القاهرة",
    "תל אביב",
    "क्षत्रिय ग्राम",
    "ਸ੍ਰੀ ਅੰਮ੍ਰਿਤਸਰ",
    "ঢাকা শহর",
    "தமிழ் நாடு",
    "王府井",
    "𝔘𝔫𝔦 😀 ✓ ≥ →",
)


def said(text: str) -> tuple[Run, ...]:
    return (Run(text),)


def _point(title: str, key: str, text: str, counts: str, quote: str = "", who: str = "") -> list[Block]:
    blocks: list[Block] = [
        Heading(2, title, key),
        Paragraph((Run(text + " "), Run(counts, "reference", evidence=key))),
    ]
    if quote:
        blocks.append(Quote(said(f"“{quote}”"), who))
    return blocks


def visit_summary() -> Report:
    """The paper handed over on a visit's last afternoon."""
    blocks: list[Block] = [
        Paragraph(
            (
                Run("Not final, not for publication. ", "strong"),
                Run(
                    "These are the points emerging from four days with Northmarch Police and the CPS "
                    "Area, as the team sees them this afternoon. They may change when the evidence "
                    "has been moderated. Nothing here can be traced to a person."
                ),
            )
        ),
        Heading(1, "Emerging strengths", "strengths"),
        *_point(
            "Supervisors and prosecutors know each other and talk",
            "P1",
            "Custody sergeants, gatekeepers and reviewing lawyers described weekly calls in which "
            "files that had stalled were settled the same day. We saw two such calls.",
            "Interviews 6, focus groups 2, observations 2, case files 14",
            "If I ring, someone picks up. Two years ago I would have sent it into a void.",
            "Detective sergeant",
        ),
        *_point(
            "Victims’ needs are recorded early",
            "P2",
            "Special measures were discussed at first account in most files that called for them.",
            "Interviews 4, case files 22",
        ),
        Heading(1, "Emerging concerns", "concerns"),
        *_point(
            "Disclosure schedules are completed late and in haste",
            "P3",
            "Unused material was often listed only after the charging request had been returned. "
            "Officers did not see the schedule as part of building the case.",
            "Interviews 9, focus groups 3, reality testing 5, case files 31",
            "Nobody ever showed me a good one. You copy the last one and hope.",
            "Response officer",
        ),
        *_point(
            "The two IT systems do not agree on what has been sent",
            "P4",
            "Action plans arrive twice, or not at all, and both sides keep their own list.",
            "Interviews 11, observations 3",
        ),
        Bullets(
            (
                said("Police re-key the unique reference number for every resubmission."),
                said("Prosecutors cannot see whether redaction has begun."),
                (Run("The shared inbox is "), Run("not monitored", "strong"), Run(" at weekends.")),
            )
        ),
        Heading(1, "What we did", "did"),
        Table(
            "Sessions held against planned",
            ("Method", "Planned", "Held", "In person", "Remote"),
            (
                ("Interviews", "18", "17", "14", "3"),
                ("Focus groups", "4", "4", "4", "0"),
                ("Observations", "3", "3", "3", "0"),
                ("Reality testing", "6", "5", "5", "0"),
                ("Document reviews", "5", "5", "–", "–"),
            ),
            row_head=True,
            align=("left", "right", "right", "right", "right"),
        ),
        Table(
            "Case files examined, by stratum",
            ("Stratum", "Target", "Examined", "Replaced", "Note"),
            (
                (
                    "Charged by the CPS, full code test",
                    "24",
                    "24",
                    "2",
                    "Two files not traced, replaced from the reserve",
                ),
                ("Charged by police", "12", "12", "0", ""),
                ("No further action", "12", "11", "1", "One file live; revisit in January"),
                ("Early advice", "6", "6", "0", ""),
            ),
            row_head=True,
            align=("left", "right", "right", "right", "left"),
        ),
        Heading(1, "Results so far", "results"),
        Paragraph(
            said(
                "Counts of files, with the share of those to which the question applied. Percentages "
                "are rounded half up and may not add to 100. A dagger marks counts of five or fewer."
            )
        ),
        Chart(
            "How far five questions were met",
            "Stacked bars. Charging decisions are met most often, in 32 of 41 files; disclosure "
            "schedules least, in 12 of 40, with 19 not met.",
            (
                "Was the charging decision in line with the Code?",
                "Was the case summary accurate and balanced?",
                "Were the disclosure schedules adequate on first submission?",
                "Was early advice acted upon?",
                "Were victims’ needs addressed?",
            ),
            (
                ("Fully met", (32, 25, 12, 3, 29)),
                ("Partially met", (6, 13, 9, 2, 8)),
                ("Not met", (3, 4, 19, 1, 5)),
            ),
        ),
        Table(
            "The same questions, with intervals",
            ("Question", "n", "Fully met", "95% interval", "Not known"),
            (
                ("Charging decision in line with the Code", "41", "32 (78.0%)", "63% to 88%", "1"),
                ("Case summary accurate and balanced", "42", "25 (59.5%)", "45% to 73%", "0"),
                ("Disclosure schedules adequate", "40", "12 (30.0%)", "18% to 46%", "2"),
                ("Early advice acted upon", "6", "3† (50.0%)", "19% to 81%", "0"),
                ("Victims’ needs addressed", "42", "29 (69.0%)", "54% to 81%", "0"),
            ),
            row_head=True,
            align=("left", "right", "right", "right", "right"),
        ),
        Heading(1, "What we would like to see next", "next"),
        Bullets(
            (
                said("The force’s own file quality returns for the last three quarters."),
                said("One more focus group with prosecutors who joined in the last year."),
            ),
            ordered=True,
        ),
        Paragraph(
            (
                Run("How a finding is supported is set out in "),
                Run("the inspection framework", href="https://www.example.org/framework?a=1&b=2"),
                Run("; the sessions are listed under "),
                Run("What we did", href="#did"),
                Run("."),
            )
        ),
    ]
    return Report(
        title="Visit summary: Northmarch",
        subtitle="Joint case building inspection",
        marking="OFFICIAL-SENSITIVE",
        reference="JCB-V07",
        author="HMCPSI and HMICFRS inspection team",
        date=MOMENT,
        version="3",
        blocks=tuple(blocks),
        draft=True,
        chain_heads=(
            ChainHead(
                "Laptop 4 (lead)", 18_442, "9f2c41d07ab35e8861f0c2d94be7a3550d1e6c8f7b20a94413de58c6f1a7b302"
            ),
            ChainHead("Laptop 7", 6_310, "03ab77e2149cd8f0655b1a3e9d2c4f8870e6b1d5c3a29f44e01788bd5f6ca911"),
        ),
    )


WORDS = (
    *("the", "team", "found", "that", "supervision", "of", "the", "file", "was", "timely", "and", "the"),
    *(
        "decision",
        "met",
        "the",
        "evidential",
        "stage",
        "but",
        "schedules",
        "were",
        "not",
        "always",
        "reviewed",
    ),
    *("before", "the", "first", "hearing", "and", "records", "of", "contact", "were", "clear", "although"),
    *("two", "files", "lacked", "a", "rationale", "leaders", "have", "set", "out", "a", "plan", "and", "the"),
    *("unit", "checks", "progress", "each", "month"),
)


def words(count: int, start: int) -> str:
    """`count` words of running text, other words for another `start`."""
    chosen = [WORDS[(start * 7 + place * (1 + start % 5)) % len(WORDS)] for place in range(count)]
    return " ".join(chosen).capitalize() + "."


def long_report(sections: int = 6, rows: int = 400) -> Report:
    """Numbered paragraphs, a contents list, and an annex over many pages with a row taller than one."""
    blocks: list[Block] = []
    for section in range(1, sections + 1):
        blocks.append(Heading(1, f"{section}. Chapter about theme {section}", f"c{section}"))
        for part in range(1, 3):
            blocks.append(Heading(2, f"Question {part}: quality of the case file", f"c{section}-{part}"))
            for number in range(1, 4):
                text = words(40 + 9 * number, section * 10 + number)
                blocks.append(Paragraph(said(text), f"{section}.{part * 3 + number - 3}"))
            blocks.append(Bullets(tuple(said(words(9 + item, item)) for item in range(4)), part == 2))
    blocks += [PageBreak(), Heading(1, "Annex: every answer", "annex")]
    body = [
        (
            f"CF{row:04}",
            f"Q{row % 60}",
            ("Fully met", "Partially met", "Not met", "")[row % 4],
            words(row % 23, row),
        )
        for row in range(rows)
    ]
    body[rows // 2] = ("CF-TALL", "Q1", "Not met", words(1400, 3))
    body.append(("CF-LAST", "Q2", "Fully met", "one\n\ntwo"))
    blocks.append(Table("All answers", ("File", "Question", "Answer", "Note"), tuple(body), (), True))
    return Report(
        title="Building strong cases together: findings of a joint inspection",
        subtitle="Joint case building inspection",
        marking="OFFICIAL",
        reference="JCB-R01",
        author="HMCPSI and HMICFRS",
        date=MOMENT,
        version="0.9",
        blocks=tuple(blocks),
        attachments=(
            Attachment("readme.txt", "text/plain", "What the attachments are", b"Tables as CSV.\n"),
        ),
    )


def hostile_report() -> Report:
    """Naughty strings and names in many scripts in every place that takes text."""
    strings = (*NAUGHTY, *NAMES)
    blocks: list[Block] = []
    for place, text in enumerate(strings):
        blocks += [
            Heading(1 + place % 4, text, f'key {place} <&">'),
            Paragraph(
                (Run(text, "strong"), Run(" then "), Run(text, "emphasis", href=f"#key {place}")), text[:12]
            ),
        ]
    links = (
        "javascript:alert(1)",
        "file:///etc/passwd",
        "http://example.org",
        "#nowhere",
        "https://",
        "mailto:x",
    )
    blocks += [
        Bullets(tuple(said(text) for text in strings), True),
        Quote(said(NAMES[6] + " " + NAUGHTY[0]), NAMES[8]),
        Paragraph(tuple(Run(f"{link} ", href=link) for link in links)),
        Paragraph(
            (Run("write to us", href="mailto:team@example.org"), Run(" or "), Run(NAMES[6], href="#key 1"))
        ),
        Table(
            NAUGHTY[0],
            ("", NAUGHTY[2], NAMES[6]),
            tuple((text, text, text) for text in strings),
            (1, 1, 2),
            True,
        ),
        Table("No rows", ("A", "B"), ()),
        Chart(
            NAUGHTY[0],
            NAUGHTY[3],
            strings,
            ((NAUGHTY[0], tuple(range(len(strings)))), (NAMES[6], (0,) * len(strings))),
        ),
    ]
    return Report(
        title=NAUGHTY[0] + NAMES[6],
        subtitle=NAUGHTY[2],
        marking="OFFICIAL-SENSITIVE",
        reference=NAUGHTY[6],
        author=NAMES[8] + " & " + NAUGHTY[3],
        date=MOMENT,
        version="<1>",
        blocks=tuple(blocks),
        draft=True,
        chain_heads=(ChainHead(NAUGHTY[0], 0, "ab" * 32),),
    )


def empty_report() -> Report:
    """Nothing in it at all."""
    return Report("", "", "", "", "", MOMENT, "", ())
