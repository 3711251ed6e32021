"""Null connectomes against networkx: what each keeps, and what it destroys."""

from __future__ import annotations

import time
from collections import Counter

import networkx as nx
import numpy as np
import pandas as pd
import pytest
from scipy import stats

from braincast.brain import rewiring
from braincast.brain.connectome import Connectome
from braincast.brain.nulls import (
    CONTROLS,
    NULLS,
    class_permuted,
    degree_preserving,
    identity_permuted,
    no_edges,
    transposed,
)

RANDOM = tuple(name for name in NULLS if name != "no-edges")


@pytest.fixture
def connectome(connectome):
    """The small connectome with a place for every neuron."""
    places = np.random.default_rng(8).uniform(0, 100, (connectome.n_neurons, 3))
    neurons = connectome.neurons.assign(**dict(zip(("x_um", "y_um", "z_um"), places.T, strict=True)))
    return Connectome(neurons, connectome.edges, connectome.name)


def edges_of(connectome: Connectome, kind: str) -> pd.DataFrame:
    return connectome.edges[connectome.edges["kind"] == kind]


def directed(connectome: Connectome, kind: str) -> nx.MultiDiGraph:
    """The edges of one kind as networkx sees them: parallel edges would show."""
    graph = nx.MultiDiGraph()
    graph.add_nodes_from(range(connectome.n_neurons))
    for edge in edges_of(connectome, kind).itertuples():
        graph.add_edge(edge.pre, edge.post, weight=edge.weight)
    return graph


def random_graph(n: int, m: int, seed: int) -> Connectome:
    """A simple directed random graph from networkx."""
    graph = nx.gnm_random_graph(n, m, seed=seed, directed=True)
    ids = [f"n{i}" for i in range(n)]
    ends = np.array(graph.edges)
    weights = np.random.default_rng(seed).uniform(1, 2, m)
    return Connectome.from_edges(ids, [ids[i] for i in ends[:, 0]], [ids[i] for i in ends[:, 1]], weight=weights)


@pytest.mark.parametrize("name", RANDOM)
def test_same_seed_same_bits_and_another_seed_another_graph(connectome, name):
    first, again, other = (NULLS[name](connectome, seed=seed) for seed in (1, 1, 2))
    pd.testing.assert_frame_equal(first.edges, again.edges)
    assert not first.edges.equals(other.edges)


@pytest.mark.parametrize("name", [*NULLS, *CONTROLS])
def test_every_null_keeps_the_neurons_says_its_name_and_leaves_the_original(connectome, name):
    before = connectome.edges.copy()
    null = ({**NULLS, **CONTROLS})[name](connectome, seed=4)
    pd.testing.assert_frame_equal(null.neurons, connectome.neurons)
    pd.testing.assert_frame_equal(connectome.edges, before)
    assert null.name.startswith("small (") and name.replace("-", " ") in null.name.replace("-", " ")


def test_identity_permutation_is_one_relabelling_of_all_kinds_together(connectome):
    null = identity_permuted(connectome, seed=3)
    before, after = connectome.edges, null.edges
    relabelling = dict(zip(before["pre"], after["pre"], strict=True))
    assert sorted(relabelling.values()) == sorted(relabelling)
    assert after["post"].tolist() == [relabelling[row] for row in before["post"]]
    pd.testing.assert_frame_equal(after.drop(columns=["pre", "post"]), before.drop(columns=["pre", "post"]))
    assert nx.is_isomorphic(nx.DiGraph(directed(connectome, "chemical")), nx.DiGraph(directed(null, "chemical")))


def test_class_permutation_moves_whole_classes_left_to_left(connectome):
    null = class_permuted(connectome, seed=1)
    relabelling = dict(zip(connectome.edges["pre"], null.edges["pre"], strict=True))
    ids, classes = connectome.neuron_ids, connectome.neurons["cell_class"]
    moved = {ids[old]: ids[new] for old, new in relabelling.items()}
    assert all(old[-1] == new[-1] for old, new in moved.items())
    for name in classes.unique():
        assert len({moved[f"{name}{side}"][:-1] for side in "LR"}) == 1
    assert any(old != new for old, new in moved.items())


