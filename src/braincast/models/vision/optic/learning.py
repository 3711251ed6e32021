"""Training on optic flow: the network learns so that a linear sum of its rates tells how a scene moves.

The sum is never far from the best one: it follows from moments of the last scenes (recursive least squares, so that no
step is lost on it), and the gradient goes through the rates alone. By the envelope theorem that is the gradient of the
best sum's error. At each step a share of the output types is left out of the sum, so that no few of them do all the
work (dropout, as in the published decoder: Lappalainen et al. 2024).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, NamedTuple, cast

import jax
import jax.numpy as jnp
import numpy as np
import optax
from jaxtyping import Array, PRNGKeyArray

from braincast.dynamics.lattice.network import Parameters, run, settled
from braincast.dynamics.scenes.movie import GREY
from braincast.models.vision.optic.eye import Eye
from braincast.models.vision.optic.readout import Moments, rates, smoothed, with_one

_GREY_S, _UNSEEN_S = 0.4, 0.2
_KEPT = 0.98  # of moments from step to step
_WARM = 60  # steps without learning, while moments gather
_FAR, _FAR_WEIGHT = 2.0, 0.1  # potentials in grey beyond this cost something
_TIME_CONSTANTS_S = (0.005, 0.5)


class Learned(NamedTuple):
    """What the gradient moves. `more` has the signs or the logarithms of counts where these are learned too."""

    resting: Array
    log_time_constant_s: Array
    log_strength: Array
    more: dict[str, Array]

    @classmethod
    def of(cls, eye: Eye, parameters: Parameters, learned: str) -> Learned:
        """Parameters as training begins with them; signs move from 1 and may change, counts by their logarithm."""
        begins = {"strengths": {}, "signs": {"sign": jnp.ones(eye.circuit.n_connections)}}
        more = begins.get(learned, {"log_share": jnp.zeros(len(eye.wiring.count))})
        own = parameters.resting, jnp.log(parameters.time_constant_s), jnp.log(parameters.strength)
        return cls(*own, more)

    @property
    def parameters(self) -> Parameters:
        found = Parameters(self.resting, jnp.exp(self.log_time_constant_s), jnp.exp(self.log_strength))
        share = jnp.exp(self.more["log_share"]) if "log_share" in self.more else None
        return found._replace(sign=self.more.get("sign"), share=share)


class State(NamedTuple):
    """A training between two steps."""

    learned: Learned
    moments: Moments
    optimiser: Any
    key: PRNGKeyArray


# Light [step, frame, column, movie] and flow [step, frame, movie, 2] of a few steps.
Batches = Iterator[tuple[np.ndarray, np.ndarray]]


def learn(
    eye: Eye,
    start: Parameters,
    batches: Batches,
    dt_s: float,
    *,
    n_steps: int,
    learning_rate: float,
    left_out: float,
    key: PRNGKeyArray,
    learned: str = "strengths",
    watch: Callable[[int, np.ndarray, Parameters], None] | None = None,
) -> tuple[Parameters, np.ndarray]:
    """Parameters after `n_steps`, and the error of each step (1: no better than saying that nothing moves).

    With `learned` "signs" or "counts" these are learned beside the strengths. Strengths and time constants move by
    their logarithm, resting potentials at 0.3 times the learning rate. A step whose error is no number changes nothing.
    """
    rule = _rule(n_steps, learning_rate)
    begun = Learned.of(eye, start, learned)
    state = State(begun, Moments.none(len(eye.circuit.outputs) + 1), rule.init(begun), key)
    advance = jax.jit(lambda state, light, flow: jax.lax.scan(_step(eye, rule, dt_s, left_out), state, (light, flow)))
    errors: list[np.ndarray] = []
    for light, flow in batches:
        state, error = advance(state, jnp.asarray(light), jnp.asarray(flow))
        errors.append(np.asarray(error))
        if watch is not None:
            watch(sum(map(len, errors)), errors[-1], state.learned.parameters)
    return state.learned.parameters, np.concatenate(errors)


def features_of(eye: Eye, parameters: Parameters, light: Array, dt_s: float) -> tuple[Array, Array]:
    """Smoothed rates at each frame, and the potentials in grey from which they begin."""
    grey = jnp.full(light.shape[2], GREY)
    rested = jax.lax.stop_gradient(settled(eye.wiring, parameters, grey, dt_s, _GREY_S))
    _, seen = run(eye.wiring, parameters, rested, light, dt_s, lambda voltages: rates(eye, voltages))
    return smoothed(seen, dt_s), rested


def unseen_frames(dt_s: float) -> int:
    """How many frames after the start of a scene are not looked at."""
    return round(_UNSEEN_S / dt_s)


def _rule(n_steps: int, learning_rate: float) -> optax.GradientTransformation:
    falling = optax.cosine_decay_schedule(learning_rate, n_steps, 0.02)

    def rate(share: float) -> optax.GradientTransformation:
        return optax.adam(lambda step: jnp.where(jnp.asarray(step) < _WARM, 0.0, share * falling(step)))

    def rates_of(learned: Learned) -> Any:
        return jax.tree.map(lambda _: "others", learned)._replace(resting="resting")

    each = optax.multi_transform({"resting": rate(0.3), "others": rate(1.0)}, rates_of)
    return optax.chain(optax.clip_by_global_norm(1.0), each)


def _step(
    eye: Eye, rule: optax.GradientTransformation, dt_s: float, left_out: float
) -> Callable[[State, Any], tuple[State, Array]]:
    unseen = unseen_frames(dt_s)

    def error(learned: Learned, weights: Array, light: Array, flow: Array) -> tuple[Array, Any]:
        features, rested = features_of(eye, learned.parameters, light, dt_s)
        x, y = with_one(features[unseen:]), flow[unseen:].reshape(-1, 2)
        missed = ((y - x @ weights) ** 2).sum(axis=1).mean() / (y**2).sum(axis=1).mean()
        far = (jax.nn.relu(jnp.abs(rested) - _FAR) ** 2).mean()
        return missed + _FAR_WEIGHT * far, (missed, x, y)

    def step(state: State, scene: tuple[Array, Array]) -> tuple[State, Array]:
        key, of_types = jax.random.split(state.key)
        seen = jax.random.uniform(of_types, (len(eye.circuit.outputs),)) >= left_out
        weights = state.moments.sum(jnp.append(seen, True).astype(jnp.float32))
        (loss, (missed, x, y)), gradient = jax.value_and_grad(error, has_aux=True)(state.learned, weights, *scene)
        is_usable = jnp.isfinite(loss) & jax.tree.reduce(lambda ok, g: ok & jnp.isfinite(g).all(), gradient, True)
        gradient = jax.tree.map(lambda g: jnp.where(is_usable, g, 0.0), gradient)
        change, optimiser = rule.update(gradient, state.optimiser, state.learned)
        moved = _bounded(cast("Learned", optax.apply_updates(state.learned, change)))
        moments = state.moments.forgetting(x, y, _KEPT)
        after = State(moved, moments, optimiser, key)
        kept = state._replace(key=key)
        return jax.tree.map(lambda new, old: jnp.where(is_usable, new, old), after, kept), missed

    return step


def _bounded(learned: Learned) -> Learned:
    low, high = (float(np.log(bound)) for bound in _TIME_CONSTANTS_S)
    return learned._replace(log_time_constant_s=jnp.clip(learned.log_time_constant_s, low, high))
