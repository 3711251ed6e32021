"""Networks with a state that moves, against their formulas, scipy's matrix exponential and scipy's solver."""

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import pytest
from scipy.integrate import solve_ivp
from scipy.linalg import expm
from scipy.special import expit

from braincast.models.blackbox.networks import gru_network, neural_ode_network, ssm_network
from braincast.models.blackbox.networks.diagonal_system import DiagonalSystem
from braincast.models.blackbox.networks.gated_cell import GatedCell
from braincast.models.blackbox.networks.own_past import OwnPast
from braincast.models.blackbox.networks.to_leads import ToLeads
from braincast.models.blackbox.sizes import Sizes
from braincast.models.registry import load_model
from braincast.tasks.forecasting.examples import Seen

SIZES = Sizes(context=6, horizon=3, n_neurons=5)
NAMES = ("gru", "ssm", "neural-ode")


def chance(seed=0):
    """A function: made while tests are collected, it would start JAX with all threads for all tests."""
    return jax.random.key(seed)


def shaken(network):
    """The same with every parameter moved a little, so that what begins at 0 is seen too."""
    leaves, form = jax.tree.flatten(network)
    rng = np.random.default_rng(0)
    moved = [leaf + jnp.asarray(rng.normal(0.0, 0.3, leaf.shape), leaf.dtype) for leaf in leaves]
    return form.unflatten(moved)


def window(context):
    return Seen(jnp.asarray(context), jnp.asarray(0))


@pytest.fixture
def context():
    return np.random.default_rng(0).normal(1.0, 2.0, size=(6, 5)).astype(np.float32)


def layer(values, made):
    return values @ np.asarray(made.weight, dtype=float) + np.asarray(made.bias, dtype=float)


def to_leads(state, made):
    return np.stack([layer(np.asarray(ahead, dtype=float) @ state, made.out) for ahead in made.ahead])


def gru_step(state, frame, cell):
    """The unit as Chung et al. (2014) write it and cuDNN computes it."""
    input_r, input_z, input_n = np.split(layer(frame, cell.reading), 3)
    state_r, state_z, state_n = np.split(state @ np.asarray(cell.weight, dtype=float), 3)
    r, z = expit(input_r + state_r), expit(input_z + state_z)
    new = np.tanh(input_n + r * (state_n + np.asarray(cell.offset, dtype=float)))
    return (1 - z) * new + z * state


def test_gru_reads_frame_after_frame_and_answers_all_leads_from_its_last_state(context):
    network = shaken(gru_network.begun(SIZES, 4, "direct", "shared", 0.3, "last", key=chance()))
    values = context.astype(float) - context[-1]
    state = np.zeros(4)
    for frame in values:
        state = gru_step(state, frame, network.cell)
    expected = context[-1] + to_leads(state, network.decoder) + np.asarray(network.past.weight) @ values
    np.testing.assert_allclose(network(window(context)), expected, rtol=1e-4, atol=1e-5)


def test_gru_goes_on_with_its_own_forecasts(context):
    network = shaken(gru_network.begun(SIZES, 4, "rollout", "none", 0.3, "none", key=chance()))
    state = np.zeros(4)
    for frame in context.astype(float):
        state = gru_step(state, frame, network.cell)
    frame, expected = context[-1].astype(float), []
    for _ in range(3):
        frame = frame + layer(state, network.decoder.change)
        state = gru_step(state, frame, network.cell)
        expected.append(frame)
    np.testing.assert_allclose(network(window(context)), expected, rtol=1e-4, atol=1e-5)


def test_gru_step_is_that_of_equinox():
    own = GatedCell.begun(3, 4, key=chance())
    theirs = eqx.nn.GRUCell(3, 4, key=chance())
    names = "weight_ih", "weight_hh", "bias", "bias_n"
    arrays = own.reading.weight.T, own.weight.T, own.reading.bias, own.offset
    theirs = eqx.tree_at(lambda cell: [getattr(cell, name) for name in names], theirs, list(arrays))
    frame, state = jnp.array([0.3, -1.0, 2.0]), jnp.array([0.1, -0.2, 0.5, 0.9])
    np.testing.assert_allclose(own(state, own.reading(frame)), theirs(frame, state), rtol=1e-5, atol=1e-6)


@pytest.fixture
def system():
    return shaken(DiagonalSystem.begun(3, 4, 10, key=chance()))


