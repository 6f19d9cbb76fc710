"""`python -m tests.benchmarks [name ...] [--scale S] [--write results.md]`: print each benchmark's ratios."""

import argparse
import importlib
import inspect
import os
import platform
import sys
import time
from pathlib import Path

from . import Pair

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
os.environ.setdefault("FIELDWORK_KDF_MEMORY", "65536")
FOLDER = Path(__file__).parent
NAMES = sorted(
    path.stem for path in FOLDER.glob("*.py") if not path.stem.startswith("_") and path.stem[:5] != "test_"
)


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="name", help=", ".join(NAMES))
    parser.add_argument("--scale", type=float, default=1.0, help="less than 1 for less material")
    parser.add_argument("--write", type=Path, help="keep the table in this file as well")
    asked = parser.parse_args()
    unknown = [name for name in asked.names if name not in NAMES]
    if unknown:
        parser.error(f"there is no benchmark {unknown[0]}; known are {', '.join(NAMES)}")
    table = ["| benchmark | ratio | ours | bare |", "|---|---:|---:|---:|"]
    for name in asked.names or NAMES:
        print(f"{name}:", flush=True)
        for what, measured in run(name, asked.scale).items():
            row = _row(name, what, measured)
            table.append(row)
            print("  " + row.strip("| "), flush=True)
    if asked.write:
        asked.write.write_text(_page(table), "utf-8")
    return 0


def run(name: str, scale: float) -> dict[str, Pair | float]:
    """What one benchmark measured; one that takes no scale reads FIELDWORK_BENCH_CHANGES instead."""
    if scale < 1:
        os.environ.setdefault("FIELDWORK_BENCH_CHANGES", str(max(1000, round(60_000 * scale))))
    module = importlib.import_module(f"{__package__}.{name}")
    return module.run(scale) if inspect.signature(module.run).parameters else module.run()


def _row(name: str, what: str, measured: object) -> str:
    if isinstance(measured, Pair):
        ours, bare = (f"{value:.3g} {measured.unit}" for value in (measured.ours, measured.bare))
        return f"| {name}: {what} | {measured.ratio:.2f} | {ours} | {bare} |"
    shown = f"{measured:.2f}" if isinstance(measured, float) else str(measured)
    return f"| {name}: {what} | {shown} | | |"


def _page(table: list[str]) -> str:
    versions = f"Python {platform.python_version()}, {platform.system()}"
    said = (
        "# Benchmarks: ratios of one run\n\n"
        "`make benchmarks` prints these. Each ratio is ours against the bare library doing the same work, both\n"
        "measured in one run, in turn where it matters. The absolute times belong to that machine and day only.\n\n"
        f"Machine: two cores, shared; {versions}; {time.strftime('%Y-%m-%d')}.\n\n"
    )
    return said + "\n".join(table) + "\n"


if __name__ == "__main__":
    sys.exit(main())
