"""The run: entrants, headline, draws, resumption from a folder, and the same result however it is spread out."""

import json
from dataclasses import replace

import numpy as np
import pytest
from made_brains import made_brain, made_task
from refusals import refused

from braincast.errors import BraincastError
from braincast.experiments.beside import score_beside_baselines
from braincast.experiments.entrants import contestants, controls_of
from braincast.experiments.folder import RunFolder, numbered_folder, run_folder, unfinished_run
from braincast.experiments.jobs import Job, Workers, job_structure, mean_cost, run_job
from braincast.experiments.run import configure, estimated_s, run
from braincast.files import MANIFEST, check_manifest, read_json, remove_tree
from braincast.scoring.scores import Contender
from braincast.training.fit import fit


@pytest.fixture(scope="module")
def task():
    return made_task()


@pytest.fixture(scope="module")
def configuration(task):
    return configure(task.card, ["direct-weights"], n_draws=2)


@pytest.fixture(scope="module")
def result(task, configuration):
    return run(task, configuration)


def comparable(result):
    """What a run says, apart from times."""
    document = result.to_dict()
    document["run"].pop("wall_s")
    for model in document["models"].values():
        model.pop("cost")
    return json.dumps(document, sort_keys=True, allow_nan=False)


# --- configuration


def test_a_configuration_is_plain_data_that_names_the_task_by_its_hash(task, configuration):
    plain = json.loads(json.dumps(configuration.to_dict()))
    assert plain == configuration.to_dict()
    assert plain["task_hash"] == task.hash
    assert plain["models"] == ["direct-weights"]


def test_draws_go_to_the_headline_unless_the_wiring_is_tested(task):
    usual = configure(task.card)
    assert usual.draws_for(True) == (39, 3)
    assert usual.draws_for(False) == (3, 3)
    assert configure(task.card, n_draws=99).draws_for(True) == (99, 3)
    assert configure(task.card, wiring_test=True).draws_for(False) == (39, 10)


def test_an_unknown_model_is_refused_before_anything_runs(task):
    with pytest.raises(BraincastError, match="E303"):
        configure(task.card, "nope")


def test_the_estimate_grows_with_models_and_draws(task):
    few = estimated_s(task.card, configure(task.card, ["constant"]))
    more = estimated_s(task.card, configure(task.card, ["connectome-regression"]))
    most = estimated_s(task.card, configure(task.card, ["connectome-regression"], wiring_test=True))
    assert 0 < few < more < most


# --- result


def test_a_null_loses_what_the_wiring_gave(result):
    models = result.judged.scorecard.models
    value = models["direct-weights"].metrics["auroc"].value
    assert value > models["direct-weights@identity-permuted"].metrics["auroc"].value + 0.1


def test_without_edges_direct_weights_are_the_constant(result):
    models = result.judged.scorecard.models
    without = models["direct-weights@no-edges"].metrics["auroc"].value
    assert without == pytest.approx(models["constant"].metrics["auroc"].value)


def test_the_headline_has_the_smallest_log_loss_on_inner_folds(task, result):
    assert result.headline == "direct-weights" == min(result.validation, key=result.validation.get)
    for model, loss in result.validation.items():
        assert loss == pytest.approx(fit(model, task).validation_loss)


def test_the_headline_is_not_chosen_by_the_test_score(task, monkeypatch):
    """Whatever the truth of the test cases is made to say, the choice stays."""
    from braincast.scoring import assessor

    opened = assessor.open_truth

    def turned(task):
        truth = opened(task)
        return replace(truth, targets={key: 1 - value for key, value in truth.targets.items()})

    monkeypatch.setattr(assessor, "open_truth", turned)
    turned_result = run(task, configure(task.card, ["direct-weights"], n_draws=1))
    assert turned_result.judged.scorecard.models["direct-weights"].metrics["auroc"].value < 0.5
    assert turned_result.headline == "direct-weights"


def test_a_baseline_can_be_the_headline():
    task = made_task(made_brain(own_wiring=False))
    found = run(task, configure(task.card, ["direct-weights"], n_draws=1))
    assert found.headline == "responder-propensity"
    assert [verdict.model for verdict in found.judged.verdicts] == ["direct-weights"]


def test_a_replicate_is_the_score_of_a_fit_with_that_draws_wiring(task, result):
    from sklearn.metrics import roc_auc_score

    from braincast.brain.specimen_nulls import with_wiring

    structure = with_wiring(task.structure, "identity-permuted", 1)
    forecast = fit("direct-weights", task, structure=structure).forecast(task.cases("test"))
    responses = task.specimen.responses
    measured = responses.measured
    expected = roc_auc_score(responses.q[measured] < 0.05, forecast.values[:, 0][measured])
    assert result.judged.scorecard.models["direct-weights@identity-permuted"].replicates[1] == pytest.approx(expected)


