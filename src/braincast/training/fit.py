"""Fitting a model to every fold of a task, its settings chosen on training or validation data."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
import xarray as xr

from braincast.brain.brains import Brains
from braincast.brain.display import text_card
from braincast.brain.specimen import Specimen
from braincast.errors import BraincastError
from braincast.models.interface import AnyModel, Fitted, Settings
from braincast.models.registry import load_model
from braincast.tasks.encoding.optic_lobe import OpticLobe
from braincast.tasks.forecasting.task import ForecastTask
from braincast.tasks.kinds import AnyCard, AnyCases, AnyTask
from braincast.training.answers import Answers
from braincast.training.choice import Choice, learn
from braincast.training.closed_loop import closed_loops
from braincast.training.origin import Frames, Origin, learned_frames
from braincast.training.place import Place
from braincast.training.start import Start, start_of

Structure: TypeAlias = Specimen | Brains | OpticLobe


@dataclass(frozen=True, eq=False)
class FittedFolds:
    """A model fitted once for each fold; answers each case with the fit that never saw its group.

    `choices[fold]` has the settings that were chosen and their loss on what was held out for that; `prepared` is what
    the model made of the structure (None for a model that makes nothing of it). `start` is the fit
    that it began from, if any.
    """

    task: AnyTask
    model: str
    seed: int
    folds: tuple[Fitted, ...]
    choices: tuple[Choice, ...]
    fit_s: float
    wiring: str = "true"
    prepared: Any = None
    start: Origin | None = None

    def __repr__(self) -> str:
        facts = {"task": self.task.name, "folds": len(self.folds), "parameters": self.n_parameters, "seed": self.seed}
        return text_card("FittedFolds", self.model, facts)

    @property
    def n_parameters(self) -> int:
        """Numbers fitted in one fold (the largest)."""
        return max(fold.n_parameters for fold in self.folds)

    @property
    def validation_loss(self) -> float:
        """Mean loss on what was held out for choosing: all that the choice among models may look at."""
        return float(np.mean([choice.loss for choice in self.choices]))

    @property
    def learned_from(self) -> tuple[tuple[Frames, ...], ...]:
        """The frames that each fold learned from, those included that the fit it began from had learned from."""
        own = [learned_frames(self.task.card, fold) for fold in range(self.task.card.n_folds)]
        before = self.start.learned_from if self.start else [()] * len(own)
        return tuple(tuple(dict.fromkeys((*old, *new))) for old, new in zip(before, own, strict=True))

    @property
    def attributes(self) -> dict[str, str | int]:
        """What stands beside each of its forecasts: of which task and version it is, and what made it."""
        named = {"task": self.task.name, "task_hash": self.task.hash, "model": self.model, "seed": self.seed}
        began = {"start": self.start.fit} if self.start else {}
        if getattr(self.task.card, "inputs", "none") == "stimulus":
            began |= {"track": self.task.track}
        told = {"wiring": self.wiring, "units": self.task.card.unit, "n_parameters": self.n_parameters}
        return {**named, **told, **began}

    def answers(self, cases: AnyCases) -> Answers:
        """The answer as an array that is made part by part; to a rollout task, each fit's own path."""
        folds, task = self.folds, self.task
        if isinstance(task, ForecastTask) and task.card.rollout is not None:
            folds = closed_loops(self, task, task.card.rollout)
        return Answers(folds, self.prepared, cases, self.attributes)

    def forecast(self, cases: AnyCases) -> xr.DataArray:
        """The answer as float32 [case, lead, neuron(, member)], labelled."""
        answers = self.answers(cases)
        labels = answers.labels
        values = answers.of(slice(0, len(cases)))
        return xr.DataArray(values, labels, tuple(labels), name="activity", attrs=self.attributes)


def fit(
    model: AnyModel | str,
    task: AnyTask,
    *,
    seed: int = 0,
    settings: Settings | None = None,
    structure: Structure | None = None,
    wiring: str = "true",
    folder: Path | None = None,
    start: FittedFolds | Path | None = None,
) -> FittedFolds:
    """Fit `model` on the training part of each fold of `task`.

    `folder` keeps trainings by gradient while they run; the same fit goes on from there after a kill.
    `settings` fixes some of the model's settings, the rest are chosen (see `choice`). `structure` stands in for the
    task's own (a null connectome, named by `wiring`). A model of another kind of task is E306, an unknown setting E305.

    `start` is a fit of the same model, saved or not, whose arrays networks begin with wherever name and shape agree,
    and whose settings they keep where `settings` fixes none; E705 where that cannot be.

    >>> from braincast import load_task
    >>> fit("ar", load_task("synthetic-linear"), settings={"order": 2, "penalty": 0.1})
    FittedFolds 'ar': task synthetic-linear, folds 1, parameters 608, seed 0
    """
    model = load_model(model) if isinstance(model, str) else model
    model.card.require_answer(task.card, task.track)
    began = time.perf_counter()
    put = _checked(model, settings or {})
    begun = None if start is None else start_of(start, model)
    origin = None if begun is None else begun.origin(task.card)
    if begun is not None and begun.inputs == "stimulus" and task.track == "no-stimulus":
        what, fix = "it was told the stimulus, which this track hides", "Begin from a fit on the track no-stimulus"
        raise BraincastError("E705", "--from", what, fix)
    prepared = model.prepare(structure if structure is not None else task.structure)
    track = {} if task.track == "open" else {"track": task.track}
    asked = {"task_hash": task.hash, "wiring": wiring, "start": origin.fit if origin else None, **track}
    place = Place(folder, asked)
    folds, choices = [], []
    for fold in range(task.card.n_folds):
        part = place.inside(f"fold-{fold}", fold=fold)
        candidates = _candidates(model, put, begun, fold, task.card)
        beginning = None if begun is None else begun.beginning(fold, task.card)
        choice, fitted = learn(
            model, task.training(fold), prepared, candidates, seed=seed, place=part, beginning=beginning
        )
        folds.append(fitted)
        choices.append(choice)
    elapsed_s = time.perf_counter() - began
    name = model.card.name
    return FittedFolds(task, name, seed, tuple(folds), tuple(choices), elapsed_s, wiring, prepared, origin)


def candidates_of(model: AnyModel, settings: Settings | None = None) -> tuple[Settings, ...]:
    """The settings among which a fit chooses: the model's candidates with the fixed ones put in; E305 as in `fit`."""
    return _with(_checked(model, settings or {}), model.candidates)


def _checked(model: AnyModel, fixed: Settings) -> Settings:
    """The fixed settings in their types."""
    unknown = sorted(set(fixed) - set(model.card.settings))
    if unknown:
        known = ", ".join(sorted(model.card.settings)) or "none"
        what = f"it has no setting {unknown[0]!r}"
        raise BraincastError("E305", f"model {model.card.name}", what, f"Its settings: {known}")
    settings = model.card.settings
    return {k: settings[k].checked(value, f"model {model.card.name}, setting {k}") for k, value in fixed.items()}


def _candidates(model: AnyModel, put: Settings, begun: Start | None, fold: int, card: AnyCard) -> tuple[Settings, ...]:
    """The model's candidates with the fixed settings put in, each once; with a start, what was chosen there alone."""
    return _with(put, model.candidates if begun is None else ({**model.candidates[0], **begun.settings(fold, card)},))


def _with(put: Settings, known: Sequence[Settings]) -> tuple[Settings, ...]:
    candidates: list[Settings] = []
    for candidate in known:
        merged = {**candidate, **put}
        if merged not in candidates:
            candidates.append(merged)
    return tuple(candidates)
