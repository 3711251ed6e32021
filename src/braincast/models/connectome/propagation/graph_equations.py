"""A message-passing network on the connectome: gates learned from what each neuron is (JAX, Equinox)."""

from __future__ import annotations

from typing import NamedTuple

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from jax.flatten_util import ravel_pytree
from jaxtyping import Array, Float

from braincast.models.responses.batch import Batch

N_ROUNDS = 3
_EMBEDDING, _HIDDEN = 8, 16
_TYPICAL_LOG, _TYPICAL_LOG_ODDS, _LOG_FLOOR = -5.0, -3.0, -7.0
# The prior's mean of the direct weights: of the log of what arrived in each round, then of the pair's history.
_DIRECT = (*(0.5 / N_ROUNDS,) * N_ROUNDS, 1.0, 0.0, 0.0)
_DIRECT_SD, _CONSTANT = 0.5, -3.0
_START_SD = 0.3


class Graph(NamedTuple):
    """Neurons' features, and messages' weights by channel: along chemical edges, against them, along electrical ones.

    Each neuron's inputs in a channel sum to 1, or to 0 without any.
    """

    features: Float[np.ndarray, "neuron feature"]
    channels: Float[np.ndarray, "channel pre post"]


class Network(eqx.Module):
    """Deviations from the prior's mean, in its standard deviations.

    `embed` makes a few numbers of a neuron's features; `send` and `receive` make its gates of these; `channel` is the
    log weight of each kind of message. `direct` reads out what arrived and the pair's history, and beside it a hidden
    layer (`inner`, `bias`, `outer`) does so together with what the neuron is.
    """

    embed: Float[Array, "feature embedding"]
    send: Float[Array, " embedding"]
    receive: Float[Array, " embedding"]
    channel: Float[Array, " channel"]
    floor: Float[Array, ""]
    constant: Float[Array, ""]
    direct: Float[Array, " input"]
    inner: Float[Array, "wide hidden"]
    bias: Float[Array, " hidden"]
    outer: Float[Array, " hidden"]


def drawn(n_features: int, n_channels: int, rng: np.random.Generator) -> Network:
    """Where a fit starts: layers at random, nearer to 0 than the prior would have them; the direct path at its mean."""
    n_inputs = len(_DIRECT)
    shapes = {
        "embed": (n_features, _EMBEDDING),
        "send": (_EMBEDDING,),
        "receive": (_EMBEDDING,),
        "inner": (n_inputs + _EMBEDDING, _HIDDEN),
        "outer": (_HIDDEN,),
    }
    layers = {name: jnp.asarray(_START_SD * rng.normal(size=shape)) for name, shape in shapes.items()}
    zero = jnp.zeros(())
    plain = {"channel": jnp.zeros(n_channels), "floor": zero, "constant": zero, "direct": jnp.zeros(n_inputs)}
    return Network(**layers, **plain, bias=jnp.zeros(_HIDDEN))


class Gates(NamedTuple):
    """What a network makes of a graph, whatever is stimulated."""

    embedding: Float[Array, "neuron embedding"]
    send: Float[Array, " neuron"]
    receive: Float[Array, " neuron"]
    messages: Float[Array, "pre post"]


def gates(network: Network, graph: Graph, weight_sd: Float[Array, ""]) -> Gates:
    """Embeddings, gates, and the sum of all channels."""
    embedding = jnp.tanh(graph.features @ (weight_sd * network.embed))
    send, receive = (jnp.exp(embedding @ (weight_sd * layer)) for layer in (network.send, network.receive))
    share = jnp.exp(network.channel) / len(network.channel)
    return Gates(embedding, send, receive, jnp.einsum("c,cij->ij", share, graph.channels))


def neuron_odds(
    network: Network,
    gated: Gates,
    drive: Float[Array, " neuron"],
    history: Float[Array, "neuron 3"],
    weight_sd: Float[Array, ""],
) -> Float[Array, " neuron"]:
    """Log odds that each neuron responds when `drive` marks those that are stimulated: one case."""
    arrived, activity = [], drive
    for _ in range(N_ROUNDS):
        activity = gated.receive * ((gated.send * activity) @ gated.messages)
        arrived.append(jnp.log(activity + jnp.exp(_LOG_FLOOR + network.floor)) - _TYPICAL_LOG)
    inputs = jnp.column_stack([*arrived, history])
    hidden = jnp.tanh(jnp.column_stack([inputs, gated.embedding]) @ (weight_sd * network.inner) + network.bias)
    direct = inputs @ (jnp.asarray(_DIRECT) + _DIRECT_SD * network.direct)
    return _CONSTANT + network.constant + direct + hidden @ (0.5 * weight_sd * network.outer)


def odds(network: Network, graph: Graph, batch: Batch, weight_sd: Float[Array, ""]) -> Float[Array, "row neuron"]:
    """Log odds of each case and neuron."""
    gated = gates(network, graph, weight_sd)
    rates = batch.responder - _TYPICAL_LOG_ODDS, batch.stimulated - _TYPICAL_LOG_ODDS
    history = jnp.stack([*rates, batch.reverse], axis=-1)
    of_case = jax.vmap(neuron_odds, in_axes=(None, None, 0, 0, None))
    return of_case(network, gated, jnp.asarray(batch.drive), history, weight_sd)


def loss(network: Network, graph: Graph, batch: Batch, weight_sd: Float[Array, ""]) -> Float[Array, ""]:
    """Negative log posterior."""
    found = odds(network, graph, batch, weight_sd)
    surprise = (batch.weight * (jax.nn.softplus(found) - batch.outcome * found)).sum()
    return surprise + 0.5 * (ravel_pytree(network)[0] ** 2).sum()


@jax.jit
def probability(
    network: Network, graph: Graph, batch: Batch, weight_sd: Float[Array, ""]
) -> Float[Array, "row neuron"]:
    """Probability of a response."""
    return jax.nn.sigmoid(odds(network, graph, batch, weight_sd))
