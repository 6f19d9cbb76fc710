# -*- coding: utf-8 -*-

################################################################################
## Form generated from reading UI file 'join.ui'
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
from PySide6.QtWidgets import (QApplication, QHBoxLayout, QLineEdit, QSizePolicy,
    QSpacerItem, QVBoxLayout, QWidget)

from fieldwork.desktop.kit.promoted import (FormButton, FormChoice, FormField, FormLabel,
    FormNote, FormTitle)

class Ui_JoinForm(object):
    def setupUi(self, JoinForm):
        if not JoinForm.objectName():
            JoinForm.setObjectName(u"JoinForm")
        self.column = QVBoxLayout(JoinForm)
        self.column.setSpacing(6)
        self.column.setObjectName(u"column")
        self.column.setContentsMargins(0, 0, 0, 0)
        self.title = FormTitle(JoinForm)
        self.title.setObjectName(u"title")

        self.column.addWidget(self.title)

        self.sub = FormNote(JoinForm)
        self.sub.setObjectName(u"sub")

        self.column.addWidget(self.sub)

        self.gap1 = QSpacerItem(8, 8, QSizePolicy.Policy.Minimum, QSizePolicy.Policy.Fixed)

        self.column.addItem(self.gap1)

        self.packLabel = FormLabel(JoinForm)
        self.packLabel.setObjectName(u"packLabel")

        self.column.addWidget(self.packLabel)

        self.packRow = QHBoxLayout()
        self.packRow.setSpacing(8)
        self.packRow.setObjectName(u"packRow")
        self.packRow.setContentsMargins(0, 0, 0, 0)
        self.pack = FormField(JoinForm)
        self.pack.setObjectName(u"pack")

        self.packRow.addWidget(self.pack)

        self.browse = FormButton(JoinForm)
        self.browse.setObjectName(u"browse")
        self.browse.setProperty(u"key", u"Alt L")
        self.browse.setProperty(u"kind", u"plain")
        self.browse.setProperty(u"iconName", u"folder-open")

        self.packRow.addWidget(self.browse)


        self.column.addLayout(self.packRow)

        self.codeColumn = QVBoxLayout()
        self.codeColumn.setSpacing(4)
        self.codeColumn.setObjectName(u"codeColumn")
        self.codeColumn.setContentsMargins(0, 0, 0, 0)
        self.codeLabel = FormLabel(JoinForm)
        self.codeLabel.setObjectName(u"codeLabel")

        self.codeColumn.addWidget(self.codeLabel)

        self.code = FormField(JoinForm)
        self.code.setObjectName(u"code")

        self.codeColumn.addWidget(self.code)


        self.column.addLayout(self.codeColumn)

        self.deviceRow = QHBoxLayout()
        self.deviceRow.setSpacing(16)
        self.deviceRow.setObjectName(u"deviceRow")
        self.deviceRow.setContentsMargins(0, 0, 0, 0)
        self.deviceColumn = QVBoxLayout()
        self.deviceColumn.setSpacing(4)
        self.deviceColumn.setObjectName(u"deviceColumn")
        self.deviceColumn.setContentsMargins(0, 0, 0, 0)
        self.deviceLabel = FormLabel(JoinForm)
        self.deviceLabel.setObjectName(u"deviceLabel")

        self.deviceColumn.addWidget(self.deviceLabel)

        self.device = FormField(JoinForm)
        self.device.setObjectName(u"device")

        self.deviceColumn.addWidget(self.device)


        self.deviceRow.addLayout(self.deviceColumn)

        self.inspectorateColumn = QVBoxLayout()
        self.inspectorateColumn.setSpacing(4)
        self.inspectorateColumn.setObjectName(u"inspectorateColumn")
        self.inspectorateColumn.setContentsMargins(0, 0, 0, 0)
        self.inspectorateLabel = FormLabel(JoinForm)
        self.inspectorateLabel.setObjectName(u"inspectorateLabel")

        self.inspectorateColumn.addWidget(self.inspectorateLabel)

        self.inspectorate = FormChoice(JoinForm)
        self.inspectorate.setObjectName(u"inspectorate")

        self.inspectorateColumn.addWidget(self.inspectorate)


        self.deviceRow.addLayout(self.inspectorateColumn)


        self.column.addLayout(self.deviceRow)

        self.gap2 = QSpacerItem(8, 4, QSizePolicy.Policy.Minimum, QSizePolicy.Policy.Fixed)

        self.column.addItem(self.gap2)

        self.secretRow = QHBoxLayout()
        self.secretRow.setSpacing(16)
        self.secretRow.setObjectName(u"secretRow")
        self.secretRow.setContentsMargins(0, 0, 0, 0)
        self.passphraseColumn = QVBoxLayout()
        self.passphraseColumn.setSpacing(4)
        self.passphraseColumn.setObjectName(u"passphraseColumn")
        self.passphraseColumn.setContentsMargins(0, 0, 0, 0)
        self.passphraseLabel = FormLabel(JoinForm)
        self.passphraseLabel.setObjectName(u"passphraseLabel")

        self.passphraseColumn.addWidget(self.passphraseLabel)

        self.passphrase = FormField(JoinForm)
        self.passphrase.setObjectName(u"passphrase")
        self.passphrase.setEchoMode(QLineEdit.EchoMode.Password)

        self.passphraseColumn.addWidget(self.passphrase)


        self.secretRow.addLayout(self.passphraseColumn)

        self.againColumn = QVBoxLayout()
        self.againColumn.setSpacing(4)
        self.againColumn.setObjectName(u"againColumn")
        self.againColumn.setContentsMargins(0, 0, 0, 0)
        self.againLabel = FormLabel(JoinForm)
        self.againLabel.setObjectName(u"againLabel")

        self.againColumn.addWidget(self.againLabel)

        self.again = FormField(JoinForm)
        self.again.setObjectName(u"again")
        self.again.setEchoMode(QLineEdit.EchoMode.Password)

        self.againColumn.addWidget(self.again)


        self.secretRow.addLayout(self.againColumn)


        self.column.addLayout(self.secretRow)

        self.strength = FormNote(JoinForm)
        self.strength.setObjectName(u"strength")

        self.column.addWidget(self.strength)

        self.problem = FormNote(JoinForm)
        self.problem.setObjectName(u"problem")

        self.column.addWidget(self.problem)

        self.gap3 = QSpacerItem(8, 6, QSizePolicy.Policy.Minimum, QSizePolicy.Policy.Fixed)

        self.column.addItem(self.gap3)

        self.buttons = QHBoxLayout()
        self.buttons.setSpacing(8)
        self.buttons.setObjectName(u"buttons")
        self.buttons.setContentsMargins(0, 0, 0, 0)
        self.join = FormButton(JoinForm)
        self.join.setObjectName(u"join")
        self.join.setProperty(u"key", u"Enter")
        self.join.setProperty(u"kind", u"primary")
        self.join.setProperty(u"big", True)

        self.buttons.addWidget(self.join)

        self.space = QSpacerItem(8, 8, QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Minimum)

        self.buttons.addItem(self.space)

        self.leave = FormButton(JoinForm)
        self.leave.setObjectName(u"leave")
        self.leave.setProperty(u"key", u"Esc")
        self.leave.setProperty(u"kind", u"quiet")

        self.buttons.addWidget(self.leave)


        self.column.addLayout(self.buttons)

