"""What to say about a new passphrase while it is typed."""

from __future__ import annotations

from PySide6.QtWidgets import QLabel, QLineEdit

SHORTEST = 12
GOOD_WORDS = 4


def strength_words(passphrase: str) -> str:
    """One sentence about how hard it is to guess, by length and variety; "" for none yet."""
    if not passphrase:
        return "Four unrelated words make a good passphrase. Nobody can recover it: without it the file stays shut."
    words, kinds = len(passphrase.split()), len(set(passphrase.casefold()))
    if len(passphrase) < SHORTEST or kinds < SHORTEST // 2:
        return f"Weak: at least {SHORTEST} characters, and not the same few again."
    if words >= GOOD_WORDS and len(passphrase) >= 20:
        return "Strong."
    return "Fair: another word makes it strong."


def fault_of(passphrase: str, again: str) -> str:
    """Why this pair cannot be taken, or "" when it can."""
    if strength_words(passphrase).startswith(("Weak", "Four")):
        return f"The passphrase is too weak: use at least {SHORTEST} characters, best four unrelated words."
    return "" if passphrase == again else "The two passphrases differ: type the second one again."


def watch(passphrase: QLineEdit, note: QLabel) -> None:
    """Keep the note at what is typed."""
    passphrase.textChanged.connect(lambda typed: note.setText(strength_words(typed)))
    note.setText(strength_words(""))
