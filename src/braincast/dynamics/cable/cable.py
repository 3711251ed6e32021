"""A morphology cut into compartments, with the membrane of a circuit's cell, simulated by Jaxley."""

from __future__ import annotations

import importlib.util
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Literal

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Float

from braincast.dynamics.cable.graph import swc_graph
from braincast.dynamics.cable.morphology import Morphology
from braincast.dynamics.conductance.circuit import Circuit
from braincast.errors import BraincastError

Scheme = Literal["crank-nicolson", "implicit-euler"]
_MOST_COMPARTMENTS = 100_000
_SOLVERS = {"crank-nicolson": "crank_nicolson", "implicit-euler": "bwd_euler"}


@dataclass(frozen=True)
class Injection:
    """A constant current into the compartment nearest to a point of the morphology."""

    point: int
    current_na: float
    start_ms: float = 0.0
    stop_ms: float = np.inf


@dataclass(frozen=True, eq=False)
class Cable:
    """A cell with a shape, made by `Cable.of`. `cell` is a `jaxley.Cell`, to be used with all that Jaxley can do."""

    morphology: Morphology
    circuit: Circuit
    cell: Any

    @classmethod
    def of(
        cls,
        morphology: Morphology,
        circuit: Circuit,
        *,
        axial_resistivity_ohm_cm: float = 100.0,
        longest_um: float = 10.0,
    ) -> Cable:
        """A cell whose compartments are `longest_um` long at most, its membrane that of the circuit's only cell.

        Conductances, capacitance, reversals, temperature, initial voltage and the current for each area are the
        circuit's. Errors: E405 where Jaxley is not installed, E902 for a circuit of several cells, E903 for
        a length or a resistivity that is not above 0, or more than 100,000 compartments.
        """
        require_jaxley()
        _check(circuit, {"axial_resistivity_ohm_cm": axial_resistivity_ohm_cm, "longest_um": longest_um})
        from braincast.dynamics.cable.membrane import CircuitMembrane

        (membrane,) = circuit.cells.values()
        with _doubles(), _hastily():
            cell = _cut(morphology, longest_um)
            cell.set("axial_resistivity", axial_resistivity_ohm_cm)
            cell.set("capacitance", membrane.capacitance)
            cell.insert(CircuitMembrane(circuit))
            cell.set("v", circuit.initial.voltage)
            cell.init_states()
        return cls(morphology, circuit, cell)

    @property
    def n_compartments(self) -> int:
        return len(self.cell.nodes)

    def compartment(self, point: int) -> int:
        """The compartment whose middle is nearest to a point of the morphology; E308 for a point that is not there."""
        rows = np.flatnonzero(self.morphology.point == point)
        if not len(rows):
            what = f"the morphology has no point {point}"
            raise BraincastError("E308", self.morphology.source, what, "Name an id of its first column")
        middles = self.cell.nodes[["x", "y", "z"]].to_numpy(dtype=np.float64)
        away = np.linalg.norm(middles - self.morphology.position_um[rows[0]], axis=1)
        return int(away.argmin())

    def simulate(
        self,
        *,
        record: Sequence[int],
        duration_ms: float,
        dt_ms: float = 0.025,
        injections: Sequence[Injection] = (),
        scheme: Scheme = "crank-nicolson",
    ) -> Recorded:
        """Voltages nearest to the points in `record`, from the initial voltage with gates in their steady state.

        "crank-nicolson" is of second order; "implicit-euler" is of first order and damps what is fast. Both take gates
        half a step beside voltages. Computed in float64.
        """
        import jaxley

        begin_ms = np.arange(max(1, round(duration_ms / dt_ms))) * dt_ms
        places = [self.compartment(point) for point in record]
        with _doubles():
            self._wire(sorted(set(places)), injections or [Injection(record[0], 0.0)], begin_ms, dt_ms)
            run = jax.jit(lambda: jaxley.integrate(self.cell, delta_t=dt_ms, solver=_SOLVERS[scheme]))
            voltage = np.asarray(run())
        found = voltage[np.searchsorted(sorted(set(places)), places)].T
        _check_voltage(found, dt_ms, self.morphology.source)
        return Recorded(tuple(record), np.arange(len(found)) * dt_ms, found)

    def _wire(self, places: Sequence[int], injections: Sequence[Injection], begin_ms: np.ndarray, dt_ms: float) -> None:
        """Tell Jaxley's cell what to record and what goes in during each step."""
        self.cell.delete_recordings()
        self.cell.delete_stimuli()
        for place in places:
            self.cell.select(nodes=[place]).record(verbose=False)
        for injection in injections:
            on = (begin_ms >= injection.start_ms - dt_ms / 2) & (begin_ms < injection.stop_ms - dt_ms / 2)
            current = jnp.asarray(np.where(on, injection.current_na, 0.0))
            self.cell.select(nodes=[self.compartment(injection.point)]).stimulate(current, verbose=False)


