"""What a neuron hears from its partners, in a few channels: weighted sums of their activity at a lag."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float, Int
from scipy import sparse

from braincast.models.connectome.linear.links import Links

SIGNS = {1: "excitatory", -1: "inhibitory", 0: "unsigned"}


@dataclass(frozen=True, eq=False)
class Channels:
    """Weights of the links in each channel, and by how many frames a link is late beyond the lag asked for."""

    links: Links
    names: tuple[str, ...]
    weight: Float[np.ndarray, "channel wiring link"]
    delay: Int[np.ndarray, "wiring link"]

    @property
    def longest_delay(self) -> int:
        """In frames; 0 without links."""
        return int(self.delay.max(initial=0))

    def __len__(self) -> int:
        return len(self.names)


def channels_by_sign(links: Links, exponent: float, delay: Int[np.ndarray, "wiring link"] | None = None) -> Channels:
    """A channel for each way and sign that occurs, in which each neuron's inputs of a way sum to 1 at most."""
    shares, names, weights = links.shares(exponent), [], []
    for way in dict.fromkeys(links.way):
        for sign, word in SIGNS.items():
            here = links.is_way(way) & (links.sign == sign) & (links.weight > 0)
            if here.any():
                names.append(f"{way} {word}")
                weights.append(np.where(here, shares, 0.0))
    return Channels(links, tuple(names), _stacked(weights, links), _no_delay(links) if delay is None else delay)


def with_channels(channels: Channels, names: Sequence[str], weights: Sequence[np.ndarray]) -> Channels:
    """The same with further channels, [wiring, link] each."""
    every = np.concatenate([channels.weight, _stacked(weights, channels.links)])
    return Channels(channels.links, (*channels.names, *names), every, channels.delay)


def heard(
    channels: Channels, channel: int, wiring: int, activity: Float[np.ndarray, "neuron time"], lag: int, n_rows: int
) -> Float[np.ndarray, "neuron row"]:
    """What each neuron hears in a channel `lag` frames before each of the last `n_rows` frames."""
    links, n_neurons, last = channels.links, len(activity), activity.shape[1]
    total = np.zeros((n_neurons, n_rows))
    weight, delay = channels.weight[channel, wiring], channels.delay[wiring]
    used = weight != 0
    for late in np.unique(delay[used]):
        here = used & (delay == late)
        past = activity[:, last - n_rows - lag - late : last - lag - late]
        ends = links.post[here], links.pre[here]
        total += sparse.csr_array((weight[here], ends), shape=(n_neurons, n_neurons)) @ past
        of_itself = np.bincount(links.post[here], weights=weight[here] * links.is_diffusive[here], minlength=n_neurons)
        total -= of_itself[:, None] * past
    return total


def _stacked(weights: Sequence[np.ndarray], links: Links) -> Float[np.ndarray, "channel wiring link"]:
    return np.array(weights) if len(weights) else np.zeros((0, links.n_wirings, len(links)))


def _no_delay(links: Links) -> Int[np.ndarray, "wiring link"]:
    return np.zeros(links.weight.shape, np.int64)
