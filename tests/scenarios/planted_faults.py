"""Faults planted in a copy of the engine: the laws of merging must catch each, and spare the control.

python -m tests.scenarios.planted_faults [WORDS]      all of them, or those whose name has the words
"""

import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]

# name -> file under src/fieldwork, what stands there, what is put in its place
FAULTS: dict[str, tuple[str, str, str]] = {
    "control: nothing altered": ("store/heads.py", "WHERE place > 1", "WHERE place > 1"),
    "losers dropped": ("store/heads.py", "WHERE place > 1", "WHERE place > 9999"),
    "ties broken by local numbers": (
        "store/heads.py",
        "ORDER BY time DESC, device DESC, hash DESC",
        "ORDER BY change DESC",
    ),
    "heads not filtered by what was replaced": (
        "store/heads.py",
        'f"WHERE NOT EXISTS (SELECT 1',
        'f"WHERE 1 OR NOT EXISTS (SELECT 1',
    ),
    "set in one merge, replaced in the same": (
        "store/state.py",
        "edits = [row for row in edits if (row[3], row[0], row[1]) not in replaced]",
        "pass",
    ),
    "new field: the first to come stays": (
        "store/state.py",
        "edits += _insert_fresh(db, fresh, known)",
        "_insert_fresh(db, fresh, known)",
    ),
    "delete hides an unseen child": (
        "store/projection.py",
        'UNION SELECT o.no, o.id FROM below b JOIN object o ON o.owner = b.id) "\n        "SELECT c.change',
        'UNION SELECT o.no, o.id FROM below b JOIN object o ON 0) "\n        "SELECT c.change',
    ),
    "delete hides an unseen edit": (
        "store/projection.py",
        "return _deletes(db, no) != [] and not unseen_heads(db, no)",
        "return _deletes(db, no) != []",
    ),
    "what is below a deleted record stays": (
        "store/projection.py",
        "JOIN object p ON p.id = u.owner WHERE u.gone = 0)",
        "JOIN object p ON p.id = u.owner WHERE 0)",
    ),
    "what is below is not looked at again": (
        "store/projection.py",
        "INSERT OR IGNORE INTO touched SELECT no FROM below",
        "INSERT OR IGNORE INTO touched SELECT no FROM below WHERE 0",
    ),
    "the owner left behind is not looked at": (
        "store/projection.py",
        "INSERT OR IGNORE INTO touched SELECT no FROM object WHERE id = ?",
        "INSERT OR IGNORE INTO touched SELECT no FROM object WHERE id = ? AND 0",
    ),
    "no causal delivery": (
        "store/intake.py",
        "for h in (entry.previous, *entry.references) if h != NO_HASH and h not in standing",
        "for h in (entry.previous,) if h != NO_HASH and h not in standing",
    ),
    "chain not checked against its own laptop": (
        "store/intake.py",
        "!= (entry.device, entry.n, entry.first)",
        "== ()",
    ),
    "entries nobody signed are believed": (
        "exchange/package.py",
        "if len(reached) != len(by_hash)",
        "if False",
    ),
    "the sender's signature is not checked": (
        "exchange/package.py",
        "if sender not in publics or not verifies(publics[sender], signature, body)",
        "if sender not in publics",
    ),
    "a key is not bound to its name": (
        "exchange/package.py",
        "if any(device_id(head.public) != head.device for head in heads)",
        "if False",
    ),
    "a head vouches for another's entry": (
        "store/holding.py",
        "if held == (head.device, head.n)",
        "if held and head.device in ids",
    ),
    "logical time not raised past what was seen": (
        "store/recording.py",
        "max(wall << 12, latest + 1)",
        "max(wall << 12, 1)",
    ),
    "settling forgets the rivals": (
        "store/recording.py",
        "if change.settles or name == DELETED or held == seen",
        "if at == heads[0][0]",
    ),
    "equal values are rivals": ("store/conflicting.py", "WHERE r.value IS NOT c.value AND", "WHERE"),
    "a form opened before counts as having seen all": (
        "store/recording.py",
        "if as_of is not None and any(",
        "if False and any(",
    ),
    "a fork goes on in the branch it left": (
        "store/state.py",
        "        if tip == n:\n            return branch",
        "        return branch",
    ),
    "what one colleague has counts for all": (
        "store/holding.py",
        "min(reached[branch] for reached in furthest)",
        "max(reached[branch] for reached in furthest)",
    ),
    "a copied laptop goes on under its old name": (
        "store/recording.py",
        "if not _speaks_elsewhere(db):",
        "if True:",
    ),
    "a file put back does not know what it forgot": (
        "store/intake.py",
        "entry.device == own and entry.hash in fresh",
        "False",
    ),
    "who was taken over from is waited for": (
        "store/holding.py",
        "over = superseded(connection, inspection) - set(_known(connection))",
        "over = set()",
    ),
    "who this laptop is does not go with its package": (
        "exchange/sharing.py",
        "if found is not None:",
        "if False:",
    ),
    "a bearer is refused for whom nobody knows": (
        "store/intake.py",
        "elif parcel.sender not in placement.vouched:",
        "elif {parcel.sender, *(e.device for e in parcel.entries)} - placement.vouched:",
    ),
    "signatures of who is not known yet are dropped": (
        "store/intake.py",
        "    hear_of(connection, ",
        "    (lambda *_: None)(connection, ",
    ),
    "an invitation counts only once it stands": (
        "store/vouching.py",
        "keys = invited.get(claim.voucher, set()) | _invitation_keys(connection, claim.voucher)",
        "keys = _invitation_keys(connection, claim.voucher)",
    ),
    "signatures kept by number alone": (
        "store/holding.py",
        "return row is not None and hash != other and row[1] <= reach(connection, [other]).get(row[0], 0)",
        "return True",
    ),
    "what waits is not passed on": (
        "store/holding.py",
        'connection.execute("SELECT body, payloads FROM parked ORDER BY hash")',
        "()",
    ),
    "what waits is forgotten": (
        "store/intake.py",
        "    _park(connection, placement.waiting)",
        "    _park(connection, [])",
    ),
    "values left out are taken": (
        "exchange/package.py",
        "if any(entry.lacks for entry in entries)",
        "if False",
    ),
}
SHORT = ("losers dropped", "delete hides an unseen child", "no causal delivery")


