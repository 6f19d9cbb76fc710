"""The team in words: its laptops, the packages in and out, what waits here."""

from __future__ import annotations

from datetime import date, datetime

from fieldwork.desktop.kit import Row
from fieldwork.desktop.pages import words
from fieldwork.desktop.pages.team_counts import Line
from fieldwork.work.team import Laptop, Receipt
from fieldwork.work.who_has_what import Having, HubStatus


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
    if laptop.takes_over and not laptop.device.admitted and not laptop.device.removed:
        parts.append("a lead confirms it")
    flags = _flags(laptop)
    icon, tone = ("shield-alert", "danger") if flags else ("shield-check", "accent")
    if waits(laptop) and not flags:
        icon, tone = "circle-dot", "accent"
    sub = ", ".join(part for part in parts if part)
    return Row(
        laptop.device.label,
        ". ".join((sub, *flags)),
        icon=icon,
        tone=tone,
        trail=_trail(laptop),
        key="a" if waits(laptop) else "",
        ident=laptop.device.id,
    )


def _trail(laptop: Laptop) -> str:
    """Where it stands in the team."""
    if laptop.device.removed:
        return "removed"
    parts = ["this laptop"] if laptop.here else []
    parts += ["lead"] if laptop.leads else []
    if waits(laptop):
        parts.append("not admitted")
    return ", ".join(parts) or "admitted"


def _flags(laptop: Laptop) -> list[str]:
    flags = []
    if laptop.uncounted and laptop.device.removed:
        later = words.counted(laptop.uncounted, "later act of it does", "later acts of it do")
        flags.append(f"{later[:1].upper()}{later[1:]} not count")
    elif laptop.shut_out:
        flags.append(
            "Shut out until a lead admits it: who let it in was removed, or its invitation was withdrawn"
        )
    if laptop.forked:
        flags.append(
            "Its history has split in two: its file was copied. Each copy goes on under a name of its own"
        )
    if laptop.invitation_shared:
        flags.append("Its invitation was used by two laptops: ask who holds the pack")
    if laptop.clock:
        flags.append(f"Its clock is {laptop.clock}")
    return flags


def having_line(having: Having, today: date) -> Line:
    """What a laptop has, in words and in figures: ahead of us, not of ours, not of others'."""
    if having.heard is None or having.split:
        tone = "danger" if having.split else "text2"
        icon, state = ("shield-alert", "not known") if having.split else ("circle-dot", "not known")
        return Line(having.label, f"{having.sentence}.", (), icon, tone, state)
    whole = not (having.ahead or having.lacks_ours or having.lacks_others)
    return Line(
        having.label,
        f"{having.sentence}. By its package of {words.when_words(having.heard, today)}.",
        (having.ahead, having.lacks_ours, having.lacks_others),
        "circle-check" if whole else "clock",
        "accent" if whole else "text2",
        "has all" if whole else "behind or ahead",
    )


def hub_line(hub: HubStatus, today: date) -> Line:
    """The hub as it was when last used."""
    parts = [f"Last used {words.when_words(hub.at, today)}"]
    if hub.lacks:
        parts.append(f"{words.counted(hub.lacks, 'change')} of ours not sent to it since")
    if hub.ahead:
        parts.append(f"{words.counted(hub.ahead, 'act')} there not fetched yet")
    return Line(
        f"Hub {hub.address}", f"{'; '.join(parts)}.", (hub.ahead, hub.lacks, 0), "hard-drive", "text2", "hub"
    )


def receipt_row(receipt: Receipt, names: dict[bytes, str], now: datetime) -> Row:
    """A package that went out or came in."""
    size = (
        f"{words.counted(receipt.changes, 'change')} in {words.counted(receipt.entries, 'entry', 'entries')}"
    )
    when = words.when_words(receipt.at, now.date())
    if receipt.direction == "out":
        return Row(f"Out: {size}", f"{when}, {receipt.name}", icon="package")
    who = names.get(receipt.device or b"", "a laptop not known yet")
    if receipt.reason:
        return Row(
            f"Refused: {receipt.name}", f"{when}. {receipt.reason}", icon="shield-alert", tone="danger"
        )
    if receipt.direction == "back":
        return Row(f"Taken back: from {who}", f"{when}, {receipt.name}", icon="corner-down-left")
    changes = words.counted(receipt.changes, "change was new", "changes were new")
    return Row(f"In from {who}", f"{when}, {changes}, {receipt.name}", icon="file-input")
