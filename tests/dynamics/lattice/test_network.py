"""The optic lobe's rate network against its equation written anew, and the symmetries of what it answers."""

from dataclasses import replace

import numpy as np
import pytest
from eye_symmetries import mirrored_left_right, mirrored_up_down, order_of, rotated
from made_eyes import made_circuit

from braincast.dynamics.lattice.circuit import expand
from braincast.dynamics.lattice.hexagon import columns
from braincast.dynamics.scenes.edges import moving_edge

EXTENT, N_MOVIES, DT_S = 2, 3, 0.02


def parameters_of(circuit, seed=0):
    import jax.numpy as jnp

    from braincast.dynamics.lattice.network import Parameters

    rng = np.random.default_rng(seed)
    resting = rng.normal(0.1, 0.3, circuit.n_types).astype(np.float32)
    time_constant_s = rng.uniform(0.01, 0.1, circuit.n_types).astype(np.float32)
    strength = rng.uniform(0.02, 0.1, circuit.n_connections).astype(np.float32)
    return Parameters(*map(jnp.asarray, (resting, time_constant_s, strength)))


def light_of(n_frames=70, seed=1):
    shape = (n_frames, len(columns(EXTENT)), N_MOVIES)
    return np.random.default_rng(seed).uniform(0, 1, shape).astype(np.float32)


def simulated(circuit, parameters, light):
    import jax.numpy as jnp

    from braincast.dynamics.lattice.network import begin, run
    from braincast.dynamics.lattice.wiring import wiring

    own, told = wiring(circuit, EXTENT), parameters
    return np.asarray(
        run(own, told, begin(own, told, N_MOVIES), jnp.asarray(light), DT_S, lambda voltages: voltages)[1]
    )


def written_anew(circuit, parameters, light):
    """Euler's steps of the equation with a full matrix of all cells, movie by movie; [frame, type, column, movie]."""
    lattice = expand(circuit, EXTENT)
    weight = np.zeros((lattice.n_cells, lattice.n_cells))
    connection = circuit.connection[lattice.term]
    strength = np.asarray(parameters.strength, dtype=np.float64)[connection]
    np.add.at(weight, (lattice.post, lattice.pre), circuit.sign[connection] * circuit.count[lattice.term] * strength)
    kind, places = lattice.cell_type, {tuple(place): i for i, place in enumerate(columns(EXTENT).tolist())}
    column = np.array([places[int(u), int(v)] for u, v in zip(lattice.u, lattice.v, strict=True)])
    is_input = np.isin(np.array(circuit.cell_types)[kind], circuit.inputs)
    resting, share = np.asarray(parameters.resting)[kind], (DT_S / np.maximum(parameters.time_constant_s, DT_S))[kind]
    out = np.full((len(light), circuit.n_types, len(places), light.shape[2]), np.nan)
    for movie in range(light.shape[2]):
        voltage = resting.astype(np.float64)
        for frame, seen in enumerate(light[:, :, movie]):
            drive = resting + weight @ np.maximum(voltage, 0) + is_input * seen[column]
            voltage = voltage + share * (drive - voltage)
            out[frame, kind, column, movie] = voltage
    return out


def strided():
    """A circuit of which one type does not stand in every column, as Lawf1 and Lawf2 do not."""
    circuit = made_circuit()
    stride = circuit.stride.copy()
    stride[1] = (3, 2)
    return replace(circuit, stride=stride)


@pytest.mark.parametrize("circuit", [made_circuit(), strided()], ids=["in every column", "strided"])
def test_voltages_are_those_of_the_equation_written_anew(circuit):
    parameters, light = parameters_of(circuit), light_of()
    truth = written_anew(circuit, parameters, light)
    there = np.isfinite(truth)
    np.testing.assert_allclose(simulated(circuit, parameters, light)[there], truth[there], rtol=0, atol=2e-6)


