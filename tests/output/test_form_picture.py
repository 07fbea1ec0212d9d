"""Exhibit images: passed through or re-encoded, without metadata, within bounds."""

from __future__ import annotations

import io
import struct
import subprocess
import zlib
from dataclasses import replace
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image

from esafety_tui.kernel.errors import BadInput
from esafety_tui.output.form.draw import draw_form
from esafety_tui.output.form.picture import prepare_picture
from esafety_tui.output.form.png import SIGNATURE, read_pixel_stream, read_png_size
from esafety_tui.output.form.view import ExhibitImage
from tests.output.form_samples import chunk, photo_with_gps, png, view
from tests.programs import need_program


def saved(image: Image.Image, kind: str = "PNG", **more: object) -> bytes:
    out = io.BytesIO()
    image.save(out, kind, **more)
    return out.getvalue()


def seen(data: bytes, folder: Path) -> Image.Image:
    """Draw a form with this image, take the image out again with poppler."""
    need_program("pdfimages")
    out = BytesIO()
    draw_form(replace(view(1), images=(ExhibitImage("AB/1", lambda: data),)), out)
    (folder / "f.pdf").write_bytes(out.getvalue())
    subprocess.run(["pdfimages", "-png", str(folder / "f.pdf"), str(folder / "i")], check=True)
    found = sorted(folder.glob("i-*.png"))
    assert len(found) == 1
    return Image.open(found[0]).convert("RGB")


def bars(mode: str) -> Image.Image:
    return Image.open(BytesIO(png(64, 40))).convert(mode)


@pytest.mark.tool("pdfimages")
@pytest.mark.parametrize("mode", ["RGB", "L", "P"])
def test_plain_pngs_pass_through_pixel_for_pixel(mode: str, tmp_path: Path) -> None:
    image = bars(mode)
    data = saved(image)
    assert read_pixel_stream(data) is not None
    assert seen(data, tmp_path).tobytes() == image.convert("RGB").tobytes()


def interlaced() -> bytes:
    """A 1x1 interlaced PNG (Adam7 with one pass in use)."""
    head = struct.pack(">IIBBBBB", 1, 1, 8, 2, 0, 0, 1)
    body = zlib.compress(b"\x00\x10\x20\x30")
    return SIGNATURE + chunk(b"IHDR", head) + chunk(b"IDAT", body) + chunk(b"IEND", b"")


def clear_palette() -> bytes:
    return saved(bars("P"), transparency=0)


OTHERS = {
    "alpha": lambda: saved(bars("RGBA")),
    "grey with alpha": lambda: saved(bars("LA")),
    "palette with a clear colour": clear_palette,
    "16 bit": lambda: saved(Image.new("I;16", (32, 20), 40000)),
    "one bit": lambda: saved(bars("1")),
    "interlaced": interlaced,
    "gif": lambda: saved(bars("P"), "GIF"),
    "bmp": lambda: saved(bars("RGB"), "BMP"),
    "webp": lambda: saved(bars("RGB"), "WEBP", lossless=True),
}


@pytest.mark.tool("pdfimages")
@pytest.mark.parametrize("kind", OTHERS)
def test_everything_else_is_encoded_again(kind: str, tmp_path: Path) -> None:
    data = OTHERS[kind]()  # type: ignore[no-untyped-call]
    assert read_pixel_stream(data) is None
    image = seen(data, tmp_path)
    assert image.size == Image.open(BytesIO(data)).size
    if kind == "16 bit":
        assert image.getpixel((3, 3)) == (156, 156, 156)
    elif "alpha" not in kind and "clear" not in kind:
        assert image.tobytes() == Image.open(BytesIO(data)).convert("RGB").tobytes()


@pytest.mark.tool("pdfimages")
def test_a_clear_background_becomes_white(tmp_path: Path) -> None:
    glass = saved(Image.new("RGBA", (30, 30), (10, 20, 30, 0)))
    assert seen(glass, tmp_path).getpixel((5, 5)) == (255, 255, 255)


