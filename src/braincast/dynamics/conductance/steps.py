"""A circuit step after step, as one program: to be compiled, batched over parameters, differentiated."""

from __future__ import annotations

from functools import partial
from typing import Any

import jax
import jax.numpy as jnp
from jaxtyping import Array, Float

from braincast.dynamics.conductance.equations import Equations, Milliseconds, Parameters, State
from braincast.dynamics.conductance.integrators import Integrator


def trajectory(
    equations: Equations,
    parameters: Parameters,
    state: State,
    n_frames: int,
    dt_ms: Milliseconds,
    integrator: Integrator,
    *,
    every: int = 1,
    drives: Float[Array, "frame cell *lane"] | None = None,
) -> tuple[State, Float[Array, "frame cell *lane"]]:
    """The state after `n_frames` frames of `every` steps, and the voltage (mV) at the end of each frame.

    `state` is one that the integrator has begun (`begun`), or that an earlier trajectory ended with. `drives` (µA/cm²)
    are added to the cells' own, frame by frame. Differentiable in parameters, state and drives.
    """

    def frame(state: State, drive: Any) -> tuple[State, Array]:
        driven = parameters if drive is None else parameters._replace(drive=parameters.drive + drive)
        if every == 1:
            state = integrator.step(equations, driven, state, dt_ms)
        else:
            state = jax.lax.fori_loop(0, every, lambda _, s: integrator.step(equations, driven, s, dt_ms), state)
        return state, state.voltage

    return jax.lax.scan(frame, state, drives, length=n_frames)


def begun(equations: Equations, parameters: Parameters, dt_ms: Milliseconds, integrator: Integrator) -> State:
    """A circuit's initial state as the integrator wants it."""
    return integrator.begin(equations, parameters, equations.start(parameters), dt_ms)


# Left alone, XLA uses half of the width that processors with AVX-512 have; a fifth faster there, no change elsewhere.
_WIDE = {"xla_cpu_prefer_vector_width": 512}


@partial(jax.jit, static_argnames=("equations", "integrator", "n_frames", "every"), compiler_options=_WIDE)
def advanced(
    equations: Equations,
    parameters: Parameters,
    state: State,
    dt_ms: Milliseconds,
    integrator: Integrator,
    n_frames: int,
    every: int,
    drives: Array | None = None,
) -> tuple[State, Float[Array, "frame *batch cell"]]:
    """`trajectory` of a batch (leading axes of `parameters`), compiled; time comes first."""

    def one(own: Parameters, start: State, drive: Array | None) -> tuple[State, Array]:
        return trajectory(equations, own, start, n_frames, dt_ms, integrator, every=every, drives=drive)

    if parameters.drive.ndim == 1:
        return one(parameters, state, drives)
    state, voltage = jax.vmap(one, in_axes=(0, 0, None if drives is None else 0), out_axes=(0, 1))(
        parameters, state, drives
    )
    return state, voltage


@partial(jax.jit, static_argnames=("equations", "integrator"))
def beginning(equations: Equations, parameters: Parameters, dt_ms: Milliseconds, integrator: Integrator) -> State:
    """`begun` of a circuit or of a batch, compiled."""

    def one(own: Parameters) -> State:
        return begun(equations, own, dt_ms, integrator)

    return one(parameters) if parameters.drive.ndim == 1 else jax.vmap(one)(parameters)


def as_array(value: Any, dtype: Any) -> Array:
    """`value` as JAX computes with it."""
    return jnp.asarray(value, dtype)
