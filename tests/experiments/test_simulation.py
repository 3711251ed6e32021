"""Simulations of a wiring that spikes: who is meant, what drives them, what is written, what goes on afterwards."""

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from refusals import refused
from scipy.stats import binomtest

from braincast.brain.connectome import Connectome
from braincast.dynamics.spiking import simulate
from braincast.experiments.simulation.chosen import Directory
from braincast.experiments.simulation.inputs import read_input_spikes
from braincast.experiments.simulation.job import loaded, simulated
from braincast.experiments.simulation.phenotypes import Accuracy, read_phenotypes
from braincast.experiments.simulation.protocol import Asked, protocol
from braincast.experiments.simulation.wiring import Wiring, opened_wiring, wiring_sha256

IDS = ["720575940660219265", "b", "c", "d", "e", "f"]


@pytest.fixture(scope="module")
def neurons():
    """Six neurons; the type of one is the class of others."""
    return pd.DataFrame(
        {
            "id": IDS,
            "cell_type": ["MN9", "sugar", "sugar", None, "", "bitter"],
            "cell_class": ["motor", "sensory", "sensory", "sensory", "MN9", "MN9"],
            "annotation": ["", "taste", "taste", "touch", "sensory", ""],
        }
    )


@pytest.fixture(scope="module")
def small():
    """A made-up fly of 500 neurons, ready to spike."""
    return loaded(opened_wiring(None, n_neurons=500, n_edges=20_000))


def asked_of(network, **asked):
    table = network.wiring.connectome.neurons
    return protocol(Asked(**asked), table, Directory(table))


def wired(pre, post, weight, n_neurons, sign=1):
    """A wiring from row numbers."""
    neurons = pd.DataFrame({"id": [f"n{row}" for row in range(n_neurons)]})
    edges = {"pre": pre, "post": post, "kind": "chemical", "weight": weight, "sign": sign, "delay_s": np.nan}
    connectome = Connectome(neurons, pd.DataFrame(edges), "made")
    return Wiring(connectome, False, wiring_sha256(connectome))


def test_neurons_are_named_by_id_or_type_and_the_finest_column_counts(neurons):
    directory = Directory(neurons)
    assert directory.chosen("720575940660219265", "--stimulate", seed=0).tolist() == [0]
    assert directory.chosen("sugar, f", "--stimulate", seed=0).tolist() == [1, 2, 5]
    assert directory.chosen("MN9", "--stimulate", seed=0).tolist() == [0]  # the type, not the class of that name
    assert directory.chosen("sensory", "--stimulate", seed=0).tolist() == [1, 2, 3]
    assert directory.chosen("taste", "--stimulate", seed=0).tolist() == [1, 2]


def test_a_lone_small_number_is_how_many_neurons_are_drawn_by_the_seed(neurons):
    directory = Directory(neurons)
    drawn = [tuple(directory.chosen("3", "--stimulate", seed=seed)) for seed in (0, 0, 1, 2, 3)]
    assert drawn[0] == drawn[1] and len(set(drawn)) > 1 and all(len(set(rows)) == 3 for rows in drawn)
    with refused("E305", "7 neurons were asked for"):
        directory.chosen("7", "--stimulate", seed=0)
    with refused("E308", "'7'"):
        directory.chosen("7,", "--stimulate", seed=0)


def test_names_come_from_a_file_too(neurons, tmp_path):
    (tmp_path / "ids.txt").write_text("720575940660219265\n\nc, d\n")
    assert Directory(neurons).chosen(f"@{tmp_path / 'ids.txt'}", "--stimulate", seed=0).tolist() == [0, 2, 3]
    with refused("E405", "ids.csv"):
        Directory(neurons).chosen(f"@{tmp_path / 'ids.csv'}", "--stimulate", seed=0)


def test_conditions_are_types_as_wholes_or_each_of_their_neurons(neurons):
    directory = Directory(neurons)
    named = {each.name: each.rows.tolist() for each in directory.conditions("sugar,each:sensory", "--among", seed=0)}
    assert named == {"sugar": [1, 2], "b": [1], "c": [2], "d": [3]}
    assert [each.name for each in directory.conditions("all", "--among", seed=0)] == IDS


def spikes_file(path, **columns):
    pq.write_table(pa.table(columns), path)
    return path


