"""Is it worth learning from other animals? The same windows of each, answered after learning in four ways."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import xarray as xr
from threadpoolctl import threadpool_limits

from braincast.errors import BraincastError
from braincast.files import remove_tree, sha256_of_json
from braincast.models.interface import Learner, Settings
from braincast.models.registry import load_model
from braincast.progress import step
from braincast.scoring.any_task import compare, score
from braincast.scoring.scores import Contender
from braincast.tasks.forecasting.alone import alone
from braincast.tasks.forecasting.task import ForecastTask
from braincast.training.checkpoint import is_fit, load_fit, save_fit
from braincast.training.fit import FittedFolds, fit
from braincast.version import VERSION

# What each arm learned from before it answers for an animal.
ARMS: Mapping[str, str] = {
    "others": "all other animals",
    "alone": "the animal's own training frames",
    "tuned": "all other animals, then its own training frames",
    "together": "all animals, it included, at once",
}
DIFFERENCES = (("alone", "others"), ("tuned", "others"), ("tuned", "alone"), ("together", "alone"))


@dataclass(frozen=True, eq=False)
class Question:
    """Three tasks with the same test windows: animals held out, each animal alone, all animals at once."""

    others: ForecastTask
    alone: ForecastTask
    together: ForecastTask

    @classmethod
    def of(cls, held_out: ForecastTask, together: ForecastTask) -> Question:
        """From a task with animals held out and the one with all; E211 unless they ask about the same windows."""
        if [case.id for case in held_out.card.cases] != [case.id for case in together.card.cases]:
            what = f"its windows are not those of {together.name}"
            raise BraincastError("E211", f"task {held_out.name}", what, "Make both with the same design")
        return cls(held_out, alone(held_out), together)

    def task(self, arm: str) -> ForecastTask:
        """The task whose fits stand for an arm."""
        return {"others": self.others, "together": self.together}.get(arm, self.alone)


@dataclass(frozen=True, eq=False)
class Fits:
    """The fits of one model with fixed settings, kept in a folder: what is there already is not trained again."""

    question: Question
    model: str
    settings: Settings
    folder: Path

    @property
    def arms(self) -> tuple[str, ...]:
        """A model in closed form has nothing to begin from."""
        return tuple(arm for arm in ARMS if arm != "tuned" or isinstance(load_model(self.model), Learner))

    def fitted(self, arm: str, seed: int) -> FittedFolds:
        """The fits of an arm; "tuned" begins from those of "others", animal by animal."""
        path, task = self._path(arm, seed), self.question.task(arm)
        if is_fit(path):
            return load_fit(path, task)
        start = self.fitted("others", seed) if arm == "tuned" else None
        unfinished = path.with_name(f"{path.name}.unfinished")
        # One thread: results must not depend on how a linear algebra library splits its sums.
        with step(f"{self.model}, {arm}, seed {seed}"), threadpool_limits(1):
            made = fit(self.model, task, seed=seed, settings=self.settings, folder=unfinished, start=start)
        save_fit(made, path)
        remove_tree(unfinished)
        return load_fit(path, task)

    def forecast(self, arm: str, seed: int) -> xr.DataArray:
        """The answer of an arm, to be scored as one to the task with animals held out."""
        asked = self.question.others
        with threadpool_limits(1):
            answer = self.fitted(arm, seed).forecast(self.question.task(arm).cases())
        return answer.assign_attrs(task=asked.name, task_hash=asked.hash)

    def _path(self, arm: str, seed: int) -> Path:
        """Named by all that decides what is in it."""
        made = [VERSION, self.question.others.hash, self.question.task(arm).hash, dict(self.settings)]
        return self.folder / f"{self.model}-{arm}-{seed}-{sha256_of_json(made)[:12]}"


def compared(fits: Fits, seeds: Sequence[int]) -> dict[str, Any]:
    """Mean absolute errors of each arm, overall and by animal, and differences between arms, with intervals."""
    seeds = seeds if load_model(fits.model).card.stochastic else (0,)
    contenders = {arm: Contender(tuple(fits.forecast(arm, seed) for seed in seeds)) for arm in fits.arms}
    card = score(fits.question.others, contenders)
    pairs = {(a, b): compare(card, a, b, "mae") for a, b in DIFFERENCES if {a, b} <= set(contenders)}
    return {
        "settings": dict(fits.settings),
        "seeds": list(seeds),
        "arms": {arm: _scores(card.models[arm], fits, arm, seeds) for arm in contenders},
        "differences": {f"{a} − {b}": {"value": p.difference, "ci": p.ci} for (a, b), p in pairs.items()},
    }


def _scores(found: Any, fits: Fits, arm: str, seeds: Sequence[int]) -> dict[str, Any]:
    each = [fits.fitted(arm, seed) for seed in seeds]
    animals = {animal: one.value for animal, one in found.groups.get("animal", {}).items()}
    validation = sum(one.validation_loss for one in each) / len(each)
    fit_s = sum(one.fit_s for one in each) / len(each)
    mae = found.metrics["mae"]
    return {"value": mae.value, "ci": mae.ci, "animals": animals, "validation": validation, "fit_s": fit_s}
