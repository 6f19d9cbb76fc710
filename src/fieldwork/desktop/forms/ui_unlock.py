# -*- coding: utf-8 -*-

################################################################################
## Form generated from reading UI file 'unlock.ui'
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

from fieldwork.desktop.kit.promoted import (FormButton, FormField, FormGlyph, FormLabel,
    FormNote, FormTitle)

class Ui_UnlockForm(object):
    def setupUi(self, UnlockForm):
        if not UnlockForm.objectName():
            UnlockForm.setObjectName(u"UnlockForm")
        self.column = QVBoxLayout(UnlockForm)
        self.column.setSpacing(6)
        self.column.setObjectName(u"column")
        self.column.setContentsMargins(0, 0, 0, 0)
        self.glyphRow = QHBoxLayout()
        self.glyphRow.setSpacing(6)
        self.glyphRow.setObjectName(u"glyphRow")
        self.glyphRow.setContentsMargins(0, 0, 0, 0)
        self.glyph = FormGlyph(UnlockForm)
        self.glyph.setObjectName(u"glyph")

        self.glyphRow.addWidget(self.glyph)

        self.glyphSpace = QSpacerItem(8, 8, QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Minimum)

        self.glyphRow.addItem(self.glyphSpace)


        self.column.addLayout(self.glyphRow)

        self.gap1 = QSpacerItem(8, 8, QSizePolicy.Policy.Minimum, QSizePolicy.Policy.Fixed)

        self.column.addItem(self.gap1)

        self.title = FormTitle(UnlockForm)
        self.title.setObjectName(u"title")

        self.column.addWidget(self.title)

        self.told = FormNote(UnlockForm)
        self.told.setObjectName(u"told")

        self.column.addWidget(self.told)

        self.gap2 = QSpacerItem(8, 12, QSizePolicy.Policy.Minimum, QSizePolicy.Policy.Fixed)

        self.column.addItem(self.gap2)

        self.passphraseLabel = FormLabel(UnlockForm)
        self.passphraseLabel.setObjectName(u"passphraseLabel")

        self.column.addWidget(self.passphraseLabel)

        self.passphrase = FormField(UnlockForm)
        self.passphrase.setObjectName(u"passphrase")
        self.passphrase.setEchoMode(QLineEdit.EchoMode.Password)

        self.column.addWidget(self.passphrase)

        self.hint = FormNote(UnlockForm)
        self.hint.setObjectName(u"hint")

        self.column.addWidget(self.hint)

        self.gap3 = QSpacerItem(8, 10, QSizePolicy.Policy.Minimum, QSizePolicy.Policy.Fixed)

        self.column.addItem(self.gap3)

        self.buttons = QHBoxLayout()
        self.buttons.setSpacing(8)
        self.buttons.setObjectName(u"buttons")
        self.buttons.setContentsMargins(0, 0, 0, 0)
        self.unlock = FormButton(UnlockForm)
        self.unlock.setObjectName(u"unlock")
        self.unlock.setProperty(u"key", u"Enter")
        self.unlock.setProperty(u"kind", u"primary")
        self.unlock.setProperty(u"big", True)

        self.buttons.addWidget(self.unlock)

        self.space = QSpacerItem(8, 8, QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Minimum)

        self.buttons.addItem(self.space)

        self.recovery = FormButton(UnlockForm)
        self.recovery.setObjectName(u"recovery")
        self.recovery.setProperty(u"key", u"F8")
        self.recovery.setProperty(u"kind", u"quiet")
        self.recovery.setProperty(u"iconName", u"key-round")

        self.buttons.addWidget(self.recovery)


        self.column.addLayout(self.buttons)

        self.anotherRow = QHBoxLayout()
        self.anotherRow.setSpacing(6)
        self.anotherRow.setObjectName(u"anotherRow")
        self.anotherRow.setContentsMargins(0, 0, 0, 0)
        self.another = FormButton(UnlockForm)
        self.another.setObjectName(u"another")
        self.another.setProperty(u"key", u"Ctrl O")
        self.another.setProperty(u"kind", u"quiet")

        self.anotherRow.addWidget(self.another)

        self.anotherSpace = QSpacerItem(8, 8, QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Minimum)

        self.anotherRow.addItem(self.anotherSpace)


        self.column.addLayout(self.anotherRow)

#if QT_CONFIG(shortcut)
        self.passphraseLabel.setBuddy(self.passphrase)
#endif // QT_CONFIG(shortcut)
        QWidget.setTabOrder(self.passphrase, self.unlock)
        QWidget.setTabOrder(self.unlock, self.recovery)
        QWidget.setTabOrder(self.recovery, self.another)

        self.retranslateUi(UnlockForm)

        QMetaObject.connectSlotsByName(UnlockForm)
    # setupUi

    def retranslateUi(self, UnlockForm):
        self.title.setText(QCoreApplication.translate("UnlockForm", u"Fieldwork is locked", None))
        self.passphraseLabel.setText(QCoreApplication.translate("UnlockForm", u"Passphrase", None))
#if QT_CONFIG(accessibility)
        self.passphrase.setAccessibleName(QCoreApplication.translate("UnlockForm", u"Passphrase", None))
#endif // QT_CONFIG(accessibility)
        self.hint.setText(QCoreApplication.translate("UnlockForm", u"Each attempt takes about half a second.", None))
        self.unlock.setText(QCoreApplication.translate("UnlockForm", u"Unlock", None))
        self.recovery.setText(QCoreApplication.translate("UnlockForm", u"Forgotten the passphrase?", None))
        self.another.setText(QCoreApplication.translate("UnlockForm", u"Another inspection", None))
        pass
    # retranslateUi

