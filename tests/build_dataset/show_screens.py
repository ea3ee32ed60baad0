"""A program with a window, for tests: python show_screens.py TITLE SECONDS PICTURE... Tells clicks on stderr."""

import sys

from PySide6.QtCore import QTimer
from PySide6.QtGui import QMouseEvent, QPixmap
from PySide6.QtWidgets import QApplication, QLabel


class Screen(QLabel):
    def mousePressEvent(self, event: QMouseEvent) -> None:
        place = event.position()
        print(f"clicked {place.x():.0f} {place.y():.0f}", file=sys.stderr, flush=True)


def main(title: str, seconds: str, *pictures: str) -> None:
    application = QApplication([])
    window = Screen()
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
