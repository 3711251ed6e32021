"""Scoring forecasts of a task of any kind."""

from __future__ import annotations

from collections.abc import Mapping

import xarray as xr

from braincast.scoring.forecasting.scorecard import ForecastScorecard, score_forecasts
from braincast.scoring.scorecard import Scorecard, contenders_of, score_answers
from braincast.scoring.scores import Contender
from braincast.tasks.forecasting.task import ForecastTask
from braincast.tasks.kinds import AnyTask


def score(
    task: AnyTask,
    forecasts: xr.DataArray | Contender | Mapping[str, xr.DataArray | Contender],
    *,
    baseline: str | None = None,
) -> Scorecard | ForecastScorecard:
    """Score forecasts of a task's test cases.

    `forecasts` is one forecast or several by name; each is checked first (E204–E215). Skill is against `baseline`
    (default: the task's own, when it is among them).
    """
    contenders = contenders_of(forecasts)
    if isinstance(task, ForecastTask):
        return score_forecasts(task, contenders, baseline=baseline)
    return score_answers(task, contenders, baseline=baseline)