def run(name: str, examples: int = 120, steps: int = 30, timeout: int = 400) -> tuple[str, str]:
    """Plant one fault and run the laws against it: ("killed" or "survived" or why not, after how long)."""
    file, old, new = FAULTS[name]
    with tempfile.TemporaryDirectory(prefix="planted-") as folder:
        shutil.copytree(
            ROOT / "src" / "fieldwork",
            Path(folder) / "fieldwork",
            ignore=shutil.ignore_patterns("__pycache__"),
        )
        path = Path(folder) / "fieldwork" / file
        text = path.read_text()
        if text.count(old) < 1:
            return "not planted", f"{file} no longer holds what is to be altered"
        path.write_text(text.replace(old, new))
        env = os.environ | {
            "PYTHONPATH": os.pathsep.join([folder, str(ROOT / "tests")]),
            "FIELDWORK_NO_SHRINK": "1",
            "FIELDWORK_LAWS_EXAMPLES": str(examples),
            "FIELDWORK_LAWS_STEPS": str(steps),
            "FIELDWORK_LAWS_SEED": "1",
            "PYTHONDONTWRITEBYTECODE": "1",
        }
        begun = time.monotonic()
        command = [sys.executable, str(ROOT / "tests" / "scenarios" / "test_merge_laws.py")]
        try:
            done = subprocess.run(
                command, env=env, capture_output=True, text=True, timeout=timeout, check=False
            )
        except subprocess.TimeoutExpired:
            return "undecided", f"{timeout} s"
        took = f"{time.monotonic() - begun:.0f} s"
        if done.returncode == 0:
            return "survived", took
        found = re.search(r"after (\d+) days", done.stdout)
        if (
            "Failing test case" not in done.stderr + done.stdout
            and "Falsifying" not in done.stderr + done.stdout
        ):
            return "not run", done.stderr[-300:]
        return "killed", f"{found[1] if found else '?'} days, {took}"


def main(words: str) -> int:
    wrong = 0
    for name in FAULTS:
        if words not in name:
            continue
        fate, after = run(name, examples=60 if name.startswith("control") else 120)
        wrong += fate != ("survived" if name.startswith("control") else "killed")
        print(f"| {name} | {fate} | {after} |", flush=True)
    return wrong


if __name__ == "__main__":
    sys.exit(main(sys.argv[1] if len(sys.argv) > 1 else ""))
