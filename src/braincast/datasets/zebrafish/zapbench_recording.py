"""ZAPBench's arrays and its table of somata as a specimen with one recording."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import xarray as xr

from braincast.brain.recording import Recording
from braincast.brain.specimen import Specimen
from braincast.datasets.places import Place
from braincast.datasets.published import open_published
from braincast.datasets.zebrafish.zapbench_layout import DT_S, FEATURES, N_FRAMES, N_VOXELS, VOXEL_UM, conditions
from braincast.errors import BraincastError
from braincast.progress import step

if TYPE_CHECKING:
    from braincast.datasets.card import DatasetCard

_TABLE = "segmentation/dataframe.json"
_LARGEST_TABLE = 512 << 20  # the published one has 52 MB
MADE_UP = "synthetic"  # the attribute of arrays that were not measured


def specimen_of(place: Place, card: DatasetCard, name: str, indicator: str, *, synthetic: bool = False) -> Specimen:
    """One animal with one recording; its traces stay where they are until they are read.

    E406 for an array that is missing, E209 and E212 for one of another type or shape, E402 for a made-up store where a
    measured one is meant, or the other way round.
    """
    traces, stimulus = card.stores[0].arrays[:2]
    activity, attributes = open_published(place, traces)
    _check_origin(MADE_UP in attributes, synthetic, place.locate("traces"))
    shown = open_published(place, stimulus)[0]
    with step("Reading stimuli and positions"):
        told = np.asarray(shown[...])
        anatomy = _anatomy(place, traces.shape[1])
    _check_stimulus(told, place.locate("stimuli_features"))
    spans = pd.DataFrame([{"name": c.name, "start": c.start, "stop": c.stop} for c in conditions()])
    recording = Recording(
        activity,
        tuple(str(label) for label in range(1, traces.shape[1] + 1)),
        np.arange(N_FRAMES) * DT_S,
        "ΔF/F",
        indicator,
        stimulus=xr.DataArray(told, {"feature": list(FEATURES)}, ("time", "feature"), "stimulus"),
        conditions=spans,
        anatomy=anatomy,
    )
    return Specimen(name, card.species, recordings={name: recording}, n_animals=1)


def _check_origin(found: bool, meant: bool, where: str) -> None:
    if found and not meant:
        fix = "Give a copy of the published store; for made-up ones there are tasks zapbench-c4-synthetic-N"
        raise BraincastError("E402", where, "this store says that it was made up, not measured", fix)
    if meant and not found:
        what, fix = (
            "this store does not say that it was made up",
            "For the published store there is the task zapbench-c4",
        )
        raise BraincastError("E402", where, what, fix)


def _check_stimulus(told: np.ndarray, where: str) -> None:
    if not np.isfinite(told).all():
        raise BraincastError("E110", where, "the stimulus is not finite everywhere", "Use an undamaged copy")
    if not np.ptp(told, axis=0).any():
        raise BraincastError(
            "E203", where, "the stimulus never changes: its chunks are missing", "Use an undamaged copy"
        )


def _anatomy(place: Place, n_neurons: int) -> pd.DataFrame | None:
    """Positions of somata in µm, a row for each neuron; None where the table is not there or says no positions."""
    content = place.read(_TABLE, largest=_LARGEST_TABLE)
    if content is None:
        return None
    where, fix = place.locate(_TABLE), "Use an undamaged copy, or leave the file out"
    try:
        table = pd.DataFrame(json.loads(content))
        labels = table["label"].to_numpy().astype(np.int64)
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
        what = f"this is not a table of segments with labels ({type(error).__name__}: {error})"[:300]
        raise BraincastError("E406", where, what, fix) from error
    if not np.array_equal(np.sort(labels), np.arange(1, n_neurons + 1)):
        what = f"its {len(labels):,} labels are not 1 to {n_neurons:,}, so that rows belong to no neuron"
        raise BraincastError("E406", where, what, fix)
    return _positions_um(table.iloc[np.argsort(labels)], where)


def _positions_um(table: pd.DataFrame, where: str) -> pd.DataFrame | None:
    columns = [f"centroid_{axis}" for axis in "xyz"]
    if not set(columns) <= set(table.columns):
        return None
    try:
        voxels = table[columns].to_numpy().astype(np.float64)
    except (ValueError, TypeError) as error:
        what = f"centroids are no numbers ({error})"[:300]
        raise BraincastError("E406", where, what, "Use an undamaged copy, or leave the file out") from error
    if not (np.isfinite(voxels).all() and (voxels >= 0).all() and (voxels <= np.array(N_VOXELS)).all()):
        return pd.DataFrame(voxels, columns=pd.Index(columns))  # other voxels than the microscope's: no unit is known
    return pd.DataFrame(voxels * np.array(VOXEL_UM), columns=pd.Index(["x_um", "y_um", "z_um"]))
