"""The atlas against the published figures, with the file itself and scikit-learn as referees."""

import io

import h5py
import numpy as np
import pytest
from sklearn.metrics import roc_auc_score

from braincast.brain.nulls import identity_permuted
from braincast.datasets.worm.archive import member

FILE_STRAINS = ("wt", "unc31")


def weights(connectome) -> np.ndarray:
    return (connectome.adjacency("chemical") + connectome.adjacency("electrical")).toarray()


def area(responses, score) -> float:
    measured = responses.measured
    return float(roc_auc_score(responses.responds()[measured], score[measured]))


@pytest.mark.parametrize(("strain", "measured", "responding"), [("wt", 23_902, 1_151), ("unc31", 9_119, 357)])
def test_measured_and_responding_pairs_are_those_of_the_atlas(worm_atlas, strain, measured, responding):
    responses = worm_atlas.specimens[strain].responses
    assert responses.measured.sum() == measured
    assert responses.responds().sum() == responding
    assert responses.unit == "dF/F"


def test_specimens_say_whose_wiring_and_how_many_animals(worm_atlas):
    wild, mutant = worm_atlas.specimens["wt"], worm_atlas.specimens["unc31"]
    assert (wild.strain, mutant.strain) == ("wt", "unc31")
    assert (wild.n_animals, mutant.n_animals) == (None, None)  # the file pools animals and does not count them
    assert wild.wiring == mutant.wiring == "atlas"
    assert wild.connectome is mutant.connectome
    assert wild.expression is mutant.expression


@pytest.mark.parametrize("strain", FILE_STRAINS)
def test_axes_are_stimulated_then_responding(worm_atlas, worm_wheel, strain):
    responses = worm_atlas.specimens[strain].responses
    with h5py.File(io.BytesIO(member(worm_wheel, "funatlas.h5"))) as file:
        group = file[strain]
        for name, ours in (("q", responses.q), ("q_eq", responses.q_equivalence), ("dFF", responses.mean)):
            np.testing.assert_array_equal(group[name][()].T, ours)
        np.testing.assert_array_equal(group["occ1"][()].T, responses.n_trials)


@pytest.mark.parametrize("strain", FILE_STRAINS)
def test_single_trials_and_kernels_belong_to_their_pair(worm_atlas, worm_wheel, strain):
    responses = worm_atlas.specimens[strain].responses
    with h5py.File(io.BytesIO(member(worm_wheel, "funatlas.h5"))) as file:
        trials, kernels = file[strain]["dFF_all"][()], file[strain]["kernels"][()]
    rng = np.random.default_rng(0)
    pairs = np.argwhere(responses.measured)
    for stimulated, responding in rng.choice(pairs, 300, replace=False):
        names = responses.neurons[stimulated], responses.neurons[responding]
        values = trials[responding, stimulated]
        np.testing.assert_array_equal(responses.trials(*names), values[np.isfinite(values)])
        np.testing.assert_array_equal(responses.kernel(*names).ravel(), kernels[responding, stimulated])


@pytest.mark.parametrize("strain", FILE_STRAINS)
def test_the_mean_is_the_mean_of_the_trials(worm_atlas, strain):
    responses = worm_atlas.specimens[strain].responses
    lengths = np.diff(responses.trial_offsets)
    filled = np.flatnonzero((lengths > 0) & np.isfinite(responses.mean.ravel()) & responses.measured.ravel())
    sums = np.add.reduceat(responses.trial_values, responses.trial_offsets[filled])
    ends = np.append(responses.trial_offsets[filled][1:], responses.trial_offsets[-1])
    contiguous = ends == responses.trial_offsets[filled + 1]
    means = (sums / lengths[filled])[contiguous]
    assert contiguous.sum() > 5_000
    np.testing.assert_allclose(means, responses.mean.ravel()[filled][contiguous], rtol=1e-9, atol=1e-12)


def test_the_one_trial_without_a_value_is_left_out(worm_atlas):
    responses = worm_atlas.specimens["wt"].responses
    assert np.isfinite(responses.trial_values).all()
    assert (responses.measured & ~np.isfinite(responses.mean)).sum() == 1


@pytest.mark.parametrize(
    ("least", "most", "pairs", "rate"),
    [(1, 1, 4_928, 0.026), (2, 3, 7_126, 0.035), (4, 7, 6_649, 0.040), (8, 15, 3_884, 0.071), (16, 99, 1_315, 0.176)],
)
def test_more_trials_find_more_responses(worm_atlas, least, most, pairs, rate):
    responses = worm_atlas.specimens["wt"].responses
    stratum = responses.measured & (responses.n_trials >= least) & (responses.n_trials <= most)
    assert stratum.sum() == pairs
    assert responses.responds()[stratum].mean() == pytest.approx(rate, abs=0.0006)


def test_direct_weights_predict_responses_with_the_published_area(worm_atlas):
    specimen = worm_atlas.specimens["wt"]
    assert area(specimen.responses, weights(specimen.connectome)) == pytest.approx(0.568, abs=0.0005)


def test_the_number_of_trials_alone_predicts_responses(worm_atlas):
    responses = worm_atlas.specimens["wt"].responses
    assert area(responses, responses.n_trials) == pytest.approx(0.655, abs=0.0005)


def test_permuted_identities_predict_nothing(worm_atlas):
    specimen = worm_atlas.specimens["wt"]
    areas = [
        area(specimen.responses, weights(identity_permuted(specimen.connectome, seed=seed))) for seed in range(120)
    ]
    assert np.mean(areas) == pytest.approx(0.5005, abs=0.005)
    assert np.std(areas) < 0.01


def test_the_wild_type_predicts_the_mutant_as_well_as_published(worm_atlas):
    wild, mutant = worm_atlas.specimens["wt"].responses, worm_atlas.specimens["unc31"].responses
    both = wild.measured & mutant.measured
    assert both.sum() == 8_150
    assert roc_auc_score(mutant.responds()[both], -wild.q[both]) == pytest.approx(0.635, abs=0.001)
