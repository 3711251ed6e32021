"""Circuits as a camera or a digitiser sees them: mean voltages of frames, and the states that frames end with."""

from __future__ import annotations

from functools import partial

import jax
from jaxtyping import Array, Float

from braincast.dynamics.conductance.equations import Equations, Parameters, State
from braincast.dynamics.conductance.integrators import Integrator
from braincast.dynamics.conductance.trajectory import trajectory


@partial(jax.jit, static_argnames=("equations", "integrator", "n_frames", "samples", "every", "keep_states"))
def framed(
    equations: Equations,
    parameters: Parameters,
    state: State,
    dt_ms: Float[Array, ""],
    integrator: Integrator,
    n_frames: int,
    samples: int,
    every: int,
    drives: Float[Array, "batch frame cell"] | None = None,
    *,
    keep_states: bool = False,
) -> tuple[State, Float[Array, "batch frame cell"], State | None]:
    """The last state of a batch of circuits, the mean voltage (mV) of each frame, and the state that each ends with.

    A frame is the mean of `samples` voltages, `every` steps apart. `drives` (µA/cm²) are added frame by frame.
    """

    def one(own: Parameters, begin: State, drive: Array | None) -> tuple[State, tuple[Array, State | None]]:
        def frame(now: State, added: Array | None) -> tuple[State, tuple[Array, State | None]]:
            driven = own if added is None else own._replace(drive=own.drive + added)
            now, voltage = trajectory(equations, driven, now, samples, dt_ms, integrator, every=every)
            return now, (voltage.mean(axis=0), now if keep_states else None)

        return jax.lax.scan(frame, begin, drive, length=n_frames)

    last, (means, states) = jax.vmap(one, in_axes=(0, 0, None if drives is None else 0))(parameters, state, drives)
    return last, means, states
