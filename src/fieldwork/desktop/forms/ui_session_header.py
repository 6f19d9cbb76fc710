# -*- coding: utf-8 -*-

################################################################################
## Form generated from reading UI file 'session_header.ui'
##
## Created by: Qt User Interface Compiler version 6.11.3
##
## WARNING! All changes made in this file will be lost when recompiling UI file!
################################################################################

from PySide6.QtCore import (QCoreApplication, QDate, QDateTime, QLocale,
    QMetaObject, QObject, QPoint, QRect,
    QSize, QTime, QUrl, Qt)
from PySide6.QtGui import (QBrush, QColor, QConicalGradient, QCursor,
    QFont, QFontDatabase, QGradient, QIcon,
    QImage, QKeySequence, QLinearGradient, QPainter,
    QPalette, QPixmap, QRadialGradient, QTransform)
from PySide6.QtWidgets import (QApplication, QDateTimeEdit, QHBoxLayout, QSizePolicy,
    QSpacerItem, QSpinBox, QVBoxLayout, QWidget)

from fieldwork.desktop.kit.promoted import (FormButton, FormChoice, FormField, FormLabel,
    FormNote, FormTitle)

class Ui_SessionHeaderForm(object):
    def setupUi(self, SessionHeaderForm):
        if not SessionHeaderForm.objectName():
            SessionHeaderForm.setObjectName(u"SessionHeaderForm")
        self.column = QVBoxLayout(SessionHeaderForm)
        self.column.setSpacing(6)
        self.column.setObjectName(u"column")
        self.column.setContentsMargins(0, 0, 0, 0)
        self.title = FormTitle(SessionHeaderForm)
        self.title.setObjectName(u"title")

        self.column.addWidget(self.title)

        self.sub = FormNote(SessionHeaderForm)
        self.sub.setObjectName(u"sub")

        self.column.addWidget(self.sub)

        self.gap1 = QSpacerItem(8, 8, QSizePolicy.Policy.Minimum, QSizePolicy.Policy.Fixed)

        self.column.addItem(self.gap1)

        self.visitRow = QHBoxLayout()
        self.visitRow.setSpacing(16)
        self.visitRow.setObjectName(u"visitRow")
        self.visitRow.setContentsMargins(0, 0, 0, 0)
        self.visitColumn = QVBoxLayout()
        self.visitColumn.setSpacing(4)
        self.visitColumn.setObjectName(u"visitColumn")
        self.visitColumn.setContentsMargins(0, 0, 0, 0)
        self.visitLabel = FormLabel(SessionHeaderForm)
        self.visitLabel.setObjectName(u"visitLabel")

        self.visitColumn.addWidget(self.visitLabel)

        self.visit = FormChoice(SessionHeaderForm)
        self.visit.setObjectName(u"visit")

        self.visitColumn.addWidget(self.visit)


        self.visitRow.addLayout(self.visitColumn)

        self.bodyColumn = QVBoxLayout()
        self.bodyColumn.setSpacing(4)
        self.bodyColumn.setObjectName(u"bodyColumn")
        self.bodyColumn.setContentsMargins(0, 0, 0, 0)
        self.bodyLabel = FormLabel(SessionHeaderForm)
        self.bodyLabel.setObjectName(u"bodyLabel")

        self.bodyColumn.addWidget(self.bodyLabel)

        self.body = FormChoice(SessionHeaderForm)
        self.body.setObjectName(u"body")

        self.bodyColumn.addWidget(self.body)


        self.visitRow.addLayout(self.bodyColumn)


        self.column.addLayout(self.visitRow)

        self.methodRow = QHBoxLayout()
        self.methodRow.setSpacing(16)
        self.methodRow.setObjectName(u"methodRow")
        self.methodRow.setContentsMargins(0, 0, 0, 0)
        self.methodColumn = QVBoxLayout()
        self.methodColumn.setSpacing(4)
        self.methodColumn.setObjectName(u"methodColumn")
        self.methodColumn.setContentsMargins(0, 0, 0, 0)
        self.methodLabel = FormLabel(SessionHeaderForm)
        self.methodLabel.setObjectName(u"methodLabel")

        self.methodColumn.addWidget(self.methodLabel)

        self.method = FormChoice(SessionHeaderForm)
        self.method.setObjectName(u"method")

        self.methodColumn.addWidget(self.method)


        self.methodRow.addLayout(self.methodColumn)

        self.modeColumn = QVBoxLayout()
        self.modeColumn.setSpacing(4)
        self.modeColumn.setObjectName(u"modeColumn")
        self.modeColumn.setContentsMargins(0, 0, 0, 0)
        self.modeLabel = FormLabel(SessionHeaderForm)
        self.modeLabel.setObjectName(u"modeLabel")

        self.modeColumn.addWidget(self.modeLabel)

        self.mode = FormChoice(SessionHeaderForm)
        self.mode.setObjectName(u"mode")

        self.modeColumn.addWidget(self.mode)


        self.methodRow.addLayout(self.modeColumn)


        self.column.addLayout(self.methodRow)

        self.roleRow = QHBoxLayout()
        self.roleRow.setSpacing(16)
        self.roleRow.setObjectName(u"roleRow")
        self.roleRow.setContentsMargins(0, 0, 0, 0)
        self.roleColumn = QVBoxLayout()
        self.roleColumn.setSpacing(4)
        self.roleColumn.setObjectName(u"roleColumn")
        self.roleColumn.setContentsMargins(0, 0, 0, 0)
        self.roleLabel = FormLabel(SessionHeaderForm)
        self.roleLabel.setObjectName(u"roleLabel")

        self.roleColumn.addWidget(self.roleLabel)

        self.role = FormField(SessionHeaderForm)
        self.role.setObjectName(u"role")

        self.roleColumn.addWidget(self.role)


        self.roleRow.addLayout(self.roleColumn)

        self.bandColumn = QVBoxLayout()
        self.bandColumn.setSpacing(4)
        self.bandColumn.setObjectName(u"bandColumn")
        self.bandColumn.setContentsMargins(0, 0, 0, 0)
        self.bandLabel = FormLabel(SessionHeaderForm)
        self.bandLabel.setObjectName(u"bandLabel")

        self.bandColumn.addWidget(self.bandLabel)

        self.band = FormChoice(SessionHeaderForm)
        self.band.setObjectName(u"band")

        self.bandColumn.addWidget(self.band)


        self.roleRow.addLayout(self.bandColumn)


        self.column.addLayout(self.roleRow)

        self.whenRow = QHBoxLayout()
        self.whenRow.setSpacing(16)
        self.whenRow.setObjectName(u"whenRow")
        self.whenRow.setContentsMargins(0, 0, 0, 0)
        self.plannedColumn = QVBoxLayout()
        self.plannedColumn.setSpacing(4)
        self.plannedColumn.setObjectName(u"plannedColumn")
        self.plannedColumn.setContentsMargins(0, 0, 0, 0)
        self.plannedLabel = FormLabel(SessionHeaderForm)
        self.plannedLabel.setObjectName(u"plannedLabel")

        self.plannedColumn.addWidget(self.plannedLabel)

        self.planned = QDateTimeEdit(SessionHeaderForm)
        self.planned.setObjectName(u"planned")
        self.planned.setDisplayFormat(u"d MMMM yyyy HH:mm")
        self.planned.setCalendarPopup(False)

        self.plannedColumn.addWidget(self.planned)


        self.whenRow.addLayout(self.plannedColumn)

        self.presentColumn = QVBoxLayout()
        self.presentColumn.setSpacing(4)
        self.presentColumn.setObjectName(u"presentColumn")
        self.presentColumn.setContentsMargins(0, 0, 0, 0)
        self.presentLabel = FormLabel(SessionHeaderForm)
        self.presentLabel.setObjectName(u"presentLabel")

        self.presentColumn.addWidget(self.presentLabel)

        self.present = QSpinBox(SessionHeaderForm)
        self.present.setObjectName(u"present")
        self.present.setMinimum(1)
        self.present.setMaximum(99)

        self.presentColumn.addWidget(self.present)


        self.whenRow.addLayout(self.presentColumn)


        self.column.addLayout(self.whenRow)

        self.problem = FormNote(SessionHeaderForm)
        self.problem.setObjectName(u"problem")

        self.column.addWidget(self.problem)

        self.gap3 = QSpacerItem(8, 6, QSizePolicy.Policy.Minimum, QSizePolicy.Policy.Fixed)

        self.column.addItem(self.gap3)

        self.buttons = QHBoxLayout()
        self.buttons.setSpacing(8)
        self.buttons.setObjectName(u"buttons")
        self.buttons.setContentsMargins(0, 0, 0, 0)
        self.keep = FormButton(SessionHeaderForm)
        self.keep.setObjectName(u"keep")
        self.keep.setProperty(u"key", u"Enter")
        self.keep.setProperty(u"kind", u"primary")
        self.keep.setProperty(u"big", True)

        self.buttons.addWidget(self.keep)

        self.space = QSpacerItem(8, 8, QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Minimum)

        self.buttons.addItem(self.space)

        self.leave = FormButton(SessionHeaderForm)
        self.leave.setObjectName(u"leave")
        self.leave.setProperty(u"key", u"Esc")
        self.leave.setProperty(u"kind", u"quiet")

        self.buttons.addWidget(self.leave)


        self.column.addLayout(self.buttons)

