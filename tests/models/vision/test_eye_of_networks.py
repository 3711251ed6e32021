"""The eye that networks see with: its wiring is worked out once, and is that of the lobe it was made of."""

import numpy as np
from made_eyes import made_circuit

from braincast.dynamics.lattice.circuit import expand
from braincast.models.vision.optic.eye import Eye
from braincast.tasks.encoding.optic_lobe import OpticLobe


def test_wiring_that_is_first_asked_for_in_a_compiled_function_can_be_used_after_it():
    import jax

    eye = Eye.of(OpticLobe(made_circuit(), 1))
    inside = jax.jit(lambda: eye.wiring.count.sum())()
    assert float(inside) == float(np.asarray(eye.wiring.count).sum())


def test_the_circuit_of_the_lobe_is_taken_as_it_is():
    circuit = made_circuit()
    eye = Eye.of(OpticLobe(circuit, 3))
    assert eye.circuit is circuit
    assert len(np.asarray(eye.wiring.count)) == len(expand(circuit, 3).circuit.count)
