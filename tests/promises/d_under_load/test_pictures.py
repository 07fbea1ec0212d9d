"""Small pictures that are costly to decode: a sentence, within 5 s of processor and 512 MiB."""

from __future__ import annotations

import io
import struct
import subprocess
import sys
import zlib
from collections.abc import Callable

import pytest
from PIL import Image

from esafety_tui.kernel.errors import BadInput
from esafety_tui.output import child
from esafety_tui.output.form import decode
from esafety_tui.output.form.picture import DECODER, prepare_picture
from esafety_tui.output.form.png import SIGNATURE
from esafety_tui.output.form.sizes import claimed_size, count_jpeg_scans
from tests.output.form_samples import chunk, photo_with_gps

MIB = 1 << 20


def flat_png(width: int, height: int, colour: int, depth: int = 8, interlace: int = 0) -> bytes:
    """Return a PNG of one value whose file is tiny and whose picture is not."""
    samples = {0: 1, 2: 3, 4: 2, 6: 4}[colour]
    row = b"\0" + b"\x55" * (width * samples * depth // 8)
    packer = zlib.compressobj(9)
    parts = [packer.compress(row) for _ in range(height)]
    head = struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0, interlace)
    body = b"".join([*parts, packer.flush()])
    return SIGNATURE + chunk(b"IHDR", head) + chunk(b"IDAT", body) + chunk(b"IEND", b"")


def many_scans(count: int, side: int = 1000) -> bytes:
    """Return a progressive JPEG of one colour whose last scan is repeated ``count`` times."""
    made = io.BytesIO()
    Image.new("RGB", (side, side), "grey").save(made, "JPEG", progressive=True, quality=60)
    data = made.getvalue()
    last = data.rfind(b"\xff\xda")
    return data[:-2] + data[last:-2] * count + b"\xff\xd9"


def huge_webp() -> bytes:
    """Return an animated WebP whose canvas is enlarged in its header to 16,384 x 16,384."""
    made = io.BytesIO()
    frames = [Image.new("RGBA", (64, 64), shade) for shade in ("red", "green", "blue")]
    frames[0].save(made, "WEBP", save_all=True, append_images=frames[1:], lossless=True)
    data = bytearray(made.getvalue())
    assert data[12:16] == b"VP8X"
    data[24:30] = (16_383).to_bytes(3, "little") * 2
    return bytes(data)


COSTLY: dict[str, tuple[Callable[[], bytes], str]] = {
    "3,000 scans": (lambda: many_scans(3000), "too long or too much memory"),
    "49 million pixels with alpha": (lambda: flat_png(7000, 7000, 6), "too large"),
    "49 million pixels of 16 bit": (lambda: flat_png(7000, 7000, 0, 16), "too large"),
    "100,000 rows of one pixel": (lambda: flat_png(1, 100_000, 0), "too large"),
    "one row of 100,000 pixels": (lambda: flat_png(100_000, 1, 2), "too large"),
    "a WebP of 268 million pixels": (huge_webp, "too large"),
}


