"""Networks begin from what another fit learned, and know nothing that they are asked."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from made_lessons import QUICK, coupled, small_task
from made_recordings import made_dataset, made_recording, made_task
from refusals import refused

from braincast.models.registry import load_model
from braincast.tasks.forecasting.card import Fold
from braincast.tasks.forecasting.task import ForecastTask
from braincast.training.checkpoint import load_fit, read_fit_record, save_fit
from braincast.training.fit import fit

EMBEDDED = {**QUICK, "width": 3, "maps": 2, "hidden": 0, "dropout": 0.0, "rescaling": "none"}
# So little learning that what a network began with can still be read off it.
STILL = {**EMBEDDED, "learning_rate": 1e-8}


def task_of(*names: str, n_neurons: int = 4, **design) -> ForecastTask:
    """Another animal for each name, its neurons those of all others."""
    recordings = {name: made_recording(coupled(n_neurons=n_neurons, seed=sum(map(ord, name)))) for name in names}
    return made_task(made_dataset(recordings), context=4, horizon=2, **design)


@pytest.fixture(scope="module")
def first():
    return fit("embedding", task_of("ann"), settings=EMBEDDED)


def parameters(fitted, fold: int = 0):
    return fitted.folds[fold].parameters


def test_a_fit_of_the_same_neurons_begins_with_every_array(first):
    begun = fit("embedding", task_of("bob"), settings=STILL, start=first)
    for name, values in parameters(first).items():
        np.testing.assert_allclose(parameters(begun)[name], values, atol=1e-5)
    assert begun.start is not None and begun.start.task == first.task.name


def test_who_other_neurons_are_begins_anew_and_the_shared_weights_stay(first):
    other = task_of("bob", n_neurons=6)
    begun, anew = (fit("embedding", other, settings=STILL, start=start) for start in (first, None))
    np.testing.assert_allclose(parameters(begun)["embedding.shared"], parameters(anew)["embedding.shared"], atol=1e-5)
    np.testing.assert_allclose(parameters(begun)["signals.direct"], parameters(first)["signals.direct"], atol=1e-5)


def test_as_many_neurons_with_other_names_are_other_neurons(first):
    recording = replace(made_recording(coupled()), neurons=("w", "x", "y", "z"))
    other = made_task(made_dataset({"r": recording}), context=4, horizon=2)
    begun = fit("embedding", other, seed=1, start=first)
    far = np.abs(parameters(begun)["embedding.shared"] - parameters(first)["embedding.shared"]).max()
    near = np.abs(parameters(begun)["own.maps"] - parameters(first)["own.maps"]).max()
    assert far > 0.3 > near


def test_deviations_in_other_recordings_begin_anew():
    source = fit("embedding", task_of("ann"), settings={**EMBEDDED, "animals": "own"})
    assert np.abs(parameters(source)["embedding.own"]).max() > 1e-3
    begun = fit("embedding", task_of("bob"), settings={"learning_rate": 1e-8}, start=source)
    assert np.abs(parameters(begun)["embedding.own"]).max() < 1e-5
    again = fit("embedding", task_of("ann"), settings={"learning_rate": 1e-8}, start=source)
    np.testing.assert_allclose(parameters(again)["embedding.own"], parameters(source)["embedding.own"], atol=1e-5)


def test_settings_are_those_of_the_other_fit_unless_they_are_fixed(first):
    model = load_model("linear")
    source = fit(model, task_of("ann"), settings={**QUICK, "weights": "own", "rescaling": "last"})
    begun = fit("linear", task_of("bob"), settings={"steps": 20}, start=source)
    assert begun.choices[0].settings == {**source.choices[0].settings, "steps": 20}
    assert len(begun.choices[0].metrics) == 2


def test_what_is_already_good_is_not_made_worse(first):
    task = task_of("ann")
    begun = fit("embedding", task, settings={"learning_rate": 0.5, "steps": 20}, start=first)
    assert begun.validation_loss <= first.validation_loss * (1 + 1e-5)


def test_a_fit_on_disk_is_the_same_start_as_in_memory(first, tmp_path):
    path = save_fit(first, tmp_path / "first")
    task = task_of("bob")
    from_disk, from_memory = (fit("embedding", task, start=start) for start in (path, first))
    assert from_disk.start == from_memory.start and from_disk.attributes["start"] == from_disk.start.fit
    for name, values in parameters(from_memory).items():
        np.testing.assert_array_equal(parameters(from_disk)[name], values)
    saved = save_fit(from_disk, tmp_path / "second")
    assert read_fit_record(saved)["start"]["fit"] == from_disk.start.fit
    assert load_fit(saved, task).start == from_disk.start and read_fit_record(path)["start"] is None


def test_fold_for_fold_or_one_for_all():
    every = task_of("ann", "bob", "cid", held_out_animals=True)
    source = fit("embedding", every, settings=EMBEDDED)
    alone = own_animals(every)
    begun = fit("embedding", alone, settings={"learning_rate": 1e-8}, start=source)
    for fold in range(3):
        found, given = (parameters(each, fold)["signals.direct"] for each in (begun, source))
        np.testing.assert_allclose(found, given, atol=1e-5)
    with refused("E705", "3 folds", "task 1"):
        fit("embedding", task_of("dan"), start=source)
    one = fit("embedding", task_of("eve"), settings=EMBEDDED)
    assert len(fit("embedding", alone, start=one).folds) == 3


def own_animals(task: ForecastTask) -> ForecastTask:
    folds = tuple(Fold(learns_from=fold.answers, answers=fold.answers) for fold in task.card.folds)
    return ForecastTask(task.card.model_copy(update={"folds": folds}), lambda: task.specimens)


def test_a_fit_that_saw_the_animal_held_out_is_refused_also_at_second_hand():
    within, held = task_of("ann", "bob"), task_of("ann", "bob", held_out_animals=True)
    source = fit("embedding", within, settings=EMBEDDED)
    with refused("E705", "never to see"):
        fit("embedding", held, start=source)
    second = fit("embedding", task_of("cid"), start=source)
    assert {name for name, _, _ in second.learned_from[0]} == {f"made/{name}/all" for name in ("ann", "bob", "cid")}
    with refused("E705", "never to see"):
        fit("embedding", held, start=second)


def test_a_fit_that_learned_from_frames_that_are_asked_about_is_refused():
    task = task_of("ann")
    moved = tuple(
        piece.model_copy(update={"split": {"train": "test", "test": "train"}.get(piece.split, piece.split)})
        for piece in task.card.pieces
    )
    turned = ForecastTask(task.card.model_copy(update={"pieces": moved}), lambda: task.specimens)
    source = fit("embedding", turned, settings=EMBEDDED)
    with refused("E705", "asks about"):
        fit("embedding", task, start=source)


def test_a_fit_of_another_model_or_in_closed_form_is_refused(first):
    with refused("E705", "fit of embedding, not of linear"):
        fit("linear", task_of("bob"), start=first)
    with refused("E705", "closed form"):
        fit("ar", task_of("bob"), start=first)


def test_a_network_in_which_nothing_fits_is_refused():
    source = fit("linear", task_of("ann"), settings={**QUICK, "weights": "shared"})
    with refused("E705", "no array of it"):
        fit("linear", small_task(context=5, horizon=3), start=source)


def test_a_folder_that_is_no_fit_is_refused(tmp_path):
    with refused("E503", "fit.json"):
        fit("linear", small_task(), start=Path(tmp_path))


def test_only_the_embedding_learns_if_the_settings_say_so(first):
    begun = fit("embedding", task_of("bob"), settings={"trained": "embedding", "weight_decay": 1.0}, start=first)
    for name, values in parameters(first).items():
        assert (parameters(begun)[name] == values).all() == (not name.startswith("embedding"))


def test_a_network_without_embedding_cannot_learn_it_alone():
    with refused("E305", "setting trained", "no embedding"):
        fit("linear", small_task(), settings={**QUICK, "trained": "embedding"})
