"""Training: rounds of steps, each ended by an evaluation and a checkpoint."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import PRNGKeyArray

from braincast.errors import BraincastError
from braincast.models.blackbox.networks.network import Network
from braincast.models.blackbox.networks.parameters import put_in
from braincast.models.blackbox.sizes import Sizes
from braincast.progress import Advance, step
from braincast.tasks.forecasting.examples import Batch, Examples
from braincast.training.gradient.batches import n_ahead, prefetched, rows_of
from braincast.training.gradient.checkpoints import Standing, keep, last, note
from braincast.training.gradient.evaluation import mean_absolute_error
from braincast.training.gradient.layout import Layout
from braincast.training.gradient.metrics import Row
from braincast.training.gradient.rules import Rules, schedule
from braincast.training.gradient.update import Given, State, state_of, update
from braincast.training.place import Place

_BEGIN, _CHANCE = 0, 1  # what the seed is spent on: the network's first state, and chance in steps


@dataclass(frozen=True, eq=False)
class Lesson:
    """What is learned, and how: `begin(key=…)` makes the network, `name` is shown in errors and beside progress.

    `first` are arrays that it begins with instead of its own.
    """

    name: str
    begin: Callable[..., Network]
    sizes: Sizes
    learning: Examples
    validation: Examples
    rules: Rules
    layout: Layout
    seed: int
    first: Mapping[str, np.ndarray] | None = None

    def batch(self, number: int) -> Batch:
        """The windows of a step, on their devices."""
        rows = rows_of(number, len(self.learning), self.rules.batch, self.seed)
        return self.layout.batch(self.learning.batch(rows))

    def key(self, use: int) -> PRNGKeyArray:
        return jax.random.fold_in(jax.random.key(self.seed), use)

    @property
    def n_ahead(self) -> int:
        """How many batches may wait for their step."""
        return n_ahead(self.rules.batch * self.learning.window_bytes)


def train(lesson: Lesson, place: Place) -> Standing:
    """Train from the last checkpoint, or from the beginning, until the rules say that it ends.

    E701 where a loss is not finite: then the last checkpoint stands as it was.
    """
    standing = begun(lesson, place)
    with step(f"Learning {lesson.name}", lesson.rules.steps) as advance:
        advance(standing.step)
        while not lesson.rules.are_met(standing.step, standing.best_step):
            standing = _after_round(lesson, standing, advance)
            note(place, standing.metrics[-1])
            keep(place, standing)
    return standing


def begun(lesson: Lesson, place: Place) -> Standing:
    """Where the last checkpoint stands, or a new network, as its devices hold it."""
    given = lesson.begin, lesson.rules, lesson.layout, lesson.key(_BEGIN)
    found = last(place, eqx.filter_eval_shape(_first_state, *given))
    if found is not None:
        return replace(found, state=lesson.layout.placed(found.state))
    state = _first_state(*given)
    if lesson.first is None:
        return Standing(0, state, _copy(state.network), 0, float("inf"), ())
    state = lesson.layout.placed(state._replace(network=put_in(state.network, lesson.first)))
    # What others learned may be better than anything that comes.
    error = mean_absolute_error(state.network, lesson.validation, lesson.layout, lesson.rules.batch)
    return Standing(0, state, _copy(state.network), 0, error, ())


@eqx.filter_jit
def _first_state(begin: Callable[..., Network], rules: Rules, layout: Layout, key: PRNGKeyArray) -> State:
    """Made where it will lie, so that no single device has to hold it all."""
    return layout.held(state_of(begin(key=key), rules))


def _after_round(lesson: Lesson, standing: Standing, advance: Advance) -> Standing:
    """The steps until the next evaluation, and what that says."""
    rules, stop = lesson.rules, lesson.rules.end_of_round(standing.step)
    state, losses, norms = stepped(lesson, standing, stop, advance)
    error = mean_absolute_error(state.network, lesson.validation, lesson.layout, rules.batch)
    _require_finite(lesson, standing, np.array([*losses, error]))
    row: Row = {
        "step": stop,
        "loss": float(losses.mean()),
        "validation": error,
        "gradient_norm": float(norms.mean()),
        "learning_rate": float(jnp.asarray(schedule(rules)(stop - 1))),
    }
    metrics = (*standing.metrics, row)
    if error < standing.best_error:
        return Standing(stop, state, _copy(state.network), stop, error, metrics)
    return Standing(stop, state, standing.best, standing.best_step, standing.best_error, metrics)


def stepped(lesson: Lesson, standing: Standing, stop: int, advance: Advance) -> tuple[State, np.ndarray, np.ndarray]:
    """The state after step `stop`, with the loss and the gradient's norm at each step."""
    state, losses, norms = standing.state, [], []
    chance = lesson.key(_CHANCE)
    steps = range(standing.step, stop)
    for number, batch in zip(steps, prefetched(lesson.batch, steps, lesson.n_ahead), strict=True):
        given = Given(lesson.rules, lesson.layout, batch, jnp.asarray(number), chance)
        state, loss, norm = update(given, state)
        # The step before has to be done: else steps, each with its batch, would pile up in the device's queue.
        advance(1, f"loss {float(losses[-1]):.4g}" if losses else "")
        losses.append(loss)
        norms.append(norm)
    return state, np.array(losses, dtype=np.float64), np.array(norms, dtype=np.float64)


def _require_finite(lesson: Lesson, standing: Standing, values: np.ndarray) -> None:
    if np.isfinite(values).all():
        return
    number = standing.step + int(np.argmax(~np.isfinite(values)))
    what = f"the loss is not finite at step {number}; at step {standing.step} it was"
    fix = "Lower learning_rate or clip with --set, or set precision=single"
    raise BraincastError("E701", f"model {lesson.name}, seed {lesson.seed}", what, fix)


def _copy(network: Any) -> Any:
    """The same with arrays of numpy: a step uses up what it is given."""
    return jax.tree.map(lambda leaf: np.array(leaf) if eqx.is_array(leaf) else leaf, network)
