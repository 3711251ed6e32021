"""The autoregression on the wiring against the ordinary one, scikit-learn and known networks."""

import numpy as np
import pytest
from made_windows import task_on, vector_process
from made_wired import activity_of, brains_of, connectome_of, every_pair, names, wired_matrix
from sklearn.linear_model import Ridge

from braincast.brain.brains import Brains
from braincast.brain.specimen import Specimen
from braincast.models.connectome.linear.links import links_of
from braincast.models.connectome.linear.partner_moments import Inputs, partner_moments
from braincast.models.registry import load_model

N = 5
PLAIN = {"order": 1, "partner_frames": 1, "own_penalty": 0.05, "penalty": 0.05, "exponent": 1.0, "wireless": False}


@pytest.fixture(scope="module")
def task():
    return task_on(*(vector_process(300, N, seed=seed) for seed in range(2)), context=8, horizon=3)


def _point(task, brains, **settings):
    model = load_model("masked-var")
    prepared = model.prepare(brains)
    fitted = model.fit(task.training(0), prepared, PLAIN | settings, seed=0)
    return fitted.point(task.cases(), prepared)


@pytest.mark.parametrize("scope", ["own", "pooled"])
@pytest.mark.parametrize("order", [1, 3])
def test_with_all_pairs_alike_it_is_the_ordinary_ridge_autoregression(task, order, scope):
    brains = brains_of(every_pair(N), every_pair(N), kind="tract")
    found = _point(task, brains, order=order, partner_frames=order, scope=scope)
    settings = {"order": order, "penalty": 0.05, "towards": "mean", "scope": scope}
    ordinary = load_model("var").fit(task.training(0), None, settings, seed=0)
    np.testing.assert_allclose(found, ordinary.point(task.cases()), atol=1e-6)


def test_without_edges_it_is_each_neuron_s_own_autoregression(task):
    found = _point(task, brains_of(np.zeros((N, N)), np.zeros((N, N))), order=2, scope="own")
    own = load_model("ar").fit(task.training(0), None, {"order": 2, "penalty": 0.05, "scope": "own"}, seed=0)
    np.testing.assert_allclose(found, own.point(task.cases()), atol=1e-9)


def test_an_edge_counts_by_its_share_of_the_strongest_input_and_a_gap_junction_by_the_difference():
    """Against scikit-learn on inputs written down by hand."""
    task = task_on(vector_process(300, 3, seed=4), context=8, horizon=1)
    weights = np.array([[0.0, 8.0, 2.0], [0, 0, 0], [0, 0, 0]])
    kinds = np.array([["", "chemical", "chemical"], ["", "", ""], ["", "", ""]], dtype=object)
    both = connectome_of(weights, kinds)
    gap = connectome_of(np.array([[0.0, 3.0, 0.0], [3.0, 0, 0], [0, 0, 0]]), "electrical")
    import pandas as pd

    joined = both.with_edges(pd.concat([both.edges, gap.edges], ignore_index=True))
    brains = Brains(names(3), lambda: [Specimen("r0", "none", connectome=joined)])
    found = _point(task, brains, exponent=0.5, scope="pooled")[:, 0, 0]

    def inputs(x):
        return np.stack([x[:, 0], x[:, 1], np.sqrt(2 / 8) * x[:, 2], x[:, 1] - x[:, 0]], axis=1)

    x = task.training(0).series[0].activity.astype(float)
    referee = Ridge(alpha=0.05 * (len(x) - 1)).fit(inputs(x[:-1]), x[1:, 0])
    np.testing.assert_allclose(found, referee.predict(inputs(task.cases().contexts()[:, -1].astype(float))), atol=1e-6)


def test_products_of_all_pairs_are_those_of_each_neuron(task, monkeypatch):
    matrix = every_pair(N) * (np.random.default_rng(0).random((N, N)) < 0.9)
    links = links_of(brains_of(matrix, every_pair(N), kind="tract"))
    inputs = Inputs(links, 3, 2)
    assert inputs.is_dense
    dense = partner_moments(task.training(0), inputs)
    monkeypatch.setattr(Inputs, "is_dense", False)
    for recording, (one_by_one,) in partner_moments(task.training(0), inputs).items():
        for found, expected in zip(dense[recording][0].grams, one_by_one.grams, strict=True):
            np.testing.assert_allclose(found, expected, atol=1e-9)


def test_the_weights_of_a_known_network_are_found():
    matrix = wired_matrix(12, seed=1)
    task = task_on(activity_of(matrix, 3000, seed=1), context=8, horizon=1)
    model = load_model("masked-var")
    links = model.prepare(brains_of(np.where(np.eye(12) > 0, 0, matrix != 0).astype(float)))
    fitted = model.fit(
        task.training(0), links, PLAIN | {"penalty": 1e-4, "own_penalty": 1e-4, "scope": "pooled"}, seed=0
    )
    scale = task.recordings[0].scale.deviation
    found = fitted.on_links[0, :, 0] * scale[links.post] / scale[links.pre]
    assert np.corrcoef(found, matrix[links.post, links.pre])[0, 1] > 0.98
