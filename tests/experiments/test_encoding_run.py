"""A run of an encoding task: trained and untrained networks, nulls before training and controls after it."""

import json

import numpy as np
import pytest
from made_eyes import Blurred, MadeFloor, MadeNetwork, made_card, made_task
from refusals import refused

from braincast.datasets.registry import dataset_card
from braincast.experiments.beside import score_beside_baselines
from braincast.experiments.entrants import contestants, controls_of
from braincast.experiments.folder import run_folder
from braincast.experiments.jobs import Job, fit_job, job_structure, run_job
from braincast.experiments.leakage.audit import audit
from braincast.experiments.run import configure, estimated_s, run
from braincast.forecasts.store import load_forecast
from braincast.models import registry
from braincast.scoring.scores import Contender
from braincast.tasks.encoding.task import EncodingTask
from braincast.tasks.plain.folder import write_task
from braincast.training.checkpoint import load_fit, save_fit
from braincast.training.fit import fit


@pytest.fixture(scope="module", autouse=True)
def networks():
    """Small networks under the names that the task's declaration has."""
    patch = pytest.MonkeyPatch()
    patch.setitem(registry._BUILT_IN, "optic-network", "made_eyes:MadeNetwork")
    patch.setitem(registry._BUILT_IN, "optic-untrained", "made_eyes:MadeFloor")
    yield
    patch.undo()


@pytest.fixture(scope="module")
def task():
    """With every other edge left out."""
    card = made_card()
    kept = tuple(case for case in card.cases if case.kind != "edge" or case.angle_deg % 60 == 0)
    return made_task(card.model_copy(update={"cases": kept}))


@pytest.fixture(scope="module")
def finished(task, tmp_path_factory):
    """A wiring test with two seeds and two draws, and its folder."""
    path = tmp_path_factory.mktemp("runs") / "run"
    configuration = configure(task.card, n_seeds=2, wiring_test=True, n_draws=2)
    with run_folder(path, configuration.to_dict()) as folder:
        return run(task, configuration, folder=folder), path


def test_a_run_has_the_floor_the_model_its_nulls_and_its_controls(finished):
    document = finished[0].to_dict()
    json.dumps(document, allow_nan=False)
    found = {name: (entry["role"], len(entry["replicates"])) for name, entry in document["models"].items()}
    assert found == {
        "optic-untrained": ("baseline", 3),  # as many as the floor needs, whatever was asked for
        "optic-network": ("model", 2),
        "optic-network@offsets-shuffled": ("null", 4),
        "optic-network@signs-shuffled": ("null", 4),
        "optic-network@offsets-shuffled-after": ("control", 2),
        "optic-network@signs-shuffled-after": ("control", 2),
    }
    assert document["headline_rule"] == "smallest absolute error on validation scenes"
    verdict = document["wiring"]["optic-network"]
    assert verdict["verdict"] == "cannot tell" and verdict["draws"] == 2 and "offsets" in verdict["arms"]


def test_without_a_wiring_test_only_what_is_cheap_is_added(task):
    configuration = configure(task.card, n_seeds=2)
    result = run(task, configuration)
    arms = [name for name in result.to_dict()["models"] if "@" in name]
    assert arms == ["optic-network@offsets-shuffled-after", "optic-network@signs-shuffled-after"]
    training_s = MadeNetwork.card.typical_fit_s
    whole = configure(task.card, n_seeds=2, wiring_test=True, n_draws=2)
    more_s = estimated_s(task.card, whole) - estimated_s(task.card, configuration)
    assert more_s == pytest.approx(8 * (training_s + 0.3))  # two nulls, two draws, two seeds; controls are not fitted


def control_of(task, wiring: str):
    """The network's control on that wiring."""
    model = contestants(task.card, ["optic-network"], 2)[1]
    return next(one for one in controls_of(task.card, model, 1, 1) if one.wiring == wiring)


