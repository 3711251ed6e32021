"""A linear network at its fixed point, with fitted strengths of edges and gains of neurons (JAX)."""

from __future__ import annotations

import equinox as eqx
import jax
import jax.numpy as jnp
from jaxtyping import Array, Float

from braincast.models.connectome.propagation.couplings import Square, dense, input_total, strengths
from braincast.models.connectome.propagation.edge_list import EdgeList
from braincast.models.connectome.propagation.readout import (
    ReadOut,
    Responses,
    log_odds,
    negative_log_posterior,
    unfitted_readout,
)
from braincast.models.responses.batch import Batch

_TYPICAL_GAIN = 1.5  # as log odds: a neuron passes on 0.8 of its input


class Gains(eqx.Module):
    """Deviations from the prior's mean, in its standard deviations, so that 0 is where the fit starts.

    `strength` is of each edge feature, `own` of each neuron's gain, `common` of all gains, `leak` of the leak.
    """

    strength: Float[Array, " feature"]
    own: Float[Array, " neuron"]
    common: Float[Array, ""]
    leak: Float[Array, ""]
    readout: ReadOut


def unfitted(n_features: int, n_neurons: int) -> Gains:
    """At the prior's mean: inputs in proportion to the number of synapses, all neurons alike."""
    zero = jnp.zeros(())
    return Gains(jnp.zeros(n_features), jnp.zeros(n_neurons), zero, zero, unfitted_readout())


def coupling(gains: Gains, edges: EdgeList, gain_sd: Float[Array, ""]) -> Square:
    """Shares of inputs × the receiving neuron's gain. Gains are below 1, so the network is stable."""
    strength = dense(strengths(gains.strength, edges), edges, gains.own.shape[0])
    gain = jax.nn.sigmoid(_TYPICAL_GAIN + gains.common + gain_sd * gains.own)
    return strength * (gain / input_total(strength, gains.leak))


def steady_response(coupled: Square, drive: Float[Array, "row neuron"]) -> Float[Array, "row neuron"]:
    """Activity at rest under a constant drive, x = xC + drive. Its gradient is one more solve, the adjoint one."""
    return jnp.linalg.solve(jnp.eye(len(coupled)) - coupled.T, drive.T).T


def odds(gains: Gains, edges: EdgeList, batch: Batch, gain_sd: Float[Array, ""]) -> Responses:
    """Log odds of a response, with one lead."""
    response = steady_response(coupling(gains, edges, gain_sd), jnp.asarray(batch.drive))
    return log_odds(gains.readout, response[:, None, :], batch)


def loss(gains: Gains, edges: EdgeList, batch: Batch, gain_sd: Float[Array, ""]) -> Float[Array, ""]:
    """Negative log posterior."""
    return negative_log_posterior(gains, odds(gains, edges, batch, gain_sd), batch)


@jax.jit
def probability(gains: Gains, edges: EdgeList, batch: Batch, gain_sd: Float[Array, ""]) -> Responses:
    """Probability of a response."""
    return jax.nn.sigmoid(odds(gains, edges, batch, gain_sd))
