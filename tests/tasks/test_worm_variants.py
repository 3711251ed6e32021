"""The mutant's tasks and the task of courses, as shipped: what they ask, what may be learned, and their truth."""

from importlib.resources import files

import numpy as np
import pytest

from braincast.tasks import worm_kernels, worm_unc31
from braincast.tasks.card import TaskCard
from braincast.tasks.registry import load_task, task_card, task_names
from braincast.tasks.truth import open_truth

BUILDERS = {
    "worm-perturbation-unc31": worm_unc31.build,
    "worm-perturbation-unc31-seen": worm_unc31.build_seen,
    "worm-kernels": worm_kernels.build,
}
MUTANT = ("worm-perturbation-unc31", "worm-perturbation-unc31-seen")


@pytest.mark.parametrize("name", BUILDERS)
def test_the_shipped_declaration_is_what_the_data_gives(worm_atlas, name):
    built = BUILDERS[name](worm_atlas)
    text = files("braincast.tasks").joinpath("definitions", f"{name}.json").read_text(encoding="utf-8")
    assert name in task_names() and built == task_card(name) and built.hash == task_card(name).hash
    assert TaskCard.model_validate_json(text).model_dump_json() == built.model_dump_json()


@pytest.mark.parametrize("name", BUILDERS)
def test_metrics_baselines_and_models_are_known_and_fit_the_task(name):
    from braincast.models.registry import load_model
    from braincast.scoring.metrics import metric_names

    card = task_card(name)
    assert card.primary in card.metric_keys and set(card.metric_keys) <= set(metric_names())
    assert card.baseline in card.baselines and len({case.id for case in card.cases}) == len(card.cases)
    assert all(load_model(model).card.can_answer(card) for model in {*card.baselines, *card.lineup})


@pytest.mark.parametrize("name", MUTANT)
def test_the_mutant_s_truth_has_the_published_numbers_of_pairs(worm_atlas, name):
    truth = open_truth(load_task(name))
    assert truth.measured.sum() == 9_119 and np.nansum(truth.targets["responds"]) == 357


def test_a_mutant_case_is_answered_by_a_fit_to_the_wild_type_without_its_class(worm_atlas):
    task, wild_type = load_task("worm-perturbation-unc31"), load_task("worm-perturbation")
    fold_of = {case.group: case.fold for case in wild_type.card.cases}
    assert all(case.fold == fold_of[case.group] for case in task.card.cases)
    for fold in range(task.card.n_folds):
        mine, theirs = task.training(fold), wild_type.training(fold)
        assert not set(mine.cases.group) & set(task.cases("test", fold=fold).group)
        np.testing.assert_array_equal(mine.responds, theirs.responds)
        np.testing.assert_array_equal(mine.mean_response, theirs.mean_response)


def test_the_other_variant_learns_from_the_whole_wild_type_in_one_fit(worm_atlas):
    task = load_task("worm-perturbation-unc31-seen")
    training = task.training(0)
    assert task.card.n_folds == 1 and len(training.cases) == 173 and len(task.cases("test", fold=0)) == 109
    assert training.measured.sum() == 23_902 and set(task.cases().group) <= set(training.cases.group)


def test_looking_up_the_wild_type_s_mean_response_scores_0_633_and_its_q_value_0_635(worm_atlas):
    from braincast.experiments.mutant import MutantPairs, carried_over, lookups
    from braincast.training.fit import fit

    pairs = MutantPairs(load_task("worm-perturbation-unc31"))
    found = lookups(pairs)
    assert pairs.both.sum() == 8_150
    assert {name: round(value, 3) for name, value in found.items()} == {
        "-q": 0.635,
        "responds": 0.571,
        "mean response": 0.633,
    }
    seen = load_task("worm-perturbation-unc31-seen")
    forecast = fit("response-lookup", seen).forecast(seen.cases())
    model = carried_over(pairs, {"response-lookup": forecast})["response-lookup"]["mutant"]
    assert model["value"] == pytest.approx(found["mean response"], abs=1e-4)


def test_the_task_of_courses_asks_the_cases_and_folds_of_the_perturbation_task(worm_atlas):
    task = load_task("worm-kernels")
    assert task.card.cases == task_card("worm-perturbation").cases
    assert len(task.card.lead_s) == len(task.card.leads) == 12 and task.cases().lead_s == task.card.lead_s
    courses = open_truth(task).targets["course"]
    assert np.isfinite(courses[:, 0]).sum() == 9_489
    assert np.nanmax(np.abs(courses)) == 1.0


def test_a_mutant_without_responses_makes_no_task(worm_atlas):
    from dataclasses import replace

    bare = {**worm_atlas.specimens, "unc31": replace(worm_atlas.specimens["unc31"], responses=None)}
    with pytest.raises(ValueError, match="responses"):
        worm_unc31.build(replace(worm_atlas, specimens=bare))
