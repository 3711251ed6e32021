"""The network of `gru` (Cho et al. 2014)."""

from __future__ import annotations

import equinox as eqx
import jax
from jaxtyping import Array, Float, PRNGKeyArray

from braincast.models.blackbox.networks.gated_cell import GatedCell
from braincast.models.blackbox.networks.layers import Layer, dropped
from braincast.models.blackbox.networks.network import Network
from braincast.models.blackbox.networks.own_past import OwnPast
from braincast.models.blackbox.networks.rescaling import level
from braincast.models.blackbox.networks.to_leads import ToLeads
from braincast.models.blackbox.sizes import Sizes
from braincast.tasks.forecasting.examples import Seen


class Rollout(eqx.Module):
    """The cell goes on: each frame is the one before and a change that is linear in the state, which then reads it."""

    change: Layer
    horizon: int = eqx.field(static=True)


class GruNetwork(Network):
    """A cell reads the context; from its last state follow all leads at once, or one after the other."""

    cell: GatedCell
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
        decoder = Rollout(Layer.silent(n_hidden, sizes.n_neurons), sizes.horizon)
    reads = GatedCell.begun(sizes.n_neurons, n_hidden, key=cell)
    return GruNetwork(reads, decoder, OwnPast.begun(sizes, past), dropout, rescaling)
