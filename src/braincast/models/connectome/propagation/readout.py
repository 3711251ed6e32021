"""From a network's response to the probability that a response is seen (JAX)."""

from __future__ import annotations

import equinox as eqx
import jax
import jax.numpy as jnp
from jax.flatten_util import ravel_pytree
from jaxtyping import Array, Float

from braincast.models.responses.batch import Batch

# Typical values, so that parameters near 0 are a sensible model: log response, log odds of a rate of 5 %.
_TYPICAL_LOG_RESPONSE, _TYPICAL_LOG_ODDS = -5.0, -3.0
_PRIOR_MEAN = (-3.0, 0.5, 1.0, 0.0, 0.0)
_PRIOR_SD = 0.5
_LOG_FLOOR = -7.0

Responses = Float[Array, "row lead neuron"]


class ReadOut(eqx.Module):
    """Deviations from the prior's mean, in its standard deviations.

    `weights` are of: a constant, the log response, the log odds of the responder's and of the stimulated neuron's
    rates, the reverse response. `floor` is where a response is too weak to count (logarithm).
    """

    weights: Float[Array, " 5"]
    floor: Float[Array, ""]


def unfitted_readout() -> ReadOut:
    """At the prior's mean."""
    return ReadOut(jnp.zeros(5), jnp.zeros(()))


def log_odds(readout: ReadOut, response: Responses, batch: Batch) -> Responses:
    """Log odds that each neuron is seen to respond; the response's sign does not matter."""
    weights = jnp.asarray(_PRIOR_MEAN) + _PRIOR_SD * readout.weights
    of_pair = (
        weights[0]
        + weights[2] * (batch.responder - _TYPICAL_LOG_ODDS)
        + weights[3] * (batch.stimulated - _TYPICAL_LOG_ODDS)
        + weights[4] * batch.reverse
    )
    return of_pair[:, None, :] + weights[1] * (log_magnitude(response, readout.floor) - _TYPICAL_LOG_RESPONSE)


def log_magnitude(response: Float[Array, "*shape"], floor: Float[Array, ""]) -> Float[Array, "*shape"]:
    """log √(response² + floor²), smooth where a response changes its sign."""
    return 0.5 * jnp.log(response**2 + jnp.exp(2.0 * (_LOG_FLOOR + floor)))


def negative_log_posterior(parameters: eqx.Module, odds: Responses, batch: Batch) -> Float[Array, ""]:
    """-log likelihood of what was seen, and half the squares of parameters that are deviations from a unit prior."""
    outcome, weight = batch.outcome[:, None, :], batch.weight[:, None, :]
    surprise = (weight * (jax.nn.softplus(odds) - outcome * odds)).sum()
    return surprise + 0.5 * (ravel_pytree(parameters)[0] ** 2).sum()
