"""The register of findings and the chapter of themes: through the gate, and what a published copy does not tell."""

import re

import pytest

from fieldwork.domain.records import Answer, NoteLine
from fieldwork.reports.html import render_html
from fieldwork.store.reading import records
from fieldwork.store.recording import Change, record
from fieldwork.work import findings, leading, reporting, signing, team, themes
from pdf_gate import check_pdf, check_reading, tree_text
from worlds import PASSPHRASE, small_inspection

KINDS = ("findings_register", "interim_themes")
SAID = "Triage sends about a third of files back."


@pytest.fixture(scope="module")
def signed(tmp_path_factory):
    """Two findings: one signed by both inspectorates' leads, one not, with evidence for and against."""
    folder = tmp_path_factory.mktemp("findings")
    lead = small_inspection(folder)
    code = team.pack(lead, folder / "b.fieldpack")
    partner = team.join(
        folder / "b.fieldpack", folder / "b.fieldwork", PASSPHRASE, code=code, device="HMICFRS laptop 1",
        inspectorate="HMICFRS",
    )  # fmt: skip

    def exchange(one, other, name):
        (folder / name).mkdir()
        team.merge(other, [team.share(one, folder / name).path])

    exchange(partner, lead, "1")
    leading.appoint(lead, device=partner.device.hex())
    lines, answers = records(lead, NoteLine), records(lead, Answer)
    theme = themes.find_theme(lead, "disclosure").id
    firm = findings.add_finding(
        lead, text="Files come back late.", kind="concern", theme=theme, title="Late files",
        evidence=[lines[0].id, lines[1].id, lines[8].id, answers[0].id],
    ).id  # fmt: skip
    findings.add_finding(
        lead, text="Unsure as yet, with an unsigned word.", kind="strength", evidence=[lines[2].id]
    )
    findings.pin(lead, finding=firm, evidence=lines[3].id, bearing="against")
    findings.answer_contrary(lead, finding=firm, evidence=lines[3].id, text="Only in one unit")
    signing.sign(lead, finding=firm)
    exchange(lead, partner, "2")
    signing.sign(partner, finding=firm)
    exchange(partner, lead, "3")
    partner.close()
    yield lead, lines
    lead.close()


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("published", [False, True])
def test_every_copy_passes_the_gate_and_a_published_one_tells_counts_alone(signed, tmp_path, kind, published):
    lead, lines = signed
    report = reporting.compose(lead, kind, published=published)
    path = tmp_path / "a.pdf"
    path.write_bytes(reporting.pdf_bytes(report))
    check_pdf(path)
    check_reading(path, report)
    assert reporting.pdf_bytes(reporting.compose(lead, kind, published=published)) == path.read_bytes()
    text, html = " ".join(tree_text(path).split()), render_html(report)
    assert "Files come back late." in text and re.search(
        "Evidence: case-file examination 1, .*, from 2 bodies", text
    )
    assert (
        (("1 against it, answered" in text) and lines[0].text[:20] in text)
        or published
        or kind == "interim_themes"
    )
    references = re.findall(r"\[([0-9a-f]{8})", text)
    if published:
        assert references == [] and "unsigned word" not in text and "1 finding not signed by both" in text
        assert (
            lines[0].text not in text + html and "data-evidence" not in html and lines[0].id.hex() not in html
        )
        assert "Only in one unit" not in text
    else:
        assert len(references) >= 2 and "unsigned word" in text and lines[0].id.hex() in html
        assert [team.find_record(lead, one) for one in references]
    if kind == "findings_register":
        assert "Signed for HMCPSI on" in text and "Signed for HMICFRS on" in text and "gap" in text


def test_what_was_changed_since_is_left_out_of_the_published_register_and_named_in_the_working_copy(
    signed, tmp_path
):
    lead, lines = signed
    record(lead, "note", [Change(NoteLine.kind, lines[0].id, {"text": "Other words by now."})])
    working = reporting.compose(lead, "findings_register")
    said = render_html(working)
    assert "Changed since it was signed" in said and "before it was changed" in said
    assert "Files come back late." not in render_html(
        reporting.compose(lead, "findings_register", published=True)
    )
    for suffix in (".docx", ".html"):
        assert reporting.export(lead, "findings_register", tmp_path / f"a{suffix}").paths
