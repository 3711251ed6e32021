"""Models fitted by gradient: their equations against closed forms, their gradients, and what they recover."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from jax.flatten_util import ravel_pytree
from made_brains import made_brain, made_task
from scipy.optimize import check_grad
from scipy.special import expit
from synthetic import LEAD, small_task, wired

from braincast.brain.nulls import no_edges
from braincast.brain.specimen import Specimen
from braincast.errors import BraincastError
from braincast.models.connectome.propagation import gain_equations, graph_equations, linear_equations
from braincast.models.connectome.propagation.edge_list import edge_list
from braincast.models.learners.arithmetic import reference_arithmetic
from braincast.models.learners.gradient import (
    arrays,
    flat_value_and_gradient,
    flattened,
    restored,
)
from braincast.models.registry import load_model
from braincast.models.responses.batch import Batch, asked_batch, history_of, training_batch
from braincast.tasks.training import Training

NAMES = ("gain-propagator", "linear-dynamics", "graph-network")
LETTERS = ["a", "b", "c"]
CHAIN = np.array([[0.0, 4.0, 0.0], [0.0, 0.0, 4.0], [0.0, 0.0, 0.0]])  # a → b → c


@pytest.fixture(scope="module")
def task():
    return small_task()


@pytest.fixture(autouse=True)
def arithmetic():
    with reference_arithmetic():
        yield


def problem(name, task):
    """(loss, some parameters, data) of a model on a fold's training cases."""
    training = task.training(0)
    batch, prepared = training_batch(training, history_of(training)), load_model(name).prepare(task.structure)
    if name == "graph-network":
        rng = np.random.default_rng(5)
        start = graph_equations.drawn(prepared.features.shape[1], 3, rng)
        return graph_equations.loss, start, (prepared, batch, 0.3)
    edges = prepared if name == "linear-dynamics" else prepared[True, True]
    size = len(edges.pre) if name == "linear-dynamics" else 40
    equations = linear_equations if name == "linear-dynamics" else gain_equations
    return equations.loss, equations.unfitted(edges.features.shape[1], size), (edges, batch, 0.5)


@pytest.mark.parametrize("name", NAMES)
def test_gradients_are_those_of_finite_differences(task, name):
    loss, start, data = problem(name, task)
    flat, restore = ravel_pytree(start)
    value_and_gradient, given = flat_value_and_gradient(loss), arrays(data)
    rng = np.random.default_rng(1)
    point = np.asarray(flat) + 0.1 * rng.normal(size=len(flat))
    direction = rng.normal(size=len(flat)) / np.sqrt(len(flat))

    def along(step):
        return float(value_and_gradient(restore, jnp.asarray(point + step[0] * direction), *given)[0])

    def slope(step):
        gradient = value_and_gradient(restore, jnp.asarray(point + step[0] * direction), *given)[1]
        return np.array([np.asarray(gradient) @ direction])

    scale = abs(slope(np.zeros(1))[0])
    assert check_grad(along, slope, np.zeros(1), epsilon=1e-6) < 1e-4 * max(scale, 1.0)


def test_the_steady_response_is_the_sum_over_paths():
    rng = np.random.default_rng(0)
    coupled = rng.random((6, 6)) / 10
    drive = np.eye(6)[[2, 4]]
    paths = sum(drive @ np.linalg.matrix_power(coupled, length) for length in range(200))
    found = gain_equations.steady_response(jnp.asarray(coupled), jnp.asarray(drive))
    np.testing.assert_allclose(found, paths, rtol=1e-12)


