"""The recording: activity of neurons over time, never assumed to fit in memory."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import xarray as xr
import zarr
from jaxtyping import Float

from braincast import files
from braincast.brain.arrays import create_array, create_group, read_arrays, values_of
from braincast.brain.display import html_card, text_card
from braincast.brain.folders import checked_header, field, header, names_in, read_table, write_table
from braincast.brain.naming import stated_unit, unique_names
from braincast.brain.slabs import Slabs, spans
from braincast.brain.timeline import checked_conditions, checked_features, checked_time
from braincast.errors import BraincastError

_CHUNKS = (256, 4096)  # 4 MiB in float32; a window of tens of frames touches one or two chunks per tile of neurons
_TRACKS = ("stimulus", "behaviour")
_TABLES = ("conditions", "anatomy")
_EVERY = slice(None)


@dataclass(frozen=True, eq=False, repr=False)
class Recording:
    """`activity[time, neuron]` in `unit`, with what was shown and done at the same times.

    `activity` is a numpy array, or a zarr array or `Slabs`, which stay unread; NaN in it means not observed. `time_s`
    is strictly increasing (E104), or None where frames are counted. `stimulus` and `behaviour` are [time, feature].
    `conditions` has the columns `name`, `start`, `stop`: frame numbers of half-open intervals that no window may
    cross; they neither overlap nor leave the recording (E109). `anatomy` has a row for each neuron, with columns named
    as in a connectome's neuron table (`region`, `cell_type`, `x_um`, …). Other errors: E101 neuron id, E105 unit, E106
    shapes, E108 missing column.

    >>> two = Recording(np.zeros((3, 2)), ("AVAL", "AVAR"), np.array([0.0, 0.5, 1.0]), "dF/F", "GCaMP6s")
    >>> two.dt_s, two.to_xarray(start=1).sizes["time"]
    (0.5, 2)
    """

    activity: np.ndarray | zarr.Array | Slabs
    neurons: tuple[str, ...]
    time_s: Float[np.ndarray, " time"] | None
    unit: str
    indicator: str = ""
    stimulus: xr.DataArray | None = None
    behaviour: xr.DataArray | None = None
    conditions: pd.DataFrame | None = None
    anatomy: pd.DataFrame | None = None

    def __post_init__(self) -> None:
        settle = object.__setattr__
        settle(self, "neurons", unique_names(self.neurons, "recording.neurons"))
        settle(self, "unit", stated_unit(self.unit, "recording.unit"))
        _check_activity(self.activity, len(self.neurons))
        if self.time_s is not None:
            settle(self, "time_s", checked_time(self.time_s, self.n_frames))
        for name in _TRACKS:
            if (track := getattr(self, name)) is not None:
                settle(self, name, checked_features(track, self.n_frames, f"recording.{name}"))
        if self.conditions is not None:
            settle(self, "conditions", checked_conditions(self.conditions, self.n_frames))
        if self.anatomy is not None:
            settle(self, "anatomy", _checked_anatomy(self.anatomy, len(self.neurons)))

    @property
    def n_frames(self) -> int:
        """Length of the time axis."""
        return int(self.activity.shape[0])

    @property
    def n_neurons(self) -> int:
        """Length of the neuron axis."""
        return len(self.neurons)

    @property
    def dt_s(self) -> float | None:
        """Median step in seconds; None where time is not known or there are fewer than two frames."""
        if self.time_s is None or self.n_frames < 2:
            return None
        return float(np.median(np.diff(self.time_s)))

    def read(self, start: int, stop: int, columns: slice = _EVERY) -> np.ndarray:
        """Frames `start` to `stop` of some neurons, [time, neuron], as they are stored; nothing else is read."""
        if isinstance(self.activity, zarr.Array):
            return values_of(self.activity, (slice(start, stop), columns))
        return self.activity[start:stop, columns]

    def spans(self) -> Iterator[tuple[int, int]]:
        """Bounds of consecutive slabs of frames of some megabytes each; whole chunks of a store where they fit."""
        return spans(self.activity.shape, whole=self._chunk_frames)

    def blocks(self, start: int, stop: int) -> tuple[int, int]:
        """Bounds of the whole chunks that frames `start` to `stop` lie in; without chunks, these frames."""
        size = self._chunk_frames
        return start // size * size, min(-(-stop // size) * size, self.n_frames)

    @property
    def _chunk_frames(self) -> int:
        return int(self.activity.chunks[0]) if isinstance(self.activity, zarr.Array) else 1

    def to_xarray(self, start: int = 0, stop: int | None = None) -> xr.DataArray:
        """Frames `start` to `stop` as a labelled array [time, neuron] in memory; only these frames are read."""
        frames = slice(start, stop)
        time = np.arange(self.n_frames) if self.time_s is None else self.time_s
        coordinates = {
            "time": ("time", time[frames], {"units": "frames" if self.time_s is None else "s"}),
            "neuron": ("neuron", list(self.neurons)),
        }
        attributes = {"units": self.unit, "indicator": self.indicator}
        values = np.asarray(self.activity[frames])
        return xr.DataArray(values, coordinates, ("time", "neuron"), name="activity", attrs=attributes)

    def save(self, path: Path | str, *, force: bool = False) -> None:
        """Write a folder with a zarr group and a manifest, tile by tile; an existing one is E501 unless `force`."""
        with files.new_folder(Path(path), force=force, what="recording") as folder:
            create_group(folder, header("recording", self._header()))
            tiles = create_array(
                folder, "activity", ("time", "neuron"), self.activity.shape, self.activity.dtype, _CHUNKS
            )
            for start in range(0, self.n_frames, _CHUNKS[0]):
                tiles[start : start + _CHUNKS[0]] = np.asarray(self.activity[start : start + _CHUNKS[0]])
            for name, dims, values in self._small_arrays():
                create_array(folder, name, dims, values.shape, values.dtype, values.shape)[...] = values
            for name in _TABLES:
                if (table := getattr(self, name)) is not None:
                    write_table(folder, name, table)

    @classmethod
    def load(cls, path: Path | str, *, check: bool = True) -> Recording:
        """Read what `save` wrote, compared with its manifest first unless `check` is off; activity stays on disk."""
        folder = Path(path)
        arrays, attributes = read_arrays(folder, check=check)
        found = checked_header(attributes, folder, "recording")
        texts: dict[str, Any] = {name: field(found, name, folder, str) for name in ("unit", "indicator")}
        tables: dict[str, Any] = {
            name: read_table(folder, name) for name in _TABLES if (folder / f"{name}.parquet").is_file()
        }
        present = [name for name in _TRACKS if name in arrays]
        tracks: dict[str, Any] = {
            name: _loaded_track(arrays[name], field(found, name, folder, dict), folder) for name in present
        }
        return cls(
            field(arrays, "activity", folder),
            names_in(found, "neurons", folder),
            values_of(arrays["time_s"]) if "time_s" in arrays else None,
            **texts,
            **tracks,
            **tables,
        )

    def __repr__(self) -> str:
        return text_card("Recording", "", self._facts())

    def _repr_html_(self) -> str:
        return html_card("Recording", "", self._facts())

    def _facts(self) -> dict[str, object]:
        return {
            "neurons": self.n_neurons,
            "frames": self.n_frames,
            "step": "unknown" if self.dt_s is None else f"{self.dt_s:.4g} s",
            "unit": self.unit,
            "indicator": self.indicator or None,
            "stimulus features": None if self.stimulus is None else self.stimulus.sizes["feature"],
            "behaviour features": None if self.behaviour is None else self.behaviour.sizes["feature"],
            "conditions": None if self.conditions is None else len(self.conditions),
            "anatomy": None if self.anatomy is None else ", ".join(map(str, self.anatomy.columns)),
        }

    def _header(self) -> dict[str, Any]:
        tracks = {name: getattr(self, name) for name in _TRACKS if getattr(self, name) is not None}
        described = {name: _track_header(track) for name, track in tracks.items()}
        return {"neurons": list(self.neurons), "unit": self.unit, "indicator": self.indicator, **described}

    def _small_arrays(self) -> list[tuple[str, tuple[str, ...], np.ndarray]]:
        # Two tracks have features of their own, so their axes must differ in name where both lie in one group.
        tracks = [(name, ("time", f"{name}_feature"), getattr(self, name)) for name in _TRACKS]
        given = [("time_s", ("time",), self.time_s), *tracks]
        return [(name, dims, np.asarray(values)) for name, dims, values in given if values is not None]


def _check_activity(activity: np.ndarray | zarr.Array | Slabs, n_neurons: int) -> None:
    if activity.ndim != 2 or activity.shape[1] != n_neurons:
        what = f"shape {tuple(activity.shape)}, expected (time, {n_neurons})"
        raise BraincastError("E106", "recording.activity", what, "Give [time, neuron] and an id for each neuron")
    if np.dtype(activity.dtype).kind not in "fiu":
        what = f"activity has data type {activity.dtype}"
        raise BraincastError("E107", "recording.activity", what, "Give floating-point numbers or counts")


def _checked_anatomy(anatomy: pd.DataFrame, n_neurons: int) -> pd.DataFrame:
    if len(anatomy) != n_neurons:
        what = f"{len(anatomy)} rows for {n_neurons} neurons"
        raise BraincastError("E106", "recording.anatomy", what, "Give one row for each neuron, in their order")
    return anatomy.reset_index(drop=True)


def _track_header(track: xr.DataArray) -> dict[str, Any]:
    names = [str(name) for name in track["feature"].values] if "feature" in track.coords else None
    return {"features": names, "name": track.name, "attributes": dict(track.attrs)}


def _loaded_track(values: zarr.Array, described: dict[str, Any], folder: Path) -> xr.DataArray:
    features = field(described, "features", folder, (list, type(None)))
    coordinates = None if features is None else {"feature": features}
    attributes = field(described, "attributes", folder, dict)
    name = field(described, "name", folder)
    return xr.DataArray(values_of(values), coordinates, ("time", "feature"), name, attributes)
