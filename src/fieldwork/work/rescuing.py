"""When a workspace does not open any more: bring back what can be brought back, and say what cannot."""

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from fieldwork.exchange.rescuing import Rescued, backups_of, rescue

__all__ = ["Rescued", "newest_backup", "rescue", "told"]


def newest_backup(damaged: Path) -> datetime | None:
    """When the newest backup beside a workspace was made; None where there is none."""
    found = backups_of(damaged)
    return datetime.fromtimestamp(found[0].stat().st_mtime) if found else None


def told(done: Rescued) -> Sequence[str]:
    """What was rescued and what was not, one sentence each."""
    lines = []
    if done.backup is not None and done.made is not None:
        lines.append(
            f"{done.path.name} stands on the backup of {done.made:%d %b %Y, %H:%M} with {_acts(done.before)}."
        )
    else:
        lines.append(f"No backup opens; {done.path.name} was made from what can be read of the damaged file.")
    lines.append(
        f"{_acts(done.brought)} newer than that came over from the damaged file."
        if done.brought
        else "Nothing newer than that could be read."
    )
    if done.waiting:
        lines.append(
            f"{_acts(done.waiting)} of them show once a colleague's package brings what they build on."
        )
    if done.lost:
        lines.append(f"Up to {_acts(done.lost)} cannot be read.")
    if done.unsigned:
        lines.append(
            f"{_acts(done.unsigned)} can be read, but no signature reaches them; they were left out."
        )
    if done.lost or done.unsigned:
        lines.append("Merge a package of each colleague: what was ever shared comes back with them.")
    if done.drafts:
        lines.append(f"{done.drafts} {'text' if done.drafts == 1 else 'texts'} being typed came over, too.")
    lines += [f"Passed over: {why}" for why in done.passed_over]
    lines.append(f"The damaged file is set aside whole in {done.set_aside}.")
    lines.append("This laptop goes on under a new identity; make a package, so that colleagues know it.")
    return lines


def _acts(count: int) -> str:
    return f"{count:,} {'act' if count == 1 else 'acts'}"
