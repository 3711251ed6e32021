"""Connectome: what it accepts, what it refuses, and what comes out."""

from __future__ import annotations

import json
import time

import networkx as nx
import numpy as np
import pandas as pd
import pytest
from scipy import sparse

from braincast.brain.connectome import EDGE_COLUMNS, EDGE_KINDS, Connectome


def edges_of(**changes) -> pd.DataFrame:
    columns = {
        "pre": [0, 1],
        "post": [1, 2],
        "kind": ["chemical", "electrical"],
        "weight": [3.0, 1.0],
        "sign": [1, 0],
        "delay_s": [np.nan, 0.002],
    }
    return pd.DataFrame(columns | changes)


NEURONS = pd.DataFrame({"id": ["a", "b", "c"]})


def test_types_are_settled_at_construction():
    connectome = Connectome(pd.DataFrame({"id": [11, 12, 13]}), edges_of())
    assert connectome.neuron_ids == ["11", "12", "13"]
    assert [str(connectome.edges[column].dtype) for column in EDGE_COLUMNS if column != "kind"] == [
        "int32",
        "int32",
        "float64",
        "int8",
        "float32",
    ]
    assert tuple(connectome.edges["kind"].cat.categories) == EDGE_KINDS


def test_float32_weights_stay_float32_and_counts_become_float64():
    assert Connectome(NEURONS, edges_of(weight=np.float32([1, 2]))).edges["weight"].dtype == np.float32
    assert Connectome(NEURONS, edges_of(weight=[1, 2])).edges["weight"].dtype == np.float64


def test_settled_columns_lie_in_memory_once_and_neither_table_sees_what_is_written_to_the_other():
    settled = Connectome(NEURONS, edges_of()).edges.copy()
    connectome = Connectome(NEURONS, settled)
    for column in ("pre", "weight", "sign", "delay_s"):
        assert np.shares_memory(settled[column].to_numpy(), connectome.edges[column].to_numpy())
    settled.loc[0, "weight"], settled.loc[1, "pre"] = 99.0, 0
    assert connectome.edges["weight"].tolist() == [3, 1] and connectome.edges["pre"].tolist() == [0, 1]
    connectome.edges.loc[0, "post"] = 0
    assert settled["post"].tolist() == [1, 2]


def test_construction_leaves_the_callers_tables_alone_and_keeps_further_columns():
    neurons = pd.DataFrame({"id": [1, 2, 3], "region": ["x", "y", "z"]}, index=[7, 8, 9])
    edges = edges_of(confidence=[0.5, 0.9])
    before = neurons.copy(), edges.copy()
    connectome = Connectome(neurons, edges)
    pd.testing.assert_frame_equal(neurons, before[0])
    pd.testing.assert_frame_equal(edges, before[1])
    edges.loc[0, ["weight", "confidence"]] = 99.0
    assert connectome.edges["weight"].tolist() == [3, 1]
    assert connectome.edges["confidence"].tolist() == [0.5, 0.9]
    assert connectome.neurons["region"].tolist() == ["x", "y", "z"]


def test_a_shuffled_or_partial_category_of_kinds_keeps_its_meaning():
    kinds = pd.Categorical(["electrical", "chemical"], categories=["electrical", "chemical"])
    assert Connectome(NEURONS, edges_of(kind=kinds)).edges["kind"].tolist() == ["electrical", "chemical"]


def test_missing_values_of_pandas_are_understood():
    edges = edges_of(sign=pd.array([1, -1], dtype="Int8"), delay_s=pd.array([None, 0.5], dtype="Float32"))
    connectome = Connectome(NEURONS, edges)
    assert connectome.edges["sign"].tolist() == [1, -1]
    assert np.isnan(connectome.edges["delay_s"][0])


@pytest.mark.parametrize(
    ("code", "neurons", "edges", "place"),
    [
        ("E101", pd.DataFrame({"id": ["a", "b", "a"]}), edges_of(), "neurons.id[2]"),
        ("E102", NEURONS, edges_of(post=[1, 3]), "edges.post[1]"),
        ("E102", NEURONS, edges_of(pre=[-1, 0]), "edges.pre[0]"),
        ("E102", NEURONS, edges_of(pre=["a", "b"]), "edges.pre"),
        ("E103", NEURONS, edges_of(weight=[1.0, -2.0]), "edges.weight[1]"),
        ("E103", NEURONS, edges_of(weight=[np.nan, 1.0]), "edges.weight[0]"),
        ("E103", NEURONS, edges_of(weight=[1.0, np.inf]), "edges.weight[1]"),
        ("E103", NEURONS, edges_of(weight=["many", "few"]), "edges.weight"),
        ("E107", pd.DataFrame({"id": ["a", "", "c"]}), edges_of(), "neurons.id[1]"),
        ("E107", pd.DataFrame({"id": ["a", None, "c"]}), edges_of(), "neurons.id[1]"),
        ("E107", pd.DataFrame({"id": [1.0, 2.0, 3.0]}), edges_of(), "neurons.id"),
        ("E107", NEURONS, edges_of(kind=["chemical", "ephaptic"]), "edges.kind[1]"),
        ("E107", NEURONS, edges_of(kind=["chemical", None]), "edges.kind[1]"),
        ("E107", NEURONS, edges_of(kind=pd.Categorical([None, "tract"], categories=EDGE_KINDS)), "edges.kind[0]"),
        ("E107", NEURONS, edges_of(sign=[2, 0]), "edges.sign[0]"),
        ("E107", NEURONS, edges_of(sign=[0.5, 0]), "edges.sign[0]"),
        ("E107", NEURONS, edges_of(delay_s=[np.nan, -1]), "edges.delay_s[1]"),
        ("E107", NEURONS, edges_of(delay_s=[np.inf, 0]), "edges.delay_s[0]"),
        ("E108", pd.DataFrame({"name": ["a"]}), edges_of(), "'id'"),
        ("E108", NEURONS, edges_of().drop(columns="sign"), "'sign'"),
        ("E108", NEURONS, edges_of().assign(x=1).rename(columns={"x": "sign"}), "'sign'"),
    ],
)
def test_bad_tables_are_refused_with_the_place(refused, code, neurons, edges, place):
    with refused(code, place):
        Connectome(neurons, edges)


