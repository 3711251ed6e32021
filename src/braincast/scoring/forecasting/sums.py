"""What is kept of a forecast held against the truth: sums that every score is computed from."""

from __future__ import annotations

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import numpy as np
from jaxtyping import Float, Int

from braincast.errors import BraincastError
from braincast.scoring.forecasting import ensembles, kernels
from braincast.scoring.forecasting.slabs import ALLOWANCE, reader, slabs
from braincast.scoring.tiles import TILE_NEURONS

ACTIVE_ABOVE = 1.0  # training standard deviations above the training mean
_CACHED_TILES = 3  # 4 cases × 3 × 4,096 neurons × 8 bytes are 0.4 MB
_ROWS, _MEMBERS = kernels.ROW_STATISTICS, ensembles.MEMBER_STATISTICS


@dataclass(frozen=True, eq=False)
class Grouping:
    """Which cases count for neurons, and which groups each neuron is in.

    `counted[case]` is how much a case counts: 0 outside the headline, on average 1 in it; `column[grouping, neuron]` is
    the number of the neuron's group in each grouping; groups are numbered through over all groupings.
    """

    counted: Float[np.ndarray, " case"]
    column: Int[np.ndarray, "grouping neuron"]
    n_columns: int


@dataclass(frozen=True, eq=False)
class ForecastSums:
    """Sums of one forecast: memory is linear in cases × leads, in leads × neurons, and in cases × groups.

    `by_case[name]` has every statistic; `errors_by_group` and `errors_by_neuron` the absolute error, the latter
    as cases are counted. A statistic of members is missing for a forecast without them.
    """

    by_case: Mapping[str, Float[np.ndarray, "case lead"]]
    errors_by_group: Float[np.ndarray, "case column"]
    counts_by_group: Float[np.ndarray, "case column"]
    errors_by_neuron: Float[np.ndarray, "lead neuron"]
    counts_by_neuron: Float[np.ndarray, "lead neuron"]


def add_up(
    forecast: Any,
    truth: Any,
    grouping: Grouping | None = None,
    *,
    active_above: float | None = ACTIVE_ABOVE,
    workers: int = 1,
    allowance: int = ALLOWANCE,
    where: str = "forecast",
) -> ForecastSums:
    """Hold a forecast [case, lead, neuron(, member)] against the truth in one pass over its bytes.

    Both may be numpy arrays, zarr arrays, or anything with `shape` and `read(cases, neurons)`. Truth that is NaN is
    left out; a prediction that is not finite is E208, another shape E212. Working memory stays within `allowance`
    (bytes), beside arrays that are in memory already. Neither `workers`, `allowance` nor chunks change a bit of it.
    Without a grouping nothing is kept by neuron.
    """
    _check_shapes(forecast, truth, where)
    workers = max(1, workers)
    adder = _Adder(tuple(forecast.shape), grouping, active_above, workers)
    read_forecast, read_truth = reader(forecast), reader(truth)
    with ThreadPoolExecutor(workers) as pool:
        for cases, neurons in _plan(forecast, truth, allowance):
            adder.add(read_forecast(cases, neurons), read_truth(cases, neurons), cases, neurons, pool, where)
    return adder.sums()


def _plan(forecast: Any, truth: Any, allowance: int) -> Any:
    n_cases, n_leads, n_neurons = forecast.shape[:3]
    if all(isinstance(array, np.ndarray) and array.flags.c_contiguous for array in (forecast, truth)):
        return [(slice(0, n_cases), slice(0, n_neurons))]  # views: nothing is copied
    members = forecast.shape[3] if len(forecast.shape) == 4 else 0
    n_bytes = forecast.dtype.itemsize * max(1, members) + 4 + 8 * (members > 0)
    chunks = getattr(forecast, "chunks", None)
    return slabs((n_cases, n_leads, n_neurons), n_bytes, allowance, chunks)


def _check_shapes(forecast: Any, truth: Any, where: str) -> None:
    shape, expected = tuple(forecast.shape), tuple(truth.shape)
    if len(shape) not in (3, 4) or shape[:3] != expected or 0 in shape:
        what = f"its shape is {shape}; expected {expected}, and perhaps members"
        raise BraincastError("E212", where, what, "Answer every case at every lead for every neuron")


