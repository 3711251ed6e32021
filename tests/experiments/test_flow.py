"""How activity flows from senses to outputs: on made brains where the way is known."""

from dataclasses import replace

import networkx as nx
import numpy as np
import pandas as pd
import pytest

from braincast.brain.connectome import Connectome
from braincast.dynamics.spiking import FLY, Network, Poisson, simulate
from braincast.errors import BraincastError
from braincast.experiments.flow.against import against_nulls, beside
from braincast.experiments.flow.measure import STATISTICS, FlowProtocol, first_spikes, measure_flow, separation
from braincast.experiments.flow.question import FlowQuestion, axo_dendritic, larval_question

# One spike of 300 synapses lifts the next neuron over its threshold: 300 × 0.275 mV × 0.157 = 13 mV of the 7 needed.
STRONG = 300
PROTOCOL = FlowProtocol(replace(FLY, dt_s=1e-4), n_trials=4, duration_s=0.2)
QUESTION = FlowQuestion(
    {"a": np.array([0, 1]), "b": np.array([2])},
    np.array([5, 6]),
    {"relays": np.array([3, 4]), "out 1": np.array([5]), "out 2": np.array([6]), "sense b": np.array([2])},
)


def brain(edges, n_neurons=8):
    """Neurons by number; edges (pre, post, weight, sign)."""
    pre, post, weight, sign = zip(*edges, strict=True)
    names = [str(k) for k in range(n_neurons)]
    ends = ([names[k] for k in side] for side in (pre, post))
    return Connectome.from_edges(names, *ends, weight=weight, sign=sign)


@pytest.fixture(scope="module")
def two_lines():
    """Sense a → 3 → output 5; sense b → 4 → output 6 and, inhibiting, 3."""
    edges = [(0, 3, STRONG, 1), (1, 3, 1, 1), (3, 5, STRONG, 1), (2, 4, STRONG, 1), (4, 6, STRONG, 1), (2, 3, 50, -1)]
    return brain([*edges, (5, 7, 1, 1), (6, 7, 1, 1)])


@pytest.fixture(scope="module")
def flow(two_lines):
    return measure_flow(two_lines, QUESTION, PROTOCOL)


def test_a_sense_reaches_the_output_at_the_end_of_its_line_and_no_other(flow):
    assert flow.recruited[:, QUESTION.outputs].tolist() == [[True, False], [False, True]]
    assert flow.shares().tolist()[0] == [0.5, 1, 0, 0]
    assert np.isnan(flow.shares()[1, 3]) and flow.shares()[1, :3].tolist() == [0.5, 0, 1]


def test_statistics_of_two_lines_are_as_the_wiring_says(flow):
    found = flow.statistics()
    assert set(found) == set(STATISTICS)
    assert found["recruited"] == pytest.approx([2 / 6, 2 / 7]) and found["outputs_recruited"].tolist() == [0.5, 0.5]
    assert found["hops"].tolist() == [2, 2]
    assert found["separation"] == pytest.approx(2)  # outputs that answer one sense each are anticorrelated
    fastest = 1_000 * 2 * FLY.delay_s
    assert (found["latency_ms"] > fastest).all()
    own = flow.rate_hz[:, :, [5, 6]].mean(axis=(1, 2))
    assert found["output_rate_hz"] == pytest.approx(own)


def test_driven_neurons_never_count_as_recruited(flow):
    assert not flow.rate_hz[0][:, [0, 1]].any() and flow.rate_hz[0][:, 3].all()


def test_hops_agree_with_networkx_and_skip_edges_of_unknown_sign():
    rng = np.random.default_rng(5)
    ends = [(a, b) for a, b in rng.integers(0, 30, (70, 2)).tolist() if a != b]
    ends = list(dict.fromkeys(ends))
    signs = rng.choice([-1, 0, 1], len(ends), p=[0.3, 0.2, 0.5])
    wiring = brain([(a, b, 2, int(sign)) for (a, b), sign in zip(ends, signs, strict=True)], 30)
    question = FlowQuestion({"pair": np.array([0, 1])}, np.arange(20, 30), {})
    found = measure_flow(wiring, question, PROTOCOL).hops[0]
    graph = nx.DiGraph([ends for ends, sign in zip(ends, signs, strict=True) if sign != 0])
    graph.add_nodes_from(range(30))
    lengths = nx.multi_source_dijkstra_path_length(graph, {0, 1})
    assert found.tolist() == pytest.approx([lengths.get(k, np.nan) for k in range(30)], nan_ok=True)


