"""The shipped worm task: what its declaration says, and that the data gives it again bit for bit."""

from importlib.resources import files

import numpy as np
import pytest
from refusals import refused

from braincast.brain.homologues import worm_cell_classes
from braincast.datasets import registry as datasets
from braincast.datasets.registry import dataset_card
from braincast.tasks import registry
from braincast.tasks.card import TaskCard
from braincast.tasks.registry import load_task, task_card, task_names
from braincast.tasks.truth import open_truth
from braincast.tasks.worm_perturbation import build


@pytest.fixture(scope="module")
def card() -> TaskCard:
    return task_card("worm-perturbation")


def test_the_worm_task_is_listed_and_shown_without_data(card, monkeypatch):
    assert "worm-perturbation" in task_names()
    monkeypatch.setattr(datasets, "load_dataset", None)
    assert load_task("worm-perturbation").card == card


def test_folds_are_by_class_and_nearly_equal(card):
    folds = {}
    for case in card.cases:
        folds.setdefault(case.group, set()).add(case.fold)
    assert all(len(found) == 1 for found in folds.values())
    sizes = np.bincount([case.fold for case in card.cases])
    assert len(sizes) == card.n_folds == 5 and sizes.max() - sizes.min() <= 2


def test_classes_are_those_of_the_names(card):
    assert list(card.cell_classes) == worm_cell_classes(card.neurons)
    class_of = dict(zip(card.neurons, card.cell_classes, strict=True))
    assert all(case.group == class_of[case.stimulated[0]] and case.id == case.stimulated[0] for case in card.cases)


def test_the_declaration_names_the_dataset_that_this_version_reads(card):
    assert card.dataset_hash == dataset_card(card.dataset).hash


def test_the_primary_metric_the_baseline_and_the_models_are_known(card):
    from braincast.brain.nulls import CONTROLS, NULLS
    from braincast.brain.specimen_nulls import SPECIMEN_NULLS
    from braincast.models.registry import model_names
    from braincast.scoring.metrics import metric_names

    assert card.primary in card.metric_keys and set(card.metric_keys) <= set(metric_names())
    assert card.baseline in card.baselines and set(card.baselines) | set(card.lineup) <= set(model_names())
    assert set(card.decisive_nulls) <= set(card.nulls) <= {*NULLS, *SPECIMEN_NULLS} and set(card.controls) <= set(
        CONTROLS
    )


def test_the_shipped_declaration_is_what_the_data_gives(worm_atlas, card):
    built = build(worm_atlas)
    assert built == card and built.hash == card.hash
    shipped = files("braincast.tasks").joinpath("definitions", "worm-perturbation.json").read_text(encoding="utf-8")
    assert TaskCard.model_validate_json(shipped).model_dump_json() == built.model_dump_json()


def test_the_truth_has_the_published_numbers_of_pairs(worm_atlas):
    truth = open_truth(load_task("worm-perturbation"))
    assert truth.measured.sum() == 23_902
    assert np.nansum(truth.targets["responds"]) == 1_151


def test_an_atlas_without_responses_makes_no_task(worm_atlas):
    from dataclasses import replace

    bare = replace(worm_atlas, specimens={"wt": replace(worm_atlas.specimens["wt"], responses=None)})
    with pytest.raises(ValueError, match="responses"):
        build(bare)


def test_an_unknown_task_is_refused_with_the_nearest_name():
    with refused("E302", "did you mean 'worm-perturbation'"):
        load_task("worm-pertubation")


def test_another_version_of_the_dataset_is_refused(monkeypatch):
    class Other:
        name = "worm-atlas"
        hash = "f" * 64
        card = property(lambda self: self)

    monkeypatch.setattr(datasets, "load_dataset", lambda name, **options: Other())
    with refused("E215", "ffffffffffff", "worm-atlas"):
        _ = load_task("worm-perturbation").specimen


def test_a_task_of_another_package_is_found_by_its_entry_point(monkeypatch, card):
    ours = card.model_copy(update={"name": "ours"})

    class Entry:
        name = "ours"

        def load(self):
            return lambda: ours

    def entry_points(*, group, name="ours"):
        return [Entry()] if (group, name) == ("braincast.tasks", "ours") else []

    monkeypatch.setattr(registry, "entry_points", entry_points)
    assert task_card("ours") is ours and "ours" in task_names()
    assert load_task("ours").name == "ours"