def test_class_permutation_follows_side_and_not_row_order():
    neurons = pd.DataFrame(
        {"id": ["AL", "AR", "BR", "BL"], "cell_class": ["A", "A", "B", "B"], "side": ["L", "R", "R", "L"]}
    )
    connectome = Connectome.from_edges(neurons, ["AL", "AR"], ["AR", "AL"], weight=[1, 2])
    nulls = (class_permuted(connectome, seed=seed) for seed in range(20))
    moved = next(null for null in nulls if null.edges["pre"].tolist() != [0, 1])
    assert [moved.neuron_ids[row] for row in moved.edges["pre"]] == ["BL", "BR"]


def test_class_permutation_without_sides_takes_table_order_and_classless_neurons_stand_alone():
    neurons = pd.DataFrame({"id": list("abcde"), "cell_class": ["X", "X", None, "", "Y"]})
    connectome = Connectome.from_edges(neurons, list("abcde"), list("abcde"))
    for seed in range(10):
        rows = class_permuted(connectome, seed=seed).edges["pre"].tolist()
        assert rows[:2] == [0, 1]  # the only class of two cannot move
        assert sorted(rows[2:]) == [2, 3, 4]


def test_class_permutation_needs_classes(refused):
    with refused("E108", "cell_class"):
        class_permuted(Connectome.from_edges(["a"], [], []), seed=0)


@pytest.mark.parametrize("seed", range(5))
def test_rewiring_keeps_degrees_and_out_strength_and_adds_no_parallel_edge_or_loop(seed):
    connectome = random_graph(40, 300, seed)
    null = degree_preserving(connectome, seed=seed)
    before, after = directed(connectome, "chemical"), directed(null, "chemical")
    assert dict(before.in_degree()) == dict(after.in_degree())
    assert dict(before.out_degree()) == dict(after.out_degree())
    assert dict(after.out_degree(weight="weight")) == pytest.approx(dict(before.out_degree(weight="weight")))
    assert nx.DiGraph(after).number_of_edges() == after.number_of_edges() == 300
    assert nx.number_of_selfloops(after) == 0
    assert len(set(before.edges()) & set(after.edges())) < 120  # 300 edges of 1,560 pairs: chance leaves about 58


def test_rewiring_keeps_every_kind_apart(connectome):
    null = degree_preserving(connectome, seed=2)
    for kind in connectome.kinds:
        before, after = directed(connectome, kind), directed(null, kind)
        assert dict(before.in_degree()) == dict(after.in_degree())
        assert dict(before.out_degree()) == dict(after.out_degree())
        assert Counter(edges_of(null, kind)["weight"]) == Counter(edges_of(connectome, kind)["weight"])
    assert null.edges["pre"].tolist() == connectome.edges["pre"].tolist()


def test_existing_self_loops_stay_and_none_is_added(connectome):
    null = degree_preserving(connectome, seed=2)
    for kind in connectome.kinds:
        assert set(nx.selfloop_edges(directed(null, kind))) == set(nx.selfloop_edges(directed(connectome, kind)))
    chemical = edges_of(connectome, "chemical")
    loop = chemical.index[chemical["pre"] == chemical["post"]]
    pd.testing.assert_frame_equal(null.edges.loc[loop], connectome.edges.loc[loop])


@pytest.mark.parametrize("seed", range(5))
def test_rewired_electrical_edges_stay_symmetric_with_one_weight_both_ways(connectome, seed):
    null = degree_preserving(connectome, seed=seed)
    matrix = null.adjacency("electrical").toarray()
    np.testing.assert_array_equal(matrix, matrix.T)
    before, after = directed(connectome, "electrical"), directed(null, "electrical")
    assert dict(before.degree()) == dict(after.degree())
    assert nx.DiGraph(after).number_of_edges() == after.number_of_edges()
    assert set(before.edges()) != set(after.edges())
    np.testing.assert_allclose(np.sort(matrix[matrix > 0]), np.sort(connectome.adjacency("electrical").data))


def test_parallel_electrical_edges_of_different_weight_stay_symmetric_when_rewired():
    rows = [("a", "b", 1.0), ("b", "a", 0.5), ("b", "a", 1.0), ("a", "b", 0.5), ("c", "d", 2.0), ("d", "c", 2.0)]
    edges = pd.DataFrame(rows, columns=["pre", "post", "weight"])
    ends = {end: edges[end].map(list("abcd").index) for end in ("pre", "post")}
    table = edges.assign(**ends, kind="electrical", sign=0, delay_s=np.nan)
    connectome = Connectome(pd.DataFrame({"id": list("abcd")}), table)
    for seed in range(5):
        matrix = degree_preserving(connectome, seed=seed).adjacency("electrical").toarray()
        np.testing.assert_array_equal(matrix, matrix.T)


