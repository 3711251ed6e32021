"""A made-up recording in ZAPBench's layout, of any number of neurons: for tests and for measuring what scale costs.

No figure from it says anything about a fish. Every array carries the attribute `synthetic`, by which the real dataset
refuses it.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from jaxtyping import Float32, Float64

from braincast import files
from braincast.datasets.zebrafish.zapbench_layout import (
    CONDITION_NAMES,
    CONDITION_OFFSETS,
    FEATURES,
    N_EMBEDDING,
    N_FEATURES,
    N_FRAMES,
    N_VOXELS,
    VOXEL_UM,
)

if TYPE_CHECKING:
    import zarr

MADE_BY = "made up by braincast.datasets.synthetic.zapbench_store; not measured in any animal"
CHUNK = 512  # frames and neurons; the published traces are uncompressed float32 in chunks of 512 × 512
LOWEST, HIGHEST = -0.25, 1.5  # the range of the published traces
_PHASE = 40  # frames for which a made-up stimulus stays the same
_N_SHARED = 8  # slow signals that all neurons have a part in
_DECAY = 0.85  # of calcium, from one frame to the next
_SLOW = 0.98  # of the shared signals
_SHARES = (0.06, 0.03, 0.04, 0.03)  # of stimulus, shared signals, own calcium and measurement noise, in ΔF/F
_LONGEST_UM = 1000.0  # half the longest wave that positions are embedded by


def write_store(path: Path | str, n_neurons: int, *, seed: int, force: bool = False) -> Path:
    """Write traces [7879, n_neurons], stimuli, position embeddings and a table of somata; the folder, finished.

    Neurons come in blocks of 512 that depend on the seed and their number alone, so that a small store holds the
    first neurons of a larger one. Memory stays under 200 MB. An existing folder is E501 unless `force`.
    """
    path = Path(path)
    with files.new_folder(path, force=force, what="store") as folder:
        stimulus = made_stimulus()
        _array(folder / "stimuli_features", (N_FRAMES, N_FEATURES), (N_FRAMES, N_FEATURES), version=2)[...] = stimulus
        traces = _array(folder / "traces", (N_FRAMES, n_neurons), (CHUNK, CHUNK), version=3)
        for first, block in _blocks(stimulus, n_neurons, seed):
            traces[:, first : first + block.shape[1]] = block
        _write_places(folder, n_neurons, np.random.default_rng([seed, 1]))
    return path


def made_stimulus() -> Float32[np.ndarray, "frame feature"]:
    """A stimulus that changes every 40 frames within each condition; the same for any seed."""
    frame, rng = np.arange(N_FRAMES), np.random.default_rng(26)
    shown = np.zeros((N_FRAMES, N_FEATURES))
    for name, start, stop in zip(CONDITION_NAMES, CONDITION_OFFSETS, CONDITION_OFFSETS[1:], strict=False):
        phase = (frame[start:stop] - start) // _PHASE
        for column, feature in enumerate(FEATURES):
            if feature == f"{name} shown":
                shown[start:stop, column] = 1.0
            elif feature.startswith(name):
                levels = rng.permutation(np.resize([-1.0, 1.0, 0.5, -0.5], phase[-1] + 1))
                shown[start:stop, column] = levels[phase]
    shown[:, FEATURES.index("specimen 1")] = 1.0
    return shown.astype(np.float32)


def _blocks(
    stimulus: Float32[np.ndarray, "frame feature"], n_neurons: int, seed: int
) -> Iterator[tuple[int, Float32[np.ndarray, "frame neuron"]]]:
    """Number of the first neuron, and traces, of each block of at most 512."""
    shared = _slow(np.random.default_rng([seed, 0]).standard_normal((N_FRAMES, _N_SHARED)), _SLOW)
    for first in range(0, n_neurons, CHUNK):
        rng = np.random.default_rng([seed, 2, first])
        yield first, _traces(stimulus, shared, rng)[:, : n_neurons - first]


def _traces(
    stimulus: Float32[np.ndarray, "frame feature"],
    shared: Float64[np.ndarray, "frame signal"],
    rng: np.random.Generator,
) -> Float32[np.ndarray, "frame neuron"]:
    """Calcium that follows the stimulus, the shared signals and an input of its own, with noise of measurement."""
    tuned = rng.standard_normal((N_FEATURES, CHUNK)) * (rng.random((N_FEATURES, CHUNK)) < 0.2)
    loading = rng.standard_normal((_N_SHARED, CHUNK)) / np.sqrt(_N_SHARED)
    driven, common, own, noise = _SHARES
    drive = (1 - _DECAY) * driven * (stimulus @ tuned) + (1 - _DECAY) * common * (shared @ loading)
    drive += np.sqrt(1 - _DECAY**2) * own * rng.standard_normal((N_FRAMES, CHUNK), dtype=np.float32)
    calcium = _slow(drive, _DECAY, unit=False)
    size = np.exp(0.5 * rng.standard_normal(CHUNK))  # a few neurons are much livelier than most
    measured = 0.05 + size * calcium + noise * rng.standard_normal((N_FRAMES, CHUNK), dtype=np.float32)
    return np.clip(measured, LOWEST, HIGHEST).astype(np.float32)


def _slow(
    drive: Float64[np.ndarray, "frame signal"], decay: float, *, unit: bool = True
) -> Float64[np.ndarray, "frame signal"]:
    """A first-order autoregression of each column; of variance 1 for white drive where `unit`."""
    from scipy.signal import lfilter

    return np.asarray(lfilter([np.sqrt(1 - decay**2) if unit else 1.0], [1.0, -decay], drive, axis=0))


def _write_places(folder: Path, n_neurons: int, rng: np.random.Generator) -> None:
    """Somata with labels from 1 and centroids in voxels; and an embedding of the positions by waves of many lengths."""
    voxels = np.round(rng.random((n_neurons, 3)) * np.array(N_VOXELS), 2)
    place_um = voxels * np.array(VOXEL_UM)
    table: dict[str, Any] = {"label": list(range(1, n_neurons + 1)), "synthetic": [MADE_BY] * n_neurons}
    table |= {f"centroid_{axis}": voxels[:, column].tolist() for column, axis in enumerate("xyz")}
    files.write_json(folder / "segmentation" / "dataframe.json", table)
    n_waves = N_EMBEDDING // 6
    angle = place_um[:, :, None] * (np.pi / _LONGEST_UM * 2.0 ** (np.arange(n_waves) / 4))
    waves = np.concatenate([np.sin(angle), np.cos(angle)], axis=2).reshape(n_neurons, N_EMBEDDING)
    embedding = _array(folder / "position_embedding", waves.shape, (4096, N_EMBEDDING), version=2)
    embedding[...] = waves.astype(np.float32)


def _array(folder: Path, shape: tuple[int, int], chunks: tuple[int, int], *, version: Literal[2, 3]) -> zarr.Array:
    import zarr

    return zarr.create_array(
        folder,
        shape=shape,
        dtype="float32",
        chunks=chunks,
        zarr_format=version,
        compressors=None,
        fill_value=0.0,
        attributes={"synthetic": MADE_BY},
        dimension_names=("t", "f") if version == 3 else None,
        config={"write_empty_chunks": True},
    )
