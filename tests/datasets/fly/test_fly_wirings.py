"""Published wirings of flies: what is read, in which order, with which signs."""

import networkx as nx
import numpy as np
import pandas as pd
import pytest
from made_flies import IDS, codex, larva, larva_matrices, male_cns, published

from braincast.brain.connectome import Connectome
from braincast.datasets.fly import read_wiring
from braincast.dynamics.spiking import Network


def edges_of(connectome):
    """Edges as (pre id, post id): (weight, sign)."""
    ids, edges = connectome.neuron_ids, connectome.edges
    ends = zip(edges["pre"], edges["post"], strict=True)
    return {(ids[i], ids[j]): pair for (i, j), *pair in zip(ends, edges["weight"], edges["sign"], strict=True)}


@pytest.mark.parametrize("version", ["783", "630"])
def test_the_published_files_keep_their_order_counts_and_signs(tmp_path, version):
    fly = read_wiring(published(tmp_path, version))
    assert fly.name == f"fly brain v{version}" and fly.neuron_ids == [str(number) for number in IDS]
    stated = pd.read_parquet(next(tmp_path.glob("*.parquet")))
    assert (fly.edges["pre"] == stated["Presynaptic_Index"]).all()
    signed = fly.adjacency(signed=True).toarray()
    assert signed[0, 1] == 5 and signed[1, 2] == -7 and signed[3, 3] == 1 and signed.sum() == -2
    assert fly.kinds == ("chemical",) and fly.edges["delay_s"].isna().all()


def test_the_engine_gets_the_signed_counts_of_the_file_also_from_a_saved_connectome(tmp_path):
    fly = read_wiring(published(tmp_path))
    fly.save(tmp_path / "saved")
    pre, post, count = (fly.edges[name].to_numpy() for name in ("pre", "post", "weight"))
    order = np.argsort(pre, kind="stable")
    for wiring in (fly, read_wiring(tmp_path / "saved")):
        found = Network.from_connectome(wiring).edges()
        for array, first in zip(found, (pre, post, count * fly.edges["sign"].to_numpy()), strict=True):
            np.testing.assert_array_equal(array, first[order])


def test_annotations_beside_the_published_files_are_taken(tmp_path):
    fly = read_wiring(codex(published(tmp_path), connections=None))
    assert fly.neurons["cell_type"].tolist() == ["ORN_DA1", "", "", "MN9"]
    assert fly.adjacency(signed=True).toarray()[0, 1] == 5


def test_codex_rows_of_several_neuropils_are_one_edge_with_the_sign_of_the_senders_transmitter(tmp_path):
    fly = read_wiring(codex(tmp_path))
    first, second, third, last = (str(number) for number in IDS)
    assert fly.neuron_ids == [first, second, third, last]  # the order of the classification
    assert edges_of(fly) == {
        (first, second): [5, 1],
        (second, third): [7, -1],
        (third, first): [4, -1],
        (last, last): [1, 0],  # its transmitter is not predicted
    }
    table = pd.read_csv(tmp_path / "connections.csv.gz")
    summed = table.groupby(["pre_root_id", "post_root_id"])["syn_count"].sum()
    assert {(str(i), str(j)): n for (i, j), n in summed.items()} == {e: pair[0] for e, pair in edges_of(fly).items()}


def test_codex_tables_tell_class_type_side_and_place_in_micrometres(tmp_path):
    neurons = read_wiring(codex(tmp_path)).neurons
    assert neurons["cell_class"].tolist() == ["olfactory", "ALPN", "", ""]
    assert neurons["super_class"].tolist() == ["sensory", "central", "central", "motor"]
    assert neurons["cell_type"].tolist() == ["ORN_DA1", "", "", "MN9"]
    assert neurons["side"].tolist() == ["right", "left", "midline", "right"]
    assert neurons["transmitter"].tolist() == ["ACH", "GABA", "GLUT", ""]
    np.testing.assert_allclose(neurons["x_um"], [423.412, np.nan, np.nan, 1.0], rtol=1e-6)
    np.testing.assert_allclose(neurons["z_um"], [5.32, np.nan, np.nan, 3.0], rtol=1e-6)


def test_without_a_table_of_transmitters_most_synapses_decide(tmp_path):
    tables = dict.fromkeys(("neurons", "classification", "consolidated_cell_types", "coordinates"))
    fly = read_wiring(codex(tmp_path, **tables))
    assert fly.neurons["transmitter"].tolist() == ["ACH", "GABA", "GLUT", "DA"]  # 3 of 5 synapses of the first
    assert edges_of(fly)[str(IDS[0]), str(IDS[1])] == [5, 1] and edges_of(fly)[str(IDS[3]), str(IDS[3])] == [1, 1]


def test_the_rule_of_signs_is_the_readers_choice(tmp_path):
    fly = read_wiring(codex(tmp_path), signs={"glutamate": 1, "GABA": -1})
    assert {pair[1] for ends, pair in edges_of(fly).items() if ends[0] == str(IDS[2])} == {1}
    assert edges_of(fly)[str(IDS[0]), str(IDS[1])] == [5, 0]


def test_fragments_of_the_male_cns_are_left_out_with_their_edges(tmp_path):
    fly = read_wiring(male_cns(tmp_path))
    assert fly.neuron_ids == ["12", "10", "11"]
    assert edges_of(fly) == {("10", "11"): [6, -1], ("11", "12"): [9, -1]}  # histamine and glutamate inhibit
    assert fly.neurons["transmitter"].tolist() == ["", "HIST", "GLUT"]
    assert fly.neurons["cell_type"].tolist() == ["MN1", "R1", "Tm1"] and fly.neurons["side"][1] == "left"
    np.testing.assert_allclose(fly.neurons["y_um"], [np.nan, 16.0, np.nan])


