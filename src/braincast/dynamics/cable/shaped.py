"""A circuit's file whose only cell has a morphology, simulated."""

from __future__ import annotations

import numpy as np
from jaxtyping import Float

from braincast.dynamics.cable.cable import Cable, Injection, Scheme
from braincast.dynamics.cable.swc import read_swc
from braincast.dynamics.conductance.circuit import Circuit
from braincast.errors import BraincastError

_SCHEMES: dict[str, Scheme] = {"staggered": "crank-nicolson", "exponential-euler": "implicit-euler"}


def shaped_voltage(circuit: Circuit, n_steps: int, dt_ms: float, integrator: str) -> Float[np.ndarray, "time 1"]:
    """The voltage where the file says, else at the root, from time 0 on.

    Errors: E305 for an integrator that cables do not have, E902 for more than one cell, and those of `Cable.of`.
    """
    if integrator not in _SCHEMES:
        what = f"cells with a morphology are not simulated by {integrator!r}"
        raise BraincastError("E305", "--integrator", what, f"Choose {' or '.join(_SCHEMES)}")
    cell = next(iter(circuit.cells.values()))
    morphology = read_swc(cell.morphology or "")
    cabling, root = cell.cable, int(morphology.point[0])
    cable = Cable.of(
        morphology, circuit, axial_resistivity_ohm_cm=cabling.axial_resistivity, longest_um=cabling.longest
    )
    into, looked_at = (root if point is None else point for point in (cabling.at, cabling.record))
    injections = [Injection(into, cabling.injected)] if cabling.injected else []
    run = cable.simulate(
        record=[looked_at],
        duration_ms=n_steps * dt_ms,
        dt_ms=dt_ms,
        injections=injections,
        scheme=_SCHEMES[integrator],
    )
    return run.voltage_mv
