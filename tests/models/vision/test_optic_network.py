"""The optic lobe's network: how it begins, reads out flow, learns and answers."""

from dataclasses import replace

import numpy as np
import pytest
from made_eyes import made_card, made_circuit, made_task
from scipy.signal import lfilter

from braincast.dynamics.scenes.movie import Movie
from braincast.errors import BraincastError
from braincast.models.registry import load_model
from braincast.models.vision.optic.answers import FittedOpticNetwork
from braincast.models.vision.optic.eye import Eye

EXTENT, DT_S = 2, 0.02
QUICK = {
    "steps": 80,
    "movies": 4,
    "learning_rate": 0.01,
    "left_out": 0.0,
    "learned": "strengths",
    "spread": 0.2,
    "height": 1.0,
    "scatter": 0.3,
}


def eye_of(extent=EXTENT):
    return Eye(made_circuit(), extent)


def scenes(n, extent=EXTENT, seed=0, duration_s=0.6):
    from braincast.dynamics.scenes.textured import textured_scenes

    return textured_scenes(extent, n, seed=seed, duration_s=duration_s, dt_s=DT_S)


def start_of(eye, **changes):
    import jax

    from braincast.models.vision.optic.start import balanced, n_rounds

    light = scenes(n_rounds() * 4).light
    light = light.reshape(n_rounds(), 4, *light.shape[1:]).transpose(0, 2, 3, 1)
    told = {"spread": 0.2, "height": 1.0, "scatter": 0.3, **changes}
    return balanced(eye, light, DT_S, key=jax.random.key(0), **told)


def test_before_training_every_type_varies_and_rests_as_asked():
    import jax.numpy as jnp

    from braincast.dynamics.lattice.network import run, settled

    eye = eye_of()
    start = start_of(eye, spread=0.15, height=0.5)
    light = jnp.asarray(scenes(64, seed=5).light.transpose(1, 2, 0))
    rested = settled(eye.wiring, start, jnp.full(64, 0.5), DT_S, 1.0)
    _, seen = run(eye.wiring, start, rested, light, DT_S, lambda voltages: voltages)
    inner = np.asarray(seen)[:, 1:]  # the photoreceptors are what light makes them
    assert np.asarray(rested)[1:].mean(axis=(1, 2)) == pytest.approx(0.075, abs=0.03)
    assert inner.std(axis=(0, 2, 3)) == pytest.approx(0.15, rel=0.35)


def test_before_training_synapses_of_a_cell_weigh_the_same():
    eye = eye_of()
    strength = np.asarray(start_of(eye).strength)
    for post in range(eye.circuit.n_types):
        own = strength[eye.circuit.post == post]
        np.testing.assert_allclose(own, own[:1].repeat(len(own)), rtol=1e-6)


def test_the_sum_that_tells_flow_is_that_of_ridge_regression():
    import jax.numpy as jnp

    from braincast.models.vision.optic.readout import Moments, fitted_sum

    rng = np.random.default_rng(0)
    x, flow = rng.normal(size=(400, 5)).astype(np.float32), rng.normal(size=(400, 2)).astype(np.float32)
    flow += x[:, :2] * 3
    found = Moments.none(5).forgetting(jnp.asarray(x), jnp.asarray(flow), 0.0).sum(jnp.ones(5))
    size = np.sqrt((x**2).mean(axis=0))
    augmented = np.concatenate([x / size, np.sqrt(1e-4 * len(x)) * np.eye(5)])
    truth = np.linalg.lstsq(augmented, np.concatenate([flow, np.zeros((5, 2))]), rcond=None)[0] / size[:, None]
    np.testing.assert_allclose(found, truth, atol=2e-4)
    np.testing.assert_allclose(fitted_sum(x, flow), truth, atol=1e-6)


def test_a_type_that_is_left_out_has_no_weight_and_the_others_do_without_it():
    import jax.numpy as jnp

    from braincast.models.vision.optic.readout import Moments

    rng = np.random.default_rng(1)
    x, flow = jnp.asarray(rng.normal(size=(300, 4))), jnp.asarray(rng.normal(size=(300, 2)))
    moments = Moments.none(4).forgetting(x.astype(jnp.float32), flow.astype(jnp.float32), 0.0)
    found = moments.sum(jnp.array([1.0, 0.0, 1.0, 1.0]))
    others = np.array([0, 2, 3])
    fewer = Moments(moments.features[others[:, None], others[None, :]], moments.flow[others]).sum(jnp.ones(3))
    assert (np.asarray(found)[1] == 0).all()
    np.testing.assert_allclose(np.asarray(found)[others], fewer, atol=1e-5)


