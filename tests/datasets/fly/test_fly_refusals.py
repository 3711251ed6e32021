"""Wirings that cannot be: each is one coded line that names the file and says what was expected."""

import gzip
import json

import pandas as pd
import pytest
from made_flies import CONNECTIONS, IDS, NEURONS, codex, larva, larva_matrices, male_cns, published
from refusals import refused

from braincast.brain.connectome import Connectome
from braincast.datasets.fly import read_wiring
from braincast.dynamics.spiking import Network

CONNECTIVITY, COMPLETENESS = "Connectivity_783.parquet", "Completeness_783.csv"


def test_a_missing_place_and_an_empty_folder_say_what_is_expected(tmp_path):
    with refused("E405", "nowhere", "Connectivity_783.parquet with Completeness_783.csv"):
        read_wiring(tmp_path / "nowhere")
    with refused("E118", str(tmp_path), "Codex connections.csv.gz"):
        read_wiring(tmp_path)


def test_a_file_of_another_kind_is_refused(tmp_path):
    (tmp_path / "notes.txt").write_text("fly", encoding="utf-8")
    (tmp_path / "table.csv").write_text("a,b\n1,2\n", encoding="utf-8")
    (tmp_path / "empty.csv").write_text("", encoding="utf-8")
    for name in ("notes.txt", "table.csv", "empty.csv"):
        with refused("E117", name):
            read_wiring(tmp_path / name)


def test_two_wirings_in_one_folder_need_a_choice(tmp_path):
    published(published(tmp_path), "630")
    with refused("E119", "2 wirings", CONNECTIVITY):
        read_wiring(tmp_path)
    assert read_wiring(tmp_path / CONNECTIVITY).name == "fly brain v783"


def test_a_truncated_parquet_file_is_refused(tmp_path):
    path = published(tmp_path) / CONNECTIVITY
    path.write_bytes(path.read_bytes()[:-40])
    with refused("E117", CONNECTIVITY, "damaged"):
        read_wiring(tmp_path)


def test_pages_damaged_inside_are_refused(tmp_path):
    path = published(tmp_path) / CONNECTIVITY
    content = bytearray(path.read_bytes())
    content[4:400] = b"\xff" * 396
    path.write_bytes(bytes(content))
    with refused("E117", CONNECTIVITY):
        read_wiring(tmp_path)


def test_a_truncated_download_packed_by_gzip_is_refused(tmp_path):
    path = codex(tmp_path) / "connections.csv.gz"
    path.write_bytes(gzip.compress(CONNECTIONS.encode() * 2000)[:-900])
    with refused("E117", "connections.csv.gz"):
        read_wiring(tmp_path)


def test_a_damaged_table_of_neurons_is_no_reason_to_lose_the_signs(tmp_path):
    (codex(tmp_path) / "neurons.csv").rename(tmp_path / "neurons.csv.gz")
    with refused("E117", "neurons.csv.gz"):
        read_wiring(tmp_path)


def test_a_missing_column_is_named(tmp_path):
    with refused("E108", CONNECTIVITY, "Postsynaptic_Index"):
        read_wiring(published(tmp_path, Postsynaptic_Index=None))


def test_the_list_of_neurons_must_lie_beside(tmp_path):
    (published(tmp_path) / COMPLETENESS).unlink()
    with refused("E405", CONNECTIVITY, "expected Completeness_783.csv"):
        read_wiring(tmp_path)
    (larva(tmp_path) / "neurons.parquet").unlink()
    with refused("E405", "expected neurons.parquet"):
        read_wiring(tmp_path / "edges.parquet")


@pytest.mark.parametrize("row", [4, -1])
def test_edges_to_neurons_beyond_the_list_are_refused(tmp_path, row):
    with refused("E102", "Presynaptic_Index[1]", f"{row} is no row of the 4 neurons"):
        read_wiring(published(tmp_path, Presynaptic_Index=[0, row, 1, 3, 2]))


def test_tables_of_two_releases_are_told_by_their_ids(tmp_path):
    other = [IDS[1], *(IDS[row] for row in (0, 1, 3, 2))]
    with refused("E102", "Presynaptic_ID[0]", str(IDS[1]), "one release"):
        read_wiring(published(tmp_path, Presynaptic_ID=other))


@pytest.mark.parametrize(
    ("counts", "what"),
    [([5.0, float("inf"), -7, 1, -4], "inf"), ([5.0, 2.5, -7, 1, -4], "2.5"), ([5.0, None, -7, 1, -4], "")],
)
def test_counts_that_are_not_finite_whole_numbers_are_refused(tmp_path, counts, what):
    changed = {"Excitatory x Connectivity": counts}
    with refused("E103", "Excitatory x Connectivity[1]", what):
        read_wiring(published(tmp_path, **changed))