class _Adder:
    """Sums of one forecast under way."""

    def __init__(
        self, shape: tuple[int, ...], grouping: Grouping | None, active_above: float | None, workers: int
    ) -> None:
        n_cases, n_leads, n_neurons = shape[:3]
        self.grouping, self.workers = grouping, workers
        self.active_above = np.inf if active_above is None else active_above
        self.n_members = shape[3] if len(shape) == 4 else 0
        self.names = (*_ROWS, *(_MEMBERS if self.n_members else ()))
        self.by_case = np.zeros((n_cases, n_leads, len(self.names)))
        n_columns = grouping.n_columns if grouping else 0
        self.by_group, self.missing_by_group = np.zeros((2, n_cases, n_columns))
        self.by_neuron, self.missing_by_neuron = np.zeros((2, n_leads, n_neurons if grouping else 0))

    def add(
        self,
        forecast: np.ndarray,
        truth: np.ndarray,
        cases: slice,
        neurons: slice,
        pool: ThreadPoolExecutor,
        where: str,
    ) -> None:
        """Add a slab: tiles side by side, then their sums in index order."""
        n_tiles = -(-truth.shape[2] // TILE_NEURONS)
        point = np.empty(truth.shape) if self.n_members else forecast
        rows = np.zeros((n_tiles, *truth.shape[:2], len(self.names)))
        groups = np.zeros((2, n_tiles, truth.shape[0], self.by_group.shape[1]))
        places = np.full((n_tiles, 3), -1)
        kept = self._kept(cases, neurons)

        def stretch(tiles: slice) -> None:
            first, last = tiles.start * TILE_NEURONS, min(tiles.stop * TILE_NEURONS, truth.shape[2])
            if self.n_members:
                ensembles.add_members(forecast, truth, first, last, point, rows[tiles, :, :, len(_ROWS) :])
            of_rows, into = rows[tiles, :, :, : len(_ROWS)], (self.by_neuron[:, neurons], groups[0, tiles])
            kernels.add_tiles(point, truth, first, last, self.active_above, kept, of_rows, *into, places[tiles])
            if self.grouping is not None and of_rows[..., 0].sum() < truth[:, :, first:last].size:
                missing = self.missing_by_neuron[:, neurons], groups[1, tiles.start]
                kernels.count_missing(truth, first, last, *kept, *missing)

        # Each worker walks neighbouring tiles together, for memory is read fastest in long pieces; but with sums by
        # neuron only so many that these stay in the processor's cache.
        width = -(-n_tiles // self.workers)
        width = width if self.grouping is None else min(width, _CACHED_TILES)
        list(pool.map(stretch, [slice(t, min(t + width, n_tiles)) for t in range(0, n_tiles, width)]))
        _refuse_not_finite(places, forecast, cases, neurons, where)
        for tile in range(n_tiles):
            self.by_case[cases] += rows[tile]
            self.by_group[cases] += groups[0, tile]
            self.missing_by_group[cases] += groups[1, tile]

    def _kept(self, cases: slice, neurons: slice) -> tuple[np.ndarray, np.ndarray]:
        """Which cases count and which groups each neuron is in, within a slab; no grouping is an empty one."""
        if self.grouping is None:
            return np.zeros(cases.stop - cases.start), np.zeros((0, 0), dtype=np.int64)
        return self.grouping.counted[cases], np.ascontiguousarray(self.grouping.column[:, neurons])

    def sums(self) -> ForecastSums:
        """What was added, by name."""
        by_case = {name: np.ascontiguousarray(self.by_case[..., k]) for k, name in enumerate(self.names)}
        by_case["product"] = (
            by_case["prediction_squared"] + by_case["truth_squared"] - by_case["squared_error"]
        ) / 2  # p t = (p² + t² - (p - t)²) / 2 saves a sum in the inner loop
        by_case.update(_of_frames(by_case))
        by_case.setdefault("crps", by_case["absolute_error"])  # of a forecast that gives all weight to one value
        counts_by_group, counts_by_neuron = self._counts()
        return ForecastSums(by_case, self.by_group, counts_by_group, self.by_neuron, counts_by_neuron)

    def _counts(self) -> tuple[np.ndarray, np.ndarray]:
        if self.grouping is None:
            return self.missing_by_group, self.missing_by_neuron
        sizes = np.bincount(self.grouping.column.ravel(), minlength=self.grouping.n_columns)
        n_leads = self.by_neuron.shape[0]
        return sizes * n_leads - self.missing_by_group, self.grouping.counted.sum() - self.missing_by_neuron


def _of_frames(by_case: Mapping[str, np.ndarray]) -> dict[str, np.ndarray]:
    """A frame is a case at a lead: how far the predicted share of active neurons is from the observed one."""
    count = by_case["count"]
    distance = np.abs(by_case["active_prediction"] - by_case["active_truth"])
    return {"active_share_error": distance / np.maximum(count, 1), "frames": (count > 0).astype(np.float64)}


def _refuse_not_finite(places: np.ndarray, forecast: np.ndarray, cases: slice, neurons: slice, where: str) -> None:
    found = [tuple(int(k) for k in place) for place in places if place[0] >= 0]
    if not found:
        return
    case, lead, neuron = min(found)
    value = forecast[case, lead, neuron]
    what = f"the prediction at case {case + cases.start}, lead {lead}, neuron {neuron + neurons.start} is {value}"
    raise BraincastError("E208", where, what, "Answer every case for every neuron with a finite number")