def test_the_document_of_a_result_is_json_without_nan_and_says_how_it_was_made(result, configuration):
    document = json.loads(json.dumps(result.to_dict(), allow_nan=False))
    assert document["run"]["configuration"] == configuration.to_dict()
    assert {"python", "platform", "packages", "wall_s"} <= set(document["run"])
    assert document["headline"] in document["models"]
    assert list(document["wiring"]) == ["direct-weights"]


# --- the same result


def test_the_same_run_twice_is_the_same(task, configuration, result):
    assert comparable(run(task, configuration)) == comparable(result)


def test_two_workers_give_the_same_as_one(task, configuration, result):
    assert comparable(run(task, configuration, n_workers=2)) == comparable(result)


def test_forecasts_come_in_the_order_of_the_jobs_from_workers_too(task, configuration):
    from braincast.experiments.entrants import contestants

    jobs = [Job(entrant, 0) for entrant in contestants(task.card, configuration.models, 1)]
    with Workers(task, 2) as workers:
        made = list(workers.forecasts(jobs))
    assert [job for job, _ in made] == jobs
    for job, forecast in made:
        assert forecast.attrs["model"] == job.entrant.model
        assert np.array_equal(forecast.values, run_job(task, job).values)


def test_the_cost_is_the_mean_over_forecasts(task, configuration):
    from braincast.experiments.entrants import contestants

    made = [run_job(task, Job(entrant, 0)) for entrant in contestants(task.card, configuration.models, 1)]
    cost = mean_cost(made)
    assert cost.fit_s == pytest.approx(np.mean([forecast.attrs["fit_s"] for forecast in made]))
    assert cost.parameters == round(np.mean([forecast.attrs["n_parameters"] for forecast in made]))


# --- the folder


def test_what_lies_in_the_folder_is_not_made_again(task, configuration, result, tmp_path, monkeypatch):
    with run_folder(tmp_path / "run", configuration.to_dict()) as folder:
        assert comparable(run(task, configuration, folder=folder)) == comparable(result)
        folder.forecast_path("constant", 0).rename(tmp_path / "away")
        made = []
        forecasts = Workers.forecasts
        monkeypatch.setattr(Workers, "forecasts", lambda self, jobs: made.extend(jobs) or forecasts(self, jobs))
        assert comparable(run(task, configuration, folder=folder)) == comparable(result)
        assert [job.entrant.name for job in made] == ["constant"]


def test_a_stored_forecast_of_another_task_is_made_again(task, configuration, tmp_path):
    other = made_task(made_brain(seed=5), version="another")
    folder = RunFolder(tmp_path)
    folder.store(fit("constant", other).forecast(other.cases("test")), "constant", 0)
    assert folder.stored(other.card, "constant", 0) is not None
    assert folder.stored(task.card, "constant", 0) is None
    assert folder.stored(task.card, "constant", 1) is None


def test_a_folder_is_finished_by_its_manifest_and_knows_its_configuration(configuration, tmp_path):
    with run_folder(tmp_path / "run", configuration.to_dict()) as folder:
        (folder.path / "forecasts").mkdir()
        assert not (folder.path / MANIFEST).exists()
    check_manifest(tmp_path / "run")
    assert read_json(tmp_path / "run" / "configuration.json") == configuration.to_dict()


def test_a_block_that_fails_leaves_an_unfinished_folder_that_is_resumed(configuration, tmp_path):
    with pytest.raises(RuntimeError), run_folder(tmp_path / "run", configuration.to_dict()) as folder:
        (folder.path / "mark").write_text("kept")
        raise RuntimeError
    assert not (tmp_path / "run" / MANIFEST).exists()
    with run_folder(tmp_path / "run", configuration.to_dict()) as folder:
        assert (folder.path / "mark").read_text() == "kept"


@pytest.mark.parametrize("change", [{"n_seeds": 2}, {"n_draws": 3}, {"models": ["constant"]}, {"task_hash": "0" * 64}])
def test_any_other_setting_is_another_configuration(configuration, tmp_path, change):
    with pytest.raises(RuntimeError), run_folder(tmp_path / "run", configuration.to_dict()):
        raise RuntimeError
    other = configuration.to_dict() | change
    with pytest.raises(BraincastError, match="E502"), run_folder(tmp_path / "run", other):
        pytest.fail("it went on in another run's folder")
    with run_folder(tmp_path / "run", other, force=True) as folder:
        assert folder.path != tmp_path / "run"
    assert read_json(tmp_path / "run" / "configuration.json") == other


@pytest.mark.parametrize("text", ["[", "\0", "[" * 100_000], ids=["cut", "no text", "deep"])
def test_a_damaged_configuration_is_another_one_and_is_replaced_by_force(configuration, tmp_path, text):
    (tmp_path / "run").mkdir()
    (tmp_path / "run" / "configuration.json").write_text(text)
    with pytest.raises(BraincastError, match="E502"), run_folder(tmp_path / "run", configuration.to_dict()):
        pytest.fail("it went on in a damaged folder")
    with run_folder(tmp_path / "run", configuration.to_dict(), force=True):
        pass
    assert read_json(tmp_path / "run" / "configuration.json") == configuration.to_dict()


