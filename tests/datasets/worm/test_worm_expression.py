import io

import h5py
import numpy as np
import pytest

from braincast.datasets.worm.archive import member
from braincast.datasets.worm.expression import THRESHOLDS, read_expression, worm_expression
from braincast.errors import BraincastError


@pytest.fixture(scope="module")
def by_threshold(worm_atlas, worm_wheel):
    neurons = worm_atlas.specimens["wt"].responses.neurons
    return {name: read_expression(worm_wheel, neurons, name) for name in ("liberal", "stringent")} | {
        "medium": worm_atlas.specimens["wt"].expression
    }


def test_specimens_carry_the_medium_threshold_in_tpm(worm_atlas):
    expression = worm_atlas.specimens["wt"].expression
    assert (expression.threshold, expression.unit) == ("medium", "TPM")
    assert expression.values.shape == (13_669, 300)
    assert set(expression.neurons) == set(worm_atlas.specimens["wt"].connectome.neuron_ids)


@pytest.mark.parametrize(
    ("neuron", "column"),
    [("AVAL", "AVA"), ("AWCOFF", "AWC_OFF"), ("DB1", "DB01"), ("DB2", "DB"), ("VC5", "VC_4_5"), ("DD3", "VD_DD")],
)
@pytest.mark.parametrize("threshold", ["liberal", "medium", "stringent"])
def test_a_neuron_has_the_values_of_its_class(by_threshold, worm_wheel, neuron, column, threshold):
    level = THRESHOLDS[threshold]
    with h5py.File(io.BytesIO(member(worm_wheel, "cengen.h5"))) as file:
        row = [name.decode() for name in file["neuron_ids"][()]].index(column)
        tpm = file[f"tpm_th{level}"][row]
        genes = [name.decode() for name in file[f"gene_names_th{level}"][()]]
    expression = by_threshold[threshold]
    assert list(expression.genes) == genes
    np.testing.assert_array_equal(expression.values[:, expression.neurons.index(neuron)], tpm)


def test_gene_order_differs_between_thresholds_but_not_the_genes(by_threshold):
    liberal, medium = by_threshold["liberal"], by_threshold["medium"]
    assert liberal.genes != medium.genes
    assert set(liberal.genes) == set(medium.genes)


def test_a_stricter_threshold_only_takes_away(by_threshold):
    medium, stringent = by_threshold["medium"], by_threshold["stringent"]
    aligned = medium.subset(genes=stringent.genes).values
    kept = stringent.values > 0
    assert kept.sum() < (aligned > 0).sum()
    np.testing.assert_allclose(stringent.values[kept], aligned[kept], rtol=1e-6)


def test_known_marker_genes_are_where_they_belong(worm_atlas):
    expression = worm_atlas.specimens["wt"].expression
    # eat-4 loads glutamate, unc-25 makes GABA: AWC and VD are the textbook examples.
    assert expression.of("eat-4")["AWCON"] > 100
    assert expression.of("unc-25")["VD3"] > 100
    assert expression.of("unc-25")["AWCON"] == 0


def test_another_threshold_can_be_loaded_by_name(worm_wheel):
    assert worm_expression("conservative", from_path=worm_wheel).threshold == "conservative"


def test_an_unknown_threshold_is_refused(worm_wheel):
    with pytest.raises(BraincastError, match=r"E305.*liberal, medium, conservative, stringent"):
        worm_expression("strict", offline=True)
