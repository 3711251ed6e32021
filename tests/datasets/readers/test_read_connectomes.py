import numpy as np
import pandas as pd
import pytest
from refusals import refused
from scipy import io

from braincast.datasets.readers.reading import read

NAMES = ["p", "q", "r"]
MATRIX = np.array([[0, 2, 0], [0, 0, -3], [1, 0, 5]], float)


def adjacency(connectome, signed=True):
    """The matrix [pre, post] in the order of NAMES."""
    order = connectome.index_of(NAMES)
    matrix = np.zeros((len(connectome.neuron_ids),) * 2)
    edges = connectome.edges
    sign = np.where(edges["sign"] < 0, -1, 1) if signed else 1
    np.add.at(matrix, (edges["pre"], edges["post"]), edges["weight"] * sign)
    return matrix[np.ix_(order, order)]


@pytest.mark.parametrize(
    "columns",
    [
        ("pre", "post", "syn"),
        ("pre_root_id", "post_root_id", "syn_count"),
        ("from", "to", "weight"),
        ("Source", "Target", "N"),
    ],
)
@pytest.mark.parametrize("form", ["csv", "parquet"])
def test_an_edge_list_by_its_usual_names(tmp_path, columns, form):
    pre, post = np.nonzero(MATRIX)
    values = [[NAMES[a] for a in pre], [NAMES[b] for b in post], MATRIX[pre, post]]
    table = pd.DataFrame(dict(zip(columns, values, strict=True)))
    table.to_csv(tmp_path / "e.csv", index=False) if form == "csv" else table.to_parquet(tmp_path / "e.parquet")
    np.testing.assert_array_equal(adjacency(read(tmp_path / f"e.{form}").connectome), MATRIX)


def test_long_ids_keep_all_digits(tmp_path):
    text = "pre,post,syn_count\n720575940660219265,720575940660219266,4\n"
    (tmp_path / "e.csv").write_text(text)
    assert read(tmp_path / "e.csv").connectome.neuron_ids == ["720575940660219265", "720575940660219266"]


def test_rows_of_the_same_edge_are_summed_and_kinds_kept_apart(tmp_path):
    rows = [("p", "q", 1, "chemical"), ("p", "q", 2, "chemical"), ("p", "q", 4, "gap junction")]
    pd.DataFrame(rows, columns=["pre", "post", "weight", "kind"]).to_csv(tmp_path / "e.csv", index=False)
    found = read(tmp_path / "e.csv").connectome
    assert found.kinds == ("chemical", "electrical")
    assert found.edges["weight"].tolist() == [3, 4]


def test_a_table_of_neurons_beside_the_edges_gives_order_and_anatomy(tmp_path):
    pd.DataFrame({"pre": ["b"], "post": ["a"]}).to_parquet(tmp_path / "edges.parquet")
    neurons = pd.DataFrame({"id": ["a", "b", "c"], "celltype": ["KC", None, "MBON"]})
    neurons.to_parquet(tmp_path / "neurons.parquet")
    found = read(tmp_path / "edges.parquet")
    assert found.connectome.neurons.to_dict("list") == {"id": ["a", "b", "c"], "cell_type": ["KC", "", "MBON"]}
    assert any("1 neurons have no edge" in note for note in found.notes)


def test_matrices_of_every_format(tmp_path):
    np.savez(tmp_path / "m.npz", adjacency=MATRIX, neuron=NAMES)
    io.savemat(tmp_path / "m.mat", {"connectivity": MATRIX, "names": np.array(NAMES, object)})
    pd.DataFrame(MATRIX, NAMES, NAMES).to_csv(tmp_path / "m.csv")
    for form in ("npz", "mat", "csv"):
        np.testing.assert_array_equal(adjacency(read(tmp_path / f"m.{form}").connectome), MATRIX)


def test_a_sidecar_turns_a_matrix_and_names_its_neurons(tmp_path):
    np.savez(tmp_path / "m.npz", weights=MATRIX.T)
    (tmp_path / "m.json").write_text('{"axes": ["post", "pre"], "neurons": ["p", "q", "r"], "weight_unit": "synapses"}')
    found = read(tmp_path / "m.npz").connectome
    np.testing.assert_array_equal(adjacency(found), MATRIX)
    assert found.weight_unit == "synapses"
    (tmp_path / "m.json").unlink()
    assert any("rows were taken to send" in note for note in read(tmp_path / "m.npz").notes)


@pytest.mark.parametrize(
    ("code", "text", "words"),
    [
        ("E103", "pre,post,weight\na,b,many\n", ("'weight', row 1", "many")),
        ("E107", "pre,post,kind\na,b,telepathic\n", ("telepathic",)),
        ("E107", "pre,post\na,\n", ("'post', row 1",)),
        ("E117", "pre,post\n", ("no rows",)),
    ],
)
def test_a_faulty_edge_is_refused(tmp_path, code, text, words):
    (tmp_path / "e.csv").write_text(text)
    with refused(code, *words):
        read(tmp_path / "e.csv")


def test_the_larval_fly_is_understood(test_data):
    found = read(test_data / "fly_larva_winding2023" / "edges.parquet").connectome
    assert (found.n_neurons, found.n_edges, found.edges["weight"].sum()) == (2952, 110_677, 352_611)
    assert found.weight_unit == "synapses"
    types = read(test_data / "fly_visual_type_connectome").connectome
    assert types.n_edges == 72_954