#if QT_CONFIG(shortcut)
        self.visitLabel.setBuddy(self.visit)
        self.bodyLabel.setBuddy(self.body)
        self.methodLabel.setBuddy(self.method)
        self.modeLabel.setBuddy(self.mode)
        self.roleLabel.setBuddy(self.role)
        self.bandLabel.setBuddy(self.band)
        self.plannedLabel.setBuddy(self.planned)
        self.presentLabel.setBuddy(self.present)
#endif // QT_CONFIG(shortcut)
        QWidget.setTabOrder(self.visit, self.body)
        QWidget.setTabOrder(self.body, self.method)
        QWidget.setTabOrder(self.method, self.mode)
        QWidget.setTabOrder(self.mode, self.role)
        QWidget.setTabOrder(self.role, self.band)
        QWidget.setTabOrder(self.band, self.planned)
        QWidget.setTabOrder(self.planned, self.present)
        QWidget.setTabOrder(self.present, self.keep)
        QWidget.setTabOrder(self.keep, self.leave)

        self.retranslateUi(SessionHeaderForm)

        QMetaObject.connectSlotsByName(SessionHeaderForm)
    # setupUi

    def retranslateUi(self, SessionHeaderForm):
        self.title.setText(QCoreApplication.translate("SessionHeaderForm", u"Session", None))
        self.sub.setText(QCoreApplication.translate("SessionHeaderForm", u"Role and band, never a name. Everything here can wait until after the talk.", None))
        self.visitLabel.setText(QCoreApplication.translate("SessionHeaderForm", u"Visit", None))
