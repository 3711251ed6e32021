"""Forecasts from anywhere, scored beside the task's own baselines."""

from __future__ import annotations

from collections.abc import Mapping

from braincast.experiments.entrants import contestants
from braincast.experiments.folder import RunFolder
from braincast.experiments.jobs import Workers
from braincast.experiments.large import is_large
from braincast.experiments.runner import Runner
from braincast.scoring.any_task import score
from braincast.scoring.field import beside
from braincast.scoring.forecasting.card import ForecastScorecard
from braincast.scoring.scorecard import Scorecard
from braincast.scoring.scores import Contender
from braincast.tasks.kinds import AnyTask

_WORTH_WORKERS = 8  # fits; fewer are done before other processes have begun


def score_beside_baselines(
    task: AnyTask,
    found: Mapping[str, Contender],
    *,
    baseline: str | None = None,
    floors: RunFolder | None = None,
    n_workers: int = 1,
) -> Scorecard | ForecastScorecard:
    """A scorecard of what was `found` and of the task's baselines; E305 when names collide.

    Baselines whose forecasts lie in `floors` are not fitted again, and others are put there. Large ones are made while
    they are scored, and never kept.
    """
    entrants = contestants(task.card, (), 1, task.track)
    n_fits = sum(len(entrant.replicates) for entrant in entrants)
    with Workers(task, n_workers if n_fits >= _WORTH_WORKERS else 1) as workers:
        runner = Runner(task, None if is_large(task.card) else floors, workers)
        runner.forecast(entrants, "Fitting baselines")
    return score(task, beside(task.card, runner.contenders(entrants), found), baseline=baseline)
