"""Probes on brains whose every effect is known, and on brains without any."""

from dataclasses import dataclass, replace

import numpy as np
import pytest
import xarray as xr
from made_circuits import ALONE, HUB, N_NEURONS, circuit_matrix, circuit_task, linear_activity, standardised_truth
from made_imputations import imputation_task
from made_recordings import made_dataset, made_recording, made_task
from made_windows import task_on
from refusals import refused
from sklearn.metrics import roc_auc_score

from braincast.dynamics import lorenz
from braincast.experiments.known_brains import FORECAST, PERTURBATION, brain, perturbed
from braincast.experiments.probes.attribute import importance, probe_attribute
from braincast.experiments.probes.chosen import named, of_type, others
from braincast.experiments.probes.dimension import Dimension, probe_dimension
from braincast.experiments.probes.jacobian import mean_jacobian, probe_jacobian, spectrum
from braincast.experiments.probes.lesion import probe_lesion
from braincast.experiments.probes.significance import holm, off_diagonal, pooled_p, stratified_p
from braincast.experiments.probes.stimulate import impulse_response, probe_stimulate
from braincast.experiments.probes.subject import Subject
from braincast.experiments.ranks import rank_p
from braincast.training.fit import fit

SETTINGS = {"order": 1, "penalty": 1e-2, "towards": "own-past", "scope": "pooled"}
PAIRS = off_diagonal(N_NEURONS)


@pytest.fixture(scope="module")
def subject() -> Subject:
    """A good linear fit to the circuit."""
    return Subject(fit("var", circuit_task(circuit_matrix(), 3000, seed=0), settings=SETTINGS), n_states=80)


@pytest.fixture(scope="module")
def truth(subject) -> np.ndarray:
    return standardised_truth(circuit_matrix(), subject.task)


def test_the_jacobian_of_a_vector_autoregression_is_its_coefficient_matrix(subject):
    weights = subject.fitted.folds[0].weights[0]
    np.testing.assert_allclose(mean_jacobian(subject)[0], weights, atol=2e-5)
    deeper = Subject(fit("var", subject.task, settings={**SETTINGS, "order": 2}), n_states=5)
    older, newer = np.split(deeper.fitted.folds[0].weights[0], 2)
    np.testing.assert_allclose(mean_jacobian(deeper, 2), [newer, older], atol=5e-5)


def test_the_jacobian_of_a_good_fit_is_that_of_the_brain_and_tells_its_wiring(subject, truth):
    found = probe_jacobian(subject, n_draws=99, n_refits=2)
    assert np.corrcoef(found.matrix[PAIRS], truth[PAIRS])[0, 1] > 0.9
    told = found.summary["agreement"]
    edges = circuit_matrix().T[PAIRS] != 0
    assert told.auroc == pytest.approx(roc_auc_score(edges, np.abs(found.matrix[PAIRS])))
    assert told.auroc > 0.95 and told.correlation > 0.9 and told.signed and found.p == 0.01
    fitted = np.linalg.eigvals(subject.fitted.folds[0].weights[0])
    assert found.summary["spectral_radius"] == pytest.approx(np.abs(fitted).max(), abs=1e-3)
    significant = found.effects[found.effects["q"] <= 0.05]
    assert (found.effects["effect"].abs().diff().dropna() <= 0).all() and len(significant) >= 0.9 * edges.sum()


def test_agreement_of_a_model_that_was_told_the_wiring_is_no_evidence(subject):
    wired = fit("masked-var", subject.task, settings=FORECAST.settings)
    found = probe_jacobian(Subject(wired, n_states=5), n_draws=19, n_refits=0)
    assert found.summary["agreement"].told and found.summary["agreement"].auroc == 1.0 and found.p is None
    assert found.summary["significant_pairs"] is None and found.effects["q"].isna().all()


def test_eigenvalues_of_a_map_of_two_frames_are_the_roots_of_its_polynomial():
    blocks = np.array([[[0.9]], [[-0.5]]])
    np.testing.assert_allclose(np.sort_complex(spectrum(blocks)), np.sort_complex(np.roots([1, -0.9, 0.5])), atol=1e-12)


@pytest.mark.slow
def test_the_jacobian_of_a_fit_to_a_chaotic_brain_is_that_of_its_equations():
    state, frames = lorenz.advanced(np.random.default_rng(0).normal(8, 1, 6), 5.0), []
    for _ in range(600):
        state = lorenz.advanced(state, 0.05)
        frames.append(state)
    task = made_task(made_dataset(made_recording(np.array(frames))), context=4, horizon=2)
    chosen = Subject(fit("nvar", task, settings={"order": 1, "penalty": 1e-4}), n_states=15)
    scale, push = task.recordings[0].scale, 1e-4 * np.eye(6)
    raw = chosen.states[0].contexts[:, -1].astype(float) * scale.deviation + scale.mean
    slopes = [(lorenz.advanced(raw + h, 0.05) - lorenz.advanced(raw - h, 0.05)).mean(axis=0) / 2e-4 for h in push]
    expected = np.array(slopes) * scale.deviation[:, None] / scale.deviation
    found, pairs = mean_jacobian(chosen)[0], off_diagonal(6)
    assert np.corrcoef(found[pairs], expected[pairs])[0, 1] > 0.9


