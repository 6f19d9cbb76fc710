"""What holds for every test: a home of its own, the fastest key derivation that is still allowed.

Here too so that pytest puts this folder on the import path: tests of any room may import `pdf_gate`.
"""

import atexit
import os
import shutil
import sys
import tempfile
import time
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

# how fast an example is made says something of the machine only
settings.register_profile("suite", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("suite")


def _in_memory() -> Path | None:
    """Where files cost no waiting for a disk, if it holds the gigabyte that the suite writes several times over.

    TMPDIR names another place, such as one where the files of a failing test are kept.
    What must be on the disk before something is acknowledged is proved by the calls that put it there (torture).
    """
    memory = Path("/dev/shm")
    try:
        words = Path("/proc/meminfo").read_text("ascii").split()
        free = int(words[words.index("MemAvailable:") + 1]) << 10
        return memory if min(free, shutil.disk_usage(memory).free) > 6 << 30 else None
    except (OSError, ValueError):
        return None


if "TMPDIR" not in os.environ and (_memory := _in_memory()):  # what the suite starts inherits it
    for _left in _memory.glob("fieldwork-tests-*"):  # by a run that was killed
        if time.time() - _left.stat().st_mtime > 86_400:
            shutil.rmtree(_left, ignore_errors=True)
    _temporary = Path(tempfile.mkdtemp(prefix="fieldwork-tests-", dir=_memory))
    _temporary.chmod(0o711)  # PostgreSQL runs as another user in a folder of its own
    os.environ["TMPDIR"] = str(_temporary)
    tempfile.tempdir = None
    atexit.register(shutil.rmtree, _temporary, ignore_errors=True)

if (
    sys.dont_write_bytecode
):  # then every process started here would compile the program and its libraries again
    if "PYTHONPYCACHEPREFIX" not in os.environ:
        os.environ["PYTHONPYCACHEPREFIX"] = tempfile.mkdtemp(prefix="fieldwork-compiled-")
        atexit.register(shutil.rmtree, os.environ["PYTHONPYCACHEPREFIX"], ignore_errors=True)
    sys.pycache_prefix = os.environ["PYTHONPYCACHEPREFIX"]
    sys.dont_write_bytecode = False  # what is started only reads

_home = tempfile.mkdtemp(prefix="fieldwork-home-")
atexit.register(shutil.rmtree, _home, ignore_errors=True)
os.environ["FIELDWORK_HOME"] = _home
os.environ["FIELDWORK_KDF_MEMORY"] = "65536"
os.environ.pop("FIELDWORK_PASSPHRASE", None)


# what takes a worker longest: begun first, so that none works alone at the end
LONGEST = (
    "torture/test_torture.py",
    "scenarios/test_demo.py",
    "desktop/test_marking_day.py",
    "scenarios/test_merge_laws.py",
    "desktop/test_kill.py",
    "torture/test_hostile.py",
    "benchmarks/test_benchmarks.py",
    "desktop/test_evening.py",
    "architecture/test_layers.py",
    "scenarios/test_command_line.py",
)


def pytest_collection_modifyitems(items):
    """With --no-loadscope-reorder files are given to the workers in this order; of itself xdist leaves for the end
    the files with one test, the longest among them."""
    here = Path(__file__).parent
    place = {here / name: number for number, name in enumerate(LONGEST)}
    items.sort(key=lambda item: place.get(item.path, len(LONGEST)))


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup():
    import worlds

    worlds.begin_test()


@pytest.hookimpl(wrapper=True)
def pytest_fixture_setup(fixturedef):
    if fixturedef.scope == "function":
        return (yield)
    import worlds

    with worlds.made_anew():
        return (yield)


@pytest.fixture(scope="session")
def postgres():
    """A PostgreSQL of our own, started for the first test that asks."""
    from hub_server import running

    yield from running()


@pytest.fixture(scope="session")
def sealed_pair(tmp_path_factory):
    """A team with a blind pair before any release, made once: `blind_pair.reopened` hands out copies."""
    from blind_pair import kept_sealed

    return kept_sealed(tmp_path_factory.mktemp("pair"))
