"""A proxy over Fusion that draws Qt's own controls from the tokens. No style sheet anywhere.

With an application style sheet a later change of font or palette no longer reaches widgets already shown,
and Fusion draws no outlines in high contrast; so every control we use is drawn here.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeAlias

from PySide6.QtCore import QPointF, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPalette, QPen
from PySide6.QtWidgets import (
    QComboBox,
    QFrame,
    QProxyStyle,
    QStyle,
    QStyleOption,
    QStyleOptionButton,
    QStyleOptionComboBox,
    QStyleOptionComplex,
    QStyleOptionHeader,
    QStyleOptionMenuItem,
    QStyleOptionTab,
    QStyleOptionViewItem,
    QTextEdit,
    QWidget,
)

from fieldwork.desktop.appearance.icons import paint_icon
from fieldwork.desktop.appearance.painting import focus_ring, rounded
from fieldwork.desktop.appearance.tokens import colours, dp, font, metrics

PE: TypeAlias = QStyle.PrimitiveElement
CE: TypeAlias = QStyle.ControlElement
CC: TypeAlias = QStyle.ComplexControl
CT: TypeAlias = QStyle.ContentsType
PM: TypeAlias = QStyle.PixelMetric
SC: TypeAlias = QStyle.SubControl
SH: TypeAlias = QStyle.StyleHint
State = QStyle.StateFlag
FIELD_FRAME = 6  # pixels between the edge of a text area and its page
CENTRE = Qt.AlignmentFlag.AlignCenter
LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter

Draw = Callable[[QStyleOption, QPainter, QWidget | None], bool]


def _focused(option: QStyleOption) -> bool:
    return bool(option.state & State.State_HasFocus)


def _field_edge(painter: QPainter, rect: QRect, focused: bool, enabled: bool = True) -> None:
    palette = colours()
    rounded(
        painter,
        rect,
        palette["surface" if enabled else "sunken"],
        palette["focus" if focused else "outline"],
        palette.focus_width if focused else 1,
        dp(6),
    )


def _spin_part(rect: QRect, part: SC) -> QRect | None:
    """Where the field and the two steps of a spin box are; the steps are 24 wide at the least."""
    step, half = dp(26), rect.height() // 2
    parts = {
        SC.SC_SpinBoxEditField: rect.adjusted(dp(8), dp(2), -step - dp(2), -dp(2)),
        SC.SC_SpinBoxUp: QRect(rect.right() - step, rect.top() + 2, step, half - 2),
        SC.SC_SpinBoxDown: QRect(rect.right() - step, rect.top() + half, step, half - 2),
    }
    return parts.get(part)


def _chevron(painter: QPainter, rect: QRectF, up: bool) -> None:
    reach = dp(3)
    tip = -reach / 2 if up else reach / 2
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(QPen(colours()["text2"], 1.75))
    steps = (QPointF(-reach, -tip), QPointF(0, tip), QPointF(reach, -tip))
    painter.drawPolyline([rect.center() + step for step in steps])
    painter.restore()


class FieldworkStyle(QProxyStyle):
    """Fusion with our fields, boxes, menus, tables, tabs, tips and scroll bars."""

    def __init__(self) -> None:
        super().__init__("Fusion")
        self._primitives: dict[PE, Draw] = {
            PE.PE_PanelLineEdit: self._line_edit,
            PE.PE_FrameLineEdit: self._line_edit,
            PE.PE_Frame: self._frame,
            PE.PE_FrameFocusRect: self._focus,
            PE.PE_IndicatorCheckBox: self._check_box,
            PE.PE_IndicatorItemViewItemCheck: self._check_box,
            PE.PE_IndicatorRadioButton: self._radio_button,
            PE.PE_PanelMenu: self._panel,
            PE.PE_FrameMenu: self._nothing,
            PE.PE_PanelTipLabel: self._panel,
            PE.PE_FrameTabWidget: self._tab_pane,
            PE.PE_FrameTabBarBase: self._nothing,
            PE.PE_PanelItemViewItem: self._view_item,
            PE.PE_PanelItemViewRow: self._nothing,
            PE.PE_PanelButtonCommand: self._push_button,
            PE.PE_IndicatorHeaderArrow: self._sort_arrow,
        }
        self._controls: dict[CE, Draw] = {
            CE.CE_MenuItem: self._menu_item,
            CE.CE_ItemViewItem: self._item,
            CE.CE_HeaderSection: self._header,
            CE.CE_HeaderEmptyArea: self._header_rest,
            CE.CE_TabBarTabShape: self._tab,
            CE.CE_ComboBoxLabel: self._combo_label,
            CE.CE_ShapedFrame: self._shaped_frame,
        }

    # Qt's entry points

    def drawPrimitive(
        self, element: PE, option: QStyleOption, painter: QPainter, widget: QWidget | None = None
    ) -> None:
        draw = self._primitives.get(element)
        if draw is None or not draw(option, painter, widget):
            super().drawPrimitive(element, option, painter, widget)

    def drawControl(
        self, element: CE, option: QStyleOption, painter: QPainter, widget: QWidget | None = None
    ) -> None:
        draw = self._controls.get(element)
        if draw is None or not draw(option, painter, widget):
            super().drawControl(element, option, painter, widget)

    def drawComplexControl(
        self, control: CC, option: QStyleOptionComplex, painter: QPainter, widget: QWidget | None = None
    ) -> None:
        if control == CC.CC_ScrollBar:
            self._scroll_bar(option, painter, widget)
        elif control == CC.CC_ComboBox and isinstance(option, QStyleOptionComboBox):
            _field_edge(painter, option.rect, _focused(option), bool(option.state & State.State_Enabled))
            size = dp(16)
            right = option.rect.right() - dp(10) - size
            paint_icon(
                painter,
                "chevron-down",
                right,
                option.rect.center().y() - size / 2,
                size,
                colours()["text2"],
                2,
            )
        elif control == CC.CC_SpinBox:
            self._spin_box(option, painter, widget)
        else:
            super().drawComplexControl(control, option, painter, widget)

    def pixelMetric(
        self, metric: PM, option: QStyleOption | None = None, widget: QWidget | None = None
    ) -> int:
        sizes = {
            PM.PM_ScrollBarExtent: 10,
            PM.PM_IndicatorWidth: 18,
            PM.PM_IndicatorHeight: 18,
            PM.PM_ExclusiveIndicatorWidth: 18,
            PM.PM_ExclusiveIndicatorHeight: 18,
            PM.PM_CheckBoxLabelSpacing: 8,
            PM.PM_RadioButtonLabelSpacing: 8,
            PM.PM_MenuHMargin: 4,
            PM.PM_MenuVMargin: 4,
            PM.PM_ToolTipLabelFrameWidth: 6,
            PM.PM_FocusFrameHMargin: 6,
            PM.PM_TabBarTabHSpace: 28,
            PM.PM_TabBarTabVSpace: 16,
        }
        if metric in sizes:
            return dp(sizes[metric])
        if metric == PM.PM_DefaultFrameWidth and isinstance(widget, QTextEdit):
            return FIELD_FRAME  # the same at every text size: a QFrame asks only once
        if metric in (PM.PM_TabBarTabShiftVertical, PM.PM_TabBarTabShiftHorizontal, PM.PM_MenuPanelWidth):
            return 0
        return super().pixelMetric(metric, option, widget)

    def styleHint(
        self,
        hint: SH,
        option: QStyleOption | None = None,
        widget: QWidget | None = None,
        returnData: Any = None,
    ) -> int:
        if hint == SH.SH_ComboBox_Popup:
            return 0
        if hint in (SH.SH_EtchDisabledText, SH.SH_DitherDisabledText):
            return 0
        return super().styleHint(hint, option, widget, returnData)

    def sizeFromContents(
        self, kind: CT, option: QStyleOption, size: QSize, widget: QWidget | None = None
    ) -> QSize:
        result = super().sizeFromContents(kind, option, size, widget)  # type: ignore[arg-type]
        if kind == CT.CT_ComboBox:
            return QSize(result.width() + dp(28), dp(36))
        if kind == CT.CT_MenuItem and isinstance(option, QStyleOptionMenuItem):
            if option.menuItemType == QStyleOptionMenuItem.MenuItemType.Separator:
                return QSize(result.width(), dp(9))
            return QSize(result.width() + dp(32), dp(32))
        if kind == CT.CT_ItemViewItem:
            return QSize(result.width() + dp(12), max(result.height(), dp(28)))
        if kind in (CT.CT_CheckBox, CT.CT_RadioButton):
            return QSize(result.width(), max(result.height(), dp(26)))
        if kind in (CT.CT_SpinBox, CT.CT_LineEdit, CT.CT_PushButton):
            return QSize(result.width(), dp(36))
        if kind == CT.CT_HeaderSection:
            return QSize(result.width() + dp(8), dp(32))
        return result

    def subControlRect(
        self, control: CC, option: QStyleOptionComplex, part: SC, widget: QWidget | None = None
    ) -> QRect:
        rect = super().subControlRect(control, option, part, widget)  # type: ignore[arg-type]
        if control == CC.CC_ComboBox and part == SC.SC_ComboBoxEditField:
            return option.rect.adjusted(dp(10), 0, -dp(32), 0)
        if control == CC.CC_SpinBox:
            return _spin_part(option.rect, part) or rect
        return rect

    # Fields and frames

    def _nothing(self, option: QStyleOption, painter: QPainter, widget: QWidget | None) -> bool:
        return True

    def _line_edit(self, option: QStyleOption, painter: QPainter, widget: QWidget | None) -> bool:
        if (
            widget is None
            or (isinstance(widget.parent(), QComboBox))
            or not getattr(widget, "hasFrame", bool)()
        ):
            return True
        _field_edge(painter, option.rect, _focused(option), bool(option.state & State.State_Enabled))
        return True

    def _frame(self, option: QStyleOption, painter: QPainter, widget: QWidget | None) -> bool:
        if isinstance(widget, QFrame) and widget.frameShape() != QFrame.Shape.StyledPanel:
            return True
        if isinstance(
            widget, QTextEdit
        ):  # the proxy fills the frame too, else a ghost edge shows round the text
            _field_edge(painter, option.rect, _focused(option))
        else:
            palette = colours()
            focused = _focused(option)
            edge, width = (palette["focus"], palette.focus_width) if focused else (palette["line"], 1)
            rounded(painter, option.rect, None, edge, width, dp(6))
        return True

    def _shaped_frame(self, option: QStyleOption, painter: QPainter, widget: QWidget | None) -> bool:
        return isinstance(widget, QFrame) and widget.frameShape() == QFrame.Shape.NoFrame

    def _focus(self, option: QStyleOption, painter: QPainter, widget: QWidget | None) -> bool:
        focus_ring(painter, option.rect, dp(4))
        return True

    def _panel(self, option: QStyleOption, painter: QPainter, widget: QWidget | None) -> bool:
        palette = colours()
        painter.fillRect(option.rect, palette["surface"])
        painter.setPen(QPen(palette["outline"], 1))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRect(option.rect.adjusted(0, 0, -1, -1))
        return True

    # Boxes to tick

    def _check_box(self, option: QStyleOption, painter: QPainter, widget: QWidget | None) -> bool:
        palette, rect = colours(), QRectF(option.rect)
        side = min(rect.width(), rect.height())
        box = QRectF(rect.x(), rect.center().y() - side / 2, side, side)
        on = bool(option.state & State.State_On)
        some = bool(option.state & State.State_NoChange)
        fill = palette["accent"] if on or some else palette["surface"]
        rounded(painter, box, fill, palette["accent" if on or some else "outline"], 1.5, dp(4))
        if on:
            paint_icon(
                painter,
                "check",
                box.x() + side * 0.12,
                box.y() + side * 0.12,
                side * 0.76,
                palette["on_accent"],
                3,
            )
        elif some:
            painter.fillRect(
                box.adjusted(side * 0.25, side * 0.44, -side * 0.25, -side * 0.44), palette["on_accent"]
            )
        return True

    def _radio_button(self, option: QStyleOption, painter: QPainter, widget: QWidget | None) -> bool:
        palette, rect = colours(), QRectF(option.rect)
        on = bool(option.state & State.State_On)
        rounded(
            painter,
            rect,
            palette["surface"],
            palette["accent" if on else "outline"],
            2 if on else 1.5,
            rect.height() / 2,
        )
        if on:
            inner = rect.height() * 0.28
            rounded(
                painter, rect.adjusted(inner, inner, -inner, -inner), palette["accent"], radius=rect.height()
            )
        return True

    def _push_button(self, option: QStyleOption, painter: QPainter, widget: QWidget | None) -> bool:
        palette = colours()
        main = isinstance(option, QStyleOptionButton) and bool(
            option.features & QStyleOptionButton.ButtonFeature.DefaultButton
        )
        rounded(
            painter,
            option.rect,
            palette["surface"],
            palette["accent" if main else "outline"],
            2 if main else 1,
            dp(6),
        )
        return True

    # Lists, tables, menus, tabs

    def _item(self, option: QStyleOption, painter: QPainter, widget: QWidget | None) -> bool:
        """A chosen item keeps its ink: its ground is soft, not the accent itself."""
        if not isinstance(option, QStyleOptionViewItem) or not option.state & State.State_Selected:
            return False
        own = QStyleOptionViewItem(option)
        looks = QPalette(own.palette)
        looks.setColor(QPalette.ColorRole.HighlightedText, colours()["text"])
        own.palette = looks
        QProxyStyle.drawControl(self, CE.CE_ItemViewItem, own, painter, widget)
        return True

    def _view_item(self, option: QStyleOption, painter: QPainter, widget: QWidget | None) -> bool:
        palette = colours()
        rect = QRectF(option.rect).adjusted(1, 1, -1, -1)
        if option.state & State.State_Selected:
            edge = palette["accent"] if palette.high else None
            rounded(painter, rect, palette["accent_soft"], edge, 2, dp(4))
            if isinstance(option, QStyleOptionViewItem) and option.index.column() == 0:
                bar = QRectF(rect.x(), rect.y() + dp(5), dp(3), rect.height() - dp(10))
                rounded(painter, bar, palette["accent"], radius=1.5)
        elif option.state & State.State_MouseOver:
            rounded(painter, rect, palette["raised"], palette["line"] if palette.high else None, 1, dp(4))
        elif (
            isinstance(option, QStyleOptionViewItem)
            and option.backgroundBrush.style() != Qt.BrushStyle.NoBrush
        ):
            painter.fillRect(option.rect, option.backgroundBrush)
        return True

    def _menu_item(self, option: QStyleOption, painter: QPainter, widget: QWidget | None) -> bool:
        if not isinstance(option, QStyleOptionMenuItem):
            return False
        palette, rect = colours(), QRectF(option.rect)
        if option.menuItemType == QStyleOptionMenuItem.MenuItemType.Separator:
            painter.fillRect(
                QRectF(rect.x() + dp(8), rect.center().y(), rect.width() - dp(16), 1), palette["line"]
            )
            return True
        chosen = bool(option.state & State.State_Selected)
        if chosen:
            rounded(
                painter, rect, palette["accent_soft"], palette["accent"] if palette.high else None, 2, dp(4)
            )
            rounded(
                painter,
                QRectF(rect.x(), rect.y() + dp(6), dp(3), rect.height() - dp(12)),
                palette["accent"],
                radius=1.5,
            )
        ink = palette["text" if option.state & State.State_Enabled else "text2"]
        left = rect.x() + dp(12)
        if option.checked:
            paint_icon(painter, "check", left, rect.center().y() - dp(7), dp(14), palette["accent"], 2.5)
            left += dp(22)
        elif not option.icon.isNull():
            option.icon.paint(painter, QRect(round(left), option.rect.center().y() - dp(8), dp(16), dp(16)))
            left += dp(26)
        words, _, keys = option.text.partition("\t")
        painter.setFont(font("body", 600 if chosen else None))
        painter.setPen(ink)
        flags = LEFT | Qt.TextFlag.TextShowMnemonic
        painter.drawText(QRectF(left, rect.y(), rect.right() - left - dp(8), rect.height()), flags, words)
        if keys:
            painter.setFont(font("caption"))
            painter.setPen(palette["text2"])
            right = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
            painter.drawText(rect.adjusted(0, 0, -dp(12), 0), right, keys)
        return True

    def _combo_label(self, option: QStyleOption, painter: QPainter, widget: QWidget | None) -> bool:
        if not isinstance(option, QStyleOptionComboBox):
            return False
        if option.editable:
            return True
        area = self.subControlRect(CC.CC_ComboBox, option, SC.SC_ComboBoxEditField, widget)
        palette = colours()
        painter.setFont(font("body"))
        painter.setPen(
            palette["text" if option.currentText and option.state & State.State_Enabled else "text2"]
        )
        shown = metrics("body").elidedText(option.currentText, Qt.TextElideMode.ElideRight, area.width())
        painter.drawText(area, LEFT, shown)
        return True

    def _header(self, option: QStyleOption, painter: QPainter, widget: QWidget | None) -> bool:
        palette, rect = colours(), option.rect
        painter.fillRect(rect, palette["sunken"])
        painter.fillRect(QRect(rect.x(), rect.bottom(), rect.width(), 1), palette["line"])
        if isinstance(option, QStyleOptionHeader) and option.orientation == Qt.Orientation.Vertical:
            painter.fillRect(QRect(rect.right(), rect.y(), 1, rect.height()), palette["line"])
        return True

    def _header_rest(self, option: QStyleOption, painter: QPainter, widget: QWidget | None) -> bool:
        painter.fillRect(option.rect, colours()["sunken"])
        return True

    def _sort_arrow(self, option: QStyleOption, painter: QPainter, widget: QWidget | None) -> bool:
        if not isinstance(option, QStyleOptionHeader):
            return False
        up = option.sortIndicator == QStyleOptionHeader.SortIndicator.SortUp
        _chevron(painter, QRectF(option.rect), up)
        return True

    def _tab(self, option: QStyleOption, painter: QPainter, widget: QWidget | None) -> bool:
        if not isinstance(option, QStyleOptionTab):
            return False
        palette, rect = colours(), QRectF(option.rect)
        painter.fillRect(QRectF(rect.x(), rect.bottom() - 1, rect.width(), 1), palette["line"])
        if option.state & State.State_Selected:
            painter.fillRect(QRectF(rect.x(), rect.bottom() - dp(3), rect.width(), dp(3)), palette["accent"])
        elif option.state & State.State_MouseOver:
            rounded(painter, rect.adjusted(2, 2, -2, -dp(4)), palette["raised"], None, radius=dp(4))
        return True

    def _tab_pane(self, option: QStyleOption, painter: QPainter, widget: QWidget | None) -> bool:
        painter.fillRect(QRect(option.rect.x(), option.rect.y(), option.rect.width(), 1), colours()["line"])
        return True

    def _spin_box(self, option: QStyleOptionComplex, painter: QPainter, widget: QWidget | None) -> None:
        focused = _focused(option) or (widget is not None and widget.hasFocus())
        _field_edge(painter, option.rect, focused, bool(option.state & State.State_Enabled))
        for part, up in ((SC.SC_SpinBoxUp, True), (SC.SC_SpinBoxDown, False)):
            _chevron(painter, QRectF(self.subControlRect(CC.CC_SpinBox, option, part, widget)), up)

    def _scroll_bar(self, option: QStyleOptionComplex, painter: QPainter, widget: QWidget | None) -> None:
        handle = self.subControlRect(CC.CC_ScrollBar, option, SC.SC_ScrollBarSlider, widget)
        if handle.height() >= option.rect.height() and handle.width() >= option.rect.width():
            return
        thin = dp(3)
        if option.rect.height() > option.rect.width():
            handle.adjust(thin, 0, -thin, 0)
        else:
            handle.adjust(0, thin, 0, -thin)
        colour: QColor = colours()["outline"]
        rounded(painter, handle, colour, None, radius=dp(3))
