"""From single trials to the mean response of a pair, without values that no brain could have produced."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from jaxtyping import Bool, Float

if TYPE_CHECKING:
    from braincast.brain.responses import Responses


def is_measurement(values: Float[np.ndarray, " trial"], limit: float) -> Bool[np.ndarray, " trial"]:
    """Finite and not an artefact: at most `limit` in magnitude."""
    return np.abs(values) <= limit


def mean_response_of(responses: Responses, limit: float) -> Float[np.ndarray, "stimulated responding"]:
    """Mean over the trials of each pair that are measurements; NaN where there are none."""
    shape = responses.mean.shape
    pair = np.repeat(np.arange(responses.mean.size), np.diff(responses.trial_offsets))
    good = is_measurement(responses.trial_values, limit)
    total = np.bincount(pair[good], responses.trial_values[good], responses.mean.size)
    count = np.bincount(pair[good], minlength=responses.mean.size)
    return np.divide(total, count, out=np.full(total.shape, np.nan), where=count > 0).reshape(shape)
