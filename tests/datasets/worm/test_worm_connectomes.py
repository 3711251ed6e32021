import json
import subprocess
import sys
import zipfile
from pathlib import PurePosixPath

import numpy as np
import pytest

from braincast.brain.nulls import degree_preserving
from braincast.datasets.registry import dataset_card
from braincast.datasets.worm.connectome_file import FOLDER, read_connectome, roster
from braincast.datasets.worm.reconstructions import EXCLUDED, RECONSTRUCTIONS
from braincast.errors import BraincastError

SYNAPTIC = ["Generic_CS", "Generic_GJ"]


def matrix(connectome, kind, ids):
    """Weights [pre, post] over `ids`, 0 for neurons that the connectome lacks."""
    out = np.zeros((len(ids), len(ids)))
    place = [ids.index(neuron) for neuron in connectome.neuron_ids]
    out[np.ix_(place, place)] = connectome.adjacency(kind).toarray()
    return out


def test_every_json_file_of_the_wheel_is_taken_or_excluded_with_a_reason_and_never_both(connectomes_wheel):
    with zipfile.ZipFile(connectomes_wheel) as archive:
        found = {PurePosixPath(n).name for n in archive.namelist() if n.endswith(".json")}
    taken = [reconstruction.file for reconstruction in RECONSTRUCTIONS]
    assert len(set(taken)) == len(taken)
    assert not set(taken) & set(EXCLUDED)
    assert set(taken) | set(EXCLUDED) == found
    assert all(len(reason) > 20 for reason in EXCLUDED.values())


def test_the_truth_of_the_perturbation_task_and_models_are_not_in_the_dataset(worm_connectomes):
    files = set(worm_connectomes.tables["reconstructions"]["file"])
    for name in ("WormNeuroAtlasFuncReader", "GleesonModelReader", "OlivaresModelReader", "TestDataReader"):
        assert f"{name}.json" not in files
        assert f"{name}.json" in set(worm_connectomes.tables["excluded_files"]["file"])


def test_neurons_are_those_of_the_worm_atlas_by_name_and_order(worm_connectomes, worm_atlas, connectomes_wheel):
    atlas = worm_atlas.specimens["wt"].connectome.neuron_ids
    assert roster(connectomes_wheel) == atlas
    for specimen in worm_connectomes.specimens.values():
        ids = specimen.connectome.neuron_ids
        assert ids == [neuron for neuron in atlas if neuron in set(ids)]
    assert {"AWCON", "AWCOFF", "VA1"} <= set(worm_connectomes.specimens["white-whole"].connectome.neuron_ids)


@pytest.mark.parametrize("kind", ["chemical", "electrical"])
def test_white_whole_is_the_series_of_the_worm_atlas_edge_for_edge(worm_connectomes, worm_atlas, kind):
    ids = worm_atlas.specimens["wt"].connectome.neuron_ids
    np.testing.assert_array_equal(
        matrix(worm_connectomes.specimens["white-whole"].connectome, kind, ids),
        of_series(worm_atlas, "white-whole", kind, ids),
    )


@pytest.mark.parametrize(
    ("specimen", "series", "kind", "same", "here", "there"),
    [
        ("witvliet-7", "witvliet-7", "chemical", 1_944, 1_944, 1_944),
        ("witvliet-7", "witvliet-7", "electrical", 526, 528, 530),
        ("witvliet-8", "witvliet-8", "chemical", 1_886, 1_933, 1_936),
        ("witvliet-8", "witvliet-8", "electrical", 600, 600, 600),
        ("white-jsh", "white-l4", "chemical", 1_272, 1_293, 1_291),
        ("white-jsh", "white-l4", "electrical", 562, 580, 570),
    ],
)
def test_series_in_both_datasets_agree_in_nearly_every_edge(
    worm_connectomes, worm_atlas, specimen, series, kind, same, here, there
):
    ids = worm_atlas.specimens["wt"].connectome.neuron_ids
    ours = matrix(worm_connectomes.specimens[specimen].connectome, kind, ids)
    theirs = of_series(worm_atlas, series, kind, ids)
    assert int(((ours == theirs) & (ours > 0)).sum()) == same
    assert (np.count_nonzero(ours), np.count_nonzero(theirs)) == (here, there)


def of_series(worm_atlas, series, kind, ids):
    table = worm_atlas.tables["series_edges"]
    table = table[(table["series"] == series) & (table["kind"] == kind)]
    out = np.zeros((len(ids), len(ids)))
    out[[ids.index(n) for n in table["pre"]], [ids.index(n) for n in table["post"]]] = table["synapses"]
    return out


def test_varshney_is_left_out_because_white_whole_holds_each_of_its_edges(connectomes_wheel):
    neurons = roster(connectomes_wheel)
    varshney = read_connectome(connectomes_wheel, "VarshneyDataReader.json", SYNAPTIC, neurons)
    white = read_connectome(connectomes_wheel, "White_whole.json", SYNAPTIC, neurons)
    rows = [white.neurons.index(neuron) for neuron in varshney.neurons]
    for layer in SYNAPTIC:
        ours, theirs = white.layers[layer][np.ix_(rows, rows)], varshney.layers[layer]
        np.testing.assert_array_equal(ours[theirs > 0], theirs[theirs > 0])
    # Varshney et al. 2011 count 6,393 chemical synapses, 890 gap junctions, 1,410 neuromuscular ones.
    chemical, gap = (varshney.layers[layer] for layer in SYNAPTIC)
    assert chemical.sum() == pytest.approx(6_393, abs=1)
    assert (gap.sum() + np.trace(gap)) / 2 == 890
    assert varshney.dropped_cells == ("BWM",)
    assert varshney.dropped_weight == 1_410


