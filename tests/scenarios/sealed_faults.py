"""Faults planted in what seals and opens: the random days of blind marking must catch each, and spare the control.

python tests/scenarios/sealed_faults.py [WORDS] [SCHEDULES]
"""

import sys

import planted_faults

CONTROL = "control: nothing altered"
FAULTS: dict[str, tuple[str, str]] = {
    CONTROL: ("result.gone |= objects - clear", "result.gone |= objects - clear"),
    "a part may stand at another place in the order": (
        'return inspection + examination + sequence.to_bytes(8, "big") + device',
        "return inspection + examination + device",
    ),
    "a part may stand in another's chain": (
        'return inspection + examination + sequence.to_bytes(8, "big") + device',
        'return inspection + examination + sequence.to_bytes(8, "big")',
    ),
    "the digest is of other than its parts": (
        "return digest_of((part.sequence, part.entry.hash) for part in parts)",
        "return digest_of((part.sequence, part.entry.body) for part in parts)",
    ),
    "a release need not build on the finish": ("or finish not in entry.references", "or False"),
    "one who finished alone may release": (
        "or not _another_finished(db, found, entry.references)",
        "or False",
    ),
    "who finished it oneself counts as the other": (
        "one and one.file == found.file and one.member != found.member and hash",
        "one and one.file == found.file and hash",
    ),
    "the other's file need not be the same": (
        "one and one.file == found.file and one.member != found.member and hash",
        "one and one.member != found.member and hash",
    ),
    "any key will do": ("or commitment(key) != found.sealing", "or False"),
    "anybody may release": ("or entry.device not in found.holders", "or False"),
    "anybody may hand a key on": (
        "{to for giver, to in given if giver in found.holders}",
        "{to for giver, to in given}",
    ),
    "anybody may finish": (
        "entry.device in found.laptops\n                    and _is_number",
        "_is_number",
    ),
    "anybody may begin": (
        "and examination == sealed_id(file, member, entry.device, sealing)",
        "and True",
    ),
    "the examiner calls off alone": (
        "        if entry.device in found.laptops:\n            return None",
        "",
    ),
    "the last release counts": (
        "return sorted(good, key=lambda one: (one.entry.time, one.entry.device, one.entry.hash)), void",
        "return sorted(good, key=lambda one: (-one.entry.time, one.entry.device, one.entry.hash)), void",
    ),
    "parts beyond the finish are applied": (
        "if (place := places[part.entry.hash]) and place[1] <= reached.get(place[0], 0)",
        "if places[part.entry.hash]",
    ),
    "parts of the first laptop alone": (
        "reached = reach(db, [entry.previous, *entry.references])",
        "reached = reach(db, [entry.previous])",
    ),
    "parts in the order they came": (
        "found.parts.sort(key=lambda part: (part.sequence, part.entry.time, part.entry.device, part.entry.hash))",
        "",
    ),
    "what does not count is opened": (
        "WHERE e.counts = {_ALL}",
        "WHERE e.counts < 9",
    ),
    "what is said in clear of it counts": ("    wanted |= again\n", ""),
    "what is said in clear before it stays": (
        "        result.gone.discard(no)\n        _empty(db, no)",
        "        result.gone.discard(no)",
    ),
    "the kind said in clear stays": (
        'db.execute("UPDATE object SET kind = ? WHERE no = ?", (record.kind, no))',
        "pass",
    ),
    "what was opened stays when it is closed": (
        "    _close(db, examination, result)\n",
        "",
    ),
    "who may do what is not looked at again": ("    if all_of_them:\n", "    if False:\n"),
    "taking back leaves what its releases opened": (
        "unsealed = unsealing.apply(db, [], all_of_them=True, cleared=again)\n    projection",
        "unsealed = unsealing.Unsealed(set(), set())\n    projection",
    ),
    "what a part left without a record stays": (
        "_delete_objects(db, unsealed.gone)\n    return effect",
        "return effect",
    ),
    "the search index is not told": (
        'db.execute(f"INSERT OR IGNORE INTO {table} VALUES (?)", (no,))\n    return no',
        "pass\n    return no",
    ),
    "answers of another examination are let in": (
        'fields.get("examination") == examination\n            and isinstance(question, str)',
        "isinstance(question, str)",
    ),
    "an answer may have any id": (
        "and id == derived_id(kind, examination, question, instance)",
        "and True",
    ),
    "anything may be said in a part": (
        "    if names is None:\n        return False",
        "    if names is None:\n        return True",
    ),
    "any record may carry a sealed theme": ("in answers and id == derived_id(kind, one, other)", "!= b''"),
    "what was deleted in it comes back": ("found.pop(id, None)\n                continue", "continue"),
}
ATTEMPT = (
    "import sys; sys.path.insert(0, 'tests/scenarios'); import pytest, sealed_days\n"
    "failures, rounds = [], 0\n"
    "if pytest.main(['-q', '-x', '-p', 'no:cacheprovider', 'tests/unit/store/test_sealed_releases.py']):\n"
    "    failures.append(1); print('FAILED: seed 0: one by one')\n"
    "while rounds < {rounds} and not failures:\n"
    "    rounds += 1\n"
    "    try: sealed_days.run({seed} + rounds - 1, 40)\n"
    "    except Exception as error: failures.append(error); print('FAILED: seed 0:', str(error)[:200])\n"
    "print(f'ROUNDS {{rounds}} FAILURES {{len(failures)}}')\n"
)
MOST = 60


def run(name: str, rounds: int = MOST) -> tuple[str, str]:
    """As `planted_faults.run`."""
    return planted_faults.run(name, rounds, faults=FAULTS, attempt=ATTEMPT)


def main() -> int:
    words, most = (sys.argv[1:2] or [""])[0], int((sys.argv[2:3] or [str(MOST)])[0])
    wrong = 0
    for name in [name for name in FAULTS if words in name]:
        fate, after = run(name, most)
        wrong += fate != ("survived" if name == CONTROL else "killed")
        print(f"| {name} | {fate} | {after} |", flush=True)
    return wrong


if __name__ == "__main__":
    sys.exit(main())
