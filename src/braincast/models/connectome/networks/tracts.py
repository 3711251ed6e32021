"""How strongly, and over what length, regions hear each other: every pair, for wirings that are nearly full."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float32, Float64, Int, Int32

from braincast.brain.connectome import Connectome

_LENGTH = "length_mm"


@dataclass(frozen=True, eq=False)
class Tracts:
    """Of each distinct wiring, and which of them each recording has.

    `weight[wiring, post, pre]` is of tracts where there are any, else of edges of all kinds, as a share of the largest.
    `length_mm` and `delay_s` are 0 where they are not known.
    """

    weight: Float32[np.ndarray, "wiring post pre"]
    length_mm: Float32[np.ndarray, "wiring post pre"]
    delay_s: Float32[np.ndarray, "wiring post pre"]
    which: Int32[np.ndarray, " recording"]

    @classmethod
    def of(cls, connectomes: Sequence[Connectome], which: Int[np.ndarray, " recording"]) -> Tracts:
        """From connectomes on the same neurons, in the same order."""
        parts = [_pairs(connectome) for connectome in connectomes]
        weight, length, delay = (np.stack(part).astype(np.float32) for part in zip(*parts, strict=True))
        return cls(weight, length, delay, np.asarray(which, np.int32))

    def shared_out(self, power: float) -> Float32[np.ndarray, "wiring post pre"]:
        """Weights raised to a power (streamlines span six orders of magnitude), so that what a region hears adds up
        to 1; to 0 where it hears none."""
        strength = np.where(self.weight > 0, self.weight**power, 0.0)
        total = strength.sum(axis=2, keepdims=True)
        return np.divide(strength, total, out=np.zeros_like(strength), where=total > 0).astype(np.float32)

    def longest_s(self, velocity: float) -> float:
        """The longest delay if fibres conduct at `velocity` metres a second."""
        return float((self.length_mm / (1e3 * velocity) + self.delay_s).max(initial=0.0))


def _pairs(connectome: Connectome) -> tuple[Float64[np.ndarray, "post pre"], ...]:
    """Weights, lengths and delays; of several edges of a pair, the means weighted as they weigh."""
    edges = connectome.edges
    used = (edges["pre"] != edges["post"]) & ((edges["kind"] == "tract") | ("tract" not in connectome.kinds))
    edges = edges.loc[used]
    weight, delay = edges["weight"].to_numpy(np.float64), edges["delay_s"].to_numpy(np.float64)
    length = edges[_LENGTH].to_numpy(np.float64) if _LENGTH in edges else np.zeros(len(edges))
    length = np.where(np.isfinite(delay), 0.0, np.nan_to_num(length))  # a delay that is known needs no length

    def added(values: np.ndarray) -> np.ndarray:
        found = np.zeros((connectome.n_neurons, connectome.n_neurons))
        np.add.at(found, (edges["post"].to_numpy(), edges["pre"].to_numpy()), values)
        return found

    total = added(weight)
    means = (added(weight * values) / np.where(total > 0, total, 1.0) for values in (length, np.nan_to_num(delay)))
    return total / max(total.max(initial=0.0), np.finfo(float).tiny), *means