def test_whole_counts_written_as_floats_are_taken(tmp_path):
    fly = read_wiring(published(tmp_path, **{"Excitatory x Connectivity": [5.0, 3.0, -7.0, 1.0, -4.0]}))
    assert fly.edges["weight"].tolist() == [5, 3, 7, 1, 4]


def test_a_neuron_listed_twice_is_refused(tmp_path):
    path = published(tmp_path) / COMPLETENESS
    path.write_text(path.read_text(encoding="utf-8") + f"{IDS[0]},True\n", encoding="utf-8")
    with refused("E101", COMPLETENESS, str(IDS[0])):
        read_wiring(tmp_path)
    neurons = larva(tmp_path) / "neurons.parquet"
    pd.read_parquet(neurons).assign(id=[7, 7, 9]).to_parquet(neurons)
    with refused("E101", "neurons.parquet", "7"):
        read_wiring(tmp_path / "edges.parquet")
    neurons.unlink()
    codex(tmp_path, neurons=NEURONS + NEURONS.splitlines()[1] + "\n", classification=None)
    with refused("E101", "neurons.csv", str(IDS[3])):
        read_wiring(tmp_path / "connections.csv.gz")


def test_ids_that_lost_digits_are_refused(tmp_path):
    floats = [float(IDS[row]) for row in (0, 0, 1, 3, 2)]
    with refused("E107", "Presynaptic_ID", "lose digits"):
        read_wiring(published(tmp_path, Presynaptic_ID=floats))
    codex(tmp_path, connections=CONNECTIONS.replace("720575940661339777", "7.205e17"))
    with refused("E107", "connections.csv.gz", "7.205e17"):
        read_wiring(tmp_path / "connections.csv.gz")


def test_ids_that_are_words_are_refused(tmp_path):
    pd.DataFrame({"pre": ["72", "DNa02"], "post": ["72", "72"], "count": [1, 2]}).to_feather(tmp_path / "edges.feather")
    with refused("E107", "edges.feather: pre", "DNa02"):
        read_wiring(tmp_path)


def test_edges_to_a_neuron_that_no_table_lists_are_refused(tmp_path):
    with refused("E102", "connections.csv.gz: post_root_id[5]", "12 is not among the 4 neurons"):
        read_wiring(codex(tmp_path, connections=CONNECTIONS + "720575940661339777,12,GNG,6,DA\n"))


@pytest.mark.parametrize(
    ("count", "what"), [("1.5", "1.5"), ("", "empty"), ("nan", ""), ("3000000000", "3000000000"), ("-2", "-2")]
)
def test_codex_counts_must_be_whole_numbers(tmp_path, count, what):
    with refused("E103", "syn_count[5]", what):
        read_wiring(codex(tmp_path, connections=CONNECTIONS + f"{IDS[0]},{IDS[1]},GNG,{count},DA\n"))


def test_a_rule_of_other_signs_is_refused(tmp_path):
    with refused("E107", "signs.ACH", "2 is not a sign"):
        read_wiring(codex(tmp_path), signs={"ACH": 2})


def test_a_missing_weight_column_of_the_male_cns_is_named(tmp_path):
    path = next(male_cns(tmp_path).glob("connectome-weights*"))
    pd.read_feather(path).drop(columns="weight").to_feather(path)
    with refused("E108", "column 'weight' is missing"):
        read_wiring(tmp_path)
    path.write_bytes(path.read_bytes()[:-10])
    with refused("E117", path.name):
        read_wiring(path)


def test_parts_that_are_not_the_larvas_whole_are_refused(tmp_path):
    with refused("E106", "edges.parquet: syn", "row 1"):
        read_wiring(larva(tmp_path, syn_dd=[0, 4, 1]))


def test_a_larval_edge_to_an_unknown_neuron_is_refused(tmp_path):
    with refused("E102", "edges.parquet: post[1]", "70 is not among the 3 neurons"):
        read_wiring(larva(tmp_path, post=[8, 70, 9]))


def test_a_matrix_that_is_cut_short_is_refused(tmp_path):
    path = larva_matrices(tmp_path) / "all-all_connectivity_matrix.csv"
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
    path.write_text("".join(lines[:-1]), encoding="utf-8")
    with refused("E106", path.name, "2 rows and 3 columns"):
        read_wiring(path)


def test_weights_of_a_saved_connectome_must_be_whole_for_the_engine(tmp_path):
    Connectome.from_edges(["a", "b"], ["a"], ["b"], weight=1.5, sign=1).save(tmp_path / "mine")
    with refused("E103", "edges.weight", "edge 0", "1.5"):
        Network.from_connectome(read_wiring(tmp_path / "mine"))
    header = tmp_path / "mine" / "connectome.json"
    header.write_text(json.dumps({"braincast": "specimen"}), encoding="utf-8")
    with refused("E210"):
        read_wiring(tmp_path / "mine")