@pytest.mark.parametrize("name", COSTLY)
def test_a_costly_picture_gets_a_sentence_before_it_is_decoded(
    name: str, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Told by its header: no process is started for it, and nothing reaches the terminal."""
    make, words = COSTLY[name]
    data = make()
    monkeypatch.setattr(subprocess, "run", lambda *_a, **_k: pytest.fail("it was decoded"))
    with pytest.raises(BadInput, match=words) as caught:
        prepare_picture(data, "AB/1")
    assert "original stays" in caught.value.do
    assert capfd.readouterr() == ("", "")


def _decoded(data: bytes) -> tuple[int, int, int]:
    """Let the decoder have what the header would have refused.

    Returns its exit code, the largest resident bytes and the processor's seconds of any child.
    """
    program = (
        "import resource, subprocess, sys\n"
        "done = subprocess.run(sys.argv[1:], input=sys.stdin.buffer.read(), capture_output=True)\n"
        "used = resource.getrusage(resource.RUSAGE_CHILDREN)\n"
        "print(done.returncode, used.ru_maxrss * 1024, int(used.ru_utime + used.ru_stime))"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, *child.child_command(DECODER)], input=data,
        capture_output=True, check=True, env=child.child_environment(),
    )  # fmt: skip
    code, memory, seconds = map(int, done.stdout.split())
    return code, memory, seconds


@pytest.mark.posix
@pytest.mark.parametrize("name", ["49 million pixels with alpha", "a WebP of 268 million pixels"])
@pytest.mark.long("test_a_costly_picture_gets_a_sentence_before_it_is_decoded")
def test_memory_is_limited_below_the_headers_too(name: str) -> None:
    """Whatever a header hides: the decoder's process has 512 MiB and ends, nobody else does."""
    code, memory, _ = _decoded(COSTLY[name][0]())
    assert code != 0
    assert memory <= decode.MEMORY_LIMIT, f"{memory / MIB:.0f} MiB"


@pytest.mark.posix
@pytest.mark.long("test_a_costly_picture_gets_a_sentence_before_it_is_decoded")
def test_time_is_limited_below_the_headers_too() -> None:
    """Thousands of scans of a large JPEG, past the count: ended after 5 s of processor."""
    code, memory, seconds = _decoded(many_scans(3000, 4000))
    assert code != 0 and seconds <= decode.CPU_SECONDS + 1
    assert memory <= decode.MEMORY_LIMIT


def largest_photograph() -> bytes:
    """Return a 48-megapixel JPEG lying on its side, as a telephone takes it."""
    made, exif = io.BytesIO(), Image.Exif()
    exif[0x0112] = 6
    Image.new("RGB", (8064, 6048), (90, 120, 150)).save(made, "JPEG", exif=exif)
    return made.getvalue()


@pytest.mark.long("test_memory_is_limited_below_the_headers_too")
def test_the_largest_photograph_of_a_telephone_is_drawn() -> None:
    """The limits are wide enough for what people bring."""
    shown = prepare_picture(largest_photograph(), "AB/1")
    assert (shown.width, shown.height) == (6048, 8064)


@pytest.mark.parametrize("cut", [1, 2, 10])
def test_decoders_never_write_to_the_terminal(cut: int, capfd: pytest.CaptureFixture[str]) -> None:
    """Damaged at several places: a sentence or a picture, and not a letter beside it."""
    whole = bytearray(photo_with_gps())
    whole[len(whole) // 2 :: cut * 37] = bytes(len(whole[len(whole) // 2 :: cut * 37]))
    for data in (bytes(whole), bytes(whole[: -len(whole) // (cut + 1)])):
        try:
            prepare_picture(data, "AB/1")
        except BadInput as err:
            assert "original stays" in err.do
    assert capfd.readouterr() == ("", "")


def test_a_decoder_that_lies_is_not_believed(monkeypatch: pytest.MonkeyPatch) -> None:
    """Its answer is held against the same bounds: a broken decoder may write anything."""
    answers = [
        b"", b"{}", b"[1]\n", b'{"width":1,"height":1,"mode":"RGB","filter":"JBIG2Decode"}\n',
        b'{"width":90000,"height":1,"mode":"RGB","filter":"DCTDecode"}\n',
        b'{"width":1,"height":1,"mode":["L"],"filter":"DCTDecode"}\n',
    ]  # fmt: skip
    data = photo_with_gps()
    for answer in answers:
        done = subprocess.CompletedProcess([], 0, answer, b"")
        monkeypatch.setattr(subprocess, "run", lambda *_a, _d=done, **_k: _d)
        with pytest.raises(BadInput):
            prepare_picture(data, "AB/1")


def test_headers_are_read_as_pillow_reads_them() -> None:
    """Modes and sizes of what Pillow writes, still and animated, with and without alpha."""
    for mode in ("L", "RGB", "RGBA"):
        for lossless in (True, False):
            made = io.BytesIO()
            Image.new(mode, (70, 31)).save(made, "WEBP", lossless=lossless, exact=True)
            with Image.open(made) as image:
                told = claimed_size(made.getvalue())
                assert told is not None and told[1:] == image.size
                assert told[0] == image.mode or (told[0], image.mode) == ("RGBA", "RGB")
    assert claimed_size(photo_with_gps()) is None
    assert count_jpeg_scans(photo_with_gps()) == 1 and count_jpeg_scans(many_scans(5)) > 5
