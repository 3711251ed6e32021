"""The optic lobe: counts of the published wiring, the dataset around it, and files that are not it."""

import json

import numpy as np
import pytest
from fetched import fetched
from made_lattices import columnar_document, columnar_wheel, small_circuit
from made_sources import wheel_bytes
from refusals import refused
from typer.testing import CliRunner

from braincast.cli.main import app
from braincast.datasets.fly.columnar_file import read_circuit
from braincast.datasets.fly.optic_lobe import columnar_circuit, eye_specimen, load
from braincast.datasets.registry import counts_at, dataset_card, load_dataset
from braincast.dynamics.lattice.circuit import expand

# Columns, cells, raw edges, edges of the published networks (as flyvis 1.2.0 builds them), edges with closed hulls.
COUNTS = {
    5: (91, 5_759, 155_089, 171_471, 171_936),
    6: (127, 8_051, 222_167, 246_109, 246_794),
    15: (721, 45_669, 1_357_269, 1_513_231, 1_517_786),
}


@pytest.fixture(scope="module")
def wheel():
    """The wheel with the wiring; skips when it is not cached and the network is forbidden."""
    (path,) = fetched("fly-optic-lobe")
    return path


@pytest.fixture(scope="module")
def lobe(wheel):
    return load([wheel])


@pytest.fixture(scope="module")
def circuits(lobe):
    """As reconstructed, and with hulls filled in both ways."""
    circuit = columnar_circuit(lobe)
    return circuit, circuit.filled(1.0), circuit.filled(1.0, "closed")


@pytest.mark.parametrize("extent", COUNTS)
def test_an_eye_has_the_published_number_of_columns_cells_and_edges(circuits, extent):
    eyes = [expand(circuit, extent) for circuit in circuits]
    found = (len(eyes[0].columns), eyes[0].n_cells, *(eye.n_edges for eye in eyes))
    assert found == COUNTS[extent]


def test_show_prints_the_card_and_the_counts_of_an_eye(wheel):
    done = CliRunner().invoke(app, ["show", "dataset", "fly-optic-lobe", "--extent", "15", "--json"])
    shown = json.loads(done.stdout)
    names = ("columns", "cells", "edges_raw", "edges", "edges_closed")
    assert tuple(shown[name] for name in names) == COUNTS[15]
    assert (shown["cell_types"], shown["name"]) == (65, "fly-optic-lobe")


def test_an_extent_too_large_or_negative_is_refused_before_the_eye_is_built(wheel):
    for extent in (-1, 10**9):
        with refused("E913", "extent"):
            counts_at("fly-optic-lobe", extent)


def test_the_wiring_has_605_connections_over_2140_offsets_with_their_signs(lobe):
    circuit = columnar_circuit(lobe)
    assert (circuit.n_types, circuit.n_connections, len(circuit.count)) == (65, 605, 2140)
    assert ((circuit.sign == 1).sum(), (circuit.sign == -1).sum()) == (377, 228)
    assert circuit.inputs == tuple(f"R{n}" for n in range(1, 9)) and len(circuit.outputs) == 34
    strided = [name for name, stride in zip(circuit.cell_types, circuit.stride, strict=True) if tuple(stride) != (1, 1)]
    assert strided == ["Lawf1", "Lawf2"] and circuit.stride[circuit.index(strided)].tolist() == [[3, 2], [3, 2]]


def test_the_connectome_is_the_eye_of_extent_5_cell_by_cell(lobe):
    connectome = lobe.specimens["eye-5"].connectome
    circuit = columnar_circuit(lobe)
    assert (connectome.n_neurons, connectome.n_edges) == COUNTS[5][1:3]
    inputs = connectome.neurons["id"][
        connectome.edges["pre"][connectome.edges["post"] == connectome.index_of(["T4a[0,0]"])[0]]
    ]
    assert {"Mi1[0,0]", "Tm3[0,0]", "Mi9[0,0]"} <= set(inputs)
    signs = connectome.edges.groupby("sign")["weight"].sum()
    assert set(signs.index) == {-1, 1} and connectome.edges["weight"].min() == circuit.count.min()


