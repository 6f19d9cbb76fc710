"""Text from people, made safe to print: what every renderer does to a string before it draws it."""

import re
import unicodedata
from datetime import datetime, timedelta
from urllib.parse import urlsplit

_MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)
_LINE_ENDS = re.compile("\r\n|[\r\x0b\x0c\x1c\x1d\x1e\x85\u2028\u2029]")
# Controls, lone surrogates, embedded direction overrides (they can make a line read backwards),
# non-characters.
_UNPRINTABLE = re.compile(
    "[\x00-\x08\x0e-\x1b\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\u202a-\u202e\u2066-\u2069\ufdd0-\ufdef\ufffe\uffff]"
)
_CLEAN = re.compile(r"[ -~]*")


def code_mark(character: str) -> str:
    """The visible stand-in for a character that cannot be printed, such as "[U+0007]"."""
    return f"[U+{ord(character):04X}]"


def clean_text(text: str) -> str:
    """`text` in composed form with line ends as "\\n", tabs as spaces and unprintable characters as marks.

    Nothing vanishes: a control character or a lone surrogate comes out as "[U+0007]". Idempotent.
    """
    if _CLEAN.fullmatch(text):
        return text
    text = _LINE_ENDS.sub("\n", text).replace("\t", " ")
    text = _UNPRINTABLE.sub(lambda match: code_mark(match[0]), text)
    return unicodedata.normalize("NFC", text)


def one_line(text: str) -> str:
    """`clean_text` on one line: for titles, captions, file properties."""
    return " ".join(clean_text(text).split())


def safe_link(href: str) -> str:
    """`href` if it may be a link (https, mailto, or "#key" inside the report), else the empty string."""
    if not href or clean_text(href) != href or any(character.isspace() for character in href):
        return ""
    if href.startswith("#"):
        return href if len(href) > 1 else ""
    try:
        parts = urlsplit(href)
    except ValueError:
        return ""
    if parts.scheme == "https" and parts.netloc:
        return href
    return href if parts.scheme == "mailto" and "@" in parts.path else ""


def long_date(moment: datetime) -> str:
    """A date for readers, such as "20 November 2026, 09:30 UTC"; independent of the machine's locale."""
    offset = moment.utcoffset() or timedelta()
    if not offset:
        zone = "UTC"
    else:
        minutes = int(offset.total_seconds() // 60)
        zone = f"UTC{'+' if minutes > 0 else '−'}{abs(minutes) // 60:02}:{abs(minutes) % 60:02}"
    return f"{moment.day} {_MONTHS[moment.month - 1]} {moment.year}, {moment:%H:%M} {zone}"


def file_stem(text: str, fallback: str) -> str:
    """`text` as a short lower-case ASCII file name without ending, such as "files-by-stratum"."""
    ascii_text = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]+", "-", ascii_text.lower()).strip("-")[:48].rstrip("-") or fallback
