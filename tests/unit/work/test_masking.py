"""Masked words are in nothing that leaves, and in the database as they were said."""

import zipfile

import pytest

from fieldwork.domain.faults import Fault
from fieldwork.domain.records import NoteLine, Session
from fieldwork.reports.html import render_html
from fieldwork.store.reading import dump, get, records
from fieldwork.store.recording import Change, record
from fieldwork.work import (
    examining,
    excerpts,
    files,
    findings,
    masking,
    notes,
    quote_releases,
    reporting,
    themes,
    undoing,
)
from pdf_gate import tree_text
from worlds import small_inspection, wall

NAME = "Quillfeather"


@pytest.fixture
def here(tmp_path):
    made = small_inspection(tmp_path)
    session = records(made, Session)[0]
    made.session = session.id
    made.line = notes.write_line(
        made, session=session.id, text=f"Sergeant {NAME} signs, and {NAME.lower()} never reads"
    ).id
    made.other = notes.write_line(made, session=session.id, text=f"Ask {NAME}s cousin, not {NAME}").id
    examining.answer(
        made, file="A-V-001", question="B01", value="NM", reason=f"{NAME} had left.", at=wall(24, 9)
    )
    made.file = files.find_file(made, "A-V-001").id
    made.answer = examining.open_file(made, made.file).answer("B01").id
    yield made
    made.close()


def outputs(workspace, tmp_path):
    """Everything that leaves the team, as text."""
    said = {}
    finding = findings.add_finding(
        workspace, text="It hangs on one person.", kind="concern",
        evidence=[workspace.line, workspace.other, workspace.answer],
    ).id  # fmt: skip
    theme = themes.find_theme(workspace, "relationships").id
    text = get(workspace, NoteLine, workspace.line).text
    words = excerpts.tag_words(workspace, target=workspace.line, start=0, end=len(text) - 6, theme=theme).id
    findings.pin(workspace, finding=finding, evidence=words, bearing="for")
    subjects = (
        ("interview_record", {"session": workspace.session}), ("file_record", {"file": workspace.file}),
        ("findings_register", {}), ("interim_themes", {}),
    )  # fmt: skip
    for kind, about in subjects:
        for published in (False, True):
            report = reporting.compose(workspace, kind, published=published, **about)
            name = f"{kind}-{published}"
            path = tmp_path / f"{name}.pdf"
            path.write_bytes(reporting.pdf_bytes(report))
            said[name] = render_html(report) + tree_text(path)
            for one in reporting.export(workspace, kind, tmp_path / f"{name}.docx", **about).paths:
                with zipfile.ZipFile(one) as packed:
                    said[one.name] = packed.read("word/document.xml").decode()
    return said


def test_a_name_that_is_masked_is_in_nothing_that_leaves(here, tmp_path):
    before = outputs(here, tmp_path)
    assert NAME in before["interview_record-False"] and NAME in before["file_record-False"]
    assert NAME in before["findings_register-False"]
    masking.mask_everywhere(here, words=[NAME], way="pseudonym", instead="Officer A")
    after = outputs(here, tmp_path)
    for name, said in after.items():
        assert NAME.lower() not in said.lower().replace(f"{NAME.lower()}s", ""), name
    assert "Sergeant Officer A signs, and Officer A never reads" in after["interview_record-False"]
    assert "Officer A had left." in after["file_record-False"]
    # another word that only begins so is somebody else's, and stays
    assert f"Ask {NAME}s cousin, not Officer A" in after["interview_record-False"]
    assert NAME in get(here, NoteLine, here.line).text and NAME in str(dump(here))
    undoing.undo(here)  # the finding's pin
    masking.unmask(here, target=excerpts.spans(here, [here.answer])[here.answer][0].id)
    report = reporting.compose(here, "file_record", file=here.file)
    assert f"{NAME} had left." in render_html(report)


def test_words_that_are_lost_keep_the_whole_text_in(here):
    text = get(here, NoteLine, here.line).text
    at = text.index(NAME)
    masking.mask_words(here, target=here.line, start=at, end=at + len(NAME))
    covers = masking.covers_of(here, [here.line])
    assert (
        covers.text(here.line, "text", text) == f"Sergeant [left out] signs, and {NAME.lower()} never reads"
    )
    record(here, "elsewhere", [Change(NoteLine.kind, here.line, {"text": "Altogether other words by Quill"})])
    covers = masking.covers_of(here, [here.line])
    assert covers.text(here.line, "text", "Altogether other words by Quill") == masking.WITHHELD
    assert "Quill" not in render_html(
        reporting.compose(here, "interview_record", session=here.session)
    ).replace(f"{NAME}s cousin, not {NAME}", "")


def test_tidied_words_do_not_slip_past_what_is_masked_in_what_was_said(here):
    text = get(here, NoteLine, here.line).text
    masking.mask_words(here, target=here.line, start=9, end=9 + len(NAME))
    record(here, "tidy", [Change(NoteLine.kind, here.line, {"tidied": f"Sgt {NAME} signs unread."})])
    tidied = get(here, NoteLine, here.line).tidied
    assert masking.covers_of(here, [here.line]).text(here.line, "tidied", tidied) == masking.WITHHELD
    masking.mask_everywhere(here, words=[NAME])
    covers = masking.covers_of(here, [here.line])
    assert covers.text(here.line, "tidied", tidied) == "Sgt [left out] signs unread."
    assert quote_releases.to_release(here, here.line).masked.startswith("Sergeant [left out] signs, and")
    assert text == get(here, NoteLine, here.line).text


def test_a_whole_line_a_word_that_is_no_name_and_what_goes_along(here):
    masking.mask_whole(here, target=here.other, way="pseudonym", instead="said in confidence")
    covers = masking.covers_of(here, [here.other])
    assert covers.text(here.other, "text", "anything") == "said in confidence"
    assert covers.text(here.other, "text", "") == ""
    masking.unmask(here, target=here.other)
    assert masking.covers_of(here, [here.other]) == masking.NOTHING
    masking.mask_words(here, target=here.line, start=9, end=21, way="leave")
    assert masking.covers_of(here, [here.line]) == masking.NOTHING
    masking.mask_words(here, target=here.line, start=9, end=21)
    notes.write_line(
        here, session=here.session, line=here.line, text=f"Well: Sergeant {NAME} signs it, and never reads"
    )
    text = get(here, NoteLine, here.line).text
    said = masking.covers_of(here, [here.line]).text(here.line, "text", text)
    assert said == "Well: Sergeant [left out] signs it, and never reads"


def test_what_cannot_be_masked_is_said_in_a_sentence(here):
    for act, given, said in (
        (masking.mask_words, {"target": here.line, "start": 5, "end": 5}, "no words"),
        (
            masking.mask_words,
            {"target": here.line, "start": 0, "end": 4, "way": "pseudonym"},
            "printed in their place",
        ),
        (masking.mask_words, {"target": here.line, "start": 0, "end": 4, "way": "blur"}, "way of masking"),
        (masking.mask_whole, {"target": here.session}, "Only a note line"),
        (masking.unmask, {"target": here.line}, "not masked"),
        (masking.mask_everywhere, {"words": ["zzz nowhere"]}, "stand in no note"),
        (masking.mask_everywhere, {"words": [" "]}, "stand in no note"),
    ):
        with pytest.raises(Fault, match=said):
            act(here, **given)
