"""What a network says of many windows."""

from __future__ import annotations

from typing import Any

import equinox as eqx
import jax
import numpy as np
from jaxtyping import Array, Float

from braincast.models.blackbox.networks.network import Network

_AT_ONCE = 64  # windows; what is compiled for so many serves all


def answers(
    network: Network,
    contexts: Float[np.ndarray, "case context neuron"],
    stimulus: Float[np.ndarray, "case frame feature"] | None,
) -> Float[np.ndarray, "case lead neuron"]:
    """The forecast of every window, a few at a time."""
    parts = [np.asarray(forecast_many(network, *part)) for part in _parts(contexts, stimulus)]
    return np.concatenate(parts)[: len(contexts)]


@eqx.filter_jit
def forecast_many(network: Network, contexts: Any, stimulus: Any) -> Float[Array, "case lead neuron"]:
    """The forecast of each window, mapped over the first axis."""
    return jax.vmap(lambda context, shown: network(context, shown))(contexts, stimulus)


def _parts(contexts: np.ndarray, stimulus: np.ndarray | None) -> Any:
    """Parts of equal length; the last is filled up with the first windows again."""
    n_windows = len(contexts)
    size = min(_AT_ONCE, n_windows)
    for first in range(0, n_windows, size or 1):
        rows = np.arange(first, first + size) % n_windows
        yield contexts[rows], None if stimulus is None else stimulus[rows]
