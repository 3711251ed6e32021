"""npz, npy, MATLAB, HDF5 and zarr: arrays with telling names."""

import h5py
import numpy as np
import pytest
import xarray as xr
import zarr
from made_sessions import smooth
from refusals import refused
from scipy import io, sparse

from braincast.brain.recording import Recording
from braincast.brain.slabs import Slabs
from braincast.datasets.readers.matlab.elements import variables
from braincast.datasets.readers.reading import read

NAMES = ("AVAL", "AVAR", "RIML", "RIMR")
TIME = np.arange(120) * 0.5


@pytest.fixture
def activity():
    return smooth(120, 4)


def only(findings):
    """The one recording that was found."""
    (recording,) = findings.recordings.values()
    return recording


def test_npz_in_the_simple_layout(tmp_path, activity):
    path = tmp_path / "worm.npz"
    np.savez(
        path, activity=activity, time_s=TIME, neuron=NAMES, unit="dF/F", species="Caenorhabditis elegans", x_um=range(4)
    )
    found = read(path)
    recording = only(found)
    np.testing.assert_array_equal(np.asarray(recording.activity), activity)
    np.testing.assert_array_equal(recording.time_s, TIME)
    assert (recording.neurons, recording.unit, found.origin.species) == (NAMES, "dF/F", "Caenorhabditis elegans")
    assert recording.anatomy["x_um"].tolist() == [0, 1, 2, 3]


def test_npz_with_frames_counts_frames(tmp_path, activity):
    np.savez(tmp_path / "a.npz", activity=activity, frames=np.arange(120))
    found = read(tmp_path / "a.npz")
    assert only(found).time_s is None
    assert only(found).neurons == ("n0001", "n0002", "n0003", "n0004")
    assert any("numbered n0001" in note for note in found.notes)


def test_npz_stored_neuron_by_time_is_turned_where_times_show_it(tmp_path, activity):
    np.savez(tmp_path / "a.npz", dff=activity.T, t=TIME, stimulus=np.sin(TIME))
    found = read(tmp_path / "a.npz")
    np.testing.assert_array_equal(np.asarray(only(found).activity), activity)
    np.testing.assert_array_equal(only(found).stimulus.values[:, 0], np.sin(TIME))


def test_a_matrix_whose_axes_nothing_tells_apart_is_refused(tmp_path, activity):
    np.savez(tmp_path / "a.npz", activity=activity.T)
    with refused("E106", "axes", "sidecar"):
        read(tmp_path / "a.npz")
    (tmp_path / "a.toml").write_text('axes = ["neuron", "time"]')
    np.testing.assert_array_equal(np.asarray(only(read(tmp_path / "a.npz")).activity), activity)


def test_npy_is_read_with_a_rate(tmp_path, activity):
    np.save(tmp_path / "a.npy", activity)
    assert only(read(tmp_path / "a.npy", rate_hz=20.0)).dt_s == pytest.approx(0.05)


def test_matlab_5_with_a_cell_of_names(tmp_path, activity):
    names = np.array([*NAMES], dtype=object)
    io.savemat(tmp_path / "a.mat", {"traces": activity, "neurons": names, "fs": 2.0, "settings": {"gain": 1}})
    recording = only(read(tmp_path / "a.mat"))
    np.testing.assert_array_equal(np.asarray(recording.activity), activity)
    assert (recording.neurons, recording.dt_s) == (NAMES, 0.5)


@pytest.mark.parametrize("compressed", [False, True])
def test_matlab_5_reads_what_scipy_reads(tmp_path, compressed):
    random = np.random.default_rng(0)
    written = {f"m_{t}": (random.random((6, 4)) * 100).astype(t) for t in ("f8", "f4", "i2", "u1", "i4", "u8")}
    written |= {"text": "some words", "rows": np.array(["ab", "cd"]), "flag": random.random((3, 3)) > 0.5}
    io.savemat(tmp_path / "a.mat", written | {"nested": {"a": 1}, "z": np.ones((2, 2)) * 1j}, do_compression=compressed)
    found = dict(variables((tmp_path / "a.mat").read_bytes()))
    referee = io.loadmat(tmp_path / "a.mat")
    assert set(found) == set(written)
    for name in written:
        np.testing.assert_array_equal(found[name], referee[name])


def matlab73(path, activity):
    """What MATLAB's save -v7.3 writes: axes reversed, a cell array as references, a block of text in front."""
    with h5py.File(path, "w", userblock_size=512) as file:
        traces = file.create_dataset("session/dff", data=activity.T)
        traces.attrs["MATLAB_class"] = np.bytes_("single")
        file["session/dt"] = np.array([[0.5]])
        cells = []
        for number, name in enumerate(NAMES):
            cell = file.create_dataset(f"#refs#/{number}", data=np.array([[ord(c)] for c in name], np.uint16))
            cell.attrs["MATLAB_class"] = np.bytes_("char")
            cells.append(cell.ref)
        names = file.create_dataset("session/names", data=np.array([cells], dtype=h5py.ref_dtype))
        names.attrs["MATLAB_class"] = np.bytes_("cell")
    with path.open("r+b") as stream:
        stream.write(b"MATLAB 7.3 MAT-file")


def test_matlab_73_with_a_structure_and_a_cell_of_names(tmp_path, activity):
    matlab73(tmp_path / "a.mat", activity)
    found = read(tmp_path / "a.mat")
    np.testing.assert_array_equal(np.asarray(only(found).activity), activity)
    assert (only(found).neurons, only(found).dt_s, found.format) == (NAMES, 0.5, "MATLAB 7.3")


