"""What a fit, its forecast and their scoring will take on this machine, found out beforehand from a few steps of each.

Steps are made on noise of the task's shape; what is read of the data is a few windows and one stretch of frames, whose
time stands for all others.
"""

from __future__ import annotations

import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from math import prod
from pathlib import Path
from typing import Any

import numpy as np

from braincast.forecasts.writer import writing_answer
from braincast.models.forecasters.own_past.linear_forecast import same_everywhere
from braincast.models.forecasters.scope import unlike
from braincast.models.interface import AnyModel, Learner, Settings
from braincast.models.registry import load_model
from braincast.scoring.forecasting.sums import Grouping, add_up
from braincast.tasks.forecasting.task import ForecastTask
from braincast.tasks.forecasting.truth import WindowTruth, open_window_truth
from braincast.tasks.forecasting.windows import Windows

_PLAIN = {"mean", "persistence"}  # baselines that hold no training series in memory
_TRIES = 3
_PASSES = 3  # over training frames, for each neuron's mean, spread and activity
_RESAMPLED_S = 10e-6  # for each case, resample and contender: groups, intervals, coverage
Answer = Callable[[Windows], np.ndarray]


@dataclass(frozen=True)
class Outlay:
    """Seconds, and bytes of memory (the most at once; None where it cannot be told) and on disk.

    A training may end before its last step. `fit_s` is None for a model in closed form, whose fit cannot be told from
    a part of it. `score_s` is for the stored forecast beside the task's baselines, which are fitted then; a forecast
    that is not kept takes no disk, and its own time again.
    """

    model: str
    n_trainings: int
    fit_s: float | None
    forecast_s: float
    score_s: float
    memory_bytes: int | None
    forecast_bytes: int
    forecast_bytes_float16: int
    forecast_bytes_compressed: int

    def to_dict(self) -> dict[str, Any]:
        """Plain data."""
        return asdict(self)


def outlay(model: AnyModel, task: ForecastTask, candidates: Sequence[Settings], *, seed: int = 0) -> Outlay:
    """What the fit of a model with each of these candidates, its forecast and its score will take."""
    read_s = _reading_s(task)
    fit_s, kept_bytes, answer = _fitting(model, task, candidates, read_s, seed)
    fit_peak = peak_bytes()
    windows = task.cases("test")
    simple_s, own_s = _answering_s(windows, _persistence(windows)), _answering_s(windows, answer)
    write_s, compressed = _writing(windows, answer)
    adding_s = _adding_s(task, windows)
    n_bytes = prod(windows.shape)
    peak = peak_bytes()
    if peak is not None and set(task.card.baselines) - _PLAIN:
        peak += 4 * len(windows.neurons) * sum(p.stop - p.start for p in task.training(0).pieces)
    return Outlay(
        model=model.card.name,
        n_trainings=task.card.n_folds * len(candidates),
        fit_s=fit_s,
        forecast_s=own_s + write_s,
        score_s=_scoring_s(task, adding_s, simple_s, read_s),
        memory_bytes=None if peak is None or fit_peak is None else max(fit_peak + kept_bytes, peak),
        forecast_bytes=4 * n_bytes,
        forecast_bytes_float16=2 * n_bytes,
        forecast_bytes_compressed=compressed,
    )


def peak_bytes() -> int | None:
    """The most memory that this process has held; None where the system does not tell."""
    try:
        import resource
    except ImportError:
        return None
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)


def _fitting(
    model: AnyModel, task: ForecastTask, candidates: Sequence[Settings], read_s: float, seed: int
) -> tuple[float | None, int, Answer]:
    """Seconds for all trainings, the bytes that each keeps in memory, and how the model answers."""
    windows, training = task.cases("test"), task.training(0)
    if not isinstance(model, Learner):
        frames = sum(piece.stop - piece.start for piece in training.pieces)
        return None, 4 * frames * len(windows.neurons), _persistence(windows)
    from braincast.training.gradient.trial import trial

    prepared: Any = model.prepare(task.structure)
    trials = [trial(model, training, prepared, settings, seed=seed) for settings in candidates]
    seconds = sum(read_s * one.n_frames + one.seconds for one in trials) * task.card.n_folds
    first = trials[0].fitted
    return seconds, max(one.kept_bytes for one in trials), lambda part: first.forecast(part, prepared)