#if QT_CONFIG(shortcut)
        self.packLabel.setBuddy(self.pack)
        self.codeLabel.setBuddy(self.code)
        self.deviceLabel.setBuddy(self.device)
        self.inspectorateLabel.setBuddy(self.inspectorate)
        self.passphraseLabel.setBuddy(self.passphrase)
        self.againLabel.setBuddy(self.again)
#endif // QT_CONFIG(shortcut)
        QWidget.setTabOrder(self.pack, self.browse)
        QWidget.setTabOrder(self.browse, self.code)
        QWidget.setTabOrder(self.code, self.device)
        QWidget.setTabOrder(self.device, self.inspectorate)
        QWidget.setTabOrder(self.inspectorate, self.passphrase)
        QWidget.setTabOrder(self.passphrase, self.again)
        QWidget.setTabOrder(self.again, self.join)
        QWidget.setTabOrder(self.join, self.leave)

        self.retranslateUi(JoinForm)

        QMetaObject.connectSlotsByName(JoinForm)
    # setupUi

    def retranslateUi(self, JoinForm):
        self.title.setText(QCoreApplication.translate("JoinForm", u"Open an inspection pack", None))
        self.sub.setText(QCoreApplication.translate("JoinForm", u"Your lead gave you the file and, apart from it, a code that works once.", None))
        self.packLabel.setText(QCoreApplication.translate("JoinForm", u"Pack", None))
#if QT_CONFIG(accessibility)
        self.pack.setAccessibleName(QCoreApplication.translate("JoinForm", u"Pack file", None))
#endif // QT_CONFIG(accessibility)
        self.browse.setText(QCoreApplication.translate("JoinForm", u"Look for it", None))
        self.codeLabel.setText(QCoreApplication.translate("JoinForm", u"One-time code", None))
#if QT_CONFIG(accessibility)
        self.code.setAccessibleName(QCoreApplication.translate("JoinForm", u"One-time code", None))
#endif // QT_CONFIG(accessibility)
        self.deviceLabel.setText(QCoreApplication.translate("JoinForm", u"This device is called", None))
#if QT_CONFIG(accessibility)
        self.device.setAccessibleName(QCoreApplication.translate("JoinForm", u"Name of this device", None))
#endif // QT_CONFIG(accessibility)
        self.inspectorateLabel.setText(QCoreApplication.translate("JoinForm", u"Inspectorate", None))
#if QT_CONFIG(accessibility)
        self.inspectorate.setAccessibleName(QCoreApplication.translate("JoinForm", u"Inspectorate", None))
#endif // QT_CONFIG(accessibility)
        self.passphraseLabel.setText(QCoreApplication.translate("JoinForm", u"Passphrase", None))
#if QT_CONFIG(accessibility)
        self.passphrase.setAccessibleName(QCoreApplication.translate("JoinForm", u"Passphrase", None))
#endif // QT_CONFIG(accessibility)
        self.againLabel.setText(QCoreApplication.translate("JoinForm", u"The same again", None))
#if QT_CONFIG(accessibility)
        self.again.setAccessibleName(QCoreApplication.translate("JoinForm", u"Passphrase, the same again", None))
#endif // QT_CONFIG(accessibility)
        self.join.setText(QCoreApplication.translate("JoinForm", u"Join", None))
        self.leave.setText(QCoreApplication.translate("JoinForm", u"Leave it", None))
        pass
    # retranslateUi