def test_the_course_of_a_linear_system_is_that_of_its_steps_and_ends_at_the_steady_response():
    rng = np.random.default_rng(0)
    weight, drive, decay = rng.normal(size=(6, 6)) / 10, np.eye(6)[[2, 4]], 0.4
    activity, steps = np.zeros((2, 6)), []
    for _ in range(200):
        activity = decay * activity + (1 - decay) * (activity @ weight + drive)
        steps.append(activity)
    expected = np.stack([np.mean(steps[start : start + 5], axis=0) for start in range(0, 200, 5)], axis=1)
    found = linear_equations.course(jnp.asarray(weight), jnp.asarray(decay), jnp.asarray(drive), 40)
    np.testing.assert_allclose(found, expected, rtol=1e-10)
    np.testing.assert_allclose(found[:, -1], gain_equations.steady_response(jnp.asarray(weight), jnp.asarray(drive)))


def test_inputs_of_a_neuron_sum_to_less_than_one_whatever_the_parameters(task):
    edges = arrays(edge_list(task.structure))
    gains = gain_equations.unfitted(edges.features.shape[1], 40)
    rng = np.random.default_rng(3)
    wild = restored(gains, flattened(gains) + 3 * rng.normal(size=len(flattened(gains))))
    coupled = np.asarray(gain_equations.coupling(wild, edges, jnp.asarray(1.0)))
    assert (coupled >= 0).all() and (coupled.sum(axis=0) < 1).all()
    np.testing.assert_array_equal(coupled > 0, task.structure.connectome.adjacency().toarray() > 0)


def test_the_transition_matrix_is_masked_by_the_wiring(task):
    edges = arrays(edge_list(task.structure))
    system = linear_equations.unfitted(edges.features.shape[1], len(edges.pre))
    rng = np.random.default_rng(3)
    free = restored(system, flattened(system) + rng.normal(size=len(flattened(system))))
    weight = np.asarray(linear_equations.weights(free, edges, jnp.asarray(2.0), 40))
    np.testing.assert_array_equal(weight != 0, task.structure.connectome.adjacency().toarray() > 0)
    assert (weight < 0).any(), "a free weight may change its sign"


@pytest.mark.parametrize("name", NAMES)
def test_effects_run_from_pre_to_post(name):
    """At the start of a fit, before anything was seen, the answer follows the edges."""
    structure = wired(LETTERS, CHAIN)
    nothing = np.zeros((3, 3))
    batch = arrays(Batch(np.eye(3), nothing - 3, nothing - 3, nothing, nothing, nothing))
    if name == "graph-network":
        graph = load_model(name).prepare(structure)
        network = jax.tree.map(jnp.zeros_like, graph_equations.drawn(14, 3, np.random.default_rng(0)))
        odds = np.asarray(graph_equations.odds(network, arrays(graph), batch, jnp.asarray(0.1)))
        assert odds[0, 1] == pytest.approx(odds[2, 1]), "messages go against chemical edges too"
        assert odds[0, 1] > odds[0, 2]
        return
    edges, sd = arrays(edge_list(structure)), jnp.asarray(0.3)
    n_features = edges.features.shape[1]
    if name == "gain-propagator":
        odds = gain_equations.odds(gain_equations.unfitted(n_features, 3), edges, batch, sd)[:, 0]
    else:
        odds = linear_equations.odds(linear_equations.unfitted(n_features, len(edges.pre)), edges, batch, sd, 1)[:, 0]
    assert odds[0, 1] > odds[1, 0] and odds[1, 2] > odds[2, 1] and odds[0, 1] > odds[0, 2] > odds[2, 0]


@pytest.mark.parametrize("name", ["gain-propagator", "linear-dynamics"])
def test_a_brain_that_the_model_made_is_recovered(name):
    """Electrical synapses count e³ times as much as chemical ones there; a fit finds that and the probabilities."""
    task = made_task(made_brain(n_classes=60, strength=0.0))
    training, model = task.training(0), load_model(name)
    prepared = model.prepare(task.structure)
    truth, edges = _made_odds(name, prepared, training)
    rng = np.random.default_rng(8)
    responds = np.where(training.measured, rng.random(truth.shape) < expit(truth), np.nan)
    made = Training(training.cases, responds, training.mean_response, training.cell_classes)
    fitted = model.fit(made, prepared, model.candidates[0], seed=0)
    strength = fitted.parameters[: edges.features.shape[1]]
    assert strength[1] - strength[0] > 1.0
    probability = fitted.forecast(training.cases, prepared)[:, 0]
    off_diagonal = training.cases.drive == 0
    assert np.corrcoef(probability[off_diagonal], expit(truth)[off_diagonal])[0, 1] > 0.9