def test_input_spikes_are_rows_or_ids(tmp_path):
    by_row = read_input_spikes(spikes_file(tmp_path / "a.parquet", neuron=[1, 0], time_s=[0.0, 0.1]), IDS, 1.0)
    by_id = read_input_spikes(spikes_file(tmp_path / "b.parquet", neuron=["b", IDS[0]], time_s=[0.0, 0.1]), IDS, 1.0)
    long = read_input_spikes(spikes_file(tmp_path / "c.parquet", neuron=[int(IDS[0])], time_s=[0.5]), IDS, 1.0)
    assert by_row.neurons.tolist() == by_id.neurons.tolist() == [1, 0] and long.neurons.tolist() == [0]
    assert by_row.time_s.tolist() == by_id.time_s.tolist() == [0.0, 0.1] and by_row.kick_mv == 68.75


@pytest.mark.parametrize(
    ("code", "columns"),
    [
        ("E108", {"neuron": [1]}),
        ("E102", {"neuron": [6], "time_s": [0.1]}),
        ("E102", {"neuron": [-1], "time_s": [0.1]}),
        ("E102", {"neuron": ["nobody"], "time_s": [0.1]}),
        ("E102", {"neuron": [1.0], "time_s": [0.1]}),
        ("E102", {"neuron": ["b", None], "time_s": [0.1, 0.2]}),
        ("E107", {"neuron": [1], "time_s": [-0.1]}),
        ("E107", {"neuron": [1], "time_s": [1.0]}),
        ("E107", {"neuron": [1], "time_s": [float("nan")]}),
        ("E107", {"neuron": [1], "time_s": ["soon"]}),
        ("E107", {"neuron": [1, 1], "time_s": [0.1, 0.2], "trial": [0, 1]}),
    ],
)
def test_input_spikes_that_cannot_be_given_are_refused(code, columns, tmp_path):
    with refused(code, "in.parquet"):
        read_input_spikes(spikes_file(tmp_path / "in.parquet", **columns), IDS, 1.0)


def test_a_cut_file_of_input_spikes_is_refused(tmp_path):
    whole = spikes_file(tmp_path / "in.parquet", neuron=[1] * 50, time_s=[0.1] * 50).read_bytes()
    (tmp_path / "in.parquet").write_bytes(whole[:-20])
    with refused("E117", "in.parquet"):
        read_input_spikes(tmp_path / "in.parquet", IDS, 1.0)


def test_input_spikes_drive_exactly_those_spikes(tmp_path):
    time_s = np.array([0.0, 0.0123, 0.05, 0.0123])
    path = spikes_file(tmp_path / "in.parquet", neuron=[0, 2, 2, 1], time_s=time_s)
    network = loaded(wired([0, 1], [3, 3], [1.0, 2.0], 4))  # too weak to make the fourth spike
    result = simulated(network, asked_of(network, input_spikes=path, duration_s=0.1, n_trials=2))
    spikes = result.spikes.frame()
    wanted = [(0.0001, 0), (0.0124, 1), (0.0124, 2), (0.0501, 2)]  # one step after the kick
    assert [(t, n) for t, n in zip(spikes["time_s"], spikes["neuron"], strict=True)] == wanted * 2
    assert result.protocol.driven.tolist() == [0, 1, 2] and not result.aftermath.self_sustained


def test_two_threads_write_the_same_bytes_as_one(small, tmp_path):
    planned = asked_of(small, stimulate="60", duration_s=0.1, n_trials=3)
    for n_threads in (1, 2):
        simulated(small, planned, n_threads=n_threads, into=tmp_path / f"{n_threads}.parquet")
    assert (tmp_path / "1.parquet").read_bytes() == (tmp_path / "2.parquet").read_bytes()


def test_silenced_neurons_spike_but_reach_nobody(small):
    drive = {"stimulate": "60", "duration_s": 0.1}
    heard = simulated(small, asked_of(small, **drive))
    mute = simulated(small, asked_of(small, silence="60", **drive))  # the same draw: those that are driven
    assert len(heard.recruited) > 0 and len(mute.recruited) == 0
    driven = heard.protocol.driven
    assert mute.protocol.silenced.tolist() == driven.tolist() and (mute.rate_hz[driven] > 0).all()


def test_a_loop_that_keeps_itself_going_is_told_and_one_that_answers_is_not():
    ring = [0, 1, 2, 3, 4], [1, 2, 3, 4, 0]
    for weight, goes_on in ((400.0, True), (1.0, False)):
        network = loaded(wired(*ring, [weight] * 5, 5))
        planned = asked_of(network, stimulate="n0", rate_hz=100.0, duration_s=0.2)
        result = simulated(network, planned)
        assert result.aftermath.self_sustained is goes_on
        if goes_on:  # no neuron but the driven one can spike again within its refractory time
            assert 100 < result.aftermath.after_drive_spikes_per_s < 5 / 0.0022
            assert result.aftermath.broad


