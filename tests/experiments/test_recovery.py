"""Known edges are found again: a small version of benchmarks/recovery.py, and what it measures by hand."""

import json
from pathlib import Path

import numpy as np
import pytest
from sklearn.metrics import roc_auc_score

from braincast.experiments.recovery import (
    PlantedNetwork,
    activity_of,
    compared,
    frames_for,
    planted_network,
    recovered,
    recovery_task,
)

N_FRAMES = 500
VAR = {"order": 1, "partner_frames": 1, "own_penalty": 1e-3, "penalty": 1e-2, "exponent": 0.0, "wireless": False}
LDS = {"penalty": 1e-2, "exponent": 0.0, "wireless": False, "iterations": 8}
RECORDED = Path(__file__).parents[2] / "benchmarks" / "results" / "recovery.json"


@pytest.fixture(scope="module")
def network():
    return planted_network(40, seed=0, density=0.15)


def test_told_hidden_and_decoys_are_apart(network):
    told, hidden, decoys = network.told, network.hidden, network.decoys
    assert not (told & hidden).any() and not (decoys & (network.transition != 0)).any()
    assert ((told | hidden | np.eye(40, dtype=bool)) == (network.transition != 0)).all()
    assert hidden.sum() == decoys.sum() == round(0.2 * (told | hidden).sum())
    assert network.offered.n_edges == (told | hidden | decoys).sum()
    assert np.abs(np.linalg.eigvals(network.transition)).max() == pytest.approx(0.95)


def test_candidates_are_ranked_as_scikit_learn_ranks_them(network):
    coupling = np.round(np.random.default_rng(0).normal(size=(40, 40)), 1)
    found = compared(network, coupling)
    pairs = np.concatenate([coupling[network.hidden], coupling[network.decoys]])
    label = np.repeat([1, 0], [network.hidden.sum(), network.decoys.sum()])
    assert found.auroc == pytest.approx(roc_auc_score(label, np.abs(pairs)), abs=1e-12)
    exact = compared(network, network.transition)
    assert exact.correlation == pytest.approx(1.0) and exact.auroc == 1.0


@pytest.mark.parametrize(("model", "settings"), [("masked-var", VAR), ("masked-lds", LDS)])
def test_weights_and_hidden_edges_are_found_where_noise_is_small(model, settings, network):
    task = recovery_task(activity_of(network, frames_for(N_FRAMES), 100.0, seed=0))
    found, _ = recovered(network, task, model, [settings | {"scope": "pooled"}])
    assert found.correlation > 0.9 and found.auroc > 0.85


def test_a_system_that_knows_of_noise_finds_more_through_it(network):
    task = recovery_task(activity_of(network, frames_for(N_FRAMES), 1.0, seed=0))
    by = {
        model: recovered(network, task, model, [settings | {"scope": "pooled"}])[0]
        for model, settings in (("masked-var", VAR | {"penalty": 0.1}), ("masked-lds", LDS | {"penalty": 0.1}))
    }
    assert by["masked-lds"].correlation > by["masked-var"].correlation


def test_no_edges_offered_are_no_edges_found():
    nothing = np.zeros((3, 3), dtype=bool)
    assert PlantedNetwork(np.eye(3), nothing, nothing, nothing).offered.n_edges == 0


def test_the_recorded_recovery_reaches_its_goals():
    found = json.loads(RECORDED.read_text(encoding="utf-8"))
    assert found["n_networks"] >= 5 and all(all(of.values()) for of in found["reached"].values())
    for goal, least in (("correlation", 0.9), ("auroc", 0.85)):
        for model in ("masked-var", "masked-lds"):
            assert found["noise"]["100"][model][goal]["ci"][0] >= least
