"""Arrays as Qt's pictures."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QImage, QPixmap


def to_pixmap(image: np.ndarray) -> QPixmap:
    """(H, W, 3) uint8 RGB as a pixmap of its own memory."""
    image = np.ascontiguousarray(image)
    height, width = image.shape[:2]
    return QPixmap.fromImage(QImage(image.tobytes(), width, height, 3 * width, QImage.Format.Format_RGB888))


def fitted(pixmap: QPixmap, size: QSize, ratio: float = 1.0) -> QPixmap:
    """The pixmap scaled into a size, its shape kept; ratio: the screen's pixels for one of Qt's."""
    smaller = pixmap.scaled(size * ratio, Qt.AspectRatioMode.KeepAspectRatio, Qt.TransformationMode.SmoothTransformation)
    smaller.setDevicePixelRatio(ratio)
    return smaller
