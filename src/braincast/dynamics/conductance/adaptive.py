"""A circuit solved with steps that choose their own length, as a referee of those that do not."""

from __future__ import annotations

from functools import partial
from typing import Any, cast

import diffrax
import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float

from braincast.dynamics.conductance.circuit import Circuit
from braincast.dynamics.conductance.equations import Equations, Parameters, State, equations_of, parameters_of

TOLERANCE = 1e-9
_MOST_STEPS = 10_000_000


def solved(circuit: Circuit, duration_ms: float, every_ms: float) -> Float[np.ndarray, "time cell"]:
    """Voltages (mV) every `every_ms` from the initial state on, by Dormand & Prince's method of order 8.

    Relative tolerance 1e-9, absolute one 1e-9 in each variable's unit; in float64.
    """
    n = round(duration_ms / every_ms)
    with jax.enable_x64(True):
        times = jnp.arange(n + 1) * every_ms
        return np.asarray(_solved(equations_of(circuit), parameters_of(circuit), times))


@partial(jax.jit, static_argnames="equations")
def _solved(equations: Equations, parameters: Parameters, times: Float[Array, " time"]) -> Float[Array, "time cell"]:
    def slope(_: Any, state: State, own: Parameters) -> State:
        return equations.slope(own, state)

    solution = diffrax.diffeqsolve(
        diffrax.ODETerm(slope),  # pyright: ignore[reportArgumentType]
        diffrax.Dopri8(),
        times[0],
        times[-1],
        0.01,
        equations.start(parameters),
        parameters,
        saveat=diffrax.SaveAt(ts=times, fn=lambda _, state, __: state.voltage),
        stepsize_controller=diffrax.PIDController(rtol=TOLERANCE, atol=TOLERANCE),
        max_steps=_MOST_STEPS,
        adjoint=diffrax.ForwardMode(),
        throw=False,
    )
    return cast(Array, solution.ys)