def test_a_connectome_without_weight_unit_is_refused(refused):
    with refused("E105", "weight_unit"):
        Connectome(NEURONS, edges_of(), weight_unit=" ")


def test_a_connectome_may_be_empty():
    empty = Connectome(pd.DataFrame({"id": []}), edges_of().iloc[:0].astype(object))
    assert (empty.n_neurons, empty.n_edges, empty.kinds) == (0, 0, ())
    assert empty.adjacency().shape == (0, 0)


def test_from_edges_places_weights_at_pre_and_post():
    connectome = Connectome.from_edges(
        ["a", "b", "c"], iter(["a", "c"]), ["b", "a"], kind=["chemical", "tract"], weight=iter([2.0, 5.0]), sign=-1
    )
    assert connectome.adjacency().toarray().tolist() == [[0, 2, 0], [0, 0, 0], [5, 0, 0]]
    assert connectome.adjacency("tract", signed=True).toarray().tolist() == [[0, 0, 0], [0, 0, 0], [-5, 0, 0]]
    assert connectome.kinds == ("chemical", "tract")


def test_from_edges_takes_a_neuron_table(refused):
    table = pd.DataFrame({"id": ["ASEL", "AIYL"], "side": ["L", "L"]})
    assert Connectome.from_edges(table, ["ASEL"], ["AIYL"]).neurons["side"].tolist() == ["L", "L"]
    with refused("E102", "post[0]", "AIYR", "AIYL"):
        Connectome.from_edges(table, ["ASEL"], ["AIYR"])
    with refused("E102", "pre[1]", "2 names"):
        Connectome.from_edges(table, ["ASEL", "zzz"], ["AIYL", "AIYL"])
    with refused("E106", "weight", "2 values for 1 edges"):
        Connectome.from_edges(table, ["ASEL"], ["AIYL"], weight=[1, 2])


def test_adjacency_equals_networkx_and_sums_parallel_edges():
    connectome = Connectome.from_edges(["a", "b", "c"], list("aabc"), list("bbca"), weight=[1, 2, 3, 4])
    graph = nx.DiGraph()
    graph.add_nodes_from("abc")
    graph.add_weighted_edges_from([("a", "b", 3), ("b", "c", 3), ("c", "a", 4)])
    matrix = connectome.adjacency()
    assert isinstance(matrix, sparse.csr_array) and matrix.dtype == np.float64
    np.testing.assert_array_equal(matrix.toarray(), nx.to_numpy_array(graph, nodelist=list("abc")))


def test_adjacency_of_all_kinds_is_the_sum_over_kinds(connectome):
    total = sum(connectome.adjacency(kind).toarray() for kind in EDGE_KINDS)
    np.testing.assert_allclose(connectome.adjacency().toarray(), total)


def test_an_unknown_edge_kind_is_refused(connectome, refused):
    with refused("E107", "ephaptic"):
        connectome._is_kind("ephaptic")


def test_index_of_finds_rows_and_names_the_unknown_one(connectome, refused):
    assert connectome.index_of(["AVAR", "ADAL"]).tolist() == [5, 0]
    with refused("E102", "ids[1]", "AVAX", "AVAR"):
        connectome.index_of(["ADAL", "AVAX"])


def test_subgraph_is_the_matrix_block_in_the_order_asked_for(connectome, refused):
    ids = ["SMDL", "ADAR", "AVAL", "AIBR"]
    rows = connectome.index_of(ids)
    part = connectome.subgraph(ids)
    assert part.neuron_ids == ids
    np.testing.assert_array_equal(part.adjacency().toarray(), connectome.adjacency().toarray()[np.ix_(rows, rows)])
    with refused("E101", "ids[1]"):
        connectome.subgraph(["ADAL", "ADAL"])


