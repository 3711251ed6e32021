"""The stated coverage: surrogates resemble the losses, their mean is known, and hard cases are flagged."""

import numpy as np
import pytest
from scipy.signal import lfilter

from braincast.scoring.forecasting.blocks import CaseUnits, draw_blocks
from braincast.scoring.forecasting.calibration import (
    ENOUGH,
    Autoregression,
    coverage,
    fit_autoregression,
    less_biased,
    surrogates_of,
)

HASH = "0123456789abcdef" * 4


def autoregressive(coefficients, shape, seed=0) -> np.ndarray:
    noise = np.random.default_rng(seed).normal(size=(*shape[:-1], shape[-1] + 200))
    return np.asarray(lfilter([1.0], [1.0, *(-c for c in coefficients)], noise))[..., 200:]


def one_animal(n_cases: int, block: int):
    nothing = np.zeros(n_cases, dtype=np.int64)
    return draw_blocks(HASH, CaseUnits(nothing, nothing, nothing, block), 600), np.ones(n_cases, dtype=bool)


@pytest.mark.parametrize("coefficients", [(0.7,), (1.2, -0.5), (0.4, 0.0, 0.3)])
def test_a_known_autoregression_is_found_again(coefficients):
    found = fit_autoregression(list(autoregressive(coefficients, (3, 4000))))
    wanted = np.zeros(len(found.coefficients))
    wanted[: len(coefficients)] = coefficients
    np.testing.assert_allclose(found.coefficients, wanted, atol=0.06)


def test_white_noise_has_no_coefficients_to_speak_of():
    found = fit_autoregression(list(np.random.default_rng(1).normal(size=(4, 500))))
    assert np.abs(found.coefficients).max(initial=0) < 0.1 and found.gain == pytest.approx(1.0, abs=0.05)


def test_series_without_spread_have_surrogates_without_spread():
    resamples, within = one_animal(40, 5)
    surrogates, mean = surrogates_of(np.full(40, 0.5), resamples, within, 10)
    assert (surrogates == 0.5).all() and mean == 0.5


def test_drawn_series_have_unit_variance_and_the_models_correlation():
    drawn = Autoregression((0.8,), 1 / (1 - 0.64)).draw(np.random.default_rng(2), 500, 200)
    assert drawn.var() == pytest.approx(1.0, rel=0.05)
    assert np.mean(drawn[:, 1:] * drawn[:, :-1]) == pytest.approx(0.8, abs=0.03)


def test_short_series_look_less_persistent_than_they_are_and_the_correction_makes_up_for_it():
    rng = np.random.default_rng(3)
    plain, corrected = [], []
    for seed in range(30):
        series = autoregressive((0.9,), (1, 60), seed)
        fitted = fit_autoregression([series[0] - series[0].mean()], 1)
        plain.append(fitted.coefficients[0])
        corrected.append(less_biased(fitted, [60], rng).coefficients[0])
    assert np.mean(plain) < 0.88
    assert abs(np.mean(corrected) - 0.9) < abs(np.mean(plain) - 0.9)


def test_long_white_losses_are_covered_as_often_as_promised():
    resamples, within = one_animal(400, 8)
    share = coverage(np.random.default_rng(4).normal(size=400), resamples, within)
    assert 0.90 <= share <= 0.99


def test_blocks_shorter_than_the_memory_of_the_losses_are_found_out():
    resamples, within = one_animal(240, 4)
    assert coverage(autoregressive((0.95,), (240,)), resamples, within) < ENOUGH


def test_animals_differ_in_surrogates_as_much_as_in_the_losses():
    animal = np.repeat(np.arange(8), 30)
    resamples = draw_blocks(HASH, CaseUnits(animal, animal, np.zeros_like(animal), 5), 100)
    rng = np.random.default_rng(5)
    loss = rng.normal(size=240) + np.repeat(3 * rng.normal(size=8), 30)
    surrogates, mean = surrogates_of(loss, resamples, np.ones(240, dtype=bool), 300)
    assert mean == pytest.approx(loss.mean())
    between = surrogates.reshape(300, 8, 30).mean(axis=2).std(axis=1, ddof=1).mean()
    assert between == pytest.approx(loss.reshape(8, 30).mean(axis=1).std(ddof=1), rel=0.15)
    assert surrogates.mean() == pytest.approx(mean, abs=0.25)


def test_cases_outside_the_mask_play_no_part():
    resamples, _ = one_animal(100, 5)
    within = np.arange(100) < 60
    loss = np.random.default_rng(6).normal(size=100)
    other = np.where(within, loss, 1e6)
    assert coverage(loss, resamples, within) == coverage(other, resamples, within)
