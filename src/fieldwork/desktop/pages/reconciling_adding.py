"""Adding a suspect that both examiners missed, at reconciliation: of which repeat, its name, why; by keys."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from fieldwork.desktop.kit import Row
from fieldwork.desktop.pages.marking_panels import ListPanel, PromptPanel
from fieldwork.domain.question_set import Group
from fieldwork.work import adding_agreed, repeating

if TYPE_CHECKING:
    from fieldwork.desktop.pages.reconciling import ReconcilingPane


def add(page: ReconcilingPane) -> None:
    """Ask which, where several repeats can be added to; then its name and why."""
    if page.view is None or page.view.why_not:
        return
    pane = page.view.standing.pane
    groups = {group.code: group for group in repeating.open_repeats(pane)}
    page.hand_over()
    page.close_panel(back=False)
    if not groups:
        page.say("Nothing in these questions is entered several times.")
    elif len(groups) == 1:
        _name(page, next(iter(groups.values())))
    else:
        rows = [Row(repeating.called(pane, group), ident=code) for code, group in groups.items()]
        panel = ListPanel("Add one that both missed", rows, "add")
        panel.opened.connect(lambda code: _name(page, groups[code]))
        page.put(panel)


def _name(page: ReconcilingPane, group: Group) -> None:
    assert page.view is not None
    page.close_panel(back=False)
    called = repeating.called(page.view.standing.pane, group)
    panel = PromptPanel(f"One more that both missed: {called}", "What to call it, or nothing", "go on")
    panel.below.setText("What is asked of it is asked now; the two examinations stay as they are.")
    panel.field.submitted.connect(lambda label: _why(page, group, called, label))
    page.put(panel)


def _why(page: ReconcilingPane, group: Group, called: str, label: str) -> None:
    page.close_panel(back=False)
    panel = PromptPanel(
        f"Why is {label.strip() or called} there, though neither entered it?", "One line", "add"
    )
    panel.field.submitted.connect(partial(_add, page, panel, group, label))
    page.put(panel)


def _add(page: ReconcilingPane, panel: PromptPanel, group: Group, label: str, reason: str) -> None:
    if not reason.strip():
        panel.below.setText("A few words are needed.")
        return
    assert page.view is not None
    page.close_panel()
    page.desk.act(
        adding_agreed.add_agreed,
        file=page.view.file.id,
        repeat=group.code,
        label=label,
        reason=reason,
        then=lambda _: page.say("Added; what is asked of it is to settle now."),
    )
