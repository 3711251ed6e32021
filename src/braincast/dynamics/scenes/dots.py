"""Random dots: some move together, the others each its own way."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from jaxtyping import Complex, Float

from braincast.dynamics.lattice.hexagon import columns, positions
from braincast.dynamics.scenes.motion import as_xy
from braincast.dynamics.scenes.movie import GREY, Movie, frame_times
from braincast.dynamics.scenes.optics import (
    BLUR_COLUMNS,
    MARGIN_COLUMNS,
    Polarity,
    brightness,
    checked_angle,
    direction,
    required,
)


@dataclass(frozen=True)
class Dots:
    """How many dots there are for each square of a column spacing, how wide at half their height, how long they live.

    A dot that dies appears anew at another place, to move with the others or not as chance has it.
    """

    density: float = 0.1
    width_columns: float = 1.0
    lifetime_s: float = 0.5


def random_dots(
    extent: int,
    angle_deg: float,
    speed_columns_per_s: float,
    coherence: float,
    polarity: Polarity,
    duration_s: float,
    dt_s: float,
    *,
    seed: int,
    dots: Dots = Dots(),
) -> Movie:
    """White (on) or black (off) dots over grey: a share `coherence` moves at the angle, the others at random ones.

    All move equally fast (random-direction noise; Britten et al. 1992, J Neurosci 12:4745). E912, E914.
    """
    where = "random dots"
    speed = required(speed_columns_per_s, "speed_columns_per_s", where)
    required(coherence, "coherence", where, lower=-1e-12, upper=1.0)
    for name, value in vars(dots).items():
        required(value, name, where)
    checked_angle(angle_deg, where)
    time_s = frame_times(duration_s, dt_s, where)
    side = 2 * (extent + MARGIN_COLUMNS)
    heading = complex(*direction(angle_deg))
    paths = _paths(time_s, side, speed, heading, coherence, dots, np.random.default_rng(seed))
    covered = _covered(paths, extent, side, dots.width_columns)
    return Movie(GREY + (brightness(polarity, where) - GREY) * covered, dt_s)


def _paths(
    time_s: Float[np.ndarray, " frame"],
    side: float,
    speed: float,
    heading: complex,
    coherence: float,
    dots: Dots,
    generator: np.random.Generator,
) -> Complex[np.ndarray, "dot frame"]:
    """Where each dot is: in each of its lives it begins at a random place of the square and keeps its direction."""
    n_dots = max(1, round(dots.density * side**2))
    n_lives = 2 + int(time_s[-1] / dots.lifetime_s)
    age = time_s + dots.lifetime_s * generator.uniform(size=(n_dots, 1))
    life = np.floor(age / dots.lifetime_s).astype(int)
    born = side * (generator.uniform(size=(n_dots, n_lives)) + 1j * generator.uniform(size=(n_dots, n_lives)))
    own = np.exp(2j * math.pi * generator.uniform(size=(n_dots, n_lives)))
    way = np.where(generator.uniform(size=(n_dots, n_lives)) < coherence, heading, own)
    born, way = (np.take_along_axis(values, life, axis=1) for values in (born, way))
    return born + way * speed * (age - life * dots.lifetime_s)


def _covered(
    paths: Complex[np.ndarray, "dot frame"], extent: int, side: float, width_columns: float
) -> Float[np.ndarray, "frame column"]:
    """How much of a column's light is that of dots: Gaussian spots, the wider and flatter for the blur."""
    own = (width_columns / (2 * math.sqrt(2 * math.log(2)))) ** 2
    variance = own + BLUR_COLUMNS**2
    xy = positions(columns(extent))
    covered = np.zeros((paths.shape[1], len(xy)))
    for path in paths:
        # The square goes on periodically: each column looks at the nearest copy of a dot.
        away = (as_xy(path)[:, None] - xy + side / 2) % side - side / 2
        covered += own / variance * np.exp(-0.5 * (away**2).sum(axis=2) / variance)
    return np.minimum(covered, 1.0)
