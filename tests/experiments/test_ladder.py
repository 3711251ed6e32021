"""The ladder of detail: which rung is the simplest that none beats, on brains where one knows."""

import json

import numpy as np
import pytest
from made_brains import made_task
from made_recordings import made_dataset, made_recording
from made_recordings import made_task as recorded_task
from refusals import refused

from braincast.experiments.ladder import climb, ladder_configuration, rungs_of
from braincast.models.registry import load_model
from braincast.reports.ladder import ladder_page
from braincast.tasks.registry import task_card


def alone(n_frames: int = 900, n_neurons: int = 4) -> np.ndarray:
    """Neurons that remember their own past and know nothing of each other."""
    rng = np.random.default_rng(3)
    activity = np.zeros((n_frames, n_neurons))
    for frame in range(1, n_frames):
        activity[frame] = 0.8 * activity[frame - 1] + rng.normal(size=n_neurons)
    return activity.astype(np.float32)


@pytest.fixture(scope="module")
def result():
    task = recorded_task(made_dataset(made_recording(alone())))
    return climb(task, ladder_configuration(task.card, "mean,ar,var,reduced-rank-var"))


def test_where_neurons_know_nothing_of_each_other_the_simplest_rung_is_each_neuron_s_own_past(result):
    tied = {rung.name: rung.tied for rung in result.rungs}
    assert not tied["mean"] and tied["ar"] and result.simplest == "ar"
    assert result.best in ("ar", "var", "reduced-rank-var")
    assert "each neuron's own past" in result.sentence


def test_every_rung_says_what_it_reaches_and_takes(result):
    document = json.loads(json.dumps(result.to_dict(), allow_nan=False))
    assert [rung["name"] for rung in document["rungs"]] == ["mean", "ar", "var", "reduced-rank-var"]
    parameters = [rung["parameters"] for rung in document["rungs"]]
    assert parameters[0] < parameters[1] < parameters[2]
    for rung in document["rungs"]:
        assert rung["value"] > 0 and rung["validation"] > 0 and rung["fit_s"] > 0
        assert (rung["difference"] is None) == (rung["name"] == document["best"])
    assert document["wiring"] == {}


def test_the_page_names_every_rung_and_the_answer(result):
    page = ladder_page({**result.to_dict(), "task": "<b>attack"})
    assert "<b>attack" not in page and "The simplest rung that is tied" in page
    assert all(rung.detail.split()[0] in page for rung in result.rungs) and page.count("<svg") >= 3


def test_rungs_on_the_wiring_stand_beside_their_nulls():
    task = made_task()
    found = climb(task, ladder_configuration(task.card, "constant,signed-propagator"))
    (verdict,) = found.verdicts
    assert verdict.model == "signed-propagator" and verdict.answer == "cannot tell"
    assert {arm.arm for arm in verdict.arms} >= {"identity-permuted", "degree-preserving", "no-edges"}
    assert "cannot be told" in ladder_page(found.to_dict())


@pytest.mark.parametrize("name", ["worm-perturbation", "worm-forecast", "human-forecast", "zebrafish-regions"])
def test_a_ladder_begins_with_a_constant_and_ends_with_what_peptides_say(name):
    rungs = rungs_of(task_card(name))
    assert len(rungs) == 8 and rungs[0].detail == "a constant" and "peptides" in rungs[-1].detail
    wired = [load_model(rung.model).card.uses_connectome for rung in rungs]
    assert wired[-3:] == [True, True, True] and not any(wired[:3])


def test_all_that_learn_by_gradient_have_the_same_budget():
    entrants = [rung.entrant(2) for rung in rungs_of(task_card("worm-forecast"))]
    steps = {entrant.name: dict(entrant.settings).get("steps") for entrant in entrants}
    assert steps["gru"] == steps["rate-network"] == steps["rate-network+slow"] and steps["var"] is None
    assert {entrant.name: len(entrant.replicates) for entrant in entrants}["gru"] == 2


def test_what_is_no_rung_is_refused():
    with refused("E303", "rung"):
        rungs_of(task_card("worm-forecast"), "mean,nonsense")
    with refused("E305", "--seeds"):
        ladder_configuration(task_card("worm-forecast"), n_seeds=0)
