"""From fitted response kernels to courses: what a responder does after a standard input, scaled to its own peak."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from jaxtyping import Float

from braincast.tasks.card import TaskCard

if TYPE_CHECKING:
    from braincast.brain.responses import Responses


def pulse_response(
    terms: Float[np.ndarray, "term 4"], time_s: Float[np.ndarray, " time"], pulse_s: float
) -> Float[np.ndarray, "term time"]:
    """Each term (rate per s, factor, power of t, branch) of a kernel, convolved with a pulse of 1 that lasts `pulse_s`.

    That is the integral of the term over the last `pulse_s` seconds, in closed form, so that a kernel faster than any
    grid of times (many are nearly a delta) still has its whole area. 0 before the pulse.
    """
    # Imported here, for a task is listed and shown without it.
    from scipy.special import gamma, gammainc

    rate_per_s, factor, power = (column[:, None] for column in terms.T[:3])

    def integral(until_s: np.ndarray) -> np.ndarray:
        return gammainc(power + 1, rate_per_s * np.maximum(until_s, 0.0)[None, :])

    scale = factor * gamma(power + 1) / rate_per_s ** (power + 1)
    return scale * (integral(time_s) - integral(time_s - pulse_s))


def courses_of(responses: Responses, card: TaskCard) -> Float[np.ndarray, "stimulated lead responding"]:
    """The course of every pair at the card's leads, divided by its largest magnitude there; NaN where there is none.

    There is none where the pair was not measured, where no trial had a response that a kernel could be fitted to (its
    kernel is zero), and where the peak is beyond the card's `artefact_limit` times the input.
    """
    n = responses.n_neurons
    pair = np.repeat(np.arange(n * n), np.diff(responses.kernel_offsets))
    terms = pulse_response(responses.kernel_terms, np.array(card.lead_s), card.pulse_s)
    courses = np.array([np.bincount(pair, of_lead, n * n) for of_lead in terms.T]).reshape(-1, n, n).transpose(1, 0, 2)
    peak = np.abs(courses).max(axis=1)
    usable = responses.measured & (peak > 0) & (peak <= card.artefact_limit)
    return np.where(usable[:, None, :], courses / np.where(usable, peak, 1.0)[:, None, :], np.nan)
