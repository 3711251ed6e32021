"""The strongest edges that end at each neuron, and what a network is told of each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float, Float32, Int

from braincast.brain.connectome import Connectome
from braincast.models.connectome.networks.graph import Graph
from braincast.models.connectome.networks.walks import shares
from braincast.models.connectome.networks.wirings import Wirings


class Wired(NamedTuple):
    """One wiring: its edges, what each weighs among those of its kind that arrive, and what is told of each.

    Told are its size (the log of its weight, with mean 0 and deviation 1 over its kind), its sign, and a 1.
    """

    graph: Graph
    share: Float[Array, " edge"]
    told: Float[Array, "3 edge"]


@dataclass(frozen=True)
class Thinned:
    """Wirings of which only the strongest edges are left."""

    wirings: Wirings

    @classmethod
    def of(cls, connectomes: Sequence[Connectome], which: Int[np.ndarray, " recording"], strongest: int) -> Thinned:
        """At most `strongest` edges end at each neuron; edges of unlike kinds are compared by size."""
        return cls(Wirings.of([_strongest(connectome, strongest) for connectome in connectomes], which))

    def wired(self, recording: Any, dtype: Any) -> Wired:
        """The wiring of a window's recording."""
        number = self.wirings.number(recording) if self.wirings.n_wirings > 1 else 0
        share, told = (jnp.asarray(values, dtype)[number] for values in self._told)
        return Wired(self.wirings.graph(recording), share, told)

    @property
    def _told(self) -> tuple[Float32[np.ndarray, "wiring edge"], Float32[np.ndarray, "wiring 3 edge"]]:
        graphs = self.wirings.graphs
        sizes = np.stack([_sizes(*both) for both in zip(graphs.kind, graphs.weight, strict=True)])
        told = [sizes, graphs.sign, np.ones_like(graphs.weight)]
        return shares(graphs), np.stack(told, axis=1).astype(np.float32)


def _strongest(connectome: Connectome, number: int) -> Connectome:
    edges = connectome.edges.loc[connectome.edges["weight"] > 0]
    size = _sizes(edges["kind"].cat.codes.to_numpy(), edges["weight"].to_numpy(np.float64))
    ranked = edges.assign(_size=size).sort_values(["post", "_size", "pre", "kind"], ascending=[True, False, True, True])
    kept = ranked.loc[ranked.groupby("post").cumcount() < number]
    return connectome.with_edges(kept.drop(columns="_size"))


def _sizes(kind: np.ndarray, weight: np.ndarray) -> np.ndarray:
    """Logs of weights, with mean 0 and deviation 1 over each kind; 0 for edges that weigh nothing."""
    found = np.zeros(weight.shape)
    for number in np.unique(kind[weight > 0]):
        used = (kind == number) & (weight > 0)
        logs = np.log(weight[used])
        spread = logs.std()
        found[used] = (logs - logs.mean()) / (spread if spread > 0 else 1.0)
    return found
