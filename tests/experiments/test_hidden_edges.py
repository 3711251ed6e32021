"""Hidden edges: which pairs are hidden together, what answerers see, and how their answers are scored."""

from dataclasses import replace

import numpy as np
import pytest
from made_recordings import made_recording
from refusals import refused
from sklearn.metrics import average_precision_score

from braincast.brain.connectome import Connectome
from braincast.brain.specimen import Specimen
from braincast.experiments.edges import answer_edges, compare_edges
from braincast.forecasts.effects import check_effects, load_effects, save_effects
from braincast.models.edges.answerers import EDGE_ANSWERERS
from braincast.models.edges.clues import Clues, clues_of, correlation, partial_correlation
from braincast.scoring.edges import score_edges
from braincast.tasks.edges.declared import DECLARED, declare
from braincast.tasks.edges.question import EdgeQuestion
from braincast.tasks.edges.truth import open_edge_truth
from braincast.tasks.edges.visible import visible_in
from braincast.tasks.effects import asked

N = 40
NEURONS = tuple(f"{chr(65 + k // 2)}{'LR'[k % 2]}" for k in range(N))


def question(kind="chemical", **changes):
    classes = tuple(name[:-1] for name in NEURONS)
    given = {"name": "made-edges", "version": "1", "question": "?", "dataset": "made", "dataset_hash": "0", "seed": 0}
    return EdgeQuestion(
        **{
            **given,
            "kind": kind,
            "neurons": NEURONS,
            "cell_classes": classes,
            "n_folds": 5,
            "n_resamples": 60,
            **changes,
        }
    )


def connectome(wired, kind="chemical"):
    pre, post = (np.array(NEURONS)[ends].tolist() for ends in np.nonzero(wired))
    return Connectome.from_edges(NEURONS, pre, post, kind=kind)


@pytest.fixture(scope="module")
def circuit():
    """Neurons of unlike degrees, wired the more the nearer they are."""
    rng = np.random.default_rng(0)
    wired = rng.random((N, N)) < 0.3 * rng.uniform(0.1, 1.0, (N, 1))
    np.fill_diagonal(wired, False)
    return {kind: connectome(wired, kind) for kind in ("chemical", "electrical")}


@pytest.fixture(scope="module")
def clues(circuit):
    """Activity in which wired neurons go together, responses along edges, and the rest at random."""
    rng = np.random.default_rng(1)
    wired = circuit["chemical"].adjacency("chemical").toarray()
    mixing = np.eye(N) + 0.4 * wired
    activity = rng.normal(size=(3000, N)) @ mixing
    activity[:, :4] = np.nan  # not recorded
    genes = rng.random((30, N))
    return Clues(activity, wired + rng.random((N, N)), genes, genes[:5], rng.uniform(0, 100, (N, 3)))


