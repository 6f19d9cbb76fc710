# ruff: noqa: E501
"""A form's own words on the marking pane: notes, calculations, defaults, what is shown only, languages."""

import pytest
from marking_kit import desk_over, enter, files_window, opened, press, settle, write
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication

from fieldwork.work import examining, files
from fieldwork.work.inspections import new_inspection

FORM = """
| survey | | | | | | | | | | |
| | type | name | label::English | label::Cymraeg | required | required_message::English | default | calculation | read_only | constraint | constraint_message::English | constraint_message::Cymraeg |
| | note | intro | Read the whole file first. | Darllenwch y ffeil gyfan yn gyntaf. | | | | | | | | |
| | select_one yn | read | Was it read? | A gafodd ei ddarllen? | yes | Every file says whether it was read. | Y | | | | | |
| | integer | days | How many days? | Sawl diwrnod? | yes | | | | | . < 100 | Fewer than 100. | Llai na 100. |
| | calculate | weeks | Whole weeks | Wythnosau llawn | | | | int(${days} div 7) | | | | |
| | note | told | That is ${days} days. | Dyna ${days} diwrnod. | | | | | | | | |
| | text | fixed | Source of the figures | Ffynhonnell | | | Case system | | yes | | | |
| | text | more | Anything else? | Unrhyw beth arall? | | | | | | | | |
| | note | bye | Thank you. | Diolch. | | | | | | | | |
| choices | | | | |
| | list_name | name | label::English | label::Cymraeg |
| | yn | Y | Yes | Ydy |
| | yn | N | No | Nac ydy |
| settings | | |
| | form_title | default_language |
| | Small | English |
"""


@pytest.fixture
def desk(tmp_path, monkeypatch):
    monkeypatch.setenv("FIELDWORK_KDF_MEMORY", "65536")
    monkeypatch.setenv("FIELDWORK_HOME", str(tmp_path / "home"))
    form = tmp_path / "form.md"
    form.write_text(FORM, "utf-8")
    workspace = new_inspection(
        tmp_path / "a.fieldwork", "x", title="T", lead="HMCPSI", partner="HMICFRS", questions=form
    )
    for number in (1, 2):
        files.add_case_file(workspace, reference=f"F-{number}", stratum="one")
    with desk_over(workspace) as desk:
        yield desk


def test_the_form_speaks_for_itself(qtbot, desk):
    window = files_window(qtbot, desk)
    pane = opened(window, "F-1")

    def kept(code):
        held = examining.open_file(desk.workspace, pane.pane.file.id).answer(code)
        return held.value if held else None

    view = pane.question
    assert view.before.lines == ["Read the whole file first."]
    assert view.answers.code() == "Y" and view.preset.isVisible()
    assert not pane.pane.answered(pane.current())
    pane.finish()
    rows = {row.ident: row for row in pane.finish_panel.list.rows}
    assert rows["read"].sub == "Every file says whether it was read."
    pane.back()
    settle(desk)
    assert kept("read") is None  # shown is not yet given
    enter()
    settle(desk)
    assert kept("read") == "Y" and pane.here == "days"
    assert view.before.lines == []
    write("16")
    enter()
    settle(desk)
    assert pane.here == "more"  # what is shown only is not waited for
    pane.step(-1)
    assert pane.here == "fixed"
    assert view.before.lines == ["Whole weeks: 2", "That is 16 days."]
    assert view.answers is None and view.preset.text().startswith("Shown only")
    pane.clear_answer()
    enter()
    settle(desk)
    assert kept("fixed") == "Case system"
    assert pane.here == "more" and view.before.lines == ["Thank you."]
    press("l", modifiers=Qt.KeyboardModifier.AltModifier)
    settle(desk)
    assert view.head.wording.text() == "Unrhyw beth arall?"
    assert view.before.lines == ["Diolch."]
    pane.go_to("days")
    QApplication.focusWidget().selectAll()
    write("160")
    assert view.fault.text() == "Llai na 100."
    pane.clear_answer()
    pane.open_file(files.find_file(desk.workspace, "F-2").id)
    settle(desk)
    assert view.head.wording.text() == "A gafodd ei ddarllen?"
    assert [line.text() for line in view.answers.lines] == ["Ydy", "Nac ydy"]
    again = opened(files_window(qtbot, desk), "F-2")
    assert again.question.head.wording.text() == "A gafodd ei ddarllen?"
