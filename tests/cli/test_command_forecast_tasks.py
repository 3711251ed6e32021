"""The forecast tasks of the README as a newcomer runs them, against figures known from outside."""

import numpy as np
import pytest
from command_line import one_document, with_home
from fetched import fetched

from braincast.datasets.cache import home

pytestmark = pytest.mark.slow


def run(braincast, *words):
    """The document of a run, by name the mean absolute error at each lead."""
    process = braincast("run", *words, "--json", timeout_s=900)
    assert process.returncode == 0, process.stderr
    document = one_document(process.stdout)
    return document, {name: model["metrics"]["mae"]["by_lead"] for name, model in document["models"].items()}


def test_on_the_worm_the_pooled_linear_model_on_increments_beats_persistence_at_every_lead(test_data, tmp_path):
    document, by_lead = run(with_home(tmp_path / "home"), "worm-forecast", "--data", test_data)
    assert by_lead["persistence"][0] == pytest.approx(0.304, abs=0.001)
    assert by_lead["persistence"][-1] == pytest.approx(0.616, abs=0.001)
    assert by_lead["pooled-linear"][-1] <= 0.56
    assert all(np.array(by_lead["pooled-linear"]) < by_lead["persistence"])
    assert document["intervals"]["within_one_animal"] and document["intervals"]["n_animals"] == 1


def test_in_human_brains_linear_models_reach_nine_tenths_of_the_means_error():
    fetched("human-hcp")
    document, by_lead = run(with_home(home()), "human-forecast")
    share = {name: np.mean(errors) / np.mean(by_lead["mean"]) for name, errors in by_lead.items()}
    first = {name: errors[0] / by_lead["mean"][0] for name, errors in by_lead.items()}
    assert share[document["headline"]] <= 0.90 and first[document["headline"]] <= 0.80
    assert document["intervals"]["n_animals"] == 7
    mae = document["models"][document["headline"]]["metrics"]["mae"]
    assert all(lower < value < upper for value, (lower, upper) in zip(mae["by_lead"], mae["by_lead_ci"], strict=True))