def _persistence(windows: Windows) -> Answer:
    fitted = same_everywhere(np.ones((windows.horizon, 1)))
    return lambda part: fitted.forecast(part, None)


def _reading_s(task: ForecastTask) -> float:
    """For one frame, from a stretch of some of them."""
    piece = task.card.of_split("train")[0]
    stop = min(piece.stop, piece.start + task.card.context + 16 * task.card.horizon)
    began = time.perf_counter()
    task.recordings[piece.recording].frames(piece.start, stop)
    return (time.perf_counter() - began) / (stop - piece.start)


def _batches(windows: Windows) -> tuple[list[Windows], int]:
    """The first two batches, and how many there are."""
    ranges = list(windows.ranges())
    first = []
    for part in windows.batches():
        first.append(part)
        if len(first) == 2:
            break
    return first, len(ranges)


def _answering_s(windows: Windows, answer: Answer) -> float:
    """For all batches, from the second, which needs no compiling."""
    parts, n_batches = _batches(windows)
    answer(parts[0])
    return _least_s(lambda: answer(parts[-1])) * n_batches


def _writing(windows: Windows, answer: Answer) -> tuple[float, int]:
    """Seconds and bytes on disk of the whole store, from a few rows of it."""
    part = _batches(windows)[0][0]
    values = answer(part)[:4].astype(np.float32)
    labels = {"case": list(part.ids[: len(values)]), "lead": list(part.leads), "neuron": list(part.neurons)}
    if values.ndim == 4:
        labels["member"] = [str(member) for member in range(values.shape[3])]
    with tempfile.TemporaryDirectory(prefix="braincast-") as folder:
        began = time.perf_counter()
        with writing_answer(f"{folder}/part.zarr", labels=labels) as writer:
            for tile in writer.remaining():
                writer.write(tile, values[tile])
        seconds = time.perf_counter() - began
        size = sum(path.stat().st_size for path in Path(folder).rglob("*/c/*/*/*") if path.is_file())
    share = len(windows) / len(values)
    return seconds * share, int(size * share)


@dataclass(frozen=True, eq=False)
class _Rows:
    """The truth of the first windows alone."""

    truth: WindowTruth
    shape: tuple[int, int, int]

    def read(self, cases: slice, neurons: slice) -> np.ndarray:
        return self.truth.read(cases, neurons)


def _adding_s(task: ForecastTask, windows: Windows) -> float:
    """Holding one whole answer against the truth, from that to a batch."""
    n_rows = len(_batches(windows)[0][0])
    shape = n_rows, *windows.shape[1:]
    grouping = Grouping(np.ones(n_rows), np.zeros((1, shape[2]), dtype=np.int64), 1)
    answer, truth = np.zeros(shape, dtype=np.float32), _Rows(open_window_truth(task), shape)
    add_up(answer[:1], _Rows(truth.truth, (1, *shape[1:])))  # compiled once
    return _least_s(lambda: add_up(answer, truth, grouping)) * len(windows) / n_rows


def _least_s(work: Callable[[], object]) -> float:
    """The least of a few tries: others at work on the machine only make it longer."""
    found = []
    for _ in range(_TRIES):
        began = time.perf_counter()
        work()
        found.append(time.perf_counter() - began)
    return min(found)


def _scoring_s(task: ForecastTask, adding_s: float, simple_s: float, read_s: float) -> float:
    """The forecast and the baselines, whose candidates are each asked about the validation windows."""
    card, training = task.card, task.training(0)
    frames = sum(piece.stop - piece.start for piece in training.pieces)
    asked = len(training.validation.windows) / len(card.cases)
    candidates = [len(unlike(load_model(name).candidates, training)) for name in card.baselines]
    fits_s = sum(read_s * frames + (1 + n * asked) * simple_s for n in candidates)
    resampled_s = _RESAMPLED_S * len(card.cases) * card.n_resamples
    return (adding_s + resampled_s) * (1 + len(candidates)) + fits_s + _PASSES * read_s * frames