def test_a_control_after_training_has_the_parameters_of_the_true_wiring(task, finished):
    _, path = finished
    control = control_of(task, "signs-shuffled")
    true, moved = (MadeNetwork().prepare(one) for one in (task.structure, job_structure(task, Job(control, 1))))
    own, stored = (
        load_forecast(path / "forecasts" / name / "001.zarr", task.card) for name in ("optic-network", control.name)
    )
    assert stored.attrs["wiring"] == "signs-shuffled" and own.attrs["wiring"] == "true"
    # Answers are light times what was learned times what the wiring says.
    assert not np.array_equal(true, moved)
    cells = slice(0, len(true))
    np.testing.assert_allclose(stored.values[..., cells] * true, own.values[..., cells] * moved, rtol=1e-6)


def test_controls_fit_nothing_anew(task, finished):
    _, path = finished
    assert sorted(folder.name for folder in (path / "fits").iterdir()) == ["optic-network", "optic-untrained"]


def test_without_a_folder_the_control_is_the_same(task, finished):
    _, path = finished
    control = control_of(task, "offsets-shuffled")
    assert control.learned_before and fit_job(task, Job(control, 1)).wiring == "offsets-shuffled"
    stored = load_forecast(path / "forecasts" / control.name / "001.zarr", task.card)
    assert np.array_equal(run_job(task, Job(control, 1)).values, stored.values)


def test_a_run_that_was_stopped_goes_on_to_the_same_numbers(task, finished, tmp_path):
    configuration = configure(task.card, n_seeds=2)
    with pytest.raises(KeyboardInterrupt), run_folder(tmp_path / "run", configuration.to_dict()) as folder:
        run(task, configuration, folder=folder)
        for path in (folder.path / "forecasts").glob("*after"):
            for store in path.iterdir():
                (store / "zarr.json").unlink()
        raise KeyboardInterrupt
    with run_folder(tmp_path / "run", configuration.to_dict()) as folder:
        again = run(task, configuration, folder=folder).to_dict()
    whole = finished[0].to_dict()["models"]  # of the same seeds; it has nulls as well
    assert len(again["models"]) == 4
    for name, entry in again["models"].items():
        assert entry["metrics"] == whole[name]["metrics"]


def test_a_fit_is_saved_and_answers_the_same(task, tmp_path):
    fitted = fit(MadeNetwork(), task, seed=3)
    save_fit(fitted, tmp_path / "fit")
    again = load_fit(tmp_path / "fit", task)
    assert np.array_equal(again.forecast(task.cases()).values, fitted.forecast(task.cases()).values)
    assert again.choices == fitted.choices and np.isfinite(again.validation_loss)


def test_an_answer_from_elsewhere_stands_beside_the_floor(task):
    answer = fit(MadeFloor(), task, seed=9).forecast(task.cases())
    card = score_beside_baselines(task, {"mine": Contender((answer,))})
    assert list(card.models) == ["optic-untrained", "mine"] and card.baseline == "optic-untrained"


def test_models_of_other_tasks_are_refused_and_so_is_what_has_no_meaning_here(task, tmp_path):
    with refused("E306", "an encoding task"):
        configure(task.card, ["ar"])
    with refused("E306"):
        write_task(task, dataset_card("fly-optic-lobe"), tmp_path / "files")
    assert not (tmp_path / "files").exists()


def test_a_network_that_sees_no_fact_passes_the_audit_and_one_that_peeps_does_not(task):
    assert audit("optic-network", task).passed

    class Peeping(MadeNetwork):
        """Learns one number from the seeds of the test, as if training had them."""

        def fit(self, training, prepared, settings, *, seed):
            made = super().fit(training, prepared, settings, seed=seed)
            return Blurred(made.gain * float(training.test_seeds[0]))

    class Leaking(EncodingTask):
        def training(self, fold=0):
            handed_out = super().training(fold)
            seeds = [case.seed for case in self.card.cases if case.seed is not None]
            object.__setattr__(handed_out, "test_seeds", seeds)
            return handed_out

    found = audit(Peeping(), Leaking(task.card, lambda: task.circuit))
    assert "flash-on" in found.moved


def test_the_floor_of_this_task_has_no_nulls_and_others_keep_theirs(task):
    floor = contestants(made_card(), [], 1)[0]
    assert floor.role == "baseline" and controls_of(task.card, floor, 2, 2) == []
