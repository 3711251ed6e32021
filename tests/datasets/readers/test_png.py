"""Pictures as grey values: every kind of row and of pixel, and what is refused."""

from __future__ import annotations

import struct
import zlib

import numpy as np
import pytest
from made_pictures import SIGNATURE, chunk, header, written_png

from braincast.datasets.readers.png import grey_picture
from braincast.errors import BraincastError

PIXELS = np.random.default_rng(0).integers(0, 256, (11, 7, 3), dtype=np.uint8)


@pytest.mark.parametrize("n_samples", [1, 2, 3, 4])
@pytest.mark.parametrize("kind", [np.uint8, np.uint16])
def test_grey_and_colours_of_both_depths_are_read_whatever_the_filter_of_a_row(tmp_path, n_samples, kind):
    most = np.iinfo(kind).max
    pixels = np.random.default_rng(n_samples).integers(0, most, (11, 7, n_samples), dtype=kind, endpoint=True)
    (tmp_path / "made.png").write_bytes(written_png(pixels, filters=(0, 1, 2, 3, 4, 4, 3)))
    luma = pixels[:, :, :3] @ [0.299, 0.587, 0.114] if n_samples > 2 else pixels[:, :, 0]
    np.testing.assert_allclose(grey_picture(tmp_path / "made.png"), luma / most, atol=1e-12)


def _packed(body, width=7, height=11):
    return SIGNATURE + header(width, height) + chunk(b"IDAT", body) + chunk(b"IEND", b"")


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"GIF89a" + written_png(PIXELS),
        written_png(PIXELS)[:-20],
        written_png(PIXELS)[:60] + b"!" + written_png(PIXELS)[61:],
        SIGNATURE + chunk(b"IDAT", b"") + chunk(b"IEND", b""),
        SIGNATURE + header(9000, 9) + chunk(b"IEND", b""),
        SIGNATURE + header(9, 9, colour=3) + chunk(b"IEND", b""),
        SIGNATURE + header(9, 9, depth=4, colour=0) + chunk(b"IEND", b""),
        SIGNATURE + header(0, 9) + chunk(b"IEND", b""),
        _packed(b"no zlib"),
        _packed(zlib.compress(bytes(11 * 22 - 1))),
        _packed(zlib.compress(bytes(1 << 20))),
        _packed(zlib.compress(b"\x05" * (11 * 22))),
        SIGNATURE + struct.pack(">I4s", 1 << 31, b"IHDR"),
    ],
    ids=[
        "empty",
        "foreign",
        "short",
        "changed",
        "no header",
        "vast",
        "palette",
        "few bits",
        "no width",
        "no zlib",
        "too few pixels",
        "too many pixels",
        "unknown filter",
        "endless part",
    ],
)
def test_a_damaged_picture_is_refused(tmp_path, content):
    path = tmp_path / "frame.png"
    path.write_bytes(content)
    with pytest.raises(BraincastError) as refusal:
        grey_picture(path)
    assert refusal.value.code == "E117"


def test_a_picture_that_is_not_there_is_refused(tmp_path):
    with pytest.raises(BraincastError) as refusal:
        grey_picture(tmp_path / "nowhere.png")
    assert refusal.value.code == "E117"