def test_mi9_and_mi4_lie_on_opposite_sides_of_t4_along_its_preferred_direction(lobe):
    # Takemura et al. 2017: T4's inputs from Mi9 come from where motion begins, those from Mi4 from where it ends.
    from braincast.dynamics.lattice.hexagon import positions

    circuit = columnar_circuit(lobe)
    names = circuit.cell_types
    for target, preferred_deg in (("T4a", 180), ("T4b", 0), ("T4c", 90), ("T4d", 270)):
        mean = {}
        for source in ("Mi9", "Mi4"):
            terms = (circuit.pre[circuit.connection] == names.index(source)) & (
                circuit.post[circuit.connection] == names.index(target)
            )
            mean[source] = np.average(-positions(circuit.offset[terms]), axis=0, weights=circuit.count[terms])
        along = mean["Mi4"] - mean["Mi9"]
        found = np.degrees(np.arctan2(along[1], along[0]))
        assert abs((found - preferred_deg + 180) % 360 - 180) < 30, (target, found)


def test_a_circuit_survives_the_way_through_the_file_and_the_tables(tmp_path):
    dataset = load([columnar_wheel(tmp_path / "made.whl", columnar_document())])
    again, made = columnar_circuit(dataset), small_circuit()
    for name in ("cell_types", "inputs", "outputs"):
        assert getattr(again, name) == getattr(made, name)
    for name in ("stride", "pre", "post", "sign", "connection", "offset", "count"):
        assert getattr(again, name).tolist() == getattr(made, name).tolist(), name
    assert set(dataset.tables["connections"]["sign_references"]) == {"Hardie1989"}
    assert eye_specimen(again, 1).connectome.neuron_ids[:2] == ["R[-1,0]", "R[-1,1]"]


def changed(**changes):
    return columnar_document() | changes


def with_edge(**changes):
    first, *others = columnar_document()["edges"]
    return changed(edges=[first | changes, *others])


@pytest.mark.parametrize(
    ("document", "code", "words"),
    [
        ("{not JSON", "E403", "this is not JSON"),
        ("[" * 100_000, "E403", "this is not JSON"),
        ("[]", "E406", "it holds no circuit"),
        (changed(nodes="none"), "E406", "nodes"),
        (changed(edges=[]), "E406", "there is none"),
        (changed(input_units=["R9"]), "E406", "no cell type 'R9'"),
        (with_edge(src="Q"), "E406", "no cell type 'Q'"),
        (with_edge(alpha=2), "E406", "has sign 2"),
        (with_edge(offsets=[]), "E406", "or none"),
        (with_edge(offsets=[[[0, 0], 1], [[0, 0], 2]]), "E406", "an offset twice"),
        (with_edge(offsets=[[[0.5, 0], 1]]), "E406", "offsets.0.0.0"),
        (with_edge(offsets=[[[0, 10**7], 1]]), "E406", "more than 100 columns"),
        (with_edge(offsets=[[[0, 0], float("nan")]]), "E40", ""),
        (with_edge(offsets=[[[0, 0], -1]]), "E406", "not positive"),
        (changed(nodes=[{"name": name, "pattern": ["stride", [0, 1]]} for name in "RAW"]), "E406", "no stride"),
    ],
)
def test_a_file_that_holds_no_circuit_is_refused_with_the_place(tmp_path, document, code, words):
    with pytest.raises(Exception, match=f"^{code}") as caught:
        read_circuit(columnar_wheel(tmp_path / "made.whl", document))
    assert words in str(caught.value) and "\n" not in str(caught.value)


def test_another_archive_is_refused(tmp_path):
    path = tmp_path / "other.whl"
    path.write_bytes(wheel_bytes())
    with refused("E406", "fib25-fib19_v2.2.json"):
        load([path])
    path.write_bytes(b"PK")
    with refused("E403"):
        load([path])


def test_a_dataset_without_columns_has_no_extent_and_a_missing_wheel_is_said(fresh_home):
    with refused("E305", "--extent", "worm-atlas"):
        counts_at("worm-atlas", 3)
    with refused("E401", "flyvis-1.2.0"):
        counts_at("fly-optic-lobe", 3, offline=True)


def test_the_other_reconstruction_is_brought_and_has_types_for_neurons(fresh_home, test_data):
    connectome = load_dataset("fly-optic-types", from_path=test_data, offline=True).specimens["FAFB"].connectome
    assert (connectome.n_neurons, connectome.n_edges) == (742, 72_954)
    sides = [f"synapses_{side}" for side in ("right", "left", "both")]
    assert (connectome.edges[sides].sum(axis=1) == connectome.edges["weight"]).all()
    assert connectome.adjacency().sum() == 23_500_481
    assert connectome.adjacency()[*connectome.index_of(["L2", "Tm1"])] == 172_310


@pytest.mark.parametrize("name", ["fly-optic-lobe", "fly-optic-types"])
def test_every_reference_of_the_optic_lobes_becomes_an_article_with_a_doi(name):
    card = dataset_card(name)
    assert card.bibtex().count("@article{") == card.bibtex().count("doi = {10.") == len(card.citation)
