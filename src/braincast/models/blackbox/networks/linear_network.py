"""The linear map of `linear`."""

from __future__ import annotations

import equinox as eqx
import jax
import jax.numpy as jnp
from jaxtyping import Array, Float, PRNGKeyArray

from braincast.models.blackbox.networks.layers import even
from braincast.models.blackbox.networks.network import Network
from braincast.models.blackbox.networks.rescaling import level
from braincast.models.blackbox.sizes import Sizes
from braincast.tasks.forecasting.examples import Seen


class LinearNetwork(Network):
    """Weights on the context for each lead, shared by all neurons or (with a first axis more) one map for each."""

    weight: Float[Array, "*neuron lead context"]
    bias: Float[Array, "*neuron lead"]
    rescaling: str = eqx.field(static=True)

    def __call__(self, seen: Seen, *, key: PRNGKeyArray | None = None) -> Float[Array, "lead neuron"]:
        own = level(seen.context, self.rescaling)
        product = jnp.einsum(
            "nlc,cn->ln" if self.weight.ndim == 3 else "lc,cn->ln", self.weight, own.removed(seen.context)
        )
        return own.restored(product + (self.bias.T if self.bias.ndim == 2 else self.bias[:, None]))


def begun(sizes: Sizes, weights: str, rescaling: str, *, key: PRNGKeyArray) -> LinearNetwork:
    """Before the first step; `weights` is "shared" or "own"."""
    ways = (sizes.n_neurons,) if weights == "own" else ()
    weight, bias = jax.random.split(key)
    return LinearNetwork(
        even(weight, (*ways, sizes.horizon, sizes.context), sizes.context),
        even(bias, (*ways, sizes.horizon), sizes.context),
        rescaling,
    )