def test_synapses_of_witvliets_animals_grow_with_age_to_the_published_totals(connectomes_wheel, worm_connectomes):
    neurons = roster(connectomes_wheel)
    totals = []
    for number in range(1, 9):
        read = read_connectome(connectomes_wheel, f"WitvlietDataReader{number}.json", ["Generic_CS"], neurons)
        totals.append(read.layers["Generic_CS"].sum() + read.dropped_weight)
    # "about 1,300 at birth to about 8,000 in adults" (Witvliet et al. 2021)
    assert totals == [1_296, 1_895, 2_128, 2_777, 4_116, 4_456, 7_467, 7_970]
    ages = worm_connectomes.tables["reconstructions"].set_index("specimen")["age_h"]
    assert ages[[f"witvliet-{n}" for n in range(1, 9)]].tolist() == [0, 5, 8, 16, 23, 27, 50, 50]


def test_bentleys_maps_are_the_extrasynaptic_edges_of_the_worm_atlas(worm_connectomes, worm_atlas):
    atlas = worm_atlas.specimens["wt"].connectome
    for name, kind in (("bentley-monoamines", "monoaminergic"), ("bentley-peptides", "peptidergic")):
        ours = matrix(worm_connectomes.specimens[name].connectome, kind, atlas.neuron_ids)
        np.testing.assert_array_equal(ours > 0, atlas.adjacency(kind).toarray() > 0)


def test_what_was_dropped_is_counted(worm_connectomes):
    table = worm_connectomes.tables["reconstructions"].set_index("specimen")
    assert list(table.index) == list(worm_connectomes.specimens)
    assert table.loc["cook-hermaphrodite", "n_dropped_cells"] == 173
    assert table.loc["white-whole", "dropped_weight"] == 1_446
    for name, specimen in worm_connectomes.specimens.items():
        assert table.loc[name, "n_neurons"] == specimen.connectome.n_neurons
        assert table.loc[name, "n_edges"] == specimen.connectome.n_edges


def test_electrical_edges_stand_in_both_directions_so_that_nulls_can_rewire_them(worm_connectomes):
    for name in ("white-n2u", "witvliet-3", "cook-male"):
        rewired = degree_preserving(worm_connectomes.specimens[name].connectome, seed=1)
        gap = rewired.adjacency("electrical").toarray()
        np.testing.assert_array_equal(gap, gap.T)


def test_the_card_of_the_connectomes_forbids_redistribution_and_needs_no_data(fresh_home):
    card = dataset_card("worm-connectomes")
    assert card.redistribute == "no"
    assert not fresh_home.exists()
    for reconstruction in RECONSTRUCTIONS:
        assert any(reconstruction.doi in reference for reference in card.citation)


def test_the_package_that_carries_the_connectomes_is_never_imported(connectomes_wheel):
    script = "import sys, braincast; braincast.load_dataset('worm-connectomes'); print('cect' in sys.modules)"
    shown = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert shown.stdout.strip() == "False"


def wheel_with(tmp_path, text):
    path = tmp_path / "made.whl"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(FOLDER + "made.json", text)
    return path


GOOD = {"nodes": ["AVAL", "AVAR", "BWM"], "connections": {"Generic_CS": [[0, 2, 5], [0, 0, 0], [0, 0, 0]]}}


def test_cells_that_are_no_neurons_are_dropped_and_counted(tmp_path):
    read = read_connectome(wheel_with(tmp_path, json.dumps(GOOD)), "made.json", ["Generic_CS"], ["AVAL", "AVAR"])
    assert read.neurons == ("AVAL", "AVAR")
    np.testing.assert_array_equal(read.layers["Generic_CS"], [[0, 2], [0, 0]])
    assert (read.dropped_cells, read.dropped_edges, read.dropped_weight) == (("BWM",), 1, 5.0)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        (json.dumps(GOOD)[:-30], "E403"),
        ("\ud800".encode("utf-8", "surrogatepass"), "E403"),
        ("[]", "E406"),
        (json.dumps({**GOOD, "nodes": "AVAL"}), "E406"),
        (json.dumps({**GOOD, "connections": {}}), "E406"),
        (json.dumps({**GOOD, "nodes": ["AVAL", "AVAL", "BWM"]}), "E101"),
        (json.dumps({**GOOD, "connections": {"Generic_CS": [[1]]}}), "E106"),
        (json.dumps({**GOOD, "connections": {"Generic_CS": [[1], ["x", 2]]}}), "E403"),
    ],
)
def test_a_damaged_connectome_file_is_refused_with_a_code(tmp_path, text, code):
    with pytest.raises(BraincastError) as caught:
        read_connectome(wheel_with(tmp_path, text), "made.json", ["Generic_CS"], ["AVAL", "AVAR"])
    assert caught.value.code == code
    assert "made.json" in caught.value.where


def test_a_wheel_without_the_file_is_refused(tmp_path):
    with pytest.raises(BraincastError, match="E406"):
        read_connectome(wheel_with(tmp_path, "{}"), "other.json", ["Generic_CS"], ["AVAL"])
