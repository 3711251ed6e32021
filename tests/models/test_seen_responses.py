"""What responses to other stimuli say: against loops written out, and never from a stimulus of the case's own class."""

import numpy as np
import pytest
from synthetic import small_task

from braincast.models.responses.propensity import other_classes
from braincast.models.responses.seen_responses import SeenResponses, response_features

TASK = small_task()
TRAINING = TASK.training(0)
SEEN = SeenResponses.of(TRAINING)
KEEP = other_classes(TRAINING.cases)
LIKE = {"at_random": np.random.default_rng(1).random((len(TASK.card.neurons),) * 2)}


def features(seen=SEEN, keep=KEEP, drive=TRAINING.cases.drive):
    return response_features(seen, drive, keep, LIKE)


def shrunk_correlation(values, measured, rows, own, other):
    """Correlation over the rows where both were measured, around each neuron's mean over its own rows."""
    m = measured[rows]
    mean = values[rows].sum(axis=0) / (m.sum(axis=0) + 1)
    centred = (values[rows] - mean) * m
    spread = np.sqrt((centred**2).sum(axis=0) / (m.sum(axis=0) + 1) + 0.01)
    shared = (m[:, own] * m[:, other]).sum()
    return (centred[:, own] * centred[:, other]).sum() / spread[own] / spread[other] / (shared + 10)


def test_the_amplitude_covariance_is_the_shrunk_correlation_over_stimuli_of_other_classes():
    found = features()["amplitude_covariance"]
    for case in (0, 7, 20):
        own = int(TRAINING.cases.members[case, 0])
        rows = KEEP[case] > 0
        for other in (1, 12, 30):
            if other != own:
                expected = shrunk_correlation(SEEN.amplitude, SEEN.measured, rows, own, other)
                assert found[case, other] == pytest.approx(expected, abs=1e-12)
        assert found[case, own] == 0


def test_the_class_covariance_averages_over_all_pairs_of_the_two_classes():
    case, other = 3, 25
    own = int(TRAINING.cases.members[case, 0])
    classmates = np.flatnonzero(SEEN.neuron_class == SEEN.neuron_class[own])
    others = np.flatnonzero(SEEN.neuron_class == SEEN.neuron_class[other])
    rows = KEEP[case] > 0
    pairs = [(a, b) for a in classmates for b in others]
    values = [0.0 if a == b else shrunk_correlation(SEEN.amplitude, SEEN.measured, rows, a, b) for a, b in pairs]
    assert features()["class_covariance"][case, other] == pytest.approx(np.mean(values), abs=1e-12)


def test_answers_to_like_stimuli_are_a_shrunk_weighted_mean():
    case, neuron = 5, 18
    own = int(TRAINING.cases.members[case, 0])
    stimulated = SEEN.drive.argmax(axis=1)
    weights = np.where(stimulated == own, 0.0, LIKE["at_random"][own, stimulated]) * KEEP[case]
    measured = SEEN.measured[:, neuron]
    mean = (KEEP[case] * SEEN.amplitude[:, neuron]).sum() / ((KEEP[case] * measured).sum() + 1)
    beyond = (weights * (SEEN.amplitude[:, neuron] - mean) * measured).sum()
    expected = beyond / ((weights * measured).sum() + 0.6 * weights.max())
    assert features()["amplitude_like_at_random"][case, neuron] == pytest.approx(expected, abs=1e-8)


def test_the_reverse_features_hold_the_answer_of_the_stimulated_neuron():
    found = features()
    case = 2
    own = int(TRAINING.cases.members[case, 0])
    for row, other in enumerate(SEEN.drive.argmax(axis=1)):
        allowed = KEEP[case, row] > 0 and SEEN.measured[row, own] > 0
        expected = SEEN.amplitude[row, own] if allowed else 0.0
        assert found["reverse_amplitude"][case, other] == pytest.approx(expected, abs=1e-12)


def test_no_feature_of_a_training_case_looks_at_a_stimulus_of_its_own_class():
    rng = np.random.default_rng(2)
    groups = np.array(TRAINING.cases.group)
    for group in sorted(set(groups))[:6]:
        own = groups == group
        amplitude, responded = SEEN.amplitude.copy(), SEEN.responded.copy()
        amplitude[own] = rng.normal(size=amplitude[own].shape) * SEEN.measured[own]
        responded[own] = rng.integers(0, 2, size=responded[own].shape) * SEEN.measured[own]
        changed = SeenResponses(SEEN.drive, SEEN.measured, responded, amplitude, SEEN.neuron_class)
        before, after = features(), features(changed)
        for name, values in before.items():
            np.testing.assert_allclose(after[name][own], values[own], atol=1e-12, err_msg=name)
        assert any((after[name][~own] != values[~own]).any() for name, values in before.items())


def test_a_held_out_case_is_described_with_every_training_stimulus():
    held = TASK.cases("test", fold=0).drive
    described = features(keep=SEEN.all_kept(len(held)), drive=held)
    rows = TASK.cases("test", fold=0).members[:, 0]
    for case, own in enumerate(rows):
        other = (int(own) + 5) % held.shape[1]
        expected = shrunk_correlation(SEEN.amplitude, SEEN.measured, np.ones(len(SEEN.drive), dtype=bool), own, other)
        assert described["amplitude_covariance"][case, other] == pytest.approx(expected, abs=1e-12)
    for values in described.values():
        assert values.shape == held.shape and np.isfinite(values).all()
