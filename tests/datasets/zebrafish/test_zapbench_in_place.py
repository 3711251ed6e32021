"""ZAPBench read in place, from a real web server on this machine."""

import pickle

import numpy as np
import pytest
from refusals import refusal
from served import served

from braincast.datasets.registry import check, dataset_card, get, load_dataset
from braincast.datasets.zebrafish.zapbench import open_array

NAME = "zapbench-synthetic-20"


@pytest.fixture
def server(zapbench_store, fresh_home, monkeypatch):
    with served(zapbench_store) as running:
        monkeypatch.setenv("BRAINCAST_ZAPBENCH_SYNTHETIC_20", running.url)
        monkeypatch.setenv("BRAINCAST_ZAPBENCH", running.url)
        yield running


def traces(**options):
    return load_dataset(NAME, **options).specimens["fish"].recordings["fish"]


def chunks(server) -> list[str]:
    return [path for path in server.asked if path.startswith("traces/c/")]


def test_no_trace_is_fetched_before_it_is_read_and_none_twice(server, zapbench_store):
    recording = traces()
    assert chunks(server) == []
    stored = np.fromfile(zapbench_store / "traces" / "c" / "2" / "0", "<f4").reshape(512, 20)
    assert np.array_equal(recording.read(1030, 1040), stored[6:16])
    assert chunks(server) == ["traces/c/2/0"]
    recording.read(1024, 1100)
    traces().read(1024, 1100)
    assert chunks(server) == ["traces/c/2/0"]


def test_other_processes_read_in_place_too(server):
    recording = pickle.loads(pickle.dumps(traces()))
    assert recording.read(0, 3).shape == (3, 20) and chunks(server) == ["traces/c/0/0"]


def test_what_was_read_is_there_without_the_network_and_nothing_else(server):
    traces().read(0, 10)
    recording = traces(offline=True)
    assert recording.read(0, 10).shape == (10, 20)
    assert "offline was asked for" in str(refusal("E401", recording.read, 600, 610))
    assert chunks(server) == ["traces/c/0/0"]


def test_a_server_that_recovers_is_asked_again(server):
    server.failures = [503, 500]
    assert traces().n_neurons == 20


def test_a_server_that_does_not_recover_is_one_line(server):
    server.failures = [503] * 30
    error = refusal("E404", traces)
    assert "failed 3 times (the server says 503)" in str(error) and "\n" not in str(error)


def test_a_server_that_is_gone_is_one_line(fresh_home, monkeypatch):
    monkeypatch.setenv("BRAINCAST_ZAPBENCH_SYNTHETIC_20", "http://127.0.0.1:9")
    assert "failed 3 times" in str(refusal("E404", traces))


def test_what_arrives_cut_short_or_changed_is_not_kept(server, fresh_home):
    recording = traces()
    server.cut = 4
    refusal("E404", recording.read, 0, 10)
    server.cut, server.lies = 0, True
    assert "CRC32C" in str(refusal("E404", recording.read, 0, 10))
    server.lies = False
    assert not list(fresh_home.rglob("c/0/0")) and recording.read(0, 10).shape == (10, 20)


def test_what_was_kept_and_damaged_since_is_refused_with_where_it_lies(server, fresh_home):
    recording = traces()
    recording.read(0, 10)
    (kept,) = fresh_home.rglob("c/0/0")
    kept.write_bytes(kept.read_bytes()[:-1])
    error = refusal("E403", recording.read, 0, 10)
    assert str(kept) in str(error) and "fetched again" in str(error)
    kept.unlink()
    assert recording.read(0, 10).shape == (10, 20)


def test_a_bucket_without_the_store_is_refused(server, tmp_path):
    server.folder = tmp_path
    assert "traces/zarr.json" in str(refusal("E406", traces))


def test_offline_without_anything_read_before_says_what_to_do(fresh_home):
    assert "--data PATH" in str(refusal("E401", load_dataset, "zapbench", offline=True))
    assert "data get zapbench" in str(refusal("E401", check, "zapbench"))


def test_all_of_it_can_be_fetched_and_checked(server):
    (folder,) = get(NAME)
    assert len(chunks(server)) == 16
    server.folder = folder.parent  # nothing more can be had from it
    assert traces(offline=True).read(7000, 7879).shape == (879, 20)
    assert len(check(NAME).files) == 17


def test_the_embedding_of_positions_is_unread_until_it_is_asked_for(server, zapbench_store):
    assert "its shape is (20, 192), expected (71721, 192)" in str(refusal("E212", open_array, "position_embedding"))
    assert "did you mean" in str(refusal("E307", open_array, "position_embeding"))


def test_the_card_says_what_is_read_in_place_and_needs_no_data(fresh_home):
    card = dataset_card("zapbench")
    (source,) = card.stores
    assert source.kind == "store" and source.url.startswith("https://") and card.files == () and card.size_bytes == 0
    assert source.arrays[0].shape == (7879, 71721) and "CC BY 4.0" in card.licence
    assert card.facts()["download"] == "read in place, as needed" and "2503.02618" in card.bibtex()
