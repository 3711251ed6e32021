"""The wiring that is simulated: read from files, or made up and labelled so."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from jaxtyping import Shaped

from braincast.brain.connectome import Connectome
from braincast.errors import BraincastError

N_NEURONS, N_EDGES = 138_639, 15_100_000  # FlyWire v783 (Dorkenwald et al. 2024, Nature 634:124)
_ROWS = 1 << 20


@dataclass(frozen=True)
class Wiring:
    """A connectome, whether it was made up, and the hash of all that a simulation takes from it."""

    connectome: Connectome
    synthetic: bool
    sha256: str


def opened_wiring(data: Path | None, *, n_neurons: int = N_NEURONS, n_edges: int = N_EDGES) -> Wiring:
    """The wiring in `data`; without it the synthetic fly of that size, always the same one.

    E305 for sizes that no wiring has, E405 where there is no file; what `read_wiring` refuses besides.
    """
    if data is None:
        from braincast.datasets.synthetic.fly import synthetic_fly

        _require_sizes(n_neurons, n_edges)
        connectome = synthetic_fly(n_neurons, n_edges, seed=0)
        return Wiring(connectome, True, wiring_sha256(connectome))
    from braincast.datasets.fly import read_wiring

    if not data.exists():
        raise BraincastError("E405", str(data), "there is no such file or folder", "Check the path")
    connectome = read_wiring(data)
    return Wiring(connectome, False, wiring_sha256(connectome))


def wiring_sha256(connectome: Connectome) -> str:
    """SHA-256 (hex) of ids, ends, kinds, weights and signs: what spikes follow from, and nothing else."""
    digest = hashlib.sha256("\n".join(connectome.neuron_ids).encode())
    edges = connectome.edges
    columns = {name: edges[name].to_numpy() for name in ("pre", "post", "weight", "sign")}
    for values in (*columns.values(), edges["kind"].cat.codes.to_numpy()):
        _add(digest, values)
    return digest.hexdigest()


def _add(digest: hashlib._Hash, values: Shaped[np.ndarray, " edge"]) -> None:
    """Numbers as little-endian float64, so that a weight counts the same in whatever type it is held."""
    for start in range(0, len(values), _ROWS):
        digest.update(values[start : start + _ROWS].astype("<f8").tobytes())


def _require_sizes(n_neurons: int, n_edges: int) -> None:
    if n_neurons < 2:
        raise BraincastError("E305", "--neurons", f"{n_neurons} neurons have no wiring", "Give 2 or more")
    most = n_neurons * (n_neurons - 1)
    if not 0 <= n_edges <= most:
        what = f"{n_edges:,} edges do not go on {n_neurons:,} neurons"
        raise BraincastError("E305", "--edges", what, f"Give 0 to {most:,}")
