"""The network of `gru` (Cho et al. 2014)."""

from __future__ import annotations

import equinox as eqx
import jax
import jax.numpy as jnp
from jaxtyping import Array, Float, PRNGKeyArray

from braincast.models.blackbox.networks.layers import Layer, dropped, even
from braincast.models.blackbox.networks.network import Network
from braincast.models.blackbox.networks.own_past import OwnPast
from braincast.models.blackbox.networks.rescaling import level
from braincast.models.blackbox.networks.to_leads import ToLeads, silent
from braincast.models.blackbox.sizes import Sizes
from braincast.tasks.forecasting.examples import Seen


class Cell(eqx.Module):
    """A gated recurrent unit, with the reset gate after the product with the state (Chung et al. 2014).

    What a frame adds to the gates (reset, update, candidate) depends on no state, so it is made for all frames at once.
    """

    reading: Layer
    weight: Float[Array, "hidden gates"]
    offset: Float[Array, " hidden"]

    @classmethod
    def begun(cls, n_inputs: int, n_hidden: int, *, key: PRNGKeyArray) -> Cell:
        """Weights drawn as in `Layer`."""
        reading, weight, offset = jax.random.split(key, 3)
        return cls(
            Layer.begun(n_inputs, 3 * n_hidden, key=reading),
            even(weight, (n_hidden, 3 * n_hidden), n_hidden),
            even(offset, (n_hidden,), n_hidden),
        )

    def __call__(self, state: Float[Array, " hidden"], read: Float[Array, " gates"]) -> Float[Array, " hidden"]:
        """The next state, from what `reading` made of a frame."""
        reset, update, candidate = jnp.split(read, 3)
        from_state = jnp.split(state @ self.weight, 3)
        kept = jax.nn.sigmoid(update + from_state[1])
        new = jnp.tanh(candidate + jax.nn.sigmoid(reset + from_state[0]) * (from_state[2] + self.offset))
        return kept * state + (1 - kept) * new

    def last_state(self, frames: Float[Array, "frame input"]) -> Float[Array, " hidden"]:
        """The state after all frames, from one at 0."""
        start = jnp.zeros(self.offset.shape, frames.dtype)
        return jax.lax.scan(lambda state, read: (self(state, read), None), start, self.reading(frames))[0]


class Rollout(eqx.Module):
    """The cell goes on: each frame is the one before and a change that is linear in the state, which then reads it."""

    change: Layer
    horizon: int = eqx.field(static=True)


class GruNetwork(Network):
    """A cell reads the context; from its last state follow all leads at once, or one after the other."""

    cell: Cell
    decoder: ToLeads | Rollout
    past: OwnPast | None
    dropout: float = eqx.field(static=True)
    rescaling: str = eqx.field(static=True)

    def __call__(self, seen: Seen, *, key: PRNGKeyArray | None = None) -> Float[Array, "lead neuron"]:
        own = level(seen.context, self.rescaling)
        values = own.removed(seen.context)
        before, after = (None, None) if key is None else jax.random.split(key)
        state = dropped(self.cell.last_state(dropped(values, self.dropout, before)), self.dropout, after)
        if isinstance(self.decoder, ToLeads):
            found = self.decoder(state)
        else:
            found = self._rolled_out(self.decoder, state, values[-1])
        return own.restored(found if self.past is None else found + self.past(values))

    def _rolled_out(
        self, decoder: Rollout, state: Float[Array, " hidden"], last: Float[Array, " neuron"]
    ) -> Float[Array, "lead neuron"]:
        def following(before, _):
            state, frame = before
            frame = frame + decoder.change(state)
            return (self.cell(state, self.cell.reading(frame)), frame), frame

        return jax.lax.scan(following, (state, last), None, length=decoder.horizon)[1]


def begun(
    sizes: Sizes, n_hidden: int, decoding: str, past: str, dropout: float, rescaling: str, *, key: PRNGKeyArray
) -> GruNetwork:
    """Before the first step; `decoding` is "direct" or "rollout"."""
    cell, ahead = jax.random.split(key)
    if decoding == "direct":
        decoder = ToLeads.begun(sizes.horizon, n_hidden, sizes.n_neurons, key=ahead)
    else:
        decoder = Rollout(silent(n_hidden, sizes.n_neurons), sizes.horizon)
    reads = Cell.begun(sizes.n_neurons, n_hidden, key=cell)
    return GruNetwork(reads, decoder, OwnPast.begun(sizes, past), dropout, rescaling)
