"""Faults planted in a copy of the engine: the laws of merging must catch each, and spare the control."""

import argparse
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]

# name -> what stands once in the engine, and what is put in its place
FAULTS: dict[str, tuple[str, str]] = {
    "control: nothing altered": ("rivals += ranked[1:]", "rivals += ranked[1:]"),
    "losers dropped": ("rivals += ranked[1:]", "rivals += []"),
    "ties broken by local numbers": (
        "key=lambda row: (row[4], *_written(db, row[3]))",
        "key=lambda row: (row[4], row[3])",
    ),
    "heads not filtered by what was replaced": (
        "if (row[3], row[0], row[1]) not in replaced:",
        "if True:",
    ),
    "set in one merge, replaced in the same": (
        "flat.edits = [row for row in edits if (row[3], row[0], row[1]) not in replaced]",
        "pass",
    ),
    "new field: the first to come stays": (
        "flat.edits += set_before",
        "pass",
    ),
    "delete hides an unseen child": (
        'UNION SELECT o.no, o.id FROM below b JOIN object o ON o.owner = b.id) "\n        "SELECT c.change',
        'UNION SELECT o.no, o.id FROM below b JOIN object o ON 0) "\n        "SELECT c.change',
    ),
    "delete hides an unseen edit": (
        "return _deletes(db, no) != [] and not unseen_heads(db, no)",
        "return _deletes(db, no) != []",
    ),
    "what is below a deleted record stays": (
        "int(deleted or is_gone(owner))",
        "int(deleted)",
    ),
    "what is below is not looked at again": (
        "INSERT OR IGNORE INTO touched SELECT no FROM below",
        "INSERT OR IGNORE INTO touched SELECT no FROM below WHERE 0",
    ),
    "the owner left behind is not looked at": (
        'INSERT OR IGNORE INTO touched SELECT no FROM object WHERE id = ?",\n            ((old,)',
        'INSERT OR IGNORE INTO touched SELECT no FROM object WHERE id = ? AND 0",\n            ((old,)',
    ),
    "a record new here does not say what it shows": (
        "*[values[place] for place in plan.row]",
        "*[None for place in plan.row]",
    ),
    "a field set again is not shown": (
        "set_again.setdefault((kind, name), []).append((fits, no))",
        "pass",
    ),
    "no causal delivery": (
        "for h in (entry.previous, *entry.references) if h != NO_HASH and h not in standing",
        "for h in (entry.previous,) if h != NO_HASH and h not in standing",
    ),
    "chain not checked against its own laptop": (
        "!= (entry.device, entry.n, entry.first)",
        "== ()",
    ),
    "entries nobody signed are believed": (
        "if len(reached) != len(by_hash)",
        "if False",
    ),
    "the sender's signature is not checked": (
        "if header.sender not in publics or not verifies(publics[header.sender], signature, body)",
        "if header.sender not in publics",
    ),
    "a key is not bound to its name": (
        "if any(device_id(head.public) != head.device for head in heads)",
        "if False",
    ),
    "a head vouches for another's entry": (
        "if held == (head.device, head.n)",
        "if held and head.device in ids",
    ),
    "logical time not raised past what was seen": (
        "max(wall << 12, latest + 1)",
        "max(wall << 12, 1)",
    ),
    "settling forgets the rivals": (
        "if change.settles or name == DELETED or held == seen",
        "if at == heads[0][0]",
    ),
    "equal values are rivals": ("WHERE r.value IS NOT c.value AND", "WHERE"),
    "a form opened before counts as having seen all": (
        "if as_of is not None and any(",
        "if False and any(",
    ),
    "a fork goes on in the branch it left": (
        "        if tip == n:\n            return branch",
        "        return branch",
    ),
    "what one colleague has counts for all": (
        "min(reached[branch] for reached in furthest)",
        "max(reached[branch] for reached in furthest)",
    ),
    "a copied laptop goes on under its old name": (
        "if not _speaks_elsewhere(db):",
        "if True:",
    ),
    "a file put back does not know what it forgot": (
        "if entry.device == own and entry.hash in brought",
        "if False",
    ),
    "who was taken over from is waited for": (
        "over = superseded(connection, inspection) - set(_known(connection))",
        "over = set()",
    ),
    "who this laptop is does not go with its package": (
        "if found is not None:",
        "if False:",
    ),
    "a bearer is refused for whom nobody knows": (
        "elif parcel.sender not in placement.vouched:",
        "elif {parcel.sender, *(e.device for e in parcel.entries)} - placement.vouched:",
    ),
    "signatures of who is not known yet are dropped": (
        "    hear_of(connection, ",
        "    (lambda *_: None)(connection, ",
    ),
    "an invitation counts only once it stands": (
        "keys = invited.get(claim.voucher, set()) | _invitation_keys(connection, claim.voucher)",
        "keys = _invitation_keys(connection, claim.voucher)",
    ),
    "signatures kept by number alone": (
        "if hash in passed or (branch is not None and n <= covered.get(branch, 0))",
        "if n < max(other for _, other in places.values())",
    ),
    "what waits is not passed on": (
        'connection.execute("SELECT body, payloads FROM parked ORDER BY hash"):',
        "():",
    ),
    "what waits is forgotten between groups": (
        "    some.parked = placement.waiting",
        "    some.parked = []",
    ),
    "what waits is forgotten": (
        "    _park(connection, some.parked)",
        "    _park(connection, [])",
    ),
    # -- who may do what
    "what anybody says of laptops counts": (
        "        if device not in leads:\n            continue",
        "        if False:\n            continue",
    ),
    "an act is judged at whatever time it says": (
        "return raised.get(entry.hash, (entry.time, 0)), entry.device, entry.hash",
        "return (entry.time, 0), entry.device, entry.hash",
    ),
    "a lead by one's own word": (
        "                leads |= {group.id} | (set() if removed else _line(group.id, heirs, set()))\n"
        "    return laptops, leads",
        "                pass\n    return laptops, leads | {w.entry.device for w in words for g, s in "
        "w.said(Device.kind) if s.get('leads') == 1 and g.id == w.entry.device}",
    ),
    "the role of a lead by one's own word": (
        '_introduces(entry, group) and name != DELETED and (name, value) != ("role", "lead")',
        "True",
    ),
    "who took over from a lead is none": (
        "        if voucher.took_over:\n            heirs",
        "        if False:\n            heirs",
    ),
    "a lead that removes its own lost laptop is none": (
        "leads -= _line(group.id, heirs, let_in | {device})",
        "leads -= _line(group.id, heirs, let_in)",
    ),
    "who took over from a lead that was removed is one": (
        "leads -= _line(group.id, heirs, let_in | {device})",
        "pass",
    ),
    "an approval is for whatever is named later": (
        "if approval == approval_id(group.id, entry.device, ids)",
        "if approval",
    ),
    "acts of a removed laptop count": (
        "            if n > reached:",
        "            if False:",
    ),
    "what a removed lead decides counts": (
        "return accepted is not None and word.entry.n > max(accepted.get(word.branch, 0), 1)",
        "return False",
    ),
    "accepting moves no cut": (
        'id: reach(db, _hashes(said.get("accepted")))',
        "id: cuts.get(id) or reach(db, _hashes(said.get('accepted')))",
    ),
    "an invitation withdrawn still counts": (
        "else voucher.id not in now.withdrawn.keys() | spent",
        "else voucher.id not in spent",
    ),
    "the heir of a removed laptop counts": (
        "voucher not in now.cuts and stands(voucher)",
        "True",
    ),
    "a key of the inspection for who is removed": (
        "if d.id not in names]",
        "]",
    ),
    "packages go on under the first key": (
        "    if not removed:\n        return str",
        "    if True:\n        return str",
    ),
    # -- voiding
    "what is voided counts": (
        "wanted.setdefault(row[0], SPARED_ONLY)",
        "pass",
    ),
    "what stands behind the voided comes back": (
        "if behind in self._void:",
        "if False:",
    ),
    "voiding takes what a lead decided": (
        "counts == SPARED_ONLY and group.kind in SPARED",
        "False",
    ),
    "a lifted void stays": (
        'for said in said_last.values() if said.get("voided") == 1)',
        "for said in said_last.values())",
    ),
    # -- erasing
    "one voice erases": ("_APPROVALS = 2", "_APPROVALS = 1"),
    "no lead need agree to an erasure": (
        ">= _APPROVALS and bool(voices & leads)",
        ">= _APPROVALS",
    ),
    "own words erased, and all others": (
        "Erasure(word.entry.hash, word.entry.device if own else None)",
        "Erasure(word.entry.hash, None)",
    ),
    "what was written knowing of an erasure is erased": (
        "            and self.entry not in entry.references\n",
        "",
    ),
    "what is erased stays in the file": (
        '"DELETE FROM payload WHERE entry = ? AND place IN (?, ?)"',
        '"DELETE FROM payload WHERE entry = ? AND place IN (?, ?) AND 0"',
    ),
    "what an erased change replaced comes back": (
        "for base in group.bases[place]\n                ]",
        "for base in (group.bases[place] if group.values is not None else ())\n                ]",
    ),
    "missing words are taken without an erasure": (
        "return {entry.hash for entry in lacking if not now.excuses(",
        "return {entry.hash for entry in lacking if False and not now.excuses(",
    ),
    "words once missing are never filled in": (
        "    if wanted(connection):",
        "    if False:",
    ),
    "words taken by an erasure in force no more are waited for": (
        "self.asked.get(group.id, ())",
        "self.erasures.get(group.id, ())",
    ),
    # -- taking back a merge
    "taking back forgets a signature": (
        '    if now != before["tip"]:',
        "    if False:",
    ),
    "taking back leaves a record": (
        "count_again(connection, objects - gone, gone)",
        "count_again(connection, objects - gone)",
    ),
    "taking back loses what waited": (
        'before["tables"][table])',
        'before["tables"][table] if table != "parked" else [])',
    ),
    "taking back forgets what colleagues hold": (
        'before["tables"][table])',
        'before["tables"][table] if table != "knowledge" else [])',
    ),
    "taken back though an act builds on it": (
        '    _nothing_builds_on(connection, entries, before["to"])',
        "    pass",
    ),
    "taken back though it was shared": ("if shared is not None:", "if False:"),
    "a merge is taken back under another name": (
        'if before["seed"] != get_meta(db, "seed"):',
        "if False:",
    ),
    "a merge that erased is taken back": (
        'if (_meta(connection, "dropped") or 0) != (before.get("dropped") or 0):',
        "if False:",
    ),
    "who waits for words claims to hold them": (
        "if hash not in incomplete}",
        "if True}",
    ),
    "two are asked where the words of an excerpt are": (
        "AND NOT ({_LEFT_OUT})",
        "AND NOT ({_LEFT_OUT} AND 0)",
    ),
    "whom a laptop names speaks for its approval": (
        'if "member" in said and (own or word.entry.device in leads):',
        'if "member" in said:',
    ),
}
SHORT = ("losers dropped", "acts of a removed laptop count", "taking back leaves a record")
CONTROL = "control: nothing altered"
SEED, MOST = 1, 3000  # schedules from this one on, at most so many
ENGINE = ROOT / "src" / "fieldwork"
ROOMS = ("store", "exchange")  # where faults are planted