def test_a_neuprint_export_without_transmitters_has_no_signs(tmp_path):
    (tmp_path / "traced-neurons.csv").write_text("bodyId,type,instance\n5,KC,a\n3,MBON,b\n4,,c\n", encoding="utf-8")
    total = "bodyId_pre,bodyId_post,weight\n5,3,10\n3,4,1\n5,3,2\n"
    (tmp_path / "traced-total-connections.csv").write_text(total, encoding="utf-8")
    fly = read_wiring(tmp_path)
    assert fly.neuron_ids == ["5", "3", "4"] and edges_of(fly) == {("5", "3"): [12, 0], ("3", "4"): [1, 0]}


def test_a_banc_edge_list_takes_ids_written_as_text(tmp_path):
    edges = pd.DataFrame({"pre": ["72", "73"], "post": ["73", "72"], "count": [4, 6], "norm": [0.1, 0.2]})
    edges.to_feather(tmp_path / "banc_746_simple_edgelist.feather")
    meta = {"banc_746_id": ["72", "73"], "super_class": ["sensory", "motor"], "cell_type": ["A", "B"]}
    meta["neurotransmitter_predicted"] = ["acetylcholine", "gaba"]
    pd.DataFrame(meta).to_feather(tmp_path / "banc_746_meta.feather")
    assert edges_of(read_wiring(tmp_path)) == {("72", "73"): [4, 1], ("73", "72"): [6, -1]}


def test_the_larva_has_no_signs_and_keeps_the_four_parts_of_each_edge(tmp_path):
    fly = read_wiring(larva(tmp_path))
    assert edges_of(fly) == {("7", "8"): [5, 0], ("7", "9"): [1, 0], ("9", "9"): [2, 0]}
    parts = fly.edges[["axon_dendrite", "axon_axon", "dendrite_dendrite", "dendrite_axon"]]
    assert parts.to_numpy().tolist() == [[3, 2, 0, 0], [1, 0, 0, 0], [0, 0, 1, 1]]
    assert fly.neurons["cell_class"].tolist() == ["KC", "MBON", ""] and fly.neurons["cluster"].tolist() == [
        "42",
        "",
        "",
    ]


def test_the_larvas_matrices_hold_the_same_wiring_as_its_tables(tmp_path):
    tables = read_wiring(larva(tmp_path))
    matrices = read_wiring(larva_matrices(tmp_path))
    order = {"ignore_index": True, "by": ["pre", "post"]}
    pd.testing.assert_frame_equal(matrices.edges.sort_values(**order), tables.edges.sort_values(**order))
    assert matrices.neurons["side"].tolist() == ["left", "right", ""]
    assert matrices.neurons["cell_class"].tolist() == ["KC", "KC", ""]


def test_parts_alone_add_up_to_the_larvas_wiring(tmp_path):
    fly = read_wiring(larva_matrices(tmp_path, ("ad", "aa", "dd", "da")))
    assert edges_of(fly)["7", "8"] == [5, 0] and fly.edges["weight"].sum() == 8


def test_the_larval_brain_has_its_published_size(test_data):
    fly = read_wiring(test_data / "fly_larva_winding2023")
    assert (fly.n_neurons, fly.n_edges, int(fly.edges["weight"].sum())) == (2_952, 110_677, 352_611)
    graph = nx.DiGraph(zip(fly.edges["pre"], fly.edges["post"], strict=True))
    assert nx.number_of_selfloops(graph) == 537
    assert sum(degree > 0 for _, degree in graph.out_degree()) == 2_952 - 43
    assert (fly.neurons["cell_class"] != "").sum() == 2_606 and (fly.neurons["cell_class"] == "KC").sum() == 144


def test_a_saved_connectome_is_loaded(tmp_path):
    Connectome.from_edges(["a", "b"], ["a"], ["b"], weight=3, sign=-1).save(tmp_path / "mine")
    assert read_wiring(tmp_path / "mine").adjacency(signed=True)[0, 1] == -3


def test_rows_split_by_region_and_single_synapses_beside_are_no_second_wiring(tmp_path):
    (tmp_path / "traced-total-connections.csv").write_text("bodyId_pre,bodyId_post,weight\n5,3,10\n", encoding="utf-8")
    split = "bodyId_pre,bodyId_post,roi,weight\n5,3,EB,4\n5,3,FB,6\n"
    (tmp_path / "traced-roi-connections.csv").write_text(split, encoding="utf-8")
    (tmp_path / "synapses.csv").write_text("bodyId_pre,bodyId_post,x\n5,3,1\n", encoding="utf-8")
    (tmp_path / "picture.parquet").write_bytes(b"no table")
    assert edges_of(read_wiring(tmp_path)) == {("5", "3"): [10, 0]}
    assert edges_of(read_wiring(tmp_path / "traced-roi-connections.csv")) == {("5", "3"): [10, 0]}


def test_counts_beyond_what_fewer_bits_hold_are_exact(tmp_path):
    rows = "".join("5,3,2000000001\n" for _ in range(3))
    (tmp_path / "total.csv").write_text(f"bodyId_pre,bodyId_post,weight\n{rows}", encoding="utf-8")
    assert read_wiring(tmp_path).edges["weight"].tolist() == [6_000_000_003]
