"""Exhibit images on a page: passed through or re-encoded, always without metadata.

Rule: nothing of the file but its pixels reaches the PDF, and no file costs this process more than
its own size: what must be decoded is decoded by a process of its own, within limits. The original
stays in the vault, byte for byte; what is printed is a copy.
"""

from __future__ import annotations

import json
import subprocess
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any

from reportlab.pdfbase import pdfdoc
from reportlab.platypus import Flowable

from esafety_tui.kernel.errors import BadInput
from esafety_tui.output import child
from esafety_tui.output.form import png
from esafety_tui.output.form.sizes import (
    MOST_SCANS,
    PictureTooLarge,
    claimed_size,
    count_jpeg_scans,
    refuse_too_large,
)

DECODER = "esafety_tui.output.form.decode"
TOO_LARGE, NO_PICTURE = 3, 4
"""Exit codes of the decoder."""
DECODER_SECONDS = 20.0
"""Seconds to wait for the decoder. It may use 5 of a processor; a busy computer takes longer."""


@dataclass(frozen=True, slots=True)
class Picture:
    """An image as a PDF holds it: an image dictionary's entries and the stream they describe."""

    width: int
    height: int
    entries: dict[str, object] = field(repr=False)
    data: bytes = field(repr=False)


def _too_large_error(ref: str) -> BadInput:
    return BadInput(
        f"The image of exhibit {ref} is too large to be printed: at most 50 million pixels, 16 "
        "million where it is partly transparent, and 65,000 a side.",
        "Leave it out of the form. The original stays in the evidence.",
    )


def _too_costly_error(ref: str) -> BadInput:
    return BadInput(
        f"The image of exhibit {ref} takes too long or too much memory to unpack, so it cannot be "
        "printed. It may have been made to do so.",
        "Leave it out of the form. The original stays in the evidence.",
    )


def _wrap_png_stream(stream: png.PixelStream) -> Picture:
    space: object = pdfdoc.PDFName("DeviceRGB" if stream.channels == 3 else "DeviceGray")
    if stream.palette:
        top = len(stream.palette) // 3 - 1
        space = pdfdoc.PDFArray(
            [
                pdfdoc.PDFName("Indexed"),
                pdfdoc.PDFName("DeviceRGB"),
                top,
                pdfdoc.PDFString(stream.palette, enc="raw"),
            ]
        )
    entries = {
        "ColorSpace": space,
        "Filter": pdfdoc.PDFName("FlateDecode"),
        "DecodeParms": pdfdoc.PDFDictionary(
            {
                "Predictor": 15,
                "Colors": stream.channels,
                "BitsPerComponent": 8,
                "Columns": stream.width,
            }
        ),
    }
    return Picture(stream.width, stream.height, entries, stream.data)


def _decode_in_child(data: bytes, ref: str) -> Picture:
    """Let a process of its own decode the picture; see :mod:`esafety_tui.output.form.decode`."""
    try:
        done = subprocess.run(  # noqa: S603 - our own interpreter and module
            child.child_command(DECODER), input=data, capture_output=True, check=False,
            timeout=DECODER_SECONDS, env=child.child_environment(),
        )  # fmt: skip
    except subprocess.TimeoutExpired as err:
        raise _too_costly_error(ref) from err
    except OSError as err:
        raise BadInput(
            f"The image of exhibit {ref} could not be drawn: no process could be started for it.",
            "Close other programs and try again, or leave it out of the form.",
        ) from err
    if done.returncode == TOO_LARGE:
        raise _too_large_error(ref)
    if done.returncode == NO_PICTURE:
        raise BadInput(
            f"The image of exhibit {ref} cannot be read as a picture.",
            "Leave it out of the form. The original stays in the evidence.",
        )
    if done.returncode:  # ended by the system, for its time or its memory, or broken
        raise _too_costly_error(ref)
    return _read_decoded(done.stdout, ref)


def _read_decoded(said: bytes, ref: str) -> Picture:
    """Return what the other process wrote, believed only within the same bounds."""
    head, _, body = said.partition(b"\n")
    try:
        told = json.loads(head)
        width, height = int(told["width"]), int(told["height"])
        refuse_too_large(told["mode"], width, height)
        spaces = {"L": "DeviceGray", "RGB": "DeviceRGB"}
        names = {"DCTDecode": "DCTDecode", "FlateDecode": "FlateDecode"}
        entries: dict[str, object] = {
            "ColorSpace": pdfdoc.PDFName(spaces[told["mode"]]),
            "Filter": pdfdoc.PDFName(names[told["filter"]]),
        }
    except (ValueError, TypeError, LookupError, PictureTooLarge) as err:
        raise _too_costly_error(ref) from err
    return Picture(width, height, entries, body)


def prepare_picture(data: bytes, ref: str) -> Picture:
    """Return ``data`` as a picture without metadata.

    Raises:
        BadInput: no PNG, JPEG, WebP, GIF or BMP, damaged, too large, or too costly to decode.
    """
    try:
        shown = claimed_size(data)
        if shown is not None:
            refuse_too_large(*shown)
    except PictureTooLarge as err:
        raise _too_large_error(ref) from err
    if count_jpeg_scans(data) > MOST_SCANS:
        raise _too_costly_error(ref)
    stream = png.read_pixel_stream(data)
    return _wrap_png_stream(stream) if stream else _decode_in_child(data, ref)


class PictureBox(Flowable):
    """Draws a :class:`Picture` as large as fits ``width`` and ``height`` points, never enlarged
    beyond 96 pixels an inch."""

    def __init__(self, shown: Picture, width: float, height: float) -> None:
        super().__init__()
        scale = min(width / shown.width, height / shown.height, 0.75)
        self.shown = shown
        self.width, self.height = shown.width * scale, shown.height * scale

    def wrap(self, _width: float, _height: float) -> tuple[float, float]:
        """Return the size in points."""
        return self.width, self.height

    def draw(self) -> None:
        """Place the image object on the page; equal images are stored once."""
        canvas: Any = self.canv  # document and raw operators are not in ReportLab's stubs
        document = canvas._doc
        name = "picture-" + sha256(self.shown.data).hexdigest()[:32]
        inner = document.getXObjectName(name)
        if inner not in document.idToObject:
            entries = {
                "Type": pdfdoc.PDFName("XObject"),
                "Subtype": pdfdoc.PDFName("Image"),
                "Width": self.shown.width,
                "Height": self.shown.height,
                "BitsPerComponent": 8,
                **self.shown.entries,
            }
            stream = pdfdoc.PDFStream(pdfdoc.PDFDictionary(entries), self.shown.data, [])
            document.addForm(name, stream)
        canvas.saveState()
        canvas.scale(self.width, self.height)
        canvas._code.append(f"/{inner} Do")
        canvas._formsinuse.append(name)
        canvas.restoreState()
        canvas.setStrokeColor("#8c959f")
        canvas.setLineWidth(0.5)
        canvas.rect(0, 0, self.width, self.height, stroke=1, fill=0)
