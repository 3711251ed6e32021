"""A sweep tries a model's own candidates, then what follows from the seed and the trials before it."""

from dataclasses import replace

import numpy as np
import pytest
from made_recordings import random_walks
from made_sweeps import Level, untimed, walks_specimens, walks_task
from refusals import refused
from synthetic import small_task

from braincast.experiments.sweeps.folder import SweepFolder
from braincast.experiments.sweeps.proposals import importance, proposed
from braincast.experiments.sweeps.sweep import sweep
from braincast.experiments.sweeps.trials import as_text
from braincast.models.registry import load_model
from braincast.models.space import Choices, Range
from braincast.tasks.forecasting.task import ForecastTask
from braincast.training.fit import fit

NAME, N_TRIALS = "pooled-linear", 18


@pytest.fixture(scope="module")
def task():
    return walks_task()


@pytest.fixture(scope="module")
def swept(task):
    return sweep(NAME, task, n_trials=N_TRIALS, seed=3)


def test_the_models_own_candidates_are_tried_first_and_the_best_is_never_worse(task, swept):
    own = load_model(NAME).candidates
    assert [trial.settings for trial in swept.trials[: len(own)]] == list(own)
    alone = fit(NAME, task).validation_loss
    assert min(trial.validation for trial in swept.trials[: len(own)]) == pytest.approx(alone, abs=0)
    assert swept.best.validation < alone
    assert swept.best.validation == min(trial.validation for trial in swept.trials)


def test_a_trial_has_the_validation_error_of_a_fit_with_its_settings(task, swept):
    for trial in (swept.trials[0], swept.best):
        assert fit(NAME, task, seed=3, settings=trial.settings).validation_loss == trial.validation


def test_the_same_seed_gives_the_same_trials_and_another_seed_others(task, swept):
    assert untimed(sweep(NAME, task, n_trials=N_TRIALS, seed=3).trials) == untimed(swept.trials)
    other = sweep(NAME, task, n_trials=N_TRIALS, seed=4)
    n_own = len(load_model(NAME).candidates)
    assert untimed(other.trials[:n_own]) == untimed(swept.trials[:n_own])
    assert not any(a.settings == b.settings for a, b in zip(other.trials[n_own:], swept.trials[n_own:], strict=True))


def test_a_proposal_follows_from_the_seed_and_the_trials_before_it_alone(swept):
    for number in range(len(swept.search.first), N_TRIALS):
        point = proposed(swept.search, swept.trials[:number], seed=3)
        assert swept.search.settings(point) == swept.trials[number].settings


def test_proposals_learn_from_the_trials_before():
    found = sweep(Level(), walks_task(), n_trials=40, space={"level": Range(-4.0, 8.0)})
    late = [abs(trial.settings["level"]) for trial in found.trials[-15:]]
    assert np.median(late) < 2.0  # chance would be 3


@pytest.mark.parametrize("n_before", range(0, N_TRIALS + 1, 3))
def test_a_sweep_that_goes_on_ends_with_the_trials_of_an_undisturbed_one(task, swept, tmp_path, n_before):
    (tmp_path / "trials.jsonl").write_text(as_text(swept.trials[:n_before]) + '{"number": 9, "sett')
    found = sweep(NAME, task, n_trials=N_TRIALS, seed=3, folder=SweepFolder(tmp_path))
    assert untimed(found.trials) == untimed(swept.trials)
    assert found.importance == swept.importance
    assert SweepFolder(tmp_path).trials() == found.trials


# --- test data stay closed


def test_changed_test_frames_change_no_trial(swept):
    task, activity = walks_task(), random_walks(160, 3)
    first = min(piece.start for piece in task.card.pieces if piece.split == "test")
    changed = activity.copy()
    changed[first:] = 1000.0 * np.random.default_rng(5).normal(size=changed[first:].shape)
    found = sweep(NAME, ForecastTask(task.card, lambda: walks_specimens(changed)), n_trials=N_TRIALS, seed=3)
    assert untimed(found.trials) == untimed(swept.trials)


def test_no_test_window_is_opened(task, swept, monkeypatch):
    def forbidden(*arguments, **options):
        raise AssertionError("test data were opened")

    monkeypatch.setattr(ForecastTask, "cases", forbidden)
    found = sweep(NAME, walks_task(), n_trials=N_TRIALS, seed=3)
    assert untimed(found.trials) == untimed(swept.trials)


