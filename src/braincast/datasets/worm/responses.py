"""The signal-propagation atlas (Randi et al. 2023, doi:10.1038/s41586-023-06683-4)."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from braincast.brain.responses import Responses
from braincast.datasets.worm.archive import read_hdf5

SOURCE = "Randi et al. 2023, doi:10.1038/s41586-023-06683-4"
STRAINS = ("wt", "unc31")
_NAMES = ("q", "q_eq", "dFF", "occ1", "dFF_all", "kernels")


def read_responses(wheel: Path, neuron_ids: Sequence[str]) -> dict[str, Responses]:
    """The atlas of each strain; the file's [responding, stimulated] is turned into [stimulated, responding]."""
    keys = [f"{strain}/{name}" for strain in STRAINS for name in _NAMES]
    atlas = {key: array.T for key, array in read_hdf5(wheel, "funatlas.h5", keys).items()}
    return {s: _responses({name: atlas[f"{s}/{name}"] for name in _NAMES}, tuple(neuron_ids)) for s in STRAINS}


def _responses(group: dict[str, np.ndarray], neurons: tuple[str, ...]) -> Responses:
    trial_values, trial_offsets = _without_nan(*_ragged(group["dFF_all"]))
    terms, term_offsets = _ragged(group["kernels"])
    return Responses(
        neurons=neurons,
        q=np.ascontiguousarray(group["q"]),
        q_equivalence=np.ascontiguousarray(group["q_eq"]),
        mean=np.ascontiguousarray(group["dFF"]),
        n_trials=np.ascontiguousarray(group["occ1"]),
        trial_values=trial_values,
        trial_offsets=trial_offsets,
        # A kernel is written as a flat list of (rate, factor, power of t, branch).
        kernel_terms=terms.reshape(-1, 4),
        kernel_offsets=term_offsets // 4,
        unit="dF/F",
        source=SOURCE,
    )


def _ragged(cells: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Values of all cells in row-major order, and where each cell begins."""
    flat = cells.ravel()
    lengths = np.fromiter((len(cell) for cell in flat), dtype=np.int64, count=flat.size)
    return np.concatenate(flat), np.concatenate([[0], np.cumsum(lengths)])


def _without_nan(values: np.ndarray, offsets: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The same without trials that have no value (there is one in the wild type)."""
    good = np.isfinite(values)
    kept_before = np.concatenate([[0], np.cumsum(good)])
    return values[good], kept_before[offsets]
