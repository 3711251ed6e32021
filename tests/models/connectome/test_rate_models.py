"""The rate models in the house: described, fitted to brains of unlike wiring, saved, audited."""

from pathlib import Path

import numpy as np
import pytest
from made_wired import wired_matrix, wired_task

from braincast.brain.specimen_nulls import with_wiring
from braincast.experiments.leakage.audit import audit
from braincast.models.blackbox.learning import SHARED
from braincast.models.interface import Learner
from braincast.models.registry import load_model
from braincast.training.checkpoint import load_fit, save_fit
from braincast.training.fit import fit

NAMES = ("rate-network", "rate-residual")
PAGE = Path(__file__).parents[3] / "docs" / "concepts" / "graph-networks.md"


@pytest.fixture(scope="module")
def task():
    return wired_task([wired_matrix(5, seed=seed) for seed in range(2)], 160)


def quick(name: str, **settings):
    """One candidate and few steps."""
    return {**load_model(name).candidates[0], "steps": 20, "every": 10, "batch": 8, **settings}


@pytest.mark.parametrize("name", NAMES)
def test_each_rate_model_describes_itself(name):
    model = load_model(name)
    assert isinstance(model, Learner) and model.card.uses_connectome
    assert f"\n## `{name}`\n" in PAGE.read_text(encoding="utf-8")
    for settings in model.candidates:
        assert set(settings) == set(model.card.settings)
        assert {key: model.card.settings[key].checked(value, key) for key, value in settings.items()} == settings
    assert set(SHARED) <= set(model.card.settings)


@pytest.mark.slow
@pytest.mark.parametrize("name", NAMES)
def test_each_is_fitted_to_brains_of_unlike_wiring_and_saved(name, task, tmp_path):
    fitted = fit(name, task, settings=quick(name, deviation=1.0, observation="calcium"), seed=1)
    answer = fitted.forecast(task.cases()).values
    assert np.isfinite(answer).all() and (np.diff(answer, axis=-1) >= 0).all()
    loaded = load_fit(save_fit(fitted, tmp_path / "fit"), task)
    np.testing.assert_array_equal(loaded.forecast(task.cases()).values, answer)
    assert not any("wirings" in array for array in fitted.folds[0].parameters)


@pytest.mark.slow
@pytest.mark.parametrize("name", NAMES)
def test_each_passes_the_audit_on_a_wired_task(name, task):
    assert audit(name, task, settings=quick(name)).passed


@pytest.mark.slow
def test_rates_on_the_wiring_come_nearer_to_the_brain_than_without_edges(task):
    settings = quick("rate-network", steps=300, every=100, learning_rate=0.01, nonlinearity="identity", signs="edge")
    true = fit("rate-network", task, settings=settings)
    none = fit("rate-network", task, settings=settings, structure=with_wiring(task.structure, "no-edges", 0))
    assert true.validation_loss < none.validation_loss - 0.01
