"""P12: the form with twenty chosen screenshots, signed twice, beside the pages alone by others."""

from __future__ import annotations

import importlib.util
import io
import random
import time
from dataclasses import replace
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

from bench.rounds import Timing, absent, paired, report, sized
from esafety_tui.output.form import picture
from esafety_tui.output.form.draw import draw_form
from esafety_tui.output.form.picture import prepare_picture
from esafety_tui.output.form.view import ExhibitImage, FormView
from tests.output.form_pki import School, sign_file
from tests.output.form_samples import START, view


def _screenshot(seed: int) -> bytes:
    """A 1080p PNG of some 400 KB: flat areas and a photograph's noise, as a web page has."""
    from PIL import Image

    dice = random.Random(seed)
    image = Image.new("RGB", (1920, 1080), (247, 248, 250))
    for _ in range(60):
        left, top = dice.randrange(1800), dice.randrange(1000)
        colour = tuple(dice.randrange(256) for _ in range(3))
        image.paste(colour, (left, top, left + dice.randrange(20, 400), top + 12))
    noise = Image.frombytes("RGB", (420, 300), dice.randbytes(420 * 300 * 3))
    image.paste(noise, (1200, 400))
    return _png(image)


def _view(pictures: list[bytes]) -> FormView:
    plain = view(len(pictures))
    images = tuple(
        ExhibitImage(exhibit.ref, partial(bytes, data))
        for exhibit, data in zip(plain.exhibits, pictures, strict=True)
    )
    return replace(plain, images=images)


def _signed(shown: FormView, folder: Path) -> Timing:
    school = School()
    first, second = (school.officer(r.name) for r in shown.reviewers if r is not None)

    def run() -> float:
        start = time.perf_counter()
        drawn, one, two = (folder / f"{n}.pdf" for n in range(3))
        with drawn.open("wb") as out:
            draw_form(shown, out)
        sign_file(drawn, one, first, START, 0)
        sign_file(one, two, second, START + timedelta(days=1), 1)
        taken = time.perf_counter() - start
        for path in (one, two):
            path.unlink()
        return taken

    return run


def _by_fpdf2(pictures: list[bytes]) -> Timing:
    from fpdf import FPDF

    def run() -> float:
        start = time.perf_counter()
        pdf: Any = FPDF()
        pdf.set_font("Helvetica", size=10)
        for number in range(5):
            pdf.add_page()
            for line in range(40):
                pdf.cell(0, 6, f"Page {number}, line {line} of an ordinary form", new_y="NEXT")
        for data in pictures:
            pdf.add_page()
            pdf.image(io.BytesIO(data), w=180)
        pdf.output()
        return time.perf_counter() - start

    return run


def p12(folder: Path) -> None:
    """Build and sign twice / the same pages by fpdf2, unsigned."""
    count = sized("BENCH_PICTURES", 20)
    pictures = [_screenshot(n) for n in range(count)]
    contestants = {"form, signed twice": _signed(_view(pictures), folder)}
    if importlib.util.find_spec("fpdf"):
        contestants["fpdf2, unsigned"] = _by_fpdf2(pictures)
    else:
        absent("fpdf2")
    report(
        f"P12 form with {count} screenshots of 1080p ({sum(map(len, pictures)) / 1e6:.1f} MB)",
        paired(contestants), "form, signed twice", {"fpdf2, unsigned": "<= 0.5"},
    )  # fmt: skip


def _photograph(seed: int) -> bytes:
    """Return a 1080p PNG of soft colours, as a photograph on a page is."""
    from PIL import Image, ImageFilter

    noise = Image.frombytes("RGB", (480, 270), random.Random(seed).randbytes(480 * 270 * 3))
    large = noise.resize((1920, 1080), Image.Resampling.BICUBIC)
    return _png(large.filter(ImageFilter.GaussianBlur(4)))


def _few_colours(seed: int) -> bytes:
    """Return a 1080p PNG with a palette of 64 colours."""
    from PIL import Image

    return _png(Image.open(io.BytesIO(_screenshot(seed))).quantize(64))


def _png(image: Any) -> bytes:
    out = io.BytesIO()
    image.save(out, "PNG")
    return out.getvalue()


def png_rows(_folder: Path) -> None:
    """Hand a PNG's own rows to the form / decode it in a process and pack its pixels again."""
    kinds = {"screenshot": _screenshot, "photograph": _photograph, "64 colours": _few_colours}
    for name, make in kinds.items():
        data = make(1)
        whole, again = prepare_picture(data, "AB/1"), picture._decode_in_child(data, "AB/1")

        def through(data: bytes = data) -> float:
            start = time.perf_counter()
            prepare_picture(data, "AB/1")
            return time.perf_counter() - start

        def decoded(data: bytes = data) -> float:
            start = time.perf_counter()
            picture._decode_in_child(data, "AB/1")
            return time.perf_counter() - start

        report(
            f"PNG rows, {name} of 1080p: {len(whole.data)} bytes in the form, decoded "
            f"{len(again.data)} ({len(again.data) / len(whole.data):.2f} x)",
            paired({"passed through": through, "decoded": decoded}), "passed through", {},
        )  # fmt: skip
