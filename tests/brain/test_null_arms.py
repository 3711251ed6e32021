"""The arms of the wiring test beside permuted and rewired: what each keeps, what it destroys, where it makes sense."""

from __future__ import annotations

from collections import Counter

import networkx as nx
import numpy as np
import pandas as pd
import pytest
from scipy import stats

from braincast.brain.connectome import Connectome
from braincast.brain.nulls import (
    CONTROLS,
    NULLS,
    applicable,
    degree_preserving,
    density_matched,
    distance_preserving,
    identity_permuted,
    no_sense_because,
    signs_shuffled,
    unconstrained,
    weights_shuffled,
    within_type_permuted,
)

AXES = ("x_um", "y_um", "z_um")


def placed(connectome: Connectome) -> Connectome:
    places = np.random.default_rng(8).uniform(0, 100, (connectome.n_neurons, 3))
    neurons = connectome.neurons.assign(**dict(zip(AXES, places.T, strict=True)))
    return Connectome(neurons, connectome.edges, connectome.name)


def in_space(n: int, n_wanted: int, kind: str = "chemical") -> Connectome:
    """Neurons in a box whose near pairs are edges more often than far ones; electrical ones in both directions."""
    rng = np.random.default_rng(3)
    places = rng.uniform(0, 100, (n, 3))
    pre, post = np.nonzero(~np.eye(n, dtype=bool) if kind == "chemical" else np.tri(n, k=-1, dtype=bool))
    nearness = np.exp(-np.linalg.norm(places[pre] - places[post], axis=1) / 20)
    chosen = rng.choice(len(pre), n_wanted, replace=False, p=nearness / nearness.sum())
    pre, post, weight = pre[chosen], post[chosen], rng.uniform(1, 9, n_wanted)
    if kind == "electrical":
        pre, post, weight = np.append(pre, post), np.append(post, pre), np.append(weight, weight)
    edges = pd.DataFrame({"pre": pre, "post": post, "kind": kind, "weight": weight, "sign": 0, "delay_s": np.nan})
    neurons = pd.DataFrame({"id": [f"n{i}" for i in range(n)], **dict(zip(AXES, places.T, strict=True))})
    return Connectome(neurons, edges)


def tracts(n: int) -> Connectome:
    """A complete undirected graph with weights over four orders of magnitude and lengths, as of human regions."""
    rng = np.random.default_rng(4)
    weights, lengths = np.zeros((n, n)), np.zeros((n, n))
    below = np.tril_indices(n, -1)
    weights[below], lengths[below] = 10 ** rng.uniform(0, 4, len(below[0])), rng.uniform(10, 200, len(below[0]))
    pre, post = np.nonzero(~np.eye(n, dtype=bool))
    both = weights + weights.T, lengths + lengths.T
    edges = {"pre": pre, "post": post, "kind": "tract", "weight": both[0][pre, post], "length_mm": both[1][pre, post]}
    return Connectome(
        pd.DataFrame({"id": [f"r{i}" for i in range(n)]}), pd.DataFrame(edges).assign(sign=0, delay_s=0.0)
    )


def lengths(connectome: Connectome) -> np.ndarray:
    places = connectome.neurons[list(AXES)].to_numpy()
    return np.linalg.norm(places[connectome.edges["pre"]] - places[connectome.edges["post"]], axis=1)


def graph_of(connectome: Connectome, kind: str) -> nx.MultiDiGraph:
    edges = connectome.edges[connectome.edges["kind"] == kind]
    graph = nx.MultiDiGraph(list(zip(edges["pre"], edges["post"], strict=True)))
    graph.add_nodes_from(range(connectome.n_neurons))
    return graph


def loops(connectome: Connectome) -> pd.DataFrame:
    return connectome.edges[connectome.edges["pre"] == connectome.edges["post"]]


def test_shuffled_weights_keep_the_graph_and_what_each_kind_weighs(connectome):
    null = weights_shuffled(connectome, seed=1)
    pd.testing.assert_frame_equal(null.edges.drop(columns="weight"), connectome.edges.drop(columns="weight"))
    for kind in connectome.kinds:
        before, after = (c.edges.loc[c.edges["kind"] == kind, "weight"] for c in (connectome, null))
        assert Counter(before) == Counter(after)
    assert (null.edges["weight"] != connectome.edges["weight"]).mean() > 0.5


@pytest.mark.parametrize("make", [weights_shuffled, density_matched, distance_preserving, degree_preserving])
def test_gap_junctions_stay_symmetric_and_self_loops_where_they_are(connectome, make):
    brain = placed(connectome)
    null = make(brain, seed=1)
    matrix = null.adjacency("electrical").toarray()
    np.testing.assert_array_equal(matrix, matrix.T)
    pd.testing.assert_frame_equal(loops(null), loops(brain))


