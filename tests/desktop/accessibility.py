"""What a screen reader and a keyboard find in a window."""

from collections.abc import Iterator

from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessible, QAccessibleInterface
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication, QComboBox, QLineEdit, QWidget

ROLES = QAccessible.Role
CONTROLS = {
    ROLES.EditableText,
    ROLES.ComboBox,
    ROLES.PushButton,
    ROLES.Button,
    ROLES.CheckBox,
    ROLES.RadioButton,
    ROLES.SpinBox,
    ROLES.Table,
    ROLES.List,
    ROLES.Tree,
    ROLES.MenuItem,
    ROLES.PageTab,
}
SMALLEST = 24


def walk(interface: QAccessibleInterface, depth: int = 0) -> Iterator[QAccessibleInterface]:
    """The tree below an interface; the cells of tables and lists are left out."""
    yield interface
    if depth > 24 or interface.role() in (ROLES.Table, ROLES.List, ROLES.Tree):
        return
    for number in range(interface.childCount()):
        child = interface.child(number)
        if child is not None and child.isValid():
            yield from walk(child, depth + 1)


def _inside_qt(widget: object) -> bool:
    """Whether Qt made this part itself, inside a combo box or a spin box."""
    return isinstance(widget, QWidget) and (
        widget.objectName().startswith("qt_") or isinstance(widget.parent(), QComboBox)
    )


def nameless(window: QWidget) -> list[str]:
    """Controls in sight without a name."""
    root = QAccessible.queryAccessibleInterface(window)
    found = []
    for interface in walk(root):
        if interface.role() not in CONTROLS or interface.state().invisible:
            continue
        if not interface.text(QAccessible.Text.Name) and not _inside_qt(interface.object()):
            found.append(f"{interface.role().name}: {interface.object()!r}")
    return found


def controls(window: QWidget) -> list[QWidget]:
    """Widgets in sight that take the keyboard by Tab."""
    return [
        widget
        for widget in window.findChildren(QWidget)
        if widget.isVisibleTo(window)
        and widget.isEnabled()
        and widget.focusPolicy() & Qt.FocusPolicy.TabFocus
        and widget.focusProxy() is None
        and not _inside_qt(widget)
    ]


def too_small(window: QWidget) -> list[str]:
    """Targets below 24 by 24 pixels."""
    kinds = (QAbstractButton, QLineEdit, QComboBox)
    return [
        f"{widget!r} {widget.accessibleName()} {widget.width()}x{widget.height()}"
        for widget in window.findChildren(QWidget)
        if isinstance(widget, kinds)
        and widget.isVisibleTo(window)
        and not _inside_qt(widget)
        and (widget.width() < SMALLEST or widget.height() < SMALLEST)
    ]


def tab_round(window: QWidget, most: int = 200) -> list[QWidget]:
    """What the keyboard meets when Tab is pressed until it is back where it began."""
    met: list[QWidget] = []
    for _ in range(most):
        widget = QApplication.focusWidget()
        if widget is None:
            window.focusNextChild()
            continue
        if met and widget is met[0]:
            break
        met.append(widget)
        QTest.keyClick(widget, Qt.Key.Key_Tab)
    return met


def unreached(window: QWidget) -> list[str]:
    """Controls that take Tab but that Tab never comes to."""
    met = set(tab_round(window))
    return [f"{widget!r} {widget.accessibleName()}" for widget in controls(window) if widget not in met]