@dataclass(frozen=True)
class Saturating:
    """x' = tanh(W x), whose slopes are known."""

    weights: np.ndarray
    n_parameters: int = 0

    def forecast(self, cases, prepared):
        return np.tanh(cases.contexts()[:, -1:].astype(float) @ self.weights)


def test_slopes_of_a_nonlinear_map_are_averaged_over_states(subject):
    weights = np.random.default_rng(1).normal(0, 0.3, (N_NEURONS, N_NEURONS))
    made = Subject(replace(subject.fitted, folds=(Saturating(weights),)), n_states=10)
    inner = made.states[0].contexts[:, -1].astype(float) @ weights
    expected = (weights * (1 - np.tanh(inner) ** 2)[:, None, :]).mean(axis=0)
    np.testing.assert_allclose(mean_jacobian(made)[0], expected, atol=1e-4)


def test_a_push_spreads_as_powers_of_the_brain_s_matrix(subject, truth):
    pushed, weights = np.array([HUB]), subject.fitted.folds[0].weights[0]
    found = impulse_response(subject, pushed, 5, size=0.5)
    powers = [0.5 * np.linalg.matrix_power(weights, lead)[HUB] for lead in range(1, 6)]
    np.testing.assert_allclose(found, powers, atol=1e-5)
    known = np.array([0.5 * np.linalg.matrix_power(truth, lead)[HUB] for lead in range(1, 6)])
    assert np.corrcoef(found[:, 1:].ravel(), known[:, 1:].ravel())[0, 1] > 0.9


def test_pushing_the_hub_moves_more_than_pushing_others_and_its_targets_respond(subject):
    hub = probe_stimulate(subject, np.array([HUB]), n_refits=2)
    assert hub.p == pytest.approx(1 / N_NEURONS) and len(hub.effects) == 2 * N_NEURONS
    responders = set(hub.effects.loc[hub.effects["p_holm"] <= 0.05, "post"])
    assert {f"n{number}" for number in range(1, 11)} <= responders and f"n{ALONE}" not in responders
    alone = probe_stimulate(subject, np.array([ALONE]), n_refits=2)
    assert alone.p > 0.5 and alone.summary["p_unrelated"] > 0.05 and alone.summary["significant_responders"] == 0


def test_silencing_the_hub_costs_more_than_silencing_others_and_a_neuron_without_partners_nothing(subject):
    hub = probe_lesion(subject, np.array([HUB]), n_refits=2)
    assert hub.p == pytest.approx(1 / N_NEURONS) and hub.summary["p_unrelated"] <= 0.05
    assert set(hub.effects["post"][:5]) <= {f"n{number}" for number in range(1, 11)}
    alone = probe_lesion(subject, np.array([ALONE]), n_refits=2)
    assert alone.p > 0.2 and alone.summary["p_unrelated"] > 0.05 and alone.summary["significant_responders"] == 0


def test_attribution_finds_who_is_presynaptic(subject):
    edges = circuit_matrix().T[PAIRS] != 0
    assert roc_auc_score(edges, importance(subject)[PAIRS]) > 0.9
    found = probe_attribute(subject, 3, n_draws=99, n_refits=1)
    assert (
        set(found.effects["pre"][:2]) == {f"n{HUB}", "n1"} and found.p <= 0.05 and found.effects["post"].eq("n3").all()
    )


def test_dimension_is_that_of_what_moves():
    latent = linear_activity(0.8 * np.eye(3), 1500, seed=1)
    loading = np.linalg.qr(np.random.default_rng(2).normal(size=(12, 3)))[0].T
    frames = 5 * latent @ loading + 0.1 * np.random.default_rng(3).normal(size=(1500, 12))
    low = probe_dimension(Subject(fit("var", _plain(frames), settings=SETTINGS)), n_draws=39)
    assert 2 < low.own < 3.3 and low.summary["n_components"] <= 3 and low.p == pytest.approx(1 / 40)
    assert 2 < low.summary["recording"].participation_ratio < 3.3 < low.summary["recording_unrelated"]
    brains = [_plain(linear_activity(0.7 * np.eye(12), 800, seed=seed)) for seed in range(6)]
    alone = [probe_dimension(Subject(fit("ar", brain)), n_draws=39).p for brain in brains]
    assert sum(p <= 0.05 for p in alone) <= 2  # chance leaves more in one of 500 such sixes


