"""The assessor of an imputation task: that of forecasts of its windows, which also looks at every neuron by itself."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial

import numpy as np
from jaxtyping import Bool, Float, Int

from braincast.scoring.forecasting.assessor import Measured, WindowAssessor
from braincast.scoring.forecasting.averages import Averaging
from braincast.scoring.forecasting.blocks import resample_replicates
from braincast.scoring.forecasting.groups import CaseMask
from braincast.scoring.forecasting.neurons import NeuronErrors
from braincast.scoring.forecasting.sums import ForecastSums
from braincast.scoring.imputation.in_windows import asked_in_windows
from braincast.scoring.imputation.measures import NeuronSums, mean_of_neurons, neuron_r2, r2_of_neurons
from braincast.scoring.metrics import Metric
from braincast.scoring.scores import Contender
from braincast.scoring.weighting import case_weighted_sums
from braincast.tasks.forecasting.task import ForecastTask

STATISTICS = ("count", "truth", "truth_squared", "prediction", "prediction_squared", "product", "squared_error")
_OF_R2 = ("truth_squared", "squared_error")

OverNeurons = Callable[[NeuronSums], np.ndarray]


@dataclass(frozen=True, eq=False)
class ImputedSums(ForecastSums):
    """Sums of one answer, with each statistic by window, lead and neuron too: around the neuron's training mean."""

    of_neurons: Mapping[str, Float[np.ndarray, "window lead neuron"]]
    kept: dict[tuple[OverNeurons, bytes], np.ndarray] = field(default_factory=dict)


