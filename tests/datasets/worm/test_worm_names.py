import numpy as np
import pytest

from braincast.datasets.worm.expression import cengen_classes
from braincast.datasets.worm.names import canonical, sides


@pytest.mark.parametrize(
    ("given", "name"),
    [
        ("AWCOF", "AWCOFF"),
        ("AWCON", "AWCON"),
        ("AWCL", "AWCOFF"),
        ("AWCR", "AWCON"),
        ("VA01", "VA1"),
        ("VA10", "VA10"),
        ("DB1", "DB1"),
        (" AVAL", "AVAL"),
        ("IL1DL", "IL1DL"),
        ("BWM-DR04", "BWM-DR04"),
    ],
)
def test_every_source_gives_a_neuron_the_same_name(given, name):
    assert canonical(given) == name


def test_a_side_needs_a_partner():
    assert sides(["AVAL", "AVAR", "AVL", "RIR", "ASEL", "ASER", "AWCON", "VD1"]) == ["L", "R", "", "", "L", "R", "", ""]


def test_a_narrower_class_of_expression_goes_before_a_wider_one():
    known = ["DB", "DB01", "VC", "VC_4_5", "VD_DD", "RMD_DV", "RMD_LR", "ASEL", "ASER", "IL1"]
    neurons = ["DB1", "DB2", "VC3", "VC4", "VD1", "DD6", "RMDDL", "RMDL", "ASEL", "IL1DL", "AVAL"]
    classes = ["DB01", "DB", "VC", "VC_4_5", "VD_DD", "VD_DD", "RMD_DV", "RMD_LR", "ASEL", "IL1"]
    assert cengen_classes(neurons, known) == dict(zip(neurons, classes, strict=False))


def test_the_atlas_neurons_keep_their_number_and_gain_the_full_name(worm_atlas):
    neurons = worm_atlas.specimens["wt"].responses.neurons
    assert len(set(neurons)) == 300
    assert {"AWCON", "AWCOFF"} < set(neurons)
    assert not {"AWCOF", "AWCL", "AWCR", "CANL", "CANR"} & set(neurons)
    assert neurons == worm_atlas.specimens["unc31"].responses.neurons
    assert list(neurons) == worm_atlas.specimens["wt"].connectome.neuron_ids


def test_the_neuron_table_says_what_its_sources_say(worm_atlas):
    table = worm_atlas.specimens["wt"].connectome.neurons.set_index("id")
    assert (table["side"] == "L").sum() == (table["side"] == "R").sum() == 97
    assert table.loc["AWCOFF", "cell_class"] == table.loc["AWCON", "cell_class"] == "AWC"
    assert table.loc["AVAL", "region"] == "lateral ganglion"
    assert table.index[table["region"] == ""].tolist() == ["DB7", "RMHR", "VA11"]
    assert table["transmitter"].value_counts().to_dict() == {"ACh": 157, "Glu": 78, "GABA": 33, "": 32}


def test_positions_span_a_worm_from_head_to_tail_with_left_on_the_left(worm_atlas):
    table = worm_atlas.specimens["wt"].connectome.neurons.set_index("id")
    assert np.isfinite(table[["x_um", "y_um", "z_um"]].to_numpy()).all()
    assert table["y_um"].max() - table["y_um"].min() == pytest.approx(722, abs=2)
    assert table.loc["IL1L", "y_um"] < table.loc["AVAL", "y_um"] < table.loc["VD6", "y_um"] < table.loc["PLML", "y_um"]
    left, right = table[table["side"] == "L"], table[table["side"] == "R"]
    assert left["x_um"].mean() > right["x_um"].mean()