#if QT_CONFIG(accessibility)
        self.visit.setAccessibleName(QCoreApplication.translate("SessionHeaderForm", u"Visit", None))
#endif // QT_CONFIG(accessibility)
        self.bodyLabel.setText(QCoreApplication.translate("SessionHeaderForm", u"Body", None))
#if QT_CONFIG(accessibility)
        self.body.setAccessibleName(QCoreApplication.translate("SessionHeaderForm", u"Body", None))
#endif // QT_CONFIG(accessibility)
        self.methodLabel.setText(QCoreApplication.translate("SessionHeaderForm", u"Method", None))
#if QT_CONFIG(accessibility)
        self.method.setAccessibleName(QCoreApplication.translate("SessionHeaderForm", u"Method", None))
#endif // QT_CONFIG(accessibility)
        self.modeLabel.setText(QCoreApplication.translate("SessionHeaderForm", u"Mode", None))
#if QT_CONFIG(accessibility)
        self.mode.setAccessibleName(QCoreApplication.translate("SessionHeaderForm", u"Mode", None))
#endif // QT_CONFIG(accessibility)
        self.roleLabel.setText(QCoreApplication.translate("SessionHeaderForm", u"Role", None))
#if QT_CONFIG(accessibility)
        self.role.setAccessibleName(QCoreApplication.translate("SessionHeaderForm", u"Role, never a name", None))
#endif // QT_CONFIG(accessibility)
        self.bandLabel.setText(QCoreApplication.translate("SessionHeaderForm", u"Grade band", None))
#if QT_CONFIG(accessibility)
        self.band.setAccessibleName(QCoreApplication.translate("SessionHeaderForm", u"Grade band", None))
#endif // QT_CONFIG(accessibility)
        self.plannedLabel.setText(QCoreApplication.translate("SessionHeaderForm", u"Planned start", None))
#if QT_CONFIG(accessibility)
        self.planned.setAccessibleName(QCoreApplication.translate("SessionHeaderForm", u"Planned start", None))
#endif // QT_CONFIG(accessibility)
        self.presentLabel.setText(QCoreApplication.translate("SessionHeaderForm", u"People present", None))
#if QT_CONFIG(accessibility)
        self.present.setAccessibleName(QCoreApplication.translate("SessionHeaderForm", u"People present", None))
#endif // QT_CONFIG(accessibility)
        self.keep.setText(QCoreApplication.translate("SessionHeaderForm", u"Keep", None))
        self.leave.setText(QCoreApplication.translate("SessionHeaderForm", u"Leave it", None))
        pass
    # retranslateUi

