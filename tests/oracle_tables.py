"""What the typed tables should say, from the fields of a dump: pages read the tables, the dump reads the fields."""

import hashlib
from typing import Any

from fieldwork.domain.records import KINDS, field_rules

FITS = {"TEXT": (str, int, float), "INTEGER": (int, float), "REAL": (int, float), "BLOB": (bytes,)}


def differences(connection: Any, dump: dict[str, Any], kinds: set[str]) -> list[str]:
    """Rows of these kinds that are missing, too many, or say something else than the record's fields."""
    wrong: list[str] = []
    for kind in sorted(kinds & KINDS.keys()):
        rules = field_rules(kind)
        names = ", ".join(f'"{name}"' for name in rules)
        rows = connection.execute(f'SELECT id, hidden, {names} FROM "{kind}"').fetchall()
        found = {id.hex(): (bool(hidden), dict(zip(rules, row, strict=True))) for id, hidden, *row in rows}
        # what does not count sets nothing: a record of which only that is said has no row
        some = {one["id"]: one for one in dump["records"] if one["kind"] == kind and one["fields"]}
        if found.keys() != some.keys():
            wrong.append(f"rows of {kind}: {sorted(found.keys() ^ some.keys())}")
        for id in found.keys() & some.keys():
            hidden, row = found[id]
            if hidden != some[id]["hidden"]:
                wrong.append(f"hidden in the table of {kind} {id}")
            for name, rule in rules.items():
                wanted = _name(kind, name, _read(some[id]["fields"].get(name), FITS[rule.storage]))
                if isinstance(wanted, dict):  # of what is sealed the dump gives a digest
                    row[name] = {"sha256": hashlib.sha256(row[name] or b"").hexdigest()}
                if row[name] not in (wanted, str(wanted) if rule.storage == "TEXT" else wanted) or (
                    (row[name] is None) != (wanted is None)
                ):
                    wrong.append(f"{name} of {kind} {id}: found {row[name]!r}, expected {wanted!r}")
    return wrong


def _name(kind: str, name: str, value: Any) -> Any:
    """Names of laptops and of people stand on one line, and are cut."""
    named = kind in ("device", "team_member") and name in ("label", "inspectorate") and isinstance(value, str)
    if not named or (len(value) <= 80 and value.isprintable()):
        return value
    line = " ".join(value[:800].split())
    return line if len(line) <= 80 and len(value) <= 800 else line[:79] + "…"


def _read(value: Any, fits: tuple[type, ...]) -> Any:
    """A field's value as the table shows it: what does not fit reads as nothing."""
    if isinstance(value, dict):
        if "sha256" in value:
            return value
        value = bytes.fromhex(value["bytes"])
    return value if isinstance(value, fits) else None
