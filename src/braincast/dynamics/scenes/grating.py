"""A sine grating that drifts over the eye."""

from __future__ import annotations

import math

import numpy as np

from braincast.dynamics.lattice.hexagon import n_columns
from braincast.dynamics.scenes.movie import DEGREES_PER_COLUMN, GREY, Movie, frame_times
from braincast.dynamics.scenes.optics import along, checked_angle, direction, required, wave_contrast


def grating(
    extent: int,
    wavelength_deg: float,
    frequency_hz: float,
    angle_deg: float,
    contrast: float,
    duration_s: float,
    dt_s: float,
    *,
    phase_deg: float = 0.0,
) -> Movie:
    """A grating that drifts in the direction of the angle, so many waves a second, about grey.

    Its contrast is that before the blur of the columns: of a wavelength of 5.8 degrees 3 % are left. E912, E914 (also
    for a frequency that frames so far apart cannot show).
    """
    where = "grating"
    wavelength = required(wavelength_deg, "wavelength_deg", where) / DEGREES_PER_COLUMN
    required(contrast, "contrast", where, upper=1.0)
    time_s = frame_times(duration_s, dt_s, where)
    required(frequency_hz, "frequency_hz", where, upper=0.5 / dt_s)
    checked_angle(angle_deg, where)
    waves = along(extent, angle_deg) / wavelength - frequency_hz * time_s[:, None] + phase_deg / 360
    seen = contrast * wave_contrast(2 * math.pi / wavelength) * np.sin(2 * math.pi * waves)
    flow = np.broadcast_to(wavelength * frequency_hz * direction(angle_deg), (len(time_s), n_columns(extent), 2))
    return Movie(GREY * (1 + seen), dt_s, np.array(flow))
