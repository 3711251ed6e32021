"""The network of `neural-ode` (Chen et al. 2018)."""

from __future__ import annotations

from typing import Any, cast

import diffrax
import equinox as eqx
import jax
import jax.numpy as jnp
from jaxtyping import Array, Float, PRNGKeyArray

from braincast.models.blackbox.networks.gated_cell import GatedCell
from braincast.models.blackbox.networks.layers import Layer, dropped
from braincast.models.blackbox.networks.network import Network
from braincast.models.blackbox.networks.own_past import OwnPast
from braincast.models.blackbox.networks.rescaling import level
from braincast.models.blackbox.sizes import Sizes
from braincast.tasks.forecasting.examples import Seen


class Velocity(eqx.Module):
    """How fast a state moves, per frame: a perceptron of it."""

    widen: Layer
    narrow: Layer

    @classmethod
    def begun(cls, n_latent: int, n_hidden: int, *, key: PRNGKeyArray) -> Velocity:
        widen, narrow = jax.random.split(key)
        return cls(Layer.begun(n_latent, n_hidden, key=widen), Layer.begun(n_hidden, n_latent, key=narrow))

    def __call__(self, time: Any, state: Float[Array, " latent"], _: Any = None) -> Float[Array, " latent"]:
        return self.narrow(jnp.tanh(self.widen(state)))


def flow(velocity: Velocity, start: Float[Array, " latent"], horizon: int, n_steps: int) -> Float[Array, "lead latent"]:
    """Where a state is after 1 to `horizon` frames, by Tsitouras' 5th-order method in `n_steps` equal steps a frame.

    In float32 at least, whatever the rest of the network computes in: steps add up.
    """
    wide = jnp.promote_types(start.dtype, jnp.float32)
    exact = jax.tree.map(lambda leaf: leaf.astype(wide), velocity)
    times = jnp.arange(horizon * n_steps + 1, dtype=wide) / n_steps
    solution = diffrax.diffeqsolve(
        diffrax.ODETerm(exact),
        diffrax.Tsit5(),
        times[0],
        times[-1],
        None,
        start.astype(wide),
        saveat=diffrax.SaveAt(ts=times[n_steps::n_steps]),
        stepsize_controller=diffrax.StepTo(ts=times),
        adjoint=diffrax.RecursiveCheckpointAdjoint(),
        max_steps=horizon * n_steps,
    )
    return cast(Array, solution.ys).astype(start.dtype)


class NeuralOdeNetwork(Network):
    """A recurrent cell reads the context; its last state moves on its own, and a layer reads neurons from it."""

    cell: GatedCell
    velocity: Velocity
    out: Layer
    past: OwnPast | None
    horizon: int = eqx.field(static=True)
    n_steps: int = eqx.field(static=True)
    dropout: float = eqx.field(static=True)
    rescaling: str = eqx.field(static=True)

    def __call__(self, seen: Seen, *, key: PRNGKeyArray | None = None) -> Float[Array, "lead neuron"]:
        own = level(seen.context, self.rescaling)
        values = own.removed(seen.context)
        start = self.cell.last_state(dropped(values, self.dropout, key))
        found = self.out(flow(self.velocity, start, self.horizon, self.n_steps))
        return own.restored(found if self.past is None else found + self.past(values))


def begun(
    sizes: Sizes,
    n_latent: int,
    n_hidden: int,
    n_steps: int,
    past: str,
    dropout: float,
    rescaling: str,
    *,
    key: PRNGKeyArray,
) -> NeuralOdeNetwork:
    """Before the first step."""
    cell, velocity = jax.random.split(key)
    return NeuralOdeNetwork(
        GatedCell.begun(sizes.n_neurons, n_latent, key=cell),
        Velocity.begun(n_latent, n_hidden, key=velocity),
        Layer.silent(n_latent, sizes.n_neurons),
        OwnPast.begun(sizes, past),
        sizes.horizon,
        n_steps,
        dropout,
        rescaling,
    )