@dataclass(frozen=True, eq=False)
class Recorded:
    """Voltages at points of a cable."""

    points: tuple[int, ...]
    time_ms: Float[np.ndarray, " time"]
    voltage_mv: Float[np.ndarray, "time point"]


def require_jaxley() -> None:
    """E405, with what to install, where Jaxley is not."""
    if importlib.util.find_spec("jaxley") is None:
        what = "cells with a morphology are simulated by Jaxley, which is not installed"
        raise BraincastError("E405", "jaxley", what, "pip install 'braincast[morphology]'")


def _cut(morphology: Morphology, longest_um: float) -> Any:
    """Jaxley's cell of the morphology, each branch in as few equal compartments as `longest_um` allows."""
    from jaxley.io.graph import build_compartment_graph, from_graph

    cell: Any = from_graph(build_compartment_graph(swc_graph(morphology), ncomp=1))
    lengths = cell.nodes.groupby("global_branch_index")["length"].sum().to_numpy()
    numbers = np.ceil(lengths / longest_um - 1e-9).clip(min=1)
    if numbers.sum() > _MOST_COMPARTMENTS:
        what = f"{longest_um:g} µm makes {numbers.sum():,.0f} compartments, of at most {_MOST_COMPARTMENTS:,}"
        raise BraincastError("E903", "longest_um", what, "Give a larger length")
    for branch in np.flatnonzero(numbers > 1):
        cell.branch(int(branch)).set_ncomp(int(numbers[branch]), initialize=False)
    cell.initialize()
    cell.compute_compartment_centers()
    return cell


@contextmanager
def _doubles() -> Iterator[None]:
    """Float64, and without warnings about what Jaxley calls in pandas, which nobody here can mend."""
    with jax.enable_x64(True), warnings.catch_warnings():
        warnings.filterwarnings("ignore", module=r"jaxley|pandas", category=DeprecationWarning)
        warnings.filterwarnings("ignore", message=".*suffix", category=Warning)
        yield


@contextmanager
def _hastily() -> Iterator[None]:
    """Without XLA's optimisations: Jaxley makes a cell by hundreds of small programs that run once."""
    before = jax.config.values["jax_disable_most_optimizations"]
    jax.config.update("jax_disable_most_optimizations", True)
    try:
        yield
    finally:
        jax.config.update("jax_disable_most_optimizations", before)


def _check(circuit: Circuit, positive: dict[str, float]) -> None:
    if len(circuit.cells) != 1:
        what = f"it has {len(circuit.cells)} cells; a morphology takes the membrane of one"
        raise BraincastError("E902", circuit.name, what, "Give a circuit of one cell")
    for name, value in positive.items():
        if not (np.isfinite(value) and value > 0):
            raise BraincastError("E903", name, f"{value:g} is not possible", "Give a number above 0")


def _check_voltage(voltage_mv: Any, dt_ms: float, where: str) -> None:
    wild = ~(np.abs(voltage_mv) < 1e3)
    if wild.any():
        frame = int(np.argwhere(wild)[0][0])
        what = f"the voltage is {voltage_mv[frame].max():.3g} mV at {frame * dt_ms:g} ms"
        raise BraincastError("E905", where, what, "Take shorter steps, or look at conductances and units")
