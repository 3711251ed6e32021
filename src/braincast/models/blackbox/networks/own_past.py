"""What follows from each neuron's own past, beside what a network makes of all neurons together."""

from __future__ import annotations

import equinox as eqx
import jax.numpy as jnp
from jaxtyping import Array, Float

from braincast.models.blackbox.sizes import Sizes


class OwnPast(eqx.Module):
    """A linear map from a neuron's context to its leads, the highway of LSTNet (Lai et al. 2018, SIGIR).

    It begins at 0 everywhere; the same for all neurons, or (with a first axis more) one for each.
    """

    weight: Float[Array, "*neuron lead context"]

    @classmethod
    def begun(cls, sizes: Sizes, kind: str) -> OwnPast | None:
        """`kind` is "none", "shared" or "own"."""
        if kind == "none":
            return None
        ways = (sizes.n_neurons,) if kind == "own" else ()
        return cls(jnp.zeros((*ways, sizes.horizon, sizes.context), jnp.float32))

    def __call__(self, context: Float[Array, "context neuron"]) -> Float[Array, "lead neuron"]:
        return jnp.einsum("nlc,cn->ln" if self.weight.ndim == 3 else "lc,cn->ln", self.weight, context)
