"""From a model that describes itself to a trained one: what the engine needs is gathered here."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import equinox as eqx
import jax
import numpy as np

from braincast.errors import BraincastError
from braincast.models.blackbox.fitted import FittedNetwork
from braincast.models.blackbox.networks.embedding import has_embedding
from braincast.models.blackbox.networks.parameters import agreeing, n_numbers, named_arrays, outline
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
from braincast.training.start import Beginning


def learned(
    model: Learner,
    training: ForecastTraining,
    prepared: Any,
    settings: Settings,
    *,
    seed: int,
    place: Place,
    beginning: Beginning | None = None,
) -> tuple[FittedNetwork, tuple[Row, ...]]:
    """The network that was best on validation windows, and the metrics of its training.

    Checkpoints are kept in `place`, where a training goes on from the last one.
    """
    with jax.enable_x64(False):
        lesson = lesson_of(model, training, prepared, settings, seed=seed, beginning=beginning)
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
    beginning: Beginning | None = None,
) -> Lesson:
    """What is to be learned, E704 where nothing is; without `layout`, devices are chosen from what there is.

    E705 where nothing of `beginning` goes into the network, E305 where it has not what the settings let learn.
    """
    on = devices()
    shown = "stimulus" in (*model.card.uses, *model.card.takes) and training.inputs == "stimulus"
    learning, validation = training.examples(shown=shown), training.validation.examples(shown=shown)
    _require_windows(learning, "training")
    _require_windows(validation, "validation")
    lengths = learning.context, learning.horizon
    sizes = Sizes(*lengths, learning.n_neurons, learning.n_features, learning.n_recordings, learning.frame_s)
    rules = Rules.of(settings)
    begin = eqx.Partial(prepared.init, sizes, dict(settings))  # equal for all folds, so that it is compiled once
    drawn = outline(prepared, sizes, settings)
    _require_embedding(model, drawn, rules)
    first = (
        None
        if beginning is None
        else _agreeing(model, beginning, lambda sizes: outline(prepared, sizes, settings), sizes)
    )
    if layout is None:
        n_parameters = n_numbers(drawn)
        layout = layout_on(on, batch=rules.batch, n_neurons=sizes.n_neurons, n_parameters=n_parameters)
    return Lesson(model.card.name, begin, sizes, learning, validation, rules, layout, seed, first)


def _require_windows(windows: Examples, kind: str) -> None:
    if not windows.n_observed:
        what = f"no {kind} window has an observed value after its context"
        raise BraincastError("E704", "task", what, "Record more, or ask for a shorter context and horizon")


def _require_embedding(model: Learner, drawn: Any, rules: Rules) -> None:
    if rules.trained == "embedding" and not has_embedding(drawn):
        where, what = f"model {model.card.name}, setting trained", "its network has no embedding that could learn alone"
        raise BraincastError("E305", where, what, "Set trained=all, or choose a model with an embedding")


def _agreeing(
    model: Learner, beginning: Beginning, draw: Callable[[Sizes], Any], sizes: Sizes
) -> Mapping[str, np.ndarray]:
    """The arrays that the network begins with; who other neurons are, and what other recordings have, is left out."""
    found = agreeing(draw(sizes), beginning.arrays)
    # An array that would grow with one neuron (recording) more has a number for each.
    if not beginning.same_neurons:
        found = agreeing(draw(replace(sizes, n_neurons=sizes.n_neurons + 1)), found)
    if not beginning.same_recordings:
        found = agreeing(draw(replace(sizes, n_recordings=sizes.n_recordings + 1)), found)
    if not found:
        what = f"no array of it has the name and shape of one in the network of {model.card.name} for this task"
        raise BraincastError("E705", "--from", what, "Begin from a fit with the same context, horizon and settings")
    return found