def test_signs_are_exchanged_among_edges_where_neurons_have_both(connectome):
    null = signs_shuffled(connectome, seed=1)
    pd.testing.assert_frame_equal(null.edges.drop(columns="sign"), connectome.edges.drop(columns="sign"))
    before, after = (c.edges.loc[c.edges["kind"] == "chemical", "sign"] for c in (connectome, null))
    np.testing.assert_array_equal(after == 0, before == 0)
    assert Counter(after) == Counter(before) and not after.equals(before)


def test_signs_are_exchanged_among_neurons_where_the_wiring_keeps_dales_rule():
    connectome = in_space(40, 300)
    pre = connectome.edges["pre"].to_numpy()
    inhibitory, unknown = pre % 4 == 0, np.arange(300) % 5 == 0
    signed = connectome.with_edges(connectome.edges.assign(sign=np.where(unknown, 0, np.where(inhibitory, -1, 1))))
    null = signs_shuffled(signed, seed=1).edges
    known = null[null["sign"] != 0]
    of_neurons = known.groupby("pre")["sign"].agg(["min", "max"])
    assert (of_neurons["min"] == of_neurons["max"]).all()
    assert (of_neurons["min"] < 0).sum() == len(np.unique(pre[inhibitory & ~unknown]))
    np.testing.assert_array_equal(null["sign"] == 0, unknown)
    assert not null["sign"].equals(signed.edges["sign"])


def test_a_density_matched_graph_is_simple_and_has_as_many_edges_of_each_kind(connectome):
    null = density_matched(connectome, seed=1)
    for kind in connectome.kinds:
        before, after = graph_of(connectome, kind), graph_of(null, kind)
        assert before.number_of_edges() == after.number_of_edges() == nx.DiGraph(after).number_of_edges()
        assert nx.number_of_selfloops(before) == nx.number_of_selfloops(after)
    assert Counter(null.edges["weight"]) == Counter(connectome.edges["weight"])
    assert dict(graph_of(connectome, "chemical").in_degree()) != dict(graph_of(null, "chemical").in_degree())


def test_every_graph_of_the_same_density_is_equally_likely():
    """Two of six ordered pairs can be chosen in fifteen ways; a chi-square test over 300 seeds."""
    connectome = Connectome.from_edges(list("abc"), ["a", "a"], ["b", "c"])
    drawn = (density_matched(connectome, seed=seed).edges for seed in range(300))
    seen = Counter(frozenset(zip(edges["pre"], edges["post"], strict=True)) for edges in drawn)
    assert len(seen) == 15 and stats.chisquare(list(seen.values())).pvalue > 0.001


def test_more_edges_than_pairs_have_no_room(refused):
    crowded = Connectome.from_edges(["a", "b"], ["a", "a", "a"], ["b", "b", "b"])
    with refused("E107", "3 chemical edges have no room on 2 pairs"):
        density_matched(crowded, seed=0)
    assert not applicable(crowded, "density-matched")


def test_permutation_within_types_keeps_the_wiring_of_types(connectome):
    null = within_type_permuted(connectome, seed=2)
    types = connectome.neurons["cell_class"].to_numpy()
    for end in ("pre", "post"):
        np.testing.assert_array_equal(types[null.edges[end]], types[connectome.edges[end]])
    assert not null.edges[["pre", "post"]].equals(connectome.edges[["pre", "post"]])
    assert nx.is_isomorphic(nx.DiGraph(graph_of(connectome, "chemical")), nx.DiGraph(graph_of(null, "chemical")))


def test_types_are_taken_from_the_first_column_that_puts_neurons_together(refused):
    columns = {"cell_type": list("pqrs"), "cell_class": [None] * 4, "region": ["head", "head", "head", "tail"]}
    neurons = pd.DataFrame({"id": list("abcd"), **columns})
    connectome = Connectome.from_edges(neurons, list("abcd"), list("bcda"))
    rows = np.array([within_type_permuted(connectome, seed=seed).edges["pre"] for seed in range(10)])
    assert (rows[:, 3] == 3).all() and len(np.unique(rows[:, :3], axis=0)) > 1
    alone = Connectome.from_edges(neurons[["id", "cell_type"]], list("abcd"), list("bcda"))
    with refused("E108", "puts two neurons together"):
        within_type_permuted(alone, seed=0)


