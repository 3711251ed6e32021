"""A linear dynamical system whose transition matrix has the wiring as its mask (JAX)."""

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

_TYPICAL_GAIN = 1.5  # as log odds: inputs together weigh 0.8 of the drive
_STEPS_PER_LEAD = 5  # as many edges can a response travel before the first lead ends; 8 change nothing on inner folds


class LinearSystem(eqx.Module):
    """Deviations from the prior's mean, in its standard deviations, so that 0 is where the fit starts.

    `strength` is of each edge feature and makes the scale that an edge's weight is shrunk to; `own` is the weight of
    each edge relative to that; `common` of their gain, `leak` of the leak, `decay` of how much activity stays.
    """

    strength: Float[Array, " feature"]
    own: Float[Array, " edge"]
    common: Float[Array, ""]
    leak: Float[Array, ""]
    decay: Float[Array, ""]
    readout: ReadOut


def unfitted(n_features: int, n_edges: int) -> LinearSystem:
    """At the prior's mean: weights in proportion to the number of synapses, half of the activity stays each step."""
    zero = jnp.zeros(())
    return LinearSystem(jnp.zeros(n_features), jnp.zeros(n_edges), zero, zero, zero, unfitted_readout())


def weights(system: LinearSystem, edges: EdgeList, edge_sd: Float[Array, ""], n_neurons: int) -> Square:
    """The weight of each edge, 0 elsewhere. A large deviation may change an edge's sign."""
    typical = strengths(system.strength, edges)
    total = input_total(dense(typical, edges, n_neurons), system.leak)
    own = dense(typical * (1.0 + edge_sd * system.own), edges, n_neurons)
    return own * (jax.nn.sigmoid(_TYPICAL_GAIN + system.common) / total)


def course(weight: Square, decay: Float[Array, ""], drive: Float[Array, "row neuron"], n_leads: int) -> Responses:
    """Mean activity in each of `n_leads` windows after the onset of a constant drive, from rest.

    x[t+1] = decay · x[t] + (1 - decay) · (x[t] weight + drive), so without decay it moves one edge a step.
    """

    def step(activity: Float[Array, "row neuron"], _: None) -> tuple[Array, Array]:
        after = decay * activity + (1.0 - decay) * (activity @ weight + drive)
        return after, after

    # The first step from rest needs no product.
    first = (1.0 - decay) * drive
    _, later = jax.lax.scan(step, first, length=n_leads * _STEPS_PER_LEAD - 1)
    steps = jnp.concatenate([first[None], later])
    return steps.reshape(n_leads, _STEPS_PER_LEAD, *drive.shape).mean(axis=1).swapaxes(0, 1)


def odds(system: LinearSystem, edges: EdgeList, batch: Batch, edge_sd: Float[Array, ""], n_leads: int) -> Responses:
    """Log odds of a response at each lead."""
    weight = weights(system, edges, edge_sd, batch.drive.shape[1])
    response = course(weight, jax.nn.sigmoid(system.decay), jnp.asarray(batch.drive), n_leads)
    return log_odds(system.readout, response, batch)


def loss(system: LinearSystem, edges: EdgeList, batch: Batch, edge_sd: Float[Array, ""]) -> Float[Array, ""]:
    """Negative log posterior, of one lead."""
    return negative_log_posterior(system, odds(system, edges, batch, edge_sd, 1), batch)


def _probability(
    system: LinearSystem, edges: EdgeList, batch: Batch, edge_sd: Float[Array, ""], n_leads: int
) -> Responses:
    return jax.nn.sigmoid(odds(system, edges, batch, edge_sd, n_leads))


probability = jax.jit(_probability, static_argnums=4)
