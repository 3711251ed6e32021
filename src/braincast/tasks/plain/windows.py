"""A forecast task's contexts, training series and validation windows as .npy files."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.lib.format import open_memmap

from braincast.files import write_json
from braincast.tasks.forecasting.task import ForecastTask
from braincast.tasks.forecasting.training import ForecastTraining
from braincast.tasks.forecasting.windows import Windows

_HIDDEN = "; NaN where hidden. Answer each case from itself alone: what it hides is visible in others"


def write_windows(task: ForecastTask, folder: Path) -> dict[str, str]:
    """What stands in each file. Contexts are written batch by batch; a missing value is the last one seen before it."""
    before, seen = ("contexts", "context") if task.card.imputation is None else ("visible", "lead")
    _write_seen(task.cases(), folder / f"{before}.npy")
    for fold in range(task.card.n_folds):
        (folder / f"fold-{fold}").mkdir()
        _write_fold(task.training(fold), folder / f"fold-{fold}", before)
    unit = task.card.unit
    described = {
        f"{before}.npy": f"[case, {seen}, neuron], {unit}" + _HIDDEN * (before == "visible"),
        "fold-F/series.json": "of each training series: file, recording, condition, first frame",
        "fold-F/series-N.npy": "[time, neuron]: consecutive training frames",
        f"fold-F/validation-{before}.npy": f"[window, {seen}, neuron]: for choosing among settings",
        "fold-F/validation-targets.npy": "[window, lead, neuron]: what is to be told; NaN where nothing was observed",
    }
    if task.inputs == "stimulus":
        _save(folder / "stimulus.npy", task.cases().stimulus())
        described["stimulus.npy"] = "[case, frame, feature]: shown during each context and the frames to forecast"
        described["fold-F/series-N-stimulus.npy"] = "[time, feature]: shown during the series"
        described["fold-F/validation-stimulus.npy"] = "[window, frame, feature]"
    return described


def _write_seen(windows: Windows, path: Path) -> None:
    """What came before each window or, where neurons are hidden in it, what is visible."""
    n_frames = windows.horizon if windows.hides else windows.context_frames
    shape = len(windows), n_frames, len(windows.neurons)
    seen = open_memmap(path, mode="w+", dtype=np.float32, shape=shape)
    for rows, part in zip(windows.ranges(), windows.batches(), strict=True):
        seen[rows] = part.visible() if part.hides else part.contexts()
    seen.flush()


def _write_fold(training: ForecastTraining, folder: Path, before: str) -> None:
    described = []
    for number, series in enumerate(training.series):
        name = f"series-{number}.npy"
        _save(folder / name, series.activity)
        _save(folder / f"series-{number}-stimulus.npy", series.stimulus)
        origin = {"recording": series.recording, "condition": series.condition, "start": series.start}
        described.append({"file": name, **origin})
    write_json(folder / "series.json", described)
    _write_seen(training.validation.windows, folder / f"validation-{before}.npy")
    followed = open_memmap(
        folder / "validation-targets.npy", mode="w+", dtype=np.float32, shape=training.validation.windows.shape
    )
    for rows, (_, truth) in zip(training.validation.windows.ranges(), training.validation.batches(), strict=True):
        followed[rows] = truth
    followed.flush()
    _save(folder / "validation-stimulus.npy", training.validation.windows.stimulus())


def _save(path: Path, values: np.ndarray | None) -> None:
    """Nothing is written where there is nothing."""
    if values is not None:
        np.save(path, values, allow_pickle=False)
