"""The type-shared leaky rate network of the fly's optic lobe (Lappalainen et al. 2024, Nature 634:1132).

    τ dV/dt = -V + b + Σ sign · count · strength · max(V_pre, 0) + x

τ and b are the same for all cells of a type, strength for all cells of a pair of types; x is light, at photoreceptors
alone. Steps are Euler's; a time constant shorter than the step counts as one step.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float, PRNGKeyArray

from braincast.dynamics.lattice.circuit import ColumnarCircuit
from braincast.dynamics.lattice.steps import Light, Voltages, steps
from braincast.dynamics.lattice.wiring import Wiring

_STRETCH = 64  # frames


class Parameters(NamedTuple):
    """What is learned: resting potentials, time constants in seconds, strengths of connections (not negative).

    Where signs or counts are learned as well, `sign` multiplies those of connections and `share` the counts of terms.
    """

    resting: Float[Array, " type"]
    time_constant_s: Float[Array, " type"]
    strength: Float[Array, " connection"]
    sign: Float[Array, " connection"] | None = None
    share: Float[Array, " term"] | None = None


def published_initial(circuit: ColumnarCircuit, *, key: PRNGKeyArray) -> Parameters:
    """Parameters before training as published: b ~ N(0.5, 0.05), τ = 50 ms, strength 0.01 over the mean count.

    The mean count of a connection is over its offsets as they are in the circuit.
    """
    n = np.bincount(circuit.connection, minlength=circuit.n_connections)
    mean_count = np.bincount(circuit.connection, circuit.count, circuit.n_connections) / np.maximum(n, 1)
    resting = 0.5 + 0.05 * jax.random.normal(key, (circuit.n_types,))
    return Parameters(resting, jnp.full(circuit.n_types, 0.05), jnp.asarray(0.01 / mean_count, dtype=resting.dtype))


def weights(wiring: Wiring, parameters: Parameters) -> Float[Array, " term"]:
    """sign · count · strength of each term."""
    weight = wiring.count * parameters.strength[wiring.connection]
    if parameters.sign is not None:
        weight = weight * parameters.sign[wiring.connection]
    return weight if parameters.share is None else weight * parameters.share


def begin(wiring: Wiring, parameters: Parameters, n_movies: int) -> Voltages:
    """All cells at their resting potential."""
    n_types, n_columns = wiring.shape
    return jnp.broadcast_to(parameters.resting[:, None, None], (n_types, n_columns, n_movies)) + 0.0


def run(
    wiring: Wiring,
    parameters: Parameters,
    voltages: Voltages,
    light: Light,
    dt_s: float,
    observe: Callable[[Voltages], Any],
) -> tuple[Voltages, Any]:
    """The last voltages, and what was observed after each frame's step.

    Of all voltages no more than a stretch of frames is kept: for gradients each stretch but the only one is simulated
    again on the way back.
    """
    weight = weights(wiring, parameters)
    share = dt_s / jnp.maximum(parameters.time_constant_s, dt_s)

    def stretch(now: Voltages, frames: Light) -> tuple[Voltages, Any]:
        after = steps(wiring, weight, parameters.resting, share, now, frames)
        return after[-1], jax.vmap(observe)(after)

    n_frames = light.shape[0]
    if n_frames <= _STRETCH:
        return stretch(voltages, light)
    again = jax.checkpoint(stretch)
    whole = n_frames // _STRETCH * _STRETCH
    stretches = light[:whole].reshape(whole // _STRETCH, _STRETCH, *light.shape[1:])
    voltages, seen = jax.lax.scan(again, voltages, stretches)
    seen = jax.tree.map(lambda part: part.reshape(whole, *part.shape[2:]), seen)
    if whole == n_frames:
        return voltages, seen
    voltages, more = again(voltages, light[whole:])
    return voltages, jax.tree.map(lambda a, b: jnp.concatenate([a, b]), seen, more)


def settled(
    wiring: Wiring, parameters: Parameters, grey: Float[Array, " movie"], dt_s: float, duration_s: float = 1.0
) -> Voltages:
    """Voltages after `duration_s` of even light, from rest."""
    n_frames, n_columns = max(1, round(duration_s / dt_s)), wiring.shape[1]
    light = jnp.broadcast_to(grey, (n_frames, n_columns, len(grey)))
    return run(wiring, parameters, begin(wiring, parameters, len(grey)), light, dt_s, lambda _: None)[0]
