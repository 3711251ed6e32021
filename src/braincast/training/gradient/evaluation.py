"""How far a network is off on windows that it does not learn from."""

from __future__ import annotations

import equinox as eqx
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float

from braincast.models.blackbox.networks.answers import forecast_many
from braincast.models.blackbox.networks.network import Network
from braincast.models.learners.arithmetic import single_precision
from braincast.tasks.forecasting.examples import Batch, Examples
from braincast.training.gradient.batches import n_ahead, prefetched
from braincast.training.gradient.layout import Layout


def mean_absolute_error(network: Network, windows: Examples, layout: Layout, batch: int) -> float:
    """Over all observed values of the windows, at full precision; `batch` windows at a time."""
    size, total, count = min(batch, len(windows)), 0.0, 0

    def made(first: int) -> Batch:
        """The last part is filled up with a window whose truth is forgotten."""
        rows = np.minimum(np.arange(first, first + size), len(windows) - 1)
        part = windows.batch(rows)
        part.target[len(windows) - first :] = np.nan
        return layout.batch(part)

    firsts = range(0, len(windows), size)
    with single_precision():
        for part in prefetched(made, firsts, n_ahead(size * windows.window_bytes)):
            error, seen = _errors(network, part)
            total += float(error)
            count += int(seen)
    return total / count


@eqx.filter_jit
def _errors(network: Network, batch: Batch) -> tuple[Float[Array, ""], Array]:
    """The sum of absolute errors, and how many values were observed."""
    answer = forecast_many(network, batch.seen)
    seen = jnp.isfinite(batch.target)
    return jnp.where(seen, jnp.abs(answer - batch.target), 0.0).sum(), seen.sum()
