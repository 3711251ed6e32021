"""Scoring forecasts of a task of any kind."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import xarray as xr

from braincast.scoring.encoding.scorecard import score_encoding
from braincast.scoring.forecasting.card import ForecastScorecard, compare_forecasts
from braincast.scoring.forecasting.scorecard import contenders_of, score_forecasts
from braincast.scoring.imputation.scorecard import score_imputations
from braincast.scoring.rollouts.scorecard import score_rollouts
from braincast.scoring.scorecard import Scorecard, compare_answers, score_answers
from braincast.scoring.scores import Comparison, Contender
from braincast.tasks.kinds import AnyTask

_SCORERS: Mapping[str, Callable[..., Scorecard | ForecastScorecard]] = {
    "perturbation": score_answers,
    "forecast": score_forecasts,
    "rollout": score_rollouts,
    "imputation": score_imputations,
    "encoding": score_encoding,
}


def score(
    task: AnyTask,
    forecasts: xr.DataArray | Contender | Mapping[str, xr.DataArray | Contender],
    *,
    baseline: str | None = None,
) -> Scorecard | ForecastScorecard:
    """Score forecasts of a task's test cases.

    `forecasts` is one forecast or several by name; each is checked first (E204–E215). Skill is against `baseline`
    (default: the task's own, when it is among them).

    >>> from braincast import fit, load_task
    >>> task = load_task("synthetic-linear")
    >>> score(task, fit("mean", task, seed=0).forecast(task.cases("test")))
    Scorecard 'synthetic-linear': mean mae 0.8171 (0.7877 to 0.8487)
    """
    return _SCORERS[task.card.kind](task, contenders_of(forecasts), baseline=baseline)


def compare(card: Scorecard | ForecastScorecard, a: str, b: str, metric: str) -> Comparison:
    """a - b on the same resamples of a scorecard; an unknown contender is E303, an unknown metric E304."""
    if isinstance(card, ForecastScorecard):
        return compare_forecasts(card, a, b, metric)
    return compare_answers(card, a, b, metric)
