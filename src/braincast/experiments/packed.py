"""Models of the zoo as submissions: fitted, forecast and packed as a stranger's are."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import xarray as xr

from braincast.errors import BraincastError
from braincast.experiments.entrants import Entrant
from braincast.experiments.jobs import Job, Workers, mean_cost
from braincast.experiments.run import looks_at_structure
from braincast.forecasts.store import save_forecast
from braincast.forecasts.submissions.pack import pack
from braincast.models.registry import load_model
from braincast.scoring.scores import Cost
from braincast.tasks.forecasting.task import ForecastTask
from braincast.tasks.kinds import AnyTask


@dataclass(frozen=True)
class Plan:
    """A model to be packed, with so many seeds, and so many draws of each null by name."""

    model: str
    n_seeds: int = 1
    nulls: Mapping[str, int] = field(default_factory=dict)

    @property
    def jobs(self) -> list[Job]:
        """What is to be fitted: a model without randomness once, since its forecast stands for every seed."""
        n_fits = self.n_seeds if load_model(self.model).card.stochastic else 1
        jobs = [
            Job(Entrant(self.model, self.model, "model", replicates=tuple(range(n_fits))), k) for k in range(n_fits)
        ]
        for null, n_draws in self.nulls.items():
            other = Entrant(f"{self.model}@{null}", self.model, "null", self.model, null, tuple(range(n_draws)))
            jobs += [Job(other, draw) for draw in other.replicates]
        return jobs


@dataclass(frozen=True)
class Packed:
    """A submission to be sent, and what one fit and forecast of its model cost."""

    model: str
    path: Path
    cost: Cost


def pack_models(task: AnyTask, plans: Sequence[Plan], out: Path, n_workers: int = 1) -> Iterator[Packed]:
    """Fit each model, forecast the test cases, write NAME.zip into `out`; in the order of the plans.

    The first problem of a submission that would not be valid is raised.
    """
    jobs = [job for plan in plans for job in plan.jobs]
    if isinstance(task, ForecastTask) and any(looks_at_structure(plan.model) for plan in plans):
        task.fetch(structure=True)  # workers get it with the task
    with Workers(task, n_workers) as workers:
        forecasts = workers.forecasts(jobs)
        for plan in plans:
            made = [next(forecasts) for _ in plan.jobs]
            yield _packed(task, plan, made, out)


def about_zoo(model: str) -> dict[str, Any]:
    """What a submission says of a model of the zoo, beside what packing knows."""
    card = load_model(model).card
    return {
        "model": model,
        "authors": ["The braincast developers"],
        "contact": "braincast@example.org",
        "links": [],
        "licence": "Apache-2.0",
        "description": card.summary,
        "training_data": ["the task's own training data"],
    }


def _packed(task: AnyTask, plan: Plan, made: Sequence[tuple[Job, xr.DataArray]], out: Path) -> Packed:
    own = [forecast for job, forecast in made if job.entrant.of is None]
    seeds = [own[seed % len(own)].assign_attrs(seed=seed) for seed in range(plan.n_seeds)]
    nulls = [forecast for job, forecast in made if job.entrant.of is not None]
    hours = sum(forecast.attrs["fit_s"] + forecast.attrs["forecast_s"] for _, forecast in made) / 3600
    about = {**about_zoo(plan.model), "compute": {"hardware": "CPU", "hours": round(hours, 6)}}
    if plan.nulls:
        about["track"] = "wiring-required"
    path = out / f"{plan.model}.zip"
    with TemporaryDirectory() as scratch:
        stores = [save_forecast(f, Path(scratch) / f"{number}.zarr") for number, f in enumerate([*seeds, *nulls])]
        found = pack(task.card, stores, about, path)
    for problem in found.problems:
        raise BraincastError(problem.code, f"{plan.model}: {problem.where}", problem.what, problem.fix)
    return Packed(plan.model, path, mean_cost(own))