@pytest.mark.parametrize(
    ("option", "asked"),
    [
        ("--rate", {"rate_hz": -1.0}),
        ("--rate", {"rate_hz": float("nan")}),
        ("--rate", {"rate_hz": 10_001.0}),
        ("--duration", {"duration_s": 0.0}),
        ("--duration", {"duration_s": float("inf")}),
        ("--trials", {"n_trials": 0}),
        ("--seed", {"seed": -1}),
    ],
)
def test_impossible_numbers_are_refused(option, asked):
    with refused("E305", option):
        Asked(**asked)


def test_weights_that_are_no_synapse_counts_are_refused():
    with refused("E103", "whole number"):
        loaded(wired([0], [1], [0.5], 2))


def test_the_hash_of_a_wiring_is_of_what_spikes_follow_from():
    one = wired([0, 1], [1, 2], [1.0, 2.0], 3).sha256
    assert wired([0, 1], [1, 2], np.array([1, 2], np.float32), 3).sha256 == one
    others = [
        wired([0, 1], [1, 0], [1.0, 2.0], 3).sha256,
        wired([0, 1], [1, 2], [1.0, 3.0], 3).sha256,
        wired([0, 1], [1, 2], [1.0, 2.0], 3, sign=-1).sha256,
        wired([0, 1], [1, 2], [1.0, 2.0], 4).sha256,
    ]
    assert len({one, *others}) == 5


def test_phenotypes_are_read_and_contradictions_refused(neurons, tmp_path):
    path, directory = tmp_path / "measured.csv", Directory(neurons)
    path.write_text("condition,readout,expected,paper\nsugar;f, MN9, Active,x\nbitter,MN9,none,y\n")
    first, second = read_phenotypes(path, directory)
    assert first.condition.name == "sugar;f" and first.condition.rows.tolist() == [1, 2, 5]
    assert first.expected == "active" and second.readout.rows.tolist() == [0]
    for code, text in {
        "E108": "condition,readout\nsugar,MN9\n",
        "E107": "condition,readout,expected\nsugar,MN9,maybe\n",
        "E308": "condition,readout,expected\nsugar,MN10,active\n",
        "E118": "condition,readout,expected\n",
    }.items():
        path.write_text(text)
        with refused(code, "measured.csv"):
            read_phenotypes(path, directory)
    path.write_text("condition,readout,expected\nsugar,MN9,active\nsugar,MN9,inactive\n")
    with refused("E107", "line 3"):
        read_phenotypes(path, directory)


def test_what_a_simulation_tells_is_judged_by_the_threshold(neurons, tmp_path):
    path = tmp_path / "measured.csv"
    words = ("active", "inactive", "increase", "decrease", "none")
    path.write_text(
        "condition,readout,expected\n" + "".join(f"{i},sugar,{w}\n" for i, w in zip(IDS, words, strict=False))
    )
    baseline = np.array([0.0, 4.0, 6.0, 0.0, 0.0, 0.0])  # sugar: 5 Hz
    found = read_phenotypes(path, Directory(neurons))
    for change, told in ((0.0, "none"), (2.0, "none"), (2.1, "increase"), (-2.1, "decrease"), (-5.0, "decrease")):
        rate = baseline + np.array([0.0, change, change, 0.0, 0.0, 0.0])
        assert [each.told(rate, baseline, 2.0) for each in found[2:]] == [told] * 3
        assert [each.told(rate, baseline, 2.0) for each in found[:2]] == ["inactive" if change < -3 else "active"] * 2


@pytest.mark.parametrize("right", [0, 1, 149, 164])
def test_the_interval_of_an_accuracy_is_wilsons(right):
    wanted = binomtest(right, 164).proportion_ci(0.95, method="wilson")
    np.testing.assert_allclose(Accuracy(right, 164, 0.5).ci, (wanted.low, wanted.high), atol=1e-12)


def test_driven_trials_do_not_depend_on_what_is_screened_beside_them(small):
    """The premise of screens: with one seed only the condition differs."""
    drives = asked_of(small, stimulate="20").drives
    alone = simulate(small.network, list(drives), duration_s=0.05, seed=1, silenced=range(500)).counts()
    more = asked_of(small, stimulate="synthetic-7").drives
    beside = simulate(small.network, [*drives, *more], duration_s=0.05, seed=1, silenced=range(500)).counts()
    others = [row for row in range(500) if row != 7]
    np.testing.assert_array_equal(beside[:, others], alone[:, others])
    assert np.flatnonzero(beside[0] != alone[0]).tolist() == [7]
