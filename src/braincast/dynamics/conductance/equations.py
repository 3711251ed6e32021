"""The equations of a circuit in JAX: pure functions of state and parameters, to be batched and differentiated."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, NamedTuple, TypeAlias

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float

from braincast.dynamics.conductance.circuit import Circuit, Current, SynapseKind, Warmth

# Gas constant over Faraday's, for mV and an ion of charge 2: RT/2F is 12.2 mV at 10 °C.
_MV_PER_KELVIN = 1e3 * 8.314462618 / (2 * 96485.33212)
_KELVIN = 273.15
_MS_PER_NS = 1e-6  # millisiemens in a nanosiemens
_NA_PER_UA = 1e3


Milliseconds: TypeAlias = float | Float[Array, ""]


class Parameters(NamedTuple):
    """The numbers of a circuit. Each may have leading axes: a batch of circuits of one structure.

    `maximal` is in mS/cm², in the order of `Equations.currents` and cells; `synapse` in nS; `drive` in µA/cm²;
    `temperature` in °C.
    """

    maximal: Float[Array, "*batch current cell"]
    synapse: Float[Array, "*batch synapse"]
    drive: Float[Array, "*batch cell"]
    temperature: Float[Array, "*batch"]


class State(NamedTuple):
    """Voltage (mV) and calcium (µM) of each cell, its gates, and how open each chemical synapse is (0 to 1)."""

    voltage: Float[Array, "*batch cell"]
    calcium: Float[Array, "*batch cell"]
    gates: tuple[Float[Array, "*batch cell"], ...]
    synapses: Float[Array, "*batch chemical"]


class Membrane(NamedTuple):
    """How a voltage moves while gates are held: dV/dt = towards - rate · V, in mV/ms and 1/ms."""

    rate: Float[Array, " cell *lane"]
    towards: Float[Array, " cell *lane"]


@dataclass(frozen=True, eq=False)
class Equations:
    """The structure of a circuit: which currents and synapses there are, without their conductances.

    Two circuits of one structure have equal equations, so that they share compiled programs. Methods take one circuit;
    batches go through `jax.vmap`.
    """

    structure: str
    circuit: Circuit = field(repr=False)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Equations) and self.structure == other.structure

    def __hash__(self) -> int:
        return hash(self.structure)

    @cached_property
    def cells(self) -> tuple[str, ...]:
        return tuple(self.circuit.cells)

    @cached_property
    def currents(self) -> tuple[str, ...]:
        """Every current that some cell has; cells without it have conductance 0."""
        return tuple(dict.fromkeys(name for cell in self.circuit.cells.values() for name in cell.currents))

    def start(self, parameters: Parameters) -> State:
        """The circuit's initial state."""
        initial, n = self.circuit.initial, len(self.cells)
        voltage = jnp.full(n, initial.voltage, parameters.drive.dtype)
        calcium = jnp.full(n, initial.calcium, parameters.drive.dtype)
        steady = iter(self._gate_targets(voltage, calcium))
        gates = []
        for current in self._declared:
            for gate in current.gates.values():
                said = initial.inactivation if gate.inactivates else initial.activation
                target, _ = next(steady)
                gates.append(target if said is None else jnp.full_like(target, said))
        synapses = self._synapse_targets(voltage)[0]
        return State(voltage, calcium, tuple(gates), synapses if initial.activation is None else 0 * synapses)

    def relaxed(self, parameters: Parameters, state: State, dt_ms: Milliseconds) -> State:
        """Gates and synapses after `dt_ms` at the voltage and calcium of `state`, exactly."""
        factors = self._time_factors(parameters.temperature)
        targets = self._gate_targets(state.voltage, state.calcium)
        gates = tuple(
            target + (gate - target) * jnp.exp(-dt_ms * factor * rate)
            for gate, (target, rate), factor in zip(state.gates, targets, factors, strict=True)
        )
        return state._replace(gates=gates, synapses=self._relaxed_synapses(parameters, state, dt_ms))

    def membrane(self, parameters: Parameters, state: State) -> Membrane:
        """Conductances at work, over the capacitance."""
        conductances = self.conductances(parameters, state)
        reversals = self._reversals(parameters, state.calcium)
        rate: Any = sum(conductances)
        towards: Any = parameters.drive + sum(g * e for g, e in zip(conductances, reversals, strict=True))
        if self.circuit.synapses:
            from_synapses, towards_synapses = self._synaptic(parameters, state)
            rate, towards = rate + from_synapses, towards + towards_synapses
        return Membrane(rate * (1 / self._capacitance), towards * (1 / self._capacitance))

    def conductances(self, parameters: Parameters, state: State) -> list[Float[Array, " cell *lane"]]:
        """The conductance of each current in each cell, mS/cm²."""
        gates = iter(state.gates)
        warmths = [current.q10 for current in self._declared]
        factors = [_factor(w, w.conductance, parameters.temperature) for w in warmths]
        found = []
        for number, current in enumerate(self._declared):
            open_share: Any = factors[number] * parameters.maximal[number]
            for gate in current.gates.values():
                open_share = open_share * _power(next(gates), gate.power)
            found.append(open_share)
        return found

    def calcium_flow(self, parameters: Parameters, state: State) -> tuple[Float[Array, " cell *lane"], Any]:
        """Where calcium would settle at the present currents (µM), and its time constant (ms)."""
        said = self.circuit.calcium
        reversal = self._calcium_reversal(parameters, state.calcium)
        conductances = self.conductances(parameters, state)
        inward: Any = jnp.zeros_like(state.voltage)
        for conductance, current in zip(conductances, self._declared, strict=True):
            if current.calcium:
                inward = inward + conductance * (state.voltage - reversal)
        faster = _factor(said.q10, said.q10.time, parameters.temperature)
        per_current = said.per_current / faster
        return said.rest - per_current * _NA_PER_UA * self._area * inward, said.time / faster

    def slope(self, parameters: Parameters, state: State) -> State:
        """The time derivative of everything, for solvers that take it."""
        membrane = self.membrane(parameters, state)
        settled, calcium_time = self.calcium_flow(parameters, state)
        factors = self._time_factors(parameters.temperature)
        targets = self._gate_targets(state.voltage, state.calcium)
        gates = tuple(
            factor * (target - gate) * rate
            for gate, (target, rate), factor in zip(state.gates, targets, factors, strict=True)
        )
        wanted, times = self._synapse_targets(state.voltage)
        warm = self._synapse_factors(parameters.temperature)
        return State(
            membrane.towards - membrane.rate * state.voltage,
            (settled - state.calcium) / calcium_time,
            gates,
            warm * (wanted - state.synapses) / times,
        )

    @cached_property
    def has_calcium(self) -> bool:
        """Whether some current carries calcium, so that calcium moves."""
        return any(current.calcium for current in self._declared)

    @cached_property
    def joined(self) -> bool:
        """Whether gap junctions join cells."""
        return any(kind.electrical for kind in self._kinds)

    @cached_property
    def _declared(self) -> tuple[Current, ...]:
        return tuple(self.circuit.currents[name] for name in self.currents)

    @cached_property
    def _kinds(self) -> tuple[SynapseKind, ...]:
        return tuple(self.circuit.synapse_kinds[synapse.kind] for synapse in self.circuit.synapses)

    @cached_property
    def _chemical(self) -> np.ndarray:
        """Numbers of the synapses that have a gate."""
        return np.array([n for n, kind in enumerate(self._kinds) if not kind.electrical], dtype=np.int64)

    @cached_property
    def _area(self) -> np.ndarray:
        return np.array([cell.area for cell in self.circuit.cells.values()])

    @cached_property
    def _capacitance(self) -> np.ndarray:
        return np.array([cell.capacitance for cell in self.circuit.cells.values()])

    @cached_property
    def _ends(self) -> tuple[np.ndarray, np.ndarray]:
        """Cells that each synapse comes from and goes to."""
        place = {name: number for number, name in enumerate(self.cells)}
        pairs = [(place[s.source], place[s.target]) for s in self.circuit.synapses]
        return np.array([a for a, _ in pairs], np.int64), np.array([b for _, b in pairs], np.int64)

    def _gate_targets(self, voltage: Array, calcium: Array) -> list[tuple[Array, Array]]:
        return [gate(voltage, calcium, jnp.exp) for current in self._declared for gate in current.gates.values()]

    def _time_factors(self, temperature: Array) -> list[Any]:
        """How much faster each gate is than at its reference."""
        return [
            _factor(current.q10, current.q10.time, temperature) for current in self._declared for _ in current.gates
        ]

    def _reversals(self, parameters: Parameters, calcium: Array) -> list[Any]:
        of_calcium = self._calcium_reversal(parameters, calcium) if self.has_calcium else None
        found = []
        for name, current in zip(self.currents, self._declared, strict=True):
            own = [cell.reversals.get(name, current.reversal) for cell in self.circuit.cells.values()]
            found.append(of_calcium if current.calcium else np.array(own, dtype=np.float64))
        return found

    def _calcium_reversal(self, parameters: Parameters, calcium: Array) -> Array:
        scale = _MV_PER_KELVIN * (parameters.temperature + _KELVIN)
        return scale * jnp.log(self.circuit.calcium.outside / calcium)

    def _synapse_targets(self, voltage: Array) -> tuple[Array, Array]:
        """Steady state and time constant (ms) of the gates of chemical synapses."""
        kinds = [self._kinds[n] for n in self._chemical]
        threshold, slope, time = (
            np.array([getattr(k, name) for k in kinds]) for name in ("threshold", "slope", "time")
        )
        wanted = 1 / (1 + jnp.exp((threshold - voltage[self._ends[0][self._chemical]]) / slope))
        return wanted, time * (1 - wanted)  # pyright: ignore[reportReturnType]

    def _synapse_factors(self, temperature: Array) -> Any:
        warmths = [self._kinds[n].q10 for n in self._chemical]
        return jnp.stack([_factor(w, w.time, temperature) for w in warmths]) if warmths else 1.0

    def _relaxed_synapses(self, parameters: Parameters, state: State, dt_ms: Milliseconds) -> Array:
        if not len(self._chemical):
            return state.synapses
        wanted, times = self._synapse_targets(state.voltage)
        factors = self._synapse_factors(parameters.temperature)
        # A synapse that is wide open has no time constant left: it is where it belongs at once.
        return wanted + (state.synapses - wanted) * jnp.exp(-dt_ms * factors / jnp.maximum(times, 1e-9))

    def _synaptic(self, parameters: Parameters, state: State) -> tuple[Array, Array]:
        """What synapses add to a cell's conductance (mS/cm²) and to conductance times reversal (µA/cm²)."""
        source, target = self._ends
        gates = {int(n): place for place, n in enumerate(self._chemical)}
        rate: list[Any] = [0.0] * len(self.cells)
        towards: list[Any] = [0.0] * len(self.cells)
        for n, kind in enumerate(self._kinds):
            warm = _factor(kind.q10, kind.q10.conductance, parameters.temperature)
            strength = parameters.synapse[n] * _MS_PER_NS * warm
            if kind.electrical:
                for one, other in ((source[n], target[n]), (target[n], source[n])):
                    rate[one] += strength / self._area[one]
                    towards[one] += strength / self._area[one] * state.voltage[other]
            else:
                at_work = strength * state.synapses[gates[n]] / self._area[target[n]]
                rate[target[n]] += at_work
                towards[target[n]] += at_work * kind.reversal
        return _row(rate, state.voltage.dtype), _row(towards, state.voltage.dtype)


