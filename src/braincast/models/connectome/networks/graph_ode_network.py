"""The network of `graph-ode`: a differential equation for each neuron, with messages along edges (Poli et al. 2019)."""

from __future__ import annotations

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float, PRNGKeyArray

from braincast.brain.tables import EDGE_KINDS
from braincast.models.blackbox.networks.layers import Layer, dropped, even
from braincast.models.blackbox.networks.network import Network
from braincast.models.blackbox.networks.own_past import OwnPast
from braincast.models.blackbox.networks.rescaling import level
from braincast.models.blackbox.sizes import Sizes
from braincast.models.connectome.networks.graph import Graph
from braincast.models.connectome.networks.messages import arrived
from braincast.models.connectome.networks.own_context import OwnContext
from braincast.models.connectome.networks.thinned import Thinned, Wired
from braincast.tasks.forecasting.examples import Seen


class Message(eqx.Module):
    """What an edge carries: a layer over the states at both ends, its size and its sign, one for each kind of edge."""

    pre: Float[Array, "kind width hidden"]
    post: Float[Array, "kind width hidden"]
    edge: Float[Array, "kind feature hidden"]

    @classmethod
    def begun(cls, width: int, hidden: int, *, key: PRNGKeyArray) -> Message:
        pre, post, edge = jax.random.split(key, 3)
        n_kinds = len(EDGE_KINDS)
        return cls(
            even(pre, (n_kinds, width, hidden), 2 * width),
            even(post, (n_kinds, width, hidden), 2 * width),
            even(edge, (n_kinds, 3, hidden), 3),
        )

    def __call__(
        self, state: Float[Array, "width neuron"], graph: Graph, told: Float[Array, "feature edge"]
    ) -> Float[Array, "hidden edge"]:
        kind = graph.kind.astype(jnp.int32)

        def at(weight: Float[Array, "kind width hidden"], neuron: Array) -> Float[Array, "hidden edge"]:
            found = jnp.einsum("kwh,wn->hkn", weight, state)
            return found.reshape(len(found), -1)[:, kind * graph.n_neurons + neuron]

        of_edge = jnp.einsum("fe,efh->he", told, self.edge[kind])
        return jnp.tanh(at(self.pre, graph.pre) + at(self.post, graph.post) + of_edge)


class Velocity(eqx.Module):
    """How fast each neuron's state moves, per frame: a perceptron of it, of the mean message and of its class."""

    message: Message
    own: Layer
    heard: Float[Array, "hidden hidden"]
    offset: Float[Array, "class hidden"]
    narrow: Layer
    classes: tuple[int, ...] = eqx.field(static=True)

    def __call__(self, state: Float[Array, "width neuron"], wired: Wired) -> Float[Array, "width neuron"]:
        mean = arrived(wired.graph, wired.share * self.message(state, wired.graph, wired.told))
        own = self.own.of_columns(state) + self.offset[np.array(self.classes)].T
        return self.narrow.of_columns(jnp.tanh(own + self.heard.T @ mean))


class GraphOdeNetwork(Network):
    """States begin with what each neuron's context says, move along the wiring, and are read at each lead."""

    reads: OwnContext
    velocity: Velocity
    out: Layer
    past: OwnPast | None
    thinned: Thinned = eqx.field(static=True)
    horizon: int = eqx.field(static=True)
    n_steps: int = eqx.field(static=True)
    dropout: float = eqx.field(static=True)
    rescaling: str = eqx.field(static=True)

    def __call__(self, seen: Seen, *, key: PRNGKeyArray | None = None) -> Float[Array, "lead neuron"]:
        own = level(seen.context, self.rescaling)
        values = own.removed(seen.context)
        wide = jnp.promote_types(values.dtype, jnp.float32)  # steps add up
        start = dropped(self.reads(values), self.dropout, key).astype(wide)
        velocity = jax.tree.map(lambda leaf: leaf.astype(wide), self.velocity)
        path = flow(velocity, start, self.thinned.wired(seen.recording, wide), self.horizon, self.n_steps)
        found = jax.vmap(self.out.of_columns)(path.astype(values.dtype))[:, 0]
        return own.restored(found if self.past is None else found + self.past(values))


def flow(
    velocity: Velocity, start: Float[Array, "width neuron"], wired: Wired, horizon: int, n_steps: int
) -> Float[Array, "lead width neuron"]:
    """Where states are after 1 to `horizon` frames, by Heun's method in `n_steps` equal steps a frame."""
    step = 1 / n_steps

    def moved(state: Float[Array, "width neuron"], _: None):
        now = velocity(state, wired)
        later = velocity(state + step * now, wired)
        state = state + step / 2 * (now + later)
        return state, state

    path = jax.lax.scan(moved, start, None, length=horizon * n_steps)[1]
    return path[n_steps - 1 :: n_steps]


def begun(
    sizes: Sizes,
    thinned: Thinned,
    classes: tuple[int, ...],
    width: int,
    hidden: int,
    n_steps: int,
    past: str,
    dropout: float,
    rescaling: str,
    *,
    key: PRNGKeyArray,
) -> GraphOdeNetwork:
    """Before the first step: nothing is read from the states."""
    reads, message, own, heard, narrow = jax.random.split(key, 5)
    velocity = Velocity(
        Message.begun(width, hidden, key=message),
        Layer.begun(width, hidden, key=own),
        even(heard, (hidden, hidden), hidden),
        jnp.zeros((1 + max(classes), hidden), jnp.float32),
        Layer.begun(hidden, width, key=narrow),
        classes,
    )
    own_context = OwnContext.begun(sizes, classes, width, key=reads)
    silent, own_past = Layer.silent(width, 1), OwnPast.begun(sizes, past)
    return GraphOdeNetwork(own_context, velocity, silent, own_past, thinned, sizes.horizon, n_steps, dropout, rescaling)