@pytest.mark.parametrize("kind", ["chemical", "electrical"])
def test_rewiring_at_a_distance_keeps_degrees_and_the_distribution_of_lengths(kind):
    connectome = in_space(80, 400, kind)
    null = distance_preserving(connectome, seed=1)
    before, after = graph_of(connectome, kind), graph_of(null, kind)
    assert dict(before.in_degree()) == dict(after.in_degree())
    assert dict(before.out_degree()) == dict(after.out_degree())
    assert nx.DiGraph(after).number_of_edges() == after.number_of_edges() and nx.number_of_selfloops(after) == 0
    bounds = np.quantile(lengths(connectome), np.arange(11) / 10)
    counts = [np.histogram(lengths(c), [0, *bounds[1:-1], np.inf])[0] for c in (connectome, null)]
    np.testing.assert_array_equal(*counts)
    assert len(set(before.edges()) & set(after.edges())) < 0.7 * before.number_of_edges()
    assert stats.ks_2samp(lengths(connectome), lengths(degree_preserving(connectome, seed=1))).pvalue < 1e-6


def test_edges_of_neurons_without_a_place_are_exchanged_among_themselves():
    connectome = in_space(60, 400)
    connectome.neurons.loc[:9, "x_um"] = np.nan
    null = distance_preserving(connectome, seed=1)
    assert np.isnan(lengths(null)).sum() == np.isnan(lengths(connectome)).sum() > 50


def test_tracts_that_all_stand_in_both_directions_are_rewired_as_undirected_ones():
    connectome = in_space(40, 200, "electrical")
    undirected = connectome.with_edges(connectome.edges.assign(kind="tract"))
    matrix = degree_preserving(undirected, seed=1).adjacency().toarray()
    np.testing.assert_array_equal(matrix, matrix.T)


def test_on_a_complete_graph_weights_are_exchanged_and_strengths_nearly_kept():
    connectome = tracts(40)
    before, after = (c.adjacency().toarray() for c in (connectome, degree_preserving(connectome, seed=1)))
    np.testing.assert_array_equal(after, after.T)
    np.testing.assert_array_equal(np.sort(after, axis=None), np.sort(before, axis=None))
    np.testing.assert_allclose(after.sum(axis=0), before.sum(axis=0), rtol=0.02)
    assert (before == after).mean() < 0.1
    shuffled = weights_shuffled(connectome, seed=1).adjacency().toarray()
    assert np.abs(shuffled.sum(axis=0) / before.sum(axis=0) - 1).max() > 0.2


def test_without_places_weights_of_tracts_of_like_length_are_exchanged(refused):
    connectome = tracts(30)
    null = distance_preserving(connectome, seed=1)
    matrix = null.adjacency().toarray()
    np.testing.assert_array_equal(matrix, matrix.T)
    length, weight = (connectome.edges[column].to_numpy() for column in ("length_mm", "weight"))
    once = connectome.edges["pre"] < connectome.edges["post"]
    bins = np.digitize(length, np.quantile(length[once], np.arange(1, 10) / 10), right=True)
    for number in range(10):
        inside = bins == number
        np.testing.assert_array_equal(np.sort(null.edges["weight"][inside]), np.sort(weight[inside]))
    bare = connectome.with_edges(connectome.edges.drop(columns="length_mm"))
    with refused("E108", "no neuron has a place"):
        distance_preserving(bare, seed=1)


def test_unconstrained_joins_every_pair_in_each_kind_and_keeps_delays(connectome, refused):
    delayed = connectome.with_edges(connectome.edges.assign(delay_s=0.5))
    edges = unconstrained(delayed).edges
    assert Counter(edges["kind"]) == dict.fromkeys(connectome.kinds, 90)
    assert not edges.duplicated(["pre", "post", "kind"]).any() and (edges["pre"] != edges["post"]).all()
    assert (edges["weight"] == 1).all() and edges["delay_s"].notna().sum() == delayed.n_edges - 2
    many = Connectome.from_edges([f"n{i}" for i in range(2001)], ["n0"], ["n1"])
    with refused("E107", "2,001 neurons"):
        unconstrained(many)


def test_an_arm_makes_sense_only_where_it_changes_something(connectome):
    brain = placed(connectome)
    assert all(applicable(brain, arm) for arm in (*NULLS, *CONTROLS))
    plain = Connectome.from_edges(list("abc"), ["a", "b"], ["b", "c"])
    sensible = {arm for arm in (*NULLS, *CONTROLS) if applicable(plain, arm)}
    assert sensible == {"identity-permuted", "density-matched", "no-edges", "unconstrained", "transposed"}
    assert no_sense_because(plain, "degree-preserving") == "no two edges can exchange their ends"
    assert {no_sense_because(plain.with_edges(plain.edges[:0]), arm) for arm in NULLS} == {"it has no edges"}
    regions = tracts(12)
    assert applicable(regions, "degree-preserving") and applicable(regions, "distance-preserving")
    assert not applicable(regions, "transposed") and not applicable(regions, "signs-shuffled")
    assert not applicable(identity_permuted(regions, seed=0), "class-permuted")


def test_an_unknown_arm_is_refused(connectome, refused):
    with refused("E303", "degree-preserved"):
        applicable(connectome, "degree-preserved")
