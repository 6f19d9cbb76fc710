"""How hard a passphrase is to guess: what window and command line say about a new one."""

from dataclasses import dataclass

GOOD = 3  # zxcvbn's score from which on a passphrase withstands guessing, at half a second a guess
_LONGEST = 72  # characters looked at: more cannot make it worse, and looking takes time
_OWN_WORDS = ["fieldwork", "inspection", "hmicfrs", "hmcpsi", "passphrase", "prosecution", "police"]


@dataclass(frozen=True)
class Strength:
    """score: 0 to 4; words: one sentence, "" for no passphrase yet."""

    score: int
    words: str

    @property
    def weak(self) -> bool:
        return self.score < GOOD


def strength(passphrase: str) -> Strength:
    """Measured by zxcvbn: words, names, dates, keyboard rows and repeats count as what a guesser tries first."""
    if not passphrase:
        return Strength(0, "")
    from zxcvbn import zxcvbn

    found = zxcvbn(passphrase[:_LONGEST], user_inputs=_OWN_WORDS, max_length=_LONGEST)
    score: int = found["score"]
    if score >= 4:
        return Strength(score, "Strong.")
    if score == GOOD:
        return Strength(score, "Fair: another word makes it strong.")
    pattern = next((part["pattern"] for part in found["sequence"]), "")
    why = _WHY.get(pattern, "it is short")
    return Strength(score, f"Weak: {why}. Four unrelated words are better.")


_WHY = {
    "dictionary": "it is made of words that are tried first",
    "repeat": "it says the same again and again",
    "sequence": "its characters follow one another",
    "regex": "a year or date is tried first",
    "date": "a date is tried first",
    "spatial": "its keys lie side by side",
}
