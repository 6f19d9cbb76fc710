"""The team in words: its laptops, the packages in and out, what waits here."""

from __future__ import annotations

from datetime import date, datetime

from fieldwork.desktop.kit import Row
from fieldwork.desktop.pages import words
from fieldwork.work.team import Laptop, Receipt


def waits(laptop: Laptop) -> bool:
    """Whether somebody still has to confirm this laptop."""
    return not laptop.here and not laptop.device.admitted and not laptop.device.removed


def laptop_row(laptop: Laptop, today: date) -> Row:
    """A laptop: its name, whose, how much of it is here, when it was last heard from, what is wrong."""
    parts = [laptop.device.inspectorate, words.counted(laptop.changes, "entry", "entries")]
    if laptop.takes_over:
        parts.append(f"takes over from {laptop.takes_over}")
    if not laptop.here:
        heard = words.when_words(laptop.heard, today)
        parts.append(f"last heard from {heard}" if heard else "no package from it yet")
    flags = _flags(laptop)
    trail = "this laptop" if laptop.here else "waiting to be admitted" if waits(laptop) else "admitted"
    if laptop.device.removed:
        trail = "removed"
    icon, tone = ("shield-alert", "danger") if flags else ("shield-check", "accent")
    if waits(laptop) and not flags:
        icon, tone = "circle-dot", "accent"
    sub = ", ".join(part for part in parts if part)
    return Row(
        laptop.device.label,
        ". ".join((sub, *flags)),
        icon=icon,
        tone=tone,
        trail=trail,
        key="a" if waits(laptop) else "",
        ident=laptop.device.id,
    )


def _flags(laptop: Laptop) -> list[str]:
    flags = []
    if laptop.forked:
        flags.append(
            "Its history has split in two: its file was copied. Each copy goes on under a name of its own"
        )
    if laptop.invitation_shared:
        flags.append("Its invitation was used by two laptops: ask who holds the pack")
    if laptop.clock:
        flags.append(f"Its clock is {laptop.clock}")
    return flags


def receipt_row(receipt: Receipt, names: dict[bytes, str], now: datetime) -> Row:
    """A package that went out or came in."""
    size = (
        f"{words.counted(receipt.changes, 'change')} in {words.counted(receipt.entries, 'entry', 'entries')}"
    )
    when = words.when_words(receipt.at, now.date())
    if receipt.direction == "out":
        return Row(f"Out: {size}", f"{when}, {receipt.name}", icon="package")
    who = names.get(receipt.device or b"", "a laptop not known yet")
    changes = words.counted(receipt.changes, "change was new", "changes were new")
    return Row(f"In from {who}", f"{when}, {changes}, {receipt.name}", icon="file-input")
