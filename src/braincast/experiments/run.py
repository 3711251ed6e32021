"""The main job: fit the line-up and its nulls, forecast what was held out, score it, test the wiring."""

from __future__ import annotations

import platform
import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from importlib.metadata import version
from typing import Any

from braincast.errors import BraincastError
from braincast.experiments.arms import all_arms, planned_arms, usual_arms
from braincast.experiments.entrants import (
    DECISIVE_DRAWS,
    DESCRIPTIVE_DRAWS,
    QUICK_DRAWS,
    Entrant,
    contestants,
    controls_of,
    wanted_models,
)
from braincast.experiments.folder import RunFolder
from braincast.experiments.jobs import Workers
from braincast.experiments.judgement import Judgement, judge
from braincast.experiments.large import Keep, checked_keep
from braincast.experiments.runner import Runner
from braincast.models.registry import load_model
from braincast.progress import step
from braincast.scoring.exhibits import Exhibits
from braincast.tasks.forecasting.task import ForecastTask
from braincast.tasks.kinds import AnyCard, AnyTask
from braincast.tasks.tracks import Track, checked_track
from braincast.training.choice import HELD_OUT, LOSSES
from braincast.version import VERSION

_SCORING_S = 0.3
_RECORDED_PACKAGES = ("numpy", "scipy", "numba", "pandas", "xarray", "zarr", "h5py")


@dataclass(frozen=True)
class Configuration:
    """What a run does.

    Without a wiring test, the nulls that decide get `n_draws` (default 39) draws for the headline model; 3 at most are
    drawn for other models and of further nulls. With one, the nulls that decide get them for every connectome model,
    and the others, which only describe, 10 at most.
    """

    task: str
    task_hash: str
    models: tuple[str, ...]
    n_seeds: int = 1
    wiring_test: bool = False
    n_draws: int | None = None
    keep: Keep = "float32"
    braincast: str = VERSION
    track: Track = "open"

    def to_dict(self) -> dict[str, Any]:
        """Plain data, as written beside the results; what is usual goes without saying."""
        plain = {**asdict(self), "models": list(self.models)}
        usual = {"track": "open", "keep": "float32"}
        return {name: value for name, value in plain.items() if name not in usual or value != usual[name]}

    def draws_for(self, is_headline: bool) -> tuple[int, int]:
        """Draws of a model's decisive nulls, and of its other random ones."""
        full = self.n_draws or DECISIVE_DRAWS
        if self.wiring_test:
            return full, min(full, DESCRIPTIVE_DRAWS)
        few = min(full, QUICK_DRAWS)
        return (full if is_headline else few), few


@dataclass(frozen=True, eq=False)
class RunResult:
    """What scoring says, the headline model (best on what was held out for choosing), and what each model chose.

    `settings[model][fold]` is what was chosen there. `partial` says how many forecasts of how many stand behind an
    unfinished run. Exhibits are for the report alone: they hold measured values.
    """

    configuration: Configuration
    card: AnyCard
    judged: Judgement
    headline: str
    validation: Mapping[str, float]
    settings: Mapping[str, list[dict[str, Any]]]
    wall_s: float
    partial: Mapping[str, int] | None = None

    def to_dict(self) -> dict[str, Any]:
        """The JSON contract of `braincast run`, without the paths of the files."""
        loss, exhibits = LOSSES[self.card.answer], self.judged.exhibits
        held = HELD_OUT.get(self.card.answer, "inner folds of the training data")
        return {
            **self.judged.scorecard.to_dict(),
            "n_animals": self.card.n_animals,
            "wiring_of": self.card.whose_wiring,
            "headline": self.headline,
            "headline_rule": f"smallest {loss.replace('_', ' ')} on {held}",
            f"validation_{loss}": dict(self.validation),
            "settings": dict(self.settings),
            "caveats": {name: caveat for name in self.settings if (caveat := load_model(name).card.caveat)},
            "wiring": {verdict.model: verdict.to_dict() for verdict in self.judged.verdicts},
            "curves": {name: found.to_dict() for name, found in self.judged.curves.items()},
            "measured": exhibits.counts() if isinstance(exhibits, Exhibits) else None,
            **({} if self.partial is None else {"partial": dict(self.partial)}),
            "run": {"configuration": self.configuration.to_dict(), "wall_s": self.wall_s, **environment()},
        }


