"""Exhibit images on a page: passed through or re-encoded, always without metadata.

Rule: nothing of the file but its pixels reaches the PDF, and no file makes the program unpack more
than 50 million pixels. The original stays in the vault, byte for byte; what is printed is a copy.
"""

from __future__ import annotations

import warnings
import zlib
from dataclasses import dataclass, field
from hashlib import sha256
from io import BytesIO
from typing import Any

from PIL import Image, ImageOps
from reportlab.pdfbase import pdfdoc
from reportlab.platypus import Flowable

from esafety_tui.kernel.errors import BadInput
from esafety_tui.output.form import png

MOST_PIXELS = 50_000_000
FORMATS = ("PNG", "JPEG", "WEBP", "GIF", "BMP")
JPEG_QUALITY = 90

# Pillow warns above 89 megapixels and refuses above 179; as an error, both are the same refusal.
warnings.filterwarnings("error", category=Image.DecompressionBombWarning)


@dataclass(frozen=True, slots=True)
class Picture:
    """An image as a PDF holds it: an image dictionary's entries and the stream they describe."""

    width: int
    height: int
    entries: dict[str, object] = field(repr=False)
    data: bytes = field(repr=False)


def _too_large(ref: str) -> BadInput:
    return BadInput(
        f"The image of exhibit {ref} has more than 50 million pixels, so it cannot be printed.",
        "Leave it out of the form. The original stays in the evidence.",
    )


def _passed_through(stream: png.PixelStream) -> Picture:
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


def _flat(image: Image.Image) -> Image.Image:
    """Return the first frame upright, 8 bits a sample, grey or RGB, on white."""
    upright = ImageOps.exif_transpose(image)
    if upright.mode.startswith("I") or upright.mode == "F":
        # 16-bit grey: Pillow would clip to white instead of scaling.
        upright = upright.convert("I").point(lambda value: value / 256).convert("L")
    if "A" in upright.mode or "transparency" in upright.info:
        layer = upright.convert("RGBA")
        page = Image.new("RGBA", layer.size, "white")
        return Image.alpha_composite(page, layer).convert("RGB")
    return upright if upright.mode in ("L", "RGB") else upright.convert("RGB")


def _encoded_again(data: bytes, ref: str) -> Picture:
    try:
        with Image.open(BytesIO(data), formats=FORMATS) as image:
            if image.width * image.height > MOST_PIXELS:
                raise _too_large(ref)
            was_jpeg = image.format == "JPEG"
            flat = _flat(image)
    except (Image.DecompressionBombWarning, Image.DecompressionBombError) as err:
        raise _too_large(ref) from err
    except (OSError, ValueError, SyntaxError, MemoryError) as err:
        raise BadInput(
            f"The image of exhibit {ref} cannot be read as a picture.",
            "Leave it out of the form. The original stays in the evidence.",
        ) from err
    space = pdfdoc.PDFName("DeviceGray" if flat.mode == "L" else "DeviceRGB")
    if was_jpeg:
        packed = BytesIO()
        # A new image holds pixels only: Pillow would otherwise copy the profile and comment.
        bare = Image.frombytes(flat.mode, flat.size, flat.tobytes())
        bare.save(packed, "JPEG", quality=JPEG_QUALITY)
        name, body = "DCTDecode", packed.getvalue()
    else:
        name, body = "FlateDecode", zlib.compress(flat.tobytes(), 6)
    entries: dict[str, object] = {"ColorSpace": space, "Filter": pdfdoc.PDFName(name)}
    return Picture(flat.width, flat.height, entries, body)


def picture(data: bytes, ref: str) -> Picture:
    """Return ``data`` as a picture without metadata.

    Raises:
        BadInput: no PNG, JPEG, WebP, GIF or BMP, damaged, or above 50 million pixels.
    """
    claimed = png.size_of(data)
    if claimed and claimed[0] * claimed[1] > MOST_PIXELS:
        raise _too_large(ref)
    stream = png.pixel_stream(data)
    return _passed_through(stream) if stream else _encoded_again(data, ref)


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