@pytest.mark.tool("pdfimages")
def test_a_photo_leaves_its_place_and_its_maker_behind(tmp_path: Path) -> None:
    photo = photo_with_gps()
    assert b"Exif" in photo
    assert b"SENTINEL" in photo
    out = BytesIO()
    draw_form(replace(view(1), images=(ExhibitImage("AB/1", lambda: photo, "image/jpeg"),)), out)
    for word in (b"Exif", b"SENTINEL", b"JFIF-COMMENT"):
        assert word not in out.getvalue()
    need_program("pdfimages")
    (tmp_path / "f.pdf").write_bytes(out.getvalue())
    run = ["pdfimages", "-j", str(tmp_path / "f.pdf"), str(tmp_path / "i")]
    subprocess.run(run, check=True)
    (taken,) = tmp_path.glob("i-*.jpg")
    with Image.open(taken) as image:
        assert dict(image.getexif()) == {}
        assert image.size == (240, 160)


def test_a_photo_lying_on_its_side_is_turned_upright() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    lying = saved(Image.new("RGB", (90, 30)), "JPEG", exif=exif)
    assert (prepare_picture(lying, "AB/1").width, prepare_picture(lying, "AB/1").height) == (30, 90)


def test_text_chunks_stay_behind() -> None:
    plain = png(64, 40)
    noted = plain[:33] + chunk(b"tEXt", b"Comment\0SENTINEL-TEXT") + plain[33:]
    passed = read_pixel_stream(noted)
    assert passed == read_pixel_stream(plain)
    assert passed is not None and b"SENTINEL" not in passed.data


def rebuilt(rows: bytes, width: int, height: int, tail: bytes = b"") -> bytes:
    head = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    body = zlib.compress(rows) + tail
    return SIGNATURE + chunk(b"IHDR", head) + chunk(b"IDAT", body) + chunk(b"IEND", b"")


def test_only_an_exact_stream_passes_through() -> None:
    rows = (b"\0" + bytes(8)) * 4
    assert read_pixel_stream(rebuilt(rows, 8, 4)) is not None
    assert read_pixel_stream(rebuilt(rows, 8, 4, b"hidden")) is None
    assert read_pixel_stream(rebuilt(rows[:-1], 8, 4)) is None
    assert read_pixel_stream(rebuilt(rows + b"\0", 8, 4)) is None
    assert read_pixel_stream(rebuilt(b"\x05" + rows[1:], 8, 4)) is None
    assert read_pixel_stream(rebuilt(rows, 8, 4)[:-6]) is None
    flipped = bytearray(rebuilt(rows, 8, 4))
    flipped[45] ^= 1
    assert read_pixel_stream(bytes(flipped)) is None
    assert read_png_size(b"GIF89a") is None


def test_bombs_are_refused_before_they_are_unpacked() -> None:
    wide = rebuilt(b"\0" * 400, 20_000, 20_000)
    grown = saved(Image.new("1", (9_000, 9_000)), "BMP")
    large = saved(Image.new("1", (14_000, 14_000)), "GIF")
    for bomb in (wide, grown, large):
        with pytest.raises(BadInput, match="too large"):
            prepare_picture(bomb, "AB/1")


@pytest.mark.parametrize("data", [b"", b"hello", SIGNATURE, photo_with_gps()[:200], b"%PDF-1.4"])
def test_what_is_no_picture_gets_a_sentence(data: bytes) -> None:
    with pytest.raises(BadInput, match="cannot be read as a picture"):
        prepare_picture(data, "AB/1")


def test_equal_pictures_are_stored_once() -> None:
    one, two = BytesIO(), BytesIO()
    data = png(600, 400)
    base = view(2)
    draw_form(replace(base, images=(ExhibitImage("AB/1", lambda: data),)), one)
    draw_form(
        replace(base, images=tuple(ExhibitImage(f"AB/{n}", lambda: data) for n in (1, 2))), two
    )
    assert two.getvalue().count(b"/Subtype /Image") == 1
    assert len(two.getvalue()) - len(one.getvalue()) < 2_000
