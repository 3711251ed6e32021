"""What a network says of many windows."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, cast

import equinox as eqx
import jax
import numpy as np
from jaxtyping import Array, Float

from braincast.models.blackbox.networks.network import Network
from braincast.tasks.forecasting.examples import Seen


def answers(
    network: Network,
    seen: Seen,
    say: Callable[[Network, Seen], Float[Array, "case lead neuron *member"]] | None = None,
) -> Float[np.ndarray, "case lead neuron *member"]:
    """What `say` makes of every window (`forecast_many` unless told otherwise), a few at a time."""
    parts = [np.asarray((say or forecast_many)(network, part)) for part in _parts(seen, network.n_at_once)]
    return np.concatenate(parts)[: len(seen.context)]


@eqx.filter_jit
def forecast_many(network: Network, seen: Seen) -> Float[Array, "case lead neuron"]:
    """The forecast of each window, mapped over the first axis."""
    return jax.vmap(lambda window: network(window))(seen)


@eqx.filter_jit
def members_of_many(network: Network, seen: Seen) -> Float[Array, "case lead neuron member"]:
    """The members of each window's forecast, of a network that has them."""
    return jax.vmap(lambda window: cast(Any, network.members(window)))(seen)


def _parts(seen: Seen, n_at_once: int) -> Iterator[Seen]:
    """Parts of equal length, for which one program serves; the last is filled up with the first windows again."""
    n_windows = len(seen.context)
    size = min(n_at_once, n_windows)
    for first in range(0, n_windows, size or 1):
        rows = np.arange(first, first + size) % n_windows
        yield jax.tree.map(lambda values, rows=rows: values[rows], seen)
