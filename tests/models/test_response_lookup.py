"""The look-up: the same pair's training response, worth what homologues say, and propensity in its place."""

import numpy as np
import pytest
from made_brains import made_brain, made_card
from synthetic import made_training, small_task

from braincast.models.baselines.response_lookup import ResponseLookup, _homologous_mean
from braincast.models.responses.propensity import propensity
from braincast.scoring.any_task import score
from braincast.scoring.assessor import Assessor
from braincast.tasks.task import Task
from braincast.training.fit import fit

NAN = np.nan
NEURONS = ["AL", "AR", "B", "C"]
CLASSES = {"AL": "A", "AR": "A", "B": "B", "C": "C"}
TABLE = np.array([[NAN, 1, 0, 1], [1, NAN, NAN, 0], [0, 0, NAN, 1], [0, NAN, 1, NAN]])


def seen_task(noise: bool = False) -> Task:
    """A task whose cases are all in its training, on a brain whose second atlas is the same or unrelated."""
    first, second = made_brain(seed=0), made_brain(seed=9 if noise else 0)
    card = made_card(first, n_folds=1)
    learned = tuple(case.model_copy(update={"fold": 1}) for case in card.cases)
    cases = tuple(case.model_copy(update={"fold": 0}) for case in card.cases)
    card = card.model_copy(update={"training_specimen": "first", "training_cases": learned, "cases": cases})
    return Task(card, lambda: second, lambda: first)


def test_the_homologous_mean_is_that_of_the_other_pairs_between_two_classes():
    found = _homologous_mean(made_training(TABLE, NEURONS, NEURONS, CLASSES))
    np.testing.assert_allclose(found[0], [1.0, 1.0, NAN, 0.0])  # AR → B is not there; AR → C is 0
    np.testing.assert_allclose(found[1], [1.0, 1.0, 0.0, 1.0])
    np.testing.assert_allclose(found[2], [0.0, 0.0, NAN, NAN])


def test_a_pair_that_was_seen_is_ranked_by_its_response_and_others_by_propensity():
    training = made_training(TABLE, NEURONS, NEURONS, CLASSES)
    fitted = ResponseLookup().fit(training, None, {}, seed=0)
    answer = fitted.forecast(training.cases, None)[:, 0]
    assert (answer[TABLE == 1] > answer[TABLE == 0].max()).all()
    rates = np.broadcast_to(propensity(training, 10.0), answer.shape)
    np.testing.assert_array_equal(answer[np.isnan(TABLE)], rates[np.isnan(TABLE)])


def test_without_the_case_in_training_it_is_the_propensity():
    task = small_task()
    training = task.training(2)
    fitted = ResponseLookup().fit(training, None, {}, seed=0)
    held = task.cases("test", fold=2)
    rates = np.broadcast_to(propensity(training, 10.0), (len(held), len(task.card.neurons)))
    np.testing.assert_array_equal(fitted.forecast(held, None)[:, 0], rates)


def test_an_atlas_looked_up_in_itself_is_known_well_and_in_an_unrelated_one_not():
    same, other = (
        score(task, fit("response-lookup", task).forecast(task.cases()))
        .models["response-lookup"]
        .metrics["auroc"]
        .value
        for task in (seen_task(), seen_task(noise=True))
    )
    assert same > 0.85 and other == pytest.approx(0.5, abs=0.08)


def test_the_resampling_units_are_those_of_the_cases_asked_about():
    task = seen_task()
    assert len(Assessor(task).units.row) == len(task.card.cases)


def test_a_set_of_stimulated_neurons_is_answered_by_propensity():
    from braincast.tasks.card import Case
    from braincast.tasks.cases import Cases

    training = made_training(TABLE, NEURONS, NEURONS, CLASSES)
    both = Cases.of((Case(id="both", stimulated=("AL", "B"), fold=0, group="A"),), tuple(NEURONS), ("mean",))
    answer = ResponseLookup().fit(training, None, {}, seed=0).forecast(both, None)
    np.testing.assert_array_equal(answer[0, 0], propensity(training, 10.0))


def test_without_any_homologue_a_known_pair_has_the_overall_rate():
    table = np.array([[NAN, 1.0], [0.0, NAN]])
    training = made_training(table, ["B", "C"], ["B", "C"])
    answer = ResponseLookup().fit(training, None, {}, seed=0).forecast(training.cases, None)
    assert np.isfinite(answer).all() and ((answer > 0) & (answer < 1)).all()
