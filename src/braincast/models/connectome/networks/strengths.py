"""How strong each edge is: shared by kind, with what is learned of single edges and neurons beside it."""

from __future__ import annotations

import equinox as eqx
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float

from braincast.brain.tables import EDGE_KINDS
from braincast.models.blackbox.networks.network import Whole
from braincast.models.connectome.networks.coupling import Coupling
from braincast.models.connectome.networks.graph import Graph
from braincast.models.connectome.networks.wirings import Wirings

# Effects of synapses grow with fewer than their number (here as its square root, before anything is learned).
_POWER = 0.5
_GAIN = -2.0  # log of what all inputs of a neuron together weigh at first
_ALWAYS_EXCITATORY = ("electrical", "tract")  # of unknown sign; tracts begin at pyramidal cells


class Strengths(Whole):
    """The strength of each edge is s · exp(gain + power · log(weight / mean) + deviation), over the usual input.

    `gain` and `power` are of a kind. s is the sign; where it is unknown a polarity is learned that begins at 0, one for
    each presynaptic neuron or one for each edge. `deviation` of single edges is in units of `spread`, its prior's
    standard deviation, towards which weight decay draws it; None where strengths are a kind's.
    """

    gain: Float[Array, " kind"]
    power: Float[Array, " kind"]
    polarity: Float[Array, " neuron"] | Float[Array, "wiring edge"] | None
    deviation: Float[Array, "wiring edge"] | None
    wirings: Wirings = eqx.field(static=True)
    spread: float = eqx.field(static=True)

    @classmethod
    def begun(cls, wirings: Wirings, signs: str, spread: float) -> Strengths:
        """`signs` says what unknown ones are: "excitatory", or learned by "neuron" or "edge"."""
        shape = wirings.n_wirings, wirings.n_edges
        polarities = {"neuron": (wirings.graphs.n_neurons,), "edge": shape}
        are_learned = signs in polarities and _is_unknown(wirings).any()
        return cls(
            jnp.full(len(_kinds(wirings)), _GAIN, jnp.float32),
            jnp.full(len(_kinds(wirings)), _POWER, jnp.float32),
            jnp.zeros(polarities[signs], jnp.float32) if are_learned else None,
            jnp.zeros(shape, jnp.float32) if spread else None,
            wirings,
            spread,
        )

    def __call__(self) -> Float[Array, "wiring edge"]:
        graphs = self.wirings.graphs
        free = jnp.zeros((), self.gain.dtype) if self.deviation is None else self.spread * self._shared_deviation()
        found = jnp.zeros((), self.gain.dtype)
        # One kind after the other: a sum over a mask is quicker than a gather whose gradient is a scatter.
        for place, kind in enumerate(_kinds(self.wirings)):
            is_kind = graphs.kind == kind
            logs, usual = _relative_weights(graphs, is_kind)
            strength = jnp.exp(self.gain[place] + self.power[place] * logs + free) / usual
            found = found + jnp.where(is_kind & (graphs.weight > 0), strength, 0.0)
        return found * self._signs()

    def coupling(self, recording: Array) -> Coupling:
        """The wiring of a window's recording with these strengths."""
        return self.wirings.coupling(self(), recording)

    def _shared_deviation(self) -> Float[Array, "wiring edge"]:
        """The same for both directions of an electrical edge."""
        assert self.deviation is not None
        partner = self.wirings.partner
        if partner is None:
            return self.deviation
        return (self.deviation + jnp.take_along_axis(self.deviation, jnp.asarray(partner), axis=1)) / 2

    def _signs(self) -> Float[Array, "wiring edge"]:
        graphs, is_unknown = self.wirings.graphs, _is_unknown(self.wirings)
        known = np.where(graphs.sign == 0, 1, graphs.sign).astype(np.float32)
        if self.polarity is None:
            return jnp.asarray(known, self.gain.dtype)
        free = self.polarity[graphs.pre] if self.polarity.ndim == 1 else self.polarity
        return jnp.where(is_unknown, jnp.tanh(free), known)


def _kinds(wirings: Wirings) -> list[int]:
    """The kinds that occur."""
    graphs = wirings.graphs
    return np.unique(graphs.kind[graphs.weight > 0]).tolist()


def _is_unknown(wirings: Wirings) -> np.ndarray:
    excitatory = [EDGE_KINDS.index(kind) for kind in _ALWAYS_EXCITATORY]
    return (wirings.graphs.sign == 0) & ~np.isin(wirings.graphs.kind, excitatory) & (wirings.graphs.weight > 0)


def _relative_weights(graphs: Graph, is_kind: np.ndarray) -> tuple[np.ndarray, float]:
    """Logs of weights over the mean of their kind, and what arrives at first at a neuron that has such edges."""
    used = is_kind & (graphs.weight > 0)
    logs = np.zeros_like(graphs.weight)
    logs[used] = np.log(graphs.weight[used] / graphs.weight[used].mean())
    n_receivers = sum(len(np.unique(post[here])) for post, here in zip(graphs.post, used, strict=True))
    return logs, float(np.exp(_POWER * logs[used]).sum() / n_receivers)
