"""The main job: fit the line-up and its nulls, forecast what was held out, score it, test the wiring."""

from __future__ import annotations

import platform
import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from importlib.metadata import version
from typing import Any

import xarray as xr

from braincast.experiments.entrants import (
    DECISIVE_DRAWS,
    QUICK_DRAWS,
    Entrant,
    contestants,
    controls_of,
    wanted_models,
)
from braincast.experiments.folder import RunFolder
from braincast.experiments.jobs import Job, Workers, mean_cost
from braincast.experiments.wiring import Verdict, wiring_verdict
from braincast.models.registry import load_model
from braincast.progress import step
from braincast.scoring.assessor import Assessor
from braincast.scoring.curves import Curves, curves
from braincast.scoring.exhibits import Exhibits, exhibits
from braincast.scoring.scorecard import Scorecard, score
from braincast.scoring.scores import Contender
from braincast.tasks.kinds import AnyCard
from braincast.tasks.task import Task
from braincast.training.choice import LOSSES
from braincast.version import VERSION

_SHOWN = 4  # models whose every forecast goes into the report: each adds 70 kB for 173 × 300 pairs
_RECORDED_PACKAGES = ("numpy", "scipy", "numba", "pandas", "xarray", "zarr", "h5py")


@dataclass(frozen=True)
class Configuration:
    """What a run does.

    Without a wiring test, the nulls that decide get `n_draws` (default 39) draws for the headline model and 3 for the
    others, and further nulls 3; with one, every random null of every connectome model gets them.
    """

    task: str
    task_hash: str
    models: tuple[str, ...]
    n_seeds: int = 1
    wiring_test: bool = False
    n_draws: int | None = None
    braincast: str = VERSION

    def to_dict(self) -> dict[str, Any]:
        """Plain data, as written beside the results."""
        return {**asdict(self), "models": list(self.models)}

    def draws_for(self, is_headline: bool) -> tuple[int, int]:
        """Draws of a model's decisive nulls, and of its other random ones."""
        full = self.n_draws or DECISIVE_DRAWS
        if self.wiring_test:
            return full, full
        return (full if is_headline else QUICK_DRAWS), QUICK_DRAWS


@dataclass(frozen=True, eq=False)
class RunResult:
    """A scorecard, the headline model (best on inner folds), and the verdict on each connectome model.

    `settings[model][fold]` is what inner folds chose. `exhibits` are for the report alone: they hold measured values.
    """

    configuration: Configuration
    card: AnyCard
    scorecard: Scorecard
    headline: str
    validation: Mapping[str, float]
    settings: Mapping[str, list[dict[str, Any]]]
    verdicts: tuple[Verdict, ...]
    curves: Mapping[str, Curves]
    exhibits: Exhibits | None
    wall_s: float

    def to_dict(self) -> dict[str, Any]:
        """The JSON contract of `braincast run`, without the paths of the files."""
        loss = LOSSES[self.card.answer]
        return {
            **self.scorecard.to_dict(),
            "n_animals": self.card.n_animals,
            "wiring_of": self.card.wiring,
            "headline": self.headline,
            "headline_rule": f"smallest {loss.replace('_', ' ')} on inner folds of the training data",
            f"validation_{loss}": dict(self.validation),
            "settings": dict(self.settings),
            "caveats": {name: caveat for name in self.settings if (caveat := load_model(name).card.caveat)},
            "wiring": [verdict.to_dict() for verdict in self.verdicts],
            "curves": {name: found.to_dict() for name, found in self.curves.items()},
            "measured": None if self.exhibits is None else self.exhibits.counts(),
            "run": {"configuration": self.configuration.to_dict(), "wall_s": self.wall_s, **environment()},
        }


def configure(
    card: AnyCard,
    models: str | Sequence[str] | None = None,
    *,
    n_seeds: int = 1,
    wiring_test: bool = False,
    n_draws: int | None = None,
) -> Configuration:
    """A checked configuration; unknown models are E303."""
    return Configuration(card.name, card.hash, wanted_models(card, models), n_seeds, wiring_test, n_draws)


def estimated_s(card: AnyCard, configuration: Configuration) -> float:
    """Rough seconds on one core, from each model's typical time; which model leads is not known before."""
    rows = contestants(card, configuration.models, configuration.n_seeds)
    longest = max(rows, key=lambda row: load_model(row.model).card.typical_fit_s)
    rows += [c for row in rows for c in controls_of(card, row, *configuration.draws_for(row == longest))]
    scoring_s = 0.3
    return sum(len(row.replicates) * (load_model(row.model).card.typical_fit_s + scoring_s) for row in rows)