def equations_of(circuit: Circuit) -> Equations:
    """The equations of a circuit."""
    told = json.loads(circuit.model_dump_json(exclude={"name", "title", "citation", "temperature", "modulators"}))
    for cell in told["cells"].values():
        cell["currents"], cell["current"] = sorted(cell["currents"]), None
    for synapse in told["synapses"]:
        synapse["conductance"] = None
    return Equations(json.dumps(told, sort_keys=True), circuit)


def parameters_of(circuit: Circuit, dtype: Any = None) -> Parameters:
    """The numbers of a circuit, in float64 where JAX allows for it unless `dtype` says otherwise."""
    equations, cells = equations_of(circuit), list(circuit.cells.values())
    maximal = [[cell.currents.get(name, 0.0) for cell in cells] for name in equations.currents]
    dtype = dtype or jnp.result_type(float)
    return Parameters(
        jnp.asarray(np.array(maximal).reshape(len(equations.currents), len(cells)), dtype),
        jnp.asarray(np.array([synapse.conductance for synapse in circuit.synapses]), dtype),
        jnp.asarray(np.array([cell.current for cell in cells]), dtype),
        jnp.asarray(circuit.temperature, dtype),
    )


def stacked(parameters: Sequence[Parameters]) -> Parameters:
    """Many circuits of one structure as a batch."""
    return jax.tree.map(lambda *leaves: jnp.stack(leaves), *parameters)


def _factor(warmth: Warmth, per_ten_degrees: float, temperature: Any) -> Any:
    if per_ten_degrees == 1:
        return 1.0
    return per_ten_degrees ** ((temperature - warmth.reference) / 10)


def _power(gate: Any, power: int) -> Any:
    """A small power by products; XLA's own takes logarithms of what may be 0."""
    found = gate
    for _ in range(power - 1):
        found = found * gate
    return found


def _row(values: Sequence[Any], dtype: Any) -> Array:
    return jnp.stack([jnp.asarray(value, dtype) for value in values])
