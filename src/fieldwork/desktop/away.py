"""Nobody is there any more: the laptop goes to sleep, or its screen is locked.

Linux: logind says both over the system bus, screen savers say it over the session's. Windows: messages to the
window. macOS tells neither to a plain program: there, as everywhere, a sleep is noticed on waking, by the clock.
"""

from __future__ import annotations

import ctypes
import sys
import time
from typing import Any

from PySide6.QtCore import (
    SLOT,
    QAbstractNativeEventFilter,
    QByteArray,
    QCoreApplication,
    QObject,
    QTimer,
    Signal,
    Slot,
)

TICK_MS = 5_000
MISSED_SECONDS = 45  # a window that heard nothing for so long was asleep
_LOGIN = "org.freedesktop.login1"
_SAVERS = (
    ("org.freedesktop.ScreenSaver", "/org/freedesktop/ScreenSaver"),
    ("org.gnome.ScreenSaver", "/org/gnome/ScreenSaver"),
)
WM_POWERBROADCAST, WM_WTSSESSION_CHANGE = 0x0218, 0x02B1
PBT_APMSUSPEND, WTS_SESSION_LOCK = 0x4, 0x7


class Away(QObject):
    """`gone` when the keys should not stay in memory any longer."""

    gone = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._seen = time.time()
        self._tick = QTimer(self, interval=TICK_MS)
        self._tick.timeout.connect(self.tick)
        self._filter: WindowsMessages | None = None

    def watch(self, window: int) -> None:
        """Begin. window: the system's number of the window, which Windows sends its messages to."""
        self._seen = time.time()
        self._tick.start()
        if sys.platform.startswith("linux"):
            self._listen()
        elif sys.platform == "win32":
            self._filter = WindowsMessages(self)
            application = QCoreApplication.instance()
            if application is not None:
                application.installNativeEventFilter(self._filter)
            ctypes.windll.wtsapi32.WTSRegisterSessionNotification(ctypes.c_void_p(window), 0)

    def stop(self) -> None:
        self._tick.stop()
        application = QCoreApplication.instance()
        if self._filter is not None and application is not None:
            application.removeNativeEventFilter(self._filter)
            self._filter = None

    def tick(self, now: float | None = None) -> None:
        """The clock went on without us: the laptop slept, and nobody knows who woke it."""
        now = time.time() if now is None else now
        missed, self._seen = now - self._seen, now
        if missed > MISSED_SECONDS:
            self.gone.emit()

    def _listen(self) -> None:
        from PySide6.QtDBus import QDBusConnection

        # the declared type of a slot is bytes, and only text is taken
        sleeping: Any = SLOT("prepare_for_sleep(bool)")
        locked: Any = SLOT("screen_locked()")
        saver: Any = SLOT("saver_changed(bool)")
        system = QDBusConnection.systemBus()
        if system.isConnected():
            manager = f"{_LOGIN}.Manager"
            system.connect(_LOGIN, "/org/freedesktop/login1", manager, "PrepareForSleep", self, sleeping)
            # of a path that is left empty every session is heard: another person's lock locks this window, too
            system.connect(_LOGIN, "", f"{_LOGIN}.Session", "Lock", self, locked)
        session = QDBusConnection.sessionBus()
        if session.isConnected():
            for service, path in _SAVERS:
                session.connect(service, path, service, "ActiveChanged", self, saver)

    @Slot(bool)
    def prepare_for_sleep(self, about_to: bool) -> None:
        if about_to:
            self.gone.emit()

    @Slot()
    def screen_locked(self) -> None:
        self.gone.emit()

    @Slot(bool)
    def saver_changed(self, on: bool) -> None:
        if on:
            self.gone.emit()


class WindowsMessages(QAbstractNativeEventFilter):
    """Messages that Windows sends when it suspends or when the session is locked."""

    def __init__(self, away: Away) -> None:
        super().__init__()
        self._away = away

    def nativeEventFilter(self, kind: QByteArray | bytes | bytearray | memoryview, message: int) -> Any:
        if QByteArray(kind).data() in (b"windows_generic_MSG", b"windows_dispatcher_MSG"):
            self.take(_Message.from_address(int(message)))
        return False, 0

    def take(self, message: _Message) -> None:
        told = (message.message, message.wParam)
        if told in ((WM_POWERBROADCAST, PBT_APMSUSPEND), (WM_WTSSESSION_CHANGE, WTS_SESSION_LOCK)):
            self._away.gone.emit()


class _Message(ctypes.Structure):
    """Windows' MSG, as far as it is read here."""

    _fields_ = [
        ("hwnd", ctypes.c_void_p),
        ("message", ctypes.c_uint),
        ("wParam", ctypes.c_size_t),
        ("lParam", ctypes.c_ssize_t),
    ]