def test_a_forced_run_that_fails_keeps_the_old_and_is_resumed_only_by_the_same(configuration, tmp_path):
    old, new, newer = (configuration.to_dict() | {"n_draws": n} for n in (1, 2, 3))
    path = tmp_path / "run"
    with run_folder(path, old) as folder:
        (folder.path / "result").write_text("old")
    with pytest.raises(RuntimeError), run_folder(path, new, force=True) as folder:
        (folder.path / "result").write_text("new")
        raise RuntimeError
    assert (path / "result").read_text() == "old"
    check_manifest(path)
    with pytest.raises(RuntimeError), run_folder(path, new, force=True) as folder:
        assert (folder.path / "result").read_text() == "new"
        raise RuntimeError
    with run_folder(path, newer, force=True) as folder:
        assert not (folder.path / "result").exists()
    assert read_json(path / "configuration.json") == newer


def test_numbered_folders_begin_at_one_and_take_the_first_free_number(tmp_path):
    assert numbered_folder(tmp_path, "worm").name == "worm-001"
    (tmp_path / "worm-001").mkdir()
    (tmp_path / "worm-003").mkdir()
    assert numbered_folder(tmp_path, "worm").name == "worm-002"


# --- forecasts from elsewhere


def test_a_forecast_from_elsewhere_stands_beside_the_baselines(task, result):
    forecast = fit("direct-weights", task).forecast(task.cases("test"))
    card = score_beside_baselines(task, {"mine": Contender((forecast,))})
    assert {name: score.role for name, score in card.models.items()} == {
        "constant": "baseline",
        "responder-propensity": "baseline",
        "mine": "model",
    }
    assert card.models["mine"].metrics == result.judged.scorecard.models["direct-weights"].metrics
    assert card.models["mine"].cost is None


def test_a_forecast_with_the_name_of_a_baseline_gets_a_name_of_its_own(task):
    forecast = fit("constant", task).forecast(task.cases("test"))
    card = score_beside_baselines(task, {"constant": Contender((forecast,))})
    assert card.models["constant"].role == "baseline"
    assert card.models["constant (submitted)"].role == "model"


def test_two_forecasts_that_end_up_with_one_name_are_refused(task):
    one = Contender((fit("constant", task).forecast(task.cases("test")),))
    with pytest.raises(BraincastError, match="E305"):
        score_beside_baselines(task, {"constant": one, "constant (submitted)": one})


# --- a part of a run


def test_an_interrupted_run_says_what_it_has_so_far_and_makes_nothing(task, tmp_path):
    asked = configure(task.card, ["direct-weights"], n_draws=4, wiring_test=True)
    with pytest.raises(KeyboardInterrupt), run_folder(tmp_path / "run", asked.to_dict()) as folder:
        run(task, asked, folder=folder)
        raise KeyboardInterrupt
    for arm, replicate in (("identity-permuted", 2), ("degree-preserving", 3), ("no-edges", 0)):
        remove_tree(folder.forecast_path(f"direct-weights@{arm}", replicate))
    before = sorted(tmp_path.rglob("*"))
    found = run(task, asked, folder=unfinished_run(tmp_path / "run", asked.to_dict()), partial=True).to_dict()
    verdict = found["wiring"]["direct-weights"]
    draws = {arm["arm"]: arm["n_draws"] for arm in verdict["compared"]}
    assert draws["identity-permuted"] == 2 and draws["degree-preserving"] == 3 and "no-edges" not in draws
    assert verdict["verdict"] == "cannot tell" and verdict["draws"] == 2 and verdict["arms"]["none"] is None
    assert found["partial"]["asked"] - found["partial"]["found"] == 3
    assert sorted(tmp_path.rglob("*")) == before


def test_no_part_of_another_run_is_told(task, configuration, tmp_path):
    with refused("E502", "--partial"):
        unfinished_run(tmp_path / "nothing", configuration.to_dict())
    with run_folder(tmp_path / "empty", configuration.to_dict()) as folder, refused("E503", "no model"):
        run(task, configuration, folder=folder, partial=True)


def test_seeds_are_nested_in_the_draws_of_a_null(task):
    entrant = replace(contestants(task.card, ["direct-weights"], 1)[-1], replicates=(0, 1))
    arm = next(one for one in controls_of(task.card, entrant, 3, 1) if one.wiring == "identity-permuted")
    assert [arm.draw_and_seed(replicate) for replicate in arm.replicates] == [(d, s) for d in range(3) for s in (0, 1)]
    first, second, third = (job_structure(task, Job(arm, replicate)).connectome.edges for replicate in (0, 1, 2))
    assert first.equals(second) and not first.equals(third)
