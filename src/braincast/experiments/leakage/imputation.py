"""The leakage audit of imputation tasks: change what is hidden, fit again, and demand the same answers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
from jaxtyping import Bool

from braincast.brain.recording import Recording
from braincast.models.interface import AnyModel, Settings
from braincast.tasks.forecasting.card import WindowCase
from braincast.tasks.forecasting.task import ForecastTask
from braincast.training.fit import fit

# Which values of a recording, by number, are made up: as [frame, neuron] in the task's order.
Hidden = Callable[[int, int], Bool[np.ndarray, "frame neuron"]]


def moved_imputations(
    model: AnyModel, task: ForecastTask, *, seed: int, settings: Settings | None = None
) -> tuple[str, ...]:
    """Cases whose answer moved when a group's values in all test frames, or all other windows, were made up."""
    before = fit(model, task, seed=seed, settings=settings).forecast(task.cases()).values
    moved: list[str] = []
    for hidden, is_untouched in [*_by_group(task), *_every_other_window(task)]:
        changed = _with_made_up(task, hidden, seed)
        after = fit(model, changed, seed=seed, settings=settings).forecast(changed.cases()).values
        rows = [row for row, case in enumerate(task.card.cases) if is_untouched(case)]
        moved += [task.card.cases[row].id for row in rows if not np.array_equal(before[row], after[row])]
    return tuple(dict.fromkeys(moved))


def _by_group(task: ForecastTask) -> list[tuple[Hidden, Callable[[WindowCase], bool]]]:
    """A group in every test frame: cases in which it is hidden may not move."""
    imputation = task.card.imputation
    groups = np.array(() if imputation is None else imputation.groups)

    def of(group: int) -> tuple[Hidden, Callable[[WindowCase], bool]]:
        def hidden(recording: int, n_frames: int) -> Bool[np.ndarray, "frame neuron"]:
            return _tested(task, recording, n_frames)[:, None] & (groups == group)

        return hidden, lambda case: case.hidden == group

    return [of(group) for group in range(1 + int(groups.max(initial=-1)))]


def _every_other_window(task: ForecastTask) -> list[tuple[Hidden, Callable[[WindowCase], bool]]]:
    """All neurons in every other window: cases of the windows between may not move, as no surroundings are told."""
    horizon, places = task.card.horizon, {(case.recording, case.start) for case in task.card.cases}
    touched = set(sorted(places)[1::2])

    def hidden(recording: int, n_frames: int) -> Bool[np.ndarray, "frame neuron"]:
        frames = np.zeros(n_frames, dtype=bool)
        for start in (start for number, start in touched if number == recording):
            frames[start : start + horizon] = True
        return np.repeat(frames[:, None], len(task.card.neurons), axis=1)

    return [(hidden, lambda case: (case.recording, case.start) not in touched)]


def _tested(task: ForecastTask, recording: int, n_frames: int) -> Bool[np.ndarray, " frame"]:
    frames = np.zeros(n_frames, dtype=bool)
    for piece in (*task.card.of_split("test"), *task.card.of_split("held-out")):
        if piece.recording == recording:
            frames[piece.start : piece.stop] = True
    return frames


def _with_made_up(task: ForecastTask, hidden: Hidden, seed: int) -> ForecastTask:
    specimens = dict(task.specimens)
    for number, use in enumerate(task.card.recordings):
        specimen = specimens[use.specimen]
        recording = specimen.recordings[use.recording]
        changed = _made_up(task, recording, hidden(number, recording.n_frames), [seed, number])
        specimens[use.specimen] = replace(specimen, recordings={**specimen.recordings, use.recording: changed})
    return task.with_recordings(specimens)


def _made_up(task: ForecastTask, recording: Recording, hidden: np.ndarray, seed: list[int]) -> Recording:
    """Random values of the same size where hidden, a tenth of them missing."""
    rng = np.random.default_rng(seed)
    place = {neuron: column for column, neuron in enumerate(recording.neurons)}
    columns = [place[neuron] for neuron in task.card.neurons]
    activity = np.array(recording.read(0, recording.n_frames), dtype=np.float64)
    values = np.nanmean(activity) + 3 * np.nanstd(activity) * rng.normal(size=hidden.shape)
    values = np.where(rng.random(hidden.shape) < 0.1, np.nan, values)
    activity[:, columns] = np.where(hidden, values, activity[:, columns])
    return replace(recording, activity=activity)
