"""Where the shipped resources are: inside the package once installed, in the checkout while developing."""

from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path


@cache
def _root() -> Traversable:
    packaged = files("fieldwork") / "resources"
    return packaged if packaged.is_dir() else Path(__file__).parents[2] / "resources"


def asset(name: str) -> Traversable:
    """The resource `name` (a path below resources/ with forward slashes)."""
    return _root().joinpath(*name.split("/"))
