"""The wiring that is simulated: read from files, or made up and labelled so."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from jaxtyping import Shaped

from braincast.brain.connectome import Connectome
from braincast.errors import BraincastError, unknown_name

_ROWS = 1 << 20


@dataclass(frozen=True)
class Wiring:
    """A connectome, whether it was made up, and the hash of all that a simulation takes from it.

    `signs` says what was assumed where it states none; `read_s` is the time to read it or make it up.
    """

    connectome: Connectome
    synthetic: bool
    sha256: str
    signs: str | None = None
    read_s: float = 0.0


def opened_wiring(
    data: Path | None,
    *,
    n_neurons: int | None = None,
    n_edges: int | None = None,
    signs: str | None = None,
    seed: int = 0,
) -> Wiring:
    """The wiring in `data`; without it the synthetic fly of that size (the whole one), always the same.

    Edges of unknown sign get one by the rule `signs` of `sign_rules.RULES`, drawn with `seed`; without a rule they keep
    none. E305 for sizes that no wiring has and for unknown rules, E405 where there is no file; what `read_wiring`
    refuses besides.
    """
    started = time.perf_counter()
    connectome = _read(data, n_neurons, n_edges)
    assumed = None
    if signs is not None:
        connectome, assumed = _with_signs(connectome, signs, seed)
    read_s = time.perf_counter() - started
    return Wiring(connectome, data is None, wiring_sha256(connectome), assumed, read_s)


def _read(data: Path | None, n_neurons: int | None, n_edges: int | None) -> Connectome:
    if data is None:
        from braincast.datasets.synthetic.fly import N_NEURONS, synthetic_fly

        return synthetic_fly(N_NEURONS if n_neurons is None else n_neurons, n_edges, seed=0)
    from braincast.datasets.fly import read_wiring

    if not data.exists():
        raise BraincastError("E405", str(data), "there is no such file or folder", "Check the path")
    return read_wiring(data)


def _with_signs(connectome: Connectome, rule: str, seed: int) -> tuple[Connectome, str]:
    """The wiring with signs by a rule, and the rule in words."""
    from braincast.datasets.fly.sign_rules import RULES, with_signs

    if rule not in RULES:
        raise unknown_name("E305", "rule of signs", rule, RULES)
    return with_signs(connectome, RULES[rule], seed=seed), RULES[rule].words


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
