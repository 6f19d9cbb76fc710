"""Promise 17: files from others are safe to read.

What the product reads today: question sets (XLSX, XLS, CSV, Markdown) and case lists (CSV). Refused with one
sentence, or read as what they say; no crash, no hang, no file, no socket.
"""

import tempfile
import time
import traceback
from functools import partial
from pathlib import Path
from random import Random
from typing import Any

from fieldwork.domain.faults import Fault
from fieldwork.questions.reading import read_form
from fieldwork.work.files import read_case_list

from . import Tally, tally
from .hostile_mutations import spoilt_bytes
from .hostile_tables import case_lists, crafted, spoilt
from .hostile_world import LIMIT_SECONDS, Watch, files_in


def run(rounds: int, seed: int) -> Tally:
    return tally(17, rounds, tried(rounds, seed))


def tried(rounds: int, seed: int) -> dict[str, Any]:
    """All the crafted files, then as many spoilt at random."""
    rng = Random(seed)
    found: dict[str, Any] = {
        "seed": seed,
        "files": 0,
        "refused": 0,
        "read": 0,
        "crashes": 0,
        "hangs": 0,
        "wrong": 0,
    }
    found |= {"unclear": 0, "slowest_seconds": 0.0, "examples": []}
    with tempfile.TemporaryDirectory(prefix="files-") as name:
        folder = Path(name)
        watch = Watch(folder, Path(tempfile.gettempdir()))  # pyxform keeps a form there while it builds it
        read = partial(_read, found, watch)
        for title, ending, data, must in crafted():
            read(read_form, folder / f"form{ending}", data, title, must)
        for title, data, must in case_lists():
            read(read_case_list, folder / "cases.csv", data, f"case list, {title}", must)
        for _ in range(rounds):
            if rng.random() < 0.8:
                ending, data = spoilt(rng)
                read(read_form, folder / f"form{ending}", data, f"spoilt {ending}", False)
            else:
                data = spoilt_bytes(b"reference,stratum,force\nA-1,volume,P33\nA-2,rasso,P33\n", rng)
                read(read_case_list, folder / "cases.csv", data, "spoilt case list", False)
        left = [path for path in files_in(folder) if not path.startswith(("form.", "cases."))]
        found["heard"] = len(watch.heard) + len(left)
        found["examples"] += watch.heard[:3] + left[:3]
    bad = ("crashes", "hangs", "wrong", "unclear", "heard")
    found["held"] = not any(found[what] for what in bad)
    return found


def _read(
    found: dict[str, Any], watch: Watch, reader: Any, path: Path, data: bytes, title: str, must: bool
) -> None:
    path.write_bytes(data)
    found["files"] += 1
    begun = time.process_time()
    try:
        with watch.armed():
            reader(path)
    except Fault as fault:
        found["refused"] += 1
        if "\n" in str(fault) or len(str(fault)) > 400:
            found["unclear"] += 1
            found["examples"].append(f"{title}: {fault}"[:500])
    except Exception:
        found["crashes"] += 1
        found["examples"].append(f"{title}: {traceback.format_exc()[-600:]}")
    else:
        found["read"] += 1
        if must:
            found["wrong"] += 1
            found["examples"].append(f"{title}: it was read")
    took = time.process_time() - begun
    found["slowest_seconds"] = max(found["slowest_seconds"], round(took, 2))
    if took > LIMIT_SECONDS:
        found["hangs"] += 1
        found["examples"].append(f"{title}: {took:.1f} s")
