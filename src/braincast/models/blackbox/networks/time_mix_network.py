"""The network of `time-mix`: TSMixer's without its layers over neurons (TMix-Only in Chen et al. 2023)."""

from __future__ import annotations

import jax
from jaxtyping import PRNGKeyArray

from braincast.models.blackbox.networks.layers import Layer
from braincast.models.blackbox.networks.mixing import MixerNetwork, TimeMixing
from braincast.models.blackbox.sizes import Sizes


def begun(sizes: Sizes, n_blocks: int, dropout: float, rescaling: str, *, key: PRNGKeyArray) -> MixerNetwork:
    """Before the first step."""
    last, *own = jax.random.split(key, n_blocks + 1)
    mixing = tuple(TimeMixing.begun(sizes, key=each) for each in own)
    return MixerNetwork(mixing, Layer.begun(sizes.context, sizes.horizon, key=last), dropout, rescaling)
