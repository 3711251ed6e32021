"""What followed the test windows. Imported by scoring alone; the import contract keeps models away."""

from __future__ import annotations

import numpy as np
from jaxtyping import Float, Float32

from braincast.tasks.forecasting.task import ForecastTask
from braincast.tasks.forecasting.windows import Windows, only_asked


class WindowTruth:
    """The truth of a forecast task, read in parts: standardised, NaN where nothing was observed."""

    def __init__(self, task: ForecastTask) -> None:
        self._task = task
        self._windows = task.cases("test")

    @property
    def shape(self) -> tuple[int, int, int]:
        """Case, lead, neuron."""
        return self._windows.shape

    def read(self, cases: slice, neurons: slice) -> Float32[np.ndarray, "case lead neuron"]:
        """What followed some of the windows, in some of the neurons."""
        recording, start = self._windows.recording[cases], self._windows.start[cases]
        width = len(range(*neurons.indices(self.shape[2])))
        out = np.empty((len(start), self.shape[1], width), dtype=np.float32)
        for number in np.unique(recording):
            rows = np.flatnonzero(recording == number)
            out[rows] = self._task.recordings[number].windows(start[rows], self.shape[1], neurons)
        return only_asked(out, self._part(cases), neurons)

    def contexts(self, cases: slice) -> Float32[np.ndarray, "case context neuron"]:
        """What came before, for pictures."""
        return self._part(cases).contexts()

    def _part(self, cases: slice) -> Windows:
        keep = np.zeros(len(self._windows), dtype=bool)
        keep[cases] = True
        return self._windows.where(keep)

    @property
    def activity_level(self) -> Float[np.ndarray, " neuron"]:
        """How often each neuron is more than one standard deviation above its mean in training frames; 0 to 1."""
        return np.mean([recording.scale.active for recording in self._task.recordings], axis=0)


def open_window_truth(task: ForecastTask) -> WindowTruth:
    """The truth of all test windows of a forecast task."""
    return WindowTruth(task)
