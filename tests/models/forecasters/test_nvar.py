"""Nonlinear vector autoregression."""

import numpy as np
import pytest
from made_recordings import made_dataset, made_recording, made_task
from refusals import refused
from sklearn.preprocessing import PolynomialFeatures

from braincast.models.forecasters.nvar import products
from braincast.training.checkpoint import load_fit, save_fit
from braincast.training.fit import fit

SETTINGS = {"factors": 2, "order": 1, "degree": 2, "penalty": 1e-9}


def two_maps(n_frames: int = 400) -> np.ndarray:
    """The map of Hénon (1976), which is a product of two of its own values away from linear."""
    state = np.zeros((n_frames, 2))
    for frame in range(1, n_frames):
        x, y = state[frame - 1]
        state[frame] = 1 - 1.4 * x**2 + y, 0.3 * x
    return state.astype(np.float32)


@pytest.fixture(scope="module")
def task():
    return made_task(made_dataset(made_recording(two_maps())), horizon=1)


def test_products_are_those_of_scikit_learn():
    values = np.random.default_rng(0).normal(size=(5, 3))
    for degree in (1, 2, 3):
        expected = PolynomialFeatures(degree, include_bias=False).fit_transform(values)
        np.testing.assert_allclose(products(values, degree), expected)


def test_it_finds_a_law_that_is_a_product(task):
    held = task.training(0).validation
    loss = {model: fit(model, task, settings=own).validation_loss for model, own in (("nvar", SETTINGS), ("var", {}))}
    assert loss["nvar"] < 1e-3 * np.abs(held.truth).mean() < 0.1 * loss["var"]


def test_too_many_products_are_refused(task):
    with refused("E306", "products"):
        fit("nvar", made_task(), settings={"factors": 5, "order": 6, "degree": 4})


def test_a_saved_fit_answers_the_same(task, tmp_path):
    fitted = fit("nvar", task, settings=SETTINGS)
    again = load_fit(save_fit(fitted, tmp_path / "fit"), task)
    assert (again.forecast(task.cases()).values == fitted.forecast(task.cases()).values).all()