_TRY = (
    "from tests.torture import promise12; "
    "came_to = promise12.run({rounds}, {seed}, until_one_fails=True); "
    "print(f'ROUNDS {{came_to.rounds}} FAILURES {{len(came_to.failures)}}')"
)


def place_of(name: str, faults: Mapping[str, tuple[str, str]] = FAULTS) -> Path:
    """The module, under src/fieldwork, that holds what a fault alters. LookupError unless it stands there once."""
    old, _ = faults[name]
    modules = [path for room in ROOMS for path in sorted((ENGINE / room).rglob("*.py"))]
    found = [path.relative_to(ENGINE) for path in modules for _ in range(path.read_text("utf-8").count(old))]
    if len(found) != 1:
        where = ", ".join(map(str, found)) or "nowhere"
        raise LookupError(f"{name}: what is to be altered must stand once, and stands {where}: {old!r}")
    return found[0]


def run(
    name: str,
    rounds: int = MOST,
    seed: int = SEED,
    timeout: int = 3600,
    *,
    faults: Mapping[str, tuple[str, str]] = FAULTS,
    attempt: str = _TRY,
) -> tuple[str, str]:
    """Plant one fault and try schedules until one fails: ("killed", "survived" or why not; after how long)."""
    file, (old, new) = place_of(name, faults), faults[name]
    with tempfile.TemporaryDirectory(prefix="planted-") as folder:
        shutil.copytree(ENGINE, Path(folder) / "fieldwork", ignore=shutil.ignore_patterns("__pycache__"))
        path = Path(folder) / "fieldwork" / file
        path.write_text(path.read_text("utf-8").replace(old, new), "utf-8")
        env = os.environ | {
            "PYTHONPATH": os.pathsep.join([folder, str(ROOT / "tests")]),
            "PYTHONDONTWRITEBYTECODE": "1",
        }
        begun = time.monotonic()
        command = [sys.executable, "-c", attempt.format(rounds=rounds, seed=seed)]
        try:
            done = subprocess.run(
                command, env=env, cwd=ROOT, capture_output=True, text=True, timeout=timeout, check=False
            )
        except subprocess.TimeoutExpired:
            return "undecided", f"{timeout} s"
        took = time.monotonic() - begun
        found = re.search(r"ROUNDS (\d+) FAILURES (\d)", done.stdout)
        if not found:
            return "not run", done.stderr[-300:]
        said = re.search(r"FAILED: seed \d+: (.{0,90})", done.stdout)
        after = f"{found[1]} schedules, {took:.0f} s" + (f" | {said[1].replace('|', '/')}" if said else " |")
        return ("killed" if found[2] != "0" else "survived"), after


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.scenarios.planted_faults", description=__doc__)
    parser.add_argument("words", nargs="?", default="", help="only faults whose name has these")
    parser.add_argument("schedules", nargs="?", type=int, default=MOST)
    parser.add_argument("--seed", type=int, default=SEED)
    parser.add_argument("--jobs", type=int, default=1, help="so many at once")
    asked = parser.parse_args()
    names = [name for name in FAULTS if asked.words in name]
    wrong = 0
    with ThreadPoolExecutor(asked.jobs) as lanes:
        for name, (fate, after) in zip(
            names, lanes.map(lambda name: run(name, asked.schedules, asked.seed), names), strict=True
        ):
            wrong += fate != ("survived" if name == CONTROL else "killed")
            print(f"| {name} | {fate} | {after} |", flush=True)
    return wrong


if __name__ == "__main__":
    sys.exit(main())
