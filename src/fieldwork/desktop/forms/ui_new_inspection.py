# -*- coding: utf-8 -*-

################################################################################
## Form generated from reading UI file 'new_inspection.ui'
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

class Ui_NewInspectionForm(object):
    def setupUi(self, NewInspectionForm):
        if not NewInspectionForm.objectName():
            NewInspectionForm.setObjectName(u"NewInspectionForm")
        self.column = QVBoxLayout(NewInspectionForm)
        self.column.setSpacing(6)
        self.column.setObjectName(u"column")
        self.column.setContentsMargins(0, 0, 0, 0)
        self.title = FormTitle(NewInspectionForm)
        self.title.setObjectName(u"title")

        self.column.addWidget(self.title)

        self.sub = FormNote(NewInspectionForm)
        self.sub.setObjectName(u"sub")

        self.column.addWidget(self.sub)

        self.gap1 = QSpacerItem(8, 8, QSizePolicy.Policy.Minimum, QSizePolicy.Policy.Fixed)

        self.column.addItem(self.gap1)

        self.nameColumn = QVBoxLayout()
        self.nameColumn.setSpacing(4)
        self.nameColumn.setObjectName(u"nameColumn")
        self.nameColumn.setContentsMargins(0, 0, 0, 0)
        self.nameLabel = FormLabel(NewInspectionForm)
        self.nameLabel.setObjectName(u"nameLabel")

        self.nameColumn.addWidget(self.nameLabel)

        self.name = FormField(NewInspectionForm)
        self.name.setObjectName(u"name")

        self.nameColumn.addWidget(self.name)


        self.column.addLayout(self.nameColumn)

        self.leadRow = QHBoxLayout()
        self.leadRow.setSpacing(16)
        self.leadRow.setObjectName(u"leadRow")
        self.leadRow.setContentsMargins(0, 0, 0, 0)
        self.leadColumn = QVBoxLayout()
        self.leadColumn.setSpacing(4)
        self.leadColumn.setObjectName(u"leadColumn")
        self.leadColumn.setContentsMargins(0, 0, 0, 0)
        self.leadLabel = FormLabel(NewInspectionForm)
        self.leadLabel.setObjectName(u"leadLabel")

        self.leadColumn.addWidget(self.leadLabel)

        self.lead = FormChoice(NewInspectionForm)
        self.lead.setObjectName(u"lead")

        self.leadColumn.addWidget(self.lead)


        self.leadRow.addLayout(self.leadColumn)

        self.partnerColumn = QVBoxLayout()
        self.partnerColumn.setSpacing(4)
        self.partnerColumn.setObjectName(u"partnerColumn")
        self.partnerColumn.setContentsMargins(0, 0, 0, 0)
        self.partnerLabel = FormLabel(NewInspectionForm)
        self.partnerLabel.setObjectName(u"partnerLabel")

        self.partnerColumn.addWidget(self.partnerLabel)

        self.partner = FormChoice(NewInspectionForm)
        self.partner.setObjectName(u"partner")

        self.partnerColumn.addWidget(self.partner)


        self.leadRow.addLayout(self.partnerColumn)


        self.column.addLayout(self.leadRow)

        self.deviceColumn = QVBoxLayout()
        self.deviceColumn.setSpacing(4)
        self.deviceColumn.setObjectName(u"deviceColumn")
        self.deviceColumn.setContentsMargins(0, 0, 0, 0)
        self.deviceLabel = FormLabel(NewInspectionForm)
        self.deviceLabel.setObjectName(u"deviceLabel")

        self.deviceColumn.addWidget(self.deviceLabel)

        self.device = FormField(NewInspectionForm)
        self.device.setObjectName(u"device")

        self.deviceColumn.addWidget(self.device)


        self.column.addLayout(self.deviceColumn)

        self.deviceHint = FormNote(NewInspectionForm)
        self.deviceHint.setObjectName(u"deviceHint")

        self.column.addWidget(self.deviceHint)

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
        self.passphraseLabel = FormLabel(NewInspectionForm)
        self.passphraseLabel.setObjectName(u"passphraseLabel")

        self.passphraseColumn.addWidget(self.passphraseLabel)

        self.passphrase = FormField(NewInspectionForm)
        self.passphrase.setObjectName(u"passphrase")
        self.passphrase.setEchoMode(QLineEdit.EchoMode.Password)

        self.passphraseColumn.addWidget(self.passphrase)


        self.secretRow.addLayout(self.passphraseColumn)

        self.againColumn = QVBoxLayout()
        self.againColumn.setSpacing(4)
        self.againColumn.setObjectName(u"againColumn")
        self.againColumn.setContentsMargins(0, 0, 0, 0)
        self.againLabel = FormLabel(NewInspectionForm)
        self.againLabel.setObjectName(u"againLabel")

        self.againColumn.addWidget(self.againLabel)

        self.again = FormField(NewInspectionForm)
        self.again.setObjectName(u"again")
        self.again.setEchoMode(QLineEdit.EchoMode.Password)

        self.againColumn.addWidget(self.again)


        self.secretRow.addLayout(self.againColumn)


        self.column.addLayout(self.secretRow)

        self.strength = FormNote(NewInspectionForm)
        self.strength.setObjectName(u"strength")

        self.column.addWidget(self.strength)

        self.problem = FormNote(NewInspectionForm)
        self.problem.setObjectName(u"problem")

        self.column.addWidget(self.problem)

        self.gap3 = QSpacerItem(8, 6, QSizePolicy.Policy.Minimum, QSizePolicy.Policy.Fixed)

        self.column.addItem(self.gap3)

        self.buttons = QHBoxLayout()
        self.buttons.setSpacing(8)
        self.buttons.setObjectName(u"buttons")
        self.buttons.setContentsMargins(0, 0, 0, 0)
        self.start = FormButton(NewInspectionForm)
        self.start.setObjectName(u"start")
        self.start.setProperty(u"key", u"Enter")
        self.start.setProperty(u"kind", u"primary")
        self.start.setProperty(u"big", True)

        self.buttons.addWidget(self.start)

        self.space = QSpacerItem(8, 8, QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Minimum)

        self.buttons.addItem(self.space)

        self.leave = FormButton(NewInspectionForm)
        self.leave.setObjectName(u"leave")
        self.leave.setProperty(u"key", u"Esc")
        self.leave.setProperty(u"kind", u"quiet")

        self.buttons.addWidget(self.leave)


        self.column.addLayout(self.buttons)

