"""The wiring that is simulated: read from files, or made up and labelled so."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from jaxtyping import Shaped

from braincast.brain.connectome import Connectome
from braincast.errors import BraincastError

_ROWS = 1 << 20


@dataclass(frozen=True)
class Wiring:
    """A connectome, whether it was made up, and the hash of all that a simulation takes from it."""

    connectome: Connectome
    synthetic: bool
    sha256: str


def opened_wiring(data: Path | None, *, n_neurons: int | None = None, n_edges: int | None = None) -> Wiring:
    """The wiring in `data`; without it the synthetic fly of that size (the whole one), always the same.

    E305 for sizes that no wiring has, E405 where there is no file; what `read_wiring` refuses besides.
    """
    if data is None:
        from braincast.datasets.synthetic.fly import N_NEURONS, synthetic_fly

        connectome = synthetic_fly(N_NEURONS if n_neurons is None else n_neurons, n_edges, seed=0)
        return Wiring(connectome, True, wiring_sha256(connectome))
    from braincast.datasets.fly import read_wiring

    if not data.exists():
        raise BraincastError("E405", str(data), "there is no such file or folder", "Check the path")
    connectome = read_wiring(data)
    return Wiring(connectome, False, wiring_sha256(connectome))


def wiring_sha256(connectome: Connectome) -> str:
    """SHA-256 (hex) of ids, ends, kinds, weights, signs and delays: what spikes follow from, and nothing else."""
    digest = hashlib.sha256("\n".join(connectome.neuron_ids).encode())
    edges = connectome.edges
    columns = {name: edges[name].to_numpy() for name in ("pre", "post", "weight", "sign", "delay_s")}
    for values in (*columns.values(), edges["kind"].cat.codes.to_numpy()):
        for part in _parts(values):
            digest.update(part)
    return digest.hexdigest()


def _parts(values: Shaped[np.ndarray, " edge"]) -> Iterator[bytes]:
    """Numbers as little-endian float64, so that a weight counts the same in whatever type it is held."""
    for start in range(0, len(values), _ROWS):
        yield values[start : start + _ROWS].astype("<f8").tobytes()
