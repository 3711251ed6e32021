"""Models that are given the wiring: orientation, ranks, paths, features and the reverse response, by hand."""

import networkx
import numpy as np
import pytest
from scipy.special import logit
from scipy.stats import rankdata
from sklearn.linear_model import LogisticRegression
from sklearn.preprocessing import StandardScaler
from synthetic import made_training, small_task, wired, worm

from braincast.brain.specimen import Specimen
from braincast.errors import BraincastError
from braincast.models.connectome.direct_weights import DirectWeights
from braincast.models.connectome.propagator import ConnectomePropagator
from braincast.models.connectome.regression import ConnectomeRegression, _features
from braincast.models.learners.calibration import calibrate
from braincast.models.responses.propensity import propensity, propensity_without_own_group
from braincast.models.responses.reverse import reverse_responses
from braincast.models.responses.structural_features import structural_features
from braincast.models.responses.wiring import connectome_of, synaptic_weights
from braincast.tasks.card import Case
from braincast.tasks.cases import Cases

CHAIN = np.array([[0.0, 4.0, 0.0], [0.0, 0.0, 4.0], [0.0, 0.0, 0.0]])  # a → b → c
LETTERS = ["a", "b", "c"]
MODELS = (DirectWeights, ConnectomePropagator, ConnectomeRegression)


def chain_training():
    """Everything downstream responds, nothing upstream does."""
    nan = np.nan
    return made_training([[nan, 1, 1], [0, nan, 1], [0, 0, nan]], LETTERS, LETTERS)


@pytest.mark.parametrize("model", MODELS)
def test_effects_run_from_pre_to_post(model):
    """On a chain, a model that learned "wired means response" answers downstream, whichever way axes may be turned."""
    structure, training = wired(LETTERS, CHAIN), chain_training()
    made = model()
    prepared = made.prepare(structure)
    settings = {**made.candidates[-1], **({"penalty": 1.0} if model is ConnectomeRegression else {})}
    answer = made.fit(training, prepared, settings, seed=0).forecast(training.cases, prepared)[:, 0]
    assert answer[0, 1] > answer[1, 0] and answer[1, 2] > answer[2, 1]
    if model is not DirectWeights:
        assert answer[0, 2] > answer[2, 0], "two hops away"


@pytest.mark.parametrize("model", [DirectWeights, ConnectomePropagator])
def test_turning_every_edge_round_turns_the_score_round(model):
    made = model()
    forward, backward = (made.prepare(wired(LETTERS, weights)) for weights in (CHAIN, CHAIN.T))
    if model is ConnectomePropagator:
        forward, backward = forward[0.5, 0.0], backward[0.5, 0.0]
        assert forward[0, 2] > forward[2, 0] and backward[0, 2] < backward[2, 0]
    else:
        np.testing.assert_array_equal(forward, backward.T)
        assert forward[0, 1] > forward[1, 0] == 0


def test_direct_weights_rank_pairs_as_the_raw_weights_do():
    task = small_task()
    training, model = task.training(0), DirectWeights()
    prepared = model.prepare(task.structure)
    fitted = model.fit(training, prepared, {}, seed=0)
    answer = fitted.forecast(task.cases(), prepared)[:, 0].ravel()
    raw = task.cases().drive @ task.structure.connectome.adjacency().toarray()
    assert fitted.calibration.coefficients[0] > 0 and fitted.n_parameters == 2
    np.testing.assert_array_equal(rankdata(answer), rankdata(raw.ravel()))


def test_direct_weights_are_calibrated_as_a_one_feature_logistic_regression():
    task = small_task()
    training = task.training(0)
    score = np.log1p(task.structure.connectome.adjacency().toarray())
    feature = (training.cases.drive @ score)[training.measured][:, None]
    outcome = training.responds[training.measured]
    expected = LogisticRegression(C=1e3, tol=1e-10).fit(StandardScaler().fit_transform(feature), outcome)
    found = calibrate(training, score)
    np.testing.assert_allclose(found.coefficients, expected.coef_[0], atol=1e-5)
    assert found.intercept == pytest.approx(expected.intercept_[0], abs=1e-5)


