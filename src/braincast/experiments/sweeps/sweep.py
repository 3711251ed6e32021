"""Sweeps: settings of a model are searched by their error on validation data; test data are never opened."""

from __future__ import annotations

import itertools
import math
import shlex
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

from threadpoolctl import threadpool_limits

from braincast.errors import BraincastError
from braincast.experiments.sweeps.folder import SweepFolder
from braincast.experiments.sweeps.proposals import importance, proposed
from braincast.experiments.sweeps.space import Search, ends, search_of
from braincast.experiments.sweeps.trials import DONE, FAILED, Trial, best_of
from braincast.models.interface import AnyModel, Settings
from braincast.models.registry import load_model
from braincast.models.space import Space, written
from braincast.progress import step
from braincast.tasks.kinds import AnyTask
from braincast.training.choice import LOSSES
from braincast.training.fit import fit
from braincast.version import VERSION

N_TRIALS = 30
# What one trial's settings can be blamed for; anything else ends the sweep.
_FAILURES = {"E305", "E701"}
_NOT_FINITE = "E110"


@dataclass(frozen=True, eq=False)
class SweepResult:
    """All trials in order, the best of them, and each setting's share in what makes trials good.

    `loss` names what was made small, on what was held out of the training data for choosing.
    """

    configuration: Mapping[str, Any]
    search: Search
    loss: str
    trials: tuple[Trial, ...]
    best: Trial
    importance: Mapping[str, float]

    def command(self, *words: str) -> str:
        """The command that fits the model as the best trial did, with further words."""
        sets = [("--set", f"{name}={written(self.best.settings[name])}") for name in self.search.named]
        named = self.configuration["task"], self.configuration["model"], "--seed", str(self.configuration["seed"])
        return shlex.join(["braincast", "fit", *named, *itertools.chain.from_iterable(sets), *words])

    def to_dict(self) -> dict[str, Any]:
        """The JSON contract of `braincast sweep`, without the command and the paths of the files."""
        best = {key: self.best.to_dict()[key] for key in ("number", "settings", "validation")}
        return {
            **self.configuration,
            "loss": self.loss,
            "best": best,
            "trials": [trial.to_dict() for trial in self.trials],
            "importance": dict(self.importance),
        }


def begun(
    model: AnyModel, task: AnyTask, *, n_trials: int, seed: int, space: Space | None, settings: Settings | None
) -> dict[str, Any]:
    """What a sweep is of, as plain data: with the same, the same trials come. It refuses what `sweep` refuses."""
    return _configuration(model, task, _search(model, task, n_trials, space, settings), seed)


def sweep(
    model: AnyModel | str,
    task: AnyTask,
    *,
    n_trials: int = N_TRIALS,
    seed: int = 0,
    space: Space | None = None,
    settings: Settings | None = None,
    folder: SweepFolder | None = None,
) -> SweepResult:
    """Fit the model with `n_trials` settings, one after another: its own candidates first, then what is proposed.

    `space` changes or adds to what the model's card says is swept, `settings` fixes some. In a `folder` the sweep
    goes on from the trials that are there, and ends with the same as one that was never stopped. E305 for what cannot
    be swept, E306 for a model of another kind of task, E706 if no trial succeeds.
    """
    model = load_model(model) if isinstance(model, str) else model
    search = _search(model, task, n_trials, space, settings)
    trials = list(folder.trials()) if folder else []
    with step(f"Sweeping {model.card.name}", n_trials) as advance:
        advance(len(trials), _shown(trials))
        while len(trials) < n_trials:
            trial = _tried(model, task, search, trials, seed, folder)
            if folder:
                folder.note(trial)
            trials.append(trial)
            advance(1, _shown(trials))
    return _result(model, task, search, trials, seed)


def _search(model: AnyModel, task: AnyTask, n_trials: int, space: Space | None, settings: Settings | None) -> Search:
    model.card.require_answer(task.card, task.track)
    if n_trials < 1:
        raise BraincastError("E305", "--trials", f"{n_trials} trials", "Give at least 1")
    return search_of(model, space, settings)


def _configuration(model: AnyModel, task: AnyTask, search: Search, seed: int) -> dict[str, Any]:
    return {
        "task": task.name,
        "task_hash": task.hash,
        "model": model.card.name,
        "seed": seed,
        "space": ends(search.space),
        "settings": dict(search.fixed),
        "first": [dict(point) for point in search.first],
        "braincast": VERSION,
        "optuna": version("optuna"),
    }


def _result(model: AnyModel, task: AnyTask, search: Search, trials: Sequence[Trial], seed: int) -> SweepResult:
    best = best_of(trials)
    if best is None:
        codes = ", ".join(sorted({trial.code for trial in trials if trial.code}))
        what = f"none of {len(trials)} trials succeeded ({codes})"
        raise BraincastError("E706", f"model {model.card.name}", what, "Sweep another range, with --range")
    configuration, loss = _configuration(model, task, search, seed), LOSSES[task.card.answer]
    return SweepResult(configuration, search, loss, tuple(trials), best, importance(search, trials))


def _tried(
    model: AnyModel, task: AnyTask, search: Search, trials: Sequence[Trial], seed: int, folder: SweepFolder | None
) -> Trial:
    number = len(trials)
    point = search.first[number] if number < len(search.first) else proposed(search, trials, seed=seed)
    settings = search.settings(point)
    for earlier in trials:
        # The same settings, seed and data give the same fit.
        if earlier.settings == settings:
            return Trial(number, settings, earlier.validation, earlier.state, 0.0, earlier.code, earlier.number)
    return _fitted(number, settings, lambda: _validation(model, task, settings, seed, folder, number))


def _fitted(number: int, settings: Settings, measured: Callable[[], tuple[float, float]]) -> Trial:
    """The trial, also where the fit fails for a reason that lies in its settings."""
    try:
        validation, fit_s = measured()
    except BraincastError as error:
        if error.code not in _FAILURES:
            raise
        return Trial(number, settings, None, FAILED, 0.0, error.code)
    if not math.isfinite(validation):
        return Trial(number, settings, None, FAILED, fit_s, _NOT_FINITE)
    return Trial(number, settings, validation, DONE, fit_s)


def _validation(
    model: AnyModel, task: AnyTask, settings: Settings, seed: int, folder: SweepFolder | None, number: int
) -> tuple[float, float]:
    """The mean error over folds on what was held out for choosing, and how long the fit took."""
    kept: Path | None = folder.training(number) if folder else None
    with threadpool_limits(1):  # or bits would depend on the number of cores
        fitted = fit(model, task, seed=seed, settings=settings, folder=kept)
    return fitted.validation_loss, fitted.fit_s


def _shown(trials: Sequence[Trial]) -> str:
    best = best_of(trials)
    return f"best {best.validation:.4g} in trial {best.number}" if best else ""
