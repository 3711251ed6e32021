"""Shortest paths against networkx, partner profiles against scikit-learn."""

import networkx
import numpy as np
import pytest
from scipy import sparse
from sklearn.metrics.pairwise import cosine_similarity

from braincast.dynamics.paths import hop_distance, profile_similarity


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_hops_are_those_of_networkx(seed):
    rng = np.random.default_rng(seed)
    weights = rng.integers(1, 30, (15, 15)) * (rng.random((15, 15)) < 0.1)
    lengths = dict(networkx.all_pairs_shortest_path_length(networkx.DiGraph(weights > 0)))
    expected = [[lengths[pre].get(post, 77) for post in range(15)] for pre in range(15)]
    found = hop_distance(sparse.csr_array(weights.astype(float)), unreachable=77)
    np.testing.assert_array_equal(found, expected)
    assert (found == 77).any() and (np.diag(found) == 0).all()


def test_hops_follow_the_direction_of_edges_and_not_their_weight():
    chain = sparse.csr_array(np.array([[0, 9.0, 0], [0, 0, 0.1], [0, 0, 0]]))
    np.testing.assert_array_equal(hop_distance(chain, unreachable=9), [[0, 1, 2], [9, 0, 1], [9, 9, 0]])


def test_similarity_is_the_cosine_of_square_rooted_profiles():
    rng = np.random.default_rng(4)
    weights = rng.integers(0, 5, (8, 12)).astype(float)
    weights[3] = 0.0
    expected = cosine_similarity(np.sqrt(weights))
    np.testing.assert_allclose(profile_similarity(weights), expected, atol=1e-14)
    assert (profile_similarity(weights)[3] == 0).all()
