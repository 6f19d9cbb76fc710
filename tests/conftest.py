"""What holds for every test: a home of its own, the fastest key derivation that is still allowed.

Here too so that pytest puts this folder on the import path: tests of any room may import `pdf_gate`.
"""

import atexit
import os
import shutil
import tempfile

import pytest
from hypothesis import HealthCheck, settings

# how fast an example is made says something of the machine only
settings.register_profile("suite", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("suite")

_home = tempfile.mkdtemp(prefix="fieldwork-home-")
atexit.register(shutil.rmtree, _home, ignore_errors=True)
os.environ["FIELDWORK_HOME"] = _home
os.environ["FIELDWORK_KDF_MEMORY"] = "65536"
os.environ.pop("FIELDWORK_PASSPHRASE", None)


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
