"""How a file of a blind pair stands, in words: never what anybody answered."""

from collections.abc import Sequence

from fieldwork.desktop.kit import Row
from fieldwork.domain.records import CaseFile
from fieldwork.work import pairs
from fieldwork.work.pairs import PairBoard, Standing, named_by
from fieldwork.work.reconciling import (
    ASKED_NOW,
    DIFFERS,
    ENTERED_ALONE,
    ONE_ASKED,
    ONE_NOT_APPLICABLE,
    Disagreement,
)

KINDS = {
    DIFFERS: "differs",
    ONE_NOT_APPLICABLE: "not applicable to one",
    ONE_ASKED: "asked of one",
    ASKED_NOW: "asked now",
    ENTERED_ALONE: "entered by one",
}
_SAID = {
    pairs.ALONE: "stands on one examination, without a second examiner",
    pairs.MARK: "blind pair: yours to mark, sealed from your colleague",
    pairs.SEALED: "sealed: your colleague has not finished",
    pairs.CLOSED: "sealed: both have finished, not opened yet",
    pairs.AGREED: "reconciled",
    pairs.APART: "blind pair: two examiners mark it, sealed",
    pairs.OFF: "blind pair: opened before both had finished",
}


_SINGLE = {
    pairs.MARK: "yours to mark, sealed; no second examiner marks it",
    pairs.CLOSED: "sealed: finished, without a second examiner; not opened yet",
    pairs.APART: "one examiner marks it, sealed, without a second",
}


def standing_words(one: Standing) -> str:
    """Where a file stands, as the list and the head of the file say it."""
    if one.state == pairs.FIRST:
        return f"blind pair: section {one.section} first"
    if one.state == pairs.RECONCILE:
        return f"to reconcile: {one.todo} {'question' if one.todo == 1 else 'questions'}"
    return (_SINGLE if one.single else {}).get(one.state) or _SAID[one.state]


def after_finishing(one: Standing) -> str:
    """What happens next with a file that one has finished one's own part of."""
    if one.state == pairs.SEALED:
        said = (
            "Your answers are sealed. Your colleague has not finished; once both have, they are opened and you settle "
            "what differs."
        )
    elif one.state == pairs.CLOSED and one.single:
        said = "Your answers are sealed. A lead's laptop that keeps the key opens them; then they count."
    elif one.state == pairs.CLOSED:
        said = (
            "Both have finished. Nothing is open yet: the list of files and Team offer to open it, and a package "
            "carries the key."
        )
    else:
        said = "An answer changed later opens it again."
    if one.deferred:
        said += f" Asked at reconciliation: {', '.join(one.deferred)}."
    return said


def kind_words(one: Disagreement) -> str:
    """What there is to settle, in a word or three."""
    if one.settled:
        return "settled"
    return "agreed on other answers" if one.stale else KINDS[one.what]


def named(files: Sequence[CaseFile]) -> str:
    """Files by reference, at most three, and how many more."""
    return named_by(file.reference for file in files)


def offer_words(board: PairBoard) -> str:
    """What can be opened here, and to whom; "" for nothing."""
    if not board.due:
        return ""
    count = len(board.due)
    files = "1 file" if count == 1 else f"{count} files"
    to = "your colleague" if board.own_due == count else "both examiners"
    who = "Both have finished"
    if any(board.by_file[file.id].single for file in board.due):
        who, to = "Nobody is still marking", "everybody"
    return f"{who} {named(board.due)}: open the answers. This opens {files} to {to}; a package or the hub does so too."


def waiting_words(board: PairBoard) -> str:
    """What this examiner is to reconcile; "" for nothing."""
    mine = [one.file for one in board.mine]
    if not mine:
        return ""
    return f"{'1 file is' if len(mine) == 1 else f'{len(mine)} files are'} to reconcile: {named(mine)}."


def pair_row(one: Standing) -> Row:
    """A file in the list of those to reconcile."""
    trail = "" if one.settles else "for its examiners"
    return Row(
        one.file.reference,
        sub=standing_words(one),
        icon="scale" if one.settles else "lock",
        tone="accent" if one.settles else "text2",
        trail=trail,
        ident=one.file.id,
    )