def test_pairs_of_the_same_classes_are_hidden_together_both_ways():
    fold = question().fold
    number = np.arange(N) // 2
    for a in range(N // 2):
        for b in range(N // 2):
            own = fold[np.ix_(number == a, number == b)]
            assert len(np.unique(own[own >= 0])) == 1
    np.testing.assert_array_equal(fold, fold.T)
    share = np.bincount(fold[fold >= 0]) / (fold >= 0).sum()
    np.testing.assert_allclose(share, 0.2, atol=0.02)


def test_visible_pairs_never_hold_a_hidden_one(circuit):
    asked_pairs = question()
    for fold in range(5):
        seen = visible_in(asked_pairs, circuit["chemical"], fold)
        assert not seen.known[asked_pairs.fold == fold].any() and not seen.wired[~seen.known].any()


@pytest.mark.parametrize("name", EDGE_ANSWERERS)
def test_what_is_answered_of_a_fold_does_not_depend_on_its_edges(name, circuit, clues):
    asked_pairs, true = question(), circuit["chemical"].adjacency("chemical").toarray() > 0
    hidden = asked_pairs.fold == 2
    other = connectome(np.where(hidden, ~true, true))
    before, after = (answer_edges(name, asked_pairs, one, clues).values for one in (circuit["chemical"], other))
    np.testing.assert_array_equal(before[hidden], after[hidden])


def test_scores_are_those_of_scikit_learn_and_of_pairs_counted_within_folds(circuit, clues):
    asked_pairs = question()
    truth = open_edge_truth(asked_pairs, circuit["chemical"])
    answer = answer_edges("responses", asked_pairs, circuit["chemical"], clues)
    score = score_edges(asked_pairs, truth, answer)
    known = np.isfinite(truth) & (answer.values != 0)
    precision = average_precision_score(truth[known], answer.values[known])
    assert score.measures["average_precision"].value == pytest.approx(precision, abs=1e-12)
    wins, pairs = 0.0, 0
    for fold in range(5):
        own = known & (asked_pairs.fold == fold)
        yes, no = answer.values[own & (truth == 1)], answer.values[own & (truth == 0)]
        wins += (np.sign(yes[:, None] - no) / 2 + 0.5).sum()
        pairs += len(yes) * len(no)
    assert score.measures["auroc_within_fold"].value == pytest.approx(wins / pairs, abs=1e-12)
    assert score.share == pytest.approx(truth[known].mean()) and score.n == known.sum()


def test_planted_activity_is_found_and_exchanged_activity_is_not(circuit, clues):
    names = ("activity", "partial-activity", "full-regression", "structural-regression")
    scores = compare_edges(question(), circuit["chemical"], clues, names, n_draws=2)
    for name in names[:3]:
        found = scores[name].measures["auroc_within_fold"]
        assert found.p == pytest.approx(1 / 3) and found.null_mean < found.value - 0.05
    assert scores["activity"].n == (N - 4) * (N - 5)
    assert scores["structural-regression"].measures["auroc_within_fold"].p is None
    assert scores["structural-regression"].measures["auroc_within_fold"].value > 0.55


def test_a_gap_junction_is_asked_about_once_and_its_two_answers_are_averaged(circuit, clues):
    asked_pairs = question("electrical")
    truth = open_edge_truth(asked_pairs, circuit["electrical"])
    assert np.isfinite(truth).sum() == N * (N - 1) / 2
    answer = answer_edges("responses", asked_pairs, circuit["electrical"], clues)
    turned = answer.copy(data=answer.values.T)
    assert score_edges(asked_pairs, truth, answer).to_dict() == score_edges(asked_pairs, truth, turned).to_dict()


def test_partial_correlation_forgets_what_a_third_neuron_tells():
    rng = np.random.default_rng(0)
    middle = rng.normal(size=20_000)
    chain = np.stack([middle + rng.normal(size=20_000), middle, middle + rng.normal(size=20_000)], axis=1)
    assert correlation(chain)[0, 2] > 0.4 and abs(partial_correlation(chain)[0, 2]) < 0.1


def test_exchanged_clues_stay_where_they_were_known(clues):
    moved = clues.permuted(seed=0)
    np.testing.assert_array_equal(np.isfinite(moved.activity), np.isfinite(clues.activity))
    assert not np.array_equal(moved.response, clues.response)
    np.testing.assert_array_equal(moved.place_um, clues.place_um)
    assert not np.array_equal(clues.permuted(seed=1).genes, moved.genes)


def test_answers_are_checked_stored_and_read_again(circuit, clues, tmp_path):
    asked_pairs = question()
    answer = answer_edges("nearness", asked_pairs, circuit["chemical"], clues)
    check_effects(asked_pairs, answer)
    stored = load_effects(save_effects(answer, tmp_path / "edges.zarr"), asked_pairs)
    np.testing.assert_allclose(stored.values, answer.values, rtol=1e-6)
    with refused("E204", "order"):
        check_effects(asked_pairs, answer.isel(pre=[1, 0, *range(2, N)]))
    with refused("E303", "answerer"):
        answer_edges("nearnes", asked_pairs, circuit["chemical"], clues)


def test_the_built_in_questions_are_made_again_bit_for_bit(worm_atlas):
    for name, (kind, _) in DECLARED.items():
        made = declare(name, worm_atlas)
        assert made == asked(name) and made.hash == asked(name).hash and made.kind == kind
        truth = open_edge_truth(made, worm_atlas.specimens["wt"].connectome)
        assert asked(name).to_show()["n_pairs"] == np.isfinite(truth).sum()


def test_clues_of_the_atlas_are_in_the_questions_order(worm_atlas, circuit):
    recording = replace(made_recording(), neurons=("AVAL", "AVAR", "RIML", "nobody", "ASHL"))
    recorded = Specimen("one", "worm", recordings={"all": recording})
    neurons = asked("worm-edges").neurons
    found = clues_of(worm_atlas.specimens["wt"], recorded, neurons)
    assert np.isfinite(found.activity).all(axis=0).sum() == 4
    np.testing.assert_allclose(found.activity[:, neurons.index("AVAL")].std(), 1.0)
    responses = worm_atlas.specimens["wt"].responses
    pair = responses.neurons.index("AVAL"), responses.neurons.index("AVAR")
    expected = -np.log10(np.maximum(responses.q[pair], 1e-12))
    np.testing.assert_allclose(found.response[neurons.index("AVAL"), neurons.index("AVAR")], expected)