def test_the_participation_ratio_of_equal_directions_is_their_number():
    frames = np.kron(np.eye(5), [[1.0], [-1.0]]) @ np.linalg.qr(np.random.default_rng(0).normal(size=(5, 5)))[0]
    found = Dimension.of(frames)  # the rotation's last bits are the processor's
    assert (found.participation_ratio, found.n_components) == (pytest.approx(5, rel=1e-14), 5)
    assert Dimension.of(np.ones((4, 3))) == Dimension(0.0, 0)


@pytest.mark.slow
def test_of_unrelated_neurons_nothing_is_significant_beyond_chance():
    p, alarms = [], []
    for seed in range(6):
        task = circuit_task(0.6 * np.eye(N_NEURONS), 800, seed=seed, wires=circuit_matrix())
        one = Subject(fit("var", task, settings=SETTINGS), n_states=20)
        found = probe_jacobian(one, n_draws=99, n_refits=2, seed=seed)
        pushed, silenced = (of(one, np.array([seed]), n_refits=2) for of in (probe_stimulate, probe_lesion))
        p += [found.p, pushed.p, silenced.p]
        alarms.append((found.effects["q"] <= 0.05).any())
        alarms += [one.summary["significant_responders"] > 0 for one in (pushed, silenced)]
    # Of 18 tests at 0.05 chance leaves more than four significant in one of 600 cases.
    assert sum(np.array(p) <= 0.05) <= 4 and sum(alarms) <= 4


def test_ranks_and_their_corrections():
    null = np.array([0.1, 0.5, 0.5, 0.9])
    assert rank_p(0.5, null) == pytest.approx(4 / 5) and rank_p(1.0, null) == pytest.approx(1 / 5)
    own = np.array([0.0, 0.5, 0.7, 2.0])
    np.testing.assert_allclose(pooled_p(own, null), [rank_p(value, null) for value in own])
    # Holm (1979): the smallest three times, the next twice, never less than the one before.
    np.testing.assert_allclose(holm(np.array([0.04, 0.01, 0.03])), [0.06, 0.03, 0.06])


def test_effects_on_edges_that_a_model_was_told_are_compared_with_effects_on_such_edges():
    own, direct = np.array([0.3, 0.0, np.nan]), np.array([True, False, False])
    null = [np.array([0.4, 0.0, 0.0]), np.array([0.2, 0.0, np.nan])]
    np.testing.assert_allclose(stratified_p(own, null, direct), [2 / 3, 1.0, np.nan])
    task = circuit_task(0.6 * np.eye(N_NEURONS), 800, seed=1, wires=circuit_matrix())
    wired = Subject(fit("masked-var", task, settings=FORECAST.settings), n_states=5)
    found = probe_jacobian(wired, n_draws=9, n_refits=1).effects
    edges = found[(found["pre"] != found["post"]) & (found["effect"] != 0)]
    assert len(edges) == (circuit_matrix()[PAIRS] != 0).sum() and 0.2 < edges["p"].mean() < 0.8


def test_neurons_are_found_by_name_and_by_type_and_others_are_never_among_them(subject):
    assert named(subject.task, ["n5", "n2"]).tolist() == [2, 5]
    regions = set(subject.task.structure.connectomes[0].neurons["region"])
    assert sum(len(of_type(subject.task, region)) for region in regions) == N_NEURONS
    sets = others(N_NEURONS, np.array([1, 2]), 30, seed=0)
    assert all(len(each) == 2 and not {1, 2} & set(each) for each in sets)
    assert [each.tolist() for each in others(4, np.array([1]), 99, seed=0)] == [[0], [2], [3]]
    with refused("E308", "n99"):
        named(subject.task, ["n99"])
    with refused("E308", "twice"):
        named(subject.task, ["n1", "n1"])
    with refused("E308", "no-such"):
        of_type(subject.task, "no-such")
    with refused("E711", "compare"):
        others(4, np.array([0, 1]), 9, seed=0)
    with refused("E305", "--frames"):
        probe_jacobian(subject, n_frames=9)


def test_probes_are_of_forecasts_alone(subject):
    perturbation = perturbed(brain(PERTURBATION, seed=0, own_wiring=True))
    for task in (perturbation, imputation_task()):
        with refused("E711", task.name):
            Subject(replace(subject.fitted, task=task))


def test_a_model_runs_on_past_its_horizon_only_where_no_stimulus_is_missing():
    shown = xr.DataArray(np.tile([[0.0], [1.0]], (150, 1)), dims=("time", "feature"), coords={"feature": ["light"]})
    shown.attrs["units"] = "1"
    task = task_on(linear_activity(0.5 * np.eye(4), 300, seed=0), context=4, horizon=2, stimuli=[shown])
    one = Subject(fit("var", task, settings=SETTINGS), n_states=5)
    assert impulse_response(one, np.array([0]), 2).shape == (2, 4)
    with refused("E711", "--leads"):
        impulse_response(one, np.array([0]), 3)


def _plain(frames: np.ndarray):
    return made_task(made_dataset(made_recording(frames)), context=4, horizon=2)
