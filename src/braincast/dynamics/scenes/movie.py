"""A movie: the light at each column of an eye, frame by frame, and the motion behind it where that is known."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float

from braincast.dynamics.lattice.hexagon import n_columns
from braincast.errors import BraincastError

# The angle between neighbouring columns (Lappalainen et al. 2024, Methods; across the eye of Drosophila it varies from
# about 4.5 to 6 degrees, Stavenga 2003, J Comp Physiol A 189:189).
DEGREES_PER_COLUMN = 5.8
GREY = 0.5
# A coarser step cannot follow membranes of 50 ms or an edge of 25 columns per second (Lappalainen et al. 2024: 20 ms).
LONGEST_DT_S = 0.02


@dataclass(frozen=True, eq=False)
class Movie:
    """`light[frame, column]` from 0 to 1 at the columns of `hexagon.columns(extent)`, at the times 0, dt_s, 2 dt_s, …

    `flow[frame, column, 2]` is how fast (columns per second, x right and y up) what a column sees moves, None where no
    one motion is. A movie of somebody else's may hold anything: `checked` looks.
    """

    light: np.ndarray
    dt_s: float
    flow: np.ndarray | None = None

    @property
    def n_frames(self) -> int:
        return len(self.light)

    @property
    def extent(self) -> int:
        """How many columns the eye reaches from its central one, by their number."""
        return round((math.sqrt((4 * self.light.shape[1] - 1) / 3) - 1) / 2)

    @property
    def duration_s(self) -> float:
        return self.n_frames * self.dt_s

    @property
    def time_s(self) -> Float[np.ndarray, " frame"]:
        return np.arange(self.n_frames) * self.dt_s


def checked(movie: Movie, extent: int, where: str = "movie") -> Movie:
    """The movie, fit for an eye of that extent; E911 for a wrong shape or a value that is no light, E912 for a rate."""
    checked_step(movie.dt_s, where)
    expected = f"frames × {n_columns(extent)} columns"
    light = np.asarray(movie.light)
    if light.ndim != 2 or light.shape[1] != n_columns(extent) or len(light) == 0:
        raise _no_movie(where, f"light has the shape {light.shape}, expected {expected}")
    if not _is_number(light):
        raise _no_movie(where, "light holds a value that is no finite number")
    if light.min() < 0 or light.max() > 1:
        raise _no_movie(where, f"light runs from {light.min():g} to {light.max():g}, expected 0 (black) to 1 (white)")
    if movie.flow is not None:
        flow = np.asarray(movie.flow)
        if flow.shape != (*light.shape, 2):
            raise _no_movie(where, f"flow has the shape {flow.shape}, expected {(*light.shape, 2)}")
        if not _is_number(flow):
            raise _no_movie(where, "flow holds a value that is no finite number")
    return movie


def checked_step(dt_s: float, where: str = "movie") -> float:
    """The time from frame to frame; E912 for one that is not above 0 or is too long to see motion by."""
    if math.isfinite(dt_s) and 0 < dt_s <= LONGEST_DT_S:
        return dt_s
    what = f"frames are {dt_s:g} s apart, expected more than 0 and at most {LONGEST_DT_S:g} s"
    raise BraincastError("E912", where, what, "Resample the movie to steps of 5 to 20 ms")


def frame_times(duration_s: float, dt_s: float, where: str = "movie") -> Float[np.ndarray, " frame"]:
    """The times of the frames of a movie so long, in seconds from its start; E912, E914."""
    checked_step(dt_s, where)
    if not math.isfinite(duration_s) or round(duration_s / dt_s) < 1:
        what = f"it would last {duration_s:g} s, less than a frame of {dt_s:g} s or no time at all"
        raise BraincastError("E914", where, what, "Ask for a finite duration of a frame or more")
    return np.arange(round(duration_s / dt_s)) * dt_s


def _is_number(values: np.ndarray) -> bool:
    return values.dtype.kind in "iuf" and bool(np.isfinite(values).all())


def _no_movie(where: str, what: str) -> BraincastError:
    fix = "Columns go in the order of `braincast.dynamics.lattice.hexagon.columns(extent)`, light from 0 to 1"
    return BraincastError("E911", where, what, fix)
