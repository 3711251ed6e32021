"""What must hold for every connectome: relabelling, rewiring, saving."""

from __future__ import annotations

import tempfile
from collections import Counter
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from braincast.brain.connectome import EDGE_KINDS, Connectome
from braincast.brain.nulls import NULLS, degree_preserving, identity_permuted


@st.composite
def tables(draw: st.DrawFn) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Tables of any small connectome: loops, parallel edges, zero weights, odd ids; electrical edges symmetric.

    The connectome itself is built in the test: its type checks draw random numbers, which strategies may not.
    """
    ids = draw(st.lists(st.text(min_size=1, max_size=4).filter(str.strip), min_size=1, max_size=8, unique=True))
    end = st.integers(0, len(ids) - 1)
    weight = st.floats(0, 1e6, allow_subnormal=False)
    rows = draw(
        st.lists(st.tuples(end, end, st.sampled_from(EDGE_KINDS), weight, st.sampled_from((-1, 0, 1))), max_size=30)
    )
    rows += [(j, i, kind, w, sign) for i, j, kind, w, sign in rows if kind == "electrical" and i != j]
    edges = pd.DataFrame(rows, columns=["pre", "post", "kind", "weight", "sign"]).assign(delay_s=np.nan)
    classes = draw(st.lists(st.sampled_from("XYZ"), min_size=len(ids), max_size=len(ids)))
    neurons = pd.DataFrame({"id": ids, "cell_class": classes})
    return neurons, edges


@pytest.mark.parametrize("name", ["identity-permuted", "class-permuted", "degree-preserving"])
@given(parts=tables(), seed=st.integers(0, 2**32))
@settings(max_examples=40, deadline=None)
def test_nulls_keep_the_weights_of_each_kind(name, parts, seed):
    connectome = Connectome(*parts)
    null = NULLS[name](connectome, seed=seed)
    for kind in EDGE_KINDS:
        before, after = (c.edges.loc[c.edges["kind"] == kind, "weight"] for c in (connectome, null))
        assert Counter(before) == Counter(after)


@given(parts=tables(), seed=st.integers(0, 2**32))
@settings(max_examples=40, deadline=None)
def test_identity_permutation_keeps_the_matrix_up_to_order(parts, seed):
    connectome = Connectome(*parts)
    null = identity_permuted(connectome, seed=seed)
    before, after = connectome.adjacency().toarray(), null.adjacency().toarray()
    new_row = np.random.default_rng(seed).permutation(connectome.n_neurons)
    np.testing.assert_array_equal(after[np.ix_(new_row, new_row)], before)


@given(parts=tables(), seed=st.integers(0, 2**32))
@settings(max_examples=40, deadline=None)
def test_rewiring_keeps_degrees_loops_and_adds_no_parallel_edge(parts, seed):
    connectome = Connectome(*parts)
    null = degree_preserving(connectome, seed=seed)
    for kind in EDGE_KINDS:
        before, after = (c.edges.loc[c.edges["kind"] == kind, ["pre", "post"]] for c in (connectome, null))
        for end in ("pre", "post"):
            assert Counter(before[end]) == Counter(after[end])
        loops_before, loops_after = (pairs[pairs["pre"] == pairs["post"]] for pairs in (before, after))
        pd.testing.assert_frame_equal(loops_before, loops_after)
        assert after.duplicated().sum() <= before.duplicated().sum()
    matrix = null.adjacency("electrical").toarray()
    np.testing.assert_allclose(matrix, matrix.T, rtol=1e-12)


@given(parts=tables())
@settings(max_examples=25, deadline=None)
def test_saving_and_loading_changes_nothing(parts):
    connectome = Connectome(*parts)
    with tempfile.TemporaryDirectory() as folder:
        connectome.save(Path(folder) / "c")
        loaded = Connectome.load(Path(folder) / "c")
    pd.testing.assert_frame_equal(loaded.neurons, connectome.neurons)
    pd.testing.assert_frame_equal(loaded.edges, connectome.edges)


@given(parts=tables(), data=st.data())
@settings(max_examples=40, deadline=None)
def test_a_subgraph_is_the_block_of_the_matrix(parts, data):
    connectome = Connectome(*parts)
    ids = data.draw(st.lists(st.sampled_from(connectome.neuron_ids), unique=True))
    rows = connectome.index_of(ids)
    part = connectome.subgraph(ids)
    assert part.neuron_ids == ids
    np.testing.assert_array_equal(part.adjacency().toarray(), connectome.adjacency().toarray()[np.ix_(rows, rows)])


@given(parts=tables())
@settings(max_examples=25, deadline=None)
def test_building_from_ids_gives_the_same_matrix(parts):
    connectome = Connectome(*parts)
    ids, edges = connectome.neuron_ids, connectome.edges
    again = Connectome.from_edges(
        ids, [ids[row] for row in edges["pre"]], [ids[row] for row in edges["post"]],
        kind=edges["kind"].tolist(), weight=edges["weight"].tolist(), sign=edges["sign"].tolist(),
    )  # fmt: skip
    pd.testing.assert_frame_equal(again.edges, connectome.edges)
