"""The network of `graph-mixer`: neurons are mixed along the wiring, and freely as far as that pays."""

from __future__ import annotations

import equinox as eqx
import jax
import jax.numpy as jnp
from jaxtyping import Array, Float, PRNGKeyArray

from braincast.models.blackbox.networks.layers import Layer, dropped, even
from braincast.models.blackbox.networks.mixing import Norm, TimeMixing
from braincast.models.blackbox.networks.network import Network
from braincast.models.blackbox.networks.own_past import OwnPast
from braincast.models.blackbox.networks.rescaling import level
from braincast.models.blackbox.sizes import Sizes
from braincast.models.connectome.networks.coupling import Coupling
from braincast.models.connectome.networks.walks import Walks
from braincast.tasks.forecasting.examples import Seen


class GraphMixing(eqx.Module):
    """A polynomial of steps along and against edges, and a free map of low rank, beside a direct path.

    `gain` weighs walks of 1, 2, … steps for each kind and direction as each neuron receives them: diffusion
    convolution (Li et al. 2018, ICLR, arXiv:1707.01926). The free map, all neurons to all, is `give` · `take`.
    """

    norm: Norm
    gain: Float[Array, "length way neuron"]
    give: Float[Array, "neuron rank"]
    take: Float[Array, "rank neuron"]

    @classmethod
    def begun(cls, n_neurons: int, n_ways: int, length: int, rank: int, *, key: PRNGKeyArray) -> GraphMixing:
        """Nothing is mixed before the first step."""
        zeros = jnp.zeros((length, n_ways, n_neurons), jnp.float32)
        give = even(key, (n_neurons, rank), n_neurons)
        return cls(Norm.begun(n_neurons), zeros, give, jnp.zeros((rank, n_neurons), jnp.float32))

    def __call__(
        self,
        values: Float[Array, "context neuron"],
        steps: tuple[Coupling, ...],
        dropout: float,
        key: PRNGKeyArray | None,
    ) -> Float[Array, "context neuron"]:
        known = self.norm(values)
        mixed = (known @ self.give) @ self.take
        for way, step in enumerate(steps):
            walked = known
            for gain in self.gain[:, way]:
                walked = step(walked)
                mixed = mixed + gain * walked
        return values + dropped(mixed, dropout, key)

    def free(self) -> Float[Array, ""]:
        """The sum of squares of the free map, over neurons, without making it."""
        return ((self.give.T @ self.give) * (self.take @ self.take.T)).sum() / len(self.give)


class GraphMixerNetwork(Network):
    """Mixing of frames and of neurons in turn, then one linear map from the context's frames to the leads."""

    frames: tuple[TimeMixing, ...]
    neurons: tuple[GraphMixing, ...]
    out: Layer
    past: OwnPast | None
    walks: Walks = eqx.field(static=True)
    prior: float = eqx.field(static=True)
    dropout: float = eqx.field(static=True)
    rescaling: str = eqx.field(static=True)

    def __call__(self, seen: Seen, *, key: PRNGKeyArray | None = None) -> Float[Array, "lead neuron"]:
        own = level(seen.context, self.rescaling)
        values = mixed = own.removed(seen.context)
        steps = self.walks.steps(seen.recording)
        keys = [None] * len(self.frames) if key is None else list(jax.random.split(key, len(self.frames)))
        for frames, neurons, chance in zip(self.frames, self.neurons, keys, strict=True):
            before, after = (None, None) if chance is None else jax.random.split(chance)
            mixed = neurons(frames(mixed, self.dropout, before), steps, self.dropout, after)
        found = self.out.of_columns(mixed)
        return own.restored(found if self.past is None else found + self.past(values))

    def penalty(self) -> Float[Array, ""]:
        """How far the mixing of neurons is from what the wiring allows, times the weight of the prior."""
        return self.prior * sum((neurons.free() for neurons in self.neurons), jnp.zeros(()))


def begun(
    sizes: Sizes,
    walks: Walks,
    n_blocks: int,
    length: int,
    rank: int,
    prior: float,
    past: str,
    dropout: float,
    rescaling: str,
    *,
    key: PRNGKeyArray,
) -> GraphMixerNetwork:
    """Before the first step: neurons are not mixed, and nothing is said of the leads."""
    frames, neurons = (jax.random.split(part, n_blocks) for part in jax.random.split(key))
    return GraphMixerNetwork(
        tuple(TimeMixing.begun(sizes, key=each) for each in frames),
        tuple(GraphMixing.begun(sizes.n_neurons, len(walks), length, rank, key=each) for each in neurons),
        Layer.silent(sizes.context, sizes.horizon),
        OwnPast.begun(sizes, past),
        walks,
        prior,
        dropout,
        rescaling,
    )
