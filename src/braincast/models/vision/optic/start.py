"""How a network begins: synapses weigh by their number, and every type uses both sides of its threshold.

Published networks begin with the same weight for each connection and with resting potentials far above the threshold:
all cells are linear there, no linear sum tells the direction of motion, and gradients are nearly zero. Here each
synapse of a cell weighs the same, all weights of a type are scaled until its potential varies by `spread` over scenes
(after Mishkin & Matas 2016, arXiv:1511.06422), and in grey it rests at `height` times that. Nothing is learned: no
flow is looked at.
"""

from __future__ import annotations

from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float, PRNGKeyArray

from braincast.dynamics.lattice.network import Parameters, begin, run
from braincast.dynamics.scenes.movie import GREY
from braincast.models.vision.optic.eye import Eye

_TIME_CONSTANT_S, _ROUNDS, _GREY_S = 0.05, 50, 0.8
_LARGEST_GAIN, _SMALLEST_GAIN = 10.0, 0.05
_Scenes = Float[np.ndarray, "round frame column movie"]


def n_rounds() -> int:
    """How many sets of scenes a balanced start looks at."""
    return _ROUNDS


def balanced(
    eye: Eye, scenes: _Scenes, dt_s: float, *, key: PRNGKeyArray, spread: float, height: float, scatter: float
) -> Parameters:
    """Parameters of a network before training; time constants scatter log-normally by `scatter` around 50 ms."""
    circuit = eye.circuit
    n_synapses = np.bincount(circuit.post[circuit.connection], circuit.count, circuit.n_types)
    share = jnp.asarray(1 / np.maximum(n_synapses, 1.0)[circuit.post], dtype=jnp.float32)
    time_constant_s = _TIME_CONSTANT_S * jnp.exp(scatter * jax.random.normal(key, (circuit.n_types,)))
    now = Parameters(jnp.full(circuit.n_types, GREY), time_constant_s, share)
    gain = jnp.ones(circuit.n_types)
    observed = jax.jit(lambda parameters, light: _observed(eye, parameters, light, dt_s))
    is_input, post = np.asarray(eye.wiring.is_input), circuit.post
    aim = jnp.where(is_input, GREY, height * spread)
    for light in scenes:
        varied, rests = observed(now, jnp.asarray(light))
        is_usable = jnp.isfinite(varied) & (varied < 5 * spread)
        change = jnp.where(is_usable, jnp.clip(spread / jnp.where(is_usable, varied, 1.0), 0.7, 1.3), 0.7) ** 0.5
        gain = jnp.clip(gain * jnp.where(is_input, 1.0, change), _SMALLEST_GAIN, _LARGEST_GAIN)
        off = jnp.clip(aim - jnp.where(jnp.isfinite(rests), rests, 0.0), -0.5, 0.5)
        now = Parameters(now.resting + 0.3 * off, time_constant_s, share * gain[post])
    return now


def _observed(eye: Eye, parameters: Parameters, light: Array, dt_s: float) -> tuple[Array, Array]:
    """The standard deviation of each type's potential over time and columns, and where it rests in grey."""
    grey = jnp.full((round(_GREY_S / dt_s), *light.shape[1:]), GREY)
    rested, _ = run(eye.wiring, parameters, begin(eye.wiring, parameters, light.shape[2]), grey, dt_s, lambda _: None)
    there = eye.wiring.is_there[:, :, None]

    def moments(voltages: Array) -> Any:
        return _mean(voltages, there), _mean(voltages**2, there)

    _, (first, second) = run(eye.wiring, parameters, rested, light, dt_s, moments)
    varied = jnp.sqrt(jnp.maximum(second.mean(axis=0) - first.mean(axis=0) ** 2, 1e-12))
    return varied, _mean(rested, there)


def _mean(values: Array, there: Array) -> Array:
    """Over the cells of each type and over movies."""
    return jnp.where(there, values, 0.0).sum(axis=(1, 2)) / (there.sum(axis=(1, 2)) * values.shape[2])
