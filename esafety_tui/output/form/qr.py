"""QR codes drawn as filled squares, so that they stay sharp on any printer. No image, no file."""

from __future__ import annotations

import segno
from reportlab.platypus import Flowable


class QrBox(Flowable):
    """A QR code (error correction M) of ``text``, ``side`` points wide with its quiet zone."""

    def __init__(self, text: str, side: float) -> None:
        super().__init__()
        code = segno.make(text, error="m", micro=False, boost_error=False)
        self.rows = [bytes(row) for row in code.matrix_iter(scale=1, border=4)]
        self.width = self.height = side

    def wrap(self, _width: float, _height: float) -> tuple[float, float]:
        """Return the size in points."""
        return self.width, self.height

    def draw(self) -> None:
        """Fill each run of dark modules of a row as one rectangle."""
        module = self.width / len(self.rows)
        path = self.canv.beginPath()
        for number, row in enumerate(self.rows):
            y = self.height - (number + 1) * module
            start = row.find(1)
            while start >= 0:
                end = row.find(0, start)
                end = len(row) if end < 0 else end
                path.rect(start * module, y, (end - start) * module, module)
                start = row.find(1, end)
        self.canv.setFillColor("#000000")
        self.canv.drawPath(path, stroke=0, fill=1)