def test_a_network_that_excites_itself_without_end_answers_with_the_bounds():
    from braincast.models.vision.optic.answering import FLOW_LIMIT, POTENTIAL_LIMIT

    circuit = made_circuit()
    post = np.where(np.arange(circuit.n_connections) == 1, 1, circuit.post)  # L1 excites itself
    eye = Eye(replace(circuit, post=post, sign=abs(circuit.sign)), 1)
    strength = np.full(circuit.n_connections, 5.0, np.float32)
    own = np.full(len(circuit.cell_types), 0.05, np.float32)
    readout = np.ones((len(circuit.outputs) + 1, 2))
    cases = made_task().cases("test")
    answer = FittedOpticNetwork(own, own, strength, readout, np.zeros(0, np.float32)).forecast(cases, eye)
    assert np.isfinite(answer).all()
    assert answer[:, -1, 1] == pytest.approx(POTENTIAL_LIMIT) and abs(answer[:, :, -2:]).max() == FLOW_LIMIT


def test_features_are_smoothed_as_a_filter_of_one_pole():
    import jax.numpy as jnp

    from braincast.models.vision.optic.readout import SMOOTHED_S, smoothed

    values = np.random.default_rng(2).normal(size=(30, 3, 2)).astype(np.float32)
    kept = np.exp(-DT_S / SMOOTHED_S)
    truth, _ = lfilter([1 - kept], [1, -kept], values, axis=0, zi=kept * values[:1])
    np.testing.assert_allclose(smoothed(jnp.asarray(values), DT_S), truth, atol=1e-5)


@pytest.fixture(scope="module")
def fitted():
    task, model = made_task(made_card(EXTENT)), load_model("optic-network")
    prepared = model.prepare(task.structure)
    return task, prepared, model.fit(task.training(), prepared, QUICK, seed=3)


@pytest.mark.slow
def test_the_same_seed_learns_the_same_bits_and_another_one_others(fitted):
    task, prepared, first = fitted
    again, other = (load_model("optic-network").fit(task.training(), prepared, QUICK, seed=seed) for seed in (3, 4))
    assert first.strength.tobytes() == again.strength.tobytes() and first.readout.tobytes() == again.readout.tobytes()
    assert not np.array_equal(first.strength, other.strength)


@pytest.mark.slow
def test_strengths_stay_positive_and_something_was_learned(fitted):
    task, prepared, found = fitted
    begun = load_model("optic-untrained").fit(task.training(), prepared, QUICK, seed=3)
    assert (found.strength > 0).all() and np.isfinite(found.error).all() and len(found.error) == QUICK["steps"]
    assert np.abs(np.log(found.strength / begun.strength)).max() > 1e-3  # the first 60 steps only look
    np.testing.assert_array_equal(begun.error, np.zeros(0))


@pytest.mark.slow
def test_a_stimulus_is_answered_alike_alone_and_beside_others(fitted):
    task, prepared, found = fitted
    cases = task.cases("test")
    every = found.forecast(cases, prepared)
    assert every.shape == cases.shape and np.isfinite(every).all()
    for row in (0, 5, len(cases) - 1):
        keep = np.arange(len(cases)) == row
        np.testing.assert_allclose(found.forecast(cases.where(keep), prepared)[0], every[row], atol=1e-5)


@pytest.mark.parametrize(
    ("light", "dt_s", "code", "reason"),
    [
        (np.full((5, 18), 0.5), 0.01, "E911", "shape"),
        (np.full((0, 19), 0.5), 0.01, "E911", "shape"),
        (np.full((5, 19), np.nan), 0.01, "E911", "no finite number"),
        (np.full((5, 19), 1.5), 0.01, "E911", "from 1.5"),
        (np.array([["bright"] * 19]), 0.01, "E911", "no finite number"),
        (np.full((5, 19), 0.5), 0.05, "E912", "0.05 s apart"),
        (np.full((5, 19), 0.5), float("nan"), "E912", "apart"),
        (np.full((5, 19), 0.5), 0.0, "E912", "apart"),
    ],
)
def test_a_movie_that_is_none_is_refused_before_anything_is_computed(light, dt_s, code, reason):
    numbers = np.zeros(0, np.float32)
    network = FittedOpticNetwork(numbers, numbers, numbers, np.zeros((0, 2)), numbers)
    with pytest.raises(BraincastError) as caught:
        network.respond(Movie(light, dt_s), eye_of(2))
    assert caught.value.code == code and reason in str(caught.value)


