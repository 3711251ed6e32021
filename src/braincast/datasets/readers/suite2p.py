"""Output folders of Suite2p (Pachitariu et al. 2017, bioRxiv 061507).

`ops.npy` and `stat.npy` are pickles, which can run programs: they are never read, so the rate must be given.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np

from braincast.brain.slabs import Slabs
from braincast.datasets.readers.candidates import Candidate, Contents, Wanted
from braincast.datasets.readers.draft import Draft
from braincast.datasets.readers.numpy_files import mapped
from braincast.errors import BraincastError

NEUROPIL = 0.7  # Suite2p's default neuropil coefficient


def planes(folder: Path) -> list[Path]:
    """Folders with fluorescence: the planes of a Suite2p folder, or of the session around it, in their order."""
    if (folder / "F.npy").is_file():
        return [folder]
    around = folder / "suite2p" if (folder / "suite2p").is_dir() else folder
    found = [path for path in around.glob("plane*") if (path / "F.npy").is_file()]
    return sorted(found, key=lambda path: (len(path.name), path.name))


def contents(path: Path, wanted: Wanted) -> Contents:
    """Fluorescence minus 0.7 of the neuropil's, cells only, all planes side by side."""
    folders = planes(path)
    shapes = [mapped(folder / "F.npy").shape for folder in folders]
    shape = (sum(s[0] for s in shapes), min(s[-1] for s in shapes))
    return Contents("Suite2p", (Candidate("F", "recording", 0, shape, lambda: _draft(folders)),))


def _draft(folders: list[Path]) -> Draft:
    planes_ = [_Plane(folder) for folder in folders]
    lengths = {plane.n_frames for plane in planes_}
    if max(lengths) - min(lengths) > 1:
        what = f"planes have {sorted(lengths)} frames"
        raise BraincastError("E106", str(folders[0].parent), what, "Add planes of one session only")
    # The last volume of a session often lacks its last planes.
    n_frames = min(lengths)
    names = tuple(f"{plane.name} roi {row}" for plane in planes_ for row in plane.rows)
    if not names:
        raise BraincastError("E118", str(folders[0]), "iscell.npy accepts no cell", "Accept cells in Suite2p first")

    def frames(start: int, stop: int) -> np.ndarray:
        return np.concatenate([plane.frames(start, stop) for plane in planes_], axis=1)

    notes = [note for plane in planes_ for note in plane.notes]
    notes.append("ops.npy is a pickle and was not read: --rate gives the frames per second")
    values = Slabs((n_frames, len(names)), np.dtype(np.float32), frames)
    return Draft(values, ("time", "neuron"), names, unit="fluorescence", notes=tuple(notes))


class _Plane:
    """One plane's fluorescence, left on disk."""

    def __init__(self, folder: Path) -> None:
        self.name = folder.name if folder.name.startswith("plane") else "plane0"
        self._f = _matrix(folder / "F.npy")
        has_neuropil = (folder / "Fneu.npy").is_file()
        self._neuropil = _matrix(folder / "Fneu.npy") if has_neuropil else None
        if self._neuropil is not None and self._neuropil.shape != self._f.shape:
            what = f"shape {self._neuropil.shape}, but F.npy has {self._f.shape}"
            raise BraincastError("E106", str(folder / "Fneu.npy"), what, "Run Suite2p's extraction again")
        is_cell = _is_cell(folder / "iscell.npy", self._f.shape[0])
        self.rows = np.flatnonzero(is_cell)
        self.n_frames = self._f.shape[1]
        subtracted = f"{NEUROPIL} of the neuropil was subtracted" if has_neuropil else "no Fneu.npy: nothing subtracted"
        self.notes = (f"{self.name}: {len(self.rows)} of {len(is_cell)} regions are cells; {subtracted}",)

    def frames(self, start: int, stop: int) -> np.ndarray:
        """[time, neuron] in float32."""
        part = self._f[self.rows, start:stop].astype(np.float32)
        if self._neuropil is not None:
            part -= np.float32(NEUROPIL) * self._neuropil[self.rows, start:stop].astype(np.float32)
        return part.T


def _matrix(path: Path) -> np.ndarray:
    found = mapped(path)
    if found.ndim != 2 or found.dtype.kind not in "fiu":
        what = f"shape {found.shape}, {found.dtype}: expected [region, time] of numbers"
        raise BraincastError("E106", str(path), what, "Give Suite2p's own output")
    return found


def _is_cell(path: Path, n_regions: int) -> np.ndarray:
    if not path.is_file():
        return np.ones(n_regions, bool)
    found = np.asarray(mapped(path))
    column = found[:, 0] if found.ndim == 2 else found
    if column.shape != (n_regions,):
        what = f"{len(column)} rows for {n_regions} regions"
        raise BraincastError("E106", str(path), what, "Give Suite2p's own output")
    return column > 0.5