class ImputationAssessor(WindowAssessor):
    """Measures contenders of one imputation task. Its cases are the windows, in which every neuron was hidden once.

    A figure over neurons is made of each recording by itself, then averaged over recordings, each counted as often as
    its windows were drawn.
    """

    column_metric = "neuron_r2"

    def __init__(self, task: ForecastTask, *, workers: int = 1) -> None:
        self.task = asked_in_windows(task)
        super().__init__(self.task, workers=workers)
        self.recording = np.array([case.recording for case in self.card.cases])
        self.levels = np.stack([recording.mean for recording in task.recordings])[self.recording]
        self.truth = self._truth.read(slice(None), slice(None)).astype(np.float64) - self.levels[:, None]

    def sums(self, contender: Contender, name: str) -> list[ForecastSums]:
        """Sums of each replicate of a contender whose answers are gathered in windows."""
        plain = super().sums(contender, name)
        arrays = [np.asarray(forecast) for forecast in contender.forecasts]
        return [self._with_neurons(one, array) for one, array in zip(plain, arrays, strict=True)]

    def r2_by_recording(self, forecast: Float[np.ndarray, "window lead neuron"]) -> Float[np.ndarray, "place neuron"]:
        """R² of each neuron on the headline's windows of each recording that has any."""
        error, truth = (forecast - self.levels[:, None] - self.truth) ** 2, self.truth**2
        rows = [self.headline & (self.recording == number) for number in np.unique(self.recording[self.headline])]
        sums = [{"truth_squared": truth[own], "squared_error": error[own]} for own in rows]
        return np.stack([r2_of_neurons({k: np.nansum(v, axis=(0, 1)) for k, v in own.items()}) for own in sums])

    def measure(
        self,
        metrics: Sequence[Metric],
        replicates: Sequence[ForecastSums],
        mask: CaseMask,
        averaging: Averaging | None = None,
        *,
        n_seeds: int = 1,
    ) -> list[Measured]:
        """Each metric on the windows of a mask; `n_seeds` replicates each are seeds of one draw."""
        plain = [metric for metric in metrics if metric.of_neurons is None]
        usual = super().measure(plain, replicates, mask, averaging, n_seeds=n_seeds) if plain else []
        found = dict(zip(plain, usual, strict=True))
        return [
            found[m]
            if m.of_neurons is None
            else self._over_neurons(m.of_neurons, m.statistics, replicates, mask, n_seeds)
            for m in metrics
        ]

    def measure_columns(
        self, replicates: Sequence[ForecastSums], n_seeds: int = 1
    ) -> tuple[Float[np.ndarray, "resample column"], Float[np.ndarray, "replicate column"]]:
        """Mean R² of neurons within each group of neurons."""
        own = [self._mean_over_recordings(self.headline, partial(self._r2_by_column, sums)) for sums in replicates]
        together = np.array(own)
        columns = [resample_replicates(together[..., k], self.resamples, n_seeds) for k in range(together.shape[2])]
        return np.stack(columns, axis=1), together[:, 0]

    def leads_within(
        self, replicates: Sequence[ForecastSums], inside: Bool[np.ndarray, " neuron"]
    ) -> Float[np.ndarray, " lead"]:
        """The same at each lead, of the neurons marked True, on the sample."""
        weights = [len(rows) for rows in self._rows_of_recordings(self.headline)]
        own = [
            [neuron_r2({k: v[..., inside] for k, v in _added(sums, _OF_R2, rows).items()}) for sums in replicates]
            for rows in self._rows_of_recordings(self.headline)
        ]
        return np.average(np.mean(own, axis=1), axis=0, weights=weights)

    def neuron_errors(self, replicates: Sequence[ForecastSums]) -> NeuronErrors:
        """Mean squared error of each neuron, so that skill over the training mean is its R²."""
        rows = np.flatnonzero(self.headline)
        each = [_added(sums, ("squared_error", "count"), rows) for sums in replicates]
        with np.errstate(divide="ignore", invalid="ignore"):
            by_lead = [of["squared_error"] / of["count"] for of in each]
            overall = [of["squared_error"].sum(axis=0) / of["count"].sum(axis=0) for of in each]
        return NeuronErrors(np.mean(by_lead, axis=0), np.mean(overall, axis=0))

    def _with_neurons(self, sums: ForecastSums, forecast: np.ndarray) -> ForecastSums:
        seen = np.isfinite(self.truth)
        truth = np.where(seen, self.truth, 0.0)
        said = np.where(seen, forecast.astype(np.float64) - self.levels[:, None], 0.0)
        values = (seen.astype(float), truth, truth**2, said, said**2, said * truth, (said - truth) ** 2)
        return ImputedSums(**vars(sums), of_neurons=dict(zip(STATISTICS, values, strict=True)))

    def _over_neurons(
        self,
        of: OverNeurons,
        names: Sequence[str],
        replicates: Sequence[ForecastSums],
        mask: CaseMask,
        n_seeds: int,
    ) -> Measured:
        own = [self._mean_over_recordings(mask, partial(self._figure, sums, of, names)) for sums in replicates]
        together = np.array(own)
        leads = [resample_replicates(together[..., k], self.resamples, n_seeds) for k in range(together.shape[2])]
        n = int(replicates[0].by_case["count"][mask].sum())
        return Measured(leads[0], np.stack(leads[1:], axis=1), together[..., 0], n, self.spread(mask))

    def _mean_over_recordings(
        self, mask: CaseMask, of_rows: Callable[[np.ndarray], Float[np.ndarray, "resample value"]]
    ) -> Float[np.ndarray, "resample value"]:
        """Of values made of each recording's windows; where none of a recording is drawn, it does not count."""
        n = self.resamples.n_resamples + 1
        total, weight = np.zeros((n, 1)), np.zeros((n, 1))
        for rows in self._rows_of_recordings(mask):
            drawn = self.resamples.counts[:, rows].sum(axis=1)[:, None]
            total = total + np.where(drawn > 0, drawn * of_rows(rows), 0.0)
            weight = weight + drawn
        with np.errstate(divide="ignore", invalid="ignore"):
            return total / weight

    def _rows_of_recordings(self, mask: CaseMask) -> list[Int[np.ndarray, " row"]]:
        return [np.flatnonzero(mask & (self.recording == number)) for number in np.unique(self.recording[mask])]

    def _figure(
        self, sums: ForecastSums, of: OverNeurons, names: Sequence[str], rows: Int[np.ndarray, " row"]
    ) -> Float[np.ndarray, "resample value"]:
        """A figure over neurons on the sample and each resample: over all leads, then at each. Kept, as groups ask."""
        kept, key = _imputed(sums).kept, (of, rows.tobytes())
        if key not in kept:
            n, counts = self.resamples.n_resamples + 1, self.resamples.counts[:, rows]
            own = {name: _imputed(sums).of_neurons[name][rows].reshape(len(rows), -1) for name in names}
            added = {k: case_weighted_sums(v, counts).reshape(n, len(self.card.leads), -1) for k, v in own.items()}
            overall = of({name: values.sum(axis=1) for name, values in added.items()})
            kept[key] = np.concatenate([overall[:, None], of(added)], axis=1)
        return kept[key]

    def _r2_by_column(self, sums: ForecastSums, rows: Int[np.ndarray, " row"]) -> Float[np.ndarray, "resample column"]:
        counts, own = self.resamples.counts[:, rows], _imputed(sums).of_neurons
        r2 = r2_of_neurons({k: case_weighted_sums(own[k][rows].sum(axis=1), counts) for k in _OF_R2})
        inside = [(self.grouping.column == column).any(axis=0) for column in range(self.grouping.n_columns)]
        return np.stack([mean_of_neurons(r2[:, own]) for own in inside], axis=1)


def _imputed(sums: ForecastSums) -> ImputedSums:
    if not isinstance(sums, ImputedSums):
        raise TypeError("sums of an imputation task were expected")
    return sums


def _added(sums: ForecastSums, names: Sequence[str], rows: Int[np.ndarray, " row"]) -> dict[str, np.ndarray]:
    """Each statistic by lead and neuron, over some windows."""
    return {name: _imputed(sums).of_neurons[name][rows].sum(axis=0) for name in names}
