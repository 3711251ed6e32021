from dataclasses import replace

import numpy as np
import pytest

from braincast.errors import BraincastError
from braincast.experiments.signs import answer_signs, compare_signs
from braincast.models.signs.answerers import SIGN_ANSWERERS
from braincast.models.signs.receptors import EXCITATORY, INHIBITORY, receptor_balance
from braincast.tasks.effects import asked
from braincast.tasks.registry import load_task
from braincast.tasks.sign_truth import open_sign_truth
from braincast.tasks.task import Task
from braincast.tasks.worm_signs import signed_circuit, signs_question


@pytest.fixture(scope="module")
def question(worm_atlas):
    return signs_question(worm_atlas)


@pytest.fixture(scope="module")
def circuit(worm_atlas):
    return signed_circuit(worm_atlas)


@pytest.fixture(scope="module")
def task(worm_wheel):
    return load_task("worm-perturbation")


@pytest.fixture(scope="module")
def scores(question, circuit, task):
    return compare_signs(question, circuit, task)


def test_the_question_is_about_the_published_circuit_and_made_again_bit_for_bit(question, worm_atlas):
    assert len(question.edges) == question.wired.sum() == 3_638
    assert signs_question(worm_atlas).hash == question.hash
    assert asked("worm-signs") == question


def test_the_truth_is_the_sign_of_significant_responses_of_wired_pairs(question, task):
    truth = open_sign_truth(question, task)
    assert np.isfinite(truth).sum() == 156
    assert (truth < 0).sum() == 11
    assert not np.isfinite(truth[~question.wired]).any()


def test_predicted_signs_agree_no_more_than_shuffled_ones_as_known(scores, question, circuit, task):
    agreement = scores["predicted"].measures["agreement"]
    assert scores["predicted"].n == 71
    assert agreement.value == pytest.approx(42 / 71)
    # The reference knows no AWC neuron: 41 of 70 agree (58.6 %), null 55.7 ± 3.6 %.
    effects, truth = answer_signs("predicted", question, circuit, task), open_sign_truth(question, task)
    known = np.array([not neuron.startswith("AWC") for neuron in question.neurons])
    scored = np.isfinite(truth) & (effects.values != 0) & known[:, None] & known[None, :]
    agrees = (np.sign(effects.values) == truth)[scored]
    assert (agrees.sum(), scored.sum()) == (41, 70)
    assert agreement.null_mean == pytest.approx(0.557, abs=0.01)
    assert agreement.null_sd == pytest.approx(0.036, abs=0.003)
    assert agreement.p > 0.05


def test_every_answerer_is_scored(scores):
    assert set(scores) == set(SIGN_ANSWERERS)
    assert all(0 < score.n <= score.n_truth == 156 for score in scores.values())


@pytest.mark.parametrize("name", [name for name in SIGN_ANSWERERS if name.startswith("learned")])
def test_an_edge_is_answered_by_a_fit_that_never_saw_its_class_stimulated(name, question, circuit, task):
    """Turning every response of one fold's stimuli round leaves what is answered about that fold as it was."""
    held = [question.neurons.index(case.id) for case in task.card.cases if case.fold == 2]
    turned = replace(task.specimen.responses, trial_values=_turned(task, held))
    other = Task(task.card, lambda: replace(task.specimen, responses=turned))
    before, after = (answer_signs(name, question, circuit, t).values for t in (task, other))
    np.testing.assert_array_equal(before[held], after[held])
    others = np.setdiff1d([question.neurons.index(case.id) for case in task.card.cases], held)
    assert not np.array_equal(before[others], after[others])


def _turned(task, held):
    """Single trials with the sign of the held stimuli's turned; means are computed from them."""
    responses = task.specimen.responses
    values, offsets, n = responses.trial_values.copy(), responses.trial_offsets, len(responses.neurons)
    for row in held:
        values[offsets[row * n] : offsets[(row + 1) * n]] *= -1
    return values


def test_an_unknown_answerer_is_refused(question, circuit, task):
    with pytest.raises(BraincastError, match="E303"):
        answer_signs("recepters", question, circuit, task)


def test_receptor_balance_follows_known_receptors(task):
    neurons = task.structure.connectome.neuron_ids
    balance = receptor_balance(task.structure)
    # ASH excites AVA through glutamate and GLR-1 (Mellem et al. 2002, Neuron 36:933).
    assert balance["Glu"][neurons.index("AVAL")] > 0
    assert all(np.isfinite(values).all() for values in balance.values())


def test_no_receptor_is_both_excitatory_and_inhibitory():
    for transmitter in EXCITATORY:
        assert not set(EXCITATORY[transmitter]) & set(INHIBITORY[transmitter])
    genes = [gene for table in (EXCITATORY, INHIBITORY) for names in table.values() for gene in names]
    assert len(genes) == len(set(genes))


def test_all_receptor_genes_are_in_the_expression_of_the_atlas(task):
    known = set(task.structure.expression.genes)
    genes = {gene for table in (EXCITATORY, INHIBITORY) for names in table.values() for gene in names}
    assert genes <= known
