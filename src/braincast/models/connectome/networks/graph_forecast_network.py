"""The network of `graph-forecaster` (Gilmer et al. 2017)."""

from __future__ import annotations

import equinox as eqx
import jax
from jaxtyping import Array, Float, PRNGKeyArray

from braincast.models.blackbox.networks.layers import Layer, dropped, even
from braincast.models.blackbox.networks.network import Network
from braincast.models.blackbox.networks.own_past import OwnPast
from braincast.models.blackbox.networks.rescaling import level
from braincast.models.blackbox.sizes import Sizes
from braincast.models.connectome.networks.coupling import Coupling
from braincast.models.connectome.networks.own_context import OwnContext
from braincast.models.connectome.networks.walks import Walks
from braincast.tasks.forecasting.examples import Seen


class Round(eqx.Module):
    """What neurons know, with what their neighbours know added; `message` is a map for each kind and direction."""

    own: Layer
    message: Float[Array, "way width width"]

    @classmethod
    def begun(cls, n_ways: int, width: int, *, key: PRNGKeyArray) -> Round:
        own, message = jax.random.split(key)
        return cls(Layer.begun(width, width, key=own), even(message, (n_ways, width, width), n_ways * width))

    def __call__(
        self, known: Float[Array, "width neuron"], steps: tuple[Coupling, ...]
    ) -> Float[Array, "width neuron"]:
        told = sum(step(message.T @ known) for step, message in zip(steps, self.message, strict=True))
        return known + jax.nn.relu(self.own.of_columns(known) + told)


class GraphForecastNetwork(Network):
    """Each neuron sums up its own context, hears in rounds what its neighbours know, and says its leads."""

    reads: OwnContext
    rounds: tuple[Round, ...]
    out: Layer
    past: OwnPast | None
    walks: Walks = eqx.field(static=True)
    dropout: float = eqx.field(static=True)
    rescaling: str = eqx.field(static=True)

    def __call__(self, seen: Seen, *, key: PRNGKeyArray | None = None) -> Float[Array, "lead neuron"]:
        own = level(seen.context, self.rescaling)
        values = own.removed(seen.context)
        steps = self.walks.steps(seen.recording)
        known = self.reads(values)
        keys = (None,) * len(self.rounds) if key is None else jax.random.split(key, len(self.rounds))
        for each, chance in zip(self.rounds, keys, strict=True):
            known = dropped(each(known, steps), self.dropout, chance)
        found = self.out.of_columns(known)
        return own.restored(found if self.past is None else found + self.past(values))


def begun(
    sizes: Sizes,
    walks: Walks,
    classes: tuple[int, ...],
    n_rounds: int,
    width: int,
    past: str,
    dropout: float,
    rescaling: str,
    *,
    key: PRNGKeyArray,
) -> GraphForecastNetwork:
    """Before the first step: nothing is said of the leads."""
    reads, *own = jax.random.split(key, n_rounds + 1)
    return GraphForecastNetwork(
        OwnContext.begun(sizes, classes, width, key=reads),
        tuple(Round.begun(len(walks), width, key=each) for each in own),
        Layer.silent(width, sizes.horizon),
        OwnPast.begun(sizes, past),
        walks,
        dropout,
        rescaling,
    )