def held_systems(system):
    """The matrices (A, C, step) of each channel, conjugate states included."""
    rate = -np.exp(np.asarray(system.log_decay, float)) + 1j * np.asarray(system.frequency, float)
    output = np.asarray(system.real, float) + 1j * np.asarray(system.imaginary, float)
    step = np.exp(np.asarray(system.log_step, float))
    for a, c, dt in zip(rate, output, step, strict=True):
        yield np.diag(np.r_[a, a.conj()]), np.r_[c, c.conj()], dt


def test_ssm_kernel_is_what_the_matrix_exponential_gives(system):
    for channel, (matrix, output, step) in enumerate(held_systems(system)):
        n = len(matrix)
        # Van Loan 1978: the exponential of [[A, B], [0, 0]] holds exp(A t) and the integral of exp(A s) B.
        held = np.zeros((n + 1, n + 1), dtype=complex)
        held[:n, :n], held[:n, n] = matrix, 1.0
        whole = expm(held * step)
        factor, gain = whole[:n, :n], whole[:n, n]
        expected = [output @ np.linalg.matrix_power(factor, lag) @ gain for lag in range(12)]
        assert np.abs(np.imag(expected)).max() < 1e-10
        np.testing.assert_allclose(system.kernel(12)[channel], np.real(expected), rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("length", [1, 2, 11])
def test_ssm_kernel_and_recurrence_hear_the_same(system, length):
    values = np.random.default_rng(1).normal(size=(length, 3)).astype(np.float32)
    expected = np.zeros((length, 3))
    for channel, (matrix, output, step) in enumerate(held_systems(system)):
        factor = expm(matrix * step)
        gain = np.linalg.solve(matrix, (factor - np.eye(len(matrix))) @ np.ones(len(matrix)))
        state = np.zeros(len(matrix), dtype=complex)
        for t in range(length):
            state = factor @ state + gain * values[t, channel]
            expected[t, channel] = (output @ state).real + float(system.direct[channel]) * values[t, channel]
    np.testing.assert_allclose(system(jnp.asarray(values)), expected, rtol=1e-4, atol=1e-4)
    np.testing.assert_allclose(system.last(jnp.asarray(values)), expected[-1], rtol=1e-4, atol=1e-4)


def test_ssm_begins_as_hippo_approximated_by_even_frequencies():
    system = DiagonalSystem.begun(2, 3, 10, key=chance())
    np.testing.assert_allclose(-np.exp(system.log_decay), np.full((2, 3), -0.5), rtol=1e-6)
    np.testing.assert_allclose(system.frequency, np.tile(np.pi * np.arange(3), (2, 1)), rtol=1e-6)
    steps = np.exp(DiagonalSystem.begun(2000, 1, 10, key=chance()).log_step)
    assert steps.min() == pytest.approx(0.1, rel=0.01) and steps.max() == pytest.approx(0.5, rel=0.01)


def test_ssm_never_grows_whatever_is_learned(system):
    wild = jax.tree.map(lambda leaf: 5.0 * leaf, system)
    assert (np.abs(wild.discretised()[0]) <= 1.0).all()


def ssm_answer(values, network):
    """[lead, output] of [frame, input]."""
    channels = layer(values, network.reading)
    for block in network.blocks:
        kernel = np.asarray(block.system.kernel(6), dtype=float)
        heard = np.stack([np.convolve(channels[:, c], kernel[c])[:6] for c in range(4)], axis=1)
        heard += np.asarray(block.system.direct) * channels
        bent = 0.5 * heard * (1 + np.tanh(np.sqrt(2 / np.pi) * (heard + 0.044715 * heard**3)))
        value, gate = np.split(layer(bent, block.gated), 2, axis=1)
        channels = channels + value * expit(gate)
    return to_leads(channels[-1], network.leads)


@pytest.mark.parametrize("n_blocks", [1, 2])
def test_ssm_blocks_are_systems_and_gates_beside_a_direct_path(n_blocks, context):
    network = shaken(ssm_network.begun(SIZES, n_blocks, 4, 3, "all", "own", 0.3, "none", key=chance()))
    past = np.einsum("nlc,cn->ln", np.asarray(network.past.weight), context)
    expected = ssm_answer(context, network) + past
    np.testing.assert_allclose(network(window(context)), expected, rtol=1e-3, atol=1e-4)


def test_ssm_that_reads_each_neuron_answers_all_of_them_alike(context):
    network = shaken(ssm_network.begun(SIZES, 2, 4, 3, "each", "none", 0.3, "last", key=chance()))
    values = context - context[-1]
    expected = context[-1] + np.hstack([ssm_answer(values[:, [n]], network) for n in range(5)])
    np.testing.assert_allclose(network(window(context)), expected, rtol=1e-3, atol=1e-4)


@pytest.mark.parametrize("horizon", [1, 5])
def test_neural_ode_arrives_where_another_solver_does(horizon):
    velocity = shaken(neural_ode_network.Velocity.begun(4, 7, key=chance()))
    start = np.random.default_rng(2).normal(size=4).astype(np.float32)
    exact = solve_ivp(
        lambda t, z: layer(np.tanh(layer(z, velocity.widen)), velocity.narrow),
        (0, horizon),
        start,
        t_eval=np.arange(1, horizon + 1),
        rtol=1e-9,
        atol=1e-10,
    )
    found = neural_ode_network.flow(velocity, jnp.asarray(start), horizon, 4)
    np.testing.assert_allclose(found, exact.y.T, rtol=1e-4, atol=1e-5)


def test_neural_ode_with_more_steps_comes_nearer():
    velocity = jax.tree.map(lambda leaf: 3.0 * leaf, shaken(neural_ode_network.Velocity.begun(4, 7, key=chance())))
    fine, *coarse = (neural_ode_network.flow(velocity, jnp.ones(4), 2, n_steps) for n_steps in (64, 1, 2, 4))
    errors = [float(jnp.abs(each - fine).max()) for each in coarse]
    assert errors[0] > 2 * errors[1] > 4 * errors[2]


def test_neural_ode_reads_neurons_from_where_the_state_arrives(context):
    network = shaken(neural_ode_network.begun(SIZES, 4, 7, 2, "shared", 0.3, "last", key=chance()))
    values = context.astype(float) - context[-1]
    state = np.zeros(4)
    for frame in values:
        state = gru_step(state, frame, network.cell)
    states = neural_ode_network.flow(network.velocity, jnp.asarray(state, jnp.float32), 3, 2)
    expected = context[-1] + layer(np.asarray(states), network.out) + np.asarray(network.past.weight) @ values
    np.testing.assert_allclose(network(window(context)), expected, rtol=1e-4, atol=1e-4)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize(("n_context", "horizon"), [(1, 1), (1, 4), (2, 1)])
def test_states_follow_from_the_shortest_contexts(name, n_context, horizon):
    model = load_model(name)
    sizes = Sizes(n_context, horizon, 3)
    for settings in model.candidates:
        network = model.begun(sizes, {**settings, "hidden": 4}, key=chance())
        found = network(window(np.ones((n_context, 3), np.float32)), key=chance(1))
        assert found.shape == (horizon, 3) and bool(jnp.isfinite(found).all())


@pytest.mark.parametrize("name", NAMES)
def test_states_are_computed_in_the_type_they_are_given(name, context):
    model = load_model(name)
    network = shaken(model.begun(SIZES, {**model.candidates[0], "hidden": 4}, key=chance()))
    lower = jax.tree.map(lambda leaf: leaf.astype(jnp.bfloat16), network)
    found = lower(window(context.astype(jnp.bfloat16)), key=None)
    assert found.dtype == jnp.bfloat16
    np.testing.assert_allclose(found.astype(jnp.float32), network(window(context)), rtol=0.1, atol=0.3)


@pytest.mark.parametrize("name", NAMES)
def test_networks_of_ten_thousand_neurons_are_small(name):
    model = load_model(name)
    sizes = Sizes(context=48, horizon=32, n_neurons=10_000)
    for settings in ({**each, "past": "shared"} for each in model.candidates):
        begun = eqx.filter_eval_shape(model.begun, sizes, settings, key=chance())
        assert sum(leaf.size for leaf in jax.tree.leaves(begun)) < 10_000_000


def test_what_follows_from_the_own_past_begins_as_nothing(context):
    for kind in ("shared", "own"):
        past = OwnPast.begun(SIZES, kind)
        assert (past(jnp.asarray(context)) == 0).all()
    assert OwnPast.begun(SIZES, "none") is None
    assert (ToLeads.begun(3, 4, 5, key=chance())(jnp.ones(4)) == 0).all()
