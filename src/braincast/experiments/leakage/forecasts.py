"""The leakage audit of forecast tasks: change what follows the contexts, fit again, and demand the same forecasts."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import xarray as xr

from braincast.brain.recording import Recording
from braincast.models.interface import AnyModel, Settings
from braincast.tasks.forecasting.card import Piece
from braincast.tasks.forecasting.task import ForecastTask
from braincast.training.fit import fit

# Where test pieces are cut, as a share of their length: everything from there on is replaced.
_CUTS = (0.0, 0.5)


def moved_forecasts(
    model: AnyModel, task: ForecastTask, *, seed: int, settings: Settings | None = None
) -> tuple[str, ...]:
    """Test windows whose forecast moved when frames from their start on, or other test frames to come, were made up.

    Values, missing values and, where models are not told what is shown, stimulus and behaviour are replaced.
    """
    before = fit(model, task, seed=seed, settings=settings).forecast(task.cases("test"))
    moved: list[str] = []
    for cut in _CUTS:
        first = {(p.recording, p.start): p.start + int(cut * (p.stop - p.start)) for p in _tested(task)}
        changed = _with_made_up_future(task, first, seed)
        after = fit(model, changed, seed=seed, settings=settings).forecast(changed.cases("test"))
        for row, case in enumerate(task.card.cases):
            is_untouched = case.start <= first[case.recording, _piece_of(task, case.recording, case.start).start]
            if is_untouched and not _same(before[row], after[row]):
                moved.append(case.id)
    return tuple(dict.fromkeys(moved))


def _tested(task: ForecastTask) -> tuple[Piece, ...]:
    return (*task.card.of_split("test"), *task.card.of_split("held-out"))


def _piece_of(task: ForecastTask, recording: int, start: int) -> Piece:
    return next(p for p in _tested(task) if p.recording == recording and p.start <= start < p.stop)


def _same(before: xr.DataArray, after: xr.DataArray) -> bool:
    return before.shape == after.shape and np.array_equal(before.values, after.values)


def _with_made_up_future(task: ForecastTask, first: dict[tuple[int, int], int], seed: int) -> ForecastTask:
    specimens = dict(task.specimens)
    for number, use in enumerate(task.card.recordings):
        specimen = specimens[use.specimen]
        future = np.zeros(use.n_frames, dtype=bool)
        for piece in _tested(task):
            if piece.recording == number:
                future[first[number, piece.start] : piece.stop] = True
        made_up = _made_up(specimen.recordings[use.recording], future, task.inputs, [seed, number])
        specimens[use.specimen] = replace(specimen, recordings={**specimen.recordings, use.recording: made_up})
    return task.with_recordings(specimens)


def _made_up(recording: Recording, future: np.ndarray, inputs: str, seed: list[int]) -> Recording:
    """Random values of the same size in the frames marked True, a tenth of them missing."""
    rng = np.random.default_rng(seed)
    activity = np.array(recording.read(0, recording.n_frames), dtype=np.float64)
    shape = (int(future.sum()), recording.n_neurons)
    values = np.nanmean(activity) + 3 * np.nanstd(activity) * rng.normal(size=shape)
    activity[future] = np.where(rng.random(shape) < 0.1, np.nan, values)
    changes = {}
    for name in ("behaviour",) if inputs == "stimulus" else ("behaviour", "stimulus"):
        if (track := getattr(recording, name)) is not None:
            track = track.astype(np.float64).copy()
            track.values[future] = rng.normal(size=(shape[0], track.sizes["feature"]))
            changes[name] = track
    return replace(recording, activity=activity, **changes)
