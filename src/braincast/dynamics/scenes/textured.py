"""Scenes of moving textures whose optic flow is known: what a network can be trained on without a download."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np
from jaxtyping import Complex, Float

from braincast.dynamics.lattice.hexagon import columns, positions
from braincast.dynamics.scenes.motion import Motion, as_xy
from braincast.dynamics.scenes.movie import Movie, frame_times
from braincast.dynamics.scenes.optics import beyond_edge
from braincast.dynamics.scenes.texture import Textures, textures
from braincast.errors import BraincastError


@dataclass(frozen=True)
class SceneDistribution:
    """What scenes are drawn from; two numbers are bounds, between which a value is uniform or, where said, log-uniform.

    The speed is that of the background at the centre of the eye (log-uniform), held for `hold_s` on average before
    another velocity comes. Expansion (per second) and rotation (degrees per second, counter-clockwise) about the centre
    are uniform within plus and minus that much. In some scenes a disc of another texture passes in front, its speed
    from the same distribution. `contrast` (log-uniform) and `brightness` (normal, its standard deviation) are those of
    the logarithm of the odds light / (1 - light).
    """

    speed_columns_per_s: tuple[float, float] = (0.5, 20.0)
    angle_deg: tuple[float, float] = (0.0, 360.0)
    hold_s: float = 0.5
    expansion_per_s: float = 0.5
    rotation_deg_per_s: float = 60.0
    contrast: tuple[float, float] = (1.0, 4.0)
    brightness: float = 0.5
    foreground_share: float = 0.5
    foreground_radius_columns: tuple[float, float] = (2.0, 5.0)


@dataclass(frozen=True, eq=False)
class Scenes:
    """Movies of one length, one beside the other; flow in columns per second, x right and y up."""

    light: Float[np.ndarray, "movie frame column"]
    flow: Float[np.ndarray, "movie frame column 2"]
    dt_s: float

    def __len__(self) -> int:
        return len(self.light)

    def __getitem__(self, movie: int) -> Movie:
        return Movie(self.light[movie], self.dt_s, self.flow[movie])


def textured_scene(
    extent: int,
    *,
    seed: int,
    duration_s: float,
    dt_s: float,
    distribution: SceneDistribution = SceneDistribution(),
    speed_columns_per_s: float | None = None,
    angle_deg: float | None = None,
) -> Movie:
    """One scene: the same at any rate of frames. A speed or an angle that is given is that of the background."""
    if speed_columns_per_s is not None:
        distribution = replace(distribution, speed_columns_per_s=(speed_columns_per_s, speed_columns_per_s))
    if angle_deg is not None:
        distribution = replace(distribution, angle_deg=(angle_deg, angle_deg))
    scenes = textured_scenes(extent, 1, seed=seed, duration_s=duration_s, dt_s=dt_s, distribution=distribution)
    return scenes[0]


def textured_scenes(
    extent: int,
    n: int,
    *,
    seed: int,
    duration_s: float,
    dt_s: float,
    distribution: SceneDistribution = SceneDistribution(),
) -> Scenes:
    """`n` scenes in single precision; E912 for a rate, E914 for a distribution that nothing can be drawn from."""
    from scipy.special import expit

    _check(distribution)
    time_s = frame_times(duration_s, dt_s, "textured scene")
    generator = np.random.default_rng(seed)
    place = positions(columns(extent)) @ np.array([1, 1j])
    ground = _motions(n, duration_s, distribution, generator)
    background = textures(n, generator)
    front = _fronts(n, extent, duration_s, distribution, generator)
    contrast, brightness = _lights(n, distribution, generator)
    log_odds = _seen(background, ground, time_s, place)
    flow = ground.flow(time_s, place)
    front.cover(log_odds, flow, time_s, place)
    log_odds *= contrast[:, None, None].astype(np.float32)
    log_odds += brightness[:, None, None].astype(np.float32)
    return Scenes(expit(log_odds), as_xy(flow).astype(np.float32), dt_s)


@dataclass(frozen=True, eq=False)
class _Fronts:
    """A disc of texture in each scene that has one: it moves as a whole and is over its place at a certain time."""

    scene: np.ndarray
    texture: Textures
    motion: Motion
    over_s: Float[np.ndarray, " front"]
    over: Complex[np.ndarray, " front"]
    radius: Float[np.ndarray, " front"]

    def cover(self, log_odds: np.ndarray, flow: np.ndarray, time_s: np.ndarray, place: np.ndarray) -> None:
        """Lay the discs over what the columns see, and over the flow of those columns whose centre they hide."""
        if len(self.scene) == 0:
            return
        seen = _seen(self.texture, self.motion, time_s, place)
        _, shift = self.motion.surface(time_s)
        _, shift_over = self.motion.surface(self.over_s[:, None])
        centre = self.over[:, None] - shift + shift_over
        inside = self.radius[:, None, None] - np.abs(place - centre[:, :, None])
        share = beyond_edge(inside.astype(np.float32))
        log_odds[self.scene] += share * (seen - log_odds[self.scene])
        flow[self.scene] = np.where(inside > 0, self.motion.flow(time_s, place), flow[self.scene])


def _seen(texture: Textures, motion: Motion, time_s: np.ndarray, place: np.ndarray) -> np.ndarray:
    magnification, shift = motion.surface(time_s)
    where = as_xy(magnification[:, :, None] * place + shift[:, :, None])
    scale = np.abs(magnification)
    seen = [texture.seen(k, where[k], scale[k]) for k in range(len(where))]
    return np.stack(seen) if seen else np.zeros(where.shape[:3], np.float32)


def _motions(
    n: int,
    duration_s: float,
    distribution: SceneDistribution,
    generator: np.random.Generator,
    *,
    is_rigid: bool = False,
) -> Motion:
    """Velocities that change at random times: as often as is expected, so that scenes can be drawn side by side."""
    n_changes = round(duration_s / distribution.hold_s)
    changes_s = np.sort(generator.uniform(0, duration_s, (n, n_changes)), axis=1)
    start_s, n_segments = np.concatenate([np.zeros((n, 1)), changes_s], axis=1), n_changes + 1
    speed = _log_uniform(distribution.speed_columns_per_s, (n, n_segments), generator)
    angle = np.radians(generator.uniform(*distribution.angle_deg, (n, n_segments)))
    expansion, rotation = generator.uniform(-1, 1, (2, n, n_segments))
    turning = math.radians(distribution.rotation_deg_per_s)
    swirl = distribution.expansion_per_s * expansion + 1j * turning * rotation
    return Motion(start_s, speed * np.exp(1j * angle), swirl * (0 if is_rigid else 1))


def _fronts(
    n: int, extent: int, duration_s: float, distribution: SceneDistribution, generator: np.random.Generator
) -> _Fronts:
    scene = np.flatnonzero(generator.uniform(size=n) < distribution.foreground_share)
    motion = _motions(len(scene), duration_s, distribution, generator, is_rigid=True)
    # Uniform over the disc of the eye.
    distance = extent * np.sqrt(generator.uniform(size=len(scene)))
    over = distance * np.exp(2j * math.pi * generator.uniform(size=len(scene)))
    over_s = generator.uniform(0, duration_s, len(scene))
    radius = generator.uniform(*distribution.foreground_radius_columns, len(scene))
    return _Fronts(scene, textures(len(scene), generator), motion, over_s, over, radius)


def _lights(n: int, distribution: SceneDistribution, generator: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    return _log_uniform(distribution.contrast, (n,), generator), distribution.brightness * generator.normal(size=n)


def _log_uniform(bounds: tuple[float, float], shape: tuple[int, ...], generator: np.random.Generator) -> np.ndarray:
    low, high = np.log(bounds)
    return np.exp(generator.uniform(low, high, shape))


def _check(distribution: SceneDistribution) -> None:
    """E914 unless every bound is a finite number, in order, and those that are drawn by their logarithm above 0."""
    for name, value in vars(distribution).items():
        bounds = value if isinstance(value, tuple) else (0.0, value)
        is_ordered = all(map(math.isfinite, bounds)) and bounds[0] <= bounds[-1]
        needs_more = name in ("speed_columns_per_s", "contrast", "hold_s", "foreground_radius_columns")
        lowest = value[0] if isinstance(value, tuple) else value
        if not is_ordered or (needs_more and lowest <= 0):
            what = f"{name} is {value!r}, expected {'numbers above 0' if needs_more else 'finite numbers'} in order"
            raise BraincastError("E914", "textured scene", what, f"Change {name}")
    if distribution.foreground_share > 1:
        raise BraincastError("E914", "textured scene", "foreground_share is above 1", "Give a share from 0 to 1")
