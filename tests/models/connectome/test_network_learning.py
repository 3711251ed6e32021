"""The masked linear network against dense filters, brute force, and networks that are known."""

from dataclasses import replace

import numpy as np
import pytest
from made_wired import activity_of, brains_of, wired_matrix
from scipy.stats import multivariate_normal

from braincast.models.connectome.linear.links import links_of
from braincast.models.connectome.linear.network_filter import Network, filtered, smoothed
from braincast.models.connectome.linear.network_learning import (
    Mask,
    expect,
    learn_network,
    log_prior_cost,
    maximise,
    stacked,
)
from braincast.models.connectome.masked_lds import first_network, mask_of
from braincast.models.forecasters.population.linear_system import (
    LinearSystem,
    filter_covariances,
    filtered_means,
    log_likelihood,
)
from braincast.models.forecasters.population.linear_system import smoothed as dense_smoothed

N_FRAMES = 5


def network(n=3, seed=0):
    rng = np.random.default_rng(seed)
    return Network(wired_matrix(n, seed=seed, density=0.6), *rng.uniform(0.3, 1.0, (3, n)))


def joint(net, n_frames):
    """Mean 0 and covariance of all states and all observations, frame after frame, written out."""
    n = len(net.transition)
    states = np.zeros((n_frames, n, n_frames, n))
    marginal = np.diag(net.start)
    for t in range(n_frames):
        states[t, :, t] = marginal
        across = marginal
        for later in range(t + 1, n_frames):
            across = net.transition @ across
            states[later, :, t], states[t, :, later] = across, across.T
        marginal = net.transition @ marginal @ net.transition.T + np.diag(net.drive)
    return states.reshape(n_frames * n, -1)


def series_with_gaps(n=3, n_frames=N_FRAMES, seed=1):
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(n_frames, n))
    x[rng.random(x.shape) < 0.3] = np.nan
    x[1] = np.nan  # nothing at all in one frame
    return x


def test_the_filter_and_smoother_are_the_joint_gaussian_s_conditionals():
    net, x = network(), series_with_gaps()
    (seen,) = stacked([x])
    states, flat = joint(net, N_FRAMES), np.isfinite(x).ravel()
    observed = states[np.ix_(flat, flat)] + np.diag(np.tile(net.noise, N_FRAMES)[flat])
    gain = states[:, flat] @ np.linalg.inv(observed)
    mean = (gain @ x.ravel()[flat]).reshape(N_FRAMES, 3)
    covariance = (states - gain @ states[flat]).reshape(N_FRAMES, 3, N_FRAMES, 3)
    passed = filtered(net, seen)
    state = smoothed(net, passed)
    np.testing.assert_allclose(state.mean[0], mean, atol=1e-12)
    np.testing.assert_allclose(state.variance, [np.diag(covariance[t, :, t]) for t in range(N_FRAMES)], atol=1e-12)
    lagged = sum(covariance[t + 1, :, t] for t in range(N_FRAMES - 1))
    np.testing.assert_allclose(state.lagged_sum, lagged, atol=1e-12)
    np.testing.assert_allclose(state.earlier_sum, sum(covariance[t, :, t] for t in range(N_FRAMES - 1)), atol=1e-12)
    density = multivariate_normal(cov=observed).logpdf(x.ravel()[flat])
    assert passed.log_likelihood == pytest.approx(density, abs=1e-10)
    np.testing.assert_allclose(passed.filtered[0, -1], mean[-1], atol=1e-12)


def test_where_all_is_seen_it_is_the_dense_filter_of_the_latent_system():
    net = network(4, seed=2)
    x = np.random.default_rng(0).normal(size=(2, 60, 4))
    (seen,) = stacked(list(x))
    system = LinearSystem(net.transition, np.diag(net.drive), np.eye(4), net.noise, np.diag(net.start))
    covariances = filter_covariances(system, 60)
    before, after = filtered_means(system, x, covariances)
    passed = filtered(net, seen)
    np.testing.assert_allclose(passed.filtered, after, atol=1e-7)
    assert passed.log_likelihood == pytest.approx(log_likelihood(system, x, covariances, before), rel=1e-8)
    dense, state = dense_smoothed(system, covariances, before, after), smoothed(net, passed)
    np.testing.assert_allclose(state.mean, dense.mean, atol=1e-7)
    np.testing.assert_allclose(state.later_sum, dense.covariance[1:].sum(axis=0), atol=1e-6)
    np.testing.assert_allclose(state.lagged_sum, dense.lagged.sum(axis=0), atol=1e-6)


