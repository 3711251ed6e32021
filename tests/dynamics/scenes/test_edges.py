"""Flashes, edges and bars: where they are, how sharp they are seen, and their symmetries."""

from __future__ import annotations

import numpy as np
import pytest
from eye_symmetries import mirrored_left_right, mirrored_up_down, order_of, rotated
from scipy.signal import fftconvolve

from braincast.dynamics.lattice.hexagon import columns, positions
from braincast.dynamics.scenes.edges import moving_bar, moving_edge
from braincast.dynamics.scenes.flash import full_field_flash
from braincast.dynamics.scenes.movie import checked
from braincast.dynamics.scenes.optics import BLUR_COLUMNS
from braincast.errors import BraincastError

EXTENT = 3
PLACES = columns(EXTENT)


def _reordered(movie, moved):
    """The movie on the eye whose columns were moved."""
    light = np.empty_like(movie.light)
    light[:, order_of(PLACES, moved)] = movie.light
    return light


def test_a_flash_is_grey_and_then_white_or_black_everywhere():
    for polarity, light in (("on", 1.0), ("off", 0.0)):
        movie = checked(full_field_flash(EXTENT, polarity, 0.005, flash_s=0.5, lead_in_s=1.0), EXTENT)
        assert movie.n_frames == 300
        assert (movie.light[:200] == 0.5).all()
        assert (movie.light[200:] == light).all()


@pytest.mark.parametrize("speed", [2.4, 9.7, 25.0])
def test_an_edge_passes_the_central_column_midway_and_each_column_when_it_gets_there(speed):
    dt_s, angle_deg = 0.005, 70.0
    movie = checked(moving_edge(EXTENT, angle_deg, speed, "on", dt_s, lead_in_s=0.2), EXTENT)
    half_way = 0.75
    seen = np.array([np.interp(half_way, light, movie.time_s) for light in movie.light.T])
    distance = positions(PLACES) @ [np.cos(np.radians(angle_deg)), np.sin(np.radians(angle_deg))]
    expected = 0.2 + (EXTENT + 2 + distance) / speed
    np.testing.assert_allclose(seen, expected, atol=dt_s / 4)


def test_an_edge_begins_and_ends_unseen():
    for polarity, light in (("on", 1.0), ("off", 0.0)):
        movie = moving_edge(EXTENT, 30.0, 9.7, polarity, 0.005, lead_in_s=0.1)
        assert np.abs(movie.light[:21] - 0.5).max() < 1e-5
        # The last frame is less than a frame before the end of the way.
        assert np.abs(movie.light[-1] - light).max() < 1e-5


def test_a_column_sees_an_edge_as_sharp_as_a_gaussian_convolved_with_a_step():
    movie = moving_edge(0, 0.0, 1.0, "on", 0.002)
    place = movie.time_s - 2.0
    gauss = np.exp(-0.5 * (place / BLUR_COLUMNS) ** 2)
    step = np.where(place > 0, 1.0, np.where(place < 0, 0.5, 0.75))
    blurred = fftconvolve(np.pad(step, len(step), mode="edge"), gauss / gauss.sum(), mode="same")
    np.testing.assert_allclose(movie.light[:, 0], blurred[len(step) : 2 * len(step)], atol=1e-3)


def test_a_bar_is_the_difference_of_two_edges():
    front = moving_edge(EXTENT, 120.0, 5.0, "off", 0.01)
    bar = checked(moving_bar(EXTENT, 120.0, 5.0, 1.5, "off", 0.01), EXTENT)
    late = round(1.5 / 5.0 / 0.01)
    expected = 0.5 + (front.light - 0.5)
    expected[late:] -= front.light[:-late] - 0.5
    np.testing.assert_allclose(bar.light[: front.n_frames], expected, atol=1e-5)
    assert np.abs(bar.light[-1] - 0.5).max() < 1e-5


@pytest.mark.parametrize("angle_deg", [0.0, 17.5, 30.0, 90.0, 240.0])
@pytest.mark.parametrize("polarity", ["on", "off"])
def test_a_mirrored_edge_is_exactly_the_edge_at_the_mirrored_angle(angle_deg, polarity):
    edge = moving_edge(EXTENT, angle_deg, 13.0, polarity, 0.01)
    left_right = moving_edge(EXTENT, 180 - angle_deg, 13.0, polarity, 0.01)
    up_down = moving_edge(EXTENT, -angle_deg, 13.0, polarity, 0.01)
    np.testing.assert_array_equal(left_right.light, _reordered(edge, mirrored_left_right(PLACES)))
    np.testing.assert_array_equal(up_down.light, _reordered(edge, mirrored_up_down(PLACES)))


def test_an_edge_rotated_by_sixty_degrees_is_the_edge_at_sixty_degrees_more():
    edge = moving_edge(EXTENT, 25.0, 13.0, "on", 0.01)
    turned = moving_edge(EXTENT, 85.0, 13.0, "on", 0.01)
    np.testing.assert_allclose(turned.light, _reordered(edge, rotated(PLACES, 1)), atol=1e-12)


@pytest.mark.parametrize(
    ("asked", "code"),
    [
        (lambda: moving_edge(2, 0.0, 0.0, "on", 0.01), "E914"),
        (lambda: moving_edge(2, np.nan, 1.0, "on", 0.01), "E914"),
        (lambda: moving_bar(2, 0.0, 1.0, 0.0, "on", 0.01), "E914"),
        (lambda: full_field_flash(2, "on", 0.01, flash_s=np.inf), "E914"),
        (lambda: full_field_flash(2, "on", 0.03), "E912"),
    ],
)
def test_a_stimulus_that_cannot_be_made_is_refused(asked, code):
    with pytest.raises(BraincastError) as refusal:
        asked()
    assert refusal.value.code == code