def configure(
    card: AnyCard,
    models: str | Sequence[str] | None = None,
    *,
    n_seeds: int = 1,
    wiring_test: bool = False,
    n_draws: int | None = None,
    track: Track = "open",
    keep: str = "float32",
) -> Configuration:
    """A checked configuration; unknown models are E303, a track that the task does not have E612."""
    checked_track(card, track)
    names = wanted_models(card, models, track)
    return Configuration(
        card.name, card.hash, names, n_seeds, wiring_test, n_draws, track=track, keep=checked_keep(keep)
    )


def estimated_s(card: AnyCard, configuration: Configuration) -> float:
    """Rough seconds on one core, from each model's typical time; which model leads is not known before."""
    rows = contestants(card, configuration.models, configuration.n_seeds, configuration.track)
    longest = max(rows, key=lambda row: load_model(row.model).card.typical_fit_s)
    arms = planned_arms(card, wiring_test=configuration.wiring_test)
    rows += [c for row in rows for c in controls_of(card, row, *configuration.draws_for(row == longest), arms)]
    return sum(len(row.replicates) * (_fit_s(row) + _SCORING_S) for row in rows)


def _fit_s(entrant: Entrant) -> float:
    """Nothing for one that learned before."""
    return 0.0 if entrant.learned_before else load_model(entrant.model).card.typical_fit_s


def n_forecasts(card: AnyCard, configuration: Configuration) -> int:
    """How many answers a run keeps, without those of nulls and controls."""
    return sum(
        len(row.replicates)
        for row in contestants(card, configuration.models, configuration.n_seeds, configuration.track)
    )


def run(
    task: AnyTask,
    configuration: Configuration,
    *,
    folder: RunFolder | None = None,
    n_workers: int = 1,
    partial: bool = False,
) -> RunResult:
    """Run a configuration. With a folder, forecasts are kept there and taken from there if they exist already.

    A `partial` run only scores what its folder has: models without any forecast are left out (E503 without any model
    or baseline), and nulls have the draws that are there.
    """
    began = time.perf_counter()
    entrants = contestants(task.card, configuration.models, configuration.n_seeds, task.track)
    if isinstance(task, ForecastTask) and any(looks_at_structure(entrant.model) for entrant in entrants):
        task.fetch(structure=True)
    arms = all_arms(task) if configuration.wiring_test else usual_arms(task.card)
    with Workers(task, n_workers, folder) as workers:
        runner = Runner(task, folder, workers, keep=configuration.keep, partial=partial)
        runner.forecast(entrants, "Fitting models")
        entrants = _some(runner.ready(entrants), configuration)
        headline, validation = runner.headline(entrants)
        controls = [
            control
            for entrant in entrants
            for control in controls_of(task.card, entrant, *configuration.draws_for(entrant.name == headline), arms)
        ]
        if controls:
            runner.forecast(controls, "Fitting null wirings")
        controls = runner.ready(controls)
    with step("Scoring", None):
        judged = judge(task, runner.contenders([*entrants, *controls]), headline, validation, n_workers)
    return RunResult(
        configuration=configuration,
        card=task.card,
        judged=judged,
        headline=headline,
        validation=validation,
        settings={entrant.name: runner.settings(entrant) for entrant in entrants},
        wall_s=time.perf_counter() - began,
        partial={"found": runner.n_found, "asked": runner.n_asked} if partial else None,
    )


def _some(entrants: list[Entrant], configuration: Configuration) -> list[Entrant]:
    if not entrants:
        what, fix = "no model or baseline has an answer yet", "Let the run go on: the same command without --partial"
        raise BraincastError("E503", f"run of {configuration.task}", what, fix)
    return entrants


def looks_at_structure(model: str) -> bool:
    """Whether a model asks how a brain is built, so that wiring from elsewhere must be fetched."""
    return not {"connectome", "expression"}.isdisjoint(load_model(model).card.uses)


def environment() -> dict[str, Any]:
    """Versions that a number depends on."""
    packages = {name: version(name) for name in _RECORDED_PACKAGES}
    return {"python": platform.python_version(), "platform": platform.system(), "packages": packages}
