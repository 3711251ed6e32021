"""ZAPBench's layout read from a folder: what is there, and what is refused."""

import json
import shutil

import numpy as np
import pytest
from refusals import refusal

from braincast.datasets.registry import check, dataset_card, get, load_dataset
from braincast.datasets.synthetic.zapbench_store import write_store
from braincast.datasets.zebrafish.zapbench_layout import N_FRAMES, VOXEL_UM

NAME = "zapbench-synthetic-20"


@pytest.fixture
def store(zapbench_store, tmp_path):
    """A copy of the store, to be damaged."""
    return shutil.copytree(zapbench_store, tmp_path / "store")


@pytest.fixture(scope="module")
def recording(zapbench_store):
    return load_dataset(NAME, from_path=zapbench_store).specimens["fish"].recordings["fish"]


def changed_json(path, **changes) -> None:
    path.write_text(json.dumps({**json.loads(path.read_text()), **changes}))


def test_the_traces_are_the_bytes_of_the_chunks(recording, zapbench_store):
    chunk = np.fromfile(zapbench_store / "traces" / "c" / "1" / "0", "<f4").reshape(512, 20)
    assert recording.activity.shape == (N_FRAMES, 20) and recording.unit == "ΔF/F"
    assert np.array_equal(recording.read(512, 1024), chunk)
    assert chunk.min() >= -0.25 and chunk.max() <= 1.5 and 0.02 < chunk.std() < 0.5


def test_conditions_leave_out_one_frame_at_both_ends(recording):
    spans = [tuple(row) for row in recording.conditions.itertuples(index=False)]
    assert spans[0] == ("gain", 1, 648) and spans[3] == ("taxis", 3079, 3734) and spans[-1] == ("dark", 7280, 7878)
    assert [name for name, _, _ in spans][6] == "open loop" and len(spans) == 9


def test_neurons_stimulus_time_and_somata_are_named_and_in_order(recording, zapbench_store):
    table = json.loads((zapbench_store / "segmentation" / "dataframe.json").read_text())
    assert recording.neurons == tuple(map(str, range(1, 21))) and recording.dt_s == pytest.approx(0.914)
    assert recording.anatomy["z_um"].to_numpy() == pytest.approx(np.array(table["centroid_z"]) * VOXEL_UM[2])
    shown = recording.stimulus.sel(feature="taxis shown").to_numpy()
    assert np.array_equal(np.flatnonzero(shown), np.arange(3078, 3735))


def test_a_smaller_store_holds_the_first_neurons_of_a_larger_one(recording, tmp_path):
    small = write_store(tmp_path / "small", 3, seed=7)
    other = load_dataset("zapbench-synthetic-3", from_path=small).specimens["fish"].recordings["fish"]
    assert np.array_equal(other.read(0, 600), recording.read(0, 600, slice(0, 3)))


def test_rows_of_the_table_go_to_the_neuron_with_their_label(recording, store):
    path = store / "segmentation" / "dataframe.json"
    table = json.loads(path.read_text())
    path.write_text(json.dumps({name: values[::-1] for name, values in table.items()}))
    turned = load_dataset(NAME, from_path=store).specimens["fish"].recordings["fish"]
    assert turned.anatomy.equals(recording.anatomy)


@pytest.mark.parametrize("prefix", ["20240930", "volumes/20240930"])
def test_a_folder_above_the_release_will_do(zapbench_store, tmp_path, prefix):
    (tmp_path / prefix).parent.mkdir(parents=True, exist_ok=True)
    (tmp_path / prefix).symlink_to(zapbench_store, target_is_directory=True)
    card = dataset_card("zapbench")
    from braincast.datasets.stores import place_of

    assert place_of(card.stores[0], tmp_path).locate("traces").endswith(f"{prefix}/traces")


def test_a_store_that_was_brought_is_known_from_then_on(fresh_home, zapbench_store):
    assert "published nowhere" in str(refusal("E401", load_dataset, NAME))
    assert get(NAME, from_path=zapbench_store) == [zapbench_store]
    assert load_dataset(NAME).specimens["fish"].recordings["fish"].n_neurons == 20
    assert len(check(NAME).files) == 16 + 1
    refusal("E401", get, NAME, force=True)
    refusal("E401", load_dataset, NAME)


def test_a_table_without_places_or_no_table_at_all_leaves_neurons_without_places(store):
    path = store / "segmentation" / "dataframe.json"
    path.write_text(json.dumps({"label": list(range(1, 21))}))
    assert load_dataset(NAME, from_path=store).specimens["fish"].recordings["fish"].anatomy is None
    path.unlink()
    assert load_dataset(NAME, from_path=store).specimens["fish"].recordings["fish"].anatomy is None


