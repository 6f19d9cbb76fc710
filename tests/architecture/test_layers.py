"""The house's rules, as failing tests: layers, style, types, size of modules."""

import subprocess
import sys
from pathlib import Path

import pytest
from importlinter.cli import lint_imports

ROOT = Path(__file__).parents[2]


def test_layers_point_downwards(monkeypatch):
    monkeypatch.chdir(ROOT)
    assert lint_imports(config_filename="pyproject.toml", no_cache=True) == 0


@pytest.mark.parametrize("arguments", [["check"], ["format", "--check"]], ids=["lint", "format"])
def test_ruff_is_clean(arguments):
    done = subprocess.run(
        [sys.executable, "-m", "ruff", *arguments, "."], cwd=ROOT, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stdout


def test_types_hold():
    done = subprocess.run([sys.executable, "-m", "mypy"], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout


def test_a_broken_layer_is_seen(tmp_path, monkeypatch):
    """The control: a contract that forbids something that is there must fail."""
    config = (ROOT / "pyproject.toml").read_text("utf-8")
    turned = config.replace(
        '"fieldwork.store",\n    "fieldwork.questions | fieldwork.analysis",',
        '"fieldwork.questions",\n    "fieldwork.store",',
    )
    turned = turned.replace('"fieldwork.domain",\n]', '"fieldwork.domain",\n    "fieldwork.exchange",\n]', 1)
    assert turned != config
    file = tmp_path / "broken.toml"
    file.write_text(turned, "utf-8")
    monkeypatch.chdir(ROOT)
    assert lint_imports(config_filename=str(file), no_cache=True) == 1


def test_importing_the_front_door_is_light():
    """Nothing heavy before the first window: the command line's first module imports the standard library only."""
    code = "import sys, fieldwork.cli; print([m for m in sys.modules if m.split('.')[0] in "
    code += "('PySide6', 'sqlalchemy', 'reportlab', 'pyxform', 'cryptography', 'msgspec')])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_only_the_author_s_own_pane_reads_through_a_key():
    """Whoever else could open sealed acts before a release would have to promise not to show them."""
    source = ROOT / "src" / "fieldwork"
    users = [p.relative_to(source) for p in source.rglob("*.py") if "sealed_own" in p.read_text("utf-8")]
    assert users == [Path("work/sealed_examining.py")]
    readers = [p.stem for p in source.rglob("*.py") if "read_part(" in p.read_text("utf-8")]
    assert sorted(readers) == ["sealed_facts", "sealing"]
