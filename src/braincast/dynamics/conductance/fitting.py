"""Conductances from recorded voltages, by the gradient of a simulation that is pulled towards the recording.

Left to itself, a circuit with wrong conductances drifts out of phase, and its error says little about what is wrong.
Pulled towards the recording its gates open as they did, and how hard it has to be pulled says which currents are wrong
(Abarbanel, Creveling, Farsian & Kostuk 2009, SIAM J Appl Dyn Syst 8:1341). The pull is then loosened.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float

from braincast.dynamics.conductance.circuit import Circuit
from braincast.dynamics.conductance.equations import Equations, Parameters, equations_of, parameters_of
from braincast.dynamics.conductance.integrators import STAGGERED
from braincast.errors import BraincastError

PULLS = (20.0, 5.0, 1.0, 0.2)  # 1/ms, one after the other
_LONG_MS = 1e5  # slow gates begin where they are on average
_SMALLEST_FACTOR = 1e-3  # of what the search begins with
_MOST_STEPS = 40  # of each pull


@dataclass(frozen=True, eq=False)
class Fit:
    """The circuit that was found, and the root mean square of what is left between it and the recording (mV).

    `factors` are its conductances over those that the search began with, in the order of `names`.
    """

    circuit: Circuit
    names: tuple[str, ...]
    factors: Float[np.ndarray, " conductance"]
    error_mv: float


def fitted(
    circuit: Circuit,
    voltage_mv: Float[np.ndarray, "time cell"],
    *,
    dt_ms: float,
    settle_ms: float,
    pulls: Sequence[float] = PULLS,
) -> Fit:
    """Every conductance of `circuit` that is not 0, from the voltage of all its cells every `dt_ms`.

    The recording may begin anywhere: its first `settle_ms`, in which gates find their places, are not judged. Least
    squares with derivatives through the simulation, in the conductances themselves: in their logarithms one that is
    once small stays small. E106 for a recording of other cells, or with nothing after it settled.
    """
    from scipy.optimize import least_squares

    n_settle = round(settle_ms / dt_ms)
    if voltage_mv.shape[1] != len(circuit.cells) or len(voltage_mv) <= n_settle + 1:
        what = f"shape {voltage_mv.shape}: {len(circuit.cells)} cells and more than {n_settle} times are expected"
        raise BraincastError("E106", "voltage_mv", what, "Give the voltage of every cell, or settle for a shorter time")
    names, at = _conductances(circuit)
    factors, found = np.ones(len(names)), None
    with jax.enable_x64(True):
        error, slope = _compiled(circuit, at, jnp.asarray(voltage_mv), dt_ms, n_settle)
        for pull in pulls:
            found = least_squares(
                lambda x, pull=pull: np.asarray(error(x, pull)),
                np.clip(factors, 2 * _SMALLEST_FACTOR, None),
                lambda x, pull=pull: np.asarray(slope(x, pull)),  # pyright: ignore[reportArgumentType]
                bounds=(_SMALLEST_FACTOR, np.inf),
                x_scale="jac",
                max_nfev=_MOST_STEPS,
            )
            factors = found.x
    changed = circuit.changed({name: f"x{factor!r}" for name, factor in zip(names, factors.tolist(), strict=True)})
    return Fit(changed, names, factors, float(np.sqrt(np.mean(found.fun**2))) if found is not None else np.nan)


def _compiled(
    circuit: Circuit, at: Sequence[tuple[int, ...]], recorded: Array, dt_ms: float, n_settle: int
) -> tuple[Callable[[Any, float], Array], Callable[[Any, float], Array]]:
    """What is left between a pulled circuit and the recording, as a function of factors; and its derivative."""
    begin, equations = parameters_of(circuit), equations_of(circuit)
    currents = [(number, place[0], place[1]) for number, place in enumerate(at) if len(place) == 2]
    synapses = [(number, place[0]) for number, place in enumerate(at) if len(place) == 1]

    def error(factors: Array, pull: Any) -> Array:
        maximal, synapse = begin.maximal, begin.synapse
        for number, current, cell in currents:
            maximal = maximal.at[current, cell].mul(factors[number])
        for number, place in synapses:
            synapse = synapse.at[place].mul(factors[number])
        own = begin._replace(maximal=maximal, synapse=synapse)
        return pulled(equations, own, recorded, dt_ms, n_settle, pull)[n_settle:].ravel()

    return jax.jit(error), jax.jit(jax.jacfwd(error))


def pulled(
    equations: Equations,
    parameters: Parameters,
    recorded: Float[Array, "time cell"],
    dt_ms: float,
    n_settle: int,
    pull: Any,
) -> Float[Array, "step cell"]:
    """How far a circuit is from the recording after each step (mV) while it is pulled there at a rate (1/ms).

    In the first `n_settle` steps it is held fast, so that gates come to where the recording has them.
    """
    start = equations.start(parameters)
    usual = equations.relaxed(parameters, start._replace(voltage=recorded.mean(axis=0)), _LONG_MS)
    rates = jnp.where(jnp.arange(len(recorded) - 1) < n_settle, PULLS[0], pull)

    def step(state: Any, told: tuple[Array, Array]) -> tuple[Any, Array]:
        wanted, rate = told
        state = STAGGERED.step(equations, parameters, state, dt_ms)
        apart = (state.voltage - wanted) * jnp.exp(-rate * dt_ms)
        return state._replace(voltage=wanted + apart), apart

    begun = STAGGERED.begin(equations, parameters, usual._replace(voltage=recorded[0]), dt_ms)
    return jax.lax.scan(step, begun, (recorded[1:], rates))[1]


def _conductances(circuit: Circuit) -> tuple[tuple[str, ...], list[tuple[int, ...]]]:
    """Names and places of the conductances that are not 0."""
    equations, found = equations_of(circuit), {}
    for cell, (name, own) in enumerate(circuit.cells.items()):
        for number, current in enumerate(equations.currents):
            if own.currents.get(current, 0.0) > 0:
                found[f"{name}.{current}"] = (number, cell)
    for number, synapse in enumerate(circuit.synapses):
        if synapse.conductance > 0:
            found[synapse.name] = (number,)
    return tuple(found), list(found.values())