def run(task: Task, configuration: Configuration, *, folder: RunFolder | None = None, n_workers: int = 1) -> RunResult:
    """Run a configuration. With a folder, forecasts are kept there and taken from there if they exist already."""
    began = time.perf_counter()
    entrants = contestants(task.card, configuration.models, configuration.n_seeds)
    with Workers(task, n_workers) as workers:
        runner = _Runner(task, folder, workers)
        runner.forecast(entrants, "Fitting models")
        headline, validation = runner.headline(entrants)
        controls = [
            control
            for entrant in entrants
            for control in controls_of(task.card, entrant, *configuration.draws_for(entrant.name == headline))
        ]
        runner.forecast(controls, "Fitting null wirings")
    with step("Scoring", None):
        assessor, contenders = Assessor(task), runner.contenders([*entrants, *controls])
        scorecard = score(task, contenders, assessor=assessor)
        drawn = {entrant.name: curves(assessor, contenders[entrant.name]) for entrant in entrants}
        shown = exhibits(task, contenders, _exhibited(task.card, headline, validation))
    wired = [entrant.name for entrant in entrants if load_model(entrant.model).card.uses_connectome]
    tested = [name for name in wired if any(control.of == name for control in controls)]
    verdicts = tuple(wiring_verdict(scorecard, task.card, model) for model in tested)
    elapsed_s = time.perf_counter() - began
    settings = {entrant.name: runner.settings(entrant) for entrant in entrants}
    return RunResult(
        configuration=configuration,
        card=task.card,
        scorecard=scorecard,
        headline=headline,
        validation=validation,
        settings=settings,
        verdicts=verdicts,
        curves={name: found for name, found in drawn.items() if found is not None},
        exhibits=shown,
        wall_s=elapsed_s,
    )


def environment() -> dict[str, Any]:
    """Versions that a number depends on."""
    packages = {name: version(name) for name in _RECORDED_PACKAGES}
    return {"python": platform.python_version(), "platform": platform.system(), "packages": packages}


def _exhibited(card: AnyCard, headline: str, validation: Mapping[str, float]) -> list[str]:
    """Whose forecasts are shown pair by pair: the headline, the floor, then the best on inner folds."""
    order = sorted(validation, key=lambda name: validation[name])
    return list(dict.fromkeys([headline, *(name for name in (card.baseline,) if name in validation), *order]))[:_SHOWN]


class _Runner:
    """Makes each entrant's forecasts once, in this run or an earlier one of the same folder."""

    def __init__(self, task: Task, folder: RunFolder | None, workers: Workers) -> None:
        self.task, self.folder, self.workers = task, folder, workers
        self.forecasts: dict[str, dict[int, xr.DataArray]] = {}

    def forecast(self, entrants: Sequence[Entrant], what: str) -> None:
        jobs = [Job(entrant, replicate) for entrant in entrants for replicate in entrant.replicates]
        with step(what, len(jobs)) as advance:
            open_jobs = [job for job in jobs if not self._found(job)]
            advance(len(jobs) - len(open_jobs))
            for job, forecast in self.workers.forecasts(open_jobs):
                self._keep(job, forecast)
                if self.folder is not None:
                    self.folder.store(forecast, job.entrant.name, job.replicate)
                advance(1)

    def headline(self, entrants: Sequence[Entrant]) -> tuple[str, dict[str, float]]:
        """The entrant with the smallest loss on inner folds; baselines can lead too."""
        losses = {e.name: self._mean(e.name, "validation_loss") for e in entrants}
        return min(losses, key=lambda name: losses[name]), losses

    def settings(self, entrant: Entrant) -> list[dict[str, Any]]:
        """What inner folds chose in each fold, with the first seed."""
        return self.forecasts[entrant.name][entrant.replicates[0]].attrs["settings"]

    def contenders(self, entrants: Sequence[Entrant]) -> dict[str, Contender]:
        contenders = {}
        for entrant in entrants:
            forecasts = tuple(self.forecasts[entrant.name][replicate] for replicate in entrant.replicates)
            contenders[entrant.name] = Contender(forecasts, entrant.role, entrant.of, mean_cost(forecasts))
        return contenders

    def _found(self, job: Job) -> bool:
        stored = self.folder and self.folder.stored(self.task.card, job.entrant.name, job.replicate)
        if stored is None:
            return False
        self._keep(job, stored)
        return True

    def _keep(self, job: Job, forecast: xr.DataArray) -> None:
        self.forecasts.setdefault(job.entrant.name, {})[job.replicate] = forecast

    def _mean(self, entrant: str, key: str) -> float:
        values = [forecast.attrs[key] for forecast in self.forecasts[entrant].values()]
        return float(sum(values) / len(values))
