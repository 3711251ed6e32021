"""Circuits as a camera or a digitiser sees them: mean voltages of frames, and the states that frames end with."""

from __future__ import annotations

from functools import partial
from typing import Any

import jax
import jax.numpy as jnp
from jaxtyping import Array, Float

from braincast.dynamics.conductance.equations import Equations, Parameters, State
from braincast.dynamics.conductance.integrators import Integrator
from braincast.dynamics.conductance.lanes import Lanes
from braincast.dynamics.conductance.steps import trajectory


@partial(jax.jit, static_argnames=("equations", "integrator", "n_frames", "samples", "every", "keep_states", "grid"))
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
    grid: float | None = None,
) -> tuple[State, Float[Array, "batch frame cell"], State | None]:
    """The last state of a batch of circuits, the mean voltage (mV) of each frame, and the state that each ends with.

    A frame is the mean of `samples` voltages, `every` steps apart. `drives` (µA/cm²) are added frame by frame. All
    arrays have the batch first; what happens in between has it last (`Lanes`). With a `grid`, states are rounded to its
    multiples after each frame, so that last bits, which differ between machines, do not grow until they are seen.
    """
    lanes, own = Lanes(equations.structure, equations.circuit), _last(parameters)

    def frame(now: State, added: Array | None) -> tuple[State, tuple[Array, State | None]]:
        driven = own if added is None else own._replace(drive=own.drive + added)
        now, voltage = trajectory(lanes, driven, now, samples, dt_ms, integrator, every=every)
        now = now if grid is None else _on_grid(now, grid)
        return now, (voltage.mean(axis=0), now if keep_states else None)

    by_frame = None if drives is None else jnp.moveaxis(drives, 0, -1)
    last, (means, states) = jax.lax.scan(frame, _last(state), by_frame, length=n_frames)
    return _first(last), _first(means), _first(states)


def _last(tree: Any) -> Any:
    return jax.tree.map(lambda leaf: jnp.moveaxis(leaf, 0, -1), tree)


def _first(tree: Any) -> Any:
    return jax.tree.map(lambda leaf: jnp.moveaxis(leaf, -1, 0), tree)


def _on_grid(state: State, grid: float) -> State:
    return jax.tree.map(lambda leaf: jnp.round(leaf / grid) * grid, state)
