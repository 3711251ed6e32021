"""What training says about a pair the other way round."""

from __future__ import annotations

import numpy as np
from jaxtyping import Float

from braincast.tasks.training import Training


def reverse_responses(training: Training) -> Float[np.ndarray, "pre post"]:
    """At [i, j] the response of i when j was stimulated, minus the overall rate; 0 where that was not seen.

    It comes from another experiment than the response of j to i, and is there only if j's class is among the training
    stimuli.
    """
    n_neurons = len(training.cases.neurons)
    seen = np.where(training.measured, training.responds - np.nanmean(training.responds), 0.0)
    reverse = np.zeros((n_neurons, n_neurons))
    reverse[:, training.cases.drive.argmax(axis=1)] = seen.T
    return reverse
