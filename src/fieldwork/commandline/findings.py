"""A finding's versions, signatures and pieces, as `history` tells them."""

from datetime import datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from fieldwork.work.finding_history import FindingHistory, SignedVersion


def told_finding(of: "FindingHistory") -> dict[str, object]:
    """As plain values."""
    return {
        "version": of.signing.version,
        "state": of.signing.state,
        "digest": of.signing.digest.hex(),
        "changed": [id.hex() for id in of.signing.changed],
        "unsettled": [id.hex() for id in of.signing.unsettled],
        "versions": [
            {
                "version": one.number,
                "text": one.text,
                "opened": one.opened,
                "who": one.person,
                "reason": one.reason,
            }
            for one in of.versions
        ],
        "signatures": [
            {
                "version": one.version,
                "inspectorate": one.inspectorate,
                "who": one.member,
                "at": one.at,
                "withdrawn": one.withdrawn,
                "counts": one.counts,
            }
            for one in of.signed
        ],
        "pieces": [
            {
                "id": one.id.hex(),
                "reference": reference,
                "kind": one.kind or None,
                "bearing": "against" if one.against else "for",
                "answered": one.answered,
                "where": one.where,
                "words": one.words,
                "changed": one.changed,
            }
            for reference, one in of.pieces
        ],
    }


def said_finding(of: "FindingHistory") -> list[str]:
    """As lines for a person."""
    lines = ["", f"Version {of.signing.version}: {of.signing.state}"]
    for version in of.versions:
        why = f", because: {version.reason}" if version.reason else ""
        lines.append(
            f"  version {version.number}, {_when(version.opened)} {version.person}{why}: {version.text}"
        )
        lines += [f"    {_said(one)}" for one in of.signed if one.version == version.number]
    lines.append("Evidence:" if of.pieces else "No evidence stands behind it.")
    for reference, one in of.pieces:
        bearing = "against" if one.against else "for"
        words = "it was deleted, or has not come here" if one.gone else f"{one.where}: {one.words}"
        answer = f" (answered: {one.answered})" if one.against and one.answered else ""
        since = " [changed since signed]" if one.changed else ""
        lines.append(f"  {bearing}  {reference}  {words}{answer}{since}")
    return lines


def _said(one: "SignedVersion") -> str:
    note = " (withdrawn)" if one.withdrawn else "" if one.counts else " (does not count)"
    return (
        f"signed for {one.inspectorate} by {one.member or 'somebody not known here'}, {_when(one.at)}{note}"
    )


def _when(at: int) -> str:
    return f"{datetime.fromtimestamp(at / 1000):%d %b %Y %H:%M}"
