"""Scenes of Sintel's layout, written here: what an eye sees of them, and what is refused."""

from __future__ import annotations

import struct

import numpy as np
import pytest
from made_pictures import written_png

from braincast.datasets.fly.sintel import FRAMES_PER_S, EyeOnFilm, flow_field, scenes, sintel_movie
from braincast.dynamics.lattice.hexagon import columns, positions
from braincast.dynamics.scenes.movie import checked
from braincast.dynamics.scenes.optics import wave_contrast
from braincast.errors import BraincastError

HEIGHT, WIDTH = 96, 120
EYE = EyeOnFilm(extent=2, pixels_per_column=12.0)
WAVE_PX, SHIFT_PX = 48.0, (1.5, -0.5)


def _flo(flow):
    height, width, _ = flow.shape
    return struct.pack("<fii", 202021.25, width, height) + flow.astype("<f4").tobytes()


def _wave(frame):
    """Grey waves of 48 pixels that move by SHIFT_PX (right, down) from frame to frame."""
    y, x = np.mgrid[:HEIGHT, :WIDTH]
    wave = np.sin(2 * np.pi * ((x - SHIFT_PX[0] * frame) + (y - SHIFT_PX[1] * frame)) / WAVE_PX)
    return np.repeat(np.round(127.5 + 100 * wave).astype(np.uint8)[:, :, None], 3, axis=2)


@pytest.fixture
def film(tmp_path):
    for kind in ("clean", "flow"):
        (tmp_path / "training" / kind / "alley_1").mkdir(parents=True)
    for frame in range(4):
        (tmp_path / "training" / "clean" / "alley_1" / f"frame_{frame + 1:04d}.png").write_bytes(
            written_png(_wave(frame))
        )
    for frame in range(3):
        flow = np.broadcast_to(np.array(SHIFT_PX), (HEIGHT, WIDTH, 2))
        (tmp_path / "training" / "flow" / "alley_1" / f"frame_{frame + 1:04d}.flo").write_bytes(_flo(flow))
    return tmp_path


def test_a_scene_is_seen_blurred_by_the_eye_and_its_flow_in_columns_per_second(film):
    assert scenes(film) == ["alley_1"]
    dt_s = 1 / FRAMES_PER_S / 3
    movie = checked(sintel_movie(film, "alley_1", EYE, dt_s), EYE.extent)
    assert movie.n_frames == 9
    right, down = np.array(SHIFT_PX) * FRAMES_PER_S / EYE.pixels_per_column
    assert np.abs(movie.flow - [right, -down]).max() < 1e-5
    x, y = (positions(columns(EYE.extent)) * EYE.pixels_per_column).T
    place = ((WIDTH - 1) / 2 + x) + ((HEIGHT - 1) / 2 - y)
    contrast = wave_contrast(2 * np.pi * np.sqrt(2) / WAVE_PX * EYE.pixels_per_column)
    for frame in (0, 1, 2):
        expected = 0.5 + contrast * 100 / 255 * np.sin(2 * np.pi * (place - sum(SHIFT_PX) * frame) / WAVE_PX)
        # A byte of grey is 1/255, and rounded.
        np.testing.assert_allclose(movie.light[3 * frame], expected, atol=3e-3)
    np.testing.assert_allclose(movie.light[1], (2 * movie.light[0] + movie.light[3]) / 3, atol=1e-12)


def test_an_eye_that_leaves_the_picture_is_refused(film):
    for eye in (EyeOnFilm(4, 12.0), EyeOnFilm(2, 12.0, (40.0, 0.0)), EyeOnFilm(2, float("nan"))):
        with pytest.raises(BraincastError) as refusal:
            sintel_movie(film, "alley_1", eye, 0.01)
        assert refusal.value.code == "E914"


def test_what_is_missing_from_a_film_is_named(film, tmp_path):
    with pytest.raises(BraincastError, match="no scene") as refusal:
        scenes(tmp_path / "elsewhere")
    assert refusal.value.code == "E406"
    with pytest.raises(BraincastError) as refusal:
        sintel_movie(film, "alley_2", EYE, 0.01)
    assert refusal.value.code == "E406"
    (film / "training" / "clean" / "alley_1" / "frame_0004.png").unlink()
    with pytest.raises(BraincastError, match="one picture more"):
        sintel_movie(film, "alley_1", EYE, 0.01)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"PIEH" + struct.pack("<ii", 2, 2) + bytes(31),
        b"PIEH" + struct.pack("<ii", -2, -2) + bytes(32),
        struct.pack("<f", 1.0) + struct.pack("<ii", 2, 2) + bytes(32),
        _flo(np.full((2, 2, 2), np.nan)),
    ],
)
def test_a_damaged_flow_is_refused(tmp_path, content):
    path = tmp_path / "frame.flo"
    path.write_bytes(content)
    with pytest.raises(BraincastError) as refusal:
        flow_field(path)
    assert refusal.value.code == "E117"


def test_a_flow_is_read_as_it_was_written(tmp_path):
    flow = np.random.default_rng(0).normal(size=(3, 5, 2)).astype(np.float32)
    path = tmp_path / "frame.flo"
    path.write_bytes(_flo(flow))
    np.testing.assert_array_equal(flow_field(path), flow)
