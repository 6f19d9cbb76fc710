"""Which of many backups are kept: the last five, then one a day for two weeks, then one a week for twelve."""

from collections.abc import Iterable
from datetime import datetime, timedelta

LAST, DAYS, WEEKS = 5, 14, 12


def spared(times: Iterable[datetime], now: datetime) -> set[datetime]:
    """Those of the times that are kept; the newest is always among them, whatever the clock says now."""
    newest_first = sorted(set(times), reverse=True)
    kept = set(newest_first[:LAST])
    for length, count in ((timedelta(days=1), DAYS), (timedelta(weeks=1), WEEKS)):
        seen = set()
        for time in newest_first:
            if now - time > length * count:
                break
            spell = time.date() if length.days == 1 else time.isocalendar()[:2]
            if spell not in seen:
                seen.add(spell)
                kept.add(time)
    return kept