def test_first_spikes_agree_with_the_table_of_spikes(two_lines):
    spikes = simulate(
        Network.from_connectome(two_lines), [Poisson(np.array([0]), 50.0)], duration_s=0.2, n_trials=3, seed=1
    )
    table = spikes.frame().groupby(["neuron", "trial"])["time_s"].min().groupby("neuron").mean()
    assert first_spikes(spikes) == pytest.approx(table.reindex(range(8)).to_numpy(), nan_ok=True)


def test_separation_is_nought_where_senses_do_the_same_and_unknown_for_one_sense():
    rng = np.random.default_rng(0)
    same = np.broadcast_to(rng.random(50), (3, 4, 50))
    assert separation(same) == pytest.approx(0)
    apart = np.stack([np.broadcast_to(row, (4, 50)) for row in rng.random((40, 50))])
    assert separation(apart) == pytest.approx(1, abs=0.05)
    assert np.isnan(separation(np.concatenate([same[:1], np.zeros((2, 4, 50))])))


def test_p_counts_draws_on_the_side_of_the_true_value_and_ties_against_it():
    drawn = [float(k) for k in range(39)]
    assert beside(50.0, drawn)["p"] == beside(-1.0, drawn)["p"] == 0.05
    assert beside(36.0, drawn)["p"] == pytest.approx(2 * 4 / 40)
    assert beside(3.0, [3.0] * 39)["p"] == 1 and beside(float("nan"), drawn)["p"] is None
    sides = [beside(value, drawn)["side"] for value in (50.0, -1.0, 38.0, 3.0, float("nan"))]
    assert sides == ["above", "below", "between", "between", "undefined"]
    undefined = beside(1.0, [np.nan, 0.0])
    assert (undefined["n"], undefined["null"], undefined["p"]) == (1, 0.0, 1.0)


def test_two_lines_are_told_from_wirings_that_cross_them_and_the_same_seed_gives_the_same(two_lines):
    nulls, quick = {"identity-permuted": 19, "degree-preserving": 3}, replace(PROTOCOL, n_trials=2, duration_s=0.1)
    found = against_nulls(two_lines, QUESTION, quick, nulls, seed=2)
    compared = found.compared("identity-permuted")["outputs_recruited"]
    assert compared["value"] == 0.5 and compared["null"] < 0.3 and compared["n"] == 19
    again = against_nulls(two_lines, QUESTION, quick, {"degree-preserving": 3}, seed=2)
    first, second = found.nulls["degree-preserving"].shares, again.nulls["degree-preserving"].shares
    assert np.array_equal(first, second, equal_nan=True) and first.std(axis=0)[0].any()
    by_sense = found.compared_by_sense("identity-permuted", "recruited")
    assert by_sense["a"]["value"] == pytest.approx(2 / 6)


def test_questions_without_neurons_or_columns_are_refused(two_lines):
    with pytest.raises(BraincastError, match="E308"):
        FlowQuestion({"a": np.array([], int)}, np.array([1]), {})
    for asked in (larval_question, axo_dendritic):
        with pytest.raises(BraincastError, match="E108"):
            asked(two_lines)


def test_senses_of_a_larva_are_its_sensory_and_ascending_neurons():
    told = [("sensory", "visual"), ("ascending", "A00c_a4; noci"), ("ascending", "unknown modality"), ("sensory", "")]
    neurons = pd.DataFrame([*told, ("RGN", ""), ("DN-VNC", "PL-19")], columns=["cell_class", "annotation"])
    neurons["id"] = list("abcdef")
    edges = pd.DataFrame({"pre": [0, 1], "post": [4, 5], "weight": [3.0, 2.0], "axon_dendrite": [0, 2]})
    wiring = Connectome(neurons, edges.assign(kind="chemical", sign=0, delay_s=np.nan))
    question = larval_question(wiring)
    assert {name: rows.tolist() for name, rows in question.senses.items()} == {"noci": [1], "visual": [0]}
    assert question.outputs.tolist() == [4, 5] and "PN" not in question.groups
    part = axo_dendritic(wiring).edges
    assert part[["pre", "post", "weight"]].to_numpy().tolist() == [[1, 5, 2]]


def test_the_larva_s_smell_reaches_its_kenyon_cells(test_data):
    from braincast.datasets.fly import read_wiring
    from braincast.datasets.fly.sign_rules import with_signs

    wiring = with_signs(read_wiring(test_data / "fly_larva_winding2023"), seed=0)
    question = larval_question(wiring)
    assert len(question.senses) == 12 and sum(map(len, question.senses.values())) == 464
    smell = FlowQuestion({"olfactory": question.senses["olfactory"]}, question.outputs, question.groups)
    shares = measure_flow(wiring, smell, replace(PROTOCOL, parameters=replace(FLY, unit_weight_mv=0.55))).shares()[0]
    of = dict(zip(smell.groups, shares, strict=True))
    assert of["KC"] > 0.3 > of["PN-somato"]
