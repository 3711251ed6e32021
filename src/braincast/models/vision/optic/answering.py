"""A network with its read-out, ready to be shown movies."""

from __future__ import annotations

from collections.abc import Callable

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float

from braincast.dynamics.lattice.network import Parameters, run, settled
from braincast.dynamics.scenes.movie import GREY
from braincast.models.vision.optic.eye import Eye
from braincast.models.vision.optic.readout import rates, smoothed, with_one

_GREY_S = 1.0
# A network on a wiring that it did not learn on can excite itself without end. Its answers are held at these bounds:
# potentials (trained networks stay within a few units), and flow in columns per second.
POTENTIAL_LIMIT, FLOW_LIMIT = 1e6, 1e3
Answer = Callable[[np.ndarray], np.ndarray]


def answering(eye: Eye, parameters: Parameters, readout: Float[np.ndarray, "feature 2"], dt_s: float) -> Answer:
    """Gives for light [frame, column, movie] the potentials of the central cells and the flow, [frame, answer, movie].

    Before the movie the eye sees grey for a second. What grows without end is held at a bound.
    """
    told = jax.tree.map(lambda part: jnp.asarray(part, dtype=jnp.float32), (parameters, readout))

    @jax.jit
    def answer(light: Float[Array, "frame column movie"]) -> Float[Array, "frame answer movie"]:
        parameters, weights = told
        rested = settled(eye.wiring, parameters, jnp.full(light.shape[2], GREY), dt_s, _GREY_S)

        def observe(voltages: Array) -> tuple[Array, Array]:
            return voltages[:, eye.centre], rates(eye, voltages)

        _, (central, pooled) = run(eye.wiring, parameters, rested, light, dt_s, observe)
        flow = (with_one(smoothed(pooled, dt_s)) @ weights).reshape(light.shape[0], light.shape[2], 2)
        return jnp.concatenate([_held(central, POTENTIAL_LIMIT), _held(flow.transpose(0, 2, 1), FLOW_LIMIT)], axis=1)

    return lambda light: np.asarray(answer(jnp.asarray(light, dtype=jnp.float32)))


def _held(values: Array, limit: float) -> Array:
    """Within the limit; what is no number any more came from beyond it."""
    return jnp.clip(jnp.where(jnp.isnan(values), limit, values), -limit, limit)
