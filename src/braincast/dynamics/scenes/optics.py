"""What a column sees of a pattern: a Gaussian blur, in closed form for waves, straight edges and discs.

A photoreceptor of Drosophila accepts light from about as far as the next column (half-width 5.7 degrees: Stavenga 2003,
J Comp Physiol A 189:189, as used by Clark et al. 2011, Neuron 70:1165): patterns finer than the columns can sample
are nearly blurred away before they are sampled. Lengths are in column spacings.
"""

from __future__ import annotations

import math
from typing import Any, Literal

import numpy as np
from jaxtyping import Float

from braincast.dynamics.lattice.hexagon import columns, positions
from braincast.dynamics.scenes.movie import DEGREES_PER_COLUMN
from braincast.errors import BraincastError

Polarity = Literal["on", "off"]
ACCEPTANCE_DEG = 5.8
# A Gaussian of standard deviation s is 2 s √(2 ln 2) wide at half its height.
BLUR_COLUMNS = ACCEPTANCE_DEG / DEGREES_PER_COLUMN / (2 * math.sqrt(2 * math.log(2)))
# At this distance (4.7 standard deviations) an edge is not seen any more.
MARGIN_COLUMNS = 2.0


def direction(angle_deg: float) -> Float[np.ndarray, "2"]:
    """The unit vector at an angle, counter-clockwise from the right; mirrored angles give exactly mirrored vectors."""
    return np.array([_cosine(angle_deg), _cosine(angle_deg - 90.0)])


def _cosine(angle_deg: float) -> float:
    turned = abs(math.remainder(angle_deg, 360.0))
    return math.sin(math.radians(90.0 - turned)) if turned <= 90.0 else -math.sin(math.radians(turned - 90.0))


def along(extent: int, angle_deg: float) -> Float[np.ndarray, " column"]:
    """How far each column lies in that direction from the centre."""
    return positions(columns(extent)) @ direction(angle_deg)


def wave_contrast(wavenumber: np.ndarray | float) -> Any:
    """What the blur leaves of the contrast of a sine wave of so many radians per column."""
    return np.exp(-0.5 * (BLUR_COLUMNS * wavenumber) ** 2)


def beyond_edge(distance: np.ndarray) -> np.ndarray:
    """The share of a column's light from beyond a straight edge, `distance` being positive beyond it."""
    from scipy.special import ndtr

    return ndtr(distance / BLUR_COLUMNS)


def inside_disc(distance: np.ndarray, radius: np.ndarray) -> np.ndarray:
    """The share of a column's light from inside a disc whose centre is so far: a non-central χ² of two dimensions."""
    from scipy.special import chndtr

    return chndtr((radius / BLUR_COLUMNS) ** 2, 2.0, (distance / BLUR_COLUMNS) ** 2)


def brightness(polarity: str, where: str) -> float:
    """White for ON, black for OFF; E914 for another word."""
    if polarity not in ("on", "off"):
        raise BraincastError("E914", where, f"a polarity is on or off, not {polarity!r}", "Write on or off")
    return 1.0 if polarity == "on" else 0.0


def required(value: float, name: str, where: str, lower: float = 0.0, upper: float = math.inf) -> float:
    """The value, if it is a finite number above `lower` and not above `upper`; else E914."""
    if math.isfinite(value) and lower < value <= upper:
        return value
    bounds = f"above {lower:g}" if upper == math.inf else f"above {lower:g} and at most {upper:g}"
    raise BraincastError("E914", where, f"{name} is {value:g}, expected a number {bounds}", f"Change {name}")


def checked_angle(angle_deg: float, where: str) -> float:
    """The angle, if it is a finite number; else E914."""
    if math.isfinite(angle_deg):
        return angle_deg
    raise BraincastError("E914", where, f"angle_deg is {angle_deg:g}", "Give an angle in degrees")
