"""Decodes one picture in a process of its own, which the system may end.

Reads a picture from standard input and writes one line of JSON, then the bytes of a PDF image
stream. Damaged and hostile pictures make decoders slow, large or broken; here that ends this
process and nothing else. It opens no file and no network; what decoders print is thrown away.

Limits: ``SECONDS`` of processor time and ``MEMORY`` bytes of address space where the system has
such limits (setrlimit(2)), no file written. Windows has none of them: there the sides and pixels
below, and the time that the parent process waits, are the bounds.
"""

from __future__ import annotations

import json
import sys
import warnings
import zlib
from io import BytesIO

from PIL import Image, ImageOps

from esafety_tui.guard import refuse_core_files, refuse_network
from esafety_tui.output.form.sizes import PictureTooLarge, refuse_too_large

CPU_SECONDS = 5
MEMORY_LIMIT = 512 << 20
FORMATS = ("PNG", "JPEG", "WEBP", "GIF", "BMP")
JPEG_QUALITY = 90
BAND_ROWS = 256
"""Rows packed at a time."""


def flatten_image(image: Image.Image) -> Image.Image:
    """Return the first frame upright, 8 bits a sample, grey or RGB, on white."""
    upright = ImageOps.exif_transpose(image)
    if upright.mode.startswith("I") or upright.mode == "F":
        # 16-bit grey: Pillow would clip to white instead of scaling.
        upright = upright.convert("I").point(lambda value: value / 256).convert("L")
    if "A" in upright.mode or "transparency" in upright.info:
        refuse_too_large(
            "RGBA", upright.width, upright.height
        )  # a palette with a clear colour, among others
        layer = upright.convert("RGBA")
        page = Image.new("RGBA", layer.size, "white")
        return Image.alpha_composite(page, layer).convert("RGB")
    return upright if upright.mode in ("L", "RGB") else upright.convert("RGB")


def _pack_rows(flat: Image.Image) -> bytes:
    """Return the rows as a zlib stream, a band at a time: no second copy of the picture."""
    packer, parts = zlib.compressobj(6), []
    for top in range(0, flat.height, BAND_ROWS):
        rows = flat.crop((0, top, flat.width, min(top + BAND_ROWS, flat.height)))
        parts.append(packer.compress(rows.tobytes()))
    return b"".join([*parts, packer.flush()])


def decode_picture(data: bytes) -> tuple[dict[str, object], bytes]:
    """Return (width, height, mode and PDF filter by name) and the stream.

    Raises TooLarge, and whatever Pillow raises for what it cannot read.
    """
    with Image.open(BytesIO(data), formats=FORMATS) as image:
        refuse_too_large(image.mode, image.width, image.height)
        was_jpeg = image.format == "JPEG"
        flat = flatten_image(image)
    if was_jpeg:
        packed = BytesIO()
        flat.info = {}  # pixels only: Pillow would otherwise copy the profile and the comment
        flat.save(packed, "JPEG", quality=JPEG_QUALITY)
        name, body = "DCTDecode", packed.getvalue()
    else:
        name, body = "FlateDecode", _pack_rows(flat)
    return {"width": flat.width, "height": flat.height, "mode": flat.mode, "filter": name}, body


def limit_process() -> None:
    """Take the limits of this process, where the system has them."""
    refuse_network()
    refuse_core_files()
    if sys.platform == "win32":
        return
    import resource

    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_LIMIT, MEMORY_LIMIT))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))


def main() -> int:
    """Decode standard input to standard output. Exit codes: 0, 3 too large, 4 no picture."""
    limit_process()
    # Pillow warns above 89 megapixels and refuses above 179; as an error, both are one refusal.
    warnings.simplefilter("error", Image.DecompressionBombWarning)
    try:
        head, body = decode_picture(sys.stdin.buffer.read())
    except (
        PictureTooLarge,
        MemoryError,
        Image.DecompressionBombWarning,
        Image.DecompressionBombError,
    ):
        return 3
    except (OSError, ValueError, SyntaxError, TypeError, LookupError, ArithmeticError):
        return 4  # Pillow's decoders raise any of these for damaged files
    sys.stdout.buffer.write(json.dumps(head).encode() + b"\n")
    sys.stdout.buffer.write(body)
    sys.stdout.buffer.flush()
    return 0


if __name__ == "__main__":
    sys.exit(main())
