"""Models of the zoo as submissions: fitted, forecast and packed as a stranger's are."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import xarray as xr

from braincast.brain.specimen_nulls import TRUE_WIRING
from braincast.errors import BraincastError
from braincast.experiments.entrants import Entrant
from braincast.experiments.jobs import Job, mean_cost, run_job
from braincast.forecasts.store import save_forecast
from braincast.forecasts.submissions.pack import pack
from braincast.models.registry import load_model
from braincast.scoring.scores import Cost
from braincast.tasks.kinds import AnyTask


def pack_model(
    task: AnyTask, model: str, about: Mapping[str, Any], out: Path, *, n_seeds: int = 1, nulls: Mapping[str, int] = {}
) -> Cost:
    """Fit a model, forecast the test cases, write a submission to `out`; what one fit and forecast cost.

    A model without randomness is fitted once, and its forecast stands for every seed. `nulls` are draws by name. The
    first problem of a submission that would not be valid is raised.
    """
    stochastic = load_model(model).card.stochastic
    with TemporaryDirectory() as scratch:
        own = Entrant(model, model, "model", replicates=tuple(range(n_seeds if stochastic else 1)))
        made = [run_job(task, Job(own, seed)) for seed in own.replicates]
        stores = [_stored(made[seed % len(made)], scratch, seed=seed, wiring=TRUE_WIRING) for seed in range(n_seeds)]
        for null, n_draws in nulls.items():
            other = Entrant(f"{model}@{null}", model, "null", model, null, tuple(range(n_draws)))
            for draw in other.replicates:
                stores.append(_stored(run_job(task, Job(other, draw)), scratch, seed=0, wiring=null, draw=draw))
        cost = mean_cost(made)
        hours = sum(forecast.attrs["fit_s"] + forecast.attrs["forecast_s"] for forecast in made) / 3600
        compute = {"hardware": "CPU", **about.get("compute", {}), "hours": round(hours, 6)}
        found = pack(task.card, stores, {**about, "model": model, "compute": compute}, out)
    for problem in found.problems:
        raise BraincastError(problem.code, f"{model}: {problem.where}", problem.what, problem.fix)
    return cost


def about_zoo(model: str) -> dict[str, Any]:
    """What a submission says of a model of the zoo, beside what packing knows."""
    card = load_model(model).card
    return {
        "authors": ["The braincast developers"],
        "contact": "braincast@example.org",
        "links": [],
        "licence": "Apache-2.0",
        "description": card.summary,
        "training_data": ["the task's own training data"],
    }


def _stored(forecast: xr.DataArray, folder: str, *, seed: int, wiring: str, draw: int = 0) -> Path:
    path = Path(folder) / f"{wiring}-{draw}-{seed}.zarr"
    save_forecast(forecast.assign_attrs(seed=seed, wiring=wiring, draw=draw), path)
    return path
