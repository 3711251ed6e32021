"""A flash of the whole field: grey, then white or black everywhere."""

from __future__ import annotations

import numpy as np

from braincast.dynamics.lattice.hexagon import n_columns
from braincast.dynamics.scenes.movie import GREY, Movie, frame_times
from braincast.dynamics.scenes.optics import Polarity, brightness


def full_field_flash(
    extent: int, polarity: Polarity, dt_s: float, *, flash_s: float = 1.0, lead_in_s: float = 1.0
) -> Movie:
    """Grey for `lead_in_s`, then white (on) or black (off) for `flash_s` (Lappalainen et al. 2024); E912, E914."""
    where = "full-field flash"
    time_s = frame_times(lead_in_s + flash_s, dt_s, where)
    # Half a step: a time and a sum of steps differ in the last bit.
    light = np.where(time_s > lead_in_s - dt_s / 2, brightness(polarity, where), GREY)
    return Movie(np.repeat(light[:, None], n_columns(extent), axis=1), dt_s)
