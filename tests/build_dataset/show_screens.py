"""A program with a window, for tests: python show_screens.py TITLE SECONDS PICTURE..."""

import sys

from PySide6.QtCore import QTimer
from PySide6.QtGui import QPixmap
from PySide6.QtWidgets import QApplication, QLabel


def main(title: str, seconds: str, *pictures: str) -> None:
    application = QApplication([])
    window = QLabel()
    window.setWindowTitle(title)
    shown = [QPixmap(picture) for picture in pictures]
    number = 0

    def show_next() -> None:
        nonlocal number
        window.setPixmap(shown[number % len(shown)])
        number += 1

    show_next()
    timer = QTimer()
    timer.timeout.connect(show_next)
    timer.start(int(float(seconds) * 1000))
    window.move(60, 50)
    window.show()
    application.exec()


if __name__ == "__main__":
    main(*sys.argv[1:])
