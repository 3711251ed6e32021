"""How blood follows the activity of neurons."""

from __future__ import annotations

import numpy as np
from jaxtyping import Float
from scipy.special import gammaln

# The canonical response of SPM, two gamma densities (Friston et al. 1998, NeuroImage 7:30): it peaks after 5 s, falls
# short after 15 s, and is over after 32 s.
_RISE, _FALL, _SHARE_OF_FALL, _LENGTH_S = 6.0, 16.0, 1 / 6, 32.0


def blood_response(step_s: float) -> Float[np.ndarray, " lag"]:
    """The haemodynamic response to a brief activity at lags 0, `step_s`, 2 `step_s`, … up to 32 s; its sum is 1.

    >>> int(blood_response(1.0).argmax())
    5
    """
    lags = np.arange(0.0, _LENGTH_S, step_s)
    response = _gamma_density(lags, _RISE) - _SHARE_OF_FALL * _gamma_density(lags, _FALL)
    total = response.sum()
    return response / total if total > 0 else np.eye(len(lags))[0]


def _gamma_density(values: Float[np.ndarray, " lag"], shape: float) -> Float[np.ndarray, " lag"]:
    """Of shape `shape` and scale 1."""
    with np.errstate(divide="ignore"):
        return np.exp((shape - 1) * np.log(values) - values - gammaln(shape))