# --- other tasks and models


def test_a_perturbation_task_is_swept_on_its_inner_folds():
    task = small_task()
    found = sweep("responder-propensity", task, n_trials=7)
    assert found.loss == "log_loss"
    assert (
        found.trials[6].validation
        == fit("responder-propensity", task, settings=found.trials[6].settings).validation_loss
    )


@pytest.mark.slow
def test_a_network_is_swept(task):
    settings = {"steps": 10, "every": 5, "weights": "shared", "rescaling": "none"}
    found = sweep("linear", task, n_trials=3, settings=settings)
    assert {trial.state for trial in found.trials} == {"done"}
    assert {trial.settings["learning_rate"] for trial in found.trials} > {1e-3}
    assert all(trial.settings.items() >= settings.items() for trial in found.trials)


# --- trials that fail


def test_a_trial_that_diverges_is_noted_with_its_code_and_the_sweep_goes_on(task):
    found = sweep(Level("E701"), task, n_trials=30)
    failed = [trial for trial in found.trials if trial.state == "failed"]
    assert {trial.code for trial in failed} == {"E701", "E110"}
    assert all(trial.validation is None for trial in failed)
    assert all(trial.settings["level"] >= 5 or trial.settings["level"] < -5 for trial in failed)
    assert abs(found.best.settings["level"]) < 2


@pytest.mark.slow
def test_a_network_that_diverges_is_a_failed_trial(task):
    settings = {"steps": 60, "every": 20, "weights": "shared", "rescaling": "none", "loss": "squared", "warmup": 0.0}
    ranges = {"learning_rate": Choices((10.0, 1e-3)), "weight_decay": Choices((10.0,)), "batch": Choices((32,))}
    found = sweep("linear", walks_task(), n_trials=4, settings={**settings, "clip": 1e8}, space=ranges)
    failed = [trial for trial in found.trials if trial.state == "failed"]
    assert failed and {trial.code for trial in failed} == {"E701"}
    assert {trial.settings["learning_rate"] for trial in failed} == {10.0}


def test_a_sweep_of_failures_alone_is_refused(task):
    with refused("E706") as caught:
        sweep(Level("E701"), task, n_trials=3, space={"level": Range(6.0, 9.0)})
    assert "none of 3 trials succeeded (E701)" in str(caught.value)


def test_an_error_that_is_not_the_settings_fault_ends_the_sweep(task):
    with refused("E505"):
        sweep(Level("E505"), task, n_trials=3)


def test_what_was_tried_before_is_not_fitted_again(task):
    model = Level()
    space = {"level": Choices((0.0, 1.0)), "strict": Choices((False,))}
    found = sweep(model, task, n_trials=12, space=space)
    assert model.n_fits == 2
    repeated = [trial for trial in found.trials if trial.repeats is not None]
    assert len(repeated) == 10
    for trial in repeated:
        assert replace(trial, number=trial.repeats, repeats=None) == replace(found.trials[trial.repeats], fit_s=0.0)


# --- which settings mattered, and the command


def test_the_setting_that_matters_is_told_from_those_that_do_not(task):
    found = sweep(Level(), task, n_trials=40, space={"level": Range(-4.0, 4.0), "step": Range(1, 50)})
    assert found.importance["level"] > 0.6
    assert sum(found.importance.values()) == pytest.approx(1)
    assert importance(found.search, found.trials[:3]) == {}
    same = [replace(trial, validation=1.0) for trial in found.trials]
    assert importance(found.search, same) == {}


def test_the_command_names_all_that_a_fit_would_choose(task):
    found = sweep(Level(), task, n_trials=2, seed=7, settings={"step": 4})
    best = found.best.settings
    assert found.command("--data", "my data.npz") == (
        f"braincast fit made level --seed 7 --set level={best['level']!r} --set step=4 "
        f"--set strict={'true' if best['strict'] else 'false'} --data 'my data.npz'"
    )


def test_no_trials_are_refused(task):
    with refused("E305"):
        sweep(NAME, task, n_trials=0)
    with refused("E306"):
        sweep("direct-weights", task, n_trials=1)
