"""How readily each neuron responds to anything: counts over training stimuli, shrunk towards the overall rate."""

from __future__ import annotations

import numpy as np
from jaxtyping import Float

from braincast.tasks.cases import Cases
from braincast.tasks.training import Training


def propensity(training: Training, pseudo_count: float) -> Float[np.ndarray, " neuron"]:
    """Share of training stimuli that each neuron responds to. The count is of stimuli, never of trials."""
    responses, measured = np.nansum(training.responds, axis=0), training.measured.sum(axis=0).astype(np.float64)
    return shrunk_rates(responses, measured, pseudo_count)


def propensity_without_own_group(training: Training, pseudo_count: float) -> Float[np.ndarray, "case neuron"]:
    """For each training case, the propensity fitted on the cases of all other groups.

    A held-out case is answered by a propensity that never saw its group; training pairs must be described the same
    way, or a regression on them would trust the propensity too much.
    """
    keep = other_classes(training.cases)
    responded, seen = np.nan_to_num(training.responds), training.measured.astype(np.float64)
    return shrunk_rates(keep @ responded, keep @ seen, pseudo_count)


def other_classes(cases: Cases) -> Float[np.ndarray, "case stimulus"]:
    """1 where a stimulus belongs to another class than the case: what a training case may be described with."""
    groups = np.array(cases.group)
    return (groups[:, None] != groups[None, :]).astype(np.float64)


def shrunk_rates(
    responses: Float[np.ndarray, "*case neuron"], measured: Float[np.ndarray, "*case neuron"], pseudo_count: float
) -> Float[np.ndarray, "*case neuron"]:
    """(responses + pseudo_count × overall rate) / (measured + pseudo_count).

    The posterior mean under a beta prior around the overall rate of the last axis.
    """
    # One response is added to the whole, so that the rate and its logarithm stay finite without any response.
    rate = (responses.sum(axis=-1, keepdims=True) + 1.0) / (measured.sum(axis=-1, keepdims=True) + 2.0)
    return (responses + pseudo_count * rate) / (measured + pseudo_count)