def test_the_propagator_sums_weighted_paths_of_both_kinds_of_edges():
    chemical, electrical = CHAIN, np.array([[0, 0, 2.0], [0, 0, 0], [2.0, 0, 0]])
    both = {"chemical": chemical, "electrical": electrical}
    total = (chemical + electrical).sum(axis=0)
    total[total == 0] = 1.0
    coupling = (0.3 * both["chemical"] + 0.6 * both["electrical"]) / total
    paths = sum(np.linalg.matrix_power(coupling, length) for length in range(300))
    prepared = ConnectomePropagator().prepare(two_kinds(both))
    np.testing.assert_allclose(np.exp(prepared[0.3, 0.6]) - 1e-6, paths, atol=1e-12)
    assert set(prepared) == {(0.3, 0.6)}, "each gain is computed once, when asked for"


def two_kinds(weights: dict[str, np.ndarray]) -> Specimen:
    """A specimen with edges of two kinds."""
    from braincast.brain.connectome import Connectome

    ends = {kind: np.nonzero(of_kind) for kind, of_kind in weights.items()}
    names = np.array(LETTERS)
    connectome = Connectome.from_edges(
        LETTERS,
        pre=np.concatenate([names[pre] for pre, _ in ends.values()]),
        post=np.concatenate([names[post] for _, post in ends.values()]),
        kind=[kind for kind, (pre, _) in ends.items() for _ in pre],
        weight=np.concatenate([weights[kind][end] for kind, end in ends.items()]),
    )
    return Specimen("by hand", "none", connectome=connectome)


def test_weights_of_each_kind_are_dense_and_pre_by_post():
    weights = {"chemical": CHAIN, "electrical": np.array([[0, 0, 2.0], [0, 0, 0], [2.0, 0, 0]])}
    found = synaptic_weights(two_kinds(weights))
    assert set(found) == set(weights)
    for kind, expected in weights.items():
        np.testing.assert_array_equal(found[kind], expected)


def test_structural_features_are_what_their_names_say():
    structure = small_task().structure
    features, weights = structural_features(structure), synaptic_weights(structure)
    total = weights["chemical"] + weights["electrical"]
    np.testing.assert_allclose(np.expm1(features["chemical"]), weights["chemical"], atol=1e-12)
    np.testing.assert_allclose(np.expm1(features["chemical_back"]), weights["chemical"].T, atol=1e-12)
    np.testing.assert_array_equal(features["electrical_present"], weights["electrical"] > 0)
    np.testing.assert_allclose(np.expm1(features["stimulated_output"][:, 3]), total.sum(axis=1), rtol=1e-12)
    np.testing.assert_allclose(np.expm1(features["responder_input"][3]), total.sum(axis=0), rtol=1e-12)
    lengths = dict(networkx.all_pairs_shortest_path_length(networkx.DiGraph(total > 0)))
    hops = [[lengths[pre].get(post, 6) for post in range(40)] for pre in range(40)]
    np.testing.assert_array_equal(features["hops"], hops)
    assert all(values.shape == (40, 40) and np.isfinite(values).all() for values in features.values())


def test_the_reverse_response_is_that_of_the_stimulated_neuron_to_the_other_one():
    nan = np.nan
    # b was stimulated: a responds, c does not. c was stimulated: a was not measured, b responds.
    training = made_training([[1, nan, 0], [nan, 1, nan]], ["b", "c"], LETTERS)
    rate = 2 / 3
    reverse = reverse_responses(training)
    np.testing.assert_allclose(reverse, [[0, 1 - rate, 0], [0, 0, 1 - rate], [0, -rate, 0]])
    # Asked about a stimulated: nothing was ever seen of a's effect, but a's response to b speaks for the pair (a, b).
    asked = made_training([[nan, nan, nan]], ["a"], LETTERS)
    np.testing.assert_allclose((asked.cases.drive @ reverse)[0], [0, 1 - rate, 0])


