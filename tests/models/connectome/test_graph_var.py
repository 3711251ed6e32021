"""Shared weights on a graph against least squares written down by hand."""

import numpy as np
from made_windows import task_on, truth_of, vector_process
from made_wired import brains_of, connectome_of, every_pair, names, wired_matrix, wired_task

from braincast.brain.brains import Brains
from braincast.brain.expression import Expression
from braincast.brain.specimen import Specimen
from braincast.models.connectome.linear.channels import channels_by_sign, heard
from braincast.models.connectome.linear.graph_regression import HeardMoments, Sharing, shared_weights
from braincast.models.connectome.linear.links import links_of
from braincast.models.connectome.linear.priors import components, priors_of
from braincast.models.registry import load_model

N = 4


def test_the_weights_are_those_of_one_least_squares_over_all_neurons():
    """Own past and the mean of the partners, each neuron with a mean of its own; iterated by hand."""
    task = task_on(vector_process(300, N, seed=2), context=8, horizon=2)
    weights = np.random.default_rng(0).uniform(1, 5, (N, N)) * every_pair(N)
    model = load_model("graph-var")
    prepared = model.prepare(brains_of(weights, kind="tract"))
    settings = model.candidates[0] | {"order": 1, "partner_frames": 1, "penalty": 0.0, "exponent": 1.0}
    fitted = model.fit(task.training(0), prepared, settings | {"own_penalty": 1e9, "neuron_penalty": 1e9}, seed=0)
    share = weights / weights.sum(axis=1, keepdims=True)
    x = task.training(0).series[0].activity.astype(float)
    columns = [np.stack([x[:-1, i], x[:-1] @ share[i]], axis=1) for i in range(N)]
    centred = np.concatenate([c - c.mean(axis=0) for c in columns])
    after = np.concatenate([x[1:, i] - x[1:, i].mean() for i in range(N)])
    own, partners = np.linalg.lstsq(centred, after, rcond=None)[0]
    intercept = np.array([x[1:, i].mean() - c.mean(axis=0) @ [own, partners] for i, c in enumerate(columns)])
    frame = task.cases().contexts()[:, -1].astype(float)
    for lead in range(2):
        frame = intercept + own * frame + partners * frame @ share.T
        np.testing.assert_allclose(fitted.point(task.cases(), prepared)[:, lead], frame, atol=1e-5)


def test_inputs_of_either_sign_are_heard_apart_and_a_long_fibre_later():
    weights = np.array([[0.0, 3.0, -1.0], [0, 0, 0], [0, 0, 0]])
    links = links_of(brains_of(weights))
    channels = channels_by_sign(links, 1.0, delay=np.array([[0, 2]]))
    assert channels.names == ("chemical excitatory", "chemical inhibitory")
    x = np.random.default_rng(0).normal(size=(3, 20))
    up, down = (heard(channels, channel, 0, x, 1, 10) for channel in range(2))
    np.testing.assert_allclose(up[0], 0.75 * x[1, 9:19])
    np.testing.assert_allclose(down[0], 0.25 * x[2, 7:17])
    assert not up[1:].any() and not down[1:].any()


def _moments(weights, *, n_rows=2000, seed=0):
    """Moments of neurons that follow these weights [neuron, feature] on features of unit variance."""
    rng = np.random.default_rng(seed)
    features = rng.normal(size=(len(weights), n_rows, weights.shape[1]))
    after = np.einsum("nrf,nf->nr", features, weights) + 0.1 * rng.normal(size=features.shape[:2])
    every = np.concatenate([features, after[:, :, None]], axis=2)
    return HeardMoments(n_rows, every.sum(axis=1), np.einsum("nra,nrb->nab", every, every))


