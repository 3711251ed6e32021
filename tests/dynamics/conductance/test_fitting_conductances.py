"""Conductances from recorded voltage."""

import numpy as np
import pytest
from refusals import refused

from braincast.dynamics.conductance import read_circuit, simulate
from braincast.dynamics.conductance.fitting import fitted


@pytest.mark.slow
def test_conductances_are_recovered_from_a_noisy_voltage_from_starts_more_than_twofold_off():
    axon = read_circuit("hh").changed({"current": 10})
    clean = simulate(axon, duration_ms=70.0, dt_ms=0.05, integrator="staggered").voltage_mv
    recorded = clean + 0.1 * np.random.default_rng(0).standard_normal(clean.shape)
    start = axon.changed({"axon.squid-Na": "x2.4", "axon.squid-K": "x0.4", "axon.leak": "x2.2"})
    fit = fitted(start, recorded, dt_ms=0.05, settle_ms=40.0)
    for name, conductance in axon.cells["axon"].currents.items():
        assert fit.circuit.cells["axon"].currents[name] == pytest.approx(conductance, rel=0.05)
    assert fit.error_mv < 0.15


def test_a_recording_of_another_number_of_cells_is_refused():
    with refused("E106", "1 cells"):
        fitted(read_circuit("hh"), np.zeros((100, 2)), dt_ms=0.1, settle_ms=1.0)
