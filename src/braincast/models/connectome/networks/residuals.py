"""What is learned beside a mechanistic core, from each neuron's own past alone."""

from __future__ import annotations

import equinox as eqx
import jax
from jaxtyping import Array, Float, PRNGKeyArray

from braincast.models.blackbox.networks.gated_cell import GatedCell
from braincast.models.blackbox.networks.layers import Layer
from braincast.models.blackbox.networks.own_past import OwnPast
from braincast.models.blackbox.sizes import Sizes


class OwnCell(eqx.Module):
    """A recurrent cell, the same for all neurons, reads each neuron's own context; a layer says the leads.

    It begins at 0 everywhere.
    """

    cell: GatedCell
    out: Layer

    @classmethod
    def begun(cls, sizes: Sizes, n_hidden: int, *, key: PRNGKeyArray) -> OwnCell:
        return cls(GatedCell.begun(1, n_hidden, key=key), Layer.silent(n_hidden, sizes.horizon))

    def __call__(self, context: Float[Array, "context neuron"]) -> Float[Array, "lead neuron"]:
        states = jax.vmap(self.cell.last_state, in_axes=1)(context[:, :, None])
        return self.out(states).T


Residual = OwnPast | OwnCell


def residual(sizes: Sizes, kind: str, n_hidden: int, *, key: PRNGKeyArray) -> Residual | None:
    """`kind` is "none", "shared", "own" (linear maps of the context) or "gru"."""
    if kind == "gru":
        return OwnCell.begun(sizes, n_hidden, key=key)
    return OwnPast.begun(sizes, kind)
