import numpy as np
import pandas as pd
import pytest
import xarray as xr
from hypothesis import given, settings
from hypothesis import strategies as st
from refusals import refused

from braincast.brain.recording import Recording
from braincast.brain.surrogates import phase_randomised, surrogate


def coupled(n_frames: int = 2000, n_neurons: int = 4, seed: int = 0) -> np.ndarray:
    """Slow activity that all neurons share, and some of their own."""
    rng = np.random.default_rng(seed)
    noise = rng.normal(size=(n_frames, n_neurons)) + 2 * rng.normal(size=(n_frames, 1))
    smooth = [np.convolve(column, np.ones(5), "same") for column in noise.T]
    return np.stack(smooth, axis=1) + np.array([1.0, -2.0, 30.0, 0.0])


def cross_correlations(activity: np.ndarray) -> np.ndarray:
    return np.corrcoef(activity.T)[np.triu_indices(activity.shape[1], 1)]


@settings(max_examples=25, deadline=None)
@given(n_frames=st.integers(1, 40), seed=st.integers(0, 1000), independent=st.booleans())
def test_spectrum_mean_and_variance_stay(n_frames, seed, independent):
    activity = np.random.default_rng(seed).normal(3, 2, (n_frames, 3))
    made = phase_randomised(activity, seed=seed, independent=independent)
    np.testing.assert_allclose(np.abs(np.fft.rfft(made, axis=0)), np.abs(np.fft.rfft(activity, axis=0)), atol=1e-9)
    np.testing.assert_allclose(made.mean(0), activity.mean(0), atol=1e-12)
    np.testing.assert_allclose(made.var(0), activity.var(0), atol=1e-10)


def test_independent_phases_destroy_correlation_between_neurons():
    activity = coupled()
    assert cross_correlations(activity).min() > 0.7
    # Neighbouring frames are alike, so that 2,000 of them are worth some hundreds.
    assert np.abs(cross_correlations(phase_randomised(activity, seed=1))).max() < 0.25


def test_shared_phases_keep_correlation_at_every_lag():
    activity = coupled()
    made = phase_randomised(activity, seed=1, independent=False)
    for lag in (0, 3, 500):
        before, after = (x.T @ np.roll(x, lag, axis=0) for x in (activity, made))
        np.testing.assert_allclose(after, before, rtol=1e-9, atol=1e-6)
    assert np.abs(made - activity).max() > 1


def test_the_same_seed_gives_the_same_surrogate_and_another_seed_another():
    activity = coupled(50)
    first, again, other = (phase_randomised(activity, seed=seed) for seed in (4, 4, 5))
    assert (first == again).all() and (first != other).any()
    assert phase_randomised(activity.astype(np.float32), seed=4).dtype == np.float32


def test_a_missing_value_is_refused():
    with refused("E110"):
        phase_randomised(np.array([[1.0], [np.nan]]), seed=0)


def test_a_recording_is_randomised_within_its_conditions_only():
    activity = coupled(300)
    conditions = pd.DataFrame({"name": ["a", "b"], "start": [0, 120], "stop": [100, 300]})
    track = xr.DataArray(np.zeros((300, 1)), dims=("time", "feature"))
    recording = Recording(activity, tuple("wxyz"), None, "dF/F", stimulus=track, conditions=conditions)
    made = surrogate(recording, seed=2)
    for span in (slice(0, 100), slice(120, 300)):
        assert made.activity[span].mean(0) == pytest.approx(activity[span].mean(0))
        assert (made.activity[span] != activity[span]).all()
    np.testing.assert_array_equal(made.activity[100:120], activity[100:120])
    assert made.stimulus is None and made.neurons == recording.neurons
    whole = surrogate(Recording(activity, tuple("wxyz"), None, "dF/F"), seed=2)
    assert whole.activity.mean(0) == pytest.approx(activity.mean(0))
