"""Forecasts from anywhere, scored beside the task's own baselines."""

from __future__ import annotations

from collections.abc import Mapping

from braincast.experiments.entrants import contestants
from braincast.experiments.jobs import Job, mean_cost, run_job
from braincast.experiments.large import is_large, streamed
from braincast.scoring.any_task import score
from braincast.scoring.field import beside
from braincast.scoring.forecasting.card import ForecastScorecard
from braincast.scoring.scorecard import Scorecard
from braincast.scoring.scores import Contender
from braincast.tasks.kinds import AnyTask


def score_beside_baselines(
    task: AnyTask, found: Mapping[str, Contender], *, baseline: str | None = None
) -> Scorecard | ForecastScorecard:
    """A scorecard of what was `found` and of the task's baselines, which are fitted now; E305 when names collide."""
    contenders: dict[str, Contender] = {}
    for entrant in contestants(task.card, (), 1, task.track):
        jobs = [Job(entrant, replicate) for replicate in entrant.replicates]
        made = tuple(streamed(task, job) if is_large(task.card) else run_job(task, job) for job in jobs)
        contenders[entrant.name] = Contender(made, entrant.role, cost=mean_cost(made))
    return score(task, beside(task.card, contenders, found), baseline=baseline)
