"""One window for each inspection: a second start rings, the first comes to the front."""

from __future__ import annotations

import getpass
import hashlib
import os
from pathlib import Path

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtNetwork import QLocalServer, QLocalSocket
from PySide6.QtWidgets import QWidget

WAIT_MS = 500
_RING = b"front\n"


def name_of(workspace: Path) -> str:
    """A name that only this person's windows on this file have; it says nothing about the file."""
    said = f"{getpass.getuser()}\0{os.path.normcase(workspace.resolve())}"
    return f"fieldwork-{hashlib.sha256(said.encode()).hexdigest()[:24]}"


def ring(workspace: Path) -> bool:
    """Whether some window has this file already; it is then asked to come to the front."""
    socket = QLocalSocket()
    socket.connectToServer(name_of(workspace))
    if not socket.waitForConnected(WAIT_MS):
        return False
    socket.write(_RING)
    socket.waitForBytesWritten(WAIT_MS)
    socket.disconnectFromServer()
    return True


class Doorbell(QObject):
    """Listens for one file at a time; only the same person can ring, and ringing can do nothing else."""

    rung = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._server = QLocalServer(self)
        self._server.setSocketOptions(QLocalServer.SocketOption.UserAccessOption)
        self._server.newConnection.connect(self._answer)

    def listen(self, workspace: Path) -> None:
        name = name_of(workspace)
        if self._server.serverName() == name and self._server.isListening():
            return
        self._server.close()
        if not self._server.listen(name) and not ring(workspace):
            QLocalServer.removeServer(name)  # what a window that was killed has left
            self._server.listen(name)

    def _answer(self) -> None:
        while (caller := self._server.nextPendingConnection()) is not None:
            caller.disconnected.connect(caller.deleteLater)
            self.rung.emit()

    def close(self) -> None:
        self._server.close()


def to_front(window: QWidget) -> None:
    window.setWindowState(window.windowState() & ~Qt.WindowState.WindowMinimized)
    window.show()
    window.raise_()
    window.activateWindow()
