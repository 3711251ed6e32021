"""Distributions around any network's forecast: how far it may be off, by lead, neuron and what the context does."""

from __future__ import annotations

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from jax.scipy.stats import norm
from jaxtyping import Array, Float, PRNGKeyArray
from scipy.special import ndtri

from braincast.models.blackbox.networks.network import Network, errors, mean_of
from braincast.models.blackbox.sizes import Sizes
from braincast.models.forecasters.spread import LEVELS
from braincast.tasks.forecasting.examples import Batch, Seen

_FIRST_DEVIATION = 0.5  # in standard deviations of the training frames
_LEAST_MOVEMENT, _LEAST_DEVIATION = 1e-2, 1e-3  # so that a neuron at rest in a context keeps some width


class Width(eqx.Module):
    """The scale of errors: a number by lead, one by neuron, and powers by lead of how far a neuron moved."""

    lead: Float[Array, " lead"]
    neuron: Float[Array, " neuron"]
    power: Float[Array, "movement lead"]

    @classmethod
    def begun(cls, sizes: Sizes) -> Width:
        """The same everywhere."""
        lead = jnp.full(sizes.horizon, np.log(_FIRST_DEVIATION), jnp.float32)
        return cls(lead, jnp.zeros(sizes.n_neurons, jnp.float32), jnp.zeros((2, sizes.horizon), jnp.float32))

    def __call__(self, context: Float[Array, "context neuron"]) -> Float[Array, "lead neuron"]:
        seen = context.astype(jnp.float32)
        steps = jnp.abs(jnp.diff(seen, axis=0)).mean(axis=0) if len(seen) > 1 else jnp.zeros_like(seen[0])
        movement = jnp.log(jnp.stack([seen.std(axis=0), steps]) + _LEAST_MOVEMENT)
        free = self.lead[:, None] + self.neuron + jnp.einsum("ml,mn->ln", self.power, movement)
        return jnp.exp(free) + _LEAST_DEVIATION


class Gaussian(Network):
    """A normal distribution around a network's forecast, learned by its log likelihood (Nix & Weigend 1994, ICNN)."""

    centre: Network
    width: Width

    @property
    def n_at_once(self) -> int:
        return self.centre.n_at_once

    def __call__(self, seen: Seen, *, key: PRNGKeyArray | None = None) -> Float[Array, "lead neuron"]:
        return self.centre(seen, key=key)

    def members(self, seen: Seen) -> Float[Array, "lead neuron member"]:
        return self(seen)[..., None] + self.width(seen.context)[..., None] * _normal()

    def loss(self, window: Batch, power: str, *, key: PRNGKeyArray | None = None) -> Float[Array, ""]:
        """The mean negative log likelihood in nats; `power` is not looked at."""
        error, seen = errors(self(window.seen, key=key), window.target)
        return mean_of(-norm.logpdf(error, scale=self.width(window.seen.context)), seen) + self.centre.penalty()


class Quantiles(Network):
    """Ten quantiles around a network's forecast, which is their mean, learned by pinball losses (Koenker & Bassett
    1978, Econometrica 46:33). Their distances, by lead, are positive, so that they cannot cross."""

    centre: Network
    width: Width
    distance: Float[Array, "lead between"]

    @property
    def n_at_once(self) -> int:
        return self.centre.n_at_once

    def __call__(self, seen: Seen, *, key: PRNGKeyArray | None = None) -> Float[Array, "lead neuron"]:
        return self.centre(seen, key=key)

    def members(self, seen: Seen) -> Float[Array, "lead neuron member"]:
        return self(seen)[..., None] + self._around(seen)

    def loss(self, window: Batch, power: str, *, key: PRNGKeyArray | None = None) -> Float[Array, ""]:
        """Twice the mean pinball loss of the quantiles, near the CRPS; `power` is not looked at."""
        error, seen = errors(self(window.seen, key=key), window.target)
        above = jnp.moveaxis(error[..., None] - self._around(window.seen), -1, 0)
        level = jnp.asarray(LEVELS, jnp.float32)[:, None, None]
        return 2 * mean_of(jnp.maximum(level * above, (level - 1) * above), seen) + self.centre.penalty()

    def _around(self, seen: Seen) -> Float[Array, "lead neuron member"]:
        """Where the quantiles lie, from the forecast."""
        steps = jax.nn.softplus(self.distance.astype(jnp.float32))
        place = jnp.cumsum(jnp.pad(steps, ((0, 0), (1, 0))), axis=1)
        shape = place - place.mean(axis=1, keepdims=True)
        return self.width(seen.context)[..., None] * shape[:, None, :]


def with_head(centre: Network, sizes: Sizes, kind: str) -> Network:
    """A network with the distribution that the setting `head` names around it, normal at first."""
    if kind == "point":
        return centre
    if kind == "gaussian":
        return Gaussian(centre, Width.begun(sizes))
    free = np.log(np.expm1(np.diff(_normal()))).astype(np.float32)
    return Quantiles(centre, Width.begun(sizes), jnp.tile(jnp.asarray(free), (sizes.horizon, 1)))


def _normal() -> Float[np.ndarray, " member"]:
    """Where the quantiles of a standard normal distribution lie."""
    return ndtri(LEVELS).astype(np.float32)