@pytest.mark.parametrize(("extent", "movies", "reason"), [(10**6, 32, "Ask for at most"), (5, 10**9, "fewer movies")])
def test_an_eye_or_a_training_that_does_not_fit_into_memory_is_refused_at_once(extent, movies, reason):
    task, model = made_task(), load_model("optic-network")
    with pytest.raises(BraincastError) as caught:
        model.fit(task.training(), eye_of(extent), {**QUICK, "movies": movies}, seed=0)
    assert caught.value.code == "E913" and ("fewer movies" in str(caught.value) or reason in str(caught.value))


@pytest.mark.slow
@pytest.mark.parametrize(("learned", "grown"), [("signs", "sign"), ("counts", "share")])
def test_signs_or_counts_are_learned_beside_strengths_if_asked_for(fitted, learned, grown):
    task, prepared, found = fitted
    own = load_model("optic-network").fit(task.training(), prepared, {**QUICK, "learned": learned}, seed=3)
    more, begins = getattr(own, grown), 1.0
    assert getattr(found, grown).size == 0 and own.n_parameters == found.n_parameters + more.size
    assert np.abs(more - begins).max() > 1e-4 and np.isfinite(own.forecast(task.cases("test"), prepared)).all()


def test_signs_and_counts_multiply_the_weights_of_terms():
    import jax.numpy as jnp

    from braincast.dynamics.lattice.network import Parameters, weights

    eye = eye_of()
    n_terms, n_connections = len(eye.wiring.count), eye.circuit.n_connections
    numbers = np.random.default_rng(0).normal(size=(3, n_connections)).astype(np.float32)
    share = np.random.default_rng(1).uniform(0.5, 2, n_terms).astype(np.float32)
    fixed = Parameters(jnp.zeros(8), jnp.ones(8), jnp.asarray(abs(numbers[0])))
    both = fixed._replace(sign=jnp.asarray(numbers[1]), share=jnp.asarray(share))
    own = np.asarray(eye.wiring.connection)
    np.testing.assert_allclose(
        weights(eye.wiring, both), weights(eye.wiring, fixed) * numbers[1][own] * share, rtol=1e-6
    )


@pytest.mark.slow
def test_a_movie_of_ones_own_is_answered_as_the_task_asks_it(fitted):
    task, prepared, found = fitted
    shown = next(iter(task.cases("test")))
    own = found.respond(shown.movie(0.005), prepared)
    asked = found.forecast(task.cases("test"), prepared)[0]
    np.testing.assert_allclose(own[3::4], asked[: shown.n_leads], atol=1e-5)


@pytest.mark.slow
def test_after_its_own_leads_the_last_answer_is_repeated(fitted):
    task, prepared, found = fitted
    cases = task.cases("test")
    short = int(np.argmin(cases.n_leads))
    answer = found.forecast(cases, prepared)[short]
    last = answer[cases.n_leads[short] - 1]
    assert (answer[cases.n_leads[short] :] == last).all() and len(answer) > cases.n_leads[short]


@pytest.mark.slow
def test_what_was_learned_answers_with_another_circuit_too(fitted):
    task, prepared, found = fitted
    moved = replace(task.structure, circuit=replace(task.circuit, sign=-task.circuit.sign))
    other = load_model("optic-network").prepare(moved)
    cases = task.cases("test")
    assert np.abs(found.forecast(cases, other) - found.forecast(cases, prepared)).max() > 1e-3


@pytest.mark.slow
def test_a_published_start_learns_nothing_but_the_read_out():
    task, model = made_task(made_card(1)), load_model("optic-published-start")
    found = model.fit(task.training(), model.prepare(task.structure), {}, seed=0)
    assert set(found.time_constant_s.tolist()) == {np.float32(0.05)}
    assert np.abs(found.readout).max() > 0
