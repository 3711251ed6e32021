"""The network of `tsmixer` (Chen et al. 2023)."""

from __future__ import annotations

import jax
from jaxtyping import PRNGKeyArray

from braincast.models.blackbox.networks.layers import Layer
from braincast.models.blackbox.networks.mixing import MixerNetwork, NeuronMixing, TimeMixing
from braincast.models.blackbox.sizes import Sizes


def begun(
    sizes: Sizes, n_blocks: int, n_hidden: int, dropout: float, rescaling: str, *, key: PRNGKeyArray
) -> MixerNetwork:
    """Before the first step: frames and neurons in turn."""
    last, *own = jax.random.split(key, 2 * n_blocks + 1)
    mixing = tuple(
        NeuronMixing.begun(sizes, n_hidden, key=each) if number % 2 else TimeMixing.begun(sizes, key=each)
        for number, each in enumerate(own)
    )
    return MixerNetwork(mixing, Layer.begun(sizes.context, sizes.horizon, key=last), dropout, rescaling)
