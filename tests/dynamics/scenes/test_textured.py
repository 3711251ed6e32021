"""Scenes of textures: their spectrum, and that light moves as the flow says."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.integrate import solve_ivp

from braincast.dynamics.lattice.hexagon import columns, positions
from braincast.dynamics.scenes.motion import Motion
from braincast.dynamics.scenes.movie import checked
from braincast.dynamics.scenes.texture import textures
from braincast.dynamics.scenes.textured import SceneDistribution, textured_scene, textured_scenes
from braincast.errors import BraincastError

EXTENT = 4
PLACES = columns(EXTENT)
CARRIED = SceneDistribution(hold_s=1e9, expansion_per_s=0.0, rotation_deg_per_s=0.0, foreground_share=0.0)


def test_scenes_are_light_with_known_flow_and_the_seed_is_all_that_decides():
    scenes = textured_scenes(EXTENT, 8, seed=3, duration_s=0.4, dt_s=0.02)
    again = textured_scenes(EXTENT, 8, seed=3, duration_s=0.4, dt_s=0.02)
    other = textured_scenes(EXTENT, 8, seed=4, duration_s=0.4, dt_s=0.02)
    assert len(scenes) == 8
    for movie in range(8):
        checked(scenes[movie], EXTENT)
    np.testing.assert_array_equal(scenes.light, again.light)
    np.testing.assert_array_equal(scenes.flow, again.flow)
    assert np.abs(scenes.light - other.light).max() > 0.5


def test_a_scene_is_the_same_at_any_rate_of_frames():
    slow = textured_scene(EXTENT, seed=7, duration_s=0.5, dt_s=0.02)
    fast = textured_scene(EXTENT, seed=7, duration_s=0.5, dt_s=0.005)
    np.testing.assert_allclose(slow.light, fast.light[::4], atol=1e-5)
    np.testing.assert_allclose(slow.flow, fast.flow[::4], atol=1e-5)


@pytest.mark.parametrize(("angle_deg", "step"), [(90.0, (-1, 0)), (210.0, (1, -1)), (-30.0, (0, 1))])
def test_a_texture_that_moved_by_a_spacing_is_seen_by_the_next_column(angle_deg, step):
    scene = textured_scene(
        EXTENT, seed=1, duration_s=0.4, dt_s=0.02, distribution=CARRIED, speed_columns_per_s=10.0, angle_deg=angle_deg
    )
    index = {tuple(place): column for column, place in enumerate(PLACES)}
    pairs = [(column, index.get((u + step[0], v + step[1]))) for column, (u, v) in enumerate(PLACES)]
    here, there = np.array([pair for pair in pairs if pair[1] is not None]).T
    frames = 5
    np.testing.assert_allclose(scene.light[frames:, there], scene.light[:-frames, here], atol=2e-5)
    radians = np.radians(angle_deg)
    assert np.abs(scene.flow - [10 * np.cos(radians), 10 * np.sin(radians)]).max() < 1e-5


def test_a_point_that_rides_on_the_flow_stays_the_same_point_of_the_surface():
    motion = Motion(
        np.array([[0.0, 0.3, 0.5]]), np.array([[2 + 1j, -4j, 3.0]]), np.array([[0.5 + 1j, -0.3 - 0.2j, 0j]])
    )

    def flow(time_s, place):
        return motion.flow(np.array([time_s]), np.array([complex(*place)])).view(float).ravel()

    ridden, time_s = [np.array([0.4, -1.1])], [0.0]
    for end_s in (0.3, 0.5, 0.8):
        until = np.nextafter(end_s, 0)
        course = solve_ivp(flow, (time_s[-1], until), ridden[-1], rtol=1e-10, atol=1e-12)
        ridden.append(course.y[:, -1])
        time_s.append(end_s)
    magnification, shift = motion.surface(np.array(time_s))
    surface = magnification[0] * [complex(*place) for place in ridden] + shift[0]
    np.testing.assert_allclose(surface, surface[0], atol=1e-8)


def test_textures_have_the_spectrum_of_natural_images():
    spacing, n = 0.4, 64
    drawn = textures(60, np.random.default_rng(0))
    grid = spacing * np.stack(np.mgrid[:n, :n], axis=2)
    images = np.stack([drawn.seen(k, grid, np.zeros(n)) for k in range(60)])
    assert images.var() == pytest.approx(1.0, abs=0.15)
    power = (np.abs(np.fft.fft2(images * np.outer(np.hanning(n), np.hanning(n)))) ** 2).mean(axis=0)
    frequency = np.hypot(*np.meshgrid(*2 * (np.fft.fftfreq(n, spacing),)))
    band = (frequency > 1 / 8) & (frequency < 1 / 1.5)
    slope = np.polyfit(np.log(frequency[band]), np.log(power[band]), 1)[0]
    assert slope == pytest.approx(-2.0, abs=0.15)


def test_a_disc_in_front_carries_its_own_flow():
    covered = SceneDistribution(
        hold_s=1e9,
        expansion_per_s=0.0,
        rotation_deg_per_s=0.0,
        foreground_share=1.0,
        foreground_radius_columns=(2.0, 2.0),
    )
    scenes = textured_scenes(EXTENT, 6, seed=2, duration_s=0.4, dt_s=0.02, distribution=covered)
    flows = [np.unique(flow.reshape(-1, 2), axis=0) for flow in scenes.flow]
    assert [len(flow) for flow in flows] == [2] * 6
    is_front = (scenes.flow == np.stack([flow[0] for flow in flows])[:, None, None]).all(axis=3)
    smaller = np.minimum(is_front.sum(axis=2), (~is_front).sum(axis=2))
    assert smaller.max() <= 19
    xy = positions(PLACES)
    apart = np.linalg.norm(xy[:, None] - xy, axis=2)
    for scene, frame in np.argwhere(smaller == smaller.max(axis=1, keepdims=True)):
        inside = is_front[scene, frame]
        inside = inside if inside.sum() <= 19 else ~inside
        assert apart[np.ix_(inside, inside)].max() <= 4.0 + 1e-9


@pytest.mark.parametrize(
    "distribution",
    [
        SceneDistribution(speed_columns_per_s=(0.0, 1.0)),
        SceneDistribution(contrast=(2.0, 1.0)),
        SceneDistribution(brightness=float("nan")),
        SceneDistribution(foreground_share=1.5),
    ],
)
def test_scenes_from_an_impossible_distribution_are_refused(distribution):
    with pytest.raises(BraincastError) as refusal:
        textured_scenes(EXTENT, 2, seed=0, duration_s=0.2, dt_s=0.02, distribution=distribution)
    assert refusal.value.code == "E914"
