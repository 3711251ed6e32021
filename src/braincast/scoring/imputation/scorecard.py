"""Scoring imputations: as forecasts of windows, every neuron where it was hidden, beside the homologue bound."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
import xarray as xr
from jaxtyping import Float

from braincast.forecasts.check import check_forecast
from braincast.scoring.forecasting.card import ForecastScorecard
from braincast.scoring.forecasting.scorecard import score_forecasts
from braincast.scoring.imputation.assessor import ImputationAssessor
from braincast.scoring.imputation.homologues import HomologueBound, homologue_bound, share_of
from braincast.scoring.imputation.in_windows import answered_in_windows
from braincast.scoring.scores import Contender, ModelScore
from braincast.tasks.forecasting.task import ForecastTask


def score_imputations(
    task: ForecastTask,
    contenders: Mapping[str, Contender],
    *,
    baseline: str | None = None,
    simple: str | None = None,
    workers: int = 1,
    headline: str | None = None,
) -> ForecastScorecard:
    """Score answers to an imputation task.

    Labelled answers are checked first (E204–E215), stored ones for their shape (E212) and for numbers that are not
    finite (E208). `ceiling_share` of the primary metric is the mean of R² / reliability over reliable neurons.
    """
    for name, contender in contenders.items():
        for forecast in contender.forecasts:
            if isinstance(forecast, xr.DataArray):
                check_forecast(task.card, forecast, name)
    assessor = ImputationAssessor(task, workers=workers)
    gathered = {name: answered_in_windows(task.card, own, name) for name, own in contenders.items()}
    card = score_forecasts(
        assessor.task, gathered, baseline=baseline, simple=simple, assessor=assessor, headline=headline
    )
    bound = homologue_bound(assessor)
    models = {
        name: _with_share(
            score,
            task.card.primary,
            bound,
            np.mean([assessor.r2_by_recording(np.asarray(one)) for one in gathered[name].forecasts], axis=0),
        )
        for name, score in card.models.items()
    }
    ceiling = {**card.ceiling, "homologues": bound.to_dict(card.spread.interval(bound.mean))}
    return replace(card, task_hash=task.hash, models=models, ceiling=ceiling)


def _with_share(
    score: ModelScore, key: str, bound: HomologueBound, r2: Float[np.ndarray, "place neuron"]
) -> ModelScore:
    own = replace(score.metrics[key], ceiling_share=share_of(bound, r2))
    return replace(score, metrics={**score.metrics, key: own})
