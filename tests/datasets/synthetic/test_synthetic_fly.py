"""The synthetic fly: exact sizes, the fly's statistics, the same for a seed."""

import hashlib

import networkx as nx
import numpy as np
import pytest
from refusals import refused

from braincast.datasets.synthetic.fly import synthetic_fly


@pytest.fixture(scope="module")
def fly():
    """A brain a seventieth of the fly's, as densely wired as the fly's in edges for each neuron."""
    return synthetic_fly(2_000, 100_000, seed=3)


@pytest.fixture(scope="module")
def graph(fly):
    return nx.DiGraph(zip(fly.edges["pre"], fly.edges["post"], strict=True))


def test_it_has_exactly_the_edges_asked_for_none_twice_and_none_to_itself(fly, graph):
    assert fly.n_neurons == 2_000 and fly.n_edges == 100_000
    assert graph.number_of_edges() == 100_000 and nx.number_of_selfloops(graph) == 0


@pytest.mark.parametrize("sizes", [(20, 0), (20, 1), (20, 47), (100, 1_237), (300, None), (1_000, 124_875)])
def test_small_brains_of_any_density_that_is_allowed_are_exact_too(sizes):
    made = synthetic_fly(*sizes, seed=1)
    ends = made.edges[["pre", "post"]]
    wanted = (
        min(sizes[0] * (sizes[0] - 1) // 8, round(sizes[0] * 15_100_000 / 138_639)) if sizes[1] is None else sizes[1]
    )
    assert len(made.edges) == wanted and not ends.duplicated().any() and (ends["pre"] != ends["post"]).all()


def test_it_is_labelled_synthetic_wherever_it_appears(fly):
    assert fly.name == "synthetic-fly" and "synthetic-fly" in repr(fly)
    assert fly.neurons["id"].str.startswith("synthetic-").all()


def test_a_neuron_excites_or_inhibits_by_its_transmitter_and_two_in_five_inhibit(fly):
    assert (fly.edges.groupby("pre")["sign"].nunique() == 1).all()
    sign = fly.edges.groupby("pre")["sign"].first()
    assert ((fly.neurons["transmitter"][sign.index] == "ACH") == (sign == 1)).all()
    assert (fly.neurons["transmitter"] != "ACH").mean() == pytest.approx(0.4, abs=0.001)


def test_degrees_have_heavy_tails_and_go_together(fly):
    sent, got = (np.bincount(fly.edges[end], minlength=2_000) for end in ("pre", "post"))
    assert np.median(sent) < 0.8 * sent.mean() and sent.max() > 6 * sent.mean()
    assert np.median(got) < 0.8 * got.mean() and got.max() > 6 * got.mean()
    assert 0.5 < np.corrcoef(sent, got)[0, 1] < 0.9  # 0.76 in the fly (Dorkenwald et al. 2024)


def test_answers_are_far_more_frequent_than_in_a_random_graph(graph):
    assert nx.overall_reciprocity(graph) > 4 * 100_000 / (2_000 * 1_999)


def test_most_answers_are_between_excitation_and_inhibition_and_many_are_as_strong(fly):
    signed, weights = fly.adjacency(signed=True), fly.adjacency()
    both = (weights.multiply(weights.T) > 0).tocoo()
    there, back = (np.asarray(matrix.tocsr()[both.row, both.col]).ravel() for matrix in (signed, signed.T))
    opposite = there * back < 0
    assert opposite.mean() > 0.6
    assert (there == -back)[opposite].mean() > 2 * (there == back)[~opposite].mean()


def test_regions_are_modules(fly):
    region = fly.neurons["region"].to_numpy()
    inside = (region[fly.edges["pre"]] == region[fly.edges["post"]]).mean()
    sizes = np.unique(region, return_counts=True)[1] / 2_000
    assert inside > 3 * (sizes**2).sum()
    assert fly.neurons.groupby("region")["side"].nunique().eq(1).all()
    spread = fly.neurons.groupby("region")[["x_um", "y_um", "z_um"]].std().mean().mean()
    assert spread < fly.neurons[["x_um", "y_um", "z_um"]].std().mean() / 2


def test_synapses_have_the_published_distribution(fly):
    weight = fly.edges["weight"]
    standard_error = np.sqrt(0.25 / len(weight))
    assert (weight == 1).mean() == pytest.approx(0.4974, abs=0.004 + 3 * standard_error)
    assert (weight >= 5).mean() == pytest.approx(2_700_513 / 15_091_983, abs=0.004 + 3 * standard_error)
    assert weight.mean() == pytest.approx(54_492_922 / 15_091_983, rel=0.05)
    assert weight.max() > 100 and (weight == np.rint(weight)).all()


def test_the_seed_fixes_every_edge_on_any_machine_and_another_seed_changes_them(fly):
    def digest(connectome):
        ends = [connectome.edges[name].to_numpy().astype("<i4").tobytes() for name in ("pre", "post", "weight", "sign")]
        return hashlib.sha256(b"".join(ends)).hexdigest()

    assert digest(fly) == digest(synthetic_fly(2_000, 100_000, seed=3))
    assert digest(fly) != digest(synthetic_fly(2_000, 100_000, seed=4))
    assert digest(fly).startswith("d1fa4c32f9a5096a")


def test_classes_are_in_the_flys_proportions(fly):
    shares = fly.neurons["cell_class"].value_counts(normalize=True)
    assert shares["optic"] == pytest.approx(77_536 / 139_255, abs=0.001) and shares["descending"] > 0
    sensory = (fly.neurons["cell_class"] == "sensory").to_numpy()
    got = np.bincount(fly.edges["post"], minlength=2_000)
    assert np.median(got[sensory]) < np.median(got[~sensory]) / 2


@pytest.mark.parametrize("setting", ["n_neurons", "n_edges", "seed"])
def test_sizes_that_make_no_brain_are_refused(setting):
    wrong = {"n_neurons": (19, 2**31), "n_edges": (-1, 1_238), "seed": (-1,)}
    for value in wrong[setting]:
        with refused("E305", setting, str(value)):
            synthetic_fly(**{"n_neurons": 100, "n_edges": 10, "seed": 0, setting: value})
