"""From a connectome to packed edges and back, and from trials to tables of spikes."""

import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pytest
from refusals import refused

from braincast.brain.connectome import Connectome
from braincast.dynamics.spiking import Network, Poisson, Spikes, simulate


def edges_of(network):
    return sorted(zip(*(column.tolist() for column in network.edges()), strict=True))


def test_a_connectomes_signed_counts_are_packed_and_the_rest_is_counted():
    connectome = Connectome.from_edges(
        ["a", "b", "c"],
        pre=["b", "a", "a", "c", "c"],
        post=["a", "b", "c", "a", "b"],
        kind=["chemical", "chemical", "chemical", "chemical", "electrical"],
        weight=[7, 400, 3, 5, 1],
        sign=[-1, 1, -1, 0, 1],
    )
    network = Network.from_connectome(connectome)
    assert edges_of(network) == [(0, 1, 400), (0, 2, -3), (1, 0, -7)]
    assert (network.n_neurons, network.n_edges, network.n_left_out) == (3, 3, 2)


@pytest.mark.parametrize(
    ("n_neurons", "largest", "word_bytes"), [(1000, 500, 4), (138_639, 8191, 4), (138_639, 8193, 8)]
)
def test_packed_edges_are_the_edges(n_neurons, largest, word_bytes):
    random = np.random.default_rng(0)
    pre, post = random.integers(0, n_neurons, (2, 5000))
    count = random.integers(-largest, largest + 1, 5000)
    count[:2] = largest, -largest
    network = Network.from_edges(pre, post, count, n_neurons)
    assert network.words.itemsize == word_bytes
    assert edges_of(network) == sorted(zip(pre.tolist(), post.tolist(), count.tolist(), strict=True))


def test_words_of_either_size_give_the_same_spikes():
    random = np.random.default_rng(1)
    pre, post = random.integers(0, 100, (2, 2000))
    drives = [Poisson(np.arange(10), 150.0)]
    found = [
        simulate(
            Network.from_edges(pre, post, np.full(2000, 20), 100, word_bytes=word_bytes),
            drives,
            duration_s=0.1,
            seed=0,
        ).frame()
        for word_bytes in (4, 8)
    ]
    assert len(found[0]) > 500
    pd.testing.assert_frame_equal(found[0], found[1])


def test_impossible_edges_are_refused():
    one = np.array([0])
    with refused("E102", "neuron 3 of 3"):
        Network.from_edges(one, np.array([3]), one, 3)
    with refused("E102", "neuron -1 of 3"):
        Network.from_edges(np.array([-1]), one, one, 3)
    with refused("E102", "float64"):
        Network.from_edges(np.array([0.0]), one, one, 3)
    for weight in (0.5, np.nan, np.inf, 1e10):
        with refused("E103", "edge 1"):
            Network.from_edges(np.zeros(2, int), np.zeros(2, int), np.array([1.0, weight]), 3)
    with refused("E106", "values of pre"):
        Network.from_edges(one, one, np.zeros(2, int), 3)
    with refused("E107", "more than 32 bits"):
        Network.from_edges(one, one, one, 1 << 40)
    with refused("E107", "need 36 bits of 32"):
        Network.from_edges(one, one, np.array([1 << 16]), 1 << 18, word_bytes=4)
    with refused("E107", "delay_s"):
        Network.from_edges(one, one, one, 3, delay_s=np.array([0.00005]))


@pytest.fixture(scope="module")
def network():
    random = np.random.default_rng(3)
    pre, post = random.integers(0, 200, (2, 8000))
    sign = np.where(random.random(200) < 0.2, -1, 1)
    return Network.from_edges(pre, post, sign[pre] * random.integers(1, 30, 8000), 200)


DRIVES = (Poisson(np.arange(20), 150.0),)


@pytest.fixture(scope="module")
def spikes(network):
    return simulate(network, DRIVES, duration_s=0.1, n_trials=5, seed=1, n_threads=1)


def test_one_and_two_threads_give_the_same_bits(network, spikes, tmp_path):
    files = [tmp_path / f"{n_threads}.parquet" for n_threads in (1, 2)]
    for n_threads, path in enumerate(files, 1):
        simulate(network, DRIVES, duration_s=0.1, n_trials=5, seed=1, n_threads=n_threads, into=path)
    assert files[0].read_bytes() == files[1].read_bytes()
    pd.testing.assert_frame_equal(pq.read_table(files[0]).to_pandas(), spikes.frame())


def test_trials_and_seeds_differ_and_repeat(network, spikes):
    again = simulate(network, DRIVES, duration_s=0.1, n_trials=2, seed=1)
    pd.testing.assert_frame_equal(again.frame(), spikes.frame().query("trial < 2"))
    first, second = (again.neuron[again.trial == trial].tolist() for trial in (0, 1))
    assert first != second
    other = simulate(network, DRIVES, duration_s=0.1, n_trials=2, seed=2)
    assert not np.array_equal(other.counts(), again.counts())


def test_spikes_are_sorted_and_counted_as_pandas_does(spikes):
    frame = spikes.frame()
    assert frame.columns.tolist() == ["trial", "time_s", "neuron"]
    pd.testing.assert_frame_equal(frame, frame.sort_values(["trial", "time_s", "neuron"]))
    expected = frame.pivot_table(index="trial", columns="neuron", aggfunc="size", fill_value=0)
    expected = expected.reindex(columns=range(200), fill_value=0)
    assert np.array_equal(spikes.counts(), expected)
    rates = spikes.rates([f"n{number}" for number in range(200)])
    assert rates.dims == ("trial", "neuron")
    np.testing.assert_allclose(rates.sel(neuron="n30"), expected[30] / 0.1)
    binned = spikes.binned(0.01)
    assert binned.shape == (5, 10, 200)
    np.testing.assert_allclose(binned.sum("time") * 0.01, spikes.counts())
    some = spikes.binned(0.03, np.array([5, 7]))
    np.testing.assert_allclose(some.sum("time") * 0.03, spikes.counts()[:, [5, 7]])


def test_saved_spikes_come_back(spikes, tmp_path):
    spikes.save(tmp_path / "s.parquet")
    loaded = Spikes.load(tmp_path / "s.parquet")
    assert (loaded.n_neurons, loaded.n_trials, loaded.duration_s, len(loaded)) == (200, 5, 0.1, len(spikes))
    pd.testing.assert_frame_equal(loaded.frame(), spikes.frame())


def test_files_without_spikes_are_refused(spikes, tmp_path):
    with refused("E405", "none.parquet"):
        Spikes.load(tmp_path / "none.parquet")
    spikes.save(tmp_path / "s.parquet")
    (tmp_path / "cut.parquet").write_bytes((tmp_path / "s.parquet").read_bytes()[:-100])
    spikes.frame().to_parquet(tmp_path / "other.parquet")
    for name in ("cut", "other"):
        with refused("E117", f"{name}.parquet"):
            Spikes.load(tmp_path / f"{name}.parquet")
