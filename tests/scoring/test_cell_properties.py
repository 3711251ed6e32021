"""Properties of cells against closed forms: flash index, direction selectivity, preferred direction, tuning."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import pearsonr

from braincast.scoring.encoding.properties import (
    angular_distance_deg,
    best_frequency_hz,
    curve_correlation,
    direction_selectivity_index,
    flash_response_index,
    peak_response,
    preferred_direction_deg,
    tuning_curve,
)

ANGLES = 30.0 * np.arange(12)


def peaks_of(on: np.ndarray, off: np.ndarray | None = None) -> np.ndarray:
    """Curves [angle] to both contrasts at one speed, of one type."""
    both = np.stack([on, np.zeros_like(on) if off is None else off])
    return both[:, None, :, None]


def test_the_flash_index_is_that_of_its_definition():
    on, off = np.array([[0.0], [3.0], [1.0]]), np.array([[0.0], [-1.0], [0.5]])
    # Raised by 1: peaks 4 and 1.5.
    assert flash_response_index(on, off)[0] == pytest.approx((4 - 1.5) / (4 + 1.5))
    assert flash_response_index(off, on)[0] == pytest.approx(-(4 - 1.5) / (4 + 1.5))


@pytest.mark.parametrize("level", [0.0, -2.0, 5.0])
def test_a_type_that_does_not_move_or_moves_alike_has_no_polarity(level):
    still = np.full((4, 1), level)
    assert np.isnan(flash_response_index(still, still)[0])
    moving = level + np.array([[0.0], [1.0], [0.5]])
    assert np.isnan(flash_response_index(moving, moving)[0])


def test_a_cut_cosine_has_the_selectivity_of_its_fourier_series():
    curve = np.maximum(np.cos(np.radians(ANGLES - 90)), 0.0)
    peaks = peaks_of(curve)
    # Σ cos² over the half that answers is 3; Σ cos is 2 + √3.
    assert direction_selectivity_index(peaks, ANGLES)[0, 0] == pytest.approx(3 / (2 + np.sqrt(3)))
    assert preferred_direction_deg(peaks, ANGLES)[0, 0] == pytest.approx(90.0)


def test_one_direction_alone_is_1_an_even_answer_0_and_has_no_direction():
    one, even = np.eye(12)[4], np.ones(12)
    assert direction_selectivity_index(peaks_of(one), ANGLES)[0, 0] == pytest.approx(1.0)
    assert preferred_direction_deg(peaks_of(one), ANGLES)[0, 0] == pytest.approx(120.0)
    assert direction_selectivity_index(peaks_of(even), ANGLES)[0, 0] == 0.0
    assert np.isnan(preferred_direction_deg(peaks_of(even), ANGLES)[0, 0])


def test_the_weaker_contrast_counts_less():
    curve = np.maximum(np.cos(np.radians(ANGLES)), 0.0)
    on, off = direction_selectivity_index(peaks_of(curve, 0.1 * curve), ANGLES)[:, 0]
    assert off == pytest.approx(0.1 * on)


def test_silence_at_a_speed_is_no_selectivity_and_silence_at_all_no_answer():
    curve = np.eye(12)[0]
    peaks = np.concatenate([peaks_of(curve), peaks_of(0 * curve)], axis=1)
    assert direction_selectivity_index(peaks, ANGLES)[0, 0] == pytest.approx(0.5)
    assert np.isnan(direction_selectivity_index(0 * peaks, ANGLES)).all()
    assert np.isnan(preferred_direction_deg(0 * peaks, ANGLES)).all()


@given(st.lists(st.floats(0, 10), min_size=12, max_size=12).filter(lambda curve: max(curve) > 0.1), st.integers(0, 5))
def test_an_eye_turned_by_sixths_turns_preferred_directions_along(curve, sixths):
    curve = np.array(curve)
    peaks, turned = peaks_of(curve), peaks_of(np.roll(curve, 2 * sixths))
    first, second = (preferred_direction_deg(one, ANGLES)[0, 0] for one in (peaks, turned))
    before, after = (direction_selectivity_index(one, ANGLES)[0, 0] for one in (peaks, turned))
    assert after == pytest.approx(before, abs=2e-5)
    if before > 1e-3:
        assert angular_distance_deg(first + 60 * sixths, second) < 1e-3


@given(st.floats(1e-3, 1e3))
def test_properties_do_not_depend_on_the_unit_of_responses(scale):
    rng = np.random.default_rng(0)
    peaks, flashes = rng.uniform(size=(2, 3, 12, 4)), rng.normal(size=(2, 9, 4))
    index, direction = direction_selectivity_index(peaks, ANGLES), preferred_direction_deg(peaks, ANGLES)
    np.testing.assert_allclose(direction_selectivity_index(scale * peaks, ANGLES), index, atol=1e-12)
    np.testing.assert_allclose(preferred_direction_deg(scale * peaks, ANGLES), direction, atol=1e-9)
    np.testing.assert_allclose(flash_response_index(*scale * flashes), flash_response_index(*flashes), atol=1e-12)


def test_curves_are_means_over_speeds_and_their_correlation_is_scipys():
    rng = np.random.default_rng(1)
    peaks, published = rng.uniform(size=(2, 3, 12, 2)), rng.uniform(size=(12, 2))
    curve = tuning_curve(peaks)[0]
    np.testing.assert_allclose(curve, peaks[0].mean(axis=0))
    expected = [pearsonr(curve[:, k], published[:, k])[0] for k in range(2)]
    np.testing.assert_allclose(curve_correlation(curve, published), expected)
    assert np.isnan(curve_correlation(np.ones((12, 2)), published)).all()


def test_a_peak_is_rectified():
    assert peak_response(np.array([[-1.0, 2.0], [-3.0, 1.0]])).tolist() == [0.0, 2.0]


def test_the_best_frequency_has_the_largest_response_and_none_where_all_are_alike():
    responses = np.array([[0.1, 1.0], [0.3, 1.0], [0.2, 1.0]])
    found = best_frequency_hz(responses, np.array([0.5, 1.0, 2.0]))
    assert found[0] == 1.0 and np.isnan(found[1])


def test_directions_are_at_most_180_degrees_apart():
    assert angular_distance_deg(np.array([350.0, 0.0, 90.0]), np.array([10.0, 180.0, 90.0])).tolist() == [20, 180, 0]
