"""Steps of fixed length: exponential Euler (first order) and a staggered scheme (second order)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import jax.numpy as jnp
from jaxtyping import Array, Float

from braincast.dynamics.conductance.equations import Equations, Membrane, Milliseconds, Parameters, State

_SMALL = 1e-2  # where five terms of the series are exact to 1e-12
Step = Callable[[Equations, Parameters, State, Milliseconds], State]


@dataclass(frozen=True)
class Integrator:
    """A scheme: its order, how it begins, and one step of it."""

    name: str
    order: int
    begin: Step
    step: Step


def _as_it_is(equations: Equations, parameters: Parameters, state: State, dt_ms: Milliseconds) -> State:
    return state


def _exponential_euler(equations: Equations, parameters: Parameters, state: State, dt_ms: Milliseconds) -> State:
    """Each variable goes exactly to where it would, were all others to stay (Dayan & Abbott 2001, section 5.6)."""
    voltage = after(state.voltage, equations.membrane(parameters, state), dt_ms)
    calcium = _calcium_after(equations, parameters, state, state, dt_ms)
    return equations.relaxed(parameters, state, dt_ms)._replace(voltage=voltage, calcium=calcium)


def _half_a_step_ahead(equations: Equations, parameters: Parameters, state: State, dt_ms: Milliseconds) -> State:
    return equations.relaxed(parameters, state, dt_ms / 2)


def _staggered(equations: Equations, parameters: Parameters, state: State, dt_ms: Milliseconds) -> State:
    """Gates live half a step after voltages, so that each moves by the middle of the other's step (Hines 1984).

    What depends on voltage or calcium in another way (gap junctions, calcium's reversal) is taken at a middle that
    half a step of exponential Euler foretells.
    """
    middle = state
    if equations.has_calcium or equations.joined:
        foretold = after(state.voltage, equations.membrane(parameters, state), dt_ms / 2)
        calcium = _calcium_after(equations, parameters, state, state, dt_ms / 2)
        middle = state._replace(voltage=foretold, calcium=calcium)
    voltage = after(state.voltage, equations.membrane(parameters, middle), dt_ms)
    between = middle._replace(voltage=(state.voltage + voltage) / 2)
    calcium = _calcium_after(equations, parameters, state, between, dt_ms)
    return equations.relaxed(parameters, state._replace(voltage=voltage, calcium=calcium), dt_ms)


def after(voltage: Float[Array, " cell *lane"], membrane: Membrane, dt_ms: Milliseconds) -> Float[Array, " cell *lane"]:
    """A voltage `dt_ms` later while conductances are held: exact."""
    moved = membrane.rate * dt_ms
    # (1 - exp(-x)) / x, by its series where that quotient would lose digits.
    series = 1 - moved * (1 / 2 - moved * (1 / 6 - moved * (1 / 24 - moved * (1 / 120))))
    share = jnp.where(moved < _SMALL, series, (1 - jnp.exp(-moved)) / jnp.maximum(moved, _SMALL))
    return voltage + (membrane.towards - membrane.rate * voltage) * dt_ms * share


def _calcium_after(
    equations: Equations, parameters: Parameters, state: State, meanwhile: State, dt_ms: Milliseconds
) -> Float[Array, " cell *lane"]:
    if not equations.has_calcium:
        return state.calcium
    settled, time = equations.calcium_flow(parameters, meanwhile)
    return settled + (state.calcium - settled) * jnp.exp(-dt_ms / time)


EXPONENTIAL_EULER = Integrator("exponential-euler", 1, _as_it_is, _exponential_euler)
STAGGERED = Integrator("staggered", 2, _half_a_step_ahead, _staggered)
FIXED = {integrator.name: integrator for integrator in (EXPONENTIAL_EULER, STAGGERED)}