def test_plain_hdf5_is_read_in_slabs(tmp_path, activity):
    with h5py.File(tmp_path / "a.h5", "w") as file:
        file.create_dataset("day1/activity", data=activity, chunks=(16, 4), compression="gzip")
        file["day1/time_ms"] = TIME * 1000
        file["day1/labels"] = [name.encode() for name in NAMES]
    recording = only(read(tmp_path / "a.h5"))
    assert isinstance(recording.activity, Slabs)
    np.testing.assert_array_equal(np.asarray(recording.activity), activity)
    np.testing.assert_allclose(recording.time_s, TIME)
    assert recording.neurons == NAMES


def test_pieces_that_span_all_frames_are_read_ahead_a_block_at_a_time(tmp_path, activity, monkeypatch):
    from braincast.brain import slabs
    from braincast.datasets.readers import ahead

    monkeypatch.setattr(slabs, "_SLAB_VALUES", 40)
    monkeypatch.setattr(ahead, "AHEAD_BYTES", 50 * activity[0].nbytes)
    with h5py.File(tmp_path / "a.h5", "w") as file:
        file.create_dataset("activity", data=activity, chunks=(120, 1), compression="gzip")
    recording = only(read(tmp_path / "a.h5"))
    assert isinstance(recording.activity.frames, ahead.Ahead)
    parts = [recording.read(start, start + 8) for start in range(0, 120, 8)]
    np.testing.assert_array_equal(np.concatenate(parts), activity)
    np.testing.assert_array_equal(recording.read(10, 70), activity[10:70])


def test_caiman_takes_accepted_components_and_their_df_over_f(tmp_path, activity):
    with h5py.File(tmp_path / "results.hdf5", "w") as file:
        file["estimates/C"] = activity.T + 5
        file["estimates/F_dff"] = activity.T
        file["estimates/idx_components"] = np.array([0, 2, 3])
        footprints = sparse.csc_matrix(np.eye(4))
        file["estimates/A/data"], file["estimates/A/indices"] = footprints.data, footprints.indices
        file["params/data/fr"] = 30
    found = read(tmp_path / "results.hdf5")
    np.testing.assert_array_equal(np.asarray(only(found).activity), activity[:, [0, 2, 3]])
    assert (only(found).unit, found.format) == ("dF/F", "CaImAn")
    assert only(found).dt_s == pytest.approx(1 / 30)
    assert only(found).neurons == ("component 0", "component 2", "component 3")
    np.testing.assert_array_equal(
        np.asarray(only(read(tmp_path / "results.hdf5", series="C")).activity), (activity + 5)[:, [0, 2, 3]]
    )


@pytest.mark.parametrize("zarr_format", [2, 3])
def test_zarr_of_xarray_says_its_axes_itself(tmp_path, activity, zarr_format):
    array = xr.DataArray(activity.T, {"time": TIME}, ("cell", "time"), name="dff")
    array.to_dataset().to_zarr(tmp_path / "a.zarr", zarr_format=zarr_format, consolidated=False)
    recording = only(read(tmp_path / "a.zarr"))
    np.testing.assert_array_equal(np.asarray(recording.activity), activity)
    np.testing.assert_array_equal(recording.time_s, TIME)


def test_a_bare_zarr_array_is_read_lazily(tmp_path, activity):
    zarr.create_array(tmp_path / "bare.zarr", data=activity, chunks=(50, 4))
    recording = only(read(tmp_path / "bare.zarr"))
    assert isinstance(recording.activity, Slabs)
    np.testing.assert_array_equal(np.asarray(recording.activity), activity)


def test_what_braincast_saved_is_found_again(tmp_path, activity):
    Recording(activity, NAMES, TIME, "dF/F").save(tmp_path / "saved")
    found = read(tmp_path / "saved")
    assert (found.format, only(found).neurons) == ("saved recording", NAMES)


def test_a_folder_with_one_file_stands_for_it(tmp_path, activity):
    np.savez(tmp_path / "a.npz", activity=activity)
    (tmp_path / "README.md").write_text("a recording")
    assert only(read(tmp_path)).n_frames == 120
    np.savez(tmp_path / "b.npz", activity=activity)
    with refused("E119", "a.npz, b.npz"):
        read(tmp_path)


@pytest.mark.parametrize("dtype", [np.uint16, np.int16, np.uint32, np.float16, np.float64, bool])
def test_every_type_of_number_keeps_its_values(tmp_path, dtype):
    values = np.random.default_rng(0).integers(0, 100 if dtype is not bool else 2, (60, 3)).astype(dtype)
    np.savez(tmp_path / "a.npz", activity=values)
    found = np.asarray(only(read(tmp_path / "a.npz")).activity)
    np.testing.assert_array_equal(found, values)
    only(read(tmp_path / "a.npz")).save(tmp_path / "saved")
    np.testing.assert_array_equal(np.asarray(Recording.load(tmp_path / "saved").activity), values)


def test_the_layout_of_the_real_recordings_is_understood(test_data):
    worm = read(test_data / "worm_atanas2023_2022-08-02-01")
    assert (only(worm).n_frames, only(worm).n_neurons) == (1600, 98)
    with refused("E112", "RH, Pit, GG", "--drop"):
        read(test_data / "zebrafish_legare2025_regions", kind="recording")
    fish = read(test_data / "zebrafish_legare2025_regions", drop=True)
    assert only(fish).n_neurons == 67
    assert len(only(fish).anatomy) == 67