#if QT_CONFIG(shortcut)
        self.nameLabel.setBuddy(self.name)
        self.leadLabel.setBuddy(self.lead)
        self.partnerLabel.setBuddy(self.partner)
        self.deviceLabel.setBuddy(self.device)
        self.passphraseLabel.setBuddy(self.passphrase)
        self.againLabel.setBuddy(self.again)
#endif // QT_CONFIG(shortcut)
        QWidget.setTabOrder(self.name, self.lead)
        QWidget.setTabOrder(self.lead, self.partner)
        QWidget.setTabOrder(self.partner, self.device)
        QWidget.setTabOrder(self.device, self.passphrase)
        QWidget.setTabOrder(self.passphrase, self.again)
        QWidget.setTabOrder(self.again, self.start)
        QWidget.setTabOrder(self.start, self.leave)

        self.retranslateUi(NewInspectionForm)

        QMetaObject.connectSlotsByName(NewInspectionForm)
    # setupUi

    def retranslateUi(self, NewInspectionForm):
        self.title.setText(QCoreApplication.translate("NewInspectionForm", u"Start an inspection", None))
        self.sub.setText(QCoreApplication.translate("NewInspectionForm", u"Bodies, question set, codebook and team come next, in Set-up.", None))
        self.nameLabel.setText(QCoreApplication.translate("NewInspectionForm", u"Title", None))
#if QT_CONFIG(accessibility)
        self.name.setAccessibleName(QCoreApplication.translate("NewInspectionForm", u"Title of the inspection", None))
#endif // QT_CONFIG(accessibility)
        self.leadLabel.setText(QCoreApplication.translate("NewInspectionForm", u"Leads", None))
#if QT_CONFIG(accessibility)
        self.lead.setAccessibleName(QCoreApplication.translate("NewInspectionForm", u"Inspectorate that leads", None))
#endif // QT_CONFIG(accessibility)
        self.partnerLabel.setText(QCoreApplication.translate("NewInspectionForm", u"With", None))
#if QT_CONFIG(accessibility)
        self.partner.setAccessibleName(QCoreApplication.translate("NewInspectionForm", u"Inspectorate that takes part", None))
#endif // QT_CONFIG(accessibility)
        self.deviceLabel.setText(QCoreApplication.translate("NewInspectionForm", u"This device is called", None))
#if QT_CONFIG(accessibility)
        self.device.setAccessibleName(QCoreApplication.translate("NewInspectionForm", u"Name of this device", None))
#endif // QT_CONFIG(accessibility)
        self.deviceHint.setText(QCoreApplication.translate("NewInspectionForm", u"A name for the laptop, never of a person: HMICFRS laptop 2.", None))
        self.passphraseLabel.setText(QCoreApplication.translate("NewInspectionForm", u"Passphrase", None))
#if QT_CONFIG(accessibility)
        self.passphrase.setAccessibleName(QCoreApplication.translate("NewInspectionForm", u"Passphrase", None))
#endif // QT_CONFIG(accessibility)
        self.againLabel.setText(QCoreApplication.translate("NewInspectionForm", u"The same again", None))
#if QT_CONFIG(accessibility)
        self.again.setAccessibleName(QCoreApplication.translate("NewInspectionForm", u"Passphrase, the same again", None))
#endif // QT_CONFIG(accessibility)
        self.start.setText(QCoreApplication.translate("NewInspectionForm", u"Start", None))
        self.leave.setText(QCoreApplication.translate("NewInspectionForm", u"Leave it", None))
        pass
    # retranslateUi

