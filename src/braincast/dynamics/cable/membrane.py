"""The membrane of one of our cells as a channel of Jaxley, so that any current of a circuit runs on any morphology."""

from __future__ import annotations

from typing import Any

import jax.numpy as jnp
from jaxley.channels import Channel

from braincast.dynamics.conductance.circuit import Circuit
from braincast.dynamics.conductance.equations import State, equations_of, parameters_of

NAME = "membrane"
_MA_PER_UA = 1e-3
_CALCIUM = f"{NAME}_calcium"
_NO_SYNAPSES = jnp.zeros(0)


class CircuitMembrane(Channel):
    """All currents of a circuit's only cell, with its calcium, in every compartment that it is inserted into.

    `membrane_<current>` is a current's maximal conductance (mS/cm²); it may differ between compartments. The cell's
    current (µA/cm²) goes into all of them. Calcium gathers as it does in a cell of the circuit's stated area.
    """

    def __init__(self, circuit: Circuit) -> None:
        self.current_is_in_mA_per_cm2 = True
        super().__init__(NAME)
        (cell,) = circuit.cells.values()
        self._equations, self._numbers = equations_of(circuit), parameters_of(circuit)
        self._capacitance = cell.capacitance
        initial = circuit.initial
        self._said = [
            initial.inactivation if gate.inactivates else initial.activation
            for current in self._equations.currents
            for gate in circuit.currents[current].gates.values()
        ]
        start = self._equations.start(self._numbers)
        self.channel_params = {f"{NAME}_{current}": cell.currents[current] for current in self._equations.currents}
        self.channel_states = {f"{NAME}_gate{n}": float(gate[0]) for n, gate in enumerate(start.gates)}
        self.channel_states[_CALCIUM] = float(start.calcium[0])
        self.current_name = f"i_{NAME}"

    def update_states(self, states: dict[str, Any], dt: Any, v: Any, params: dict[str, Any]) -> dict[str, Any]:
        """Gates and calcium after a step at the voltage `v`."""
        numbers, state = self._numbers_of(params), self._state(states, v)
        gates = self._equations.relaxed(numbers, state, dt).gates
        calcium = state.calcium
        if self._equations.has_calcium:
            settled, time_ms = self._equations.calcium_flow(numbers, state)
            calcium = settled + (calcium - settled) * jnp.exp(-dt / time_ms)
        return self._named(gates, calcium)

    def compute_current(self, states: dict[str, Any], v: Any, params: dict[str, Any]) -> Any:
        """The current outwards, mA/cm²."""
        moves = self._equations.membrane(self._numbers_of(params), self._state(states, v))
        return _MA_PER_UA * self._capacitance * (moves.rate * v - moves.towards)

    def init_state(self, states: dict[str, Any], v: Any, params: dict[str, Any], delta_t: Any) -> dict[str, Any]:
        """Gates in the steady state of `v`, where the circuit says nothing else."""
        state = self._state(states, v)
        steady = self._equations.relaxed(self._numbers_of(params), state, jnp.inf).gates
        gates = (
            gate if said is None else jnp.full_like(gate, said) for gate, said in zip(steady, self._said, strict=True)
        )
        return self._named(tuple(gates), state.calcium)

    def _numbers_of(self, params: dict[str, Any]) -> Any:
        maximal = jnp.stack([jnp.atleast_1d(params[f"{NAME}_{current}"]) for current in self._equations.currents])
        return self._numbers._replace(maximal=maximal)

    def _state(self, states: dict[str, Any], v: Any) -> State:
        n_gates = len(self.channel_states) - 1
        gates = tuple(jnp.asarray(states[f"{NAME}_gate{n}"]) for n in range(n_gates))
        return State(jnp.asarray(v), jnp.asarray(states[_CALCIUM]), gates, _NO_SYNAPSES)

    def _named(self, gates: tuple[Any, ...], calcium: Any) -> dict[str, Any]:
        return {**{f"{NAME}_gate{n}": gate for n, gate in enumerate(gates)}, _CALCIUM: calcium}
