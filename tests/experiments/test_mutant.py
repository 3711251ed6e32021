"""The mutant's experiment finds edges that mark lost pairs, and says nothing where there is nothing to find."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from made_brains import made_brain, made_card
from sklearn.metrics import roc_auc_score

from braincast.brain.connectome import Connectome
from braincast.experiments.mutant import CONTRASTS, KINDS, MutantPairs, carried_over, edge_tests
from braincast.tasks.task import Task
from braincast.training.fit import fit


def pairs_of(*, planted: bool) -> MutantPairs:
    """Two made atlases; the wild type's own extra responses lie on peptide edges, or anywhere."""
    rng = np.random.default_rng(7)
    mutant = made_brain(seed=0)
    n = mutant.connectome.n_neurons
    peptide = (rng.random((n, n)) < 0.15) & ~np.eye(n, dtype=bool)
    extra = peptide if planted else rng.permutation(peptide.ravel()).reshape(n, n)
    wild_type = replace(mutant, responses=replace(mutant.responses, q=np.where(extra, 0.01, mutant.responses.q)))
    mutant = replace(mutant, connectome=with_peptides(mutant.connectome, peptide))
    card = made_card(mutant, training_specimen="made")
    return MutantPairs(Task(card, lambda: mutant, lambda: wild_type))


def with_peptides(connectome: Connectome, peptide: np.ndarray) -> Connectome:
    """The same connectome with an edge for each peptide pair."""
    names = np.array(connectome.neuron_ids)
    pre, post = np.nonzero(peptide)
    more = Connectome.from_edges(list(names), names[pre], names[post], kind="peptidergic", weight=np.ones(len(pre)))
    edges = pd.concat([connectome.edges, more.edges], ignore_index=True)
    return Connectome(connectome.neurons, edges, "made wiring")


def found(pairs: MutantPairs) -> dict[tuple[str, str], object]:
    return {(test.kind, test.contrast): test for test in edge_tests(pairs, n_draws=99)}


def test_planted_peptide_edges_mark_what_was_lost_and_nothing_that_was_gained():
    tests = found(pairs_of(planted=True))
    lost = tests["peptidergic", "lost"]
    assert lost.value > 0.9 and lost.p == pytest.approx(1 / 100) and lost.ci[0] > lost.null[1]
    assert lost.n_marked > 0 and lost.n_wired > 0
    assert tests["synaptic", "lost"].value == pytest.approx(0.5, abs=0.1)
    assert set(tests) == {(kind, contrast) for kind in KINDS for contrast in CONTRASTS}


def test_edges_that_have_nothing_to_do_with_it_score_within_their_null():
    lost = found(pairs_of(planted=False))["peptidergic", "lost"]
    assert lost.p > 0.05 and lost.null[0] <= lost.value <= lost.null[1]


def test_the_contrasts_mark_pairs_measured_in_both_strains():
    pairs = pairs_of(planted=True)
    before, after = pairs.wild_type.responds, pairs.mutant.responds
    for contrast, marked in (("lost", (before == 1) & (after == 0)), ("gained", (before == 0) & (after == 1))):
        marks = pairs.marks(contrast)
        np.testing.assert_array_equal(np.isfinite(marks), pairs.both)
        np.testing.assert_array_equal(marks == 1, marked & pairs.both)
    responders = pairs.marks("lost among responders")
    np.testing.assert_array_equal(np.isfinite(responders), pairs.both & (before == 1))


def test_what_is_carried_over_is_scikit_learn_s_auroc_in_both_strains():
    pairs = pairs_of(planted=True)
    forecast = fit("direct-weights", pairs.task).forecast(pairs.task.cases())
    entry = carried_over(pairs, {"direct-weights": forecast})["direct-weights"]
    score = forecast.values[:, 0][pairs.both]
    for strain, seen in (("wild_type", pairs.wild_type), ("mutant", pairs.mutant)):
        assert entry[strain]["value"] == pytest.approx(roc_auc_score(seen.responds[pairs.both], score), rel=1e-9)
    assert entry["drop"]["value"] == pytest.approx(entry["wild_type"]["value"] - entry["mutant"]["value"])


def test_a_contrast_that_marks_nothing_is_undefined():
    gained = found(pairs_of(planted=False))["peptidergic", "gained"]
    assert gained.n_marked == 0 and (gained.value, gained.ci, gained.null, gained.p) == (None,) * 4


def test_the_same_draws_give_the_same_tests():
    pairs = pairs_of(planted=False)
    assert edge_tests(pairs, n_draws=5, seed=3) == edge_tests(pairs, n_draws=5, seed=3)
