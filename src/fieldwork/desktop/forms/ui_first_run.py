# -*- coding: utf-8 -*-

################################################################################
## Form generated from reading UI file 'first_run.ui'
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
from PySide6.QtWidgets import (QApplication, QHBoxLayout, QSizePolicy, QSpacerItem,
    QVBoxLayout, QWidget)

from fieldwork.desktop.kit.promoted import (FormBigChoice, FormGlyph, FormNote, FormTitle)

class Ui_FirstRunForm(object):
    def setupUi(self, FirstRunForm):
        if not FirstRunForm.objectName():
            FirstRunForm.setObjectName(u"FirstRunForm")
        self.column = QVBoxLayout(FirstRunForm)
        self.column.setSpacing(10)
        self.column.setObjectName(u"column")
        self.column.setContentsMargins(0, 0, 0, 0)
        self.glyphRow = QHBoxLayout()
        self.glyphRow.setSpacing(6)
        self.glyphRow.setObjectName(u"glyphRow")
        self.glyphRow.setContentsMargins(0, 0, 0, 0)
        self.glyph = FormGlyph(FirstRunForm)
        self.glyph.setObjectName(u"glyph")

        self.glyphRow.addWidget(self.glyph)

        self.glyphSpace = QSpacerItem(8, 8, QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Minimum)

        self.glyphRow.addItem(self.glyphSpace)


        self.column.addLayout(self.glyphRow)

        self.gap1 = QSpacerItem(8, 4, QSizePolicy.Policy.Minimum, QSizePolicy.Policy.Fixed)

        self.column.addItem(self.gap1)

        self.title = FormTitle(FirstRunForm)
        self.title.setObjectName(u"title")

        self.column.addWidget(self.title)

        self.sub = FormNote(FirstRunForm)
        self.sub.setObjectName(u"sub")

        self.column.addWidget(self.sub)

        self.gap2 = QSpacerItem(8, 14, QSizePolicy.Policy.Minimum, QSizePolicy.Policy.Fixed)

        self.column.addItem(self.gap2)

        self.pack = FormBigChoice(FirstRunForm)
        self.pack.setObjectName(u"pack")

        self.column.addWidget(self.pack)

        self.start = FormBigChoice(FirstRunForm)
        self.start.setObjectName(u"start")

        self.column.addWidget(self.start)

        self.tryIt = FormBigChoice(FirstRunForm)
        self.tryIt.setObjectName(u"tryIt")

        self.column.addWidget(self.tryIt)

        self.gap3 = QSpacerItem(8, 8, QSizePolicy.Policy.Minimum, QSizePolicy.Policy.Fixed)

        self.column.addItem(self.gap3)

        self.promise = FormNote(FirstRunForm)
        self.promise.setObjectName(u"promise")

        self.column.addWidget(self.promise)

        QWidget.setTabOrder(self.pack, self.start)
        QWidget.setTabOrder(self.start, self.tryIt)

        self.retranslateUi(FirstRunForm)

        QMetaObject.connectSlotsByName(FirstRunForm)
    # setupUi

    def retranslateUi(self, FirstRunForm):
        self.title.setText(QCoreApplication.translate("FirstRunForm", u"Fieldwork", None))
        self.sub.setText(QCoreApplication.translate("FirstRunForm", u"Interview notes, case files and findings, on this laptop and without a network.", None))
        self.promise.setText(QCoreApplication.translate("FirstRunForm", u"Nothing leaves this laptop unless you make a package.", None))
        pass
    # retranslateUi