def test_places_in_other_voxels_than_the_microscope_s_get_no_unit(store):
    changed_json(store / "segmentation" / "dataframe.json", centroid_z=[280.0] * 20)
    anatomy = load_dataset(NAME, from_path=store).specimens["fish"].recordings["fish"].anatomy
    assert list(anatomy.columns) == ["centroid_x", "centroid_y", "centroid_z"]


def test_a_value_that_is_not_a_number_was_not_observed(store):
    path = store / "traces" / "c" / "0" / "0"
    values = np.fromfile(path, "<f4")
    values[5 * 20 + 3] = np.nan
    path.write_bytes(values.tobytes())
    read = load_dataset(NAME, from_path=store).specimens["fish"].recordings["fish"].read(0, 10)
    assert np.argwhere(np.isnan(read)).tolist() == [[5, 3]]


def test_the_fish_and_made_up_neurons_are_never_taken_for_each_other(store):
    changed_json(store / "traces" / "zarr.json", attributes={})
    assert "does not say that it was made up" in str(refusal("E402", load_dataset, NAME, from_path=store))
    made_up = {"attributes": {"synthetic": "yes"}, "shape": [N_FRAMES, 71721]}
    changed_json(store / "traces" / "zarr.json", **made_up)
    assert "not measured" in str(refusal("E402", load_dataset, "zapbench", from_path=store))


REFUSED = {
    "another number of neurons": ("E212", lambda s: changed_json(s / "traces" / "zarr.json", shape=[N_FRAMES, 19])),
    "another data type": ("E209", lambda s: changed_json(s / "traces" / "zarr.json", data_type="int32", fill_value=0)),
    "vast chunks": ("E212", lambda s: changed_json(s / "stimuli_features" / ".zarray", chunks=[1 << 20, 1 << 10])),
    "pickled chunks": ("E209", lambda s: changed_json(s / "stimuli_features" / ".zarray", filters=[{"id": "pickle"}])),
    "an unknown codec": ("E209", lambda s: changed_json(s / "traces" / "zarr.json", codecs=[{"name": "run_me"}])),
    "no metadata": ("E403", lambda s: (s / "traces" / "zarr.json").write_text("[")),
    "other metadata": ("E403", lambda s: (s / "traces" / "zarr.json").write_text("{}")),
    "no traces": ("E405", lambda s: shutil.rmtree(s / "traces")),
    "no stimulus": ("E406", lambda s: shutil.rmtree(s / "stimuli_features")),
    "a short stimulus": ("E403", lambda s: (s / "stimuli_features" / "0.0").write_bytes(b"short")),
    "a stimulus without chunks": ("E203", lambda s: (s / "stimuli_features" / "0.0").unlink()),
    "labels of others": ("E406", lambda s: changed_json(s / "segmentation" / "dataframe.json", label=list(range(20)))),
    "no labels": ("E406", lambda s: (s / "segmentation" / "dataframe.json").write_text('{"a": [1]}')),
    "places that are words": (
        "E406",
        lambda s: changed_json(s / "segmentation" / "dataframe.json", centroid_x=["left"] * 20),
    ),
}


@pytest.mark.parametrize("what", REFUSED)
def test_a_store_is_refused_for(what, store):
    code, damage = REFUSED[what]
    damage(store)
    assert str(store) in str(refusal(code, load_dataset, NAME, from_path=store))


def test_a_chunk_that_is_cut_short_or_missing_is_never_read_as_zeros(store):
    recording = load_dataset(NAME, from_path=store).specimens["fish"].recordings["fish"]
    path = store / "traces" / "c" / "3" / "0"
    path.write_bytes(path.read_bytes()[:-4])
    assert "cut short" in str(refusal("E403", recording.read, 1600, 1610))
    path.unlink()
    assert "c/3/0" in str(refusal("E203", recording.read, 1600, 1610))
    assert np.isfinite(recording.read(0, 10)).all()


def test_a_link_out_of_the_folder_is_not_followed(store, tmp_path):
    path = store / "traces" / "c" / "3" / "0"
    path.rename(tmp_path / "elsewhere")
    path.symlink_to(tmp_path / "elsewhere")
    recording = load_dataset(NAME, from_path=store).specimens["fish"].recordings["fish"]
    refusal("E213", recording.read, 1600, 1610)
