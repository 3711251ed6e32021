"""Forecasts from anywhere, scored beside the task's own baselines."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from braincast.errors import BraincastError
from braincast.experiments.entrants import contestants
from braincast.experiments.jobs import Job, mean_cost, run_job
from braincast.experiments.large import is_large, streamed
from braincast.scoring.any_task import score
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
    # The same model as a baseline: it stands for itself, under a name of its own.
    names = {name: f"{name} (submitted)" if name in task.card.baselines else name for name in found}
    for name, contender in found.items():
        if names[name] in contenders:
            what = f"two forecasts are named {names[name]!r}"
            raise BraincastError("E305", "forecasts", what, "Give each a name of its own")
        of = None if contender.of is None else names[contender.of]
        contenders[names[name]] = replace(contender, of=of)
    return score(task, contenders, baseline=baseline)
