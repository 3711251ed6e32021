"""The network of `ssm` (Gu et al. 2022)."""

from __future__ import annotations

import equinox as eqx
import jax
from jaxtyping import Array, Float, PRNGKeyArray

from braincast.models.blackbox.networks.diagonal_system import DiagonalSystem
from braincast.models.blackbox.networks.layers import Layer, dropped
from braincast.models.blackbox.networks.network import Network
from braincast.models.blackbox.networks.own_past import OwnPast
from braincast.models.blackbox.networks.rescaling import level
from braincast.models.blackbox.networks.to_leads import ToLeads
from braincast.models.blackbox.sizes import Sizes
from braincast.tasks.forecasting.examples import Seen

_AT_ONCE = 1024  # neurons that are answered apart, so that memory does not grow with all of them


class Block(eqx.Module):
    """A system for each channel, then a gated layer over channels, beside a direct path."""

    system: DiagonalSystem
    gated: Layer

    @classmethod
    def begun(cls, width: int, n_states: int, context: int, *, key: PRNGKeyArray) -> Block:
        system, gated = jax.random.split(key)
        systems = DiagonalSystem.begun(width, n_states, context, key=system)
        return cls(systems, Layer.begun(width, 2 * width, key=gated))

    def __call__(
        self, values: Float[Array, "frame width"], dropout: float, key: PRNGKeyArray | None
    ) -> Float[Array, "frame width"]:
        return values + self._gated(self.system(values), dropout, key)

    def last(
        self, values: Float[Array, "frame width"], dropout: float, key: PRNGKeyArray | None
    ) -> Float[Array, " width"]:
        """The same in the last frame alone."""
        return values[-1] + self._gated(self.system.last(values), dropout, key)

    def _gated(
        self, heard: Float[Array, "*frame width"], dropout: float, key: PRNGKeyArray | None
    ) -> Float[Array, "*frame width"]:
        return jax.nn.glu(self.gated(dropped(jax.nn.gelu(heard), dropout, key)))


class SsmNetwork(Network):
    """Frames brought to a few channels, blocks over them, and from the last frame to the leads.

    With `reads` "all", channels are made of all neurons; with "each", of one, and all neurons are answered alike.
    """

    reading: Layer
    blocks: tuple[Block, ...]
    leads: ToLeads
    past: OwnPast | None
    reads: str = eqx.field(static=True)
    dropout: float = eqx.field(static=True)
    rescaling: str = eqx.field(static=True)

    def __call__(self, seen: Seen, *, key: PRNGKeyArray | None = None) -> Float[Array, "lead neuron"]:
        own = level(seen.context, self.rescaling)
        values = own.removed(seen.context)
        if self.reads == "all":
            found = self._answer(values, key)
        else:
            each = jax.lax.map(
                jax.checkpoint(lambda one: self._answer(one, key)), values.T[..., None], batch_size=_AT_ONCE
            )
            found = each[..., 0].T
        return own.restored(found if self.past is None else found + self.past(values))

    def _answer(self, values: Float[Array, "context input"], key: PRNGKeyArray | None) -> Float[Array, "lead output"]:
        n_keys = len(self.blocks) + 2
        first, last, *each = (None,) * n_keys if key is None else jax.random.split(key, n_keys)
        channels = self.reading(dropped(values, self.dropout, first))
        *before, final = zip(self.blocks, each, strict=True)
        for block, chance in before:
            channels = block(channels, self.dropout, chance)
        return self.leads(dropped(final[0].last(channels, self.dropout, final[1]), self.dropout, last))


def begun(
    sizes: Sizes,
    n_blocks: int,
    width: int,
    n_states: int,
    reads: str,
    past: str,
    dropout: float,
    rescaling: str,
    *,
    key: PRNGKeyArray,
) -> SsmNetwork:
    """Before the first step; `reads` is "all" or "each"."""
    reading, leads, *own = jax.random.split(key, n_blocks + 2)
    n_read = sizes.n_neurons if reads == "all" else 1
    return SsmNetwork(
        Layer.begun(n_read, width, key=reading),
        tuple(Block.begun(width, n_states, sizes.context, key=each) for each in own),
        ToLeads.begun(sizes.horizon, width, n_read, key=leads),
        OwnPast.begun(sizes, past),
        reads,
        dropout,
        rescaling,
    )
