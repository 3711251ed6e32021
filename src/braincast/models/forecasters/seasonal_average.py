"""Seasonal average: what a neuron did on average at the same phase of a period found in the training data."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float, Int

from braincast.models.forecasters.forecaster import Forecaster, forecaster_card
from braincast.models.forecasters.memory import remembered
from braincast.models.forecasters.scope import fit_of
from braincast.models.forecasters.spread import Spread
from braincast.models.forecasters.with_members import WithMembers, with_spread
from braincast.models.interface import Setting, Settings
from braincast.tasks.forecasting.training import ForecastTraining
from braincast.tasks.forecasting.windows import Windows

_PSEUDO_CYCLES = 1.0  # without any season, towards which an average over few cycles is shrunk
_SHORTEST = 3  # frames; a shorter period is not a season
_LONGEST_SHARE = 3  # a period must fit three times into the longest piece


@dataclass(frozen=True, eq=False)
class FittedSeason(WithMembers):
    """Averages by phase, for each recording that was trained on (others are answered 0); frames count from its start.

    A `period` of 1 is no season: the mean.
    """

    period: int
    average: Float[np.ndarray, "fit phase neuron"]
    known: Int[np.ndarray, " known"]
    spread: Spread | None = None

    @property
    def n_fitted(self) -> int:
        return 1 + self.average.size

    def point(self, windows: Windows) -> Float[np.ndarray, "case lead neuron"]:
        """The forecast as a single number."""
        frames = windows.start[:, None] + np.arange(windows.horizon)
        return self.average[fit_of(self.known, windows.recording)[:, None], frames % self.period]


class SeasonalAverage(Forecaster):
    """Averages by phase of a period: a peak of the training data's autocorrelation, or none."""

    card = forecaster_card(
        "seasonal-average",
        "Each neuron's average at the same phase of a period that the training data suggest; the mean where none does.",
        {
            "peak": Setting(
                "Which peak of the autocorrelation is the period, by height; 0 for none: the mean",
                kind=int,
                upper=20.0,
            )
        },
    )
    fitted_type = FittedSeason
    candidates: tuple[Settings, ...] = tuple({"peak": peak} for peak in range(5))

    def fit(self, training: ForecastTraining, prepared: None, settings: Settings, *, seed: int) -> FittedSeason:
        periods = remembered(training, "periods", lambda: candidate_periods(training))
        peak = settings["peak"]
        period = periods[peak - 1] if 0 < peak <= len(periods) else 1
        known = sorted({series.recording for series in training.series})
        averages = [_average(training, recording, period) for recording in known]
        average = np.stack([*averages, np.zeros_like(averages[0])])
        fitted = FittedSeason(period, average, np.array(known, dtype=np.int64))
        return with_spread(fitted, training)


def candidate_periods(training: ForecastTraining) -> list[int]:
    """Lags (frames) at which the autocorrelation of all neurons together has a positive peak, the highest first."""
    longest = max(len(series.activity) for series in training.series)
    n_lags = longest // _LONGEST_SHARE
    total = np.zeros(n_lags + 1)
    for series in training.series:
        total += _autocovariance(series.activity.astype(float), n_lags)
    inner = total[1:-1]
    peaks = np.flatnonzero((inner > total[:-2]) & (inner >= total[2:]) & (inner > 0)) + 1
    peaks = peaks[peaks >= _SHORTEST]
    return [int(lag) for lag in peaks[np.argsort(-total[peaks], kind="stable")]]


def _autocovariance(x: Float[np.ndarray, "time neuron"], n_lags: int) -> Float[np.ndarray, " lag"]:
    """Mean product of frames a lag apart, over neurons, by Fourier transform; 0 for lags longer than the series."""
    n_frames = len(x)
    power = (np.abs(np.fft.rfft(x - x.mean(axis=0), n=2 * n_frames, axis=0)) ** 2).sum(axis=1)
    sums = np.fft.irfft(power)[: min(n_lags + 1, n_frames)]
    return np.pad(sums / (n_frames - np.arange(len(sums))), (0, max(0, n_lags + 1 - len(sums))))


def _average(training: ForecastTraining, recording: int, period: int) -> Float[np.ndarray, "phase neuron"]:
    total, count = np.zeros((period, len(training.neurons))), np.zeros((period, 1))
    for series in training.series:
        if series.recording == recording:
            phase = (series.start + np.arange(len(series.activity))) % period
            np.add.at(total, phase, series.activity)
            np.add.at(count, phase, 1.0)
    mean = total.sum(axis=0) / count.sum()
    return (total + _PSEUDO_CYCLES * mean) / (count + _PSEUDO_CYCLES)
