"""Frames of circuits side by side are what each circuit does alone."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from braincast.dynamics.conductance import STAGGERED, equations_of, parameters_of, read_circuit, simulate, stacked
from braincast.dynamics.conductance.frames import framed
from braincast.dynamics.conductance.steps import beginning


@pytest.mark.slow
def test_frames_of_circuits_side_by_side_are_means_of_what_each_does_alone():
    circuits = [read_circuit("pyloric"), read_circuit("pyloric").changed({"AB/PD.KCa": "x2", "PY-LP": 60})]
    with jax.enable_x64(True):
        equations, parameters = equations_of(circuits[0]), stacked([parameters_of(circuit) for circuit in circuits])
        dt = jnp.asarray(0.1)
        state = beginning(equations, parameters, dt, STAGGERED)
        _, frames, states = framed(equations, parameters, state, dt, STAGGERED, 8, 5, 10, keep_states=True)
    for number, circuit in enumerate(circuits):
        alone = simulate(circuit, duration_ms=40.0, dt_ms=0.1, integrator="staggered").voltage_mv
        samples = alone[10::10].reshape(8, 5, 3)
        np.testing.assert_allclose(frames[number], samples.mean(axis=1), rtol=1e-9)
        np.testing.assert_allclose(states.voltage[number], samples[:, -1], rtol=1e-9)
