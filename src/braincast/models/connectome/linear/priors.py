"""What other data say before activity is seen: traits and classes of neurons, and how well both ends of a link fit."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float, Int

from braincast.brain.brains import Brains
from braincast.brain.expression import Expression
from braincast.brain.homologues import worm_cell_classes
from braincast.models.connectome.chemistry import Levels, matches_by_kind
from braincast.models.connectome.linear.channels import Channels, channels_by_sign, with_channels
from braincast.models.connectome.linear.links import WAYS, Links, links_of

MOST_COMPONENTS = 12


@dataclass(frozen=True, eq=False)
class Priors:
    """Links with what is known of their ends.

    `traits` are leading components of expression, each of mean square 1 over the neurons with data and 0 for the
    others; without any expression, whether a neuron lies in each region. `classes` number the homologues. `matches` say
    how well the genes of both ends fit, for links of one way each and 0 for the others.
    """

    links: Links
    traits: Float[np.ndarray, "neuron trait"]
    classes: Int[np.ndarray, " neuron"]
    match_names: tuple[str, ...]
    matches: Float[np.ndarray, "match link"]

    def channels(self, exponent: float, wireless: bool, matched: bool, velocity_mm: float) -> Channels:
        """Channels by kind and sign and, if `matched`, one for each match; the same object each time.

        A fibre delays by its length over `velocity_mm` (mm per frame, 0: no delays), to the nearest frame.
        """
        is_wireless = wireless and self.links.synaptic is not self.links
        asked = exponent, is_wireless, matched, velocity_mm
        return self.links.remember(("prior channels", *asked), lambda: self._channels(*asked))

    def _channels(self, exponent: float, wireless: bool, matched: bool, velocity_mm: float) -> Channels:
        links = self.links if wireless else self.links.synaptic
        delay = np.nan_to_num(links.length_mm / velocity_mm).round().astype(np.int64) if velocity_mm else None
        channels = channels_by_sign(links, exponent, delay)
        if not matched:
            return channels
        kept = np.ones(len(self.links), bool) if wireless else ~self.links.is_way("extrasynaptic")
        shares = links.shares(exponent)
        used = [row for row, match in enumerate(self.matches[:, kept]) if match.any()]
        weights = [shares * self.matches[row, kept] for row in used]
        return with_channels(channels, [self.match_names[row] for row in used], weights)


def priors_of(brains: Brains) -> Priors:
    """What the first recording's expression and the names of neurons say; E307 where there is no wiring."""
    links, expression = links_of(brains), brains.expression
    names, matches = _matches(links, Levels(expression, brains.neurons))
    classes = np.unique(worm_cell_classes(brains.neurons), return_inverse=True)[1]
    traits = _regions(brains) if expression is None else components(expression, brains.neurons, MOST_COMPONENTS)
    return Priors(links, traits, classes.astype(np.int64), names, matches)


def components(expression: Expression, neurons: tuple[str, ...], n_most: int) -> Float[np.ndarray, "neuron component"]:
    """Principal components of log(1 + expression) over the neurons that have data, the largest first."""
    column = {neuron: place for place, neuron in enumerate(expression.neurons)}
    known = [row for row, neuron in enumerate(neurons) if neuron in column]
    values = np.log1p(expression.values[:, [column[neurons[row]] for row in known]].T.astype(float))
    left, sizes, _ = np.linalg.svd(values - values.mean(axis=0), full_matrices=False)
    kept = min(n_most, int((sizes > 1e-9 * max(sizes.max(initial=0.0), 1e-300)).sum()))
    # The sign of a component is arbitrary: its largest entry is positive.
    turned = left[:, :kept] * np.sign(left[np.abs(left[:, :kept]).argmax(axis=0), np.arange(kept)])
    traits = np.zeros((len(neurons), kept))
    traits[known] = turned * np.sqrt(len(known))
    return traits


def _regions(brains: Brains) -> Float[np.ndarray, "neuron region"]:
    """Whether a neuron lies in each region, less the share that does, over the standard deviation; none without."""
    anatomy = brains.anatomy
    named = [] if anatomy is None or "region" not in anatomy else [str(name) for name in anatomy["region"]]
    regions = sorted({name for name in named if name})
    if not 1 < len(regions) <= MOST_COMPONENTS:
        return np.zeros((len(brains.neurons), 0))
    is_in = np.equal.outer(named, regions).astype(float)
    return (is_in - is_in.mean(axis=0)) / is_in.std(axis=0)


def _matches(links: Links, levels: Levels) -> tuple[tuple[str, ...], Float[np.ndarray, "match link"]]:
    names, values = [], []
    for kind, of_kind in matches_by_kind(levels).items():
        here = links.is_way(WAYS[kind])
        for name, match in of_kind.items():
            names.append(name)
            values.append(np.where(here, match[links.pre, links.post], 0.0))
    return tuple(names), np.array(values)
