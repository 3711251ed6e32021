import io

import h5py
import numpy as np
import pytest

from braincast.datasets.worm.archive import member, read_rows
from braincast.datasets.worm.names import canonical
from braincast.datasets.worm.wiring import SERIES, repaired


@pytest.fixture(scope="module")
def connectome(worm_atlas):
    return worm_atlas.specimens["wt"].connectome


def of_kind(connectome, kind):
    return connectome.edges[connectome.edges["kind"] == kind]


def test_chemical_edges_and_synapses_are_those_of_the_merged_connectome(connectome):
    chemical = of_kind(connectome, "chemical")
    assert len(chemical) == 4_051
    assert chemical["weight"].sum() == 27_729


def test_gap_junctions_are_symmetric(connectome):
    gap = connectome.adjacency("electrical").toarray()
    assert np.count_nonzero(gap) == 1_650
    np.testing.assert_array_equal(gap, gap.T)


def test_chemical_edges_run_from_pre_to_post(connectome, worm_wheel):
    with h5py.File(io.BytesIO(member(worm_wheel, "aconnectome_default.h5"))) as file:
        np.testing.assert_array_equal(connectome.adjacency("chemical").toarray(), file["chem"][()].T)
    ids = connectome.neuron_ids
    # Sensory ASH drives command interneuron AVA, not the reverse (White et al. 1986).
    adjacency = connectome.adjacency("chemical").toarray()
    ash, ava = ids.index("ASHL"), ids.index("AVAL")
    assert adjacency[ash, ava] > adjacency[ava, ash]


@pytest.mark.parametrize(
    ("kind", "table", "pairs", "edges"),
    [("monoaminergic", "monoamine_pairs", 2_586, 1_932), ("peptidergic", "peptide_pairs", 8_931, 7_078)],
)
def test_extrasynaptic_edges_count_transmitter_receptor_pairs(worm_atlas, connectome, kind, table, pairs, edges):
    assert len(worm_atlas.tables[table]) == pairs
    assert not worm_atlas.tables[table].duplicated().any()
    assert len(of_kind(connectome, kind)) == edges
    assert of_kind(connectome, kind)["weight"].sum() == pairs


def test_pairs_that_name_can_are_all_that_is_dropped(worm_atlas, worm_wheel):
    rows = read_rows(worm_wheel, "esconnectome_monoamines_Bentley_2016.csv")
    dropped = [row for row in rows if {"CANL", "CANR"} & set(row[:2])]
    assert len(dropped) == 40
    assert len(rows) - len(dropped) == len(worm_atlas.tables["monoamine_pairs"])
    assert {"AWCON", "AWCOFF"} <= set(worm_atlas.tables["monoamine_pairs"]["post"])


def test_predicted_signs_have_the_published_totals(worm_atlas):
    signs = worm_atlas.tables["synapse_signs"]
    synapses = signs.groupby("prediction")["synapses"].sum()
    assert len(signs) == 3_638
    assert synapses.sum() == 20_589
    assert 1 - synapses[""] / synapses.sum() == pytest.approx(0.732, abs=0.0005)
    # Excitatory to inhibitory synapses, complex ones left out.
    assert synapses["+"] / synapses["-"] == pytest.approx(3.5, abs=0.02)


def test_signs_reach_chemical_edges_only(worm_atlas, connectome):
    edges = connectome.edges
    assert (edges.loc[edges["kind"] != "chemical", "sign"] == 0).all()
    ids = np.array(connectome.neuron_ids)
    prediction = {(s.pre, s.post): s.prediction for s in worm_atlas.tables["synapse_signs"].itertuples()}
    expected = {"+": 1, "-": -1, "complex": 0, "": 0}
    chemical = of_kind(connectome, "chemical")
    for pre, post, sign in zip(ids[chemical["pre"]], ids[chemical["post"]], chemical["sign"], strict=True):
        assert sign == expected[prediction.get((pre, post), "")]
    assert (chemical["sign"] == 1).sum() == 900
    assert (chemical["sign"] == -1).sum() == 277


def test_all_neurons_of_the_tables_are_in_the_connectome(worm_atlas, connectome):
    known = set(connectome.neuron_ids)
    for name in ("synapse_signs", "monoamine_pairs", "peptide_pairs", "series_edges"):
        assert set(worm_atlas.tables[name]["pre"]) | set(worm_atlas.tables[name]["post"]) <= known


def test_the_merged_connectome_gives_vd9_what_it_could_not_name(worm_atlas, connectome, worm_wheel):
    """The fault that the card warns of, made again from the series: whatever has no name falls to the last neuron."""
    ids = connectome.neuron_ids
    # The wheel's own code knew neither AWCL nor AWCR.
    known = set(ids) - {"AWCON", "AWCOFF"}
    assert ids[-1] == "VD9"
    summed = np.zeros((300, 300))
    for file in SERIES.values():
        for pre, post, kind, count in read_rows(worm_wheel, file, "\t")[1:]:
            rows = [ids.index(n) if n in known else 299 for n in (canonical(pre), canonical(post))]
            summed[rows[0], rows[1]] += int(count) * (kind == "chemical")
    np.testing.assert_array_equal(summed, connectome.adjacency("chemical").toarray())


def test_the_repaired_connectome_wires_awc_and_not_vd9(worm_atlas, connectome):
    mended = repaired(connectome, worm_atlas.tables["series_edges"], worm_atlas.tables["synapse_signs"])
    before = connectome.adjacency("chemical").toarray()
    after = mended.adjacency("chemical").toarray()
    ids = connectome.neuron_ids
    awc = [ids.index("AWCON"), ids.index("AWCOFF")]
    assert np.count_nonzero(after) == 3_925
    assert after.sum() == 23_906
    assert np.clip(before - after, 0, None).sum() == 4_427
    assert np.clip(after - before, 0, None).sum() == 604
    assert before[awc].sum() == before[:, awc].sum() == 0
    assert after[awc].sum() > 0
    assert set(np.argwhere(before > after).ravel()) - {299} and (before > after)[:299, :299].sum() == 0
    for kind in ("monoaminergic", "peptidergic"):
        assert (mended.adjacency(kind) != connectome.adjacency(kind)).nnz == 0
    gap = mended.adjacency("electrical").toarray()
    np.testing.assert_array_equal(gap, gap.T)


def test_only_one_series_reaches_behind_the_head(worm_atlas, connectome):
    regions = connectome.neurons.set_index("id")["region"]
    series = worm_atlas.tables["series_edges"]
    cord = (series["pre"].map(regions) == "ventral nerve cord") & (series["post"].map(regions) == "ventral nerve cord")
    assert set(series[cord]["series"]) == {"white-whole"}


def test_peptide_receptors_have_a_plausible_concentration(worm_atlas):
    table = worm_atlas.tables["peptide_receptors"]
    assert len(table) == 459
    assert table["log10_ec50_mol_per_l"].between(-13, -4).all()
