"""Several networks of one kind that answer together."""

from __future__ import annotations

from collections.abc import Callable

import equinox as eqx
import jax
from jaxtyping import Array, Float, PRNGKeyArray

from braincast.models.blackbox.networks.network import Network
from braincast.tasks.forecasting.examples import Batch, Seen


class Ensemble(Network):
    """Networks that begin apart, each learning for itself from the same windows; their answers are averaged.

    As in Lakshminarayanan et al. 2017, NeurIPS; distributions are averaged quantile by quantile (Lichtendahl et al.
    2013, Management Science 59:1594). `each` has all networks in one, with a first axis more in every array.
    """

    each: Network
    n_networks: int = eqx.field(static=True)

    @classmethod
    def begun(cls, begin: Callable[[PRNGKeyArray], Network], n_networks: int, *, key: PRNGKeyArray) -> Ensemble:
        """Before the first step."""
        return cls(eqx.filter_vmap(begin)(jax.random.split(key, n_networks)), n_networks)

    @property
    def n_at_once(self) -> int:
        return max(1, self.each.n_at_once // self.n_networks)

    def __call__(self, seen: Seen, *, key: PRNGKeyArray | None = None) -> Float[Array, "lead neuron"]:
        return self._over(lambda network, chance: network(seen, key=chance), key).mean(axis=0)

    def members(self, seen: Seen) -> Float[Array, "lead neuron member"] | None:
        found = self._over(lambda network, chance: network.members(seen), None)
        return None if found is None else found.mean(axis=0)

    def loss(self, window: Batch, power: str, *, key: PRNGKeyArray | None = None) -> Float[Array, ""]:
        """The mean of their losses, so that each learns as if alone."""
        return self._over(lambda network, chance: network.loss(window, power, key=chance), key).mean()

    def _over(self, function: Callable, key: PRNGKeyArray | None):
        keys = None if key is None else jax.random.split(key, self.n_networks)
        return eqx.filter_vmap(function)(self.each, keys)
