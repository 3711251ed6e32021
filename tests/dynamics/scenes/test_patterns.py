"""Gratings, looming discs and random dots, against closed forms and sums over fine grids."""

from __future__ import annotations

import numpy as np
import pytest

from braincast.dynamics.lattice.hexagon import columns, positions
from braincast.dynamics.scenes.dots import Dots, random_dots
from braincast.dynamics.scenes.grating import grating
from braincast.dynamics.scenes.looming import looming
from braincast.dynamics.scenes.movie import DEGREES_PER_COLUMN, checked
from braincast.dynamics.scenes.optics import BLUR_COLUMNS, inside_disc
from braincast.errors import BraincastError

EXTENT = 3
XY = positions(columns(EXTENT))


@pytest.mark.parametrize(("wavelength_deg", "left"), [(60.0, 0.967), (30.0, 0.875), (12.0, 0.435), (6.0, 0.036)])
def test_a_grating_fades_by_the_acceptance_of_the_columns_the_more_the_finer_it_is(wavelength_deg, left):
    movie = checked(grating(0, wavelength_deg, 2.0, 0.0, 1.0, 0.5, 0.001), 0)
    fine = np.linspace(-4, 4, 4001)
    acceptance = np.exp(-0.5 * (fine / BLUR_COLUMNS) ** 2)
    wave = np.cos(2 * np.pi * fine * DEGREES_PER_COLUMN / wavelength_deg)
    expected = (acceptance * wave).sum() / acceptance.sum()
    assert 2 * movie.light.max() - 1 == pytest.approx(expected, abs=1e-5)
    assert expected == pytest.approx(left, abs=0.005)


def test_a_grating_moves_as_its_flow_says():
    dt_s, wavelength_deg, frequency_hz = 0.01, 30.0, 4.0
    movie = checked(grating(EXTENT, wavelength_deg, frequency_hz, 65.0, 0.5, 0.5, dt_s), EXTENT)
    speed = wavelength_deg / DEGREES_PER_COLUMN * frequency_hz
    np.testing.assert_allclose(np.linalg.norm(movie.flow, axis=2), speed)
    # A place that moves with the flow sees the same phase: what it would see on a shifted eye is known exactly.
    contrast = (movie.light - 0.5).max() / np.abs(np.sin(np.linspace(0, 6, 999))).max()
    phase = 2 * np.pi * (XY @ movie.flow[0, 0] / speed / wavelength_deg * DEGREES_PER_COLUMN)
    expected = np.sin(phase[None, :] - 2 * np.pi * frequency_hz * movie.time_s[:, None])
    np.testing.assert_allclose(movie.light - 0.5, contrast * expected, atol=2e-3)


def test_a_disc_is_blurred_as_a_sum_over_a_fine_grid():
    step = 0.01
    grid = np.arange(-4, 4, step) + step / 2
    x, y = np.meshgrid(grid, grid)
    distances, radii = np.array([0.0, 1.0, 2.2]), np.array([0.5, 1.5, 2.0])
    expected = []
    for distance, radius in zip(distances, radii, strict=True):
        acceptance = np.exp(-0.5 * ((x - distance) ** 2 + y**2) / BLUR_COLUMNS**2)
        expected.append(acceptance[np.hypot(x, y) < radius].sum() / acceptance.sum())
    np.testing.assert_allclose(inside_disc(distances, radii), expected, atol=1e-3)


def test_a_looming_disc_grows_as_a_body_that_approaches_at_constant_speed():
    dt_s, ratio_s = 0.005, 0.04
    movie = checked(looming(EXTENT, ratio_s, "off", dt_s, start_deg=1.0, end_deg=45.0, hold_s=0.1), EXTENT)
    assert movie.light[-1].max() < 1e-3
    # A column goes dark half-way when the rim passes over it.
    radius_deg = np.linalg.norm(XY, axis=1) * DEGREES_PER_COLUMN
    seen = np.array([np.interp(-0.25, -light, movie.time_s) for light in movie.light.T])
    far = radius_deg > 10
    expected = ratio_s / np.tan(np.radians(1.0)) - ratio_s / np.tan(np.radians(radius_deg[far]))
    # The rim of a small disc is curved: it covers a little less than half of what a column sees there.
    np.testing.assert_allclose(seen[far], expected, atol=0.015)


def test_dots_move_together_as_far_as_they_are_coherent():
    def best_shift(coherence):
        movie = checked(
            random_dots(6, 90.0, 10.0, coherence, "on", 1.0, 0.02, seed=1, dots=Dots(density=0.2, lifetime_s=1e6)), 6
        )
        index = {tuple(place): column for column, place in enumerate(columns(6))}
        pairs = [(column, index.get((u - 1, v))) for column, (u, v) in enumerate(columns(6))]
        here, above = np.array([pair for pair in pairs if pair[1] is not None]).T
        up = np.corrcoef(movie.light[5:, above].ravel(), movie.light[:-5, here].ravel())[0, 1]
        down = np.corrcoef(movie.light[5:, here].ravel(), movie.light[:-5, above].ravel())[0, 1]
        return up, down

    up, down = best_shift(1.0)
    assert up > 0.99
    assert down < 0.3
    # Without coherence there is no more of the one than of the other, but for the chance of few dots.
    up, down = best_shift(0.0)
    assert abs(up - down) < 0.2


def test_dots_are_drawn_by_their_seed_and_die_after_their_lifetime():
    first, again = (random_dots(2, 0.0, 1e-6, 1.0, "off", 1.0, 0.01, seed=4) for _ in range(2))
    other = random_dots(2, 0.0, 1e-6, 1.0, "off", 1.0, 0.01, seed=5)
    np.testing.assert_array_equal(first.light, again.light)
    assert np.abs(first.light - other.light).max() > 0.05
    # Dots that stand still change only by dying: after half a second all have.
    assert np.corrcoef(first.light[0], first.light[55])[0, 1] < 0.9


@pytest.mark.parametrize(
    "asked",
    [
        lambda: grating(2, 0.0, 1.0, 0.0, 1.0, 1.0, 0.01),
        lambda: grating(2, 30.0, 60.0, 0.0, 1.0, 1.0, 0.01),
        lambda: grating(2, 30.0, 1.0, 0.0, 1.1, 1.0, 0.01),
        lambda: grating(2, 30.0, 1.0, np.inf, 1.0, 1.0, 0.01),
        lambda: looming(2, 0.04, "off", 0.01, start_deg=50.0, end_deg=20.0),
        lambda: random_dots(2, 0.0, 1.0, 1.2, "on", 1.0, 0.01, seed=0),
        lambda: random_dots(2, 0.0, 1.0, 0.5, "on", 1.0, 0.01, seed=0, dots=Dots(lifetime_s=0.0)),
    ],
)
def test_a_pattern_that_cannot_be_made_is_refused(asked):
    with pytest.raises(BraincastError) as refusal:
        asked()
    assert refusal.value.code == "E914"
