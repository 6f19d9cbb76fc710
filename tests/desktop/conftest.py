"""The window without a screen: offscreen platform, a folder of its own, the shipped fonts and style."""

import os

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import pytest

from fieldwork.desktop.appearance.tokens import appearance
from fieldwork.desktop.application import make_application
from fieldwork.desktop.settings import Settings


@pytest.fixture(scope="session")
def qapp_cls():
    from PySide6.QtWidgets import QApplication

    return QApplication


@pytest.fixture(scope="session")
def dressed(qapp):
    """The QApplication as `make_application` dresses it."""
    make_application(settings=Settings(appearance="light"))
    qapp.setCursorFlashTime(0)
    return qapp


@pytest.fixture(autouse=True)
def usual_look(request, tmp_path, monkeypatch):
    """Light, 100%, and settings in a folder of the test's own."""
    monkeypatch.setenv("FIELDWORK_HOME", str(tmp_path / "home"))
    if "qapp" in request.fixturenames or "qtbot" in request.fixturenames:
        request.getfixturevalue("dressed")
        appearance.apply("light", 1.0)
    yield
    if appearance.factor != 1.0 or appearance.choice != "light":
        appearance.apply("light", 1.0)