def test_weights_follow_traits_classes_and_neurons_as_far_as_penalties_allow():
    rng = np.random.default_rng(1)
    traits, classes = rng.normal(size=(60, 2)), np.repeat(np.arange(20), 3)
    by_trait = 0.5 + traits @ rng.normal(size=(2, 3))
    by_class = 0.5 + rng.normal(size=(20, 3))[classes]
    shared = Sharing(traits, classes, penalty=0.0)
    np.testing.assert_allclose(shared_weights(_moments(by_trait), shared), by_trait, atol=0.02)
    free, held = np.full(3, 1e-9), np.full(3, 1e9)
    pooled = Sharing(traits[:, :0], classes, 0.0, class_penalty=free, neuron_penalty=held)
    np.testing.assert_allclose(shared_weights(_moments(by_class), pooled), by_class, atol=0.02)
    alone = Sharing(traits[:, :0], classes, 0.0, class_penalty=held, neuron_penalty=free)
    np.testing.assert_allclose(shared_weights(_moments(by_class), alone), by_class, atol=0.02)
    stiff = Sharing(traits[:, :0], classes, 0.0, class_penalty=held, neuron_penalty=held)
    assert np.ptp(shared_weights(_moments(by_class), stiff), axis=0).max() < 1e-6


def test_components_are_those_of_a_singular_value_decomposition_and_0_without_data():
    values = np.random.default_rng(0).gamma(1.0, size=(9, 5))
    found = components(Expression(tuple("abcdefghi"), tuple("vwxyz"), values, "TPM", "", ""), ("x", "unknown", "w"), 2)
    assert found.shape == (3, 1) and not found[1].any()  # two neurons differ along a single direction
    np.testing.assert_allclose(np.abs(found[[0, 2], 0]), 1.0)


def test_genes_that_match_make_a_channel_of_their_own():
    """n0 makes glutamate, n2 has its receptor and n1 has not: the match is heard by n2 alone."""
    genes = np.array([[9.0, 0.0, 0.0], [0.0, 0.0, 9.0]])
    expression = Expression(("eat-4", "glr-1"), tuple(names(3)), genes, "TPM", "", "")
    weights = np.array([[0.0, 0, 0], [4.0, 0, 0], [4.0, 0, 0]])
    specimen = Specimen("one", "none", connectome=connectome_of(weights), expression=expression)
    channels = priors_of(Brains(names(3), lambda: [specimen])).channels(1.0, False, True, 0.0)
    assert channels.names == ("chemical excitatory", "glutamate cation")
    assert channels.links.post.tolist() == [1, 2] and channels.weight[1, 0].tolist() == [0.0, 1.0]


def test_a_delay_along_fibres_is_found_on_validation():
    """Two senders drive a receiver, one two frames late: with the right velocity the error is that of the noise."""
    rng = np.random.default_rng(0)
    noise = rng.normal(size=(1200, 3))
    x = noise.copy()
    for t in range(3, len(x)):
        x[t, 2] += 2 * x[t - 1, 0] + 2 * x[t - 3, 1]
    weights = np.array([[0.0, 0, 0], [0, 0, 0], [1.0, 1.0, 0]])
    connectome = connectome_of(weights, "tract", length_mm=[10.0, 100.0])
    brains = Brains(names(3), lambda: [Specimen("r0", "none", connectome=connectome)])
    task, model = task_on(x, context=8, horizon=1), load_model("expression-var")
    prepared, training = model.prepare(brains), task.training(0)
    errors = {}
    for velocity in (0.0, 50.0):
        settings = model.candidates[0] | {"partner_frames": 1, "velocity": velocity, "neuron_penalty": 1e-3}
        fitted = model.fit(training, prepared, settings, seed=0)
        held = training.validation
        errors[velocity] = np.abs(fitted.point(held.windows, prepared) - held.truth)[:, 0, 2].mean()
    assert errors[50.0] < 0.5 * errors[0.0]


def test_an_animal_never_seen_is_told_by_its_own_wiring_better_than_by_another_s():
    task = wired_task([np.abs(wired_matrix(8, seed=s)) * 0.9 for s in range(4)], 600, held_out_animals=True)
    model, errors = load_model("graph-var"), {}
    for whose, brains in (("own", task.structure), ("another's", task.structure.exchanged(seed=0))):
        prepared, found = model.prepare(brains), []
        for fold in range(task.card.n_folds):
            training, windows = task.training(fold), task.cases("test", fold=fold)
            fitted = model.fit(training, prepared, model.candidates[1], seed=0)
            found.append(fitted.point(windows, prepared))
        errors[whose] = found
    truth = truth_of(task)
    order = [np.flatnonzero(task.cases().fold == fold) for fold in range(task.card.n_folds)]
    size = {w: np.mean([np.abs(f - truth[o]).mean() for f, o in zip(e, order, strict=True)]) for w, e in errors.items()}
    assert size["own"] < size["another's"] - 0.01
