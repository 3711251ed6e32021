"""Brains whose activity follows a wiring."""

import numpy as np
import pytest

from braincast.datasets.synthetic.wired import network_on, paired_wiring, recording_on, responses_on
from braincast.dynamics.autoregression import spectral_radius
from braincast.errors import BraincastError


@pytest.fixture(scope="module")
def wiring():
    return paired_wiring(12, seed=1)


def test_the_seed_fixes_wiring_responses_and_recording_and_another_seed_changes_them(wiring):
    def made(seed):
        own = paired_wiring(12, seed=seed)
        activity = recording_on(wiring, 40, coupling=0.3, seed=seed).activity
        return own.adjacency().toarray(), responses_on(wiring, strength=1.0, seed=seed).q, np.asarray(activity)

    for first, again, other in zip(made(1), made(1), made(2), strict=True):
        np.testing.assert_array_equal(first, again)
        assert not np.array_equal(first, other, equal_nan=True)


def test_left_and_right_are_wired_alike_gap_junctions_are_symmetric_and_a_neuron_has_one_sign(wiring):
    matrix = wiring.adjacency("chemical").toarray() > 0
    mirror = np.arange(24) ^ 1
    likeness = np.corrcoef(matrix.ravel(), matrix[np.ix_(mirror, mirror)].ravel())[0, 1]
    assert likeness > 0.6
    gaps = wiring.adjacency("electrical").toarray()
    np.testing.assert_array_equal(gaps, gaps.T)
    chemical = wiring.edges[wiring.edges["kind"] == "chemical"]
    assert (chemical.groupby("pre")["sign"].nunique() == 1).all() and set(chemical["sign"]) == {-1, 1}


def test_connected_neurons_respond_more_often_and_hardly_any_without_strength(wiring):
    strong, none = (responses_on(wiring, strength=strength, seed=1) for strength in (3.0, 0.0))
    direct = wiring.adjacency().toarray() > 0
    responds, measured = strong.responds(), strong.measured
    assert responds[direct & measured].mean() > 2 * responds[~direct & measured].mean()
    unwired = none.responds()
    assert abs(unwired[direct & measured].mean() - unwired[~direct & measured].mean()) < 0.1


def test_a_recording_obeys_the_linear_network_on_its_wiring(wiring):
    network = network_on(wiring, 0.3)
    activity = np.asarray(recording_on(wiring, 20_000, coupling=0.3, seed=2, n_conditions=1).activity, np.float64)
    past, present = activity[:-1], activity[1:]
    fitted = np.linalg.lstsq(past, present, rcond=None)[0].T
    np.testing.assert_allclose(fitted, network.transition.toarray(), atol=0.05)
    assert spectral_radius(network.transition.toarray() - 0.4 * np.eye(24)) == pytest.approx(0.3, rel=1e-4)


def test_what_would_not_be_stable_is_refused(wiring):
    with pytest.raises(BraincastError, match="E305"):
        recording_on(wiring, 40, coupling=0.9, seed=0)
    with pytest.raises(BraincastError, match="E305"):
        paired_wiring(1, seed=0)
