"""The network of `unet`: neurons are put on a grid, which is worked on from coarse to fine, and read again."""

from __future__ import annotations

import equinox as eqx
import jax
import jax.numpy as jnp
from jaxtyping import Array, Float, PRNGKeyArray

from braincast.models.blackbox.networks.convolutions import (
    Convolution,
    Factors,
    GroupNorm,
    ResidualBlock,
    averaged,
    repeated,
)
from braincast.models.blackbox.networks.grid import Grid
from braincast.models.blackbox.networks.layers import Layer, dropped
from braincast.models.blackbox.networks.network import Network
from braincast.models.blackbox.networks.own_past import OwnPast
from braincast.models.blackbox.networks.rescaling import level
from braincast.models.blackbox.sizes import Sizes
from braincast.models.interface import Settings
from braincast.tasks.forecasting.examples import Seen

_MOST_BYTES, _VOLUMES = 1 << 30, 12  # for windows that are answered together, each with so many volumes in memory


class UNet(eqx.Module):
    """Channels of a volume: brought to a width, averaged to coarser grids, then block by block back to the finest.

    At each grid the finer one's own channels are added to what comes from the coarser one (Ronneberger et al. 2015,
    MICCAI, arXiv:1505.04597).
    """

    enter: Convolution
    blocks: tuple[tuple[ResidualBlock, ...], ...]
    factors: Factors = eqx.field(static=True)

    @classmethod
    def begun(cls, factors: Factors, n_inputs: int, settings: Settings, n_told: int, *, key: PRNGKeyArray) -> UNet:
        """`factors` say how a halving divides the axes."""
        a, b, c = (1 if factor == 1 else 3 for factor in factors)
        size, width = (a, b, c), settings["width"]
        enter, *keys = jax.random.split(key, 1 + (settings["halvings"] + 1) * settings["blocks"])
        each = iter(keys)
        blocks = tuple(
            tuple(ResidualBlock.begun(size, width, n_told, key=next(each)) for _ in range(settings["blocks"]))
            for _ in range(settings["halvings"] + 1)
        )
        return cls(Convolution.begun(size, n_inputs, width, key=enter), blocks, factors)

    def __call__(
        self, volume: Float[Array, "x y z input"], shown: Float[Array, " told"] | None
    ) -> Float[Array, "x y z channel"]:
        scales = [self.enter(volume)]
        for _ in self.blocks[1:]:
            scales.append(averaged(scales[-1], self.factors))
        values = scales.pop()
        for block in self.blocks[0]:
            values = block(values, shown)
        for finer, blocks in zip(reversed(scales), self.blocks[1:], strict=True):
            values = finer + repeated(values, self.factors)
            for block in blocks:
                values = block(values, shown)
        return values


class UNetNetwork(Network):
    """The context's frames are channels of a volume; each neuron reads its leads from its voxel, beside its own past.

    A neuron without a place has its own past alone.
    """

    unet: UNet
    norm: GroupNorm
    read: Layer
    tell: Layer | None
    past: OwnPast | None
    grid: Grid = eqx.field(static=True)
    dropout: float = eqx.field(static=True)
    rescaling: str = eqx.field(static=True)

    def __call__(self, seen: Seen, *, key: PRNGKeyArray | None = None) -> Float[Array, "lead neuron"]:
        own = level(seen.context, self.rescaling)
        values = own.removed(seen.context)
        # Whole neurons are left out of what is put on the grid, never frames of one.
        kept = dropped(jnp.ones_like(values[0]), self.dropout, key)
        volume = self.unet(volume_of(self.grid, values * kept), self._shown(seen))
        found = self.read(neurons_of(self.grid, jax.nn.silu(self.norm(volume))))
        found = jnp.where(self.grid.is_placed[:, None], found, jnp.zeros((), found.dtype)).T
        return own.restored(found if self.past is None else found + self.past(values))

    @property
    def n_at_once(self) -> int:
        each = 4 * self.grid.n_voxels * self.norm.gain.shape[-1] * _VOLUMES
        return max(1, min(super().n_at_once, _MOST_BYTES // each))

    def _shown(self, seen: Seen) -> Float[Array, " told"] | None:
        return None if self.tell is None else jax.nn.silu(self.tell(jnp.asarray(seen.stimulus).reshape(-1)))


def volume_of(grid: Grid, values: Float[Array, "channel neuron"]) -> Float[Array, "x y z channels"]:
    """The mean of the neurons in each voxel, 0 in an empty one; a last channel says which voxels hold any."""
    exact = jnp.promote_types(values.dtype, jnp.float32)
    sums = jax.ops.segment_sum(values.T.astype(exact), jnp.asarray(grid.voxel), grid.n_voxels + 1)[:-1]
    count = jnp.asarray(grid.n_inside, exact)[:, None]
    whole = jnp.concatenate([sums / jnp.maximum(count, 1), jnp.minimum(count, 1)], axis=1)
    return whole.reshape(*grid.shape, -1).astype(values.dtype)


def neurons_of(grid: Grid, volume: Float[Array, "x y z channel"]) -> Float[Array, "neuron channel"]:
    """What the voxel of each neuron holds; 0 for one without a place."""
    flat = volume.reshape(grid.n_voxels, -1)
    return jnp.take(flat, jnp.asarray(grid.voxel), axis=0, mode="fill", fill_value=0)


def begun(sizes: Sizes, grid: Grid, settings: Settings, *, key: PRNGKeyArray) -> UNetNetwork:
    """Before the first step: nothing but what `rescaling` restores."""
    inside, tell = jax.random.split(key)
    n_shown = (sizes.context + sizes.horizon) * sizes.n_features
    n_told = settings["width"] if n_shown else 0
    return UNetNetwork(
        UNet.begun(grid.halved, sizes.context + 1, settings, n_told, key=inside),
        GroupNorm.begun(settings["width"]),
        Layer.silent(settings["width"], sizes.horizon),
        Layer.begun(n_shown, n_told, key=tell) if n_told else None,
        OwnPast.begun(sizes, settings["past"]),
        grid,
        settings["dropout"],
        settings["rescaling"],
    )
