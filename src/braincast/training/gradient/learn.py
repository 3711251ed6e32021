"""From a model that describes itself to a trained one: what the engine needs is gathered here."""

from __future__ import annotations

from typing import Any

import equinox as eqx
import jax

from braincast.errors import BraincastError
from braincast.models.blackbox.fitted import FittedNetwork
from braincast.models.blackbox.networks.parameters import n_numbers, named_arrays, outline
from braincast.models.blackbox.sizes import Sizes
from braincast.models.interface import Learner, Settings
from braincast.models.learners.arithmetic import devices
from braincast.tasks.forecasting.examples import Examples
from braincast.tasks.forecasting.training import ForecastTraining
from braincast.training.gradient.layout import Layout, layout_on
from braincast.training.gradient.loop import Lesson, train
from braincast.training.gradient.metrics import Row
from braincast.training.gradient.rules import Rules
from braincast.training.place import Place


def learned(
    model: Learner, training: ForecastTraining, prepared: Any, settings: Settings, *, seed: int, place: Place
) -> tuple[FittedNetwork, tuple[Row, ...]]:
    """The network that was best on validation windows, and the metrics of its training.

    Checkpoints are kept in `place`, where a training goes on from the last one.
    """
    with jax.enable_x64(False):
        lesson = lesson_of(model, training, prepared, settings, seed=seed)
        standing = train(lesson, place)
        fitted = FittedNetwork(named_arrays(standing.best), dict(settings), lesson.sizes)
        return fitted.finished(training, prepared), standing.metrics


def lesson_of(
    model: Learner,
    training: ForecastTraining,
    prepared: Any,
    settings: Settings,
    *,
    seed: int,
    layout: Layout | None = None,
) -> Lesson:
    """What is to be learned, E704 where nothing is; without `layout`, devices are chosen from what there is."""
    on = devices()
    shown = "stimulus" in (*model.card.uses, *model.card.takes) and training.inputs == "stimulus"
    learning, validation = training.examples(shown=shown), training.validation.examples(shown=shown)
    _require_windows(learning, "training")
    _require_windows(validation, "validation")
    lengths = learning.context, learning.horizon
    sizes = Sizes(*lengths, learning.n_neurons, learning.n_features, learning.n_recordings)
    rules = Rules.of(settings)
    begin = eqx.Partial(prepared.init, sizes, dict(settings))  # equal for all folds, so that it is compiled once
    if layout is None:
        n_parameters = n_numbers(outline(prepared, sizes, settings))
        layout = layout_on(on, batch=rules.batch, n_neurons=sizes.n_neurons, n_parameters=n_parameters)
    return Lesson(model.card.name, begin, sizes, learning, validation, rules, layout, seed)


def _require_windows(windows: Examples, kind: str) -> None:
    if not windows.n_observed:
        what = f"no {kind} window has an observed value after its context"
        raise BraincastError("E704", "task", what, "Record more, or ask for a shorter context and horizon")