def test_loops_and_sums_of_segments_give_the_same_voltages_and_gradients(monkeypatch):
    import jax
    import jax.numpy as jnp

    from braincast.dynamics.lattice import steps
    from braincast.dynamics.lattice.network import begin, run
    from braincast.dynamics.lattice.wiring import wiring

    circuit = strided()
    own, light = wiring(circuit, EXTENT), jnp.asarray(light_of())
    parameters = parameters_of(circuit)

    def loss(parameters, light):
        _, seen = run(own, parameters, begin(own, parameters, N_MOVIES), light, DT_S, lambda v: (v**3).mean())
        return seen.mean()

    assert steps.by_loops(light), "this XLA cannot call the loops"
    by_loops = jax.value_and_grad(loss, argnums=(0, 1))(parameters, light)
    monkeypatch.setattr(steps, "by_loops", lambda values: False)
    by_segments = jax.value_and_grad(lambda *told: loss(*told), argnums=(0, 1))(parameters, light)
    for one, other in zip(jax.tree.leaves(by_loops), jax.tree.leaves(by_segments), strict=True):
        assert np.abs(other).max() > 0
        np.testing.assert_allclose(one, other, rtol=0, atol=2e-6 * float(np.abs(other).max()))


def test_a_light_that_does_not_change_leads_to_the_fixed_point_of_a_linear_circuit():
    circuit = replace(made_circuit(), sign=np.ones(8, dtype=np.int64))  # nothing inhibits: all cells stay above 0
    parameters = parameters_of(circuit)
    parameters = parameters._replace(resting=abs(parameters.resting), strength=parameters.strength / 4)
    light = np.full((400, len(columns(EXTENT)), N_MOVIES), 0.5, np.float32)
    last = simulated(circuit, parameters, light)[-1, :, :, 0]
    lattice = expand(circuit, EXTENT)
    connection = circuit.connection[lattice.term]
    weight = np.zeros((lattice.n_cells, lattice.n_cells))
    np.add.at(
        weight, (lattice.post, lattice.pre), circuit.count[lattice.term] * np.asarray(parameters.strength)[connection]
    )
    drive = np.asarray(parameters.resting)[lattice.cell_type] + 0.5 * (lattice.cell_type == 0)
    fixed = np.linalg.solve(np.eye(lattice.n_cells) - weight, drive)
    np.testing.assert_allclose(last.reshape(-1), fixed, rtol=1e-5)


@pytest.mark.parametrize(
    ("moved", "angle_deg"),
    [
        (mirrored_left_right, lambda angle: 180 - angle),
        (mirrored_up_down, lambda angle: -angle),
        (lambda places: rotated(places, 1), lambda angle: angle + 60),
    ],
    ids=["left and right exchanged", "up and down exchanged", "turned by 60 degrees"],
)
@pytest.mark.parametrize("angle", [0.0, 30.0, 210.0])
def test_a_moved_circuit_answers_the_moved_edge_as_the_circuit_answers_the_edge(moved, angle_deg, angle):
    circuit = made_circuit()
    other = replace(circuit, offset=moved(circuit.offset))
    parameters = parameters_of(circuit)
    order = order_of(columns(EXTENT), moved(columns(EXTENT)))

    def light(direction):
        movie = moving_edge(EXTENT, direction, 13.0, "on", DT_S)
        return np.repeat(np.asarray(movie.light, dtype=np.float32)[:, :, None], N_MOVIES, axis=2)

    here = simulated(circuit, parameters, light(angle))
    there = simulated(other, parameters, light(angle_deg(angle)))
    np.testing.assert_allclose(there[:, :, order], here, rtol=0, atol=2e-6)


def test_a_published_start_has_the_published_parameters():
    import jax

    from braincast.dynamics.lattice.network import published_initial

    circuit = made_circuit()
    start = published_initial(circuit, key=jax.random.key(0))
    own = circuit.connection == 1
    assert float(start.strength[1]) == pytest.approx(0.01 / circuit.count[own].mean())
    assert set(np.asarray(start.time_constant_s).tolist()) == {np.float32(0.05)}
    many = np.concatenate([published_initial(circuit, key=jax.random.key(k)).resting for k in range(50)])
    assert many.mean() == pytest.approx(0.5, abs=0.01) and many.std() == pytest.approx(0.05, rel=0.15)
