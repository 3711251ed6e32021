"""Fitting a model to every fold of a task, its settings chosen on training or validation data."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Any

import numpy as np
import xarray as xr

from braincast.brain.specimen import Specimen
from braincast.errors import BraincastError
from braincast.models.interface import Fitted, Model, Settings
from braincast.models.registry import load_model
from braincast.tasks.kinds import AnyCases, AnyTask
from braincast.training.answers import Answers
from braincast.training.choice import Choice, learn


@dataclass(frozen=True, eq=False)
class FittedFolds:
    """A model fitted once for each fold; answers each case with the fit that never saw its group.

    `choices[fold]` has the settings that were chosen and their loss on what was held out for that; `prepared` is what
    the model made of the structure (None for a model that makes nothing of it).
    """

    task: AnyTask
    model: str
    seed: int
    folds: tuple[Fitted, ...]
    choices: tuple[Choice, ...]
    fit_s: float
    wiring: str = "true"
    prepared: Any = None

    @property
    def n_parameters(self) -> int:
        """Numbers fitted in one fold (the largest)."""
        return max(fold.n_parameters for fold in self.folds)

    @property
    def validation_loss(self) -> float:
        """Mean loss on what was held out for choosing: all that the choice among models may look at."""
        return float(np.mean([choice.loss for choice in self.choices]))

    @property
    def attributes(self) -> dict[str, str | int]:
        """What stands beside each of its forecasts: of which task and version it is, and what made it."""
        named = {"task": self.task.name, "task_hash": self.task.hash, "model": self.model, "seed": self.seed}
        return {**named, "wiring": self.wiring, "units": self.task.card.unit, "n_parameters": self.n_parameters}

    def answers(self, cases: AnyCases) -> Answers:
        """The answer as an array that is made part by part."""
        return Answers(self.folds, self.prepared, cases)

    def forecast(self, cases: AnyCases) -> xr.DataArray:
        """The answer as float32 [case, lead, neuron(, member)], labelled."""
        answers = self.answers(cases)
        labels = answers.labels
        values = answers.of(slice(0, len(cases)))
        return xr.DataArray(values, labels, tuple(labels), name="activity", attrs=self.attributes)


def fit(
    model: Model | str,
    task: AnyTask,
    *,
    seed: int = 0,
    settings: Settings | None = None,
    structure: Specimen | None = None,
    wiring: str = "true",
) -> FittedFolds:
    """Fit `model` on the training part of each fold of `task`.

    `settings` fixes some of the model's settings, the rest are chosen (see `choice`). `structure` stands in for the
    task's own (a null connectome, named by `wiring`). A model of another kind of task is E306, an unknown setting E305.
    """
    model = load_model(model) if isinstance(model, str) else model
    model.card.require_answer(task.card)
    began = time.perf_counter()
    candidates = _candidates(model, settings or {})
    prepared = model.prepare(structure if structure is not None else task.structure)
    folds, choices = [], []
    for fold in range(task.card.n_folds):
        training = task.training(fold)
        choice, fitted = learn(model, training, prepared, candidates, seed=seed)
        folds.append(fitted)
        choices.append(choice)
    elapsed_s = time.perf_counter() - began
    name = model.card.name
    return FittedFolds(task, name, seed, tuple(folds), tuple(choices), elapsed_s, wiring, prepared)


def _candidates(model: Model, fixed: Settings) -> tuple[Settings, ...]:
    """The model's candidates with the fixed settings put in, each once."""
    unknown = sorted(set(fixed) - set(model.card.settings))
    if unknown:
        known = ", ".join(sorted(model.card.settings)) or "none"
        what = f"it has no setting {unknown[0]!r}"
        raise BraincastError("E305", f"model {model.card.name}", what, f"Its settings: {known}")
    settings = model.card.settings
    put = {k: settings[k].checked(value, f"model {model.card.name}, setting {k}") for k, value in fixed.items()}
    candidates = []
    for candidate in model.candidates:
        merged = {**candidate, **put}
        if merged not in candidates:
            candidates.append(merged)
    return tuple(candidates)