def test_with_edges_keeps_neurons_and_unit(connectome):
    other = connectome.with_edges(connectome.edges.iloc[:3], "fewer")
    assert (other.n_edges, other.name, other.weight_unit) == (3, "fewer", "synapses")
    assert connectome.with_edges(connectome.edges).name == connectome.name


def test_a_saved_connectome_comes_back_equal(connectome, tmp_path, refused):
    connectome.save(tmp_path / "c")
    loaded = Connectome.load(str(tmp_path / "c"))
    pd.testing.assert_frame_equal(loaded.neurons, connectome.neurons)
    pd.testing.assert_frame_equal(loaded.edges, connectome.edges)
    assert (loaded.name, loaded.weight_unit) == (connectome.name, connectome.weight_unit)
    with refused("E501"):
        connectome.save(tmp_path / "c")
    connectome.with_edges(connectome.edges.iloc[:0]).save(tmp_path / "c", force=True)
    assert Connectome.load(tmp_path / "c").n_edges == 0


def test_a_damaged_connectome_is_refused(connectome, tmp_path, refused):
    folder = tmp_path / "c"
    connectome.save(folder)
    whole = (folder / "edges.parquet").read_bytes()
    (folder / "edges.parquet").write_bytes(whole[:40] + bytes([whole[40] ^ 1]) + whole[41:])
    with refused("E210", "edges.parquet"):
        Connectome.load(folder)
    (folder / "edges.parquet").write_bytes(b"no parquet")
    with refused("E111", "edges.parquet"):
        Connectome.load(folder, check=False)
    (folder / "edges.parquet").unlink()
    with refused("E111", "edges.parquet"):
        Connectome.load(folder, check=False)
    with refused("E203", "edges.parquet"):
        Connectome.load(folder)
    with refused("E201"):
        Connectome.load(tmp_path / "nowhere")


@pytest.mark.parametrize(
    ("header", "word"),
    [
        ({"braincast": "recording", "format": 1}, "not a saved connectome"),
        ({"braincast": "connectome", "format": 9}, "format 9"),
        ({"braincast": "connectome", "format": 1, "name": "x"}, "weight_unit"),
        ({"braincast": "connectome", "format": 1, "name": 3, "weight_unit": "u"}, "name"),
        ([], "not a saved connectome"),
    ],
)
def test_a_foreign_header_is_refused(connectome, tmp_path, refused, header, word):
    connectome.save(tmp_path / "c")
    (tmp_path / "c" / "connectome.json").write_text(json.dumps(header))
    with refused("E111", word):
        Connectome.load(tmp_path / "c", check=False)


def test_a_folder_that_holds_no_connectome_is_refused(expression, tmp_path, refused):
    expression.save(tmp_path / "e")
    with refused("E111", "no saved connectome"):
        Connectome.load(tmp_path / "e")


def test_a_table_that_parquet_cannot_hold_is_refused_and_leaves_nothing(tmp_path, refused):
    neurons = pd.DataFrame({"id": ["a", "b"], "note": pd.Series([1, "two"], dtype=object)})
    with refused("E107", "table neurons"):
        Connectome(neurons, edges_of().iloc[:0]).save(tmp_path / "c")
    assert list(tmp_path.iterdir()) == []


def test_repr_counts_and_html_escapes():
    connectome = Connectome(NEURONS, edges_of(), name="<script>")
    text = repr(connectome)
    assert "\n" not in text and "neurons 3" in text and "chemical 1 edges of total weight 3" in text
    assert "<script>" not in connectome._repr_html_() and "&lt;script&gt;" in connectome._repr_html_()


@pytest.mark.slow
def test_fifteen_million_edges_construct_and_load_in_seconds(tmp_path):
    n_neurons, n_edges = 138_639, 15_000_000
    rng = np.random.default_rng(1)
    ends = rng.integers(0, n_neurons, (2, n_edges), dtype=np.int32)
    edges = pd.DataFrame(
        {
            "pre": ends[0],
            "post": ends[1],
            "kind": pd.Categorical.from_codes(np.zeros(n_edges, np.int8), dtype=pd.CategoricalDtype(EDGE_KINDS)),
            "weight": rng.integers(1, 50, n_edges).astype(np.float32),
            "sign": rng.integers(-1, 2, n_edges, dtype=np.int8),
            "delay_s": np.full(n_edges, 0.0018, np.float32),
        }
    )
    neurons = pd.DataFrame({"id": np.arange(n_neurons) + 720575940600000000})
    seconds: dict[str, float] = {}
    start = time.perf_counter()
    connectome = Connectome(neurons, edges)
    seconds["construct"] = time.perf_counter() - start
    connectome.save(tmp_path / "fly")
    start = time.perf_counter()
    loaded = Connectome.load(tmp_path / "fly")
    seconds["load"] = time.perf_counter() - start
    assert loaded.n_edges == n_edges
    np.testing.assert_array_equal(loaded.edges["post"].to_numpy(), ends[1])
    # Generous, so that a busy machine does not fail the test: both take about a second on an idle one.
    assert seconds["construct"] < 10 and seconds["load"] < 20, seconds
