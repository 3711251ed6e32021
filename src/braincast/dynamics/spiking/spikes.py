"""Spikes: which neuron, when, in which trial; as a table, as rates, and on disk."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from jaxtyping import Float, Int

from braincast import files
from braincast.errors import BraincastError

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa
    import xarray as xr

_ROWS = 1 << 20  # of one group of rows in the file
_FACTS = {"dt_s": float, "n_neurons": int, "n_trials": int, "duration_s": float}


@dataclass
class Outlay:
    """Seconds that compiling (or reading the compiled loop) and simulating all trials took."""

    compile_s: float = 0.0
    wall_s: float = 0.0


@dataclass(frozen=True, eq=False)
class Spikes:
    """All spikes of some trials, sorted by trial, time, neuron; read from `path` when first looked at, if there is one.

    `neuron` is a row number of the wiring. A spike's time is the begin of the step at whose end v exceeds the
    threshold, a multiple of `dt_s`.
    """

    dt_s: float
    n_neurons: int
    n_trials: int
    duration_s: float
    columns: tuple[Int[np.ndarray, " spike"], Int[np.ndarray, " spike"], Int[np.ndarray, " spike"]] | None = None
    path: Path | None = None
    outlay: Outlay = field(default_factory=Outlay)

    @classmethod
    def load(cls, path: Path | str, outlay: Outlay | None = None) -> Spikes:
        """Spikes as `save` or `simulate` wrote them; E405 for no file, E117 for another or a damaged one."""
        import pyarrow.parquet as pq

        path = Path(path)
        with _reading(path):
            facts = pq.read_schema(path).metadata or {}
            stated = {name: kind(facts[name.encode()]) for name, kind in _FACTS.items()}
        return cls(**stated, path=path, outlay=outlay or Outlay())

    def __len__(self) -> int:
        return int(self.counts().sum())

    @property
    def trial(self) -> Int[np.ndarray, " spike"]:
        """The trial of each spike, from 0."""
        return self._loaded[0]

    @property
    def time_s(self) -> Float[np.ndarray, " spike"]:
        """Seconds since the trial's begin."""
        return seconds(self.step, self.dt_s)

    @property
    def step(self) -> Int[np.ndarray, " spike"]:
        """The time in steps of `dt_s`."""
        return self._loaded[1]

    @property
    def neuron(self) -> Int[np.ndarray, " spike"]:
        """Who spiked."""
        return self._loaded[2]

    def counts(self) -> Int[np.ndarray, "trial neuron"]:
        """Spikes of each neuron in each trial."""
        total = np.zeros((self.n_trials, self.n_neurons), np.int64)
        for trial, _, neuron in self._parts():
            place = trial.astype(np.int64) * self.n_neurons + neuron
            total += np.bincount(place, minlength=total.size).reshape(total.shape)
        return total

    def rates(self, neuron_ids: list[str] | None = None) -> xr.DataArray:
        """Spikes per second [trial, neuron]."""
        import xarray as xr

        coordinates: dict[str, Any] = {"trial": np.arange(self.n_trials)}
        coordinates["neuron"] = np.arange(self.n_neurons) if neuron_ids is None else neuron_ids
        rate = self.counts() / self.duration_s
        return xr.DataArray(rate, coordinates, ("trial", "neuron"), "rate", {"units": "Hz"})

    def binned(self, bin_s: float, neurons: Int[np.ndarray, " chosen"] | None = None) -> xr.DataArray:
        """Spikes per second [trial, time, neuron] in bins that begin at `time`; of some neurons or of all.

        E107 for a bin that is shorter than a step or longer than a trial.
        """
        import xarray as xr

        if not self.dt_s <= bin_s <= self.duration_s:
            what = f"{bin_s:g} s is not between one step ({self.dt_s:g} s) and a trial ({self.duration_s:g} s)"
            raise BraincastError("E107", "bin_s", what, "Choose another bin")
        neurons = np.arange(self.n_neurons) if neurons is None else neurons
        n_bins = int(np.ceil(self.duration_s / bin_s - 1e-9))
        column = np.full(self.n_neurons, -1)
        column[neurons] = np.arange(len(neurons))
        rate = np.zeros((self.n_trials, n_bins, len(neurons)))
        for trial, step, neuron in self._parts():
            kept = column[neuron] >= 0
            place = np.minimum((step[kept] * self.dt_s / bin_s + 1e-9).astype(np.int64), n_bins - 1)
            np.add.at(rate, (trial[kept], place, column[neuron[kept]]), 1 / bin_s)
        coordinates = {"trial": np.arange(self.n_trials), "time": np.arange(n_bins) * bin_s, "neuron": neurons}
        return xr.DataArray(rate, coordinates, ("trial", "time", "neuron"), "rate", {"units": "Hz"})

    def to_table(self) -> pa.Table:
        """Columns trial, time_s, neuron."""
        return _table(self.trial, self.step, self.neuron, self.dt_s)

    def frame(self) -> pd.DataFrame:
        """The same in pandas."""
        return self.to_table().to_pandas()

    def save(self, path: Path | str) -> None:
        """Write a parquet file with columns trial, time_s, neuron."""
        with SpikeWriter(Path(path), self.dt_s, self.n_neurons, self.n_trials, self.duration_s) as writer:
            writer.add(self.trial, self.step, self.neuron)

    @cached_property
    def _loaded(self) -> tuple[Int[np.ndarray, " spike"], ...]:
        if self.columns is not None:
            return self.columns
        parts = list(self._parts())
        if not parts:
            return tuple(np.zeros(0, np.int32) for _ in range(3))
        return tuple(np.concatenate(column) for column in zip(*parts, strict=True))

    def _parts(self) -> Iterator[tuple[Int[np.ndarray, " spike"], ...]]:
        """Trial, step, neuron of the spikes, some millions at a time."""
        if self.columns is not None:
            yield self.columns
            return
        import pyarrow.parquet as pq

        assert self.path is not None
        with _reading(self.path), pq.ParquetFile(self.path) as file:
            for batch in file.iter_batches(_ROWS):
                step = np.rint(batch["time_s"].to_numpy() / self.dt_s).astype(np.int32)
                yield batch["trial"].to_numpy(), step, batch["neuron"].to_numpy()