def test_an_electrical_edge_in_one_direction_only_cannot_be_rewired(refused):
    connectome = Connectome.from_edges(["a", "b"], ["a"], ["b"], kind="electrical")
    with refused("E107", "a – b"):
        degree_preserving(connectome, seed=0)


def test_rewiring_leaves_a_graph_without_room_as_it_was():
    ids = ["a", "b", "c"]
    complete = [(i, j) for i in ids for j in ids if i != j]
    connectome = Connectome.from_edges(ids, [i for i, _ in complete], [j for _, j in complete])
    pd.testing.assert_frame_equal(degree_preserving(connectome, seed=0).edges, connectome.edges)


def test_rewiring_moves_parallel_edges_without_adding_any():
    connectome = random_graph(20, 80, 1)
    doubled = connectome.with_edges(pd.concat([connectome.edges, connectome.edges.iloc[:20]]))
    counts = Counter(zip(*(degree_preserving(doubled, seed=1).edges[end] for end in ("pre", "post")), strict=True))
    assert sum(count - 1 for count in counts.values()) <= 20


def test_weight_sign_and_further_columns_travel_with_the_presynaptic_end():
    connectome = random_graph(20, 80, 1)
    marked = connectome.with_edges(connectome.edges.assign(mark=np.arange(80), sign=-1))
    null = degree_preserving(marked, seed=1).edges
    columns = ["pre", "weight", "sign", "mark"]
    pd.testing.assert_frame_equal(null[columns], marked.edges[columns])


def test_rewiring_makes_every_reachable_graph_equally_likely():
    """Three disjoint edges can be paired in six ways; a chi-square test over 600 seeds."""
    connectome = Connectome.from_edges(list("abcdef"), list("ace"), list("bdf"))
    seen = Counter(tuple(degree_preserving(connectome, seed=seed).edges["post"]) for seed in range(600))
    assert len(seen) == 6 and stats.chisquare(list(seen.values())).pvalue > 0.001


def test_fewer_than_one_swap_per_edge_is_refused(connectome, refused):
    with refused("E107", "swaps_per_edge"):
        degree_preserving(connectome, seed=0, swaps_per_edge=0)


def test_no_edges_is_empty_and_transposed_turns_the_matrix(connectome):
    assert no_edges(connectome, seed=1).adjacency().nnz == 0
    np.testing.assert_array_equal(transposed(connectome).adjacency().toarray(), connectome.adjacency().toarray().T)


def test_registries_cannot_be_changed():
    assert list(CONTROLS) == ["unconstrained", "transposed"]
    with pytest.raises(TypeError):
        NULLS["mine"] = no_edges


@pytest.mark.slow
def test_six_hundred_thousand_edges_rewire_in_seconds():
    rng = np.random.default_rng(0)
    n = 10_000
    pairs = np.unique(rng.integers(0, n * n, 600_000))
    edges = pd.DataFrame({"pre": pairs // n, "post": pairs % n, "kind": "chemical", "weight": 1.0, "sign": 0})
    connectome = Connectome(pd.DataFrame({"id": np.arange(n)}), edges.assign(delay_s=np.nan))
    degree_preserving(connectome.subgraph([str(i) for i in range(100)]), seed=0)  # compiles
    start = time.perf_counter()
    null = degree_preserving(connectome, seed=0)
    seconds = time.perf_counter() - start
    for end in ("pre", "post"):
        np.testing.assert_array_equal(np.bincount(null.edges[end]), np.bincount(connectome.edges[end]))
    assert not null.edges.duplicated(["pre", "post"]).any()
    assert seconds < 10, seconds


def test_compiled_kernels_do_what_their_python_says(connectome, monkeypatch):
    compiled = degree_preserving(connectome, seed=7)
    for name in ("_points_to", "_may_swap", "_directed_swaps", "_undirected_swaps", "_swap_undirected_rows"):
        monkeypatch.setattr(rewiring, name, getattr(rewiring, name).py_func)
    pd.testing.assert_frame_equal(degree_preserving(connectome, seed=7).edges, compiled.edges)