@pytest.mark.parametrize("penalty", [0.0, 0.3])
def test_every_step_raises_the_penalised_log_likelihood(penalty):
    matrix = wired_matrix(6, seed=3)
    pieces = [activity_of(matrix, length, seed=length, noise=1.0) for length in (40, 40, 25)]
    pieces[1][:, 2] = np.nan
    pieces[2][np.random.default_rng(0).random(pieces[2].shape) < 0.2] = np.nan
    mask = Mask(
        tuple(np.flatnonzero(row) for row in matrix * (1 - np.eye(6))),
        tuple(np.full(int((row != 0).sum()), penalty) for row in matrix * (1 - np.eye(6))),
    )
    net, stacks, history = first_network(pieces, mask), stacked(pieces), []
    for _ in range(12):
        expected = expect(net, stacks)
        history.append(expected.log_likelihood - log_prior_cost(net, mask, expected.n_steps))
        net = maximise(net, expected, mask)
    assert (np.diff(history) > -1e-7).all() and history[-1] > history[0] + 3


def test_expected_moments_give_the_gradient_of_the_log_likelihood():
    """Fisher's identity: dL/dA = (E[x' x] - A E[x x]) / Q, against finite differences of the filter's density."""
    net, stacks = network(4, seed=1), stacked([series_with_gaps(4, 30, seed=2)])
    expected = expect(net, stacks)
    gradient = (expected.lagged - net.transition @ expected.earlier) / net.drive[:, None]
    for post, pre in np.ndindex(4, 4):
        bump = np.zeros((4, 4))
        bump[post, pre] = 1e-5
        up, down = (
            filtered(replace(net, transition=net.transition + side * bump), stacks[0]).log_likelihood
            for side in (1, -1)
        )
        assert (up - down) / 2e-5 == pytest.approx(gradient[post, pre], abs=1e-5)


def test_two_animals_that_each_show_half_of_the_neurons_train_one_network():
    """Edges between the halves that no single animal shows are found when both are learned from, by a hub both show."""
    n, matrix = 7, np.zeros((7, 7))
    matrix[3, :3], matrix[4:, 3] = [0.5, -0.5, 0.4], [0.6, -0.5, 0.5]
    matrix += 0.5 * np.eye(n)
    pieces = [activity_of(matrix, 600, seed=seed, noise=0.3) for seed in range(2)]
    pieces[0][:, 4:], pieces[1][:, :3] = np.nan, np.nan
    links = links_of(brains_of(matrix - np.diag(np.diag(matrix))))
    mask = mask_of(links, [0], 0.0, 0.01)
    edges = np.nonzero(matrix - np.diag(np.diag(matrix)))

    def found(used):
        net, _ = learn_network(first_network(used, mask), stacked(used), mask, 15)
        return net.transition[edges]

    together, alone = found(pieces), [found([piece]) for piece in pieces]
    assert np.corrcoef(together, matrix[edges])[0, 1] > 0.95
    assert max(np.corrcoef(one, matrix[edges])[0, 1] for one in alone) < 0.9
    np.testing.assert_allclose(together, matrix[edges], atol=0.2)


def test_edges_that_are_not_wired_stay_0():
    matrix = wired_matrix(6, seed=3)
    links = links_of(brains_of(matrix - np.diag(np.diag(matrix))))
    mask, pieces = mask_of(links, [0], 1.0, 0.1), [activity_of(matrix, 200, seed=0)]
    net, _ = learn_network(first_network(pieces, mask), stacked(pieces), mask, 5)
    assert ((net.transition != 0) == ((matrix != 0) | np.eye(6, dtype=bool))).all()