def test_the_regression_s_features_end_with_both_propensities_and_the_reverse_response():
    task = small_task()
    training, structure = task.training(0), ConnectomeRegression().prepare(task.structure)
    rates, reverse = propensity_without_own_group(training, 20.0), reverse_responses(training)
    asked = np.ones((len(training.cases), 40), dtype=bool)
    features = _features(training.cases, asked, structure, rates, reverse).reshape(*asked.shape, -1)
    assert features.shape[-1] == structure.shape[-1] + 3
    for row, (stimulated,) in enumerate(training.cases.stimulated):
        at = task.card.neurons.index(stimulated)
        np.testing.assert_allclose(features[row, :, :-3], structure[at], atol=1e-12)
        np.testing.assert_allclose(features[row, :, -3], logit(rates[row]))
        np.testing.assert_allclose(features[row, :, -2], logit(rates[row, at]))
        np.testing.assert_allclose(features[row, :, -1], reverse[at])


def test_neurons_stimulated_together_add_their_features():
    card = [
        Case(id="pair", stimulated=("a", "c"), fold=0, group="g"),
        Case(id="b", stimulated=("b",), fold=0, group="b"),
    ]
    cases = Cases.of(card, tuple(LETTERS), ("lead",))
    structure, rates = np.random.default_rng(1).normal(size=(3, 3, 4)), np.full((2, 3), 0.3)
    reverse = np.random.default_rng(2).normal(size=(3, 3))
    asked = np.array([[True, True, False], [False, True, True]])
    found = _features(cases, asked, structure, rates, reverse)
    np.testing.assert_allclose(found[:, :4], np.einsum("cp,pqf->cqf", cases.drive, structure)[asked], atol=1e-14)
    np.testing.assert_allclose(found[:, 4:6], logit(0.3) * np.array([[1, 2], [1, 2], [1, 1], [1, 1]]))
    np.testing.assert_allclose(found[:, 6], (cases.drive @ reverse)[asked], atol=1e-14)


@pytest.mark.parametrize("reverse", [False, True])
def test_the_regression_is_scikit_learn_s_on_the_same_features(reverse):
    task = small_task()
    training, model = task.training(1), ConnectomeRegression()
    prepared = model.prepare(task.structure)
    fitted = model.fit(training, prepared, {"penalty": 30.0, "reverse": reverse}, seed=0)
    back = reverse_responses(training) if reverse else None
    rates = propensity_without_own_group(training, 20.0)
    of_training = _features(training.cases, training.measured, prepared, rates, back)
    scaler = StandardScaler().fit(of_training)
    referee = LogisticRegression(C=1 / 30, tol=1e-10, max_iter=10_000)
    referee.fit(scaler.transform(of_training), training.responds[training.measured])
    held = task.cases("test", fold=1)
    rates = np.broadcast_to(propensity(training, 20.0), (len(held), 40))
    asked = _features(held, np.ones(rates.shape, dtype=bool), prepared, rates, back)
    expected = referee.predict_proba(scaler.transform(asked))[:, 1]
    np.testing.assert_allclose(fitted.forecast(held, prepared).ravel(), expected, atol=1e-5)
    assert fitted.n_parameters == 1 + asked.shape[-1] + 40


@pytest.mark.parametrize("model", MODELS)
def test_a_connectome_without_edges_leaves_finite_probabilities(model):
    task, made = small_task(), model()
    prepared = made.prepare(wired(list(task.card.neurons), np.zeros((40, 40))))
    for settings in made.candidates:
        answer = made.fit(task.training(0), prepared, settings, seed=0).forecast(task.cases(), prepared)
        assert np.isfinite(answer).all() and (answer > 0).all() and (answer < 1).all()


@pytest.mark.parametrize("model", MODELS)
def test_a_specimen_without_wiring_is_refused(model):
    with pytest.raises(BraincastError, check=lambda error: error.code == "E307" and "no connectome" in str(error)):
        model().prepare(Specimen("bare", "none"))
    assert connectome_of(worm()) is worm().connectome