class SpikeWriter:
    """Writes spikes to a parquet file as they come, in groups of equal size; the file is there when all are."""

    def __init__(self, path: Path, dt_s: float, n_neurons: int, n_trials: int, duration_s: float) -> None:
        self._path, self._dt_s = path, dt_s
        facts = {"dt_s": repr(dt_s), "n_neurons": n_neurons, "n_trials": n_trials, "duration_s": repr(duration_s)}
        self._facts = {name: str(value) for name, value in facts.items()}
        self._waiting: list[tuple[Int[np.ndarray, " spike"], ...]] = []
        self._n_waiting = 0

    def __enter__(self) -> SpikeWriter:
        import pyarrow as pa
        import pyarrow.parquet as pq

        columns = [("trial", pa.int32()), ("time_s", pa.float64()), ("neuron", pa.int32())]
        self._replacing = files.replacing(self._path)
        self._writer = pq.ParquetWriter(
            self._replacing.__enter__(), pa.schema(columns, metadata=self._facts), compression="zstd"
        )
        return self

    def add(self, *spikes: Int[np.ndarray, " spike"]) -> None:
        """Trial, step, neuron of further spikes."""
        self._waiting.append(spikes)
        self._n_waiting += len(spikes[0])
        if self._n_waiting >= _ROWS:
            self._write(full=True)

    def __exit__(self, *error: Any) -> None:
        try:
            if error[0] is None:
                self._write(full=False)
            self._writer.close()
        finally:
            self._replacing.__exit__(*error)

    def _write(self, *, full: bool) -> None:
        if not self._waiting:
            return
        columns = [np.concatenate(column) for column in zip(*self._waiting, strict=True)]
        whole = self._n_waiting - self._n_waiting % _ROWS if full else self._n_waiting
        for first in range(0, whole, _ROWS):
            part = [column[first : min(first + _ROWS, whole)] for column in columns]
            table = _table(part[0], part[1], part[2], self._dt_s)
            self._writer.write_table(table.replace_schema_metadata(self._facts), _ROWS)
        self._waiting = [tuple(column[whole:] for column in columns)]
        self._n_waiting -= whole


def seconds(step: Int[np.ndarray, " spike"], dt_s: float) -> Float[np.ndarray, " spike"]:
    """Steps as seconds, the float nearest to the decimal number where a second holds a whole number of steps."""
    per_second = np.rint(1 / dt_s)
    return step / per_second if abs(per_second * dt_s - 1) < 1e-9 else step * dt_s


def _table(
    trial: Int[np.ndarray, " spike"], step: Int[np.ndarray, " spike"], neuron: Int[np.ndarray, " spike"], dt_s: float
) -> pa.Table:
    import pyarrow as pa

    return pa.table({"trial": trial, "time_s": seconds(step, dt_s), "neuron": neuron})


@contextmanager
def _reading(path: Path) -> Iterator[None]:
    import pyarrow as pa

    try:
        yield
    except FileNotFoundError:
        raise BraincastError("E405", str(path), "there is no such file", "Name a file of spikes") from None
    except (pa.ArrowException, OSError, KeyError, ValueError) as error:
        what = f"it holds no spikes that can be read ({type(error).__name__})"
        raise BraincastError("E117", str(path), what, "Simulate again, or name another file") from None
