"""The assessor of an imputation task: that of forecasts of its windows, which also looks at every neuron by itself."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float

from braincast.scoring.forecasting.assessor import Measured, WindowAssessor
from braincast.scoring.forecasting.averages import Averaging
from braincast.scoring.forecasting.blocks import resample_replicates
from braincast.scoring.forecasting.groups import CaseMask
from braincast.scoring.forecasting.neurons import NeuronErrors
from braincast.scoring.forecasting.sums import ForecastSums
from braincast.scoring.imputation.in_windows import asked_in_windows
from braincast.scoring.imputation.measures import NeuronSums, neuron_r2, r2_of_neurons
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
        return [self._with_neurons(*pair) for pair in zip(plain, contender.forecasts, strict=True)]

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
    ) -> list[Measured]:
        """Each metric on the windows of a mask."""
        plain = [metric for metric in metrics if metric.of_neurons is None]
        found = dict(zip(plain, super().measure(plain, replicates, mask, averaging), strict=True)) if plain else {}
        return [
            found[m] if m.of_neurons is None else self._over_neurons(m.of_neurons, m.statistics, replicates, mask)
            for m in metrics
        ]

    def measure_columns(
        self, replicates: Sequence[ForecastSums]
    ) -> tuple[Float[np.ndarray, "resample column"], Float[np.ndarray, "replicate column"]]:
        """Mean R² of neurons within each group of neurons."""
        found = [self._r2_within(sums, self._inside(column)) for column in self._columns for sums in replicates]
        shape = len(self._columns), len(replicates), -1
        together = np.array([resampled for resampled, _ in found]).reshape(shape)
        columns = [resample_replicates(own, self.resamples) for own in together]
        return np.stack(columns, axis=1), together[:, :, 0].T

    def leads_within(self, replicates: Sequence[ForecastSums], inside: np.ndarray) -> Float[np.ndarray, " lead"]:
        """The same at each lead, of the neurons marked True, on the sample."""
        return np.mean([self._r2_within(sums, inside)[1][0] for sums in replicates], axis=0)

    def neuron_errors(self, replicates: Sequence[ForecastSums]) -> NeuronErrors:
        """Mean squared error of each neuron, so that skill over the training mean is its R²."""
        each = [self._headline_sums(sums, ("squared_error", "count")) for sums in replicates]
        with np.errstate(divide="ignore", invalid="ignore"):
            by_lead = [of["squared_error"] / of["count"] for of in each]
            overall = [of["squared_error"].sum(axis=0) / of["count"].sum(axis=0) for of in each]
        return NeuronErrors(np.mean(by_lead, axis=0), np.mean(overall, axis=0))

    @property
    def _columns(self) -> range:
        return range(self.grouping.n_columns)

    def _inside(self, column: int) -> np.ndarray:
        return (self.grouping.column == column).any(axis=0)

    def _headline_sums(self, sums: ForecastSums, names: Sequence[str]) -> dict[str, np.ndarray]:
        return {name: _of_neurons(sums)[name][self.headline].sum(axis=0) for name in names}

    def _with_neurons(self, sums: ForecastSums, forecast: np.ndarray) -> ImputedSums:
        seen = np.isfinite(self.truth)
        truth = np.where(seen, self.truth, 0.0)
        said = np.where(seen, forecast.astype(np.float64) - self.levels[:, None], 0.0)
        values = (seen.astype(float), truth, truth**2, said, said**2, said * truth, (said - truth) ** 2)
        return ImputedSums(**vars(sums), of_neurons=dict(zip(STATISTICS, values, strict=True)))

    def _over_neurons(
        self, of: OverNeurons, names: Sequence[str], replicates: Sequence[ForecastSums], mask: CaseMask
    ) -> Measured:
        every = np.ones(self.truth.shape[2], dtype=bool)
        found = [self._averaged(of, names, sums, mask, every) for sums in replicates]
        overall = np.array([values for values, _ in found])
        leads = np.array([by_lead for _, by_lead in found])
        by_lead = [resample_replicates(leads[..., lead], self.resamples) for lead in range(leads.shape[2])]
        n = int(replicates[0].by_case["count"][mask].sum())
        together = resample_replicates(overall, self.resamples)
        return Measured(together, np.stack(by_lead, axis=1), overall[:, 0], n, self.spread(mask))

    def _r2_within(self, sums: ForecastSums, inside: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        if not inside.any():
            nothing = np.full((self.resamples.n_resamples + 1, len(self.card.leads)), np.nan)
            return nothing[:, 0], nothing
        return self._averaged(neuron_r2, _OF_R2, sums, self.headline, inside)

    def _averaged(
        self,
        of: OverNeurons,
        names: Sequence[str],
        sums: ForecastSums,
        mask: CaseMask,
        inside: np.ndarray,
    ) -> tuple[Float[np.ndarray, " resample"], Float[np.ndarray, "resample lead"]]:
        """A figure over neurons on the sample and each resample, over all leads and at each."""
        n, n_leads = self.resamples.n_resamples + 1, len(self.card.leads)
        total, by_lead, weight = np.zeros(n), np.zeros((n, n_leads)), np.zeros(n)
        for recording in np.unique(self.recording[mask]):
            rows = np.flatnonzero(mask & (self.recording == recording))
            counts = self.resamples.counts[:, rows]
            drawn = counts.sum(axis=1)
            own = {name: _of_neurons(sums)[name][rows][..., inside].reshape(len(rows), -1) for name in names}
            added = {name: case_weighted_sums(v, counts).reshape(n, n_leads, -1) for name, v in own.items()}
            weight += drawn
            overall = of({name: values.sum(axis=1) for name, values in added.items()})
            total += np.where(drawn > 0, drawn * overall, 0.0)
            by_lead += np.where(drawn[:, None] > 0, drawn[:, None] * of(added), 0.0)
        with np.errstate(divide="ignore", invalid="ignore"):
            return total / weight, by_lead / weight[:, None]


def _of_neurons(sums: ForecastSums) -> Mapping[str, np.ndarray]:
    if not isinstance(sums, ImputedSums):
        raise TypeError("sums of an imputation task were expected")
    return sums.of_neurons
