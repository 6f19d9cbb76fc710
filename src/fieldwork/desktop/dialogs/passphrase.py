"""What to say about a new passphrase while it is typed."""

from __future__ import annotations

from PySide6.QtWidgets import QLabel, QLineEdit

NONE_YET = (
    "Four unrelated words make a good passphrase. Only a recovery key opens the file without it: "
    "make one once you are in."
)


def strength_words(passphrase: str) -> str:
    """One sentence about how hard it is to guess."""
    from fieldwork.work.passphrases import strength  # its word lists are not wanted before somebody types

    return strength(passphrase).words or NONE_YET


def fault_of(passphrase: str, again: str) -> str:
    """Why this pair cannot be taken, or "" when it can."""
    from fieldwork.work.passphrases import strength

    found = strength(passphrase)
    if found.weak:
        return f"The passphrase is too weak. {found.words or 'Use four unrelated words.'}"
    return "" if passphrase == again else "The two passphrases differ: type the second one again."


def watch(passphrase: QLineEdit, note: QLabel) -> None:
    """Keep the note at what is typed."""
    passphrase.textChanged.connect(lambda typed: note.setText(strength_words(typed)))
    note.setText(strength_words(""))