def _made_odds(name, prepared, training):
    """Log odds of a network with strong electrical synapses, neither rates nor reverse responses used."""
    rows = len(training.cases)
    batch = arrays(training_batch(training, history_of(training)))
    batch = batch._replace(responder=jnp.full_like(batch.responder, -3.0), reverse=jnp.zeros_like(batch.reverse))
    edges = arrays(prepared if name == "linear-dynamics" else prepared[False, False])
    equations = linear_equations if name == "linear-dynamics" else gain_equations
    size = len(edges.pre) if name == "linear-dynamics" else batch.drive.shape[1]
    parameters = np.array(flattened(equations.unfitted(edges.features.shape[1], size)))
    parameters[:2] = [-1.0, 2.0]
    parameters[-5], parameters[-6] = 1.5, 4.0  # of the read-out: the log response's weight, the constant
    network = restored(equations.unfitted(edges.features.shape[1], size), parameters)
    leads = (1,) if name == "linear-dynamics" else ()
    return np.asarray(equations.odds(network, edges, batch, jnp.asarray(0.0), *leads))[:rows, 0], edges


@pytest.mark.parametrize("name", NAMES)
def test_a_connectome_without_edges_leaves_finite_probabilities(task, name):
    model = load_model(name)
    structure = Specimen("bare", "none", connectome=no_edges(task.structure.connectome))
    prepared = model.prepare(structure)
    for settings in model.candidates:
        answer = model.fit(task.training(0), prepared, settings, seed=0).forecast(task.cases(), prepared)
        assert ((answer > 0) & (answer < 1)).all()


@pytest.mark.parametrize("name", NAMES)
def test_a_specimen_without_wiring_is_refused(name):
    with pytest.raises(BraincastError, check=lambda error: error.code == "E307" and "no connectome" in str(error)):
        load_model(name).prepare(Specimen("bare", "none"))


def test_only_the_graph_network_has_randomness_and_its_seed_matters(task):
    assert [load_model(name).card.stochastic for name in NAMES] == [False, False, True]
    model = load_model("graph-network")
    prepared = model.prepare(task.structure)
    first, again, other = (
        model.fit(task.training(0), prepared, model.candidates[0], seed=seed).parameters for seed in (0, 0, 1)
    )
    np.testing.assert_array_equal(first, again)
    assert (first != other).any()


def test_what_touches_nothing_is_not_counted_as_a_parameter(task):
    model = load_model("linear-dynamics")
    prepared, training = model.prepare(task.structure), task.training(0)
    n_edges, n_features_used = int((prepared.weight > 0).sum()), 3  # two kinds and the weight; no sign is known
    free = model.fit(training, prepared, {"edge_sd": 0.5}, seed=0)
    common = model.fit(training, prepared, {"edge_sd": 0.0}, seed=0)
    # Beside these: gain, leak, decay; six numbers of the read-out; the rate of each neuron.
    assert common.n_parameters == n_features_used + 3 + 6 + 40
    assert free.n_parameters == common.n_parameters + n_edges


def test_rows_that_fill_up_count_nothing(task):
    training = task.training(0)
    history = history_of(training)
    batch = training_batch(training, history)
    assert len(batch.drive) % 48 == 0 and batch.weight.sum() == training.measured.sum()
    rates = asked_batch(task.cases(), history)
    np.testing.assert_allclose(rates.responder[0], history.log_odds)
    own = task.cases().drive @ history.log_odds
    np.testing.assert_allclose(rates.stimulated[: len(own), 0], own)
    np.testing.assert_allclose(rates.reverse[: len(own)], task.cases().drive @ history.reverse)
    assert task.cases().leads == (LEAD,)
