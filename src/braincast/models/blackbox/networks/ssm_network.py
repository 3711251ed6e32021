"""The network of `ssm` (Gu et al. 2022)."""

from __future__ import annotations

import equinox as eqx
import jax
import jax.numpy as jnp
from jaxtyping import Array, Float, PRNGKeyArray

from braincast.models.blackbox.networks.diagonal_system import DiagonalSystem
from braincast.models.blackbox.networks.layers import Layer, dropped
from braincast.models.blackbox.networks.network import Network
from braincast.models.blackbox.networks.own_past import OwnPast
from braincast.models.blackbox.networks.rescaling import level
from braincast.models.blackbox.networks.to_leads import ToLeads
from braincast.models.blackbox.sizes import Sizes
from braincast.tasks.forecasting.examples import Seen


class Block(eqx.Module):
    """A system for each channel, then a gated layer over channels, beside a direct path."""

    norm: eqx.nn.LayerNorm
    system: DiagonalSystem
    gated: Layer

    @classmethod
    def begun(cls, width: int, n_states: int, context: int, *, key: PRNGKeyArray) -> Block:
        system, gated = jax.random.split(key)
        return cls(
            eqx.nn.LayerNorm(width, dtype=jnp.float32),
            DiagonalSystem.begun(width, n_states, context, key=system),
            Layer.begun(width, 2 * width, key=gated),
        )

    def __call__(
        self, values: Float[Array, "frame width"], dropout: float, key: PRNGKeyArray | None
    ) -> Float[Array, "frame width"]:
        heard = jax.nn.gelu(self.system(jax.vmap(self.norm)(values)))
        return values + jax.nn.glu(self.gated(dropped(heard, dropout, key)))


class SsmNetwork(Network):
    """Frames of all neurons brought to a few channels, blocks over them, and from the last frame to the leads."""

    reading: Layer
    blocks: tuple[Block, ...]
    leads: ToLeads
    past: OwnPast | None
    dropout: float = eqx.field(static=True)
    rescaling: str = eqx.field(static=True)

    def __call__(self, seen: Seen, *, key: PRNGKeyArray | None = None) -> Float[Array, "lead neuron"]:
        own = level(seen.context, self.rescaling)
        values = own.removed(seen.context)
        n_keys = len(self.blocks) + 2
        first, last, *each = (None,) * n_keys if key is None else jax.random.split(key, n_keys)
        channels = self.reading(dropped(values, self.dropout, first))
        for block, chance in zip(self.blocks, each, strict=True):
            channels = block(channels, self.dropout, chance)
        found = self.leads(dropped(channels[-1], self.dropout, last))
        return own.restored(found if self.past is None else found + self.past(values))


def begun(
    sizes: Sizes,
    n_blocks: int,
    width: int,
    n_states: int,
    past: str,
    dropout: float,
    rescaling: str,
    *,
    key: PRNGKeyArray,
) -> SsmNetwork:
    """Before the first step."""
    reading, leads, *own = jax.random.split(key, n_blocks + 2)
    return SsmNetwork(
        Layer.begun(sizes.n_neurons, width, key=reading),
        tuple(Block.begun(width, n_states, sizes.context, key=each) for each in own),
        ToLeads.begun(sizes, width, key=leads),
        OwnPast.begun(sizes, past),
        dropout,
        rescaling,
    )
